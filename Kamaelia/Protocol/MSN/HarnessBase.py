"""The part of MSNHarness that stays connected: sign-on, referral, reconnecting."""

import random
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterable
from typing import Any, Final

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Kamaelia.Internet.TCPClient import TCPClient
from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN import harness_events as told
from Kamaelia.Protocol.MSN.Connection import MSNConnection
from Kamaelia.Protocol.MSN.constants import MSN_PORT, STATUS_ONLINE
from Kamaelia.Protocol.MSN.Contacts import MSNContactList
from Kamaelia.Protocol.MSN.EventBase import MSNEventBase
from Kamaelia.Protocol.MSN.NotificationClient import MSNNotificationClient
from Kamaelia.Protocol.MSN.Passport import NEXUS
from Kamaelia.Protocol.MSN.Replies import Reply
from Kamaelia.Protocol.MSN.Timed import TimedComponent
from Kamaelia.Protocol.MSN.wire.msnobject import MSNObject
from Kamaelia.Protocol.MSN.wire.signon import SUPPORTED

__all__ = ["HarnessBase", "Session"]

_PERMANENT: Final = frozenset({"credentials", "refused", "version"})
_MAX_WAITING: Final = 1000  # commands kept while there is no connection
_MAX_REFERRALS: Final = 5
_GOODBYE: Final = 5.0  # seconds that connections have to say good-bye
_FINISH: Final = 10.0  # seconds for what was asked for before we are told to stop


class Session(MSNNotificationClient):
    """A session that tells its events together with itself.

    Attributes:
        first: transaction id of the CHG that takes the first status.
    """

    first: int | None = None

    def _goOnline(self) -> Reply | None:
        reply = super()._goOnline()
        self.first = None if reply is None else reply.trid
        return reply

    def _tell(self, event: Any) -> None:
        self.send((self, event), "heard")


class HarnessBase(TimedComponent):
    """Keeps a session with a notification server: see MSNHarness."""

    Inboxes = {
        "inbox": "what to do: tuples that begin with their kind",
        "control": "producerFinished or shutdownMicroprocess: sign off and stop",
        "_events": "(client, event) of the clients inside",
    }
    Outboxes = {
        "outbox": "what happens: tuples that begin with their kind",
        "heard": "the same in full: tuples of Kamaelia.Protocol.MSN.events",
        "signal": "why this component stopped",
    }

    def __init__(
        self,
        handle: str,
        password: str,
        server: str = "127.0.0.1",
        port: int = MSN_PORT,
        nexus: str = NEXUS,
        *,
        versions: Iterable[int] = SUPPORTED,
        status: str = STATUS_ONLINE,
        reconnect: bool = True,
        backoff: tuple[float, float] = (5.0, 300.0),
        verify: bool | ssl.SSLContext = True,
        timeout: float = 30.0,
        passport: Callable[[str, str, str], Awaitable[str]] | None = None,
        transport: Callable[[str, int], Any] = TCPClient,
        **argd: Any,
    ) -> None:
        super().__init__(**argd)
        self.handle = handle
        self.server = server
        self.port = port
        self.status = status
        self.reconnect = reconnect
        self.backoff = backoff
        self.transport = transport
        self.contacts = MSNContactList()
        self.objects: dict[str, bytes] = {}
        self.picture: MSNObject | None = None
        self.ready = False
        self._settings: dict[str, Any] = {
            "userHandle": handle,
            "password": password,
            "passportServer": nexus,
            "versions": tuple(versions),
            "verify": verify,
            "timeout": timeout,
            "passport": passport,
        }
        self._session: Session | None = None
        self._line: Any = None
        self._connections: dict[MSNEventBase, Any] = {}
        self._waiting: deque[Any] = deque()
        self._tries = 0
        self._referrals = 0
        self._next: tuple[str, int] | None = None
        self._failure: tuple[str, str, int | None] | None = None
        self._delay: float | None = None
        self._finished: str | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.handle}>"

    # Life.

    def main(self) -> Generator[int, None, None]:
        """Stay signed on until told to stop, or until that is no use."""
        self._connect((self.server, self.port))
        stop: Any = None
        while stop is None and self._finished is None:
            stop = self.stopMessage()
            self._work()
            if stop is None and self._finished is None:
                self.pause()
                yield 1
        if stop is not None and not _atOnce(stop):
            yield from self._finishWork()
        yield from self._goodbye()
        self.send(stop or producerFinished(self, self._finished), "signal")

    def _work(self) -> None:
        """Act on what waits."""
        while self.dataReady("_events"):
            self._event(*self.recv("_events"))
        while self._finished is None and self._doDue():
            pass
        while self.dataReady("inbox"):
            self._command(self.recv("inbox"))

    def _finishWork(self) -> Generator[int, None, None]:
        """Do what came before the end, if it can be done soon: messages go out."""
        over: list[None] = []
        self._later("finish", _FINISH, lambda: over.append(None))
        self._work()
        while self._busy() and self._finished is None and not over:
            self.pause()
            yield 1
            stop = self.stopMessage()
            if stop is not None and _atOnce(stop):
                return
            self._work()

    def _busy(self) -> bool:
        """Return whether something that was asked for is still to be done."""
        session = self._session
        if session is None or session not in self._connections:
            return False
        return bool(self._waiting or (self.ready and session.ids))

    def _goodbye(self) -> Generator[int, None, None]:
        """End what is inside, and wait a little until it has."""
        self._cancelAll()
        self._due.clear()
        over: list[None] = []
        self._later("goodbye", _GOODBYE, lambda: over.append(None))
        self._closeAll()
        while self._connections and not over:
            while self.dataReady("_events"):
                client, event = self.recv("_events")
                self.send(event, "heard")
                if isinstance(event, events.Disconnected):
                    self._forget(client)
            self._doDue()
            if self._connections and not over:
                self.pause()
                yield 1
        self._cancelAll()

    def _closeAll(self) -> None:
        """Sign off everywhere."""
        for client in list(self._connections):
            client.logOut()
            client.wake()

    # Connections.

    def _open(self, client: MSNEventBase, host: str, port: int) -> None:
        """Connect a client."""
        line = MSNConnection(client, host, port, self.transport)
        self.link((line, "heard"), (self, "_events"))
        self.addChildren(line)
        self._connections[client] = line
        line.activate(self.scheduler)

    def _forget(self, client: MSNEventBase) -> None:
        """Let a client go that has ended."""
        line = self._connections.pop(client, None)
        if line is not None:
            self.removeChild(line)

    def _connect(self, address: tuple[str, int]) -> None:
        """Sign on at a server."""
        last = self._session.currentID if self._session and self._referrals else 0
        session = Session(last, **self._settings)
        session.contacts = self.contacts
        session.status = self.status
        session.picture = self.picture
        session.host, session.port = address
        self._session, self._failure, self._next = session, None, None
        self._delay = None
        self._open(session, *address)

    def _event(self, client: MSNEventBase, event: Any) -> None:
        """Act on what a client tells."""
        self.send(event, "heard")
        if client is self._session:
            self._sessionEvent(event)
        else:
            self._roomEvent(client, event)

    def _sessionEvent(self, event: Any) -> None:
        match event:
            case events.SignedOn(handle, name, _, dialect):
                self._tries = self._referrals = 0
                self._settings["userHandle"] = handle
                self._say(told.SignedOn.of(name, handle, dialect))
            case events.ListsSynchronized(contacts, _):
                self._listCame(contacts)
            case events.Referred(host, port):
                self._next = (host, port)
            case events.SignOnFailed(kind, code, meaning):
                self._failure = (kind, meaning, code)
            case events.SignedOff(reason, minutes):
                self._signedOff(event, reason, minutes)
            case events.Disconnected(reason, _):
                self._disconnected(reason)
            case _:
                self._news(event)

    def _signedOff(
        self, event: events.SignedOff, reason: str, minutes: int | None
    ) -> None:
        text = {
            "OTH": "signed on elsewhere",
            "SSD": "the server shuts down",
        }.get(reason, "the server ended the session")
        kind = "later" if event.may_return else reason
        self._failure = (kind, text, None)
        if minutes is not None:
            self._delay = minutes * 60.0

    def _listCame(self, contacts: MSNContactList) -> None:
        self.contacts = contacts
        self._say(told.BuddyList.of(contacts))
        for contact in contacts.getPendingContacts().values():
            self._wasAddedBy(contact.userHandle)
        self.ready = True
        waiting, self._waiting = self._waiting, deque()
        for command in waiting:
            self._command(command)

    def _disconnected(self, reason: str) -> None:
        """The session is over: go on elsewhere, try again later, or end."""
        session, self.ready = self._session, False
        if session is not None:
            self._forget(session)
        self._sessionLost(reason)
        if self._next is not None and self._referrals < _MAX_REFERRALS:
            self._referrals += 1
            self._connect(self._next)
            return
        self._referrals = 0
        kind, text, code = self._failure or ("lost", reason, None)
        stays = kind in _PERMANENT or kind in ("OTH", "TOU")
        if stays or not self.reconnect:
            self._say(told.Disconnected.of(text, None, kind, code))
            self._finished = text
            return
        seconds = self._delay if self._delay is not None else self._pause()
        self._say(told.Disconnected.of(text, seconds, kind, code))
        self._later("connect", seconds, self._again)

    def _pause(self) -> float:
        """Return how long to wait before the next try: doubling, with jitter."""
        first, most = self.backoff
        seconds: float = min(most, first * 2.0 ** min(self._tries, 30))
        self._tries += 1
        return seconds * random.uniform(0.75, 1.0)

    def _again(self) -> None:
        self._connect((self.server, self.port))

    # For the other parts.

    def _say(self, event: Any) -> None:
        """Tell `outbox`."""
        self.send(event, "outbox")

    def _command(self, command: Any) -> None:
        """Do what `inbox` asks for, now or when there is a session."""
        if self.ready:
            self._perform(command)
        elif len(self._waiting) < _MAX_WAITING:
            self._waiting.append(command)
        else:
            self._say(told.Failure.of("not signed on, and too much waits already"))

    def _perform(self, command: Any) -> None:
        raise NotImplementedError

    def _news(self, event: Any) -> None:
        raise NotImplementedError

    def _roomEvent(self, client: MSNEventBase, event: Any) -> None:
        raise NotImplementedError

    def _sessionLost(self, reason: str) -> None:
        raise NotImplementedError

    def _wasAddedBy(self, handle: str) -> None:
        raise NotImplementedError


def _atOnce(stop: Any) -> bool:
    """Return whether a stop message means: drop what waits."""
    kind = stop if isinstance(stop, type) else type(stop)
    return issubclass(kind, shutdownMicroprocess) and not issubclass(
        kind, producerFinished
    )


__kamaelia_components__ = ()
