"""Cut data of a known rate into chunks of a known rate."""

from collections.abc import Iterator
from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["RateChunker"]


class RateChunker(Worker):
    """Cuts data that was made at one rate into so many chunks per second of it.

    Every chunk is a whole number of quanta; sizes vary by one quantum, so that the
    rate is kept without drift. It has nothing to do with the time on the clock.

        RateChunker(datarate=48000 * 4, quantasize=4, chunkrate=25)  # audio for video

    Args:
        datarate: bytes (or characters) per second of the data.
        quantasize: what must not be cut, in bytes.
        chunkrate: chunks per second.
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

    def __init__(self, datarate: float, quantasize: int, chunkrate: float) -> None:
        super().__init__()
        self.datarate = datarate
        self.quantasize = quantasize
        self.chunkrate = chunkrate
        self._pieces: list[Any] = []
        self._length = 0
        self._chunks = 0  # sent so far
        self._quanta = 0  # sent so far

    def _nextSize(self) -> int:
        """Return the length of the next chunk, in bytes."""
        due = (self._chunks + 1) * self.datarate / self.chunkrate / self.quantasize
        return (int(due + 1e-9) - self._quanta) * self.quantasize

    def treat(self, message: Any) -> Any:
        """Return the chunks that a message completes."""
        self._pieces.append(message)
        self._length += len(message)
        if self._length < self._nextSize():
            return []
        data, at, chunks = message[:0].join(self._pieces), 0, []
        while at + (size := self._nextSize()) <= len(data) and at < len(data):
            self._chunks += 1
            self._quanta += size // self.quantasize
            if size:
                chunks.append(data[at : at + size])
            at += size
        self._pieces, self._length = [data[at:]], len(data) - at
        return chunks

    def remainder(self) -> Iterator[Any]:
        """Yield what is left, as far as it is whole quanta."""
        if self._length:
            data = self._pieces[0][:0].join(self._pieces)
            if rest := data[: len(data) - len(data) % self.quantasize]:
                yield rest


__kamaelia_components__ = (RateChunker,)
