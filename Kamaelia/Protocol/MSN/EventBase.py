"""MSNEventBase: what the dispatch, notification and switchboard clients share.

    TCPClient - MSNProtocol - a client
                  Command       requests by method or on `talk`; hooks, and `heard`

It numbers requests, finds the request that an answer belongs to, gives up on those that
stay unanswered, calls the method `handle_XXX` for each command XXX, and tells what
happens twice: by a hook method, which subclasses override, and as a tuple on `heard`.
"""

import inspect
import logging
from collections.abc import Callable, Generator, Iterable
from typing import Any, ClassVar, Final

from Axon.Ipc import producerFinished
from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.Message import MSNMessage
from Kamaelia.Protocol.MSN.MSNProtocol import SpeakDialect, StreamBroken, StreamEnded
from Kamaelia.Protocol.MSN.Replies import (
    ConnectionGone,
    MSNCommandFailed,
    Reply,
    RequestFailed,
    RequestTimedOut,
)
from Kamaelia.Protocol.MSN.Timed import TimedComponent
from Kamaelia.Protocol.MSN.wire.codes import error_info
from Kamaelia.Protocol.MSN.wire.command import Command, TransactionIds
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.signon import SUPPORTED
from Kamaelia.Protocol.MSN.wire.switchboard import Incoming
from Kamaelia.Protocol.wire.errors import ProtocolError, RemoteProtocolError

__all__ = ["MSNEventBase"]

logger = logging.getLogger(__name__)

_ANSWERS: Final = {
    "MSG": ("ACK",),
    "USR": ("USR", "ANS"),
    "ANS": ("USR", "ANS"),
    "SYN": ("SYN", "GTC", "BLP", "PRP", "LSG", "LST", "BPR"),
}
"""Request -> the commands with its number that may answer it; others: itself."""


class MSNEventBase(TimedComponent):
    """One connection to a server, seen from the client.

    Ends when told to (after saying OUT), when the connection is gone, or when the
    server says OUT. The requests that wait then fail.

    Args:
        currentID: the transaction id used last.
        argd: attributes to set.

    Attributes:
        userHandle: our account.
        screenName: our friendly name.
        password: our password.
        versions: numbers of the dialects to offer.
        dialect: number of the dialect that is spoken; None until that is settled.
        timeout: seconds to wait for an answer.
        ids: transaction id -> Reply, of the requests that wait.
        connected: whether there is a connection.
        currentMessage: the message that is being handled, or None.
    """

    Inboxes = {
        "inbox": "Command from MSNProtocol; StreamBroken, StreamEnded",
        "talk": "(name of a request, arguments ...): call that method",
        "control": "producerFinished or shutdownMicroprocess: sign off and stop",
    }
    Outboxes = {
        "outbox": "Command for MSNProtocol; SpeakDialect",
        "heard": "what happens: tuples of Kamaelia.Protocol.MSN.events",
        "signal": "why this component stopped; for MSNProtocol",
    }

    REQUESTS: ClassVar[frozenset[str]] = frozenset({"logOut"})
    """Methods that may be asked for on `talk`."""

    userHandle: str = ""  # noqa: N815 - these names were Twisted's
    screenName: str = ""  # noqa: N815
    password: str = ""
    versions: Iterable[int] = SUPPORTED
    timeout: float = 30.0

    def __init__(self, currentID: int = 0, **argd: Any) -> None:  # noqa: N803
        super().__init__(**argd)
        self.ids: dict[int, Reply] = {}
        self.connected = False
        self.currentMessage: MSNMessage | None = None
        self.dialect: int | None = None
        self._numbers = TransactionIds(currentID)
        self._end: tuple[str, bool] | None = None  # reason, whether it is ours
        self._heard: str | None = None  # name of the command that is being handled

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.userHandle}>"

    @property
    def currentID(self) -> int:
        """The transaction id used last."""
        return self._numbers.last

    # Life.

    def main(self) -> Generator[int, None, None]:
        """Sign on, then act on what comes until the end."""
        self.connected = True
        stop: Any = None
        try:
            self.connectionMade()
            while stop is None and self._end is None:
                stop = self.stopMessage()
                self._work()
                if stop is None and self._end is None:
                    self.pause()
                    yield 1
            if self._end is None:
                self.logOut()
            reason, ours = self._end or ("signed off", True)
            self._closeDown(reason, ours)
        finally:
            self._letGo()
        self.send(stop or producerFinished(self, reason), "signal")

    def _letGo(self) -> None:
        """Let go of timers and files, also when the run is stopped in the middle."""
        self._cancelAll()

    def _work(self) -> None:
        """Act on what waits."""
        while self._end is None and self.dataReady("inbox"):
            self._received(self.recv("inbox"))
        while self._end is None and self._doDue():
            pass
        while self._end is None and self.dataReady("talk"):
            self._asked(self.recv("talk"))

    def _closeDown(self, reason: str, ours: bool) -> None:
        """Fail what waits, stop the timers, tell that it is over."""
        self.connected = False
        self._cancelAll()
        waiting, self.ids = self.ids, {}
        for reply in waiting.values():
            reply.errback(ConnectionGone(reply.request, f"connection lost: {reason}"))
        self.connectionLost(reason)
        self._tell(events.Disconnected(reason, ours))

    def _finish(self, reason: str, ours: bool = False) -> None:
        """End after this step. The first reason counts."""
        if self._end is None:
            self._end = (reason, ours)

    def logOut(self) -> None:
        """Say that we leave, and end."""
        if self.connected and self._end is None:
            self.send(Command("OUT"), "outbox")
        self._finish("signed off", True)

    # Hooks.

    def connectionMade(self) -> None:
        """Hook: begin. The clients sign on here."""

    def connectionLost(self, reason: str) -> None:
        """Hook: it is over; requests that waited have failed."""

    def checkMessage(self, message: MSNMessage) -> Any:
        """Hook: return whether a message is to go to `gotMessage`.

        The clients handle here the messages that have hooks of their own.
        """
        return True

    def gotMessage(self, message: MSNMessage) -> None:
        """Hook: a message that has no hook of its own."""

    def gotBadLine(self, line: str, why: str) -> None:
        """Hook: a line that makes no sense; it was passed over."""

    def gotError(self, errorCode: int) -> None:  # noqa: N803 - Twisted's name
        """Hook: an error that belongs to no request. Any number may come."""

    def handle_UNKNOWN(self, cmd: str, params: list[str]) -> None:
        """Hook: a command that has no `handle_` method."""

    # In.

    def _received(self, command: Any) -> None:
        """Act on what came from MSNProtocol."""
        if isinstance(command, StreamBroken):
            self._badLine(command.data.decode("utf-8", "replace"), command.reason)
            self._finish(command.reason)
            return
        if isinstance(command, StreamEnded):
            self._finish(command.reason)
            return
        self.dataArrived()
        self._heard = command.name
        try:
            self._dispatch(command)
        except RemoteProtocolError as error:
            self._badLine(" ".join((command.name, *command.tokens)), str(error))
        finally:
            self._heard = None

    def dataArrived(self) -> None:
        """Note that the server lives."""

    def _badLine(self, line: str, why: str) -> None:
        self.gotBadLine(line, why)
        self._tell(events.BadLine(line, why))

    def _dispatch(self, command: Command) -> None:
        """Call the method that is there for a command."""
        if self.preview(command):
            return
        if command.is_error:
            self._failed(int(command.name), command)
            return
        handler = getattr(self, "handle_" + command.name, None)
        if handler is not None:
            handler(command)
        else:
            self.handle_UNKNOWN(command.name, list(command.tokens))
            self._tell(events.UnknownCommand(command.name, command.tokens))

    def preview(self, command: Command) -> bool:
        """Look at a command before all else; return whether that was all."""
        return False

    def _failed(self, code: int, command: Command) -> None:
        """Give an error to the request that it belongs to, or to `gotError`."""
        reply = self.ids.pop(command.trid or 0, None)
        if reply is not None:
            self._fail(reply, MSNCommandFailed(code, reply.request))
            return
        info = error_info(code)
        self.gotError(code)
        self._tell(events.ErrorReceived(code, info.text, info.fatal))

    def handle_MSG(self, command: Command) -> None:
        """A message."""
        said = Incoming.from_command(command)
        self._deliverMessage(said.handle, said.name, Message.from_bytes(said.payload))

    def _deliverMessage(self, handle: str, name: str, wire: Message) -> None:
        """Give a message to its hook."""
        message = MSNMessage.fromWire(wire, handle, name)
        message.length = len(wire.to_bytes())
        self.currentMessage = message
        try:
            if self.checkMessage(message):
                self.gotMessage(message)
                self.tellMessage(message)
        finally:
            self.currentMessage = None

    def tellMessage(self, message: MSNMessage) -> None:
        """Tell `heard` of a message that has no hook of its own."""

    def handle_OUT(self, command: Command) -> None:
        """The server ends the connection."""
        self._finish("the server ended the connection")

    # Out.

    def _asked(self, request: Any) -> None:
        """Do what `talk` asks for."""
        name, *arguments = request if isinstance(request, tuple) else (request,)
        if name not in self.REQUESTS:
            known = ", ".join(sorted(self.REQUESTS))
            why = f"there is no such request; there are {known}"
            self._tell(events.RequestRefused(str(name), None, None, why))
            return
        method = getattr(self, name)
        try:
            inspect.signature(method).bind(*arguments)
        except TypeError as error:
            self._tell(events.RequestRefused(name, None, None, f"{name}: {error}"))
            return
        try:
            method(*arguments)
        except (ProtocolError, ValueError, OSError) as error:
            self._tell(events.RequestRefused(name, None, None, str(error)))
        except (TypeError, AttributeError) as error:  # a number for a name, say
            logger.warning("%s%r: %s", name, tuple(arguments), error, exc_info=True)
            self._tell(events.RequestRefused(name, None, None, f"{name}: {error}"))

    def _tell(self, event: Any) -> None:
        """Tell `heard`."""
        self.send(event, "heard")

    def _newID(self) -> int:
        """Return a transaction id that no waiting request has."""
        return self._numbers.next(self.ids)

    def _speak(self, dialect: int) -> None:
        """Use a dialect from here on."""
        self.dialect = dialect
        self.send(SpeakDialect(dialect), "outbox")

    def _request(
        self,
        make: Callable[[int], Command],
        convert: Callable[[Any], Any] | None = None,
        timeout: float | None = None,
    ) -> Reply:
        """Send a command and return the Reply to it.

        Args:
            make: returns the command for a transaction id.
            convert: makes the result of what the answer's handler has.
            timeout: seconds; None: the usual number.

        Raises:
            LocalProtocolError: the command cannot be sent as it is.
        """
        trid = self._newID()
        command = make(trid)
        command.to_bytes()  # raises here, where the caller sees it
        reply = Reply(command.name, trid)
        reply.convert = convert
        if not self.connected or self._end is not None:
            reply.errback(ConnectionGone(command.name, "there is no connection"))
            return reply
        self.ids[trid] = reply
        seconds = self.timeout if timeout is None else timeout
        self._later(trid, seconds, lambda: self._unanswered(trid))
        self.send(command, "outbox")
        return reply

    def _unanswered(self, trid: int) -> None:
        """Give up on a request."""
        reply = self.ids.pop(trid, None)
        if reply is not None:
            meaning = f"no answer within {self.timeout:g} seconds"
            self._fail(reply, RequestTimedOut(reply.request, meaning))

    def _fail(self, reply: Reply, error: RequestFailed) -> None:
        """Give an error to a request, and tell."""
        if reply.trid is not None:
            self._cancel(reply.trid)
        self._tell(
            events.RequestRefused(reply.request, reply.trid, error.code, error.meaning)
        )
        reply.errback(error)

    def _answer(self, trid: int | None, result: Any = None) -> bool:
        """Give an answer to the request that waits for it; return whether one did.

        A command that has the number of a request but doesn't answer such requests is
        no answer: it may come from another server's idea of the protocol, or be meant
        to confuse.
        """
        reply = self.ids.get(trid or 0)
        if reply is None:
            return False
        answers = _ANSWERS.get(reply.request, (reply.request,))
        if self._heard is not None and self._heard not in answers:
            return False
        del self.ids[trid or 0]
        self._cancel(reply.trid)
        reply.callback(result)
        return True


__kamaelia_components__ = ()
