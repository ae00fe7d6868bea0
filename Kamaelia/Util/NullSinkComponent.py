"""Take messages and drop them, until anything comes in on control."""

from typing import Any

from Kamaelia.Util.Worker import NOTHING, Worker

__all__ = ["nullSinkComponent"]


class nullSinkComponent(Worker):  # noqa: N801 - the name of the original
    """Drops every message; ends on any message in `control` and passes it on."""

    Inboxes = {"inbox": "messages to drop", "control": "anything: stop"}
    Outboxes = {"outbox": "not used", "signal": "what ended it"}
    stop_on = (object,)

    def treat(self, message: Any) -> Any:
        """Drop a message."""
        return NOTHING


__kamaelia_components__ = (nullSinkComponent,)
