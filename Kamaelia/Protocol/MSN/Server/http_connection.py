"""Limits of uvicorn's HTTP connections, which it does not have itself."""

import asyncio
import logging
from collections import Counter

from uvicorn.protocols.http.h11_impl import H11Protocol

from Kamaelia.Internet.peer_host import host_of

__all__ = ["limited_protocol"]

logger = logging.getLogger(__name__)


class _Limited(H11Protocol):
    """One connection: it has so long, and its address so many of them."""

    lifetime = 60.0
    per_address = 256
    peers: Counter[str]  # of the service; each has a class of its own
    _timer: asyncio.TimerHandle | None = None
    _peer = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or cut it when there is one too many."""
        super().connection_made(transport)
        address = transport.get_extra_info("peername")
        self._peer = host_of(str(address[0])) if address else ""
        self.peers[self._peer] += 1
        if self.peers[self._peer] > self.per_address:
            if self.peers[self._peer] == self.per_address + 1:  # not for every one
                logger.warning("HTTP: %s has too many connections", self._peer)
            transport.abort()
            return
        # Requests are short here; who takes longer is not asking, but occupying.
        self._timer = self.loop.call_later(self.lifetime, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let a connection go."""
        if self._timer is not None:
            self._timer.cancel()
        self.peers[self._peer] -= 1
        if self.peers[self._peer] <= 0:
            del self.peers[self._peer]
        super().connection_lost(exc)


def limited_protocol(lifetime: float, per_address: int) -> type[asyncio.Protocol]:
    """Return the class of a service's connections.

    Args:
        lifetime: seconds that a connection has in all.
        per_address: connections that one address may have at once.
    """
    members = {
        "lifetime": lifetime,
        "per_address": per_address,
        "peers": Counter[str](),
    }
    return type("Limited", (_Limited,), members)
