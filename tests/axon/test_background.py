"""The scheduler in a thread, and components behind a handle."""

import queue
import threading
from collections.abc import Generator
from typing import Any

import pytest

from Axon.background import background
from Axon.Component import component
from Axon.Handle import Handle
from Axon.Ipc import producerFinished
from Axon.Scheduler import scheduler
from Axon.testing import QuietScheduler


class Echo(component):
    def main(self) -> Generator[int, None, None]:
        stop = None
        while stop is None:
            stop = self.stopMessage()
            for message in self.Inbox():
                self.send(message)
            if stop is None:
                self.pause()
            yield 1
        self.send(stop, "signal")


@pytest.fixture
def behind() -> Generator[background, None, None]:
    kept, scheduler.run = scheduler.run, None
    scheduler()
    made = background()
    made.start()
    yield made
    made.stop()
    scheduler.run = kept
    assert not made.is_alive()


def test_a_handle_gives_a_components_boxes_to_other_threads(behind: Any) -> None:
    echo = Handle(Echo()).activate(scheduler.run)
    for number in range(1000):
        echo.put(number, "inbox")
    assert [echo.get("outbox", timeout=10) for _ in range(1000)] == list(range(1000))
    with pytest.raises(queue.Empty):
        echo.get()
    stop = producerFinished()
    echo.put(stop, "control")
    assert echo.get("signal", timeout=10) is stop
    behind.join(10)
    assert echo._isStopped()


def test_what_is_activated_after_all_had_ended_runs(behind: Any) -> None:
    for _ in range(3):
        echo = Handle(Echo()).activate(scheduler.run)
        echo.put("x", "inbox")
        echo.put(producerFinished(), "control")
        assert echo.get(timeout=10) == "x"
        behind.join(10)
    assert behind.is_alive()


def test_only_one_runs_components_at_a_time(behind: Any) -> None:
    echo = Handle(Echo()).activate(scheduler.run)
    with pytest.raises(RuntimeError, match="only one background"):
        background()
    echo.put(producerFinished(), "control")
    behind.join(10)
    second = background()
    assert not behind.is_alive()
    second.start()
    echo = Handle(Echo()).activate(scheduler.run)
    echo.put(5, "inbox")
    assert echo.get(timeout=10) == 5
    second.stop()


def test_zap_begins_with_a_new_scheduler_and_tracker() -> None:
    from Axon.CoordinatingAssistantTracker import coordinatingassistanttracker as cat

    kept, tracker = scheduler.run, cat.getcat()
    fresh = background(zap=True)
    try:
        assert scheduler.run is not kept
        assert cat.getcat() is not tracker
    finally:
        fresh.stop()
        scheduler.run, cat.basecat = kept, tracker


def test_a_handle_refuses_other_boxes() -> None:
    handle = Handle(Echo())
    with pytest.raises(KeyError):
        handle.put(1, "outbox")
    with pytest.raises(KeyError):
        handle.get("inbox")


def test_a_handle_waits_for_room() -> None:
    echo = Echo()
    echo.setInboxSize("inbox", 1)
    handle = Handle(echo)
    for number in range(10):
        handle.put(number, "inbox")
    with QuietScheduler() as quiet:
        handle.activate(quiet)
        quiet.settle()
    assert [handle.get() for _ in range(10)] == list(range(10))


def test_no_thread_is_left() -> None:
    assert "Axon.background" not in {thread.name for thread in threading.enumerate()}
