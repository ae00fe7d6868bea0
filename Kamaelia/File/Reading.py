"""Read files: when asked, at a rate, or one after another."""

from collections.abc import Callable, Generator
from typing import Any

from Axon.Ipc import producerFinished
from Kamaelia.Chassis.Carousel import Carousel
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Util.RateFilter import ByteRate_RequestControl
from Kamaelia.Util.Worker import Worker, stopsAtOnce

__all__ = [
    "FixedRateControlledReusableFileReader",
    "PromptedFileReader",
    "RateControlledFileReader",
    "RateControlledReusableFileReader",
    "ReusableFileReader",
    "SimpleReader",
]


class PromptedFileReader(Worker):
    """Reads as many bytes, or lines, as the number sent to it.

    At the end of the file it sends producerFinished and ends; shutdown messages end
    it earlier.

    Args:
        filename: the file.
        readmode: "bytes", or "lines" for one message a line.

    Raises:
        ValueError: the readmode is neither.
        OSError: out of the scheduler, if the file cannot be read.
    """

    Inboxes = {
        "inbox": "how many bytes or lines to read (int)",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "what was read (bytes)",
        "signal": "why this component stopped",
    }
    many = True

    def __init__(self, filename: str, readmode: str = "bytes", **argd: Any) -> None:
        super().__init__(**argd)
        if readmode not in ("bytes", "lines"):
            raise ValueError(f"readmode is 'bytes' or 'lines', not {readmode!r}")
        self.filename = filename
        self.readmode = readmode
        self.file: Any = None

    def main(self) -> Generator[Any, None, None]:
        """Open the file, read when asked."""
        with open(self.filename, "rb") as self.file:
            yield from super().main()

    def treat(self, message: Any) -> list[bytes]:
        """Return what a request gets; at the end of the file, say so."""
        if self.readmode == "bytes":
            data = self.file.read(int(message))
            found = [data] if data else []
            ended = int(message) > 0 and not data
        else:
            found = [
                line for _ in range(int(message)) if (line := self.file.readline())
            ]
            ended = len(found) < int(message)
        if ended:
            self.stopped_by = producerFinished(self)
            for _ in self.Inbox("inbox"):
                pass  # nothing more to read
        return found

    def stop(self) -> None:
        """Close the file."""
        if self.file is not None:
            self.file.close()
        super().stop()


class SimpleReader(Worker):
    """Sends the lines of a text file, one a step, as there is room.

    Args:
        filename: the file.
        mode: as for `open`.
        buffering: as for `open`.
        argd: become attributes.
    """

    Inboxes = {"inbox": "not used", "control": "shutdownMicroprocess: stop at once"}
    Outboxes = {"outbox": "lines (str)", "signal": "why this component stopped"}

    def __init__(
        self, filename: str, mode: str = "r", buffering: int = 1, **argd: Any
    ) -> None:
        super().__init__(**argd)
        self.filename = filename
        self.mode = mode
        self.buffering = buffering

    def main(self) -> Generator[Any, None, None]:
        """Read to the end, or until told to stop at once."""
        last: Any = producerFinished()
        encoding = None if "b" in self.mode else "utf-8"
        with open(self.filename, self.mode, self.buffering, encoding) as file:
            for line in file:
                self._readControl()
                yield from self.putAll([line])
                if self.stopped_by is not None and stopsAtOnce(self.stopped_by):
                    last = self.stopped_by
                    break
                yield 1
        yield from self.sayGoodbye(last)


def RateControlledFileReader(
    filename: str, readmode: str = "bytes", **rateargs: Any
) -> Graphline:
    """Return a component that reads a file at a rate.

    Args:
        filename: the file.
        readmode: "bytes" or "lines".
        rateargs: as for ByteRate_RequestControl.
    """
    return Graphline(
        rate=ByteRate_RequestControl(**rateargs),
        file=PromptedFileReader(filename, readmode),
        linkages={
            ("self", "inbox"): ("rate", "inbox"),
            ("rate", "outbox"): ("file", "inbox"),
            ("file", "outbox"): ("self", "outbox"),
            # shutdown: the file first, for it knows its end
            ("self", "control"): ("file", "control"),
            ("file", "signal"): ("rate", "control"),
            ("rate", "signal"): ("self", "signal"),
        },
    )


def ReusableFileReader(readmode: str) -> Carousel:
    """Return a carousel of PromptedFileReaders: file names on `next`."""
    return Carousel(lambda filename: PromptedFileReader(filename, readmode))


def RateControlledReusableFileReader(readmode: str) -> Carousel:
    """Return a carousel of RateControlledFileReaders: (name, rateargs) on `next`."""

    def make(wish: tuple[str, dict[str, Any]]) -> Graphline:
        filename, rateargs = wish
        return RateControlledFileReader(filename, readmode, **rateargs)

    return Carousel(make)


def FixedRateControlledReusableFileReader(
    readmode: str = "bytes", **rateargs: Any
) -> Graphline:
    """Return a carousel that reads files at one rate: names on `inbox` or `next`."""
    make: Callable[[str], Graphline] = lambda filename: RateControlledFileReader(  # noqa: E731
        filename, readmode, **rateargs
    )
    return Graphline(
        carousel=Carousel(make),
        linkages={
            ("self", "inbox"): ("carousel", "next"),
            ("self", "next"): ("carousel", "next"),
            ("carousel", "outbox"): ("self", "outbox"),
            ("carousel", "requestNext"): ("self", "requestNext"),
            # shutdown
            ("self", "control"): ("carousel", "control"),
            ("carousel", "signal"): ("self", "signal"),
        },
    )


__kamaelia_components__ = (PromptedFileReader, SimpleReader)
__kamaelia_prefabs__ = (
    RateControlledFileReader,
    ReusableFileReader,
    RateControlledReusableFileReader,
    FixedRateControlledReusableFileReader,
)
