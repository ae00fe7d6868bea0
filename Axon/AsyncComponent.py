"""Components whose `main` is a coroutine.

    class AwayResponder(asynccomponent):
        async def main(self):
            async for kind, sender, *_ in self.messages("inbox"):
                await self.put(("message", sender, "At lunch"), "outbox")

They have the same boxes and live in the same graphs as other components; each runs as
an asyncio Task and may await anything.
"""

import asyncio
from collections.abc import AsyncIterator, Generator
from typing import Any, NoReturn

from Axon.AxonExceptions import noSpaceInBox
from Axon.Component import component
from Axon.Ipc import producerFinished, shutdownMicroprocess

__all__ = ["asynccomponent"]


class _Waker:
    """Owner of an asynccomponent's boxes: wakes its Task, not the component.

    `_axon_asleep` is true while the Task waits for a message or for room.
    """

    __slots__ = ("_axon_asleep", "_axon_woken", "future")

    def __init__(self) -> None:
        self._axon_asleep = False
        self._axon_woken = False
        self.future: asyncio.Future[None] | None = None

    def _axon_wake(self) -> None:
        """Let the Task go on."""
        self._axon_asleep = False
        self._axon_woken = True
        future = self.future
        if future is not None and not future.done():
            future.set_result(None)

    async def wait(self) -> None:
        """Wait until something is delivered, taken at a far end, or a child ends.

        Returns at once if that happened since the last wait.
        """
        if not self._axon_woken:
            self.future = asyncio.get_running_loop().create_future()
            self._axon_asleep = True
            try:
                await self.future
            finally:
                self.future = None
                self._axon_asleep = False
        self._axon_woken = False


class asynccomponent(component):
    """A component with `async def main`.

    `send`, `recv`, `dataReady`, `link` and the rest are those of component; besides
    them there are calls that wait: `get`, `put`, `ready`, `messages`.
    """

    def __init__(self, *args: Any, **argd: Any) -> None:
        super().__init__(*args, **argd)
        self._axon_waker = _Waker()
        for box in (*self.inboxes.values(), *self.outboxes.values()):
            box.own(self._axon_waker)

    def _axonBegin(self) -> None:
        """Make the generator that waits for the Task: what the scheduler steps."""
        self._axon_step = self._axonWatch().send

    def _axonWatch(self) -> Generator[int, None, None]:
        """Run `main` as a Task and sleep until it has ended.

        Raises:
            Exception: what left `main`.
        """
        work = self.scheduler.createTask(self._axonLive(), str(self.name))
        try:
            work.add_done_callback(lambda _: self._axon_wake())
            while not work.done():
                self.pause()
                yield 1
        finally:
            work.cancel()
        if not work.cancelled():
            work.result()

    async def _axonLive(self) -> None:
        """Run `main`."""
        await getattr(self, self._axon_mainmethod)()

    async def main(self) -> None:
        """Do the component's work: to be overridden."""

    def unpause(self) -> None:
        """Let the Task go on if it waits. May be called from any thread."""
        self.scheduler.callInThread(self._axon_waker._axon_wake)

    def wake(self) -> None:
        """Let the Task go on. To be called in the scheduler's thread only."""
        self._axon_waker._axon_wake()

    def pause(self) -> None:
        """Sleep after this step: for the generator that watches the Task only.

        Raises:
            RuntimeError: called from `main`, which awaits instead.
        """
        if asyncio._get_running_loop() is not None and asyncio.current_task() in (
            getattr(self.scheduler, "_tasks", ())
        ):
            _refuse("pause", "await self.wait()")
        super().pause()

    def sendWhenSpace(self, message: Any, boxname: str = "outbox") -> NoReturn:
        """Refuse: `await self.put(...)` is what an asynccomponent uses.

        Raises:
            RuntimeError: always.
        """
        _refuse("sendWhenSpace", "await self.put(message, boxname)")

    async def wait(self) -> None:
        """Wait until a message arrives, one of ours is taken, or a child ends.

        May return when nothing of that happened: look again after it.
        """
        await self._axon_waker.wait()

    async def ready(self, *boxnames: str) -> str:
        """Wait until one of the inboxes has a message.

        Args:
            boxnames: the inboxes to look at, in this order; all if none is named.

        Returns:
            The name of the first that has one.

        Raises:
            KeyError: there is no such inbox.
        """
        boxes = {name: self.inboxes[name] for name in boxnames or self.inboxes}
        while True:
            for name, box in boxes.items():
                if box.storage:
                    return name
            await self._axon_waker.wait()

    async def get(self, boxname: str = "inbox") -> Any:
        """Wait for a message and take it.

        Raises:
            KeyError: there is no such inbox.
        """
        await self.ready(boxname)
        return self.recv(boxname)

    async def put(self, message: Any, boxname: str = "outbox") -> None:
        """Send, once there is room at the far end.

        Raises:
            KeyError: there is no such outbox.
        """
        box = self.outboxes[boxname]
        while True:
            if not box.isFull():
                try:
                    self.send(message, boxname)
                except noSpaceInBox:
                    pass  # others took the room first: wait for more, below
                else:
                    return
            await self._axon_waker.wait()

    async def messages(self, boxname: str = "inbox") -> AsyncIterator[Any]:
        """Yield messages as they come, until `control` says stop.

        producerFinished ends it once the inbox is empty, shutdownMicroprocess at
        once; either is passed on through `signal`, where there is such an outbox.
        Other messages on `control` are dropped.
        """
        box = self.inboxes[boxname]
        stop = None
        while True:
            stop = stop if stop is not None else self.stopMessage()
            if stop is not None and (_atOnce(stop) or not box.storage):
                break
            if box.storage:
                yield self.recv(boxname)
            else:
                await self._axon_waker.wait()
        if "signal" in self.outboxes:
            await self.put(stop, "signal")


def _atOnce(stop: Any) -> bool:
    """Return whether a stop message means: drop what waits."""
    kind = stop if isinstance(stop, type) else type(stop)
    return issubclass(kind, shutdownMicroprocess) and not issubclass(
        kind, producerFinished
    )


def _refuse(method: str, instead: str) -> NoReturn:
    """Raise RuntimeError for a method of generators."""
    raise RuntimeError(
        f"{method}() is for components whose main is a generator; use `{instead}`"
    )
