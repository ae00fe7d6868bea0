"""Family 0x13, FEEDBAG: the list kept on the server, in the store.

A change is committed before it is acknowledged, with one status per item in their
order; what it changes in who sees whom comes after the acknowledgement.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from Kamaelia.Protocol.AIM.Server.bos_session import BOSSession
from Kamaelia.Protocol.AIM.Server.session import Pending
from Kamaelia.Protocol.AIM.Server.state.items import to_store, to_wire
from Kamaelia.Protocol.AIM.Server.state.users import User
from Kamaelia.Protocol.AIM.wire.feedbag import (
    FeedbagAttribute,
    FeedbagClass,
    FeedbagItem,
    FeedbagReply,
    FeedbagStatus,
    FeedbagVersion,
    items_to_bytes,
    read_items,
    statuses_to_bytes,
)
from Kamaelia.Protocol.AIM.wire.feedbag_rights import (
    DEFAULT_LIMITS,
    BuddyAdded,
    FeedbagRights,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import FEEDBAG, OSERVICE
from Kamaelia.Protocol.AIM.wire.screen_name import normalise
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.store.aim import Edit

__all__ = ["HANDLERS"]

_PART_BYTES: Final = 7_000  # very old clients read no more than 8 KB at once
_MOST_ITEMS: Final = 500  # of one request
_EDITS: Final = {
    FEEDBAG.INSERT_ITEM: Edit.PUT,  # AIM inserts again what it imported
    FEEDBAG.UPDATE_ITEM: Edit.PUT,
    FEEDBAG.DELETE_ITEM: Edit.DELETE,
}


def rights(session: BOSSession, snac: SNAC) -> Pending:
    """Tell the limits."""
    body = FeedbagRights.make(DEFAULT_LIMITS).to_bytes()
    session.reply(snac, FEEDBAG.RIGHTS_REPLY, body)
    return None


def query(session: BOSSession, snac: SNAC) -> Pending:
    """Give the whole list, in parts if it is long."""
    session.asked_for_list = True
    user = session.user
    parts = list(_parts(user))
    for number, part in enumerate(parts, 1):
        body = FeedbagReply(tuple(part), user.changed_at & 0xFFFF_FFFF).to_bytes()
        session.reply(snac, FEEDBAG.REPLY, body, more=number < len(parts))
    return None


def _parts(user: User) -> Iterator[list[FeedbagItem]]:
    """Yield the items in parts of some kilobytes; one empty part for an empty list."""
    part: list[FeedbagItem] = []
    size = 0
    for stored in user.items.values():
        item = to_wire(stored)
        length = len(item.to_bytes())
        if part and size + length > _PART_BYTES:
            yield part
            part, size = [], 0
        part.append(item)
        size += length
    yield part


def query_if_modified(session: BOSSession, snac: SNAC) -> Pending:
    """Give the list, unless the client has it already."""
    known, user = FeedbagVersion.from_bytes(snac.body), session.user
    now = FeedbagVersion(user.changed_at & 0xFFFF_FFFF, len(user.items))
    if known != now or not known.count:
        return query(session, snac)
    session.asked_for_list = True
    session.reply(snac, FEEDBAG.REPLY_NOT_MODIFIED, now.to_bytes())
    return None


def use(session: BOSSession, snac: SNAC) -> Pending:
    """Activate the list."""
    session.use_list()
    return None


def nothing(session: BOSSession, snac: SNAC) -> Pending:
    """Take note: each request inside the brackets has effect at once."""
    return None


async def edit(session: BOSSession, snac: SNAC) -> None:
    """Insert, update or delete items."""
    items, user = read_items(snac.body), session.user
    chosen = items[:_MOST_ITEMS]
    async with user.lock:
        statuses = await store_edits(session, _EDITS[snac.type], chosen)
        late = [int(FeedbagStatus.LIMIT)] * (len(items) - len(chosen))
        session.reply(snac, FEEDBAG.STATUS, statuses_to_bytes([*statuses, *late]))
        done = [i for i, s in zip(chosen, statuses, strict=True) if not s]
        await _fetch_icons(session, done)
        apply_edits(session, snac.type, done)


async def store_edits(
    session: BOSSession, how: Edit, items: Sequence[FeedbagItem]
) -> list[int]:
    """Commit edits; return one status each."""
    good = [not _is_self_denial(session.user, item) for item in items]
    edits = [
        (how, to_store(i)) for i, is_good in zip(items, good, strict=True) if is_good
    ]
    change = await session.state.store.aim.edit_feedbag(
        session.user.name, edits, DEFAULT_LIMITS
    )
    session.user.changed_at = change.time
    results = iter(change.statuses)
    bad = int(FeedbagStatus.BAD_ITEM)
    return [int(next(results)) if is_good else bad for is_good in good]


def _is_self_denial(user: User, item: FeedbagItem) -> bool:
    return item.class_id == FeedbagClass.DENY and normalise(item.name) == user.name


def apply_edits(
    session: BOSSession, kind: tuple[int, int], items: Sequence[FeedbagItem]
) -> None:
    """Let committed edits have their effect: on presence, other sessions, the icon."""
    user, known = session.user, session.user.listed
    icon = user.icon
    with session.state.presence.change(user):
        for item in items:
            if kind == FEEDBAG.DELETE_ITEM:
                user.items.pop(item.key, None)
            else:
                user.items[item.key] = to_store(item)
    if items:
        body = items_to_bytes(items)
        for instance in user.live:
            if instance is not session.instance:
                instance.notify(kind, body)
    if any(_is_icon(item) for item in items):
        _icon_changed(session, changed=user.icon != icon)
    _tell_added(session, user.listed - known)


async def _fetch_icons(session: BOSSession, items: Sequence[FeedbagItem]) -> None:
    """Get the icon that a list names into memory, if the store has it."""
    for item in [item for item in items if _is_icon(item)][-1:]:
        value = item.attributes.get(FeedbagAttribute.BART) or b""
        if value[2:]:
            await session.state.art.fetch(value[2 : 2 + value[1]])


def _is_icon(item: FeedbagItem) -> bool:
    return item.class_id == FeedbagClass.BART and item.name == "1"


def _icon_changed(session: BOSSession, *, changed: bool) -> None:
    """Ask for an icon the server hasn't got; tell the others of the new one."""
    user, state = session.user, session.state
    if not user.icon:
        return
    session.tell_of_icon()
    own = state.presence.own_blocks(user, session.instance)
    session.notify(OSERVICE.USER_INFO_UPDATE, own)
    if changed and session.has_icon() and session.instance.live:
        state.presence.update(user)


def _tell_added(session: BOSSession, names: frozenset[str]) -> None:
    """Tell ICQ users that somebody has added them."""
    for name in names:
        other = session.state.users.find(name)
        if (
            other is not None
            and other.is_icq
            and session.state.presence.reaches(session.user, other)
        ):
            body = BuddyAdded(session.user.display).to_bytes()
            for instance in other.live:
                instance.notify(FEEDBAG.BUDDY_ADDED, body)


HANDLERS: Final = {
    FEEDBAG.RIGHTS_QUERY: rights,
    FEEDBAG.QUERY: query,
    FEEDBAG.QUERY_IF_MODIFIED: query_if_modified,
    FEEDBAG.USE: use,
    FEEDBAG.INSERT_ITEM: edit,
    FEEDBAG.UPDATE_ITEM: edit,
    FEEDBAG.DELETE_ITEM: edit,
    FEEDBAG.START_CLUSTER: nothing,
    FEEDBAG.END_CLUSTER: nothing,
}
