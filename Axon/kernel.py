"""The hot path: boxes, sending, receiving, pausing, and the loop that steps.

Everything that runs once per message or once per step stands here and nowhere else.
The module knows no component, no asyncio and no clock but the one that ends a slice,
so that a compiled twin can take its place.

    postbox    a place where messages wait, or a way to one
    task       what is stepped: the part of a microprocess that steps and messages touch
    runqueue   rounds of runnable tasks

How a message travels: linkages are resolved when they are made, so every box knows
the function that stores a message at the end of its chain (`put`) and whom that wakes
(`receiver`). Chains of passthroughs cost nothing per message.

States of a task: runnable (in the run queue once), asleep (`_axon_asleep` true, in no
queue), finished (`_axon_step` is `ended`). A task that asked to pause sleeps after its
step unless something was delivered to it since its last step ended; a message
for a sleeping task puts it into the next round.
"""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from time import perf_counter
from types import MethodType
from typing import Any, Final, NoReturn

from Axon.AxonExceptions import (
    AxonException,
    BoxAlreadyLinkedToDestination,
    noSpaceInBox,
)
from Axon.Ipc import ipc

__all__ = [
    "NOBODY",
    "changed",
    "ended",
    "postbox",
    "runqueue",
    "stepper",
    "task",
    "watchers",
]

CHUNK: Final = 32  # steps between two looks at the clock
SLICE: Final = 0.001  # seconds for which the run queue keeps the event loop waiting
ONE: Final = 1  # what nearly everybody yields

_EMPTY: Final[deque[Any]] = deque(maxlen=0)  # store of an inbox that is not used yet
_NOWHERE: Final[deque[Any]] = deque(maxlen=0)  # store of every outbox
_discard: Final = _NOWHERE.append  # holds nothing, whatever is appended


watchers: Final[list[Callable[[], object]]] = []  # called when the topology changes


def changed() -> None:
    """Tell those who watch that the topology changed."""
    for watcher in watchers[:]:
        watcher()


def ended(value: Any = None) -> NoReturn:
    """Step of a task that is over."""
    raise StopIteration


class _Plain:
    """An iterator that can be stepped like a generator."""

    __slots__ = ("_iterator",)

    def __init__(self, iterator: Iterator[Any]) -> None:
        self._iterator = iterator

    def send(self, value: Any) -> Any:
        """Return the next item; the value is dropped."""
        return next(self._iterator)


def stepper(thread: Any) -> Callable[[Any], Any]:
    """Return the function that steps a generator or another iterator.

    Raises:
        TypeError: it is neither.
    """
    send: Callable[[Any], Any] | None = getattr(thread, "send", None)
    if send is None:
        send = _Plain(iter(thread)).send
    return send


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

        A box that is not used yet is that function itself.
        """
        if self.size is not None:
            return self._store_bounded
        return self if self.storage is _EMPTY else self.storage.append

    def __call__(self, message: Any) -> None:
        """Store the first message, and the second: from then on the store does."""
        if self.storage is _EMPTY:
            self.storage = deque((message,))
        else:
            self.storage.append(message)
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
        if self.is_inbox and self.storage is not _EMPTY and not self.storage:
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
            # Others than tasks sleep only while they wait for room; callbacks always.
            waits = full if isinstance(owner, task) else type(owner) is not _Callback
            if waits and owner._axon_asleep:
                owner._axon_wake()
        if watchers:
            changed()


def _as_owner(notify: Any) -> Any:
    """Return what a box wakes: nobody, or something that calls a function."""
    return NOBODY if notify is None else _Callback(notify)


class task:
    """What steps and messages touch of a microprocess.

    Its own attributes are named so that a component may call its own what it likes:
    `self.queue`, `self.step`, `self.first` ...

    Attributes:
        _axon_step: function that gets None, runs to the next yield and returns what was
            yielded; raises StopIteration at the end.
        _axon_suspended: generators that wait for the one that runs now (WaitComplete).
        _axon_queue: the run queue it belongs to; None before activation and at the end.
        _axon_asleep: whether it waits to be woken, in no queue.
        _axon_pausing: whether it asked to sleep after this step.
        _axon_woken: whether something was delivered since its last step ended.
        inboxes: name -> postbox.
        outboxes: name -> postbox.
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_axon_asleep",
        "_axon_pausing",
        "_axon_queue",
        "_axon_step",
        "_axon_suspended",
        "_axon_woken",
        "inboxes",
        "outboxes",
    )

    inboxes: dict[str, postbox]
    outboxes: dict[str, postbox]
    _axon_queue: "runqueue | None"
    _axon_step: Callable[[Any], Any] | None
    _axon_suspended: list[Any] | None

    def __init__(self) -> None:
        self._axon_asleep = False
        self._axon_pausing = False
        self._axon_woken = False
        self._axon_queue = None
        self._axon_step = None
        self._axon_suspended = None

    def wake(self) -> None:
        """Take part in the next round. To be called in the scheduler's thread only."""
        self._axon_wake()

    def _axon_wake(self) -> None:
        """Do what `wake` does, whatever a subclass calls `wake`."""
        if self._axon_asleep:
            self._axon_asleep = False
            queue = self._axon_queue
            if queue is not None:
                queue.arrivals.append(self)
                if queue.idle:
                    queue.kick()
        else:
            self._axon_woken = True

    def pause(self) -> None:
        """Sleep after this step unless something was delivered since the last one.

        A message for an inbox, a message of ours taken at the far end, or the end of
        a child wakes it.
        """
        self._axon_pausing = True

    def send(self, message: Any, boxname: str = "outbox") -> None:
        """Put a message into the inbox that the outbox leads to, at once.

        Raises:
            KeyError: there is no such outbox.
            noSpaceInBox: that inbox is full; the message was not stored.
        """
        box = self.outboxes[boxname]
        put = box.put  # by itself: calling what a slot holds is slower in one go
        put(message)
        receiver = box.receiver
        if receiver._axon_asleep:
            receiver._axon_wake()
        else:
            receiver._axon_woken = True

    def recv(self, boxname: str = "inbox") -> Any:
        """Take the oldest message from an inbox.

        Raises:
            IndexError: the inbox is empty.
            KeyError: there is no such inbox.
        """
        box = self.inboxes[boxname]
        try:
            message = box.storage.popleft()
        except IndexError:
            if box.target is None:
                raise
            return box.pop()
        sender = box.sender
        if sender._axon_asleep:
            sender._axon_wake()
        return message

    def dataReady(self, boxname: str = "inbox") -> int:
        """Return the number of messages that wait in an inbox.

        Raises:
            KeyError: there is no such inbox.
        """
        return len(self.inboxes[boxname].storage)

    def anyReady(self) -> str | bool:
        """Return the name of the first inbox with a message, else False.

        A box whose name is empty is reported as True.
        """
        for name, box in self.inboxes.items():
            if box.storage:
                return name or True
        return False

    def Inbox(self, boxname: str = "inbox") -> Iterator[Any]:
        """Yield messages from an inbox until it is empty."""
        box = self.inboxes[boxname]
        while box.storage:
            yield self.recv(boxname)


class runqueue:
    """Rounds of runnable tasks.

    A round steps what was runnable at its start, in the order of the last round; what
    was activated or woken meanwhile joins the next.

    Args:
        special: called with the task and what it yielded, when that is an ipc.
        finished: called with a task that is over.
        failed: called with a task and the exception that left it.
        kick: called when a task becomes runnable while `idle` is true.
    """

    __slots__ = (
        "_current",
        "_following",
        "_rest",
        "arrivals",
        "failed",
        "finished",
        "halt",
        "idle",
        "kick",
        "rounds",
        "special",
        "watch",
    )

    def __init__(
        self,
        special: Callable[[Any, ipc], None],
        finished: Callable[[Any], None],
        failed: Callable[[Any, BaseException], None],
        kick: Callable[[], None],
    ) -> None:
        self.special = special
        self.finished = finished
        self.failed = failed
        self.kick = kick
        self.idle = False
        self.halt = False  # `run` returns before the next round
        self.rounds = 0  # rounds begun
        self.arrivals: list[task] = []  # join the next round
        self.watch: Callable[[task], Any] | None = None  # steps in place of `task.step`
        self._current: list[task] = []  # all of this round
        self._rest: Iterator[task] = iter(())  # what this round has still to step
        self._following: list[task] = []  # stays runnable after its step

    def __bool__(self) -> bool:
        """Return whether anything is runnable."""
        return bool(
            self._following or self.arrivals or self._rest.__length_hint__()  # type: ignore[attr-defined]
        )

    def begin_round(self) -> int:
        """Begin the next round and return how many tasks are in it."""
        current = self._following
        arrivals = self.arrivals
        if arrivals:
            count = len(arrivals)  # other threads append: take just what is here now
            current += arrivals[:count]
            del arrivals[:count]
        self._following = []
        self._current = current
        self._rest = iter(current)
        self.rounds += 1
        return len(current)

    def go_on(self) -> int:
        """Begin the next round, unless one was left half done; return what is in it."""
        left: int = self._rest.__length_hint__()  # type: ignore[attr-defined]
        return left or self.begin_round()

    def fall_idle(self) -> bool:
        """If nothing is runnable, set `idle` and return True.

        Then the next task that becomes runnable calls `kick`.
        """
        if self:
            return False
        self.idle = True
        if not self.arrivals:  # looked at after `idle` was set, see `_axon_wake`
            return True
        self.idle = False
        return False

    def stepping(self) -> task | None:
        """Return the task whose step was begun last in this round, if there is one.

        During a step that is the one that steps. Found by how far the round has got,
        so that stepping pays nothing for it.
        """
        current = self._current
        begun = len(current) - self._rest.__length_hint__()  # type: ignore[attr-defined]
        return current[begun - 1] if begun else None

    def step_one(self) -> bool:
        """Step the next task of this round; return False if the round is over."""
        for item in islice(self._rest, 1):
            self._step(item)
            return True
        return False

    def _step(self, item: task) -> None:
        """Step one task: the loop of `run`, one turn of it."""
        try:
            result = self.watch(item) if self.watch else item._axon_step(None)  # type: ignore[misc]
        except StopIteration as stop:
            self._over(item, stop)
            return
        except BaseException as error:  # noqa: BLE001 - handed on, never swallowed
            self._broken(item, error)
            return
        if result is not ONE and isinstance(result, ipc):
            self.special(item, result)
        self._settle(item)

    def _settle(self, item: task) -> None:
        """Queue a task again after its step, or let it sleep."""
        if item._axon_pausing:
            item._axon_pausing = False
            if item._axon_woken:
                item._axon_woken = False
            else:
                item._axon_asleep = True
                return
        else:
            item._axon_woken = False
        self._following.append(item)

    def _over(self, item: task, stop: StopIteration) -> None:
        """End a task, or resume the generator that waited for the one that ended."""
        if not item._axon_suspended or item._axon_step is ended:
            self.finished(item)
            return
        outer = item._axon_suspended.pop()
        item._axon_pausing = False
        item._axon_step = outer.send
        if stop.value is not None:
            item._axon_step = _once(item, outer, outer.send, stop.value)
        self._following.append(item)

    def _broken(self, item: task, error: BaseException) -> None:
        """Throw an error into the generator that waits, else report it."""
        if (
            item._axon_suspended
            and item._axon_step is not ended
            and isinstance(error, Exception)
        ):
            outer = item._axon_suspended.pop()
            item._axon_step = outer.send
            if hasattr(outer, "throw"):
                item._axon_step = _once(item, outer, outer.throw, error)
                self._following.append(item)
                return
        self.failed(item, error)

    def run(self, seconds: float = SLICE) -> bool:  # noqa: C901 - one loop, inlined
        """Step rounds until nothing is runnable or the time is up.

        Returns:
            Whether anything is still runnable. If not, `idle` is set: the next task
            that becomes runnable calls `kick`.
        """
        self.idle = False
        deadline = perf_counter() + seconds
        credit = CHUNK
        one = ONE
        size = self._rest.__length_hint__()  # type: ignore[attr-defined]
        while True:
            if not size:
                size = self.begin_round()
                if not size:
                    self.idle = True
                    if not self.arrivals:  # looked at after `idle` was set, see `wake`
                        return False
                    self.idle = False
                    continue
                if self.halt:
                    return True
            if self.watch is not None:
                return self._run_watched(deadline)
            keep = self._following.append
            rest = self._rest if size <= CHUNK else islice(self._rest, CHUNK)
            for item in rest:
                try:
                    step: Any = item._axon_step
                    result = step(None)
                except StopIteration as stop:
                    self._over(item, stop)
                    continue
                except BaseException as error:  # noqa: BLE001 - handed on
                    self._broken(item, error)
                    continue
                if result is not one and isinstance(result, ipc):
                    self.special(item, result)
                if item._axon_pausing:
                    item._axon_pausing = False
                    if item._axon_woken:
                        item._axon_woken = False
                        keep(item)
                    else:
                        item._axon_asleep = True
                else:
                    item._axon_woken = False
                    keep(item)
            if size <= CHUNK:
                credit -= size
                size = 0
            else:
                credit -= CHUNK
                size -= CHUNK
            if credit <= 0:
                if perf_counter() > deadline:
                    return True
                credit = CHUNK

    def _run_watched(self, deadline: float) -> bool:
        """Do as `run` does, one step at a time, through `watch`."""
        while perf_counter() <= deadline and not self.halt:
            if self.step_one() or self.begin_round():
                continue
            if self.fall_idle():
                return False
        return True


def _once(
    item: task, outer: Any, resume: Callable[[Any], Any], value: Any
) -> Callable[[Any], Any]:
    """Return a step that resumes `outer` with a value once, then goes on as usual."""

    def step(_: Any) -> Any:
        item._axon_step = outer.send
        return resume(value)

    return step
