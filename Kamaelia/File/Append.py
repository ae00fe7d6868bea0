"""Append text to a file."""

import os
from collections.abc import Generator
from typing import Any

from Kamaelia.Util.Worker import NOTHING, Worker

__all__ = ["Append"]


class Append(Worker):
    """Appends each message to a text file.

    Any message in `control` ends it and is passed on.

    Args:
        argd: become attributes.

    Attributes:
        filename: the file; must be given.
        forwarder: whether to pass the messages on.
        blat_file: whether to empty the file first.
        hold_open: whether to keep the file open between messages.

    Raises:
        ValueError: there is no filename.
    """

    Inboxes = {"inbox": "text to append", "control": "anything: stop"}
    Outboxes = {"outbox": "what came in, if a forwarder", "signal": "what ended it"}
    stop_on = (object,)
    filename: str | None = None
    forwarder = True
    blat_file = False
    hold_open = True
    file: Any = None

    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        if self.filename is None:
            raise ValueError("Append needs a filename: Append(filename=...)")

    def main(self) -> Generator[Any, None, None]:
        """Append until told to stop."""
        if self.blat_file and self.filename and os.path.exists(self.filename):
            os.truncate(self.filename, 0)
        yield from super().main()
        self._close()

    def treat(self, message: Any) -> Any:
        """Append a message; return it for a forwarder."""
        if self.file is None:
            assert self.filename is not None
            self.file = open(self.filename, "a", encoding="utf-8")  # noqa: SIM115
        self.file.write(message)
        self.file.flush()
        if not self.hold_open:
            self._close()
        return message if self.forwarder else NOTHING

    def _close(self) -> None:
        """Close the file."""
        if self.file is not None:
            self.file.close()
            self.file = None

    def stop(self) -> None:
        """Close the file."""
        self._close()
        super().stop()


__kamaelia_components__ = (Append,)
