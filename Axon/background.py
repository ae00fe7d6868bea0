"""Run the default scheduler in a thread, beside code that knows nothing of it.

background().start()
handle = Handle(SomeComponent()).activate()
"""

import threading
from typing import ClassVar

from Axon.CoordinatingAssistantTracker import coordinatingassistanttracker
from Axon.Scheduler import scheduler

__all__ = ["background"]


class background(threading.Thread):
    """A daemon thread that runs whatever is activated, until it is stopped.

    It waits, using no CPU, while there is nothing to run. A new one can be made when
    the components of the last one have ended; it takes the last one's place.

    Args:
        slowmo: seconds to wait after each round.
        zap: begin with a new default scheduler and a new default tracker.

    Raises:
        RuntimeError: another one still runs components.
    """

    _current: ClassVar["background | None"] = None
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, slowmo: float = 0, zap: bool = False) -> None:
        super().__init__(name="Axon.background", daemon=True)
        with background._lock:
            last = background._current
            if last is not None:
                last._make_room()
            background._current = self
        if zap:
            scheduler.run = None
            coordinatingassistanttracker.basecat = None
            scheduler()
            coordinatingassistanttracker.getcat()
        self.slowmo = slowmo
        self._scheduler = scheduler.run
        self._over = threading.Event()

    def run(self) -> None:
        """Run the scheduler: what the thread does."""
        self._scheduler.stayAlive(self._over)
        try:
            self._scheduler.runThreads(self.slowmo)
        finally:
            self._over.set()

    def _make_room(self) -> None:
        """End the thread for another background, if it has nothing to run.

        Raises:
            RuntimeError: it has; or it was not even started.
        """
        begins = self.ident is None
        if not self._over.is_set() and (begins or self.is_alive()):
            raise RuntimeError("only one background can exist while its components run")
        self._leave()

    def _leave(self) -> None:
        """End the thread if it still waits for components."""
        if self.is_alive():
            self._scheduler.stop()
            super().join()

    def join(self, timeout: float | None = None) -> None:
        """Wait until something was run and all of it has ended.

        Args:
            timeout: seconds to wait at most.

        Raises:
            RuntimeError: it was not started.
        """
        if self.ident is None:
            super().join(timeout)
        self._over.wait(timeout)

    def stop(self) -> None:
        """Stop all components and end the thread."""
        self._leave()
        self._over.set()
