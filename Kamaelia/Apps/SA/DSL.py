"""Keep what comes in a list."""

from collections.abc import MutableSequence
from typing import Any

from Axon.Ipc import producerFinished
from Kamaelia.Util.Worker import NOTHING, Worker

__all__ = ["DataSink"]


class DataSink(Worker):
    """Appends what comes to a list.

    Any message in `control` ends it, once what waits is in the list, and is passed on.

    Args:
        outlist: the list.
        argd: become attributes: `limit`, after how many messages to end with
            producerFinished (0 for no limit); `pass_thru`, whether to send them on.
    """

    Inboxes = {"inbox": "messages to keep", "control": "anything: stop"}
    Outboxes = {"outbox": "the same messages", "signal": "why this component stopped"}
    stop_on = (object,)
    limit = 0
    pass_thru = True

    def __init__(self, outlist: MutableSequence[Any], **argd: Any) -> None:
        super().__init__(**argd)
        self.outlist = outlist
        self._count = 0

    def hasWork(self) -> bool:
        """Return whether something waits that is to be kept."""
        return not self._isComplete() and super().hasWork()

    def _isComplete(self) -> bool:
        """Return whether the list has as many as it was to get."""
        return 0 < self.limit <= self._count

    def treat(self, message: Any) -> Any:
        """Keep a message; return it, or NOTHING."""
        if self._isComplete():
            return NOTHING
        self.outlist.append(message)
        self._count += 1
        if self._isComplete() and self.stopped_by is None:
            self.stopped_by = producerFinished(self)
        return message if self.pass_thru else NOTHING


__kamaelia_components__ = (DataSink,)
