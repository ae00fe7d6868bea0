"""A relay between clients and a server that keeps what goes through it, in order."""

import asyncio
import contextlib

from tests.helpers.capture_writer import Talk, Turn


class RecordingRelay:
    """Listens on loopback, connects each client to the server, records both sides.

    Use it in `async with`; `port` is known from then on, and `server_port` must be set
    before a client comes.
    """

    def __init__(self) -> None:
        self.port = 0
        self.server_port = 0
        self.connections: list[list[Turn]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    def talks(self, port: int) -> list[Talk]:
        """Return what was recorded, as if the server had listened on a port."""
        return [
            Talk(turns, port, 40_000 + number)
            for number, turns in enumerate(self.connections)
        ]

    async def __aenter__(self) -> "RecordingRelay":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        turns: list[Turn] = []
        self.connections.append(turns)
        inner = await asyncio.open_connection("127.0.0.1", self.server_port)
        ways = (("c2s", reader, inner[1]), ("s2c", inner[0], writer))
        tasks = [asyncio.create_task(_carry(turns, *way)) for way in ways]
        self._tasks.update(tasks)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)


async def _carry(
    turns: list[Turn],
    name: str,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    try:
        while data := await reader.read(65536):
            turns.append((name, data))
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # that side has hung up: so does the other
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
