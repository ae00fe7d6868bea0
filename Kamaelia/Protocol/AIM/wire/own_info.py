"""Family 0x01, OSERVICE, the part about oneself: status, idleness, warnings, notices.

    (01, 0F)  user-info blocks, by `read_users` of user_info
    (01, 10)  u16 warning level [user info of the warner]
    (01, 11)  u32 seconds already idle, 0 when back
    (01, 13)  u16 type, TLV 0x0B text                         message of the day
    (01, 14)  u32 flags: 1 idle time may be seen, 2 membership date
    (01, 1E)  TLVs 0x06 u32 status, 0x0C direct info, 0x1D BART IDs
    (01, 1F)  u32 offset, u32 length, TLVs                    proof of the program
    (01, 20)  u16 length, MD5
    (01, 21)  BART ID, by `BARTID` of bart

Source: AOL's published OSCAR specification, "OService".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.bart import BARTID, read_barts
from Kamaelia.Protocol.AIM.wire.packing import u16, u32
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.AIM.wire.user_info import DirectInfo, UserInfo
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "MOTD_NORMAL",
    "EvilNotification",
    "IdleNotification",
    "MessageOfTheDay",
    "PrivacyFlags",
    "SetUserInfo",
]

MOTD_MANDATORY_UPGRADE: Final = 1
MOTD_ADVISED_UPGRADE: Final = 2
MOTD_BULLETIN: Final = 3
MOTD_NORMAL: Final = 4
MOTD_NEWS: Final = 6


@dataclass(frozen=True, slots=True)
class EvilNotification:
    """SNAC (01, 10): somebody warned one.

    Attributes:
        level: the new level, in tenths of a percent.
        warner: who did it, None when anonymous.
    """

    level: int
    warner: UserInfo | None = None

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the notice that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "evil notification")
        level = reader.u16()
        return cls(level, UserInfo.read(reader) if reader else None)

    def to_bytes(self) -> bytes:
        """Return the body."""
        return u16(self.level) + (self.warner.to_bytes() if self.warner else b"")


@dataclass(frozen=True, slots=True)
class IdleNotification:
    """SNAC (01, 11): sent once on becoming idle and once on return.

    Attributes:
        seconds: already idle; 0 when back.
    """

    seconds: int

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the notice that `data` begins with; cut short: ProtocolError."""
        return cls(Reader(data, "idle notification").u32())

    def to_bytes(self) -> bytes:
        """Return four bytes."""
        return u32(self.seconds)


@dataclass(frozen=True, slots=True)
class MessageOfTheDay:
    """SNAC (01, 13): Jimm waits for one before it goes on.

    Attributes:
        type: a MOTD_ constant.
        text: to show, or nothing.
    """

    type: int = MOTD_NORMAL
    text: str = ""

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the message that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "message of the day")
        return cls(reader.u16(), TLVBlock.read(reader).text(0x0B))

    def to_bytes(self) -> bytes:
        """Return the body."""
        text = TLV.text(0x0B, self.text).to_bytes() if self.text else b""
        return u16(self.type) + text


@dataclass(frozen=True, slots=True)
class PrivacyFlags:
    """SNAC (01, 14): what others may see.

    Attributes:
        flags: 1 for how long one is idle, 2 since when one is a member.
    """

    flags: int = 3

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the flags that `data` begins with; cut short: ProtocolError."""
        return cls(Reader(data, "privacy flags").u32())

    def to_bytes(self) -> bytes:
        """Return four bytes."""
        return u32(self.flags)


@dataclass(frozen=True, slots=True)
class SetUserInfo:
    """SNAC (01, 1E): set one's status, direct info, available message.

    Attributes:
        tlvs: only what is there changes anything.
    """

    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def make(
        cls,
        status: int | None = None,
        barts: Iterable[BARTID] = (),
        direct: DirectInfo | None = None,
    ) -> Self:
        """Return the TLVs that these need.

        Args:
            status: status word of user_info, None to leave it.
            barts: available message and the like, none to leave them.
            direct: of ICQ clients, None to leave it.
        """
        art = b"".join(bart.to_bytes() for bart in barts)
        return cls(
            TLVBlock.of(
                None if status is None else TLV.u32(0x06, status),
                TLV(0x0C, direct.to_bytes()) if direct else None,
                TLV(0x1D, art) if art else None,
            )
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the fields that fill `data`; cut short raises ProtocolError."""
        return cls(TLVBlock.from_bytes(data))

    @property
    def status(self) -> int | None:
        """The new status word, None to leave it."""
        return self.tlvs.number(0x06)

    def barts(self) -> tuple[BARTID, ...]:
        """Return the BART IDs to set, none to leave them.

        Raises:
            RemoteProtocolError: one is cut short.
        """
        return read_barts(self.tlvs.get(0x1D) or b"")

    def direct(self) -> DirectInfo | None:
        """Return the direct info to set, or None.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        value = self.tlvs.get(0x0C)
        return DirectInfo.from_bytes(value) if value else None

    def to_bytes(self) -> bytes:
        """Return the body."""
        return self.tlvs.to_bytes()
