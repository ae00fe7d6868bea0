"""SNAC, a message of OSCAR: a 10-byte header, then a body.

    offset  bytes  field       meaning (integers big-endian)
    0       2      family      the food group
    2       2      subtype     the message within it
    4       2      flags       0x0001 more to come, 0x8000 a prefix before the body
    6       4      request ID  a reply repeats its request's; servers set the high bit
                               of what nobody asked for

With flag 0x8000 the body begins with a u16 length and as many bytes of TLVs (mostly
one TLV 0x0001, the version of the family). `SNAC` holds these bytes apart from the
body, so that no reader of a body needs to know.

Any family may answer a request by an error: subtype 0x0001, u16 code, TLVs.

Source: AOL's published OSCAR specification, "SNAC"; checked against the recording
tests/transcripts/aim-libpurple.pcap.
"""

from dataclasses import dataclass, field
from struct import Struct
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.foodgroups import SNACType
from Kamaelia.Protocol.AIM.wire.packing import pack, s16, u16
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "ERROR_MEANINGS",
    "FLAG_MORE",
    "FLAG_PREFIX",
    "HEADER_LENGTH",
    "SERVER_REQUEST",
    "SNAC",
    "SNACError",
    "SNACHeader",
    "error_meaning",
    "next_request_id",
    "version_prefix",
]

HEADER_LENGTH: Final = 10

FLAG_MORE: Final = 0x0001
"""More SNACs of this request ID follow."""
FLAG_PREFIX: Final = 0x8000
"""A counted block of TLVs stands before the body."""

SERVER_REQUEST: Final = 0x8000_0000
"""The request ID of what a server sends unasked; Java AIM ignores it without this."""
LAST_CLIENT_REQUEST: Final = 0x7FFF_FFFF

_HEADER: Final = Struct("!HHHI")


@dataclass(frozen=True, slots=True)
class SNACHeader:
    """The ten bytes before every body.

    Attributes:
        family: the food group, 0 to 0xFFFF.
        subtype: the message within it, 0 to 0xFFFF.
        flags: FLAG_MORE, FLAG_PREFIX; others are carried as they are.
        request_id: 0 to 0xFFFFFFFF.
    """

    family: int
    subtype: int
    flags: int = 0
    request_id: int = 0

    @property
    def type(self) -> SNACType:
        """Family and subtype, to compare with the constants of `foodgroups`."""
        return SNACType(self.family, self.subtype)

    @property
    def more(self) -> bool:
        """Whether further SNACs answer the same request."""
        return bool(self.flags & FLAG_MORE)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the header at the front of `data`.

        Raises:
            RemoteProtocolError: fewer than ten bytes.
        """
        if len(data) < HEADER_LENGTH:
            raise RemoteProtocolError("SNAC header cut short", 0, data)
        return cls(*_HEADER.unpack_from(data))

    def to_bytes(self) -> bytes:
        """Return ten bytes.

        Raises:
            LocalProtocolError: a field is out of range.
        """
        return pack("!HHHI", self.family, self.subtype, self.flags, self.request_id)


@dataclass(frozen=True, slots=True)
class SNAC:
    """One message.

    Attributes:
        header: family, subtype, flags, request ID.
        body: what follows the header, and the prefix where there is one.
        prefix: the TLVs before the body, in bytes; only with FLAG_PREFIX.
    """

    header: SNACHeader
    body: bytes = b""
    prefix: bytes = b""

    @classmethod
    def make(
        cls,
        kind: tuple[int, int],
        body: bytes = b"",
        *,
        request_id: int = 0,
        flags: int = 0,
        prefix: bytes = b"",
    ) -> Self:
        """Return a SNAC of a constant of `foodgroups`, or of (family, subtype)."""
        if prefix:
            flags |= FLAG_PREFIX
        return cls(SNACHeader(*kind, flags, request_id), body, prefix)

    @property
    def type(self) -> SNACType:
        """Family and subtype, to compare with the constants of `foodgroups`."""
        return self.header.type

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the SNAC that fills `data`, a payload of FLAP channel 2.

        Raises:
            RemoteProtocolError: the header, or the prefix it promises, is cut short.
        """
        header = SNACHeader.from_bytes(data)
        if not header.flags & FLAG_PREFIX:
            return cls(header, data[HEADER_LENGTH:])
        reader = Reader(data[HEADER_LENGTH:], "SNAC prefix", HEADER_LENGTH)
        prefix = reader.take(reader.u16())
        return cls(header, reader.rest(), prefix)

    def to_bytes(self) -> bytes:
        """Return header, prefix and body.

        Raises:
            LocalProtocolError: a field is out of range, or a prefix without its flag.
        """
        if self.header.flags & FLAG_PREFIX:
            return self.header.to_bytes() + s16(self.prefix) + self.body
        if self.prefix:
            raise LocalProtocolError("a SNAC prefix needs FLAG_PREFIX")
        return self.header.to_bytes() + self.body


def version_prefix(version: int) -> bytes:
    """Return the usual prefix: TLV 0x0001, the family's version."""
    return TLV.u16(0x0001, version).to_bytes()


def next_request_id(request_id: int) -> int:
    """Return the client's request ID after `request_id`: 1 to 0x7FFFFFFF, cyclic."""
    return request_id % LAST_CLIENT_REQUEST + 1


ERROR_MEANINGS: Final = {
    0x01: "invalid SNAC header or unknown subtype",
    0x02: "rate limit to server",
    0x03: "rate limit to client",
    0x04: "recipient not logged in",
    0x05: "service unavailable",
    0x06: "service not defined",
    0x07: "obsolete SNAC",
    0x08: "not supported by server",
    0x09: "not supported by client",
    0x0A: "refused by client",
    0x0B: "reply too big",
    0x0C: "responses lost",
    0x0D: "request denied",
    0x0E: "malformed SNAC payload",
    0x0F: "insufficient rights",
    0x10: "blocked by local permit/deny settings",
    0x11: "sender too evil",
    0x12: "receiver too evil",
    0x13: "user temporarily unavailable",
    0x14: "no match",
    0x15: "list overflow",
    0x16: "request ambiguous",
    0x17: "server queue full",
    0x18: "not while on AOL",
    0x19: "query failed",
    0x1A: "timeout",
    0x1B: "error text follows",
    0x1C: "general failure",
    0x1D: "in progress",
    0x1E: "in free area",
    0x1F: "restricted by parental control",
    0x20: "remote user restricted by parental control",
}


def error_meaning(code: int) -> str:
    """Return what a code of subtype 0x0001 means, in a few words."""
    return ERROR_MEANINGS.get(code, f"unknown error 0x{code:02X}")


@dataclass(frozen=True, slots=True)
class SNACError:
    """The body of an error, subtype 0x0001 of any family.

    Attributes:
        code: a key of ERROR_MEANINGS, or another.
        tlvs: 0x04 a URL, 0x08 a sub-code of the family, 0x1B a text.
    """

    code: int
    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def make(cls, code: int, subcode: int | None = None, url: str = "") -> Self:
        """Return an error with the TLVs these need."""
        return cls(
            code,
            TLVBlock.of(
                TLV.text(0x04, url) if url else None,
                None if subcode is None else TLV.u16(0x08, subcode),
            ),
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the error that fills `data`.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        reader = Reader(data, "SNAC error")
        return cls(reader.u16(), TLVBlock.read(reader))

    @property
    def subcode(self) -> int | None:
        """What the family adds to the code, or None."""
        return self.tlvs.number(0x08)

    @property
    def url(self) -> str:
        """Where a person can read more, or nothing."""
        return self.tlvs.text(0x04)

    @property
    def meaning(self) -> str:
        """What happened: the text sent along, else what the code stands for."""
        return self.tlvs.text(0x1B) or error_meaning(self.code)

    def to_bytes(self) -> bytes:
        """Return the body."""
        return u16(self.code) + self.tlvs.to_bytes()
