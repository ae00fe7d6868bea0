"""The four P2P sessions: each end of an object's and of a file's transfer.

    ObjectRequester   200 OK                        Accepted
                      4 zero bytes                  ACK
                      data                          Progress; all: ACK, BYE, Received
    ObjectOwner       ACK of our 200 OK             4 zero bytes
                      ACK of those                  data may be taken
                      ACK of the data, or BYE       Ended
    FileOffer         200 OK                        data may be taken
                      ACK of the data               BYE, Ended
    FileReceipt       `accept`                      200 OK
                      data                          DataReceived, Progress; all: ACK,
                                                    Ended

Either side ends any of them at any point with BYE (an offer that hasn't been
answered with 603); what is on the way then is ignored. p2p_peer.py finds the session
for what comes in and forgets those that have `ended`.
"""

from enum import Enum, auto
from typing import Final

from Kamaelia.Protocol.MSN.wire.msnobject import MSNObject
from Kamaelia.Protocol.MSN.wire.outcome import Outcome
from Kamaelia.Protocol.MSN.wire.p2p import (
    APP_FILE,
    FLAG_ACK,
    FLAG_BYE_ACK,
    FLAG_ERROR,
    FLAG_FILE,
    FLAG_NAK,
    FLAG_OBJECT,
    FLAG_TRANSPORT_ERROR,
    Assembly,
    P2PPacket,
)
from Kamaelia.Protocol.MSN.wire.p2p_actions import (
    Accepted,
    Action,
    DataReceived,
    Ended,
    ObjectReceived,
    Progress,
    SendPacket,
)
from Kamaelia.Protocol.MSN.wire.p2p_link import OutgoingData, P2PLink, Source
from Kamaelia.Protocol.MSN.wire.slp import CLOSE_BODY, SESSION_BODY, SLPMessage
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = ["FileOffer", "FileReceipt", "ObjectOwner", "ObjectRequester", "Session"]

_PREPARATION: Final = bytes(4)


class State(Enum):
    """Where a session is."""

    INVITED = auto()  # the INVITE is out, or waits for our user
    PREPARING = auto()  # an owner waits for ACKs before its data
    RUNNING = auto()
    CONFIRMING = auto()  # all is out, the ACK is still to come
    ENDED = auto()


class Session:
    """What all four share: the INVITE, answers, errors, BYE.

    Args:
        link: what it sends through.
        invite: the INVITE that made it, ours or theirs.
        session_id: its SessionID.
        ours: whether we are the inviter.
    """

    def __init__(
        self, link: P2PLink, invite: SLPMessage, session_id: int, *, ours: bool
    ) -> None:
        self.link = link
        self.invite = invite
        self.session_id = session_id
        self.ours = ours
        self.direct_branch = ""  # of our last INVITE for a direct connection
        self.direct_request: SLPMessage | None = None  # theirs, not yet answered
        self.state = State.INVITED
        self.outgoing: OutgoingData | None = None

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.state is State.ENDED

    def start(self) -> list[Action]:
        """Send the INVITE."""
        return [*self.link.send_text(self.invite)[1]]

    def request(self, method: str, content_type: str) -> SLPMessage:
        """Return a further request of this call from us."""
        me, peer = self.invite.sender, self.invite.to
        if not self.ours:
            me, peer = peer, me
        return SLPMessage.request(method, peer, me, self.invite.call_id, content_type)

    def answer(self, status: int) -> tuple[int, list[SendPacket]]:
        """Send the answer to the peer's INVITE; return its message id too."""
        body = (("SessionID", str(self.session_id)),)
        return self.link.send_text(self.invite.answer(status, SESSION_BODY, body))

    def on_answer(self, answer: SLPMessage) -> list[Action]:
        """Take the answer to our INVITE."""
        if not self.ours or self.state is not State.INVITED:
            return []
        if answer.status == 200:
            self.state = State.RUNNING
            return [Accepted(self.session_id), *self._accepted()]
        if answer.status == 603:
            return self.end(Outcome.REFUSED, "the peer declined")
        reason = f"the peer answered {answer.status} {answer.reason}"
        return self.end(Outcome.FAILED, reason)

    def on_bye(self) -> list[Action]:
        """Take the peer's BYE."""
        return self.end(Outcome.CANCELLED_BY_PEER, "the peer ended the transfer")

    def on_control(self, packet: P2PPacket) -> list[Action]:
        """Take an ACK, a report of loss or an error that belongs to this session."""
        outgoing = self.outgoing
        if packet.flags & (FLAG_ERROR | FLAG_TRANSPORT_ERROR):
            return self.end(Outcome.FAILED, "the peer reports an error")
        if packet.flags & FLAG_BYE_ACK:
            return self.on_bye()
        if packet.flags & FLAG_NAK:
            if outgoing is not None and not self.ended:
                outgoing.rewind(packet.ack_size)
                self.state = State.RUNNING
            return []
        return self._acknowledged(packet.ack_id) if packet.flags & FLAG_ACK else []

    def on_data(self, packet: P2PPacket) -> list[Action]:
        """Take a packet of this session."""
        raise RemoteProtocolError("P2P: data in the wrong direction")

    def take_slice(self, size: int) -> list[Action]:
        """Return the next slice to send; nothing when there is none."""
        outgoing = self.outgoing
        if outgoing is None or self.state is not State.RUNNING:
            return []
        try:
            packet = outgoing.next_slice(size)
        except OSError as problem:
            return self.fail(f"cannot read the file: {problem}")
        if outgoing.finished:
            self.state = State.CONFIRMING
        progress = Progress(self.session_id, outgoing.done, outgoing.total)
        return [SendPacket(packet), progress]

    @property
    def sending(self) -> bool:
        """Whether `take_slice` has something to send."""
        return self.outgoing is not None and self.state is State.RUNNING

    def cancel(self) -> list[Action]:
        """End it because our user says so."""
        if not self.ours and self.state is State.INVITED:
            return self._refuse()
        return self.stop(Outcome.CANCELLED_BY_US, "cancelled")

    def fail(self, reason: str) -> list[Action]:
        """End it because something is wrong."""
        return self.stop(Outcome.FAILED, reason)

    def stop(self, outcome: Outcome, reason: str) -> list[Action]:
        """End it and tell the peer; nothing happens when it is over."""
        return [] if self.ended else [*self.bye(), *self.end(outcome, reason)]

    def end(self, outcome: Outcome, reason: str) -> list[Action]:
        """End it without a word to the peer; nothing happens when it is over."""
        if self.ended:
            return []
        self.state = State.ENDED
        self.outgoing = None
        return [Ended(self.session_id, outcome, reason)]

    def bye(self) -> list[SendPacket]:
        """Send BYE."""
        return self.link.send_text(self.request("BYE", CLOSE_BODY))[1]

    def _refuse(self) -> list[Action]:
        return [*self.answer(603)[1], *self.end(Outcome.CANCELLED_BY_US, "declined")]

    def _accepted(self) -> list[Action]:
        return []

    def _acknowledged(self, message_id: int) -> list[Action]:
        return []


class ObjectRequester(Session):
    """We fetch a picture or an emoticon. It is held in memory until it is whole."""

    def __init__(
        self, link: P2PLink, invite: SLPMessage, session_id: int, wanted: MSNObject
    ) -> None:
        super().__init__(link, invite, session_id, ours=True)
        self.wanted = wanted
        self._prepared = False
        self._assembly = Assembly(wanted.size)
        self._data = bytearray()

    def on_data(self, packet: P2PPacket) -> list[Action]:
        """Take the preparation, or a slice of the object."""
        if self._is_preparation(packet):
            self._prepared = True
            return [self.link.acknowledge(packet)]
        self.state = State.RUNNING  # data may overtake the 200 OK
        fresh = self._assembly.add(packet)
        self._data += fresh
        actions: list[Action] = []
        if fresh:
            progress = Progress(self.session_id, len(self._data), self.wanted.size)
            actions.append(progress)
        return actions + self._finish(packet) if self._assembly.complete else actions

    def _is_preparation(self, packet: P2PPacket) -> bool:
        """Four zero bytes; in an object of four bytes the first time only."""
        return (
            packet.data == _PREPARATION
            and packet.total_size == len(_PREPARATION)
            and not packet.flags & FLAG_OBJECT
            and (not self._prepared or self.wanted.size != len(_PREPARATION))
        )

    def _finish(self, packet: P2PPacket) -> list[Action]:
        data = bytes(self._data)
        ack = self.link.acknowledge(packet)
        if not self.wanted.matches(data):
            return [ack, *self.fail("the object is not what its SHA1D says")]
        return [
            ack,
            *self.bye(),
            ObjectReceived(self.session_id, self.wanted, data),
            *self.end(Outcome.COMPLETED, "received"),
        ]


class ObjectOwner(Session):
    """A peer fetches a picture or an emoticon of ours."""

    def __init__(
        self,
        link: P2PLink,
        invite: SLPMessage,
        session_id: int,
        app_id: int,
        data: bytes,
    ) -> None:
        super().__init__(link, invite, session_id, ours=False)
        self._app_id = app_id
        self._data = data
        self._awaited = 0  # message id that is to be acknowledged next
        self._prepared = False

    def start(self) -> list[Action]:
        """Answer 200 OK."""
        self.state = State.PREPARING
        self._awaited, packets = self.answer(200)
        return [*packets]

    def on_bye(self) -> list[Action]:
        """Take the peer's BYE: after everything went out it is how this ends."""
        if self.state is State.CONFIRMING:
            return self.end(Outcome.COMPLETED, "sent")
        return super().on_bye()

    def _acknowledged(self, message_id: int) -> list[Action]:
        if self.outgoing is not None and message_id == self.outgoing.message_id:
            done = self.outgoing.finished
            return self.end(Outcome.COMPLETED, "sent") if done else []
        if self.state is not State.PREPARING or message_id != self._awaited:
            return []
        if self._prepared:
            data = self._data
            self.outgoing = self.link.start_data(
                self.session_id,
                len(data),
                FLAG_OBJECT,
                self._app_id,
                lambda offset, size: data[offset : offset + size],
            )
            self.state = State.RUNNING
            return []
        self._prepared = True
        self._awaited, packet = self.link.send_small(
            self.session_id, _PREPARATION, self._app_id
        )
        return [packet]


class FileOffer(Session):
    """We offer a file and send it."""

    def __init__(
        self,
        link: P2PLink,
        invite: SLPMessage,
        session_id: int,
        size: int,
        source: Source,
    ) -> None:
        super().__init__(link, invite, session_id, ours=True)
        self.size = size
        self._source = source

    def _accepted(self) -> list[Action]:
        self.outgoing = self.link.start_data(
            self.session_id, self.size, FLAG_FILE, APP_FILE, self._source
        )
        return []

    def on_bye(self) -> list[Action]:
        """Take the peer's BYE; an empty file may end by it alone."""
        if self.state is State.CONFIRMING and self.size == 0:
            return self.end(Outcome.COMPLETED, "sent")
        return super().on_bye()

    def _acknowledged(self, message_id: int) -> list[Action]:
        outgoing = self.outgoing
        if outgoing is None or message_id != outgoing.message_id:
            return []
        if not outgoing.finished:
            return []
        return self.stop(Outcome.COMPLETED, "sent")


class FileReceipt(Session):
    """A peer offers a file; `accept` takes it, `cancel` declines it."""

    def __init__(
        self, link: P2PLink, invite: SLPMessage, session_id: int, size: int
    ) -> None:
        super().__init__(link, invite, session_id, ours=False)
        self.size = size
        self._assembly = Assembly(size)

    def accept(self) -> list[Action]:
        """Answer 200 OK.

        Raises:
            LocalProtocolError: it has been accepted already.
        """
        if self.state is not State.INVITED:
            raise LocalProtocolError(f"session {self.session_id} was answered before")
        self.state = State.RUNNING
        return [*self.answer(200)[1]]

    def on_bye(self) -> list[Action]:
        """Take the peer's BYE; an empty file may end by it alone."""
        if self.state is State.RUNNING and self._assembly.complete:
            return self.end(Outcome.COMPLETED, "received")
        return super().on_bye()

    def on_data(self, packet: P2PPacket) -> list[Action]:
        """Take a slice of the file."""
        if self.state is not State.RUNNING:
            raise RemoteProtocolError("P2P: data before the file was accepted")
        fresh = self._assembly.add(packet)
        actions: list[Action] = []
        if fresh:
            actions.append(DataReceived(self.session_id, fresh))
            actions.append(Progress(self.session_id, self._assembly.done, self.size))
        if not self._assembly.complete:
            return actions
        ack = self.link.acknowledge(packet)
        return [*actions, ack, *self.end(Outcome.COMPLETED, "received")]
