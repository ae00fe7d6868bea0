"""FLAP, the frame layer of OSCAR: a 6-byte header, then the payload.

    offset  bytes  field     meaning (integers big-endian)
    0       1      marker    0x2A
    1       1      channel   1 sign-on, 2 SNAC, 3 error, 4 sign-off, 5 keep-alive
    2       2      sequence  one counter per direction, wraps 0xFFFF -> 0
    4       2      length    payload bytes that follow

The first sequence number of a connection is arbitrary. Some ICQ clients count with
15 bits, 0x7FFF -> 0; `follows` takes that as no gap.

Source: AOL's published OSCAR specification, "FLAP"; checked against the recording
tests/transcripts/aim-libpurple.pcap.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final

from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "CHANNEL_DATA",
    "CHANNEL_ERROR",
    "CHANNEL_KEEPALIVE",
    "CHANNEL_SIGNOFF",
    "CHANNEL_SIGNON",
    "HEADER_LENGTH",
    "MARKER",
    "MAX_PAYLOAD",
    "FLAPDecoder",
    "FLAPEncoder",
    "FLAPFrame",
    "follows",
    "next_sequence",
    "short_signoff",
]

MARKER: Final = 0x2A
HEADER_LENGTH: Final = 6
MAX_PAYLOAD: Final = 0xFFFF

CHANNEL_SIGNON: Final = 1
CHANNEL_DATA: Final = 2
CHANNEL_ERROR: Final = 3
CHANNEL_SIGNOFF: Final = 4
CHANNEL_KEEPALIVE: Final = 5

_HEADER: Final = Struct("!BBHH")
_FIFTEEN_BITS: Final = 0x7FFF


def _frame(channel: int, sequence: int, payload: bytes) -> bytes:
    """Return one frame's bytes; the fields are checked here."""
    if not (0 <= channel <= 0xFF and 0 <= sequence <= 0xFFFF):
        raise LocalProtocolError(f"no FLAP has channel {channel}, sequence {sequence}")
    if len(payload) > MAX_PAYLOAD:
        raise LocalProtocolError(
            f"FLAP payload of {len(payload)} bytes, at most {MAX_PAYLOAD}"
        )
    return _HEADER.pack(MARKER, channel, sequence, len(payload)) + payload


@dataclass(frozen=True, slots=True)
class FLAPFrame:
    """One frame.

    Attributes:
        channel: one of the CHANNEL_ constants; others are carried as they are.
        sequence: number of this frame in its direction, 0 to 0xFFFF.
        payload: at most 65535 bytes.
    """

    channel: int
    sequence: int
    payload: bytes = b""

    def to_bytes(self) -> bytes:
        """Return header and payload.

        Raises:
            LocalProtocolError: a field is out of range.
        """
        return _frame(self.channel, self.sequence, self.payload)


class FLAPDecoder:
    """Turn a byte stream, cut anywhere, back into frames. Does no I/O.

    Args:
        max_payload: longest payload the peer may announce, in bytes; a longer one
            is an error as soon as its header has arrived.
    """

    __slots__ = ("_buffer", "_consumed", "_max_payload", "_start")

    def __init__(self, max_payload: int = MAX_PAYLOAD) -> None:
        self._buffer = bytearray()
        self._start = 0  # where the next frame begins in the buffer
        self._consumed = 0  # bytes of the stream that have left the buffer
        self._max_payload = max_payload

    @property
    def pending(self) -> bytes:
        """Bytes received that no frame has used yet.

        At the end of a stream this is what the peer cut short: some servers end
        with the four bytes of `short_signoff`.
        """
        return bytes(self._buffer[self._start :])

    @property
    def offset(self) -> int:
        """Bytes from the start of the stream to the next frame."""
        return self._consumed + self._start

    def receive_data(self, data: bytes) -> None:
        """Add bytes from the peer; `frames()` then yields what they complete."""
        if self._start:
            del self._buffer[: self._start]
            self._consumed += self._start
            self._start = 0
        self._buffer += data

    def frames(self) -> Iterator[FLAPFrame]:
        """Yield complete frames, oldest first.

        Raises:
            RemoteProtocolError: a frame does not begin with 0x2A, or announces more
                than `max_payload` bytes. Frames before it have been yielded; every
                later call raises the same.
        """
        buffer = self._buffer
        unpack_header = _HEADER.unpack_from
        while (start := self._start) < len(buffer):
            if buffer[start] != MARKER:
                raise self._error("bad FLAP marker")
            body = start + HEADER_LENGTH
            if len(buffer) < body:
                return
            _, channel, sequence, length = unpack_header(buffer, start)
            if length > self._max_payload:
                raise self._error(
                    f"FLAP payload of {length} bytes, at most {self._max_payload}"
                )
            end = body + length
            if len(buffer) < end:
                return
            self._start = end
            yield FLAPFrame(channel, sequence, bytes(buffer[body:end]))

    def _error(self, reason: str) -> RemoteProtocolError:
        found = bytes(self._buffer[self._start : self._start + 16])
        return RemoteProtocolError(reason, self.offset, found)


class FLAPEncoder:
    """Number and frame payloads for one direction of one connection.

    Args:
        sequence: number of the first frame.
    """

    __slots__ = ("_sequence",)

    def __init__(self, sequence: int = 1) -> None:
        self._sequence = sequence

    @property
    def sequence(self) -> int:
        """Number of the frame to come."""
        return self._sequence

    def encode(self, channel: int, payload: bytes = b"") -> bytes:
        """Return the next frame's bytes.

        Raises:
            LocalProtocolError: a field is out of range; no number is used up.
        """
        frame = _frame(channel, self._sequence, payload)
        self._sequence = next_sequence(self._sequence)
        return frame

    def keep_alive(self) -> bytes:
        """Return a keep-alive frame, which has no payload."""
        return self.encode(CHANNEL_KEEPALIVE)


def next_sequence(sequence: int) -> int:
    """Return the number after `sequence`; 0xFFFF is followed by 0."""
    return (sequence + 1) & 0xFFFF


def follows(sequence: int, previous: int) -> bool:
    """Return whether `sequence` comes right after `previous`, without a gap.

    Both wrap-arounds count: 0xFFFF -> 0, and 0x7FFF -> 0 of 15-bit counters.
    """
    if previous == _FIFTEEN_BITS and sequence == 0:
        return True
    return sequence == next_sequence(previous)


def short_signoff(sequence: int) -> bytes:
    """Return the sign-off for clients of AIM 1 to 4.1: a header without its length.

    Some of these hang when the frame is whole; close the connection after it.

    Source: behaviour of Open OSCAR Server.
    """
    return _frame(CHANNEL_SIGNOFF, sequence, b"")[:4]
