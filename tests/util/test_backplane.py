import pytest

from Axon.AxonExceptions import ServiceAlreadyExists
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe, QuietScheduler
from Kamaelia.Util.Backplane import Backplane, PublishTo, SubscribeTo
from Kamaelia.Util.PassThrough import PassThrough
from Kamaelia.Util.Splitter import (
    Plug,
    PlugSplitter,
    Splitter,
    addsink,
    removesink,
)
from tests.helpers.runs import Collect, Send


def test_what_is_published_reaches_all_subscribers() -> None:
    with QuietScheduler() as world:
        plane = Probe(Backplane("news"), scheduler=world)
        one, two = (Probe(SubscribeTo("news"), scheduler=world) for _ in "12")
        publisher = Probe(PublishTo("news"), scheduler=world)
        world.settle()
        publisher.deliver("hello")
        assert (one.take(), two.take(), publisher.take()) == (["hello"], ["hello"], [])
        late = Probe(SubscribeTo("news"), scheduler=world)
        assert late.take() == []
        assert plane.component.name == "news"


def test_a_forwarder_sends_on_what_it_publishes() -> None:
    with QuietScheduler() as world:
        Backplane("news").activate(world)
        publisher = Probe(PublishTo("news", forwarder=True), scheduler=world)
        publisher.deliver(1)
        assert publisher.take() == [1]


def test_a_subscriber_passes_on_what_comes_in() -> None:
    with QuietScheduler() as world:
        Backplane("news").activate(world)
        subscriber = Probe(SubscribeTo("news"), scheduler=world)
        subscriber.deliver(1)
        assert subscriber.take() == [1]


def test_the_end_of_a_publisher_or_subscriber_is_not_that_of_the_backplane() -> None:
    with QuietScheduler() as world:
        plane = Probe(Backplane("news"), scheduler=world)
        ends = producerFinished(), shutdownMicroprocess()
        for kind, stop in zip((PublishTo, SubscribeTo), ends, strict=True):
            user = Probe(kind("news"), scheduler=world)
            world.settle()
            user.deliver(stop, "control")
            assert user.take("signal") == [stop]
            assert user.ended
        assert not plane.ended
        assert [box for box in plane.component.outboxes if box.startswith("_")] == []


def test_the_end_of_the_backplane_is_told_to_subscribers() -> None:
    with QuietScheduler() as world:
        plane = Probe(Backplane("news"), scheduler=world)
        subscriber = Probe(SubscribeTo("news"), scheduler=world)
        world.settle()
        plane.deliver(stop := producerFinished(), "control")
        assert subscriber.take("signal") == [stop]
        assert plane.take("signal") == [stop]
        Backplane("news").stop()  # the name is free again


def test_a_name_can_be_taken_once() -> None:
    first = Backplane("mine")
    with pytest.raises(ServiceAlreadyExists, match="'mine'"):
        Backplane("mine")
    first.stop()


@pytest.mark.parametrize("kind", [PublishTo, SubscribeTo])
def test_an_unknown_name_is_an_error_when_it_starts(
    kind: type[PublishTo] | type[SubscribeTo],
) -> None:
    probe = Probe(kind("nowhere"))
    with pytest.raises(KeyError):
        probe.settle()


# Splitters.


def test_a_splitter_copies_data_and_signals_to_what_is_plugged_in() -> None:
    with QuietScheduler() as world:
        splitter = Probe(PlugSplitter(), scheduler=world)
        one, two = Collect().activate(world), Collect().activate(world)
        splitter.deliver(addsink(one, "inbox", "control"), "configuration")
        splitter.deliver(addsink(two), "configuration")
        splitter.deliver(addsink(two), "configuration")  # the same again
        splitter.deliver("a")
        splitter.deliver(stop := producerFinished(), "control")
        assert splitter.take() == ["a"]
        assert (one.heard, two.heard) == (["a"], ["a"])
        assert (one.said, two.said) == ([stop], [])
        assert splitter.take("signal") == [stop]
        assert splitter.ended


def test_a_sink_can_be_removed() -> None:
    with QuietScheduler() as world:
        splitter = Probe(PlugSplitter(), scheduler=world)
        sink = Collect().activate(world)
        splitter.deliver(addsink(sink), "configuration")
        splitter.deliver(1)
        splitter.deliver(removesink(sink), "configuration")
        splitter.deliver(2)
        assert sink.heard == [1]


def test_a_sink_that_ended_is_unplugged() -> None:
    with QuietScheduler() as world:
        splitter = Probe(PlugSplitter(), scheduler=world)
        sink = Collect().activate(world)
        splitter.deliver(addsink(sink), "configuration")
        sink._deliver("end", "control")
        world.settle()
        splitter.deliver(1)
        assert sink.dataReady("inbox") == 0


def test_a_full_sink_holds_the_splitter_back_until_it_is_removed() -> None:
    with QuietScheduler() as world:
        splitter = Probe(PlugSplitter(), scheduler=world)
        sink = Collect()  # never runs
        sink.setInboxSize("inbox", 1)
        splitter.deliver(addsink(sink), "configuration")
        for number in range(3):
            splitter.deliver(number)
        assert splitter.take() == [0, 1]
        sink.recv("inbox")
        assert splitter.take() == [2]


def test_a_splitter_with_a_source_ends_with_it() -> None:
    with QuietScheduler() as world:
        end = producerFinished()
        splitter = Probe(PlugSplitter(Send(1, 2, last=end)), scheduler=world)
        assert splitter.take() == [1, 2]
        assert splitter.take("signal") == [end]
        assert splitter.ended


def test_the_old_splitter_copies_data_only() -> None:
    with QuietScheduler() as world:
        splitter = Probe(Splitter(), scheduler=world)
        sink = Collect().activate(world)
        splitter.deliver(addsink(sink, "inbox", "control"), "configuration")
        splitter.deliver(1)
        splitter.deliver(producerFinished(), "control")
        assert (sink.heard, sink.said) == ([1], [])


def test_a_plug_holds_a_component_that_is_plugged_in() -> None:
    with QuietScheduler() as world:
        splitter = Probe(PlugSplitter(), scheduler=world)
        plug = Probe(Plug(splitter.component, PassThrough()), scheduler=world)
        world.settle()
        splitter.deliver("a")
        plug.deliver("b")
        assert plug.take() == ["a", "b"]
        plug.deliver(stop := producerFinished(), "control")
        assert plug.take("signal") == [stop]
        assert plug.ended
        splitter.deliver("c")
        assert splitter.take() == ["a", "c"]
