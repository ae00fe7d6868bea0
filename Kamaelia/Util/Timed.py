"""What components that wait for a time have in common."""

from collections.abc import Generator
from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["Timed"]


class Timed(Worker):
    """A component that can wait for a time without using the CPU: to be subclassed."""

    def now(self) -> float:
        """Return the time in seconds, by the clock of the event loop."""
        time: float = self.scheduler.loop.time()
        return time

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
