"""Family 0x04, ICBM: messages from one user to another."""

import logging
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Final

from Kamaelia.Protocol.AIM.Server import mailbox
from Kamaelia.Protocol.AIM.Server.bos_session import BOSSession
from Kamaelia.Protocol.AIM.Server.session import (
    CODE_BLOCKED,
    CODE_OFFLINE,
    Pending,
)
from Kamaelia.Protocol.AIM.Server.state.instances import Instance, notice
from Kamaelia.Protocol.AIM.Server.state.link import Delivery, FLAPMessage
from Kamaelia.Protocol.AIM.Server.state.users import User
from Kamaelia.Protocol.AIM.wire.feedbag_prefs import BuddyPref
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA
from Kamaelia.Protocol.AIM.wire.foodgroups import ICBM
from Kamaelia.Protocol.AIM.wire.icbm import (
    CHANNEL_RENDEZVOUS,
    TLV_DATA,
    HostAck,
    MessageToHost,
)
from Kamaelia.Protocol.AIM.wire.icbm_control import (
    SUBCODE_NO_OFFLINE,
    ClientError,
    ClientEvent,
    ICBMFlag,
    ICBMParameters,
    MissedCall,
)
from Kamaelia.Protocol.AIM.wire.rendezvous import (
    TLV_VERIFIED,
    Rendezvous,
    RendezvousKind,
)
from Kamaelia.Protocol.AIM.wire.screen_name import normalise
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock

__all__ = ["HANDLERS"]

logger = logging.getLogger(__name__)

_OVERHEAD: Final = 1_024  # bytes of envelope, features and the like
_CHANNELS: Final = 5
_ADDRESSES: Final = (0x02, 0x03, 0x05)  # where to connect to; a chat needs no address

# What the sender is told when the recipient's parameters refuse a message.
_TOO_LARGE, _SENDER_EVIL, _RECEIVER_EVIL = 1, 3, 4
_CODES: Final = {_TOO_LARGE: 0x0B, _SENDER_EVIL: 0x11, _RECEIVER_EVIL: 0x12}


def parameters(session: BOSSession, snac: SNAC) -> Pending:
    """Tell the limits."""
    shown = ICBMParameters(_CHANNELS, max_length=session.state.limits.message_bytes)
    session.reply(snac, ICBM.PARAMETER_REPLY, shown.to_bytes())
    return None


def set_parameters(session: BOSSession, snac: SNAC) -> Pending:
    """Note what the client takes; what it says of channel 1 holds for all."""
    wanted = ICBMParameters.from_bytes(snac.body)
    if wanted.channel in (0, 1):
        session.instance.parameters = wanted
    return None


def reset_parameters(session: BOSSession, snac: SNAC) -> Pending:
    """Go back to the defaults."""
    session.instance.parameters = ICBMParameters(flags=ICBMFlag.MESSAGES)
    return None


def message(session: BOSSession, snac: SNAC) -> Pending:
    """Pass a message on, keep it, or say why not."""
    sent, sender = MessageToHost.from_bytes(snac.body), session.user
    if len(snac.body) > session.state.limits.message_bytes + _OVERHEAD:
        return _fail(session, snac, _CODES[_TOO_LARGE])
    if sent.channel == CHANNEL_RENDEZVOUS:
        sent = _checked_rendezvous(sent, session.link.ends.peer)
    to = normalise(sent.recipient)
    if to != sender.name and sender.blocks(to):
        return _fail(session, snac, CODE_BLOCKED)
    recipient = session.state.users.find(to)
    if recipient is None or not recipient.live:
        if sent.wants_store and mailbox.can_keep(sent):
            return mailbox.keep(session, snac, sent)
        return _fail(session, snac, CODE_OFFLINE)
    if recipient is not sender and recipient.blocks(sender.name):
        subcode = SUBCODE_NO_OFFLINE if sent.wants_store else None
        return _fail(session, snac, CODE_OFFLINE, subcode)
    receipt = _Receipt(session, snac, sent)
    if sender.name in recipient.privacy.ignore:
        receipt.settle(True)
        return None
    refused = _deliver(session, sent, recipient, len(snac.body), receipt)
    if refused is not None:
        return _fail(session, snac, _CODES[refused])
    return None


class _Receipt:
    """Tells the sender of a message what became of it, once.

    Attributes:
        sessions: of the recipient, on their way to which the message is.
    """

    __slots__ = ("_sent", "_session", "_settled", "_snac", "sessions")

    def __init__(self, session: BOSSession, snac: SNAC, sent: MessageToHost) -> None:
        self._session = session
        self._snac = snac
        self._sent = sent
        self._settled = False
        self.sessions = 0

    def settle(self, taken: bool) -> None:
        """Note what became of the message on its way to one session."""
        self.sessions -= 1
        if self._settled or (not taken and self.sessions > 0):
            return
        self._settled = True
        if not taken:
            _fail(self._session, self._snac, CODE_OFFLINE)
            return
        self._session.state.metrics.messages.labels("delivered").inc()
        if self._sent.wants_ack:
            ack = HostAck(self._sent.cookie, self._sent.channel, self._sent.recipient)
            self._session.reply(self._snac, ICBM.HOST_ACK, ack.to_bytes())


def _fail(
    session: BOSSession, snac: SNAC, code: int, subcode: int | None = None
) -> Pending:
    session.state.metrics.messages.labels("refused").inc()
    session.refuse(snac, code, subcode)
    return None


def _deliver(
    session: BOSSession,
    sent: MessageToHost,
    recipient: User,
    length: int,
    receipt: _Receipt,
) -> int | None:
    """Send to the sessions that take it; return why not if none does."""
    sender, presence = session.user, session.state.presence
    info = presence.brief(sender)
    wants_events = bool(session.instance.parameters.flags & ICBMFlag.EVENTS)
    events = wants_events or sender.prefers(BuddyPref.SHOW_TYPING, default=False)
    body = sent.relayed(info, wants_events=events).to_bytes()
    frame = notice(ICBM.CHANNEL_MSG_TO_CLIENT, body)
    own_warning = presence.warning(recipient)
    reasons: list[int] = []
    willing: list[Instance] = []
    for instance in recipient.recipients():
        reason = _objection(instance, length, info.warning, own_warning)
        if reason is None:
            willing.append(instance)
        else:
            reasons.append(reason)
            missed = MissedCall(sent.channel, info, 1, reason)
            if instance.parameters.flags & ICBMFlag.MISSED_CALLS:
                instance.notify(ICBM.MISSED_CALLS, missed.to_bytes())
    if not willing:
        return reasons[0]
    session.state.warnings.note_message(recipient.name, sender.name)
    receipt.sessions = len(willing)
    for instance in willing:
        instance.link.deliver(Delivery(frame, receipt.settle))
    return None


def _objection(
    instance: Instance, length: int, warning: int, own_warning: int
) -> int | None:
    """Return why a client doesn't take a message, by its own parameters."""
    wanted = instance.parameters
    if wanted.max_length and length > wanted.max_length + _OVERHEAD:
        return _TOO_LARGE
    if warning > wanted.max_sender_warning:
        return _SENDER_EVIL
    return _RECEIVER_EVIL if own_warning > wanted.max_own_warning else None


def _checked_rendezvous(sent: MessageToHost, address: str) -> MessageToHost:
    """Return a rendezvous whose "verified address" is the one the server sees.

    Raises:
        RemoteProtocolError: it is malformed.
    """
    value = sent.tlvs.get(TLV_DATA)
    if value is None:
        return sent
    offer = Rendezvous.from_bytes(value)
    connects = any(offer.tlvs.has(tag) for tag in _ADDRESSES)
    proposes = offer.kind == RendezvousKind.PROPOSE and connects
    if proposes and _is_ipv4(address):
        offer = offer.verified(address)
    else:
        offer = replace(offer, tlvs=offer.tlvs.without(TLV_VERIFIED))
    data = TLV(TLV_DATA, offer.to_bytes())
    tlvs = TLVBlock(data if tlv.tag == TLV_DATA else tlv for tlv in sent.tlvs)
    return replace(sent, tlvs=tlvs)


def _is_ipv4(address: str) -> bool:
    try:
        IPv4Address(address)
    except ValueError:
        return False
    return True


def event(session: BOSSession, snac: SNAC) -> Pending:
    """Pass on that somebody types; nobody is told when that isn't possible."""
    seen = ClientEvent.from_bytes(snac.body)
    for instance in _reached(session, seen.screen_name):
        relayed = replace(seen, screen_name=session.user.display)
        instance.notify(ICBM.CLIENT_EVENT, relayed.to_bytes())
    return None


def client_error(session: BOSSession, snac: SNAC) -> Pending:
    """Pass on that a client refused something, or answered for its user."""
    error = ClientError.from_bytes(snac.body)
    if len(snac.body) > session.state.limits.message_bytes + _OVERHEAD:
        return _fail(session, snac, _CODES[_TOO_LARGE])
    relayed = replace(error, screen_name=session.user.display).to_bytes()
    number = snac.header.request_id
    answer = SNAC.make(ICBM.CLIENT_ERROR, relayed, request_id=number).to_bytes()
    for instance in _reached(session, error.screen_name):
        instance.link.send(FLAPMessage(CHANNEL_DATA, answer))
    return None


def _reached(session: BOSSession, name: str) -> list[Instance]:
    """Return the sessions of a user whom messages of this one reach."""
    other = session.state.users.find(name)
    if other is None or not session.state.presence.reaches(session.user, other):
        return []
    return other.recipients()


def stored(session: BOSSession, snac: SNAC) -> Pending:
    """Give what was kept, then say that this was all."""
    session.collected = True
    return mailbox.collect(session, snac)


HANDLERS: Final = {
    ICBM.ADD_PARAMETERS: set_parameters,
    ICBM.DEL_PARAMETERS: reset_parameters,
    ICBM.PARAMETER_QUERY: parameters,
    ICBM.CHANNEL_MSG_TO_HOST: message,
    ICBM.CLIENT_ERROR: client_error,
    ICBM.CLIENT_EVENT: event,
    ICBM.OFFLINE_RETRIEVE: stored,
}
