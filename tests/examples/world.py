"""A scheduler, an OSCAR server in it, and clients to talk to the examples."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from Axon.Component import component
from Axon.Ipc import producerFinished
from Axon.Scheduler import scheduler
from Kamaelia.Protocol.AIM.Server.OSCARServer import OSCARServer
from tests.aim.server.clients import store_with

PASSWORD = "secret9"


class Person(component):
    """Stands before an inbox and an outbox; keeps what it hears."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []
        self.news = asyncio.Event()
        self.started = asyncio.Event()
        self.gone = False

    def main(self) -> Any:
        self.started.set()
        while not self.dataReady("control"):
            self.heard += self.Inbox("inbox")
            self.news.set()
            self.pause()
            yield 1
        self.heard += self.Inbox("inbox")
        self.gone = True
        self.news.set()

    def say(self, message: Any) -> None:
        self.send(message, "outbox")

    async def until(self, condition: Callable[[Any], object]) -> Any:
        """Wait for a message that meets a condition, heard now or earlier."""
        async with asyncio.timeout(10):
            while True:
                for message in self.heard:
                    if condition(message):
                        return message
                assert not self.gone, self.heard
                self.news.clear()
                await self.news.wait()

    async def kind(self, kind: str) -> Any:
        return await self.until(lambda event: event[0] == kind)

    def beside(self, client: Any) -> "Person":
        """Link to a client's boxes and return oneself."""
        self.link((self, "outbox"), (client, "inbox"))
        self.link((client, "outbox"), (self, "inbox"))
        self.link((client, "signal"), (self, "control"))
        self.link((self, "signal"), (client, "control"))
        return self


@asynccontextmanager
async def running(*components: Any) -> AsyncIterator[scheduler]:
    """Run components; at the end stop what is left, in order."""
    default, scheduler.run = scheduler.run, None
    runner = scheduler()
    scheduler.run = default
    runner.waitForOne()
    work = asyncio.create_task(runner.runThreadsAsync())
    try:
        for each in components:
            each.activate(runner)
        async with asyncio.timeout(20):
            yield runner
    finally:
        runner.stop()
        await work


@asynccontextmanager
async def serving(
    *users: str, advertise: str | None = None
) -> AsyncIterator[tuple[int, scheduler]]:
    """Run an OSCAR server for users; yield its port and its scheduler.

    Args:
        users: their screen names.
        advertise: host:port that clients are sent to, None for the server's own.
    """
    async with await store_with(*users) as store:
        server = OSCARServer(port=0, store=store, advertise=advertise)
        server.listen()
        assert server.port
        async with running(server) as runner:
            yield server.port, runner


def finish(person: Person) -> None:
    """Have a person's client sign off."""
    person.send(producerFinished(person), "signal")
