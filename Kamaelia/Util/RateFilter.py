"""Limit the rate at which messages pass, or at which data is asked for."""

from collections.abc import Generator, Iterator
from typing import Any

from Kamaelia.Util.PromptedTurnstile import PromptedTurnstile
from Kamaelia.Util.Timed import Timed
from Kamaelia.Util.Worker import stopsAtOnce

__all__ = [
    "ByteRate_RequestControl",
    "MessageRateLimit",
    "OnDemandLimit",
    "VariableByteRate_RequestControl",
]

HEADROOM = 1.1  # a little faster than told, so that a steady source never backs up


class MessageRateLimit(Timed):
    """Passes messages on, no faster than a given rate.

    Waits until `buffer` messages have come, then sends at 1.1 times the rate. At
    producerFinished it sends what waits at once.

    Args:
        messages_per_second: the rate.
        buffer: how many messages to wait for before the first is sent.
        hardlimit: how many may wait in the inbox; 0 for no limit.
    """

    Inboxes = {
        "inbox": "messages to pass on",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "messages", "signal": "why this component stopped"}

    def __init__(
        self,
        messages_per_second: float,
        buffer: int = 60,
        hardlimit: int = 0,
        **argd: Any,
    ) -> None:
        super().__init__(**argd)
        self.interval = 1 / (messages_per_second * HEADROOM)
        self.buffer = buffer
        if hardlimit > 0:
            self.buffer = min(buffer, hardlimit)
            self.setInboxSize("inbox", hardlimit)

    def main(self) -> Generator[Any, None, None]:
        """Fill the buffer, then send at the rate until told to stop."""
        self._readControl()
        while self.stopped_by is None and self.dataReady("inbox") < self.buffer:
            self.pause()
            yield 1
            self._readControl()
        due = self.now()
        while self.stopped_by is None:
            if not self.dataReady("inbox"):
                self.pause()
                yield 1
                due = max(due, self.now())
            elif self.now() < due:
                yield from self.pauseUntil(due)
            else:
                due += self.interval
                yield from self.putAll([self.recv("inbox")])
            self._readControl()
        if not stopsAtOnce(self.stopped_by):
            yield from self.putAll(self.Inbox("inbox"))
        yield from self.sayGoodbye(self.stopped_by)


class ByteRate_RequestControl(Timed):  # noqa: N801 - the name of the original
    """Sends numbers of items to ask for, so that they add up to a given rate.

    Numbers are whole; what rounding takes from one is given to later ones.

    Args:
        rate: items per second.
        chunksize: items to ask for at a time.
        chunkrate: how often a second to ask, if there is no chunksize; without both,
            chunks of a thousandth of the rate, at least 1.
        allowchunkaggregation: whether to ask for more at a time when late.
        argd: become attributes.

    Raises:
        ValueError: a chunk would be less than 1 item.

    Attributes:
        chunksize: items at a time; may be a fraction above 1.
        timestep: seconds between two requests.
    """

    Inboxes = {
        "inbox": "not used",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "how many items to send (int)",
        "signal": "why this component stopped",
    }

    def __init__(
        self,
        rate: float = 100000,
        chunksize: float | None = None,
        chunkrate: float | None = None,
        allowchunkaggregation: bool = False,
        **argd: Any,
    ) -> None:
        super().__init__(**argd)
        self.rate = rate
        self.allowchunkaggregation = allowchunkaggregation
        self._chunkrate = None if chunksize is not None else chunkrate
        self.chunksize: float = max(1, rate / 1000) if chunksize is None else chunksize
        self._fit()
        if self.chunksize < 1:
            raise ValueError(
                f"{self.chunksize} items at a time are less than one: raise the rate "
                "or the chunksize, or lower the chunkrate"
            )

    def _fit(self) -> None:
        """Fit chunk and time step to the rate."""
        if self._chunkrate is not None:
            self.chunksize = self.rate / self._chunkrate
            self.timestep = 1 / self._chunkrate
        elif self.rate > 0:
            self.timestep = self.chunksize / self.rate
        else:
            self.timestep = float("inf")

    def main(self) -> Generator[Any, None, None]:
        """Ask for items until told to stop."""
        self.resetTiming()
        self._readControl()
        while self.stopped_by is None:
            self.adjust()
            yield from self.putAll(self.getChunksToSend())
            self._readControl()
            if self.stopped_by is None and self.rate > 0:
                yield from self.pauseUntil(self.nexttime)
            elif self.stopped_by is None:
                self.pause()
                yield 1
            self._readControl()
        yield from self.sayGoodbye(self.stopped_by)

    def resetTiming(self, now: float | None = None) -> None:
        """Count from now on, or from the time given."""
        self.nexttime = self.now() if now is None else now
        self.leftover = 0.0

    def adjust(self) -> None:
        """Adopt what came in the inbox: nothing is looked at here."""

    def getChunksToSend(self, now: float | None = None) -> Iterator[int]:
        """Yield how many items to ask for to be up to date, request by request.

        Args:
            now: the time, if not that of the clock.
        """
        now, together = self.now() if now is None else now, 0
        while self.rate > 0 and self.nexttime <= now:
            self.nexttime += self.timestep
            self.leftover += self.chunksize
            whole = int(self.leftover + 1e-9)
            self.leftover -= whole
            if self.allowchunkaggregation:
                together += whole
            elif whole:
                yield whole
        if together:
            yield together


class VariableByteRate_RequestControl(ByteRate_RequestControl):  # noqa: N801
    """A ByteRate_RequestControl whose rate can be changed: send it a new one.

    The rate is adopted at once; a rate of 0 stops the requests. Chunksize or
    chunkrate, whichever was given, stays.

    Args:
        rate: items per second.
        chunksize: items to ask for at a time.
        chunkrate: how often a second to ask, if there is no chunksize.
        allowchunkaggregation: whether to ask for more at a time when late.
        argd: become attributes.

    Raises:
        ValueError: a chunk would be less than 1 item.
    """

    Inboxes = {
        "inbox": "new rates",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }

    def __init__(
        self,
        rate: float = 100000,
        chunksize: float | None = None,
        chunkrate: float | None = 10,
        allowchunkaggregation: bool = False,
        **argd: Any,
    ) -> None:
        super().__init__(rate, chunksize, chunkrate, allowchunkaggregation, **argd)

    def adjust(self) -> None:
        """Adopt the newest rate; what is left of the time to wait changes with it."""
        for rate in self.Inbox("inbox"):
            self.changeRate(rate)

    def changeRate(self, rate: float, now: float | None = None) -> None:
        """Adopt a rate; what is left of the time to wait changes with it.

        Args:
            rate: items per second.
            now: the time, if not that of the clock.
        """
        now = self.now() if now is None else now
        left, before = max(0.0, self.nexttime - now), self.timestep
        self.rate = max(0, rate)
        self._fit()
        share = left / before if 0 < before < float("inf") else 0.0
        if self.rate > 0:
            self.nexttime = now + share * self.timestep


class OnDemandLimit(PromptedTurnstile):
    """Passes one message on for each "NEXT"; one that finds none waiting is lost."""

    Inboxes = {
        "inbox": "messages to pass on",
        "slidecontrol": '"NEXT": pass one on',
        "control": "producerFinished or shutdownMicroprocess: stop",
    }

    def _work(self) -> Generator[Any, None, None]:
        """Pass on what is asked for."""
        for request in self.Inbox("slidecontrol"):
            if request == "NEXT" and self.dataReady("inbox"):
                yield from self.putAll([self.recv("inbox")])

    def hasWork(self) -> bool:
        """Return whether there is a request."""
        return bool(self.dataReady("slidecontrol"))


__kamaelia_components__ = (
    MessageRateLimit,
    ByteRate_RequestControl,
    VariableByteRate_RequestControl,
    OnDemandLimit,
)
