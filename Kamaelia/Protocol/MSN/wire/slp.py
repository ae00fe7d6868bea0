"""MSNSLP, the SIP-like text that sets up P2P sessions.

    INVITE MSNMSGR:alice@example.com MSNSLP/1.0
    To: <msnmsgr:alice@example.com>
    From: <msnmsgr:bob@example.com>
    Via: MSNSLP/1.0/TLP ;branch={4C1D0A5E-7B21-4F60-9A3C-2E5D8B7F1A90}
    CSeq: 0
    Call-ID: {B80E6F12-3C4D-4E5F-8A6B-7C9D0E1F2A3B}
    Max-Forwards: 0
    Content-Type: application/x-msnmsgr-sessionreqbody
    Content-Length: 336

    EUF-GUID: ...

An answer begins `MSNSLP/1.0 200 OK` and repeats the branch and the Call-ID of its
INVITE; To and From are swapped. The body is `Name: value` lines, an empty line and
one NUL, which Content-Length counts. A blank follows the value of CSeq.

Source: captures of MSN Messenger 6 and 7, as the community's descriptions of
"MSNSLP" report them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self, TypeAlias
from uuid import uuid4

from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "CLOSE_BODY",
    "MAX_MESSAGE",
    "NULL_BODY",
    "REASONS",
    "SESSION_BODY",
    "TRANSPORT_REQUEST_BODY",
    "TRANSPORT_RESPONSE_BODY",
    "Fields",
    "SLPMessage",
    "field",
    "new_guid",
    "pack_fields",
]

MAX_MESSAGE: Final = 64 * 1024  # bytes; more than any preview picture needs

SESSION_BODY: Final = "application/x-msnmsgr-sessionreqbody"
CLOSE_BODY: Final = "application/x-msnmsgr-sessionclosebody"
TRANSPORT_REQUEST_BODY: Final = "application/x-msnmsgr-transreqbody"
TRANSPORT_RESPONSE_BODY: Final = "application/x-msnmsgr-transrespbody"
NULL_BODY: Final = "null"

REASONS: Final = {
    200: "OK",
    404: "Not Found",
    481: "No Such Call",
    500: "Internal Error",
    603: "Decline",
    606: "Unacceptable",
}

_VERSION: Final = "MSNSLP/1.0"
_MAX_VALUE: Final = 1024  # characters of a handle or GUID in a header
_KNOWN: Final = frozenset(
    (
        "to",
        "from",
        "via",
        "cseq",
        "call-id",
        "max-forwards",
        "content-type",
        "content-length",
    )
)

Fields: TypeAlias = tuple[tuple[str, str], ...]


def new_guid() -> str:
    """Return a random GUID in braces and capitals."""
    return f"{{{uuid4()}}}".upper()


def field(fields: Iterable[tuple[str, str]], name: str) -> str:
    """Return the first value of that name, compared without case; "" for none."""
    wanted = name.lower()
    return next((value for key, value in fields if key.lower() == wanted), "")


def pack_fields(fields: Iterable[tuple[str, str]]) -> bytes:
    """Return a body: the lines, an empty line and the NUL; without fields CR LF NUL.

    Raises:
        LocalProtocolError: a name or value has a line end or NUL in it.
    """
    lines = [f"{name}: {value}\r\n" for name, value in fields]
    if any(set(line[:-2]) & {"\r", "\n", "\0"} for line in lines):
        raise LocalProtocolError("MSNSLP: a field has a line end or NUL in it")
    return ("".join(lines) + "\r\n\0").encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class SLPMessage:
    """A request (`method` is set) or an answer (`status` is not 0).

    Attributes:
        method: "INVITE", "BYE", "ACK"; "" for an answer.
        status: 200, 603, ...; 0 for a request.
        to: handle of whom it is for; may end in `;{guid}` from late clients.
        sender: handle of whom it is from.
        branch: GUID of the transaction.
        cseq: 0 in requests, the request's plus 1 in answers.
        call_id: GUID of the session.
        content_type: one of the _BODY constants.
        fields: the lines of the body.
        reason: of an answer; "" stands for the usual one.
        extras: headers that aren't among those above, in the order they came.
    """

    method: str = ""
    status: int = 0
    to: str = ""
    sender: str = ""
    branch: str = ""
    cseq: int = 0
    call_id: str = ""
    content_type: str = SESSION_BODY
    fields: Fields = ()
    reason: str = ""
    extras: Fields = ()

    @classmethod
    def request(
        cls,
        method: str,
        to: str,
        sender: str,
        call_id: str,
        content_type: str,
        fields: Fields = (),
    ) -> Self:
        """Return a request with a new branch."""
        return cls(method, 0, to, sender, new_guid(), 0, call_id, content_type, fields)

    def answer(
        self, status: int, content_type: str = SESSION_BODY, fields: Fields = ()
    ) -> "SLPMessage":
        """Return the answer to this request."""
        return SLPMessage(
            "",
            status,
            self.sender,
            self.to,
            self.branch,
            self.cseq + 1,
            self.call_id,
            content_type,
            fields,
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a message; unknown headers and a missing NUL are no error.

        Raises:
            RemoteProtocolError: it is longer than MAX_MESSAGE, the first line is
        """
        head, blank, body = data.partition(b"\r\n\r\n")
        if len(data) > MAX_MESSAGE or not blank:
            raise RemoteProtocolError("MSNSLP without end of headers", 0, data)
        first, *lines = head.decode("utf-8", "replace").split("\r\n")
        method, status, reason, target = _start_line(first, data)
        headers = _pairs(lines)
        call_id = _echoed(field(headers, "Call-ID"))
        if not call_id:
            raise RemoteProtocolError("MSNSLP without Call-ID", 0, data)
        length = _number(headers, "Content-Length", len(body))
        if len(body) < length - 1:  # the NUL at the end may be missing
            raise RemoteProtocolError(
                f"MSNSLP body of {len(body)} bytes, Content-Length says {length}"
            )
        text = body[:length].rstrip(b"\0").decode("utf-8", "replace")
        return cls(
            method,
            status,
            _echoed(_handle(field(headers, "To")) or target),
            _echoed(_handle(field(headers, "From"))),
            _echoed(_branch(field(headers, "Via"))),
            _number(headers, "CSeq", 0),
            call_id,
            field(headers, "Content-Type"),
            _pairs(text.split("\r\n")),
            reason,
            tuple(pair for pair in headers if pair[0].lower() not in _KNOWN),
        )

    def get(self, name: str) -> str:
        """Return a field of the body, "" when missing."""
        return field(self.fields, name)

    def number(self, name: str, limit: int = 0xFFFFFFFF) -> int | None:
        """Return a decimal field of the body; None when missing, odd or too large."""
        text = self.get(name)
        if text.isascii() and text.isdigit() and len(text) <= 20:
            return int(text) if int(text) <= limit else None
        return None

    def to_bytes(self) -> bytes:
        """Return the message with headers in the official order.

        Raises:
            LocalProtocolError: it is neither request nor answer, a value has a line
                end in it, or it is longer than MAX_MESSAGE.
        """
        if bool(self.method) == bool(self.status):
            raise LocalProtocolError("MSNSLP: either a method or a status, not both")
        if self.method:
            start = f"{self.method} MSNMSGR:{self.to} {_VERSION}"
        else:
            reason = self.reason or REASONS.get(self.status, "Unknown")
            start = f"{_VERSION} {self.status} {reason}"
        body = b"" if self.content_type == NULL_BODY else pack_fields(self.fields)
        lines = [
            start,
            f"To: <msnmsgr:{self.to}>",
            f"From: <msnmsgr:{self.sender}>",
            f"Via: {_VERSION}/TLP ;branch={self.branch}",
            f"CSeq: {self.cseq} ",
            f"Call-ID: {self.call_id}",
            "Max-Forwards: 0",
            *(f"{name}: {value}" for name, value in self.extras),
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(body)}",
        ]
        if any(set(line) & {"\r", "\n", "\0"} for line in lines):
            raise LocalProtocolError("MSNSLP: a header has a line end or NUL in it")
        text = "".join(line + "\r\n" for line in (*lines, ""))
        data = text.encode("utf-8", "replace") + body
        if len(data) > MAX_MESSAGE:
            raise LocalProtocolError(f"MSNSLP of {len(data)} bytes: over {MAX_MESSAGE}")
        return data


def _start_line(line: str, data: bytes) -> tuple[str, int, str, str]:
    """Return method, status, reason and whom a request is for."""
    first, _, rest = line.partition(" ")
    middle, _, last = rest.partition(" ")
    if first.upper() == _VERSION and len(middle) == 3 and middle.isascii():
        if middle.isdigit() and int(middle) >= 100:
            reason = last.strip()
            usual = REASONS.get(int(middle)) == reason
            return "", int(middle), "" if usual else reason, ""
    elif last.strip().upper() == _VERSION and first.isascii() and first.isalpha():
        scheme, _, handle = middle.partition(":")
        if scheme.upper() == "MSNMSGR" and len(first) <= 16:
            return first.upper(), 0, "", handle
    raise RemoteProtocolError("not an MSNSLP start line", 0, data)


def _pairs(lines: Iterable[str]) -> Fields:
    """Return names and values; lines without a colon are left out."""
    found = []
    for line in lines:
        name, colon, value = line.partition(":")
        if colon and name.strip():
            found.append((name.strip(), value.strip()))
    return tuple(found)


def _handle(value: str) -> str:
    """Return alice@example.com from <msnmsgr:alice@example.com>."""
    inner = value.strip().removeprefix("<").removesuffix(">")
    scheme, colon, handle = inner.partition(":")
    return handle if colon and scheme.lower() == "msnmsgr" else inner


def _echoed(value: str) -> str:
    """Return a value that our answer repeats, if it can be repeated."""
    if len(value) > _MAX_VALUE or set(value) & {"\r", "\n", "\0"}:
        raise RemoteProtocolError(
            "MSNSLP header with a line end, or too long",
            0,
            value[:16].encode("utf-8", "replace"),
        )
    return value


def _branch(value: str) -> str:
    return value.partition("branch=")[2].partition(";")[0].strip()


def _number(headers: Fields, name: str, missing: int) -> int:
    text = field(headers, name)
    if not text:
        return missing
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise RemoteProtocolError(f"MSNSLP: {name} is not a number: {text[:32]!r}")
    return int(text)
