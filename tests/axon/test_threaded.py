"""Components whose main runs in a thread."""

import threading
from collections.abc import Generator
from typing import Any

import pytest

from Axon.AdaptiveCommsComponent import AdaptiveCommsComponent
from Axon.AxonExceptions import noSpaceInBox
from Axon.Component import component
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.Scheduler import scheduler
from Axon.testing import Probe, QuietScheduler
from Axon.ThreadedComponent import (
    DefaultQueueSize,
    threadedadaptivecommscomponent,
    threadedcomponent,
)


def axonThreads() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if "test_threaded" in t.name]


@pytest.fixture(autouse=True)
def no_thread_stays() -> Generator[None, None, None]:
    yield
    for thread in axonThreads():
        thread.join(5)
    assert axonThreads() == []


class Echo(threadedcomponent):
    def main(self) -> None:
        while True:
            message = self.recv()
            if isinstance(message, producerFinished):
                return
            self.send(message)


class Act(threadedcomponent):
    """Runs a function in the thread and sends what it returns."""

    act: Any = None

    def main(self) -> None:
        self.send(self.act(self), "signal")


def test_messages_pass_through_a_thread_in_order() -> None:
    probe = Probe(Echo())
    for number in range(100):
        probe.deliver(number)
    probe.wait(count=100)
    assert probe.take() == list(range(100))
    probe.deliver(producerFinished())
    probe.scheduler.wait(lambda: probe.ended)


def test_main_runs_in_another_thread() -> None:
    probe = Probe(Act(act=lambda self: threading.get_ident()))
    probe.wait("signal")
    assert probe.take("signal") != [threading.get_ident()]


def test_exactly_as_many_as_fit_are_accepted() -> None:
    found: list[Any] = []

    def fill(self: Act) -> None:
        try:
            while True:
                self.send(len(found))
                found.append(1)
                self.sync()
        except noSpaceInBox as full:
            found.append(full.args)

    probe = Probe(Act(3, act=fill), boxsizes={"outbox": 4})
    probe.scheduler.wait(lambda: found and found[-1] == (3, 3))
    assert len(found) - 1 == 3 + 4
    assert probe.take() == [0, 1, 2, 3]
    assert probe.take() == [4, 5, 6]
    probe.scheduler.wait(lambda: probe.ended)


def test_inward_fit_the_box_and_the_queue() -> None:
    release = threading.Event()

    def wait(self: Act) -> list[int]:
        release.wait(10)
        return [self.recv() for _ in range(5)]

    act = Act(3, act=wait)
    act.setInboxSize("inbox", 2)
    probe = Probe(act)
    for number in range(5):
        probe.deliver(number)
    with pytest.raises(noSpaceInBox):
        probe.deliver(5)
    release.set()
    probe.wait("signal")
    assert probe.take("signal") == [[0, 1, 2, 3, 4]]


def test_default_queue_length() -> None:
    assert threadedcomponent().queuelengths == DefaultQueueSize == 1000


def test_pause_returns_when_a_message_comes_or_the_time_is_up() -> None:
    def wait(self: Act) -> bool:
        self.pause(0.001)
        while not self.dataReady():
            self.pause()
        return bool(self.anyReady() == "inbox" and list(self.Inbox()) == [7])

    probe = Probe(Act(act=wait))
    probe.deliver(7)
    probe.wait("signal")
    assert probe.take("signal") == [True]


def test_data_sent_before_a_shutdown_message_is_seen_first() -> None:
    def look(self: Act) -> int:
        while not self.dataReady("control"):
            self.pause()
        return self.dataReady("inbox")

    act = Act(act=look)
    for message in range(20):
        act._deliver(message)
    act._deliver(shutdownMicroprocess(), "control")
    probe = Probe(act)
    probe.wait("signal")
    assert probe.take("signal") == [20]


def test_an_exception_in_the_thread_leaves_the_run_with_its_message() -> None:
    class OddError(Exception):
        def __init__(self, one: int, two: int) -> None:
            super().__init__(f"{one} and {two}")

    def fail(self: Act) -> None:
        raise OddError(1, 2)

    with pytest.raises(OddError, match="1 and 2") as caught:
        Act(act=fail).run()
    assert any("Act" in note for note in caught.value.__notes__)


def test_a_yield_in_main_is_reported() -> None:
    class Mistaken(threadedcomponent):
        def main(self) -> Generator[int, None, None]:
            yield 1

    with pytest.raises(TypeError, match="contains a yield"):
        Mistaken().run()


def test_old_style_methods_run_in_the_thread() -> None:
    class Old(threadedcomponent):
        left = 3

        def initialiseComponent(self) -> None:
            self.send("begin")

        def mainBody(self) -> int:
            self.left -= 1
            self.send(self.left)
            return self.left

        def closeDownComponent(self) -> None:
            self.send("end")

    probe = Probe(Old())
    probe.wait(count=5)
    assert probe.take() == ["begin", 2, 1, 0, "end"]


def test_what_the_thread_sent_last_waits_for_room_before_the_end() -> None:
    def send(self: Act) -> int:
        for number in range(10):
            self.send(number)
        return 10

    probe = Probe(Act(act=send), boxsizes={"outbox": 1})
    probe.wait("signal")
    assert not probe.ended
    assert [probe.take() for _ in range(10)] == [[n] for n in range(10)]
    assert probe.ended


def test_linking_from_the_thread_happens_at_once() -> None:
    sink = component()

    def link(self: Act) -> int:
        made = self.link((self, "outbox"), (sink, "inbox"))
        self.send("first")
        self.sync()
        self.unlink(thelinkage=made)
        self.send("dropped")
        self.sync()
        return sink.dataReady()

    act = Act(act=link)
    with QuietScheduler() as quiet:
        act.activate(quiet)
        quiet.wait(act._isStopped)
    assert [sink.recv()] == ["first"]
    assert not sink.dataReady()


def test_errors_of_linking_reach_the_thread() -> None:
    def link(self: Act) -> str:
        try:
            self.link((self, "nowhere"), (self, "inbox"))
        except KeyError as error:
            return str(error)
        return ""

    probe = Probe(Act(act=link))
    probe.wait("signal")
    assert "no outbox 'nowhere'" in probe.take("signal")[0]


def test_a_child_that_ends_wakes_the_thread() -> None:
    class Child(component):
        def main(self) -> Generator[int, None, None]:
            while not self.dataReady():
                self.pause()
                yield 1

    child = Child()

    def parent(self: Act) -> bool:
        self.addChildren(child)
        child.activate()
        self.send("ready")
        while not child._isStopped():
            self.pause()
        self.removeChild(child)
        return self.children == []

    probe = Probe(Act(act=parent))
    probe.wait()
    child._deliver(1)
    probe.wait("signal")
    assert probe.take("signal") == [True]


def test_stopping_ends_a_thread_that_waits() -> None:
    echo = Echo()
    probe = Probe(echo)
    probe.settle()
    assert len(axonThreads()) == 1
    echo.stop()
    probe.settle()
    assert axonThreads() == []


def test_stopping_ends_a_thread_that_looks_again_and_again() -> None:
    def spin(self: Act) -> None:
        while not self.dataReady():
            try:
                self.send(1)
            except Exception:  # noqa: BLE001 - what careless threads do
                continue

    act = Act(act=spin)
    probe = Probe(act)
    probe.wait(count=1)
    act.stop()
    probe.settle()


def test_a_thread_may_stop_its_own_component() -> None:
    act = Act(act=lambda self: self.stop())
    act.run()
    assert act._isStopped()


def test_the_end_of_a_run_by_an_error_ends_threads() -> None:
    class Failing(component):
        def main(self) -> Generator[int, None, None]:
            yield 1
            raise ValueError("boom")

    Echo().activate()
    with pytest.raises(ValueError, match="boom"):
        Failing().run()


def test_the_scheduler_stopped_from_a_thread_ends_the_run() -> None:
    Echo().activate()
    Act(act=lambda self: scheduler.run.stop()).run()


def test_a_thread_works_in_the_generator_form() -> None:
    runner, default = scheduler(), scheduler.run
    assert default is not runner
    echo = Echo().activate(runner)
    sink = component()
    sink.link((echo, "outbox"), (sink, "inbox"))
    echo._deliver("x")
    steps = runner.main()
    while not sink.dataReady():
        next(steps)
    echo._deliver(producerFinished())
    assert sink.recv() == "x"
    for _ in steps:
        pass


def test_boxes_come_and_go_from_the_thread() -> None:
    class Adaptive(threadedadaptivecommscomponent):
        def main(self) -> None:
            first, second = self.addOutbox("extra"), self.addOutbox("extra")
            inbox = self.addInbox("new")
            self.trackResource("thing", inbox)
            self.trackResourceInformation("thing", [inbox], [first], 5)
            self.send("hello", first)
            self.send(inbox, "signal")
            assert self.recv(inbox) == 1
            self.deleteInbox(inbox)
            self.deleteOutbox(second)
            self.send((first, second, "new" in self.inboxes), "signal")

    adaptive = Adaptive()
    probe = Probe(adaptive)
    probe.wait("signal")
    assert probe.take("signal") == ["new"]
    assert adaptive.retrieveTrackedResource("new") == "thing"
    found = adaptive.retrieveTrackedResourceInformation("thing")
    assert found == (["new"], ["extra"], 5)
    probe.deliver(1, "new")
    probe.wait("signal")
    first, second, there = probe.take("signal")[0]
    assert first == "extra"
    assert second.startswith("extra")
    assert second != first
    assert not there


def test_boxes_and_resources_of_an_adaptive_component() -> None:
    adaptive = AdaptiveCommsComponent()
    name = adaptive.addInbox("inbox")
    assert name != "inbox"
    assert name in adaptive.inboxes
    adaptive.trackResource(1, name)
    assert adaptive.retrieveTrackedResource(name) == 1
    adaptive.deleteInbox(name)
    for wrong in (
        lambda: adaptive.deleteInbox(name),
        lambda: adaptive.deleteOutbox("none"),
        lambda: adaptive.trackResource(1, "none"),
        lambda: adaptive.retrieveTrackedResource("none"),
        lambda: adaptive.trackResourceInformation(1, [], ["none"], None),
        lambda: adaptive.retrieveTrackedResourceInformation(1),
        lambda: adaptive.ceaseTrackingResource(1),
    ):
        with pytest.raises(KeyError):
            wrong()
    adaptive.trackResourceInformation("r", ["inbox"], ["outbox"], 3)
    adaptive.ceaseTrackingResource("r")
