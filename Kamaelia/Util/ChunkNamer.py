"""Give each message a file name."""

from typing import Any

from Kamaelia.Util.Worker import Transformer

__all__ = ["ChunkNamer"]


class ChunkNamer(Transformer):
    """Sends [name, message] for each message, for a WholeFileWriter.

    The names are `<basepath>chunk1<suffix>`, `<basepath>chunk2<suffix>` ...

    Args:
        basepath: what the names begin with.
        suffix: what they end with.
    """

    Inboxes = {
        "inbox": "data to be named",
        "control": "producerFinished, shutdown or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "[name, data]", "signal": "why this component stopped"}

    def __init__(self, basepath: str = "", suffix: str = "") -> None:
        super().__init__()
        self.basepath = basepath
        self.suffix = suffix
        self._number = 0

    def treat(self, message: Any) -> Any:
        """Return the message with the next name."""
        self._number += 1
        return [f"{self.basepath}chunk{self._number}{self.suffix}", message]


__kamaelia_components__ = (ChunkNamer,)
