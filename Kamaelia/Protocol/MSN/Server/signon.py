"""Signing on to the notification server: VER, CVR, INF, USR, and what follows USR OK.

Up to MSNP7 the client answers with MD5 of a salt and its password, from MSNP8 on it
brings a ticket of the Passport server. Nothing tells a wrong password from an account
that isn't there.
"""

from typing import TYPE_CHECKING

from Kamaelia.Protocol.MSN.Server.actions import Actions, Ask, Send
from Kamaelia.Protocol.MSN.Server.stage import Stage
from Kamaelia.Protocol.MSN.wire.arguments import need_trid
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.encoding import is_handle, normalise_handle
from Kamaelia.Protocol.MSN.wire.notices import build_profile
from Kamaelia.Protocol.MSN.wire.passport import ticket_token
from Kamaelia.Protocol.MSN.wire.signon import (
    CVR0,
    ClientVersion,
    Packages,
    SignedOn,
    SignOnRequest,
    SignOnStep,
    Versions,
)
from Kamaelia.Protocol.MSN.wire.switchboard import Incoming
from Kamaelia.Protocol.wire.errors import RemoteProtocolError
from Kamaelia.store.errors import AccountSuspended, NoSuchAccount, StoreError

if TYPE_CHECKING:
    from Kamaelia.Protocol.MSN.Server.notification import NotificationSession

__all__ = ["answer_version", "handle", "sign_on_again", "version_again"]

FIRST_TWN = 8  # the dialect that replaced MD5 with Passport tickets


def handle(session: "NotificationSession", command: Command) -> Actions:
    """Answer a command of a client that has not signed on."""
    name, stage = command.name, session.stage
    if name == "VER" and stage is Stage.NEW:
        return _choose_dialect(session, command)
    if name == "VER":
        return version_again(session, command)
    if name in ("CVR", "CVQ") and stage is not Stage.NEW:
        return answer_version(session, command)
    if stage is Stage.ONLY_CVR:
        return session.refuse(command.trid, 715, "a client that may only ask CVR")
    if stage is Stage.VERSIONED:
        if name == "INF":
            return _answer_packages(session, command)
        if name == "USR":
            return continue_sign_on(session, command)
    return [session.error(command.trid, 302)]


def _choose_dialect(session: "NotificationSession", command: Command) -> Actions:
    """Answer VER with the highest dialect that both speak."""
    answer = Versions.from_command(command).choose(session.state.settings.dialects)
    said = session.say(answer.to_command())
    if answer.dialect is not None:
        session.dialect = answer.dialect
        session.stage = Stage.VERSIONED
        return [said]
    if CVR0 in answer.names:
        session.stage = Stage.ONLY_CVR
        return [said]
    return [said, *session.close("no dialect in common")]


def version_again(session: "NotificationSession", command: Command) -> Actions:
    """Answer a second VER, or INF after the sign-on: 715, and the end."""
    return session.refuse(command.trid, 715, "VER or INF at the wrong time")


def answer_version(session: "NotificationSession", command: Command) -> Actions:
    """Answer CVR: the version that the client has is the one to have."""
    try:
        version = ClientVersion.from_command(command)
    except RemoteProtocolError:
        return session.refuse(command.trid, 731, "a malformed CVR")
    session.log("client", program=version.library, version=version.version)
    return [session.say(version.reply(session.state.settings.url))]


def _answer_packages(session: "NotificationSession", command: Command) -> Actions:
    """Answer INF: MD5, up to MSNP7."""
    if session.dialect >= FIRST_TWN:
        return session.close("INF in a dialect that has none")
    return [session.say(Packages(need_trid(command)).to_command())]


def sign_on_again(session: "NotificationSession", command: Command) -> Actions:
    """Answer USR of a client that has signed on: 207."""
    return [session.error(command.trid, 207)]


def continue_sign_on(session: "NotificationSession", command: Command) -> Actions:
    """Answer USR: with a challenge first, with OK when the proof is right."""
    request = SignOnRequest.from_command(command)
    trid = request.trid
    wanted = "TWN" if session.dialect >= FIRST_TWN else "MD5"
    if request.package != wanted:
        return session.refuse(trid, 911, "another sign-on package")
    if request.stage == "I":
        return _begin(session, request)
    if request.stage != "S":
        return [session.error(trid, 201)]
    if not session.handle:
        return session.refuse(trid, 911, "USR S before USR I")
    return _overrun(session, trid) or [
        Ask(session, trid, lambda: _finish(session, request))
    ]


def _overrun(session: "NotificationSession", trid: int) -> Actions:
    """Return the refusal of a client whose address has failed too often, if it has."""
    state = session.state
    if state.addresses.may_try(
        session.connection.peer[0], session.handle, state.clock()
    ):
        return []
    state.metrics.sign_ons.labels("too many tries").inc()
    return session.refuse(trid, 910, "too many failed sign-ons")


def _begin(session: "NotificationSession", request: SignOnRequest) -> Actions:
    """Answer USR I with what the proof is to be made of."""
    if not is_handle(request.value):
        return session.refuse(request.trid, 911, "not an account name")
    session.handle = normalise_handle(request.value)
    state = session.state
    if request.package == "MD5":
        if "msn-md5" not in state.store.accounts.schemes:
            session.log("MD5 sign-ons are not enabled", hint="scheme msn-md5")
        value = state.store.accounts.msn_salt(session.handle)
    else:
        value = f"ct={int(state.wall_clock())},rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1"
    return [session.say(SignOnStep(request.trid, request.package, value).to_command())]


async def _finish(session: "NotificationSession", request: SignOnRequest) -> Actions:
    """Check the proof, read the account's lists, and let the client in."""
    state, trid = session.state, request.trid
    try:
        right = await _is_right(session, request)
        if overrun := _overrun(session, trid):
            return overrun
        if not right:
            return _refuse_proof(session, trid)
        roster = await state.rosters.load(session.handle)
    except AccountSuspended:
        state.metrics.sign_ons.labels("suspended").inc()
        return session.refuse(trid, 927, "the account is suspended")
    except NoSuchAccount:
        return _refuse_proof(session, trid)
    except StoreError as error:
        session.log("sign-on failed", why=str(error))
        return session.refuse(trid, 500, "the store failed")
    if session.closed:
        if session.handle not in state.sessions:
            state.rosters.release(session.handle)
        return []
    session.roster_or_none = roster
    return _let_in(session, trid)


async def _is_right(session: "NotificationSession", request: SignOnRequest) -> bool:
    """Return whether a digest or a ticket is right.

    Raises:
        AccountSuspended, StoreError: see the store.
    """
    state = session.state
    if request.package == "MD5":
        found = await state.store.accounts.check_msn(session.handle, request.value)
        return found is not None
    owner = state.tickets.redeem(ticket_token(request.value), state.clock())
    return owner == session.handle


def _refuse_proof(session: "NotificationSession", trid: int) -> Actions:
    """Answer a proof that is wrong: 911, and the end."""
    state = session.state
    state.metrics.sign_ons.labels("wrong").inc()
    state.addresses.failed(session.connection.peer[0], session.handle, state.clock())
    return session.refuse(trid, 911, "a wrong password or ticket")


def _let_in(session: "NotificationSession", trid: int) -> Actions:
    """Answer USR OK, after which an older session of the account has to go."""
    state, roster = session.state, session.roster
    actions: Actions = []
    older = state.sessions.get(session.handle)
    if older is not None:
        actions += older.evict()
    state.sessions[session.handle] = session
    session.stage = Stage.SIGNED_ON
    session.deadline = state.clock()
    if older is not None and older.visible:
        session.taken_over = True
    if session.dialect >= 11:
        session.message = roster.message.encode()
    state.metrics.sign_ons.labels("ok").inc()
    state.metrics.sessions.set(len(state.sessions))
    session.log("signed on", dialect=session.dialect)
    commands = [
        SignedOn(trid, session.handle, roster.name, True, False).to_command(
            session.dialect
        )
    ]
    if session.dialect >= 11:
        commands.append(Command("SBS", 0, ("null",)))
    if session.dialect >= 3:
        commands.append(_profile(session))
    send: Send = session.say(*commands)
    return [*actions, send]


def _profile(session: "NotificationSession") -> Command:
    """Return the message about the user that follows USR OK from MSNP3 on."""
    number = int(session.roster.guid.replace("-", "")[:16], 16)
    profile = build_profile(
        session.handle,
        int(session.state.wall_clock()),
        session.dialect,
        member_id=(number >> 32, number & 0xFFFFFFFF),
        client=session.connection.peer,
    )
    payload = profile.to_message().to_bytes()
    return Incoming("Hotmail", "Hotmail", payload).to_command()
