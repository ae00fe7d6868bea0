"""Family 0x01, OSERVICE: versions, rates, own info, status, other services."""

import logging
from typing import Final

from Kamaelia.Protocol.AIM.Server.bos_session import BOSSession
from Kamaelia.Protocol.AIM.Server.service_session import SERVICES
from Kamaelia.Protocol.AIM.Server.session import (
    CODE_NO_SERVICE,
    CODE_UNAVAILABLE,
    Pending,
    Session,
)
from Kamaelia.Protocol.AIM.Server.state.cookies import Ticket
from Kamaelia.Protocol.AIM.wire.foodgroups import CHAT, OSERVICE
from Kamaelia.Protocol.AIM.wire.oservice import (
    ClientOnline,
    FamilyVersion,
    ServiceRequest,
    ServiceResponse,
    Versions,
)
from Kamaelia.Protocol.AIM.wire.own_info import (
    IdleNotification,
    MessageOfTheDay,
    PrivacyFlags,
    SetUserInfo,
)
from Kamaelia.Protocol.AIM.wire.snac import SNAC

__all__ = ["BOS_HANDLERS", "HANDLERS"]

logger = logging.getLogger(__name__)

_OLDEST_LONG: Final = 2  # version of family 1 from which rate classes have 35 bytes


def versions(session: Session, snac: SNAC) -> Pending:
    """Settle on the client's versions, then give the message of the day."""
    spoken = Versions.from_bytes(snac.body)
    version = spoken.of(OSERVICE.FAMILY)
    session.rates.long = version >= _OLDEST_LONG
    if isinstance(session, BOSSession):
        session.instance.oservice = version
    known = [pair for pair in spoken.pairs if pair.family in session.families]
    if not known:
        known = [FamilyVersion(family, 1) for family in session.families]
    body = Versions(tuple(known)).to_bytes()
    session.reply(snac, OSERVICE.HOST_VERSIONS, body)
    motd = MessageOfTheDay(text=session.state.motd)
    session.notify(OSERVICE.MOTD, motd.to_bytes())
    return None


def rate_parameters(session: Session, snac: SNAC) -> Pending:
    """Tell the rate classes."""
    body = session.rates.parameters(session.families).to_bytes()
    session.reply(snac, OSERVICE.RATE_PARAMS_REPLY, body)
    return None


def nothing(session: Session, snac: SNAC) -> Pending:
    """Take note; no answer is expected."""
    return None


def client_online(session: Session, snac: SNAC) -> Pending:
    """Go live."""
    ClientOnline.from_bytes(snac.body)
    return session.become_ready()


def own_info(session: Session, snac: SNAC) -> Pending:
    """Tell users about themselves."""
    user, presence = session.user, session.state.presence
    if isinstance(session, BOSSession):
        body = presence.own_blocks(user, session.instance)
    else:
        body = presence.info(user).to_bytes()
    session.reply(snac, OSERVICE.USER_INFO_UPDATE, body)
    return None


def service(session: BOSSession, snac: SNAC) -> Pending:
    """Send the client to another connection, here as well."""
    request, state = ServiceRequest.from_bytes(snac.body), session.state
    if request.family not in SERVICES:
        session.refuse(snac, CODE_NO_SERVICE)
        return None
    room = None
    if request.family == CHAT.FAMILY:
        room = request.room()
        if room is None or state.rooms.find(room) is None:
            session.refuse(snac, CODE_UNAVAILABLE)
            return None
    identity = session.ticket.identity
    ticket = Ticket(session.user.name, request.family, identity, room=room)
    response = ServiceResponse(
        request.family, state.address(session.link), state.cookies.give(ticket)
    )
    session.reply(snac, OSERVICE.SERVICE_RESPONSE, response.to_bytes())
    return None


def idle(session: BOSSession, snac: SNAC) -> Pending:
    """Note since when the user is idle, or is back."""
    seconds = IdleNotification.from_bytes(snac.body).seconds
    moment = session.state.clock() - seconds
    was_idle = session.instance.idle_since is not None
    session.instance.idle_since = moment if seconds else None
    if session.instance.live and (seconds or was_idle):
        session.state.presence.update(session.user)
    return None


def privacy_flags(session: BOSSession, snac: SNAC) -> Pending:
    """Note whether others may see for how long the user is idle."""
    session.instance.privacy_flags = PrivacyFlags.from_bytes(snac.body).flags
    if session.instance.live:
        session.state.presence.update(session.user)
    return None


def set_info(session: BOSSession, snac: SNAC) -> Pending:
    """Set status, available message, direct info; answer with the own info."""
    request, instance = SetUserInfo.from_bytes(snac.body), session.instance
    barts, direct = request.barts(), request.direct()
    presence = session.state.presence
    was_visible = session.user.visible
    with presence.change(session.user, lists=False):
        if request.status is not None:
            instance.status = request.status & 0xFFFF_FFFF
        if request.tlvs.has(0x1D):
            changed = {bart.type for bart in barts}
            kept = [bart for bart in instance.barts if bart.type not in changed]
            instance.barts = (*kept, *(bart for bart in barts if bart.data))[:8]
        if direct is not None:
            instance.direct = direct
    body = presence.own_blocks(session.user, instance)
    session.reply(snac, OSERVICE.USER_INFO_UPDATE, body)
    if was_visible and session.user.visible and instance.live:
        presence.update(session.user)
    return None


HANDLERS: Final = {
    OSERVICE.CLIENT_ONLINE: client_online,
    OSERVICE.RATE_PARAMS_QUERY: rate_parameters,
    OSERVICE.RATE_PARAMS_SUB_ADD: nothing,
    OSERVICE.RATE_PARAMS_SUB_DEL: nothing,
    OSERVICE.PAUSE_ACK: nothing,
    OSERVICE.USER_INFO_QUERY: own_info,
    OSERVICE.NOOP: nothing,
    OSERVICE.CLIENT_VERSIONS: versions,
    OSERVICE.PROBE_ACK: nothing,
}
BOS_HANDLERS: Final = {
    OSERVICE.SERVICE_REQUEST: service,
    OSERVICE.IDLE_NOTIFICATION: idle,
    OSERVICE.SET_PRIVACY_FLAGS: privacy_flags,
    OSERVICE.SET_USERINFO_FIELDS: set_info,
}
