"""Small helpers at the path where old programs import them."""

import logging
from collections.abc import Iterable
from typing import Any, cast

from Axon.AxonExceptions import invalidComponentInterface

__all__ = [
    "Finality",
    "axonRaise",
    "listSubset",
    "logError",
    "next",
    "production",
    "removeAll",
    "safeList",
    "testInterface",
    "vrange",
]

production = False  # True: axonRaise returns False instead of raising
next = next
vrange = range


class Finality(Exception):
    """Raised to leave a block of code early."""


def logError(*args: Any) -> None:
    """Log an error that `axonRaise` doesn't raise."""
    logging.getLogger(__name__).error("%s", " ".join(map(str, args)))


def axonRaise(someException: type[Exception], *args: Any) -> bool:  # noqa: N803
    """Raise the exception, or return False if `production` is set."""
    if production:
        logError(someException.__name__, *args)
        return False
    raise someException(*args)


def removeAll(xs: list[Any], y: Any) -> None:
    """Remove every item equal to `y` from a list."""
    xs[:] = [x for x in xs if x != y]


def listSubset(requiredList: Iterable[Any], suppliedList: Iterable[Any]) -> bool:  # noqa: N803
    """Return whether every required item is among those supplied."""
    supplied = list(suppliedList)
    return all(required in supplied for required in requiredList)


def testInterface(theComponent: Any, interface: tuple[Any, Any]) -> bool:  # noqa: N803
    """Return True if a component has the (inboxes, outboxes) required.

    Raises:
        invalidComponentInterface: it lacks some.
    """
    for kind, required in zip(("inboxes", "outboxes"), interface, strict=True):
        if not listSubset(required, getattr(theComponent, kind)):
            return axonRaise(invalidComponentInterface, kind, theComponent, interface)
    return True


def safeList(arg: Any = None) -> list[Any]:
    """Return the items of something iterable; an empty list for anything else."""
    try:
        return list(cast("Iterable[Any]", arg))
    except TypeError:
        return []
