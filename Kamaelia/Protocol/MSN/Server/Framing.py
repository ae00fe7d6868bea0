"""MSNP's framing on a server's side: bytes from a client to commands, and back."""

import asyncio
import logging
from typing import Any, Final, NamedTuple

from Axon.Ipc import producerFinished
from Axon.TurnComponent import turncomponent
from Kamaelia.Protocol.MSN.Server.actions import Receipt
from Kamaelia.Protocol.MSN.Server.limits import Limits
from Kamaelia.Protocol.MSN.Server.perform import perform
from Kamaelia.Protocol.MSN.wire.command import CommandDecoder, Sender
from Kamaelia.Protocol.wire.errors import ProtocolError

__all__ = ["CommandFraming", "Delivery"]

logger = logging.getLogger(__name__)

CONFIRMED: Final = 0.05
"""Seconds after which a connection that was behind, and took a message, has it."""


class Delivery(NamedTuple):
    """Bytes of whose sending somebody wants to know."""

    data: bytes
    receipt: Receipt


class CommandFraming(turncomponent):
    """Reads a client's commands; writes, in one piece, what a step finds to write.

    A stream that cannot be read any further is reported on `ended`, as is the
    connection's end; then this waits for `control`, since answers may follow.

    Args:
        limits: sizes of a line and of a payload.
    """

    Inboxes = {
        "inbox": "bytes from the client, cut anywhere",
        "talk": "bytes to write, whole commands; or a Delivery",
        "closed": "the connection has ended: producerFinished, shutdownMicroprocess",
        "control": "producerFinished, shutdownMicroprocess: write what waits, then end",
    }
    Outboxes = {
        "outbox": "bytes for the client",
        "heard": "Command of the client",
        "ended": "why no more commands come",
        "signal": "the stop message, after the last bytes",
    }

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__()
        limits = limits or Limits()
        self._decoder = CommandDecoder(
            Sender.CLIENT, max_line=limits.line, max_payload=None
        )
        # Most connections never need one of these: a list or more than that for each
        # would fill memory.
        self._receipts: list[list[Receipt]] | None = None  # of each message not taken
        self._taken: list[Receipt] | None = None  # by a connection just cut, perhaps
        self._timer: asyncio.TimerHandle | None = None
        self._deaf = False
        self._behind = False  # the session has no room for what has come
        self._why: Any = None  # why no more commands come, until it can be said

    def turn(self) -> bool:
        """Read and write; return False once told to end."""
        inboxes = self.inboxes
        inbox, talk = inboxes["inbox"], inboxes["talk"]
        control, closed = inboxes["control"], inboxes["closed"]
        # Looked at first: all was said before it.
        end = self.stopMessage() if control.storage else None
        if closed.storage:
            self._why = self._why or self.stopMessage("closed")
        if inbox.storage or self._behind:
            self._read()
        if self._why is not None and not self._behind:
            self._hearNoMore(self._why)
        if talk.storage:
            self._write()
        elif self._receipts:
            self._settleTaken()
        if end is not None:
            self.send(end, "signal")
            return False
        more = inbox.storage and not self._behind
        if not (more or talk.storage or control.storage or closed.storage):
            inbox.release()
            talk.release()
            self.pause()
        return True

    def stop(self) -> None:
        """Settle what will not be written any more, and end."""
        if not self._isStopped():
            self._giveUp()
        super().stop()

    def _hearNoMore(self, why: Any) -> None:
        """Say once that no more commands come."""
        if not self._deaf:
            self._deaf = True
            self.send(why, "ended")

    def _read(self) -> None:
        """Turn bytes into commands, as long as the session has room for them.

        What it has no room for waits as bytes, and then in the network: a client that
        says much while the store is asked for something must not fill our memory.
        """
        decoder, box = self._decoder, self.inboxes["inbox"]
        heard = self.outboxes["heard"]
        try:
            while not heard.isFull():
                for command in () if self._deaf else decoder.commands():
                    self.send(command, "heard")
                    if heard.isFull():
                        self._behind = True
                        return
                self._behind = False
                if not box.storage:
                    return
                data = self.recv("inbox")
                if not self._deaf:
                    decoder.receive_data(data)
            self._behind = True
        except ProtocolError as error:
            # The text quotes the peer; only what is wrong with it goes into the log.
            why = getattr(error, "reason", type(error).__name__)
            logger.info("unreadable commands", extra={"fields": {"why": why}})
            self._behind = False
            self._hearNoMore(producerFinished(self))

    def _write(self) -> None:
        """Write what waits."""
        parts: list[bytes] = []
        receipts: list[Receipt] = []
        box = self.inboxes["talk"]
        while box.storage:
            message = self.recv("talk")
            if type(message) is bytes:
                parts.append(message)
            else:
                parts.append(message.data)
                receipts.append(message.receipt)
        self.send(parts[0] if len(parts) == 1 else b"".join(parts), "outbox")
        if self._receipts or self._waiting():
            # What was not taken is the newest: one entry for each message.
            self._receipts = self._receipts or []
            self._receipts.append(receipts)
            self._settleTaken()
        else:
            self._settle(receipts)

    def _waiting(self) -> int:
        """Return how many messages the connection has not taken."""
        sink = self.outboxes["outbox"].sink
        return 0 if sink is None else len(sink.storage)

    def _settleTaken(self) -> None:
        """See what a connection that was behind has taken, and settle it soon.

        Not at once: it also takes everything when it is cut off, of which we hear
        a moment later.
        """
        left = self._receipts or []
        gone = max(len(left) - self._waiting(), 0)
        taken = [receipt for receipts in left[:gone] for receipt in receipts]
        self._receipts = left[gone:] or None
        if taken:
            self._taken = (self._taken or []) + taken
        if self._taken and self._timer is None:
            loop = self.scheduler.loop
            self._timer = loop.call_later(CONFIRMED, self._confirm)

    def _confirm(self) -> None:
        """Settle what was taken: the connection stands."""
        self._timer = None
        taken, self._taken = self._taken, None
        self._settle(taken or [])

    def _settle(self, receipts: list[Receipt], taken: bool = True) -> None:
        """Settle receipts, and do what follows."""
        for receipt in receipts:
            perform(receipt.settle(taken))

    def _giveUp(self) -> None:
        """Settle what will not be taken any more."""
        for message in self.Inbox("talk"):
            if type(message) is not bytes:
                self._settle([message.receipt], False)
        if self._timer is not None:
            self._timer.cancel()
        left = [self._taken or [], *(self._receipts or [])]
        self._taken = self._receipts = None
        for receipts in left:
            self._settle(receipts, False)


__kamaelia_components__ = (CommandFraming,)
