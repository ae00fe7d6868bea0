"""What a client tells of itself when it signs on.

    0x03 text       0x16 u16 client ID   0x17-0x1A u16 version   0x14 u32 distribution
    0x0F language   0x0E country         0x4A u8 multi-connection level

Source: AOL's published OSCAR specification, "Sign on"; what libpurple sends.
"""

from dataclasses import dataclass
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock

__all__ = ["MULTI_CAPABLE", "MULTI_NONE", "MULTI_SINGLE", "ClientIdentity"]

MULTI_NONE: Final = 0
MULTI_CAPABLE: Final = 1
MULTI_SINGLE: Final = 3


@dataclass(frozen=True, slots=True)
class ClientIdentity:
    """Which program signs on.

    Attributes:
        text: free text, TLV 0x03.
        client_id: 0x0109 AIM, 0x010A ICQ.
        major: first of four version numbers, `minor`, `point` and `build` follow.
        distribution: number of the distribution channel.
        language: two letters.
        country: two letters.
        multi: 0 old client, 1 several sessions of one name, 3 wants to be the only one.
    """

    text: str = "Kamaelia/AIM"
    client_id: int = 0x0109
    major: int = 5
    minor: int = 1
    point: int = 0
    build: int = 0x0BDC
    distribution: int = 0x0611
    language: str = "en"
    country: str = "us"
    multi: int = MULTI_CAPABLE

    @classmethod
    def from_tlvs(cls, tlvs: TLVBlock) -> Self:
        """Return what the TLVs of a sign-on say; what is missing is 0 or empty."""
        return cls(
            text=tlvs.text(0x03),
            client_id=tlvs.u16(0x16),
            major=tlvs.u16(0x17),
            minor=tlvs.u16(0x18),
            point=tlvs.u16(0x19),
            build=tlvs.u16(0x1A),
            distribution=tlvs.u32(0x14),
            language=tlvs.text(0x0F),
            country=tlvs.text(0x0E),
            multi=tlvs.u8(0x4A),
        )

    @property
    def version(self) -> str:
        """The four version numbers with dots."""
        return f"{self.major}.{self.minor}.{self.point}.{self.build}"

    def to_tlvs(self) -> TLVBlock:
        """Return the TLVs in the order that AIM has them."""
        return TLVBlock(
            (
                TLV.text(0x03, self.text),
                TLV.u16(0x16, self.client_id),
                TLV.u16(0x17, self.major),
                TLV.u16(0x18, self.minor),
                TLV.u16(0x19, self.point),
                TLV.u16(0x1A, self.build),
                TLV.u32(0x14, self.distribution),
                TLV.text(0x0F, self.language),
                TLV.text(0x0E, self.country),
                TLV.u8(0x4A, self.multi),
            )
        )
