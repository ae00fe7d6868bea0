"""Real sockets on the loopback address, and components, on one event loop."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import uvloop

from Axon.Box import makeInbox
from Axon.Component import component
from Axon.Scheduler import scheduler

HOST = "127.0.0.1"
PATIENCE = 10.0

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}


class Ear:
    """Listens to an outbox."""

    def __init__(self, spoken: Any, box: str = "outbox") -> None:
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self._box = makeInbox(self._arrived)
        self._box.addsource(spoken.outboxes[box])

    def _arrived(self) -> None:
        while self._box.local_len():
            self._queue.put_nowait(self._box.pop())

    async def get(self) -> Any:
        """Return the next message."""
        return await self._queue.get()

    async def bytes(self, count: int) -> bytes:
        """Return this many bytes, or more if they came together."""
        found = b""
        while len(found) < count:
            found += await self._queue.get()
        return found

    def heard(self) -> list[Any]:
        """Return what came and wasn't asked for."""
        return [self._queue.get_nowait() for _ in range(self._queue.qsize())]


class Sink(component):
    """Takes nothing: what arrives stays in its inbox until the test takes it."""

    def main(self) -> Generator[int, None, None]:
        while not self.dataReady("control"):
            self.pause()
            yield 1


class Echo(component):
    """Sends back what comes; ends when told to."""

    def main(self) -> Generator[int, None, None]:
        stop = None
        while stop is None:
            stop = self.stopMessage()
            for data in self.Inbox("inbox"):
                self.send(data, "outbox")
            if stop is None and not self.anyReady():
                self.pause()
            yield 1
        self.send(stop, "signal")


class World:
    """A scheduler that runs on the loop of the test."""

    def __init__(self) -> None:
        self.scheduler = scheduler()
        self.scheduler.waitForOne()
        self.running = asyncio.ensure_future(self.scheduler.runThreadsAsync())

    def start(self, *components: Any) -> Any:
        """Activate components and return the first."""
        for each in components:
            each.activate(self.scheduler)
        return components[0]

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the loop turn until a condition holds."""
        while not condition():
            if self.running.done():
                self.running.result()
            await asyncio.sleep(0)

    async def ended(self, *components: Any) -> None:
        """Wait until components have ended."""
        await self.until(lambda: all(each._isStopped() for each in components))

    async def connect(
        self, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to a server from outside."""
        return await asyncio.open_connection(HOST, port)

    async def close(self) -> None:
        """Stop everything."""
        self.scheduler.stop()
        await self.running


class Peer:
    """A server outside the components, that has one connection."""

    def __init__(self) -> None:
        self._accepted: asyncio.Queue[Any] = asyncio.Queue()
        self.port = 0

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, HOST, 0, limit=2**24)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._accepted.put_nowait((reader, writer))

    async def connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        found: tuple[asyncio.StreamReader, asyncio.StreamWriter]
        found = await self._accepted.get()
        return found

    async def close(self) -> None:
        self._server.close()
        await self._server.wait_closed()


async def closed(writer: asyncio.StreamWriter) -> None:
    """Close a stream, whatever the peer did."""
    writer.close()
    try:
        await writer.wait_closed()
    except OSError:
        return


def run_on(loop: str, body: Callable[[World], Awaitable[None]]) -> None:
    """Run a test in a world on one kind of loop; leave nothing behind."""

    async def run() -> None:
        world = World()
        try:
            async with asyncio.timeout(PATIENCE):
                await body(world)
                await world.close()
        finally:
            world.running.cancel()
            await asyncio.gather(world.running, return_exceptions=True)

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(run())
    gc.collect()  # what was not closed complains now
