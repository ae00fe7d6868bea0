"""Listen on a TCP port and make a component of each connection.

Programs use `Kamaelia.Chassis.ConnectedServer`, which joins each connection to a
component of theirs; TCPServer is the part of it that listens.
"""

import asyncio
import errno
import logging
import socket
from collections import Counter
from collections.abc import Generator, Sequence
from sys import intern
from typing import Any, Final

from Axon.Component import component
from Kamaelia.Internet.accepting import accept
from Kamaelia.Internet.ConnectedSocketAdapter import ConnectedSocketAdapter
from Kamaelia.Internet.peer_host import host_of
from Kamaelia.IPC import newCSA, shutdownCSA

__all__ = ["TCPServer", "bindSocket"]

logger = logging.getLogger(__name__)

BACKLOG: Final = 1024
"""Connections that the system keeps for us until they are accepted."""

PATIENCE: Final = 1.0
"""Seconds to wait when accepting fails: no descriptors or no memory left, mostly."""

TURN: Final = 64
"""Connections accepted before others have their turn."""


def bindSocket(
    host: str, port: int | None, options: Sequence[Any] | None = None
) -> socket.socket:
    """Return a TCP socket that listens.

    Args:
        host: address or name; "" for every IPv4 address, "::" for every address.
        port: the port; 0 or None for any that is free.
        options: the arguments of `setsockopt`, or a list of such.

    Raises:
        OSError: the port is in use, may not be used, or the host has no such address;
            the text says which.
    """
    wanted = (host or "0.0.0.0", port or 0)
    try:
        found = socket.getaddrinfo(
            *wanted, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except socket.gaierror as error:
        why = f"cannot listen on {host}: {error.strerror}"
        raise socket.gaierror(error.errno, why) from error
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        for option in _eachOption(options):
            listener.setsockopt(*option)
        if family == socket.AF_INET6:
            only = int(host != "::")
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only)
        listener.bind(address)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise _explained(error, host or "every address", port, options) from error
    return listener


def _eachOption(options: Sequence[Any] | None) -> Sequence[Any]:
    """Return socket options as a list of argument tuples."""
    if not options:
        return ()
    return options if isinstance(options[0], tuple | list) else (options,)


def _explained(
    error: OSError, host: str, port: int | None, options: Sequence[Any] | None
) -> OSError:
    """Return an error of the same kind that says what to do."""
    where = f"cannot listen on port {port} of {host}: "
    again = (socket.SOL_SOCKET, socket.SO_REUSEADDR)
    reuses = any(tuple(option[:2]) == again for option in _eachOption(options))
    known = {
        errno.EADDRINUSE: "it is in use"
        if reuses
        else "it is in use. Another server runs there, or one has just ended: then "
        "FastRestartServer can take it over",
        errno.EACCES: "that is not allowed. Ports below 1024 are for the administrator",
        errno.EADDRNOTAVAIL: "this machine has no such address",
    }
    text = known.get(error.errno or 0, error.strerror or str(error))
    return OSError(error.errno, where + text)


class TCPServer(component):
    """Listens from the moment it is made; says `newCSA` for each connection.

    Whoever gets `newCSA(self, csa, sock)` links and activates the csa; nothing is read
    from a connection before that. `shutdownCSA(self, csa)` follows when it has ended.

    Args:
        listenport: the port; 0 or None for any that is free.
        socketOptions: the arguments of `setsockopt`, or a list of such.
        CSA: class of what carries a connection, called with (sock, None).
        host: address or name to listen on; "" for every IPv4 address, "::" for all.
        argd: attributes to set.

    Raises:
        OSError: the port is in use, or may not be used; the text says which.

    Attributes:
        listener: the socket; None after the end.
        port: the port it listens on.
        address: (host, port) it listens on.
        max_connections: how many may stand; more wait until one ends. None: no limit.
        max_per_address: how many may stand with one address; more are closed at once.
        max_unsent: bytes that may wait for a slow peer before it is cut off.
        connections: how many stand.
    """

    Inboxes = {
        "control": "serverShutdown, or any shutdownMicroprocess: stop listening",
        "inbox": "not used",
        "_feedbackFromCSA": "not used",
        "newconnection": "not used",
    }
    Outboxes = {
        "protocolHandlerSignal": "newCSA(self, csa, sock), shutdownCSA(self, csa)",
        "signal": "serverShutdown, as received",
        "_selectorSignal": "not used",
    }

    CSA: Any = ConnectedSocketAdapter
    max_connections: int | None = None
    max_per_address: int | None = None
    max_unsent: int | None = None
    host = ""

    def __init__(
        self,
        listenport: int | None = None,
        socketOptions: Sequence[Any] | None = None,  # noqa: N803
        CSA: Any = None,  # noqa: N803
        host: str = "",
        **argd: Any,
    ) -> None:
        super().__init__(host=host, **argd)
        if CSA is not None:
            self.CSA = CSA
        self.listenport = listenport
        self.socketOptions = socketOptions
        self.listener: socket.socket | None = self.makeTCPServerPort()
        self.address: tuple[str, int] = self.listener.getsockname()[:2]
        self.port = self.address[1]
        self.connections = 0
        self._peers: Counter[str] = Counter()
        self._refused: set[str] = set()  # some of those: told of in the log
        self._room: asyncio.Future[None] | None = None
        self._accepting: asyncio.Task[None] | None = None

    def makeTCPServerPort(self) -> socket.socket:
        """Return the socket to listen on.

        Raises:
            OSError: the port cannot be had.
        """
        return bindSocket(self.host, self.listenport, self.socketOptions)

    def main(self) -> Generator[int, None, None]:
        """Accept connections until told to stop."""
        accepting = self._accepting = self.scheduler.createTask(
            self._accept(), f"{self.name}: accept"
        )
        accepting.add_done_callback(self._acceptingEnded)
        stop = None
        while self.listener is not None:
            stop = stop or self.stopMessage()
            if stop is not None:
                accepting.cancel()
            self.pause()
            yield 1
        if not accepting.cancelled():
            accepting.result()
        self.send(stop, "signal")

    def _acceptingEnded(self, accepting: asyncio.Task[None]) -> None:
        """Close the listener: not before the event loop has let it go."""
        self.closeListener()
        self.unpause()

    def closeListener(self) -> None:
        """Stop listening; the port is free then."""
        listener, self.listener = self.listener, None
        if listener is not None:
            listener.close()

    def stop(self) -> None:
        """Stop listening and end; connections that stand go on."""
        if self._accepting is not None:
            self._accepting.cancel()
        else:
            self.closeListener()
        super().stop()

    # Accepting.

    async def _accept(self) -> None:
        """Accept connections; wait while there are too many."""
        loop, listener = self.scheduler.loop, self.listener
        assert listener is not None
        accepted = 0
        while True:
            await self._waitForRoom()
            try:
                sock, address = await accept(loop, listener)
            except ConnectionAbortedError:
                continue  # gone while it waited to be accepted
            except OSError as error:
                logger.error("port %d: cannot accept connections: %s", self.port, error)
                await asyncio.sleep(PATIENCE)
                continue
            self._welcome(sock, address[0].removeprefix("::ffff:"))
            accepted += 1
            if accepted % TURN == 0:
                await asyncio.sleep(0)  # others' turn, however many wait

    async def _waitForRoom(self) -> None:
        """Wait until one more connection is allowed."""
        while (
            self.max_connections is not None
            and self.connections >= self.max_connections
        ):
            logger.warning("port %d: %d connections", self.port, self.connections)
            self._room = self.scheduler.loop.create_future()
            await self._room

    def _welcome(self, sock: socket.socket, peer: str) -> None:
        """Make a component of a connection, unless its address has too many."""
        if self._isStopped():  # it came in the same turn
            sock.close()
            return
        limit, peer = self.max_per_address, intern(host_of(peer))
        if limit is not None and self._peers[peer] >= limit:
            if peer not in self._refused:  # once: it may go on trying for hours
                self._refused.add(peer)
                logger.warning("port %d: %s has %d connections", self.port, peer, limit)
            sock.close()
            return
        csa = self.CSA(sock, None)
        if self.max_unsent is not None:
            csa.max_unsent = self.max_unsent
        self.connections += 1
        self._peers[peer] += 1
        csa.peerHost = peer
        csa._axon_keeper = self
        self.send(newCSA(self, csa, sock), "protocolHandlerSignal")

    def childEnded(self, csa: Any) -> None:
        """Note that a connection has ended."""
        peer = csa.peerHost
        self.connections -= 1
        self._peers[peer] -= 1
        if not self._peers[peer]:
            del self._peers[peer]
            self._refused.discard(peer)
        if self._room is not None and not self._room.done():
            self._room.set_result(None)
        self.send(shutdownCSA(self, csa), "protocolHandlerSignal")


__kamaelia_components__ = (TCPServer,)
