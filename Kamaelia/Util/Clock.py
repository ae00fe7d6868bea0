"""Tick."""

from collections.abc import Generator
from typing import Any

from Kamaelia.Util.Timed import Timed

__all__ = ["CheapAndCheerfulClock"]


class CheapAndCheerfulClock(Timed):
    """Sends True at once and then every so many seconds, until told to stop.

    Args:
        interval: seconds between two ticks.
    """

    Inboxes = {
        "inbox": "not used",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "True at each tick", "signal": "why this component stopped"}

    def __init__(self, interval: float) -> None:
        super().__init__()
        self.interval = interval

    def main(self) -> Generator[Any, None, None]:
        """Tick until told to stop."""
        due = self.now()
        while True:
            self._readControl()
            if self.stopped_by is not None:
                break
            if self.now() >= due:
                due = max(due + self.interval, self.now())  # ticks missed are missed
                yield from self.putAll([True])
            else:
                yield from self.pauseUntil(due)
        yield from self.sayGoodbye(self.stopped_by)


__kamaelia_components__ = (CheapAndCheerfulClock,)
