"""The user-info block: who somebody is and how they are.

    s8 screen name in display form
    u16 warning level, tenths of a percent
    u16 count, TLVs:
        0x01 u16 flags            0x03 u32 sign-on time    0x04 u16 idle minutes
        0x05 u32 member since     0x06 u32 status          0x0A u32 external IP
        0x0C ICQ direct info      0x0D capabilities        0x0F u32 seconds online
        0x14 u8 instance          0x19 short capabilities  0x1D BART IDs

It stands in SNACs (01, 0F), (02, 06), (03, 0B), (03, 0C), (04, 07), (04, 0A), (0E, 03)
and others. AIM clients read "away" from a flag, ICQ clients from the status.

Source: AOL's published OSCAR specification, "Nick info"; order of TLVs as Open OSCAR
Server writes them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Final, Self
from uuid import UUID

from Kamaelia.Protocol.AIM.wire.bart import (
    BARTID,
    TYPE_ICON,
    TYPE_STATUS_TEXT,
    read_barts,
    text_of,
)
from Kamaelia.Protocol.AIM.wire.caps import caps_to_bytes, read_caps, read_short_caps
from Kamaelia.Protocol.AIM.wire.packing import (
    decode_text,
    pack,
    read_s8,
    text8,
    u16,
)
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.wire.errors import ProtocolError
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "STATUS_AWAY",
    "STATUS_INVISIBLE",
    "STATUS_ONLINE",
    "DirectInfo",
    "UserFlag",
    "UserInfo",
    "read_users",
    "status_name",
    "users_to_bytes",
]


class UserFlag(IntFlag):
    """Bits of TLV 0x01: what kind of user this is."""

    UNCONFIRMED = 0x0001
    ADMINISTRATOR = 0x0002
    AOL = 0x0004
    PAY = 0x0008
    FREE = 0x0010
    AWAY = 0x0020
    ICQ = 0x0040
    WIRELESS = 0x0080
    INTERNAL = 0x0100
    IM_FORWARDING = 0x0200
    BOT = 0x0400
    ONE_WAY_WIRELESS = 0x1000
    OFFICIAL = 0x2000


STATUS_ONLINE: Final = 0x0000
STATUS_AWAY: Final = 0x0001
STATUS_DND: Final = 0x0002
STATUS_NA: Final = 0x0004
STATUS_OCCUPIED: Final = 0x0010
STATUS_FREE_FOR_CHAT: Final = 0x0020
STATUS_INVISIBLE: Final = 0x0100

STATUS_WEB_AWARE: Final = 0x0001_0000
STATUS_SHOW_IP: Final = 0x0002_0000
STATUS_BIRTHDAY: Final = 0x0008_0000
STATUS_HOME_PAGE: Final = 0x0020_0000
STATUS_DC_DISABLED: Final = 0x0100_0000
STATUS_DC_AUTH: Final = 0x1000_0000
STATUS_DC_CONTACTS: Final = 0x2000_0000

_WHOLE_STATUS: Final = {
    0x2001: "out to lunch",
    0x3000: "evil",
    0x4000: "depressed",
    0x5000: "at home",
    0x6000: "at work",
}
_STATUS_BITS: Final = (
    (STATUS_INVISIBLE, "invisible"),
    (STATUS_DND, "do not disturb"),
    (STATUS_OCCUPIED, "occupied"),
    (STATUS_NA, "not available"),
    (STATUS_AWAY, "away"),
    (STATUS_FREE_FOR_CHAT, "free for chat"),
)


def status_name(status: int) -> str:
    """Return what the low word of TLV 0x06 says, the strongest bit first."""
    whole = _WHOLE_STATUS.get(status & 0xFFFF)
    if whole:
        return whole
    return next((name for bit, name in _STATUS_BITS if status & bit), "online")


@dataclass(frozen=True, slots=True)
class DirectInfo:
    """TLV 0x0C, 37 bytes: where an ICQ client takes direct connections.

    Old ICQ clients overlook the arrival of users without it.

    Attributes:
        ip: IPv4 address as a number.
        port: TCP port.
        kind: 0 disabled, 1 behind HTTPS, 2 SOCKS, 4 normal, 6 web.
        version: of the direct-connection protocol.
        cookie: proves the connection.
        web_port: of the web front.
        features: of the client.
        updated: Unix times of the last changes: all, extended info, extended status.
    """

    ip: int = 0
    port: int = 0
    kind: int = 0
    version: int = 8
    cookie: int = 0
    web_port: int = 0
    features: int = 0
    updated: tuple[int, int, int] = (0, 0, 0)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the value of the TLV.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        reader = Reader(data, "direct info")
        ip, port, kind, version = reader.u32(), reader.u32(), reader.u8(), reader.u16()
        cookie, web_port, features = reader.u32(), reader.u32(), reader.u32()
        updated = reader.u32(), reader.u32(), reader.u32()
        return cls(ip, port, kind, version, cookie, web_port, features, updated)

    def to_bytes(self) -> bytes:
        """Return 37 bytes."""
        return pack(
            "!IIBHIIIIIIH",
            self.ip,
            self.port,
            self.kind,
            self.version,
            self.cookie,
            self.web_port,
            self.features,
            *self.updated,
            0,
        )


@dataclass(frozen=True, slots=True)
class UserInfo:
    """One user-info block.

    Attributes:
        screen_name: in display form.
        warning: level in tenths of a percent, 0 to 999.
        tlvs: the rest, read through the properties.
    """

    screen_name: str
    warning: int = 0
    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def make(
        cls,
        screen_name: str,
        *,
        warning: int = 0,
        flags: int = UserFlag.FREE,
        signed_on: int | None = None,
        status: int | None = None,
        idle_minutes: int = 0,
        barts: Iterable[BARTID] = (),
        direct: DirectInfo | None = None,
        caps: Iterable[UUID] = (),
        more: Iterable[TLV] = (),
    ) -> Self:
        """Return a block with the TLVs that these need, in a server's order.

        Args:
            screen_name: in display form.
            warning: level in tenths of a percent.
            flags: UserFlag bits.
            signed_on: Unix time.
            status: status word, the flags of the high word included.
            idle_minutes: 0 leaves the TLV out.
            barts: icon and available message.
            direct: for ICQ users.
            caps: capabilities.
            more: TLVs to follow.
        """
        art = b"".join(bart.to_bytes() for bart in barts)
        known = caps_to_bytes(caps)
        tlvs = TLVBlock.of(
            None if signed_on is None else TLV.u32(0x03, signed_on),
            TLV.u16(0x01, flags),
            None if status is None else TLV.u32(0x06, status),
            TLV.u16(0x04, idle_minutes) if idle_minutes else None,
            TLV(0x1D, art) if art else None,
            TLV(0x0C, direct.to_bytes()) if direct else None,
            TLV(0x0D, known) if known else None,
            *more,
        )
        return cls(screen_name, warning, tlvs)

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Take one block."""
        name = decode_text(read_s8(reader))
        return cls(name, reader.u16(), TLVBlock.read_counted(reader))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the block at the front of `data`.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        return cls.read(Reader(data, "user info"))

    @property
    def flags(self) -> UserFlag:
        """What kind of user this is."""
        return UserFlag(self.tlvs.u32(0x01))

    @property
    def is_away(self) -> bool:
        """Whether the away flag is set, or the status of an ICQ user says so."""
        return bool(
            self.flags & UserFlag.AWAY
            or self.status & (STATUS_AWAY | STATUS_NA | STATUS_DND | STATUS_OCCUPIED)
        )

    @property
    def is_icq(self) -> bool:
        """Whether this is an ICQ user."""
        return bool(self.flags & UserFlag.ICQ)

    @property
    def status(self) -> int:
        """The status word; its low half holds STATUS_ bits or a named value."""
        return self.tlvs.u32(0x06)

    @property
    def idle_minutes(self) -> int:
        """For how long the user has been idle; 0 when active."""
        return self.tlvs.u32(0x04)

    @property
    def signed_on(self) -> int:
        """Unix time of the sign-on, 0 when not told."""
        return self.tlvs.u32(0x03)

    @property
    def member_since(self) -> int:
        """Unix time at which the account was made, 0 when not told."""
        return self.tlvs.u32(0x05)

    @property
    def seconds_online(self) -> int:
        """Length of the session, 0 when not told."""
        return self.tlvs.u32(0x0F) or self.tlvs.u32(0x10)

    @property
    def instance(self) -> int:
        """Number of this session among those of one name, 0 when not told."""
        return self.tlvs.u8(0x14)

    @property
    def caps(self) -> tuple[UUID, ...]:
        """Capabilities, the short ones expanded."""
        full = read_caps(self.tlvs.get(0x0D) or b"")
        return full + read_short_caps(self.tlvs.get(0x19) or b"")

    @property
    def barts(self) -> tuple[BARTID, ...]:
        """Icon, available message and the like; none where they are malformed."""
        try:
            return read_barts(self.tlvs.get(0x1D) or b"")
        except ProtocolError:
            return ()

    @property
    def icon(self) -> BARTID | None:
        """The buddy icon, or None."""
        return next((bart for bart in self.barts if bart.type == TYPE_ICON), None)

    @property
    def available_message(self) -> str:
        """The available message, or nothing."""
        texts = (text_of(b) for b in self.barts if b.type == TYPE_STATUS_TEXT)
        return next(texts, "")

    def to_bytes(self) -> bytes:
        """Return the block."""
        return text8(self.screen_name) + u16(self.warning) + self.tlvs.to_counted()


def read_users(data: bytes) -> tuple[UserInfo, ...]:
    """Return the blocks that fill `data`: arrivals, departures, own info, chat.

    Raises:
        RemoteProtocolError: one is cut short.
    """
    reader = Reader(data, "user info")
    found = []
    while reader:
        found.append(UserInfo.read(reader))
    return tuple(found)


def users_to_bytes(users: Iterable[UserInfo]) -> bytes:
    """Return blocks one after the other."""
    return b"".join(user.to_bytes() for user in users)
