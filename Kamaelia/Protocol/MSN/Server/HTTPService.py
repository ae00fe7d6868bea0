"""A web application as a component: uvicorn in our event loop."""

import asyncio
import contextlib
import socket
from collections.abc import Generator
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn

from Axon.AsyncComponent import asynccomponent
from Kamaelia.Protocol.MSN.Server.http_connection import LimitedConnection
from Kamaelia.Protocol.MSN.Server.http_door import Door, Seat

__all__ = ["Certificate", "HTTPService"]


class Certificate(NamedTuple):
    """PEM files of a certificate and its key."""

    certificate: Path
    key: Path


class _Server(uvicorn.Server):
    """uvicorn's server behind a door of ours.

    It leaves signals alone, and waits instead of polling.
    """

    def __init__(self, config: uvicorn.Config, door: Door) -> None:
        super().__init__(config)
        self.stopping = asyncio.Event()
        self._door = door

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Let connections in."""
        await self.lifespan.startup()
        self.servers = []  # uvicorn's own; the door is ours
        self._door.open(self._connection, self.config.ssl)
        self.started = True

    def _connection(self, seat: Seat) -> LimitedConnection:
        """Return what serves a connection."""
        return LimitedConnection(
            seat,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody in any more; end the connections in order."""
        await self._door.close()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to whoever runs the components."""
        yield

    async def main_loop(self) -> None:
        """Serve until told to stop."""
        await self.on_tick(0)
        await self.stopping.wait()

    def cut(self) -> None:
        """Stop listening and cut every connection; nothing after an orderly end."""
        self._door.cut()
        for connection in list(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()


class HTTPService(asynccomponent):
    """Serves an ASGI application on a socket that listens.

    Args:
        app: the application.
        listener: the socket; closed at the end.
        certificate: speak HTTPS with this; None for HTTP.
        lifetime: seconds that a connection has in all.
        per_address: connections that one address may have at once.
        in_all: connections that all may have at once.
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
        in_all: int = 4000,
    ) -> None:
        super().__init__()
        self._door = Door(listener, lifetime, per_address, in_all)
        self._begun = False
        files: dict[str, Any] = {}
        if certificate is not None:
            files["ssl_certfile"] = str(certificate.certificate)
            files["ssl_keyfile"] = str(certificate.key)
        self._config = uvicorn.Config(
            app,
            http=LimitedConnection,
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
        self._begun = True
        server = _Server(self._config, self._door)
        serving = asyncio.create_task(server.serve())
        try:
            async for _ in self.messages("inbox"):
                continue
            server.stopping.set()
            await serving
        finally:  # a run that is stopped cancels us more than once: nothing may wait
            serving.cancel()
            server.cut()

    def stop(self) -> None:
        """End at once, and stop listening."""
        if not self._begun:
            self._door.cut()
        super().stop()


__kamaelia_components__ = (HTTPService,)
