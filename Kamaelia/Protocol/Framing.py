r"""Frames with a tag and a length, and chunks with marks between, both as text.

    frame   <tag> <length of data>\n<data>
    stream  <mark><chunk><mark><chunk> ...     a chunk's own mark letters are %xx

Frames survive where whole messages arrive or are lost; chunks bring a stream that may
begin anywhere, or lose pieces, back to message boundaries. For both: Framer, then
DataChunker; DataDeChunker, then DeFramer. A mark has no percent sign or hex digit.
"""

import re
from collections.abc import Generator, Iterator
from typing import Any

from Kamaelia.Support.Data.Escape import escape, unescape
from Kamaelia.Util.Worker import NOTHING, Worker, isStop

__all__ = [
    "DataChunker",
    "DataDeChunker",
    "DeFramer",
    "Framer",
    "ShortFrame",
    "SimpleFrame",
]

SYNC = "X" * 24

_HEAD = re.compile(r"\s*([+-]?\d{1,18})\s+(\d{1,18})\s*")


class ShortFrame(ValueError):  # noqa: N818 - the name of the original
    """A frame ends before its data do."""


class SimpleFrame:
    """A tag and data; `str` of it is the frame.

    Args:
        tag: a number.
        data: text of any length.
    """

    def __init__(self, tag: Any, data: str) -> None:
        self.tag = tag
        self.data = data
        self.length = len(data)

    def __str__(self) -> str:
        return f"{self.tag} {self.length}\n{self.data}"

    @staticmethod
    def fromString(frame: str) -> tuple[int, str]:
        """Return (tag, data) of a frame; what follows the data is ignored.

        Raises:
            ShortFrame: data are missing.
            ValueError: it doesn't begin as a frame does.
        """
        head, newline, rest = frame.partition("\n")
        numbers = _HEAD.fullmatch(head)
        if not newline or numbers is None:
            raise ValueError(f"a frame cannot begin with {head[:40]!r}")
        tag, length = int(numbers[1]), int(numbers[2])
        if len(rest) < length:
            raise ShortFrame(f"{length} characters announced, {len(rest)} have come")
        return tag, rest[:length]


class _Layer(Worker):
    """What the four have in common.

    Attributes:
        last_control_message: the last message in `control` that did not end it.
    """

    last_control_message: Any = None

    def _readControl(self) -> None:
        """Look for a message that says stop; remember others."""
        while self.stopped_by is None and self.dataReady("control"):
            message = self.recv("control")
            if isStop(message, *self.stop_on):
                self.stopped_by = message
            else:
                self.last_control_message = message


class Framer(_Layer):
    """Makes a frame of each (tag, data)."""

    Inboxes = {
        "inbox": "(tag, text)",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "frames (str)", "signal": "why this component stopped"}

    def treat(self, message: Any) -> Any:
        """Return the frame."""
        tag, data = message
        return str(SimpleFrame(tag, data))


class DeFramer(_Layer):
    """Takes frames apart; drops what is no frame."""

    Inboxes = {
        "inbox": "frames (str), a whole one each",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "(tag, text)", "signal": "why this component stopped"}

    def treat(self, message: Any) -> Any:
        """Return tag and data, if it is a frame."""
        try:
            return SimpleFrame.fromString(message)
        except ValueError:
            return NOTHING  # to be expected where frames are lost and cut


class DataChunker(_Layer):
    """Puts a mark before each message, and escapes the mark's letters in it.

    Args:
        syncmessage: the mark.
    """

    Inboxes = {
        "inbox": "text",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "the mark and the escaped text",
        "signal": "why this component stopped",
    }

    def __init__(self, syncmessage: str = SYNC) -> None:
        super().__init__()
        self.syncmessage = syncmessage

    def treat(self, message: Any) -> Any:
        """Return the marked chunk."""
        return self.syncmessage + escape(message, self.syncmessage)


class DataDeChunker(_Layer):
    """Finds the chunks in a stream of text that is cut anywhere.

    A chunk is sent when the next mark is seen, or when something comes in `flush`.
    What comes before the first mark is lost.

    Args:
        syncmessage: the mark.
    """

    Inboxes = {
        "inbox": "text, cut anywhere",
        "flush": "anything: send what has come of the last chunk",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "text of a chunk", "signal": "why this component stopped"}
    many = True

    def __init__(self, syncmessage: str = SYNC) -> None:
        super().__init__()
        self.syncmessage = syncmessage
        self._pieces: list[str] = []  # of the chunk that is coming
        self._tail = ""  # their end, in which a mark may have begun
        self._within = False  # a mark was seen

    def _work(self) -> Generator[Any, None, None]:
        """Find chunks in what waits, then flush if asked to."""
        for message in self.Inbox("inbox"):
            yield from self.putAll(self.treat(message))
        for _ in self.Inbox("flush"):
            yield from self.putAll(self._flush())

    def hasWork(self) -> bool:
        """Return whether something waits."""
        return bool(self.dataReady("inbox") or self.dataReady("flush"))

    def treat(self, message: Any) -> list[str]:
        """Return the chunks that a piece of text completes."""
        mark = self.syncmessage
        seen = self._tail + message
        self._tail = seen[-(len(mark) - 1) :] if len(mark) > 1 else ""
        if mark not in seen:
            if self._within:
                self._pieces.append(message)
            else:
                self._pieces = [self._tail]
            return []
        *chunks, rest = "".join([*self._pieces, message]).split(mark)
        self._pieces, self._tail = [rest], rest[-(len(mark) - 1) :]
        chunks = chunks if self._within else chunks[1:]
        self._within = True
        return [unescape(chunk, mark) for chunk in chunks]

    def _flush(self) -> Iterator[str]:
        """Yield what has come of the last chunk."""
        rest = "".join(self._pieces)
        if self._within and rest:
            yield unescape(rest, self.syncmessage)
        self._pieces, self._tail, self._within = [], "", False


__kamaelia_components__ = (Framer, DeFramer, DataChunker, DataDeChunker)
