"""Presence states: their three-letter codes and what they mean.

Source: the MSN Messenger protocol as its clients speak it.
"""

from typing import Final

__all__ = [
    "SETTABLE",
    "STATUS_AWAY",
    "STATUS_BRB",
    "STATUS_BUSY",
    "STATUS_HIDDEN",
    "STATUS_IDLE",
    "STATUS_LUNCH",
    "STATUS_OFFLINE",
    "STATUS_ONLINE",
    "STATUS_PHONE",
    "VISIBLE",
    "statusCodes",
    "status_text",
]

STATUS_ONLINE: Final = "NLN"
STATUS_OFFLINE: Final = "FLN"
STATUS_HIDDEN: Final = "HDN"
STATUS_IDLE: Final = "IDL"
STATUS_AWAY: Final = "AWY"
STATUS_BUSY: Final = "BSY"
STATUS_BRB: Final = "BRB"
STATUS_PHONE: Final = "PHN"
STATUS_LUNCH: Final = "LUN"

statusCodes: Final = {  # noqa: N816 - the name that Twisted's module had
    STATUS_ONLINE: "Online",
    STATUS_OFFLINE: "Offline",
    STATUS_HIDDEN: "Appear Offline",
    STATUS_IDLE: "Idle",
    STATUS_AWAY: "Away",
    STATUS_BUSY: "Busy",
    STATUS_BRB: "Be Right Back",
    STATUS_PHONE: "On the Phone",
    STATUS_LUNCH: "Out to Lunch",
}
"""Meaning by code."""

VISIBLE: Final = frozenset(statusCodes) - {STATUS_OFFLINE, STATUS_HIDDEN}
"""States in which others see a user online."""

SETTABLE: Final = VISIBLE | {STATUS_HIDDEN}
"""States that a client may ask for with CHG."""


def status_text(code: str) -> str:
    """Return what a state's code means; an unknown code stands for itself."""
    return statusCodes.get(code.upper(), code)
