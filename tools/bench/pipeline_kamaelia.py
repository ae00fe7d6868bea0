"""The pipeline of `tools.bench.pipeline` in components.

The very same text runs on our Axon and Kamaelia and on the original's, each in its own
environment.
"""

from collections.abc import Generator
from time import perf_counter

from Axon.Component import component
from Axon.Ipc import producerFinished
from Kamaelia.Chassis.Pipeline import Pipeline


class Source(component):
    """Sends numbers, a range each step, then says that there are no more."""

    steps: list[range] = []
    started = 0.0

    def main(self) -> Generator[int, None, None]:
        """Send one range for each step."""
        self.started = perf_counter()
        for numbers in self.steps:
            for number in numbers:
                self.send(number, "outbox")
            yield 1
        self.send(producerFinished(), "signal")


class PassOn(component):
    """Sends on what comes, as any transformer does; sleeps when nothing does."""

    def main(self) -> Generator[int, None, None]:
        """Send on until told to stop."""
        while True:
            while self.dataReady("inbox"):
                self.send(self.recv("inbox"), "outbox")
            if self.dataReady("control"):
                self.send(self.recv("control"), "signal")
                return
            self.pause()
            yield 1


class SpinOn(component):
    """The same without sleeping, as old programs do."""

    def main(self) -> Generator[int, None, None]:
        """Send on until told to stop."""
        while True:
            while self.dataReady("inbox"):
                self.send(self.recv("inbox"), "outbox")
            if self.dataReady("control"):
                self.send(self.recv("control"), "signal")
                return
            yield 1


class Sink(component):
    """Keeps what comes, until it has it all."""

    messages = 0
    pausing = True
    ended = 0.0

    def main(self) -> Generator[int, None, None]:
        """Keep everything; note the time of the last."""
        self.received: list[int] = []
        while len(self.received) < self.messages:
            while self.dataReady("inbox"):
                self.received.append(self.recv("inbox"))
            if self.pausing:
                self.pause()
            yield 1
        self.ended = perf_counter()


def run(
    steps: list[range], messages: int, components: int, *, pausing: bool
) -> tuple[float, list[int]]:
    """Return the seconds from the first step to the last message, and the messages."""
    source = Source(steps=steps)
    sink = Sink(messages=messages, pausing=pausing)
    kind = PassOn if pausing else SpinOn
    Pipeline(source, *(kind() for _ in range(components)), sink).run()
    return sink.ended - source.started, sink.received
