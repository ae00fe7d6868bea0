from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Axon.Ipc import producerFinished, shutdown, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Protocol.Framing import (
    DataChunker,
    DataDeChunker,
    DeFramer,
    Framer,
    ShortFrame,
    SimpleFrame,
)
from Kamaelia.Support.Data.Escape import escape, unescape
from Kamaelia.Util.Tokenisation.Simple import EscapedListMarshalling

LAYERS = [Framer, DeFramer, DataChunker, DataDeChunker]


def test_a_frame_is_tag_length_and_data() -> None:
    assert str(SimpleFrame(3, "hello")) == "3 5\nhello"
    assert SimpleFrame.fromString("3 5\nhello and more") == (3, "hello")


@pytest.mark.parametrize("text", ["", "3", "3 5", "x 5\nhello", "3\nhello", "3 -1\nh"])
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cannot begin"):
        SimpleFrame.fromString(text)


def test_a_short_frame_is_refused() -> None:
    with pytest.raises(ShortFrame, match="5 characters announced, 2 have come"):
        SimpleFrame.fromString("3 5\nhe")


def test_bad_frames_are_dropped() -> None:
    probe = Probe(DeFramer())
    for text in ("1 1\na", "1 9\na", "rubbish", "2 1\nb"):
        probe.deliver(text)
    assert probe.take() == [(1, "a"), (2, "b")]


def test_a_chunk_has_a_mark_and_no_letters_of_it() -> None:
    probe = Probe(DataChunker("XY"))
    probe.deliver("aXb%")
    assert probe.take() == ["XYa%58b%25"]


def test_a_chunk_comes_with_the_next_mark_or_when_flushed() -> None:
    probe = Probe(DataDeChunker("XY"))
    probe.deliver("lostXYone")
    assert probe.take() == []
    probe.deliver("X")
    probe.deliver("Ytwo")
    assert probe.take() == ["one"]
    probe.deliver("now", "flush")
    assert probe.take() == ["two"]
    probe.deliver("lost again")
    probe.deliver("now", "flush")
    assert probe.take() == []


@given(
    st.lists(st.text(st.sampled_from("XY%ab\n"), min_size=1), max_size=5),
    st.lists(st.integers(0, 60), max_size=8),
)
def test_any_cut_of_the_stream_gives_the_same_chunks(
    sent: list[str], cuts: list[int]
) -> None:
    stream = "".join("XYX" + escape(text, "XYX") for text in sent)
    dechunker, heard = DataDeChunker("XYX"), []
    for start, end in pairwise([0, *sorted(cuts), len(stream) + 60]):
        heard += dechunker.treat(stream[start:end])
    heard += dechunker._flush()
    assert heard == sent


def test_all_layers_back_and_forth() -> None:
    stack = Pipeline(Framer(), DataChunker(), DataDeChunker(), DeFramer())
    probe = Probe(stack)
    for number in range(3):
        probe.deliver((number, "XX" * number))
    assert probe.take() == [(0, ""), (1, "XX")]


@pytest.mark.parametrize("make", LAYERS)
def test_the_layers_end_on_shutdown_and_remember_the_rest(make: Any) -> None:
    for stop in (producerFinished(), shutdownMicroprocess()):
        probe = Probe(make())
        probe.deliver(other := shutdown(), "control")
        assert not probe.ended
        assert probe.component.last_control_message is other
        probe.deliver(stop, "control")
        assert probe.take("signal") == [stop]


# What lies below.


def test_escapes() -> None:
    assert escape("100% a b") == "100%25 a b"
    assert escape("a b%", " ") == "a%20b%25"
    assert unescape("a%20b%25") == "a b%"
    assert unescape("%20%58%25", "X") == "%20X%"


@given(st.text(), st.text(st.characters(max_codepoint=255)))
def test_escapes_come_back(text: str, special: str) -> None:
    assert unescape(escape(text, special), special) == text


tokens = st.recursive(
    st.text(), lambda inner: st.lists(inner, max_size=4), max_leaves=8
)


@given(st.lists(tokens, max_size=4))
def test_token_lists_come_back(lists: list[Any]) -> None:
    line = EscapedListMarshalling.marshall(lists)
    assert line.count("\n") == 1
    assert EscapedListMarshalling.demarshall(line) == lists
