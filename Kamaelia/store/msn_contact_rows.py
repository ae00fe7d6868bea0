"""Look-ups of MSN accounts and their contacts, and the rows that these are."""

import uuid
from sys import intern
from typing import Final

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from Kamaelia.store.errors import (
    NoSuchAccount,
    NoSuchContact,
)
from Kamaelia.store.msn_values import (
    Lists,
    MSNContact,
)
from Kamaelia.store.names import ident
from Kamaelia.store.schema import (
    ACCOUNT,
    MSN_CONTACT,
    MSN_GROUP,
    MSN_MEMBER,
    MSN_PROFILE,
)

# Statements of the busiest operations, built once.
_FIND_ACCOUNT: Final = select(ACCOUNT.c.id).where(
    ACCOUNT.c.network == "msn", ACCOUNT.c.name == bindparam("name")
)
_NAMES: Final = (
    select(ACCOUNT.c.name, MSN_PROFILE.c.friendly_name)
    .join(MSN_PROFILE, MSN_PROFILE.c.account_id == ACCOUNT.c.id)
    .where(ACCOUNT.c.id == bindparam("owner"))
)
_BUMP: Final = (
    update(MSN_PROFILE)
    .where(MSN_PROFILE.c.account_id == bindparam("owner"))
    .values(
        list_version=MSN_PROFILE.c.list_version + 1,
        settings_version=MSN_PROFILE.c.settings_version + bindparam("more"),
    )
    .returning(MSN_PROFILE.c.list_version)
)
_MINE: Final = MSN_CONTACT.c.account_id == bindparam("owner")
_HERE: Final = and_(_MINE, MSN_CONTACT.c.handle == bindparam("name"))
_FIND_CONTACT: Final = select(MSN_CONTACT).where(_HERE)
_FIND_GUID: Final = select(MSN_CONTACT).where(
    _MINE, MSN_CONTACT.c.guid == bindparam("name")
)
_GROUPS_OF: Final = (
    select(MSN_MEMBER.c.number)
    .where(
        MSN_MEMBER.c.account_id == bindparam("owner"),
        MSN_MEMBER.c.handle == bindparam("name"),
    )
    .order_by(MSN_MEMBER.c.number)
)
_COUNT: Final = (
    select(func.count())
    .select_from(MSN_CONTACT)
    .where(_MINE, MSN_CONTACT.c.lists.bitwise_and(bindparam("lists")) != 0)
)
_ADD_CONTACT: Final = insert(MSN_CONTACT)
_DROP_CONTACT: Final = delete(MSN_CONTACT).where(_HERE)
_SET_CONTACT: Final = (
    update(MSN_CONTACT)
    .where(_HERE)
    .values(lists=bindparam("new_lists"), friendly_name=bindparam("new_name"))
)


def account_id_of(connection: Connection, handle: str) -> int:
    """Return the id of an MSN account, or raise NoSuchAccount."""
    found = find_account_id(connection, handle)
    if found is None:
        raise NoSuchAccount(f"there is no MSN account {handle!r}")
    return found


def find_account_id(connection: Connection, handle: str) -> int | None:
    """Return the id of an MSN account, or None."""
    found = connection.execute(_FIND_ACCOUNT, {"name": ident("msn", handle)}).scalar()
    return None if found is None else int(found)


def bump(connection: Connection, account_id: int, settings: bool = False) -> int:
    """Count a change; return the new list version."""
    version = connection.execute(
        _BUMP, {"owner": account_id, "more": int(settings)}
    ).scalar_one()
    return int(version)


def contacts(connection: Connection, account_id: int) -> list[MSNContact]:
    """Return everybody on any list, in order of handle.

    Handles and names are interned: many accounts have the same contacts, and a server
    holds the lists of all who are signed on.
    """
    numbers: dict[str, list[int]] = {}
    members = connection.execute(
        select(MSN_MEMBER.c.handle, MSN_MEMBER.c.number)
        .where(MSN_MEMBER.c.account_id == account_id)
        .order_by(MSN_MEMBER.c.number)
    )
    for member, number in members:
        numbers.setdefault(member, []).append(number)
    rows = connection.execute(
        select(MSN_CONTACT)
        .where(MSN_CONTACT.c.account_id == account_id)
        .order_by(MSN_CONTACT.c.handle)
    )
    return [
        MSNContact(
            intern(row.handle),
            row.guid,
            Lists(row.lists),
            intern(row.friendly_name),
            tuple(numbers.get(row.handle, ())),
        )
        for row in rows
    ]


def find_contact(
    connection: Connection, account_id: int, handle_or_guid: str
) -> MSNContact | None:
    """Return one contact, or None."""
    key = {"owner": account_id, "name": ident("msn", handle_or_guid)}
    is_handle = "@" in handle_or_guid or handle_or_guid.lower().startswith("tel:")
    find = _FIND_CONTACT if is_handle else _FIND_GUID
    row = connection.execute(find, key).first()
    if row is None:
        return None
    numbers = connection.execute(
        _GROUPS_OF, {"owner": account_id, "name": row.handle}
    ).scalars()
    return MSNContact(
        row.handle, row.guid, Lists(row.lists), row.friendly_name, tuple(numbers)
    )


def get_contact(
    connection: Connection, account_id: int, handle_or_guid: str
) -> MSNContact:
    """Return one contact, or raise NoSuchContact."""
    contact = find_contact(connection, account_id, handle_or_guid)
    if contact is None:
        raise NoSuchContact(f"{handle_or_guid!r} is no contact")
    return contact


def group_names(connection: Connection, account_id: int) -> dict[int, str]:
    """Return the names of an account's groups by number."""
    rows = connection.execute(
        select(MSN_GROUP.c.number, MSN_GROUP.c.name).where(
            MSN_GROUP.c.account_id == account_id
        )
    )
    return {row.number: row.name for row in rows}


def adders(connection: Connection, handle: str) -> list[tuple[str, str]]:
    """Return (handle, friendly name) of each account that has this one on FL."""
    rows = connection.execute(
        select(ACCOUNT.c.name, MSN_PROFILE.c.friendly_name, MSN_CONTACT.c.lists)
        .join(MSN_CONTACT, MSN_CONTACT.c.account_id == ACCOUNT.c.id)
        .join(MSN_PROFILE, MSN_PROFILE.c.account_id == ACCOUNT.c.id)
        .where(MSN_CONTACT.c.handle == ident("msn", handle))
    )
    return [(name, friendly) for name, friendly, lists in rows if lists & Lists.FL]


def count_contacts(connection: Connection, account_id: int, lists: Lists) -> int:
    """Return how many are on any of these lists of an account."""
    key = {"owner": account_id, "lists": int(lists)}
    return int(connection.execute(_COUNT, key).scalar_one())


def names_of(connection: Connection, account_id: int) -> tuple[str, str]:
    """Return the ident name and the friendly name of an account."""
    row = connection.execute(_NAMES, {"owner": account_id}).one()
    return row.name, row.friendly_name


def store_contact(
    connection: Connection,
    account_id: int,
    before: MSNContact | None,
    handle: str,
    lists: Lists,
    friendly_name: str,
) -> None:
    """Write one contact's row; an empty name leaves the one that is there."""
    if before is None:
        connection.execute(
            _ADD_CONTACT,
            {
                "account_id": account_id,
                "handle": handle,
                "guid": str(uuid.uuid4()),
                "lists": int(lists),
                "friendly_name": friendly_name or handle,
            },
        )
        return
    here: dict[str, object] = {"owner": account_id, "name": handle}
    if not lists:
        connection.execute(_DROP_CONTACT, here)
        return
    here["new_lists"] = int(lists)
    here["new_name"] = friendly_name or before.friendly_name
    connection.execute(_SET_CONTACT, here)
