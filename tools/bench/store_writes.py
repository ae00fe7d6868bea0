"""Claim: the store commits thousands of small writes a second (docs, "Storage").

Offline messages for 20 accounts, each write acknowledged when it is committed to a
SQLite file with synchronous=FULL, 500 waiting at a time. Beside it the same look-up,
count and insert through SQLAlchemy's aiosqlite engine, 500 to a commit: why the store
runs SQLite in a thread of its own. And the store with one write at a time: a commit
each.

Run: python -m tools.bench.store_writes
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tools.bench.measure import Benchmark, Claim, Metric, Subject, Values, run_file

WRITES = 5_000
WRITES_SMOKE = 50
TOGETHER = 500
ACCOUNTS = 20
BODY = b"x" * 60

RATE = Metric("writes, 500 waiting", "1/s", "more")
ALONE = Metric("writes, one at a time", "1/s", "more")


async def store_rates(folder: Path, writes: int) -> Values:
    """Return the store's rates for writes that wait together and one by one."""
    from argon2 import PasswordHasher

    from Kamaelia.store.store import open_store

    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    rates = {}
    async with await open_store(f"sqlite:///{folder}/s.db", hasher=hasher) as store:
        names = [f"user{number}" for number in range(ACCOUNTS)]
        for name in names:
            await store.accounts.add("aim", name, "secret")

        async def write(number: int) -> None:
            name = names[number % ACCOUNTS]
            await store.aim.add_offline_message(name, "ann", BODY, limit=10**6)

        for metric, count, together in (
            (RATE, writes, TOGETHER),
            (ALONE, writes // 10, 1),
        ):
            start = perf_counter()
            for first in range(0, count, together):
                numbers = range(first, min(first + together, count))
                await asyncio.gather(*map(write, numbers))
            rates[metric.name] = count / (perf_counter() - start)
        kept = [len(await store.aim.offline_messages(name)) for name in names]
        assert sum(kept) == writes + writes // 10, "writes were lost"
    return rates


async def aiosqlite_rate(folder: Path, writes: int) -> Values:
    """Return the rate of the same statements through SQLAlchemy's aiosqlite engine."""
    from sqlalchemy import Connection, text
    from sqlalchemy.ext.asyncio import create_async_engine

    find = text("SELECT id FROM a WHERE name = :name")
    count = text("SELECT count(*) FROM m WHERE a = :a")
    add = text("INSERT INTO m (a, body) VALUES (:a, :body) RETURNING id")

    def write(connection: Connection, numbers: range) -> None:
        for number in numbers:
            name = {"name": f"user{number % ACCOUNTS}"}
            owner = connection.execute(find, name).scalar_one()
            connection.execute(count, {"a": owner}).scalar_one()
            connection.execute(add, {"a": owner, "body": BODY}).scalar_one()

    engine = create_async_engine(f"sqlite+aiosqlite:///{folder}/a.db")
    try:
        async with engine.begin() as connection:
            for statement in (
                "CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT UNIQUE)",
                "CREATE TABLE m (id INTEGER PRIMARY KEY, a INTEGER, body BLOB)",
                "CREATE INDEX m_a ON m (a, id)",
            ):
                await connection.execute(text(statement))
            for number in range(ACCOUNTS):
                name = {"name": f"user{number}"}
                await connection.execute(
                    text("INSERT INTO a (name) VALUES (:name)"), name
                )
        start = perf_counter()
        for first in range(0, writes, TOGETHER):
            async with engine.begin() as connection:
                numbers = range(first, min(first + TOGETHER, writes))
                await connection.run_sync(write, numbers)
        seconds = perf_counter() - start
        async with engine.connect() as connection:
            kept = await connection.execute(text("SELECT count(*) FROM m"))
            assert kept.scalar_one() == writes, "writes were lost"
    finally:
        await engine.dispose()
    return {RATE.name: writes / seconds}


def _store(smoke: bool) -> Values:
    with tempfile.TemporaryDirectory() as folder:
        writes = WRITES_SMOKE if smoke else WRITES
        return asyncio.run(store_rates(Path(folder), writes))


def _aiosqlite(smoke: bool) -> Values:
    with tempfile.TemporaryDirectory() as folder:
        writes = WRITES_SMOKE if smoke else WRITES // 5
        return asyncio.run(aiosqlite_rate(Path(folder), writes))


BENCHMARK = Benchmark(
    name="store_writes",
    metrics=(RATE, ALONE),
    subjects=(
        Subject("ours", _store, packages=("kamaelia-flow", "SQLAlchemy")),
        Subject("aiosqlite", _aiosqlite, packages=("SQLAlchemy", "aiosqlite")),
    ),
    claims=(
        Claim("writes a second, each acknowledged", RATE.name, "ours", at_least=2000),
        Claim("as many as aiosqlite", RATE.name, "ours", "aiosqlite", at_least=3),
    ),
)

if __name__ == "__main__":
    sys.exit(run_file(BENCHMARK))
