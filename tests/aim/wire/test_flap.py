from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.AIM.wire.flap import (
    CHANNEL_KEEPALIVE,
    FLAPDecoder,
    FLAPEncoder,
    FLAPFrame,
    follows,
    next_sequence,
    short_signoff,
)
from Kamaelia.Protocol.wire.errors import (
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
)
from tests.aim.wire.dumps import from_dump

frames = st.builds(
    FLAPFrame, st.integers(0, 255), st.integers(0, 0xFFFF), st.binary(max_size=400)
)


def decode(data: bytes) -> list[FLAPFrame]:
    decoder = FLAPDecoder()
    decoder.receive_data(data)
    return list(decoder.frames())


def test_a_sign_on_frame_is_the_published_bytes() -> None:
    wire = from_dump("2A 01 00 64 00 04 00 00 00 01")
    assert decode(wire) == [FLAPFrame(1, 100, b"\0\0\0\1")]
    assert FLAPFrame(1, 100, b"\0\0\0\1").to_bytes() == wire


def test_a_keep_alive_is_six_bytes() -> None:
    assert FLAPEncoder(0x60).keep_alive() == bytes.fromhex("2A0500600000")
    assert decode(bytes.fromhex("2A0500600000")) == [FLAPFrame(CHANNEL_KEEPALIVE, 0x60)]


@given(st.lists(frames, max_size=5), st.lists(st.integers(0, 1500)))
def test_any_cut_of_the_stream_gives_the_same_frames(
    sent: list[FLAPFrame], cuts: list[int]
) -> None:
    stream = b"".join(frame.to_bytes() for frame in sent)
    decoder = FLAPDecoder()
    heard: list[FLAPFrame] = []
    for start, end in pairwise([0, *sorted(cuts), len(stream)]):
        decoder.receive_data(stream[start:end])
        heard += decoder.frames()
    assert heard == sent
    assert decoder.pending == b""


def test_byte_by_byte_gives_the_same_frame() -> None:
    decoder = FLAPDecoder()
    heard: list[FLAPFrame] = []
    for byte in FLAPFrame(2, 7, b"hello").to_bytes():
        decoder.receive_data(bytes([byte]))
        heard += decoder.frames()
    assert heard == [FLAPFrame(2, 7, b"hello")]


def test_a_hundred_frames_of_one_read_come_out() -> None:
    sent = [FLAPFrame(2, n, bytes([n]) * n) for n in range(100)]
    assert decode(b"".join(frame.to_bytes() for frame in sent)) == sent


def test_frames_before_a_bad_marker_come_out_and_its_offset_counts_all_bytes() -> None:
    decoder = FLAPDecoder()
    decoder.receive_data(FLAPFrame(5, 1).to_bytes())
    assert len(list(decoder.frames())) == 1
    decoder.receive_data(FLAPFrame(2, 2, b"xyz").to_bytes() + b"GET / HTTP/1.0")
    frames = decoder.frames()
    assert next(frames) == FLAPFrame(2, 2, b"xyz")
    with pytest.raises(RemoteProtocolError) as caught:
        next(frames)
    assert caught.value.offset == 15
    assert caught.value.data.startswith(b"GET")
    with pytest.raises(RemoteProtocolError):
        next(decoder.frames())


def test_a_frame_over_the_limit_is_refused_at_its_header() -> None:
    decoder = FLAPDecoder(max_payload=8)
    decoder.receive_data(bytes.fromhex("2A0200010009"))
    with pytest.raises(RemoteProtocolError, match="9 bytes, at most 8"):
        next(decoder.frames())


def test_frames_left_in_an_unfinished_loop_come_out_of_the_next() -> None:
    decoder = FLAPDecoder()
    decoder.receive_data(FLAPFrame(2, 1, b"a").to_bytes() * 3)
    next(decoder.frames())
    decoder.receive_data(FLAPFrame(2, 2, b"b").to_bytes())
    assert [frame.payload for frame in decoder.frames()] == [b"a", b"a", b"b"]


def test_a_stream_that_ends_inside_a_frame_leaves_its_bytes_pending() -> None:
    decoder = FLAPDecoder()
    decoder.receive_data(FLAPFrame(2, 1, b"a").to_bytes() + b"\x2a")
    assert len(list(decoder.frames())) == 1
    assert decoder.pending == b"\x2a"
    assert short_signoff(0x90) == bytes.fromhex("2A040090")


@given(st.binary(max_size=60), st.booleans())
def test_random_bytes_raise_only_protocol_errors(data: bytes, marked: bool) -> None:
    try:
        decode(b"\x2a" + data if marked else data)
    except ProtocolError:
        return


def test_sequence_numbers_wrap() -> None:
    encoder = FLAPEncoder(0xFFFF)
    assert encoder.encode(2, b"") == bytes.fromhex("2A02FFFF0000")
    assert encoder.sequence == 0
    assert next_sequence(0x7FFF) == 0x8000
    assert follows(0, 0xFFFF)
    assert follows(0, 0x7FFF)
    assert follows(0x8000, 0x7FFF)
    assert not follows(2, 0)


@pytest.mark.parametrize(
    "frame",
    [
        FLAPFrame(256, 0),
        FLAPFrame(-1, 0),
        FLAPFrame(1, 0x10000),
        FLAPFrame(2, 0, bytes(0x10000)),
    ],
)
def test_what_no_frame_can_hold_is_the_callers_error(frame: FLAPFrame) -> None:
    with pytest.raises(LocalProtocolError):
        frame.to_bytes()
