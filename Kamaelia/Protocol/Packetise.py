"""Cut messages into packets."""

from collections.abc import Iterator
from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["MaxSizePacketiser"]


class MaxSizePacketiser(Worker):
    """Sends each message in pieces that are not too long for a packet.

    Args:
        maxsize: of a piece, in bytes (or in characters, of text).
    """

    Inboxes = {
        "inbox": "bytes or text",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "its pieces", "signal": "why this component stopped"}
    many = True

    def __init__(self, maxsize: int = 1000) -> None:
        super().__init__()
        self.maxsize = maxsize

    def treat(self, message: Any) -> Iterator[Any]:
        """Yield the pieces."""
        for begin in range(0, len(message), self.maxsize):
            yield message[begin : begin + self.maxsize]


__kamaelia_components__ = (MaxSizePacketiser,)
