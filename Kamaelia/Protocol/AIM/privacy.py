"""Who may see one and send one messages: modes and lists. Does no I/O.

    mode          who may
    everybody
    nobody
    permitted     those on the permit list
    not denied    all but those on the deny list
    buddies       those on the buddy list

Permitting somebody ends "nobody", denying somebody ends "everybody"; either takes him
off the other list. Otherwise lists and mode are independent of each other.

On a server that keeps the list, entries are items of FEEDBAG, the mode is an item of
class 4. On others family PD has two lists; there the mode is that of the list which
was added to last, and a list of nothing but one's own name clears it.

Source: AOL's published OSCAR specification, "Feedbag" and "Permit/deny".
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from Kamaelia.Protocol.AIM.feedbag_edits import Items, Step, free_ids
from Kamaelia.Protocol.AIM.wire.buddy import names_to_bytes
from Kamaelia.Protocol.AIM.wire.feedbag import (
    FeedbagAttribute,
    FeedbagClass,
    FeedbagItem,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import FEEDBAG, PD, SNACType
from Kamaelia.Protocol.AIM.wire.packing import u32
from Kamaelia.Protocol.AIM.wire.pd import PDMode
from Kamaelia.Protocol.AIM.wire.screen_name import normalise, same_name
from Kamaelia.Protocol.wire.errors import LocalProtocolError

__all__ = [
    "MODES",
    "PRIVACY_CLASSES",
    "Lists",
    "SessionPrivacy",
    "mode_named",
    "plan_entry",
    "plan_mode",
]

MODES: Final = {
    PDMode.PERMIT_ALL: "everybody",
    PDMode.DENY_ALL: "nobody",
    PDMode.PERMIT_SOME: "permitted",
    PDMode.DENY_SOME: "not denied",
    PDMode.PERMIT_BUDDIES: "buddies",
}

_EVERY_CLASS: Final = 0xFFFF_FFFF
_MOST: Final = 15  # items of a request, as libpurple has it


class _Kind(NamedTuple):
    """What permitting and denying have apart.

    Attributes:
        ends: the mode that is over once there is such an entry.
        begins: the mode that follows.
        add: SNAC of PD that adds names.
        remove: SNAC of PD that removes names.
    """

    ends: PDMode
    begins: PDMode
    add: SNACType
    remove: SNACType


_KINDS: Final = {
    FeedbagClass.PERMIT: _Kind(
        PDMode.DENY_ALL,
        PDMode.PERMIT_SOME,
        PD.ADD_PERM_LIST_ENTRIES,
        PD.DEL_PERM_LIST_ENTRIES,
    ),
    FeedbagClass.DENY: _Kind(
        PDMode.PERMIT_ALL,
        PDMode.DENY_SOME,
        PD.ADD_DENY_LIST_ENTRIES,
        PD.DEL_DENY_LIST_ENTRIES,
    ),
}
_OTHER: Final = {
    FeedbagClass.PERMIT: FeedbagClass.DENY,
    FeedbagClass.DENY: FeedbagClass.PERMIT,
}

PRIVACY_CLASSES: Final = frozenset((*_KINDS, FeedbagClass.PD_INFO))
"""Classes of items that say who may see one."""


class Lists(NamedTuple):
    """What is set.

    Attributes:
        mode: who may see one.
        permitted: names on the permit list.
        denied: names on the deny list.
    """

    mode: PDMode
    permitted: list[str]
    denied: list[str]

    @classmethod
    def of(cls, items: Items) -> "Lists":
        """Return what the server's list says."""
        return cls(
            _mode(items),
            [item.name for item in _entries(items, FeedbagClass.PERMIT)],
            [item.name for item in _entries(items, FeedbagClass.DENY)],
        )


def mode_named(name: str) -> PDMode:
    """Return a mode by its name.

    Raises:
        LocalProtocolError: there is none of this name.
    """
    for mode, known in MODES.items():
        if known == name.strip().lower():
            return mode
    raise LocalProtocolError(
        f"there is no privacy mode {name!r}: it is one of {', '.join(MODES.values())}"
    )


# On a server that keeps the list.


def _entries(items: Items, kind: FeedbagClass, name: str = "") -> list[FeedbagItem]:
    """Return the entries of a list: all, or those of one name."""
    return [
        item
        for item in items.values()
        if item.class_id == kind and (not name or same_name(item.name, name))
    ]


def _mode(items: Items) -> PDMode:
    for item in _entries(items, FeedbagClass.PD_INFO):
        if item.pd_mode in MODES:
            return PDMode(item.pd_mode)
    return PDMode.PERMIT_ALL


def plan_entry(items: Items, name: str, kind: FeedbagClass, wanted: bool) -> list[Step]:
    """Return the steps that put a name on a list, or take it off; maybe none.

    Args:
        items: the server's list as it is.
        name: screen name.
        kind: PERMIT or DENY.
        wanted: whether the name shall be on the list.
    """
    there = _entries(items, kind, name)
    if not wanted:
        return _deleting(there)
    steps = _deleting(_entries(items, _OTHER[kind], name))
    ids = free_ids(items)
    if not there:
        entry = FeedbagItem(name, 0, next(ids), kind)
        steps.append(Step(FEEDBAG.INSERT_ITEM, (entry,)))
    rule = _KINDS[kind]
    if _mode(items) == rule.ends:
        steps.append(_setting(items, rule.begins, next(ids)))
    return steps


def plan_mode(items: Items, mode: PDMode) -> list[Step]:
    """Return the steps that set the mode; none if it is set.

    Args:
        items: the server's list as it is.
        mode: who shall see one.
    """
    if _mode(items) == mode:
        return []
    return [_setting(items, mode, next(free_ids(items)))]


def _deleting(entries: list[FeedbagItem]) -> list[Step]:
    return [
        Step(FEEDBAG.DELETE_ITEM, tuple(entries[start : start + _MOST]))
        for start in range(0, len(entries), _MOST)
    ]


def _setting(items: Items, mode: PDMode, number: int) -> Step:
    """Return the step that sets the mode, in the item that is there or a new one."""
    value, tag = bytes((mode,)), int(FeedbagAttribute.PD_MODE)
    found = _entries(items, FeedbagClass.PD_INFO)
    if found:
        return Step(FEEDBAG.UPDATE_ITEM, (found[0].with_attribute(tag, value),))
    made = FeedbagItem("", 0, number, FeedbagClass.PD_INFO).with_attribute(tag, value)
    mask = int(FeedbagAttribute.PD_MASK)
    return Step(FEEDBAG.INSERT_ITEM, (made.with_attribute(mask, u32(_EVERY_CLASS)),))


# On a server that doesn't.


class SessionPrivacy:
    """Modes and lists of this session, by family PD.

    Args:
        own_name: gives one's own screen name.
    """

    def __init__(self, own_name: Callable[[], str]) -> None:
        self._own_name = own_name
        self._mode = PDMode.PERMIT_ALL
        self._names: dict[FeedbagClass, dict[str, str]] = {
            FeedbagClass.PERMIT: {},
            FeedbagClass.DENY: {},
        }

    def lists(self) -> Lists:
        """Return what is set."""
        permitted, denied = self._names.values()
        return Lists(self._mode, list(permitted.values()), list(denied.values()))

    def set_entry(
        self, name: str, kind: FeedbagClass, wanted: bool
    ) -> list[tuple[SNACType, bytes]]:
        """Put a name on a list, or take it off.

        A list that the mode doesn't use is kept here only: the server would turn to it.

        Returns:
            What to send.
        """
        if not wanted:
            return self._drop(name, kind)
        sent = self._drop(name, _OTHER[kind])
        self._names[kind][normalise(name)] = name
        rule = _KINDS[kind]
        if self._mode == rule.ends:
            self._mode = rule.begins
            return [*sent, self._adding(kind)]
        if self._mode == rule.begins:
            sent.append((rule.add, names_to_bytes([name])))
        return sent

    def set_mode(self, mode: PDMode) -> list[tuple[SNACType, bytes]]:
        """Set the mode; return what to send.

        Raises:
            LocalProtocolError: the family has no such mode.
        """
        if mode == PDMode.PERMIT_BUDDIES:
            raise LocalProtocolError(
                "this server knows no privacy mode 'buddies': it keeps no buddy list"
            )
        self._mode = mode
        if mode == PDMode.PERMIT_ALL:
            return [self._clearing(FeedbagClass.DENY)]
        if mode == PDMode.DENY_ALL:
            return [self._clearing(FeedbagClass.PERMIT)]
        some = mode == PDMode.PERMIT_SOME
        return [self._adding(FeedbagClass.PERMIT if some else FeedbagClass.DENY)]

    def _drop(self, name: str, kind: FeedbagClass) -> list[tuple[SNACType, bytes]]:
        known = self._names[kind].pop(normalise(name), None)
        if known is None:
            return []
        return [(_KINDS[kind].remove, names_to_bytes([known]))]

    def _adding(self, kind: FeedbagClass) -> tuple[SNACType, bytes]:
        """Return what makes the server turn to a list."""
        names = list(self._names[kind].values())
        if not names:
            return self._clearing(kind)
        return _KINDS[kind].add, names_to_bytes(names)

    def _clearing(self, kind: FeedbagClass) -> tuple[SNACType, bytes]:
        return _KINDS[kind].add, names_to_bytes([self._own_name()])
