"""The scheduler: runs microprocesses in rounds, on an asyncio event loop.

    scheduler.run.runThreads()              block until everything has ended
    await scheduler.run.runThreadsAsync()   the same inside a running event loop
    next(scheduler.run.main())              one microprocess, one step

It steps what is runnable in slices of about a millisecond; between two slices the
event loop serves sockets and timers. When everything sleeps it waits in the event
loop, using no CPU, until a socket, a timer or another thread wakes something.

A microprocess is stepped in the thread of its scheduler only. `activate`, `unpause`,
`wakeThread`, `pauseThread` and `stop` may be called from any thread.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar, copy_context
from typing import Any, ClassVar

from Axon import kernel
from Axon.boxes import changed, watchers
from Axon.idGen import numId, strId
from Axon.Ipc import (
    WaitComplete,
    errorInformation,
    ipc,
    newComponent,
    notify,
    producerFinished,
    reactivate,
    shutdown,
    shutdownMicroprocess,
    status,
    wouldblock,
)
from Axon.Microprocess import FailureHandler, microprocess
from Axon.util import removeAll

# Most of these are here for programs that import them from here.
__all__ = [
    "WaitComplete",
    "errorInformation",
    "ipc",
    "microprocess",
    "newComponent",
    "new_event_loop",
    "notify",
    "numId",
    "producerFinished",
    "reactivate",
    "removeAll",
    "scheduler",
    "shutdown",
    "shutdownMicroprocess",
    "status",
    "strId",
    "time",
    "wouldblock",
]

logger = logging.getLogger(__name__)

_stepping: ContextVar["scheduler | None"] = ContextVar("stepping", default=None)
_inherited: ContextVar[FailureHandler | None] = ContextVar("inherited", default=None)


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Return a new event loop: uvloop's where it can be imported, else asyncio's."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _stepsItself(mprocess: Any) -> bool:
    """Return whether something is to be stepped by calling its own `__next__`.

    Whatever is no microprocess is, and a microprocess whose class overrides it.
    """
    if not isinstance(mprocess, microprocess):
        return True
    return type(mprocess).__next__ is not microprocess.__next__


class _Foreign(kernel.task):
    """What steps an object by its own `__next__`, or `next` if it has none."""

    __slots__ = ("original",)

    def __init__(self, original: Any) -> None:
        super().__init__()
        self.original = original
        self.onFailure: FailureHandler | None = getattr(original, "onFailure", None)
        self.name = repr(original)
        self.stop = original.stop
        self._closeDownMicroprocess = original._closeDownMicroprocess

        step = getattr(original, "__next__", None)
        self._next = original.next if step is None else step
        self._axon_step = self.send

    def send(self, value: Any = None, boxname: str = "") -> Any:
        """Step the object, as a generator is stepped."""
        return self._next()


class scheduler(microprocess):
    """Steps microprocesses until all have ended.

    Itself a microprocess, so schedulers can be nested.

    Attributes:
        run: (class) the default scheduler.
        threads: dict of every microprocess known, asleep or not -> its state.
        loop: the event loop that sockets, timers and tasks of its components use.
        time: `time.time()` as of the current round.
    """

    run: ClassVar[Any] = None
    _immortal: ClassVar[bool] = False
    debuggingon = False

    def __init__(self, **argd: Any) -> None:
        super().__init__()
        self._known: dict[Any, Any] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._told: set[Any] = set()  # those whose stop() was called from here
        self._queue = kernel.runqueue(
            self._special, self._finished, self._failed, self._kick
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._private = False  # whether `_loop` is ours to run and to close
        self._done: asyncio.Future[None] | None = None
        self._stopping = False
        self._waiting = False
        self._idle: threading.Event | None = None  # stays alive, says when it's idle
        self._active = False  # a run is in progress
        self._scheduled = False  # a slice is scheduled on the event loop
        self._inSlice = False  # stepping now, rather than the event loop's other work
        self._slowmo = 0.0
        self._timed = -1
        self._time = 0.0
        self._threadid: int | None = None  # of the thread that steps
        self._requests: deque[Callable[[], object]] = deque()  # from other threads
        self._blocked = False  # the generator form waits in its event loop
        self._lock = threading.Lock()
        if scheduler.run is None:
            scheduler.run = self

    # Which scheduler.

    @classmethod
    def current(cls) -> "scheduler":
        """Return the scheduler that is stepping the caller, else the default one."""
        stepping = _stepping.get()
        if stepping is not None and stepping._active:
            return stepping
        if scheduler.run is None:
            cls()
        running: scheduler = scheduler.run
        return running

    @classmethod
    def forAsync(cls) -> "scheduler":
        """Return the default scheduler if it isn't running, else a new one."""
        if scheduler.run is None:
            cls()
        default: scheduler = scheduler.run
        return cls() if default._active else default

    @staticmethod
    def refuseRunningLoop() -> None:
        """Raise RuntimeError if an event loop is running in this thread."""
        if asyncio._get_running_loop() is not None:
            raise RuntimeError(
                "an event loop is running in this thread: "
                "use `await component.runAsync()` instead of run() or runThreads()"
            )

    @classmethod
    def immortalise(cls) -> None:
        """From now on an Exception ends only the microprocess that raised it."""
        scheduler._immortal = True

    @classmethod
    def mortalise(cls) -> None:
        """From now on an Exception ends the run."""
        scheduler._immortal = False

    # What it knows.

    @property
    def threads(self) -> dict[Any, str]:
        """Every microprocess known -> "asleep" or "runnable"."""
        return {
            mprocess: "asleep" if item._axon_asleep else "runnable"
            for mprocess, item in list(self._known.items())
        }

    def listAllThreads(self) -> list[Any]:
        """Return every microprocess known, oldest first."""
        self.debuggingon = True
        return list(self._known)

    def isThreadPaused(self, mprocess: Any) -> bool:
        """Return whether a microprocess is asleep, or unknown."""
        item = self._known.get(mprocess)
        return item is None or item._axon_asleep

    @property
    def time(self) -> float:
        """Seconds since the epoch, as of the current round."""
        if self._timed != self._queue.rounds:
            self._timed = self._queue.rounds
            self._time = time.time()
        return self._time

    # Requests, from any thread.

    def _addThread(self, mprocess: Any) -> None:
        """Let a microprocess join the next round."""
        with self._lock:
            if mprocess in self._known:
                return
            item: Any = mprocess
            if _stepsItself(mprocess):
                item = _Foreign(mprocess)
            item._axon_queue = self._queue
            item._axon_step = item._axon_step or item._axonFirst
            self._known[mprocess] = item
            self._waiting = False
            if self._idle is not None:
                self._idle.clear()
            self._queue.arrivals.append(item)
        if self._queue.idle:
            self._kick()
        if watchers:
            changed()

    def wakeThread(self, mprocess: Any, canActivate: bool = False) -> None:  # noqa: N803
        """Wake a microprocess; an unknown one is ignored unless `canActivate`."""
        item = self._known.get(mprocess)
        if item is not None:
            self._inOurThread(item._axon_wake)
        elif canActivate:
            self._addThread(mprocess)

    def pauseThread(self, mprocess: Any) -> None:
        """Put a microprocess to sleep after its next step."""
        item = self._known.get(mprocess)
        if item is not None:
            self._inOurThread(item.pause)

    def waitForOne(self) -> None:
        """Do not end before at least one microprocess was activated."""
        self._waiting = True

    def stayAlive(self, idle: threading.Event) -> None:
        """Do not end when all has ended, but wait for more, until `stop()`.

        Args:
            idle: set when all that was activated has ended.
        """
        self._idle = idle
        self._waiting = not self._known

    def stop(self) -> None:
        """End the run after this round and stop every microprocess known."""
        self._stopping = self._queue.halt = True
        if self._axon_queue is not None:
            super().stop()
        self._kick()

    def callInThread(self, function: Callable[[], object]) -> None:
        """Call a function in the thread that steps; at once if this is that thread."""
        self._inOurThread(function)

    def _inOurThread(self, function: Callable[[], object]) -> None:
        """Call a function in the thread that steps."""
        loop = self._loop
        if self._threadid in (None, threading.get_ident()):
            function()
        elif loop is None:  # the generator form, without a loop
            self._requests.append(function)
            self._kick()
        else:
            try:
                loop.call_soon_threadsafe(function)
            except RuntimeError:  # the loop was closed: the run has ended
                function()

    # What the run queue reports.

    def _special(self, item: Any, request: ipc) -> None:
        """Act on what a microprocess yielded."""
        try:
            self._obey(item, request)
        except Exception as error:  # noqa: BLE001 - raised again in its next step
            item._axon_step = _raiser(error)
            item._axon_pausing = False

    def _obey(self, item: Any, request: ipc) -> None:
        """Do what a microprocess yielded."""
        if isinstance(request, WaitComplete):
            item._axon_suspended = item._axon_suspended or []
            item._axon_suspended.append(item._axon_step.__self__)
            item._axon_step = kernel.stepper(request.args[0])
            item._axon_pausing = False
        elif isinstance(request, newComponent):
            for new in request.components():
                new.activate(self)

    def _finished(self, item: Any) -> None:
        """Forget a microprocess that is over; report an error in its cleaning up."""
        try:
            self._forget(item)
        except Exception as error:
            if not self._contained(item, error):
                raise

    def _forget(self, item: Any) -> None:
        """Forget a microprocess that is over, after it cleaned up."""
        mprocess = getattr(item, "original", item)
        self._known.pop(mprocess, None)
        try:
            try:
                self._stopOnce(item)
            finally:  # others wait for its end, whatever its stop() makes of it
                item._axon_over = True
                knockon = item._closeDownMicroprocess()
        finally:
            self._told.discard(item)
            item._axon_step = kernel.ended
            item._axon_queue = None
            item.__dict__.pop("scheduler", None)
            if watchers:
                changed()
        if knockon is not None:
            self.handleMicroprocessShutdownKnockon(knockon)

    def _stopOnce(self, item: Any) -> None:
        """Call a microprocess's `stop()`, unless this did so already."""
        if item not in self._told:
            self._told.add(item)
            item.stop()

    def handleMicroprocessShutdownKnockon(self, knockon: Any) -> None:
        """Act on what `_closeDownMicroprocess` returned."""
        if isinstance(knockon, reactivate):
            self._addThread(knockon.original)
        elif isinstance(knockon, shutdownMicroprocess):
            for mprocess in knockon.microprocesses():
                mprocess.stop()

    def _failed(self, item: Any, error: BaseException) -> None:
        """Report an exception that left a microprocess: end the run, or go on.

        Raises:
            BaseException: the error, unless it has a handler (`onFailure`) or the
                schedulers are immortal.
        """
        _explain(item, error)
        if isinstance(error, Exception) and item.onFailure is not None:
            self._finished(item)
            self._contained(item, error)
            return
        if scheduler._immortal and isinstance(error, Exception):
            logger.error("%s ended by an error", item.name, exc_info=error)
            self._finished(item)
            return
        try:
            self._finished(item)
        except Exception as second:  # noqa: BLE001 - the first error is the cause
            error.add_note(f"cleaning up after it failed as well: {second!r}")
        raise error

    def _contained(self, item: Any, error: Exception) -> bool:
        """Tell a microprocess's failure handler; return whether it has one."""
        if item.onFailure is None:
            return False
        item.onFailure(getattr(item, "original", item), error)
        return True

    def failureHandler(self) -> FailureHandler | None:
        """Return the handler that what is activated now inherits.

        It is that of the microprocess which is stepping, or whose Task is running.
        """
        if not self._inSlice or self._threadid not in (None, threading.get_ident()):
            return _inherited.get()
        item: Any = self._queue.stepping()
        handler: FailureHandler | None = getattr(item, "onFailure", None)
        return handler

    # Running: rounds in slices on an event loop.

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop this runs on, for components that use sockets or timers."""
        if self._loop is None and self._axon_queue is not None:
            self._loop = self.scheduler.loop  # we are stepped by another scheduler
        elif self._loop is None:
            self.adoptLoop(new_event_loop())
        assert self._loop is not None
        return self._loop

    def adoptLoop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run on this event loop, which is ours to run and to close from now on."""
        self._loop = loop
        self._threadid = threading.get_ident()
        self._private = True

    def createTask(
        self, work: Coroutine[Any, Any, Any], name: str, *, inherits: bool = True
    ) -> Any:
        """Run a coroutine on the event loop; the run doesn't end before it has ended.

        Args:
            work: what to run.
            name: name of the Task.
            inherits: whether what it activates has the failure handler of the
                microprocess that calls this; without, a context less is kept.

        Returns:
            The asyncio.Task. It is cancelled when the run is stopped.
        """
        context = copy_context()
        if context.get(_stepping) is not self:
            context.run(_stepping.set, self)
        handler = self.failureHandler() if inherits else None
        if context.get(_inherited) is not handler:
            context.run(_inherited.set, handler)
        made = self.loop.create_task(work, name=name, context=context)
        self._tasks.add(made)
        made.add_done_callback(self._taskDone)
        return made

    def _taskDone(self, done: asyncio.Task[Any]) -> None:
        """Forget a task; the run may end now."""
        self._tasks.discard(done)
        self._kick()

    def _kick(self) -> None:
        """Have the event loop run a slice soon. May be called from any thread."""
        self._queue.idle = False
        loop = self._loop
        if self._axon_queue is not None:  # we are stepped by another scheduler
            self.unpause()
            return
        if self._blocked and loop is not None:
            loop.call_soon_threadsafe(loop.stop)
            return
        if loop is None or self._done is None:
            return
        if threading.get_ident() == self._threadid:
            self._schedule()
            return
        try:
            loop.call_soon_threadsafe(self._schedule)
        except RuntimeError:  # the loop was closed: the run has ended
            logger.debug("woken after the end of the run")

    def _schedule(self, delay: float = 0.0) -> None:
        """Schedule a slice, unless one is scheduled."""
        if self._scheduled or self._loop is None or self._done is None:
            return
        self._scheduled = True
        if delay:
            self._loop.call_later(delay, self._slice, context=self._context)
        else:
            self._loop.call_soon(self._slice, context=self._context)

    def _slice(self) -> None:
        """Step for about a millisecond, then give the event loop its turn."""
        self._scheduled = False
        done = self._done
        if done is None or done.done():
            return
        try:
            if self._stopping:
                self._stopAll()
            self._inSlice = True
            more = self._oneRound() if self._slowmo else self._queue.run()
        except BaseException as error:  # noqa: BLE001 - leaves through the run
            done.set_exception(_carried(error))
            return
        finally:
            self._inSlice = False
        if not (self._known or self._waiting or self._tasks):
            if self._idle is None:
                done.set_result(None)
            else:
                self._idle.set()
        elif more or self._stopping:
            self._schedule(self._slowmo)

    def _oneRound(self) -> bool:
        """Step one round; return whether there is more to step."""
        self._queue.go_on()
        while self._queue.step_one():
            pass
        return not self._queue.fall_idle()

    def _stopAll(self) -> None:
        """Stop every microprocess known; each ends at its next turn."""
        self._queue.halt = self._waiting = False
        self._idle = None
        for item in list(self._known.values()):
            try:
                self._stopOnce(item)
            except Exception:
                logger.exception("%s: its stop() failed", item.name)
        for running in list(self._tasks):
            running.cancel()

    def runThreads(self, slowmo: float = 0) -> None:
        """Run until every microprocess has ended.

        Args:
            slowmo: seconds to wait after each round.

        Raises:
            RuntimeError: an event loop is running in this thread; await
                `runThreadsAsync` or `component.runAsync`.
            Exception: what left the `main` of a microprocess. All others have been
                stopped then.
        """
        self.refuseRunningLoop()
        if self._private:
            assert self._loop is not None
            self._drive(self._loop, slowmo)
            return
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            runner.run(self.runThreadsAsync(slowmo))

    def _drive(self, loop: asyncio.AbstractEventLoop, slowmo: float) -> None:
        """Run to the end on the private loop that the generator form used."""
        try:
            loop.run_until_complete(self.runThreadsAsync(slowmo))
        finally:
            self._closePrivate()

    async def runThreadsAsync(self, slowmo: float = 0) -> None:
        """Do as `runThreads` does, inside a running event loop.

        Cancelling it stops every microprocess.

        Raises:
            RuntimeError: this scheduler is running already.
            Exception: what left the `main` of a microprocess.
        """
        loop = asyncio.get_running_loop()
        if self._active:
            raise RuntimeError(f"{self.name} is running already")
        if self._loop is not None and self._loop is not loop:
            raise RuntimeError(f"{self.name} was begun on another event loop")
        self._loop, self._threadid, self._slowmo = loop, threading.get_ident(), slowmo
        self._active = True
        while self._requests:
            self._requests.popleft()()
        self._done = loop.create_future()
        self._context = copy_context()
        self._context.run(_stepping.set, self)
        try:
            self._schedule()
            await self._done
        finally:
            await self._windUp()

    async def _windUp(self) -> None:
        """Stop what is left after an error or a cancellation; forget the loop."""
        try:
            self._stopAll()
            self._done = None
            while self._known or self._tasks:
                self._context.run(self._drain)
                if self._tasks:
                    await asyncio.wait(self._tasks)
        finally:
            self._done = None
            self._active = self._stopping = self._scheduled = False
            self._queue.idle = self._queue.halt = False
            if not self._private:
                self._loop = self._threadid = None

    def _drain(self) -> None:
        """Step what was stopped to its end; further errors are logged."""
        while self._queue:
            try:
                self._queue.run(kernel.SLICE)
            except Exception:
                logger.exception("while stopping")
            self._stopAll()
        for item in list(self._known.values()):  # stopped, but never woken
            item._axon_asleep = False
            self._finished(item)

    # Running: one step at a time.

    def main(
        self, slowmo: float = 0, canblock: bool = False
    ) -> Generator[int, None, None]:
        """Yield after each step of a microprocess and after each round.

        Between rounds the event loop, if something uses it, runs without blocking.
        Ends when no microprocess is left.

        Args:
            slowmo: seconds to wait after each round.
            canblock: wait when everything sleeps, instead of yielding again.
        """
        queue = self._queue
        nested = self._axon_queue is not None
        self._active, self._threadid = True, threading.get_ident()
        try:
            while self._known or self._waiting or self._tasks:
                while self._requests:
                    self._requests.popleft()()
                if self._stopping:
                    self._stopAll()
                queue.go_on()
                while self._stepInContext():
                    yield 1
                if self._private:
                    self._pump()
                if self._known or self._waiting or self._tasks:
                    self._takeABreak(slowmo, canblock)
                yield 1
        finally:
            if self._stopping:
                self._stopAll()
            self._active = self._stopping = queue.halt = queue.idle = False
            self._threadid = None
            if self._private and not self._known and not self._tasks:
                self._closePrivate()
            elif nested:
                self._loop = None

    def _takeABreak(self, slowmo: float, canblock: bool) -> None:
        """Wait after a round, if there is reason to."""
        if slowmo:
            time.sleep(slowmo)
        elif self._axon_queue is not None and self._queue.fall_idle():
            self._axon_pausing = True
        elif canblock and self._queue.fall_idle():
            self._block()

    def _block(self) -> None:
        """Wait in the private event loop until something becomes runnable."""
        loop = self.loop
        self._blocked = True
        try:
            if self._queue.idle:
                loop.run_forever()
        finally:
            self._blocked = self._queue.idle = False

    def _stepInContext(self) -> bool:
        """Step one microprocess, as the scheduler that `current()` finds."""
        token = _stepping.set(self)
        self._inSlice = True
        try:
            return self._queue.step_one()
        finally:
            self._inSlice = False
            _stepping.reset(token)

    def _pump(self) -> None:
        """Let the private event loop do what is ready, without waiting."""
        assert self._loop is not None
        self._loop.call_soon(self._loop.stop)
        self._loop.run_forever()

    def _closePrivate(self) -> None:
        """Close the private event loop."""
        loop, self._loop, self._private = self._loop, None, False
        self._threadid = None
        if loop is not None:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()


def _raiser(error: Exception) -> Callable[[Any], Any]:
    """Return a step that raises an error."""

    def step(_: Any) -> Any:
        raise error

    return step


def _carried(error: BaseException) -> BaseException:
    """Return an error that a future can carry: StopIteration cannot."""
    if isinstance(error, StopIteration):
        return RuntimeError(f"a microprocess raised {error!r}")
    return error


def _explain(item: Any, error: BaseException) -> None:
    """Add to an error where it happened: component, boxes, linkages."""
    if not hasattr(error, "add_note"):
        return
    lines = [f"in {item.name}"]
    for kind in ("inboxes", "outboxes"):
        for name, box in (getattr(item, kind, None) or {}).items():
            joined = f", {len(box.sources)} linked in" if box.sources else ""
            leads = ", linked on" if box.target is not None else ""
            waiting = f"{box.local_len()} waiting" if box.is_inbox else "outbox"
            lines.append(f"  {name!r}: {waiting}{joined}{leads}")
            lines += [f"    {_short(message)}" for message in list(box.storage)[:3]]
    error.add_note("\n".join(lines))


def _short(message: Any) -> str:
    """Return what a message is, in a line; no more than its kind if it may be big."""
    text = repr(message)
    return text if len(text) <= 100 else text[:97] + "..."


microprocess.setSchedulerClass(scheduler)
scheduler()
