"""In which order what runs is stepped, and when it sleeps."""

import time
from collections.abc import Callable, Generator
from typing import Any

import pytest

from Axon.Component import component
from Axon.Ipc import newComponent
from Axon.Scheduler import scheduler
from tests.axon.helpers import Gen, Sleeper, fresh, rounds


@pytest.fixture
def runner() -> scheduler:
    return fresh()


def noting(log: list[str], name: str) -> Callable[[Any], Any]:
    def act(self: Any) -> Generator[int, None, None]:
        while True:
            log.append(name)
            yield 1

    return act


def test_a_round_steps_in_the_order_of_activation(runner: scheduler) -> None:
    log: list[str] = []
    for name in "abc":
        Gen(noting(log, name)).activate(runner)
    rounds(runner, 3)
    assert "".join(log) == "abcabcabc"


def test_what_is_activated_in_a_round_joins_the_end_of_the_next(
    runner: scheduler,
) -> None:
    log: list[str] = []

    def act(self: Any) -> Generator[Any, None, None]:
        log.append("a")
        Gen(noting(log, "x")).activate()
        yield newComponent(Gen(noting(log, "y")), Gen(noting(log, "z")))
        while True:
            log.append("a")
            yield 1

    Gen(act).activate(runner)
    Gen(noting(log, "b")).activate(runner)
    rounds(runner, 3)
    assert "".join(log) == "ab" + "abxyz" + "abxyz"


def test_messages_are_seen_in_the_same_round_by_those_that_run_later(
    runner: scheduler,
) -> None:
    seen: dict[str, int] = {}
    early, late = (
        Gen(lambda self: watch(self, "early")),
        Gen(lambda self: watch(self, "late")),
    )

    def watch(self: Any, name: str) -> Generator[int, None, None]:
        while not self.dataReady():
            yield 1
        seen[name] = runner._queue.rounds

    def send(self: Any) -> Generator[int, None, None]:
        self.send(1, "outbox")
        self.send(1, "signal")
        seen["sent"] = runner._queue.rounds
        yield 1

    sender = Gen(send)
    sender.link((sender, "outbox"), (early, "inbox"))
    sender.link((sender, "signal"), (late, "inbox"))
    for item in (early, sender, late):
        item.activate(runner)
    rounds(runner, 3)
    assert seen["late"] == seen["sent"]
    assert seen["early"] == seen["sent"] + 1


def test_one_that_pauses_is_not_stepped_until_something_comes(
    runner: scheduler,
) -> None:
    sleeper = Sleeper().activate(runner)
    rounds(runner, 5)
    assert sleeper.steps == 1
    assert runner.isThreadPaused(sleeper)
    assert not sleeper._isRunnable()
    sleeper._deliver("x")
    assert sleeper._isRunnable()
    rounds(runner, 5)
    assert sleeper.steps == 2


def test_a_message_between_data_ready_and_yield_is_not_slept_through(
    runner: scheduler,
) -> None:
    got: list[Any] = []

    def act(self: Any) -> Generator[int, None, None]:
        assert not self.dataReady()
        self._deliver("just now")
        self.pause()
        yield 1
        got.append(self.recv())

    Gen(act).activate(runner)
    rounds(runner, 2)
    assert got == ["just now"]


@pytest.mark.parametrize("order", ["sleeper first", "waker first"])
def test_a_wake_beats_a_pause_of_the_same_round(runner: scheduler, order: str) -> None:
    sleeper = Sleeper()

    def wake(self: Any) -> Generator[int, None, None]:
        yield 1
        sleeper.unpause()
        yield 1

    pair = [sleeper, Gen(wake)]
    for item in pair if order == "sleeper first" else reversed(pair):
        item.activate(runner)
    sleeper.unpause()  # stays awake for a second step, in the round of the wake
    rounds(runner, 2)
    before = sleeper.steps
    rounds(runner, 1)
    assert sleeper.steps in (before, before + 1)
    assert sleeper.steps == 3


def test_woken_ones_are_appended_to_the_round(runner: scheduler) -> None:
    log: list[str] = []

    def sleepy(self: Any) -> Generator[int, None, None]:
        while True:
            log.append("s")
            self.pause()
            yield 1

    sleeper = Gen(sleepy).activate(runner)
    Gen(noting(log, "a")).activate(runner)
    rounds(runner, 1)
    sleeper.unpause()
    rounds(runner, 2)
    assert "".join(log) == "sa" + "as" + "a"


def test_the_time_is_set_once_a_round(
    runner: scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    seen: list[float] = []

    def act(self: Any) -> Generator[int, None, None]:
        while True:
            seen.append(self.scheduler.time)
            now[0] += 1
            seen.append(self.scheduler.time)
            yield 1

    Gen(act).activate(runner)
    rounds(runner, 2)
    assert seen == [100.0, 100.0, 101.0, 101.0]


def test_pausing_from_outside(runner: scheduler) -> None:
    log: list[str] = []
    noisy = Gen(noting(log, "n")).activate(runner)
    rounds(runner, 2)
    runner.pauseThread(noisy)
    rounds(runner, 3)
    assert len(log) == 3
    runner.wakeThread(noisy)
    rounds(runner, 1)
    assert len(log) == 4


def test_waking_the_unknown_does_nothing_unless_asked_to(runner: scheduler) -> None:
    sleeper = Sleeper()
    runner.wakeThread(sleeper)
    rounds(runner, 1)
    assert sleeper.steps == 0
    runner.wakeThread(sleeper, canActivate=True)
    rounds(runner, 1)
    assert sleeper.steps == 1


def test_threads_and_list_all_threads_tell_what_is_known(runner: scheduler) -> None:
    one, two = Sleeper().activate(runner), component()
    assert runner.listAllThreads() == [one]
    assert list(runner.threads) == [one]
    assert runner.isThreadPaused(two)
    assert not runner.isThreadPaused(one)


def test_any_value_may_be_yielded(runner: scheduler) -> None:
    def act(self: Any) -> Generator[Any, None, None]:
        yield from (1, True, 0, None, (1, 2), "x", object())
        done.append(True)

    done: list[bool] = []
    Gen(act).activate(runner)
    rounds(runner, 8)
    assert done == [True]


def test_sleepers_cost_a_wake_nothing(runner: scheduler) -> None:
    sleepers = [Sleeper().activate(runner) for _ in range(20_000)]
    rounds(runner, 1)
    sleepers[777]._deliver("x")
    assert runner._queue.begin_round() == 1  # the round holds the one woken only
    assert runner._queue.step_one()
    assert sum(sleeper.steps for sleeper in sleepers) == 20_001


def test_components_may_use_names_the_kernel_might(runner: scheduler) -> None:
    class Careless(component):
        queue: Any = []
        step = first = begin = "mine"
        asleep = woken = pausing = suspended = True

        def main(self) -> Generator[int, None, None]:
            self.queue = [1]
            self.wake = self._thread = self._tag = self._over = self._close = None  # type: ignore[assignment,method-assign]
            self.pause()
            yield 1
            self.send(self.queue)

    careless = Careless()
    sink = Sleeper()
    careless.link((careless, "outbox"), (sink, "inbox"))
    careless.activate(runner)
    rounds(runner, 1)
    careless._deliver(1)
    rounds(runner, 1)
    assert sink.recv() == [1]
    assert careless._isStopped()
