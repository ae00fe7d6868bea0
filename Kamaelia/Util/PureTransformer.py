"""Transform each message with a function."""

from collections.abc import Callable
from typing import Any

from Kamaelia.Util.Worker import NOTHING, Transformer

__all__ = ["PureTransformer"]


class PureTransformer(Transformer):
    """Sends function(message) for each message, unless that is None.

        PureTransformer(lambda data: data.decode("utf8"))

    Subclasses may override `processMessage` instead.

    Args:
        function: what makes a message of a message.
        argd: become attributes.
    """

    Inboxes = {
        "inbox": "messages to transform",
        "control": "producerFinished, shutdown or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "transformed messages",
        "signal": "producerFinished, or the shutdownMicroprocess received",
    }

    def __init__(
        self, function: Callable[[Any], Any] | None = None, **argd: Any
    ) -> None:
        super().__init__(**argd)
        if function is not None:
            self.processMessage = function  # type: ignore[method-assign,assignment]

    def treat(self, message: Any) -> Any:
        """Return the transformed message."""
        result = self.processMessage(message)
        return NOTHING if result is None else result

    def processMessage(self, message: Any) -> Any:
        """Return what to send for a message, or None for nothing: to be overridden."""
        return None


__kamaelia_components__ = (PureTransformer,)
