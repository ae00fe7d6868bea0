"""Capabilities: what a client can do, as UUIDs of 16 bytes.

A short capability 0xXXYY stands for 0946XXYY-4C7F-11D1-8222-444553540000. A server
relays capabilities it doesn't know.

Source: AOL's published OSCAR specification, "Capabilities"; lists of libpurple and
Open OSCAR Server.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from Kamaelia.Protocol.AIM.wire.packing import u16

__all__ = [
    "BUDDY_ICON",
    "CHAT",
    "DIRECT_IM",
    "FILE_SHARING",
    "FILE_TRANSFER",
    "HTML_MESSAGES",
    "ICQ_EXTENDED",
    "INTEROPERATE",
    "NAMES",
    "SHORT_CAPS",
    "TYPING",
    "UNICODE",
    "XTRAZ",
    "caps_to_bytes",
    "expand",
    "name_of_cap",
    "read_caps",
    "read_short_caps",
    "short_caps_to_bytes",
    "shorten",
]

_HEAD: Final = 0x0946 << 112
_TAIL: Final = 0x4C7F_11D1_8222_4445_5354_0000


def expand(short: int) -> UUID:
    """Return the capability that two bytes stand for."""
    return UUID(int=_HEAD | (short & 0xFFFF) << 96 | _TAIL)


def shorten(cap: UUID) -> int | None:
    """Return the two bytes that stand for a capability, or None."""
    short = cap.int >> 96 & 0xFFFF
    return short if cap == expand(short) else None


SHORT_CAPS: Final = expand(0x0000)
SECURE_IM: Final = expand(0x0001)
XHTML_IM: Final = expand(0x0002)
VIDEO_CHAT: Final = expand(0x0100)
VOICE_CHAT: Final = expand(0x1341)
DIRECT_PLAY: Final = expand(0x1342)
FILE_TRANSFER: Final = expand(0x1343)
ICQ_DIRECT: Final = expand(0x1344)
DIRECT_IM: Final = expand(0x1345)
BUDDY_ICON: Final = expand(0x1346)
ADD_INS: Final = expand(0x1347)
FILE_SHARING: Final = expand(0x1348)
ICQ_EXTENDED: Final = expand(0x1349)
GAMES: Final = expand(0x134A)
SEND_BUDDY_LIST: Final = expand(0x134B)
INTEROPERATE: Final = expand(0x134D)
UNICODE: Final = expand(0x134E)
CHAT: Final = UUID("748F2420-6287-11D1-8222-444553540000")
TYPING: Final = UUID("563FC809-0B6F-41BD-9F79-422609DFA2F3")
XTRAZ: Final = UUID("1A093C6C-D7FD-4EC5-9D51-A6474E34F5A0")
HTML_MESSAGES: Final = UUID("0138CA7B-769A-4915-88F2-13FC00979EA8")
ICQ_RTF: Final = UUID("97B12751-243C-4334-AD22-D6ABF73F1492")

NAMES: Final = {
    SHORT_CAPS: "short capabilities",
    SECURE_IM: "SecureIM",
    XHTML_IM: "XHTML messages",
    VIDEO_CHAT: "video chat",
    expand(0x0101): "live video",
    expand(0x0102): "has a camera",
    expand(0x0103): "has a microphone",
    expand(0x0104): "live audio",
    expand(0x0105): "iChat AV",
    expand(0x010A): "host status text",
    expand(0x010B): "real-time messages",
    expand(0x01FF): "smart capabilities",
    expand(0x1323): "Hiptop",
    VOICE_CHAT: "voice chat",
    DIRECT_PLAY: "DirectPlay games",
    FILE_TRANSFER: "file transfer",
    ICQ_DIRECT: "ICQ direct connection",
    DIRECT_IM: "direct IM",
    BUDDY_ICON: "buddy icon",
    ADD_INS: "add-ins",
    FILE_SHARING: "file sharing",
    ICQ_EXTENDED: "ICQ extended messages",
    GAMES: "games",
    UUID("0946134A-4C7F-11D1-2282-444553540000"): "games (other form)",
    SEND_BUDDY_LIST: "send buddy list",
    INTEROPERATE: "AIM and ICQ together",
    UNICODE: "Unicode messages",
    expand(0xF003): "iChat F003",
    expand(0xF004): "screen sharing",
    expand(0xF005): "iChat F005",
    CHAT: "chat",
    ICQ_RTF: "ICQ RTF messages",
    TYPING: "ICQ typing notices",
    UUID("2E7A6475-FADF-4DC8-886F-EA3595FDB6DF"): "Unicode messages (ICQ 2001)",
    HTML_MESSAGES: "HTML messages",
    XTRAZ: "Xtraz status",
    UUID("3B60B3EF-D82A-6C45-A4E0-9C5A5E67E865"): "Xtraz script",
    UUID("F2E7C7F4-FEAD-4DFB-B235-36798BDF0000"): "Trillian SecureIM",
    UUID("AA4A32B5-F884-48C6-A3D7-8C509719FD5B"): "AP info",
}


def name_of_cap(cap: UUID) -> str:
    """Return what a capability is called, else its digits."""
    return NAMES.get(cap) or str(cap).upper()


def read_caps(data: bytes) -> tuple[UUID, ...]:
    """Return the capabilities of a list; a last one cut short is left out."""
    whole = range(0, len(data) - 15, 16)
    return tuple(UUID(bytes=bytes(data[at : at + 16])) for at in whole)


def caps_to_bytes(caps: Iterable[UUID]) -> bytes:
    """Return a list of capabilities as SNAC (02, 04) and user info carry it."""
    return b"".join(cap.bytes for cap in caps)


def read_short_caps(data: bytes) -> tuple[UUID, ...]:
    """Return the capabilities of a list of short ones."""
    whole = range(0, len(data) - 1, 2)
    return tuple(expand(int.from_bytes(data[at : at + 2], "big")) for at in whole)


def short_caps_to_bytes(caps: Iterable[UUID]) -> bytes:
    """Return a list of those that have a short form."""
    shorts = (shorten(cap) for cap in caps)
    return b"".join(u16(short) for short in shorts if short is not None)
