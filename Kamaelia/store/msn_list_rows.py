"""Operations on MSN's contact lists; both sides of an addition change in one step.

What holds after each operation:

    X is on RL of Y   exactly when Y is on FL of X
    X is on PL of Y   only if X is on RL of Y and on neither AL nor BL
    AL and BL         share nobody
    groups            only of contacts on FL
"""

from sqlalchemy import (
    Connection,
    delete,
    insert,
    select,
)

from Kamaelia.store.errors import (
    BadName,
    BadValue,
    ContactExists,
    LimitReached,
    ListConflict,
    NoSuchContact,
    NoSuchGroup,
    NotInGroup,
)
from Kamaelia.store.msn_contact_rows import (
    account_id_of,
    bump,
    count_contacts,
    find_account_id,
    find_contact,
    get_contact,
    names_of,
    store_contact,
)
from Kamaelia.store.msn_values import (
    CONTACTS_LIMIT,
    FRIENDLY_NAME_LIMIT,
    REVERSE_LIMIT,
    ListChange,
    Lists,
    MSNContact,
    ReverseChange,
    clean_text,
)
from Kamaelia.store.names import check_name, ident
from Kamaelia.store.schema import (
    MSN_GROUP,
    MSN_MEMBER,
)


def add(
    connection: Connection,
    owner: str,
    other: str,
    lists: Lists,
    friendly_name: str,
    group: int | None,
) -> ListChange:
    """Put a contact on lists, or into a group; see `MSN.add_to_list`."""
    account_id = account_id_of(connection, owner)
    target = _target(connection, account_id, other)
    before = find_contact(connection, account_id, target)
    had = before.lists if before else Lists.NONE
    _check_addition(target, lists, had, group, before.groups if before else ())
    if group is not None:
        _check_group(connection, account_id, group)
    name = clean_text("the friendly name", friendly_name, FRIENDLY_NAME_LIMIT)
    now = had | lists
    if lists & (Lists.AL | Lists.BL | Lists.RL):
        now &= ~Lists.PL  # decided
    if before is None or (Lists.FL in lists and Lists.FL not in had):
        _check_room(connection, account_id)
    store_contact(connection, account_id, before, target, now, name)
    if group is not None:
        # Who was in no group was shown in group 0, and stays there.
        also = [0] if group and before and Lists.FL in had and not before.groups else []
        for number in [*also, group]:
            connection.execute(
                insert(MSN_MEMBER).values(
                    account_id=account_id, handle=target, number=number
                )
            )
    reverse: tuple[ReverseChange, ...] = ()
    if Lists.FL in now and Lists.FL not in had:
        reverse = _reverse(connection, account_id, target)
    version = bump(connection, account_id)
    return ListChange(version, get_contact(connection, account_id, target), reverse)


def remove(
    connection: Connection, owner: str, other: str, lists: Lists, group: int | None
) -> ListChange:
    """Take a contact off lists, or out of a group; see `MSN.remove_from_list`."""
    account_id = account_id_of(connection, owner)
    contact = get_contact(connection, account_id, other)
    target = contact.handle
    # PL may have been left behind already by allowing or blocking the contact.
    if lists & ~contact.lists & ~Lists.PL:
        raise NoSuchContact(f"{other!r} is not on that list")
    if lists & Lists.RL:
        raise BadValue("nobody removes others from the reverse list")
    reverse: tuple[ReverseChange, ...] = ()
    members = (MSN_MEMBER.c.account_id == account_id) & (MSN_MEMBER.c.handle == target)
    if group is not None:
        _check_group(connection, account_id, group)
        if group and group not in contact.groups:
            raise NotInGroup(f"{other!r} is not in group {group}")
        connection.execute(
            delete(MSN_MEMBER).where(members, MSN_MEMBER.c.number == group)
        )
    else:
        if Lists.FL in lists:
            connection.execute(delete(MSN_MEMBER).where(members))
            me = names_of(connection, account_id)[0]
            reverse = drop_reverse(connection, target, me)
            # Whoever adds himself was changed by that as well.
            contact = get_contact(connection, account_id, target)
        store_contact(
            connection, account_id, contact, target, contact.lists & ~lists, ""
        )
    version = bump(connection, account_id)
    left = find_contact(connection, account_id, target) or MSNContact(
        target, contact.guid, Lists.NONE, contact.friendly_name, ()
    )
    return ListChange(version, left, reverse)


def add_reverse(
    connection: Connection, account_id: int, adder: str, friendly_name: str
) -> bool:
    """Put somebody on an account's reverse list; return whether it is to decide."""
    before = find_contact(connection, account_id, adder)
    had = before.lists if before else Lists.NONE
    pending = not had & (Lists.AL | Lists.BL)
    now = had | Lists.RL | (Lists.PL if pending else Lists.NONE)
    store_contact(connection, account_id, before, adder, now, friendly_name)
    return pending


def drop_reverse(
    connection: Connection, handle: str, adder: str
) -> tuple[ReverseChange, ...]:
    """Take somebody off a handle's reverse list, if an account has that handle."""
    account_id = find_account_id(connection, handle)
    if account_id is None:
        return ()
    contact = find_contact(connection, account_id, adder)
    if contact is None or Lists.RL not in contact.lists:
        return ()
    left = contact.lists & ~(Lists.RL | Lists.PL)
    store_contact(connection, account_id, contact, adder, left, "")
    return (ReverseChange(handle, bump(connection, account_id), False, False),)


def _reverse(
    connection: Connection, adder_id: int, target: str
) -> tuple[ReverseChange, ...]:
    """Mirror an addition to FL in the other account's reverse list."""
    account_id = find_account_id(connection, target)
    if account_id is None:
        return ()
    reverse_size = count_contacts(connection, account_id, ~Lists.NONE)
    if reverse_size >= REVERSE_LIMIT:
        raise LimitReached(f"too many people have {target!r} as a contact")
    adder, friendly_name = names_of(connection, adder_id)
    pending = add_reverse(connection, account_id, adder, friendly_name)
    return (ReverseChange(target, bump(connection, account_id), True, pending),)


def _target(connection: Connection, account_id: int, other: str) -> str:
    """Return the handle that is meant by a handle, or by a contact's GUID."""
    if "@" not in other and not other.lower().startswith("tel:"):
        return get_contact(connection, account_id, other).handle
    if "@" not in other:
        if not other[4:].lstrip("+").isdecimal() or len(other) > 64:
            raise BadName(f"{other!r} is no telephone number")
        return ident("msn", other)
    handle = ident("msn", check_name("msn", other))
    account_id_of(connection, handle)
    return handle


def _check_addition(
    target: str, lists: Lists, had: Lists, group: int | None, groups: tuple[int, ...]
) -> None:
    """Raise what forbids an addition."""
    if lists & ~(Lists.FL | Lists.AL | Lists.BL | Lists.RL) or not lists:
        raise BadValue("a contact is added to FL, AL, BL, or from PL to RL")
    if Lists.RL in lists and not had & (Lists.RL | Lists.PL):
        raise NoSuchContact(f"{target!r} has not added this account")
    if Lists.AL in had | lists and Lists.BL in had | lists:
        raise ListConflict(f"{target!r} cannot be allowed and blocked at once")
    if group is not None:
        if Lists.FL not in lists:
            raise BadValue("groups exist on the forward list only")
        if group in groups or (Lists.FL in had and not (group or groups)):
            raise ContactExists(f"{target!r} is in group {group} already")
    elif lists & had & ~Lists.RL:
        raise ContactExists(f"{target!r} is on that list already")


def _check_group(connection: Connection, account_id: int, number: int) -> None:
    """Raise NoSuchGroup unless the account has this group."""
    known = connection.execute(
        select(MSN_GROUP.c.number).where(
            MSN_GROUP.c.account_id == account_id, MSN_GROUP.c.number == number
        )
    ).first()
    if known is None:
        raise NoSuchGroup(f"there is no group {number}")


def _check_room(connection: Connection, account_id: int) -> None:
    """Raise LimitReached when an account cannot have another contact of its own."""
    own = Lists.FL | Lists.AL | Lists.BL
    count = count_contacts(connection, account_id, own)
    if count >= CONTACTS_LIMIT:
        raise LimitReached(f"an account has at most {CONTACTS_LIMIT} contacts")
