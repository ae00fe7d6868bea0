"""Send messages that are known beforehand."""

from collections.abc import Generator, Iterable
from typing import Any

from Axon.Ipc import producerFinished
from Kamaelia.Util.PureTransformer import PureTransformer
from Kamaelia.Util.Worker import Worker, stopsAtOnce

__all__ = ["DataSource", "TriggeredSource"]


class DataSource(Worker):
    """Sends the items of a list, one a step, then producerFinished.

    shutdownMicroprocess ends it early and is passed on.

    Args:
        messages: what to send; read as it goes.
        argd: become attributes.
    """

    Inboxes = {"inbox": "not used", "control": "shutdownMicroprocess: stop at once"}
    Outboxes = {"outbox": "the items", "signal": "why this component stopped"}
    messages: Iterable[Any] = ()

    def __init__(self, messages: Iterable[Any] | None = None, **argd: Any) -> None:
        super().__init__(**argd)
        if messages is not None:
            self.messages = messages

    def main(self) -> Generator[Any, None, None]:
        """Send one item a step."""
        for message in self.messages:
            self._readControl()
            yield from self.putAll([message])
            if self.stopped_by is not None and stopsAtOnce(self.stopped_by):
                break
            yield 1
        self._readControl()
        last = self.stopped_by
        if last is None or not stopsAtOnce(last):
            last = producerFinished(self)
        yield from self.sayGoodbye(last)


def TriggeredSource(msg: Any) -> PureTransformer:
    """Return a component that sends `msg` for each message it gets."""
    return PureTransformer(lambda _: msg)


__kamaelia_components__ = (DataSource,)
__kamaelia_prefabs__ = (TriggeredSource,)
