"""Pass on what lies in a range."""

from collections.abc import Iterable
from typing import Any

from Kamaelia.Util.Worker import NOTHING, Worker

__all__ = ["RangeFilter"]


class RangeFilter(Worker):
    """Passes a message on if message[0] lies in one of some ranges.

    Args:
        ranges: (lowest, highest) pairs, both inclusive.
    """

    Inboxes = {
        "inbox": "tuples or lists whose first item can be compared",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "those in range",
        "signal": "why this component stopped",
    }

    def __init__(self, ranges: Iterable[tuple[Any, Any]]) -> None:
        super().__init__()
        self.ranges = list(ranges)

    def treat(self, message: Any) -> Any:
        """Return the message if it is in range."""
        value = message[0]
        if any(low <= value <= high for low, high in self.ranges):
            return message
        return NOTHING


__kamaelia_components__ = (RangeFilter,)
