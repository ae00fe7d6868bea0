"""Microprocesses: what a scheduler runs, a generator with a name and a life.

made        no scheduler knows it
activated   stepped in rounds, or asleep until woken
stopped     over: its generator ended, or somebody called stop()
"""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from types import GeneratorType
from typing import Any, ClassVar, Self

from Axon import Ipc, kernel
from Axon.idGen import idToString, numId

__all__ = ["FailureHandler", "Lazy", "microprocess"]

logger = logging.getLogger(__name__)

# Called with the microprocess that failed and the exception that left it.
FailureHandler = Callable[[Any, Exception], object]


class Lazy:
    """An attribute made when it is first read, then an ordinary one.

    A hundred thousand components that never use it pay nothing for it.

    Args:
        make: function that gets the owner and returns the value.
    """

    __slots__ = ("_make", "_name")

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        if owner is None:
            return self
        value = self._make(owner)
        setattr(owner, self._name, value)
        return value


class _NoScheduler:
    """The scheduler of a microprocess that has none: ignores every request."""

    time = 0.0

    def wakeThread(self, mprocess: Any, canActivate: bool = False) -> None:  # noqa: N803
        """Do nothing."""

    def pauseThread(self, mprocess: Any) -> None:
        """Do nothing."""

    def callInThread(self, function: Any) -> None:
        """Do nothing: whom it was to wake has ended, or has not begun."""

    def isThreadPaused(self, mprocess: Any) -> bool:
        """Return False: what nobody runs doesn't sleep either."""
        return False


def _makeTracker(owner: Any) -> Any:
    """Return the default tracker."""
    return type(owner).trackerClass.getcat()


def _makeDebugger(owner: Any) -> Any:
    """Return the debugger that all microprocesses share."""
    from Axon.debug import shared

    return shared()


class microprocess(kernel.task):
    """A generator that a scheduler steps.

    Args:
        thread: a generator to run instead of `main`.
        closeDownValue: what `_closeDownMicroprocess` returns.
        tag: text added to the name.

    Attributes:
        id: number, unique among all objects of Axon.
        name: `<module>.<Class>_<id>` and the tag.
        scheduler: who runs it; before activation something that ignores requests.
        tracker: the name service (Axon.CoordinatingAssistantTracker).
        onFailure: called with this microprocess and the Exception that left it, in
            place of ending the run; None ends the run. What a microprocess activates
            inherits it, unless it has one of its own.
    """

    schedulerClass: ClassVar[Any] = None  # set by Axon.Scheduler
    trackerClass: ClassVar[Any] = None  # set by Axon.CoordinatingAssistantTracker
    onFailure: FailureHandler | None = None
    init = 1
    closeDownValue: Any = 0
    scheduler: Any = _NoScheduler()
    name: Any = Lazy(
        lambda self: idToString(self, self.id) + self.__dict__.get("_axon_tag", "")
    )
    tracker: Any = Lazy(_makeTracker)
    debugger: Any = Lazy(_makeDebugger)
    _axon_mainmethod = "main"
    _axon_thread: Any = None
    _axon_over = False  # stopped, or ended

    def __init__(
        self,
        thread: Any = None,
        closeDownValue: Any = 0,  # noqa: N803
        tag: str = "",
    ) -> None:
        super().__init__()
        self.id = numId()
        if thread is not None:
            self._axon_thread = thread
        if closeDownValue != 0:
            self.closeDownValue = closeDownValue
        if tag:
            self._axon_tag = tag

    def __str__(self) -> str:
        return str(self.name)

    @classmethod
    def setSchedulerClass(cls, newSchedulerClass: Any) -> None:  # noqa: N803
        """Use another class of schedulers for what is activated from now on."""
        cls.schedulerClass = newSchedulerClass

    @classmethod
    def setTrackerClass(cls, newTrackerClass: Any) -> None:  # noqa: N803
        """Use another class of trackers for what is made from now on."""
        cls.trackerClass = newTrackerClass

    # Life.

    def activate(
        self,
        Scheduler: Any = None,  # noqa: N803
        Tracker: Any = None,  # noqa: N803
        mainmethod: str = "main",
    ) -> Self:
        """Hand this microprocess to a scheduler; it joins the next round.

        May be called from any thread. A second call changes nothing.

        Args:
            Scheduler: who runs it; without one, the scheduler that is stepping the
                caller, else the default one, `scheduler.run`. Anything will do that
                has `_addThread`, `wakeThread`, `pauseThread` and `isThreadPaused`.
            Tracker: name service to use instead of the default one.
            mainmethod: name of the method to run.

        Returns:
            The microprocess itself.
        """
        if self._axon_queue is not None:
            return self
        if mainmethod != "main":
            self._axon_mainmethod = mainmethod
        if Tracker is not None:
            self.tracker = Tracker
        runner = Scheduler or self._axonRunner()
        if not isinstance(runner, microprocess):
            self.pause = partial(runner.pauseThread, self)  # type: ignore[method-assign]
        elif self.onFailure is None:
            handler = runner.failureHandler()  # type: ignore[attr-defined]
            if handler is not None:
                self.onFailure = handler
        self.scheduler = runner
        runner._addThread(self)
        return self

    def _axonRunner(self) -> Any:
        """Return who runs what is activated without naming a scheduler."""
        kind = self.schedulerClass
        return kind.current() if hasattr(kind, "current") else kind.run

    def run(self) -> None:
        """Activate this, then run everything that is activated until all has ended.

        Raises:
            RuntimeError: an event loop is running in this thread; await `runAsync`.
        """
        self.schedulerClass.refuseRunningLoop()
        self.activate(self.schedulerClass.run)
        self.schedulerClass.run.runThreads()

    async def runAsync(self) -> None:
        """Do as `run` does, inside an asyncio program that is running already.

        Uses the default scheduler if that is idle, so that what was activated before
        runs too; else a scheduler of its own.

        Raises:
            Exception: what left the `main` of a microprocess.
        """
        runner = self.schedulerClass.forAsync()
        self.activate(runner)
        await runner.runThreadsAsync()

    def main(self) -> Any:
        """Return the generator to step: to be overridden."""
        return _nothing()

    def _axonBegin(self) -> None:
        """Make the generator that is stepped.

        Raises:
            TypeError: the main method returned something that cannot be stepped.
        """
        thread = self._axon_thread
        if thread is None:
            thread = getattr(self, self._axon_mainmethod)()
        try:
            self._axon_step = kernel.stepper(thread)
        except TypeError:
            raise TypeError(
                f"{self.name}.{self._axon_mainmethod}() returned {thread!r}, which "
                "cannot be stepped: a main method must contain a yield, or be "
                "`async def` in an asynccomponent"
            ) from None

    def _axonFirst(self, value: None = None) -> Any:
        """Make the generator, then run its first step."""
        self._axonBegin()
        return self._axon_step(value)  # type: ignore[misc]

    def __next__(self) -> Any:
        """Run one step by hand, for tests; without a scheduler.

        Returns:
            What was yielded; None once after `stop()`.

        Raises:
            StopIteration: it has ended.
        """
        if self._axon_step is None:
            if self._axon_over:
                self._axon_step = kernel.ended
                return None
            self._axonBegin()
        assert self._axon_step is not None
        self._axon_pausing = self._axon_woken = False
        try:
            return self._axon_step(None)
        except StopIteration:
            self._axon_step = kernel.ended
            self._axon_over = True
            raise

    next = __next__

    def __iter__(self) -> Iterator[Any]:
        return self

    def stop(self) -> None:
        """End for good: the next turn, if there is one, ends it.

        Programs override this to clean up, and call `super().stop()`. It is called at
        a normal end as well as by `scheduler.stop()`.
        """
        if self._axon_over:
            return
        self._axon_over = True
        self._axonRelease()

    def _axonRelease(self) -> None:
        """Let the generator go; if it isn't running now, its `finally` runs here."""
        step, self._axon_step = (
            self._axon_step,
            kernel.ended if self._axon_queue is not None else None,
        )
        for thread in (getattr(step, "__self__", None), *(self._axon_suspended or ())):
            if isinstance(thread, GeneratorType) and not thread.gi_running:
                _close(thread, self)
        self._axon_suspended = None
        self._axon_wake()

    def _isStopped(self) -> bool:
        """Return whether it ended or was stopped."""
        return self._axon_over

    def _isRunnable(self) -> bool:
        """Return whether it isn't asleep."""
        return not self.scheduler.isThreadPaused(self)

    def unpause(self) -> None:
        """Wake it if it sleeps. May be called from any thread."""
        self.scheduler.wakeThread(self)

    def _unpause(self) -> None:
        """Wake it: a deprecated name."""
        print("Deprecated: call unpause() instead of _unpause()")  # noqa: T201
        self.unpause()

    def _closeDownMicroprocess(self) -> Any:
        """Return what the scheduler may act on; called when this is over."""
        return self.closeDownValue


def _close(thread: "GeneratorType[Any, Any, Any]", owner: microprocess) -> None:
    """Close a generator that may not want to be closed."""
    try:
        thread.close()
    except RuntimeError:
        logger.exception("%s: goes on yielding although it was stopped", owner.name)


def _nothing() -> Iterator[int]:
    """Step once and end."""
    yield 1


# Old programs import these from here.
ipc = Ipc.ipc
reactivate = Ipc.reactivate
