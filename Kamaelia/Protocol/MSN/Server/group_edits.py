"""ADG, RMG and REG: the groups of the forward list (MSNP7 and later)."""

from functools import partial
from typing import TYPE_CHECKING, Final

from Kamaelia.Protocol.MSN.Server.actions import Actions, Ask, Send
from Kamaelia.Protocol.MSN.Server.faults import fault
from Kamaelia.Protocol.MSN.Server.list_edits import group_number, tell_reverse
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.encoding import encode_text
from Kamaelia.Protocol.MSN.wire.groups import GroupReply, GroupRequest
from Kamaelia.Protocol.MSN.wire.limits import MAX_GROUP_NAME, MAX_NEW_GROUP_NAME
from Kamaelia.store.errors import BadValue, LimitReached, StoreError
from Kamaelia.store.msn import GroupChange, MSNGroup

if TYPE_CHECKING:
    from Kamaelia.Protocol.MSN.Server.notification import NotificationSession

__all__ = ["add_group", "remove_group", "rename_group"]

_NEW = 10  # the first dialect with GUIDs and without group 0
_SPECIAL: Final[dict[type, int]] = {LimitReached: 223, BadValue: 229}


def _read(session: "NotificationSession", command: Command) -> GroupRequest | Actions:
    """Return the request, or the answer to one that no store is asked about."""
    request = GroupRequest.from_command(command)
    if not session.edits.take(session.state.clock()):
        return [session.error(request.trid, 800)]
    limit = MAX_NEW_GROUP_NAME if request.action == "ADG" else MAX_GROUP_NAME
    if len(encode_text(request.name)) > limit:
        return [session.error(request.trid, 229)]
    if request.action != "RMG" and not request.name:
        return [session.error(request.trid, 201)]
    return request


def _named(session: "NotificationSession", request: GroupRequest) -> int | Actions:
    """Return the number of the group that a request names, or an error."""
    text, new = request.group_id, session.dialect >= _NEW
    number = group_number(session, text)
    if number is None and new:
        # MSN Messenger 7.0 can name the group where its GUID belongs.
        groups = session.roster.groups.values()
        number = next((g.number for g in groups if g.number and g.name == text), None)
    if number is None:
        return [session.error(request.trid, 224)]
    if number == 0 and request.action == "RMG":
        return [session.error(request.trid, 230)]
    return number


def add_group(session: "NotificationSession", command: Command) -> Actions:
    """Do ADG."""
    request = _read(session, command)
    if not isinstance(request, GroupRequest):
        return request
    return [Ask(session, request.trid, partial(_add, session, request))]


async def _add(session: "NotificationSession", request: GroupRequest) -> Actions:
    """Commit a new group and answer."""
    try:
        done = await session.state.store.msn.add_group(session.handle, request.name)
    except StoreError as error:
        return [session.error(request.trid, fault(error, session.dialect, _SPECIAL))]
    return _put(session, request, done)


def rename_group(session: "NotificationSession", command: Command) -> Actions:
    """Do REG."""
    request = _read(session, command)
    if not isinstance(request, GroupRequest):
        return request
    number = _named(session, request)
    if not isinstance(number, int):
        return number
    return [Ask(session, request.trid, partial(_rename, session, request, number))]


async def _rename(
    session: "NotificationSession", request: GroupRequest, number: int
) -> Actions:
    """Commit a group's new name and answer."""
    try:
        done = await session.state.store.msn.rename_group(
            session.handle, number, request.name
        )
    except StoreError as error:
        return [session.error(request.trid, fault(error, session.dialect, _SPECIAL))]
    return _put(session, request, done)


def _put(
    session: "NotificationSession", request: GroupRequest, done: GroupChange
) -> Actions:
    """Take a group over into the roster and answer."""
    group = done.group
    version = session.state.rosters.change(
        session.handle, done.version, lambda roster: roster.put_group(group)
    )
    return [_reply(session, request, version, group)]


def _reply(
    session: "NotificationSession", request: GroupRequest, version: int, group: MSNGroup
) -> Send:
    """Return the answer as the dialect has it."""
    identity = group.guid if session.dialect >= _NEW else str(group.number)
    name = None if request.action == "RMG" else group.name
    reply = GroupReply(request.action, request.trid, str(version), identity, name)
    return session.say(reply.to_command(session.dialect))


def remove_group(session: "NotificationSession", command: Command) -> Actions:
    """Do RMG; up to MSNP9 contacts of this group alone leave the forward list."""
    request = _read(session, command)
    if not isinstance(request, GroupRequest):
        return request
    number = _named(session, request)
    if not isinstance(number, int):
        return number
    return [Ask(session, request.trid, partial(_remove, session, request, number))]


async def _remove(
    session: "NotificationSession", request: GroupRequest, number: int
) -> Actions:
    """Commit a group's end and answer."""
    drop = session.dialect < _NEW
    done = await session.state.store.msn.remove_group(
        session.handle, number, drop_contacts=drop
    )
    version = session.state.rosters.change(
        session.handle, done.version, lambda roster: roster.drop_group(number, drop)
    )
    reply = _reply(session, request, version, done.group)
    return [reply, *tell_reverse(session, done.reverse)]
