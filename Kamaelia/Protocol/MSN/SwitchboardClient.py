"""MSNSwitchboardClient: one conversation, with one other user or several.

    client = MSNSwitchboardClient(userHandle="ann@example.com", key=key)
    client.inviteUser("bob@example.com")
    client.sendText("Hello!")             # goes out when bob has come

It may be asked for things at any time: an invitation waits until the switchboard has
let us in, a message until somebody is there to read it. A conversation that we are
called into needs `reply=1`, `sessionID` and `key` of the call.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.EventBase import MSNEventBase
from Kamaelia.Protocol.MSN.FileInvitations import FileInvitations
from Kamaelia.Protocol.MSN.Message import MSNMessage
from Kamaelia.Protocol.MSN.outgoing import pieces
from Kamaelia.Protocol.MSN.PeerTransfer import PeerTransfer
from Kamaelia.Protocol.MSN.Replies import (
    ConnectionGone,
    NotDelivered,
    Reply,
    RequestFailed,
)
from Kamaelia.Protocol.MSN.wire.capabilities import Capability, ClientId
from Kamaelia.Protocol.MSN.wire.codes import error_info
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.contents import Datacast, Typing, read_content
from Kamaelia.Protocol.MSN.wire.encoding import is_handle
from Kamaelia.Protocol.MSN.wire.invitation import CONTENT_TYPE as INVITATION
from Kamaelia.Protocol.MSN.wire.limits import MAX_ROOM
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.multipart import Reassembler
from Kamaelia.Protocol.MSN.wire.p2p import CONTENT_TYPE as P2P
from Kamaelia.Protocol.MSN.wire.switchboard import (
    ACK_ERRORS,
    ACK_NEVER,
    Enter,
    Entered,
    Incoming,
    Left,
    Outgoing,
    Participant,
    ringing,
    split_endpoint,
)
from Kamaelia.Protocol.MSN.wire.text_format import TextFormat
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = ["MSNSwitchboardClient", "same"]

_HELD = "held"


class MSNSwitchboardClient(FileInvitations, PeerTransfer, MSNEventBase):
    """One conversation.

    Args:
        currentID: the transaction id used last.
        argd: attributes to set.

    Attributes:
        key: proof for the switchboard, from XFR or RNG.
        reply: 1 when we were called.
        sessionID: the conversation's, from RNG; of a conversation of ours, the one
            that CAL tells.
        participants: handle -> friendly name of who else is there; at most
            `MAX_ROOM` of wire.limits: more are passed over, and `BadLine` tells.
        clients: handle -> what the participant's client can do, where it is known.
        entered: whether the switchboard has let us in.
        nakWithin: seconds in which the server would say that an 'N' message was not
            delivered: then it counts as delivered.
        answerWithin: seconds that somebody we call has to come.
        leaveWhenAlone: whether to leave when the last other one has left.
    """

    REQUESTS: ClassVar[frozenset[str]] = MSNEventBase.REQUESTS | {
        "acceptFile",
        "cancelFile",
        "fileInvitationReply",
        "inviteUser",
        "requestPicture",
        "sendFile",
        "sendFileInvitation",
        "sendMessage",
        "sendNudge",
        "sendText",
        "sendTransferInfo",
        "sendTypingNotification",
    }

    key: str = ""
    reply: int = 0
    sessionID: str | int = 0  # noqa: N815 - Twisted's name
    nakWithin: float = 10.0  # noqa: N815
    answerWithin: float = 60.0  # noqa: N815
    leaveWhenAlone = False  # noqa: N815

    def __init__(self, currentID: int = 0, **argd: Any) -> None:  # noqa: N803
        self.participants: dict[str, str] = {}
        self.clients: dict[str, ClientId] = {}
        self.entered = False
        self._visited = False  # whether somebody has ever been there
        super().__init__(currentID, **argd)
        self._reassembler = Reassembler()
        self._whenIn: list[tuple[Reply, Callable[[], Reply]]] = []
        self._held: list[tuple[Reply | None, Callable[[], Reply | None]]] = []
        self._called: set[str] = set()

    def connectionMade(self) -> None:
        """Ask to be let in."""
        session = str(self.sessionID) if self.reply else None
        reply = self._request(
            lambda trid: Enter(trid, self.userHandle, self.key, session).to_command()
        )
        reply.addErrback(self._keptOut)

    def _keptOut(self, error: RequestFailed) -> None:
        """The switchboard doesn't let us in."""
        kind = "credentials" if error.code == 911 else "refused"
        kind = "timeout" if error.code is None else kind
        if not isinstance(error, ConnectionGone):
            self._tell(events.SignOnFailed(kind, error.code, error.meaning))
        self._finish(error.meaning)

    # Hooks.

    def loggedIn(self) -> None:
        """Hook: we are in the conversation."""

    def gotChattingUsers(self, users: dict[str, str]) -> None:
        """Hook: who was there when we came: handle -> friendly name."""

    def userJoined(self, userHandle: str, screenName: str) -> None:  # noqa: N803
        """Hook: somebody has joined."""

    def userLeft(self, userHandle: str) -> None:  # noqa: N803
        """Hook: somebody has left."""

    def userTyping(self, message: MSNMessage) -> None:
        """Hook: `message.userHandle` is typing."""

    def clientOf(self, userHandle: str) -> ClientId | None:  # noqa: N803
        """Hook: return what a participant's client can do, None if not known."""
        return self.clients.get(userHandle.lower())

    # Requests.

    def inviteUser(self, userHandle: str) -> Reply:  # noqa: N803
        """Call somebody in.

        Returns:
            Reply: (sessionID,), when it rings there. Whether somebody comes, `Joined`
            tells; fails with 217 when they are not online.

        Raises:
            LocalProtocolError: the handle cannot be one.
        """
        if not is_handle(userHandle):
            raise LocalProtocolError(f"not an account name: {userHandle!r}")
        if self.entered or self._end is not None:
            return self._call(userHandle)
        reply = Reply("CAL")
        self._whenIn.append((reply, lambda: self._call(userHandle)))
        return reply

    def _call(self, handle: str) -> Reply:
        reply = self._request(lambda trid: Command("CAL", trid, (handle,)))
        self._called.add(handle.lower())
        return reply.addErrback(self._callFailed, handle)

    def _callFailed(self, error: RequestFailed, handle: str) -> RequestFailed:
        """Give up what waited for somebody who doesn't come."""
        self._called.discard(handle.lower())
        self._cancel(("call", handle.lower()))
        if not self._called and not self.participants:
            self._dropHeld(f"{handle} did not come: {error.meaning}")
        return error

    def _notComing(self, handle: str) -> None:
        meaning = f"{handle} did not come within {self.answerWithin:g} seconds"
        self._tell(events.RequestRefused("CAL", None, None, meaning))
        self._callFailed(RequestFailed("CAL", meaning), handle)

    def sendMessage(self, message: MSNMessage) -> Reply | None:
        """Send a message to everybody in the conversation.

        One that is too long for the switchboard goes in several parts.

        Returns:
            For the acks A and D a Reply: (None,) when it was delivered; it fails with
            NotDelivered when it was not. For N likewise, but that it was delivered is
            only known by time. None for U.

        Raises:
            LocalProtocolError: it cannot be sent as it is.
        """
        return self._post(message.toWire(), message.ack)

    def sendText(self, text: str, look: TextFormat | None = None) -> Reply | None:
        """Say something, in a font and colour if you like."""
        message = MSNMessage(message=text)
        message.format = look
        return self.sendMessage(message)

    def sendTypingNotification(self) -> None:
        """Tell the others that we are typing: every five seconds at most."""
        self._post(Typing(self.userHandle).to_message(), ACK_NEVER)

    def sendNudge(self) -> Reply | None:
        """Shake the others' windows."""
        return self._post(Datacast().to_message(), ACK_ERRORS)

    def _post(self, wire: Message, ack: str) -> Reply | None:
        """Send a message as soon as somebody is there."""
        several = bool(self.participants) and all(
            self._takesParts(handle) for handle in self.participants
        )
        parts = [part.to_bytes() for part in pieces(wire, several)]
        if self._end is not None or (not self.participants and self._lonely()):
            return self._undelivered(ack, "nobody is in the conversation")
        if self.participants:
            return self._sendParts(parts, ack)
        if wire.content_type == "text/x-msmsgscontrol":
            return None
        reply = None if ack == ACK_NEVER else Reply("MSG")
        self._held.append((reply, lambda: self._sendParts(parts, ack)))
        if _HELD not in self._timers:
            self._later(_HELD, self.answerWithin, self._heldTooLong)
        return reply

    def _lonely(self) -> bool:
        """Return whether everybody has left and nobody is called."""
        return self._visited and not self._called and not self._whenIn

    def _takesParts(self, handle: str) -> bool:
        client = self.clientOf(handle)
        return client is not None and client.can(Capability.MULTI_PACKET)

    def _undelivered(self, ack: str, why: str) -> Reply | None:
        if ack == ACK_NEVER:
            return None
        reply = Reply("MSG")
        reply.errback(NotDelivered("MSG", why))
        return reply

    def _sendParts(self, parts: list[bytes], ack: str) -> Reply | None:
        """Send parts; the Reply is that of all of them."""
        replies = [self._sendPart(part, ack) for part in parts]
        waiting = [reply for reply in replies if reply is not None]
        if len(waiting) < 2:
            return waiting[0] if waiting else None
        whole = Reply("MSG")
        left = len(waiting)

        def arrived(_: Any) -> None:
            nonlocal left
            left -= 1
            if not left:
                whole.callback((None,))

        for reply in waiting:
            reply.addCallbacks(arrived, whole.errback)
        return whole

    def _sendPart(self, payload: bytes, ack: str) -> Reply | None:
        """Send one MSG."""
        if ack == ACK_NEVER:
            line = Outgoing(self._newID(), ack, payload).to_command()
            self.send(line, "outbox")
            return None
        reply = self._request(
            lambda trid: Outgoing(trid, ack, payload).to_command(),
            lambda _: (None,),
        )
        trid = reply.trid
        if ack == ACK_ERRORS and not reply.done:
            self._later(trid, self.nakWithin, lambda: self._answer(trid))
        return reply

    def _dropHeld(self, why: str) -> None:
        """Return what nobody came to read."""
        self._cancel(_HELD)
        held, self._held = self._held, []
        for reply, _ in held:
            if reply is not None:
                reply.errback(NotDelivered("MSG", why))

    def _heldTooLong(self) -> None:
        self._dropHeld(f"nobody came within {self.answerWithin:g} seconds")

    def _release(self) -> None:
        """Send what waited for somebody to come."""
        self._cancel(_HELD)
        held, self._held = self._held, []
        for reply, act in held:
            _follow(reply, act())

    # What comes.

    def handle_USR(self, command: Command) -> None:
        """We are in a conversation of our own, or in one that we were called to."""
        entered = Entered.from_command(command)
        self.screenName = entered.name or self.screenName
        self.entered = True
        self._answer(command.trid)
        self.loggedIn()
        self._tell(events.Entered(str(self.sessionID or "")))
        waiting, self._whenIn = self._whenIn, []
        for reply, act in waiting:
            _follow(reply, act())

    handle_ANS = handle_USR  # noqa: N815

    def handle_CAL(self, command: Command) -> None:
        """It rings at somebody's."""
        session = ringing(command)
        reply = self.ids.get(command.trid or 0)
        self.sessionID = self.sessionID or session
        for handle in self._called:
            if ("call", handle) not in self._timers:
                self._expect(handle)
        if reply is not None:
            self._answer(command.trid, (session,))

    def _expect(self, handle: str) -> None:
        """Give somebody who was called time to come."""
        self._later(
            ("call", handle), self.answerWithin, lambda: self._notComing(handle)
        )

    def handle_IRO(self, command: Command) -> None:
        """Somebody was there before us."""
        who = Participant.from_command(command)
        self._enter(who)
        if who.index >= who.total:
            self.gotChattingUsers(dict(self.participants))
            self._tell(events.ParticipantsListed(dict(self.participants)))
            self._release()

    def handle_JOI(self, command: Command) -> None:
        """Somebody has joined."""
        who = Participant.from_command(command)
        handle = self._enter(who)
        if handle is None:
            return
        self.userJoined(handle, who.name)
        self._tell(events.Joined(handle, who.name, who.client))
        self._release()

    def _enter(self, who: Participant) -> str | None:
        """Note that somebody is there; None: it is ourselves, at another place.

        Raises:
            RemoteProtocolError: there are too many already.
        """
        handle = split_endpoint(who.handle)[0]
        if same(handle, self.userHandle):
            return None
        known = [each for each in self.participants if same(each, handle)]
        if not known and len(self.participants) >= MAX_ROOM:
            raise RemoteProtocolError(f"more than {MAX_ROOM} users in a conversation")
        for each in known:  # perhaps written in another way
            del self.participants[each]
        self._visited = True
        self._called.discard(handle.lower())
        self._cancel(("call", handle.lower()))
        self.participants[handle] = who.name
        if who.client is not None:
            self.clients[handle.lower()] = who.client
        return handle

    def handle_BYE(self, command: Command) -> None:
        """Somebody has left."""
        gone = Left.from_command(command)
        handle = split_endpoint(gone.handle)[0]
        for known in [each for each in self.participants if same(each, handle)]:
            del self.participants[known]
        self.clients.pop(handle.lower(), None)
        self._reassembler.forget(handle)
        self._invitationsOf(handle)
        self._peerLeft(handle)
        self.userLeft(handle)
        self._tell(events.Left(handle, gone.idle))
        if not self.participants and self.leaveWhenAlone and not self._called:
            self.logOut()

    def handle_ACK(self, command: Command) -> None:
        """A message was delivered."""
        self._answer(command.trid)

    def handle_NAK(self, command: Command) -> None:
        """A message was not delivered."""
        reply = self.ids.get(command.trid or 0)
        if reply is not None and reply.request == "MSG":
            del self.ids[command.trid or 0]
            self._fail(reply, NotDelivered("MSG", "the message was not delivered"))

    def _failed(self, code: int, command: Command) -> None:
        """Give an error to its request; that of a message says it wasn't delivered."""
        reply = self.ids.get(command.trid or 0)
        if reply is not None and reply.request == "MSG":
            del self.ids[command.trid or 0]
            self._fail(reply, NotDelivered("MSG", str(error_info(code)), code))
            return
        super()._failed(code, command)

    def handle_MSG(self, command: Command) -> None:
        """Somebody says something, perhaps in parts."""
        said = Incoming.from_command(command)
        wire = Message.from_bytes(said.payload)
        handle = split_endpoint(said.handle)[0]
        whole = self._reassembler.receive(handle, wire, self._now())
        if whole is not None:
            self._deliverMessage(handle, said.name, whole)

    def _now(self) -> float:
        loop = getattr(self.scheduler, "loop", None)
        return 0.0 if loop is None else float(loop.time())

    def checkMessage(self, message: MSNMessage) -> bool:
        """Give typing, invitations and peer-to-peer data to their hooks."""
        wire = message.toWire()
        if wire.content_type == INVITATION.partition(";")[0]:
            return self._gotInvitation(message)
        if wire.content_type == P2P:
            self._gotPacket(message, wire)
            return False
        content = read_content(wire)
        if isinstance(content, Typing):
            self.userTyping(message)
            self._tell(events.TypingSeen(message.userHandle))
            return False
        return True

    def tellMessage(self, message: MSNMessage) -> None:
        """Tell `heard` what was said."""
        content = read_content(message.toWire())
        self._tell(
            events.MessageReceived(
                message.userHandle, message.screenName, content, message
            )
        )

    def connectionLost(self, reason: str) -> None:
        """Fail what waits: messages, calls, invitations, transfers."""
        self._dropHeld(reason)
        waiting, self._whenIn = self._whenIn, []
        for reply, _ in waiting:
            reply.errback(ConnectionGone("CAL", f"connection lost: {reason}"))
        self._invitationsLost(reason)
        self._peersLost()
        self.participants.clear()


def same(one: str, other: str) -> bool:
    """Return whether two handles are of one account."""
    return one.lower() == other.lower()


def _follow(reply: Reply | None, other: Reply | None) -> None:
    """Give one Reply what another gets."""
    if reply is not None and other is not None:
        other.addCallbacks(reply.callback, reply.errback)


__kamaelia_components__ = (MSNSwitchboardClient,)
