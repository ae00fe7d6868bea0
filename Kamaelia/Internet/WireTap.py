"""See what passes between two layers.

    ("tcp", "outbox"): ("tap", "inbox"),     ("tap", "heard"): ("oscar", "inbox"),
    ("oscar", "outbox"): ("tap", "talk"),    ("tap", "outbox"): ("tcp", "inbox"),
    ("tap", "tapped"): ("show", "inbox"),

Between TCP and a framing layer a tap sees bytes; one layer up it sees FLAP messages or
commands: it passes anything on as it is. What is seen may hold passwords and messages:
think of who reads the log.
"""

import logging
import time
from collections.abc import Callable, Generator
from typing import Any, NamedTuple

from Axon.Component import component

__all__ = ["Tapped", "WireTap"]

RECEIVED = "received"
SENT = "sent"


class Tapped(NamedTuple):
    """Something that passed a tap.

    Attributes:
        time: seconds since the epoch.
        direction: "received" (from the network) or "sent" (to it).
        message: what passed, as it is.
    """

    time: float
    direction: str
    message: Any


class WireTap(component):
    """Passes everything on, both ways, and tells what passed.

    Args:
        name: of this tap, for the log.
        log: a logger, or a function that gets each Tapped; None for neither.
        clock: function that returns seconds since the epoch.
        argd: attributes to set.
    """

    Inboxes = {
        "inbox": "messages from the network's side",
        "talk": "messages from the application's side",
        "control": "producerFinished, shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "what came to talk",
        "heard": "what came to inbox",
        "tapped": "Tapped(time, direction, message)",
        "signal": "the stop message",
    }

    def __init__(
        self,
        name: str = "tap",
        log: logging.Logger | Callable[[Tapped], object] | None = None,
        clock: Callable[[], float] = time.time,
        **argd: Any,
    ) -> None:
        super().__init__(**argd)
        self.tap = name
        self.log = log
        self.clock = clock

    def main(self) -> Generator[int, None, None]:
        """Pass messages on until told to stop."""
        stop = None
        self.begin()
        try:
            while stop is None or not self._done():
                stop = stop or self.stopMessage()
                self._pass("inbox", "heard", RECEIVED)
                self._pass("talk", "outbox", SENT)
                if stop is None or not self._done():
                    self.pause()
                yield 1
        finally:
            self.finish()
        self.send(stop, "signal")

    def _done(self) -> bool:
        """Return whether nothing waits to be passed on."""
        return not (self.dataReady("inbox") or self.dataReady("talk"))

    def _pass(self, source: str, target: str, direction: str) -> None:
        """Pass on what there is, as far as there is room."""
        room = self.outboxes[target]
        while self.dataReady(source) and not room.isFull():
            message = self.recv(source)
            self.saw(Tapped(self.clock(), direction, message))
            self.send(message, target)

    def begin(self) -> None:
        """Get ready, before anything passes: to be overridden."""

    def saw(self, seen: Tapped) -> None:
        """Tell what passes."""
        self.send(seen, "tapped")
        if isinstance(self.log, logging.Logger):
            self.log.info("%s: %s %r", self.tap, seen.direction, seen.message)
        elif self.log is not None:
            self.log(seen)

    def finish(self) -> None:
        """Clean up, however it ends: to be overridden."""


__kamaelia_components__ = (WireTap,)
