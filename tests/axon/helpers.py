"""Components that the tests of the kernel share."""

from collections.abc import Callable, Generator
from typing import Any

from Axon.Component import component
from Axon.Scheduler import scheduler


class Gen(component):
    """A component whose main is the function it is made with."""

    def __init__(self, act: Callable[[Any], Any], **argd: Any) -> None:
        super().__init__(**argd)
        self.act = act

    def main(self) -> Any:
        return self.act(self)


class Sleeper(component):
    """Counts its steps; sleeps after each; ends at a message on control."""

    steps = 0

    def main(self) -> Generator[int, None, None]:
        while not self.dataReady("control"):
            self.steps += 1
            self.pause()
            yield 1


class Echo(component):
    """Sends what it gets; passes on what stops it."""

    def main(self) -> Generator[int, None, None]:
        stop = None
        while stop is None:
            stop = self.stopMessage()
            for message in self.Inbox():
                self.send(message)
            if stop is None and not self.anyReady():
                self.pause()
            yield 1
        self.send(stop, "signal")


def fresh() -> scheduler:
    """Return a scheduler of one's own; `scheduler.run` stays what it is."""
    made = scheduler()
    made._active = True  # what activates something while it steps uses it
    return made


def rounds(runner: scheduler, count: int) -> None:
    """Run some rounds."""
    for _ in range(count):
        runner._queue.go_on()
        while runner._stepInContext():
            pass
