"""Passwords are checked in threads, in turn, and no more than so many wait."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from Kamaelia.store import passwords as module
from Kamaelia.store.errors import StoreBusy, StoreClosed
from Kamaelia.store.passwords import Passwords
from Kamaelia.store.store import Store
from tests.store.conftest import QUICK, Place


class Gate(Passwords):
    """One thread, which waits until it is let."""

    def __init__(self) -> None:
        super().__init__(QUICK)
        self._most = 1
        self.open = threading.Event()
        self.done: list[bytes] = []

    def _fits(self, stored: str | None, password: bytes) -> bool:
        self.open.wait(20)
        self.done.append(password)
        return password.startswith(b"right")


def with_gate(scenario: Callable[[Gate], Awaitable[None]]) -> None:
    async def main() -> None:
        gate = Gate()
        try:
            await scenario(gate)
        finally:
            gate.open.set()
            gate.close()

    asyncio.run(main())


def begin(
    gate: Gate, peer: str, password: bytes, account: str = ""
) -> asyncio.Task[bool]:
    return asyncio.ensure_future(gate.check("hash", password, peer, account))


def test_a_crowd_from_one_address_does_not_hold_up_another() -> None:
    async def scenario(gate: Gate) -> None:
        crowd = [begin(gate, "crowd", b"c%d" % n, f"name{n}") for n in range(200)]
        await asyncio.sleep(0)
        honest = begin(gate, "honest", b"right", "ann")
        await asyncio.sleep(0)
        gate.open.set()
        assert await honest
        assert gate.done.index(b"right") <= 2
        assert await asyncio.gather(*crowd) == [False] * 200

    with_gate(scenario)


def test_a_regular_is_let_through_a_crowd_of_addresses() -> None:
    async def scenario(gate: Gate) -> None:
        gate.open.set()
        assert await begin(gate, "regular", b"right 1")
        gate.open.clear()
        crowd = [begin(gate, f"x{n}", b"c%d" % n, f"name{n}") for n in range(600)]
        await asyncio.sleep(0)
        again = begin(gate, "regular", b"right 2", "ann")
        await asyncio.sleep(0)
        gate.open.set()
        assert await again
        assert gate.done.index(b"right 2") <= 3
        results = await asyncio.gather(*crowd, return_exceptions=True)
        assert sum(isinstance(result, StoreBusy) for result in results) == 99

    with_gate(scenario)


def test_who_has_most_waiting_makes_room() -> None:
    async def scenario(gate: Gate) -> None:
        limit = module.WAITING_LIMIT
        crowd = [begin(gate, "crowd", b"c") for _ in range(limit + 2)]
        await asyncio.sleep(0)  # one runs, as many as may wait do, one is refused
        honest = begin(gate, "honest", b"right")
        await asyncio.sleep(0)
        gate.open.set()
        assert await honest
        results = await asyncio.gather(*crowd, return_exceptions=True)
        assert sum(isinstance(result, StoreBusy) for result in results) == 2

    with_gate(scenario)


def test_many_addresses_may_not_fill_the_queue_with_one_account() -> None:
    async def scenario(gate: Gate) -> None:
        most = module.WAITING_PER_ACCOUNT
        crowd = [begin(gate, f"x{n}", b"c", "ann") for n in range(most + 5)]
        await asyncio.sleep(0)
        gate.open.set()
        results = await asyncio.gather(*crowd, return_exceptions=True)
        assert sum(isinstance(result, StoreBusy) for result in results) == 4

    with_gate(scenario)


def test_who_goes_away_waits_no_more() -> None:
    async def scenario(gate: Gate) -> None:
        tasks = [begin(gate, "a", b"c%d" % n) for n in range(3)]
        await asyncio.sleep(0)
        tasks[0].cancel()  # runs, and ends unheard
        tasks[1].cancel()
        await asyncio.sleep(0)
        gate.open.set()
        assert not await tasks[2]
        assert gate.done == [b"c0", b"c2"]

    with_gate(scenario)


def test_the_end_of_the_store_is_told_to_who_waits() -> None:
    async def scenario(gate: Gate) -> None:
        tasks = [begin(gate, "a", b"c") for _ in range(3)]
        await asyncio.sleep(0)
        gate.open.set()
        gate.close()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert results[0] is False
        assert [type(result) for result in results[1:]] == [StoreClosed] * 2
        with pytest.raises(StoreClosed):
            await gate.check("hash", b"c")

    with_gate(scenario)


def test_an_error_in_the_thread_is_raised_where_it_was_asked() -> None:
    async def scenario(gate: Gate) -> None:
        with pytest.raises(TypeError):
            await gate._run(lambda: len(0), "a")  # type: ignore[arg-type]
        gate.open.set()
        assert await begin(gate, "a", b"right")

    with_gate(scenario)


def test_the_store_hands_on_where_a_password_came_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[str, str]] = []
    check = Passwords.check

    async def note(
        self: Passwords, stored: str | None, raw: bytes, peer: str, account: str
    ) -> bool:
        seen.append((peer, account))
        return await check(self, stored, raw, peer, account)

    monkeypatch.setattr(Passwords, "check", note)

    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "Ann", "secret")
        await store.accounts.check_password("aim", "A nn", "secret", "192.0.2.1")
        await store.accounts.check_password("msn", "B@Example.com", "x", "192.0.2.2")

    Place("memory", None).run(scenario)
    assert seen == [("192.0.2.1", "aim:ann"), ("192.0.2.2", "msn:b@example.com")]
