"""Cut a stream of bytes or text into chunks of one size."""

from collections.abc import Iterator
from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["Chunkifier"]


class Chunkifier(Worker):
    """Sends what comes in chunks of one size; the last may be smaller.

    Args:
        chunksize: length of a chunk.
        nodelay: whether to send what there is without waiting for a whole chunk.
    """

    Inboxes = {
        "inbox": "bytes or text, cut anywhere",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "bytes or text in chunks",
        "signal": "why this component stopped",
    }
    many = True

    def __init__(self, chunksize: int = 1048576, nodelay: bool = False) -> None:
        super().__init__()
        self.chunksize = chunksize
        self.nodelay = nodelay
        self._pieces: list[Any] = []  # joined when they make a chunk
        self._length = 0

    def treat(self, message: Any) -> Any:
        """Return the chunks that a message completes."""
        self._pieces.append(message)
        self._length += len(message)
        if not self.nodelay and self._length < self.chunksize:
            return []
        data, size = message[:0].join(self._pieces), self.chunksize
        whole = len(data) if self.nodelay else len(data) - len(data) % size
        self._pieces = [data[whole:]]
        self._length = len(data) - whole
        return [data[at : min(at + size, whole)] for at in range(0, whole, size)]

    def remainder(self) -> Iterator[Any]:
        """Yield what is left."""
        if self._length:
            yield self._pieces[0][:0].join(self._pieces)


__kamaelia_components__ = (Chunkifier,)
