"""Requests that wait for their answer, by the request ID of SNACs.

A client numbers its SNACs; a reply, or the error (family, 0001), repeats the number.
Does no I/O.

Source: AOL's published OSCAR specification, "SNAC".
"""

from collections.abc import Iterator
from typing import NamedTuple, Self

from Kamaelia.Protocol.AIM.wire.foodgroups import SNACType
from Kamaelia.Protocol.AIM.wire.snac import FLAG_MORE, SNACError, next_request_id
from Kamaelia.Protocol.wire.errors import RemoteProtocolError

__all__ = ["Header", "Request", "RequestFailed", "RequestTable", "SNACMessage"]

ERROR_SUBTYPE = 0x0001


class Header(NamedTuple):
    """The header of a SNAC, as it crosses boxes.

    Attributes:
        family: the food group.
        subtype: the message within it.
        flags: 0x0001 more to come, 0x8000 a prefix came before the body.
        request_id: a reply repeats its request's; 0 on the way out: choose one.
    """

    family: int
    subtype: int
    flags: int = 0
    request_id: int = 0

    @property
    def type(self) -> SNACType:
        """Family and subtype, to compare with the constants of `foodgroups`."""
        return SNACType(self.family, self.subtype)

    @property
    def more(self) -> bool:
        """Whether further SNACs answer the same request."""
        return bool(self.flags & FLAG_MORE)

    @property
    def is_error(self) -> bool:
        """Whether this is the error of its family."""
        return self.subtype == ERROR_SUBTYPE


class SNACMessage(NamedTuple):
    """A SNAC as it crosses boxes.

    Attributes:
        header: family, subtype, flags, request ID.
        body: what follows the header, and the prefix where there was one.
    """

    header: Header
    body: bytes = b""


class Request(NamedTuple):
    """A SNAC that was sent and may be answered.

    Attributes:
        id: its request ID.
        type: its family and subtype.
        note: what its sender wants to remember.
    """

    id: int
    type: SNACType
    note: object = None


class RequestFailed(Exception):  # noqa: N818 - reads as what happened
    """A request was answered by the error of its family.

    Attributes:
        request: what was asked.
        code: number of the error.
        subcode: what the family adds to it, or None.
        meaning: the code in a few words.
        url: where a person can read more, or nothing.
    """

    def __init__(self, request: Request, error: SNACError) -> None:
        self.request = request
        self.code = error.code
        self.subcode = error.subcode
        self.meaning = error.meaning
        self.url = error.url
        super().__init__(f"{request.type} failed: {self.meaning} (0x{self.code:02X})")

    @classmethod
    def from_body(cls, request: Request, body: bytes) -> Self:
        """Return what the body of an error says; one cut short has code 0."""
        try:
            return cls(request, SNACError.from_bytes(body))
        except RemoteProtocolError:
            return cls(request, SNACError(0))


class RequestTable:
    """Number requests and find the one that a SNAC answers.

    Args:
        first: request ID of the first.
        most: how many are remembered; beyond it the oldest is forgotten, since many
            SNACs are never answered.
    """

    __slots__ = ("_most", "_next", "_waiting")

    def __init__(self, first: int = 1, most: int = 1000) -> None:
        self._next = first
        self._most = most
        self._waiting: dict[int, Request] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Request]:
        return iter(self._waiting.values())

    def add(self, kind: tuple[int, int], note: object = None) -> int:
        """Return the request ID for a SNAC that goes out now."""
        number, self._next = self._next, next_request_id(self._next)
        self.remember(Request(number, SNACType(*kind), note))
        return number

    def remember(self, request: Request) -> None:
        """Expect answers to a request whose ID somebody else chose."""
        self._waiting[request.id] = request
        if len(self._waiting) > self._most:
            del self._waiting[next(iter(self._waiting))]

    def renumber(self, number: int, chosen: int) -> None:
        """Expect the answers to a request under another ID than its own."""
        request = self._waiting.pop(number, None)
        if request is not None:
            self.remember(request._replace(id=chosen))

    def answered(self, header: Header) -> Request | None:
        """Return the request that a SNAC answers, or None; forget it after its last.

        A SNAC of another family answers nothing, even if its ID happens to be equal.
        """
        request = self._waiting.get(header.request_id)
        if request is None or request.type.family != header.family:
            return None
        if not header.more:
            del self._waiting[header.request_id]
        return request
