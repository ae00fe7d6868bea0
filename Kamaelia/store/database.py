"""Run operations on a database without blocking the loop, many to one commit.

An operation is a plain function of a SQLAlchemy connection. Writes wait in one
queue; whenever the last commit is done, all that wait become one transaction. Should
one of them fail, it is rolled back and run again with a savepoint around each, so
that the one takes nothing else with it. A write returns when the transaction that
holds it is committed, so what was acknowledged survives kill -9. What
survives a power cut as well:

    SQLite       everything acknowledged: journal_mode=WAL, synchronous=FULL
    PostgreSQL   what the server's synchronous_commit and fsync say; both default on

SQLite runs in threads of its own, one for writes, two for reads, and a whole batch
is one change of thread; aiosqlite changes threads about four times a statement and
was ten times slower here (tools/bench/store_writes.py). PostgreSQL runs through
asyncpg.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from Kamaelia.store.errors import DatabaseProblem, StoreClosed

T = TypeVar("T")
Operation = Callable[[Connection], T]

LARGEST_BATCH: Final = 500


class Outcome(NamedTuple):
    """What became of one operation of a batch."""

    value: object
    error: Exception | None


class _Waiting(NamedTuple):
    """One operation in the queue, and who waits for it."""

    operation: Operation[object]
    done: asyncio.Future[object]


class Database(ABC):
    """One open database, used from one event loop."""

    def __init__(self) -> None:
        """Open nothing yet: `start` does."""
        self._queue: deque[_Waiting] = deque()
        self._drain: asyncio.Task[None] | None = None
        self._closed = False
        self.commits = 0

    @abstractmethod
    async def start(self, migrate: Operation[None]) -> None:
        """Connect, and bring the schema up to date, alone among all processes."""

    @abstractmethod
    async def read(self, operation: Operation[T]) -> T:
        """Run an operation that only reads; it sees one consistent state."""

    @abstractmethod
    async def run_batch(self, operations: Sequence[Operation[object]]) -> list[Outcome]:
        """Run operations in one transaction and commit it."""

    @abstractmethod
    async def dispose(self) -> None:
        """Let go of every connection and thread."""

    async def write(self, operation: Operation[T]) -> T:
        """Run an operation; return when it is committed.

        Raises:
            DatabaseProblem: the database failed. Else what the operation raised;
                either way nothing of it is stored.
        """
        self.check_open()
        loop = asyncio.get_running_loop()
        done: asyncio.Future[object] = loop.create_future()
        self._queue.append(_Waiting(operation, done))
        if self._drain is None:
            self._drain = loop.create_task(self._drain_queue())
        return cast(T, await done)

    async def close(self) -> None:
        """Commit what waits, then disconnect. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._drain is not None:
                await asyncio.wait({self._drain})
        finally:  # a run that is stopped cancels us: the files are let go all the same
            await self.dispose()

    def check_open(self) -> None:
        """Raise StoreClosed after `close`."""
        if self._closed:
            raise StoreClosed("the store is closed")

    async def _drain_queue(self) -> None:
        """Commit batches until nothing waits."""
        try:
            while self._queue:
                size = min(len(self._queue), LARGEST_BATCH)
                batch = [self._queue.popleft() for _ in range(size)]
                # Whose caller has gone away before it began need not run.
                batch = [waiting for waiting in batch if not waiting.done.done()]
                if batch:
                    await self._commit(batch)
        finally:
            self._drain = None
            for waiting in self._queue:  # only when this task was cancelled
                waiting.done.cancel()
            self._queue.clear()

    async def _commit(self, batch: list[_Waiting]) -> None:
        """Run one batch and tell those who wait for it."""
        try:
            outcomes = await self.run_batch([waiting.operation for waiting in batch])
        except asyncio.CancelledError:
            for waiting in batch:
                waiting.done.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - handed to those who wait
            outcomes = [Outcome(None, error)] * len(batch)
        self.commits += 1
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if waiting.done.done():
                continue
            if outcome.error is None:
                waiting.done.set_result(outcome.value)
            else:
                waiting.done.set_exception(explained(outcome.error))


class BatchFailed(Exception):  # noqa: N818 - what happened
    """An operation of a batch failed, and none of the batch is stored."""

    def __init__(self, error: Exception) -> None:
        """Remember why."""
        super().__init__(str(error))
        self.error = error


def run_together(
    connection: Connection, operations: Sequence[Operation[object]]
) -> list[Outcome]:
    """Run operations in the open transaction, hoping that none fails.

    Raises:
        BatchFailed: one did. Roll back, and `run_apart` unless it was alone.
    """
    try:
        return [Outcome(operation(connection), None) for operation in operations]
    except Exception as error:
        raise BatchFailed(error) from error


def run_apart(
    connection: Connection, operations: Sequence[Operation[object]]
) -> list[Outcome]:
    """Run operations in the open transaction, each in a savepoint of its own."""
    outcomes = []
    for operation in operations:
        try:
            with connection.begin_nested():
                outcomes.append(Outcome(operation(connection), None))
        except Exception as error:  # noqa: BLE001 - handed to the one who waits
            outcomes.append(Outcome(None, error))
    return outcomes


def explained(error: Exception) -> Exception:
    """Return a driver's error as DatabaseProblem; any other as it is."""
    if not isinstance(error, SQLAlchemyError | OSError):
        return error
    # The wrapped error's own words: SQLAlchemy adds the statement and its values.
    cause = error.orig if isinstance(error, DBAPIError) else error
    problem = DatabaseProblem(f"the database failed: {cause or error}")
    problem.__cause__ = error
    return problem


@contextlib.contextmanager
def explaining() -> Iterator[None]:
    """Turn a driver's errors into DatabaseProblem."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise explained(error) from error
