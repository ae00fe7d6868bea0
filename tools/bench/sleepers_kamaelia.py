"""Sleeping components and one that wakes a few of them: for `tools.bench.sleepers`.

The very same text runs on our Axon and on the original's.
"""

from collections.abc import Callable, Generator
from time import perf_counter

from Axon.Component import component
from Axon.Scheduler import scheduler

SETTLE = 5
"""Steps of the waker before it measures: by then everybody has slept."""


class Sleeper(component):
    """Sleeps; answers each message with itself."""

    def main(self) -> Generator[int, None, None]:
        """Answer until the run ends."""
        while True:
            while self.dataReady("inbox"):
                self.send(self.recv("inbox"), "outbox")
            self.pause()
            yield 1


class Waker(component):
    """Wakes some sleepers in turn, waiting for each answer; then ends the run."""

    def prepare(
        self, sleepers: list[Sleeper], wakes: int, memory: Callable[[], int]
    ) -> None:
        """Say whom to wake, and how often."""
        self.wakes = wakes
        self.memory = memory
        self.targets = [f"to{n}" for n in range(len(sleepers))]
        self.bytes_asleep = 0
        self.seconds = 0.0
        self.answers = 0
        for name, sleeper in zip(self.targets, sleepers, strict=True):
            self.link((self, name), (sleeper, "inbox"))
            self.link((sleeper, "outbox"), (self, "inbox"))

    def main(self) -> Generator[int, None, None]:
        """Let all fall asleep, measure, and end the run."""
        for _ in range(SETTLE):
            yield 1
        self.bytes_asleep = self.memory()
        start = perf_counter()
        for number in range(self.wakes):
            self.send(number, self.targets[number % len(self.targets)])
            while not self.dataReady("inbox"):
                self.pause()
                yield 1
            self.answers += self.recv("inbox") == number
        self.seconds = perf_counter() - start
        scheduler.run.stop()


class Counts:
    """What one run measured.

    Attributes:
        created: seconds to make and activate all sleepers.
        bytes_asleep: memory they take while asleep.
        waking: seconds for all wakes; each is a message there and one back.
        answers: right answers.
    """

    created = 0.0
    bytes_asleep = 0
    waking = 0.0
    answers = 0


def run(sleepers: int, targets: int, wakes: int, memory: Callable[[], int]) -> Counts:
    """Make sleepers, let them sleep, wake some, and return what it cost.

    Args:
        sleepers: how many.
        targets: how many of them are woken in turn.
        wakes: how often in all.
        memory: returns the bytes this process has.
    """

    class Waking(Waker):
        """A waker with an outbox for each target."""

        Outboxes = {
            "outbox": "unused",
            "signal": "unused",
            **{f"to{n}": "to one sleeper" for n in range(targets)},
        }

    counts = Counts()
    before = memory()
    start = perf_counter()
    everybody = [Sleeper().activate() for _ in range(sleepers)]
    counts.created = perf_counter() - start
    waker = Waking()
    waker.prepare(everybody[:targets], wakes, memory)
    waker.activate()
    scheduler.run.runThreads()
    counts.bytes_asleep = waker.bytes_asleep - before
    counts.waking = waker.seconds
    counts.answers = waker.answers
    return counts
