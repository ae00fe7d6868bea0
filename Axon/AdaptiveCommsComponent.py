"""Components whose boxes come and go while they run."""

from collections.abc import Iterable
from typing import Any

from Axon.Box import makeInbox, makeOutbox
from Axon.boxes import changed, postbox
from Axon.Component import component
from Axon.idGen import numId
from Axon.Microprocess import Lazy

__all__ = ["AdaptiveCommsComponent"]


class _AdaptiveCommsable:
    """Adds and removes boxes, and remembers which of them belong to what."""

    inboxes: dict[str, postbox]
    outboxes: dict[str, postbox]
    _resources: dict[str, Any] = Lazy(lambda self: {})  # type: ignore[assignment]
    _information: dict[Any, tuple[list[str], list[str], Any]] = Lazy(lambda self: {})  # type: ignore[assignment]

    def addInbox(self, name: str = "inbox") -> str:
        """Add an inbox.

        Returns:
            Its name: `name`, with a number behind it if that was taken.
        """
        name = _free(name, self.inboxes)
        self.inboxes[name] = makeInbox(getattr(self, "_axon_waker", self))
        changed()
        return name

    def addOutbox(self, name: str = "outbox") -> str:
        """Add an outbox.

        Returns:
            Its name: `name`, with a number behind it if that was taken.
        """
        name = _free(name, self.outboxes)
        self.outboxes[name] = makeOutbox(getattr(self, "_axon_waker", self))
        changed()
        return name

    def deleteInbox(self, name: str) -> None:
        """Remove an inbox; linkages to it are not cut.

        Raises:
            KeyError: there is no such inbox.
        """
        del self.inboxes[name]
        changed()

    def deleteOutbox(self, name: str) -> None:
        """Remove an outbox; its linkage is not cut.

        Raises:
            KeyError: there is no such outbox.
        """
        del self.outboxes[name]
        changed()

    def trackResource(self, resource: Any, inbox: str) -> None:
        """Remember what an inbox is for.

        Raises:
            KeyError: there is no such inbox.
        """
        self.inboxes[inbox]
        self._resources[inbox] = resource

    def retrieveTrackedResource(self, inbox: str) -> Any:
        """Return what an inbox is for.

        Raises:
            KeyError: nothing was remembered for it.
        """
        return self._resources[inbox]

    def trackResourceInformation(
        self,
        resource: Any,
        inboxes: Iterable[str],
        outboxes: Iterable[str],
        information: Any,
    ) -> None:
        """Remember which boxes serve a resource, and something about it.

        Raises:
            KeyError: one of the boxes does not exist.
        """
        inboxes, outboxes = list(inboxes), list(outboxes)
        for name in inboxes:
            self.inboxes[name]
        for name in outboxes:
            self.outboxes[name]
        self._information[resource] = inboxes, outboxes, information

    def retrieveTrackedResourceInformation(
        self, resource: Any
    ) -> tuple[list[str], list[str], Any]:
        """Return (inboxes, outboxes, information) of a resource.

        Raises:
            KeyError: the resource is not tracked.
        """
        return self._information[resource]

    def ceaseTrackingResource(self, resource: Any) -> None:
        """Forget a resource.

        Raises:
            KeyError: the resource is not tracked.
        """
        del self._information[resource]


def _free(name: str, taken: dict[str, Any]) -> str:
    """Return a name that is not taken yet."""
    found = name
    while found in taken:
        found = f"{name}{numId()}"
    return found


class AdaptiveCommsComponent(component, _AdaptiveCommsable):
    """A component that can add and remove boxes while it runs."""
