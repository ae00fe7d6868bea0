"""Compare two streams of messages."""

from collections.abc import Generator
from typing import Any

from Axon.Ipc import producerFinished
from Kamaelia.Support.Deprecate import makeClassStub
from Kamaelia.Util.Worker import Worker

__all__ = ["Comparator", "comparator"]


class Comparator(Worker):
    """Sends, for each pair of messages from `inA` and `inB`, whether they are equal.

    Subclasses may override `combine`. On either shutdown message it sends a
    producerFinished of its own.
    """

    Inboxes = {
        "inA": "messages to compare",
        "inB": "messages to compare them with",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "True or False for each pair",
        "signal": "producerFinished when it has stopped",
    }

    def combine(self, valA: Any, valB: Any) -> Any:  # noqa: N803
        """Return what to send for a pair: to be overridden."""
        return valA == valB

    def _work(self) -> Generator[Any, None, None]:
        """Compare the pairs that wait."""
        while self.dataReady("inA") and self.dataReady("inB"):
            result = self.combine(self.recv("inA"), self.recv("inB"))
            yield from self.putAll([result])

    def hasWork(self) -> bool:
        """Return whether a pair waits."""
        return bool(self.dataReady("inA") and self.dataReady("inB"))

    def sayGoodbye(self, stop: Any) -> Generator[Any, None, None]:
        """Say that nothing more comes from here."""
        yield from super().sayGoodbye(producerFinished())


comparator = makeClassStub(
    Comparator,
    "use Kamaelia.Util.Comparator.Comparator instead of "
    "Kamaelia.Util.Comparator.comparator",
)

__kamaelia_components__ = (Comparator,)
