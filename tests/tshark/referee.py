"""Compare what tshark sees in our OSCAR frames with what we meant."""

from pathlib import Path

from Kamaelia.Protocol.AIM.wire.flap import FLAPDecoder
from Kamaelia.Protocol.AIM.wire.snac import SNACHeader
from tests.helpers.capture_writer import Talk
from tests.helpers.tshark import NO_HEADER, AIMFrame, aim_frames
from tests.tshark.recorded import aim_marks

Seen = tuple[int, int, int, int | None, int | None, int | None, int | None]

MALFORMED = frozenset({"malformed", "expert: Malformed Packet (Exception occurred)"})

EXPLAINED: dict[tuple[int, int], frozenset[str]] = {
    # Wireshark reads the user info from where the new level begins, two bytes early.
    (0x01, 0x10): MALFORMED,
    # 0x2712, the charset of a file's name, is in libpurple; Wireshark lacks it.
    (0x04, 0x06): frozenset({"TLV 0x2712"}),
    # And so are 0x0B, "wants typing notices", and 0x16, when it was sent.
    (0x04, 0x07): frozenset({"TLV 0x000b", "TLV 0x0016", "TLV 0x2712"}),
    # Wireshark's table has 1 and 2; clients send 0 (by name) and 1 (anonymous).
    (0x04, 0x08): frozenset({"aim_messaging.evilreq.origin"}),
    # Wireshark takes status, count and users for TLVs.
    (0x0F, 0x03): MALFORMED,
}
"""Marks that no capture shows, since none has such a SNAC or TLV, and why."""


def ours(talk: Talk, direction: str) -> list[Seen]:
    """Return what we put into a direction's frames."""
    decoder = FLAPDecoder()
    decoder.receive_data(b"".join(data for way, data in talk.turns if way == direction))
    found: list[Seen] = []
    for frame in decoder.frames():
        head = frame.channel, frame.sequence, len(frame.payload)
        if frame.channel == 2:
            snac = SNACHeader.from_bytes(frame.payload)
            rest = snac.family, snac.subtype, snac.flags, snac.request_id
            found.append((*head, *rest))
        else:
            found.append((*head, None, None, None, None))
    return found


def judge(folder: Path, talks: list[Talk]) -> list[AIMFrame]:
    """Let tshark read conversations, and assert that it sees what we meant.

    Args:
        folder: for the capture.
        talks: the conversations, each on a client's port of its own.

    Returns:
        The frames as tshark sees them.
    """
    frames = aim_frames(folder, *talks)
    for number, talk in enumerate(talks):
        for direction in ("c2s", "s2c"):
            theirs = [
                frame
                for frame in frames
                if (frame.stream, frame.direction) == (number, direction)
            ]
            meant = ours(talk, direction)
            assert len(theirs) == len(meant)
            for frame, mine in zip(theirs, meant, strict=True):
                if NO_HEADER in frame.marks:
                    assert frame[2:5] == mine[:3]
                else:
                    assert frame[2:9] == mine
    assert unexplained(frames) == set()
    return frames


def unexplained(frames: list[AIMFrame]) -> set[tuple[str, str]]:
    """Return (SNAC, mark) that neither captures nor EXPLAINED have."""
    return {
        (f"{frame.family:04x}/{frame.subtype:04x}" if frame.family else "", mark)
        for frame in frames
        for mark in frame.marks
        if (frame.family, mark) not in aim_marks()
        and mark not in EXPLAINED.get((frame.family or 0, frame.subtype or 0), ())
    }
