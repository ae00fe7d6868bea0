"""Take fields off the front of a block of bytes, with every bound checked.

Shared by every binary codec. Big-endian unless the name ends in `le`.
"""

from struct import Struct
from typing import Final

from Kamaelia.Protocol.wire.errors import RemoteProtocolError

__all__ = ["Reader"]

_U16: Final = Struct("!H")
_U32: Final = Struct("!I")
_U64: Final = Struct("!Q")
_U16LE: Final = Struct("<H")
_U32LE: Final = Struct("<I")
_U64LE: Final = Struct("<Q")


class Reader:
    """A position in a block of bytes.

    Every method that takes something raises RemoteProtocolError, and leaves the
    position alone, when less is left than it needs.

    Args:
        data: what to read.
        what: the name of what is being read, for error messages.
        base: the offset of `data` in the block that errors should count from.
    """

    __slots__ = ("_base", "_data", "_position", "_what")

    def __init__(self, data: bytes, what: str = "block", base: int = 0) -> None:
        self._data = data
        self._what = what
        self._base = base
        self._position = 0

    def __len__(self) -> int:
        """Return the number of bytes left."""
        return len(self._data) - self._position

    def __bool__(self) -> bool:
        """Return whether anything is left."""
        return self._position < len(self._data)

    @property
    def offset(self) -> int:
        """Bytes from the start of the outermost block to the next byte."""
        return self._base + self._position

    def error(self, reason: str) -> RemoteProtocolError:
        """Return an error that names this position; the caller raises it."""
        return RemoteProtocolError(
            f"{self._what}: {reason}", self.offset, self._data[self._position :]
        )

    def _advance(self, size: int) -> int:
        """Move on by `size` bytes and return where they begin."""
        start = self._position
        if size < 0 or size > len(self._data) - start:
            raise self.error(f"needs {size} bytes, has {len(self._data) - start}")
        self._position = start + size
        return start

    def u8(self) -> int:
        """Take an unsigned byte."""
        return self._data[self._advance(1)]

    def u16(self) -> int:
        """Take two bytes, big-endian."""
        value: int = _U16.unpack_from(self._data, self._advance(2))[0]
        return value

    def u32(self) -> int:
        """Take four bytes, big-endian."""
        value: int = _U32.unpack_from(self._data, self._advance(4))[0]
        return value

    def u64(self) -> int:
        """Take eight bytes, big-endian."""
        value: int = _U64.unpack_from(self._data, self._advance(8))[0]
        return value

    def u16le(self) -> int:
        """Take two bytes, little-endian."""
        value: int = _U16LE.unpack_from(self._data, self._advance(2))[0]
        return value

    def u32le(self) -> int:
        """Take four bytes, little-endian."""
        value: int = _U32LE.unpack_from(self._data, self._advance(4))[0]
        return value

    def u64le(self) -> int:
        """Take eight bytes, little-endian."""
        value: int = _U64LE.unpack_from(self._data, self._advance(8))[0]
        return value

    def take(self, size: int) -> bytes:
        """Take `size` bytes."""
        start = self._advance(size)
        return self._data[start : start + size]

    def rest(self) -> bytes:
        """Take all that is left."""
        return self.take(len(self))

    def reader(self, size: int, what: str) -> "Reader":
        """Take `size` bytes as a Reader of their own that keeps counting offsets."""
        base = self.offset
        return Reader(self.take(size), what, base)
