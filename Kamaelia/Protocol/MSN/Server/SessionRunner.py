"""A session's machine as a component: commands in, bytes out."""

import logging
from typing import Any

from Axon.Ipc import producerFinished
from Axon.TurnComponent import turncomponent
from Kamaelia.Protocol.MSN.Server.actions import Ask, Receipt
from Kamaelia.Protocol.MSN.Server.entrance import Entrance
from Kamaelia.Protocol.MSN.Server.Framing import Delivery
from Kamaelia.Protocol.MSN.Server.perform import perform
from Kamaelia.Protocol.MSN.Server.session import Session
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.store.errors import StoreError

__all__ = ["SessionRunner"]

logger = logging.getLogger(__name__)


class SessionRunner(turncomponent):
    """Runs a session: hands it commands, and is the outlet of what it says.

    While something is awaited for the session its next commands wait in the inbox.

    Args:
        session: the machine; an Entrance becomes what the first command asks for.

    Attributes:
        stirred: whether it has heard or said something; who sets it back sees it anew.
    """

    Inboxes = {
        "inbox": "Command of the client",
        "control": "producerFinished, shutdownMicroprocess: stop after what has come",
    }
    Outboxes = {
        "outbox": "bytes for the client, or a Delivery",
        "signal": "the stop message, or producerFinished: close the connection",
    }

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        session.outlet = self
        self._asks: list[Ask] | None = None  # while something is awaited
        self._hungUp = False
        self.stirred = False
        self._toldToStop: Any = None
        self._error: Exception | None = None

    def turn(self) -> bool:
        """Hand the session what has come; return False when it is over."""
        self.stirred = True
        inbox, control = self.inboxes["inbox"], self.inboxes["control"]
        if control.storage:  # first: what came before is done
            self._toldToStop = self._toldToStop or self.stopMessage()
        while inbox.storage and self._asks is None and not self._hungUp:
            self._receive(self.recv("inbox"))
        if self._error is not None:
            raise self._error
        if self._hungUp or (self._toldToStop is not None and self._asks is None):
            self.send(self._toldToStop or producerFinished(self), "signal")
            return False
        inbox.release()
        self.pause()
        return True

    def stop(self) -> None:
        """Have others told that the session is over, and end."""
        if not self._isStopped():
            self._end()
        super().stop()

    def _receive(self, command: Command) -> None:
        """Hand the session a command, and do what it says."""
        if type(self.session) is Entrance:
            self.session.outlet = None
            self.session = self.session.choose(command)
            self.session.outlet = self
        perform(self.session.receive(command))

    def tick(self, now: float) -> None:
        """Have the session see to its time-outs; an error ends this connection."""
        if now >= self.session.deadline and not self._hungUp:
            try:
                perform(self.session.tick(now))
            except Exception as error:  # noqa: BLE001 - raised in main
                self._error = error
                self.unpause()

    def _end(self) -> None:
        """Have others told that the session is over."""
        self._hungUp = True
        self.session.outlet = None
        perform(self.session.lost())

    # What the session's actions do.

    def write(self, data: bytes, receipt: Receipt | None) -> None:
        """Send bytes, and settle the receipt when they have gone or cannot."""
        self.stirred = True
        if not self._hungUp:
            self.send(data if receipt is None else Delivery(data, receipt), "outbox")
        elif receipt is not None:
            perform(receipt.settle(False))

    def hang_up(self, reason: str) -> None:
        """Close once what was written has gone."""
        self._hungUp = True
        self.unpause()

    def ask(self, action: Ask) -> None:
        """Await the work, do what it returns, then go on with the next command."""
        if self._asks is not None:
            self._asks.append(action)
            return
        self._asks = [action]
        name = f"{type(self).__name__} {self.id}: ask"
        self.scheduler.createTask(self._answer(), name)

    async def _answer(self) -> None:
        """Do what was asked for, one after the other."""
        try:
            while self._asks:
                action = self._asks.pop(0)
                try:
                    perform(await action.work())
                except StoreError as error:
                    perform(action.session.failed(action.trid, error))
        except Exception as error:  # noqa: BLE001 - raised in main, which ends by it
            self._error = error
        finally:
            self._asks = None
            self.unpause()


__kamaelia_components__ = (SessionRunner,)
