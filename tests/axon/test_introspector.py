"""Seeing which components there are and what passes between them."""

import time
from collections.abc import Generator, Iterator

import pytest

from Axon.Component import component
from Axon.Introspector import Introspector, count, snapshot
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.Scheduler import scheduler
from Axon.testing import Probe, QuietScheduler


class Echo(component):
    def main(self) -> Generator[int, None, None]:
        while not self.dataReady("control"):
            for message in self.Inbox():
                self.send(message)
            self.pause()
            yield 1


@pytest.fixture
def quiet() -> Iterator[QuietScheduler]:
    with QuietScheduler() as made:
        yield made


def test_the_first_message_forgets_everything(quiet: QuietScheduler) -> None:
    assert Probe(Introspector(), scheduler=quiet).take()[0] == "DEL ALL\n"


def test_components_boxes_and_linkages_are_told(quiet: QuietScheduler) -> None:
    one, two = Echo(), Echo()
    one.link((one, "outbox"), (two, "inbox"))
    one.activate(quiet)
    _, text = Probe(Introspector(), scheduler=quiet).take()
    lines = text.splitlines()
    assert f'ADD NODE "{one.id}" "{one.name}" randompos component' in lines
    assert f'ADD NODE "{two.id}" "{two.name}" randompos component' in lines
    box = f"({one.id}, 'o', 'outbox')"
    assert f'ADD NODE "{box}" "outbox" randompos outbox' in lines
    assert f'ADD LINK "{one.id}" "{box}"' in lines
    assert f"ADD LINK \"{box}\" \"({two.id}, 'i', 'inbox')\"" in lines
    kinds = [line.split('"')[0] for line in lines]
    assert kinds == sorted(kinds, key="ADD NODE ADD LINK ".index)


def test_changes_are_told_as_they_happen(quiet: QuietScheduler) -> None:
    one = Echo().activate(quiet)
    probe = Probe(Introspector(), scheduler=quiet)
    probe.take()
    probe.advance(1)
    assert probe.take() == []
    made = one.link((one, "outbox"), (one, "inbox"))
    assert probe.take() == [
        f"ADD LINK \"({one.id}, 'o', 'outbox')\" \"({one.id}, 'i', 'inbox')\"\n"
    ]
    one.unlink(thelinkage=made)
    assert probe.take() == []  # within the interval
    probe.advance(1)
    assert probe.take()[0].startswith("DEL LINK ")
    one.stop()
    probe.advance(1)
    (text,) = probe.take()
    assert text.index("DEL LINK") < text.index(f'DEL NODE "{one.id}"')


def test_it_sleeps_when_nothing_changes(quiet: QuietScheduler) -> None:
    Echo().activate(quiet)
    probe = Probe(Introspector(), scheduler=quiet)
    probe.advance(10)
    assert quiet.isThreadPaused(probe.component)
    assert not quiet._queue


def test_it_ends_on_shutdown_only(quiet: QuietScheduler) -> None:
    probe = Probe(Introspector(), scheduler=quiet)
    probe.deliver(producerFinished(), "control")
    probe.advance(1)
    assert not probe.ended
    stop = shutdownMicroprocess()
    probe.deliver(stop, "control")
    assert probe.take("signal") == [stop]
    assert probe.ended


def test_introspect_works_by_itself() -> None:
    components, boxes, links = Introspector().introspect()
    assert links == {}
    assert len(components) == len(snapshot(scheduler.run).components)
    assert boxes == [info.box for info in snapshot(scheduler.run).boxes]


def test_counts_are_off_until_asked_for(quiet: QuietScheduler) -> None:
    one, two = Echo().activate(quiet), Echo().activate(quiet)
    one.link((one, "outbox"), (two, "inbox"))
    one._deliver("before")
    quiet.settle()
    count(True, quiet)
    try:
        for _ in range(5):
            one._deliver("x")
            quiet.settle()
        (link,) = snapshot(quiet).links
        assert link.passed == 5
        by_id = {info.id: info for info in snapshot(quiet).components}
        assert by_id[two.id].steps == 5
        assert by_id[one.id].steps == 10  # woken when its message is taken, too
        assert 0 < by_id[one.id].seconds < time.perf_counter()
        assert by_id[one.id].asleep
    finally:
        count(False, quiet)
    one._deliver("after")
    quiet.settle()
    assert snapshot(quiet).links == [link]


def test_waiting_messages_and_limits_are_told(quiet: QuietScheduler) -> None:
    one = component()
    one.setInboxSize("inbox", 3)
    one._deliver(1)
    one.link((one, "signal"), (one, "control"))
    user = Echo().activate(quiet)
    user.link((user, "outbox"), (one, "inbox"))
    waiting = {info.box[1:]: info for info in snapshot(quiet).boxes if info.waiting}
    assert waiting["i", "inbox"].limit == 3
    assert waiting["i", "inbox"].box.component == one.id
