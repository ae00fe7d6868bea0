"""Family 0x04, ICBM, beside the messages: parameters, typing, warnings, mishaps.

    (04, 02)  u16 channel (0 all), u32 flags, u16 longest message, u16 highest warning
              of senders, u16 of oneself, u32 least gap in milliseconds
    (04, 03)  u16 channel                                     back to the defaults
    (04, 05)  the same as 02, with u16 number of channels in front
    (04, 08)  u16 1 if anonymous, s8 name                     warn somebody
    (04, 09)  u16 rise, u16 new level
    (04, 0A)  u16 channel, user info, u16 count, u16 reason; repeated
    (04, 0B)  8-byte cookie, u16 channel, s8 name, u16 reason, data
    (04, 14)  8-byte cookie (0), u16 channel, s8 name, u16 event

Source: AOL's published OSCAR specification, "ICBM"; meanings as libpurple shows them.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.icbm import CHANNEL_TEXT, COOKIE_LENGTH, check_cookie
from Kamaelia.Protocol.AIM.wire.packing import decode_text, pack, read_s8, text8, u16
from Kamaelia.Protocol.AIM.wire.user_info import UserInfo
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "MISSED_REASONS",
    "SUBCODE_MEANINGS",
    "ClientError",
    "ClientEvent",
    "EvilReply",
    "EvilRequest",
    "ICBMFlag",
    "ICBMParameters",
    "MissedCall",
    "TypingEvent",
    "missed_calls_to_bytes",
    "read_missed_calls",
]


class ICBMFlag(IntFlag):
    """What a client wants on a channel."""

    MESSAGES = 0x001
    MISSED_CALLS = 0x002
    EVENTS = 0x008
    SMS = 0x010
    OFFLINE = 0x100
    HTML_FROM_ICQ = 0x400


SUBCODE_MEANINGS: Final = {
    0x01: "the recipient has messages switched off",
    0x02: "parental control of the recipient",
    0x09: "a bot may not begin a conversation",
    0x0E: "the recipient takes no offline messages",
    0x0F: "the store of offline messages is full",
}
"""TLV 0x08 of an error (04, 01)."""

SUBCODE_NO_OFFLINE: Final = 0x0E
SUBCODE_STORE_FULL: Final = 0x0F

MISSED_REASONS: Final = {
    0: "invalid",
    1: "too large",
    2: "rate exceeded",
    3: "sender's warning level too high",
    4: "own warning level too high",
    8: "own warning level too high",
}


@dataclass(frozen=True, slots=True)
class ICBMParameters:
    """SNACs (04, 02) and (04, 05): what messages one takes.

    Attributes:
        channel: 0 for all; in (04, 05) the number of channels.
        flags: ICBMFlag bits.
        max_length: of a message in bytes, 80 to 8000.
        max_sender_warning: in tenths of a percent.
        max_own_warning: in tenths of a percent.
        min_interval_ms: between messages of one sender.
    """

    channel: int = 0
    flags: int = ICBMFlag.MESSAGES | ICBMFlag.MISSED_CALLS | ICBMFlag.EVENTS
    max_length: int = 8000
    max_sender_warning: int = 999
    max_own_warning: int = 999
    min_interval_ms: int = 0

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the parameters that `data` begins with; cut short: ProtocolError."""
        reader = Reader(data, "ICBM parameters")
        return cls(
            reader.u16(),
            reader.u32(),
            reader.u16(),
            reader.u16(),
            reader.u16(),
            reader.u32(),
        )

    def to_bytes(self) -> bytes:
        """Return 16 bytes."""
        return pack(
            "!HIHHHI",
            self.channel,
            self.flags,
            self.max_length,
            self.max_sender_warning,
            self.max_own_warning,
            self.min_interval_ms,
        )


class TypingEvent(IntEnum):
    """What SNAC (04, 14) says of the other end."""

    FINISHED = 0x0000
    TYPED = 0x0001
    TYPING = 0x0002
    CLOSED = 0x000F


@dataclass(frozen=True, slots=True)
class ClientEvent:
    """SNAC (04, 14): somebody types, or has stopped.

    Attributes:
        screen_name: the recipient on the way up, the sender on the way down.
        event: a TypingEvent or another number.
        channel: of the conversation.
        cookie: mostly zeros.
    """

    screen_name: str
    event: int
    channel: int = CHANNEL_TEXT
    cookie: bytes = bytes(COOKIE_LENGTH)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the event that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "client event")
        cookie, channel = reader.take(COOKIE_LENGTH), reader.u16()
        return cls(decode_text(read_s8(reader)), reader.u16(), channel, cookie)

    def to_bytes(self) -> bytes:
        """Return the body."""
        head = check_cookie(self.cookie) + u16(self.channel)
        return head + text8(self.screen_name) + u16(self.event)


@dataclass(frozen=True, slots=True)
class EvilRequest:
    """SNAC (04, 08): warn somebody.

    Attributes:
        screen_name: whom.
        anonymous: they shall not learn by whom; it weighs less.
    """

    screen_name: str
    anonymous: bool = False

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the request that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "evil request")
        anonymous = bool(reader.u16())
        return cls(decode_text(read_s8(reader)), anonymous)

    def to_bytes(self) -> bytes:
        """Return the body."""
        return u16(self.anonymous) + text8(self.screen_name)


@dataclass(frozen=True, slots=True)
class EvilReply:
    """SNAC (04, 09): how a warning worked.

    Attributes:
        rise: of the level, in tenths of a percent.
        level: the new one.
    """

    rise: int
    level: int

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the reply that `data` begins with; cut short: ProtocolError."""
        reader = Reader(data, "evil reply")
        return cls(reader.u16(), reader.u16())

    def to_bytes(self) -> bytes:
        """Return four bytes."""
        return u16(self.rise) + u16(self.level)


@dataclass(frozen=True, slots=True)
class MissedCall:
    """One record of SNAC (04, 0A): messages that did not come through.

    Attributes:
        channel: of the messages.
        sender: who wrote them.
        count: how many.
        reason: key of MISSED_REASONS.
    """

    channel: int
    sender: UserInfo
    count: int
    reason: int

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Take one record."""
        channel, sender = reader.u16(), UserInfo.read(reader)
        return cls(channel, sender, reader.u16(), reader.u16())

    @property
    def meaning(self) -> str:
        """The reason, in a few words."""
        return MISSED_REASONS.get(self.reason, f"unknown reason {self.reason}")

    def to_bytes(self) -> bytes:
        """Return the record."""
        counts = u16(self.count) + u16(self.reason)
        return u16(self.channel) + self.sender.to_bytes() + counts


def read_missed_calls(data: bytes) -> tuple[MissedCall, ...]:
    """Return the records that fill the body of SNAC (04, 0A).

    Raises:
        RemoteProtocolError: one is cut short.
    """
    reader = Reader(data, "missed calls")
    found = []
    while reader:
        found.append(MissedCall.read(reader))
    return tuple(found)


def missed_calls_to_bytes(calls: tuple[MissedCall, ...]) -> bytes:
    """Return the body of SNAC (04, 0A)."""
    return b"".join(call.to_bytes() for call in calls)


@dataclass(frozen=True, slots=True)
class ClientError:
    """SNAC (04, 0B): the other client refuses, or answers for its user.

    Attributes:
        cookie: of the message it is about.
        channel: of that message.
        screen_name: the recipient on the way up, the sender on the way down.
        reason: 1 unsupported channel, 2 malformed or declined, 3 in `data`.
        data: as the channel has it.
    """

    cookie: bytes
    channel: int
    screen_name: str
    reason: int
    data: bytes = b""

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the error that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "client error")
        cookie, channel = reader.take(COOKIE_LENGTH), reader.u16()
        name = decode_text(read_s8(reader))
        return cls(cookie, channel, name, reader.u16(), reader.rest())

    def to_bytes(self) -> bytes:
        """Return the body."""
        head = check_cookie(self.cookie) + u16(self.channel)
        return head + text8(self.screen_name) + u16(self.reason) + self.data
