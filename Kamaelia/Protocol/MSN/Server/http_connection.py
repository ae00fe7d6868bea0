"""Limits of uvicorn's HTTP connections, which it does not have itself."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from Kamaelia.Protocol.MSN.Server.http_door import Seat

__all__ = ["LimitedConnection"]


class LimitedConnection(H11Protocol):
    """One connection: it has so long, from being accepted on.

    Args:
        seat: which it holds as long as it stands.
        uvicorn: the arguments of uvicorn's own class.
    """

    _timer: asyncio.TimerHandle | None = None

    def __init__(self, seat: Seat, **uvicorn: Any) -> None:
        super().__init__(**uvicorn)
        self._seat = seat

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; with TLS, the handshake is done."""
        super().connection_made(transport)
        # Requests are short here; who takes longer is not asking, but occupying.
        self._timer = self.loop.call_at(self._seat.deadline, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let a connection go."""
        if self._timer is not None:
            self._timer.cancel()
        self._seat.leave()
        super().connection_lost(exc)
