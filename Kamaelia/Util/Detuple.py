"""Take one item out of each message."""

from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["SimpleDetupler"]


class SimpleDetupler(Worker):
    """Sends message[index] for each message.

    Args:
        index: position in a tuple or list, or key in a dict.
    """

    Inboxes = {
        "inbox": "tuples, lists or dicts",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "one item of each",
        "signal": "why this component stopped",
    }

    def __init__(self, index: Any) -> None:
        super().__init__()
        self.index = index

    def treat(self, message: Any) -> Any:
        """Return the item."""
        return message[self.index]


__kamaelia_components__ = (SimpleDetupler,)
