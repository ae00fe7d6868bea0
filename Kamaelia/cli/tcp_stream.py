"""One direction of a TCP connection as a capture saw it, put back in order.

Pieces come out with the frame they came in and the number of bytes missing before
them. The first copy of a byte wins; sequence numbers may wrap. No I/O; what waits
behind a hole is bounded.

Source: RFC 9293, section 3.4 (sequence numbers).
"""

import hashlib
from bisect import insort
from collections.abc import Iterator
from typing import NamedTuple

WINDOW = 16 * 1024 * 1024
"""Sequence numbers further ahead than this are not of the stream as we know it."""

REORDERED = 16
"""Packets of the connection for which an acknowledged hole may still be filled."""

MAX_WAITING_SEGMENTS = 4096
"""Behind one hole."""

MAX_WAITING_BYTES = 1024 * 1024
"""Behind one hole."""


class Piece(NamedTuple):
    """Contiguous bytes out of one frame.

    Attributes:
        offset: of `data` in the stream's bytes; missing bytes are not counted.
        data: at least one byte.
        missing: bytes lost just before `data`, 0 as a rule.
        frame: number of the packet in the capture.
        time: of that packet, seconds since 1970.
    """

    offset: int
    data: bytes
    missing: int
    frame: int
    time: float


class _Waiting(NamedTuple):
    """Payload that came before what precedes it; sorts by place, then by arrival."""

    position: int
    frame: int
    time: float
    payload: bytes


class Stream:
    """The bytes one end sent, and counts of what it took to order them.

    A position is a sequence number that never wraps.

    Attributes:
        bytes: bytes put in order so far.
        segments: packets with payload.
        duplicate_segments: those of them that brought nothing new.
        gaps: (offset, missing bytes) of each hole given up.
        waiting_bytes: bytes that wait behind a hole.
    """

    def __init__(self) -> None:
        self.bytes = 0
        self.segments = 0
        self.duplicate_segments = 0
        self.gaps: list[tuple[int, int]] = []
        self.waiting_bytes = 0
        self._hash = hashlib.sha256()
        self._next: int | None = None
        self._waiting: list[_Waiting] = []
        self._acknowledged = 0
        self._hole_seen_at: int | None = None
        self._stray: int | None = None

    def sha256(self) -> str:
        """Return the digest of the bytes put in order so far, in hex."""
        return self._hash.hexdigest()

    def start(self, sequence: int) -> None:
        """Say which sequence number the first byte has; only the first call counts."""
        if self._next is None:
            self._next = self._acknowledged = sequence

    def acknowledge(self, sequence: int) -> None:
        """Note that the other end has every byte before this sequence number."""
        if self._next is not None:
            self._acknowledged = max(self._acknowledged, self._position(sequence))

    def receive(
        self, sequence: int, payload: bytes, frame: int, time: float
    ) -> Iterator[Piece]:
        """Yield what a packet's payload completes: none, one or several pieces.

        Args:
            sequence: of the payload's first byte.
            payload: at least one byte.
            frame: number of the packet.
            time: of the packet.
        """
        self.start(sequence)
        assert self._next is not None
        self.segments += 1
        position = self._position(sequence)
        known = self._waiting[-1].position if self._waiting else self._next
        if self._is_stray(position - known, position):
            return
        if position + len(payload) <= self._next:
            self.duplicate_segments += 1
            return
        insort(self._waiting, _Waiting(position, frame, time, payload))
        self.waiting_bytes += len(payload)
        yield from self._take(0)

    def skip_lost(self, packets: int, *, hurry: bool = False) -> Iterator[Piece]:
        """Give up a hole that will not be filled; yield what follows on it.

        Args:
            packets: count of the connection's packets so far, both directions.
            hurry: do not wait for it any longer.
        """
        while self._waiting and (hurry or self._is_lost(packets)):
            assert self._next is not None
            start = self._waiting[0].position
            missing = start - self._next
            self.gaps.append((self.bytes, missing))
            self._next = start
            yield from self._take(missing)

    def _position(self, sequence: int) -> int:
        """Return the position nearest to the expected one for a 32-bit number."""
        assert self._next is not None
        ahead = (sequence - self._next) & 0xFFFFFFFF
        return self._next + (ahead if ahead < 0x80000000 else ahead - 0x100000000)

    def _is_stray(self, ahead: int, position: int) -> bool:
        """Tell whether a packet is noise.

        One far ahead is. A second that goes on from it is the stream itself, after
        the capture had paused.
        """
        stray, self._stray = self._stray, None
        if ahead <= WINDOW or (stray is not None and 0 <= position - stray <= WINDOW):
            return False
        self._stray = position
        return True

    def _take(self, missing: int) -> Iterator[Piece]:
        """Yield the waiting payloads that follow on what was yielded before."""
        assert self._next is not None
        ready = 0
        for position, frame, time, payload in self._waiting:
            if position > self._next:
                break
            ready += 1
            self.waiting_bytes -= len(payload)
            data = payload[self._next - position :]
            if not data:
                self.duplicate_segments += 1
                continue
            piece = Piece(self.bytes, data, missing, frame, time)
            missing = 0
            self._next += len(data)
            self.bytes += len(data)
            self._hash.update(data)
            yield piece
        if ready:
            del self._waiting[:ready]
            self._hole_seen_at = None

    def _is_lost(self, packets: int) -> bool:
        """Tell whether to stop waiting for the bytes before the first that wait."""
        if (
            self.waiting_bytes > MAX_WAITING_BYTES
            or len(self._waiting) > MAX_WAITING_SEGMENTS
        ):
            return True
        if self._acknowledged < self._waiting[0].position:
            return False
        if self._hole_seen_at is None:
            self._hole_seen_at = packets
        return packets - self._hole_seen_at >= REORDERED
