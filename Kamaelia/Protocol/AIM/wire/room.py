"""Chat rooms as several families name them.

    room key    u16 exchange, s8 cookie, u16 instance
    room info   room key, u8 detail level (2), u16 count, TLVs
    exchange    u16 exchange, u16 count, TLVs

Exchange 4 holds rooms made by users, 5 those of the operator. A cookie reads
`exchange-instance-name`, for example `4-0-Demo`.

Source: AOL's published OSCAR specification, "Chat navigation".
"""

from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import unquote

from Kamaelia.Protocol.AIM.wire.packing import decode_text, read_s8, text8, u8, u16
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.wire.reader import Reader

__all__ = ["EXCHANGE_PRIVATE", "EXCHANGE_PUBLIC", "ExchangeInfo", "RoomInfo", "RoomKey"]

EXCHANGE_PRIVATE: Final = 4
EXCHANGE_PUBLIC: Final = 5
FULL_DETAIL: Final = 2
"""The only detail level that libpurple reads."""


@dataclass(frozen=True, slots=True)
class RoomKey:
    """What names a room.

    Attributes:
        exchange: EXCHANGE_PRIVATE or EXCHANGE_PUBLIC.
        cookie: the server's name of the room.
        instance: number of the copy of a room that overflowed, else 0.
    """

    exchange: int
    cookie: str
    instance: int = 0

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Take one key."""
        return cls(reader.u16(), decode_text(read_s8(reader)), reader.u16())

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the key at the front of `data`; cut short raises ProtocolError."""
        return cls.read(Reader(data, "room key"))

    @property
    def name(self) -> str:
        """The name in the cookie: what follows its second hyphen, %XX decoded."""
        return unquote(self.cookie.split("-", 2)[-1])

    def to_bytes(self) -> bytes:
        """Return the key."""
        return u16(self.exchange) + text8(self.cookie) + u16(self.instance)


@dataclass(frozen=True, slots=True)
class RoomInfo:
    """A room and what it is like.

    Attributes:
        key: what names it.
        tlvs: 0x6A full name, 0xC9 flags, 0xCA time made, 0xD1 message length, 0xD2
            occupancy, 0xD3 name, 0xD6 charset, 0xD7 language.
        detail: level of detail, 2 for all.
    """

    key: RoomKey
    tlvs: TLVBlock = field(default_factory=TLVBlock)
    detail: int = FULL_DETAIL

    @classmethod
    def make(cls, key: RoomKey, name: str, created: int = 0) -> Self:
        """Return a room with the usual limits: 100 users, 1024 bytes a message."""
        return cls(
            key,
            TLVBlock(
                (
                    TLV.text(0x6A, name),
                    TLV.u16(0xC9, 0x000F),
                    TLV.u32(0xCA, created),
                    TLV.u16(0xD1, 1024),
                    TLV.u16(0xD2, 100),
                    TLV.text(0xD3, name),
                    TLV.u8(0xD5, 2),
                    TLV.text(0xD6, "us-ascii"),
                    TLV.text(0xD7, "en"),
                    TLV.u16(0xDA, 1024),
                )
            ),
        )

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Take one room."""
        key, detail = RoomKey.read(reader), reader.u8()
        return cls(key, TLVBlock.read_counted(reader), detail)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the room at the front of `data`; cut short raises ProtocolError."""
        return cls.read(Reader(data, "room info"))

    @property
    def name(self) -> str:
        """The name that users see."""
        return self.tlvs.text(0xD3) or self.key.name

    @property
    def max_message(self) -> int:
        """Longest message in bytes."""
        return self.tlvs.u16(0xD1, 1024)

    def to_bytes(self) -> bytes:
        """Return the room."""
        return self.key.to_bytes() + u8(self.detail) + self.tlvs.to_counted()


@dataclass(frozen=True, slots=True)
class ExchangeInfo:
    """A kind of rooms.

    Attributes:
        exchange: its number.
        tlvs: 0x02 permissions, 0x03 most rooms at once, 0x04 name length, 0xC9 flags,
            0xD3 name, 0xD5 who may create, 0xD6 to 0xD9 charsets and languages.
    """

    exchange: int
    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def make(cls, exchange: int) -> Self:
        """Return an exchange with the usual limits; AIM 2 and 3 need TLV 0x03."""
        return cls(
            exchange,
            TLVBlock(
                (
                    TLV.u8(0x03, 10),
                    TLV.u16(0x02, 0x0010),
                    TLV.u16(0x04, 100),
                    TLV.u16(0xC9, 0x000F),
                    TLV.u8(0xD5, 2),
                    TLV.text(0xD6, "us-ascii"),
                    TLV.text(0xD7, "en"),
                    TLV.text(0xD8, "us-ascii"),
                    TLV.text(0xD9, "en"),
                )
            ),
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the exchange at the front of `data`; cut short: ProtocolError."""
        reader = Reader(data, "exchange info")
        return cls(reader.u16(), TLVBlock.read_counted(reader))

    def to_bytes(self) -> bytes:
        """Return the exchange."""
        return u16(self.exchange) + self.tlvs.to_counted()
