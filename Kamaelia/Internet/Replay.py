"""Play one side of a recorded conversation, in place of a network.

    Replay([("received", greeting), ("sent", signon), ("received", welcome)])

What was received then is put out again, as soon as the component under test has sent as
much as had been sent before it.
"""

from collections.abc import Generator, Iterable
from typing import Any, NamedTuple

from Axon.Component import component
from Axon.Ipc import producerFinished
from Kamaelia.Internet.WireTap import RECEIVED, SENT

__all__ = ["Differs", "Replay"]


class Differs(NamedTuple):
    """Something sent that isn't what was recorded.

    Attributes:
        place: bytes (or messages) sent before it.
        recorded: what was sent then.
        sent: what was sent now.
    """

    place: int
    recorded: Any
    sent: Any


class Replay(component):
    """Stands where the network was: puts out what was received, waits for what is sent.

    Ends with a producerFinished when all has been played.

    Args:
        recording: (direction, message) in order; direction is "received" or "sent" as
            the recorded application saw it. A WireTap's `Tapped` will do, without its
            time: `(seen.direction, seen.message)`.
        argd: attributes to set.

    Raises:
        ValueError: a direction is neither.
    """

    Inboxes = {
        "inbox": "what is sent",
        "control": "producerFinished, shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "what was received when it was recorded",
        "differs": "Differs(place, recorded, sent): sent now is not what was sent then",
        "signal": "producerFinished when all was played, or the stop message",
    }

    def __init__(self, recording: Iterable[tuple[str, Any]] = (), **argd: Any) -> None:
        super().__init__(**argd)
        self.recording = list(recording)
        for direction, _ in self.recording:
            if direction not in (RECEIVED, SENT):
                raise ValueError(f"a direction is received or sent, not {direction!r}")
        self._place = 0
        self._bytes = b""

    def main(self) -> Generator[int, None, None]:
        """Play to the end, or until told to stop."""
        for direction, message in self.recording:
            if direction == RECEIVED:
                yield from self.sendWhenSpace(message, "outbox")
                continue
            while not self._arrived(message):
                stop = self.stopMessage()
                if stop is not None:
                    self.send(stop, "signal")
                    return
                self.pause()
                yield 1
            self._compare(message)
        yield 1
        self.send(producerFinished(self), "signal")

    def _arrived(self, recorded: Any) -> bool:
        """Return whether as much was sent as was recorded."""
        if not isinstance(recorded, bytes):
            return bool(self.dataReady("inbox"))
        while len(self._bytes) < len(recorded) and self.dataReady("inbox"):
            self._bytes += self.recv("inbox")
        return len(self._bytes) >= len(recorded)

    def _compare(self, recorded: Any) -> None:
        """Take what was sent; tell if it differs."""
        if isinstance(recorded, bytes):
            sent: Any = self._bytes[: len(recorded)]
            self._bytes = self._bytes[len(recorded) :]
        else:
            sent = self.recv("inbox")
        if sent != recorded:
            self.send(Differs(self._place, recorded, sent), "differs")
        self._place += len(recorded) if isinstance(recorded, bytes) else 1


__kamaelia_components__ = (Replay,)
