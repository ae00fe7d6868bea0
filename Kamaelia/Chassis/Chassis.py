"""What every chassis does: hold components, and know when they have ended."""

from collections.abc import Callable, Generator
from functools import partial
from typing import Any

from Axon.Component import component
from Axon.Ipc import newComponent
from Axon.Microprocess import Lazy

__all__ = ["Chassis"]


class Chassis(component):
    """A component that holds others: to be subclassed.

    The end of a child costs the same however many there are: its linkages made here
    are cut, so that nothing piles up in its inboxes, and this component is woken when
    it was the last.

    Attributes:
        children: the children that have not ended.
    """

    Inboxes = {
        "inbox": "messages for the components inside",
        "control": "shutdown messages for the components inside",
    }
    Outboxes = {
        "outbox": "messages from the components inside",
        "signal": "shutdown messages from the components inside",
    }

    _held: dict[Any, Callable[[], None]] = Lazy(lambda self: {})  # type: ignore[assignment]

    @property
    def children(self) -> list[Any]:  # type: ignore[override]
        """The children that have not ended."""
        return list(self._held)

    def addChildren(self, *children: Any) -> None:
        """Take components as children; does not activate them.

        Raises:
            TypeError: something given is no component.
        """
        for child in children:
            if not isinstance(child, component):
                raise TypeError(
                    f"{self.name}: {child!r} is no component. Are its brackets missing?"
                )
            if child not in self._held:
                ended = self._held[child] = partial(self._childEnded, child)
                child._callOnCloseDown.append(ended)

    def removeChild(self, child: Any) -> None:
        """Let a child go: forget it and cut the linkages made here that touch it."""
        ended = self._held.pop(child, None)
        if ended is not None:
            child._callOnCloseDown.remove(ended)
        self.postoffice.unlink(child)

    def childComponents(self) -> list[Any]:
        """Return the children that have not ended."""
        return self.children

    def childrenDone(self) -> bool:
        """Return whether no child is left."""
        return not self._held

    def _childEnded(self, child: Any) -> None:
        """Let a child go that has ended; wake when it was the last."""
        self._held.pop(child, None)
        self.postoffice.unlink(child)
        if not self._held:
            self.unpause()

    def runChildren(self) -> Generator[Any, None, None]:
        """Activate the children and sleep until all have ended: `yield from` this.

        For a chassis that does nothing else; others loop themselves.
        """
        yield newComponent(*self.children)
        while not self.childrenDone():
            self.pause()
            yield 1
