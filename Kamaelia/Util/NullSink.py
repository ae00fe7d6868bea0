"""Take messages and drop them."""

from typing import Any

from Kamaelia.Util.Worker import NOTHING, Worker

__all__ = ["nullSinkComponent"]


class nullSinkComponent(Worker):  # noqa: N801 - the name of the original
    """Drops every message; ends on a shutdown message."""

    Inboxes = {
        "inbox": "messages to drop",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "not used", "signal": "why this component stopped"}

    def treat(self, message: Any) -> Any:
        """Drop a message."""
        return NOTHING


__kamaelia_components__ = (nullSinkComponent,)
