"""A file that is being received: under its name only once it is whole."""

import os
import tempfile
from pathlib import Path

from Kamaelia.Protocol.MSN.wire.file_name import safe_file_name

__all__ = ["ReceivedFile"]

_MAX_COPIES = 1000  # "name (999).txt" is the last that is tried


class ReceivedFile:
    """Takes the bytes of a file in order. It never leaves a partial one.

    What comes is written beside its place and moved there by `finish`. The name is
    reserved from the start, so that two transfers don't meet.

    Args:
        folder: where it goes; it must be there.
        name: as the peer wrote it; made safe.
        overwrite: whether to replace a file of that name; otherwise a number is
            put behind the name of the later one.
        numbered: whether to do that; False: FileExistsError instead.

    Attributes:
        path: where it will be.
        size: bytes so far.

    Raises:
        OSError: the folder cannot be written to, or FileExistsError as above.
    """

    def __init__(
        self,
        folder: str | Path,
        name: str,
        *,
        overwrite: bool = False,
        numbered: bool = True,
    ) -> None:
        place = Path(folder)
        self.path = place / safe_file_name(name)
        self._reserved = not overwrite
        if self._reserved:
            self._reserve(numbered)
        self.size = 0
        try:
            handle, part = tempfile.mkstemp(".part", ".", place)
        except OSError:
            self._unreserve()
            raise
        self._part = Path(part)
        self._file = os.fdopen(handle, "wb")
        self._open = True

    def write(self, data: bytes) -> None:
        """Add bytes.

        Raises:
            OSError: the disk is full, or the like.
        """
        self._file.write(data)
        self.size += len(data)

    def finish(self) -> Path:
        """Put the whole file in its place and return where that is.

        Raises:
            OSError: it cannot be written; nothing is left of it then.
        """
        try:
            self._file.close()
            os.replace(self._part, self.path)
        except OSError:
            self.abandon()
            raise
        self._open = False
        return self.path

    def abandon(self) -> None:
        """Delete what has come; nothing happens after `finish`."""
        if not self._open:
            return
        self._open = False
        try:
            self._file.close()
        finally:
            self._part.unlink(missing_ok=True)
            self._unreserve()

    def _reserve(self, numbered: bool) -> None:
        """Make an empty file of the name, or of the first numbered one."""
        stem, ending = self.path.stem, self.path.suffix
        number = 1
        while True:
            try:
                self.path.open("xb").close()
            except FileExistsError:
                number += 1
                if not numbered or number > _MAX_COPIES:
                    raise
                self.path = self.path.with_name(f"{stem} ({number}){ending}")
            else:
                return

    def _unreserve(self) -> None:
        if self._reserved:
            self.path.unlink(missing_ok=True)
