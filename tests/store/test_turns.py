"""Who is next when many passwords wait."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.store import turns as module
from Kamaelia.store.errors import StoreBusy
from Kamaelia.store.turns import Turns


class Try(NamedTuple):
    peer: str
    account: str = ""
    number: int = 0


def line_up(tries: list[Try], limit: int = 100, per_account: int = 100) -> Turns[Try]:
    turns: Turns[Try] = Turns(limit, per_account)
    for each in tries:
        turns.add(each)
    return turns


def order(turns: Turns[Try]) -> str:
    return "".join(turns.take().peer for _ in range(len(turns)))


def test_addresses_take_turns() -> None:
    turns = line_up([Try("X")] * 5 + [Try("A"), Try("B"), Try("B")])
    assert order(turns) == "XABXBXXX"


def test_one_address_is_served_in_the_order_of_its_tries() -> None:
    turns = line_up([Try("A", number=number) for number in range(5)])
    assert [turns.take().number for _ in range(5)] == [0, 1, 2, 3, 4]


def test_regulars_wait_for_one_stranger_however_many_there_are() -> None:
    turns = line_up([Try(f"x{number}") for number in range(50)])
    turns.welcome("A")
    turns.add(Try("A"))
    turns.add(Try("A"))
    first = [turns.take().peer for _ in range(4)]
    assert first.count("A") == 2
    assert len(turns) == 48


def test_strangers_have_half_of_the_turns_beside_regulars() -> None:
    turns: Turns[Try] = Turns(100, 100)
    turns.welcome("A")
    for each in [Try("A")] * 10 + [Try("X")] * 10:
        turns.add(each)
    assert [turns.take().peer for _ in range(20)].count("X") == 10
    assert order(line_up([])) == ""


def test_a_full_ring_takes_from_who_has_most() -> None:
    turns = line_up([Try("X", number=number) for number in range(4)], limit=4)
    with pytest.raises(StoreBusy):
        turns.add(Try("X"))
    assert turns.add(Try("A")) == Try("X", number=3)
    assert turns.add(Try("A")) == Try("X", number=2)
    with pytest.raises(StoreBusy):
        turns.add(Try("A"))
    assert turns.add(Try("B")) is not None
    assert len(turns) == 4


def test_strangers_who_fill_their_ring_leave_regulars_theirs() -> None:
    turns = line_up([Try(f"x{number}") for number in range(4)], limit=4)
    with pytest.raises(StoreBusy):
        turns.add(Try("A"))
    turns.welcome("A")
    assert turns.add(Try("A")) is None
    assert turns.take().peer == "A"


def test_the_oldest_regulars_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REGULARS", 2)
    turns = line_up([])
    for peer in ("A", "B", "A", "C"):
        turns.welcome(peer)
    for peer in ("x", "y", "z", "A", "B", "C"):
        turns.add(Try(peer))
    assert order(turns) == "AxCyzB"


def test_one_account_does_not_hold_up_others() -> None:
    guesses = [Try(f"x{number}", "msn:ann") for number in range(3)]
    turns = line_up(guesses, per_account=3)
    with pytest.raises(StoreBusy):
        turns.add(Try("A", "msn:ann"))
    turns.add(Try("A", "msn:bob"))
    turns.take()
    turns.add(Try("A", "msn:ann"))


def test_strangers_who_guess_a_password_do_not_shut_out_who_knows_it() -> None:
    guesses = [Try(f"x{number}", "msn:ann") for number in range(3)]
    turns = line_up(guesses, per_account=3)
    turns.welcome("A")
    assert turns.add(Try("A", "msn:ann")) is None
    assert "A" in [turns.take().peer for _ in range(2)]
    turns.add(Try("A", "msn:ann"))
    turns.add(Try("A", "msn:ann"))
    turns.add(Try("A", "msn:ann"))
    with pytest.raises(StoreBusy):
        turns.add(Try("A", "msn:ann"))


def test_what_is_thrown_out_or_dropped_counts_for_no_account() -> None:
    turns = line_up([Try("X", "ann"), Try("X", "ann")], limit=2, per_account=2)
    assert turns.add(Try("A", "bob")) == Try("X", "ann")
    gone = Try("B", "ann")
    with pytest.raises(StoreBusy):
        turns.add(gone)
    turns.drop(gone)  # was never there
    waits = turns.take()
    turns.drop(waits)  # is there no more
    turns.add(Try("B", "ann"))
    turns.take()
    turns.take()
    turns.add(Try("B", "ann"))
    turns.add(Try("C", "ann"))
    with pytest.raises(StoreBusy):
        turns.add(Try("D", "ann"))


PEERS = st.sampled_from("ABCDEF")
STEPS = st.one_of(
    st.tuples(st.just("add"), PEERS, st.sampled_from(["", "ann", "bob"])),
    st.tuples(st.sampled_from(["take", "welcome", "drop"]), PEERS, st.just("")),
)


@given(st.lists(STEPS, max_size=80))
def test_nobody_is_lost_or_served_twice(steps: list[tuple[str, str, str]]) -> None:
    turns: Turns[Try] = Turns(6, 3)
    waiting: list[Try] = []
    for number, (step, peer, account) in enumerate(steps):
        if step == "add":
            new = Try(peer, account, number)
            try:
                lost = turns.add(new)
            except StoreBusy:
                continue
            waiting.append(new)
            if lost is not None:
                waiting.remove(lost)
        elif step == "take" and turns:
            waiting.remove(turns.take())
        elif step == "drop" and waiting:
            turns.drop(waiting.pop(number % len(waiting)))
        elif step == "welcome":
            turns.welcome(peer)
        assert len(turns) == len(waiting) <= 12
        assert all(
            sum(each.account == name for each in waiting) <= 6
            for name in ("ann", "bob")
        )
    assert sorted(turns.take() for _ in range(len(turns))) == sorted(waiting)
