"""Collect messages into one list."""

from collections.abc import Generator
from typing import Any

from Kamaelia.Util.Worker import NOTHING, Worker

__all__ = ["Collate"]


class Collate(Worker):
    """Sends one list of all messages when it is told to stop."""

    Inboxes = {
        "inbox": "anything",
        "control": "producerFinished or shutdownMicroprocess: send the list and stop",
    }
    Outboxes = {"outbox": "the list", "signal": "why this component stopped"}

    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        self._collected: list[Any] = []

    def treat(self, message: Any) -> Any:
        """Keep a message."""
        self._collected.append(message)
        return NOTHING

    def sayGoodbye(self, stop: Any) -> Generator[Any, None, None]:
        """Send the list, then why this ends."""
        self._collected += self.Inbox("inbox")
        yield from self.sendWhenSpace(self._collected, "outbox")
        yield from super().sayGoodbye(stop)


__kamaelia_components__ = (Collate,)
