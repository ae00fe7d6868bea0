"""Take messages and drop them."""

from collections.abc import Generator
from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["nullSinkComponent"]


class nullSinkComponent(Worker):  # noqa: N801 - the name of the original
    """Drops every message; ends on a shutdown message without passing it on."""

    Inboxes = {
        "inbox": "messages to drop",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "not used", "signal": "not used"}

    def process(self, message: Any) -> Any:
        """Drop a message."""
        return None

    def sayGoodbye(self, stop: Any) -> Generator[Any, None, None]:
        """Say nothing."""
        yield from ()


__kamaelia_components__ = (nullSinkComponent,)
