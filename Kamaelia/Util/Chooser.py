"""Choose from a list, on command."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from Axon.Ipc import producerFinished
from Kamaelia.Util.Worker import NOTHING, Worker

__all__ = ["Chooser", "ForwardIteratingChooser"]


class Chooser(Worker):
    """Sends the first item, then on each command the item that is then current.

    Commands are "SAME", "NEXT", "PREV", "FIRST" and "LAST". At the end NEXT sends
    nothing and the last item stays current; at the start PREV sends the first again.

    Args:
        items: what to choose from.
        loop: whether the first follows the last.
    """

    Inboxes = {
        "inbox": '"SAME", "NEXT", "PREV", "FIRST" or "LAST"',
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "the chosen items", "signal": "why this component stopped"}

    def __init__(self, items: Iterable[Any] = (), loop: bool = False) -> None:
        super().__init__()
        self.items = list(items)
        self.loop = loop
        self.useditems = 0  # position of the current item

    def main(self) -> Any:
        """Send the first item, then obey."""
        if self.items:
            yield from self.putAll([self.getCurrentChoice()])
        yield from super().main()

    def treat(self, message: Any) -> Any:
        """Return the item that a command chooses, or NOTHING."""
        if not self.items:
            return NOTHING
        if message == "NEXT" and not self.gotoNext():
            return NOTHING
        moves = {
            "PREV": self.gotoPrev,
            "FIRST": self.gotoFirst,
            "LAST": self.gotoLast,
        }
        if message in moves:
            moves[message]()
        elif message not in ("SAME", "NEXT"):
            return NOTHING
        return self.getCurrentChoice()

    def getCurrentChoice(self) -> Any:
        """Return the current item.

        Raises:
            IndexError: there are no items.
        """
        return self.items[self.useditems]

    def gotoNext(self) -> bool:
        """Go to the next item; return False at the end of a list that doesn't loop."""
        if self.useditems + 1 < len(self.items):
            self.useditems += 1
            return True
        if self.loop:
            self.useditems = 0
        return self.loop

    def gotoPrev(self) -> bool:
        """Go to the item before; return False at the start if it doesn't loop."""
        if self.useditems > 0:
            self.useditems -= 1
            return True
        if self.loop:
            self.gotoLast()
        return self.loop

    def gotoFirst(self) -> bool:
        """Go to the first item."""
        self.useditems = 0
        return True

    def gotoLast(self) -> bool:
        """Go to the last item."""
        self.useditems = max(0, len(self.items) - 1)
        return True


class ForwardIteratingChooser(Worker):
    """Sends the first item, the next on "NEXT", the same on "SAME".

    A NEXT after the last item ends it with producerFinished.

    Args:
        items: anything that can be iterated, endless things too.
    """

    Inboxes = {
        "inbox": '"SAME" or "NEXT"',
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "the chosen items", "signal": "why this component stopped"}
    many = True

    def __init__(self, items: Iterable[Any] = ()) -> None:
        super().__init__()
        self.items = iter(items)
        self._current: list[Any] = []
        self._advance()

    def main(self) -> Any:
        """Send the first item, then obey."""
        if not self._current:
            self.stopped_by = producerFinished(self)
        yield from self.putAll(self._current)
        yield from super().main()

    def treat(self, message: Any) -> Any:
        """Return the item that a command chooses, in a list of at most one."""
        if message == "NEXT":
            return self.gotoNext()
        return self._current if message == "SAME" else []

    def gotoNext(self) -> list[Any]:
        """Go to the next item and return it in a list; end if there is none."""
        if self._advance():
            return self._current
        if self.stopped_by is None:
            self.stopped_by = producerFinished(self)
        return []

    def _advance(self) -> bool:
        """Take the next item; after the last return False and keep that."""
        for item in islice(self.items, 1):
            self._current = [item]
            return True
        return False

    def getCurrentChoice(self) -> Any:
        """Return the current item: after the last, that.

        Raises:
            IndexError: there are no items.
        """
        return self._current[0]


__kamaelia_components__ = (Chooser, ForwardIteratingChooser)
