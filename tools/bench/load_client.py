"""The load of the echo benchmarks: one process, the same for every server.

    python -m tools.bench.load_client PORT CONNECTIONS SIZE ROUND_TRIPS

Each connection sends SIZE bytes, waits for them all to come back, and sends the next,
ROUND_TRIPS times. Every answer is compared with what was sent. Prints one line of
JSON: `round_trips` and `seconds`, without the first round trip of each connection,
in which the server sets itself up.
"""

import asyncio
import json
import sys
from time import perf_counter
from typing import Any

import uvloop

HOST = "127.0.0.1"
TIME_LIMIT = 20
"""Seconds for everything: a server that stops answering is an error, not a wait."""


class Load(asyncio.Protocol):
    """One connection: a message out, the same message back, again and again."""

    def __init__(self, number: int, size: int, round_trips: int) -> None:
        self.finished = asyncio.get_running_loop().create_future()
        self.warm = asyncio.get_running_loop().create_future()
        self._message = (b"%08d" % number * (size // 8 + 1))[:size]
        self._left = round_trips
        self._answer = b""
        # uvloop's transports are not subclasses of asyncio's.
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first message."""
        self._transport = transport
        self._transport.write(self._message)

    def data_received(self, data: bytes) -> None:
        """Compare the answer and send the next message."""
        if self._answer or len(data) < len(self._message):
            data = self._answer + data
            if len(data) < len(self._message):
                self._answer = data
                return
            self._answer = b""
        if data != self._message:
            self._fail(AssertionError(f"wrong echo: {data[:64]!r}"))
        elif not self.warm.done():
            self.warm.set_result(None)
        else:
            self._left -= 1
            self.start()

    def start(self) -> None:
        """Send the next message, or stop."""
        if self._transport is None:
            return
        if self._left:
            self._transport.write(self._message)
        elif not self.finished.done():
            self.finished.set_result(None)
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """Fail if there was more to come."""
        self._fail(error or ConnectionError("the server closed a connection"))

    def _fail(self, error: Exception) -> None:
        for future in (self.warm, self.finished):
            if not future.done():
                future.set_exception(error)
        if self._transport is not None:
            self._transport.close()


async def connect(port: int, number: int, size: int, round_trips: int) -> Load:
    """Return a connection; the server must be there."""
    _, load = await asyncio.get_running_loop().create_connection(
        lambda: Load(number, size, round_trips), HOST, port
    )
    return load


async def run(port: int, connections: int, size: int, round_trips: int) -> float:
    """Put the load on a server and return the seconds it took."""
    async with asyncio.timeout(TIME_LIMIT):
        loads = [await connect(port, n, size, round_trips) for n in range(connections)]
        await asyncio.gather(*(load.warm for load in loads))
        start = perf_counter()
        for load in loads:
            load.start()
        await asyncio.gather(*(load.finished for load in loads))
        return perf_counter() - start


def main(arguments: list[str]) -> int:
    """Run the command line; return the exit status."""
    port, connections, size, round_trips = map(int, arguments)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        seconds = runner.run(run(port, connections, size, round_trips))
    done = {"round_trips": connections * round_trips, "seconds": seconds}
    print(json.dumps(done))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
