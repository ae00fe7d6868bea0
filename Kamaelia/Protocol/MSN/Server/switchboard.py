"""One participant of a conversation.

    stage    begins with       takes
    OUTSIDE  connecting        USR with a cookie of XFR, ANS with one of RNG
    INSIDE   the right cookie  CAL, MSG, PNG, OUT

Messages go to everybody else as the bytes that came. ACK is sent when the connections
of all others have taken the message, NAK when one has been lost or nobody is there.
"""

from typing import TYPE_CHECKING

from Kamaelia.Protocol.MSN.Server.actions import Actions, Close, Receipt, Send
from Kamaelia.Protocol.MSN.Server.session import Session
from Kamaelia.Protocol.MSN.Server.state.rates import Bucket
from Kamaelia.Protocol.MSN.Server.state.rooms import Pass, Room
from Kamaelia.Protocol.MSN.Server.state.state import Connection, ServerState
from Kamaelia.Protocol.MSN.wire.arguments import expect, need_trid
from Kamaelia.Protocol.MSN.wire.capabilities import ClientId
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.encoding import (
    encode_text,
    is_handle,
    normalise_handle,
)
from Kamaelia.Protocol.MSN.wire.referral import Invitation
from Kamaelia.Protocol.MSN.wire.switchboard import (
    ACK_ALWAYS,
    ACK_DATA,
    ACK_NEVER,
    Enter,
    Entered,
    Left,
    Outgoing,
    Participant,
    split_endpoint,
)
from Kamaelia.Protocol.wire.errors import RemoteProtocolError

if TYPE_CHECKING:
    from Kamaelia.Protocol.MSN.Server.notification import NotificationSession

__all__ = ["SwitchboardSession"]


class SwitchboardSession(Session):
    """A client's connection to the switchboard.

    Attributes:
        room: the conversation; None outside.
        name: the user's friendly name when it came in.
        client: what the user's client can do.
    """

    kind = "switchboard"

    def __init__(self, state: ServerState, connection: Connection) -> None:
        super().__init__(state, connection)
        self.room: Room | None = None
        self.name = ""
        self.client = ClientId()
        self.calls = Bucket(state.limits.calls, state.clock())
        self.failed_calls = 0
        self._head = ""

    def handle_command(self, command: Command) -> Actions:
        """Return what a command asks for."""
        name, room = command.name, self.room
        if name == "OUT":
            return self.close("client left")
        if name == "PNG":
            pings = (str(self.state.limits.ping),) if self.dialect >= 9 else ()
            return [self.say(Command("QNG", None, pings))]
        if command.trid is None:
            return self.close("a command without its transaction id")
        if room is None:
            if name in ("USR", "ANS"):
                return self._enter(command)
            return self.refuse(command.trid, 715, "a command before USR or ANS")
        if name == "MSG":
            return self._relay(room, command)
        if name == "CAL":
            return self._call(room, command)
        known = name in ("USR", "ANS")
        return [self.error(command.trid, 715 if known else 200)]

    # Coming and going.

    def _enter(self, command: Command) -> Actions:
        """Do USR or ANS: check the cookie, and let the client in."""
        request = Enter.from_command(command)
        state, now = self.state, self.state.clock()
        handle = normalise_handle(split_endpoint(request.handle)[0])
        answers = request.session is not None
        cookies = state.rings if answers else state.cookies
        ticket = cookies.redeem(request.cookie, now)
        if ticket is None or not self._fits(ticket, handle, request.session):
            return self.refuse(request.trid, 911, "a wrong cookie")
        room = state.rooms.get(ticket.room) if ticket.room else state.rooms.open(now)
        full = room is not None and len(room.people) >= state.limits.participants
        if room is None or full or handle in room.people:
            return self.refuse(request.trid, 911, "a conversation that is over")
        self._become(ticket.session)
        room.people[handle] = self
        room.spoken = now
        self.room = room
        self.deadline = now + state.limits.room_idle
        state.metrics.rooms.set(len(state.rooms))
        if not answers:
            entered = Entered(request.trid, handle, self.name)
            return [self.say(entered.to_command())]
        return self._answer(room, request.trid)

    def _fits(self, ticket: Pass, handle: str, session: str | None) -> bool:
        """Return whether a cookie was given to this account, for this room."""
        owner = ticket.session
        still_on = self.state.sessions.get(handle) is owner
        return still_on and owner.handle == handle and ticket.room == session

    def _become(self, owner: "NotificationSession") -> None:
        """Take over what a switchboard has to know of its user."""
        self.handle = owner.handle
        self.dialect = owner.dialect
        self.name = owner.roster.name
        self.client = owner.client or ClientId()
        self._head = f"MSG {self.handle} {encode_text(self.name)} "

    def _participant(self) -> Participant:
        """Return JOI about the user."""
        return Participant(self.handle, self.name, self.client)

    def _answer(self, room: Room, trid: int) -> Actions:
        """Say who is there, and tell them who has come."""
        others = list(room.others(self.handle))
        commands = [
            Participant(
                other.handle, other.name, other.client, trid, index, len(others)
            ).to_command(self.dialect)
            for index, other in enumerate(others, 1)
        ]
        commands.append(Entered(trid, answers=True).to_command())
        joined = self._participant()
        actions: Actions = [self.say(*commands)]
        actions += [o.say(joined.to_command(o.dialect)) for o in others]
        return actions

    def lost(self) -> Actions:
        """Tell the others that the user has left."""
        self.closed = True
        room, self.room = self.room, None
        if room is None:
            return []
        self.state.rooms.leave(room, self.handle)
        self.state.metrics.rooms.set(len(self.state.rooms))
        line = Left(self.handle).to_command()
        return [other.say(line) for other in room.people.values()]

    def tick(self, now: float) -> Actions:
        """End a sign-on that takes too long, and a silent conversation."""
        room = self.room
        if room is None:
            return super().tick(now)
        end = room.spoken + self.state.limits.room_idle
        if now < end:
            self.deadline = end
            return []
        return self._end_idle(room)

    def _end_idle(self, room: Room) -> Actions:
        """End a conversation for everybody: BYE for each of the others."""
        actions: Actions = []
        people = list(room.people.values())
        for who in people:
            left = [Left(o.handle, True).to_command() for o in people if o is not who]
            if left:
                actions.append(who.say(*left))
        for who in people:
            self.state.rooms.leave(room, who.handle)
            who.room = None
            actions += who.close("the conversation was idle")
        self.state.metrics.rooms.set(len(self.state.rooms))
        return actions

    def shut_down(self) -> Actions:
        """Close."""
        if self.closed:
            return []
        self.closed = True
        return [Close(self, "server shuts down")]

    # Talking.

    def _call(self, room: Room, command: Command) -> Actions:
        """Do CAL: ring at somebody who is there for the user."""
        trid, state = need_trid(command), self.state
        handle = normalise_handle(split_endpoint(expect(command, 1, "CAL")[0])[0])
        code = self._refusal(room, handle)
        if code:
            self.failed_calls += 1
            return [self.error(trid, code)]
        self.failed_calls = 0
        callee, now = state.sessions[handle], state.clock()
        room.spoken = now
        ring = Invitation(
            room.number,
            state.switchboard_address(callee.connection),
            state.rings.issue(Pass(callee, room.number), now),
            self.handle,
            self.name,
        )
        rings = Command("CAL", trid, ("RINGING", room.number))
        return [callee.say(ring.to_command(callee.dialect)), self.say(rings)]

    def _refusal(self, room: Room, handle: str) -> int:
        """Return why somebody cannot be called, 0: can be.

        Who is offline, hidden, blocks the user or doesn't exist is all the same.
        """
        limits = self.state.limits
        if self.failed_calls >= limits.failed_calls:
            self.failed_calls = 0
            return 713
        if not self.calls.take(self.state.clock()):
            return 713
        if not is_handle(handle):
            return 208
        if handle in room.people:
            return 215
        if len(room.people) >= limits.participants:
            return 713
        callee = self.state.sessions.get(handle)
        if callee is None or not callee.invitations:
            return 217
        return 0 if callee.visible_to(self.handle) else 217

    def _relay(self, room: Room, command: Command) -> Actions:
        """Do MSG: the same bytes to all others, and the acknowledgement."""
        try:
            message = Outgoing.from_command(command)
        except RemoteProtocolError:
            return self.close("MSG with no such acknowledgement")
        trid, ack, payload = message.trid, message.ack, message.payload
        metrics = self.state.metrics
        metrics.messages.inc()
        room.spoken = self.state.clock()
        count = len(room.people) - 1
        if count == 0:
            if ack == ACK_NEVER:
                return []
            return [self.say(Command("NAK", trid))]
        metrics.deliveries.inc(count)
        data = f"{self._head}{len(payload)}\r\n".encode() + payload
        receipt = None
        if ack != ACK_NEVER:
            receipt = Receipt(count, lambda good: self._acknowledge(trid, ack, good))
        return [Send(other, data, receipt) for other in room.others(self.handle)]

    def _acknowledge(self, trid: int, ack: str, good: bool) -> Actions:
        """Return ACK or NAK, where the kind of acknowledgement has one."""
        if self.closed or (good and ack not in (ACK_ALWAYS, ACK_DATA)):
            return []
        return [self.say(Command("ACK" if good else "NAK", trid))]
