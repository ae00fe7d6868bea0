"""A web application as a component: uvicorn in our event loop."""

import asyncio
import contextlib
import socket
from collections.abc import Generator
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn

from Axon.AsyncComponent import asynccomponent
from Kamaelia.Protocol.MSN.Server.http_connection import limited_protocol

__all__ = ["Certificate", "HTTPService"]


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

    def cut(self) -> None:
        """Stop listening and cut every connection; nothing after an orderly end."""
        for each in getattr(self, "servers", ()):  # there once it has started up
            each.close()
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
        protocol = limited_protocol(lifetime, per_address)
        self._listener = listener
        self._begun = False
        files: dict[str, Any] = {}
        if certificate is not None:
            files["ssl_certfile"] = str(certificate.certificate)
            files["ssl_keyfile"] = str(certificate.key)
        self._config = uvicorn.Config(
            app,
            http=protocol,
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
        server = _Server(self._config)
        serving = asyncio.create_task(server.serve([self._listener]))
        try:
            async for _ in self.messages("inbox"):
                continue
            server.stopping.set()
            await serving
        finally:  # a run that is stopped cancels us more than once: nothing may wait
            serving.cancel()
            server.cut()
            self._listener.close()

    def stop(self) -> None:
        """End at once, and stop listening."""
        if not self._begun:
            self._listener.close()
        super().stop()


__kamaelia_components__ = (HTTPService,)
