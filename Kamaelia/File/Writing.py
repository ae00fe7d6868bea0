"""Write what comes in to a file."""

from collections.abc import Generator
from typing import Any

from Kamaelia.Util.Worker import NOTHING, Worker

__all__ = ["SimpleFileWriter"]


class SimpleFileWriter(Worker):
    """Writes what comes in to a file, unbuffered.

    On either shutdown message it writes what waits, closes the file, and passes the
    message on.

    Args:
        filename: the file.
        mode: as for `open`; a binary mode for bytes, a text mode for str.

    Raises:
        OSError: out of the scheduler, if the file cannot be opened or written.
    """

    Inboxes = {
        "inbox": "bytes to write",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "not used", "signal": "why this component stopped"}

    def __init__(self, filename: str, mode: str = "wb", **argd: Any) -> None:
        super().__init__(**argd)
        self.filename = filename
        self.mode = mode
        self.file: Any = None

    def main(self) -> Generator[Any, None, None]:
        """Open the file, write until told to stop."""
        if "b" in self.mode:
            self.file = open(self.filename, self.mode, buffering=0)  # noqa: SIM115
        else:
            self.file = open(self.filename, self.mode, 1, "utf-8")  # noqa: SIM115
        yield from super().main()

    def treat(self, message: Any) -> Any:
        """Write a message, all of it."""
        if "b" in self.mode:
            rest = memoryview(message)
            while rest:
                rest = rest[self.file.write(rest) :]
        else:
            self.file.write(message)
        return NOTHING

    def sayGoodbye(self, stop: Any) -> Generator[Any, None, None]:
        """Write what waits, then close the file and say so."""
        for message in self.Inbox("inbox"):
            self.treat(message)
        self.file.close()
        yield from super().sayGoodbye(stop)

    def stop(self) -> None:
        """Close the file."""
        if self.file is not None:
            self.file.close()
        super().stop()


__kamaelia_components__ = (SimpleFileWriter,)
