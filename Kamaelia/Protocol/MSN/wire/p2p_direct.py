r"""The direct connection of P2P v1: frames and the handshake, sans-I/O.

Every frame is a length (4 bytes, little-endian) and that many bytes. The side that
connects begins:

    connecting side                     listening side
    04 00 00 00 66 6f 6f 00 ("foo")
    48 bytes: a header with flag 0x100,
    whose last 16 bytes are the nonce
                                        48 bytes: the same, with its own id
    packets without footer              packets without footer

    state       what comes in           what it does
    GREETING    the frame "foo\0"      -> HANDSHAKE      (listening side only)
    HANDSHAKE   the right nonce         Established; the listener answers -> OPEN
                anything else           Failed -> CLOSED
    OPEN        packets                 PacketReceived

Source: captures of MSN Messenger 7 and Windows Live Messenger, as the community's
descriptions report them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from hmac import compare_digest
from struct import Struct
from typing import Final, TypeAlias

from Kamaelia.Protocol.MSN.wire.p2p import FLAG_HANDSHAKE, HEADER_SIZE, P2PPacket
from Kamaelia.Protocol.MSN.wire.p2p_transport import (
    hashed_nonce,
    nonce_from_wire,
    nonce_to_wire,
)
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "MAX_FRAME",
    "DirectAction",
    "DirectConnection",
    "DirectDecoder",
    "Established",
    "Failed",
    "PacketReceived",
    "SendBytes",
    "frame",
    "handshake",
    "handshake_nonce",
]

MAX_FRAME: Final = 16 * 1024  # bytes; official clients stay at 48 + 1352

_GREETING: Final = b"foo\0"
_LENGTH: Final = Struct("<L")
_ACK_FIELDS: Final = Struct("<LLQ")


@dataclass(frozen=True, slots=True)
class SendBytes:
    """Write these bytes to the connection."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Established:
    """The peer has shown the right nonce: packets may flow both ways."""


@dataclass(frozen=True, slots=True)
class PacketReceived:
    """A packet for P2PPeer.receive_packet."""

    packet: P2PPacket


@dataclass(frozen=True, slots=True)
class Failed:
    """Close the connection and go on over the switchboard."""

    reason: str


DirectAction: TypeAlias = SendBytes | Established | PacketReceived | Failed


def frame(data: bytes) -> bytes:
    """Return data with its length in front.

    Raises:
        LocalProtocolError: more than MAX_FRAME bytes.
    """
    if len(data) > MAX_FRAME:
        raise LocalProtocolError(f"frame of {len(data)} bytes: at most {MAX_FRAME}")
    return _LENGTH.pack(len(data)) + data


def handshake(nonce: str, message_id: int) -> P2PPacket:
    """Return the packet that shows a nonce; see `handshake_nonce`."""
    ack_id, ack_uid, ack_size = _ACK_FIELDS.unpack(nonce_to_wire(nonce))
    return P2PPacket(
        message_id=message_id,
        flags=FLAG_HANDSHAKE,
        ack_id=ack_id,
        ack_uid=ack_uid,
        ack_size=ack_size,
    )


def handshake_nonce(packet: P2PPacket) -> str:
    """Return the nonce that a handshake shows.

    Raises:
        RemoteProtocolError: the packet is no handshake.
    """
    if packet.flags != FLAG_HANDSHAKE or packet.data or packet.session_id:
        raise RemoteProtocolError("not a handshake of a direct connection")
    return nonce_from_wire(
        _ACK_FIELDS.pack(packet.ack_id, packet.ack_uid, packet.ack_size)
    )


class DirectDecoder:
    """Turn the bytes of a direct connection, cut anywhere, into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._start = 0
        self._offset = 0

    def receive_data(self, data: bytes) -> None:
        """Add bytes from the peer; `frames()` then yields what they complete."""
        if self._start:
            del self._buffer[: self._start]
            self._offset += self._start
            self._start = 0
        self._buffer += data

    def frames(self) -> Iterator[bytes]:
        """Yield complete frames, oldest first.

        Raises:
            RemoteProtocolError: a frame is longer than MAX_FRAME. Frames before it
                have been yielded.
        """
        while len(self._buffer) - self._start >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer, self._start)
            if length > MAX_FRAME:
                raise RemoteProtocolError(
                    f"frame of {length} bytes, at most {MAX_FRAME}",
                    self._offset + self._start,
                    bytes(self._buffer[self._start : self._start + _LENGTH.size]),
                )
            start = self._start + _LENGTH.size
            if len(self._buffer) < start + length:
                return
            self._start = start + length
            yield bytes(memoryview(self._buffer)[start : start + length])


class _State(Enum):
    GREETING = auto()
    HANDSHAKE = auto()
    OPEN = auto()
    CLOSED = auto()


class DirectConnection:
    """One side of a direct connection, from its first byte on. Does no I/O.

    Args:
        nonce: GUID that we show: without hashes the one from the answer, else ours.
        expected: GUID that the peer must show; with `hashed`, its hash.
        listening: we listened; otherwise we connected.
        message_id: for our handshake, from the link's MessageIds.
        hashed: `expected` is the hash of the peer's nonce.
    """

    def __init__(
        self,
        nonce: str,
        expected: str,
        *,
        listening: bool,
        message_id: int,
        hashed: bool = False,
    ) -> None:
        self._hello = handshake(nonce, message_id)
        self._expected = expected.upper()
        self._listening = listening
        self._hashed = hashed
        self._decoder = DirectDecoder()
        self._state = _State.GREETING if listening else _State.HANDSHAKE

    @property
    def established(self) -> bool:
        """Whether packets may be sent."""
        return self._state is _State.OPEN

    def start(self) -> list[DirectAction]:
        """Speak first if we connected; call it once the connection is made."""
        if self._listening:
            return []
        return [SendBytes(frame(_GREETING)), self._send(self._hello)]

    def send(self, packet: P2PPacket) -> SendBytes:
        """Return what to write to send a packet.

        Raises:
            LocalProtocolError: the connection isn't established.
        """
        if not self.established:
            raise LocalProtocolError("the direct connection is not established")
        return self._send(packet)

    def receive(self, data: bytes) -> list[DirectAction]:
        """Take bytes from the peer, cut anywhere. Bytes that break the rules end it."""
        actions: list[DirectAction] = []
        if self._state is _State.CLOSED:
            return actions
        self._decoder.receive_data(data)
        try:
            for content in self._decoder.frames():
                actions += self._handle(content)
        except RemoteProtocolError as problem:
            self._state = _State.CLOSED
            actions.append(Failed(str(problem)))
        return actions

    def _send(self, packet: P2PPacket) -> SendBytes:
        return SendBytes(frame(packet.to_bytes(footer=False)))

    def _handle(self, content: bytes) -> list[DirectAction]:
        if self._state is _State.GREETING:
            if content != _GREETING:
                raise RemoteProtocolError("not a direct connection", 0, content)
            self._state = _State.HANDSHAKE
            return []
        if len(content) < HEADER_SIZE:
            return []  # a keep-alive of length 0, or padding
        packet = P2PPacket.from_bytes(content, footer=False)
        if self._state is _State.OPEN:
            return [] if packet.flags == FLAG_HANDSHAKE else [PacketReceived(packet)]
        shown = handshake_nonce(packet)
        given = hashed_nonce(shown) if self._hashed else shown
        if not compare_digest(given, self._expected):
            raise RemoteProtocolError("the wrong nonce")
        self._state = _State.OPEN
        answer = [self._send(self._hello)] if self._listening else []
        return [*answer, Established()]
