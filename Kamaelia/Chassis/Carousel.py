"""Carousels: one component after another, each made when it is asked for."""

from collections.abc import Callable, Generator
from typing import Any

from Axon.Ipc import newComponent, shutdownMicroprocess
from Kamaelia.Chassis.Chassis import Chassis
from Kamaelia.Util.Worker import isStop, stopsAtOnce

__all__ = ["Carousel"]


class Carousel(Chassis):
    """Holds one component at a time, made from a message on `next`.

    What comes in goes to that component, what it sends goes out; its signal leads
    nowhere. When it ends without another `next` waiting, "NEXT" is sent on
    `requestNext`. A `next` that comes while it lives tells it to shut down, and is
    served when it has ended.

    producerFinished ends the carousel after all that waits in `next`; it is passed to
    each component. shutdownMicroprocess is passed to the component and drops what
    waits. Either is passed on after the end of the last component.

    Args:
        componentFactory: makes a component of a message from `next`.
        make1stRequest: whether to send "NEXT" at the start.
        boxsize: how many messages may wait in the inbox of each component.
        argd: become attributes.
    """

    Inboxes = {
        "inbox": "messages for the component inside",
        "next": "what to make the next component of",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "messages from the component inside",
        "signal": "why this carousel stopped",
        "requestNext": '"NEXT" when the component inside has ended',
        "_signal": "shutdown messages for the component inside",
    }
    stopped_by: Any = None

    def __init__(
        self,
        componentFactory: Callable[[Any], Any],  # noqa: N803
        make1stRequest: bool = False,  # noqa: N803
        boxsize: int | None = None,
        **argd: Any,
    ) -> None:
        super().__init__(**argd)
        self.factory = componentFactory
        self.make1stRequest = make1stRequest
        self.boxsize = boxsize

    def main(self) -> Generator[Any, None, None]:
        """Make components one after another until told to stop."""
        if self.make1stRequest:
            yield from self.sendWhenSpace("NEXT", "requestNext")
        while True:
            yield from self._readControl()
            if self.dataReady("next"):
                child = self._start(self.recv("next"))
                yield newComponent(child)
                yield from self._untilEnded()
                if not self.dataReady("next") and self.stopped_by is None:
                    yield from self.sendWhenSpace("NEXT", "requestNext")
            elif self.stopped_by is not None:
                break
            else:
                self.pause()
                yield 1
        yield from self.sendWhenSpace(self.stopped_by, "signal")

    def _start(self, message: Any) -> Any:
        """Make a component and put it between our boxes."""
        child = self.factory(message)
        self.addChildren(child)
        if self.boxsize is not None:
            child.setInboxSize("inbox", self.boxsize)
        self.link((self, "inbox"), (child, "inbox"), passthrough=1)
        self.link((child, "outbox"), (self, "outbox"), passthrough=2)
        self.link((self, "_signal"), (child, "control"))
        return child

    def _untilEnded(self) -> Generator[Any, None, None]:
        """Wait for the end of the component; tell it to end when it is time."""
        told = False
        if self.stopped_by is not None:
            yield from self.sendWhenSpace(self.stopped_by, "_signal")
        while not self.childrenDone():
            yield from self._readControl()
            if self.dataReady("next") and self.stopped_by is None and not told:
                told = True
                yield from self.sendWhenSpace(shutdownMicroprocess(self), "_signal")
            if not self.childrenDone():
                self.pause()
            yield 1

    def _readControl(self) -> Generator[Any, None, None]:
        """Pass shutdown messages to the component, and remember the last word."""
        for message in self.Inbox("control"):
            if not isStop(message):
                continue
            if self.stopped_by is None or stopsAtOnce(message):
                self.stopped_by = message
            yield from self.sendWhenSpace(message, "_signal")
        if self.stopped_by is not None and stopsAtOnce(self.stopped_by):
            for _ in self.Inbox("next"):
                pass


__kamaelia_components__ = (Carousel,)
