"""Old names that still work, and say once what to use instead."""

import sys
from typing import Any, TypeVar, cast

__all__ = ["deprecationWarning", "makeClassStub"]

Klass = TypeVar("Klass", bound=type)

_said: set[str] = set()


def deprecationWarning(message: str) -> None:
    """Print `DEPRECATED: <message>` on stderr, once per message."""
    if message not in _said:
        _said.add(message)
        sys.stderr.write(f"DEPRECATED: {message}\n")


def makeClassStub(klass: Klass, message: str = "", level: str = "WARN") -> Klass:
    """Return a subclass of a class, for its old name.

    Args:
        klass: the class under its new name.
        message: printed once, when the first instance is made.
        level: "WARN" to print the message; anything else keeps quiet.
    """

    def construct(self: Any, *args: Any, **argd: Any) -> None:
        if level == "WARN":
            deprecationWarning(message)
        klass.__init__(self, *args, **argd)  # type: ignore[misc]

    names = {
        "__init__": construct,
        "__module__": klass.__module__,
        "__doc__": f"Deprecated: {message}.\n\n{klass.__doc__ or ''}",
    }
    stub: Any = type(klass)(klass.__name__, (klass,), names)
    return cast("Klass", stub)
