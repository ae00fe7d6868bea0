"""Channel 4 of ICBM: the messages of classic ICQ, typed and little-endian.

TLV 0x05 of the message:

    u32 UIN of the sender, u8 type, u8 flags, u16 length with NUL, text, NUL

Fields within a text are separated by the byte 0xFE.

Source: notes on ICQ's protocol by the iserverd project; Open OSCAR Server.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from Kamaelia.Protocol.AIM.wire.icbm import TLV_DATA
from Kamaelia.Protocol.AIM.wire.packing import (
    decode_text,
    encode_text,
    pack,
    read_s16le,
    s16le,
)
from Kamaelia.Protocol.AIM.wire.tlv import TLV
from Kamaelia.Protocol.wire.reader import Reader

__all__ = ["ICQMessage", "ICQMessageType"]

SEPARATOR = b"\xfe"


class ICQMessageType(IntEnum):
    """What an ICQ message is."""

    PLAIN = 0x01
    CHAT = 0x02
    FILE = 0x03
    URL = 0x04
    AUTHORISATION_REQUEST = 0x06
    AUTHORISATION_DENIED = 0x07
    AUTHORISATION_GRANTED = 0x08
    SERVER = 0x09
    ADDED = 0x0C
    WEB_PAGER = 0x0D
    EMAIL = 0x0E
    CONTACTS_REQUEST = 0x12
    CONTACTS = 0x13
    PLUGIN = 0x1A
    READ_AWAY = 0xE8
    READ_OCCUPIED = 0xE9
    READ_NA = 0xEA
    READ_DND = 0xEB
    READ_FREE_FOR_CHAT = 0xEC


@dataclass(frozen=True, slots=True)
class ICQMessage:
    """One message.

    Attributes:
        uin: of the sender.
        type: an ICQMessageType or another number.
        fields: the text, in more parts than one for most types.
        flags: 1 normal, 3 automatic, 0x80 to several.
    """

    uin: int
    type: int
    fields: tuple[str, ...] = ("",)
    flags: int = 1

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Take one message."""
        uin, kind, flags = reader.u32le(), reader.u8(), reader.u8()
        text = read_s16le(reader)
        # in plain text of a Cyrillic code page 0xFE is a letter
        parts = [text] if kind == ICQMessageType.PLAIN else text.split(SEPARATOR)
        return cls(uin, kind, tuple(decode_text(part) for part in parts), flags)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the message at the front of `data`; cut short: ProtocolError."""
        return cls.read(Reader(data, "ICQ message"))

    @property
    def text(self) -> str:
        """The first part, or for a message of several parts the last."""
        return self.fields[-1]

    def to_bytes(self) -> bytes:
        """Return the value of the TLV."""
        text = SEPARATOR.join(encode_text(part) for part in self.fields)
        return pack("<IBB", self.uin, self.type, self.flags) + s16le(text)

    def to_tlv(self) -> TLV:
        """Return the TLV for the message."""
        return TLV(TLV_DATA, self.to_bytes())
