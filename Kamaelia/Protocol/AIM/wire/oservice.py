"""Family 0x01, OSERVICE: what every OSCAR connection begins with.

    (01, 02)  per family u16 family, u16 version, u16 tool ID, u16 tool version
    (01, 03)  u16 families                                    host online
    (01, 04)  u16 family, TLVs                                service, please
    (01, 05)  TLVs 0x0D family, 0x05 address, 0x06 cookie, 0x8D, 0x8E
    (01, 07)  u16 n, n rate classes, n times (u16 ID, u16 pairs, pairs)
    (01, 08), (01, 09)  u16 class IDs
    (01, 0A)  u16 code, rate classes
    (01, 0B), (01, 0C)  u16 families                          pause; being paused
    (01, 12)  u16 n, n families, TLVs 0x05 address, 0x06 cookie
    (01, 17), (01, 18)  per family u16 family, u16 version

Source: AOL's published OSCAR specification, "OService"; Open OSCAR Server, libpurple.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self

from Kamaelia.Protocol.AIM.wire.foodgroups import SNACType
from Kamaelia.Protocol.AIM.wire.packing import encode_text, pack, u16
from Kamaelia.Protocol.AIM.wire.rates import LONG, SHORT, RateClass
from Kamaelia.Protocol.AIM.wire.room import RoomKey
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.wire.errors import RemoteProtocolError
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "CLIENT_VERSIONS",
    "ClientOnline",
    "FamilyVersion",
    "MigrateGroups",
    "RateChange",
    "RateParams",
    "ServiceRequest",
    "ServiceResponse",
    "ToolVersion",
    "Versions",
    "numbers_to_bytes",
    "read_numbers",
]


def read_numbers(data: bytes) -> tuple[int, ...]:
    """Return the u16 that fill `data`: families, class IDs.

    Raises:
        RemoteProtocolError: an odd number of bytes.
    """
    reader = Reader(data, "list of numbers")
    found = []
    while reader:
        found.append(reader.u16())
    return tuple(found)


def numbers_to_bytes(numbers: Iterable[int]) -> bytes:
    """Return numbers as u16, one after the other."""
    return b"".join(u16(number) for number in numbers)


class FamilyVersion(NamedTuple):
    """A family and the version of it that is spoken."""

    family: int
    version: int


class ToolVersion(NamedTuple):
    """A family, its version, and which implementation speaks it."""

    family: int
    version: int
    tool_id: int = 0x0110
    tool_version: int = 0x0629


CLIENT_VERSIONS: Final = (
    ToolVersion(0x01, 3),
    ToolVersion(0x02, 1),
    ToolVersion(0x03, 1),
    ToolVersion(0x04, 1),
    ToolVersion(0x05, 1, 0x0010),
    ToolVersion(0x06, 1),
    ToolVersion(0x07, 1, 0x0010),
    ToolVersion(0x08, 1, 0x0104, 0x0001),
    ToolVersion(0x09, 1),
    ToolVersion(0x0A, 1),
    ToolVersion(0x0B, 1, 0x0104, 0x0001),
    ToolVersion(0x0C, 1, 0x0104, 0x0001),
    ToolVersion(0x0D, 1, 0x0010),
    ToolVersion(0x0E, 1, 0x0010),
    ToolVersion(0x0F, 1, 0x0010),
    ToolVersion(0x10, 1, 0x0010),
    ToolVersion(0x13, 4),
    ToolVersion(0x15, 1, 0x0110, 0x047C),
    ToolVersion(0x18, 1, 0x0010),
)
"""What a client of the time of AIM 5 says it speaks."""


@dataclass(frozen=True, slots=True)
class Versions:
    """SNACs (01, 17) and (01, 18): the versions each side speaks.

    Attributes:
        pairs: family and version.
    """

    pairs: tuple[FamilyVersion, ...]

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the versions that fill `data`; cut short raises ProtocolError."""
        reader = Reader(data, "versions")
        found = []
        while reader:
            found.append(FamilyVersion(reader.u16(), reader.u16()))
        return cls(tuple(found))

    def of(self, family: int) -> int:
        """Return the version of a family, 0 if it is not in the list."""
        return dict(self.pairs).get(family, 0)

    def to_bytes(self) -> bytes:
        """Return the body."""
        return b"".join(pack("!HH", *pair) for pair in self.pairs)


@dataclass(frozen=True, slots=True)
class ClientOnline:
    """SNAC (01, 02): the client is ready; from here others see it.

    Attributes:
        tools: one per family.
    """

    tools: tuple[ToolVersion, ...]

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the tools that fill `data`; cut short raises ProtocolError."""
        reader = Reader(data, "client online")
        found = []
        while reader:
            family, version, tool = reader.u16(), reader.u16(), reader.u16()
            found.append(ToolVersion(family, version, tool, reader.u16()))
        return cls(tuple(found))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return b"".join(pack("!4H", *tool) for tool in self.tools)


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """SNAC (01, 04): where is the server for a family?

    Attributes:
        family: wanted.
        tlvs: 0x01 the room for CHAT, 0x8C wants TLS.
    """

    family: int
    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def for_room(cls, room: RoomKey) -> Self:
        """Return the request for the server of a chat room."""
        return cls(0x0E, TLVBlock((TLV(0x01, room.to_bytes()),)))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the request that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "service request")
        return cls(reader.u16(), TLVBlock.read(reader))

    @property
    def wants_tls(self) -> bool:
        """Whether the client asks for a TLS address."""
        return self.tlvs.has(0x8C)

    def room(self) -> RoomKey | None:
        """Return the room of a CHAT request, or None.

        Raises:
            RemoteProtocolError: the room is cut short.
        """
        value = self.tlvs.get(0x01)
        return RoomKey.from_bytes(value) if value else None

    def to_bytes(self) -> bytes:
        """Return the body."""
        return u16(self.family) + self.tlvs.to_bytes()


@dataclass(frozen=True, slots=True)
class ServiceResponse:
    """SNAC (01, 05): connect there, and show this cookie.

    Attributes:
        family: that was asked for.
        address: `host:port` or `host`.
        cookie: for the sign-on frame.
        tls: 0 none, 1 use TLS, 2 resumable.
        tls_name: name the certificate must have.
    """

    family: int
    address: str
    cookie: bytes
    tls: int = 0
    tls_name: str = ""

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the response that fills `data`.

        Raises:
            RemoteProtocolError: it is cut short, or has no address or cookie.
        """
        tlvs = TLVBlock.from_bytes(data)
        cookie = tlvs.get(0x06)
        if cookie is None or not tlvs.text(0x05):
            raise RemoteProtocolError("service response without address or cookie")
        return cls(
            tlvs.u16(0x0D), tlvs.text(0x05), cookie, tlvs.u8(0x8E), tlvs.text(0x8D)
        )

    def to_bytes(self) -> bytes:
        """Return the body."""
        return TLVBlock.of(
            TLV.u16(0x0D, self.family),
            TLV(0x05, encode_text(self.address)),
            TLV(0x06, self.cookie),
            TLV.text(0x8D, self.tls_name) if self.tls_name else None,
            TLV.u8(0x8E, self.tls) if self.tls else None,
        ).to_bytes()


Members = tuple[tuple[int, tuple[SNACType, ...]], ...]


@dataclass(frozen=True, slots=True)
class RateParams:
    """SNAC (01, 07): the rate classes and which SNACs belong to them.

    AIM never sends a SNAC that is in no class, so a server lists them all.

    Attributes:
        classes: all in the long form or all in the short one.
        members: class ID and SNAC types, in the order of the classes.
    """

    classes: tuple[RateClass, ...]
    members: Members = ()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the parameters that fill `data`.

        Whether a class has 30 bytes or 35 is not said: the length is taken at which
        the member tables carry the classes' IDs.

        Raises:
            RemoteProtocolError: neither length makes sense.
        """
        for long in (True, False):
            try:
                found = cls._read(Reader(data, "rate parameters"), long=long)
            except RemoteProtocolError:
                if not long:
                    raise
            else:
                return found
        raise RemoteProtocolError("rate parameters make no sense", 0, data)

    @classmethod
    def _read(cls, reader: Reader, *, long: bool) -> Self:
        count = reader.u16()
        classes = tuple(RateClass.read(reader, long=long) for _ in range(count))
        members = []
        for rate in classes:
            number, pairs = reader.u16(), reader.u16()
            if number != rate.id:
                raise reader.error(f"members of class {number}, not {rate.id}")
            types = [SNACType(reader.u16(), reader.u16()) for _ in range(pairs)]
            members.append((number, tuple(types)))
        return cls(classes, tuple(members))

    def class_of(self) -> dict[tuple[int, int], int]:
        """Return the class ID of each SNAC type; the first of several wins."""
        found: dict[tuple[int, int], int] = {}
        for number, types in self.members:
            for kind in types:
                found.setdefault(kind, number)
        return found

    def to_bytes(self) -> bytes:
        """Return the body."""
        parts = [u16(len(self.classes))]
        parts += [rate.to_bytes() for rate in self.classes]
        for number, types in self.members:
            parts.append(pack("!HH", number, len(types)))
            parts += [pack("!HH", *kind) for kind in types]
        return b"".join(parts)


@dataclass(frozen=True, slots=True)
class RateChange:
    """SNAC (01, 0A): new numbers, a warning, a limit or its end.

    Attributes:
        code: a RateState of rates, 1 to 4.
        classes: those it is about; AOL names them all with code 1.
    """

    code: int
    classes: tuple[RateClass, ...]

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the change that fills `data`.

        The classes have 35 bytes, or 30 where only that comes out even.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        reader = Reader(data, "rate change")
        code = reader.u16()
        long = len(reader) % LONG == 0 or len(reader) % SHORT != 0
        found = []
        while reader:
            found.append(RateClass.read(reader, long=long))
        return cls(code, tuple(found))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return u16(self.code) + b"".join(rate.to_bytes() for rate in self.classes)


@dataclass(frozen=True, slots=True)
class MigrateGroups:
    """SNAC (01, 12): go on at another server.

    Attributes:
        families: that move; none means all.
        address: `host:port`.
        cookie: for the sign-on frame.
    """

    families: tuple[int, ...]
    address: str
    cookie: bytes

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the order that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "migration")
        count = reader.u16()
        families = tuple(reader.u16() for _ in range(count))
        tlvs = TLVBlock.read(reader)
        return cls(families, tlvs.text(0x05), tlvs.get(0x06) or b"")

    def to_bytes(self) -> bytes:
        """Return the body."""
        tlvs = TLVBlock((TLV(0x05, encode_text(self.address)), TLV(0x06, self.cookie)))
        count = u16(len(self.families))
        return count + numbers_to_bytes(self.families) + tlvs.to_bytes()
