"""MSNP from bytes to commands: the layer below the client components.

TCPClient - MSNProtocol - MSNNotificationClient or another
   bytes      Command(name, trid, args, payload)
"""

from collections import deque
from collections.abc import Generator
from typing import Any, NamedTuple

from Axon.Component import component
from Axon.Ipc import errorInformation, producerFinished, shutdownMicroprocess
from Kamaelia.Protocol.MSN.wire.command import CommandDecoder, Kind, Sender
from Kamaelia.Protocol.wire.errors import ProtocolError

__all__ = ["MSNProtocol", "SpeakDialect", "StreamBroken", "StreamEnded"]


class StreamBroken(NamedTuple):
    """The peer sent what cannot be MSNP; nothing after it can be read.

    Attributes:
        reason: what is wrong, and where.
        data: how it begins, at most 16 bytes.
    """

    reason: str
    data: bytes


class StreamEnded(NamedTuple):
    """The connection is gone; everything that came over it was told before.

    Attributes:
        reason: why, for people.
    """

    reason: str


class SpeakDialect(NamedTuple):
    """Said to MSNProtocol: from here on lines are those of this dialect.

    Attributes:
        dialect: its number.
    """

    dialect: int


class MSNProtocol(component):
    """Framing of MSNP: bytes on the network side, Commands on the other.

    Link it between anything that carries bytes (TCPClient, a test) and anything that
    speaks Commands. At bytes that cannot be MSNP it says StreamBroken on `heard` and
    stops. While a box that it feeds is full it takes nothing more from the other side.

    Args:
        sender: who writes what comes in: the server, for a client.
        kind: what sort of server is at one end; None: not known.
        dialect: the number of the dialect; None until SpeakDialect tells.
    """

    Inboxes = {
        "inbox": "bytes from the peer, cut anywhere",
        "talk": "Command to send; SpeakDialect(number)",
        "control": "producerFinished or shutdownMicroprocess: stop",
        "lost": "the transport's signal: the connection is gone",
    }
    Outboxes = {
        "outbox": "bytes for the peer, whole commands",
        "heard": "Command received; StreamBroken, StreamEnded",
        "signal": "why this component stopped",
    }

    def __init__(
        self,
        sender: Sender = Sender.SERVER,
        kind: Kind | None = None,
        dialect: int | None = None,
    ) -> None:
        super().__init__()
        self._decoder = CommandDecoder(sender, kind, dialect)
        self._stuck: dict[str, deque[Any]] = {"heard": deque(), "outbox": deque()}

    def main(self) -> Generator[int, None, None]:
        """Frame and unframe until told to stop."""
        stop: Any = None
        try:
            while stop is None:
                stop = self.stopMessage()  # read first: what came before it is handled
                lost = self.dataReady("lost")
                self._carry()
                if lost:
                    reason = _reason(self.recv("lost"))
                    self._give(StreamEnded(reason), "heard")
                    stop = stop or producerFinished(self, reason)
                if stop is None:
                    self.pause()
                    yield 1
            while any(self._stuck.values()) and not isinstance(
                stop, shutdownMicroprocess
            ):
                self._carry()
                self.pause()
                yield 1
        except ProtocolError as error:
            self._give(StreamBroken(str(error), getattr(error, "data", b"")), "heard")
            self.send(errorInformation(self, error, str(error)), "signal")
            stop = producerFinished(self, str(error))  # the transport is to close
        self.send(stop, "signal")

    def _carry(self) -> None:
        """Handle what waits in the boxes, as far as there is room.

        Raises:
            ProtocolError: bytes that cannot be MSNP, or a command that cannot be sent.
        """
        for box, stuck in self._stuck.items():
            while stuck and not self.outboxes[box].isFull():
                self.send(stuck.popleft(), box)
        while not self._stuck["heard"] and self.dataReady("inbox"):
            self._decoder.receive_data(self.recv("inbox"))
            for command in self._decoder.commands():
                self._give(command, "heard")
        while not self._stuck["outbox"] and self.dataReady("talk"):
            message = self.recv("talk")
            if isinstance(message, SpeakDialect):
                self._decoder.dialect = message.dialect
            else:
                self._give(message.to_bytes(), "outbox")

    def _give(self, message: Any, box: str) -> None:
        """Send a message, or keep it until there is room at the far end."""
        if self._stuck[box] or self.outboxes[box].isFull():
            self._stuck[box].append(message)
        else:
            self.send(message, box)


def _reason(message: Any) -> str:
    """Return, for people, why a transport has ended."""
    why = getattr(message, "message", None) or getattr(message, "exception", None)
    return str(why) if why else "the server closed the connection"


__kamaelia_components__ = (MSNProtocol,)
