"""FLAP, the frame layer of OSCAR, as a component.

tcp=TCPClient(host, 5190), oscar=OSCARProtocol(), app=...
("app", "outbox"): ("oscar", "talk"),    ("oscar", "outbox"): ("tcp", "inbox"),
("tcp", "outbox"): ("oscar", "inbox"),   ("oscar", "heard"): ("app", "inbox"),
"""

from collections import deque
from collections.abc import Callable, Collection, Generator
from typing import Any, Final

from Axon.AxonExceptions import noSpaceInBox
from Axon.Component import component
from Axon.Ipc import errorInformation, producerFinished
from Kamaelia.Protocol.AIM.SNACExchange import FLAPMessage, asBytes
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA, FLAPDecoder, FLAPEncoder
from Kamaelia.Protocol.wire.errors import LocalProtocolError, ProtocolError

__all__ = ["OSCARProtocol"]

_FEEDS: Final = {"inbox": "heard", "talk": "outbox"}


class OSCARProtocol(component):
    """FLAP layer of OSCAR: bytes on the network side, FLAPMessages on the other.

    Link it between anything that carries bytes (TCPClient, TLSClient, a test) and
    anything that speaks FLAPMessages. Stops at bytes that cannot be FLAP. While a box
    it feeds is full it takes nothing more from the other side.

    Subclasses of old override its methods. A message in any inbox of theirs calls
    `handle` and the box's name, once for each message, as in the original; what they
    set, `done` or `seqnum`, counts.

    Args:
        sequence: number of the first frame that goes out.
        max_payload: longest payload that the peer may announce, in bytes.

    Attributes:
        buffer: not used here; a place where overrides of old keep bytes.
    """

    Inboxes = {
        "inbox": "bytes from the peer, cut anywhere",
        "talk": "FLAPMessage(channel, payload) to send",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "bytes for the peer, whole frames",
        "heard": "FLAPMessage(channel, payload) received",
        "signal": "why this component stopped",
    }

    def __init__(self, sequence: int = 1, max_payload: int = 0xFFFF) -> None:
        super().__init__()
        self._decoder = FLAPDecoder(max_payload)
        self._encoder = FLAPEncoder(sequence)
        self._stop: Any = None
        self._told = False
        self.buffer = b""
        self._stuck: dict[str, deque[Any]] = {"heard": deque(), "outbox": deque()}

    @property
    def seqnum(self) -> int:
        """Sequence number of the last frame that went out; setting it counts."""
        return (self._encoder.sequence - 1) & 0xFFFF

    @seqnum.setter
    def seqnum(self, number: int) -> None:
        self._encoder = FLAPEncoder((number + 1) & 0xFFFF)

    @property
    def done(self) -> bool:
        """Whether it was told to stop; a subclass may set it to stop."""
        return self._stop is not None or self._told

    @done.setter
    def done(self, value: bool) -> None:
        self._told = bool(value)

    def main(self) -> Generator[int, None, None]:
        """Frame and unframe until told to stop."""
        try:
            self.checkBoxes()
            while not self.done or self._unfinished():
                if not (self.anyReady() and self._mayGoOn()):
                    self.pause()
                yield 1
                self.checkBoxes()
        except ProtocolError as error:
            self._stop = errorInformation(self, error, str(error))
        if self._stop is not None:  # else `handlecontrol` of a subclass has told
            self.send(self._stop, "signal")

    def checkBoxes(self) -> None:
        """Handle what waits in the boxes; `control` is read first, acted on last.

        Raises:
            ProtocolError: see `handleinbox` and `sendFLAP`.
        """
        if self.dataReady("control"):
            self.handlecontrol()
        for box, stuck in self._stuck.items():
            if stuck:
                self._unstick(box)
        self._handleAll("inbox", self.handleinbox, self._stuck["heard"])
        self._handleAll("talk", self.handletalk, self._stuck["outbox"])
        for box, handle in self._others:
            self._handleAll(box, handle, ())

    def handlecontrol(self) -> None:
        """Read `control` and remember a message that says stop."""
        stop = self.stopMessage()
        if self._stop is None:
            self._stop = stop

    def handleinbox(self) -> None:
        """Take bytes and tell `heard` each frame that they complete.

        Raises:
            RemoteProtocolError: they cannot be FLAP; frames before were told.
        """
        decoder = self._decoder
        decoder.receive_data(self.recv("inbox"))
        for frame in decoder.frames():
            self._give(FLAPMessage(frame.channel, frame.payload), "heard")

    def handletalk(self) -> None:
        """Take a message (channel, payload) and send it as a frame.

        Raises:
            LocalProtocolError: it is no such message, or does not fit a frame.
        """
        message = self.recv("talk")
        try:
            channel, payload = message
        except (TypeError, ValueError):
            channel, payload = None, b""
        if not isinstance(channel, int):
            raise LocalProtocolError(
                f"{self.name} takes (channel, payload) to send, not {message!r}"
            )
        self.sendFLAP(payload, channel)

    def sendFLAP(self, data: bytes | str, channel: int = CHANNEL_DATA) -> None:
        """Number a frame and send it.

        Args:
            data: the payload; text, as old programs have it, is taken as ISO-8859-1
                if it can, else as UTF-8.
            channel: of the frame.

        Raises:
            LocalProtocolError: the channel or the payload does not fit a frame.
        """
        self._give(self._encoder.encode(channel, asBytes(data)), "outbox")

    @property
    def _others(self) -> list[tuple[str, Callable[[], None]]]:
        """The inboxes that a subclass has besides ours, with their handlers."""
        if len(self.inboxes) == len(OSCARProtocol.Inboxes):
            return []
        return [
            (box, getattr(self, f"handle{box}"))
            for box in self.inboxes
            if box not in OSCARProtocol.Inboxes and hasattr(self, f"handle{box}")
        ]

    def _handleAll(
        self, box: str, handle: Callable[[], None], stuck: Collection[Any]
    ) -> None:
        """Call a handler until its box is empty, or no more is taken from it.

        Args:
            box: an inbox.
            handle: takes a message.
            stuck: what it has told whom there was no room for: no more, then.
        """
        waiting = self.dataReady(box)
        while waiting and not stuck:
            handle()
            before, waiting = waiting, self.dataReady(box)
            if waiting >= before:
                return

    def _mayGoOn(self) -> bool:
        """Return whether a subclass left something that may be handled now."""
        open_boxes = [box for box, full in _FEEDS.items() if not self._stuck[full]]
        open_boxes += ["control", *(box for box, _ in self._others)]
        return any(self.dataReady(box) for box in open_boxes)

    def _unfinished(self) -> bool:
        """Return whether an orderly end has to wait for room at a far end."""
        return _isOrderly(self._stop) and any(self._stuck.values())

    def _give(self, message: Any, box: str) -> None:
        """Send a message, or keep it until there is room at the far end."""
        if self._stuck[box]:
            self._stuck[box].append(message)
            return
        try:
            self.send(message, box)
        except noSpaceInBox:
            self._stuck[box].append(message)

    def _unstick(self, box: str) -> None:
        """Send what was kept, as far as there is room."""
        stuck = self._stuck[box]
        while stuck and not self.outboxes[box].isFull():
            self.send(stuck.popleft(), box)


def _isOrderly(stop: Any) -> bool:
    """Return whether a stop message lets one finish what one has."""
    kind = stop if isinstance(stop, type) else type(stop)
    return issubclass(kind, producerFinished)


__kamaelia_components__ = (OSCARProtocol,)
