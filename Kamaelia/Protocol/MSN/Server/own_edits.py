"""What users say about themselves: REA, PRP, SBP for names and telephones; GTC, BLP."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from Kamaelia.Protocol.MSN.Server import presence
from Kamaelia.Protocol.MSN.Server.actions import Actions, Ask
from Kamaelia.Protocol.MSN.Server.faults import fault
from Kamaelia.Protocol.MSN.Server.syncing import SHOWN, own_keys
from Kamaelia.Protocol.MSN.wire.arguments import need_trid
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.contacts import ContactProperty, NameChange
from Kamaelia.Protocol.MSN.wire.encoding import (
    encode_text,
    is_guid,
    is_handle,
    normalise_handle,
)
from Kamaelia.Protocol.MSN.wire.limits import MAX_FRIENDLY_NAME, MAX_PROPERTY
from Kamaelia.Protocol.MSN.wire.properties import (
    HAS_BLOG,
    HAS_MOBILE_DEVICE,
    HAS_PAGER,
    SCREEN_NAME,
    WEB_WATCH,
    Property,
)
from Kamaelia.Protocol.MSN.wire.sync import Setting
from Kamaelia.Protocol.wire.errors import RemoteProtocolError
from Kamaelia.store.errors import BadValue, StoreError

if TYPE_CHECKING:
    from Kamaelia.Protocol.MSN.Server.notification import NotificationSession
    from Kamaelia.Protocol.MSN.Server.state.roster import Roster

__all__ = ["rename", "set_contact_property", "set_privacy", "set_property"]

_NEW = 10  # the first dialect whose replies have no list version
_NAMES: Final[dict[type, int]] = {BadValue: 209}
_VALUES: Final = {
    HAS_PAGER: ("Y", "N"),
    WEB_WATCH: ("0", "1", "2"),
    HAS_BLOG: ("0", "1"),
}
_SET_BY_SERVER: Final = frozenset({HAS_MOBILE_DEVICE})


def rename(session: "NotificationSession", command: Command) -> Actions:
    """Do REA, up to MSNP9: one's own name, or one's name for a contact."""
    request = NameChange.from_request(command)
    if not is_handle(request.handle):
        return [session.error(request.trid, 201)]
    if not _fits(request.name):
        return [session.error(request.trid, 209)]
    if normalise_handle(request.handle) == session.handle:
        if not session.names.take(session.state.clock()):
            return [session.error(request.trid, 800)]
        return [Ask(session, request.trid, partial(_rename_self, session, request))]
    if not session.edits.take(session.state.clock()):
        return [session.error(request.trid, 800)]
    return [Ask(session, request.trid, partial(_rename_contact, session, request))]


def _fits(name: str) -> bool:
    """Return whether a name may be a friendly name."""
    return 0 < len(encode_text(name)) <= MAX_FRIENDLY_NAME


async def _store_name(session: "NotificationSession", name: str) -> int:
    """Commit one's own name; return the list version to tell.

    Raises:
        StoreError: see the store.
    """
    version = await session.state.store.msn.set_friendly_name(session.handle, name)

    def change(roster: "Roster") -> None:
        roster.name = name
        roster.settings_version += 1

    return session.state.rosters.change(session.handle, version, change)


async def _rename_self(session: "NotificationSession", request: NameChange) -> Actions:
    """Commit one's own name, answer, and tell the contacts."""
    try:
        version = await _store_name(session, request.name)
    except BadValue as error:
        return [session.error(request.trid, fault(error, session.dialect, _NAMES))]
    reply = NameChange(request.trid, request.handle, request.name, str(version))
    actions: Actions = [session.say(reply.to_command())]
    return actions + (presence.announce(session) if session.visible else [])


async def _store_contact_name(
    session: "NotificationSession", contact: str, name: str
) -> int:
    """Commit one's name for a contact; return the list version to tell.

    Raises:
        StoreError: see the store.
    """
    store = session.state.store.msn
    version = await store.rename_contact(session.handle, contact, name)

    def change(roster: "Roster") -> None:
        known = roster.find(contact)
        if known is not None:
            roster.put(replace(known, friendly_name=name))

    return session.state.rosters.change(session.handle, version, change)


async def _rename_contact(
    session: "NotificationSession", request: NameChange
) -> Actions:
    """Commit one's name for a contact and answer."""
    handle = normalise_handle(request.handle)
    try:
        version = await _store_contact_name(session, handle, request.name)
    except BadValue as error:
        return [session.error(request.trid, fault(error, session.dialect, _NAMES))]
    reply = NameChange(request.trid, request.handle, request.name, str(version))
    return [session.say(reply.to_command())]


def set_contact_property(session: "NotificationSession", command: Command) -> Actions:
    """Do SBP, MSNP10 to MSNP12: one's name for a contact."""
    request = ContactProperty.from_command(command)
    trid = request.trid
    if request.key != SCREEN_NAME:
        return [session.error(trid, 715)]
    if not is_guid(request.contact_id):
        return [session.error(trid, 403)]
    if not _fits(request.value):
        return [session.error(trid, 209)]
    if not session.edits.take(session.state.clock()):
        return [session.error(trid, 800)]
    return [Ask(session, trid, partial(_set_contact_name, session, request))]


async def _set_contact_name(
    session: "NotificationSession", request: ContactProperty
) -> Actions:
    """Commit one's name for a contact and answer."""
    guid = request.contact_id.strip("{}")
    try:
        await _store_contact_name(session, guid, request.value)
    except BadValue as error:
        return [session.error(request.trid, fault(error, session.dialect, _NAMES))]
    return [session.say(request.to_command())]


def set_property(session: "NotificationSession", command: Command) -> Actions:
    """Do PRP: a telephone number, a setting, or from MSNP10 on one's own name."""
    request, trid = Property.from_command(command), need_trid(command)
    key, value = request.key, request.value
    if key not in own_keys(session.dialect) or key in _SET_BY_SERVER:
        return [session.error(trid, 715)]
    if key == SCREEN_NAME:
        return _set_own_name(session, trid, value)
    if len(encode_text(value)) > MAX_PROPERTY:
        return session.close("PRP with too long a value")
    if key in _VALUES and value not in _VALUES[key]:
        return [session.error(trid, 201)]
    if not session.edits.take(session.state.clock()):
        return [session.error(trid, 800)]
    return [Ask(session, trid, partial(_store_property, session, trid, key, value))]


def _set_own_name(session: "NotificationSession", trid: int, name: str) -> Actions:
    """Do PRP MFN."""
    if not _fits(name):
        return [session.error(trid, 209)]
    if not session.names.take(session.state.clock()):
        return [session.error(trid, 800)]
    return [Ask(session, trid, partial(_store_own_name, session, trid, name))]


async def _store_own_name(
    session: "NotificationSession", trid: int, name: str
) -> Actions:
    """Commit one's own name, answer, and tell the contacts."""
    try:
        await _store_name(session, name)
    except BadValue as error:
        return [session.error(trid, fault(error, session.dialect, _NAMES))]
    reply = Property(SCREEN_NAME, name, trid=trid)
    actions: Actions = [session.say(reply.to_command())]
    return actions + (presence.announce(session) if session.visible else [])


async def _store_property(
    session: "NotificationSession", trid: int, key: str, value: str
) -> Actions:
    """Commit a property, answer, and tell the contacts that may know."""
    state, me = session.state, session.handle
    version = await state.store.msn.set_property(me, key, value or None)

    def change(roster: "Roster") -> None:
        roster.settings_version += 1
        if value:
            roster.properties[key] = value
        else:
            roster.properties.pop(key, None)

    version = state.rosters.change(me, version, change)
    shown = None if session.dialect >= _NEW else str(version)
    actions: Actions = [
        session.say(Property(key, value, version=shown, trid=trid).to_command())
    ]
    if key not in SHOWN:
        return actions
    for handle in session.roster.watchers:
        other = state.online(handle)
        if other is None or other.dialect < 5 or not other.synced:
            continue
        if other is not session and session.roster.allows(handle):
            theirs = str(other.roster.version)
            line = Property(key, value, me, theirs, own=False).to_command()
            actions.append(other.say(line))
    return actions


def set_privacy(session: "NotificationSession", command: Command) -> Actions:
    """Do GTC or BLP."""
    trid = need_trid(command)
    try:
        request = Setting.from_command(command)
    except RemoteProtocolError:
        return session.close(f"{command.name} with a value that there is not")
    if not session.edits.take(session.state.clock()):
        return [session.error(trid, 800)]
    return [Ask(session, trid, partial(_store_privacy, session, trid, request))]


async def _store_privacy(
    session: "NotificationSession", trid: int, request: Setting
) -> Actions:
    """Commit GTC or BLP, answer, and show those whom BLP lets see or not."""
    state, roster = session.state, session.roster
    name, value = request.name, request.value
    before = {handle: roster.allows(handle) for handle in roster.watchers}
    try:
        version = await state.store.msn.set_privacy(
            session.handle,
            blp=value if name == "BLP" else None,
            gtc=value if name == "GTC" else None,
        )
    except StoreError as error:
        return [session.error(trid, fault(error, session.dialect))]

    def change(roster: "Roster") -> None:
        roster.settings_version += 1
        if name == "BLP":
            roster.blp = value
        else:
            roster.gtc = value

    version = state.rosters.change(session.handle, version, change)
    shown = None if session.dialect >= _NEW else str(version)
    actions: Actions = [session.say(Setting(name, value, shown, trid).to_command())]
    for handle, allowed in before.items():
        now = roster.allows(handle)
        if now != allowed:
            actions += presence.show(session, handle, now)
    return actions
