"""Restarting what fails."""

import logging
from collections.abc import Generator
from typing import Any

import pytest

from Axon.AsyncComponent import asynccomponent
from Axon.Component import component
from Axon.Ipc import errorInformation, producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Chassis.Supervisor import DeadLetter, Supervisor


class Inverse(component):
    """Sends 1 / message."""

    def main(self) -> Generator[int, None, None]:
        stop = None
        while stop is None:
            stop = self.stopMessage()
            for number in self.Inbox():
                self.send(1 / number)
            if stop is None:
                self.pause()
            yield 1
        self.send(stop, "signal")


class AsyncInverse(asynccomponent):
    async def main(self) -> None:
        async for number in self.messages():
            await self.put(1 / number)


class Parent(component):
    """An Inverse behind its own boxes."""

    def main(self) -> Generator[int, None, None]:
        inner = Inverse()
        self.link((self, "inbox"), (inner, "inbox"), passthrough=1)
        self.link((self, "control"), (inner, "control"), passthrough=1)
        self.link((inner, "outbox"), (self, "outbox"), passthrough=2)
        self.link((inner, "signal"), (self, "signal"), passthrough=2)
        self.addChildren(inner)
        inner.activate()
        while not inner._isStopped():
            self.pause()
            yield 1


kinds = pytest.mark.parametrize("kind", [Inverse, AsyncInverse, Parent])


def deliverAll(probe: Probe, *messages: Any) -> None:
    for message in messages:
        probe.component._deliver(message)
    probe.settle()


@kinds
def test_waiting_messages_survive_and_the_one_in_hand_is_set_aside(kind: Any) -> None:
    probe = Probe(Supervisor(kind, delay=1))
    deliverAll(probe, 1, 0, 4)
    assert probe.take() == [1.0]
    if kind is Parent:  # what its inner component held is lost
        assert probe.take("deadletter") == []
        probe.advance(1)
        assert probe.take() == [0.25]
        return
    dead = probe.take("deadletter")
    assert [letter[:2] for letter in dead] == [(0, "inbox")]
    assert isinstance(dead[0].error, ZeroDivisionError)
    probe.deliver(5)
    assert probe.take() == []
    probe.advance(1)
    assert probe.take() == [0.25, 0.2]
    assert not probe.ended


@kinds
def test_the_end_of_the_component_is_its_end(kind: Any) -> None:
    probe = Probe(Supervisor(kind))
    stop = producerFinished()
    probe.deliver(2)
    probe.deliver(stop, "control")
    assert probe.take() == [0.5]
    assert probe.take("signal") == [stop]
    assert probe.ended


def test_it_waits_longer_after_each_failure() -> None:
    made: list[float] = []
    probe = Probe(Supervisor(lambda: made.append(0) or Inverse(), delay=1, longest=3))  # type: ignore[func-returns-value]
    for seconds in (1, 2, 3, 3):
        probe.deliver(0)
        before = len(made)
        probe.advance(seconds - 0.1)
        assert len(made) == before
        probe.advance(0.1)
        assert len(made) == before + 1


def test_one_that_ran_long_enough_counts_as_sound() -> None:
    probe = Probe(Supervisor(Inverse, retries=1, delay=1, period=60))
    for _ in range(5):
        probe.deliver(0)
        probe.advance(61)
    assert not probe.ended


def test_it_gives_up_after_too_many_failures() -> None:
    probe = Probe(Supervisor(Inverse, retries=2, delay=1))
    deliverAll(probe, 0, 0, 0, 7)
    probe.advance(100)
    assert probe.ended
    letters = probe.take("deadletter")
    assert [letter.message for letter in letters] == [0, 0, 0, 7]
    assert all(isinstance(letter, DeadLetter) for letter in letters)
    (reason,) = probe.take("signal")
    assert isinstance(reason, errorInformation)
    assert isinstance(reason.exception, ZeroDivisionError)
    assert "failed 3 times" in reason.message


def test_shutdown_while_it_waits_ends_it() -> None:
    probe = Probe(Supervisor(Inverse, delay=10))
    probe.deliver(0)
    stop = shutdownMicroprocess()
    probe.deliver(stop, "control")
    assert probe.take("signal") == [stop]
    assert probe.ended


def test_producer_finished_while_it_waits_is_for_the_next_one() -> None:
    probe = Probe(Supervisor(Inverse, delay=10))
    deliverAll(probe, 0, 2)
    stop = producerFinished()
    probe.deliver(stop, "control")
    assert not probe.ended
    probe.advance(10)
    assert probe.take() == [0.5]
    assert probe.take("signal") == [stop]


def test_limits_of_inboxes_stay() -> None:
    def make() -> Inverse:
        made = Inverse()
        made.setInboxSize("inbox", 2)
        return made

    probe = Probe(Supervisor(make, delay=1))
    probe.deliver(0)
    probe.advance(1)
    assert probe.component._child.inboxes["inbox"].getSize() == 2


def test_a_failure_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        Probe(Supervisor(Inverse)).deliver(0)
    assert "Inverse" in caplog.text
    assert "ZeroDivisionError" in caplog.text
