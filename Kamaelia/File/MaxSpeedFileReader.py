"""Read a file as fast as it is wanted."""

from collections.abc import Generator
from typing import Any

from Axon.Ipc import producerFinished
from Kamaelia.Util.Worker import Worker, stopsAtOnce

__all__ = ["MaxSpeedFileReader"]


class MaxSpeedFileReader(Worker):
    """Sends the content of a file, a chunk a step, as fast as there is room.

    Args:
        filename: the file.
        chunksize: bytes a message.

    Raises:
        OSError: out of the scheduler, if the file cannot be read.
    """

    Inboxes = {"inbox": "not used", "control": "shutdownMicroprocess: stop at once"}
    Outboxes = {
        "outbox": "the content, in chunks (bytes)",
        "signal": "why this component stopped",
    }

    def __init__(self, filename: str, chunksize: int = 32768) -> None:
        super().__init__()
        self.filename = filename
        self.chunksize = chunksize

    def main(self) -> Generator[Any, None, None]:
        """Read to the end, or until told to stop at once."""
        last: Any = producerFinished(self)
        with open(self.filename, "rb") as file:
            while data := file.read(self.chunksize):
                self._readControl()
                yield from self.putAll([data])
                if self.stopped_by is not None and stopsAtOnce(self.stopped_by):
                    last = self.stopped_by
                    break
                yield 1
        yield from self.sayGoodbye(last)


__kamaelia_components__ = (MaxSpeedFileReader,)
