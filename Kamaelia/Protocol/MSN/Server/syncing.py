"""SYN and the burst after it, for each dialect; LST and LSG when asked for.

    2-4    GTC BLP                  LST FL, AL, BL, RL, line by line
    5-6    GTC BLP PRP              LST FL with BPR; AL, BL, RL
    7      GTC BLP PRP LSG          likewise, with groups
    8-12   GTC BLP PRP LSG          LST once for each contact, with BPR

Versions of MSNP2 to 9 are the store's numbers; those of MSNP10 and later are opaque
to clients, and are the same numbers as times.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

from Kamaelia.Protocol.MSN.Server.actions import Actions, Ask, Send
from Kamaelia.Protocol.MSN.wire.arguments import expect, need_trid
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.groups import GroupEntry
from Kamaelia.Protocol.MSN.wire.lists import (
    ALLOW_LIST,
    BLOCK_LIST,
    FORWARD_LIST,
    PENDING_LIST,
    REVERSE_LIST,
    parse_list,
)
from Kamaelia.Protocol.MSN.wire.properties import (
    HAS_BLOG,
    HAS_MOBILE_DEVICE,
    HAS_PAGER,
    HOME_PHONE,
    MOBILE_PHONE,
    SCREEN_NAME,
    WEB_WATCH,
    WORK_PHONE,
    Property,
)
from Kamaelia.Protocol.MSN.wire.sync import (
    ListEntry,
    Setting,
    SyncReply,
    SyncRequest,
)
from Kamaelia.store.msn import MSNContact

if TYPE_CHECKING:
    from Kamaelia.Protocol.MSN.Server.notification import NotificationSession

__all__ = [
    "SHOWN",
    "answer_groups",
    "answer_list",
    "contact_details",
    "contact_properties",
    "groups_of",
    "own_keys",
    "stamp",
    "synchronise",
]

SHOWN: Final = (HOME_PHONE, WORK_PHONE, MOBILE_PHONE, HAS_PAGER)
"""Properties of a user that contacts see."""

_START: Final = datetime(2000, 1, 1)
_ONE_LIST_A_LINE: Final = 7  # the last dialect whose LST is about one list
_NEW: Final = 10  # the first with GUIDs and the pending list
_both: Final = int.__and__  # IntFlag's own is many times slower

Details = dict[str, tuple[str | None, dict[str, str]]]
"""Friendly name and visible properties by handle."""


def stamp(version: int) -> str:
    """Return a version as MSNP10 and later have it: a time."""
    when = _START + timedelta(seconds=version)
    return f"{when.isoformat()}.0000000-07:00"


def own_keys(dialect: int) -> tuple[str, ...]:
    """Return the keys of PRP that a dialect has, in the order of the burst."""
    keys = (*SHOWN, HAS_MOBILE_DEVICE) if dialect >= 5 else ()
    if dialect >= 9:
        keys = (*keys, WEB_WATCH)
    if dialect >= _NEW:
        keys = (SCREEN_NAME, *keys)
    if dialect >= 11:
        keys = (*keys, HAS_BLOG)
    return keys


def synchronise(session: "NotificationSession", command: Command) -> Actions:
    """Do SYN: say that the client's lists are current, or send all of them."""
    request = SyncRequest.from_command(command)
    roster, dialect = session.roster, session.dialect
    if not session.syncs.take(session.state.clock()):
        return [session.error(request.trid, 800)]
    session.synced = True
    version, settings = str(roster.version), None
    if dialect >= _NEW:
        version, settings = stamp(roster.version), stamp(roster.settings_version)
    same = request.version == version
    if dialect >= _NEW:
        same = same and request.settings_version == settings
    if same:
        reply = SyncReply(request.trid, version, settings)
        return [session.say(reply.to_command(dialect))]
    return [Ask(session, request.trid, lambda: _burst(session, request.trid))]


async def _burst(session: "NotificationSession", trid: int) -> Actions:
    """Return SYN and everything after it."""
    roster, dialect = session.roster, session.dialect
    watched = roster.watched if dialect >= 5 else ()
    details = await contact_details(session, watched)
    version, settings = str(roster.version), None
    if dialect >= _NEW:
        version, settings = stamp(roster.version), stamp(roster.settings_version)
    groups = _groups(session)
    contacts = [c for _, c in sorted(roster.contacts.items()) if _mask(c, dialect)]
    reply = SyncReply(trid, version, settings, len(contacts), len(groups))
    commands, entries = [reply.to_command(dialect)], b""
    if dialect <= _ONE_LIST_A_LINE:
        commands += _settings(session, trid, version)
        commands += _group_lines(session, trid)
        for bit in (FORWARD_LIST, ALLOW_LIST, BLOCK_LIST, REVERSE_LIST):
            commands += _list_lines(session, trid, bit, details)
    else:
        commands += _settings(session, None, None)
        commands += [group.to_command(dialect) for group in groups]
        lines = (_contact_lines(session, contact, details) for contact in contacts)
        entries = b"".join(chain.from_iterable(lines))
    return [Send(session, session.say(*commands).data + entries)]


def _settings(
    session: "NotificationSession", trid: int | None, version: str | None
) -> Iterator[Command]:
    """Yield GTC, BLP and PRP."""
    roster, dialect = session.roster, session.dialect
    yield Setting("GTC", roster.gtc, version, trid).to_command()
    yield Setting("BLP", roster.blp, version, trid).to_command()
    values = {HAS_PAGER: "N", HAS_MOBILE_DEVICE: "N"} if dialect <= 7 else {}
    values |= {HAS_MOBILE_DEVICE: "N"} if dialect >= _NEW else {}
    values |= roster.properties | {SCREEN_NAME: roster.name}
    for key in own_keys(dialect):
        value = values.get(key, "")
        if value or (dialect <= _ONE_LIST_A_LINE and key != WEB_WATCH):
            yield Property(key, value, "", version, trid).to_command()


def _groups(session: "NotificationSession") -> list[GroupEntry]:
    """Return the groups as the dialect names them."""
    groups = [group for _, group in sorted(session.roster.groups.items())]
    if session.dialect >= _NEW:
        return [GroupEntry(g.guid, g.name) for g in groups if g.number != 0]
    return [GroupEntry(str(g.number), g.name) for g in groups]


def _group_lines(session: "NotificationSession", trid: int) -> Iterator[Command]:
    """Yield the LSG lines of MSNP7; older dialects have no groups."""
    if session.dialect != 7:
        return
    groups, version = _groups(session), str(session.roster.version)
    for index, group in enumerate(groups, 1):
        entry = GroupEntry(
            group.group_id, group.name, version, index, len(groups), trid
        )
        yield entry.to_command(session.dialect)


def groups_of(session: "NotificationSession", contact: MSNContact) -> tuple[str, ...]:
    """Return the groups of a contact on FL, as the dialect names them."""
    if not _both(contact.lists, FORWARD_LIST):
        return ()
    if session.dialect < _NEW:
        return tuple(map(str, contact.groups)) or ("0",)
    groups = session.roster.groups
    return tuple(groups[n].guid for n in contact.groups if n and n in groups)


def _list_lines(
    session: "NotificationSession", trid: int, bit: int, details: Details
) -> Iterator[Command]:
    """Yield the LST lines of one list, MSNP2 to MSNP7; BPR after those of FL."""
    roster, version = session.roster, str(session.roster.version)
    contacts = sorted(roster.contacts.items())
    found = [c for _, c in contacts if _both(c.lists, bit)]
    if not found:
        yield ListEntry("", lists=bit, version=version, trid=trid).to_command(
            session.dialect
        )
    for index, contact in enumerate(found, 1):
        name, properties = details.get(contact.handle, (None, {}))
        entry = ListEntry(
            contact.handle,
            _name(contact, name),
            bit,
            groups_of(session, contact),
            version=version,
            index=index,
            total=len(found),
            trid=trid,
        )
        yield entry.to_command(session.dialect)
        if bit == FORWARD_LIST and contact.handle in details:
            yield from contact_properties(session, contact.handle, properties)


def _mask(contact: MSNContact, dialect: int) -> int:
    """Return the lists of a contact as a dialect knows them.

    From MSNP10 on who waits for a decision is on PL instead of RL; older clients
    know no PL.
    """
    mask = int(contact.lists)
    if dialect < _NEW:
        return mask & ~PENDING_LIST
    return mask & ~REVERSE_LIST if mask & PENDING_LIST else mask


def _name(contact: MSNContact, current: str | None) -> str:
    """Return what to call a contact: what the owner does, or else its own name."""
    own = contact.friendly_name
    return current if current and own.lower() == contact.handle else own


def _contact_lines(
    session: "NotificationSession", contact: MSNContact, details: Details
) -> Iterator[bytes]:
    """Yield LST, and BPR for what is set, MSNP8 to MSNP12."""
    handle, dialect = contact.handle, session.dialect
    name, properties = details.get(handle, (None, {}))
    name, mask = _name(contact, name), _mask(contact, dialect)
    groups = groups_of(session, contact)
    if dialect < _NEW:
        yield _entry(handle, name, mask, groups, dialect)
    else:
        entry = ListEntry(handle, name, mask, groups, contact.guid, 1)
        yield entry.to_command(dialect).to_bytes()
    for key in SHOWN if properties else ():
        if value := properties.get(key):
            yield Property(key, value, own=False).to_command().to_bytes()


@lru_cache(4096)
def _entry(
    handle: str, name: str, mask: int, groups: tuple[str, ...], dialect: int
) -> bytes:
    """Return LST of MSNP8 and 9: it is the same on the lists of many users."""
    return ListEntry(handle, name, mask, groups).to_command(dialect).to_bytes()


async def contact_details(
    session: "NotificationSession", handles: Iterable[str]
) -> Details:
    """Return contacts' own names and the properties that the user may see.

    Of who is signed on from memory, of all others from the store at once.
    """
    state, me = session.state, session.handle
    details: Details = {}
    absent: list[str] = []
    for handle in handles:
        online = state.rosters.get(handle)
        details[handle] = None, {}
        if online is None:
            absent.append(handle)
        elif online.allows(me):
            details[handle] = online.name, _shown(online.properties)
    if absent:
        details |= await state.store.msn.seen(me, absent, SHOWN)
    return details


def _shown(properties: dict[str, str]) -> dict[str, str]:
    """Return the properties that contacts see."""
    return properties and {
        key: value for key, value in properties.items() if key in SHOWN
    }


def contact_properties(
    session: "NotificationSession", handle: str, properties: dict[str, str]
) -> Iterator[Command]:
    """Yield BPR with version and handle; up to MSNP9 also for what is not set."""
    for key in SHOWN:
        value = properties.get(key, "N" if key == HAS_PAGER else "")
        if key in properties or session.dialect < _NEW:
            version = str(session.roster.version)
            yield Property(key, value, handle, version, own=False).to_command()


def answer_list(session: "NotificationSession", command: Command) -> Actions:
    """Answer LST, up to MSNP7: one list."""
    trid, bit = need_trid(command), parse_list(expect(command, 1, "LST")[0])
    if bit == PENDING_LIST:
        return [session.error(trid, 201)]
    if not session.syncs.take(session.state.clock()):
        return [session.error(trid, 800)]
    return [session.say(*_list_lines(session, trid, bit, {}))]


def answer_groups(session: "NotificationSession", command: Command) -> Actions:
    """Answer LSG, MSNP7: the groups."""
    return [session.say(*_group_lines(session, need_trid(command)))]
