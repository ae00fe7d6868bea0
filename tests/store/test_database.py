import asyncio
import contextlib
import gc
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from Kamaelia.store import migrations
from Kamaelia.store.aim import Edit, FeedbagItem
from Kamaelia.store.errors import (
    DatabaseProblem,
    LimitReached,
    NoSuchAccount,
    StoreClosed,
)
from Kamaelia.store.schema import METADATA
from Kamaelia.store.store import Store, open_store
from tests.store.conftest import QUICK, Place

ACKNOWLEDGING_CHILD = """
import asyncio, sys
from pathlib import Path
from argon2 import PasswordHasher
from Kamaelia.store.store import open_store

async def main():
    key = Path(sys.argv[2])
    async with await open_store(sys.argv[1], key_file=key) as store:
        async def write(number):
            body = str(number).encode()
            await store.aim.add_offline_message("ann", "bob", body, limit=10**6)
            print(number, flush=True)
        for first in range(0, 10**6, 20):
            await asyncio.gather(*map(write, range(first, first + 20)))

asyncio.run(main())
"""


def test_what_was_acknowledged_is_there_after_kill_9(lasting_place: Place) -> None:
    key = lasting_place.key_file or Path(lasting_place.url[10:] + ".key")

    async def prepare(store: Store) -> None:
        await store.accounts.add("aim", "Ann", "secret")

    lasting_place.run(prepare)
    child = subprocess.Popen(
        [sys.executable, "-c", ACKNOWLEDGING_CHILD, lasting_place.url, key],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    acknowledged = [int(child.stdout.readline()) for _ in range(110)]
    child.kill()
    # What it had written to the pipe before it died was acknowledged as well.
    acknowledged += [int(line) for line in child.stdout if line.endswith(b"\n")]
    child.stdout.close()
    child.wait()

    async def read(store: Store) -> list[int]:
        return [int(m.body) for m in await store.aim.offline_messages("ann")]

    assert set(acknowledged) <= set(lasting_place.run(read))


def test_writes_that_wait_share_a_commit(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "secret")
        before = store.commits
        await asyncio.gather(
            *(store.aim.add_offline_message("ann", "bob", b"x") for _ in range(100))
        )
        assert store.commits - before <= 3
        assert len(await store.aim.offline_messages("ann")) == 100

    place.run(scenario)


def test_a_write_that_fails_takes_nothing_of_its_batch_with_it(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "secret")
        results = await asyncio.gather(
            store.aim.add_offline_message("ann", "bob", b"1", limit=1),
            store.aim.add_offline_message("ann", "bob", b"2", limit=1),
            store.aim.add_offline_message("nobody", "bob", b"3"),
            store.aim.edit_feedbag("ann", [(Edit.INSERT, FeedbagItem(0, 1, 2, "x"))]),
            return_exceptions=True,
        )
        assert isinstance(results[1], LimitReached)
        assert isinstance(results[2], NoSuchAccount)
        assert [m.body for m in await store.aim.offline_messages("ann")] == [b"1"]
        assert len((await store.aim.feedbag("ann")).items) == 1

    place.run(scenario)


def test_a_cancelled_caller_disturbs_nobody(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "secret")
        writes = [
            asyncio.ensure_future(store.aim.add_offline_message("ann", "bob", b"x"))
            for _ in range(10)
        ]
        await asyncio.sleep(0)
        writes[3].cancel()
        results = await asyncio.gather(*writes, return_exceptions=True)
        assert sum(isinstance(result, int) for result in results) == 9

    place.run(scenario)


def test_a_cancelled_commit_leaves_nobody_waiting(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "secret")
        writes = [
            asyncio.ensure_future(store.aim.add_offline_message("ann", "bob", b"x"))
            for _ in range(700)  # more than one batch
        ]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        drain = store._database._drain
        assert drain is not None
        drain.cancel()
        await asyncio.wait(writes)
        assert all(write.cancelled() for write in writes)
        assert await store.aim.add_offline_message("ann", "bob", b"y", limit=10**6)

    place.run(scenario)


def test_closing_commits_what_waits_and_leaves_nothing_running(place: Place) -> None:
    async def main() -> None:
        store = await place.open()
        await store.accounts.add("aim", "ann", "secret")
        write = asyncio.ensure_future(store.aim.add_offline_message("ann", "bob", b"x"))
        await asyncio.sleep(0)
        await store.close()
        assert isinstance(await write, int)
        await store.close()
        with pytest.raises(StoreClosed):
            await store.aim.feedbag("ann")
        with pytest.raises(StoreClosed):
            await store.accounts.remove("aim", "ann")
        assert asyncio.all_tasks() == {asyncio.current_task()}

    before = set(threading.enumerate())
    asyncio.run(main())
    gc.collect()  # a connection left open warns here, and warnings are errors
    left = set(threading.enumerate()) - before
    assert [thread.name for thread in left if thread.name.startswith("store")] == []


def test_several_processes_may_open_a_new_database_at_once(
    new_place: Place,
) -> None:
    script = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from Kamaelia.store.store import open_store\n"
        "async def main():\n"
        "    url, key = sys.argv[1], Path(sys.argv[2])\n"
        "    async with await open_store(url, key_file=key) as s:\n"
        "        await s.accounts.add('aim', sys.argv[3], 'secret')\n"
        "asyncio.run(main())\n"
    )
    key = new_place.key_file or Path(new_place.url[10:] + ".key")
    children = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script, new_place.url, key, name],
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        for name in ("ann", "bob", "cat")
    ]
    assert [child.communicate()[1] for child in children] == [b""] * 3

    async def names(store: Store) -> list[str]:
        return [account.name for account in await store.accounts.list()]

    assert new_place.run(names) == ["ann", "bob", "cat"]


@pytest.mark.parametrize("revision", migrations.revisions())
def test_a_database_of_any_earlier_revision_is_brought_up_to_date(
    revision: str, tmp_path: Path
) -> None:
    file = tmp_path / "old.db"
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        migrations.upgrade(connection, revision)
        if revision == "0001":  # later ones give accounts more than this row
            connection.execute(
                text(
                    "INSERT INTO account VALUES "
                    "(1, 'aim', 'ann', 'Ann', false, 7, 'x'), "
                    "(2, 'msn', 'bob@example.com', 'Bob@example.com', false, 7, 'x')"
                )
            )
    engine.dispose()

    async def scenario(store: Store) -> None:
        accounts = await store.accounts.list()
        assert len(accounts) == (2 if revision == "0001" else 0)
        if accounts:
            assert await store.aim.feedbag("ann") == ((), 7)
            lists = await store.msn.synchronise("bob@example.com")
            assert [group.number for group in lists.groups] == [0]

    Place(f"sqlite:///{file}", None).run(scenario)
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_the_migrations_make_the_schema_on_postgresql_too(
    new_postgresql: str, tmp_path: Path
) -> None:
    async def migrate(store: Store) -> None:
        assert await store.accounts.list() == []

    Place(new_postgresql, tmp_path / "key").run(migrate)

    async def differences() -> list[object]:
        engine = create_async_engine(
            new_postgresql.replace("postgresql", "postgresql+asyncpg", 1)
        )
        async with engine.connect() as connection:
            found: list[object] = await connection.run_sync(
                lambda c: compare_metadata(MigrationContext.configure(c), METADATA)
            )
        await engine.dispose()
        return found

    assert asyncio.run(differences()) == []


def test_a_database_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    place = Place(f"sqlite:///{tmp_path}/store.db", None)

    async def nothing(store: Store) -> None:
        assert await store.accounts.list() == []

    place.run(nothing)
    connection = sqlite3.connect(tmp_path / "store.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(DatabaseProblem, match="another release"):
        place.run(nothing)


def test_sqlite_keeps_what_is_acknowledged_through_a_power_cut(tmp_path: Path) -> None:
    async def settings(store: Store) -> tuple[object, ...]:
        return await store._database.write(
            lambda c: tuple(
                c.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            )
        )

    place = Place(f"sqlite:///{tmp_path}/store.db", None)
    assert place.run(settings) == ("wal", 2, 1)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "not a database URL"),
        ("mysql://localhost/x", "no database 'mysql'"),
        ("sqlite://file.db", "three slashes"),
        ("sqlite:////no/such/folder/x.db", "cannot open"),
        ("postgresql://ann:hunter2@127.0.0.1:1/x", "postgresql"),
    ],
)
def test_a_database_that_cannot_be_opened_is_one_clear_error(
    url: str, words: str
) -> None:
    with pytest.raises(DatabaseProblem, match=words) as caught:
        asyncio.run(open_store(url, hasher=QUICK))
    assert "hunter2" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database" * 100)
    with pytest.raises(DatabaseProblem, match="not a database"):
        asyncio.run(open_store(f"sqlite:///{tmp_path}/x.db", hasher=QUICK))


def test_without_a_url_the_file_is_in_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("KAMAELIA_KEY_FILE", raising=False)

    async def main() -> None:
        async with await open_store(hasher=QUICK) as store:
            await store.accounts.add("aim", "ann", "secret")

    asyncio.run(main())
    folder = tmp_path / "kamaelia"
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "kamaelia.db").stat().st_mode & 0o077 == 0
    assert (folder / "kamaelia.db.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("cancels", [1, 2])
def test_a_close_that_is_cancelled_lets_go_of_the_file(
    tmp_path: Path, cancels: int
) -> None:
    file = tmp_path / "store.db"

    def open_files() -> list[Path]:
        return list(tmp_path.glob("*-wal"))  # gone with the last connection

    async def main() -> None:
        store = await open_store(f"sqlite:///{file}", hasher=QUICK)
        await store.accounts.add("msn", "ann@example.com", "secret")
        await store.accounts.list()
        assert open_files()
        closing = asyncio.create_task(store.close())
        for _ in range(cancels):
            await asyncio.sleep(0)
            closing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await closing

    asyncio.run(main())
    assert not open_files()
    left = [t for t in threading.enumerate() if t.name.startswith("store-")]
    for thread in left:
        thread.join(10)  # it was told to end; its last step may still run
    assert not [thread for thread in left if thread.is_alive()]
