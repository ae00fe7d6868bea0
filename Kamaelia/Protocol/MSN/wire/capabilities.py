"""What a client can do: the 32-bit number in CHG, ILN and NLN (MSNP8 and later).

The top four bits say which version the client is. From MSNP16 on a second number
follows after a colon. Numbers above 2^31 occur, and some clients write them negative.

Source: the MSN Messenger protocol as its clients speak it.
"""

from enum import IntFlag
from functools import lru_cache
from typing import Final, NamedTuple

from Kamaelia.Protocol.wire.errors import RemoteProtocolError

__all__ = ["OUR_CAPABILITIES", "Capability", "ClientId", "ExtendedCapability"]

_MASK: Final = 0xFFFFFFFF


class Capability(IntFlag):
    """Bits of the first number."""

    MOBILE = 0x1
    MSN_EXPLORER = 0x2
    INK_GIF = 0x4
    INK_ISF = 0x8
    WEBCAM = 0x10
    MULTI_PACKET = 0x20
    PAGING = 0x40
    WEB_WATCH = 0x80
    ACTIVITIES = 0x100
    WEB_MESSENGER = 0x200
    CONNECTED_BY_MOBILE = 0x400
    FEDERATED = 0x800
    SPACE = 0x1000
    MEDIA_CENTER = 0x2000
    DIRECT_IM = 0x4000
    WINKS = 0x8000
    SHARED_SEARCH = 0x10000
    BOT = 0x20000
    VOICE_CLIPS = 0x40000
    SECURE_CHANNEL = 0x80000
    SIP = 0x100000
    MULTI_PARTY_VOICE = 0x200000
    SHARING_FOLDERS = 0x400000
    PAGE_MODE = 0x800000
    ONE_CARE = 0x1000000
    TURN = 0x2000000
    P2P_OVER_UUN = 0x4000000
    ALIASED = 0x8000000


class ExtendedCapability(IntFlag):
    """Bits of the second number, MSNP16 and later."""

    SMS_ONLY = 0x1
    VOICE_OVER_MSNP = 0x2
    SIP_OVER_UUN = 0x4
    APPLICATION_MESSAGES = 0x8
    RTC_VIDEO = 0x10
    P2P_V2 = 0x20
    AUTHENTICATED_WEB = 0x40
    ONE_TO_ONE_BY_GROUP = 0x80
    OFFLINE_MESSAGES = 0x100
    SHARED_VIDEO = 0x200
    NUDGES = 0x400
    CIRCLE_VOICE = 0x800
    SHARING = 0x1000
    P2P_MIXER_RELAY = 0x8000
    IN_WINDOW_FILES = 0x20000
    WIDE_VIDEO = 0x40000
    P2P_ENVELOPE = 0x80000
    NO_YAHOO = 0x400000
    SIP_TUNNEL_V2 = 0x800000
    WMA_VOICE_CLIPS = 0x1000000
    CIRCLE_VOICE_CLIPS = 0x2000000
    SOCIAL_NEWS = 0x4000000
    CUSTOM_EMOTICONS = 0x8000000
    UTF8_MOODS = 0x10000000
    FTURN = 0x20000000
    P4_ACTIVITY = 0x40000000
    MULTI_USER_CHAT = 0x80000000


class ClientId(NamedTuple):
    """What a client can do.

    Attributes:
        bits: the first number, version included.
        extended: the second number; None before MSNP16.
    """

    bits: int = 0
    extended: int | None = None

    @classmethod
    @lru_cache(maxsize=256)  # there are many clients, but few kinds
    def parse(cls, text: str) -> "ClientId":
        """Read `bits` or `bits:extended`.

        Raises:
            RemoteProtocolError: not decimal numbers.
        """
        first, colon, second = text.partition(":")
        return cls(_number(first, text), _number(second, text) if colon else None)

    @property
    def capabilities(self) -> Capability:
        """The first number as flags, without the version."""
        return Capability(self.bits & 0x0FFFFFFF)

    @property
    def extended_capabilities(self) -> ExtendedCapability:
        """The second number as flags."""
        return ExtendedCapability((self.extended or 0) & _MASK)

    @property
    def version(self) -> int:
        """The client's generation: 0 up to 5.0, 1 is 6.0, 4 is 7.0, 8 is 8.5 ...

        Clients of generation 0 know no MSNObjects: never ask them for pictures.
        """
        return self.bits >> 28 & 0xF

    def can(self, capability: Capability) -> bool:
        """Return whether all of these bits are set."""
        return self.bits & capability == capability

    def __str__(self) -> str:
        bits = str(self.bits & _MASK)
        return bits if self.extended is None else f"{bits}:{self.extended & _MASK}"


def _number(text: str, whole: str) -> int:
    """Return a decimal number, also a negative one, as 32 unsigned bits."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 20):
        raise RemoteProtocolError(
            "capabilities are not a number", 0, whole.encode("utf-8", "replace")
        )
    return int(text) & _MASK


OUR_CAPABILITIES: Final = ClientId(
    0x10000000 | Capability.MULTI_PACKET | Capability.INK_GIF
)
"""Display pictures (6.0), multi-packet messages and ink as GIF: 268435492."""
