"""Shared values."""

import threading

import pytest

from Axon.STM import BusyRetry, ConcurrentUpdate, Store


def test_a_new_value_is_none_in_version_0() -> None:
    value = Store().usevar("x")
    assert (value.value, value.version, value.key) == (None, 0, "x")
    assert repr(value) == "Value(0, None)"


def test_a_commit_is_seen_and_raises_the_version() -> None:
    store = Store()
    value = store.usevar("x")
    value.set([1])
    value.commit()
    value.value.append(2)
    assert repr(value) == "Value(1, [1, 2])"
    assert store.usevar("x").value == [1]
    value.commit()
    assert store.usevar("x").version == 2


def test_the_slower_of_two_updates_fails() -> None:
    store = Store()
    fast, slow = store.usevar("x"), store.usevar("x")
    fast.set(1)
    fast.commit()
    slow.set(2)
    with pytest.raises(ConcurrentUpdate):
        slow.commit()
    assert store.usevar("x").value == 1


def test_a_collection_is_stored_wholly_or_not_at_all() -> None:
    store = Store()
    both = store.using("a", "b")
    both["a"].set(1)
    both["b"].set(2)
    both.commit()
    assert (store.usevar("a").value, store.usevar("b").value) == (1, 2)
    again = store.using("a", "b")
    other = store.usevar("b")
    other.set(3)
    other.commit()
    again["a"].set(9)
    with pytest.raises(ConcurrentUpdate):
        again.commit()
    assert store.usevar("a").value == 1


def test_nobody_waits_for_the_store() -> None:
    store = Store()
    value = store.usevar("x")
    with store.lock:
        with pytest.raises(BusyRetry):
            value.commit()
        with pytest.raises(BusyRetry):
            store.usevar("x")


def test_threads_lose_no_update() -> None:
    store = Store()

    def add() -> None:
        done = 0
        while done < 100:
            try:
                value = store.usevar("n")
                value.set((value.value or 0) + 1)
                value.commit()
            except (BusyRetry, ConcurrentUpdate):
                continue
            done += 1

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.usevar("n").value == 400


def test_dump_prints_the_store(capsys: pytest.CaptureFixture[str]) -> None:
    store = Store()
    store.usevar("x")
    store.dump()
    assert "DEBUG: Store dump" in capsys.readouterr().out
