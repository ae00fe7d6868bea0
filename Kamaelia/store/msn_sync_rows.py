"""All that an MSN sign-on reads, in two statements: each costs more than its rows."""

from sys import intern
from typing import Final

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    Connection,
    bindparam,
    literal_column,
    select,
    union_all,
)

from Kamaelia.store.errors import AccountSuspended, NoSuchAccount
from Kamaelia.store.msn_values import (
    Lists,
    MSNContact,
    MSNGroup,
    MSNLists,
    MSNProfile,
)
from Kamaelia.store.names import ident
from Kamaelia.store.schema import (
    ACCOUNT,
    MSN_CONTACT,
    MSN_GROUP,
    MSN_MEMBER,
    MSN_PROFILE,
    MSN_PROPERTY,
)

_PROFILE: Final = (
    select(
        ACCOUNT.c.id,
        ACCOUNT.c.suspended,
        ACCOUNT.c.display,
        MSN_PROFILE.c.guid,
        MSN_PROFILE.c.friendly_name,
        MSN_PROFILE.c.list_version,
        MSN_PROFILE.c.settings_version,
        MSN_PROFILE.c.blp,
        MSN_PROFILE.c.gtc,
        MSN_PROFILE.c.message,
    )
    .join(MSN_PROFILE, MSN_PROFILE.c.account_id == ACCOUNT.c.id)
    .where(ACCOUNT.c.network == "msn", ACCOUNT.c.name == bindparam("name"))
)

# What is in a row of _REST, by its first column; then a number and three texts.
_CONTACT, _GROUP, _MEMBER, _PROPERTY = range(4)
_OWNER: Final[BindParameter[int]] = bindparam("owner")
_NOTHING: Final[ColumnClause[str]] = literal_column("''")
_REST: Final = union_all(
    select(
        literal_column(str(_CONTACT)).label("kind"),
        MSN_CONTACT.c.lists.label("number"),
        MSN_CONTACT.c.handle.label("first"),
        MSN_CONTACT.c.guid.label("second"),
        MSN_CONTACT.c.friendly_name.label("third"),
    ).where(MSN_CONTACT.c.account_id == _OWNER),
    select(
        literal_column(str(_GROUP)),
        MSN_GROUP.c.number,
        MSN_GROUP.c.guid,
        MSN_GROUP.c.name,
        _NOTHING,
    ).where(MSN_GROUP.c.account_id == _OWNER),
    select(
        literal_column(str(_MEMBER)),
        MSN_MEMBER.c.number,
        MSN_MEMBER.c.handle,
        _NOTHING,
        _NOTHING,
    ).where(MSN_MEMBER.c.account_id == _OWNER),
    select(
        literal_column(str(_PROPERTY)),
        literal_column("0"),
        MSN_PROPERTY.c.key,
        MSN_PROPERTY.c.value,
        _NOTHING,
    ).where(MSN_PROPERTY.c.account_id == _OWNER),
)

_LISTS: Final = tuple(Lists(mask) for mask in range(32))
"""A value of `Lists` by its number: looking it up is many times faster."""


def synchronise(connection: Connection, handle: str) -> MSNLists:
    """Return all that a SYN sends, unless the account is suspended."""
    row = connection.execute(_PROFILE, {"name": ident("msn", handle)}).first()
    if row is None:
        raise NoSuchAccount(f"there is no MSN account {handle!r}")
    if row.suspended:
        raise AccountSuspended(f"the account {row.display!r} is suspended")
    groups: list[MSNGroup] = []
    contacts: list[tuple[str, str, int, str]] = []
    numbers: dict[str, list[int]] = {}
    properties: dict[str, str] = {}
    rest = connection.execute(_REST, {"owner": row.id}).all()
    for kind, number, first, second, third in rest:
        if kind == _CONTACT:
            contacts.append((first, second, number, third))
        elif kind == _GROUP:
            groups.append(MSNGroup(number, first, second))
        elif kind == _MEMBER:
            numbers.setdefault(first, []).append(number)
        else:
            properties[first] = second
    groups.sort(key=lambda group: group.number)
    profile = MSNProfile(
        row.display,
        row.guid,
        row.friendly_name,
        row.list_version,
        row.settings_version,
        row.blp,
        row.gtc,
        row.message,
        dict(sorted(properties.items())),
        row.id,
    )
    return MSNLists(profile, tuple(groups), _contacts(contacts, numbers))


def _contacts(
    rows: list[tuple[str, str, int, str]], numbers: dict[str, list[int]]
) -> tuple[MSNContact, ...]:
    """Return contacts in order of handle.

    Handles and names are interned: many accounts have the same contacts, and a server
    holds the lists of all who are signed on.
    """
    return tuple(
        MSNContact(
            intern(handle),
            guid,
            _LISTS[lists],
            intern(name),
            tuple(sorted(numbers[handle])) if handle in numbers else (),
        )
        for handle, guid, lists, name in sorted(rows)
    )
