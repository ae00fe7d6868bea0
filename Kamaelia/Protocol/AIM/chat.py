"""A signed-on session as a conversation: SNACs in, events out; commands in, SNACs out.

Does no I/O. For the events see Kamaelia.Protocol.AIM.events, for the commands
Kamaelia.Protocol.AIM.commands.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from Kamaelia.Protocol.AIM.actions import Action, SendSNAC, Tell
from Kamaelia.Protocol.AIM.events import (
    AddedYou,
    Answers,
    Asks,
    Failure,
    Info,
    Notice,
    OwnInfo,
    Warned,
    WarningWorked,
)
from Kamaelia.Protocol.AIM.messages import (
    MessageNote,
    read_ack,
    read_client_error,
    read_message,
    read_missed,
    read_typing,
    undelivered,
)
from Kamaelia.Protocol.AIM.presence import Presence
from Kamaelia.Protocol.AIM.requests import RequestFailed, SNACMessage
from Kamaelia.Protocol.AIM.roster import Roster
from Kamaelia.Protocol.AIM.session import Session
from Kamaelia.Protocol.AIM.stored_mail import StoredMail
from Kamaelia.Protocol.AIM.wire.feedbag_rights import (
    AuthorisationReply,
    AuthorisationRequest,
    BuddyAdded,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import (
    BUDDY,
    FEEDBAG,
    ICBM,
    LOCATE,
    OSERVICE,
    POPUP,
    SNACType,
    family_name,
)
from Kamaelia.Protocol.AIM.wire.html import to_text
from Kamaelia.Protocol.AIM.wire.icbm_control import EvilReply
from Kamaelia.Protocol.AIM.wire.locate import UserInfoReply
from Kamaelia.Protocol.AIM.wire.oservice import read_numbers
from Kamaelia.Protocol.AIM.wire.own_info import EvilNotification, MessageOfTheDay
from Kamaelia.Protocol.AIM.wire.snac import SNACError
from Kamaelia.Protocol.AIM.wire.tlv import TLVBlock
from Kamaelia.Protocol.AIM.wire.user_info import read_users
from Kamaelia.Protocol.wire.errors import RemoteProtocolError

__all__ = ["BuddyNote", "Chat"]


class BuddyNote(NamedTuple):
    """What to remember of a request that is about somebody."""

    buddy: str


class Chat:
    """What a session hears.

    Args:
        session: who is online.

    Attributes:
        presence: who of the buddies is online.
        roster: the buddy list.
        mail: messages that the server stored for us.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.presence = Presence()
        self.roster = Roster(session.requests, lambda: session.screen_name)
        self.mail = StoredMail(session)
        self._handlers: dict[tuple[int, int], Callable[[bytes], list[Any]]] = {
            BUDDY.ARRIVED: self.presence.arrived,
            BUDDY.DEPARTED: self.presence.departed,
            ICBM.CHANNEL_MSG_TO_CLIENT: self._message,
            ICBM.CLIENT_EVENT: lambda body: [read_typing(body)],
            ICBM.HOST_ACK: lambda body: [read_ack(body)],
            ICBM.MISSED_CALLS: read_missed,
            ICBM.CLIENT_ERROR: lambda body: [read_client_error(body)],
            LOCATE.USER_INFO_REPLY: _info,
            OSERVICE.HOST_ONLINE: self._offered,
            OSERVICE.USER_INFO_UPDATE: self._own_info,
            OSERVICE.EVIL_NOTIFICATION: _warned,
            OSERVICE.MOTD: _motd,
            POPUP.DISPLAY: _popup,
            FEEDBAG.REQUEST_AUTHORIZE_TO_CLIENT: _asks,
            FEEDBAG.RESPOND_AUTHORIZE_TO_CLIENT: _answers,
            FEEDBAG.PRE_AUTHORIZED_BUDDY: _allows,
            FEEDBAG.BUDDY_ADDED: lambda body: [
                AddedYou("added you", BuddyAdded.from_bytes(body).screen_name)
            ],
        }

    def receive(self, snac: SNACMessage) -> list[Action]:
        """Return what to do about a SNAC; one that is not known is ignored.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        header, body = snac
        request = self.session.requests.answered(header)
        if header.is_error:
            return self._failed(snac, request)
        if header.type == ICBM.EVIL_REPLY:
            buddy = getattr(request and request.note, "buddy", "")
            level = EvilReply.from_bytes(body).level / 10
            return [Tell(WarningWorked("warning worked", buddy, level))]
        handler = self._handlers.get(header.type)
        if handler is not None:
            return [Tell(event) for event in handler(body)]
        if header.family == FEEDBAG.FAMILY:
            return self.roster.receive(snac)
        return self.mail.receive(snac)

    def ask(self, kind: SNACType, body: bytes = b"", note: object = None) -> SendSNAC:
        """Return a SNAC to send, with the next request ID."""
        return SendSNAC(kind, body, self.session.requests.add(kind, note))

    def _failed(self, snac: SNACMessage, request: Any) -> list[Action]:
        """Return what to do about the error of a family."""
        header, body = snac
        if request is None:
            error = _error(body)
            text = f"{family_name(header.family)} error: {error.meaning}"
            return [Tell(Failure.of(text, code=error.code, meaning=error.meaning))]
        failed = RequestFailed.from_body(request, body)
        if isinstance(request.note, MessageNote):
            return [Tell(undelivered(failed, request.note))]
        if header.family == FEEDBAG.FAMILY:
            found = self.roster.failed(header.request_id, failed.meaning, failed.code)
            if found is not None:
                return found
        buddy = getattr(request.note, "buddy", "")
        about = f" for {buddy}" if buddy else ""
        failure = Failure.of(
            f"{request.type}{about} failed: {failed.meaning}",
            code=failed.code,
            meaning=failed.meaning,
            url=failed.url,
            buddy=buddy,
        )
        return [Tell(failure)]

    def _message(self, body: bytes) -> list[Any]:
        found = read_message(body)
        self.mail.note(found)
        return [] if found is None else [found]

    def _offered(self, body: bytes) -> list[Any]:
        self.session.families = read_numbers(body)
        return []

    def _own_info(self, body: bytes) -> list[OwnInfo]:
        found = read_users(body)
        for user in found[:1]:
            self.session.screen_name = user.screen_name
        return [OwnInfo.of(user) for user in found[:1]]


def _error(body: bytes) -> SNACError:
    """Return the error in a body; one cut short has code 0."""
    try:
        return SNACError.from_bytes(body)
    except RemoteProtocolError:
        return SNACError(0)


def _info(body: bytes) -> list[Info]:
    reply = UserInfoReply.from_bytes(body)
    profile, away = reply.profile or "", reply.away or ""
    name = reply.user.screen_name
    event = Info("info", name, to_text(profile), to_text(away))
    event.profile_html, event.away_html, event.user = profile, away, reply.user
    return [event]


def _warned(body: bytes) -> list[Warned]:
    notice = EvilNotification.from_bytes(body)
    who = notice.warner.screen_name if notice.warner else ""
    return [Warned("warned", notice.level / 10, who)]


def _motd(body: bytes) -> list[Notice]:
    text = MessageOfTheDay.from_bytes(body).text
    return [Notice("notice", text)] if text else []


def _popup(body: bytes) -> list[Notice]:
    tlvs = TLVBlock.from_bytes(body)
    parts = (to_text(tlvs.text(0x01)), tlvs.text(0x02))
    return [Notice("notice", " ".join(part for part in parts if part))]


def _asks(body: bytes) -> list[Asks]:
    plea = AuthorisationRequest.from_bytes(body)
    return [Asks("asks", plea.screen_name, plea.reason)]


def _allows(body: bytes) -> list[Answers]:
    grant = AuthorisationRequest.from_bytes(body)
    return [Answers("answers", grant.screen_name, True, grant.reason)]


def _answers(body: bytes) -> list[Answers]:
    reply = AuthorisationReply.from_bytes(body)
    return [Answers("answers", reply.screen_name, reply.granted, reply.reason)]
