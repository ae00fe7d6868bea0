"""A whole AIM client behind one inbox and one outbox.

    Pipeline(
        ConsoleReader(),
        PureTransformer(tuplefy),  # a line -> ("message", buddy, text)
        AIMHarness("kamaelia1", "abc123", server="127.0.0.1"),
        ConsoleEchoer(),
    ).run()

Commands go to "inbox", at any time: what comes before the sign-on is complete waits
for it. All of them stand in Kamaelia.Protocol.AIM.commands, most used of all:

    ("message", buddy, text)      ("away", text)     ("add", buddy)
    ("typing", buddy)             ("back",)          ("remove", buddy)

Events come from "outbox"; see Kamaelia.Protocol.AIM.events:

    ("signed on", name)           ("message", sender, text)
    ("buddy online", {"name": ...}), ("buddy offline", {"name": ...})
    ("error", text)               a refused sign-on, a message not delivered ...
    ("disconnected", text)        the connection is lost
"""

import ssl
from collections.abc import Callable, Generator
from typing import Any, Final, Self

from Axon.Component import component
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Kamaelia.Protocol.AIM.ChatManager import ChatManager
from Kamaelia.Protocol.AIM.events import Disconnected, Failure, Notice, SignedOn
from Kamaelia.Protocol.AIM.LoginHandler import LoginHandler
from Kamaelia.Protocol.AIM.session import Session
from Kamaelia.Protocol.AIM.wire.oservice import MigrateGroups
from Kamaelia.Support.OscarUtil import AIM_PORT, AUTH_SERVER

__all__ = ["AIMHarness"]

SURELY: Final = 0.01
"""Seconds that an alarm goes off late: uvloop's may go off a little early."""

GOODBYE: Final = 5.0
"""Seconds that a connection may take to close in order."""

FIRST_WAIT: Final = 10.0
LONGEST_WAIT: Final = 600.0
"""Seconds before signing on again: doubled from the first to the longest."""

HOPELESS: Final = frozenset(
    (0x01, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x11, 0x1B, 0x1C, 0x20, 0x22)
)
"""Codes of refused sign-ons that trying again doesn't change."""

IMPATIENT: Final = frozenset((0x18, 0x1D))
"""Codes that each further attempt makes worse."""


class AIMHarness(component):
    """Signs on, chats, signs off.

    For a subclass with a `main` of its own the LoginHandler is running when that
    begins, its "signal" linked to "internal inbox", as in the original.

    Told to stop by producerFinished it sends what waits and signs off; by
    shutdownMicroprocess it signs off at once. When the sign-on is refused or the
    connection lost, it tells that as an event and ends; `signal` then carries a
    producerFinished with the event as its message.

    Args:
        screenname: screen name or UIN.
        password: of the account.
        server: the authorizer, host name or address.
        port: of the authorizer.
        tls: speak TLS: True with the usual checks, or an ssl.SSLContext.
        reconnect: whether to sign on again after a loss, waiting longer and longer.
        options: of LoginHandler: method, timeout, buddies, profile, connector ...

    Attributes:
        loginer: the LoginHandler, while there is one.
        oscar: the connection, once there is one.
        chatter: the ChatManager, once there is one.
    """

    Inboxes = {
        "inbox": "commands: tuples that begin with a word",
        "control": "producerFinished or shutdownMicroprocess: sign off and stop",
        "internal inbox": "the connection and what came on it, or why there is none",
        "_chat": "signal of the ChatManager",
        "_moved": "the server wants us to go on elsewhere",
        "internal control": "for subclasses of old; not used",
    }
    Outboxes = {
        "outbox": "events: tuples that begin with their kind",
        "signal": "why this component stopped",
        "_stoplogin": "control of the LoginHandler",
        "_stopchat": "control of the ChatManager",
        "_hangup": "control of the connection",
        "_queued": "what came on the connection during the sign-on",
        "internal outbox": "for subclasses of old; not used",
        "internal signal": "for subclasses of old; not used",
        "_resume": "tells the ChatManager that the connection was replaced",
    }

    def __init__(
        self,
        screenname: str,
        password: str,
        server: str = AUTH_SERVER,
        port: int = AIM_PORT,
        *,
        tls: bool | ssl.SSLContext = False,
        reconnect: bool = False,
        **options: Any,
    ) -> None:
        super().__init__()
        self.screenname = screenname
        self.password = password
        self.server = server
        self.port = port
        self.reconnect = reconnect
        self._options = {**options, "tls": tls}
        self._stop: Any = None
        self._closing: Any = None
        self.oscar: Any = None
        self.chatter: Any = None
        self.loginer: Any = None
        self._session: Session | None = None  # of a LoginHandler made beforehand
        if type(self).main is not AIMHarness.main:
            self._session = Session(screenname)
            self._makeLoginer(self._session, None)

    def activate(self, *args: Any, **kwargs: Any) -> Self:
        """Hand this component, and the LoginHandler if there is one, to a scheduler."""
        super().activate(*args, **kwargs)
        if self.loginer is not None:
            self.loginer.activate(self.scheduler)
        return self

    def main(self) -> Generator[int, None, None]:
        """Sign on and chat, again if told so, until told to stop."""
        wait = FIRST_WAIT
        event = None
        while self._stop is None:
            was_online, event = yield from self._once()
            if self._stop is not None or not self.reconnect or not _mayRetry(event):
                break
            wait = FIRST_WAIT if was_online else min(2 * wait, LONGEST_WAIT)
            if getattr(event, "code", 0) in IMPATIENT:
                wait = LONGEST_WAIT
            text = f"signing on again in {wait:g} seconds"
            yield from self.sendWhenSpace(Notice("notice", text), "outbox")
            yield from self._until(lambda: self._stop is not None, wait)
        last = producerFinished(self, event) if self._stop is None else self._stop
        yield from self.sendWhenSpace(last, "signal")

    def _once(self) -> Generator[int, None, tuple[bool, Any]]:
        """Sign on and chat once.

        Returns:
            Whether it was online, and the event that says why that is over.
        """
        session, self._session = self._session or Session(self.screenname), None
        came = yield from self._signOn(session)
        if isinstance(came, tuple):
            yield from self.sendWhenSpace(came, "outbox")
            return False, came
        if not self._isConnection(came):
            return False, None
        event = SignedOn("signed on", session.screen_name)
        yield from self.sendWhenSpace(event, "outbox")
        self._wire(came, session)
        return True, (yield from self._chat(session))

    # Signing on.

    def _signOn(
        self, session: Session, moved_to: tuple[str, bytes] | None = None
    ) -> Generator[int, None, Any]:
        """Run a LoginHandler.

        Returns:
            The connection; or a Failure, a tuple; or the stop message.
        """
        if self.loginer is None:
            self._makeLoginer(session, moved_to).activate()
        login = self.loginer
        self.link((self, "_stoplogin"), (login, "control"))
        if self._stop is not None:
            self.send(self._stop, "_stoplogin")
        yield from self._until(
            lambda: self.dataReady("internal inbox"), pass_on="_stoplogin"
        )
        came = self.recv("internal inbox")
        self.removeChild(login)
        self.loginer = None
        return came

    def _makeLoginer(
        self, session: Session, moved_to: tuple[str, bytes] | None
    ) -> LoginHandler:
        """Return a LoginHandler that tells "internal inbox" how it went."""
        made = self.loginer = LoginHandler(
            self.screenname,
            self.password,
            server=self.server,
            port=self.port,
            session=session,
            moved_to=moved_to,
            **self._options,
        )
        self.link((made, "signal"), (self, "internal inbox"))
        self.addChildren(made)
        return made

    def _isConnection(self, came: Any) -> bool:
        """Return whether a LoginHandler gave a connection."""
        return isinstance(came, component)

    # Chatting.

    def _wire(self, connection: Any, session: Session) -> None:
        """Link a new ChatManager to the connection and to the outside."""
        chatter = self.chatter = ChatManager(session)
        self.link((chatter, "heard"), (self, "outbox"), passthrough=2)
        self.link((chatter, "signal"), (self, "_chat"))
        self.link((chatter, "_moved"), (self, "_moved"))
        self.link((self, "_stopchat"), (chatter, "control"))
        self.link((self, "_queued"), (chatter, "inbox"))
        self.link((self, "_resume"), (chatter, "_resume"))
        self._join(connection)
        self.link((self, "inbox"), (chatter, "talk"), passthrough=1)
        self.addChildren(chatter)
        chatter.activate()

    def _join(self, connection: Any) -> None:
        """Link the ChatManager to a connection, after what came on it so far."""
        chatter = self.chatter
        self.oscar = connection
        for frame in self.recv("internal inbox"):
            self.send(frame, "_queued")
        self.link((chatter, "outbox"), (connection, "inbox"))
        self.link((connection, "outbox"), (chatter, "inbox"))
        self._closing = self.link((connection, "signal"), (chatter, "_closed"))
        self.link((self, "_hangup"), (connection, "control"))
        self.addChildren(connection)

    def _chat(self, session: Session) -> Generator[int, None, Any]:
        """Let the ChatManager work; close the connection when it has ended.

        Returns:
            The event that says why it ended; None if it was told to.
        """
        if self._stop is not None:
            self.send(self._stop, "_stopchat")
        while not self.dataReady("_chat"):
            yield from self._until(
                lambda: self.dataReady("_chat") or self.dataReady("_moved"),
                pass_on="_stopchat",
            )
            for order in self.Inbox("_moved"):
                yield from self._move(order, session)
        ended = self.recv("_chat")
        yield from self._hangUp(producerFinished(self))
        self.removeChild(self.chatter)
        event = getattr(ended, "message", None)
        return event if isinstance(event, Disconnected) else None

    def _move(
        self, order: MigrateGroups, session: Session
    ) -> Generator[int, None, None]:
        """Go on at another server, as the one we were at wants it."""
        self.unlink(thelinkage=self._closing)  # it shall not take this for a loss
        yield from self._hangUp(shutdownMicroprocess(self))
        moved_to = (order.address, order.cookie)
        came = yield from self._signOn(session, moved_to)
        if self._isConnection(came):
            self._join(came)
            self.send("resume", "_resume")
            return
        if isinstance(came, Failure):
            event = Disconnected.of(f"the server sent us elsewhere: {came.text}")
            yield from self.sendWhenSpace(event, "outbox")
        self.send(shutdownMicroprocess(self), "_stopchat")

    def _hangUp(self, stop: Any) -> Generator[int, None, None]:
        """End the connection and wait until it is gone."""
        connection, self.oscar = self.oscar, None
        if connection is None:
            return
        self.send(stop, "_hangup")
        gone = yield from self._until(connection._isStopped, GOODBYE)
        if not gone:
            self.send(shutdownMicroprocess(self), "_hangup")
            yield from self._until(connection._isStopped, GOODBYE)
        self.removeChild(connection)

    # Waiting.

    def _until(
        self,
        condition: Callable[[], object],
        seconds: float | None = None,
        pass_on: str | None = None,
    ) -> Generator[int, None, bool]:
        """Wait until a condition holds; note meanwhile when told to stop.

        Args:
            condition: asked whenever something happens here.
            seconds: to wait at most; None for no limit.
            pass_on: the outbox through which to pass on a stop message.

        Returns:
            Whether the condition holds.
        """
        loop = self.scheduler.loop
        alarm = None
        deadline = float("inf")
        if seconds is not None:
            deadline = loop.time() + seconds
            alarm = loop.call_later(seconds + SURELY, self.wake)
        try:
            while not condition() and loop.time() < deadline:
                stop = self.stopMessage()
                if stop is not None:
                    self._stop = stop
                    if pass_on is not None:
                        self.send(stop, pass_on)
                    continue
                self.pause()
                yield 1
        finally:
            if alarm is not None:
                alarm.cancel()
        return bool(condition())


def _mayRetry(event: Any) -> bool:
    """Return whether signing on again may work, and does no harm."""
    if isinstance(event, Disconnected):
        return event.may_retry
    return isinstance(event, Failure) and event.code not in HOPELESS


__kamaelia_components__ = (AIMHarness,)
