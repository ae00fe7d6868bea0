"""Every error that the kernel raises: wiring and scheduling.

Names and meaning as in the original Axon.
"""

from typing import Any

__all__ = [
    "AccessToUndeclaredTrackedVariable",
    "ArgumentsClash",
    "AxonException",
    "BadComponent",
    "BadInbox",
    "BadLinkage",
    "BadParentTracker",
    "BoxAlreadyLinkedToDestination",
    "MultipleServiceDeletion",
    "NamespaceClash",
    "ServiceAlreadyExists",
    "invalidComponentInterface",
    "noSpaceInBox",
    "normalShutdown",
]


class AxonException(Exception):
    """What all errors of the kernel are.

    Positional arguments end up in `args`, as with any exception; keyword arguments
    become attributes.
    """

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args)
        self.__dict__.update(attributes)


class normalShutdown(AxonException):
    """A component ends in an orderly way."""


class invalidComponentInterface(AxonException):
    """A component lacks boxes that somebody requires.

    Arguments: "inboxes" or "outboxes", the component, the interface required.
    """


class noSpaceInBox(AxonException):
    """An inbox is full; the message was not stored.

    Arguments: the number of messages waiting, the limit.
    """


class BadParentTracker(AxonException):
    """The parent of a tracker is not a tracker."""


class ServiceAlreadyExists(AxonException):
    """A service of this name is registered already."""


class BadComponent(AxonException):
    """What was registered as a service is not a component."""


class BadInbox(AxonException):
    """The component has no inbox of that name."""


class BadLinkage(AxonException, KeyError):
    """A linkage names a box that the component does not have."""

    def __str__(self) -> str:
        return Exception.__str__(self)


class MultipleServiceDeletion(AxonException):
    """A service was removed that is not registered (any more)."""


class NamespaceClash(AxonException):
    """A value of this name is tracked already."""


class AccessToUndeclaredTrackedVariable(AxonException):
    """No value of this name is tracked."""


class ArgumentsClash(AxonException):
    """Arguments that exclude each other were given together."""


class BoxAlreadyLinkedToDestination(AxonException):
    """A box can have one target only.

    Arguments: the box asked, the target it has, the source that was to be added.
    """
