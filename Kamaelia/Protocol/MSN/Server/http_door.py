"""Lets connections in, so many of each address, and counts them from the first byte.

asyncio's own servers tell of a connection once its TLS handshake is done, so that who
never begins with one is not seen. Here each is counted when it is accepted, has so long
for the handshake, and only then becomes a connection of the web server.
"""

import asyncio
import logging
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final

from Kamaelia.Internet.accepting import accept
from Kamaelia.Internet.peer_host import host_of

__all__ = ["Door", "Seat"]

logger = logging.getLogger(__name__)

HANDSHAKE: Final = 15.0
"""Seconds for a TLS handshake, if a connection has as many."""

PATIENCE: Final = 1.0
"""Seconds to wait when accepting fails: no descriptors or no memory left, mostly."""

TURN: Final = 64
"""Connections accepted before others have their turn."""


class Seat:
    """What a connection holds as long as it stands.

    Attributes:
        deadline: when it has to end, by the clock of the event loop.
    """

    __slots__ = ("_leave", "deadline")

    def __init__(self, deadline: float, leave: Callable[[], None]) -> None:
        self.deadline = deadline
        self._leave: Callable[[], None] | None = leave

    def leave(self) -> None:
        """Count the connection no longer; a second call does nothing."""
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()


class Door:
    """Accepts the connections of a web server.

    Args:
        listener: the socket; closed at the end.
        lifetime: seconds that a connection has in all.
        per_address: connections that one address may have at once.
        in_all: connections that all may have at once; more are closed.

    Attributes:
        seats: how many connections there are, whether they have begun or not.
    """

    def __init__(
        self, listener: socket.socket, lifetime: float, per_address: int, in_all: int
    ) -> None:
        self._listener = listener
        self._lifetime = lifetime
        self._per_address = per_address
        self._in_all = in_all
        self.seats = 0
        self._peers: Counter[str] = Counter()
        self._refused: set[str] = set()  # some of those: told of in the log
        self._accepting: asyncio.Task[None] | None = None
        self._entering: set[asyncio.Task[None]] = set()

    def open(
        self,
        make: Callable[[Seat], asyncio.Protocol],
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Let connections in from now on.

        Args:
            make: makes what serves a connection; it leaves the seat at its end.
            context: of TLS; None: there is no TLS.
        """
        self._accepting = asyncio.create_task(self._accept(make, context))
        # Not before the event loop has let the socket go.
        self._accepting.add_done_callback(lambda _: self._listener.close())

    def cut(self) -> None:
        """Let nobody in any more, nor those who have not begun."""
        if self._accepting is None:
            self._listener.close()
        else:
            self._accepting.cancel()
        for task in self._entering:
            task.cancel()

    async def close(self) -> None:
        """Do as `cut`; return when the port is free."""
        self.cut()
        tasks = {*self._entering, *filter(None, [self._accepting])}
        if tasks:
            await asyncio.wait(tasks)

    async def _accept(
        self, make: Callable[[Seat], asyncio.Protocol], context: ssl.SSLContext | None
    ) -> None:
        """Accept connections until cancelled."""
        loop, listener = asyncio.get_running_loop(), self._listener
        accepted = 0
        while True:
            try:
                sock, address = await accept(loop, listener)
            except ConnectionAbortedError:
                continue  # gone while it waited to be accepted
            except OSError as error:
                logger.error("HTTP: cannot accept connections: %s", error)
                await asyncio.sleep(PATIENCE)
                continue
            seat = self._seat(host_of(str(address[0])))
            if seat is None:
                sock.close()
            else:
                task = loop.create_task(self._enter(sock, seat, make, context))
                self._entering.add(task)
                task.add_done_callback(partial(self._entered, sock, seat))
            accepted += 1
            if accepted % TURN == 0:
                await asyncio.sleep(0)

    def _seat(self, peer: str) -> Seat | None:
        """Return a seat, unless the address, or all together, have too many."""
        full = self.seats >= self._in_all
        if full or self._peers[peer] >= self._per_address:
            who = "all together" if full else peer
            if who not in self._refused:  # not for every one
                self._refused.add(who)
                logger.warning("HTTP: %s have too many connections", who)
            return None
        self.seats += 1
        self._peers[peer] += 1
        deadline = asyncio.get_running_loop().time() + self._lifetime
        return Seat(deadline, lambda: self._left(peer))

    def _left(self, peer: str) -> None:
        """Count a connection no longer."""
        self.seats -= 1
        self._peers[peer] -= 1
        if not self._peers[peer]:
            del self._peers[peer]
            self._refused.discard(peer)
        if not self._peers:
            self._refused.clear()

    async def _enter(
        self,
        sock: socket.socket,
        seat: Seat,
        make: Callable[[Seat], asyncio.Protocol],
        context: ssl.SSLContext | None,
    ) -> None:
        """Have a socket become a connection; with TLS, after the handshake."""
        patience = min(HANDSHAKE, self._lifetime) if context else None
        await asyncio.get_running_loop().connect_accepted_socket(
            lambda: make(seat), sock, ssl=context, ssl_handshake_timeout=patience
        )

    def _entered(
        self, sock: socket.socket, seat: Seat, task: asyncio.Task[None]
    ) -> None:
        """Forget who has begun; let go of who did not get so far."""
        self._entering.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, OSError):  # errors of TLS among them
            logger.debug("HTTP: no connection: %s", error)
        elif error is not None:
            logger.error("HTTP: a connection could not begin", exc_info=error)
        if task.cancelled() or error is not None:
            sock.close()
            seat.leave()
