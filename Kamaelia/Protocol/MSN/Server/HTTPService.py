"""A web application as a component: uvicorn in our event loop."""

import asyncio
import contextlib
import logging
import socket
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from Axon.AsyncComponent import asynccomponent

__all__ = ["Certificate", "HTTPService"]


logger = logging.getLogger(__name__)


class Certificate(NamedTuple):
    """PEM files of a certificate and its key."""

    certificate: Path
    key: Path


class _Server(uvicorn.Server):
    """uvicorn's server: it leaves signals alone and waits instead of polling."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stopping = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to whoever runs the components."""
        yield

    async def main_loop(self) -> None:
        """Serve until told to stop."""
        await self.on_tick(0)
        await self.stopping.wait()


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
        self._peer = str(address[0]) if address else ""
        self.peers[self._peer] += 1
        if self.peers[self._peer] > self.per_address:
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


class HTTPService(asynccomponent):
    """Serves an ASGI application on a socket that listens.

    Args:
        app: the application.
        listener: the socket; closed at the end.
        certificate: speak HTTPS with this; None for HTTP.
        lifetime: seconds that a connection has in all.
        per_address: connections that one address may have at once.
    """

    Inboxes = {
        "inbox": "not used",
        "control": "producerFinished, shutdownMicroprocess: stop serving",
    }
    Outboxes = {
        "outbox": "not used",
        "signal": "the stop message, once everything is closed",
    }

    def __init__(
        self,
        app: Any,
        listener: socket.socket,
        certificate: Certificate | None = None,
        lifetime: float = 60.0,
        per_address: int = 256,
    ) -> None:
        super().__init__()
        members = {
            "lifetime": lifetime,
            "per_address": per_address,
            "peers": Counter[str](),
        }
        self._listener = listener
        files: dict[str, Any] = {}
        if certificate is not None:
            files["ssl_certfile"] = str(certificate.certificate)
            files["ssl_keyfile"] = str(certificate.key)
        self._config = uvicorn.Config(
            app,
            http=type("Limited", (_Limited,), members),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            ws="none",
            timeout_keep_alive=10,
            timeout_graceful_shutdown=2,
            limit_concurrency=1000,
            h11_max_incomplete_event_size=16 * 1024,
            **files,
        )

    async def main(self) -> None:
        """Serve until told to stop."""
        server = _Server(self._config)
        serving = asyncio.create_task(server.serve([self._listener]))
        try:
            async for _ in self.messages("inbox"):
                continue
        finally:
            server.stopping.set()
            await serving


__kamaelia_components__ = (HTTPService,)
