"""Tell whoever connects a fortune."""

from collections.abc import Generator
from typing import Any

from Axon.Component import component
from Axon.Ipc import newComponent
from Kamaelia.File.ReadFileAdaptor import ReadFileAdaptor

__all__ = ["FortuneCookieProtocol"]

COMMAND = "fortune -a"
BITRATE = 320  # bits a second: a letter every fortieth of a second
CHUNKRATE = 40


class FortuneCookieProtocol(component):
    """Sends what the program `fortune` says, slowly, and ends the connection.

    A protocol for ServerCore. Says nothing where that program isn't installed.

    Args:
        debug: kept for programs that give it; has no effect.
    """

    Inboxes = {"inbox": "not used", "control": "anything: stop"}
    Outboxes = {
        "outbox": "the fortune (bytes)",
        "signal": "what ended it",
        "_stop": "what ended it, to the reader inside",
    }

    def __init__(self, debug: int = 0) -> None:
        super().__init__()
        self.debug = debug

    def main(self) -> Generator[Any, None, None]:
        """Read the fortune out."""
        reader = ReadFileAdaptor(
            command=COMMAND, readmode="bitrate", bitrate=BITRATE, chunkrate=CHUNKRATE
        )
        self.link((reader, "outbox"), (self, "outbox"), passthrough=2)
        self.link((reader, "signal"), (self, "control"))
        self.link((self, "_stop"), (reader, "control"))
        self.addChildren(reader)
        yield newComponent(reader)
        while not self.dataReady("control"):
            self.pause()
            yield 1
        stop = self.recv("control")
        self.send(stop, "_stop")
        self.send(stop, "signal")


__kamaelia_components__ = (FortuneCookieProtocol,)
