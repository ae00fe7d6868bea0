from collections.abc import Generator

import pytest

from Axon.Component import component
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Chassis.Carousel import Carousel


class Child(component):
    """Says what it was made of, echoes, ends on "end" or on control."""

    def __init__(self, made_of: str) -> None:
        super().__init__()
        self.made_of = made_of
        self.said: list[object] = []

    def main(self) -> Generator[int, None, None]:
        self.send(self.made_of)
        while not self.said:
            self.said += self.Inbox("control")
            for message in self.Inbox("inbox"):
                if message == "end":
                    return
                self.send(message)
            if not self.said:
                self.pause()
            yield 1


@pytest.fixture
def made() -> list[Child]:
    return []


@pytest.fixture
def probe(made: list[Child]) -> Probe:
    def make(what: str) -> Child:
        made.append(Child(what))
        return made[-1]

    return Probe(Carousel(make))


def test_next_makes_a_component_between_its_boxes(probe: Probe) -> None:
    probe.deliver("a", "next")
    probe.deliver("hello")
    assert probe.take() == ["a", "hello"]
    assert probe.take("requestNext") == []


def test_it_asks_for_the_next_when_the_component_has_ended(probe: Probe) -> None:
    probe.deliver("a", "next")
    probe.deliver("end")
    assert probe.take("requestNext") == ["NEXT"]
    assert not probe.ended
    probe.deliver("waits for the next")
    probe.deliver("b", "next")
    assert probe.take() == ["a", "b", "waits for the next"]


def test_it_can_ask_at_the_start() -> None:
    assert Probe(Carousel(Child, make1stRequest=True)).take("requestNext") == ["NEXT"]


def test_a_next_while_one_lives_tells_it_to_shut_down(
    probe: Probe, made: list[Child]
) -> None:
    probe.deliver("a", "next")
    probe.deliver("b", "next")
    assert [type(said) for said in made[0].said] == [shutdownMicroprocess]
    assert probe.take() == ["a", "b"]
    assert probe.take("requestNext") == []


def test_several_nexts_are_served_one_after_another(probe: Probe) -> None:
    for name in "abc":
        probe.component._deliver(name, "next")
    assert probe.take() == ["a", "b", "c"]


def test_producer_finished_serves_what_waits(probe: Probe, made: list[Child]) -> None:
    end = producerFinished()
    for name in "ab":
        probe.component._deliver(name, "next")
    probe.deliver(end, "control")
    assert probe.take() == ["a", "b"]
    assert [child.said for child in made] == [[end], [end]]
    assert probe.take("signal") == [end]
    assert probe.take("requestNext") == []
    assert probe.ended


def test_shutdown_drops_what_waits(probe: Probe, made: list[Child]) -> None:
    stop = shutdownMicroprocess()
    probe.deliver("a", "next")
    probe.component._deliver("b", "next")
    probe.deliver(stop, "control")
    assert probe.take() == ["a"]
    assert made[0].said == [stop]
    assert probe.take("signal") == [stop]
    assert probe.ended


def test_it_never_ends_before_its_component() -> None:
    class Stubborn(Child):
        def main(self) -> Generator[int, None, None]:
            while not self.dataReady("inbox"):
                self.pause()
                yield 1

    probe = Probe(Carousel(Stubborn))
    probe.deliver("a", "next")
    probe.deliver(shutdownMicroprocess(), "control")
    assert probe.take("signal") == []
    assert not probe.ended
    probe.deliver("go")
    assert len(probe.take("signal")) == 1
    assert probe.ended


@pytest.mark.parametrize("kind", [producerFinished, shutdownMicroprocess])
def test_without_a_component_it_ends_at_once(probe: Probe, kind: type) -> None:
    probe.deliver(stop := kind(), "control")
    assert probe.take("signal") == [stop]
    assert probe.ended
