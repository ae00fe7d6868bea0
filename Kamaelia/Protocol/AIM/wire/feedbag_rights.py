"""Family 0x13, FEEDBAG: the limits, and asking for permission to watch somebody.

    (13, 03)    TLVs: 0x04 u16 most items of each class, by class number; 0x06 name
                length; 0x0C buddies per group; others
    (13, 14), (13, 15)  s8 name, s16 text, u16 0              you may add me
    (13, 16), (13, 17)  s8 name                               remove me
    (13, 18), (13, 19)  s8 name, s16 reason, u16 0            may I add you?
    (13, 1A)    s8 name, u8 1 yes 0 no, s16 reason
    (13, 1B)    s8 name, u8, s16 reason, u16 0
    (13, 1C)    s8 name, u16 0                                you were added

Source: AOL's published OSCAR specification, "Feedbag"; ICQ clients, libpurple.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.feedbag import FeedbagClass
from Kamaelia.Protocol.AIM.wire.oservice import numbers_to_bytes
from Kamaelia.Protocol.AIM.wire.packing import (
    decode_text,
    read_s8,
    read_s16,
    text8,
    text16,
    u8,
    u16,
)
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "DEFAULT_LIMITS",
    "AuthorisationReply",
    "AuthorisationRequest",
    "BuddyAdded",
    "FeedbagRights",
]

DEFAULT_LIMITS: Final[Mapping[int, int]] = {
    FeedbagClass.BUDDY: 1000,
    FeedbagClass.GROUP: 61,
    FeedbagClass.PERMIT: 1000,
    FeedbagClass.DENY: 1000,
    FeedbagClass.PD_INFO: 1,
    FeedbagClass.BUDDY_PREFS: 1,
    FeedbagClass.NON_BUDDY: 50,
    FeedbagClass.CLIENT_PREFS: 3,
    FeedbagClass.WATCH: 128,
    FeedbagClass.IGNORE: 255,
    FeedbagClass.DATE_TIME: 20,
    FeedbagClass.EXTERNAL_USER: 200,
    FeedbagClass.ROOT_CREATOR: 1,
    FeedbagClass.IMPORT_TIME: 1,
    FeedbagClass.BART: 200,
    FeedbagClass.LINKED_ACCOUNT: 4,
}

_NUMBERS: Final = {
    0x03: 200,
    0x05: 200,
    0x06: 200,
    0x07: 200,
    0x08: 200,
    0x09: 200,
    0x0A: 200,
    0x0C: 200,
    0x0D: 200,
    0x0E: 100,
}


@dataclass(frozen=True, slots=True)
class FeedbagRights:
    """SNAC (13, 03): what the server allows.

    Attributes:
        tlvs: as they stand; `make` builds them.
    """

    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def make(cls, limits: Mapping[int, int] = DEFAULT_LIMITS) -> Self:
        """Return rights with these most items per class, 0 for classes left out."""
        by_class = [limits.get(number, 0) for number in range(max(limits) + 1)]
        numbers = [TLV.u16(tag, number) for tag, number in _NUMBERS.items()]
        return cls(TLVBlock((TLV(0x04, numbers_to_bytes(by_class)), *numbers)))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the rights that fill `data`; cut short raises ProtocolError."""
        return cls(TLVBlock.from_bytes(data))

    def limit(self, class_id: int) -> int | None:
        """Return the most items of a class, None when not told."""
        value = self.tlvs.get(0x04) or b""
        found = value[2 * class_id : 2 * class_id + 2]
        return int.from_bytes(found, "big") if len(found) == 2 else None

    @property
    def max_name(self) -> int:
        """Longest name in bytes, 0 when not told."""
        return self.tlvs.u16(0x06)

    def to_bytes(self) -> bytes:
        """Return the body."""
        return self.tlvs.to_bytes()


@dataclass(frozen=True, slots=True)
class AuthorisationRequest:
    """SNACs (13, 18), (13, 19): may I add you? And 14, 15: you may add me.

    Attributes:
        screen_name: the recipient on the way up, the sender on the way down.
        reason: free text.
    """

    screen_name: str
    reason: str = ""

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the request that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "authorisation request")
        name = decode_text(read_s8(reader))
        return cls(name, decode_text(read_s16(reader)) if reader else "")

    def to_bytes(self) -> bytes:
        """Return the body."""
        return text8(self.screen_name) + text16(self.reason) + u16(0)


@dataclass(frozen=True, slots=True)
class AuthorisationReply:
    """SNACs (13, 1A), (13, 1B): yes or no.

    Attributes:
        screen_name: the recipient on the way up, the sender on the way down.
        granted: yes.
        reason: free text.
    """

    screen_name: str
    granted: bool
    reason: str = ""

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the reply that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "authorisation reply")
        name, granted = decode_text(read_s8(reader)), bool(reader.u8())
        return cls(name, granted, decode_text(read_s16(reader)) if reader else "")

    def to_bytes(self) -> bytes:
        """Return the body."""
        head = text8(self.screen_name) + u8(self.granted)
        return head + text16(self.reason) + u16(0)


@dataclass(frozen=True, slots=True)
class BuddyAdded:
    """SNACs (13, 1C): you were added; and 16, 17: remove me.

    Attributes:
        screen_name: who did it, or whose list it is about.
    """

    screen_name: str

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the notice that `data` begins with; cut short: ProtocolError."""
        return cls(decode_text(read_s8(Reader(data, "buddy added"))))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return text8(self.screen_name) + u16(0)
