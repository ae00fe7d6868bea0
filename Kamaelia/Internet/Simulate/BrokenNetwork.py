"""Faults of a network that loses, doubles and mixes up messages, for tests.

Each takes messages from `inbox`, puts out what is left of them, and passes a stop
message on. What happens to which message is decided by a seed.
"""

import random
from collections.abc import Generator
from typing import Any

from Axon.Component import component

__all__ = ["Duplicate", "Reorder", "Throwaway"]


class _Broken(component):
    """Takes each message and puts out what `broken` makes of it.

    Args:
        seed: of what happens; None for something else each time.
        argd: attributes to set.
    """

    Inboxes = {
        "inbox": "messages",
        "control": "producerFinished, shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "what is left of them",
        "signal": "the stop message",
    }

    def __init__(self, seed: int | None = None, **argd: Any) -> None:
        super().__init__(**argd)
        self.chance = random.Random(seed)

    def main(self) -> Generator[int, None, None]:
        """Break messages until told to stop."""
        stop = None
        while stop is None:
            stop = self.stopMessage()
            while self.dataReady("inbox"):
                for message in self.broken(self.recv("inbox")):
                    yield from self.sendWhenSpace(message, "outbox")
            if stop is None and not self.anyReady():
                self.pause()
            yield 1
        for message in self.rest():
            yield from self.sendWhenSpace(message, "outbox")
        self.send(stop, "signal")

    def broken(self, message: Any) -> list[Any]:
        """Return what to put out for a message."""
        return [message]

    def rest(self) -> list[Any]:
        """Return what to put out at the end."""
        return []


class Duplicate(_Broken):
    """Puts one message in `one_in` out twice."""

    one_in = 10

    def broken(self, message: Any) -> list[Any]:
        """Return the message, or the message twice."""
        return [message] * (2 if self.chance.randrange(self.one_in) == 0 else 1)


class Throwaway(_Broken):
    """Loses one message in `one_in`."""

    one_in = 10

    def broken(self, message: Any) -> list[Any]:
        """Return the message, or nothing."""
        return [] if self.chance.randrange(self.one_in) == 0 else [message]


class Reorder(_Broken):
    """Holds `hold` messages back and puts out one of them at random for each new one.

    At the end it puts out what it holds, in random order.
    """

    hold = 8

    def __init__(self, seed: int | None = None, **argd: Any) -> None:
        super().__init__(seed, **argd)
        self._held: list[Any] = []

    def broken(self, message: Any) -> list[Any]:
        """Keep the message; return another if there are enough."""
        self._held.append(message)
        if len(self._held) < self.hold:
            return []
        return [self._held.pop(self.chance.randrange(len(self._held)))]

    def rest(self) -> list[Any]:
        """Return what is held, in random order."""
        self.chance.shuffle(self._held)
        return self._held


__kamaelia_components__ = (Duplicate, Throwaway, Reorder)
