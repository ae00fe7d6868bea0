"""What everything that exchanges SNACs has in common, generator or coroutine.

`SNACMethods` is mixed into SNACExchanger and AsyncSNACExchanger of
Kamaelia.Protocol.AIM.OSCARClient.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from Axon.Component import component
from Kamaelia.Protocol.AIM.requests import (
    Header,
    Request,
    RequestFailed,
    RequestTable,
    SNACMessage,
)
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA, CHANNEL_KEEPALIVE
from Kamaelia.Protocol.AIM.wire.foodgroups import SNACType
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.wire.errors import LocalProtocolError

__all__ = ["FLAPMessage", "SNACMethods", "Wanted", "asBytes", "asType", "readSnac"]


class FLAPMessage(NamedTuple):
    """A frame as it crosses boxes: OSCARProtocol numbers it on the way out.

    Attributes:
        channel: 1 sign-on, 2 SNAC, 3 error, 4 sign-off, 5 keep-alive.
        payload: at most 65535 bytes.
    """

    channel: int
    payload: bytes = b""


def asBytes(data: bytes | str) -> bytes:
    """Return bytes; old programs pass text, which is taken as ISO-8859-1 if it can.

    Raises:
        LocalProtocolError: it is neither.
    """
    if isinstance(data, bytes | bytearray | memoryview):
        return bytes(data)
    if not isinstance(data, str):
        raise LocalProtocolError(f"bytes or text can be sent, not {data!r}")
    try:
        return data.encode("latin-1")
    except UnicodeEncodeError:
        return data.encode("utf-8")


def asType(
    fam: int | tuple[int, int], sub: Any = None, body: Any = b""
) -> tuple[SNACType, bytes]:
    """Return type and body of `(fam, sub, body)` or of `((fam, sub), body)`.

    Raises:
        TypeError: there is a family but no subtype.
        LocalProtocolError: the body is neither bytes nor text.
    """
    if isinstance(fam, tuple):
        return SNACType(*fam), asBytes(body if sub is None else sub)
    if not isinstance(sub, int):
        raise TypeError(f"family 0x{fam:02X} needs a subtype, a number; got {sub!r}")
    return SNACType(fam, sub), asBytes(body)


class Wanted(NamedTuple):
    """What is waited for: a type, or the answers to one request.

    Attributes:
        type: family and subtype; None with a request.
        request: the request whose answers are wanted, by its ID.
    """

    type: SNACType | None = None
    request: int | None = None

    def matches(self, header: Header) -> bool:
        """Return whether a SNAC is of the type waited for, whosever answer it is."""
        return self.type is not None and header.type == self.type

    def answeredBy(self, header: Header, requests: RequestTable) -> Request | None:
        """Return the request that this SNAC answers, if that is what is waited for.

        While a type is waited for, only an error counts as the answer to a request:
        of the latest one of the same family.
        """
        if self.request is not None:
            if header.request_id != self.request:
                return None
            return requests.answered(header)
        if self.type is None or self.type.family != header.family:
            return None
        if self.type == header.type:
            return requests.answered(header)
        if not header.is_error:
            return None
        asked = [r.id for r in requests if r.type.family == header.family]
        if asked and header.request_id == asked[-1]:
            return requests.answered(header)
        return None


def readSnac(payload: bytes) -> SNACMessage:
    """Return header and body of a payload of channel 2.

    Raises:
        RemoteProtocolError: it is cut short.
    """
    snac = SNAC.from_bytes(payload)
    head = snac.header
    return SNACMessage(
        Header(head.family, head.subtype, head.flags, head.request_id), snac.body
    )


class SNACMethods(component):
    """Making, sending, receiving and sorting out SNACs; for a component.

    The network side carries `(channel, body)`: "inbox" and "outbox".

    Attributes:
        requests: what was sent and may be answered.
    """

    _requests: RequestTable | None = None
    _waiting: "deque[Any] | None" = None

    # Made when first used: a subclass may have an __init__ that never calls ours.

    @property
    def requests(self) -> RequestTable:
        """What was sent and may be answered."""
        if self._requests is None:
            self._requests = RequestTable()
        return self._requests

    @property
    def _kept(self) -> "deque[Any]":
        """What came while something else was waited for, oldest first."""
        if self._waiting is None:
            self._waiting = deque()
        return self._waiting

    # Out.

    def makeSnac(
        self,
        fam: int | tuple[int, int],
        sub: Any = None,
        body: Any = b"",
        *,
        flags: int = 0,
        request_id: int | None = None,
    ) -> bytes:
        """Return the bytes of a SNAC.

        Args:
            fam: family, or a constant of `foodgroups` (then the body comes next).
            sub: subtype.
            body: bytes, or text as old programs have it.
            flags: of the header.
            request_id: None takes the next one and expects an answer.

        Raises:
            LocalProtocolError: a number does not fit its field.
        """
        kind, data = asType(fam, sub, body)
        if request_id is None:
            request_id = self.requests.add(kind)
        return SNAC.make(kind, data, request_id=request_id, flags=flags).to_bytes()

    def sendSnac(
        self,
        fam: int | tuple[int, int],
        sub: Any = None,
        body: Any = b"",
        *,
        note: object = None,
    ) -> int:
        """Send a SNAC: `sendSnac(0x04, 0x06, body)` or `sendSnac(ICBM.X, body)`.

        Args:
            fam: family, or a constant of `foodgroups` (then the body comes next).
            sub: subtype.
            body: bytes, or text as old programs have it.
            note: what to remember with the request.

        Returns:
            The request ID, which a reply repeats.

        Raises:
            LocalProtocolError: a number does not fit its field.
            noSpaceInBox: the far inbox is full.
        """
        kind, data = asType(fam, sub, body)
        number = self.requests.add(kind, note)
        snac = self.makeSnac(kind, data, request_id=number)
        self.send(FLAPMessage(CHANNEL_DATA, snac), "outbox")
        return number

    # In. What was kept counts as waiting in "inbox", before what waits there.

    def dataReady(self, boxname: str = "inbox") -> int:
        """Return the number of messages that wait in an inbox."""
        ready = super().dataReady(boxname)
        if boxname == "inbox" and self._waiting:
            ready += len(self._waiting)
        return ready

    def anyReady(self) -> str | bool:
        """Return the name of the first inbox with a message, else False."""
        if self._waiting:
            return "inbox"
        return super().anyReady()

    def recv(self, boxname: str = "inbox") -> Any:
        """Take the oldest message from an inbox.

        Raises:
            IndexError: the inbox is empty.
        """
        if boxname == "inbox" and self._waiting:
            return self._waiting.popleft()
        return super().recv(boxname)

    def Inbox(self, boxname: str = "inbox") -> Iterator[Any]:
        """Yield messages from an inbox until it is empty."""
        while self.dataReady(boxname):
            yield self.recv(boxname)

    def recvSnac(self) -> SNACMessage:
        """Take the oldest SNAC; keep-alive frames before it are dropped.

        Frames of other channels before it stay for `recv`.

        Returns:
            (header, body); the header has family, subtype, flags, request ID.

        Raises:
            IndexError: no SNAC waits.
            RemoteProtocolError: it is cut short.
        """
        kept = self._kept
        self._keepAll()
        for index, frame in enumerate(kept):
            if frame[0] == CHANNEL_DATA:
                del kept[index]
                return readSnac(frame[1])
        raise IndexError(f"no SNAC waits, only {list(kept)!r}")

    def _keepAll(self) -> None:
        """Move what waits in "inbox" to what is kept."""
        while super().dataReady("inbox"):
            frame = super().recv("inbox")
            if frame[0] != CHANNEL_KEEPALIVE:
                self._kept.append(frame)

    def takeSnac(self, wanted: Wanted, seen: int = 0) -> tuple[Any, int]:
        """Take the first SNAC that is wanted; all others are kept in their order.

        Args:
            wanted: what is waited for.
            seen: how many of the kept ones have been looked at.

        Returns:
            The SNACMessage and 0; or None and how many have been looked at.

        Raises:
            RequestFailed: the request was answered by an error.
            RemoteProtocolError: a SNAC is cut short.
        """
        kept = self._kept
        self._keepAll()
        for index in range(min(seen, len(kept)), len(kept)):
            channel, payload = kept[index]
            if channel != CHANNEL_DATA:
                continue
            snac = readSnac(payload)
            request = wanted.answeredBy(snac.header, self.requests)
            if request is None and not wanted.matches(snac.header):
                continue
            del kept[index]
            if snac.header.is_error and request is not None:
                raise RequestFailed.from_body(request, snac.body)
            return snac, 0
        return None, len(kept)
