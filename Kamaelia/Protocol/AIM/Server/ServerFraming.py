"""FLAP, as a server speaks it: bytes to frames and back, one connection.

connection - ServerFraming - OSCARSession
     bytes           FLAPMessage
"""

import asyncio
import logging
from collections import deque
from collections.abc import Generator
from typing import Any, NamedTuple

from Axon.Component import component
from Kamaelia.Protocol.AIM.Server.state.link import Delivery, FLAPMessage
from Kamaelia.Protocol.AIM.wire.flap import (
    FLAPDecoder,
    FLAPEncoder,
    FLAPFrame,
    follows,
    short_signoff,
)
from Kamaelia.Protocol.wire.errors import ProtocolError, RemoteProtocolError

__all__ = ["BrokenStream", "ServerFraming"]

logger = logging.getLogger(__name__)

FIRST_SEQUENCE = 100
DOUBT = 0.1  # seconds in which a connection that was cut says so


class BrokenStream(NamedTuple):
    """Nothing more can be read: what came is no FLAP.

    Attributes:
        error: what is wrong.
    """

    error: ProtocolError


class ServerFraming(component):
    """Frames and unframes until told to stop, or until what comes is no FLAP.

    Args:
        max_payload: longest payload a client may announce, in bytes.
        strict_sequence: take a gap in the client's numbers for an error; else it is
            logged, once.
        argd: attributes to set.
    """

    Inboxes = {
        "inbox": "bytes from the client, cut anywhere",
        "talk": "FLAPMessage or Delivery to send",
        "control": "producerFinished, shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "bytes for the client, whole frames",
        "heard": "FLAPMessage received, or a last BrokenStream",
        "signal": "why this component stopped",
    }

    max_payload = 0xFFFF
    strict_sequence = False

    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        self._decoder = FLAPDecoder(self.max_payload)
        self._encoder = FLAPEncoder(FIRST_SEQUENCE)
        self._previous: int | None = None
        self._warned = False
        self._broken = False
        self._owed: deque[Delivery] = deque()
        self._congested = False
        self._timer: asyncio.TimerHandle | None = None

    def main(self) -> Generator[int, None, None]:
        """Frame and unframe until told to stop."""
        stop = None
        while stop is None:
            stop = self.stopMessage()  # read first: what came before it is handled
            self._write()
            for data in self.Inbox("inbox"):
                yield from self._read(data)
            if stop is None and not self.anyReady():
                self.pause()
            yield 1
        self._giveUp()
        self.send(stop, "signal")

    def _write(self) -> None:
        """Send what waits to be sent; settle what the socket has taken."""
        for message in self.Inbox("talk"):
            if isinstance(message, Delivery):
                self._send(message.message)
                self._owed.append(message)
            else:
                self._send(message)
        if self._owed:
            self._settle()

    def _send(self, message: FLAPMessage) -> None:
        channel, payload, short = message
        if short:
            data = short_signoff(self._encoder.sequence)
        else:
            data = self._encoder.encode(channel, payload)
        self.send(data, "outbox")

    # What became of a frame.

    def _settle(self) -> None:
        """Report deliveries, once nothing waits for the socket.

        What waited and is gone was either taken, or dropped with the connection; so
        after a congestion the report waits until that would be known.
        """
        if len(self.outboxes["outbox"]):
            self._congested = True
        elif self._congested:
            if self._timer is None:
                loop = self.scheduler.loop
                self._timer = loop.call_later(DOUBT, self._certain)
        else:
            self._report(taken=True)

    def _certain(self) -> None:
        """Report if still nothing waits, and the connection is still there."""
        self._timer = None
        if not len(self.outboxes["outbox"]):
            self._congested = False
            self._report(taken=True)

    def _report(self, *, taken: bool) -> None:
        while self._owed:
            self._owed.popleft().settle(taken)

    def _giveUp(self) -> None:
        """The connection is gone: whatever isn't known to be taken is not."""
        if self._timer is not None:
            self._timer.cancel()
        self._report(taken=False)

    def _read(self, data: bytes) -> Generator[int, None, None]:
        """Pass on the frames that some bytes complete."""
        if self._broken:
            return
        self._decoder.receive_data(data)
        try:
            for frame in self._decoder.frames():
                self._check(frame)
                message = FLAPMessage(frame.channel, frame.payload)
                while self.outboxes["heard"].isFull():
                    self._write()
                    if self.dataReady("control"):
                        return
                    self.pause()
                    yield 1
                self.send(message, "heard")
        except ProtocolError as error:
            self._broken = True
            yield from self.sendWhenSpace(BrokenStream(error), "heard")

    def _check(self, frame: FLAPFrame) -> None:
        """Look at a frame's number.

        Raises:
            RemoteProtocolError: there is a gap, and that is not allowed.
        """
        previous, self._previous = self._previous, frame.sequence
        if previous is None or follows(frame.sequence, previous):
            return
        if self.strict_sequence:
            raise RemoteProtocolError("gap in the frame numbers", self._decoder.offset)
        if not self._warned:
            self._warned = True
            logger.info("frame %d after frame %d", frame.sequence, previous)


__kamaelia_components__ = (ServerFraming,)
