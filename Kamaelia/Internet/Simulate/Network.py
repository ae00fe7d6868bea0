"""A network in memory, with the faults that real ones have.

    network = Network(pieces=everyByte)
    server = ServerCore(protocol=Echo, port=5190, TCPS=network.listen)
    client = network.connect("server.example", 5190)

Both ends behave as TCPServer's connections and TCPClient do; no socket is opened.
Everything that is random comes from one seed, and delays go by the event loop's clock,
so a test that failed fails again.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Generator
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from Axon.AxonExceptions import noSpaceInBox
from Axon.Component import component
from Axon.Ipc import producerFinished
from Kamaelia.IPC import newCSA, shutdownCSA, socketShutdown

__all__ = ["Network", "Pieces", "cutAt", "everyByte", "randomly", "whole"]

# Cuts data: gets it, its place in the stream and a source of chance.
Pieces = Callable[[bytes, int, random.Random], list[bytes]]


def whole(data: bytes, offset: int, chance: random.Random) -> list[bytes]:
    """Cut nothing: what is sent at once arrives at once."""
    return [data]


def everyByte(data: bytes, offset: int, chance: random.Random) -> list[bytes]:
    """Cut everywhere: each byte arrives alone."""
    return [data[i : i + 1] for i in range(len(data))]


def randomly(data: bytes, offset: int, chance: random.Random) -> list[bytes]:
    """Cut at a few places by chance."""
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(chance.randrange(4)))
    pieces = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    return [piece for piece in pieces if piece]


def cutAt(position: int) -> Pieces:
    """Return what cuts each stream once, before the byte at this position."""

    def pieces(data: bytes, offset: int, chance: random.Random) -> list[bytes]:
        split = position - offset
        if 0 < split < len(data):
            return [data[:split], data[split:]]
        return [data]

    return pieces


class _Name(NamedTuple):
    """What is asked of a socket: who is at its ends."""

    local: tuple[str, int]
    peer: tuple[str, int]

    def getsockname(self) -> tuple[str, int]:
        """Return our end."""
        return self.local

    def getpeername(self) -> tuple[str, int]:
        """Return the other end."""
        return self.peer

    def close(self) -> None:
        """Do nothing: there is nothing to close."""


class Network:
    """Hosts, by any name, that listen and connect.

    Args:
        seed: of what is random.
        pieces: how what is sent is cut: `whole`, `everyByte`, `randomly`, `cutAt(n)`.
        delay: seconds that each piece takes, or (least, most).
        close_after: bytes after which a connection breaks, in each direction; None
            for never.
        drop_after: bytes after which a direction carries nothing more, silently.
    """

    def __init__(
        self,
        seed: int = 0,
        pieces: Pieces = whole,
        delay: float | tuple[float, float] = 0.0,
        close_after: int | None = None,
        drop_after: int | None = None,
    ) -> None:
        self.chance = random.Random(seed)
        self.pieces = pieces
        self.delay = delay if isinstance(delay, tuple) else (delay, delay)
        self.close_after = close_after
        self.drop_after = drop_after
        self.listeners: dict[int, SimulatedServer] = {}
        self._ports = count(40000)

    def listen(
        self,
        listenport: int | None = None,
        socketOptions: Any = None,  # noqa: N803
        **argd: Any,
    ) -> "SimulatedServer":
        """Return a server that listens: what `ServerCore(TCPS=...)` takes.

        Raises:
            OSError: somebody listens on this port.
        """
        port = listenport or next(self._ports)
        if port in self.listeners:
            raise OSError(f"cannot listen on port {port}: it is in use")
        made = self.listeners[port] = SimulatedServer(self, port, **argd)
        return made

    def connect(self, host: str, port: int) -> "SimulatedSocket":
        """Return what behaves as TCPClient(host, port) does."""
        return SimulatedSocket(self, (host, port))

    def join(self, client: "SimulatedSocket") -> bool:
        """Connect a client to whoever listens; return whether there is somebody."""
        assert client.server is not None
        host, port = client.server
        listener = self.listeners.get(port)
        if listener is None:
            return False
        ends = ("10.0.0.1", next(self._ports)), (host, port)
        other = SimulatedSocket(self)
        client.sock, other.sock = _Name(*ends), _Name(*reversed(ends))
        runner = client.scheduler
        client.way, other.way = _Way(self, other, runner), _Way(self, client, runner)
        listener.send(newCSA(listener, other, other.sock), "protocolHandlerSignal")
        ending = partial(listener.ended, other)
        other._callOnCloseDown.append(ending)
        return True


class _Way:
    """One direction of a connection: what is sent, until it arrives.

    Args:
        network: whose faults it has.
        target: where it leads.
        runner: the scheduler by whose event loop delays go.
    """

    def __init__(
        self, network: Network, target: "SimulatedSocket", runner: Any
    ) -> None:
        self.network = network
        self.target = target
        self.runner = runner
        self.sent = 0
        self.broken = False
        self._moving: deque[tuple[float, bytes | None]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def send(self, data: bytes) -> None:
        """Send data, as far as the network carries it."""
        network = self.network
        limits = [n for n in (network.close_after, network.drop_after) if n is not None]
        kept = data[: max(0, min(limits) - self.sent)] if limits else data
        if kept:
            for piece in network.pieces(kept, self.sent, network.chance):
                self._move(piece)
        self.sent += len(data)
        if network.close_after is not None and self.sent >= network.close_after:
            self.broken = True
            self.end()

    def end(self) -> None:
        """Send the end of the stream."""
        self._move(None)

    def _move(self, piece: bytes | None) -> None:
        """Let a piece arrive after its delay, never before the one ahead of it."""
        delay = self.network.chance.uniform(*self.network.delay)
        if not delay and not self._moving:
            self.target.arrive(piece, self.broken)
            return
        due = self.runner.loop.time() + delay
        if self._moving:
            due = max(due, self._moving[-1][0])
        self._moving.append((due, piece))
        self._wait()

    def _wait(self) -> None:
        """Wait until the next piece is due."""
        if self._timer is None and self._moving:
            loop = self.runner.loop
            self._timer = loop.call_at(self._moving[0][0], self._arrived)

    def _arrived(self) -> None:
        """Hand over the piece that is due."""
        self._timer = None
        _, piece = self._moving.popleft()
        self.target.arrive(piece, self.broken)
        self._wait()

    def cancel(self) -> None:
        """Forget what is on its way."""
        self._moving.clear()
        if self._timer is not None:
            self._timer.cancel()


class SimulatedSocket(component):
    """One end of a connection on a `Network`: a TCPClient, or a server's connection.

    Args:
        network: where it is.
        server: (host, port) to connect to; None for the end that was accepted.

    Attributes:
        sock: what tells the addresses of both ends.
        howDied: None after an orderly end, else what happened.
    """

    Inboxes = {
        "inbox": "bytes to send",
        "control": "producerFinished, shutdownMicroprocess: close the connection",
    }
    Outboxes = {
        "outbox": "bytes received, cut as the network cuts them",
        "CreatorFeedback": "socketShutdown(self, [sock, howDied]) at the end",
        "signal": "producerFinished(self, howDied), or shutdownCSA of a server's end",
    }

    sock: Any = None
    howDied: str | None = None  # noqa: N815 - the name of the original
    way: Any = None

    def __init__(
        self, network: Network, server: tuple[str, int] | None = None, **argd: Any
    ) -> None:
        super().__init__(**argd)
        self.network = network
        self.server = server
        self._arrived: deque[bytes] = deque()
        self._peer_ended = False
        self._begun = False
        self._ended = False

    def main(self) -> Generator[int, None, None]:
        """Carry data until one side ends."""
        if self.server is not None and not self.network.join(self):
            self.howDied = f"{self.server[0]} port {self.server[1]}: connection refused"
            self.send(producerFinished(self, self.howDied), "signal")
            return
        self._begun = True
        while True:
            self._hand()
            stop = self.stopMessage()
            for data in self.Inbox("inbox"):
                if not self.way.broken:
                    self.way.send(data)
            if stop is not None or (self._peer_ended and not self._arrived):
                break
            self.pause()
            yield 1
        if not self.way.broken:
            self.way.end()
        self._ended = True
        ended = socketShutdown(self, [self.sock, self.howDied])
        self.send(ended, "CreatorFeedback")
        if self.server is None:
            self.send(shutdownCSA(self, (self, self.sock)), "signal")
        else:
            self.send(producerFinished(self, self.howDied), "signal")

    def arrive(self, piece: bytes | None, broken: bool) -> None:
        """Take a piece that came over the network; None is the end of the stream."""
        if piece is None:
            self._peer_ended = True
            if broken:
                self.howDied = "the connection broke"
        else:
            self._arrived.append(piece)
            if self._begun:
                self._hand()
        self.unpause()

    def _hand(self) -> None:
        """Put out what came, as far as there is room."""
        while self._arrived:
            try:
                self.send(self._arrived[0])
            except noSpaceInBox:
                return  # woken when there is room
            self._arrived.popleft()

    def stop(self) -> None:
        """End at once: the connection breaks."""
        if not self._ended and self.way is not None and not self.way.broken:
            self._ended = True
            self.way.cancel()
            self.way.broken = True
            self.way.target.arrive(None, broken=True)
        super().stop()


class SimulatedServer(component):
    """Listens on a `Network` as TCPServer does on a real one.

    Args:
        network: where it listens.
        port: its port.
        host: its host, for `address`; every host has the same ports.
        argd: attributes to set.
    """

    Inboxes = {"control": "any stop message: stop listening"}
    Outboxes = {
        "protocolHandlerSignal": "newCSA(self, csa, sock), shutdownCSA(self, csa)",
        "signal": "the stop message",
    }

    def __init__(
        self, network: Network, port: int, host: str = "", **argd: Any
    ) -> None:
        super().__init__(**argd)
        self.network = network
        self.port = port
        self.address = (host or "10.0.0.2", port)

    def main(self) -> Generator[int, None, None]:
        """Listen until told to stop."""
        while (stop := self.stopMessage()) is None:
            self.pause()
            yield 1
        self.send(stop, "signal")

    def ended(self, csa: SimulatedSocket) -> None:
        """Say that a connection has ended."""
        self.send(shutdownCSA(self, csa), "protocolHandlerSignal")

    def stop(self) -> None:
        """Stop listening."""
        if self.network.listeners.get(self.port) is self:
            del self.network.listeners[self.port]
        super().stop()


__kamaelia_components__ = (SimulatedSocket, SimulatedServer)
