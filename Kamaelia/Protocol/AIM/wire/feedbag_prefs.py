"""The boolean preferences of a feedbag item of class 5, numbered 0 to 0x4B.

    0 to 31     bit n of the u32 in attribute 0x00C9; valid if set in 0x00D6
    from 32     bit string 0x00D7, valid by 0x00D8, counted from the left: number 33
                is the highest bit of the first byte, and so is 32

A preference that is not valid has its default.

Source: behaviour of AIM 5 and 6 as Open OSCAR Server keeps it.
"""

from enum import IntEnum
from typing import Final

from Kamaelia.Protocol.AIM.wire.feedbag import FeedbagAttribute, FeedbagItem
from Kamaelia.Protocol.AIM.wire.packing import u32

__all__ = ["BuddyPref", "preference", "with_preference"]

_WORD: Final = 32
_STRING: Final = 10  # bytes; enough for number 0x4B


class BuddyPref(IntEnum):
    """Preferences that a server heeds."""

    SHOW_IDLE = 0x0A
    NO_RECENT_BUDDIES = 0x11
    SHOW_TYPING = 0x16
    SHOW_MATCHES = 0x1E
    BLOCK_WHILE_AWAY = 0x31
    TAKE_OFFLINE_MESSAGES = 0x34


def _place(number: int) -> tuple[int, int]:
    """Return byte and mask of a preference from 32 on."""
    offset = max(0, number - _WORD - 1)
    return offset // 8, 0x80 >> offset % 8


def _bit(item: FeedbagItem, tags: tuple[int, int], number: int) -> bool:
    if number < _WORD:
        return bool(item.attributes.u32(tags[0]) >> number & 1)
    at, mask = _place(number)
    string = item.attributes.get(tags[1]) or b""
    return at < len(string) and bool(string[at] & mask)


def _with_bit(
    item: FeedbagItem, tags: tuple[int, int], number: int, value: bool
) -> FeedbagItem:
    if number < _WORD:
        word = item.attributes.u32(tags[0]) & ~(1 << number) | value << number
        return item.with_attribute(tags[0], u32(word))
    at, mask = _place(number)
    string = bytearray((item.attributes.get(tags[1]) or b"").ljust(_STRING, b"\0"))
    string[at] = string[at] & ~mask | (mask if value else 0)
    return item.with_attribute(tags[1], bytes(string))


_VALUES: Final = (FeedbagAttribute.BUDDY_PREFS, FeedbagAttribute.BUDDY_PREFS2)
_VALID: Final = (
    FeedbagAttribute.BUDDY_PREFS_VALID,
    FeedbagAttribute.BUDDY_PREFS2_VALID,
)


def preference(item: FeedbagItem, number: int, default: bool) -> bool:
    """Return a preference of an item of class 5.

    Args:
        item: the item.
        number: a BuddyPref or another, 0 to 0x4B.
        default: what it is where the user has not chosen.
    """
    return _bit(item, _VALUES, number) if _bit(item, _VALID, number) else default


def with_preference(item: FeedbagItem, number: int, value: bool) -> FeedbagItem:
    """Return the item with a preference chosen.

    Args:
        item: of class 5.
        number: a BuddyPref or another, 0 to 0x4B.
        value: the choice.
    """
    return _with_bit(_with_bit(item, _VALUES, number, value), _VALID, number, True)
