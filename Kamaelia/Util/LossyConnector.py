"""Drop messages rather than wait."""

from collections.abc import Generator
from typing import Any

from Axon.AxonExceptions import noSpaceInBox
from Kamaelia.Util.Worker import Worker

__all__ = ["LossyConnector"]


class LossyConnector(Worker):
    """Passes messages on; drops those for which there is no room at the far end."""

    Inboxes = {
        "inbox": "anything",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "messages for which there was room",
        "signal": "why this component stopped",
    }

    def _work(self) -> Generator[Any, None, None]:
        """Pass on what waits in the inbox, as far as there is room."""
        for message in self.Inbox("inbox"):
            try:
                self.send(message, "outbox")
            except noSpaceInBox:
                continue  # losing it is what this component is for
        yield from ()


__kamaelia_components__ = (LossyConnector,)
