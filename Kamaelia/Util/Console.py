"""Read lines from standard input, write messages to standard output."""

import asyncio
import contextlib
import select
import sys
import threading
from collections import deque
from collections.abc import Generator
from concurrent.futures import Future
from io import BufferedReader
from typing import Any, cast

from Axon.AsyncComponent import asynccomponent
from Axon.Component import component
from Axon.Ipc import producerFinished

__all__ = ["ConsoleEchoer", "ConsoleReader", "readLine"]


class _StandardInput:
    """Reads standard input in a daemon thread, a line for each that was asked for.

    A thread, because reading blocks; a daemon that waits with `poll`, so that a
    program can end while nobody types. All readers share it: a line that comes when
    nobody wants it any more is kept for the next.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: deque[tuple[str, Future[str]]] = deque()
        self._spare: deque[str] = deque()
        self._thread: threading.Thread | None = None
        self._pending = b""

    def ask(self, prompt: str) -> "Future[str]":
        """Ask for a line, without its end.

        Returns:
            The line to come; raises EOFError when there are no more. To be cancelled
            by who doesn't want it any more.
        """
        line: Future[str] = Future()
        with self._lock:
            if self._spare:
                line.set_result(self._spare.popleft())
                return line
            self._asked.append((prompt, line))
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._serve, name="standard input", daemon=True
                )
                self._thread.start()
        return line

    def _serve(self) -> None:
        """Read lines as long as somebody wants one."""
        while True:
            with self._lock:
                while self._asked and self._asked[0][1].cancelled():
                    self._asked.popleft()
                if not self._asked:
                    self._thread = None
                    return
                prompt = self._asked[0][0]
            text, error = "", None
            try:
                text = self._read(prompt)
            except Exception as problem:  # noqa: BLE001 - raised where it was asked
                error = problem
            self._answer(text, error)

    def _answer(self, text: str, error: Exception | None) -> None:
        """Give a line, or the reason why there is none, to the first who wants it."""
        line = None
        with self._lock:
            while self._asked and line is None:
                line = self._asked.popleft()[1]
                if not line.set_running_or_notify_cancel():
                    line = None
            if line is None and error is None:
                self._spare.append(text)
        if line is not None and error is not None:
            line.set_exception(error)
        elif line is not None:
            line.set_result(text)

    def _read(self, prompt: str) -> str:
        """Wait for a line.

        Raises:
            EOFError: there are no more.
        """
        try:
            descriptor = sys.stdin.fileno()
            raw = not sys.stdin.isatty() and hasattr(select, "poll")
        except (AttributeError, OSError, ValueError):
            descriptor, raw = -1, False  # something put in its place
        if not raw:
            return input(prompt)
        sys.stdout.write(prompt)
        sys.stdout.flush()
        return self._readDescriptor(descriptor)

    def _readDescriptor(self, descriptor: int) -> str:
        """Wait for a line from a pipe or a file.

        Not with `input`: a thread that waits in it at the end of the program holds a
        lock, and Python aborts.
        """
        while b"\n" not in self._pending:
            waiting = select.poll()
            waiting.register(descriptor, select.POLLIN)
            waiting.poll()
            data = cast("BufferedReader", sys.stdin.buffer).read1(65536)
            if not data:
                break
            self._pending += data
        if not self._pending:
            raise EOFError("end of standard input")
        line, _, self._pending = self._pending.partition(b"\n")
        encoding, errors = sys.stdin.encoding, sys.stdin.errors or "strict"
        return line.removesuffix(b"\r").decode(encoding, errors)


_STDIN = _StandardInput()


async def readLine() -> bytes:
    """Wait for a line of standard input; return it with its end, b"" if there is none.

    Beside ConsoleReaders each line goes to one who asked.
    """
    line = _STDIN.ask("")
    try:
        text = await asyncio.wrap_future(line)
    except EOFError:
        return b""
    finally:
        line.cancel()
    return text.encode(sys.stdin.encoding or "utf-8") + b"\n"


class ConsoleReader(asynccomponent):
    """Sends each line typed on the console.

    At the end of the input it sends producerFinished and ends. A shutdown message
    ends it too, also while it waits for a line.

    Args:
        prompt: shown before each line.
        eol: added to each line in place of its end.
    """

    Inboxes = {
        "inbox": "not used",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "lines (str), each with `eol`",
        "signal": "why this component stopped",
    }

    def __init__(self, prompt: str = ">>> ", eol: str = "\n", **argd: Any) -> None:
        super().__init__(**argd)
        self.prompt = prompt
        self.eol = eol

    async def main(self) -> None:
        """Read lines until told to stop, or until there are no more."""
        stop: Any = None
        while stop is None:
            asked = _STDIN.ask(self.prompt)
            asked.add_done_callback(self._wakeFrom(asyncio.get_running_loop()))
            try:
                stop = await self._untilAnswered(asked)
                if asked.done():
                    await self.put(asked.result() + self.eol, "outbox")
            except EOFError:
                stop = producerFinished(self)
            finally:
                asked.cancel()
        await self.put(stop, "signal")

    async def _untilAnswered(self, asked: "Future[str]") -> Any:
        """Wait for a line or a shutdown message; return the message, or None."""
        while True:
            stop = self.stopMessage()
            if stop is not None or asked.done():
                return stop
            await self.wait()

    def _wakeFrom(self, loop: asyncio.AbstractEventLoop) -> Any:
        """Return a function that wakes this component from another thread."""

        def wake(_: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has closed meanwhile
                loop.call_soon_threadsafe(self.wake)

        return wake


class ConsoleEchoer(component):
    """Writes each message to standard output, adding no line ends.

    Any message in `control` ends it, once it has written what waits; all messages in
    `control` are passed on.

    Args:
        forwarder: whether to send each message to `outbox` too.
        use_repr: whether to write repr(message), not str(message).
        tag: written before each message.
    """

    Inboxes = {"inbox": "anything to write", "control": "anything: stop"}
    Outboxes = {
        "outbox": "what came in, if this is a forwarder",
        "signal": "what came in control",
    }

    def __init__(
        self,
        forwarder: bool = False,
        use_repr: bool = False,
        tag: str = "",
        **argd: Any,
    ) -> None:
        super().__init__(**argd)
        self.forwarder = forwarder
        self.serialise = repr if use_repr else str
        self.tag = tag

    def main(self) -> Generator[int, None, None]:
        """Write messages until anything comes in `control`."""
        stopping = False
        while not stopping:
            stopping = self.dataReady("control") > 0
            for message in self.Inbox("inbox"):
                sys.stdout.write(self.tag + self.serialise(message))
                sys.stdout.flush()
                if self.forwarder:
                    yield from self.sendWhenSpace(message, "outbox")
            if not stopping:
                if not self.anyReady():
                    self.pause()
                yield 1
        for message in self.Inbox("control"):
            yield from self.sendWhenSpace(message, "signal")


__kamaelia_components__ = (ConsoleReader, ConsoleEchoer)
