"""The part of MSNHarness that holds conversations: switchboards on demand."""

import logging
from typing import Any, Final

from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN import harness_events as told
from Kamaelia.Protocol.MSN.EventBase import MSNEventBase
from Kamaelia.Protocol.MSN.HarnessBase import HarnessBase
from Kamaelia.Protocol.MSN.Replies import Reply, RequestFailed
from Kamaelia.Protocol.MSN.SwitchboardClient import MSNSwitchboardClient, same
from Kamaelia.Protocol.MSN.wire.capabilities import ClientId
from Kamaelia.Protocol.MSN.wire.contents import NUDGE as NUDGE_KIND
from Kamaelia.Protocol.MSN.wire.contents import Datacast, Text
from Kamaelia.Protocol.MSN.wire.encoding import is_handle
from Kamaelia.Protocol.MSN.wire.text_format import TextFormat

__all__ = ["HarnessRooms", "Room"]

logger = logging.getLogger(__name__)

_TOO_FAST: Final = 800  # the error of who asks for switchboards too often
_PACE: Final = 8.0  # seconds after which to ask again
_ATTEMPTS: Final = 4


class Room(MSNSwitchboardClient):
    """A conversation that tells its events together with itself.

    Attributes:
        harness: whose it is.
        called: whom it was opened for, in small letters.
    """

    leaveWhenAlone = True  # noqa: N815
    harness: "HarnessRooms"
    called = ""

    def _tell(self, event: Any) -> None:
        self.send((self, event), "heard")

    def clientOf(self, userHandle: str) -> ClientId | None:  # noqa: N803
        """Return what a participant's client can do: as presence told, if need be."""
        known = self.clients.get(userHandle.lower())
        contact = self.harness.contacts.getContact(userHandle)
        return known or (contact.client if contact else None)


class HarnessRooms(HarnessBase):
    """Conversations: see MSNHarness.

    Attributes:
        roomIdle: seconds of silence after which a conversation is left.
        maxRooms: conversations at the same time. Further calls are not answered, and
            further ones of ours fail; `("error", ...)` and `("undelivered", ...)` tell.
    """

    roomIdle: float = 300.0  # noqa: N815
    maxRooms: int = 100  # noqa: N815

    def __init__(self, *args: Any, **argd: Any) -> None:
        super().__init__(*args, **argd)
        self._rooms: dict[str, Room] = {}  # handle -> where to talk to it
        self._opening: dict[str, Reply] = {}
        self._sending = 0  # messages of which nobody knows yet whether they arrive

    @property
    def rooms(self) -> tuple[Room, ...]:
        """The conversations that go on."""
        found = (client for client in self._connections if isinstance(client, Room))
        return tuple(found)

    # What is asked for.

    def sendText(self, buddy: str, text: str, look: TextFormat | None = None) -> None:
        """Say something to a buddy, in the conversation where they spoke last."""

        def say(room: Room) -> None:
            reply = room.sendText(text, look)
            self._stay(room)
            if reply is not None:
                reply.addCallbacks(arrived, failed)

        def arrived(_: Any) -> None:
            self._sending -= 1
            self._say(told.Accepted("accepted", buddy))

        def failed(error: Exception) -> None:
            self._sending -= 1
            self._say(told.Undelivered.of(buddy, text, *_why(error)))

        self._sending += 1
        self._within(buddy).addCallback(say).addErrback(failed)

    def _busy(self) -> bool:
        """Return whether something that was asked for is still to be done."""
        return super()._busy() or self._sending > 0

    def _within(self, buddy: str) -> Reply:
        """Return a Reply: the conversation with a buddy, opened if need be."""
        key = buddy.lower()
        room = self._rooms.get(key)
        if room is not None and room._end is None:
            found = Reply("XFR")
            found.callback(room)
            return found
        if key in self._opening:
            return _branch(self._opening[key])
        if not is_handle(buddy):
            return _refused(f"not an account name: {buddy!r}")
        if self._full():
            return _refused("too many conversations")
        reply = self._opening[key] = Reply("XFR")
        self._ask(buddy, reply, 1)
        return _branch(reply)

    def _full(self) -> bool:
        """Return whether as many conversations go on, or begin, as may."""
        return len(self.rooms) + len(self._opening) >= self.maxRooms

    def _ask(self, buddy: str, reply: Reply, attempt: int) -> None:
        """Ask for a switchboard."""
        session = self._session
        if session is None or not self.ready:
            self._notOpened(
                RequestFailed("XFR", "not signed on"), buddy, reply, attempt
            )
            return
        asked = session.requestSwitchboardServer()
        asked.addCallback(self._gotBoard, buddy, reply)
        asked.addErrback(self._notOpened, buddy, reply, attempt)

    def _notOpened(
        self, error: RequestFailed, buddy: str, reply: Reply, attempt: int
    ) -> None:
        if error.code == _TOO_FAST and attempt < _ATTEMPTS:
            key = ("ask", buddy.lower())
            self._later(key, _PACE, lambda: self._ask(buddy, reply, attempt + 1))
            return
        self._opening.pop(buddy.lower(), None)
        reply.errback(error)

    def _gotBoard(self, where: tuple[str, int, str], buddy: str, reply: Reply) -> None:
        """Open a conversation at the switchboard that we were given."""
        host, port, key = where
        room = self._room(key=key)
        room.called = buddy.lower()
        self._rooms[room.called] = room
        self._open(room, host, port)
        room.inviteUser(buddy).addErrback(self._notInvited, room)
        self._opening.pop(buddy.lower(), None)
        reply.callback(room)

    def _notInvited(self, error: RequestFailed, room: Room) -> None:
        """Leave a conversation to which nobody comes."""
        if not room.participants and not room._called:
            room.logOut()
            room.wake()

    def _room(self, **argd: Any) -> Room:
        room = Room(
            userHandle=self._settings["userHandle"],
            timeout=self._settings["timeout"],
            objects=self.objects,
            **argd,
        )
        room.harness = self
        return room

    def _stay(self, room: Room) -> None:
        """Begin to count the seconds of silence."""
        self._later(("idle", room), self.roomIdle, lambda: self._leave(room))

    def _leave(self, room: Room) -> None:
        if room.transfers or room.cookies["iCookies"] or room.cookies["external"]:
            self._stay(room)
            return
        room.logOut()
        room.wake()

    def _existing(self, buddy: str) -> Room | None:
        room = self._rooms.get(buddy.lower())
        return room if room is not None and room._end is None else None

    def sendTyping(self, buddy: str) -> None:
        """Tell a buddy that we are typing, if there is a conversation."""
        room = self._existing(buddy)
        if room is not None:
            room.sendTypingNotification()

    def sendNudge(self, buddy: str) -> None:
        """Shake a buddy's window."""

        def failed(error: Exception) -> None:
            self._say(told.Failure.of(*_why(error), "nudge"))

        self._within(buddy).addCallback(lambda room: room.sendNudge()).addErrback(
            failed
        )

    def invite(self, buddy: str, other: str) -> None:
        """Call somebody else into the conversation with a buddy."""

        def failed(error: Exception) -> None:
            self._say(told.Failure.of(*_why(error), "invite"))

        self._within(buddy).addCallback(lambda room: room.inviteUser(other)).addErrback(
            failed
        )

    def leave(self, buddy: str) -> None:
        """Leave the conversation with a buddy."""
        room = self._existing(buddy)
        if room is not None:
            room.logOut()
            room.wake()

    # What happens.

    def _called(self, call: events.SwitchboardInvitation) -> None:
        """Answer a call."""
        if self._full():
            logger.warning("%s called: %d conversations go on", self, self.maxRooms)
            self._say(told.Failure.of(f"{call.handle} called: too many conversations"))
            return
        room = self._room(key=call.key, reply=1, sessionID=call.session_id)
        room.called = call.handle.lower()
        self._open(room, call.host, call.port)
        self._stay(room)

    def _roomEvent(self, client: MSNEventBase, event: Any) -> None:
        """Act on what a conversation tells."""
        if not isinstance(client, Room):
            return
        match event:
            case events.MessageReceived(handle, name, content, _):
                if any(same(handle, each) for each in client.participants):
                    self._rooms[handle.lower()] = client
                self._stay(client)
                self._said(client, handle, name, content)
            case events.TypingSeen(handle):
                self._say(told.Typing("typing", handle, "typing"))
            case events.Joined(handle, _, _):
                self._rooms.setdefault(handle.lower(), client)
                others = _others(client, handle)
                self._say(told.Presence.of("joined", handle, others))
            case events.ParticipantsListed(users):
                for handle in users:
                    self._rooms.setdefault(handle.lower(), client)
            case events.Left(handle, _):
                self._gone(client, handle.lower())
                others = _others(client, handle)
                self._say(told.Presence.of("left", handle, others))
            case events.SignOnFailed(_, code, meaning):
                self._say(told.Failure.of(meaning, code, "conversation"))
            case events.Disconnected():
                self._closed(client)
            case _:
                self._fileEvent(client, event)

    def _said(self, room: Room, handle: str, name: str, content: Any) -> None:
        others = _others(room, handle)
        match content:
            case Text(text, look):
                self._say(told.Message.of(handle, text, name, look, others))
            case Datacast(kind, _) if kind == NUDGE_KIND:
                self._say(told.Nudge("nudge", handle))

    def _gone(self, room: Room, key: str) -> None:
        if self._rooms.get(key) is room:
            del self._rooms[key]

    def _closed(self, room: Room) -> None:
        """Forget a conversation that has ended."""
        self._cancel(("idle", room))
        for key in [key for key, each in self._rooms.items() if each is room]:
            del self._rooms[key]
        self._forget(room)

    def _sessionLost(self, reason: str) -> None:
        """Give up conversations that were not open yet; open ones go on."""
        waiting, self._opening = self._opening, {}
        for handle, reply in waiting.items():
            self._cancel(("ask", handle))
            reply.errback(RequestFailed("XFR", f"connection lost: {reason}"))

    def _fileEvent(self, room: Room, event: Any) -> None:
        raise NotImplementedError


def _others(room: Room, handle: str) -> tuple[str, ...]:
    """Return who is in a conversation beside somebody."""
    return tuple(each for each in room.participants if each.lower() != handle.lower())


def _why(error: Exception) -> tuple[str, int | None]:
    """Return what went wrong, and the error's number if it has one.

    A request that cannot be sent as it is fails with another error than one that
    the server refuses.
    """
    if isinstance(error, RequestFailed):
        return error.meaning, error.code
    return str(error), None


def _refused(meaning: str) -> Reply:
    """Return a Reply that has failed."""
    reply = Reply("XFR")
    reply.errback(RequestFailed("XFR", meaning))
    return reply


def _branch(reply: Reply) -> Reply:
    """Return a Reply of its own that gets what another gets."""
    made = Reply(reply.request)

    def got(value: Any) -> Any:
        made.callback(value)
        return value

    def failed(error: RequestFailed) -> RequestFailed:
        made.errback(error)
        return error

    reply.addCallbacks(got, failed)
    return made


__kamaelia_components__ = ()
