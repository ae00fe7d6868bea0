"""Components that do things later, without a coroutine and without polling."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from Axon.Component import component

__all__ = ["TimedComponent"]


class TimedComponent(component):
    """A component with timers: to be subclassed.

    What is due is done in a step of the component, by `_doDue`, not in the event
    loop's callback: so an exception in it is the component's.
    """

    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        self._timers: dict[Any, asyncio.TimerHandle] = {}
        self._due: deque[Callable[[], object]] = deque()

    def _later(self, key: Any, seconds: float, act: Callable[[], object]) -> None:
        """Do something after some seconds; a timer of the same key is replaced."""
        self._cancel(key)
        loop = getattr(self.scheduler, "loop", None)
        if loop is not None:
            self._timers[key] = loop.call_later(seconds, self._ring, key, act)

    def _ring(self, key: Any, act: Callable[[], object]) -> None:
        """Have something done in the next step."""
        self._timers.pop(key, None)
        self._soon(act)

    def _cancel(self, key: Any) -> None:
        """Stop a timer."""
        timer = self._timers.pop(key, None)
        if timer is not None:
            timer.cancel()

    def _cancelAll(self) -> None:
        """Stop every timer."""
        for key in list(self._timers):
            self._cancel(key)

    def _soon(self, act: Callable[[], object]) -> None:
        """Do something in the next step."""
        self._due.append(act)
        self.wake()

    def _doDue(self) -> bool:
        """Do the first thing that is due; return whether there was one."""
        if not self._due:
            return False
        self._due.popleft()()
        return True


__kamaelia_components__ = ()
