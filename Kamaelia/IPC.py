"""Messages that Kamaelia's network components exchange, besides those of Axon.Ipc.

Names and meaning as in the original Kamaelia.
"""

# ruff: noqa: N801 - the names of the original

from typing import Any

from Axon.Ipc import notify, producerFinished, shutdownMicroprocess

__all__ = [
    "newCSA",
    "newExceptional",
    "newReader",
    "newServer",
    "newWriter",
    "notify",
    "producerFinished",
    "removeExceptional",
    "removeReader",
    "removeWriter",
    "serverShutdown",
    "shutdownCSA",
    "shutdownMicroprocess",
    "socketShutdown",
]


class socketShutdown(producerFinished):
    """A connection has closed; `message` says how."""


class serverShutdown(shutdownMicroprocess):
    """Stop listening."""


class newCSA(notify):
    """A connection was accepted.

    Attributes:
        object: the component that carries it.
        sock: its socket.
    """

    def __init__(self, caller: Any, CSA: Any, sock: Any = None) -> None:  # noqa: N803
        super().__init__(caller, CSA)
        self.sock = sock


class shutdownCSA(notify):
    """A connection has closed; `object` is the component that carried it."""

    def __init__(self, caller: Any, CSA: Any) -> None:  # noqa: N803
        super().__init__(caller, CSA)


class newServer(notify):
    """A server was made; `object` is what it listens with."""


class newReader(notify):
    """Tell ((component, box), descriptor) once when it can be read."""


class newWriter(notify):
    """Tell ((component, box), descriptor) once when it can be written."""


class newExceptional(notify):
    """Tell ((component, box), descriptor) once when out-of-band data has come."""


class removeReader(notify):
    """Forget a descriptor given with newReader."""


class removeWriter(notify):
    """Forget a descriptor given with newWriter."""


class removeExceptional(notify):
    """Forget a descriptor given with newExceptional."""
