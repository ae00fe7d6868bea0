"""Sending no faster than the server allows, class by class. Does no I/O.

What is submitted waits in a queue of its rate class until sending it leaves the level
above "alert"; classes don't hold each other up, and within one the order is kept.
While the server has said "pause" everything waits.

Source: AOL's OSCAR specification, "Rate limits"; policy of libpurple.
"""

from collections import deque
from typing import Generic, TypeVar

from Kamaelia.Protocol.AIM.wire.oservice import RateChange, RateParams
from Kamaelia.Protocol.AIM.wire.rates import Pacer

__all__ = ["RateKeeper"]

T = TypeVar("T")


class RateKeeper(Generic[T]):
    """Queues of things to send, one per rate class. Times are milliseconds.

    Before the server has told its classes, and for SNACs in none, nothing waits.

    Attributes:
        paused: the server said "pause": nothing is due.
    """

    def __init__(self) -> None:
        self.paused = False
        self._params: RateParams | None = None
        self._pacers: dict[int, Pacer] = {}
        self._class_of: dict[tuple[int, int], int] = {}
        self._queues: dict[int | None, deque[tuple[tuple[int, int], T]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))

    def learn(self, params: RateParams, now_ms: int) -> None:
        """Take over the classes of SNAC (01, 07); what waits is sorted anew.

        The same ones once more change nothing: the levels go on.
        """
        if params == self._params:
            return
        self._params = params
        waiting = [entry for queue in self._queues.values() for entry in queue]
        self._pacers = {rate.id: Pacer(rate, now_ms) for rate in params.classes}
        self._class_of = params.class_of()
        self._queues = {}
        for kind, item in waiting:
            self.submit(kind, item)

    def change(self, change: RateChange, now_ms: int) -> None:
        """Take over the numbers of SNAC (01, 0A); classes not known are ignored."""
        for rate in change.classes:
            if rate.id in self._pacers:
                self._pacers[rate.id].update(change.code, rate, now_ms)

    def count(self, kind: tuple[int, int], now_ms: int) -> None:
        """Count a SNAC that was sent without waiting."""
        pacer = self._pacers.get(self._class_of.get(kind, -1))
        if pacer is not None:
            pacer.sent(now_ms)

    def submit(self, kind: tuple[int, int], item: T) -> None:
        """Queue something to send.

        Args:
            kind: family and subtype, which decide the rate class.
            item: what `due` gives back.
        """
        number = self._class_of.get(kind)
        self._queues.setdefault(number, deque()).append((kind, item))

    def due(self, now_ms: int) -> list[T]:
        """Take what may be sent now, and count it as sent."""
        found: list[T] = []
        if self.paused:
            return found
        for number, queue in self._queues.items():
            pacer = None if number is None else self._pacers.get(number)
            while queue and (pacer is None or not pacer.delay(now_ms)):
                found.append(queue.popleft()[1])
                if pacer is not None:
                    pacer.sent(now_ms)
        return found

    def wait(self, now_ms: int) -> int | None:
        """Return in how many milliseconds something is due; None if nothing will be."""
        if self.paused:
            return None
        delays = [
            0 if number is None else self._pacers[number].delay(now_ms)
            for number, queue in self._queues.items()
            if queue
        ]
        return min(delays, default=None)
