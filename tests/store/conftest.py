"""Stores to test with: SQLite in a file and in memory, and a real PostgreSQL."""

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import asyncpg  # type: ignore[import-untyped]
import pytest
from argon2 import PasswordHasher

from Kamaelia.store.passwords import Scheme
from Kamaelia.store.store import Store, open_store

T = TypeVar("T")

# Costs next to nothing: these tests are about what surrounds argon2.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
START_PATIENCE = 30.0  # seconds


@dataclass(frozen=True)
class Place:
    """A database for one test."""

    url: str
    key_file: Path | None

    def open(self, schemes: frozenset[Scheme] | None = None) -> Awaitable[Store]:
        """Open a store there."""
        return open_store(
            self.url, key_file=self.key_file, schemes=schemes, hasher=QUICK
        )

    def run(
        self,
        scenario: Callable[[Store], Awaitable[T]],
        schemes: frozenset[Scheme] | None = None,
    ) -> T:
        """Open a store, run a scenario with it, close it."""

        async def main() -> T:
            async with await self.open(schemes) as store:
                return await scenario(store)

        return asyncio.run(main())


@pytest.fixture(autouse=True)
def no_named_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a developer's own key file out of the tests."""
    monkeypatch.delenv("KAMAELIA_KEY_FILE", raising=False)


@pytest.fixture(params=["sqlite-file", "sqlite-memory", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty database of each kind."""
    if request.param == "sqlite-memory":
        return Place("memory", None)
    if request.param == "sqlite-file":
        return Place(f"sqlite:///{tmp_path}/store.db", None)
    url: str = request.getfixturevalue("postgresql")
    return Place(url, tmp_path / "store.key")


@pytest.fixture(params=["sqlite-file", "postgresql"])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A database of each kind that nobody has opened yet."""
    if request.param == "sqlite-file":
        return Place(f"sqlite:///{tmp_path}/store.db", None)
    url: str = request.getfixturevalue("new_postgresql")
    return Place(url, tmp_path / "store.key")


@pytest.fixture(params=["sqlite-file", "postgresql"])
def lasting_place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty database of each kind that outlives a store."""
    if request.param == "sqlite-file":
        return Place(f"sqlite:///{tmp_path}/store.db", None)
    url: str = request.getfixturevalue("postgresql")
    return Place(url, tmp_path / "store.key")


@pytest.fixture
def new_postgresql(postgresql_server: str) -> str:
    """The URL of a PostgreSQL database without a single table."""
    statement = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    asyncio.run(execute(postgresql_server, statement))
    return postgresql_server


@pytest.fixture
def postgresql(postgresql_server: str) -> str:
    """The URL of a PostgreSQL database with empty tables, or none at all."""
    statement = """DO $$ BEGIN IF to_regclass('account') IS NOT NULL THEN
        TRUNCATE account, setting CASCADE; END IF; END $$"""
    asyncio.run(execute(postgresql_server, statement))
    return postgresql_server


async def execute(url: str, statement: str) -> None:
    """Run a statement on a connection of its own."""
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, on a free loopback port."""
    binaries = postgresql_binaries()
    if binaries is None:
        reason = "needs PostgreSQL's server (Debian: postgresql)"
        if os.environ.get("KAMAELIA_REQUIRE_POSTGRESQL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="kamaelia-postgresql-"))
    try:
        user = unprivileged_user()
        if user is not None:
            shutil.chown(folder, user)
        create_cluster(binaries, folder / "data", user)
        with running_server(binaries, folder, user) as url:
            yield url
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def running_server(binaries: Path, folder: Path, user: str | None) -> Iterator[str]:
    """Start the server in the foreground as our child; stop it by its pid."""
    port = free_port()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(binaries / "postgres", "-D", folder / "data"),
                *("-p", str(port), "-k", folder),
                *("-c", "listen_addresses=127.0.0.1"),
                # Tests of this store, not of PostgreSQL's durability.
                *("-c", "fsync=off", "-c", "logging_collector=off"),
            ],
            cwd=folder,
            user=user,
            group=group_of(user),
            extra_groups=None if user is None else [],
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        url = f"postgresql://kamaelia@127.0.0.1:{port}/postgres"
        asyncio.run(wait_until_ready(process, url))
        yield url
    finally:
        process.send_signal(signal.SIGINT)  # "fast": connections are ended
        process.wait(START_PATIENCE)


def postgresql_binaries() -> Path | None:
    """Return the folder of initdb and postgres, the newest there is, or None."""
    found = shutil.which("postgres")
    if found is not None:
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/postgres")
    return max((p.parent for p in folders), key=lambda p: p.parent.name, default=None)


def unprivileged_user() -> str | None:
    """Return who runs the server, which refuses root; None: we may ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    pytest.skip("PostgreSQL refuses to run as root, and there is no user nobody")


def group_of(user: str | None) -> int | None:
    """Return a user's main group."""
    return None if user is None else pwd.getpwnam(user).pw_gid


def create_cluster(binaries: Path, data: Path, user: str | None) -> None:
    """Make an empty cluster whose superuser is `kamaelia`, without a password."""
    subprocess.run(
        [
            *(binaries / "initdb", "-D", data, "-U", "kamaelia", "-A", "trust"),
            *("-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"),
        ],
        check=True,
        capture_output=True,
        cwd=data.parent,
        user=user,
        group=group_of(user),
        extra_groups=None if user is None else [],
    )


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    """Return when the server takes connections; fail if it ends instead."""
    async with asyncio.timeout(START_PATIENCE):
        while True:
            assert process.poll() is None, "PostgreSQL ended as soon as it began"
            try:
                connection = await asyncpg.connect(url)
            except (OSError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(0.02)
            else:
                await connection.close()
                return
