"""Find the greatest."""

from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["Max"]


class Max(Worker):
    """Sends max(message) for each message."""

    Inboxes = {
        "inbox": "lists of what can be compared",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "the greatest item of each",
        "signal": "why this component stopped",
    }

    def treat(self, message: Any) -> Any:
        """Return the greatest item."""
        return max(message)


__kamaelia_components__ = (Max,)
