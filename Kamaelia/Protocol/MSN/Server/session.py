"""What every session is: a machine that is told commands and says what to do.

A session does no I/O and reads no clock but the server state's. Whoever runs it (the
component in Connection.py, or a test) hands it each command in turn, does the actions
that come back in their order, and tells it when the connection has gone.
"""

import logging
from abc import ABC, abstractmethod
from typing import ClassVar, Protocol

from Kamaelia.Protocol.MSN.Server.actions import Actions, Ask, Close, Receipt, Send
from Kamaelia.Protocol.MSN.Server.faults import fault
from Kamaelia.Protocol.MSN.Server.state.state import Connection, ServerState
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.wire.errors import ProtocolError, RemoteProtocolError
from Kamaelia.store.errors import DatabaseProblem, StoreError

__all__ = ["Outlet", "Session"]

logger = logging.getLogger(__name__)


class Outlet(Protocol):
    """Where a session's bytes go; its runner sets it."""

    def write(self, data: bytes, receipt: Receipt | None) -> None:
        """Send bytes, and settle the receipt when they have gone or cannot."""

    def hang_up(self, reason: str) -> None:
        """Close once what was written has gone."""

    def ask(self, action: Ask) -> None:
        """Await the work, do what it returns, then go on with the next command."""


class Session(ABC):
    """One connection's machine.

    Attributes:
        state: what the sessions share.
        connection: the two ends.
        outlet: where its bytes go.
        deadline: when `tick` has something to do.
        closed: whether it takes no more commands.
        handle: the account, lower case; empty before it is known.
        dialect: the dialect spoken; 0 before it is known.
    """

    kind: ClassVar[str]

    def __init__(self, state: ServerState, connection: Connection) -> None:
        self.state = state
        self.connection = connection
        self.outlet: Outlet | None = None
        self.deadline = state.clock() + state.limits.handshake
        self.closed = False
        self.handle = ""
        self.dialect = 0

    def receive(self, command: Command) -> Actions:
        """Return what a command asks for."""
        if self.closed:
            return []
        try:
            return self.handle_command(command)
        except ProtocolError as error:
            # Only the reason: the rest of the error quotes the peer's line.
            why = "text that cannot be sent"
            if isinstance(error, RemoteProtocolError):
                why = error.reason
            self.log("malformed command", command=command.name, why=why)
            if command.trid is None:
                return self.close("a command without its transaction id")
            return [self.error(command.trid, 200)]

    @abstractmethod
    def handle_command(self, command: Command) -> Actions:
        """Return what a command asks for.

        Raises:
            ProtocolError: the command makes no sense; the answer is 200.
        """

    def tick(self, now: float) -> Actions:
        """Return what is to be done now that `deadline` has passed."""
        return self.close("sign-on took too long") if now >= self.deadline else []

    def lost(self) -> Actions:
        """Return what others must be told now that the connection has gone."""
        self.closed = True
        return []

    def shut_down(self) -> Actions:
        """Return what is to be done when the server goes down."""
        return self.close("server shuts down")

    def failed(self, trid: int | None, error: StoreError) -> Actions:
        """Return what is to be done after an `Ask` has raised."""
        if isinstance(error, DatabaseProblem):
            logger.error("the store failed", extra={"why": str(error)})
        if trid is None or self.closed:
            return []
        return [self.error(trid, fault(error, self.dialect))]

    # What handlers say.

    def say(self, *commands: Command) -> Send:
        """Return the sending of commands to our peer."""
        return Send(self, b"".join(command.to_bytes() for command in commands))

    def error(self, trid: int | None, code: int) -> Send:
        """Return the sending of an error line."""
        self.state.metrics.errors.labels(str(code)).inc()
        return self.say(Command(str(code), trid))

    def refuse(self, trid: int | None, code: int, reason: str) -> Actions:
        """Return an error line and the end of the connection."""
        return [self.error(trid, code), *self.close(reason)]

    def close(self, reason: str) -> Actions:
        """Return the end of the connection; no command is taken after this."""
        if self.closed:
            return []
        self.closed = True
        self.state.metrics.ends.labels(reason).inc()
        self.log("closing", why=reason)
        return [Close(self, reason)]

    def log(self, event: str, **fields: object) -> None:
        """Log an event with fields; never give secrets or texts of users."""
        if logger.isEnabledFor(logging.INFO):
            host, port = self.connection.peer
            extra = {"peer": f"{host}:{port}", "handle": self.handle, **fields}
            logger.info("%s: %s", self.kind, event, extra={"fields": extra})
