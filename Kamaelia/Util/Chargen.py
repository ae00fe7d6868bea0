"""Send the same text for ever."""

from collections.abc import Generator
from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["Chargen"]


class Chargen(Worker):
    """Sends "Hello World" each step, as fast as there is room, until told to stop."""

    Inboxes = {
        "inbox": "not used",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": '"Hello World"', "signal": "why this component stopped"}

    def main(self) -> Generator[Any, None, None]:
        """Send until told to stop."""
        while self.stopped_by is None:
            yield from self.putAll(["Hello World"])
            yield 1
            self._readControl()
        yield from self.sayGoodbye(self.stopped_by)


__kamaelia_components__ = (Chargen,)
