"""The errors of Kamaelia.KamaeliaExceptions, under their other name."""

from Kamaelia.KamaeliaExceptions import (
    BadRequest,
    connectionClosedown,
    connectionDied,
    connectionDiedReceiving,
    connectionDiedSending,
    connectionServerShutdown,
    socketSendFailure,
)

__all__ = [
    "BadRequest",
    "connectionClosedown",
    "connectionDied",
    "connectionDiedReceiving",
    "connectionDiedSending",
    "connectionServerShutdown",
    "socketSendFailure",
]
