"""Read whole files by name."""

from pathlib import Path
from typing import Any

from Kamaelia.Util.Worker import Transformer

__all__ = ["TriggeredFileReader"]


class TriggeredFileReader(Transformer):
    """Sends the whole content of each file named.

    Raises:
        OSError: out of the scheduler, if a file cannot be read.
    """

    Inboxes = {
        "inbox": "names of files",
        "control": "producerFinished, shutdown or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "the content of each (bytes)",
        "signal": "why this component stopped",
    }

    def treat(self, message: Any) -> Any:
        """Return the content of a file."""
        return Path(message).read_bytes()


__kamaelia_components__ = (TriggeredFileReader,)
