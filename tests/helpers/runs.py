"""Run components to their end, in a scheduler of their own, with a limit of time."""

import asyncio
from collections.abc import Generator
from typing import Any

from Axon.Component import component
from Axon.Scheduler import scheduler


def run_all(*components: Any, seconds: float = 10.0) -> None:
    """Activate components and run until all has ended; TimeoutError if it doesn't."""
    default, scheduler.run = scheduler.run, None
    try:
        runner = scheduler()
        for each in components:
            each.activate(runner)
        asyncio.run(asyncio.wait_for(runner.runThreadsAsync(), seconds))
    finally:
        scheduler.run = default


class Collect(component):
    """Keeps what comes; ends on anything in control, which it keeps too."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []
        self.said: list[Any] = []

    def main(self) -> Generator[int, None, None]:
        while not self.said:
            self.said += self.Inbox("control")
            self.heard += self.Inbox("inbox")
            if not self.said:
                self.pause()
            yield 1


class Send(component):
    """Sends messages one a step, waiting for room, then what it is told on signal."""

    def __init__(self, *messages: Any, last: Any = None) -> None:
        super().__init__()
        self.messages = messages
        self.last = last

    def main(self) -> Generator[int, None, None]:
        for message in self.messages:
            yield from self.sendWhenSpace(message)
            yield 1
        if self.last is not None:
            self.send(self.last, "signal")
