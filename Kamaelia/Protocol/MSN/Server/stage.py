"""How far a client of the notification server has come."""

from enum import Enum, auto

__all__ = ["Stage"]


class Stage(Enum):
    """What a session has behind it; see the module notification."""

    NEW = auto()
    VERSIONED = auto()
    ONLY_CVR = auto()
    SIGNED_ON = auto()
