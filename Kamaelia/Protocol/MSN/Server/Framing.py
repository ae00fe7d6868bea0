"""MSNP's framing on a server's side: bytes from a client to commands, and back."""

import logging
from collections import deque
from collections.abc import Generator
from typing import Any, NamedTuple

from Axon.Component import component
from Axon.Ipc import producerFinished
from Kamaelia.Protocol.MSN.Server.actions import Receipt
from Kamaelia.Protocol.MSN.Server.limits import Limits
from Kamaelia.Protocol.MSN.Server.perform import perform
from Kamaelia.Protocol.MSN.wire.command import CommandDecoder, Sender
from Kamaelia.Protocol.wire.errors import ProtocolError

__all__ = ["CommandFraming", "Delivery"]

logger = logging.getLogger(__name__)


class Delivery(NamedTuple):
    """Bytes of whose sending somebody wants to know."""

    data: bytes
    receipt: Receipt


class CommandFraming(component):
    """Reads a client's commands; writes, in one piece, what a step finds to write.

    A stream that cannot be read any further is reported on `signal`, as is the
    connection's end; then this waits for `end`, since answers may follow.

    Args:
        limits: sizes of a line and of a payload.
    """

    Inboxes = {
        "inbox": "bytes from the client, cut anywhere",
        "talk": "bytes to write, whole commands; or a Delivery",
        "control": "the connection has ended: producerFinished, shutdownMicroprocess",
        "end": "producerFinished: write what waits, then end",
    }
    Outboxes = {
        "outbox": "bytes for the client",
        "heard": "Command of the client",
        "signal": "why no more commands come",
        "ended": "producerFinished, after the last bytes",
    }

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__()
        limits = limits or Limits()
        self._decoder = CommandDecoder(
            Sender.CLIENT, max_line=limits.line, max_payload=None
        )
        self._receipts: deque[list[Receipt]] = deque()  # of each message not taken
        self._deaf = False

    def main(self) -> Generator[int, None, None]:
        """Read and write until told to end."""
        end = None
        try:
            while end is None:
                end = self.stopMessage("end")  # first: all was said before it
                stop = self.stopMessage()
                if self.dataReady("inbox"):
                    self._read()
                if stop is not None:
                    self._hearNoMore(stop)
                if self.dataReady("talk"):
                    self._write()
                elif self._receipts:
                    self._settleTaken()
                if end is None and not self.anyReady():
                    self.pause()
                    yield 1
            self.send(producerFinished(self), "ended")
        finally:
            self._giveUp()

    def _hearNoMore(self, why: Any) -> None:
        """Say once that no more commands come."""
        if not self._deaf:
            self._deaf = True
            self.send(why, "signal")

    def _read(self) -> None:
        """Turn bytes into commands."""
        decoder = self._decoder
        for data in self.Inbox("inbox"):
            if not self._deaf:
                decoder.receive_data(data)
        if self._deaf:
            return
        try:
            for command in decoder.commands():
                self.send(command, "heard")
        except ProtocolError as error:
            # The text quotes the peer; only what is wrong with it goes into the log.
            why = getattr(error, "reason", type(error).__name__)
            logger.info("unreadable commands: %s", why, extra={"fields": {"why": why}})
            self._hearNoMore(producerFinished(self))

    def _write(self) -> None:
        """Write what waits."""
        parts: list[bytes] = []
        receipts: list[Receipt] = []
        for message in self.Inbox("talk"):
            if type(message) is bytes:
                parts.append(message)
            else:
                parts.append(message.data)
                receipts.append(message.receipt)
        self.send(parts[0] if len(parts) == 1 else b"".join(parts), "outbox")
        # What the connection does not take is the newest it got: one entry for each.
        self._receipts.append(receipts)
        self._settleTaken()

    def _waiting(self) -> int:
        """Return how many messages the connection has not taken."""
        sink = self.outboxes["outbox"].sink
        return 0 if sink is None else len(sink.storage)

    def _settleTaken(self) -> None:
        """Settle the receipts of what the connection has taken."""
        waiting = self._waiting()
        while len(self._receipts) > waiting:
            self._settle(self._receipts.popleft())

    def _settle(self, receipts: list[Receipt], taken: bool = True) -> None:
        """Settle receipts, and do what follows."""
        for receipt in receipts:
            perform(receipt.settle(taken))

    def _giveUp(self) -> None:
        """Settle what will not be taken any more."""
        for message in self.Inbox("talk"):
            if type(message) is not bytes:
                self._settle([message.receipt], False)
        for receipts in self._receipts:
            self._settle(receipts, False)
        self._receipts.clear()


__kamaelia_components__ = (CommandFraming,)
