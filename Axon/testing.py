"""Test components without sleeping, without a network and without a real clock.

    probe = Probe(OSCARProtocol())
    probe.deliver(wire, "inbox")
    assert probe.take("heard") == [(2, b"hello")]

A Probe holds one component (or a whole graph behind one) with its own scheduler, which
runs whenever it is asked until nothing is left to do. It works for generators and for
asynccomponents; timers of the event loop go off when the `FakeClock` is advanced.

Several components that meet elsewhere share a `QuietScheduler`.
"""

import asyncio
import heapq
import logging
import selectors
import time
import weakref
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from Axon.Box import makeInbox
from Axon.boxes import postbox
from Axon.Scheduler import scheduler

__all__ = ["FakeClock", "Probe", "QuietScheduler"]

logger = logging.getLogger(__name__)

SILENCE = 1000  # rounds without a message after which what still spins counts as quiet
ROUNDS = 100_000  # rounds after which something that still sends is called endless


class FakeClock:
    """A clock that stands until it is advanced. Call it to read it.

    Attributes:
        now: seconds; also what `scheduler.time` and `loop.time()` give in a Probe.
    """

    def __init__(self, start: float = 0.0) -> None:
        self.now = start

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Go forward. Timers of a loop go off only through `Probe.advance`.

        Raises:
            ValueError: `seconds` is negative.
        """
        if seconds < 0:
            raise ValueError(f"a clock cannot go back {-seconds} seconds")
        self.now += seconds


class _Selector(selectors.DefaultSelector):
    """Waits for events as long as it is told, whatever the loop thinks."""

    patience = 0.0

    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what happened, within `patience` seconds."""
        return super().select(self.patience)


class _Loop(asyncio.SelectorEventLoop):
    """An event loop on a FakeClock that knows whether there is more to do.

    Attributes:
        calls: callbacks scheduled so far: unchanged after a turn, it is quiet.
        alarms: heap of the times for which timers were set.
    """

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.calls = 0
        self.alarms: list[float] = []
        self.selector = _Selector()
        super().__init__(self.selector)

    def time(self) -> float:
        """Return the time of the FakeClock."""
        return self.clock.now

    def call_soon(self, *args: Any, **kwargs: Any) -> asyncio.Handle:  # type: ignore[override]
        """Schedule a callback, and count it."""
        self.calls += 1
        return super().call_soon(*args, **kwargs)

    def call_soon_threadsafe(self, *args: Any, **kwargs: Any) -> asyncio.Handle:  # type: ignore[override]
        """Schedule a callback from another thread, and count it."""
        self.calls += 1
        return super().call_soon_threadsafe(*args, **kwargs)

    def call_at(self, when: float, *args: Any, **kwargs: Any) -> asyncio.TimerHandle:  # type: ignore[override]
        """Set a timer, and note when it will go off."""
        heapq.heappush(self.alarms, when)
        return super().call_at(when, *args, **kwargs)

    def turn(self, patience: float = 0.0) -> bool:
        """Do what is ready; return whether that led to more.

        Args:
            patience: real seconds to wait for a socket or another thread.
        """
        running = asyncio._get_running_loop()  # a test may itself run in a loop
        asyncio._set_running_loop(None)
        try:
            super().call_soon(self.stop)
            before = self.calls
            self.selector.patience = patience
            self.run_forever()
            return self.calls != before
        finally:
            self.selector.patience = 0.0
            asyncio._set_running_loop(running)


class QuietScheduler(scheduler):
    """A scheduler that runs until everything is quiet, then waits to be asked again.

    Close it at the end, or use it in a `with` statement.

    Args:
        clock: the time its components see; a new FakeClock if None.

    Attributes:
        clock: the FakeClock.
        loop: the event loop of its components, made when first asked for.
    """

    def __init__(self, clock: FakeClock | None = None) -> None:
        default = scheduler.run
        super().__init__()
        scheduler.run = default
        self.clock = clock or FakeClock()
        self._active = True
        self._testloop: _Loop | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop, on the FakeClock."""
        made: asyncio.AbstractEventLoop
        if self._testloop is None:
            self._testloop = _Loop(self.clock)
            self.adoptLoop(self._testloop)
        made = self._testloop
        return made

    @property
    def time(self) -> float:
        """The time of the FakeClock."""
        return self.clock.now

    def run_rounds(self, n: int = 1) -> None:
        """Run n rounds, and after each what is ready on the event loop."""
        for _ in range(n):
            self._queue.go_on()
            while self._stepInContext():
                pass
            if self._testloop is not None:
                self._testloop.turn()

    def settle(self, heard: Callable[[], int] = int) -> None:
        """Run until nothing is runnable and the event loop has nothing ready.

        What spins (`yield` without `pause`) counts as quiet after a thousand rounds
        in which `heard` did not change.

        Args:
            heard: function that returns how many messages came out so far.

        Raises:
            RuntimeError: messages still come after a hundred thousand rounds.
            Exception: what left the `main` of a microprocess.
        """
        queue, seen, silent = self._queue, heard(), 0
        for _ in range(ROUNDS):
            queue.go_on()
            while self._stepInContext():
                pass
            busy = self._testloop is not None and self._testloop.turn()
            if not busy and not queue:
                return
            now = heard()
            silent = silent + 1 if now == seen else 0
            seen = now
            if silent > SILENCE:
                return
        raise RuntimeError(f"not quiet after {ROUNDS} rounds: it sends without end")

    def advance(self, seconds: float) -> None:
        """Let time pass: timers go off one after another, each followed by quiet."""
        until = self.clock.now + seconds
        self.settle()  # first: it may make the loop
        alarms = self._testloop.alarms if self._testloop is not None else []
        while alarms and alarms[0] <= until:
            self.clock.now = max(self.clock.now, heapq.heappop(alarms))
            self.settle()
        self.clock.advance(until - self.clock.now)
        self.settle()

    def wait(self, condition: Callable[[], object], seconds: float = 10.0) -> None:
        """Run until a condition holds: for what threads or sockets take part in.

        Args:
            condition: function asked whenever everything is quiet.
            seconds: real time after which to give up.

        Raises:
            TimeoutError: the condition did not come to hold.
        """
        loop, deadline = self.loop, time.monotonic() + seconds
        assert isinstance(loop, _Loop)
        while True:
            self.settle()
            if condition():
                return
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"nothing happened within {seconds} seconds")
            loop.turn(left)

    def close(self) -> None:
        """Stop every microprocess and close the event loop."""
        for _ in range(ROUNDS):
            if not (self._known or self._tasks):
                break
            self._stopAll()
            try:
                self.run_rounds()
            except Exception:
                logger.exception("while stopping")
        self._active = False
        loop, self._testloop = self._testloop, None
        if loop is not None and not loop.is_closed():
            running = asyncio._get_running_loop()
            asyncio._set_running_loop(None)
            try:
                self._closePrivate()
            finally:
                asyncio._set_running_loop(running)

    def __enter__(self) -> Self:
        """Return the scheduler."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()


class Probe:
    """One component under test, activated, with all its outboxes listened to.

    Args:
        component: what is tested; not activated yet.
        clock: the time it sees; a new FakeClock if None.
        scheduler: a QuietScheduler to share with other probes; one of its own if None.
        boxsizes: outbox -> how many messages may wait until `take`; no limit by
            default. For tests of back-pressure.

    Attributes:
        component: what is tested.
        clock: the FakeClock; to let time pass, call `advance` of the probe.
        scheduler: the QuietScheduler that runs it.
    """

    def __init__(
        self,
        component: Any,
        clock: FakeClock | None = None,
        scheduler: QuietScheduler | None = None,
        boxsizes: Mapping[str, int] | None = None,
    ) -> None:
        self.component = component
        self.scheduler = scheduler or QuietScheduler(clock)
        self.clock = self.scheduler.clock
        self._boxsizes = boxsizes or {}
        self._boxes: dict[str, postbox] = {}
        self._taken = 0
        self._listen()
        component.activate(self.scheduler)
        if scheduler is None:
            self._closer = weakref.finalize(self, self.scheduler.close)
        else:
            self._closer = weakref.finalize(self, component.stop)

    def _listen(self) -> None:
        """Listen to the outboxes that are there by now and lead nowhere.

        Not to private ones: the component links these itself, when it wants to.
        """
        for name, box in self.component.outboxes.items():
            if name.startswith("_"):
                continue
            if name not in self._boxes and box.target is None:
                self._boxes[name] = heard = makeInbox(None, self._boxsizes.get(name))
                heard.addsource(box)

    def _heard(self) -> int:
        """Return how many messages came out so far, taken or not."""
        self._listen()
        waiting = sum(box.local_len() for box in self._boxes.values())
        return self._taken + waiting

    @property
    def ended(self) -> bool:
        """Whether the component has ended."""
        return bool(self.component._isStopped())

    def deliver(self, message: Any, box: str = "inbox") -> None:
        """Put a message into an inbox and run until all is quiet.

        Raises:
            KeyError: there is no such inbox.
            noSpaceInBox: the inbox is full.
            Exception: what left the component's `main`.
        """
        self.component.inboxes[box].append(message)
        self.settle()

    def take(self, box: str = "outbox") -> list[Any]:
        """Run until all is quiet and return what came out of an outbox since.

        Raises:
            KeyError: there is no such outbox, or it is linked elsewhere.
            Exception: what left the component's `main`.
        """
        self.settle()
        found = []
        while self._boxes[box].local_len():
            found.append(self._boxes[box].pop())
            self._taken += 1
        return found

    def step(self, n: int = 1) -> None:
        """Run n rounds: n steps of a component that is not asleep."""
        self._listen()
        self.scheduler.run_rounds(n)

    def settle(self) -> None:
        """Run until the component has paused or ended and nothing else is ready.

        Raises:
            RuntimeError: it sends without end.
            Exception: what left the component's `main`.
        """
        self.scheduler.settle(self._heard)

    def advance(self, seconds: float) -> None:
        """Let time pass on the FakeClock; timers go off in their order."""
        self.scheduler.advance(seconds)

    def wait(self, box: str = "outbox", count: int = 1, seconds: float = 10.0) -> None:
        """Run until messages came that a thread or a socket has a part in.

        Args:
            box: the outbox.
            count: how many messages must wait there.
            seconds: real time after which to give up.

        Raises:
            TimeoutError: they did not come.
        """
        self.settle()
        heard = self._boxes[box]
        self.scheduler.wait(lambda: heard.local_len() >= count, seconds)

    def close(self) -> None:
        """Stop the component; done by itself when nobody refers to the probe."""
        self._closer()

    def __enter__(self) -> Self:
        """Return the probe."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()
