"""Who sees whom: CHG, UUX, and the ILN, NLN, FLN and UBX that follow from them.

Whatever a user changes goes to those who have the user on their forward list, are
signed on and are let see it. Each line is made once for each dialect, and nobody else
is looked at: the cost does not grow with the number of sessions.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from Kamaelia.Protocol.MSN.Server import challenges
from Kamaelia.Protocol.MSN.Server.actions import Actions, Ask, Send
from Kamaelia.Protocol.MSN.wire.arguments import need_trid
from Kamaelia.Protocol.MSN.wire.capabilities import ClientId
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.limits import MAX_PERSONAL_MESSAGE, MAX_UUX
from Kamaelia.Protocol.MSN.wire.msnobject import MAX_TEXT
from Kamaelia.Protocol.MSN.wire.personal_message import PersonalMessage
from Kamaelia.Protocol.MSN.wire.presence import Presence, StatusChange
from Kamaelia.Protocol.MSN.wire.status import SETTABLE, STATUS_OFFLINE
from Kamaelia.Protocol.wire.errors import ProtocolError
from Kamaelia.store.errors import BadValue

if TYPE_CHECKING:
    from Kamaelia.Protocol.MSN.Server.notification import NotificationSession

__all__ = [
    "announce",
    "announce_offline",
    "change_message",
    "change_status",
    "initial",
    "show",
]

MESSAGES = 11  # the first dialect with personal messages
_SMALL: Final = 512  # characters of a picture's MSNObject; most have fewer


def change_status(session: "NotificationSession", command: Command) -> Actions:
    """Do CHG: the echo; contacts' states, the first time; and the news for others."""
    change = StatusChange.from_command(command)
    if change.status not in SETTABLE or len(change.picture or "") > MAX_TEXT:
        return [session.error(change.trid, 201)]
    if not session.changes.take(session.state.clock()):
        return [session.error(change.trid, 800)]
    first, was_visible = not session.status, session.visible or session.taken_over
    session.taken_over = False
    session.status = change.status
    session.client = change.client or ClientId()
    session.picture = change.picture if session.dialect >= 9 else None
    actions: Actions = [session.say(_echo(change, command, session.dialect))]
    if first:
        actions += _initial_states(session, change.trid)
        actions += challenges.first(session)
    if session.visible:
        actions += announce(session)
        if session.message and not was_visible:
            actions += _announce_message(session)
    elif was_visible:
        actions += _send_offline(session)
    return actions


def _echo(change: StatusChange, command: Command, dialect: int) -> Command:
    """Return CHG as the client sent it, as far as its dialect goes."""
    most = 1 if dialect < 8 else 2 if dialect == 8 else 3
    args = [change.status, *command.args[1:most]]
    if dialect >= 8 and len(args) == 1:
        args.append(str(ClientId()))
    return Command("CHG", change.trid, tuple(args))


def _here(session: "NotificationSession", dialect: int) -> bytes:
    """Return NLN about a user, as a dialect has it."""
    name, handle = session.roster.name, session.handle
    status, client, picture = session.status, session.client, session.picture
    line = _line if len(picture or "") <= _SMALL else _line.__wrapped__
    return line(dialect, status, handle, name, client, picture)


@lru_cache(2048)
def _line(
    dialect: int,
    status: str,
    handle: str,
    name: str,
    client: ClientId | None,
    picture: str | None,
) -> bytes:
    """Make NLN: whoever watches the user is told the same, now and on coming later."""
    presence = Presence(status, handle, name, client, picture)
    return presence.to_command(dialect).to_bytes()


def _message(session: "NotificationSession") -> bytes:
    """Return UBX with the user's personal message."""
    return Command("UBX", None, (session.handle,), session.message).to_bytes()


def initial(
    session: "NotificationSession", other: "NotificationSession", trid: int
) -> Actions:
    """Return ILN, and UBX, about a contact that the user may see."""
    return [Send(session, _lines(session, other, trid))]


def _lines(
    session: "NotificationSession", other: "NotificationSession", trid: int
) -> bytes:
    """Return ILN, which is NLN with a transaction id, and UBX, about a contact."""
    line = _here(other, session.dialect)
    data = b"ILN %d%b" % (trid, line.removeprefix(b"NLN"))
    if session.dialect >= MESSAGES and other.message:
        data += _message(other)
    return data


def _initial_states(session: "NotificationSession", trid: int) -> Actions:
    """Return the states of all contacts that the user may see."""
    lines: list[bytes] = []
    sessions, me = session.state.sessions, session.handle
    for handle in sorted(session.roster.watched):
        other = sessions.get(handle)
        if other is not None and other is not session and other.visible_to(me):
            lines.append(_lines(session, other, trid))
    return [Send(session, b"".join(lines))] if lines else []


def _watchers(session: "NotificationSession") -> "Iterator[NotificationSession]":
    """Yield those who have the user on FL, receive presence and are allowed to see."""
    sessions, roster = session.state.sessions, session.roster
    for handle in roster.watchers:
        other = sessions.get(handle)
        if other is None or other is session or not other.status:
            continue
        if roster.allows(handle):
            yield other


def announce(session: "NotificationSession") -> Actions:
    """Return NLN for everybody who may see it: new status, name or picture."""
    return [Send(other, _here(session, other.dialect)) for other in _watchers(session)]


def _send_offline(session: "NotificationSession") -> Actions:
    """Return FLN for everybody who could see the user."""
    line = Presence(STATUS_OFFLINE, session.handle).to_command(2).to_bytes()
    return [Send(other, line) for other in _watchers(session)]


def announce_offline(session: "NotificationSession") -> Actions:
    """Return FLN for those who have seen the user, which has gone."""
    seen = session.visible or session.taken_over
    return _send_offline(session) if seen else []


def show(session: "NotificationSession", viewer: str, allowed: bool) -> Actions:
    """Return what somebody sees who was just allowed, or is not allowed any more."""
    other = session.state.sessions.get(viewer)
    if other is None or not other.status or not session.visible:
        return []
    if not session.roster.is_watched_by(viewer):
        return []
    if not allowed:
        presence = Presence(STATUS_OFFLINE, session.handle)
        return [Send(other, presence.to_command(other.dialect).to_bytes())]
    data = _here(session, other.dialect)
    if other.dialect >= MESSAGES and session.message:
        data += _message(session)
    return [Send(other, data)]


def change_message(session: "NotificationSession", command: Command) -> Actions:
    """Do UUX: a new personal message. What cannot be read leaves the old one."""
    trid, payload = need_trid(command), command.payload or b""
    if len(payload) > MAX_UUX:
        return session.close("UUX with too many bytes")
    if not session.changes.take(session.state.clock()):
        return [session.error(trid, 800)]
    actions: Actions = [session.say(Command("UUX", trid, (), b""))]
    try:
        message = _cut(payload)
    except ProtocolError as error:
        session.log("unreadable personal message", why=type(error).__name__)
        return actions
    if message == session.message:
        return actions
    session.message = message
    if session.visible:
        actions += _announce_message(session)
    actions.append(Ask(session, None, lambda: _store_message(session, message)))
    return actions


def _cut(payload: bytes) -> bytes:
    """Return a personal message in our words, its text no longer than allowed.

    Raises:
        ProtocolError: it cannot be read.
    """
    message = PersonalMessage.from_payload(payload)
    if not message.text and message.media is None:
        return b""
    text = message.text[:MAX_PERSONAL_MESSAGE]
    return PersonalMessage(text, message.media).to_payload()


async def _store_message(session: "NotificationSession", message: bytes) -> Actions:
    """Keep a personal message for the next sign-on; one too long to keep is not."""
    session.roster.message = message.decode()
    try:
        await session.state.store.msn.set_message(session.handle, message.decode())
    except BadValue as error:
        session.log("personal message not kept", why=str(error))
    return []


def _announce_message(session: "NotificationSession") -> Actions:
    """Return UBX for those who may see it."""
    line = _message(session)
    return [
        Send(other, line) for other in _watchers(session) if other.dialect >= MESSAGES
    ]
