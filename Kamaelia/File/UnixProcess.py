"""Run another program: its input and output as boxes."""

import asyncio
import contextlib
import subprocess
from collections import deque
from typing import Any

from Axon.AsyncComponent import asynccomponent
from Axon.AxonExceptions import noSpaceInBox
from Axon.Ipc import producerFinished

__all__ = ["UnixProcess"]

HIGH_WATER = 16  # pieces of output that wait for room before reading stops


class _Pipes(asyncio.SubprocessProtocol):
    """Notes what happens to the program, and wakes the component.

    Attributes:
        heard: output that was not sent on yet.
        writable: whether its input takes more now.
        closed: whether its output has ended.
        exited: whether it has ended.
    """

    def __init__(self, owner: "UnixProcess") -> None:
        self.owner = owner
        self.heard: deque[bytes] = deque()
        self.writable = True
        self.broken = False  # nobody reads its input any more
        self.closed = False
        self.exited = False

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Keep output."""
        self.heard.append(data)
        self.owner.wake()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Note the end of a pipe."""
        self.broken = self.broken or fd == 0
        self.closed = self.closed or fd == 1
        self.owner.wake()

    def process_exited(self) -> None:
        """Note the end of the program."""
        self.exited = True
        self.owner.wake()

    def pause_writing(self) -> None:
        """Write no more: its input is full."""
        self.writable = False

    def resume_writing(self) -> None:
        """Write on."""
        self.writable = True
        self.owner.wake()


class UnixProcess(asynccomponent):
    """Runs a shell command; what comes in is its input, what it prints goes out.

    What it prints as errors is dropped. Any message in `control` closes its input,
    once what waits has been written. When it has ended, that message is passed on, or
    producerFinished. It is killed if the run is stopped.

    Args:
        command: for the shell.
    """

    Inboxes = {"inbox": "bytes for its input", "control": "anything: close its input"}
    Outboxes = {"outbox": "its output (bytes)", "signal": "why this component stopped"}

    def __init__(self, command: str) -> None:
        super().__init__()
        self.command = command

    async def main(self) -> None:
        """Run the command to its end."""
        pipes = _Pipes(self)
        transport, _ = await asyncio.get_running_loop().subprocess_shell(
            lambda: pipes,
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            stop = await self._attend(transport, pipes)
        finally:
            transport.close()  # kills it if it still runs
            while not pipes.exited:
                with contextlib.suppress(asyncio.CancelledError):  # goes on after this
                    await self.wait()
        await self.put(producerFinished(self) if stop is None else stop, "signal")

    async def _attend(self, transport: Any, pipes: _Pipes) -> Any:
        """Feed the program and hear it until it has ended; return what told it to."""
        stdin, stdout = (transport.get_pipe_transport(fd) for fd in (0, 1))
        stop = None
        while True:
            for message in self.Inbox("control"):
                stop = message if stop is None else stop
            while pipes.writable and self.dataReady("inbox"):
                data = self.recv("inbox")
                if not pipes.broken and not stdin.is_closing():
                    stdin.write(data)
            if stop is not None and not self.dataReady("inbox"):
                stdin.close()
            self._hear(stdout, pipes)
            if pipes.exited and pipes.closed and not pipes.heard:
                return stop
            await self.wait()

    def _hear(self, stdout: Any, pipes: _Pipes) -> None:
        """Send output as far as there is room; stop reading if there is little."""
        while pipes.heard:
            try:
                self.send(pipes.heard[0], "outbox")
            except noSpaceInBox:
                break
            pipes.heard.popleft()
        if pipes.closed:
            return
        if len(pipes.heard) >= HIGH_WATER:
            stdout.pause_reading()
        elif not stdout.is_reading():
            stdout.resume_reading()


__kamaelia_components__ = (UnixProcess,)
