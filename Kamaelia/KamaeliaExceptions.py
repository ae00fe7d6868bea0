"""Errors of Kamaelia's network components. Names as in the original."""

# ruff: noqa: N801 - the names of the original

from typing import Any

from Axon.AxonExceptions import AxonException

__all__ = [
    "BadRequest",
    "connectionClosedown",
    "connectionDied",
    "connectionDiedReceiving",
    "connectionDiedSending",
    "connectionServerShutdown",
    "socketSendFailure",
]


class socketSendFailure(AxonException):
    """Data could not be sent."""


class connectionClosedown(AxonException):
    """A connection has closed."""


class connectionDied(connectionClosedown):
    """A connection broke."""


class connectionDiedSending(connectionDied):
    """A connection broke while sending."""


class connectionDiedReceiving(connectionDied):
    """A connection broke while receiving."""


class connectionServerShutdown(connectionClosedown):
    """The server closed a connection."""


class BadRequest(AxonException):
    """A request could not be understood.

    Args:
        request: the request.
        innerexception: what was wrong with it.
    """

    def __init__(self, request: Any, innerexception: Any) -> None:
        super().__init__(request, innerexception)
        self.request = request
        self.exception = innerexception
