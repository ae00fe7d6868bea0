"""Pass on one message only."""

from typing import Any

from Kamaelia.Util.Worker import NOTHING, Worker

__all__ = ["FirstOnly"]


class FirstOnly(Worker):
    """Passes the first message on and drops all others.

    Any message in `control` ends it and is passed on.
    """

    Inboxes = {
        "inbox": "anything",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "the first message",
        "signal": "why this component stopped",
    }

    stop_on = (object,)
    passed = False

    def treat(self, message: Any) -> Any:
        """Return the message if it is the first."""
        if self.passed:
            return NOTHING
        self.passed = True
        return message


__kamaelia_components__ = (FirstOnly,)
