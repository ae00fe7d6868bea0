"""Channel 2 of ICBM: rendezvous, where two clients agree on something of their own.

TLV 0x05 of the message:

    u16 kind (0 propose, 1 cancel, 2 accept), 8-byte cookie, 16-byte capability, TLVs

    0x02 IPv4 to connect to    0x03 IPv4 of the sender    0x04 IPv4 the server saw
    0x05 u16 port              0x0A u16 turn, 1 to 3      0x0B u16 why cancelled
    0x0C invitation            0x0D charset               0x10 by proxy
    0x11 with TLS              0x16, 0x17 complements of 0x02 and 0x05
    0x2711 what the capability has: a chat room, files, an icon, an ICQ message

The cookie is that of the ICBM, and names the session.

Source: AOL's published OSCAR specification, "Rendezvous"; libpurple.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from ipaddress import IPv4Address
from typing import Final, Self
from uuid import UUID

from Kamaelia.Protocol.AIM.wire.caps import CHAT, FILE_TRANSFER
from Kamaelia.Protocol.AIM.wire.icbm import COOKIE_LENGTH, TLV_DATA, check_cookie
from Kamaelia.Protocol.AIM.wire.packing import (
    decode_text,
    encode_text,
    pack,
    u16,
)
from Kamaelia.Protocol.AIM.wire.room import RoomKey
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "FileOffer",
    "Rendezvous",
    "RendezvousKind",
    "icon_checksum",
]

TLV_SERVICE: Final = 0x2711
TLV_NAME_CHARSET: Final = 0x2712
TLV_VERIFIED: Final = 0x04

CANCEL_UNKNOWN: Final = 0
CANCEL_BY_USER: Final = 1
CANCEL_TIMEOUT: Final = 2
CANCEL_ACCEPTED_ELSEWHERE: Final = 3


class RendezvousKind(IntEnum):
    """What a rendezvous message does."""

    PROPOSE = 0
    CANCEL = 1
    ACCEPT = 2


@dataclass(frozen=True, slots=True)
class Rendezvous:
    """The value of TLV 0x05 on channel 2.

    Attributes:
        kind: a RendezvousKind or another number.
        cookie: of the ICBM.
        capability: what it is about.
        tlvs: addresses and data.
    """

    kind: int
    cookie: bytes
    capability: UUID
    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the value; cut short raises ProtocolError."""
        reader = Reader(data, "rendezvous")
        kind, cookie = reader.u16(), reader.take(COOKIE_LENGTH)
        return cls(kind, cookie, UUID(bytes=reader.take(16)), TLVBlock.read(reader))

    @classmethod
    def chat_invitation(cls, cookie: bytes, room: RoomKey, text: str) -> Self:
        """Return an invitation to a room."""
        tlvs = TLVBlock(
            (
                TLV.u16(0x0A, 1),
                TLV(0x0F),
                TLV.text(0x0C, text),
                TLV(TLV_SERVICE, room.to_bytes()),
            )
        )
        return cls(RendezvousKind.PROPOSE, cookie, CHAT, tlvs)

    @classmethod
    def file_offer(
        cls, cookie: bytes, offer: "FileOffer", address: str, port: int, turn: int = 1
    ) -> Self:
        """Return an offer of files.

        Args:
            cookie: of the ICBM.
            offer: the files.
            address: IPv4 of the sender.
            port: on which the sender listens.
            turn: 1 first offer, 2 the other way round, 3 by proxy.

        Raises:
            LocalProtocolError: the port does not fit.
            ValueError: `address` is no IPv4 address.
        """
        ip = IPv4Address(address).packed
        tlvs = TLVBlock(
            (
                TLV.u16(0x0A, turn),
                TLV(0x0F),
                TLV(0x02, ip),
                TLV(0x16, bytes(byte ^ 0xFF for byte in ip)),
                TLV(0x03, ip),
                TLV.u16(0x05, port),
                TLV.u16(0x17, port ^ 0xFFFF),
                TLV(TLV_SERVICE, offer.to_bytes()),
                TLV.text(TLV_NAME_CHARSET, "utf-8"),
            )
        )
        return cls(RendezvousKind.PROPOSE, cookie, FILE_TRANSFER, tlvs)

    @property
    def turn(self) -> int:
        """1 first proposal, 2 the other way round, 3 by proxy; 0 when not told."""
        return self.tlvs.u16(0x0A)

    @property
    def text(self) -> str:
        """The words of an invitation."""
        return self.tlvs.text(0x0C)

    @property
    def port(self) -> int:
        """Where the sender listens; by proxy the proxy's number for the session."""
        return self.tlvs.u16(0x05)

    @property
    def by_proxy(self) -> bool:
        """Whether `address` is a proxy's."""
        return self.tlvs.has(0x10)

    @property
    def cancel_reason(self) -> int:
        """Why it was cancelled, a CANCEL_ constant."""
        return self.tlvs.u16(0x0B)

    def address(self, tag: int = 0x02) -> str:
        """Return the IPv4 address in TLV 0x02, 0x03 or 0x04; empty if there is none."""
        value = self.tlvs.get(tag) or b""
        return str(IPv4Address(value)) if len(value) == 4 else ""

    def room(self) -> RoomKey | None:
        """Return the room of a chat invitation, or None.

        Raises:
            RemoteProtocolError: the room is cut short.
        """
        value = self.tlvs.get(TLV_SERVICE)
        if self.capability != CHAT or not value:
            return None
        return RoomKey.from_bytes(value)

    def files(self) -> "FileOffer | None":
        """Return the files of an offer, or None.

        Raises:
            RemoteProtocolError: the offer is cut short.
        """
        value = self.tlvs.get(TLV_SERVICE)
        if self.capability != FILE_TRANSFER or not value:
            return None
        return FileOffer.from_bytes(value)

    def verified(self, address: str) -> Self:
        """Return what a server relays: TLV 0x04 says where the sender really is.

        Raises:
            ValueError: `address` is no IPv4 address.
        """
        seen = TLV(TLV_VERIFIED, IPv4Address(address).packed)
        tlvs = TLVBlock((*self.tlvs.without(TLV_VERIFIED), seen))
        return type(self)(self.kind, self.cookie, self.capability, tlvs)

    def to_bytes(self) -> bytes:
        """Return the value.

        Raises:
            LocalProtocolError: the cookie has not 8 bytes.
        """
        head = u16(self.kind) + check_cookie(self.cookie) + self.capability.bytes
        return head + self.tlvs.to_bytes()

    def to_tlv(self) -> TLV:
        """Return the TLV for the message."""
        return TLV(TLV_DATA, self.to_bytes())


@dataclass(frozen=True, slots=True)
class FileOffer:
    """TLV 0x2711 of a file transfer: u16 1 or 2, u16 files, u32 bytes, name, NUL.

    Attributes:
        name: of the file; of a directory with `*` at its end.
        size: of all files in bytes.
        count: number of files.
        several: more than one file, or a directory.
    """

    name: str
    size: int
    count: int = 1
    several: bool = False

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the offer; cut short raises ProtocolError."""
        reader = Reader(data, "file offer")
        several = reader.u16() == 2
        count, size = reader.u16(), reader.u32()
        name = reader.rest().split(b"\0", 1)[0]
        return cls(decode_text(name), size, count, several)

    def to_bytes(self) -> bytes:
        """Return the value."""
        head = pack("!HHI", 2 if self.several else 1, self.count, self.size)
        return head + encode_text(self.name) + b"\0"


def icon_checksum(data: bytes) -> int:
    """Return the checksum by which AIM 2 to 4.2 announce an icon, 16 bits."""
    total = sum(data[0::2]) + (sum(data[1::2]) << 8)
    total &= 0xFFFF_FFFF
    return ((total & 0xFFFF) + (total >> 16)) & 0xFFFF
