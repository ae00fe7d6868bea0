"""An OSCAR server: authorizer, BOS and every other service on one port.

    TCPServer makes, for each connection:  connection - ServerFraming - OSCARSession

    store = await open_store("memory")
    await store.accounts.add("aim", "Ann", "secret")
    server = OSCARServer(port=0, store=store)
    server.listen()       # server.port is known now
    await server.runAsync()

What one client does wrong ends its connection and nothing else.
"""

import logging
import socket
from collections.abc import Generator
from typing import Any

from Kamaelia.Chassis.ConnectedServer import ServerCore
from Kamaelia.Chassis.Layers import Layers
from Kamaelia.Internet.ConnectedSocketAdapter import PlainConnection
from Kamaelia.Protocol.AIM.Server.dismissal import watch
from Kamaelia.Protocol.AIM.Server.OSCARSession import OSCARSession
from Kamaelia.Protocol.AIM.Server.ServerFraming import ServerFraming
from Kamaelia.Protocol.AIM.Server.state.limits import Limits
from Kamaelia.Protocol.AIM.Server.state.link import Endpoints
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.rates import AOL_CLASSES, RateClass
from Kamaelia.store.store import Store

__all__ = ["OSCARConnection", "OSCARServer"]

logger = logging.getLogger(__name__)

_EXTRA = 50  # connections of one address over its limit that are still told why
_WAITING = 64  # frames

# How soon the system finds out that a peer has vanished, where it can be told; else a
# client that comes back after a cut meets its own ghost. Seconds, but for the count.
_PROBES = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}


def _options() -> tuple[tuple[int, int, int], ...]:
    """Return the socket's options; connections inherit them."""
    basic = (
        (socket.SOL_SOCKET, socket.SO_REUSEADDR, 1),
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    )
    probes = tuple(
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in _PROBES.items()
        if hasattr(socket, name)
    )
    return basic + probes


def OSCARConnection(state: ServerState, ends: Endpoints) -> Layers:
    """One connection above its socket: bytes in and out.

    Args:
        state: what all connections share.
        ends: where the connection leads.
    """
    return Layers(
        framing=ServerFraming(strict_sequence=state.limits.strict_sequence),
        session=OSCARSession(state, ends),
        linkages={
            # up: network to session
            ("self", "inbox"): ("framing", "inbox"),
            ("framing", "heard"): ("session", "inbox"),
            # down: session to network
            ("session", "outbox"): ("framing", "talk"),
            ("framing", "outbox"): ("self", "outbox"),
            # shutdown: from either end through both, then out
            ("self", "control"): ("framing", "control"),
            ("framing", "signal"): ("session", "control"),
            ("session", "signal"): ("framing", "control"),
        },
        boxsizes={("session", "inbox"): _WAITING},
    )


class OSCARServer(ServerCore):
    """Serves AIM and ICQ clients.

    A producerFinished on `control` signs everybody off and ends in order, a
    shutdownMicroprocess at once.

    Args:
        host: address to listen on; "" for every IPv4 address.
        port: to listen on; 0 for any that is free.
        store: accounts and what they own; stays open at the end.
        limits: what is allowed.
        advertise: `host` or `host:port` that clients are sent to after the authorizer
            and for other services; None for the address that they connected to.
        rates: rate classes 1 to 5; AOL's by default.
        motd: message of the day.
        state: what all connections share, made of the arguments above if None.
        argd: attributes of ServerCore to set.

    Attributes:
        state: what all connections share: users, rooms, metrics ...
        port: the port it listens on, once `listen` was called or it runs.
    """

    socketOptions = _options()  # noqa: N815 - ServerCore's name
    CSA = PlainConnection
    grace = 5.0
    shutdown_timeout = 5.0

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 5190,
        *,
        store: Store,
        limits: Limits | None = None,
        advertise: str | None = None,
        rates: tuple[RateClass, ...] = AOL_CLASSES,
        motd: str = "",
        state: ServerState | None = None,
        **argd: Any,
    ) -> None:
        self.state = state or ServerState(
            store, limits, advertise=advertise, rates=rates, motd=motd
        )
        allowed = self.state.limits
        bounds = {
            "max_connections": allowed.connections + _EXTRA,
            "max_per_address": allowed.connections_per_address + _EXTRA,
            "max_unsent": allowed.output_bytes,
        }
        settings = {**bounds, **argd}
        super().__init__(host=host, port=port, protocol=self.connection, **settings)

    def main(self) -> Generator[int, None, None]:
        """Serve, and sign off whoever is suspended meanwhile, until told to stop."""
        watching = self.scheduler.createTask(
            watch(self.state).keep(), f"{self.name}: watch accounts"
        )
        try:
            yield from super().main()
        finally:
            watching.cancel()

    def connection(
        self, peer: str, peerport: int, localip: str, localport: int
    ) -> Layers:
        """Return what serves a new connection."""
        ends = Endpoints(peer, peerport, localip, localport)
        return OSCARConnection(self.state, ends)

    def stopMessage(self, boxname: str = "control") -> Any:
        """Take a stop message, if there is one; then tell everybody."""
        stop = super().stopMessage(boxname)
        if stop is not None:
            self.state.shut_down()
        return stop

    def metrics(self) -> bytes:
        """Return the server's counts in Prometheus's text format."""
        return self.state.metrics.to_text()


__kamaelia_components__ = (OSCARServer,)
__kamaelia_prefabs__ = (OSCARConnection,)
