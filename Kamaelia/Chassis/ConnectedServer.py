"""TCP servers: a component of yours for each connection.

    class Echo(component):
        def main(self):
            while not self.dataReady("control"):
                for data in self.Inbox("inbox"):
                    self.send(data, "outbox")
                self.pause()
                yield 1
            self.send(self.recv("control"), "signal")

    SimpleServer(protocol=Echo, port=1500).run()

`protocol` makes the component: a class, or a function that returns, say, a Pipeline.

What goes wrong in one connection ends that connection and nothing else: it is logged.
"""

# ruff: noqa: N815 - the names of the original

import asyncio
import logging
import socket
from collections.abc import Callable, Generator, Sequence
from itertools import chain
from sys import intern
from typing import Any

from Axon.Component import component
from Axon.Ipc import shutdownMicroprocess
from Axon.Linkage import linkage
from Axon.Microprocess import Lazy
from Axon.Postoffice import postoffice
from Kamaelia.Chassis.Layers import Layers
from Kamaelia.Chassis.ServedConnection import ServedConnection
from Kamaelia.Internet.TCPServer import TCPServer
from Kamaelia.IPC import newCSA, serverShutdown

__all__ = ["FastRestartServer", "MoreComplexServer", "ServerCore", "SimpleServer"]

logger = logging.getLogger(__name__)


class _Office(postoffice):
    """What a server has linked, and what its connections are linked by."""

    __slots__ = ("_server",)

    def __init__(self, server: "ServerCore") -> None:
        super().__init__(f"component {server.name}")
        self._server = server

    @property
    def linkages(self) -> list[linkage]:
        """The linkages made here, then those of each connection."""
        others = (each.linkages for each in self._server.served)
        return [*super().linkages, *chain.from_iterable(others)]

    def unlink(
        self, thecomponent: Any = None, thelinkage: linkage | None = None
    ) -> None:
        """Cut the linkages that touch a component, or one linkage."""
        super().unlink(thecomponent, thelinkage)
        for each in self._server.served:
            each.unlink(thecomponent, thelinkage)

    def forget(self, thecomponent: Any) -> None:
        """Cut the linkages made here that touch a component of a connection."""
        super().unlink(thecomponent)


class ServerCore(component):
    """Listens on a port; calls `protocol` for each connection.

    `protocol(peer=, peerport=, localip=, localport=)` returns a component, or Layers of
    several (see `Kamaelia.Chassis.Layers`). What it
    sends from `outbox` goes to the peer, what the peer sends arrives in its `inbox`; a
    stop message on its `signal`, or its end, closes the connection when all has been
    sent. When the peer closes, it gets a socketShutdown (a producerFinished) on
    `control`. An outbox `serversignal`, if it has one, leads to the server's `control`.

    An Exception in a connection's components, or in what they activated, is logged and
    ends that connection only.

    A producerFinished on `control` stops listening, lets every handler finish (it gets
    the message) and ends when all have, at the latest after `shutdown_timeout`; a
    shutdownMicroprocess closes the connections at once. The message is passed on.

    Args:
        argd: attributes to set: `protocol`, `port`, `host` ...

    Raises:
        TypeError: there is no `protocol`.

    Attributes:
        protocol: called for each connection.
        port: to listen on; 0 for any that is free. Once it listens: the port it has.
        host: address or name to listen on; "" for every IPv4 address, "::" for all.
        address: (host, port) it listens on, else None.
        onListening: called with `address` when it listens.
        socketOptions: the arguments of `setsockopt`, or a list of such.
        TCPS: what listens, a TCPServer class.
        CSA: what carries a connection, a ConnectedSocketAdapter class; None for the
            usual one of what listens.
        server: what listens, once it does.
        max_connections: how many may stand; more wait until one ends. None: no limit.
        max_per_address: how many may stand with one address; more are closed at once.
        max_unsent: bytes that may wait for a slow peer before it is cut off.
        grace: seconds a handler gets to answer after the peer has sent all.
        shutdown_timeout: seconds the handlers get after producerFinished.
    """

    Inboxes = {
        "inbox": "not used",
        "control": "producerFinished, shutdownMicroprocess: stop serving",
        "_oobinfo": "newCSA and shutdownCSA from the TCPServer",
    }
    Outboxes = {
        "outbox": "not used",
        "signal": "the stop message, once everything is closed",
        "_serversignal": "stops the TCPServer",
    }

    protocol: Any = None
    port: int | None = 1601
    host = ""
    socketOptions: Sequence[Any] | None = None
    TCPS: Any = TCPServer
    CSA: Any = None
    onListening: Callable[[tuple[str, int]], object] | None = None
    max_connections: int | None = None
    max_per_address: int | None = None
    max_unsent: int | None = None
    grace = 30.0
    shutdown_timeout = 30.0
    server: Any = None
    address: tuple[str, int] | None = None
    postoffice: _Office = Lazy(lambda self: _Office(self))  # type: ignore[assignment]

    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        if not self.protocol:
            raise TypeError(
                f"{type(self).__name__} needs a protocol: what makes the component "
                "that serves a connection"
            )
        self._connections: dict[Any, ServedConnection] = {}
        self._stop: Any = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def connections(self) -> int:
        """How many connections stand."""
        return len(self._connections)

    @property
    def served(self) -> list[ServedConnection]:
        """The connections that stand."""
        return list(self._connections.values())

    # Listening.

    def listen(self) -> tuple[str, int]:
        """Listen now rather than at the first step; return (host, port).

        A second call changes nothing.

        Raises:
            OSError: the port is in use, or may not be used; the text says which.
        """
        if self.server is None:
            self.initialiseServerSocket()
            server: Any = self.server
            address: tuple[str, int] = server.address
            self.address = address
            self.port = address[1]
            logger.info("%s: listening on %s port %d", self.name, *address)
            if self.onListening is not None:
                self.onListening(address)
        assert self.address is not None
        return self.address

    def initialiseServerSocket(self) -> None:
        """Make what listens, in `self.server`, and link it."""
        limits = {
            name: value
            for name in (
                "host",
                "CSA",
                "max_connections",
                "max_per_address",
                "max_unsent",
            )
            if (value := getattr(self, name))
        }
        self.server = self.TCPS(
            listenport=self.port, socketOptions=self.socketOptions, **limits
        )
        self.link((self.server, "protocolHandlerSignal"), (self, "_oobinfo"))
        self.link((self, "_serversignal"), (self.server, "control"))

    # Serving.

    def main(self) -> Generator[int, None, None]:
        """Listen, and serve connections until told to stop."""
        self.listen()
        self.addChildren(self.server)
        self.server.activate(self.scheduler)
        while not (self._stop and self.server._isStopped() and not self._connections):
            for message in self.Inbox("_oobinfo"):
                if isinstance(message, newCSA):
                    self.handleNewConnection(message)
            while (stop := self.stopMessage()) is not None:
                self._stopServing(stop)
            self.pause()
            yield 1
        if self._timer is not None:
            self._timer.cancel()
        self.send(self._stop, "signal")

    def handleNewConnection(self, message: newCSA) -> None:
        """Serve a connection; an error while doing so closes it."""
        csa, sock = message.object, message.sock
        try:
            peer, peerport = sock.getpeername()[:2]
            localip, localport = sock.getsockname()[:2]
        except OSError:
            self._refuse(csa)  # gone already
            return
        # Interned: mostly the same ones come again and again.
        peer = intern(peer.removeprefix("::ffff:"))
        localip = intern(localip.removeprefix("::ffff:"))
        try:
            handler = self.mkProtocolHandler(
                peer=peer,
                peerport=peerport,
                localip=localip,
                localport=localport,
            )
            made = ServedConnection(self, csa, Layers.of(handler), peer)
            self._connections[csa] = made
            made.begin()
        except Exception:
            logger.exception("connection from %s closed: cannot serve it", peer)
            self._refuse(csa)
            return
        if self._stop is not None:
            made.close()

    def mkProtocolHandler(self, **sock_info: Any) -> Any:
        """Return the component that serves a connection.

        Args:
            sock_info: peer, peerport, localip, localport.
        """
        return self.protocol(**sock_info)

    def _refuse(self, csa: Any) -> None:
        """Close a connection that nobody serves."""
        if (made := self._connections.get(csa)) is not None:
            self.forget(made)
        csa.activate(self.scheduler)  # only what was activated is seen to end
        csa.stop()

    def forget(self, ended: ServedConnection) -> None:
        """Forget a connection that has ended."""
        self._connections.pop(ended.csa, None)
        for part in (ended.csa, *ended.layers.parts):
            self.postoffice.forget(part)
        if self._stop is not None:
            self.unpause()

    # The end.

    def _stopServing(self, stop: Any) -> None:
        """Stop listening; let the connections finish, or close them."""
        kind = stop if isinstance(stop, type) else type(stop)
        self.send(serverShutdown(self), "_serversignal")
        at_once = issubclass(kind, shutdownMicroprocess)
        for each in self.served:
            if at_once:
                each.close()
            else:
                each.finish(stop)
        if self._stop is None:
            self._stop = stop
            loop, patience = self.scheduler.loop, self.shutdown_timeout
            self._timer = loop.call_later(patience, self._cutAll)

    def _cutAll(self) -> None:
        """Cut the connections that are left."""
        for each in self.served:
            each.cut()

    def stop(self) -> None:
        """End at once: stop listening, cut every connection, end what served it."""
        if not self._isStopped():
            if self._timer is not None:
                self._timer.cancel()
            for each in self.served:
                each.tell()
                each.csa.stop()
            for message in self.Inbox("_oobinfo"):
                if isinstance(message, newCSA):  # not served yet: nobody will
                    message.object.stop()
            if self.server is not None:
                self.server.stop()
        super().stop()


class SimpleServer(ServerCore):
    """A ServerCore whose `protocol` is called without arguments."""

    def mkProtocolHandler(self, **sock_info: Any) -> Any:
        """Return the component that serves a connection."""
        return self.protocol()


class FastRestartServer(ServerCore):
    """A ServerCore that takes its port over from one that has just ended."""

    socketOptions = (socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


MoreComplexServer = ServerCore

__kamaelia_components__ = (ServerCore, SimpleServer, FastRestartServer)
