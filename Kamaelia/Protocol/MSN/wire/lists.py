"""The five contact lists: names on the wire, bits of a mask, privacy settings.

    FL forward  1   people I watch
    AL allow    2   people who may see me and talk to me
    BL block    4   people who see me offline and cannot call me
    RL reverse  8   people who have me on their forward list
    PL pending 16   people who added me and wait for my decision (MSNP10)

A user is on the allow list or on the block list, never on both. BLP says how a user
on neither is treated: `AL` as allowed, `BL` as blocked. GTC says what the client does
when somebody adds its user: `A` asks, `N` allows silently.

Source: the MSN Messenger protocol as its clients and servers speak it.
"""

from collections.abc import Iterable
from typing import Final

from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "ALLOW_LIST",
    "BLOCK_LIST",
    "FORWARD_LIST",
    "LIST_NAMES",
    "PENDING_LIST",
    "REVERSE_LIST",
    "is_allowed",
    "listCodeToID",
    "listIDToCode",
    "list_mask",
    "list_name",
    "list_names",
    "parse_list",
]

FORWARD_LIST: Final = 1
ALLOW_LIST: Final = 2
BLOCK_LIST: Final = 4
REVERSE_LIST: Final = 8
PENDING_LIST: Final = 16

LIST_NAMES: Final = {
    FORWARD_LIST: "FL",
    ALLOW_LIST: "AL",
    BLOCK_LIST: "BL",
    REVERSE_LIST: "RL",
    PENDING_LIST: "PL",
}
"""A list's name on the wire, by its bit."""

_BITS: Final = {name: bit for bit, name in LIST_NAMES.items()}

listIDToCode: Final = {  # noqa: N816 - the name that Twisted's module had
    bit: name.lower() for bit, name in LIST_NAMES.items()
}
"""A list's name in small letters, by its bit."""

listCodeToID: Final = {  # noqa: N816 - the name that Twisted's module had
    name: bit for bit, name in listIDToCode.items()
}
"""A list's bit, by its name in small letters."""


def parse_list(name: str) -> int:
    """Return the bit of a list named on the wire, in either case.

    Raises:
        RemoteProtocolError: no such list.
    """
    bit = _BITS.get(name.upper())
    if bit is None:
        raise RemoteProtocolError(
            "no such contact list", 0, name.encode("utf-8", "replace")
        )
    return bit


def list_name(bit: int) -> str:
    """Return the wire name of the list with this bit.

    Raises:
        LocalProtocolError: not the bit of one list.
    """
    name = LIST_NAMES.get(bit)
    if name is None:
        raise LocalProtocolError(f"no contact list has the bit {bit}")
    return name


def list_mask(names: Iterable[str]) -> int:
    """Return the mask of several lists, given by wire names.

    Raises:
        RemoteProtocolError: no such list.
    """
    mask = 0
    for name in names:
        mask |= parse_list(name)
    return mask


def list_names(mask: int) -> tuple[str, ...]:
    """Return the wire names of the lists in a mask, FL first; ignore other bits."""
    return tuple(name for bit, name in LIST_NAMES.items() if mask & bit)


def is_allowed(lists: int, default: str = "AL") -> bool:
    """Return whether the owner of a list lets a user see and call them.

    Args:
        lists: the mask of the owner's lists that the user is on; 0 for none.
        default: the owner's BLP setting, for who is on neither list.
    """
    if lists & BLOCK_LIST:
        return False
    return bool(lists & ALLOW_LIST) or default.upper() == "AL"
