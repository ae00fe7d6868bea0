"""What changes in the server's list when a buddy is added or removed. Does no I/O.

Adding inserts the buddy, and his group where it is new, then updates the order that
the group (or the master group, of its groups) states: the server does not do that.

Source: AOL's published OSCAR specification, "Feedbag"; libpurple's order.
"""

from collections.abc import Iterator
from typing import NamedTuple

from Kamaelia.Protocol.AIM.wire.feedbag import FeedbagClass, FeedbagItem
from Kamaelia.Protocol.AIM.wire.foodgroups import FEEDBAG, SNACType
from Kamaelia.Protocol.AIM.wire.screen_name import normalise, same_name

__all__ = ["Items", "Step", "free_ids", "plan_add", "plan_remove"]

Items = dict[tuple[int, int, int], FeedbagItem]

HIGHEST_ID = 0x7FFF


class Step(NamedTuple):
    """One request of an edit.

    Attributes:
        type: insert, update or delete.
        items: in full.
    """

    type: SNACType
    items: tuple[FeedbagItem, ...]


def free_ids(items: Items) -> Iterator[int]:
    """Yield IDs that no item and no group has."""
    taken = {number for group, item, _ in items for number in (group, item)}
    return (number for number in range(1, HIGHEST_ID + 1) if number not in taken)


def _groups(items: Items) -> list[FeedbagItem]:
    return [
        item
        for item in items.values()
        if item.class_id == FeedbagClass.GROUP and item.group_id
    ]


def _buddies(items: Items, name: str) -> list[FeedbagItem]:
    return [
        item
        for item in items.values()
        if item.class_id == FeedbagClass.BUDDY and same_name(item.name, name)
    ]


def plan_add(items: Items, name: str, group_name: str) -> list[Step]:
    """Return the steps that add a buddy; none if he is on the list.

    Args:
        items: the list as it is.
        name: screen name.
        group_name: of the group to put him into, made if it is missing.
    """
    if _buddies(items, name):
        return []
    ids = free_ids(items)
    number = next(ids)
    inserted: list[FeedbagItem] = []
    updated: list[FeedbagItem] = []
    wanted = normalise(group_name)
    group = next((g for g in _groups(items) if normalise(g.name) == wanted), None)
    if group is None:
        group = FeedbagItem(group_name, next(ids), 0, FeedbagClass.GROUP)
        inserted.append(group.with_order([number]))
        master = items.get((0, 0, FeedbagClass.GROUP))
        order = [g.group_id for g in (*_groups(items), group)]
        if master is None:
            empty = FeedbagItem("", 0, 0, FeedbagClass.GROUP)
            inserted.insert(0, empty.with_order(order))
        else:
            updated.append(master.with_order([*master.order, group.group_id]))
    else:
        updated.append(group.with_order([*group.order, number]))
    inserted.append(FeedbagItem(name, group.group_id, number, FeedbagClass.BUDDY))
    steps = [Step(FEEDBAG.INSERT_ITEM, tuple(inserted))]
    if updated:
        steps.append(Step(FEEDBAG.UPDATE_ITEM, tuple(updated)))
    return steps


def plan_remove(items: Items, name: str) -> list[Step]:
    """Return the steps that remove a buddy from every group; none if he is in none.

    Args:
        items: the list as it is.
        name: screen name.
    """
    gone = _buddies(items, name)
    if not gone:
        return []
    numbers = {(item.group_id, item.item_id) for item in gone}
    updated = [
        group.with_order(n for n in group.order if (group.group_id, n) not in numbers)
        for group in _groups(items)
        if any(item.group_id == group.group_id for item in gone)
    ]
    steps = [Step(FEEDBAG.DELETE_ITEM, tuple(gone))]
    if updated:
        steps.append(Step(FEEDBAG.UPDATE_ITEM, tuple(updated)))
    return steps
