"""Contacts on either network, as an operator's command changes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from Kamaelia.store import aim_rows, msn_contact_rows, msn_list_rows
from Kamaelia.store.aim_rows import BUDDY, GROUP, Edit, FeedbagItem, FeedbagStatus
from Kamaelia.store.errors import (
    ContactExists,
    LimitReached,
    NoSuchContact,
    StoreError,
)
from Kamaelia.store.msn_values import Lists
from Kamaelia.store.names import Network, check_name, ident

NEW_GROUP: Final = "Buddies"
_ORDER_TLV: Final = 0x00C8
_LAST_ID: Final = 0x7FFF


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody on an account's lists, told the same way for both networks."""

    name: str
    lists: tuple[str, ...]  # "FL" ... on MSN; "buddy", "permit", "deny" on AIM
    groups: tuple[str, ...]


def add(connection: Connection, network: Network, owner: str, name: str) -> None:
    """Do what a client's own "add contact" does, on both sides."""
    if network == "aim":
        _add_buddy(connection, owner, check_name("aim", name))
        return
    account_id = msn_contact_rows.account_id_of(connection, owner)
    contact = msn_contact_rows.find_contact(connection, account_id, name)
    lists = Lists.FL
    # A client allows whom it adds, unless its user has decided before.
    if contact is None or not contact.lists & (Lists.AL | Lists.BL):
        lists |= Lists.AL
    msn_list_rows.add(connection, owner, name, lists, "", None)


def remove(connection: Connection, network: Network, owner: str, name: str) -> None:
    """Take somebody off the owner's own lists, on both sides."""
    if network == "aim":
        _remove_buddy(connection, owner, name)
        return
    account_id = msn_contact_rows.account_id_of(connection, owner)
    contact = msn_contact_rows.find_contact(connection, account_id, name)
    if contact is None or Lists.FL not in contact.lists:
        raise NoSuchContact(f"{name!r} is no contact of {owner!r}")
    lists = contact.lists & (Lists.FL | Lists.AL)
    msn_list_rows.remove(connection, owner, name, lists, None)


def list_all(connection: Connection, network: Network, owner: str) -> list[Contact]:
    """Return everybody on any list of the owner's, in order of name."""
    found = (
        _buddies(connection, owner)
        if network == "aim"
        else _msn_contacts(connection, owner)
    )
    return sorted(found, key=lambda contact: (contact.name, contact.lists))


def _buddies(connection: Connection, owner: str) -> Iterable[Contact]:
    """Return buddies and the permit and deny lists."""
    items = aim_rows.feedbag(connection, owner).items
    groups = {i.group_id: i.name for i in items if i.class_id == GROUP}
    kinds = {
        aim_rows.BUDDY: "buddy",
        aim_rows.PERMIT: "permit",
        aim_rows.DENY: "deny",
        aim_rows.IGNORE: "ignore",
    }
    for item in items:
        if item.class_id in kinds:
            inside = item.class_id == BUDDY and item.group_id in groups
            yield Contact(
                item.name,
                (kinds[item.class_id],),
                (groups[item.group_id],) if inside else (),
            )


def _msn_contacts(connection: Connection, owner: str) -> Iterable[Contact]:
    """Return everybody on FL, AL, BL, RL or PL."""
    account_id = msn_contact_rows.account_id_of(connection, owner)
    names = msn_contact_rows.group_names(connection, account_id)
    for contact in msn_contact_rows.contacts(connection, account_id):
        yield Contact(
            contact.handle,
            tuple(str(one.name) for one in Lists if one and one in contact.lists),
            tuple(names[number] for number in contact.groups if number in names),
        )


def _add_buddy(connection: Connection, owner: str, name: str) -> None:
    """Put a buddy into the first group, as clients do, and into its order."""
    items = aim_rows.feedbag(connection, owner).items
    wanted = ident("aim", name)
    if any(i.class_id == BUDDY and ident("aim", i.name) == wanted for i in items):
        raise ContactExists(f"{name!r} is a buddy of {owner!r} already")
    edits: list[tuple[Edit, FeedbagItem]] = []
    used = {i.item_id for i in items} | {i.group_id for i in items}
    group = next((i for i in items if i.class_id == GROUP and i.group_id), None)
    if group is None:
        group = FeedbagItem(_free_id(used), 0, GROUP, NEW_GROUP)
        master = next(
            (i for i in items if i.class_id == GROUP and not i.group_id), None
        )
        master = master or FeedbagItem(0, 0, GROUP)
        edits.append((Edit.PUT, _ordered(master, group.group_id, keep=True)))
        used.add(group.group_id)
    buddy = FeedbagItem(group.group_id, _free_id(used), BUDDY, name)
    edits += [
        (Edit.PUT, _ordered(group, buddy.item_id, keep=True)),
        (Edit.INSERT, buddy),
    ]
    _edit(connection, owner, edits)


def _remove_buddy(connection: Connection, owner: str, name: str) -> None:
    """Take a buddy out of every group and its order."""
    items = aim_rows.feedbag(connection, owner).items
    wanted = ident("aim", name)
    gone = [i for i in items if i.class_id == BUDDY and ident("aim", i.name) == wanted]
    if not gone:
        raise NoSuchContact(f"{name!r} is no buddy of {owner!r}")
    groups = {i.group_id: i for i in items if i.class_id == GROUP}
    edits: list[tuple[Edit, FeedbagItem]] = []
    for buddy in gone:
        edits.append((Edit.DELETE, buddy))
        if group := groups.get(buddy.group_id):
            groups[buddy.group_id] = _ordered(group, buddy.item_id, keep=False)
            edits.append((Edit.UPDATE, groups[buddy.group_id]))
    _edit(connection, owner, edits)


def _edit(
    connection: Connection, owner: str, edits: list[tuple[Edit, FeedbagItem]]
) -> None:
    """Do edits of which none may fail."""
    statuses = aim_rows.edit_feedbag(connection, owner, edits).statuses
    if FeedbagStatus.LIMIT in statuses:
        raise LimitReached(f"the buddy list of {owner!r} is full")
    if any(statuses):
        raise StoreError(f"the buddy list of {owner!r} refuses this change")


def _free_id(used: set[int]) -> int:
    """Return the lowest id that is neither a group's nor an item's."""
    found = next((n for n in range(1, _LAST_ID + 1) if n not in used), None)
    if found is None:
        raise LimitReached("the buddy list has no id left")
    return found


def _ordered(item: FeedbagItem, number: int, *, keep: bool) -> FeedbagItem:
    """Return a group with an id put at the end of its order, or taken out."""
    rest, order, offset = b"", b"", 0
    data = item.attributes
    while offset + 4 <= len(data):
        end = offset + 4 + int.from_bytes(data[offset + 2 : offset + 4], "big")
        if int.from_bytes(data[offset : offset + 2], "big") == _ORDER_TLV:
            order = data[offset + 4 : end]
        else:
            rest += data[offset:end]
        offset = end
    ids = [order[i : i + 2] for i in range(0, len(order) - 1, 2)]
    this = number.to_bytes(2, "big")
    ids = [one for one in ids if one != this] + ([this] if keep else [])
    value = b"".join(ids)
    head = _ORDER_TLV.to_bytes(2, "big") + len(value).to_bytes(2, "big")
    return FeedbagItem(
        item.group_id, item.item_id, item.class_id, item.name, rest + head + value
    )
