import hashlib

import pytest

from Kamaelia.Protocol.AIM.wire.flap import FLAPDecoder, FLAPFrame, follows
from Kamaelia.Protocol.AIM.wire.foodgroups import name_of
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from tests.aim.wire.captures import BESIDE, frames_of, golden_of, streams_of

CAPTURES = ["aim-libpurple", "aim-puzzle1"]


@pytest.mark.parametrize("name", CAPTURES)
def test_the_bytes_of_each_direction_are_the_golden_ones(name: str) -> None:
    for flow in golden_of(name)["flows"]:
        if flow["proto"] != "oscar":
            continue
        for direction in ("c2s", "s2c"):
            data = streams_of(name)[flow["stream"], direction]
            assert hashlib.sha256(data).hexdigest() == flow[direction]["sha256"]


@pytest.mark.parametrize("name", CAPTURES)
def test_every_frame_is_the_golden_one(name: str) -> None:
    golden = sorted(
        golden_of(name)["oscar"], key=lambda f: (f["stream"], f["dir"], f["offset"])
    )
    heard = frames_of(name)
    assert len(heard) == len(golden)
    for (stream, direction, frame), wanted in zip(heard, golden, strict=True):
        assert (stream, direction) == (wanted["stream"], wanted["dir"])
        assert frame.channel == wanted["channel"]
        assert frame.sequence == wanted["seq"]
        assert len(frame.payload) == wanted["len"]
        assert hashlib.sha256(frame.payload).hexdigest() == wanted["payload_sha256"]
        if "snac" in wanted:
            header = SNAC.from_bytes(frame.payload).header
            assert header.family == wanted["snac"]["family"]
            assert header.subtype == wanted["snac"]["subtype"]
            assert header.flags == wanted["snac"]["flags"]
            assert header.request_id == wanted["snac"]["reqid"]
            assert "0x" not in name_of(*header.type)


@pytest.mark.parametrize("name", CAPTURES)
def test_every_frame_is_written_as_it_was_read(name: str) -> None:
    for _, _, frame in frames_of(name):
        assert FLAPFrame(*_fields(frame)).to_bytes() == frame.to_bytes()
        if frame.channel == 2:
            assert SNAC.from_bytes(frame.payload).to_bytes() == frame.payload


def _fields(frame: FLAPFrame) -> tuple[int, int, bytes]:
    return frame.channel, frame.sequence, frame.payload


@pytest.mark.parametrize("name", CAPTURES)
def test_numbers_of_one_direction_have_no_gap(name: str) -> None:
    last: dict[tuple[int, str], int] = {}
    for stream, direction, frame in frames_of(name):
        if (stream, direction) in last:
            assert follows(frame.sequence, last[stream, direction])
        last[stream, direction] = frame.sequence


def test_streams_stored_apart_decode_to_the_golden_frames() -> None:
    folder = BESIDE / "streams"
    if not folder.exists():
        pytest.skip("the stored streams are not beside this checkout")
    for path in sorted(folder.glob("aim-puzzle1.s[24].*.bin")):
        _, stream, direction, _ = path.name.split(".")
        decoder = FLAPDecoder()
        decoder.receive_data(path.read_bytes())
        wanted = [
            (f["channel"], f["seq"], f["len"])
            for f in golden_of("aim-puzzle1")["oscar"]
            if f["stream"] == int(stream[1:]) and f["dir"] == direction
        ]
        heard = [(f.channel, f.sequence, len(f.payload)) for f in decoder.frames()]
        assert heard == wanted
