"""Number messages."""

from itertools import count
from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["TagWithSequenceNumber"]


class TagWithSequenceNumber(Worker):
    """Sends (number, message) for each message.

    Args:
        initial: the number of the first message.
    """

    Inboxes = {
        "inbox": "anything",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "(number, message)",
        "signal": "why this component stopped",
    }

    def __init__(self, initial: int = 0) -> None:
        super().__init__()
        self._numbers = count(initial)

    def treat(self, message: Any) -> Any:
        """Return the message with its number."""
        return next(self._numbers), message


__kamaelia_components__ = (TagWithSequenceNumber,)
