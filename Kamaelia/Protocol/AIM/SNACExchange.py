"""What everything that exchanges SNACs has in common, generator or coroutine.

`SNACMethods` is mixed into SNACExchanger and AsyncSNACExchanger of
Kamaelia.Protocol.AIM.OSCARClient.
"""

from collections import deque
from collections.abc import Iterator
from inspect import Signature, signature
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
from Kamaelia.Protocol.AIM.wire.snac import HEADER_LENGTH, SNAC
from Kamaelia.Protocol.wire.errors import LocalProtocolError

__all__ = [
    "FLAPMessage",
    "SNACMethods",
    "Wanted",
    "asBytes",
    "asType",
    "callAsOfOld",
    "readSnac",
]


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


def callAsOfOld(method: Any, kind: SNACType, data: bytes, **more: Any) -> Any:
    """Call a method that makes or sends a SNAC, whichever arguments it takes.

    These forms are tried, in this order: `((fam, sub), body, **more)`, if there is
    more; `(fam, sub, body)`; `((fam, sub), body)`.

    Args:
        method: `makeSnac` or `sendSnac`, ours or a subclass's.
        kind: family and subtype.
        data: the body.
        more: what the method of today takes besides.
    """
    function = getattr(method, "__func__", method)
    if function in _OURS:
        return method(kind, data, **more)
    takes = signature(method)
    if more and _binds(takes, kind, data, **more):
        return method(kind, data, **more)
    second = [p.name for p in takes.parameters.values()][1:2]
    if second in (["body"], ["data"]) or not _binds(takes, *kind, data):
        return method(kind, data)
    return method(*kind, data)


def _binds(takes: Signature, *args: Any, **more: Any) -> bool:
    """Return whether a call has the arguments that a function takes."""
    try:
        takes.bind(*args, **more)
    except TypeError:
        return False
    return True


class SNACMethods(component):
    """Making, sending, receiving and sorting out SNACs; for a component.

    The network side carries `(channel, body)`: "inbox" and "outbox".

    Attributes:
        requests: what was sent and may be answered.
    """

    _requests: RequestTable | None = None
    _waiting: "deque[Any] | None" = None
    _reserved: tuple[SNACType, int] | None = None
    _sent = 0  # request ID of the latest SNAC

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
            request_id = self._number(kind)
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
        number, snac = self._packed(kind, data, self._number(kind, note))
        self.send(FLAPMessage(CHANNEL_DATA, snac), "outbox")
        return number

    # Subclasses override `makeSnac` and `sendSnac` with the arguments of old, which
    # know no request IDs: the ID is set aside, and whoever comes to number takes it.

    def _number(self, kind: SNACType, note: object = None) -> int:
        """Return the request ID set aside for a SNAC of this type, else a new one."""
        if self._reserved is not None and self._reserved[0] == kind:
            number, self._reserved = self._reserved[1], None
            return number
        return self.requests.add(kind, note)

    def _packed(
        self,
        kind: SNACType,
        data: bytes,
        number: int,
        *,
        flags: int = 0,
    ) -> tuple[int, bytes]:
        """Call `makeSnac`, with arguments as it takes them.

        Returns:
            The request ID in the SNAC, which a subclass may have chosen, and the SNAC.
        """
        self._reserved = (kind, number)
        try:
            made = callAsOfOld(
                self.makeSnac, kind, data, flags=flags, request_id=number
            )
        finally:
            self._reserved = None
        snac = asBytes(made)
        chosen = int.from_bytes(snac[6:10], "big")
        if chosen != number and len(snac) >= HEADER_LENGTH:
            self.requests.renumber(number, chosen)
            self._sent = chosen
            return chosen, snac
        return number, snac

    def _ask(self, fam: int | tuple[int, int], sub: Any, body: Any) -> int:
        """Send a request through `sendSnac` and return the ID of its answers."""
        kind, data = asType(fam, sub, body)
        return self._sendNumbered(kind, data, self.requests.add(kind))

    def _sendNumbered(self, kind: SNACType, data: bytes, number: int) -> int:
        """Call `sendSnac` as of old, for a SNAC whose request ID is known.

        Returns:
            The request ID that answers will have.
        """
        self._reserved = (kind, number)
        self._sent = number
        try:
            sent = callAsOfOld(self.sendSnac, kind, data)
        finally:
            self._reserved = None
        return sent if isinstance(sent, int) else self._sent

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
        if boxname != "inbox":
            return super().recv(boxname)
        return self._waiting.popleft() if self._waiting else self._take()

    def _take(self) -> Any:
        """Take a frame that has not been looked at."""
        return super().recv("inbox")

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
        kept, index = self._kept, 0
        while True:
            if index == len(kept):
                if not super().dataReady("inbox"):
                    raise IndexError(f"no SNAC waits, only {list(kept)!r}")
                self._keep(self._take())
            elif kept[index][0] == CHANNEL_DATA:
                frame = kept[index]
                del kept[index]
                return readSnac(frame[1])
            else:
                index += 1

    def _keep(self, frame: Any) -> None:
        """Keep a frame for later; a keep-alive is dropped."""
        if frame[0] != CHANNEL_KEEPALIVE:
            self._kept.append(frame)

    def _keepAll(self) -> None:
        """Move what waits in "inbox" to what is kept."""
        while super().dataReady("inbox"):
            self._keep(self._take())

    def readFrame(self, frame: Any) -> SNACMessage:
        """Return the SNAC of a frame as `recvSnac`, maybe a subclass's, gives it.

        Args:
            frame: (channel, payload), of channel 2.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        plain = readSnac(frame[1])
        if type(self).recvSnac is SNACMethods.recvSnac:
            return plain
        kept, self._waiting = self._waiting, deque([frame])
        try:
            header, body = self.recvSnac()
        finally:
            self._waiting = kept
        if not isinstance(header, Header):
            header = plain.header._replace(family=header[0], subtype=header[1])
        return SNACMessage(header, asBytes(body))

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
            if kept[index][0] != CHANNEL_DATA:
                continue
            snac = self.readFrame(kept[index])
            request = wanted.answeredBy(snac.header, self.requests)
            if request is None and not wanted.matches(snac.header):
                continue
            del kept[index]
            if snac.header.is_error and request is not None:
                raise RequestFailed.from_body(request, snac.body)
            return snac, 0
        return None, len(kept)


_OURS = (SNACMethods.makeSnac, SNACMethods.sendSnac)
