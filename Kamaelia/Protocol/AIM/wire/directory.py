"""The directories of users: parts of families 0x02, 0x0A and 0x0F.

    (02, 09)  TLVs of one's own entry       (02, 0A)  u16 1 when stored
    (02, 0B)  s8 name                       (02, 0C)  u16 status, u16 count, TLVs
    (0A, 02)  an e-mail address, bare       (0A, 03)  TLVs 0x01 screen name, repeated
    (0F, 02)  TLVs to look for              (0F, 03)  u16 status, u16 0, u16 n,
                                                      n times (u16 count, TLVs)
    (0F, 05)  u16 1, u16 n, n times (u8 kind, u8 category, s16 name)

    0x01 first name    0x02 last name    0x03 middle name    0x04 maiden name
    0x05 e-mail        0x06 country      0x07 state          0x08 city
    0x09 screen name   0x0A search kind  0x0B interest       0x0C nickname
    0x0D postal code   0x21 street

Source: AOL's published OSCAR specification, "Directory"; Open OSCAR Server.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NamedTuple, Self

from Kamaelia.Protocol.AIM.wire.packing import (
    decode_text,
    read_s16,
    text16,
    u8,
    u16,
)
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "DirectoryInfo",
    "DirectoryReply",
    "DirectoryTag",
    "Interest",
    "found_names",
    "interests_to_bytes",
    "names_found_to_bytes",
    "read_interests",
]

INFO_OK: Final = 1
INFO_UNAVAILABLE: Final = 2

SEARCH_OK: Final = 5
SEARCH_UNAVAILABLE: Final = 2
SEARCH_TOO_MANY: Final = 3
SEARCH_NEEDS_NAME: Final = 4

KIND_CATEGORY: Final = 1
KIND_KEYWORD: Final = 2


class DirectoryTag(IntEnum):
    """Tags of a directory entry."""

    FIRST_NAME = 0x01
    LAST_NAME = 0x02
    MIDDLE_NAME = 0x03
    MAIDEN_NAME = 0x04
    EMAIL = 0x05
    COUNTRY = 0x06
    STATE = 0x07
    CITY = 0x08
    SCREEN_NAME = 0x09
    SEARCH_KIND = 0x0A
    INTEREST = 0x0B
    NICKNAME = 0x0C
    POSTAL_CODE = 0x0D
    STREET = 0x21


def found_names(data: bytes) -> tuple[str, ...]:
    """Return the screen names of SNAC (0A, 03).

    Raises:
        RemoteProtocolError: a TLV is cut short.
    """
    names = TLVBlock.from_bytes(data).get_all(0x01)
    return tuple(decode_text(name) for name in names)


def names_found_to_bytes(names: tuple[str, ...]) -> bytes:
    """Return the body of SNAC (0A, 03)."""
    return TLVBlock(TLV.text(0x01, name) for name in names).to_bytes()


@dataclass(frozen=True, slots=True)
class DirectoryInfo:
    """SNAC (02, 0C): one user's entry.

    Attributes:
        tlvs: DirectoryTag.
        status: INFO_OK or INFO_UNAVAILABLE.
    """

    tlvs: TLVBlock = field(default_factory=TLVBlock)
    status: int = INFO_OK

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the entry that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "directory info")
        status = reader.u16()
        return cls(TLVBlock.read_counted(reader) if reader else TLVBlock(), status)

    def to_bytes(self) -> bytes:
        """Return the body."""
        return u16(self.status) + self.tlvs.to_counted()


@dataclass(frozen=True, slots=True)
class DirectoryReply:
    """SNAC (0F, 03): who was found.

    Attributes:
        users: one block of DirectoryTag TLVs each.
        status: a SEARCH_ constant; SEARCH_OK without users when nobody was found.
    """

    users: tuple[TLVBlock, ...] = ()
    status: int = SEARCH_OK

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the reply that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "directory reply")
        status = reader.u16()
        if not reader:
            return cls((), status)
        reader.u16()
        count = reader.u16() if reader else 0
        return cls(tuple(TLVBlock.read_counted(reader) for _ in range(count)), status)

    def to_bytes(self) -> bytes:
        """Return the body."""
        head = u16(self.status) + u16(0) + u16(len(self.users))
        return head + b"".join(user.to_counted() for user in self.users)


class Interest(NamedTuple):
    """A category of interests, or one of them.

    Attributes:
        kind: KIND_CATEGORY or KIND_KEYWORD.
        category: its number, 0 for the top.
        name: what it is called.
    """

    kind: int
    category: int
    name: str


def read_interests(data: bytes) -> tuple[Interest, ...]:
    """Return the list of SNAC (0F, 05).

    Raises:
        RemoteProtocolError: it is cut short.
    """
    reader = Reader(data, "interests")
    reader.u16()
    return tuple(
        Interest(reader.u8(), reader.u8(), decode_text(read_s16(reader)))
        for _ in range(reader.u16())
    )


def interests_to_bytes(interests: tuple[Interest, ...]) -> bytes:
    """Return the body of SNAC (0F, 05)."""
    entries = (u8(i.kind) + u8(i.category) + text16(i.name) for i in interests)
    return u16(1) + u16(len(interests)) + b"".join(entries)
