"""The hot path of stepping: sending, receiving, pausing, and the loop that steps.

What runs once per message or once per step stands here and in `Axon.boxes`, and nowhere
else. The module knows no component, no asyncio and no clock but the one that ends a
slice, so that a compiled twin can take its place.

    task       what is stepped: the part of a microprocess that steps and messages touch
    runqueue   rounds of runnable tasks

States of a task: runnable (in the run queue once), asleep (`_axon_asleep` true, in no
queue), finished (`_axon_step` is `ended`). A task that asked to pause sleeps after its
step unless something was delivered to it since its last step ended; a message
for a sleeping task puts it into the next round.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from time import perf_counter
from typing import Any, Final, NoReturn

from Axon.boxes import postbox
from Axon.Ipc import ipc

__all__ = ["ended", "runqueue", "stepper", "task"]

CHUNK: Final = 32  # steps between two looks at the clock
SLICE: Final = 0.001  # seconds for which the run queue keeps the event loop waiting
ONE: Final = 1  # what nearly everybody yields


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

    _axon_pauses = True  # sleeps whenever it likes, see Axon.boxes
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
