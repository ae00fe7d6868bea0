"""What components that wait for a time have in common."""

from collections.abc import Callable, Generator
from time import monotonic
from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["Timed"]


class Timed(Worker):
    """A component that can wait for a time without using the CPU: to be subclassed."""

    def now(self) -> float:
        """Return the time in seconds, by the clock of the event loop.

        Before activation there is no loop: then by the clock that loops use.
        """
        loop = getattr(self.scheduler, "loop", None)
        clock: Callable[[], float] = monotonic if loop is None else loop.time
        return clock()

    def pauseUntil(self, when: float) -> Generator[Any, None, None]:
        """Sleep until a time, or until something else wakes this component.

        Args:
            when: seconds, by the clock of `now`.
        """
        timer = self.scheduler.loop.call_at(when, self.unpause)
        try:
            self.pause()
            yield 1
        finally:
            timer.cancel()
