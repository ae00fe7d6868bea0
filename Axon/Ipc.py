"""Messages that components exchange about life and death.

Also what a component may yield to its scheduler: `newComponent`, `WaitComplete`.
Names and meaning as in the original Axon.
"""

from typing import Any

__all__ = [
    "WaitComplete",
    "errorInformation",
    "ipc",
    "newComponent",
    "notify",
    "producerFinished",
    "reactivate",
    "shutdown",
    "shutdownMicroprocess",
    "status",
    "wouldblock",
]


class ipc:
    """What all messages of this module are."""


class newComponent(ipc):
    """Yielded to the scheduler: activate these components."""

    def __init__(self, *components: Any) -> None:
        self._components = components

    def components(self) -> tuple[Any, ...]:
        """Return the components to activate."""
        return self._components


class shutdownMicroprocess(ipc):
    """Stop now: drop what you have."""

    def __init__(self, *microprocesses: Any) -> None:
        self._microprocesses = microprocesses

    def microprocesses(self) -> tuple[Any, ...]:
        """Return what the sender named, usually itself."""
        return self._microprocesses


class notify(ipc):
    """Something that `caller` tells; the payload is in `object`."""

    def __init__(self, caller: Any, payload: Any) -> None:
        self.object = payload
        self.caller = caller


class status(ipc):
    """A state that somebody reports."""

    def __init__(self, status: Any) -> None:
        self._status = status

    def status(self) -> Any:
        """Return the state reported."""
        return self._status


class wouldblock(ipc):
    """The caller would have to wait."""

    def __init__(self, caller: Any) -> None:
        self.caller = caller


class producerFinished(ipc):
    """No more data will come: finish what you have, then stop.

    Attributes:
        caller: who finished.
        message: why, if there is more to say.
    """

    def __init__(self, caller: Any = None, message: Any = None) -> None:
        self.caller = caller
        self.message = message


class errorInformation(ipc):
    """Something went wrong in `caller`.

    Attributes:
        caller: whose error it is.
        exception: the exception, if there was one.
        message: what happened, for people.
    """

    def __init__(
        self, caller: Any, exception: BaseException | None = None, message: Any = None
    ) -> None:
        self.caller = caller
        self.exception = exception
        self.message = message


class WaitComplete(ipc):
    """Yielded to the scheduler: run this generator to its end, then resume me.

    It runs inside the same microprocess: `pause()` in it sleeps, an exception in it
    is thrown into the caller's frame, its return value is what the `yield` gives.

    Args:
        args: the generator.
        argd: `tag`, a name for people who debug.
    """

    def __init__(self, *args: Any, **argd: Any) -> None:
        self.args = args
        self.argd = argd


class reactivate(ipc):
    """Returned by `_closeDownMicroprocess`: run `original` again."""

    def __init__(self, original: Any) -> None:
        self.original = original


class shutdown(ipc):
    """A stop message that only some components know."""
