"""Copy messages to named outboxes."""

from collections.abc import Generator, Iterable
from typing import Any

from Kamaelia.Support.Deprecate import makeClassStub
from Kamaelia.Util.Worker import Worker

__all__ = ["Fanout", "fanout"]


class Fanout(Worker):
    """Copies each message to every outbox named.

    Args:
        boxnames: names of the outboxes, made with the component.
    """

    Inboxes = {
        "inbox": "messages to copy",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "not used", "signal": "why this component stopped"}

    def __init__(self, boxnames: Iterable[str] = ()) -> None:
        self.boxnames = list(boxnames)
        named = dict.fromkeys(self.boxnames, "copies of the messages")
        self.Outboxes = {**type(self).Outboxes, **named}
        super().__init__()

    def _work(self) -> Generator[Any, None, None]:
        """Copy what waits in the inbox."""
        for message in self.Inbox("inbox"):
            for box in self.boxnames:
                yield from self.putAll([message], box)


fanout = makeClassStub(
    Fanout, "use Kamaelia.Util.Fanout.Fanout instead of Kamaelia.Util.Fanout.fanout"
)

__kamaelia_components__ = (Fanout,)
