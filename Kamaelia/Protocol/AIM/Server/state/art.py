"""Icons and other art, by their hash; in memory, the oldest make room."""

from collections import OrderedDict
from hashlib import md5

__all__ = ["Art"]


class Art:
    """Art that users uploaded.

    Args:
        limit: bytes that all pieces together may have.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._pieces: OrderedDict[bytes, bytes] = OrderedDict()

    def add(self, data: bytes) -> bytes:
        """Keep a piece; return its hash, by which it is called."""
        name = md5(data, usedforsecurity=False).digest()
        if name not in self._pieces:
            self._pieces[name] = data
            self._size += len(data)
        self._pieces.move_to_end(name)
        while self._size > self._limit:
            _, gone = self._pieces.popitem(last=False)
            self._size -= len(gone)
        return name

    def get(self, name: bytes) -> bytes | None:
        """Return a piece, or None."""
        found = self._pieces.get(name)
        if found is not None:
            self._pieces.move_to_end(name)
        return found
