"""Who may warn whom: once for each message, and not too often."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from Kamaelia.Protocol.AIM.Server.state.admission import Buckets

__all__ = ["Warnings"]

_PER_HOUR: Final = 3
_HOUR: Final = 3_600.0
_MOST_PAIRS: Final = 50_000
_MOST_MESSAGES: Final = 10


class Warnings:
    """Counts messages that may be warned for, and warnings.

    Args:
        clock: monotonic time in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._heard: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._given = Buckets(_PER_HOUR, _HOUR, clock)

    def note_message(self, recipient: str, sender: str) -> None:
        """Note that somebody got a message."""
        pair = recipient, sender
        self._heard[pair] = min(self._heard.get(pair, 0) + 1, _MOST_MESSAGES)
        self._heard.move_to_end(pair)
        if len(self._heard) > _MOST_PAIRS:
            self._heard.popitem(last=False)

    def may_warn(self, warner: str, target: str) -> bool:
        """Use up a message; return whether there was one, and warnings are left."""
        pair = warner, target
        if not self._heard.get(pair) or not self._given.take(warner):
            return False
        self._heard[pair] -= 1
        return True
