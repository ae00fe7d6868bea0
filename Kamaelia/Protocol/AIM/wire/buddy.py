"""Family 0x03, BUDDY: presence of the users one watches.

    (03, 02)  TLV 0x05 u16 flags (AIM 5.9), or nothing        rights, please
    (03, 03)  TLVs u16: 0x01 buddies, 0x02 watchers, 0x03 broadcasts, 0x04 temporary
    (03, 04)  s8 names                                        watch (no feedbag)
    (03, 05)  s8 names                                        stop watching
    (03, 0A)  s8 names                                        refused
    (03, 0B)  user-info blocks                                arrived or changed
    (03, 0C)  user-info blocks                                departed
    (03, 0F), (03, 10)  s8 names                              temporary ones

Lists of names are `read_names` and `names_to_bytes`, users `read_users` of user_info.

Source: AOL's published OSCAR specification, "Buddy".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from Kamaelia.Protocol.AIM.wire.packing import decode_text, read_s8, text8
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.AIM.wire.user_info import UserInfo
from Kamaelia.Protocol.wire.reader import Reader

__all__ = ["BuddyRights", "departed", "names_to_bytes", "read_names"]


def read_names(data: bytes) -> tuple[str, ...]:
    """Return the s8 names that fill `data`.

    Raises:
        RemoteProtocolError: one is cut short.
    """
    reader = Reader(data, "names")
    found = []
    while reader:
        found.append(decode_text(read_s8(reader)))
    return tuple(found)


def names_to_bytes(names: Iterable[str]) -> bytes:
    """Return names, each behind its length of one byte."""
    return b"".join(text8(name) for name in names)


def departed(screen_name: str) -> UserInfo:
    """Return the block of SNAC (03, 0C); ICQ clients need its empty flags."""
    return UserInfo(screen_name, 0, TLVBlock((TLV.u16(0x01, 0),)))


@dataclass(frozen=True, slots=True)
class BuddyRights:
    """SNAC (03, 03): how many the server allows; 0 when not told.

    Attributes:
        max_buddies: users one may watch.
        max_watchers: users who may watch one.
        max_broadcasts: ICQ broadcasts.
        max_temporary: temporary buddies.
    """

    max_buddies: int = 1000
    max_watchers: int = 3000
    max_broadcasts: int = 0
    max_temporary: int = 160

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the rights that fill `data`.

        Raises:
            RemoteProtocolError: a TLV is cut short.
        """
        tlvs = TLVBlock.from_bytes(data)
        return cls(tlvs.u16(1), tlvs.u16(2), tlvs.u16(3), tlvs.u16(4))

    def to_bytes(self) -> bytes:
        """Return the body; zeros are left out."""
        numbers = (
            self.max_buddies,
            self.max_watchers,
            self.max_broadcasts,
            self.max_temporary,
        )
        tlvs = [TLV.u16(tag, n) for tag, n in enumerate(numbers, 1) if n]
        return TLVBlock(tlvs).to_bytes()
