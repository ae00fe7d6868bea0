"""Components side by side, behind one set of boxes."""

from collections.abc import Generator
from typing import Any

from Axon.Box import makeOutbox
from Axon.Ipc import newComponent, producerFinished
from Kamaelia.Chassis.Chassis import Chassis
from Kamaelia.Util.Worker import isStop, stopsAtOnce

__all__ = ["PAR"]


class PAR(Chassis):
    """Runs components in parallel.

    What any of them sends to `outbox` or `signal` goes out, but for their shutdown
    messages: what comes next hears of the end when all have ended, as
    producerFinished. Each message in `control` reaches all. On shutdownMicroprocess
    it passes that on and ends at once. What comes to `inbox` is dropped.

    Args:
        components: what to run.
        policy: kept for programs that give one; has no effect.
        argd: become attributes.
    """

    Inboxes = {
        "inbox": "dropped",
        "control": "messages for all components inside",
        "_signal": "signals of the components inside",
    }

    def __init__(self, *components: Any, policy: Any = None, **argd: Any) -> None:
        super().__init__(**argd)
        self.components = list(components)
        self.policy = policy

    def main(self) -> Generator[Any, None, None]:
        """Run the components until all have ended, or until told to stop at once."""
        self.addChildren(*self.components)
        self._wire()
        yield newComponent(*self.components)
        stop = None
        while True:
            ended = self.childrenDone()  # looked at first: a last message may come
            for _ in self.Inbox("inbox"):
                pass
            for message in self.Inbox("_signal"):
                if not isStop(message):
                    yield from self.sendWhenSpace(message, "signal")
            for message in self.Inbox("control"):
                yield from self._tellAll(message)
                stop = message if stopsAtOnce(message) else stop
            if ended or stop is not None:
                break
            if not self.childrenDone():
                self.pause()
            yield 1
        last = producerFinished(self) if stop is None else stop
        yield from self.sendWhenSpace(last, "signal")

    def _wire(self) -> None:
        """Link the boxes of each component."""
        for number, each in enumerate(self.components):
            box = f"_control_{number}"
            self.outboxes[box] = makeOutbox(self)
            self.link((self, box), (each, "control"))
            self.link((each, "outbox"), (self, "outbox"), passthrough=2)
            self.link((each, "signal"), (self, "_signal"))

    def _tellAll(self, message: Any) -> Generator[Any, None, None]:
        """Send a message to the control of each component that lives."""
        for number, _ in enumerate(self.components):
            yield from self.sendWhenSpace(message, f"_control_{number}")


__kamaelia_components__ = (PAR,)
