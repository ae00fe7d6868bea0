"""Put numbered messages back in order."""

from collections.abc import Iterator
from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["RecoverOrder"]


class RecoverOrder(Worker):
    """Sends numbered messages in the order of their numbers, duplicates once.

    Holds some back, so that late ones can take their place; one that is later still
    goes out when it comes to the front. Numbers wrap: what is less than half of
    `modulo` ahead of the middle of those held is early, all else is late.

    Args:
        bufsize: how many messages to hold back.
        modulo: the number after which counting begins again with 0.
    """

    Inboxes = {
        "inbox": "(number, data)",
        "control": "producerFinished: send what is held; shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "(number, data), in order",
        "signal": "why this component stopped",
    }
    many = True

    def __init__(self, bufsize: int = 30, modulo: int = 2**32) -> None:
        super().__init__()
        self.bufsize = bufsize
        self.modulo = modulo
        self._held: list[Any] = []

    def treat(self, message: Any) -> list[Any]:
        """Put a message in its place; return what is due, in a list."""
        held, half = self._held, self.modulo // 2
        middle = held[len(held) // 2][0] if held else message[0]

        def ahead(item: Any) -> int:
            """Return how far ahead of the middle a message is."""
            distance: int = (item[0] - middle + half) % self.modulo - half
            return distance

        place, far = len(held), ahead(message)
        while place and ahead(held[place - 1]) > far:
            place -= 1
        held.insert(place, message)
        return self._next() if len(held) >= self.bufsize else []

    def _next(self) -> list[Any]:
        """Take the first message; return it in a list, unless another is the same."""
        first = self._held.pop(0)
        return [] if self._held and self._held[0] == first else [first]

    def remainder(self) -> Iterator[Any]:
        """Yield what is held."""
        while self._held:
            yield from self._next()


__kamaelia_components__ = (RecoverOrder,)
