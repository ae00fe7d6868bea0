"""Screen names: how they compare, and which ones are allowed.

A name has a display form (spaces and case as its owner likes) and an ident form, by
which everything is looked up: no spaces, lower case. A name of digits is an ICQ
number (UIN).

Source: rules of Open OSCAR Server; libpurple also takes e-mail addresses and SMS
numbers for names.
"""

import re
import string
from typing import Final

__all__ = [
    "MAX_NAME_BYTES",
    "is_uin",
    "is_valid",
    "normalise",
    "problem_with",
    "same_name",
]

MAX_NAME_BYTES: Final = 97
LOWEST_UIN: Final = 10_000
HIGHEST_UIN: Final = 2_147_483_646

_IDENT: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase, " ")
_AIM_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9 ]*")


def normalise(name: str) -> str:
    """Return the ident form: no spaces, ASCII letters in lower case."""
    return name.translate(_IDENT)


def same_name(one: str, other: str) -> bool:
    """Return whether both are forms of one name."""
    return normalise(one) == normalise(other)


def is_uin(name: str) -> bool:
    """Return whether `name` consists of digits, spaces aside."""
    ident = normalise(name)
    return ident.isascii() and ident.isdigit()


def problem_with(name: str) -> str:
    """Return what is wrong with a name for a new account; empty if nothing is.

    AIM names have 3 to 16 characters, begin with a letter and hold letters, digits
    and spaces; UINs lie between 10000 and 2147483646.
    """
    ident = normalise(name)
    if is_uin(name):
        if len(ident) > 10 or not LOWEST_UIN <= int(ident) <= HIGHEST_UIN:
            return f"a UIN lies between {LOWEST_UIN} and {HIGHEST_UIN}"
        return ""
    if not _AIM_NAME.fullmatch(name):
        return "a screen name begins with a letter and has letters, digits and spaces"
    if name.endswith(" "):
        return "a screen name does not end with a space"
    if len(ident) < 3 or len(name) > 16:
        return "a screen name has 3 letters or digits at least, 16 characters at most"
    return ""


def is_valid(name: str) -> bool:
    """Return whether a new account may have this name."""
    return not problem_with(name)
