"""Cut text into lines, however it comes."""

import codecs
from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["chunks_to_lines"]


class chunks_to_lines(Worker):  # noqa: N801 - the name of the original
    """Sends each line of a stream as a message of its own, without its line end.

    Carriage returns are dropped, and what follows the last line feed. Bytes are read
    as UTF-8; what is none becomes U+FFFD.
    """

    Inboxes = {
        "inbox": "text, or bytes of text, cut anywhere",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "lines (str)", "signal": "why this component stopped"}
    many = True

    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun: list[str] = []  # pieces of the line that has no end yet

    def treat(self, message: str | bytes) -> list[str]:
        """Return the lines that a piece of text completes."""
        text = message if isinstance(message, str) else self._decoder.decode(message)
        first, *others = text.replace("\r", "").split("\n")
        self._begun.append(first)
        if not others:
            return []
        *lines, begun = ["".join(self._begun), *others]
        self._begun = [begun]
        return lines


__kamaelia_components__ = (chunks_to_lines,)
