"""Who is suspended or removed by one process is signed off by another."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from Kamaelia.store import account_rows, account_watch
from Kamaelia.store.account_watch import AccountWatch
from Kamaelia.store.errors import AccountSuspended, DatabaseProblem
from Kamaelia.store.store import Store
from tests.store.conftest import Place

ALICE, BOB = "alice@example.com", "bob@example.com"
IDS: dict[str, int] = {}


class Server:
    """Whoever is signed on, and what became of them."""

    def __init__(self, store: Store, *names: str) -> None:
        self.names = list(names)
        self.gone: list[tuple[str, str]] = []
        self.ids: dict[str, int] = {}
        self.watch = store.accounts.watch("msn", self.accounts, self.dismiss)

    def accounts(self) -> dict[str, int]:
        return {name: self.ids.get(name, IDS.get(name, 0)) for name in self.names}

    def dismiss(self, name: str, why: str) -> None:
        self.names.remove(name)
        self.gone.append((name, why))

    async def look(self) -> list[tuple[str, str]]:
        await self.watch.look()
        gone, self.gone = self.gone, []
        return gone


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Collect how often accounts themselves are looked at."""
    seen: list[Any] = []
    dismissed = account_rows.dismissed

    def note(connection: Any, **arguments: Any) -> dict[str, bool]:
        seen.append(list(arguments["accounts"]))
        return dismissed(connection, **arguments)

    monkeypatch.setattr(account_rows, "dismissed", note)
    return seen


async def add_people(store: Store) -> None:
    for handle in (ALICE, BOB):
        IDS[handle] = (await store.accounts.add("msn", handle, "x")).id


def test_another_process_suspends_and_removes(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        await store.accounts.add("aim", "alice", "x")
        server = Server(store, ALICE, BOB)
        assert await server.look() == []
        if place.url == "memory":
            other = store
        else:
            other = await place.open()
        await other.accounts.set_suspended("msn", "Alice@Example.com")
        await other.accounts.set_suspended("aim", "alice")
        assert await server.look() == [(ALICE, "suspended")]
        assert await server.look() == []
        await other.accounts.remove("msn", BOB)
        assert await server.look() == [(BOB, "removed")]
        if other is not store:
            await other.close()

    place.run(scenario)


def test_another_account_of_the_same_name_is_another(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        server = Server(store, ALICE, BOB)
        await server.look()
        await store.accounts.remove("msn", ALICE)
        new = await store.accounts.add("msn", ALICE, "y")
        assert await server.look() == [(ALICE, "removed")]
        server.names.append(ALICE)
        server.ids[ALICE] = new.id
        assert await server.look() == []
        await store.accounts.set_suspended("msn", ALICE)
        assert await server.look() == [(ALICE, "suspended")]

    place.run(scenario)


def test_accounts_are_looked_at_when_one_has_changed_only(looks: list[Any]) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        server = Server(store, ALICE)
        for _ in range(3):
            await server.look()
        before = len(looks)
        for _ in range(5):
            assert await server.look() == []
        await store.accounts.set_password("msn", ALICE, "y")
        await server.look()
        assert len(looks) == before
        await store.accounts.set_suspended("msn", BOB)
        await server.look()
        assert looks[before:] == [[ALICE]]

    Place("memory", None).run(scenario)


def test_who_signs_on_as_the_mark_is_read_is_seen_next_time() -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        server = Server(store)
        await store.accounts.set_suspended("msn", ALICE)
        assert await server.look() == []
        server.names.append(ALICE)  # had been found good before the mark was made
        assert await server.look() == [(ALICE, "suspended")]

    Place("memory", None).run(scenario)


def test_many_accounts_are_looked_at_some_at_a_time(
    monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    monkeypatch.setattr(account_rows, "_AT_ONCE", 2)

    async def scenario(store: Store) -> None:
        await add_people(store)
        nobody = [f"{n}@example.com" for n in range(4)]
        server = Server(store, *nobody, ALICE, BOB)
        assert await server.look() == [(name, "removed") for name in nobody]
        assert server.names == [ALICE, BOB]

    place.run(scenario)


def test_a_ticket_of_a_suspended_account_opens_nothing(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        await store.accounts.set_suspended("msn", ALICE)
        with pytest.raises(AccountSuspended):
            await store.msn.synchronise(ALICE)
        assert (await store.msn.profile(ALICE)).handle == ALICE
        await store.accounts.set_suspended("msn", ALICE, False)
        await store.msn.synchronise(ALICE)

    place.run(scenario)


def keep_until(server: Server, done: Callable[[], bool]) -> "asyncio.Task[None]":
    """Keep watching until something is so."""
    task = asyncio.create_task(server.watch.keep())

    async def until() -> None:
        while not done():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.001)
        task.cancel()

    return asyncio.create_task(until())


def test_it_looks_while_somebody_is_signed_on(
    monkeypatch: pytest.MonkeyPatch, looks: list[Any]
) -> None:
    monkeypatch.setattr(account_watch, "EVERY", 0.001)

    async def scenario(store: Store) -> None:
        await add_people(store)
        await store.accounts.set_suspended("msn", ALICE)
        server = Server(store)
        turns: list[int] = []

        def passed() -> bool:
            turns.append(1)
            return len(turns) > 9

        await keep_until(server, passed)
        assert looks == []
        server.names.append(ALICE)
        await keep_until(server, lambda: bool(server.gone))
        assert server.gone == [(ALICE, "suspended")]

    Place("memory", None).run(scenario)


def test_a_database_that_fails_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(account_watch, "EVERY", 0.001)
    look = AccountWatch.look
    tries: list[int] = []

    async def fail_first(watch: AccountWatch) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise DatabaseProblem("it is away")
        await look(watch)

    monkeypatch.setattr(AccountWatch, "look", fail_first)

    async def scenario(store: Store) -> None:
        server = Server(store, ALICE)
        await keep_until(server, lambda: bool(server.gone))
        assert server.gone == [(ALICE, "removed")]
        server.names.append(BOB)
        keeping = asyncio.create_task(server.watch.keep())
        await store.close()
        await asyncio.wait_for(keeping, 10)  # a closed store is the end

    with caplog.at_level(logging.ERROR):
        Place("memory", None).run(scenario)
    assert "it is away" in caplog.text
