"""Boxes: where messages wait, and what leads there.

The class itself stands in `Axon.boxes`, since every message passes through it.
"""

from typing import Any

from Axon.boxes import NOBODY, postbox

__all__ = ["ShowAllTransits", "makeInbox", "makeOutbox", "nullsink", "postbox"]

ShowAllTransits = False  # True when a box is made: it prints each message it gets


def makeInbox(notify: Any, size: int | None = None) -> postbox:
    """Return an inbox.

    Args:
        notify: the task that a message wakes, or a function called for each message.
        size: how many messages may wait; None for no limit.
    """
    return _shown(postbox(notify, True, size))


def makeOutbox(notify: Any = None) -> postbox:
    """Return an outbox.

    Args:
        notify: the task that is woken, or a function that is called, when a message
            sent from here is taken at the far end.
    """
    return _shown(postbox(notify, False))


def _shown(box: postbox) -> postbox:
    """Return the box, printing its messages if `ShowAllTransits` says so."""
    if ShowAllTransits:
        box.setShowTransit(True, "inbox" if box.is_inbox else "outbox")
    return box


def nullsink() -> postbox:
    """Return a box that drops what it gets."""
    return postbox(NOBODY, False)
