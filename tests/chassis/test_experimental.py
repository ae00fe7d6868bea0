from Axon.Ipc import producerFinished
from Axon.testing import Probe
from Kamaelia.Experimental.Chassis import Carousel, InboxControlledCarousel, Pipeline
from Kamaelia.Protocol.EchoProtocol import EchoProtocol
from Kamaelia.Util.OneShot import OneShot
from Kamaelia.Util.PassThrough import PassThrough


def test_numbers_in_a_pipeline_limit_the_next_inbox() -> None:
    first, second = PassThrough(), PassThrough()
    line = Pipeline(5, first, None, second)
    assert line.components == [first, second]
    assert first.inboxes["inbox"].getSize() == 5
    assert second.inboxes["inbox"].getSize() is None


def test_a_carousel_limits_the_inbox_of_what_it_makes() -> None:
    made = []

    def make(_: object) -> PassThrough:
        made.append(PassThrough())
        return made[-1]

    probe = Probe(Carousel(make, boxsize=2))
    probe.deliver("a", "next")
    assert made[0].inboxes["inbox"].getSize() == 2


def test_an_inbox_controlled_carousel_takes_nexts_in_its_inbox() -> None:
    probe = Probe(InboxControlledCarousel(OneShot))
    probe.deliver("a")
    assert probe.take() == ["a"]
    assert probe.take("requestNext") == ["NEXT"]
    probe.deliver(end := producerFinished(), "control")
    assert probe.take("signal") == [end]


def test_echo_sends_back_and_ends_on_anything() -> None:
    probe = Probe(EchoProtocol())
    probe.deliver(b"a")
    probe.deliver("bye", "control")
    assert (probe.take(), probe.take("signal")) == ([b"a"], ["bye"])
    assert probe.ended
