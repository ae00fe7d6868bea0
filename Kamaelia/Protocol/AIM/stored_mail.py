"""Messages that the server stored while we were away. Does no I/O.

    we are      ask by           get                              then
    AIM users   (04, 10)         (04, 07) each, (04, 17)
    ICQ users   (15, 02) 003C    (15, 03) 0041 each, at last 0042  (15, 02) 003E

ICQ's server forgets them only when 003E says that they have come. Messages of AIM users
come to ICQ users as (04, 07), too.

Source: notes on ICQ's protocol by the iserverd project; Open OSCAR Server.
"""

from calendar import timegm
from typing import Any, Final

from Kamaelia.Protocol.AIM.actions import Action, SendSNAC, Tell
from Kamaelia.Protocol.AIM.events import (
    AddedYou,
    Answers,
    Asks,
    Message,
    OfflineMessages,
)
from Kamaelia.Protocol.AIM.requests import SNACMessage
from Kamaelia.Protocol.AIM.session import Session
from Kamaelia.Protocol.AIM.wire.foodgroups import ICBM, ICQ, SNACType
from Kamaelia.Protocol.AIM.wire.html import looks_like_html, to_html, to_text
from Kamaelia.Protocol.AIM.wire.icq import (
    OFFLINE_DELETE,
    OFFLINE_DONE,
    OFFLINE_MESSAGE,
    OFFLINE_REQUEST,
    ICQRequest,
    ICQTime,
    OfflineMessage,
)
from Kamaelia.Protocol.AIM.wire.icq_message import ICQMessage, ICQMessageType
from Kamaelia.Protocol.AIM.wire.screen_name import is_uin, normalise

__all__ = ["StoredMail", "request_for"]

_AUTOMATIC: Final = 3
_LAST_SEQUENCE: Final = 0xFFFF


def request_for(uin: str, sequence: int = 1) -> bytes:
    """Return the body of SNAC (15, 02) that asks for the messages of a UIN."""
    return ICQRequest(int(normalise(uin)), OFFLINE_REQUEST, sequence).to_bytes()


class StoredMail:
    """Asks for stored messages and reads ICQ's.

    Args:
        session: who is online.

    Attributes:
        is_asked: whether the user waits for them to come.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sequence = 1  # the one of the sign-on
        self._number = 0
        self.is_asked = False

    def ask(self) -> list[Action]:
        """Return what asks the server for them."""
        self.is_asked = True
        name = self._session.screen_name
        families = self._session.families
        if is_uin(name) and (not families or ICQ.FAMILY in families):
            self._sequence = self._sequence % _LAST_SEQUENCE + 1
            return [self._send(ICQ.DB_QUERY, request_for(name, self._sequence))]
        return [self._send(ICBM.OFFLINE_RETRIEVE)]

    def note(self, event: Any) -> None:
        """Count a message that came, if it was a stored one."""
        self._number += isinstance(event, Message) and event.was_stored

    def receive(self, snac: SNACMessage) -> list[Action]:
        """Return what to do about a SNAC of ICQ, or the end of a retrieval.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        if snac.header.type == ICBM.OFFLINE_RETRIEVE_REPLY:
            return self._all_came()
        if snac.header.type != ICQ.DB_REPLY:
            return []
        reply = ICQRequest.from_bytes(snac.body)
        if reply.type == OFFLINE_MESSAGE:
            event = read_stored(OfflineMessage.from_bytes(reply.data))
            self._number += 1
            return [] if event is None else [Tell(event)]
        if reply.type == OFFLINE_DONE:
            got = ICQRequest(reply.uin, OFFLINE_DELETE, reply.sequence).to_bytes()
            return [self._send(ICQ.DB_QUERY, got), *self._all_came()]
        return []

    def _all_came(self) -> list[Action]:
        """Tell how many there were, if there were any or somebody asked."""
        number, self._number = self._number, 0
        is_asked, self.is_asked = self.is_asked, False
        if not (number or is_asked):
            return []
        return [Tell(OfflineMessages("offline messages", number))]

    def _send(self, kind: SNACType, body: bytes = b"") -> SendSNAC:
        return SendSNAC(kind, body, self._session.requests.add(kind))


def read_stored(stored: OfflineMessage) -> Any:
    """Return the event of a message of ICQ; None for what is nothing to show."""
    message, who = stored.message, str(stored.message.uin)
    match message.type:
        case ICQMessageType.PLAIN:
            return _message(message, message.text, stored.sent)
        case ICQMessageType.URL:
            text = " ".join(part for part in message.fields if part)
            return _message(message, text, stored.sent)
        case ICQMessageType.AUTHORISATION_REQUEST:
            return Asks("asks", who, message.text)
        case ICQMessageType.AUTHORISATION_DENIED:
            return Answers("answers", who, False, message.text)
        case ICQMessageType.AUTHORISATION_GRANTED:
            return Answers("answers", who, True, message.text)
        case ICQMessageType.ADDED:
            return AddedYou("added you", who)
    return None


def _message(message: ICQMessage, text: str, sent: ICQTime) -> Message:
    is_html = looks_like_html(text)
    return Message.of(
        str(message.uin),
        to_text(text) if is_html else text,
        html=text if is_html else to_html(text),
        is_auto=message.flags == _AUTOMATIC,
        sent_at=_unix_time(sent),
        was_stored=True,
    )


def _unix_time(sent: ICQTime) -> int | None:
    """Return seconds since 1970; None for a time that there is not."""
    try:
        return timegm((*sent, 0))
    except (ValueError, OverflowError):
        return None
