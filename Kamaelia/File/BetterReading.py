"""Read a file as fast as it is taken, a little ahead."""

from collections.abc import Generator
from typing import Any

from Axon.Ipc import producerFinished
from Kamaelia.Util.Worker import Worker, stopsAtOnce

__all__ = ["IntelligentFileReader"]


class IntelligentFileReader(Worker):
    """Sends a file piece by piece, with few pieces waiting at the far end.

    Ends with producerFinished. A shutdownMicroprocess ends it earlier.

    Args:
        filename: the file.
        chunksize: bytes to read at a time.
        maxqueue: how many pieces may wait at the far end.

    Raises:
        OSError: out of the scheduler, if the file cannot be read.
    """

    Inboxes = {
        "inbox": "anything: look whether there is room",
        "control": "shutdownMicroprocess: stop at once",
    }
    Outboxes = {
        "outbox": "pieces of the file (bytes)",
        "signal": "why this component stopped",
        "debug": "not used",
    }

    def __init__(self, filename: str, chunksize: int = 1024, maxqueue: int = 5) -> None:
        super().__init__()
        self.filename = filename
        self.chunksize = chunksize
        self.maxqueue = maxqueue

    def main(self) -> Generator[Any, None, None]:
        """Read to the end, or until told to stop at once."""
        last: Any = producerFinished(self)
        with open(self.filename, "rb") as file:
            while data := file.read(self.chunksize):
                yield from self._waitForRoom()
                if stopsAtOnce(self.stopped_by):
                    last = self.stopped_by
                    break
                yield from self.putAll([data])
                yield 1
        yield from self.sayGoodbye(last)

    def _waitForRoom(self) -> Generator[int, None, None]:
        """Sleep while enough pieces wait, unless told to stop at once."""
        box = self.outboxes["outbox"]
        self._readControl()
        while len(box) >= self.maxqueue and not stopsAtOnce(self.stopped_by):
            for _ in self.Inbox("inbox"):
                pass
            self.pause()
            yield 1
            self._readControl()

    def _readControl(self) -> None:
        """Look in `control` for a message that says: stop at once."""
        for message in self.Inbox("control"):
            if stopsAtOnce(message):
                self.stopped_by = message


__kamaelia_components__ = (IntelligentFileReader,)
