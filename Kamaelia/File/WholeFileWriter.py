"""Write whole files."""

from pathlib import Path
from typing import Any

from Kamaelia.Util.Worker import Worker

__all__ = ["WholeFileWriter"]


class WholeFileWriter(Worker):
    """Writes each [name, bytes] to a file of its own and sends the name when done.

    Raises:
        OSError: out of the scheduler, if a file cannot be written.
    """

    Inboxes = {
        "inbox": "[name, bytes]",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "the name of each file written",
        "signal": "why this component stopped",
    }

    def treat(self, message: Any) -> Any:
        """Write a file; return its name."""
        name, data = message
        Path(name).write_bytes(data)
        return name


__kamaelia_components__ = (WholeFileWriter,)
