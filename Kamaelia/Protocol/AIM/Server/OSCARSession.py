"""One client's connection to the server, above the framing.

It runs a `Conversation` (auth_session, bos_session, service_session): takes frames one
after the other, waits for the store between them where it must, and minds the time.
"""

import asyncio
import itertools
import math
from typing import Any, Final

from Axon.AsyncComponent import asynccomponent
from Axon.Ipc import producerFinished
from Kamaelia.Protocol.AIM.Server.conversation import Conversation
from Kamaelia.Protocol.AIM.Server.ServerFraming import BrokenStream
from Kamaelia.Protocol.AIM.Server.session import Pending
from Kamaelia.Protocol.AIM.Server.state.link import Delivery, Endpoints
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState

__all__ = ["OSCARSession"]

TURN: Final = 32  # frames handled before others have their turn


class OSCARSession(asynccomponent):
    """Answers one client; it is the `Link` by which other sessions reach the client.

    Args:
        state: what all connections share.
        ends: where the connection leads.
    """

    Inboxes = {
        "inbox": "FLAPMessage from the client, or a last BrokenStream",
        "control": "producerFinished, shutdownMicroprocess: the connection is gone",
    }
    Outboxes = {
        "outbox": "FLAPMessage or Delivery for the client",
        "signal": "producerFinished once the connection is to be closed",
    }

    def __init__(self, state: ServerState, ends: Endpoints | None = None) -> None:
        super().__init__()
        self.state = state
        self.closed = False
        self._ends = ends or Endpoints()
        self._conversation = Conversation(state, self)
        self._rung = False
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = 0.0

    # As a Link.

    @property
    def ends(self) -> Endpoints:
        """Where the connection leads."""
        return self._ends

    def send(self, message: Any, boxname: str = "outbox") -> None:
        """Send a frame, unless the connection is closed already."""
        if boxname != "outbox" or not self.closed:
            super().send(message, boxname)

    def deliver(self, delivery: Delivery) -> None:
        """Send a frame and report what became of it."""
        if self.closed:
            delivery.settle(False)
        else:
            super().send(delivery, "outbox")

    def close(self, reason: str) -> None:
        """Close after what was sent."""
        if not self.closed:
            self.closed = True
            self._conversation.end(reason)
            self.wake()

    # As a component.

    async def main(self) -> None:
        """Answer until the connection is gone or was closed."""
        stop: Any = None
        reason = "error"
        try:
            self._conversation.begin()
            while stop is None and not self.closed:
                stop = self.stopMessage()  # read first: what came before it is handled
                await self._answer()
                self._setAlarm()
                if stop is None and not self.closed and not self._rung:
                    await self.wait()
            reason = "peer closed"
        finally:
            self.close(reason)
            if self._alarm is not None:
                self._alarm.cancel()
        self.send(producerFinished(self) if stop is None else stop, "signal")

    async def _answer(self) -> None:
        """Handle what came, one after the other."""
        for number in itertools.count(1):
            if self._rung:
                self._rung = False
                await _done(self._conversation.tick())
            if self.closed or not self.dataReady("inbox"):
                return
            message = self.recv("inbox")
            if isinstance(message, BrokenStream):
                self._conversation.fail(message.error)
            else:
                await _done(self._conversation.receive(message))
            if number % TURN == 0:
                await asyncio.sleep(0)

    # Time.

    def _setAlarm(self) -> None:
        """Be woken at the conversation's deadline, or a little earlier."""
        if self.closed:
            return
        deadline = self._conversation.deadline
        if self._alarm is not None:
            if self._alarm_at <= deadline:
                return  # asks again when it rings: cheaper than a new one every time
            self._alarm.cancel()
        if deadline == math.inf:
            self._alarm = None
            return
        delay = max(0.0, deadline - self.state.clock())
        self._alarm_at = deadline
        self._alarm = self.scheduler.loop.call_later(delay, self._ring)

    def _ring(self) -> None:
        """Wake up to see what time it is."""
        self._alarm = None
        self._rung = True
        self.wake()


async def _done(work: Pending) -> None:
    """Do work that waits for the store, if there is any."""
    if work is not None:
        await work


__kamaelia_components__ = (OSCARSession,)
