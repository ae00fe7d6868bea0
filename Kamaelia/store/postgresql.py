"""PostgreSQL, through asyncpg. Every writer holds one advisory lock while it commits.

The lock makes several processes on one database take turns, as SQLite's write lock
does: no deadlocks between batches, and what an operation has read is still so when
it writes. It costs one more statement for each batch.
"""

from collections.abc import Sequence
from typing import Final, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

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

# "kamaelia" in ASCII: the advisory lock's number, one for each database.
LOCK: Final = int.from_bytes(b"kamaelia", "big")
CONNECT_PATIENCE: Final = 30  # seconds


class PostgreSQLDatabase(Database):
    """A PostgreSQL database that other processes may use at the same time."""

    def __init__(self, location: Location) -> None:
        """Make the engine; it connects when `start` is called.

        Raises:
            DatabaseProblem: asyncpg is not installed.
        """
        super().__init__()
        self._shown = location.shown
        try:
            self._engine = create_async_engine(
                location.url,
                pool_pre_ping=True,
                connect_args={"timeout": CONNECT_PATIENCE},
            )
        except ModuleNotFoundError:
            raise DatabaseProblem(
                "PostgreSQL needs asyncpg: pip install 'kamaelia-flow[postgresql]'"
            ) from None

    async def start(self, migrate: Operation[None]) -> None:
        """Connect and migrate under the lock."""
        try:
            with explaining():
                async with self._engine.begin() as connection:
                    await connection.run_sync(_lock)
                    await connection.run_sync(migrate)
        except DatabaseProblem as error:
            raise DatabaseProblem(f"{self._shown}: {error}") from error

    async def read(self, operation: Operation[T]) -> T:
        """Run a read on a connection of the pool, in one snapshot."""
        self.check_open()
        with explaining():
            async with self._engine.connect() as connection:
                await connection.run_sync(_snapshot)
                return await connection.run_sync(operation)

    async def run_batch(self, operations: Sequence[Operation[object]]) -> list[Outcome]:
        """Run a batch in one transaction under the lock."""
        try:
            async with self._engine.begin() as connection:
                await connection.run_sync(_lock)
                return await connection.run_sync(run_together, operations)
        except BatchFailed as failure:
            if len(operations) == 1:
                raise failure.error from None
        async with self._engine.begin() as connection:
            await connection.run_sync(_lock)
            return await connection.run_sync(run_apart, operations)

    async def dispose(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def _lock(connection: Connection) -> None:
    """Take the writers' lock until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _snapshot(connection: Connection) -> None:
    """Let every statement of this transaction see the same state."""
    connection.execute(
        text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    )
