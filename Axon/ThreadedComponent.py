"""Components whose `main` runs in a thread of its own, for calls that block.

    class Lines(threadedcomponent):
        def main(self):
            for line in open(self.filename):
                self.send(line)
            self.send(producerFinished(self), "signal")

Between the thread and the component's boxes stand queues of bounded length. The
scheduler's side of the component moves messages between queues and boxes; each side
wakes the other, neither looks again and again.
"""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextvars import copy_context
from types import GeneratorType
from typing import Any, Final, NoReturn

from Axon.AdaptiveCommsComponent import _AdaptiveCommsable
from Axon.AxonExceptions import noSpaceInBox
from Axon.Component import component
from Axon.Linkage import linkage

__all__ = [
    "DefaultQueueSize",
    "ThreadStopped",
    "threadedadaptivecommscomponent",
    "threadedcomponent",
]

DefaultQueueSize = 1000  # messages per box between the thread and the boxes
PATIENCE: Final = 0.2  # seconds that a stopped thread has to end before we go on


class ThreadStopped(BaseException):
    """Raised in the thread of a component that was stopped, by its next call to it.

    A BaseException, so that `except Exception` in the thread doesn't keep it alive.
    """


class _Call:
    """A function the thread wants called in the scheduler's thread, and its result."""

    __slots__ = ("done", "error", "function", "result")

    def __init__(self, function: Callable[[], Any]) -> None:
        self.function = function
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None

    def make(self) -> None:
        """Call it."""
        try:
            self.result = self.function()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread
            self.error = error
        self.done = True


class threadedcomponent(component):
    """A component whose `main` is an ordinary method that may block.

    Args:
        queuelengths: how many messages may stand between the thread and each box.
        argd: attributes, as for any component.

    Attributes:
        inqueues: inbox -> messages handed to the thread.
        outqueues: outbox -> messages that the thread sent.

    In `main`, `recv` waits for a message and `pause(seconds)` for anything to happen.
    When the component is stopped from outside, the next call of its methods in the
    thread raises ThreadStopped.
    """

    def __init__(self, queuelengths: int = DefaultQueueSize, **argd: Any) -> None:
        super().__init__(**argd)
        self.queuelengths = queuelengths
        self.inqueues: dict[str, deque[Any]] = {}
        self.outqueues: dict[str, deque[Any]] = {}
        self._axon_changed = threading.Condition()
        self._axon_calls: deque[_Call] = deque()
        self._axon_ident: int | None = None  # of the thread, while it runs
        self._axon_happened = False  # since the thread paused last
        self._axon_kicked = False  # the scheduler's side will look soon
        self._axon_stuck = False  # messages wait for room at a far end
        self._axon_refused: deque[Any] | None = None  # had no room for a message
        self._axon_cut = False  # stopped: the thread is on its own
        self._axon_ended = False  # the thread has left `main`
        self._axon_error: BaseException | None = None
        self._axon_runner: Any = None
        self._axonQueues()

    def _axonQueues(self) -> None:
        """Have a queue for each box."""
        for queues, boxes in (
            (self.inqueues, self.inboxes),
            (self.outqueues, self.outboxes),
        ):
            for name in boxes:
                queues.setdefault(name, deque())
            for name in [name for name in queues if name not in boxes]:
                del queues[name]

    # The scheduler's side.

    def _axonBegin(self) -> None:
        """Make the generator that the scheduler steps."""
        self._axon_step = self._axonShuttle().send

    def _axonShuttle(self) -> Generator[int, None, None]:
        """Start the thread, then move messages until it has ended."""
        self._axon_runner = self.scheduler
        loop = self.scheduler.loop  # the thread wakes us through it: made here if none
        assert loop is not None
        context = copy_context()
        thread = threading.Thread(
            target=context.run, args=(self._axonLive,), name=self.name, daemon=True
        )
        thread.start()
        try:
            yield 1  # even if the thread is over already: a first step never ends it
            while not self._axonMove():
                self._axon_pausing = True
                yield 1
        finally:
            self._axonCut()
            if threading.current_thread() is not thread:
                thread.join(None if self._axon_ended else PATIENCE)
        if self._axon_error is not None:
            raise self._axon_error

    def _axonMove(self) -> bool:
        """Move what can be moved; return whether the thread and its work are over."""
        self._axon_kicked = False
        ended = self._axon_ended  # before the queues: what it sent last is in them
        happened = self._axonMoveOut()
        while self._axon_calls:
            self._axon_calls.popleft().make()
            happened = True
        happened |= self._axonMoveOut()
        moved = self._axonMoveIn()
        refused = self._axon_refused
        if refused is not None and len(refused) < self.queuelengths:
            self._axon_refused = None
            moved = True  # there is room now: as good as a message
        if moved or happened:
            with self._axon_changed:
                self._axon_happened |= moved or self._axon_stuck
                self._axon_changed.notify_all()
        self._axon_stuck = any(self.outqueues.values())
        return ended and not self._axon_stuck

    def _axonMoveOut(self) -> bool:
        """Send what the thread sent, as far as there is room."""
        moved = False
        for name, queue in list(self.outqueues.items()):
            box = self.outboxes[name]
            while queue and not box.isFull():
                component.send(self, queue.popleft(), name)
                moved = True
        return moved

    def _axonMoveIn(self) -> bool:
        """Hand messages to the thread, those of `control` last."""
        moved = False
        names = sorted(self.inqueues, key=lambda name: name == "control")
        for name in names:
            box, queue = self.inboxes[name], self.inqueues[name]
            while box.storage and len(queue) < self.queuelengths:
                queue.append(component.recv(self, name))
                moved = True
        return moved

    def _axonCut(self) -> None:
        """Leave the thread to itself: whatever it calls raises ThreadStopped."""
        with self._axon_changed:
            self._axon_cut = True
            self._axon_changed.notify_all()

    # The thread's side.

    def _axonLive(self) -> None:
        """Run `main`: what the thread does."""
        self._axon_ident = threading.get_ident()
        try:
            result = getattr(self, self._axon_mainmethod)()
            if isinstance(result, GeneratorType):
                raise TypeError(
                    f"{self.name}.{self._axon_mainmethod}() contains a yield: the main "
                    "method of a threadedcomponent is an ordinary method"
                )
        except ThreadStopped:
            pass  # it was asked to end, and did
        except BaseException as error:  # noqa: BLE001 - raised in the scheduler
            self._axon_error = error
        finally:
            self._axon_ident = None
            self._axon_ended = True
            self._axonKick()

    def _axonInThread(self) -> bool:
        """Return whether the caller is the thread.

        Raises:
            ThreadStopped: it is, and the component was stopped.
        """
        if threading.get_ident() != self._axon_ident:
            return False
        if self._axon_cut:
            raise ThreadStopped
        return True

    def _axonKick(self) -> None:
        """Have the scheduler's side look."""
        if not self._axon_kicked:
            self._axon_kicked = True
            self._axon_runner.callInThread(self._axon_wake)

    def _axonWaitFor(
        self, condition: Callable[[], Any], timeout: float | None = None
    ) -> None:
        """Wait in the thread until a condition holds or the time is up.

        Raises:
            ThreadStopped: the component was stopped.
        """
        with self._axon_changed:
            self._axon_changed.wait_for(
                lambda: self._axon_cut or condition(), timeout=timeout
            )
        if self._axon_cut:
            raise ThreadStopped

    def _axonCall(self, function: Callable[[], Any]) -> Any:
        """Call a function in the scheduler's thread and wait for what it returns.

        Raises:
            ThreadStopped: the component was stopped.
        """
        if not self._axonInThread():
            return function()
        call = _Call(function)
        self._axon_calls.append(call)
        self._axonKick()
        self._axonWaitFor(lambda: call.done)
        if call.error is not None:
            raise call.error
        return call.result

    def sync(self) -> None:
        """Wait until the scheduler has run this component once: all was passed on."""
        self._axonCall(_nothing)

    def send(self, message: Any, boxname: str = "outbox") -> None:
        """Put a message into an outbox.

        Raises:
            KeyError: there is no such outbox.
            noSpaceInBox: as many messages as may wait for the scheduler do.
        """
        if not self._axonInThread():
            super().send(message, boxname)
            return
        queue = self.outqueues[boxname]
        if len(queue) >= self.queuelengths:
            self._axon_refused = queue
            self._axonKick()  # the scheduler's side may have made room just now
            raise noSpaceInBox(len(queue), self.queuelengths)
        queue.append(message)
        self._axonKick()

    def recv(self, boxname: str = "inbox") -> Any:
        """Take the oldest message from an inbox; in the thread, wait for one.

        Raises:
            KeyError: there is no such inbox.
        """
        if not self._axonInThread():
            return super().recv(boxname)
        queue = self.inqueues[boxname]
        if not queue:
            self._axonWaitFor(lambda: queue)
        full = len(queue) >= self.queuelengths
        message = queue.popleft()
        if full:
            self._axonKick()
        return message

    def dataReady(self, boxname: str = "inbox") -> int:
        """Return the number of messages handed to the thread from an inbox.

        Raises:
            KeyError: there is no such inbox.
        """
        if not self._axonInThread():
            return super().dataReady(boxname)
        return len(self.inqueues[boxname])

    def anyReady(self) -> str | bool:
        """Return the name of the first inbox with a message, else False."""
        if not self._axonInThread():
            return super().anyReady()
        for name, queue in list(self.inqueues.items()):
            if queue:
                return name or True
        return False

    def Inbox(self, boxname: str = "inbox") -> Iterator[Any]:
        """Yield messages from an inbox until it is empty."""
        while self.dataReady(boxname):
            yield self.recv(boxname)

    def pause(self, timeout: float | None = None) -> None:
        """Sleep until a message arrives, room appears, somebody unpauses, or time-out.

        Returns at once if that happened since the last pause.

        Args:
            timeout: seconds; None to sleep as long as it takes.
        """
        if not self._axonInThread():
            super().pause()
            return
        self._axonWaitFor(lambda: self._axon_happened, timeout)
        self._axon_happened = False

    def unpause(self) -> None:
        """Wake it if it sleeps. May be called from any thread."""
        with self._axon_changed:
            self._axon_happened = True
            self._axon_changed.notify_all()
        super().unpause()

    def stop(self) -> None:
        """End for good; the thread ends at the next call of one of these methods."""
        if threading.get_ident() == self._axon_ident:
            self._axonCut()
            self._axon_runner.callInThread(super().stop)
        else:
            super().stop()

    def sendWhenSpace(self, message: Any, boxname: str = "outbox") -> NoReturn:
        """Refuse: a thread catches noSpaceInBox and pauses.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError(
            "sendWhenSpace() is for components whose main is a generator; "
            "catch noSpaceInBox around `self.send(...)`, then `self.pause()`"
        )

    # Wiring: done in the scheduler's thread.

    def link(
        self,
        source: tuple[Any, str],
        sink: tuple[Any, str],
        *optionalargs: Any,
        **kwoptionalargs: Any,
    ) -> linkage:
        """Join two boxes: as `component.link`, done in the scheduler's thread."""
        made: linkage = self._axonCall(
            lambda: self.postoffice.link(source, sink, *optionalargs, **kwoptionalargs)
        )
        return made

    def unlink(
        self, thecomponent: Any = None, thelinkage: linkage | None = None
    ) -> None:
        """Cut linkages: as `component.unlink`, done in the scheduler's thread."""
        self._axonCall(lambda: self.postoffice.unlink(thecomponent, thelinkage))

    def setInboxSize(self, boxname: str, size: int | None) -> None:
        """Limit an inbox: as in any component, done in the scheduler's thread."""
        self._axonCall(lambda: self.inboxes[boxname].setSize(size))

    def addChildren(self, *children: Any) -> None:
        """Take children: as in any component, done in the scheduler's thread."""
        self._axonCall(lambda: component.addChildren(self, *children))

    def removeChild(self, child: Any) -> None:
        """Let a child go: as in any component, done in the scheduler's thread."""
        self._axonCall(lambda: component.removeChild(self, child))

    # Life in the thread.

    def main(self) -> Any:
        """Do the work, in the thread: to be overridden.

        Unless overridden, calls the old-style methods: `initialiseComponent` once,
        `mainBody` while it returns something true, `closeDownComponent` once.
        """
        self.initialiseComponent()
        while self.mainBody():
            pass
        self.closeDownComponent()


class threadedadaptivecommscomponent(threadedcomponent, _AdaptiveCommsable):
    """A threadedcomponent that can add and remove boxes while it runs."""

    def addInbox(self, name: str = "inbox") -> str:
        """Add an inbox; return its name, `name` or that with a number."""
        return str(self._axonCall(lambda: self._axonChange("addInbox", name)))

    def addOutbox(self, name: str = "outbox") -> str:
        """Add an outbox; return its name, `name` or that with a number."""
        return str(self._axonCall(lambda: self._axonChange("addOutbox", name)))

    def deleteInbox(self, name: str) -> None:
        """Remove an inbox.

        Raises:
            KeyError: there is no such inbox.
        """
        self._axonCall(lambda: self._axonChange("deleteInbox", name))

    def deleteOutbox(self, name: str) -> None:
        """Remove an outbox.

        Raises:
            KeyError: there is no such outbox.
        """
        self._axonCall(lambda: self._axonChange("deleteOutbox", name))

    def _axonChange(self, method: str, name: str) -> Any:
        """Change the boxes, then have a queue for each."""
        result = getattr(_AdaptiveCommsable, method)(self, name)
        self._axonQueues()
        return result


def _nothing() -> None:
    """Do nothing."""
