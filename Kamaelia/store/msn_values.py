"""What is known of an MSN account: profile, groups, contacts, and changes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag
from typing import Final, NamedTuple

from Kamaelia.store.errors import BadValue

# Characters, of what the wire allows percent-encoded: 387, 61 and 95 bytes there.
FRIENDLY_NAME_LIMIT: Final = 387
GROUP_NAME_LIMIT: Final = 127
PROPERTY_LIMIT: Final = 95
MESSAGE_LIMIT: Final = 1024
PROPERTIES_LIMIT: Final = 32  # keys of one account
GROUPS_LIMIT: Final = 30
CONTACTS_LIMIT: Final = 1000  # on the forward list; also rows in all
REVERSE_LIMIT: Final = 5000


class Lists(IntFlag):
    """The lists a contact is on, with the wire's numbers."""

    NONE = 0
    FL = 1
    AL = 2
    BL = 4
    RL = 8
    PL = 16


@dataclass(frozen=True, slots=True)
class MSNProfile:
    """An account's own settings.

    `list_version` grows with every change of lists and settings, `settings_version`
    with those of settings only. MSNP2 to 9 use the first, MSNP10 to 12 both.
    """

    handle: str  # display form
    guid: str  # no braces
    friendly_name: str
    list_version: int
    settings_version: int
    blp: str  # "AL" or "BL": those on neither list are allowed or blocked
    gtc: str  # "A" or "N": ask when somebody adds me, or don't
    message: str  # personal message, the whole UUX payload
    properties: Mapping[str, str]  # PHH, PHW, PHM, MOB, MBE ...; unset ones absent
    account: int  # its id: another account may have the handle one day


@dataclass(frozen=True, slots=True)
class MSNGroup:
    """A group of contacts; number for MSNP2 to 9, GUID for 10 and later.

    Group 0 always exists and is shown by MSNP2 to 9 only.
    """

    number: int
    guid: str
    name: str


@dataclass(frozen=True, slots=True)
class MSNContact:
    """One handle on any of an account's lists."""

    handle: str  # lower case
    guid: str
    lists: Lists
    friendly_name: str
    groups: tuple[int, ...]  # numbers, ascending; empty: group 0, or none in MSNP10+


class MSNLists(NamedTuple):
    """Everything that a SYN sends, from one moment."""

    profile: MSNProfile
    groups: tuple[MSNGroup, ...]
    contacts: tuple[MSNContact, ...]


class Seen(NamedTuple):
    """What somebody else sees of an account."""

    friendly_name: str
    properties: dict[str, str]  # those asked for that are set


class ReverseChange(NamedTuple):
    """Somebody else's reverse list changed too: send it there if they are online.

    `ADD 0 RL version adder name` or `REM 0 RL version adder` (2 to 9), `ADC` in 10+.
    """

    handle: str  # whose reverse list
    version: int  # their list version now
    added: bool
    pending: bool  # they have to decide: the adder is on neither of AL and BL


class ListChange(NamedTuple):
    """What a change of lists did."""

    version: int  # the owner's list version now
    contact: MSNContact  # as it is now; lists is NONE when it is gone
    reverse: tuple[ReverseChange, ...]


class GroupChange(NamedTuple):
    """What a change of groups did."""

    version: int
    group: MSNGroup
    reverse: tuple[ReverseChange, ...] = ()  # contacts that left FL with the group


def clean_text(what: str, text: str, limit: int) -> str:
    """Return a text that any database can hold.

    Raises:
        BadValue: it is too long, or has NUL or half a surrogate pair in it.
    """
    if len(text) > limit:
        raise BadValue(f"{what} has {len(text)} characters; {limit} are allowed")
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise BadValue(f"{what} holds characters that no text has")
    return text
