"""Operations on MSN's tables: profiles, groups, and the look-ups lists need."""

import uuid

from sqlalchemy import Connection, delete, insert, select, update

from Kamaelia.store import msn_list_rows
from Kamaelia.store.errors import (
    BadValue,
    GroupExists,
    LimitReached,
    NoSuchGroup,
    Unchanged,
)
from Kamaelia.store.msn_contact_rows import (
    account_id_of,
    adders,
    bump,
    contacts,
    get_contact,
)
from Kamaelia.store.msn_values import (
    FRIENDLY_NAME_LIMIT,
    GROUP_NAME_LIMIT,
    GROUPS_LIMIT,
    MESSAGE_LIMIT,
    PROPERTIES_LIMIT,
    PROPERTY_LIMIT,
    GroupChange,
    Lists,
    MSNGroup,
    MSNProfile,
    ReverseChange,
    clean_text,
)
from Kamaelia.store.schema import (
    ACCOUNT,
    MSN_CONTACT,
    MSN_GROUP,
    MSN_MEMBER,
    MSN_PROFILE,
    MSN_PROPERTY,
)


def create(connection: Connection, account_id: int, handle: str, display: str) -> None:
    """Give a new account its profile, group 0 and the reverse list it is due."""
    connection.execute(
        insert(MSN_PROFILE).values(
            account_id=account_id,
            guid=str(uuid.uuid4()),
            friendly_name=display,
            list_version=1,
            settings_version=1,
            blp="AL",
            gtc="A",
            message="",
        )
    )
    connection.execute(
        insert(MSN_GROUP).values(
            account_id=account_id,
            number=0,
            guid=str(uuid.uuid4()),
            name="Other Contacts",
        )
    )
    # Who kept a removed account as a contact has the new one as a contact.
    for adder, name in adders(connection, handle):
        msn_list_rows.add_reverse(connection, account_id, adder, name)


def forget(connection: Connection, account_id: int, handle: str) -> None:
    """Take an account that is about to be removed off others' reverse lists."""
    for contact in contacts(connection, account_id):
        if Lists.FL in contact.lists:
            msn_list_rows.drop_reverse(connection, contact.handle, handle)


def profile(connection: Connection, handle: str) -> MSNProfile:
    """Return an account's own settings."""
    account_id = account_id_of(connection, handle)
    row = connection.execute(
        select(MSN_PROFILE, ACCOUNT.c.display)
        .join(ACCOUNT, ACCOUNT.c.id == MSN_PROFILE.c.account_id)
        .where(MSN_PROFILE.c.account_id == account_id)
    ).one()
    properties = connection.execute(
        select(MSN_PROPERTY.c.key, MSN_PROPERTY.c.value)
        .where(MSN_PROPERTY.c.account_id == account_id)
        .order_by(MSN_PROPERTY.c.key)
    )
    return MSNProfile(
        row.display,
        row.guid,
        row.friendly_name,
        row.list_version,
        row.settings_version,
        row.blp,
        row.gtc,
        row.message,
        {row.key: row.value for row in properties},
        account_id,
    )


def groups(connection: Connection, account_id: int) -> list[MSNGroup]:
    """Return an account's groups, ascending."""
    rows = connection.execute(
        select(MSN_GROUP)
        .where(MSN_GROUP.c.account_id == account_id)
        .order_by(MSN_GROUP.c.number)
    )
    return [MSNGroup(row.number, row.guid, row.name) for row in rows]


def set_friendly_name(connection: Connection, handle: str, name: str) -> int:
    """Change the name that others see."""
    name = clean_text("the friendly name", name, FRIENDLY_NAME_LIMIT)
    account_id = account_id_of(connection, handle)
    _set_profile(connection, account_id, friendly_name=name)
    return bump(connection, account_id, settings=True)


def set_message(connection: Connection, handle: str, message: str) -> None:
    """Change the personal message; it belongs to no version."""
    message = clean_text("the personal message", message, MESSAGE_LIMIT)
    _set_profile(connection, account_id_of(connection, handle), message=message)


def set_privacy(
    connection: Connection, handle: str, blp: str | None, gtc: str | None
) -> int:
    """Change BLP or GTC or both; raise Unchanged when nothing would change."""
    if blp not in {None, "AL", "BL"} or gtc not in {None, "A", "N"}:
        raise BadValue("BLP is AL or BL, GTC is A or N")
    account_id = account_id_of(connection, handle)
    now = connection.execute(
        select(MSN_PROFILE.c.blp, MSN_PROFILE.c.gtc).where(
            MSN_PROFILE.c.account_id == account_id
        )
    ).one()
    wanted = (blp or now.blp, gtc or now.gtc)
    if wanted == (now.blp, now.gtc):
        raise Unchanged(f"BLP is {now.blp} and GTC is {now.gtc} already")
    _set_profile(connection, account_id, blp=wanted[0], gtc=wanted[1])
    return bump(connection, account_id, settings=True)


def set_property(connection: Connection, handle: str, key: str, value: str) -> int:
    """Set a property such as PHH, or unset it with an empty value."""
    key = clean_text("the property's name", key, 16)
    value = clean_text(f"the property {key}", value, PROPERTY_LIMIT)
    account_id = account_id_of(connection, handle)
    mine = MSN_PROPERTY.c.account_id == account_id
    connection.execute(delete(MSN_PROPERTY).where(mine, MSN_PROPERTY.c.key == key))
    if value:
        known = connection.execute(select(MSN_PROPERTY.c.key).where(mine)).all()
        if len(known) >= PROPERTIES_LIMIT:
            raise LimitReached(f"an account has at most {PROPERTIES_LIMIT} properties")
        connection.execute(
            insert(MSN_PROPERTY).values(account_id=account_id, key=key, value=value)
        )
    return bump(connection, account_id, settings=True)


def add_group(connection: Connection, handle: str, name: str) -> GroupChange:
    """Make a group with the lowest free number from 1 on."""
    account_id = account_id_of(connection, handle)
    known = groups(connection, account_id)
    name = _new_group_name(name, known)
    if len(known) >= GROUPS_LIMIT:
        raise LimitReached(f"an account has at most {GROUPS_LIMIT} groups")
    taken = {group.number for group in known}
    number = next(n for n in range(1, GROUPS_LIMIT + 1) if n not in taken)
    group = MSNGroup(number, str(uuid.uuid4()), name)
    connection.execute(
        insert(MSN_GROUP).values(
            account_id=account_id, number=number, guid=group.guid, name=name
        )
    )
    return GroupChange(bump(connection, account_id), group)


def rename_group(
    connection: Connection, handle: str, number: int, name: str
) -> GroupChange:
    """Give a group another name."""
    account_id = account_id_of(connection, handle)
    group = _group(connection, account_id, number)
    others = [g for g in groups(connection, account_id) if g.number != number]
    name = _new_group_name(name, others)
    connection.execute(
        update(MSN_GROUP)
        .where(MSN_GROUP.c.account_id == account_id, MSN_GROUP.c.number == number)
        .values(name=name)
    )
    changed = MSNGroup(number, group.guid, name)
    return GroupChange(bump(connection, account_id), changed)


def remove_group(
    connection: Connection, handle: str, number: int, drop_contacts: bool
) -> GroupChange:
    """Remove a group, and if asked the contacts that are in no other from FL."""
    account_id = account_id_of(connection, handle)
    group = _group(connection, account_id, number)
    if number == 0:
        raise BadValue("group 0 always exists")
    reverse: list[ReverseChange] = []
    for contact in contacts(connection, account_id):
        if drop_contacts and contact.groups == (number,):
            reverse += msn_list_rows.remove(
                connection, handle, contact.handle, Lists.FL, None
            ).reverse
    connection.execute(
        delete(MSN_MEMBER).where(
            MSN_MEMBER.c.account_id == account_id, MSN_MEMBER.c.number == number
        )
    )
    connection.execute(
        delete(MSN_GROUP).where(
            MSN_GROUP.c.account_id == account_id, MSN_GROUP.c.number == number
        )
    )
    return GroupChange(bump(connection, account_id), group, tuple(reverse))


def rename_contact(connection: Connection, handle: str, other: str, name: str) -> int:
    """Change the name an account has for a contact."""
    name = clean_text("the friendly name", name, FRIENDLY_NAME_LIMIT)
    account_id = account_id_of(connection, handle)
    contact = get_contact(connection, account_id, other)
    connection.execute(
        update(MSN_CONTACT)
        .where(
            MSN_CONTACT.c.account_id == account_id,
            MSN_CONTACT.c.handle == contact.handle,
        )
        .values(friendly_name=name)
    )
    return bump(connection, account_id)


def _set_profile(connection: Connection, account_id: int, **values: str) -> None:
    """Change columns of a profile."""
    connection.execute(
        update(MSN_PROFILE)
        .where(MSN_PROFILE.c.account_id == account_id)
        .values(**values)
    )


def _group(connection: Connection, account_id: int, number: int) -> MSNGroup:
    """Return a group, or raise NoSuchGroup."""
    for group in groups(connection, account_id):
        if group.number == number:
            return group
    raise NoSuchGroup(f"there is no group {number}")


def _new_group_name(name: str, others: list[MSNGroup]) -> str:
    """Return a name that a group may have."""
    name = clean_text("the group's name", name, GROUP_NAME_LIMIT)
    if any(group.name == name for group in others):
        raise GroupExists(f"there is a group {name!r} already")
    return name
