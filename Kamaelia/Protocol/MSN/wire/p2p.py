"""P2P v1, the packets that MSN Messenger 6 to 8 carry in x-msnmsgrp2p messages.

    offset  bytes  field         meaning (header little-endian)
    0       4      session id    0 for MSNSLP, else the SessionID of the INVITE
    4       4      message id    same for all slices of one message; the next has +1
    8       8      offset        of this slice in the message
    16      8      total size    of the whole message
    24      4      length        data bytes in this packet
    28      4      flags         a FLAG_ constant
    32      4      ack id        arbitrary; in an ACK the message id acknowledged
    36      4      ack uid       0; in an ACK the ack id of what is acknowledged
    40      8      ack size      0; in an ACK the total size of what is acknowledged
    48      n      data          at most 1202 through a switchboard, 1352 direct
    48+n    4      application   footer, big-endian; through a switchboard only

Source: captures of MSN Messenger 6 and 7, as the community's descriptions of
"MSNC: binary headers" report them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from secrets import randbelow, randbits
from struct import Struct
from typing import Final, Self

from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "APP_FILE",
    "APP_INK",
    "APP_OBJECT",
    "APP_SLP",
    "CONTENT_TYPE",
    "DIRECT_SLICE",
    "FLAG_ACK",
    "FLAG_BYE_ACK",
    "FLAG_ERROR",
    "FLAG_FILE",
    "FLAG_HANDSHAKE",
    "FLAG_NAK",
    "FLAG_NONE",
    "FLAG_OBJECT",
    "FLAG_TRANSPORT_ERROR",
    "FLAG_WAITING",
    "FLAG_WLM2009",
    "FOOTER_SIZE",
    "HEADER_SIZE",
    "INK_SESSION",
    "SWITCHBOARD_SLICE",
    "Assembly",
    "MessageIds",
    "P2PPacket",
    "is_destination",
    "slices",
]

CONTENT_TYPE: Final = "application/x-msnmsgrp2p"
HEADER_SIZE: Final = 48
FOOTER_SIZE: Final = 4
SWITCHBOARD_SLICE: Final = 1202  # data bytes in a packet through a switchboard
DIRECT_SLICE: Final = 1352  # and on a direct connection

FLAG_NONE: Final = 0
FLAG_NAK: Final = 0x01
FLAG_ACK: Final = 0x02
FLAG_WAITING: Final = 0x04
FLAG_ERROR: Final = 0x08
FLAG_OBJECT: Final = 0x20
FLAG_BYE_ACK: Final = 0x40
FLAG_TRANSPORT_ERROR: Final = 0x80
FLAG_HANDSHAKE: Final = 0x100
FLAG_WLM2009: Final = 0x1000000  # set on MSNSLP by later clients; means nothing
FLAG_FILE: Final = 0x1000030

APP_SLP: Final = 0
APP_OBJECT: Final = 1
APP_FILE: Final = 2
APP_INK: Final = 3

INK_SESSION: Final = 64  # handwriting comes in this session, without an INVITE

_CONTROL: Final = (
    FLAG_NAK
    | FLAG_ACK
    | FLAG_WAITING
    | FLAG_ERROR
    | FLAG_BYE_ACK
    | FLAG_TRANSPORT_ERROR
    | FLAG_HANDSHAKE
)
_HEADER: Final = Struct("<LLQQLLLLQ")
_FOOTER: Final = Struct(">L")
_U32: Final = 0xFFFFFFFF
_U64: Final = 0xFFFFFFFFFFFFFFFF


@dataclass(frozen=True, slots=True)
class P2PPacket:
    """One packet; fields as in the module's table, `app_id` is the footer."""

    session_id: int = 0
    message_id: int = 0
    offset: int = 0
    total_size: int = 0
    flags: int = FLAG_NONE
    ack_id: int = 0
    ack_uid: int = 0
    ack_size: int = 0
    data: bytes = b""
    app_id: int = APP_SLP

    @classmethod
    def from_bytes(cls, payload: bytes, *, footer: bool = True) -> Self:
        """Read a packet.

        Args:
            payload: the body of one x-msnmsgrp2p message, or one frame of a direct
                connection.
            footer: whether a footer ends it; not on a direct connection.

        Raises:
            RemoteProtocolError: it is too short, its length field isn't the length
                of its data, or its data reach past the end of the message.
        """
        reader = Reader(payload, "P2P packet")
        header = reader.take(HEADER_SIZE)
        session, message, offset, total, length, *rest = _HEADER.unpack(header)
        data = reader.take(length)
        app_id = reader.u32() if footer else APP_SLP
        if reader:
            raise reader.error(f"{len(reader)} bytes too many")
        if length and offset + length > total:
            raise RemoteProtocolError(
                f"P2P packet: bytes {offset}..{offset + length} of a message of {total}"
            )
        flags, ack_id, ack_uid, ack_size = rest
        return cls(
            session,
            message,
            offset,
            total,
            flags,
            ack_id,
            ack_uid,
            ack_size,
            data,
            app_id,
        )

    @property
    def is_control(self) -> bool:
        """Whether it is an ACK, an error or the like and carries no message."""
        return bool(self.flags & _CONTROL)

    @property
    def end(self) -> int:
        """The offset after the last of its data bytes."""
        return self.offset + len(self.data)

    @property
    def is_last(self) -> bool:
        """Whether its data reach to the end of the message."""
        return self.end == self.total_size

    def acknowledge(self, message_id: int) -> "P2PPacket":
        """Return the ACK of the message that this packet belongs to."""
        return P2PPacket(
            self.session_id,
            message_id,
            0,
            self.total_size,
            FLAG_ACK,
            self.message_id,
            self.ack_id,
            self.total_size,
        )

    def to_bytes(self, *, footer: bool = True) -> bytes:
        """Return the packet; without footer for a direct connection.

        Raises:
            LocalProtocolError: a field is out of range.
        """
        small = (
            self.session_id,
            self.message_id,
            self.flags,
            self.ack_id,
            self.ack_uid,
            self.app_id,
        )
        large = (self.offset, self.total_size, self.ack_size)
        if not (
            all(0 <= field <= _U32 for field in small)
            and all(0 <= field <= _U64 for field in large)
            and (not self.data or self.end <= self.total_size)
        ):
            raise LocalProtocolError(f"P2P packet with a field out of range: {self!r}")
        header = _HEADER.pack(
            self.session_id,
            self.message_id,
            self.offset,
            self.total_size,
            len(self.data),
            self.flags,
            self.ack_id,
            self.ack_uid,
            self.ack_size,
        )
        return header + self.data + (_FOOTER.pack(self.app_id) if footer else b"")


def is_destination(value: str, handle: str) -> bool:
    """Return whether a P2P-Dest header names `handle`, with or without `;{guid}`."""
    return value.partition(";")[0].strip().lower() == handle.lower()


class MessageIds:
    """The message ids of one side of a link: a random start, then one more each."""

    def __init__(self, first: int | None = None) -> None:
        self._next = 4 + randbelow(0x7FFFFFF0) if first is None else first

    def take(self) -> int:
        """Return the next id; after 0xFFFFFFFF comes 1, for 0 is none."""
        taken = self._next
        self._next = taken + 1 if taken < _U32 else 1
        return taken


def slices(
    message: bytes,
    message_id: int,
    *,
    session_id: int = 0,
    flags: int = FLAG_NONE,
    app_id: int = APP_SLP,
    ack_id: int | None = None,
    size: int = SWITCHBOARD_SLICE,
) -> Iterator[P2PPacket]:
    """Yield the packets of a message that is in memory; one for an empty message.

    Args:
        message: all of it.
        message_id: from `MessageIds`.
        session_id: 0 for MSNSLP.
        flags: a FLAG_ constant.
        app_id: the footer.
        ack_id: comes back in the ACK; random if not given.
        size: data bytes in each packet, at least 1.
    """
    if size < 1:
        raise LocalProtocolError(f"slices of {size} bytes: must be at least 1")
    ack = randbits(32) if ack_id is None else ack_id
    for offset in range(0, max(len(message), 1), size):
        data = message[offset : offset + size]
        total = len(message)
        yield P2PPacket(
            session_id, message_id, offset, total, flags, ack, 0, 0, data, app_id
        )


class Assembly:
    """Put the slices of one message in order, whatever order they come in.

    Slices ahead of the first gap wait here, up to `window` bytes; what is in order
    is handed on at once, so a file of any size needs no more memory than that.
    Repeated and overlapping bytes are handed on once.

    Args:
        total_size: of the message, from its first packet.
        window: bytes that may wait for a gap to be filled.
        overhead: what a waiting slice counts beside its data, so that a peer
            cannot have many tiny ones held.
    """

    def __init__(
        self, total_size: int, window: int = 256 * 1024, overhead: int = 64
    ) -> None:
        self.total_size = total_size
        self.done = 0  # bytes handed on: everything before this offset
        self._window = window
        self._overhead = overhead
        self._waiting: dict[int, bytes] = {}
        self._order: list[int] = []  # a heap of the offsets that wait
        self._held = 0

    @property
    def complete(self) -> bool:
        """Whether everything has been handed on."""
        return self.done == self.total_size

    def add(self, packet: P2PPacket) -> bytes:
        """Take a slice and return what is now in order, b"" if nothing is.

        Raises:
            RemoteProtocolError: the packet says another total size, or more than
                `window` bytes wait for a gap. Take the message for lost.
        """
        if packet.total_size != self.total_size or packet.end > self.total_size:
            raise RemoteProtocolError(
                f"P2P slice {packet.offset}..{packet.end} of {packet.total_size} "
                f"in a message of {self.total_size}"
            )
        if packet.end <= self.done:
            return b""
        if packet.offset <= self.done:
            return self._in_order(packet.data[self.done - packet.offset :])
        self._hold(packet.offset, packet.data)
        return b""

    def _hold(self, offset: int, data: bytes) -> None:
        before = self._waiting.get(offset)
        if before is not None:
            if len(before) >= len(data):
                return
            self._held -= len(before) + self._overhead
        self._held += len(data) + self._overhead
        if self._held > self._window:
            raise RemoteProtocolError(
                f"P2P message: bytes from {self.done} on are missing, and more than "
                f"{self._window} wait for them"
            )
        if before is None:
            heappush(self._order, offset)
        self._waiting[offset] = data

    def _in_order(self, data: bytes) -> bytes:
        """Hand on data that begins at `done` and what waited behind it."""
        self.done += len(data)
        parts = [data]
        while self._order and self._order[0] <= self.done:
            offset = heappop(self._order)
            waited = self._waiting.pop(offset)
            self._held -= len(waited) + self._overhead
            if offset + len(waited) > self.done:
                parts.append(waited[self.done - offset :])
                self.done += len(parts[-1])
        return b"".join(parts)
