"""Family 0x15, ICQ: details, searches and stored messages of ICQ accounts.

SNACs (15, 02) and (15, 03) hold one TLV 0x0001, whose value is little-endian:

    u16 length of the rest, u32 own UIN, u16 type, u16 sequence [, u16 subtype], data

    003C stored messages, please    0041 one of them    0042 no more
    003E delete them                07D0 request        07DA reply: subtype, u8 result

Strings have a u16 length that counts their closing NUL.

Source: notes on ICQ's protocol by the iserverd project; Open OSCAR Server.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from Kamaelia.Protocol.AIM.wire.icq_message import ICQMessage
from Kamaelia.Protocol.AIM.wire.packing import pack, s16, u16
from Kamaelia.Protocol.AIM.wire.tlv import TLVBlock
from Kamaelia.Protocol.wire.errors import RemoteProtocolError
from Kamaelia.Protocol.wire.reader import Reader

__all__ = ["ICQRequest", "ICQTime", "OfflineMessage"]

OFFLINE_REQUEST: Final = 0x003C
OFFLINE_DELETE: Final = 0x003E
OFFLINE_MESSAGE: Final = 0x0041
OFFLINE_DONE: Final = 0x0042
META_REQUEST: Final = 0x07D0
META_REPLY: Final = 0x07DA

RESULT_OK: Final = 0x0A
RESULT_ERROR: Final = 0x14
RESULT_NOT_FOUND: Final = 0x32


@dataclass(frozen=True, slots=True)
class ICQRequest:
    """A request or reply of family 0x15.

    Attributes:
        uin: of the user who is signed on, both ways.
        type: OFFLINE_, META_ or another number.
        sequence: chosen by the client, repeated in replies.
        subtype: of META_REQUEST and META_REPLY, else None.
        data: the rest, little-endian.
    """

    uin: int
    type: int
    sequence: int
    subtype: int | None = None
    data: bytes = b""

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the request in the body of a SNAC.

        A wrong inner length, which some clients send, is let pass.

        Raises:
            RemoteProtocolError: no TLV 0x0001, or it is cut short.
        """
        value = TLVBlock.from_bytes(data, lenient=True).get(0x0001)
        if value is None:
            raise RemoteProtocolError("ICQ request without TLV 0x0001", 0, data)
        reader = Reader(value, "ICQ request", 4)
        reader.u16le()
        uin, kind, sequence = reader.u32le(), reader.u16le(), reader.u16le()
        is_meta = kind in (META_REQUEST, META_REPLY)
        subtype = reader.u16le() if is_meta else None
        return cls(uin, kind, sequence, subtype, reader.rest())

    def to_bytes(self) -> bytes:
        """Return the body."""
        head = pack("<IHH", self.uin, self.type, self.sequence)
        sub = b"" if self.subtype is None else pack("<H", self.subtype)
        rest = head + sub + self.data
        return u16(0x0001) + s16(pack("<H", len(rest)) + rest)


class ICQTime(NamedTuple):
    """When a stored message was sent, in GMT."""

    year: int
    month: int
    day: int
    hour: int
    minute: int


@dataclass(frozen=True, slots=True)
class OfflineMessage:
    """The data of type 0x0041: u32 UIN, time, then type, flags, text.

    Attributes:
        sent: when.
        message: from whom and what.
    """

    sent: ICQTime
    message: ICQMessage

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the message; cut short raises ProtocolError."""
        reader = Reader(data, "offline message")
        uin = reader.take(4)
        year, month, day = reader.u16le(), reader.u8(), reader.u8()
        sent = ICQTime(year, month, day, reader.u8(), reader.u8())
        return cls(sent, ICQMessage.from_bytes(uin + reader.rest()))

    def to_bytes(self) -> bytes:
        """Return the data."""
        message = self.message.to_bytes()
        return message[:4] + pack("<HBBBB", *self.sent) + message[4:]

    def to_request(self, uin: int, sequence: int) -> ICQRequest:
        """Return the reply that carries it to the user `uin`."""
        return ICQRequest(uin, OFFLINE_MESSAGE, sequence, None, self.to_bytes())
