from typing import Any

import pytest

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Chassis.Carousel import Carousel
from Kamaelia.Chassis.PAR import PAR
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Chassis.Prefab import JoinChooserToCarousel
from Kamaelia.Chassis.Seq import Seq
from Kamaelia.Util.Chooser import Chooser
from Kamaelia.Util.OneShot import OneShot
from Kamaelia.Util.PassThrough import PassThrough
from tests.helpers.runs import Collect, Send, run_all


def test_par_sends_what_any_component_sends() -> None:
    sink = Collect()
    end = producerFinished()
    run_all(Pipeline(PAR(Send(1, last=end), Send(2, 3, last=end)), sink))
    assert sorted(sink.heard) == [1, 2, 3]


def test_par_holds_back_the_ends_of_its_components() -> None:
    probe = Probe(PAR(Send(last=producerFinished()), Collect(), Send(last="news")))
    assert probe.take("signal") == ["news"]
    probe.deliver(got := producerFinished(), "control")
    [said] = probe.take("signal")
    assert type(said) is producerFinished
    assert said is not got
    assert probe.ended


def test_par_tells_all_components_and_drops_data() -> None:
    a, b = Collect(), Collect()
    probe = Probe(PAR(a, b))
    probe.deliver("dropped")
    probe.deliver("message", "control")
    assert (a.said, b.said) == (["message"], ["message"])
    assert a.heard == []


@pytest.mark.parametrize("stop", [shutdownMicroprocess(), shutdownMicroprocess])
def test_par_ends_at_once_on_shutdown(stop: Any) -> None:
    class Stubborn(Collect):
        def main(self) -> Any:
            while not self.dataReady("inbox"):
                self.pause()
                yield 1

    stubborn = Stubborn()
    probe = Probe(PAR(stubborn))
    probe.deliver(stop, "control")
    assert probe.take("signal") == [stop]
    assert probe.ended
    assert not stubborn._isStopped()


def test_seq_runs_one_after_another(capsys: pytest.CaptureFixture[str]) -> None:
    sink = Collect()
    run_all(Pipeline(Seq("begin", OneShot(1), OneShot(2), "end"), sink))
    assert sink.heard == [1, 2]
    assert type(sink.said[0]) is producerFinished
    assert capsys.readouterr().out == "begin\nend\n"


def test_seq_passes_messages_to_the_one_that_runs() -> None:
    first, second = Collect(), Collect()
    probe = Probe(Seq(first, second))
    probe.deliver("a")
    first._deliver("end", "control")
    probe.settle()
    probe.deliver("b")
    assert (first.heard, second.heard) == (["a"], ["b"])


def test_seq_passes_producer_finished_to_each_in_turn() -> None:
    first, second = Collect(), Collect()
    probe = Probe(Seq(first, second))
    probe.deliver(end := producerFinished(), "control")
    assert (first.said, second.said) == ([end], [end])
    assert len(probe.take("signal")) == 1
    assert probe.ended


def test_seq_starts_nothing_after_shutdown() -> None:
    first, second = Collect(), Collect()
    probe = Probe(Seq(first, second))
    probe.settle()
    probe.deliver(stop := shutdownMicroprocess(), "control")
    assert (first.said, second.said) == ([stop], [])
    assert probe.take("signal") == [stop]
    assert probe.ended


def test_a_chooser_drives_a_carousel() -> None:
    joined = JoinChooserToCarousel(Chooser(["a", "b"]), Carousel(OneShot))
    probe = Probe(joined)
    assert probe.take() == ["a", "b"]
    probe.deliver(shutdownMicroprocess(), "control")
    assert probe.ended


def test_the_relay_ends_when_told() -> None:
    probe = Probe(JoinChooserToCarousel(PassThrough(), Carousel(OneShot)))
    probe.deliver(stop := producerFinished(), "control")
    assert probe.take("signal") == [stop]
