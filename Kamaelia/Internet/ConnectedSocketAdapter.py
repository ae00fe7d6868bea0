"""A TCP connection as a component: bytes in are sent, bytes that come are put out.

TCPServer makes one for each connection that it accepts; TCPClient is one that connects
by itself. What both share is `connectedcomponent`.

Messages bypass the scheduler: what the socket delivers is in the next component's inbox
at once, and what arrives in `inbox` is written at once (see `socket_link`). The
component itself is stepped only when the connection begins, is to close, or has ended.
"""

# ruff: noqa: N815 - the names of the original

import asyncio
import logging
import ssl
from collections.abc import Coroutine, Generator
from typing import Any

from Axon.Component import component
from Axon.Ipc import shutdownMicroprocess
from Axon.TurnComponent import turncomponent
from Kamaelia.Internet.socket_link import SocketLink
from Kamaelia.IPC import shutdownCSA, socketShutdown

__all__ = ["ConnectedSocketAdapter", "PlainConnection", "connectedcomponent"]

logger = logging.getLogger(__name__)


class connectedcomponent(component):  # noqa: N801 - beside Axon's component
    """What a component that carries a connection does: base of CSA and TCPClient.

    Attributes:
        sock: the socket, while there is one.
        howDied: None if the connection ended in order, else what happened, for people
            ("timeout" if there was no connection in time).
        error: the exception behind that, if there was one.
        crashOnBadDataToSend: whether something other than bytes in `inbox` is an error
            of this component; else it is logged and dropped.
        noisyErrors: whether to log it.
        linger: seconds that writing what is left may take when the connection closes.
        max_unsent: bytes that may wait for a peer which reads slowly or not at all,
            before the connection is given up; None for no limit.
        half_open: whether the connection stays, for our answers, when the peer has sent
            all it has to send; it then takes a stop message on `control` to close it.
        peerHost: the peer's address as TCPServer counts it, if that made this.
    """

    crashOnBadDataToSend = False
    noisyErrors = True
    linger = 30.0
    max_unsent: int | None = None
    half_open = False
    sock: Any = None
    peerHost = ""
    howDied: str | None = None
    error: BaseException | None = None
    _bad: Exception | None = None
    _joining: asyncio.Task[Any] | None = None
    _timer: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **argd: Any) -> None:
        super().__init__(*args, **argd)
        self._link = SocketLink(self)

    # Connecting.

    def _join(
        self, work: Coroutine[Any, Any, Any]
    ) -> Generator[int, None, BaseException | None]:
        """Wait for a coroutine that makes the connection; return its error if any."""
        joining = self._beginToJoin(work)
        while not joining.done():
            self._whileJoining()
            self.pause()
            yield 1
        return self._endJoining(joining)

    def _beginToJoin(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Begin a coroutine that makes the connection."""
        # Thousands join: no name is made for each, and no context.
        name = f"{type(self).__name__} {self.id}: join"
        joining: asyncio.Task[Any]
        joining = self.scheduler.createTask(work, name, inherits=False)
        self._joining = joining
        joining.add_done_callback(lambda _: self.unpause())
        self._link.max_unsent = self.max_unsent
        self._link.half_open = self.half_open
        return joining

    def _endJoining(self, joining: "asyncio.Task[Any]") -> BaseException | None:
        """Return the error of a coroutine that has ended, if it had one."""
        self._joining = None
        if joining.cancelled():
            return asyncio.CancelledError()
        return joining.exception()

    def _whileJoining(self) -> None:
        """Look at `control` before there is a connection: to be overridden."""

    # Connected.

    def _carry(self, stop: Any = None) -> Generator[int, None, None]:
        """Carry data until the connection is gone.

        Args:
            stop: a stop message that came while connecting.
        """
        self._link.start()  # first: what has come already is passed on
        if stop is not None:
            self._obey(stop)
        while self._carriesOn():
            while self._wantsTLS():
                yield from self._startTLS(self.recv("makessl"))
            yield 1

    def _carriesOn(self) -> bool:
        """Do what there is to do; return whether there is still a connection."""
        link = self._link
        if link.lost and not link.behind:
            self._noteEnd()
            return False
        stop = self.stopMessage()
        if stop is not None:
            self._obey(stop)
        if link.eof:
            self._peerFinished()
        if self._bad is not None:
            raise self._bad
        if not (self.dataReady("control") or self._wantsTLS()):
            self.pause()
        return True

    def _wantsTLS(self) -> bool:
        """Return whether somebody has asked for TLS."""
        return "makessl" in self.inboxes and self.dataReady("makessl") > 0

    def _noteEnd(self) -> None:
        """Note how the connection ended."""
        if self._timer is not None:
            self._timer.cancel()
        self.error = self.error or self._link.error
        if self.error is not None and self.howDied is None:
            self.howDied = str(self.error) or type(self.error).__name__

    def _obey(self, stop: Any) -> None:
        """Close after a stop message: in order, or trying once."""
        link = self._link
        link.drop_behind()
        link.finish()
        if link.lost or self._timer is not None:
            return
        kind = stop if isinstance(stop, type) else type(stop)
        if issubclass(kind, shutdownMicroprocess):
            # Two turns of the loop: uvloop writes what it got at the end of this one.
            loop = self.scheduler.loop
            loop.call_soon(loop.call_soon, link.abort)
        else:
            self._timer = self.scheduler.loop.call_later(self.linger, self._overdue)

    def _overdue(self) -> None:
        """Give up writing what is left."""
        waited = TimeoutError(f"the peer took nothing for {self.linger:g} seconds")
        self._link.abort(waited)

    def _peerFinished(self) -> None:
        """Act on the peer's having sent all: to be overridden."""

    def refuse(self, data: Any) -> None:
        """Report a message that cannot be sent: for the link."""
        text = f"{self.name}: only bytes can be sent, not {type(data).__name__}"
        if self.crashOnBadDataToSend:
            self._bad = TypeError(text)
            self.unpause()
        elif self.noisyErrors:
            logger.error("%s; the message was dropped: %.60r", text, data)

    def _startTLS(self, wanted: Any) -> Generator[int, None, None]:
        """Speak TLS from here on; what waits in `inbox` goes through it.

        Args:
            wanted: an ssl.SSLContext; anything else means the usual one for clients.
        """
        link = self._link
        if link.closing:
            return
        context = wanted if isinstance(wanted, ssl.SSLContext) else None
        context = context or ssl.create_default_context()
        server = context.protocol == ssl.PROTOCOL_TLS_SERVER
        name = None if server else getattr(self, "host", "")
        link.hold()
        error = yield from self._join(self._handshake(context, server, name))
        if error is not None:
            link.abort(error)
        else:
            self.send("", "sslready")

    async def _handshake(
        self, context: ssl.SSLContext, server: bool, name: str | None
    ) -> None:
        """Put TLS on the connection."""
        link = self._link
        transport = await self.scheduler.loop.start_tls(
            link.transport, link, context, server_side=server, server_hostname=name
        )
        if transport is None:
            raise ConnectionResetError("the connection closed during the TLS handshake")
        link.release(transport)

    # The end.

    def stop(self) -> None:
        """End at once: the connection is cut."""
        if not self._isStopped():
            self._cut()
        super().stop()

    def _cut(self) -> None:
        """Cut the connection, if there is one, and see to it that it is gone."""
        link = self._link
        if self._timer is not None:
            self._timer.cancel()
        if self._joining is not None:
            # The task closes what it has begun; uvloop then doesn't tell the link.
            self._joining.cancel()
            link.abort()
            return
        was_there = link.transport is not None and not link.lost
        link.abort()
        if was_there:
            link.gone = self.scheduler.loop.create_future()
            self.scheduler.createTask(_seeOff(link.gone), f"{self.name}: closing")


async def _seeOff(gone: "asyncio.Future[None]") -> None:
    """Wait until a connection that was cut is gone: a turn of the loop or two."""
    while not gone.done():
        try:
            await asyncio.wait([gone])
        except asyncio.CancelledError:
            continue  # it takes no time; leaving now would leave a socket behind


class ConnectedSocketAdapter(connectedcomponent):
    """Carries a connection that stands: bytes in `inbox` are sent, others come out.

    A producerFinished on `control` closes it when all has been written; a
    shutdownMicroprocess tries once to write what there is. Ends when the connection is
    gone: then says `socketShutdown(self, [sock, howDied])` on CreatorFeedback (with
    `half_open` already when the peer has sent all) and `shutdownCSA(self, (self,
    sock))` on signal.

    Args:
        sock: the socket, connected.
        selectorService: not used; programs pass one.
        crashOnBadDataToSend: see the attribute.
        noisyErrors: see the attribute.
        argd: attributes to set.
    """

    Inboxes = {
        "inbox": "bytes to send",
        "control": "producerFinished, shutdownMicroprocess: close the connection",
        "makessl": "ssl.SSLContext: speak TLS from here on",
        "ReadReady": "not used",
        "SendReady": "not used",
    }
    Outboxes = {
        "outbox": "bytes received, cut anywhere",
        "CreatorFeedback": "socketShutdown(self, [sock, howDied])",
        "signal": "shutdownCSA(self, (self, sock)) at the end",
        "sslready": "'' when TLS stands",
        "_selectorSignal": "not used",
    }

    def __init__(
        self,
        sock: Any = None,
        selectorService: Any = None,  # noqa: N803
        crashOnBadDataToSend: bool = False,  # noqa: N803
        noisyErrors: bool = True,  # noqa: N803
        **argd: Any,
    ) -> None:
        super().__init__(**argd)
        self.sock = self.socket = sock
        self.crashOnBadDataToSend = crashOnBadDataToSend
        self.noisyErrors = noisyErrors
        self._told = self._begun = False

    def main(self) -> Generator[int, None, None]:
        """Carry the connection to its end."""
        self.sock.setblocking(False)
        error = yield from self._join(self._attach())
        if error is not None:
            self._joinFailed(error)
        else:
            yield from self._carry()
        self._sayEnd()

    def _joinFailed(self, error: BaseException) -> None:
        """Note that the event loop would not have the socket."""
        self.error, self.howDied = error, str(error)
        self.sock.close()

    def _sayEnd(self) -> None:
        """Say that the connection is over."""
        self._tell()
        self.send(shutdownCSA(self, (self, self.sock)), "signal")

    async def _attach(self) -> None:
        """Put the socket into the event loop's care."""
        await self.scheduler.loop.connect_accepted_socket(
            lambda: self._link, sock=self.sock
        )

    def _peerFinished(self) -> None:
        """Say that the peer has sent all, if it can still be answered."""
        if self.half_open:
            self._tell()

    def _tell(self) -> None:
        """Say, once, that the connection ended or is about to."""
        if not self._told:
            self._told = True
            ended = socketShutdown(self, [self.sock, self.howDied])
            self.send(ended, "CreatorFeedback")

    def _cut(self) -> None:
        """Cut the connection; close the socket if the loop has not got it yet."""
        joining = self._joining
        super()._cut()
        if joining is not None:
            joining.add_done_callback(lambda _: self._closeUnattached())
        else:
            self._closeUnattached()

    def _closeUnattached(self) -> None:
        """Close the socket if no transport does."""
        if self._link.transport is None and self.sock is not None:
            self.sock.close()


class PlainConnection(turncomponent, ConnectedSocketAdapter):
    """A ConnectedSocketAdapter that never speaks TLS: for servers of thousands.

    It lacks the boxes for that and those that nobody uses, and has no generator.
    """

    Inboxes = {
        "inbox": "bytes to send",
        "control": "producerFinished, shutdownMicroprocess: close the connection",
    }
    Outboxes = {
        "outbox": "bytes received, cut anywhere",
        "CreatorFeedback": "socketShutdown(self, [sock, howDied])",
        "signal": "shutdownCSA(self, (self, sock)) at the end",
    }

    def turn(self) -> bool:
        """Carry the connection; return False at its end."""
        joining = self._joining
        if joining is None and not self._begun:
            self._begun = True
            self.sock.setblocking(False)
            joining = self._beginToJoin(self._attach())
        if joining is not None:
            if not joining.done():
                self.pause()
                return True
            error = self._endJoining(joining)
            if error is not None:
                self._joinFailed(error)
                self._sayEnd()
                return False
            self._link.start()
        if self._carriesOn():
            return True
        self._sayEnd()
        return False


__kamaelia_components__ = (ConnectedSocketAdapter, PlainConnection)
