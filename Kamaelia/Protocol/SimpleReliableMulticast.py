"""Send data over a network that reorders and doubles packets.

What is lost is lost; the receiver sees by the numbers that it is.
"""

from typing import Any

from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Protocol.Framing import DataChunker, DataDeChunker, DeFramer, Framer
from Kamaelia.Protocol.RecoverOrder import RecoverOrder
from Kamaelia.Util.Worker import Worker

__all__ = ["Annotator", "RecoverOrder", "SRM_Receiver", "SRM_Sender"]


class Annotator(Worker):
    """Sends (number, message) for each message, counting from 1."""

    Inboxes = {
        "inbox": "messages",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "(number, message)", "signal": "why this component stopped"}

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def treat(self, message: Any) -> tuple[int, Any]:
        """Number a message."""
        self.count += 1
        return self.count, message


def SRM_Sender() -> Pipeline:
    """Make text (str) into numbered frames with marks between them."""
    return Pipeline(Annotator(), Framer(), DataChunker())


def SRM_Receiver() -> Pipeline:
    """Make frames with marks between them into (number, text), in order."""
    return Pipeline(DataDeChunker(), DeFramer(), RecoverOrder())


__kamaelia_components__ = (Annotator, RecoverOrder)
__kamaelia_prefabs__ = (SRM_Sender, SRM_Receiver)
