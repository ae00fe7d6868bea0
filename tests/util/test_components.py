"""The small components of Kamaelia.Util, each rule of theirs once."""

from typing import Any

import pytest

from Axon.Component import component
from Axon.Ipc import producerFinished, shutdown, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Util.Chunkifier import Chunkifier
from Kamaelia.Util.ChunkNamer import ChunkNamer
from Kamaelia.Util.Collate import Collate
from Kamaelia.Util.Comparator import Comparator, comparator
from Kamaelia.Util.DataSource import DataSource, TriggeredSource
from Kamaelia.Util.Detuple import SimpleDetupler
from Kamaelia.Util.Fanout import Fanout, fanout
from Kamaelia.Util.Filter import Filter, FilterComponent
from Kamaelia.Util.FirstOnly import FirstOnly
from Kamaelia.Util.LineSplit import LineSplit
from Kamaelia.Util.LossyConnector import LossyConnector
from Kamaelia.Util.MarshallComponent import BasicMarshallComponent
from Kamaelia.Util.Marshalling import DeMarshaller, Marshaller
from Kamaelia.Util.Max import Max
from Kamaelia.Util.NullSink import nullSinkComponent
from Kamaelia.Util.NullSinkComponent import nullSinkComponent as anyMessageSink
from Kamaelia.Util.OneShot import OneShot, TriggeredOneShot
from Kamaelia.Util.PassThrough import PassThrough, passThrough
from Kamaelia.Util.PromptedTurnstile import PromptedTurnstile
from Kamaelia.Util.PureTransformer import PureTransformer
from Kamaelia.Util.RangeFilter import RangeFilter
from Kamaelia.Util.RateChunker import RateChunker
from Kamaelia.Util.SequentialTransformer import SequentialTransformer
from Kamaelia.Util.Stringify import Stringify
from Kamaelia.Util.Sync import Sync
from Kamaelia.Util.TagWithSequenceNumber import TagWithSequenceNumber
from Kamaelia.Util.TestResult import StopSystem, StopSystemException, TestResult
from Kamaelia.Util.Tokenisation.Simple import (
    lines_to_tokenlists,
    tokenlists_to_lines,
)
from Kamaelia.Util.TwoWaySplitter import TwoWaySplitter
from Kamaelia.Util.UnseenOnly import UnseenOnly


class Text:
    """Marshalls numbers."""

    marshall = staticmethod(str)
    demarshall = staticmethod(int)


def through(made: component, *messages: Any) -> list[Any]:
    """Return what a component makes of messages until an orderly end."""
    with Probe(made) as probe:
        for message in messages:
            probe.deliver(message)
        probe.deliver(producerFinished(), "control")
        assert probe.ended
        return probe.take()


@pytest.mark.parametrize(
    ("made", "messages", "expected"),
    [
        (PureTransformer(lambda n: n or None), [1, 0, 2], [1, 2]),
        (SequentialTransformer(str, len), [1, 100], [1, 3]),
        (UnseenOnly(), [1, 2, 1, 3], [1, 2, 3]),
        (LineSplit(), ["a\nb", "c\n"], ["a", "b", "c", ""]),
        (Stringify(), [1, None], ["1", "None"]),
        (SimpleDetupler(1), [(1, 2), "ab"], [2, "b"]),
        (SimpleDetupler("k"), [{"k": 1}], [1]),
        (PassThrough(), [1, None, 2], [1, None, 2]),
        (FirstOnly(), [1, 2], [1]),
        (Sync(3), range(7), [2, 5]),
        (Collate(), [1, 2], [[1, 2]]),
        (Max(), [[1, 3, 2]], [3]),
        (TagWithSequenceNumber(), ["a", "b"], [(0, "a"), (1, "b")]),
        (TagWithSequenceNumber(initial=5), ["a"], [(5, "a")]),
        (RangeFilter([(1, 2), (5, 6)]), [(1, "a"), (3, "b"), (6, "c")], [(1, "a"), (6, "c")]),  # noqa: E501
        (Marshaller(Text), [1], ["1"]),
        (DeMarshaller(Text), ["1"], [1]),
        (Filter(), [1, 2], [1, 2]),
        (ChunkNamer("t/", ".x"), ["A", "B"], [["t/chunk1.x", "A"], ["t/chunk2.x", "B"]]),  # noqa: E501
        (Chunkifier(3), [b"ab", b"cdefg", b"h"], [b"abc", b"def", b"gh"]),
        (Chunkifier(3, nodelay=True), [b"ab", b"cdefg"], [b"ab", b"cde", b"fg"]),
        (RateChunker(10, 2, 2), [b"0123456789" * 2], [b"0123", b"456789", b"0123", b"456789"]),  # noqa: E501
        (TriggeredSource("x"), [1, 2], ["x", "x"]),
        (nullSinkComponent(), [1], []),
        (anyMessageSink(), [1], []),
        (tokenlists_to_lines(), [["a b", ["c", []], ""]], ["a%20b [ c [ ] ] %\n"]),
        (lines_to_tokenlists(), ["a%20b [ c [ ] ] %\n", "x ]  y [ z"], [["a b", ["c", []], ""], ["x", "y", ["z"]]]),  # noqa: E501
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, component) else "",
)  # fmt: skip
def test_what_comes_out(made: component, messages: Any, expected: list[Any]) -> None:
    assert through(made, *messages) == expected


PASSERS = [
    lambda: PassThrough(),
    lambda: SimpleDetupler(0),
    lambda: Fanout(["a"]),
    lambda: Marshaller(Text),
    lambda: LossyConnector(),
    lambda: Max(),
    lambda: Sync(),
    lambda: Collate(),
    lambda: TagWithSequenceNumber(),
    lambda: TwoWaySplitter(),
    lambda: FirstOnly(),
    lambda: anyMessageSink(),
    lambda: Filter(),
    lambda: PromptedTurnstile(),
    lambda: BasicMarshallComponent(Text),
    lambda: TestResult(),
]


@pytest.mark.parametrize("make", PASSERS)
@pytest.mark.parametrize("kind", [producerFinished, shutdownMicroprocess])
def test_both_shutdown_messages_end_it_and_are_passed_on(make: Any, kind: Any) -> None:
    for stop in (kind(), kind):  # some programs send the class itself
        probe = Probe(make())
        probe.deliver(stop, "control")
        assert probe.take("signal") == [stop]
        assert probe.ended


@pytest.mark.parametrize("kind", [FirstOnly, anyMessageSink])
def test_anything_on_control_ends_it(kind: Any) -> None:
    probe = Probe(kind())
    probe.deliver("bye", "control")
    assert probe.take("signal") == ["bye"]
    assert probe.ended


@pytest.mark.parametrize(
    "make", [lambda: PureTransformer(str), LineSplit, UnseenOnly, ChunkNamer]
)
def test_transformers_say_producer_finished_themselves(make: Any) -> None:
    for stop in (producerFinished(None, "why"), shutdown()):
        made = make()
        probe = Probe(made)
        probe.deliver(stop, "control")
        [said] = probe.take("signal")
        assert type(said) is producerFinished
        assert said.caller is made
        assert said.message == getattr(stop, "message", None)
        assert probe.ended
    probe = Probe(make())
    probe.deliver(now := shutdownMicroprocess(), "control")
    assert probe.take("signal") == [now]


def test_transformers_can_be_subclassed() -> None:
    class Double(PureTransformer):
        def processMessage(self, message: Any) -> Any:
            return message * 2

    assert through(Double(), 1, "a") == [2, "aa"]


def test_messages_before_producer_finished_are_treated() -> None:
    made = PureTransformer(str)
    made._deliver(1, "inbox")
    made._deliver(producerFinished(), "control")
    assert Probe(made).take() == ["1"]


def test_messages_before_shutdown_are_dropped() -> None:
    made = PassThrough()
    made._deliver(1, "inbox")
    made._deliver(shutdownMicroprocess(), "control")
    assert Probe(made).take() == []


def test_a_full_box_holds_back_and_shutdown_gets_through() -> None:
    probe = Probe(PassThrough(), boxsizes={"outbox": 1})
    for number in range(3):
        probe.deliver(number)
    assert [probe.take() for _ in range(4)] == [[0], [1], [2], []]
    for number in range(3):
        probe.deliver(number)
    probe.deliver(stop := shutdownMicroprocess(), "control")
    assert probe.ended
    assert probe.take("signal") == [stop]


def test_pass_through_passes_other_signals_and_ends_on_what_it_is_told() -> None:
    probe = Probe(PassThrough(shutdownOn=[shutdown]))
    first, last = producerFinished(), shutdown()
    probe.deliver(first, "control")
    assert not probe.ended
    probe.deliver(last, "control")
    assert probe.ended
    assert probe.take("signal") == [first, last]


def test_one_shot_sends_its_message_then_finishes() -> None:
    probe = Probe(OneShot("x"))
    probe.step()
    assert len(probe._boxes["signal"]) == 0
    assert probe.take() == ["x"]
    [said] = probe.take("signal")
    assert said.caller is probe.component
    assert probe.ended


def test_triggered_one_shot_waits() -> None:
    probe = Probe(TriggeredOneShot("x"))
    assert probe.take() == []
    probe.deliver("go")
    assert probe.take() == ["x"]
    assert probe.ended
    probe = Probe(TriggeredOneShot("x"))
    probe.deliver(stop := producerFinished(), "control")
    assert (probe.take(), probe.take("signal")) == ([], [stop])


def test_data_source_sends_a_list_and_leaves_it_alone() -> None:
    given = [1, 2]
    probe = Probe(DataSource(given))
    assert probe.take() == [1, 2]
    assert type(probe.take("signal")[0]) is producerFinished
    assert given == [1, 2]


def test_data_source_waits_for_room_and_can_be_stopped() -> None:
    probe = Probe(DataSource(range(10**9)), boxsizes={"outbox": 1})
    assert probe.take() == [0]
    assert probe.take() == [1]
    probe.deliver(stop := shutdownMicroprocess(), "control")
    assert probe.take("signal") == [stop]


def test_fanout_copies_to_each_box_of_this_instance() -> None:
    probe = Probe(Fanout(["a", "b"]))
    probe.deliver(1)
    assert (probe.take("a"), probe.take("b")) == ([1], [1])
    assert "a" not in Fanout([]).outboxes


def test_two_way_splitter_copies_data_and_signals() -> None:
    probe = Probe(TwoWaySplitter())
    probe.deliver(1)
    probe.deliver(stop := producerFinished(), "control")
    assert (probe.take("outbox"), probe.take("outbox2")) == ([1], [1])
    assert (probe.take("signal"), probe.take("signal2")) == ([stop], [stop])


def test_lossy_connector_drops_what_has_no_room() -> None:
    probe = Probe(LossyConnector(), boxsizes={"outbox": 2})
    for number in range(5):
        probe.deliver(number)
    assert probe.take() == [0, 1]


def test_comparator_compares_pairs() -> None:
    probe = Probe(Comparator())
    probe.deliver(1, "inA")
    assert probe.take() == []
    probe.deliver(1, "inB")
    probe.deliver(2, "inA")
    probe.deliver(3, "inB")
    assert probe.take() == [True, False]
    probe.deliver(shutdownMicroprocess(), "control")
    assert [type(said) for said in probe.take("signal")] == [producerFinished]


def test_prompted_turnstile_passes_one_per_prompt() -> None:
    probe = Probe(PromptedTurnstile())
    probe.deliver("a")
    assert probe.take() == []
    for _ in range(2):
        probe.deliver("go", "next")
    assert probe.take() == ["a"]
    probe.deliver("b")
    assert probe.take() == ["b"]
    probe.deliver("c")
    probe.deliver(producerFinished(), "control")
    assert probe.take() == []
    assert probe.ended


def test_filters_are_asked_for_the_rest_at_the_end() -> None:
    class Holder:
        held = ["x", "y"]

        def filter(self, data: Any) -> Any:
            if data == "":
                return self.held.pop() if self.held else None
            return None if data == "drop" else data

    assert through(Filter(Holder()), "a", "drop") == ["a", "y", "x"]
    assert FilterComponent is Filter


def test_marshall_component_works_both_ways() -> None:
    probe = Probe(BasicMarshallComponent(Text))
    probe.deliver(1, "marshall")
    probe.deliver("2", "demarshall")
    assert (probe.take("marshalled"), probe.take("demarshalled")) == (["1"], [2])


def test_test_result_fails_the_run() -> None:
    probe = Probe(TestResult())
    probe.deliver(True)
    with pytest.raises(AssertionError):
        probe.deliver(0)


def test_test_result_can_end_the_run() -> None:
    probe = Probe(TestResult())
    with pytest.raises(StopSystemException):
        probe.deliver(StopSystem(), "control")


@pytest.mark.parametrize(
    ("old", "new", "argument"),
    [
        (passThrough, PassThrough, None),
        (fanout, Fanout, ["a"]),
        (comparator, Comparator, None),
    ],
)
def test_old_names_make_the_new_classes(old: Any, new: Any, argument: Any) -> None:
    made = old() if argument is None else old(argument)
    assert isinstance(made, new)
