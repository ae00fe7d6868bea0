"""Shared values changed by commits: nobody blocks, and no update is lost.

    store = Store()
    balance = store.usevar("balance")     # a copy
    balance.set(10)
    balance.commit()                      # ConcurrentUpdate if others were faster

Works among components and among plain threads.
"""

import copy
import threading
from typing import Any

__all__ = ["BusyRetry", "Collection", "ConcurrentUpdate", "Store", "Value"]


class ConcurrentUpdate(Exception):
    """The stored value is newer than the copy: take a new copy and try again."""


class BusyRetry(Exception):
    """Somebody else uses the store at this moment: try again."""


class Value:
    """A copy of one stored value.

    Attributes:
        version: number of commits that led to it.
        value: what is stored, or will be by `commit`.
        key: where it is stored.
    """

    def __init__(self, version: int, value: Any, store: "Store", key: Any) -> None:
        self.version = version
        self.value = value
        self.store = store
        self.key = key

    def __repr__(self) -> str:
        return f"Value{(self.version, self.value)!r}"

    def set(self, value: Any) -> None:
        """Change the copy."""
        self.value = value

    def commit(self) -> None:
        """Store the value.

        Raises:
            ConcurrentUpdate: it was changed since the copy was made.
            BusyRetry: the store is in use at this moment.
        """
        self.store.set(self.key, self)

    def clone(self) -> "Value":
        """Return a copy of the copy."""
        return Value(self.version, copy.deepcopy(self.value), self.store, self.key)


class Collection(dict[Any, Value]):
    """Copies of several values, stored together or not at all."""

    def __init__(self, store: "Store") -> None:
        super().__init__()
        self.store = store

    def commit(self) -> None:
        """Store all values.

        Raises:
            ConcurrentUpdate: one of them was changed since; none was stored.
            BusyRetry: the store is in use at this moment.
        """
        self.store.set_values(self)


class Store:
    """Where values are stored, by key."""

    def __init__(self) -> None:
        self.store: dict[Any, Value] = {}
        self.lock = threading.Lock()

    def _acquire(self) -> None:
        """Take the lock, or say that it is taken."""
        if not self.lock.acquire(blocking=False):
            raise BusyRetry

    def usevar(self, key: Any) -> Value:
        """Return a copy of a value; a new key holds None, version 0.

        Raises:
            BusyRetry: the store is in use at this moment.
        """
        return self.using(key)[key]

    def using(self, *keys: Any) -> Collection:
        """Return copies of several values, taken together.

        Raises:
            BusyRetry: the store is in use at this moment.
        """
        self._acquire()
        try:
            found = Collection(self)
            for key in keys:
                stored = self.store.setdefault(key, Value(0, None, self, key))
                found[key] = stored.clone()
            return found
        finally:
            self.lock.release()

    def set(self, key: Any, value: Value) -> None:
        """Store one value.

        Raises:
            ConcurrentUpdate: the stored one is newer.
            BusyRetry: the store is in use at this moment.
        """
        self.set_values({key: value})

    def set_values(self, new_values: dict[Any, Value]) -> None:
        """Store several values, or none.

        Raises:
            ConcurrentUpdate: one of those stored is newer.
            BusyRetry: the store is in use at this moment.
        """
        self._acquire()
        try:
            for key, value in new_values.items():
                stored = self.store.get(key)
                if stored is not None and stored.version > value.version:
                    raise ConcurrentUpdate(key, stored.version, value.version)
            for key, value in new_values.items():
                kept = Value(value.version + 1, copy.deepcopy(value.value), self, key)
                self.store[key] = kept
                value.version = kept.version
        finally:
            self.lock.release()

    def dump(self) -> None:
        """Print what is stored."""
        print("DEBUG: Store dump ------------------------------")  # noqa: T201
        for key, value in self.store.items():
            print("     ", key, ":", value)  # noqa: T201 - what it is for
        print()  # noqa: T201
