"""Icons and other art, by their hash: in the store, the latest ones in memory too."""

from collections import OrderedDict
from hashlib import md5

from Kamaelia.store.aim import AIM

__all__ = ["Art"]


class Art:
    """Art that users uploaded.

    Args:
        limit: bytes that all pieces in memory together may have.
        store: keeps every user's; None keeps what is in memory only.
    """

    def __init__(self, limit: int, store: AIM | None = None) -> None:
        self._limit = limit
        self._store = store
        self._size = 0
        self._pieces: OrderedDict[bytes, bytes] = OrderedDict()

    async def keep(self, owner: str, kind: int, data: bytes) -> bytes:
        """Store a piece for its owner; return its hash once it is committed.

        Raises:
            NoSuchAccount: the owner was removed.
            BadValue: it is too large.
        """
        if self._store is not None:
            await self._store.put_art(owner, kind, data)
        return self.add(data)

    async def fetch(self, name: bytes) -> bytes | None:
        """Return a piece, from the store if it isn't in memory; None if it is nowhere.

        `get` then finds it at once.
        """
        found = self.get(name)
        if found is None and self._store is not None:
            found = await self._store.art(name)
            if found is not None:
                self.add(found)
        return found

    def add(self, data: bytes) -> bytes:
        """Keep a piece in memory; return its hash, by which it is called."""
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
        """Return a piece that is in memory, or None."""
        found = self._pieces.get(name)
        if found is not None:
            self._pieces.move_to_end(name)
        return found
