"""Say something after a time, or every so often."""

from collections.abc import Generator
from typing import Any

from Axon.Ipc import producerFinished
from Kamaelia.Util.Timed import Timed

__all__ = ["PeriodicTick", "SingleTick"]


class SingleTick(Timed):
    """Sends one message after a time, then producerFinished.

    Any message in `control` ends it before that, and is passed on.

    Args:
        delay: seconds.
        argd: become attributes: `tick_mesg`, the message; `check_interval`, kept for
            programs that give it: it is woken when it has to be.
    """

    Inboxes = {"inbox": "not used", "control": "anything: stop"}
    Outboxes = {"outbox": "the message", "signal": "why this component stopped"}
    stop_on = (object,)
    tick_mesg: Any = True
    check_interval: float | None = None

    def __init__(self, delay: float, **argd: Any) -> None:
        super().__init__(**argd)
        self.delay = delay

    def main(self) -> Generator[Any, None, None]:
        """Wait, then send."""
        yield from self._waitUntil(self.now() + self.delay)
        if self.stopped_by is None:
            yield from self.putAll([self.tick_mesg])
        yield from self.sayGoodbye(self.stopped_by or producerFinished(self))

    def _waitUntil(self, due: float) -> Generator[Any, None, None]:
        """Wait until a time, or until something comes in `control`."""
        self._readControl()
        while self.stopped_by is None and self.now() < due:
            yield from self.pauseUntil(due)
            self._readControl()


class PeriodicTick(SingleTick):
    """Sends a message every so many seconds, the first after that time.

    Any message in `control` ends it, and is passed on.

    Args:
        delay: seconds between two.
        argd: become attributes, as for SingleTick.
    """

    def main(self) -> Generator[Any, None, None]:
        """Send and wait until told to stop."""
        due = self.now() + self.delay
        while self.stopped_by is None:
            yield from self._waitUntil(due)
            if self.stopped_by is None:
                yield from self.putAll([self.tick_mesg])
                due += self.delay
            yield 1
        yield from self.sayGoodbye(self.stopped_by)


__kamaelia_components__ = (SingleTick, PeriodicTick)
