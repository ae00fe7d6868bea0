"""An account's contacts in little memory: a server holds those of all signed on.

What presence asks for all the time, who is on which list, is a dictionary of numbers;
the rest is packed and a contact is made of it when asked for. Twenty contacts take
about 1 KB in place of 3.5.
"""

from collections.abc import Iterable, Iterator
from sys import intern
from typing import Final, TypeVar

from Kamaelia.store.msn import Lists, MSNContact

__all__ = ["Contacts"]

_T = TypeVar("_T")

_SIZE: Final = 16  # bytes of a GUID
_NONE: Final = bytes(_SIZE)
_LISTS: Final = tuple(map(Lists, range(sum(Lists) + 1)))  # once, not each time


class Contacts:
    """Contacts by handle.

    Args:
        contacts: to begin with; a handle is in it once at most.
    """

    __slots__ = ("_groups", "_guids", "_lists", "_names", "_odd")

    def __init__(self, contacts: Iterable[MSNContact] = ()) -> None:
        self._lists: dict[str, int] = {}
        self._guids = b""  # one after the other, in the order of `_lists`
        self._names: dict[str, str] | None = None  # that are not the handle itself
        self._groups: dict[str, tuple[int, ...]] | None = None  # of who is in any
        self._odd: dict[str, str] | None = None  # GUIDs in no usual form
        guids = []
        for contact in contacts:
            if contact.lists:
                handle = intern(contact.handle)
                guids.append(self._take(handle, contact))
        self._guids = b"".join(guids)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._lists)

    def __iter__(self) -> Iterator[MSNContact]:
        """Yield the contacts."""
        for place, handle in enumerate(self._lists):
            yield self._make(handle, place)

    def on(self, bit: int) -> list[str]:
        """Return the handles on a list, given as its bit."""
        return [handle for handle, lists in self._lists.items() if lists & bit]

    def lists(self, handle: str) -> int:
        """Return which lists a handle is on, as bits; 0: none."""
        return self._lists.get(handle, 0)

    def get(self, handle: str) -> MSNContact | None:
        """Return the contact with a handle."""
        if handle not in self._lists:
            return None
        return self._make(handle, self._place(handle))

    def with_guid(self, guid: str) -> MSNContact | None:
        """Return the contact with a GUID."""
        return next((contact for contact in self if contact.guid == guid), None)

    def put(self, contact: MSNContact) -> None:
        """Take over a contact as it is now; without lists it goes."""
        handle = intern(contact.handle)
        if not contact.lists:
            self._drop(handle)
            return
        if handle in self._lists:
            start = self._place(handle) * _SIZE
            before, after = self._guids[:start], self._guids[start + _SIZE :]
        else:
            before, after = self._guids, b""
        self._guids = before + self._take(handle, contact) + after

    def _take(self, handle: str, contact: MSNContact) -> bytes:
        """Take over all but the GUID; return that, packed."""
        packed = _pack(contact.guid)
        self._lists[handle] = int(contact.lists)
        name = intern(contact.friendly_name)
        self._names = _with(self._names, handle, name, name != handle)
        groups = contact.groups
        self._groups = _with(self._groups, handle, groups, bool(groups))
        self._odd = _with(self._odd, handle, contact.guid, packed is None)
        return packed or _NONE

    def _drop(self, handle: str) -> None:
        """Forget a contact."""
        if handle in self._lists:
            start = self._place(handle) * _SIZE
            self._guids = self._guids[:start] + self._guids[start + _SIZE :]
            del self._lists[handle]
            self._names = _with(self._names, handle, "", False)
            self._groups = _with(self._groups, handle, (), False)
            self._odd = _with(self._odd, handle, "", False)

    def _place(self, handle: str) -> int:
        """Return where a handle stands in the order."""
        return next(i for i, other in enumerate(self._lists) if other == handle)

    def _make(self, handle: str, place: int) -> MSNContact:
        """Return a contact."""
        guid = (self._odd or {}).get(handle)
        if guid is None:
            guid = _unpack(self._guids[place * _SIZE : (place + 1) * _SIZE])
        return MSNContact(
            handle,
            guid,
            _LISTS[self._lists[handle]],
            (self._names or {}).get(handle, handle),
            (self._groups or {}).get(handle, ()),
        )


def _pack(guid: str) -> bytes | None:
    """Return the bytes of a GUID; None if they wouldn't give the same text again."""
    if not guid:
        return _NONE
    try:
        packed = bytes.fromhex(guid.replace("-", ""))
    except ValueError:
        return None
    return packed if len(packed) == _SIZE and _unpack(packed) == guid else None


def _unpack(packed: bytes) -> str:
    """Return the text of a GUID; of zeros none."""
    if packed == _NONE:
        return ""
    text = packed.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _with(
    some: dict[str, _T] | None, key: str, value: _T, keep: bool
) -> dict[str, _T] | None:
    """Return what few contacts have, with or without one more."""
    if keep:
        some = {} if some is None else some
        some[key] = value
    elif some is not None and some.pop(key, None) is not None and not some:
        return None
    return some
