"""One direction of an OSCAR connection: bytes through OSCARProtocol, frame by frame.

Where bytes are missing or cannot be FLAP, the next place where a frame can begin is
looked for: a header whose payload makes sense, or that is followed by another header
with the next number.
"""

from collections.abc import Iterator
from enum import Enum
from struct import Struct
from typing import Final

from Axon.Ipc import errorInformation
from Axon.testing import Probe, QuietScheduler
from Kamaelia.cli.dissect_records import FLAPSeen, Note, Trail
from Kamaelia.cli.tcp_flows import Segment
from Kamaelia.Protocol.AIM.OSCARClient import OSCARProtocol
from Kamaelia.Protocol.AIM.wire.flap import (
    CHANNEL_DATA,
    CHANNEL_KEEPALIVE,
    CHANNEL_SIGNON,
    HEADER_LENGTH,
    MARKER,
    follows,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import FAMILIES

SNAC_HEADER_LENGTH: Final = 10
LAST_SUBTYPE: Final = 0x40
MAX_SMALL: Final = 2048
"""Longest payload believed on a channel where nothing else can be checked, in bytes."""

MAX_KEEPALIVE: Final = 16
"""Some clients put a number into their keep-alives."""

MAX_LOST: Final = 64
"""Frames that may be missing where two numbers still belong together."""

_HEADER: Final = Struct("!BBHH")
_FAMILIES: Final = frozenset(FAMILIES)


class Likeness(Enum):
    """How much some bytes look like a frame."""

    NO = 0
    UNKNOWN = 1  # more bytes must come
    WEAK = 2  # a header that could be one, and nothing to check it by
    STRONG = 3


def likeness(data: bytes | bytearray, at: int = 0) -> Likeness:
    """Return how much a frame seems to begin at a place."""
    head = bytes(data[at : at + HEADER_LENGTH + SNAC_HEADER_LENGTH])
    if head[:1] != bytes((MARKER,)) or not 1 <= (head[1:2] or b"\1")[0] <= 5:
        return Likeness.NO
    if len(head) < HEADER_LENGTH:
        return Likeness.UNKNOWN
    _, channel, _, length = _HEADER.unpack_from(head)
    payload = head[HEADER_LENGTH:]
    if channel == CHANNEL_DATA:
        return _like_snac(payload, length)
    if channel == CHANNEL_SIGNON:
        if not b"\0\0\0\1".startswith(payload[:4]) or length < 4:
            return Likeness.NO
        return Likeness.STRONG if len(payload) >= 4 else Likeness.UNKNOWN
    if length > (MAX_KEEPALIVE if channel == CHANNEL_KEEPALIVE else MAX_SMALL):
        return Likeness.NO
    return Likeness.WEAK


def _like_snac(payload: bytes, length: int) -> Likeness:
    if length < SNAC_HEADER_LENGTH:
        return Likeness.NO
    if len(payload) < 4:
        return Likeness.UNKNOWN
    family, subtype = payload[0] << 8 | payload[1], payload[2] << 8 | payload[3]
    known = family in _FAMILIES and 1 <= subtype <= LAST_SUBTYPE
    return Likeness.STRONG if known else Likeness.NO


def find_frame(data: bytes | bytearray, last: int | None = None) -> tuple[int, bool]:
    """Return where the first frame seems to begin, and whether that is sure.

    Not sure: the bytes before cannot be one; what is there cannot be told yet.

    Args:
        data: the bytes, from anywhere on.
        last: number of the frame before them, if it is known.
    """
    at = data.find(MARKER)
    while at >= 0:
        found = likeness(data, at)
        if found is Likeness.WEAK:
            found = _by_its_numbers(data, at, last)
        if found is not Likeness.NO:
            return at, found is Likeness.STRONG
        at = data.find(MARKER, at + 1)
    return len(data), False


def _by_its_numbers(data: bytes | bytearray, at: int, last: int | None) -> Likeness:
    """Judge a header by the numbers of the frames before and after it."""
    _, _, sequence, length = _HEADER.unpack_from(data, at)
    if last is not None and 1 <= (sequence - last) & 0xFFFF <= MAX_LOST:
        return Likeness.STRONG
    after = at + HEADER_LENGTH + length
    if len(data) < after + HEADER_LENGTH:
        return Likeness.UNKNOWN
    ok = likeness(data, after) is not Likeness.NO
    _, _, following, _ = _HEADER.unpack_from(data, after)
    return Likeness.STRONG if ok and follows(following, sequence) else Likeness.NO


def why_stopped(probe: Probe) -> str:
    """Return what was wrong with the bytes that made a component stop."""
    for stop in probe.take("signal"):
        if isinstance(stop, errorInformation):
            return getattr(stop.exception, "reason", None) or str(stop.exception)
    return "the component stopped"


class FLAPReader:
    """Turn the segments of one direction into frames, and notes on what is not one.

    Args:
        trail: of this direction.
        scheduler: runs the OSCARProtocol.
        aligned: whether the first byte begins a frame.
    """

    def __init__(self, trail: Trail, scheduler: QuietScheduler, aligned: bool) -> None:
        self._trail = trail
        self._scheduler = scheduler
        self._buffer = bytearray()  # bytes that no frame has used yet
        self._offset = 0  # of the buffer in the stream
        self._fed = 0  # bytes of the buffer that the component has got
        self._last: int | None = None  # number of the last frame
        self._skipped = 0
        self._quiet = not aligned  # joined in the middle: skipping is no news
        self._probe = self._open() if aligned else None

    def _open(self) -> Probe:
        return Probe(OSCARProtocol(), scheduler=self._scheduler)

    def receive(self, segment: Segment) -> Iterator[FLAPSeen | Note]:
        """Yield what a segment completes."""
        if segment.missing:
            yield from self._lose(segment)
        self._trail.add(segment)
        self._buffer += segment.data
        yield from self._read()

    def finish(self) -> Iterator[FLAPSeen | Note]:
        """Yield what can still be read, and a note on what is left over."""
        while True:
            left = len(self._buffer)
            if self._probe is None:
                left = self._skipped + len(self._buffer)
                break
            if not self._has_more_inside():
                break
            # A length that lies has swallowed the frames after it.
            yield self._trail.note(
                f"unfinished frame at offset {self._offset}; looking inside it"
            )
            self._desynchronise()
            yield from self._read()
        self._close()
        if left:
            yield self._trail.note(
                f"{left} bytes left at offset {self._offset + len(self._buffer) - left}"
            )

    def _has_more_inside(self) -> bool:
        """Tell whether a frame lies within what the last header claims."""
        at, sure = find_frame(self._buffer[1:], self._last)
        return sure and likeness(self._buffer[1:], at) is Likeness.STRONG

    def _lose(self, segment: Segment) -> Iterator[Note]:
        """Give up the frame that a gap cuts."""
        cut = (
            f", {len(self._buffer)} bytes of a frame before it" if self._buffer else ""
        )
        yield self._trail.note(
            f"{segment.missing} bytes missing at offset {segment.offset}{cut}; "
            "looking for the next frame"
        )
        self._offset += len(self._buffer)
        self._buffer.clear()
        self._close()
        self._skipped = 0

    def _read(self) -> Iterator[FLAPSeen | Note]:
        """Yield the frames in the buffer, going on after what is none."""
        while True:
            if self._probe is None:
                at, sure = find_frame(self._buffer, self._last)
                self._drop(at)
                self._skipped += at
                if not sure:
                    return
                yield from self._found()
            yield from self._feed()
            if self._probe is not None:
                return

    def _found(self) -> Iterator[Note]:
        """Begin anew at the start of the buffer."""
        if self._skipped or not self._quiet:
            yield self._trail.note(
                f"a frame again at offset {self._offset}, {self._skipped} bytes skipped"
            )
        self._skipped = 0
        self._quiet = False
        self._probe = self._open()

    def _feed(self) -> Iterator[FLAPSeen | Note]:
        """Give the component what it has not had, at most a frame at a time."""
        while self._probe is not None and self._fed < len(self._buffer):
            end = len(self._buffer)
            if end >= HEADER_LENGTH and self._buffer[0] == MARKER:
                length = self._buffer[4] << 8 | self._buffer[5]
                end = min(end, HEADER_LENGTH + length)
            elif self._buffer[0] != MARKER:
                end = min(end, HEADER_LENGTH)
            self._probe.deliver(bytes(self._buffer[self._fed : end]), "inbox")
            self._fed = end
            for channel, payload in self._probe.take("heard"):
                yield from self._frame(channel, payload)
            if self._probe.ended:
                yield self._complain()

    def _frame(self, channel: int, payload: bytes) -> Iterator[FLAPSeen | Note]:
        sequence = self._buffer[2] << 8 | self._buffer[3]
        size = HEADER_LENGTH + len(payload)
        place = self._trail.place(self._offset, size)
        self._drop(size)
        if self._last is not None and not follows(sequence, self._last):
            yield self._trail.note(
                f"frame {sequence} follows frame {self._last} at offset {place.offset}"
            )
        self._last = sequence
        yield FLAPSeen(place, channel, sequence, payload)

    def _complain(self) -> Note:
        """Return why the component stopped; go on looking after the bad byte."""
        assert self._probe is not None
        note = self._trail.note(
            f"{why_stopped(self._probe)} at offset {self._offset}; "
            "looking for the next frame"
        )
        self._desynchronise()
        return note

    def _desynchronise(self) -> None:
        """Go on looking for a frame after the byte where one should begin."""
        self._close()
        self._drop(1)
        self._skipped = 1

    def _close(self) -> None:
        if self._probe is not None:
            self._probe.close()
        self._probe = None
        self._fed = 0

    def _drop(self, size: int) -> None:
        """Forget the buffer's first bytes."""
        del self._buffer[:size]
        self._offset += size
        self._fed = max(self._fed - size, 0)
