"""Instant messages, typing notices, warnings: from and to SNACs. Does no I/O."""

from collections.abc import Callable
from secrets import randbelow
from typing import Final, NamedTuple

from Kamaelia.Protocol.AIM.events import (
    Accepted,
    Failure,
    Message,
    Missed,
    Offer,
    Typing,
)
from Kamaelia.Protocol.AIM.requests import RequestFailed
from Kamaelia.Protocol.AIM.wire.caps import name_of_cap
from Kamaelia.Protocol.AIM.wire.html import looks_like_html, to_html, to_text
from Kamaelia.Protocol.AIM.wire.icbm import (
    CHANNEL_ICQ,
    CHANNEL_RENDEZVOUS,
    CHANNEL_TEXT,
    TLV_DATA,
    HostAck,
    MessageToClient,
    MessageToHost,
)
from Kamaelia.Protocol.AIM.wire.icbm_control import (
    SUBCODE_MEANINGS,
    ClientError,
    ClientEvent,
    TypingEvent,
    read_missed_calls,
)
from Kamaelia.Protocol.AIM.wire.icq_message import ICQMessage, ICQMessageType
from Kamaelia.Protocol.AIM.wire.message_text import encode_message
from Kamaelia.Protocol.AIM.wire.rendezvous import Rendezvous, RendezvousKind
from Kamaelia.Protocol.AIM.wire.screen_name import is_uin
from Kamaelia.Protocol.wire.errors import LocalProtocolError

__all__ = [
    "MAX_MESSAGE",
    "MessageNote",
    "make_message",
    "make_typing",
    "read_ack",
    "read_client_error",
    "read_message",
    "read_missed",
    "read_typing",
    "undelivered",
]

MAX_MESSAGE: Final = 8000
"""Longest message in bytes, markup and envelope of the text included."""

_STATES: Final = {
    TypingEvent.FINISHED: "stopped",
    TypingEvent.TYPED: "typed",
    TypingEvent.TYPING: "typing",
    TypingEvent.CLOSED: "closed",
}
_EVENTS: Final = {state: event for event, state in _STATES.items()}


class MessageNote(NamedTuple):
    """What to remember of a message that was sent.

    Attributes:
        buddy: to whom.
        text: what it says.
        is_acked: whether the server says so when it took it.
    """

    buddy: str
    text: str
    is_acked: bool = True


def new_cookie() -> bytes:
    """Return 8 bytes to name a message: digits and a NUL, as libpurple has them."""
    return b"%07d\0" % randbelow(10_000_000)


def make_message(
    buddy: str,
    text: str,
    *,
    is_html: bool = False,
    is_auto: bool = False,
    store: bool = False,
) -> bytes:
    """Return the body of SNAC (04, 06).

    Args:
        buddy: to whom; AIM users get HTML, ICQ users the plain text.
        text: what to say.
        is_html: whether the text is HTML already.
        is_auto: whether this is an automatic reply.
        store: whether the server shall keep it for somebody who is offline.

    Raises:
        LocalProtocolError: it is too long, or there is nobody to send it to.
    """
    if not buddy.strip():
        raise LocalProtocolError("a message needs somebody to go to")
    if is_uin(buddy):
        content = to_text(text) if is_html else text
    else:
        content = text if is_html else to_html(text)
    size = len(encode_message(content))
    if size > MAX_MESSAGE:
        raise LocalProtocolError(
            f"the message to {buddy} was not sent: it takes {size} bytes, "
            f"at most {MAX_MESSAGE} fit"
        )
    return MessageToHost.of_text(
        buddy, content, new_cookie(), auto=is_auto, store=store
    ).to_bytes()


def _clean(content: str, is_plain: bool) -> str:
    """Return the text in the content of a message."""
    return content if is_plain else to_text(content)


def read_message(
    body: bytes, clean: Callable[[str, bool], str] = _clean
) -> Message | Offer | None:
    """Return the event in SNAC (04, 07); None for what is nothing to show.

    Args:
        body: of the SNAC.
        clean: makes text of the content; told whether it is text already.

    Raises:
        RemoteProtocolError: it is malformed.
    """
    came = MessageToClient.from_bytes(body)
    if came.channel == CHANNEL_TEXT:
        return _event(came, came.text, clean)
    if came.channel == CHANNEL_ICQ:
        typed = ICQMessage.from_bytes(came.tlvs.get(TLV_DATA) or b"")
        kind = ICQMessageType.PLAIN
        return _event(came, typed.text, clean) if typed.type == kind else None
    if came.channel == CHANNEL_RENDEZVOUS:
        offer = Rendezvous.from_bytes(came.tlvs.get(TLV_DATA) or b"")
        if offer.kind == RendezvousKind.PROPOSE:
            what = name_of_cap(offer.capability)
            return Offer("offer", came.sender.screen_name, what)
    return None


def _event(
    came: MessageToClient, content: str, clean: Callable[[str, bool], str]
) -> Message:
    """Return the event of a message whose text is `content`."""
    name = came.sender.screen_name
    is_plain = came.sender.is_icq or is_uin(name)
    as_it_is = is_plain and not looks_like_html(content)
    return Message.of(
        name,
        clean(content, as_it_is),
        html=to_html(content) if as_it_is else content,
        is_auto=came.is_auto,
        sent_at=came.sent_at,
        was_stored=came.was_stored,
        wants_typing=came.wants_events,
        user=came.sender,
    )


def undelivered(failed: RequestFailed, note: MessageNote) -> Failure:
    """Return the event of a message that the server did not take."""
    meaning = failed.meaning
    detail = SUBCODE_MEANINGS.get(failed.subcode or 0)
    if detail:
        meaning = f"{meaning} ({detail})"
    return Failure.of(
        f"the message to {note.buddy} was not delivered: {meaning}",
        code=failed.code,
        meaning=meaning,
        url=failed.url,
        buddy=note.buddy,
    )


def make_typing(buddy: str, state: str) -> bytes:
    """Return the body of SNAC (04, 14).

    Args:
        buddy: who shall know.
        state: "typing", "typed", "stopped" or "closed".

    Raises:
        LocalProtocolError: there is no such state.
    """
    if state not in _EVENTS:
        raise LocalProtocolError(
            f"one cannot be {state!r}: it is one of {', '.join(_EVENTS)}"
        )
    return ClientEvent(buddy, _EVENTS[state]).to_bytes()


def read_typing(body: bytes) -> Typing:
    """Return the event in SNAC (04, 14); states not known count as "stopped".

    Raises:
        RemoteProtocolError: it is malformed.
    """
    came = ClientEvent.from_bytes(body)
    state = {int(key): name for key, name in _STATES.items()}.get(came.event)
    return Typing("typing", came.screen_name, state or "stopped")


def read_ack(body: bytes) -> Accepted:
    """Return the event in SNAC (04, 0C).

    Raises:
        RemoteProtocolError: it is malformed.
    """
    return Accepted("accepted", HostAck.from_bytes(body).recipient)


def read_missed(body: bytes) -> list[Missed]:
    """Return the events in SNAC (04, 0A).

    Raises:
        RemoteProtocolError: one is malformed.
    """
    return [
        Missed("missed", call.sender.screen_name, call.count, call.meaning)
        for call in read_missed_calls(body)
    ]


def read_client_error(body: bytes) -> Failure:
    """Return the event in SNAC (04, 0B): the other client refused something.

    Raises:
        RemoteProtocolError: it is malformed.
    """
    came = ClientError.from_bytes(body)
    name = came.screen_name
    text = f"{name}'s client refused a message: reason {came.reason}"
    return Failure.of(text, code=came.reason, buddy=name)
