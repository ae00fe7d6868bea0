"""Boxes: where messages wait, what leads there, and whom a message wakes.

Half of the hot path; the other half, stepping, is `Axon.kernel`. The module knows no
component, no asyncio and no clock, so that a compiled twin can take its place.

How a message travels: linkages are resolved when they are made, so every box knows
the function that stores a message at the end of its chain (`put`) and whom that wakes
(`receiver`). Chains of passthroughs cost nothing per message.

What owns a box has `_axon_asleep`, `_axon_woken` and `_axon_wake()`; and
`_axon_pauses`, true, if it may sleep for other reasons than a full box.
"""

from collections import deque
from collections.abc import Callable
from types import MethodType
from typing import Any, Final

from Axon.AxonExceptions import (
    AxonException,
    BoxAlreadyLinkedToDestination,
    noSpaceInBox,
)

__all__ = ["NOBODY", "changed", "postbox", "watchers"]

_EMPTY: Final[deque[Any]] = deque(maxlen=0)  # store of an inbox that is not used yet
_NOWHERE: Final[deque[Any]] = deque(maxlen=0)  # store of every outbox
_discard: Final = _NOWHERE.append  # holds nothing, whatever is appended

watchers: Final[list[Callable[[], object]]] = []  # called when the topology changes


def changed() -> None:
    """Tell those who watch that the topology changed."""
    for watcher in watchers[:]:
        watcher()


class _Nobody:
    """Owner of boxes that nobody reads: never sleeps, so is never woken."""

    __slots__ = ("_axon_asleep", "_axon_woken")

    def __init__(self) -> None:
        self._axon_asleep = False
        self._axon_woken = False

    def _axon_wake(self) -> None:
        """Do nothing."""


class _Callback:
    """Owner of a box made with a function: 'wakes' by calling it each time."""

    __slots__ = ("_axon_asleep", "_axon_wake", "_axon_woken")

    def __init__(self, function: Callable[[], object]) -> None:
        self._axon_asleep = True
        self._axon_woken = False
        self._axon_wake = function


class _Several:
    """The owners of several outboxes that lead to one inbox, woken together."""

    __slots__ = ("_axon_asleep", "_axon_woken", "owners")

    def __init__(self, owners: tuple[Any, ...]) -> None:
        self._axon_asleep = True
        self._axon_woken = False
        self.owners = owners

    def _axon_wake(self) -> None:
        """Wake those that sleep."""
        for owner in self.owners:
            if owner._axon_asleep:
                owner._axon_wake()


def _together(owners: tuple[Any, ...]) -> Any:
    """Return one thing to wake for all these owners."""
    if not owners:
        return NOBODY
    return owners[0] if len(owners) == 1 else _Several(owners)


def _apart(sender: Any) -> tuple[Any, ...]:
    """Return all the owners that are one thing to wake."""
    if sender is NOBODY:
        return ()
    return sender.owners if type(sender) is _Several else (sender,)


NOBODY: Final = _Nobody()


class _Extra:
    """What few boxes have: a limit, a tag to print messages under, and a count."""

    __slots__ = ("passed", "size", "tag")

    def __init__(self) -> None:
        self.size: int | None = None
        self.tag: str | None = None
        self.passed = 0


class postbox:
    """A place where messages wait (an inbox), or the way to one (an outbox).

    `append`, `pop` and `len` act on the box at the end of the chain that this box
    begins; an outbox that is linked to nothing drops what it gets.

    A server has dozens of boxes for each of thousands of connections: so a box keeps
    nothing for what it doesn't need, and an inbox has no store until it is used.

    Attributes:
        storage: messages stored in this very box, oldest first.
        target: the box this one is joined to, or None.
        put: function that stores a message at the end of the chain.
        receiver: whom a message put there wakes.
        owner: whose box this is.
        sender: owners of the outboxes that lead here, as one; woken when a message is
            taken.
    """

    __slots__ = (
        "_extra",
        "_sources",
        "owner",
        "put",
        "receiver",
        "sender",
        "storage",
        "target",
    )

    counting = False  # class-wide: count what passes (see Axon.Introspector)

    def __init__(
        self,
        notify: Any,
        is_inbox: bool = True,
        size: int | None = None,
    ) -> None:
        """Make a box that is joined to nothing.

        Args:
            notify: the task to wake, or a function to call instead: for an inbox when
                a message arrives, for an outbox when one of its messages is taken.
            is_inbox: whether messages can wait here.
            size: how many may wait; None for no limit.
        """
        self.storage = _EMPTY if is_inbox else _NOWHERE
        self.target: postbox | None = None
        self._sources: Any = None  # of none: None; of one: that one; else a tuple
        self._extra: _Extra | None = None
        self.receiver: Any = NOBODY
        self.own(notify if hasattr(notify, "_axon_asleep") else _as_owner(notify))
        if size is not None:
            self._more().size = size
        self.put: Callable[[Any], object] = self.entrance() if is_inbox else _discard

    def own(self, owner: Any) -> None:
        """Give the box to another owner: before it is joined to any other."""
        self.owner: Any = owner
        if self.is_inbox:
            self.sender: Any = NOBODY
            self.receiver = owner
        else:
            self.sender = owner

    @property
    def sink(self) -> "postbox":
        """The box at the end of the chain; this box itself if it has no target."""
        box = self
        while box.target is not None:
            box = box.target
        return box

    @property
    def is_inbox(self) -> bool:
        """Whether messages can wait here."""
        return self.storage is not _NOWHERE

    @property
    def sources(self) -> "tuple[postbox, ...]":
        """The boxes joined to this one."""
        found = self._sources
        if found is None:
            return ()
        return found if type(found) is tuple else (found,)

    @property
    def senders(self) -> tuple[Any, ...]:
        """The owners of the outboxes that lead here."""
        return _apart(self.sender)

    @property
    def size(self) -> int | None:
        """How many messages may wait in this very box; None for no limit."""
        return None if self._extra is None else self._extra.size

    @property
    def passed(self) -> int:
        """The messages that entered the chain here, counted while counting is on."""
        return 0 if self._extra is None else self._extra.passed

    def _more(self) -> _Extra:
        """Return what few boxes have, from now on this one too."""
        if self._extra is None:
            self._extra = _Extra()
        return self._extra

    def __len__(self) -> int:
        """Return the number of messages waiting at the end of the chain."""
        return len(self.sink.storage)

    def __repr__(self) -> str:
        return f"<postbox {list(self.storage)!r}>"

    def local_len(self) -> int:
        """Return the number of messages stored in this very box."""
        return len(self.storage)

    def append(self, message: Any) -> None:
        """Put a message into the box at the end of the chain and wake its owner.

        Raises:
            noSpaceInBox: that box is full.
        """
        self.put(message)
        receiver = self.receiver
        if receiver._axon_asleep:
            receiver._axon_wake()
        else:
            receiver._axon_woken = True

    def pop(self, index: int = 0) -> Any:
        """Take the oldest message of the box at the end of the chain.

        Raises:
            IndexError: no message waits there.
            ValueError: `index` is not 0.
        """
        if index != 0:
            raise ValueError(f"only the oldest message can be taken, not {index}")
        sink = self.sink
        message = sink.storage.popleft()
        if sink.sender._axon_asleep:
            sink.sender._axon_wake()
        return message

    def isFull(self) -> bool:
        """Return whether the box at the end of the chain has reached its limit."""
        sink = self.sink
        extra = sink._extra
        if extra is None or extra.size is None:
            return False
        return len(sink.storage) >= extra.size

    def setSize(self, size: int | None) -> int | None:
        """Limit how many messages may wait in this very box; None for no limit.

        Raises:
            ValueError: `size` is negative.
        """
        if size is not None and size < 0:
            raise ValueError(f"the limit of a box cannot be {size}")
        self._more().size = size
        if self.target is None:
            self.resolve()
        return size

    def getSize(self) -> int | None:
        """Return the limit of this very box."""
        return self.size

    def setShowTransit(self, show: bool = False, tag: str | None = None) -> None:
        """Print each message that enters here, under this tag, or stop doing so."""
        self._more().tag = (tag or "") if show else None
        self.resolve()

    # Storing. `entrance` of a box is the `put` of every box whose chain ends there.

    def entrance(self) -> Callable[[Any], object]:
        """Return the function that stores a message in this inbox.

        A box that was hardly used yet is that function itself: for all that lead here
        or for none of them, since `release` takes away a store that none of them knows.
        """
        if self.size is not None:
            return self._store_bounded
        if self.storage is _EMPTY or self.put is self:
            return self
        return self.storage.append

    def __call__(self, message: Any) -> None:
        """Store the first message, and the second: from then on the store does."""
        if self.storage is _EMPTY:
            self.storage = deque((message,))
        else:
            self.storage.append(message)
            self.put = self.storage.append  # no longer this box
            self.resolve()

    def _store_bounded(self, message: Any) -> None:
        """Store a message unless the box is full."""
        size = self.size
        if size is not None and len(self.storage) >= size:
            raise noSpaceInBox(len(self.storage), size)
        if self.storage is _EMPTY:
            self.storage = deque((message,))
        else:
            self.storage.append(message)

    def release(self) -> None:
        """Give back the store of this inbox, if nothing is in it; it may come again.

        For who has many boxes that are seldom used: an empty store takes 600 bytes.
        Whoever calls this before each pause pays little: only a store that is in
        constant use, of which the senders know, is left for `rest`.
        """
        if not self.storage and (self.put is self or type(self.put) is MethodType):
            self.storage = _EMPTY

    def rest(self) -> None:
        """Give back the store of this inbox, if nothing is in it, in any case."""
        if self.storage is _EMPTY:  # so it is with nearly all, every second
            return
        if self.is_inbox and not self.storage:
            self.storage = _EMPTY
            if self.target is None:
                self.resolve()

    def _observed(self, put: Callable[[Any], object]) -> Callable[[Any], object]:
        """Return `put` with counting and printing around it, for messages put here."""
        extra = self._more()

        def observed(message: Any) -> None:
            put(message)
            extra.passed += 1
            if extra.tag is not None:
                print(f"{extra.tag}: {message!r}")  # noqa: T201 - what it is for

        return observed

    # Joining.

    def resolve(self) -> None:
        """Tell this box and all that lead to it where their messages go."""
        sink = self.sink
        put: Callable[[Any], object]
        if sink.is_inbox:
            put, receiver = sink.entrance(), sink.owner
            if put == sink.put:
                put = sink.put  # one object for all, not one for each
        else:
            put, receiver = _discard, NOBODY
        pending = [self]
        while pending:
            box = pending.pop()
            box.receiver = receiver
            extra = box._extra
            observe = postbox.counting or (extra is not None and extra.tag is not None)
            box.put = box._observed(put) if observe else put
            pending += box.sources

    def _outbox_owners(self) -> tuple[Any, ...]:
        """Return the owners of the outboxes among this box and all that lead to it."""
        found: list[Any] = []
        pending = [self]
        while pending:
            box = pending.pop()
            if not (box.is_inbox or box.owner is NOBODY):
                found.append(box.owner)
            pending += box.sources
        return tuple(found)

    def addsource(self, newsource: "postbox") -> None:
        """Join `newsource` to this box; messages that wait in it move on.

        Raises:
            BoxAlreadyLinkedToDestination: `newsource` has a target already.
            AxonException: the chain would lead back to `newsource`.
        """
        if newsource.target is not None:
            raise BoxAlreadyLinkedToDestination(self, newsource.target, newsource)
        if self.sink is newsource:
            raise AxonException("passthrough linkages would run in a circle")
        newsource.target = self
        self._sources = (
            newsource if self._sources is None else (*self.sources, newsource)
        )
        sink = self.sink
        sink.sender = _together(sink.senders + newsource._outbox_owners())
        newsource.resolve()
        if newsource.storage:
            waiting, newsource.storage = newsource.storage, _EMPTY
            if sink.is_inbox:
                sink._take_over(waiting)
        if watchers:
            changed()

    def _take_over(self, waiting: deque[Any]) -> None:
        """Take messages that waited further up the chain, whatever the limit."""
        if self.storage is _EMPTY:
            self.storage = deque()
            self.resolve()
        self.storage.extend(waiting)
        self.receiver._axon_wake()

    def removesource(self, oldsource: "postbox") -> None:
        """Cut `oldsource` off; messages that it put further on stay there.

        Who waits for room there is woken: it waits for nothing now.

        Raises:
            ValueError: it is no source of this box.
        """
        sources = list(self.sources)
        sources.remove(oldsource)
        self._sources = sources[0] if len(sources) == 1 else tuple(sources) or None
        sink = self.sink
        senders = list(sink.senders)
        cut_off = oldsource._outbox_owners()
        for owner in cut_off:
            senders.remove(owner)
        sink.sender = _together(tuple(senders))
        full = sink.isFull()
        oldsource.target = None
        oldsource.sender = _together(cut_off)
        oldsource.resolve()
        for owner in cut_off:
            # Who doesn't pause sleeps only while it waits for room; callbacks always.
            pauses = getattr(owner, "_axon_pauses", False)
            waits = full if pauses else type(owner) is not _Callback
            if waits and owner._axon_asleep:
                owner._axon_wake()
        if watchers:
            changed()


def _as_owner(notify: Any) -> Any:
    """Return what a box wakes: nobody, or something that calls a function."""
    return NOBODY if notify is None else _Callback(notify)
