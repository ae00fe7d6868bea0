"""Thin messages out."""

from typing import Any

from Kamaelia.Util.Worker import NOTHING, Worker

__all__ = ["Sync"]


class Sync(Worker):
    """Sends the last of every n messages.

    Args:
        n: how many messages make one.
    """

    Inboxes = {
        "inbox": "anything",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "the last of every n messages",
        "signal": "why this component stopped",
    }

    def __init__(self, n: int = 2) -> None:
        super().__init__()
        self.n = n
        self._seen = 0

    def treat(self, message: Any) -> Any:
        """Return the message if it is the last of n."""
        self._seen = (self._seen + 1) % self.n
        return message if self._seen == 0 else NOTHING


__kamaelia_components__ = (Sync,)
