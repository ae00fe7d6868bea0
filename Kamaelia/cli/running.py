"""Run components for a command until they end or the user ends them."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.Scheduler import new_event_loop, scheduler

__all__ = ["Run", "run_async"]


def run_async(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end on an event loop like the kernel's own."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(work)


class Run:
    """Components that run together, on a scheduler of their own.

    Ctrl-C and SIGTERM end them in order: the first sends producerFinished to
    `control` of each, the second shutdownMicroprocess, the third stops the scheduler.

    Args:
        components: what to activate, and to stop.
    """

    def __init__(self, components: Sequence[Any]) -> None:
        self._components = components
        self._scheduler = scheduler()
        self._signals = 0

    async def until_ended(self, begun: Callable[[], object] | None = None) -> None:
        """Run until every component has ended.

        Args:
            begun: called once signals are caught and all are activated.

        Raises:
            Exception: what left one of them.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.interrupt)
        try:
            for each in self._components:
                each.activate(self._scheduler)
            if begun is not None:
                begun()
            await self._scheduler.runThreadsAsync()
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    def interrupt(self) -> None:
        """Pass on one more signal."""
        self._signals += 1
        if self._signals > 2:
            self._scheduler.stop()
            return
        why: Any = producerFinished if self._signals == 1 else shutdownMicroprocess
        for each in self._components:
            if not each._isStopped():
                each._deliver(why(self), "control")
