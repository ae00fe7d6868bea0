"""Copy messages to two outboxes."""

from collections.abc import Generator
from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["TwoWaySplitter"]


class TwoWaySplitter(Worker):
    """Copies messages to two outboxes, and shutdown messages to two signals.

    Waits until there is room for both copies.
    """

    Inboxes = {
        "inbox": "messages to copy",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "copies of the messages",
        "outbox2": "copies of the messages",
        "signal": "why this component stopped",
        "signal2": "why this component stopped",
    }

    def _work(self) -> Generator[Any, None, None]:
        """Copy what waits in the inbox."""
        for message in self.Inbox("inbox"):
            for box in ("outbox", "outbox2"):
                yield from self.putAll([message], box)

    def sayGoodbye(self, stop: Any) -> Generator[Any, None, None]:
        """Pass on why this ends, both ways."""
        yield from super().sayGoodbye(stop)
        yield from self.sendWhenSpace(stop, "signal2")


__kamaelia_components__ = (TwoWaySplitter,)
