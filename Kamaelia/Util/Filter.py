"""Filter messages with an object."""

from collections.abc import Iterator
from typing import Any

from Kamaelia.Util.Worker import NOTHING, Worker

__all__ = ["Filter", "FilterComponent", "NullFilter"]


class NullFilter:
    """A filter that changes nothing."""

    def filter(self, data: Any) -> Any:
        """Return what to pass on for `data`: itself."""
        return data


class Filter(Worker):
    """Sends what the `filter` method of an object makes of each message.

    Messages for which it returns None are dropped. At producerFinished it is called
    with "" for what it may still hold, until it returns nothing more.

    Args:
        filter: the object.
    """

    Inboxes = {
        "inbox": "messages to filter",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "filtered messages", "signal": "why this component stopped"}

    def __init__(self, filter: Any = None) -> None:
        super().__init__()
        self.filter = NullFilter() if filter is None else filter

    def treat(self, message: Any) -> Any:
        """Return what the object makes of a message."""
        result = self.filter.filter(message)
        return NOTHING if result is None else result

    def remainder(self) -> Iterator[Any]:
        """Yield what the object still holds."""
        while rest := self.filter.filter(""):
            yield rest


FilterComponent = Filter

__kamaelia_components__ = (Filter,)
