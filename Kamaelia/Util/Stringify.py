"""Make text of messages."""

from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["Stringify"]


class Stringify(Worker):
    """Sends str(message) for each message."""

    Inboxes = {
        "inbox": "anything",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "text (str)",
        "signal": "why this component stopped",
    }

    def treat(self, message: Any) -> Any:
        """Return the text."""
        return str(message)


__kamaelia_components__ = (Stringify,)
