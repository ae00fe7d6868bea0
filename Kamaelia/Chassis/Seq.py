"""Components one after another, behind one set of boxes."""

import sys
from collections.abc import Generator
from typing import Any

from Axon.Ipc import newComponent, producerFinished
from Kamaelia.Chassis.Chassis import Chassis
from Kamaelia.Util.Worker import isStop, stopsAtOnce

__all__ = ["Seq"]


class Seq(Chassis):
    """Runs components one after another: the next begins when the last has ended.

    What comes in goes to the one that runs, what it sends goes out. At the end it
    sends producerFinished. A shutdown message is passed to the one that runs and to
    those that follow; after shutdownMicroprocess none follows, and that is passed on.

    Args:
        items: components to run, and strings to print when their turn comes.
        argd: become attributes.
    """

    Inboxes = {
        "inbox": "messages for the component that runs",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "messages from the component that runs",
        "signal": "producerFinished, or the shutdownMicroprocess received",
        "_signal": "shutdown messages for the component that runs",
    }
    stopped_by: Any = None

    def __init__(self, *items: Any, **argd: Any) -> None:
        super().__init__(**argd)
        self.items = list(items)

    def main(self) -> Generator[Any, None, None]:
        """Take one item after another."""
        for item in self.items:
            self._readControl()
            if self.stopped_by is not None and stopsAtOnce(self.stopped_by):
                break
            if isinstance(item, str):
                sys.stdout.write(item + "\n")
            else:
                yield from self._run(item)
        self._readControl()
        last = self.stopped_by
        if last is None or not stopsAtOnce(last):
            last = producerFinished(self)
        yield from self.sendWhenSpace(last, "signal")

    def _run(self, item: Any) -> Generator[Any, None, None]:
        """Run a component between our boxes until it has ended."""
        self.addChildren(item)
        self.link((self, "inbox"), (item, "inbox"), passthrough=1)
        self.link((item, "outbox"), (self, "outbox"), passthrough=2)
        self.link((self, "_signal"), (item, "control"))
        yield newComponent(item)
        told = None
        while not self.childrenDone():
            self._readControl()
            if self.stopped_by is not told:
                told = self.stopped_by
                yield from self.sendWhenSpace(told, "_signal")
            if not self.childrenDone():
                self.pause()
            yield 1

    def _readControl(self) -> None:
        """Remember a shutdown message."""
        for message in self.Inbox("control"):
            if isStop(message) and (self.stopped_by is None or stopsAtOnce(message)):
                self.stopped_by = message


__kamaelia_components__ = (Seq,)
