"""ADD, ADC and REM: changes of contact lists, and what others see of them.

A change is committed before it is acknowledged. Then the other side's reverse list is
told, if that user is signed on, and whoever is blocked or let in sees it at once.
"""

from functools import partial
from typing import TYPE_CHECKING

from Kamaelia.Protocol.MSN.Server import presence
from Kamaelia.Protocol.MSN.Server.actions import Actions, Ask
from Kamaelia.Protocol.MSN.Server.faults import fault
from Kamaelia.Protocol.MSN.Server.syncing import contact_details, contact_properties
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.contacts import ContactChange
from Kamaelia.Protocol.MSN.wire.encoding import (
    encode_text,
    is_guid,
    is_handle,
    is_number,
    normalise_handle,
)
from Kamaelia.Protocol.MSN.wire.limits import MAX_FRIENDLY_NAME
from Kamaelia.Protocol.MSN.wire.lists import (
    ALLOW_LIST,
    BLOCK_LIST,
    FORWARD_LIST,
    PENDING_LIST,
    REVERSE_LIST,
)
from Kamaelia.store.errors import LimitReached, NoSuchContact
from Kamaelia.store.msn import ListChange, Lists, MSNContact, ReverseChange

if TYPE_CHECKING:
    from Kamaelia.Protocol.MSN.Server.notification import NotificationSession

__all__ = ["add", "group_number", "remove", "tell_reverse"]

_NEW = 10  # the first dialect with GUIDs
_GROUPS = 7  # the first with groups
_TELEPHONES = 11  # the first with contacts that are telephones


def _refused(session: "NotificationSession", change: ContactChange) -> Actions | None:
    """Return the answer to a change that no store is asked about, else None."""
    bit, trid, dialect = change.list_bit, change.trid, session.dialect
    pending = bit == PENDING_LIST and (change.adds or dialect < _NEW)
    reverse = bit == REVERSE_LIST and (not change.adds or dialect < _NEW)
    if pending or reverse:
        return session.close("a change of a list that is not the client's")
    if not session.edits.take(session.state.clock()):
        return [session.error(trid, 800)]
    telephone = change.handle.startswith("tel:") and dialect < _TELEPHONES
    if telephone or (change.handle and not is_handle(change.handle)):
        return [session.error(trid, 201)]
    identified = change.contact_id is not None and not change.handle
    if identified and not is_guid(change.contact_id or ""):
        return [session.error(trid, 403)]
    if len(encode_text(change.name or "")) > MAX_FRIENDLY_NAME:
        return [session.error(trid, 209)]
    if change.group is not None and (bit != FORWARD_LIST or dialect < _GROUPS):
        return [session.error(trid, 201)]
    return None


def group_number(session: "NotificationSession", text: str) -> int | None:
    """Return the number of a group that the client names; None: there is none."""
    if session.dialect >= _NEW:
        group = session.roster.find_group(text)
        return group.number if group and group.number else None
    number = int(text) if is_number(text) else -1
    return number if number in session.roster.groups else None


def add(session: "NotificationSession", command: Command) -> Actions:
    """Do ADD or ADC."""
    change = ContactChange.from_request(command, session.dialect)
    refused = _refused(session, change)
    if refused is not None:
        return refused
    number = None
    if change.group is not None:
        number = group_number(session, change.group)
        if number is None:
            return [session.error(change.trid, 224)]
    return [Ask(session, change.trid, partial(_add, session, change, number))]


async def _add(
    session: "NotificationSession", change: ContactChange, number: int | None
) -> Actions:
    """Commit an addition and answer it."""
    store, roster = session.state.store.msn, session.roster
    other = normalise_handle(change.handle) or (change.contact_id or "").strip("{}")
    known = roster.find(other)
    was_allowed = roster.allows(known.handle if known else other)
    had = known.lists if known else Lists.NONE
    try:
        done = await store.add_to_list(
            session.handle,
            other,
            Lists(change.list_bit),
            friendly_name=change.name or "",
            group=number,
        )
    except NoSuchContact as error:
        special: dict[type, int] = {NoSuchContact: 208}
        return [session.error(change.trid, fault(error, session.dialect, special))]
    except LimitReached as error:
        return [session.error(change.trid, fault(error, session.dialect))]
    contact, version = _take_over(session, done)
    forward = change.list_bit == FORWARD_LIST
    handle = contact.handle if change.handle or not forward else ""
    name = change.name
    if name is None and forward and handle:
        name = contact.friendly_name
    reply = ContactChange(
        True,
        change.trid,
        change.list_bit,
        handle,
        name,
        _shown_id(change, contact),
        change.group,
        str(version),
    )
    told = tell_reverse(session, done.reverse)  # before anything else is awaited
    actions: Actions = [session.say(_named(session, reply, contact))]
    if change.list_bit == FORWARD_LIST and not had & Lists.FL:
        actions += await _introduce(session, contact, change.trid)
    actions += _let_see(session, contact.handle, was_allowed)
    return actions + told


def _shown_id(change: ContactChange, contact: MSNContact) -> str | None:
    """Return the GUID that the reply names: on the forward list only."""
    return contact.guid if change.list_bit == FORWARD_LIST else None


def _named(
    session: "NotificationSession", reply: ContactChange, contact: MSNContact
) -> Command:
    """Return a reply; with the contact's name where the dialect wants one."""
    if session.dialect >= _NEW or reply.name is not None:
        return reply.to_reply(session.dialect)
    named = ContactChange(
        True,
        reply.trid,
        reply.list_bit,
        reply.handle,
        contact.friendly_name,
        None,
        reply.group,
        reply.version,
    )
    return named.to_reply(session.dialect)


async def _introduce(
    session: "NotificationSession", contact: MSNContact, trid: int
) -> Actions:
    """Return what is known of a contact that the client has just added."""
    actions: Actions = []
    if session.dialect >= 5:
        handle = contact.handle
        _, properties = (await contact_details(session, [handle]))[handle]
        lines = list(contact_properties(session, handle, properties))
        if lines:
            actions.append(session.say(*lines))
    other = session.state.online(contact.handle)
    if other is not None and session.status and other.visible_to(session.handle):
        actions += presence.initial(session, other, trid)
    return actions


def _let_see(session: "NotificationSession", handle: str, before: bool) -> Actions:
    """Return what somebody sees who was allowed `before`, and now is or isn't."""
    now = session.roster.allows(handle)
    return presence.show(session, handle, now) if now != before else []


def _take_over(
    session: "NotificationSession", done: ListChange
) -> tuple[MSNContact, int]:
    """Put a committed change into the account's roster; return the version to tell."""
    contact = done.contact
    version = session.state.rosters.change(
        session.handle, done.version, lambda roster: roster.put(contact)
    )
    return contact, version


def remove(session: "NotificationSession", command: Command) -> Actions:
    """Do REM."""
    change = ContactChange.from_request(command, session.dialect)
    refused = _refused(session, change)
    if refused is not None:
        return refused
    number = None
    if change.group is not None:
        number = group_number(session, change.group)
        if number is None:
            return [session.error(change.trid, 224)]
    return [Ask(session, change.trid, partial(_remove, session, change, number))]


async def _remove(
    session: "NotificationSession", change: ContactChange, number: int | None
) -> Actions:
    """Commit a removal and answer it."""
    roster = session.roster
    other = normalise_handle(change.handle) or (change.contact_id or "").strip("{}")
    known = roster.find(other)
    was_allowed = roster.allows(known.handle) if known else True
    done = await session.state.store.msn.remove_from_list(
        session.handle, other, Lists(change.list_bit), group=number
    )
    contact, version = _take_over(session, done)
    reply = ContactChange(
        False,
        change.trid,
        change.list_bit,
        contact.handle,
        None,
        change.contact_id,
        change.group,
        str(version),
    )
    actions: Actions = [session.say(reply.to_reply(session.dialect))]
    if change.list_bit in (ALLOW_LIST, BLOCK_LIST):
        actions += _let_see(session, contact.handle, was_allowed)
    return actions + tell_reverse(session, done.reverse)


def tell_reverse(
    session: "NotificationSession", changes: tuple[ReverseChange, ...]
) -> Actions:
    """Tell those who were added or removed, if they are signed on."""
    me, state = session.roster, session.state
    actions: Actions = []
    for change in changes:
        version = state.rosters.change(
            change.handle,
            change.version,
            lambda roster, change=change: roster.reverse(me.handle, me.name, change),  # type: ignore[misc]
        )
        other = state.online(change.handle)
        if other is None or not other.synced:
            continue
        line = ContactChange(
            change.added,
            0,
            REVERSE_LIST,
            me.handle,
            me.name if change.added else None,
            version=str(version),
        )
        actions.append(other.say(line.to_reply(other.dialect)))
    return actions
