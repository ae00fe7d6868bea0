"""Give a component a limit of time."""

from collections.abc import Generator, Iterable
from typing import Any

from Axon.Ipc import producerFinished, shutdown, shutdownMicroprocess
from Kamaelia.IPC import serverShutdown
from Kamaelia.Util.Timed import Timed

__all__ = ["TTL"]

# What it is told when its time is up, one after the other until it ends.
REQUESTS = (producerFinished, shutdownMicroprocess, serverShutdown, shutdown)
PATIENCE = 2  # steps it has to answer each


class TTL(Timed):
    """Holds a component, and ends it if it hasn't ended after a time.

    Has the boxes of that component, but for those that begin with `_`. When the time
    is up the component gets producerFinished, shutdownMicroprocess, serverShutdown
    and shutdown in turn; if it goes on then, its `stop()` is called, and
    shutdownMicroprocess goes to `signal`.

    Args:
        comp: the component.
        delay: seconds.
    """

    Inboxes = {
        "inbox": "what the component inside gets",
        "control": "what the component inside gets",
    }
    Outboxes = {
        "outbox": "what the component inside sends",
        "signal": "what the component inside sends, or shutdownMicroprocess",
        "_sigkill": "requests to end, to the component inside",
    }

    def __init__(self, comp: Any, delay: float) -> None:
        self.child = comp
        self.delay = delay
        self.Inboxes = dict.fromkeys(_public(comp.inboxes), "for the component inside")
        self.Outboxes = dict.fromkeys(
            [*_public(comp.outboxes), "_sigkill"], "of the component inside"
        )
        super().__init__()
        for box in self.Inboxes:
            self.link((self, box), (comp, box), passthrough=1)
        for box in _public(comp.outboxes):
            self.link((comp, box), (self, box), passthrough=2)
        if "control" in comp.inboxes:
            self.link((self, "_sigkill"), (comp, "control"))
        self.addChildren(comp)

    def main(self) -> Generator[Any, None, None]:
        """Let the component run; end it when its time is up."""
        self.child.activate()
        due = self.now() + self.delay
        while not self.child._isStopped() and self.now() < due:
            yield from self.pauseUntil(due)
        for kind in REQUESTS:
            if self.child._isStopped():
                return
            if not self.outboxes["_sigkill"].isFull():
                self.send(kind(), "_sigkill")
            for _ in range(PATIENCE):
                yield 1
        if not self.child._isStopped():
            self.child.stop()
            yield 1
            if "signal" in self.outboxes:
                yield from self.sayGoodbye(shutdownMicroprocess())


def _public(boxes: Iterable[str]) -> list[str]:
    """Return the names of the boxes that are for others."""
    return [name for name in boxes if not name.startswith("_")]


__kamaelia_components__ = (TTL,)
