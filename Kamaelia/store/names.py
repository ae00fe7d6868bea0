"""Names of accounts: which network a name belongs to, and how names compare.

Two networks: "aim" (AIM screen names and ICQ numbers) and "msn" (handles). Every
name has a display form, as its owner writes it, and an ident form that all
look-ups use.

Source: AOL's OSCAR specification, "Screen names" (spaces and case do not count);
the MSN Messenger protocol as documented by its clients (handles up to 129
characters, compared without case).
"""

import re
from typing import Final, Literal

from Kamaelia.store.errors import BadName

Network = Literal["aim", "msn"]

AIM_NAME_LIMIT: Final = 97
MSN_HANDLE_LIMIT: Final = 129
LAST_UIN: Final = 2_147_483_646

_SCREEN_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9 ._@+-]*")
_UIN: Final = re.compile(r"[1-9][0-9]{0,9}")
_HANDLE: Final = re.compile(r"[!-?A-~]+@[!-$&-?A-~]+")


def network_of(name: str) -> Network:
    """Return the network a name belongs to when nobody says: @ means MSN."""
    return "msn" if "@" in name else "aim"


def kind_of(network: Network, name: str) -> str:
    """Return what a person calls such an account: "AIM", "ICQ" or "MSN"."""
    if network == "msn":
        return "MSN"
    return "ICQ" if ident(network, name).isdecimal() else "AIM"


def ident(network: Network, name: str) -> str:
    """Return the form of a name that is compared; accepts any text at all."""
    if network == "aim":
        name = name.replace(" ", "")
    name = name.strip()
    if name.isascii():
        return name.lower().replace("\0", "\ufffd")
    # ASCII only: str.lower() would make names equal that clients tell apart.
    lowered = "".join(c.lower() if c.isascii() else c for c in name)
    # PostgreSQL's text cannot hold these two, and no account has them.
    return lowered.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def check_name(network: Network, name: str) -> str:
    """Return the display form of a name that somebody wants to have.

    Raises:
        BadName: no account of this network can be called so.
    """
    display = name.strip()
    bare = ident(network, display)
    if network == "msn":
        if not _HANDLE.fullmatch(display) or len(display) > MSN_HANDLE_LIMIT:
            raise BadName(
                f"{name!r} is no MSN handle: write local@domain, at most "
                f"{MSN_HANDLE_LIMIT} characters, without spaces"
            )
        return display
    if bare.isdecimal():
        if not _UIN.fullmatch(bare) or int(bare) > LAST_UIN:
            raise BadName(f"{name!r} is no ICQ number: 1 to {LAST_UIN}")
        return bare
    if not _SCREEN_NAME.fullmatch(display) or len(display) > AIM_NAME_LIMIT:
        raise BadName(
            f"{name!r} is no screen name: a letter first, then letters, digits, "
            f"spaces or . _ - @ +, at most {AIM_NAME_LIMIT} characters"
        )
    return display
