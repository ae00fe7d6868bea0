"""A service that tells when a file descriptor is ready, on the event loop.

    service, shutdownservice, newselector = Selector.getSelectorServices(self.tracker)
    if newselector:
        newselector.activate()
    self.link((self, "_selectorSignal"), service)
    self.send(newReader(self, ((self, "ready"), sock)), "_selectorSignal")

A component of today has `self.scheduler.loop` and asyncio; this is for programs of old.
Not on Windows, whose event loop watches sockets only in other ways.
"""

import asyncio
from collections.abc import Callable, Generator
from typing import Any, Final

from Axon.AxonExceptions import MultipleServiceDeletion
from Axon.Component import component
from Axon.CoordinatingAssistantTracker import coordinatingassistanttracker as cat
from Kamaelia.IPC import (
    newExceptional,
    newReader,
    newWriter,
    removeExceptional,
    removeReader,
    removeWriter,
)

__all__ = ["Selector"]

LINGER: Final = 0.5
"""Seconds without anything to watch after which the service ends."""


class Selector(component):
    """Sends a descriptor, once, to the box that was named, when it is ready.

    `newReader(caller, ((component, box), sock))` begins watching for something to read,
    `newWriter` for room to write, `removeReader(caller, sock)` ... end it. Watching
    ends with the first message as well. `newExceptional` is understood as `newReader`:
    the event loop tells both alike.

    It ends by itself when there has been nothing to watch for half a second.
    """

    Inboxes = {
        "notify": "newReader, newWriter, newExceptional, removeReader ...",
        "control": "any stop message: end now",
        "inbox": "not used",
    }
    Outboxes = {
        "outbox": "not used",
        "signal": "the stop message",
    }

    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        # (whether to write, descriptor) -> what was registered
        self._watched: dict[tuple[bool, int], Any] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._idle = False

    @staticmethod
    def getSelectorServices(
        tracker: Any = None,
    ) -> tuple[tuple[Any, str], tuple[Any, str], "Selector | None"]:
        """Return (service, shutdown service, a new Selector to activate or None).

        Args:
            tracker: where services are registered; None for the default one.
        """
        tracker = tracker or cat.getcat()
        try:
            found = tracker.retrieveService("selector")
            return found, tracker.retrieveService("selectorshutdown"), None
        except KeyError:
            made = Selector()
        tracker.registerService("selector", made, "notify")
        tracker.registerService("selectorshutdown", made, "control")
        made.tracker = tracker
        return (made, "notify"), (made, "control"), made

    def main(self) -> Generator[int, None, None]:
        """Watch until there is nothing to watch, or told to stop."""
        stop = None
        while stop is None and not self._idle:
            for message in self.Inbox("notify"):
                self._handle(message)
            stop = self.stopMessage()
            self._waitIdle()
            if stop is None:
                self.pause()
            yield 1
        self._deregister()
        if stop is not None:
            self.send(stop, "signal")

    def _handle(self, message: Any) -> None:
        """Begin or end watching."""
        if isinstance(message, newReader | newExceptional):
            self._watch(message.object, False)
        elif isinstance(message, newWriter):
            self._watch(message.object, True)
        elif isinstance(message, removeReader | removeExceptional):
            self._forget(message.object, False)
        elif isinstance(message, removeWriter):
            self._forget(message.object, True)

    def _watch(self, registered: Any, write: bool) -> None:
        """Begin to watch a descriptor."""
        (target, box), sock = registered
        number = sock if isinstance(sock, int) else sock.fileno()
        self._watched[write, number] = sock
        loop = self.scheduler.loop
        begin: Callable[..., Any] = loop.add_writer if write else loop.add_reader
        begin(number, self._ready, write, number, target, box)

    def _ready(self, write: bool, number: int, target: Any, box: str) -> None:
        """Tell, once, that a descriptor is ready."""
        sock = self._unwatch(write, number)
        target._deliver(sock, box)
        self._waitIdle()

    def _unwatch(self, write: bool, number: int) -> Any:
        """End watching a descriptor and return what was given for it."""
        loop = self.scheduler.loop
        (loop.remove_writer if write else loop.remove_reader)(number)
        return self._watched.pop((write, number))

    def _forget(self, sock: Any, write: bool) -> None:
        """End watching what may be closed by now, or not watched at all."""
        for (kind, number), watched in list(self._watched.items()):
            if kind == write and watched == sock:
                self._unwatch(kind, number)

    def _waitIdle(self) -> None:
        """Let it end when it has had nothing to watch for a while."""
        if self._watched:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        elif self._timer is None:
            loop = self.scheduler.loop
            self._timer = loop.call_later(LINGER, self._timeUp)

    def _timeUp(self) -> None:
        """End, if there is still nothing to watch."""
        self._timer = None
        self._idle = not self._watched and not self.dataReady("notify")
        self.unpause()

    def _deregister(self) -> None:
        """Be no service any more."""
        if self._timer is not None:
            self._timer.cancel()
        for write, number in list(self._watched):
            self._unwatch(write, number)
        for name in ("selector", "selectorshutdown"):
            try:
                if self.tracker.retrieveService(name)[0] is self:
                    self.tracker.deRegisterService(name)
            except (KeyError, MultipleServiceDeletion):
                continue  # nobody registered it, or a program took it over

    def stop(self) -> None:
        """End at once."""
        if not self._isStopped():
            self._deregister()
        super().stop()


__kamaelia_components__ = (Selector,)
