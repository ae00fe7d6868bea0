"""Operations on feedbags, the lists of AIM and ICQ that the server keeps."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final, NamedTuple

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy import update as update_rows

from Kamaelia.store.errors import NoSuchAccount
from Kamaelia.store.names import ident, kind_of
from Kamaelia.store.schema import ACCOUNT, FEEDBAG, FEEDBAG_ITEM

NAME_LIMIT: Final = 255  # bytes of an item's name
ATTRIBUTES_LIMIT: Final = 4096  # bytes of one item's attributes
FEEDBAG_LIMIT: Final = 5000  # items of all classes

BUDDY, GROUP, PERMIT, DENY = 0x0000, 0x0001, 0x0002, 0x0003
PD_INFO, IGNORE = 0x0004, 0x000E

# Most clients know AOL's own limits; these are their larger ones.
CLASS_LIMITS: Final[Mapping[int, int]] = {
    BUDDY: 1000,
    GROUP: 61,
    PERMIT: 1000,
    DENY: 1000,
    PD_INFO: 1,
    IGNORE: 1000,
}


# Statements of the busiest operations, built once.
_VERSION: Final = (
    select(FEEDBAG.c.account_id, FEEDBAG.c.time, FEEDBAG.c.count)
    .join(ACCOUNT, ACCOUNT.c.id == FEEDBAG.c.account_id)
    .where(ACCOUNT.c.network == "aim", ACCOUNT.c.name == bindparam("name"))
)
_SET_VERSION: Final = (
    update_rows(FEEDBAG)
    .where(FEEDBAG.c.account_id == bindparam("owner"))
    .values(time=bindparam("time"), count=bindparam("count"))
)
_ITEM: Final = and_(
    FEEDBAG_ITEM.c.account_id == bindparam("owner"),
    FEEDBAG_ITEM.c.group_id == bindparam("group"),
    FEEDBAG_ITEM.c.item_id == bindparam("item"),
    FEEDBAG_ITEM.c.class_id == bindparam("class"),
)
_FIND_ITEM: Final = select(FEEDBAG_ITEM.c.item_id).where(_ITEM)
_DELETE_ITEM: Final = delete(FEEDBAG_ITEM).where(_ITEM)
_ADD_ITEM: Final = insert(FEEDBAG_ITEM)
_SET_ITEM: Final = (
    update_rows(FEEDBAG_ITEM)
    .where(_ITEM)
    .values(
        name=bindparam("new_name"),
        ident=bindparam("new_ident"),
        attributes=bindparam("new_attributes"),
    )
)


@dataclass(frozen=True, slots=True)
class FeedbagItem:
    """One item of a feedbag; group, item and class id together name it.

    `attributes` are the item's TLVs as they stood on the wire, without their
    length. Source: AOL's OSCAR specification, food group 0x13.
    """

    group_id: int
    item_id: int
    class_id: int
    name: str = ""
    attributes: bytes = b""


class Edit(Enum):
    """What to do with an item."""

    INSERT = "insert"  # it must be new
    UPDATE = "update"  # it must exist; name and attributes are replaced
    PUT = "put"  # either
    DELETE = "delete"  # it must exist; name and attributes don't matter


class FeedbagStatus(IntEnum):
    """What became of one edit; the numbers are those of SNAC (13,0E)."""

    OK = 0x0000
    NOT_FOUND = 0x0002
    EXISTS = 0x0003
    BAD_ITEM = 0x000A
    LIMIT = 0x000C


class Feedbag(NamedTuple):
    """A whole feedbag; `time` in seconds since 1970, grows with every change."""

    items: tuple[FeedbagItem, ...]
    time: int


@dataclass(frozen=True, slots=True)
class FeedbagChange:
    """One status for each edit, in order, and the feedbag's new time and count."""

    statuses: tuple[FeedbagStatus, ...]
    time: int
    count: int


def create(connection: Connection, account_id: int, now: int) -> None:
    """Give a new account an empty feedbag."""
    connection.execute(insert(FEEDBAG).values(account_id=account_id, time=now, count=0))


def account_id_of(connection: Connection, name: str) -> int:
    """Return the id of an AIM account, or raise NoSuchAccount."""
    return _version(connection, name)[0]


def _nobody(name: str) -> NoSuchAccount:
    """Return the error for a name that no account has."""
    return NoSuchAccount(f"there is no {kind_of('aim', name)} account {name!r}")


def feedbag_version(connection: Connection, name: str) -> tuple[int, int]:
    """Return time and number of items of a feedbag."""
    return _version(connection, name)[1:]


def _version(connection: Connection, name: str) -> tuple[int, int, int]:
    """Return account id, time and number of items."""
    row = connection.execute(_VERSION, {"name": ident("aim", name)}).first()
    if row is None:
        raise _nobody(name)
    account_id, moment, count = row
    return account_id, moment, count


def feedbag(connection: Connection, name: str) -> Feedbag:
    """Return a feedbag's items in order of their ids, and its time."""
    account_id, moment, _ = _version(connection, name)
    rows = connection.execute(
        select(FEEDBAG_ITEM)
        .where(FEEDBAG_ITEM.c.account_id == account_id)
        .order_by(
            FEEDBAG_ITEM.c.group_id, FEEDBAG_ITEM.c.item_id, FEEDBAG_ITEM.c.class_id
        )
    )
    items = tuple(
        FeedbagItem(
            row.group_id,
            row.item_id,
            row.class_id,
            bytes(row.name).decode("utf-8", "surrogateescape"),
            bytes(row.attributes),
        )
        for row in rows
    )
    return Feedbag(items, moment)


def watchers(connection: Connection, name: str) -> list[str]:
    """Return the ident names of the accounts that have this name as a buddy."""
    rows = connection.execute(
        select(ACCOUNT.c.name)
        .join(FEEDBAG_ITEM, FEEDBAG_ITEM.c.account_id == ACCOUNT.c.id)
        .where(
            FEEDBAG_ITEM.c.class_id == BUDDY, FEEDBAG_ITEM.c.ident == ident("aim", name)
        )
        .distinct()
        .order_by(ACCOUNT.c.name)
    )
    return [row.name for row in rows]


def edit_feedbag(
    connection: Connection,
    name: str,
    edits: Sequence[tuple[Edit, FeedbagItem]],
    limits: Mapping[int, int] = CLASS_LIMITS,
) -> FeedbagChange:
    """Do edits in order; each succeeds or fails by itself."""
    account_id, moment, count = _version(connection, name)
    statuses = []
    room = _Room(connection, account_id, limits, count)
    for edit, item in edits:
        status, more = _edit(connection, account_id, edit, item, room)
        statuses.append(status)
        room.changed(item.class_id, more)
    count = room.count
    if FeedbagStatus.OK in statuses:
        # Two changes within one second must not look like one.
        moment = max(moment + 1, int(time.time()))
        connection.execute(
            _SET_VERSION, {"owner": account_id, "time": moment, "count": count}
        )
    return FeedbagChange(tuple(statuses), moment, count)


def _edit(
    connection: Connection,
    account_id: int,
    edit: Edit,
    item: FeedbagItem,
    room: "_Room",
) -> tuple[FeedbagStatus, int]:
    """Do one edit; return its status and by how much the count grows."""
    ids = (item.group_id, item.item_id, item.class_id)
    if not all(0 <= number <= 0xFFFF for number in ids):
        return FeedbagStatus.BAD_ITEM, 0
    here = dict(
        zip(("owner", "group", "item", "class"), (account_id, *ids), strict=True)
    )
    if edit is Edit.DELETE:
        gone = connection.execute(_DELETE_ITEM, here).rowcount
        return (FeedbagStatus.OK if gone else FeedbagStatus.NOT_FOUND), -gone
    values = _values(item)
    if values is None:
        return FeedbagStatus.BAD_ITEM, 0
    if connection.execute(_FIND_ITEM, here).first() is None:
        if edit is Edit.UPDATE:
            return FeedbagStatus.NOT_FOUND, 0
        if room.is_full(item.class_id):
            return FeedbagStatus.LIMIT, 0
        columns = ("account_id", "group_id", "item_id", "class_id")
        key = dict(zip(columns, (account_id, *ids), strict=True))
        connection.execute(_ADD_ITEM, key | values)
        return FeedbagStatus.OK, 1
    if edit is Edit.INSERT:
        return FeedbagStatus.EXISTS, 0
    changed = {f"new_{column}": value for column, value in values.items()}
    connection.execute(_SET_ITEM, here | changed)
    return FeedbagStatus.OK, 0


class _Room:
    """How much room a feedbag has while it is edited; counts a class at most once.

    Attributes:
        count: items of all classes.
    """

    def __init__(
        self,
        connection: Connection,
        account_id: int,
        limits: Mapping[int, int],
        count: int,
    ) -> None:
        self.count = count
        self._connection = connection
        self._account_id = account_id
        self._limits = limits
        self._of_class: dict[int, int] = {}

    def changed(self, class_id: int, more: int) -> None:
        """Note that a class has so many items more."""
        self.count += more
        if class_id in self._of_class:
            self._of_class[class_id] += more

    def is_full(self, class_id: int) -> bool:
        """Tell whether there is no room in a class."""
        limit = self._limits.get(class_id, FEEDBAG_LIMIT)
        if self.count < limit:  # so nothing need be counted
            return False
        if self.count >= FEEDBAG_LIMIT:
            return True
        if class_id not in self._of_class:
            self._of_class[class_id] = self._counted(class_id)
        return self._of_class[class_id] >= limit

    def _counted(self, class_id: int) -> int:
        return self._connection.execute(
            select(func.count())
            .select_from(FEEDBAG_ITEM)
            .where(
                FEEDBAG_ITEM.c.account_id == self._account_id,
                FEEDBAG_ITEM.c.class_id == class_id,
            )
        ).scalar_one()


def _values(item: FeedbagItem) -> dict[str, object] | None:
    """Return the columns of an item's content; None when it is too large or no text."""
    try:
        name = item.name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return None
    if len(name) > NAME_LIMIT or len(item.attributes) > ATTRIBUTES_LIMIT:
        return None
    return {
        "name": name,
        "ident": ident("aim", item.name),
        "attributes": bytes(item.attributes),
    }
