"""SQLite: one thread that writes, two that read, WAL between them."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool, StaticPool

from Kamaelia.store.database import (
    BatchFailed,
    Database,
    Operation,
    Outcome,
    explaining,
    run_apart,
    run_together,
)
from Kamaelia.store.errors import DatabaseProblem
from Kamaelia.store.location import Location

T = TypeVar("T")

LOCK_PATIENCE: Final = 30.0  # seconds that another process may hold the lock
READERS: Final = 2


class SQLiteDatabase(Database):
    """A SQLite file, or a database in memory that dies with the store.

    In memory there is one connection, so reads take turns with writes.
    """

    def __init__(self, location: Location) -> None:
        """Make engines and threads; the file is touched by `start` only."""
        super().__init__()
        self._file = location.file
        self._writer = _engine(self._file, "IMMEDIATE")
        self._write_thread = ThreadPoolExecutor(1, "store-write")
        self._reader: Engine | None = None
        if self._file is not None:
            self._reader = _engine(self._file, "DEFERRED")
            self._read_threads = ThreadPoolExecutor(READERS, "store-read")

    async def start(self, migrate: Operation[None]) -> None:
        """Make the file if need be and migrate it under SQLite's write lock."""

        def run() -> None:
            with explaining():
                if self._file is not None:
                    _touch(self._file)
                with self._writer.begin() as connection:
                    migrate(connection)

        await self._in_thread(self._write_thread, run)

    async def read(self, operation: Operation[T]) -> T:
        """Run a read in a thread of the readers."""
        self.check_open()
        reader = self._reader
        if reader is None:
            return await self.write(operation)

        def run() -> T:
            with explaining(), reader.connect() as connection:
                return operation(connection)

        return await self._in_thread(self._read_threads, run)

    async def run_batch(self, operations: Sequence[Operation[object]]) -> list[Outcome]:
        """Run a batch in the writer's thread: two changes of thread in all."""

        def run() -> list[Outcome]:
            try:
                with self._writer.begin() as connection:
                    return run_together(connection, operations)
            except BatchFailed as failure:
                if len(operations) == 1:
                    raise failure.error from None
            with self._writer.begin() as connection:
                return run_apart(connection, operations)

        return await self._in_thread(self._write_thread, run)

    async def dispose(self) -> None:
        """Close connections in the threads that used them, and end these."""
        try:
            await self._in_thread(self._write_thread, self._writer.dispose)
        finally:  # here and now when we are cancelled: what runs is waited for
            self._write_thread.shutdown()
            self._writer.dispose()
            self._dispose_readers()

    def _dispose_readers(self) -> None:
        """Close the readers' connections, and end their threads."""
        if self._reader is not None:
            self._read_threads.shutdown()
            self._reader.dispose()

    @staticmethod
    async def _in_thread(threads: ThreadPoolExecutor, run: Callable[[], T]) -> T:
        """Run in a thread; a cancelled caller doesn't stop what has begun."""
        return await asyncio.get_running_loop().run_in_executor(threads, run)


def _engine(file: Path | None, begin: str) -> Engine:
    """Return an engine whose transactions begin as told, with our settings."""
    arguments = {"check_same_thread": False, "timeout": LOCK_PATIENCE}
    if file is None:
        engine = create_engine(
            "sqlite://", poolclass=StaticPool, connect_args=arguments
        )
    else:
        engine = create_engine(
            "sqlite://",
            poolclass=QueuePool,
            pool_size=READERS,
            max_overflow=0,
            creator=lambda: sqlite3.connect(
                file, timeout=LOCK_PATIENCE, check_same_thread=False
            ),
        )

    def configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # None: sqlite3 begins no transactions by itself, our own BEGIN does.
        connection.isolation_level = None
        _configure(connection, durable=file is not None)

    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {begin}")

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", begin_transaction)
    return engine


def _configure(connection: DBAPIConnection, *, durable: bool) -> None:
    """Set what SQLite keeps per connection.

    Source: SQLite's documentation of PRAGMA journal_mode and synchronous.
    """
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    if durable:
        _use_wal(cursor.execute)
        cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _use_wal(execute: Callable[[str], object]) -> None:
    """Switch to WAL; SQLite doesn't wait for the lock here, so we do."""
    give_up = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
        else:
            return


def _touch(file: Path) -> None:
    """Make the file, readable by its owner only, if it doesn't exist."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise DatabaseProblem(f"cannot open the database: {error}") from error
