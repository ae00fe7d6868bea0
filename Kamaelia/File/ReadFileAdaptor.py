"""Read a file, the output of a command, or standard input, at a rate."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from Axon.AsyncComponent import asynccomponent
from Axon.Ipc import producerFinished
from Kamaelia.Util.Console import readLine

__all__ = ["ReadFileAdaptor"]

CHUNK = 65536  # bytes read at a time

More = Callable[[], Awaitable[bytes]]


class ReadFileAdaptor(asynccomponent):
    """Sends what it reads: of a file, else of a shell command, else standard input.

    At the end it sends producerFinished. A shutdown message ends it earlier.

    Args:
        filename: the file.
        command: shell command whose output is read, if there is no file.
        readmode: "bitrate": bitrate / 8 / chunkrate bytes at a time, `chunkrate` times
            a second; "line" or "": lines, one every `steptime`; anything else:
            `readsize` bytes every `steptime`.
        readsize: bytes.
        steptime: seconds.
        bitrate: bits per second.
        chunkrate: messages per second.
        debug: kept for programs that give it; has no effect.

    Raises:
        OSError: out of the scheduler, if the file cannot be read.
    """

    Inboxes = {
        "inbox": "not used",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "what was read (bytes)",
        "signal": "why this component stopped",
    }

    def __init__(
        self,
        filename: str = "",
        command: str = "",
        readmode: str = "",
        readsize: int = 1450,
        steptime: float = 0.0,
        bitrate: float = 65536.0,
        chunkrate: float = 24,
        debug: int = 0,
    ) -> None:
        super().__init__()
        self.filename = filename
        self.command = command
        self.steptime = steptime
        self.size: int | None = readsize  # None: lines
        if readmode == "bitrate":
            self.size, self.steptime = int(bitrate / 8 / chunkrate), 1 / chunkrate
        elif readmode in ("line", ""):
            self.size = None
        self._buffer = b""
        self._ended = False
        self._stop: Any = None

    async def main(self) -> None:
        """Read and send until the end, or until told to stop."""
        due = asyncio.get_running_loop().time()
        async with self._source() as more:
            while data := await self._take(more):
                await self.put(data, "outbox")
                due = await self._pace(due + self.steptime)
        last = producerFinished(self) if self._stop is None else self._stop
        await self.put(last, "signal")

    async def _take(self, more: More) -> bytes:
        """Return the next line or piece; nothing at the end or if told to stop."""
        while not self._ended and not self._whole():
            reading = asyncio.ensure_future(more())
            reading.add_done_callback(lambda _: self.wake())
            while not reading.done():
                if self._toldToStop():
                    reading.cancel()
                    return b""
                await self.wait()
            data = reading.result()
            self._ended = not data
            self._buffer += data
        if self._toldToStop():
            return b""
        end = self._whole() or len(self._buffer)
        data, self._buffer = self._buffer[:end], self._buffer[end:]
        return data

    def _whole(self) -> int:
        """Return the length of the next line or piece in the buffer, 0 if none is."""
        if self.size is None:
            return self._buffer.find(b"\n") + 1
        return self.size if len(self._buffer) >= self.size else 0

    async def _pace(self, due: float) -> float:
        """Wait until it is time for the next; return the time from which to count."""
        loop = asyncio.get_running_loop()
        while loop.time() < due and not self._toldToStop():
            timer = loop.call_at(due, self.wake)  # anew: one may fire a little early
            try:
                await self.wait()
            finally:
                timer.cancel()
        return due if self.steptime else loop.time()

    def _toldToStop(self) -> bool:
        """Return whether a shutdown message has come."""
        if self._stop is None:
            self._stop = self.stopMessage()
        return self._stop is not None

    # Where it comes from.

    @asynccontextmanager
    async def _source(self) -> AsyncIterator[More]:
        """Open what is read; give a function that waits for more bytes of it."""
        if self.filename:
            with open(self.filename, "rb") as file:  # noqa: ASYNC230 - a local file

                async def moreOfFile() -> bytes:
                    return file.read(CHUNK)

                yield moreOfFile
        elif self.command:
            async with self._running() as more:
                yield more
        else:
            yield readLine

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[More]:
        """Run the command; give a function that waits for more of its output."""
        running = await asyncio.create_subprocess_shell(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        assert running.stdout is not None
        output = running.stdout
        try:
            yield lambda: output.read(CHUNK)
        finally:
            if running.returncode is None and not output.at_eof():
                running.kill()
            while running.returncode is None:
                with suppress(asyncio.CancelledError):  # goes on after this
                    await running.wait()


__kamaelia_components__ = (ReadFileAdaptor,)
