"""How a transfer ended, whatever carried it."""

from enum import Enum, auto

__all__ = ["Outcome"]


class Outcome(Enum):
    """The ways a transfer can end; only COMPLETED leaves a whole file."""

    COMPLETED = auto()
    REFUSED = auto()  # it never began: declined, or not whom we wait for
    CANCELLED_BY_US = auto()
    CANCELLED_BY_PEER = auto()
    FAILED = auto()
