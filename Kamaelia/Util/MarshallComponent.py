"""Marshalling both ways in one component."""

from collections.abc import Generator
from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["BasicMarshallComponent"]


class BasicMarshallComponent(Worker):
    """Marshalls what comes in one inbox, demarshalls what comes in another.

    Args:
        klass: has static or class methods `marshall` and `demarshall`.
    """

    Inboxes = {
        "marshall": "objects",
        "demarshall": "marshalled objects",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "marshalled": "marshalled objects",
        "demarshalled": "objects",
        "signal": "why this component stopped",
    }

    def __init__(self, klass: Any) -> None:
        super().__init__()
        self.klass = klass

    def _work(self) -> Generator[Any, None, None]:
        """Marshall and demarshall what waits."""
        for message in self.Inbox("marshall"):
            yield from self.putAll([self.klass.marshall(message)], "marshalled")
        for message in self.Inbox("demarshall"):
            yield from self.putAll([self.klass.demarshall(message)], "demarshalled")


__kamaelia_components__ = (BasicMarshallComponent,)
