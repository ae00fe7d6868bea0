"""What MSNFileSend and MSNFileReceive share: a socket of their own, time-outs, the end.

Without `listen` and `addresses` they are plain layers: link `inbox` and `outbox` to
whatever carries bytes, and its signal to `lost`.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from typing import Any, Protocol

from Axon.Component import component
from Axon.Ipc import producerFinished
from Kamaelia.Internet.accepting import accept
from Kamaelia.Internet.ConnectedSocketAdapter import ConnectedSocketAdapter
from Kamaelia.Internet.TCPClient import TCPClient
from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.wire.msnftp import BYE_NO_ACCESS, MSNFTPLine
from Kamaelia.Protocol.MSN.wire.msnftp_session import (
    Action,
    Close,
    Ended,
    Progress,
    Received,
    Send,
    Started,
)
from Kamaelia.Protocol.MSN.wire.outcome import Outcome

__all__ = ["FileSession", "FileSocket", "openListener"]

_STEP = 64 * 1024  # bytes between two reports of progress
_ROOM = 8  # messages that may wait for the socket
_LAST_WORDS = 5.0  # seconds for the last ones, where nobody takes them at once


class FileSession(Protocol):
    """What FileSender and FileReceiver of the wire have in common."""

    @property
    def ended(self) -> bool:
        """Whether it is over."""

    def receive(self, data: bytes) -> list[Action]:
        """Take bytes."""

    def cancel(self) -> list[Action]:
        """End it."""

    def timed_out(self) -> list[Action]:
        """End it: nothing has come."""

    def connection_lost(self) -> list[Action]:
        """End it: the connection is gone."""


def openListener(host: str, ports: Iterable[int]) -> socket.socket:
    """Return a socket that listens on the first free port.

    Args:
        host: address; empty for any.
        ports: what to try; 0 is any free one.

    Raises:
        OSError: none is free.
    """
    error = OSError("no port to listen on was given")
    for port in ports:
        try:
            found = socket.create_server((host, port), backlog=4)
        except OSError as problem:
            error = problem
        else:
            found.setblocking(False)
            return found
    raise error


class FileSocket(component):
    """One end of an MSNFTP transfer: to be subclassed.

    Ends when the transfer is over. A stop message on `control` cancels it.

    Attributes:
        transfer: the number by which events name it.
        listen: (host, ports to try) to wait for a connection, or None.
        addresses: (host, port) to connect to, tried in order.
        timeout: seconds without a byte after which it is given up.
        connected: whether there is a connection.
        completed: whether the file is whole.
    """

    Inboxes = {
        "inbox": "bytes from the peer, cut anywhere",
        "control": "producerFinished or shutdownMicroprocess: cancel",
        "lost": "signal of what carries the bytes",
    }
    Outboxes = {
        "outbox": "bytes for the peer",
        "heard": "FileListening, TransferProgress, TransferEnded",
        "signal": "producerFinished at the end",
        "_peer": "bytes for a socket of our own",
        "_transport": "control of a socket of our own",
    }

    transfer = 0
    listen: tuple[str, Iterable[int]] | None = None
    addresses: Iterable[tuple[str, int]] = ()
    timeout: float = 60.0

    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        self.connected = False
        self.completed = False
        self._session: FileSession | None = None
        self._listener: socket.socket | None = None
        self._accepting: Any = None
        self._accepted: socket.socket | None = None
        self._transport: Any = None
        self._untried: Iterator[tuple[str, int]] = iter(())
        self._timer: asyncio.TimerHandle | None = None
        self._way = "outbox"  # where bytes for the peer go
        self._late = False
        self._spoken = False  # whether bytes have come over this connection
        self._started = False  # whether both sides have agreed
        self._told = 0
        self._stuck: deque[bytes] = deque()  # for a box that is full
        self._over: Ended | None = None
        self._why = "no address to connect to"

    # For the subclasses.

    def newSession(self) -> FileSession:
        """Return a machine for a fresh connection."""
        raise NotImplementedError

    def openFile(self) -> None:
        """Open the file.

        Raises:
            OSError: it cannot be.
        """

    def closeFile(self, ended: Ended) -> Ended:
        """Close the file; return how the transfer has really ended."""
        return ended

    def gotData(self, data: bytes) -> None:
        """Take bytes of the file.

        Raises:
            OSError: they cannot be written.
        """

    def pump(self) -> None:
        """Send what there is room for."""

    def begun(self) -> list[Action]:
        """Return what to do first on a connection."""
        return []

    def noted(self, done: int, size: int | None = None) -> None:
        """Note how far it has got, and the size when that is told."""

    # Life.

    def main(self) -> Generator[int, None, None]:
        """Connect, carry the file over, tell how it ended."""
        try:
            self._begin()
            while self._over is None:
                self._work()
                if self._over is None:
                    self.pause()
                    yield 1
            yield from self._lastWords()
        finally:
            self._release()
        self.send(producerFinished(self, self._over.reason), "signal")

    def _lastWords(self) -> Generator[int, None, None]:
        """Wait a little for room for what was said last, as a layer."""
        late = False

        def ring() -> None:
            nonlocal late
            late = True
            self.wake()

        timer = self.scheduler.loop.call_later(_LAST_WORDS, ring)
        try:
            self._flush()
            while self._stuck and not late and not self.dataReady("lost"):
                self.pause()
                yield 1
                self._flush()
        finally:
            timer.cancel()

    def _put(self, data: bytes) -> None:
        """Send bytes, or keep them until there is room: the peer may not be reading."""
        if self._stuck or self.outboxes[self._way].isFull():
            self._stuck.append(data)
        else:
            self.send(data, self._way)

    def _flush(self) -> None:
        """Send as much of that as there is room for."""
        while self._stuck and not self.outboxes[self._way].isFull():
            self.send(self._stuck.popleft(), self._way)

    def _begin(self) -> None:
        """Open the file, and a socket if it is to be one of our own."""
        try:
            self.openFile()
            if self.listen is not None:
                self._listener = openListener(*self.listen)
        except OSError as error:
            self._finish(Ended(Outcome.FAILED, f"{error}"))
            return
        self._touch()
        if self._listener is not None:
            host, port = self._listener.getsockname()[:2]
            self._tell(events.FileListening(self.transfer, host, port))
            self._accept()
            return
        self._untried = iter(list(self.addresses))
        if self.addresses:
            self._connectNext()
        else:
            self._start()

    def _work(self) -> None:
        """Act on what waits."""
        if self._accepted is not None:
            sock, self._accepted = self._accepted, None
            self._attach(ConnectedSocketAdapter(sock, linger=5.0))
        while self._over is None and self.dataReady("inbox"):
            self._gotBytes(self.recv("inbox"))
        if self._over is None and self.dataReady("lost"):
            self._lostTransport(self.recv("lost"))
        if self._over is None and self.stopMessage() is not None:
            self._stop()
        if self._over is None and self._late:
            self._overdue()
        self._flush()
        if self._over is None and self._session is not None and not self._stuck:
            self.pump()

    # Connections.

    def _accept(self) -> None:
        """Wait for a connection."""
        listener, loop = self._listener, self.scheduler.loop

        async def work() -> None:
            assert listener is not None
            self._accepted, _ = await accept(loop, listener)
            self.wake()

        self._accepting = self.scheduler.createTask(work(), f"{self.name}: accept")

    def _connectNext(self) -> None:
        """Try the next address."""
        address = next(self._untried, None)
        if address is None:
            self._finish(Ended(Outcome.FAILED, self._why))
            return
        host, port = address
        self._attach(TCPClient(host, port, connect_timeout=10, linger=5.0))

    def _attach(self, transport: Any) -> None:
        """Use a connection, and begin."""
        self._way = "_peer"
        transport.setInboxSize("inbox", _ROOM)
        self.link((self, "_peer"), (transport, "inbox"))
        self.link((self, "_transport"), (transport, "control"))
        self.link((transport, "outbox"), (self, "inbox"))
        self.link((transport, "signal"), (self, "lost"))
        self._transport = transport
        transport.activate(self.scheduler)
        self._start()

    def _detach(self) -> None:
        """Close the connection once what was sent is out."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.setInboxSize("inbox", None)  # the last word may always go in
            self._flush()
            self.send(producerFinished(self), "_transport")
            self.unlink(transport)

    def _start(self) -> None:
        """Begin on a connection."""
        self._stuck.clear()
        self._session = self.newSession()
        self.connected = True
        self._touch()
        self._do(self.begun())

    def _lostTransport(self, message: Any) -> None:
        """The connection is gone, or never came about."""
        talked = self._session is not None and self._spoken
        self.connected = False
        why = getattr(message, "message", None)
        self._why = str(why) if why else "connection lost"
        if self._transport is not None and not talked and self._listener is None:
            self.unlink(self._transport)
            self._transport, self._session = None, None
            self._connectNext()
        elif self._session is not None:
            self._do(self._session.connection_lost())

    # The transfer.

    def _gotBytes(self, data: bytes) -> None:
        if self._session is not None:
            self._spoken = True
            self._touch()
            self._do(self._session.receive(data))

    def _do(self, actions: list[Action]) -> None:
        """Carry out what the machine wants."""
        for action in actions:
            match action:
                case Send(data):
                    self._put(data)
                case Started(size):
                    self._started = True
                    self.noted(0, size)
                case Received(data):
                    if not self._keep(data):
                        return
                case Progress(done, total):
                    self._progress(done, total)
                case Ended():
                    self._ended(action)
                case Close():
                    self._detach()

    def _keep(self, data: bytes) -> bool:
        """Keep bytes of the file; return whether that went well."""
        try:
            self.gotData(data)
        except OSError as error:
            ended = Ended(Outcome.FAILED, f"cannot write the file: {error}")
            line = MSNFTPLine("BYE", (str(BYE_NO_ACCESS),))
            self._put(line.to_bytes())
            self._finish(ended)
            return False
        return True

    def _progress(self, done: int, total: int) -> None:
        self.noted(done)
        if done - self._told >= _STEP or done == total:
            self._told = done
            self._tell(events.TransferProgress(self.transfer, done, total))

    def _ended(self, ended: Ended) -> None:
        """The machine is done: so are we, unless it was not whom we wait for."""
        self._detach()
        stranger = ended.outcome in (Outcome.REFUSED, Outcome.FAILED)
        waits = self._listener is not None and not (self._started or self._late)
        if stranger and waits:
            self._session, self._spoken, self.connected = None, False, False
            self._accept()
        else:
            self._finish(ended)

    def _stop(self) -> None:
        """Cancel."""
        if self._session is not None:
            self._do(self._session.cancel())
        if self._over is None:
            self._finish(Ended(Outcome.CANCELLED_BY_US, "cancelled"))

    def _overdue(self) -> None:
        """Give up: nothing has come for too long."""
        if self._session is not None:
            self._do(self._session.timed_out())
        if self._over is None:
            what = f"nobody connected within {self.timeout:g} seconds"
            self._finish(Ended(Outcome.FAILED, what))

    def _finish(self, ended: Ended) -> None:
        """Close the file and tell how it ended, once."""
        if self._over is not None:
            return
        self._over = ended = self.closeFile(ended)
        self.completed = ended.outcome is Outcome.COMPLETED
        self.connected = False
        self._detach()
        self._tell(
            events.TransferEnded(
                self.transfer, ended.outcome, ended.reason, self.resultPath()
            )
        )

    def resultPath(self) -> str:
        """Return where the received file is, or nothing."""
        return ""

    def _release(self) -> None:
        """Let everything go, also when the run is stopped in the middle."""
        if self._over is None:
            self._over = self.closeFile(Ended(Outcome.FAILED, "stopped"))
        if self._timer is not None:
            self._timer.cancel()
        if self._accepting is not None:
            self._accepting.cancel()
        for sock in (self._listener, self._accepted):
            if sock is not None:
                sock.close()
        self._listener = self._accepted = None

    # Time.

    def _touch(self) -> None:
        """Begin to count the seconds without a byte."""
        if self._timer is not None:
            self._timer.cancel()
        self._late = False
        loop = self.scheduler.loop
        self._timer = loop.call_later(self.timeout, self._ring)

    def _ring(self) -> None:
        self._late = True
        self.wake()

    def _tell(self, event: Any) -> None:
        self.send(event, "heard")


__kamaelia_components__ = ()
