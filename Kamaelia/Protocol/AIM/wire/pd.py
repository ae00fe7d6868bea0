"""Family 0x09, PD: permit and deny lists of clients that have no feedbag.

    (09, 02)  nothing                                         rights, please
    (09, 03)  TLVs u16: 0x01 permits, 0x02 denies, 0x03 temporary permits
    (09, 04)  u32 mask of user classes that may see me
    (09, 05) to (09, 08), (09, 0A), (09, 0B)  s8 names, by `read_names` of buddy
    (09, 09)  u16 code, TLVs, by SNACError of snac

Adding a permit switches to "only these", adding a deny to "all but these". A list of
nothing but the own name clears: as denies everybody may, as permits nobody may.

Source: AOL's published OSCAR specification, "Permit/deny".
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from Kamaelia.Protocol.AIM.wire.packing import u32
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.wire.reader import Reader

__all__ = ["GroupMask", "PDMode", "PDRights"]


class PDMode(IntEnum):
    """Who may see one and send one messages."""

    PERMIT_ALL = 1
    DENY_ALL = 2
    PERMIT_SOME = 3
    DENY_SOME = 4
    PERMIT_BUDDIES = 5


@dataclass(frozen=True, slots=True)
class PDRights:
    """SNAC (09, 03): how many the server allows; libpurple waits for it.

    Attributes:
        max_permits: entries of the permit list.
        max_denies: entries of the deny list.
        max_temporary: temporary permits, 0 leaves the TLV out.
    """

    max_permits: int = 1000
    max_denies: int = 1000
    max_temporary: int = 0

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the rights that fill `data`.

        Raises:
            RemoteProtocolError: a TLV is cut short.
        """
        tlvs = TLVBlock.from_bytes(data)
        return cls(tlvs.u16(1), tlvs.u16(2), tlvs.u16(3))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return TLVBlock.of(
            TLV.u16(0x01, self.max_permits),
            TLV.u16(0x02, self.max_denies),
            TLV.u16(0x03, self.max_temporary) if self.max_temporary else None,
        ).to_bytes()


@dataclass(frozen=True, slots=True)
class GroupMask:
    """SNAC (09, 04): the classes of users who may see one.

    Attributes:
        mask: UserFlag bits of user_info.
    """

    mask: int = 0xFFFF_FFFF

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the mask that `data` begins with; cut short raises ProtocolError."""
        return cls(Reader(data, "group mask").u32())

    def to_bytes(self) -> bytes:
        """Return four bytes."""
        return u32(self.mask)
