"""Everything that two users exchange over P2P v1, as one sans-I/O machine.

    peer = P2PPeer("alice@example.com", "bob@example.com", objects)
    session_id, actions = peer.offer_file("notes.txt", 10, source)
    actions = peer.receive(body)      # of an x-msnmsgrp2p message from bob
    actions = peer.pump(5)            # slices of what is being sent

Actions are carried out in order; see p2p_actions.py. Slices of data are never sent
unasked: call `pump` while `sending`, as the switchboard's ACKs (or a socket) make
room. Data never come in faster than they are handed on, and of what is sent nothing
but the slice in hand is in memory.
"""

from collections.abc import Callable, Mapping
from secrets import randbits
from typing import Final

from Kamaelia.Protocol.MSN.wire.msnobject import MSNObject, data_digest
from Kamaelia.Protocol.MSN.wire.outcome import Outcome
from Kamaelia.Protocol.MSN.wire.p2p import (
    APP_INK,
    FLAG_ACK,
    FLAG_NAK,
    INK_SESSION,
    SWITCHBOARD_SLICE,
    MessageIds,
    P2PPacket,
    slices,
)
from Kamaelia.Protocol.MSN.wire.p2p_actions import (
    Action,
    DirectAnswered,
    DirectInvited,
    Ended,
    FileOffered,
    Ignored,
    InkReceived,
    ObjectRequested,
    SendPacket,
)
from Kamaelia.Protocol.MSN.wire.p2p_context import (
    FileContext,
    file_fields,
    is_file_offer,
    is_object_request,
    object_fields,
    object_from_context,
)
from Kamaelia.Protocol.MSN.wire.p2p_ink import Ink
from Kamaelia.Protocol.MSN.wire.p2p_link import P2PLink, Source
from Kamaelia.Protocol.MSN.wire.p2p_session import (
    FileOffer,
    FileReceipt,
    ObjectOwner,
    ObjectRequester,
    Session,
)
from Kamaelia.Protocol.MSN.wire.p2p_transport import TransportAnswer, TransportRequest
from Kamaelia.Protocol.MSN.wire.slp import (
    NULL_BODY,
    SESSION_BODY,
    TRANSPORT_REQUEST_BODY,
    TRANSPORT_RESPONSE_BODY,
    Fields,
    SLPMessage,
    new_guid,
)
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = ["MAX_OBJECT", "MAX_SESSIONS", "P2PPeer"]

MAX_OBJECT: Final = 1 << 20  # bytes of a picture; official ones stay far below
MAX_SESSIONS: Final = 16  # at the same time with one peer


class P2PPeer:
    """All P2P sessions between us and one other user. Does no I/O.

    Args:
        me: our handle.
        peer: the other user's handle.
        objects: data of our pictures and emoticons by SHA1D. Looked up when one is
            requested; the mapping may change meanwhile.
        direct: answer requests for a direct connection ourselves with "not
            listening" (False), or report them as DirectInvited (True).
        ids: our message ids; random start if not given.
        random_bits: source of session ids, called with the number of bits.
    """

    def __init__(
        self,
        me: str,
        peer: str,
        objects: Mapping[str, bytes] | None = None,
        *,
        direct: bool = False,
        ids: MessageIds | None = None,
        random_bits: Callable[[int], int] = randbits,
    ) -> None:
        self.me = me
        self.peer = peer
        self._objects = {} if objects is None else objects
        self._direct = direct
        self._link = P2PLink(ids, random_bits)
        self._sessions: dict[int, Session] = {}
        self._turn = 0

    @property
    def sessions(self) -> tuple[int, ...]:
        """The ids of the sessions that go on."""
        return tuple(self._sessions)

    @property
    def idle(self) -> bool:
        """Whether nothing would be lost by forgetting this peer."""
        return not self._sessions

    @property
    def sending(self) -> bool:
        """Whether `pump` has something to send."""
        return any(session.sending for session in self._sessions.values())

    # What our user asks for.

    def request_object(self, wanted: MSNObject) -> tuple[int, list[Action]]:
        """Fetch a picture or an emoticon; ends with ObjectReceived or just Ended.

        Raises:
            LocalProtocolError: it is larger than MAX_OBJECT, has no SHA1D, or too
                many sessions go on.
        """
        if not 0 < wanted.size <= MAX_OBJECT or not wanted.sha1d:
            raise LocalProtocolError(
                f"cannot fetch an object of {wanted.size} bytes: it needs an SHA1D "
                f"and 1 to {MAX_OBJECT} bytes"
            )
        session_id = self._new_session_id()
        invite = self._invite(object_fields(session_id, wanted))
        return self._open(ObjectRequester(self._link, invite, session_id, wanted))

    def offer_file(
        self, name: str, size: int, source: Source, preview: bytes = b""
    ) -> tuple[int, list[Action]]:
        """Offer a file; it is read when the peer has accepted and `pump` is called.

        Args:
            name: without a path, at most 259 UTF-16 units.
            size: bytes.
            source: see p2p_link.Source.
            preview: a PNG of up to 96 by 96, or b"".

        Raises:
            LocalProtocolError: name or size do not fit, the preview is too large,
                or too many sessions go on.
        """
        session_id = self._new_session_id()
        context = FileContext(name, size, preview)
        invite = self._invite(file_fields(session_id, context))
        return self._open(FileOffer(self._link, invite, session_id, size, source))

    def send_ink(self, ink: Ink) -> list[Action]:
        """Send a drawing; only to clients that say they can show it."""
        packets = slices(
            ink.to_bytes(),
            self._link.ids.take(),
            session_id=INK_SESSION,
            app_id=APP_INK,
            ack_id=self._link.random_bits(32),
        )
        return [SendPacket(packet) for packet in packets]

    def accept(self, session_id: int) -> list[Action]:
        """Take a file that was offered.

        Raises:
            LocalProtocolError: there is no such offer, or it was accepted before.
        """
        session = self._sessions.get(session_id)
        if not isinstance(session, FileReceipt):
            raise LocalProtocolError(f"no file is offered as session {session_id}")
        return session.accept()

    def cancel(self, session_id: int) -> list[Action]:
        """Decline what is offered, or end what goes on; nothing when it is over."""
        session = self._sessions.get(session_id)
        return self._tidy(session.cancel()) if session else []

    decline = cancel

    def fail(self, session_id: int, reason: str) -> list[Action]:
        """End a session for a reason of ours: the disk is full, time is up."""
        session = self._sessions.get(session_id)
        return self._tidy(session.fail(reason)) if session else []

    def connection_lost(self) -> list[Action]:
        """Tell it that the peer cannot be reached any more: all sessions fail."""
        actions: list[Action] = []
        for session in self._sessions.values():
            actions += session.end(Outcome.FAILED, "connection lost")
        return self._tidy(actions)

    def pump(self, count: int = 1, size: int = SWITCHBOARD_SLICE) -> list[Action]:
        """Send up to `count` slices of up to `size` bytes, sessions taking turns."""
        actions: list[Action] = []
        for _ in range(count):
            ready = [each for each in self._sessions.values() if each.sending]
            if not ready:
                break
            self._turn += 1
            actions += ready[self._turn % len(ready)].take_slice(size)
        return self._tidy(actions)

    def rewind(self, session_id: int, offset: int = 0) -> None:
        """Send again from an offset, because what followed it was lost."""
        session = self._sessions.get(session_id)
        if session is not None:
            session.on_control(P2PPacket(flags=FLAG_NAK, ack_size=offset))

    # Direct connections.

    def invite_direct(self, session_id: int, request: TransportRequest) -> list[Action]:
        """Ask for a direct connection; DirectAnswered tells what the peer says."""
        return self._ask_direct(session_id, TRANSPORT_REQUEST_BODY, request.fields())

    def offer_address(self, session_id: int, answer: TransportAnswer) -> list[Action]:
        """Say where we listen, after the peer answered that it doesn't."""
        return self._ask_direct(session_id, TRANSPORT_RESPONSE_BODY, answer.fields())

    def answer_direct(self, session_id: int, answer: TransportAnswer) -> list[Action]:
        """Answer DirectInvited; `TransportAnswer()` stays on the switchboard.

        Raises:
            LocalProtocolError: there is no such session, or it hasn't asked.
        """
        session = self._sessions.get(session_id)
        asked = session.direct_request if session else None
        if session is None or asked is None:
            raise LocalProtocolError(f"session {session_id} asks for no connection")
        session.direct_request = None
        reply = asked.answer(200, TRANSPORT_RESPONSE_BODY, answer.fields())
        return [*self._link.send_text(reply)[1]]

    # What comes in.

    def receive(self, body: bytes) -> list[Action]:
        """Take the body of an x-msnmsgrp2p message that is for us.

        Raises:
            RemoteProtocolError: it is no P2P packet; nothing has changed.
        """
        return self.receive_packet(P2PPacket.from_bytes(body))

    def receive_packet(self, packet: P2PPacket) -> list[Action]:
        """Take a packet; from a direct connection they come without footer."""
        if packet.is_control:
            return self._tidy(self._control(packet))
        if packet.session_id in (0, INK_SESSION):
            return self._tidy(self._text(packet))
        session = self._sessions.get(packet.session_id)
        if session is None:
            return []  # on its way while we ended it
        try:
            return self._tidy(session.on_data(packet))
        except RemoteProtocolError as problem:
            return self._tidy(session.fail(str(problem)))

    def _control(self, packet: P2PPacket) -> list[Action]:
        """Give an ACK, a report of loss or an error to whom it concerns."""
        if packet.session_id:
            session = self._sessions.get(packet.session_id)
            return session.on_control(packet) if session else []
        if not packet.flags & FLAG_ACK:
            return []
        # An ACK of an MSNSLP text: at most one session waits for that id.
        actions: list[Action] = []
        for session in tuple(self._sessions.values()):
            actions += session.on_control(packet)
        return actions

    def _text(self, packet: P2PPacket) -> list[Action]:
        try:
            text = self._link.receive_text(packet)
            if text is None:
                return []
            ack = self._link.acknowledge(packet)
            try:
                if packet.session_id:
                    return [ack, InkReceived(Ink.from_bytes(text))]
                return [ack, *self._message(SLPMessage.from_bytes(text))]
            except RemoteProtocolError as problem:
                return [ack, Ignored(str(problem))]
        except RemoteProtocolError as problem:
            return [Ignored(str(problem))]

    def _message(self, message: SLPMessage) -> list[Action]:
        session = self._by_call(message.call_id)
        if message.status:
            return self._answered(session, message) if session else []
        if message.method == "BYE":
            return session.on_bye() if session else []
        if message.method != "INVITE":
            return []
        kind = message.content_type.lower()
        if kind in (TRANSPORT_REQUEST_BODY, TRANSPORT_RESPONSE_BODY):
            return self._direct_invited(session, message, kind)
        if session is not None:
            return []  # sent again
        return self._invited(message)

    def _answered(self, session: Session, message: SLPMessage) -> list[Action]:
        kind = message.content_type.lower()
        direct = bool(session.direct_branch) and (
            message.branch.upper() == session.direct_branch.upper()
        )
        if direct or kind == TRANSPORT_RESPONSE_BODY:
            session.direct_branch = ""
            answer = TransportAnswer.from_message(message)
            if message.status != 200:
                answer = TransportAnswer()
            return [DirectAnswered(session.session_id, answer)]
        return session.on_answer(message)

    def _invited(self, invite: SLPMessage) -> list[Action]:
        session_id = invite.number("SessionID")
        try:
            if not session_id or session_id <= INK_SESSION:
                raise RemoteProtocolError("INVITE without a usable SessionID")
            if session_id in self._sessions or len(self._sessions) >= MAX_SESSIONS:
                return self._reply(invite, 603, session_id)
            if is_object_request(invite):
                return self._object_requested(invite, session_id)
            if is_file_offer(invite):
                return self._file_offered(invite, session_id)
        except RemoteProtocolError as problem:
            refusal = self._link.send_text(invite.answer(500, NULL_BODY))[1]
            return [*refusal, Ignored(str(problem))]
        reason = f"INVITE for {invite.get('EUF-GUID')[:64]!r}, which is not supported"
        return [*self._reply(invite, 603, session_id), Ignored(reason)]

    def _object_requested(self, invite: SLPMessage, session_id: int) -> list[Action]:
        wanted = object_from_context(invite.get("Context"))
        data = self._objects.get(wanted.sha1d)
        mine = wanted.creator.lower() == self.me.lower()
        if not mine or data is None or data_digest(data) != wanted.sha1d:
            return self._reply(invite, 603, session_id)
        app_id = invite.number("AppID") or 1
        session = ObjectOwner(self._link, invite, session_id, app_id, data)
        self._sessions[session_id] = session
        return [*session.start(), ObjectRequested(session_id, wanted)]

    def _file_offered(self, invite: SLPMessage, session_id: int) -> list[Action]:
        context = FileContext.from_context(invite.get("Context"))
        session = FileReceipt(self._link, invite, session_id, context.size)
        self._sessions[session_id] = session
        return [FileOffered(session_id, context.name, context.size, context.preview)]

    def _direct_invited(
        self, session: Session | None, invite: SLPMessage, kind: str
    ) -> list[Action]:
        if session is None:
            return [*self._link.send_text(invite.answer(481, NULL_BODY))[1]]
        if kind == TRANSPORT_RESPONSE_BODY:
            answer = TransportAnswer.from_message(invite)
            return [DirectAnswered(session.session_id, answer)]
        if self._direct:
            session.direct_request = invite
            request = TransportRequest.from_message(invite)
            return [DirectInvited(session.session_id, request)]
        fields = TransportAnswer().fields()
        reply = invite.answer(200, TRANSPORT_RESPONSE_BODY, fields)
        return [*self._link.send_text(reply)[1]]

    # Small helpers.

    def _invite(self, fields: Fields) -> SLPMessage:
        call_id = new_guid()
        return SLPMessage.request(
            "INVITE", self.peer, self.me, call_id, SESSION_BODY, fields
        )

    def _ask_direct(self, session_id: int, kind: str, fields: Fields) -> list[Action]:
        session = self._sessions.get(session_id)
        if session is None:
            raise LocalProtocolError(f"there is no session {session_id}")
        me, peer = self.me, self.peer
        call_id = session.invite.call_id
        message = SLPMessage.request("INVITE", peer, me, call_id, kind, fields)
        session.direct_branch = message.branch
        return [*self._link.send_text(message)[1]]

    def _open(self, session: Session) -> tuple[int, list[Action]]:
        actions = session.start()
        self._sessions[session.session_id] = session
        return session.session_id, actions

    def _reply(self, invite: SLPMessage, status: int, session_id: int) -> list[Action]:
        body = (("SessionID", str(session_id)),)
        return [*self._link.send_text(invite.answer(status, SESSION_BODY, body))[1]]

    def _by_call(self, call_id: str) -> Session | None:
        wanted = call_id.upper()
        for session in self._sessions.values():
            if session.invite.call_id.upper() == wanted:
                return session
        return None

    def _new_session_id(self) -> int:
        if len(self._sessions) >= MAX_SESSIONS:
            raise LocalProtocolError(
                f"{MAX_SESSIONS} sessions with {self.peer} go on: wait for one to end"
            )
        number = self._link.random_bits(32)
        while number <= INK_SESSION or number in self._sessions:
            number = (number + INK_SESSION + 1) & 0xFFFFFFFF
        return number

    def _tidy(self, actions: list[Action]) -> list[Action]:
        """Forget the sessions that these actions end."""
        for action in actions:
            if isinstance(action, Ended):
                self._sessions.pop(action.session_id, None)
        return actions
