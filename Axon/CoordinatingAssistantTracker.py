"""A name service: components find services and values by name."""

from typing import Any, ClassVar

from Axon.AxonExceptions import (
    AccessToUndeclaredTrackedVariable,
    BadComponent,
    BadInbox,
    BadParentTracker,
    MultipleServiceDeletion,
    NamespaceClash,
    ServiceAlreadyExists,
)
from Axon.Microprocess import microprocess

__all__ = ["coordinatingassistanttracker"]


class coordinatingassistanttracker:
    """Services (name -> component and inbox) and values (name -> anything).

    Args:
        parent: another tracker, kept for programs that pass one.

    Raises:
        BadParentTracker: `parent` is no tracker.
    """

    basecat: ClassVar["coordinatingassistanttracker | None"] = None

    def __init__(self, parent: Any = None) -> None:
        if parent is not None and not isinstance(parent, coordinatingassistanttracker):
            raise BadParentTracker(parent)
        self.parent = parent
        self.zap()
        if coordinatingassistanttracker.basecat is None:
            coordinatingassistanttracker.basecat = self

    @classmethod
    def getcat(cls) -> "coordinatingassistanttracker":
        """Return the default tracker."""
        if coordinatingassistanttracker.basecat is None:
            coordinatingassistanttracker.basecat = cls()
        return coordinatingassistanttracker.basecat

    def zap(self) -> None:
        """Forget everything."""
        self._services: dict[Any, tuple[Any, str]] = {}
        self._values: dict[Any, Any] = {}

    def registerService(self, service: Any, thecomponent: Any, inbox: str) -> None:
        """Make an inbox of a component known under a name.

        Raises:
            ServiceAlreadyExists: the name is taken.
            BadComponent: what was given has no inboxes.
            BadInbox: it has no such inbox.
        """
        if service in self._services:
            raise ServiceAlreadyExists(service)
        if not hasattr(thecomponent, "inboxes"):
            raise BadComponent(thecomponent)
        if inbox not in thecomponent.inboxes:
            raise BadInbox(thecomponent, inbox)
        self._services[service] = thecomponent, inbox

    def deRegisterService(self, service: Any) -> None:
        """Forget a service.

        Raises:
            MultipleServiceDeletion: it isn't known (any more).
        """
        if self._services.pop(service, None) is None:
            raise MultipleServiceDeletion(service)

    def servicesRegistered(self) -> list[Any]:
        """Return the names of the services."""
        return list(self._services)

    def retrieveService(self, name: Any) -> tuple[Any, str]:
        """Return (component, name of its inbox).

        Raises:
            KeyError: no service has this name.
        """
        return self._services[name]

    def trackValue(self, name: Any, value: Any) -> None:
        """Begin to track a value.

        Raises:
            NamespaceClash: a value of this name is tracked already.
        """
        if name in self._values:
            raise NamespaceClash(name)
        self._values[name] = value

    def updateValue(self, name: Any, value: Any) -> None:
        """Change a value.

        Raises:
            AccessToUndeclaredTrackedVariable: no value of this name is tracked.
        """
        if name not in self._values:
            raise AccessToUndeclaredTrackedVariable(name, value)
        self._values[name] = value

    def retrieveValue(self, name: Any) -> Any:
        """Return a value.

        Raises:
            AccessToUndeclaredTrackedVariable: no value of this name is tracked.
        """
        if name not in self._values:
            raise AccessToUndeclaredTrackedVariable(name)
        return self._values[name]

    def informationItemsLogged(self) -> list[Any]:
        """Return the names of the values."""
        return list(self._values)


microprocess.setTrackerClass(coordinatingassistanttracker)
coordinatingassistanttracker.getcat()
