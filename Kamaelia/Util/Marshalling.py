"""Make bytes or text of objects, and objects of them."""

from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["DeMarshaller", "Marshaller"]


class Marshaller(Worker):
    """Sends klass.marshall(message) for each message.

    Args:
        klass: has a static or class method `marshall`.
    """

    Inboxes = {
        "inbox": "objects",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "marshalled objects", "signal": "why this component stopped"}

    def __init__(self, klass: Any) -> None:
        super().__init__()
        self.klass = klass

    def treat(self, message: Any) -> Any:
        """Return the marshalled object."""
        return self.klass.marshall(message)


class DeMarshaller(Worker):
    """Sends klass.demarshall(message) for each message.

    Args:
        klass: has a static or class method `demarshall`.
    """

    Inboxes = {
        "inbox": "marshalled objects",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "objects", "signal": "why this component stopped"}

    def __init__(self, klass: Any) -> None:
        super().__init__()
        self.klass = klass

    def treat(self, message: Any) -> Any:
        """Return the object."""
        return self.klass.demarshall(message)


__kamaelia_components__ = (Marshaller, DeMarshaller)
