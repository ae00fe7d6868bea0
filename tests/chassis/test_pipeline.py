from collections.abc import Generator
from typing import Any

import pytest

from Axon.Component import component
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Chassis.Pipeline import Pipeline, pipeline
from Kamaelia.Util.PassThrough import PassThrough
from Kamaelia.Util.PureTransformer import PureTransformer
from tests.helpers.runs import Collect, Send, run_all


def test_messages_and_shutdown_go_from_first_to_last() -> None:
    end = producerFinished()
    sink = Collect()
    run_all(Pipeline(Send(1, 2, 3, last=end), PassThrough(), sink))
    assert sink.heard == [1, 2, 3]
    assert sink.said == [end]


def test_its_own_boxes_lead_to_the_first_and_come_from_the_last() -> None:
    probe = Probe(Pipeline(PureTransformer(lambda n: n + 1), PassThrough()))
    probe.deliver(1, "inbox")
    assert probe.take("outbox") == [2]
    stop = shutdownMicroprocess()
    probe.deliver(stop, "control")
    assert probe.take("signal") == [stop]
    assert probe.ended


def test_messages_that_came_before_it_ran_move_on() -> None:
    line = Pipeline(PassThrough())
    line._deliver("early", "inbox")
    assert Probe(line).take("outbox") == ["early"]


def test_pipelines_nest() -> None:
    inner = Pipeline(PassThrough(), Pipeline(PassThrough()))
    sink = Collect()
    run_all(Pipeline(Send("a", last=producerFinished()), inner, sink))
    assert sink.heard == ["a"]


class Counter(component):
    """Sends a number one higher than it got, up to a limit, then ends the ring."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[int] = []

    def main(self) -> Generator[int, None, None]:
        self.send(0)
        while not self.dataReady("control"):
            for number in self.Inbox("inbox"):
                self.seen.append(number)
                if number < 5:
                    self.send(number + 1)
                else:
                    self.send(producerFinished(), "signal")
            self.pause()
            yield 1


def test_a_circular_pipeline_feeds_the_first_from_the_last() -> None:
    counter = Counter()
    ring = Pipeline(counter, PassThrough(), circular=True)
    run_all(ring)
    assert counter.seen == [0, 1, 2, 3, 4, 5]
    assert ring.circular


def test_an_empty_pipeline_says_so_when_it_is_run() -> None:
    empty = Pipeline()
    with pytest.raises(IndexError, match="has no components"):
        run_all(empty)


def test_other_keywords_become_attributes() -> None:
    made: Any = Pipeline(PassThrough(), colour="red")
    assert made.colour == "red"


def test_it_says_nothing_of_its_own() -> None:
    probe = Probe(Pipeline(Send(1)))
    probe.settle()
    assert probe.ended
    assert probe.take("signal") == []


def test_what_ended_gets_nothing_more() -> None:
    deaf = Send()
    run_all(Pipeline(Send(*range(20)), deaf))
    assert deaf.dataReady("inbox") <= 2


def test_a_thousand_components_start_pass_and_end() -> None:
    sink = Collect()
    middle = [PassThrough() for _ in range(1000)]
    line = Pipeline(Send("x", last=producerFinished()), *middle, sink)
    run_all(line)
    assert sink.heard == ["x"]
    assert line.childrenDone()
    assert line.children == []


def test_something_that_is_no_component_is_named() -> None:
    with pytest.raises(Exception, match="PassThrough"):
        run_all(Pipeline(PassThrough))


def test_the_old_name_works_and_says_so_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = pipeline(PassThrough())
    pipeline(PassThrough())
    assert isinstance(made, Pipeline)
    assert capsys.readouterr().err.count("DEPRECATED: ") <= 1
