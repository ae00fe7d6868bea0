"""Components that are stepped by a method."""

from typing import Any

import pytest

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.Scheduler import scheduler
from Axon.testing import Probe
from Axon.TurnComponent import turncomponent


class Doubler(turncomponent):
    """Sends twice what it gets; notes its ends."""

    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        self.turns = 0
        self.ends = 0

    def turn(self) -> bool:
        """Double what has come."""
        self.turns += 1
        for number in self.Inbox():
            self.send(number * 2)
        if (stop := self.stopMessage()) is not None:
            self.send(stop, "signal")
            return False
        self.pause()
        return True

    def stop(self) -> None:
        """Note the end."""
        self.ends += not self._isStopped()
        super().stop()


def test_it_sleeps_is_woken_and_ends_as_others_do() -> None:
    probe = Probe(Doubler())
    probe.deliver(1)
    assert probe.take() == [2]
    probe.settle()  # what is taken wakes who sent it
    turns = probe.component.turns
    probe.settle()
    assert probe.component.turns == turns  # asleep
    probe.deliver(5)
    assert probe.take() == [10]
    end = producerFinished()
    probe.deliver(end, "control")
    assert probe.take("signal") == [end]
    assert probe.component._isStopped()
    assert probe.component.ends == 1


def test_an_error_in_a_turn_ends_it_once() -> None:
    class Broken(Doubler):
        def turn(self) -> bool:
            """Fail."""
            raise ValueError("broken")

    runner = scheduler()
    broken = Broken()
    seen: list[Any] = []
    broken.onFailure = lambda mprocess, error: seen.append((mprocess, str(error)))
    broken.activate(runner)
    runner.runThreads()
    assert seen == [(broken, "broken")]
    assert broken.ends == 1


def test_it_is_stepped_by_hand_and_stopped() -> None:
    doubler = Doubler()
    assert doubler.next() == 1
    doubler.stop()
    assert doubler.next() is None
    with pytest.raises(StopIteration):
        doubler.next()
    assert doubler.ends == 1


def test_there_is_no_main() -> None:
    with pytest.raises(TypeError, match="turn"):
        Doubler().main()
    probe = Probe(Doubler())
    probe.deliver(shutdownMicroprocess(), "control")
    assert probe.component._isStopped()
