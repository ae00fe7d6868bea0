"""The embedded MSN server: notification and switchboard on one port, and Passport.

    async with await open_store("sqlite:///kamaelia.db") as store:
        await MSNServer(store=store, port=1863, http_port=8080).runAsync()

For each connection it makes three components: connection - framing - session.
"""

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping
from typing import Any, Final

from Axon.AsyncComponent import asynccomponent
from Axon.Ipc import producerFinished
from Kamaelia.Chassis.ConnectedServer import FastRestartServer
from Kamaelia.Chassis.Layers import Layers
from Kamaelia.Internet.ConnectedSocketAdapter import PlainConnection
from Kamaelia.Internet.TCPServer import bindSocket
from Kamaelia.Protocol.MSN.Server.dismissal import watch
from Kamaelia.Protocol.MSN.Server.dispatch import DispatchSession
from Kamaelia.Protocol.MSN.Server.entrance import Entrance
from Kamaelia.Protocol.MSN.Server.Framing import CommandFraming
from Kamaelia.Protocol.MSN.Server.HTTPService import Certificate, HTTPService
from Kamaelia.Protocol.MSN.Server.limits import Limits
from Kamaelia.Protocol.MSN.Server.passport import build_app
from Kamaelia.Protocol.MSN.Server.perform import perform
from Kamaelia.Protocol.MSN.Server.session import Session
from Kamaelia.Protocol.MSN.Server.SessionRunner import SessionRunner
from Kamaelia.Protocol.MSN.Server.state.metrics import Metrics
from Kamaelia.Protocol.MSN.Server.state.state import (
    Connection,
    ServerState,
    Settings,
)
from Kamaelia.store.store import Store, open_store

__all__ = ["MSNServer"]

logger = logging.getLogger(__name__)

_BOXSIZES = {("session", "inbox"): 64}  # commands it has not got round to
TURN: Final = 64
"""Connections that are seen to before others have their turn."""

_REUSE = (socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
_LINKAGES = {
    # up: what the client says
    ("self", "inbox"): ("framing", "inbox"),
    ("framing", "heard"): ("session", "inbox"),
    # down: what the server says
    ("session", "outbox"): ("framing", "talk"),
    ("framing", "outbox"): ("self", "outbox"),
    # the end: up, where commands that came are done; and down, behind the answers
    ("self", "control"): ("framing", "closed"),
    ("framing", "ended"): ("session", "control"),
    ("session", "signal"): ("framing", "control"),
    ("framing", "signal"): ("self", "signal"),
}


class MSNServer(asynccomponent):
    """Serves MSNP2 to MSNP12.

    A stop message on `control` ends it in order: users are told, connections and ports
    closed. Ports are known after `listen()`, or once `onListening` was called.

    Args:
        host: address to listen on; "" for every IPv4 address, "::" for all.
        port: of notification server and switchboard; 0 for any that is free.
        http_port: of the Passport server over HTTP; None: none.
        https_port: of the Passport server over HTTPS; None: none.
        dispatch_port: of the dispatch server; None: none.
        certificate: for HTTPS.
        store: where accounts and lists are; a URL of one to be opened, and closed at
            the end; None: an empty one in memory.
        limits: sizes, rates and time-outs.
        settings: dialects, addresses to name, challenges.
        metrics: counts; None for new ones.
        onListening: called with `ports` when the server listens.

    Raises:
        ValueError: HTTPS without a certificate.

    Attributes:
        ports: "msn", "dispatch", "http" and "https" -> port; empty before it listens.
        state: sessions and rooms; None before the store is open.
    """

    Inboxes = {
        "inbox": "not used",
        "control": "producerFinished, shutdownMicroprocess: stop serving",
    }
    Outboxes = {
        "outbox": "not used",
        "signal": "the stop message, once everything is closed",
        "_stop": "stops the parts",
    }

    tick = 1.0  # seconds between two looks at time-outs
    shutdown_timeout = 5.0  # seconds for what clients have not read yet

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 1863,
        http_port: int | None = None,
        https_port: int | None = None,
        dispatch_port: int | None = None,
        certificate: Certificate | None = None,
        store: Store | str | None = None,
        limits: Limits | None = None,
        settings: Settings | None = None,
        metrics: Metrics | None = None,
        onListening: Callable[[Mapping[str, int]], object] | None = None,  # noqa: N803
    ) -> None:
        if https_port is not None and certificate is None:
            raise ValueError("HTTPS needs a certificate and its key")
        super().__init__()
        self.host = host
        self.limits = limits or Limits()
        self.settings = settings or Settings()
        self.metrics = metrics or Metrics()
        self.metrics.connections.set_function(
            lambda: sum(core.connections for core in self._cores)
        )
        self.ports: dict[str, int] = {}
        self.state: ServerState | None = None
        self.onListening = onListening
        self._store = store
        self._wanted = {"msn": port, "dispatch": dispatch_port}
        self._wanted |= {"http": http_port, "https": https_port}
        self._certificate = certificate
        self._cores: list[FastRestartServer] = []
        self._listeners: dict[str, socket.socket] = {}
        self._begun = False

    def listen(self) -> dict[str, int]:
        """Listen now rather than when the component starts; return `ports`.

        A second call changes nothing.

        Raises:
            OSError: a port is in use, or may not be used; the text says which.
        """
        if self.ports:
            return self.ports
        try:
            for name, kind in (("msn", Entrance), ("dispatch", DispatchSession)):
                if self._wanted[name] is not None:
                    core = self._makeCore(self._wanted[name], kind)
                    self.ports[name] = core.listen()[1]
            for name in ("http", "https"):
                if self._wanted[name] is not None:
                    listener = bindSocket(self.host, self._wanted[name], _REUSE)
                    self._listeners[name] = listener
                    self.ports[name] = listener.getsockname()[1]
        except OSError:
            self._closeListeners()
            raise
        logger.info("listening: %s", self.ports)
        if self.onListening is not None:
            self.onListening(self.ports)
        return self.ports

    def _closeListeners(self) -> None:
        """Close what listens and does not serve."""
        for core in self._cores:
            if core.server is not None:
                core.server.closeListener()
        for listener in self._listeners.values():
            listener.close()
        self._listeners.clear()
        self.ports.clear()

    def _makeCore(self, port: int | None, kind: type[Session]) -> FastRestartServer:
        """Return what listens on a port and makes sessions of a kind."""

        def protocol(peer: str, peerport: int, localip: str, localport: int) -> Layers:
            ends = Connection((peer, peerport), (localip, localport))
            return self._serve(kind, ends)

        limits = self.limits
        core = FastRestartServer(
            protocol=protocol,
            CSA=PlainConnection,
            port=port,
            host=self.host,
            max_connections=limits.connections,
            max_per_address=limits.connections_per_address,
            max_unsent=limits.output,
            shutdown_timeout=self.shutdown_timeout,
        )
        self._cores.append(core)
        return core

    def _serve(self, kind: type[Session], ends: Connection) -> Layers:
        """Return the components that serve one connection."""
        assert self.state is not None
        return Layers(
            framing=CommandFraming(self.limits),
            session=SessionRunner(kind(self.state, ends)),
            linkages=_LINKAGES,
            boxsizes=_BOXSIZES,
        )

    @property
    def _layers(self) -> list[Layers]:
        """The components of each connection that stands."""
        return [each.layers for core in self._cores for each in core.served]

    # Life.

    async def main(self) -> None:
        """Serve until told to stop."""
        self._begun = True
        own = None
        try:
            if not isinstance(self._store, Store):
                own = await open_store(self._store or "memory")
            store = own or self._store
            assert isinstance(store, Store)
            self.state = ServerState(
                store, self.limits, self.settings, metrics=self.metrics
            )
            self.listen()
            self.state.main_port = self.ports["msn"]
            for scheme in ("https", "http"):
                if scheme in self.ports:
                    self.state.web = (scheme, self.ports[scheme])
            parts = self._start(self.state)
            keeping = [
                asyncio.create_task(self._tick(self.state)),
                asyncio.create_task(watch(self.state).keep()),
            ]
            for each in keeping:
                each.add_done_callback(_report)
            try:
                await self.ready("control")
                while (stop := self.stopMessage()) is None:
                    await self.ready("control")
            finally:
                for each in keeping:
                    each.cancel()
            await self._stop(parts)
            self.send(stop, "signal")
        finally:
            self._closeListeners()
            if own is not None:
                await own.close()

    def stop(self) -> None:
        """End at once, and stop listening."""
        if not self._begun:
            self._closeListeners()
        super().stop()

    def _start(self, state: ServerState) -> list[Any]:
        """Start everything that listens; return the components."""
        app = build_app(state)
        parts: list[Any] = list(self._cores)
        for name, listener in self._listeners.items():
            certificate = self._certificate if name == "https" else None
            limits = self.limits
            service = HTTPService(
                app,
                listener,
                certificate,
                limits.handshake,
                limits.connections_per_address,
            )
            parts.append(service)
        self._listeners.clear()
        self.addChildren(*parts)
        for part in parts:
            part.activate(self.scheduler)
        return parts

    async def _tick(self, state: ServerState) -> None:
        """See to time-outs."""
        while True:
            await asyncio.sleep(self.tick)
            now = state.clock()
            for number, layers in enumerate(self._layers, 1):
                runner = layers.component("session")
                runner.tick(now)
                if runner.stirred:  # nobody else has anything to give back
                    runner.stirred = False
                    layers.rest()
                if number % TURN == 0:
                    await asyncio.sleep(0)  # others' turn, however many there are

    async def _stop(self, parts: list[Any]) -> None:
        """Tell the users, close their connections and every port."""
        for layers in self._layers:
            perform(layers.component("session").session.shut_down())
        for part in parts:
            part._deliver(producerFinished(self), "control")
        while not all(part._isStopped() for part in parts):
            await self.wait()


def _report(done: "asyncio.Task[None]") -> None:
    """Log why something ended that goes on as long as the server does."""
    if not done.cancelled() and (error := done.exception()) is not None:
        logger.error("time-outs or suspensions are not seen to", exc_info=error)


__kamaelia_components__ = (MSNServer,)
