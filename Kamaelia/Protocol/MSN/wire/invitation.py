"""Application invitations: the text/x-msmsgsinvite bodies that offer a file.

A body is `Name: value` lines and an empty line:

    Application-Name: File Transfer
    Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}
    Invitation-Command: INVITE
    Invitation-Cookie: 40312
    Application-File: notes.txt
    Application-FileSize: 10

The inviter's INVITE is answered by ACCEPT or CANCEL; to an ACCEPT the side that
listens answers with an ACCEPT that carries its address. The cookie, chosen by
the inviter, ties them together; either side may CANCEL until the end.

Nothing here raises on what a peer wrote: a broken body becomes an
`InvalidInvitation` that says what is wrong and what to answer.

Source: captures of MSN Messenger 3 to 6; the expired Internet draft on MSN
Messenger 1.0 by Movva and Lai for the surroundings.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from Kamaelia.Protocol.wire.errors import LocalProtocolError

__all__ = [
    "APPLICATION_NAMES",
    "CONTENT_TYPE",
    "FAIL",
    "FILE_TRANSFER",
    "FTTIMEOUT",
    "MAX_BODY",
    "NETMEETING",
    "OUTBANDCANCEL",
    "REJECT",
    "REJECT_NOT_INSTALLED",
    "TIMEOUT",
    "VOICE",
    "Accept",
    "Body",
    "Cancel",
    "InvalidInvitation",
    "Invite",
    "parse_invitation",
]

CONTENT_TYPE: Final = "text/x-msmsgsinvite; charset=UTF-8"
MAX_BODY: Final = 8192  # bytes; a switchboard message carries at most 1664

FILE_TRANSFER: Final = "{5D3E02AB-6190-11d3-BBBB-00C04F795683}"
VOICE: Final = "{02D3C01F-BF30-4825-A83A-DE7AF41648AA}"
NETMEETING: Final = "{44BBA842-CC51-11CF-AAFA-00AA00B6015C}"
APPLICATION_NAMES: Final[Mapping[str, str]] = {
    FILE_TRANSFER: "file transfer",
    VOICE: "voice",
    NETMEETING: "netmeeting",
}

REJECT: Final = "REJECT"
REJECT_NOT_INSTALLED: Final = "REJECT_NOT_INSTALLED"
TIMEOUT: Final = "TIMEOUT"
FTTIMEOUT: Final = "FTTIMEOUT"
FAIL: Final = "FAIL"
OUTBANDCANCEL: Final = "OUTBANDCANCEL"

_U16: Final = 0xFFFF
_U32: Final = 0xFFFFFFFF
_U64: Final = 0xFFFFFFFFFFFFFFFF

Fields: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Invite:
    """An offer. For a file, `file_name` and `file_size` are set.

    Attributes:
        cookie: 32 bits, chosen by the inviter.
        guid: which application; "" from very old clients. Compare with `is_file`.
        application_name: in the inviter's language; for showing only.
        file_name: as written, "" when there is none. Never open a file by it: see
            `safe_file_name`.
        file_size: bytes, or None when there is none.
        reachable: False: the inviter cannot accept connections.
        extras: other fields in the order they came.
    """

    cookie: int
    guid: str = FILE_TRANSFER
    application_name: str = "File Transfer"
    file_name: str = ""
    file_size: int | None = None
    reachable: bool = True
    extras: Fields = ()

    @property
    def is_file(self) -> bool:
        """Whether a file is offered: by GUID, or without one by its fields."""
        if self.guid:
            return self.guid.lower() == FILE_TRANSFER.lower()
        return self.file_size is not None or bool(self.file_name)

    def to_bytes(self) -> bytes:
        """Return the body.

        Raises:
            LocalProtocolError: a number is out of range, or a value has a line end.
        """
        fields = [("Application-Name", self.application_name)]
        if self.guid:
            fields.append(("Application-GUID", self.guid))
        fields += _head("INVITE", self.cookie)
        if self.file_name or self.file_size is not None:
            fields.append(("Application-File", self.file_name))
        if self.file_size is not None:
            size = _checked("file size", self.file_size, _U64)
            fields.append(("Application-FileSize", size))
        if not self.reachable:
            fields.append(("Connectivity", "N"))
        return _body((*fields, *self.extras))


@dataclass(frozen=True, slots=True)
class Accept:
    """An acceptance; from the side that listens with its addresses.

    Attributes:
        cookie: that of the INVITE.
        ip_address: external address of the listener, "" when none is given.
        ip_address_internal: its address behind NAT, or "".
        port: where it listens, or None.
        port_x: external port that a NAT forwards, or None.
        port_x_internal: internal end of that forwarding, or None.
        auth_cookie: number for MSNFTP's USR, or None.
        sender_connect: the receiver listens and the file's sender connects.
        request_data: what the other side is asked for, "IP-Address:" as a rule.
        launch_application: True only for applications other than files.
        extras: other fields in the order they came.
    """

    cookie: int
    ip_address: str = ""
    ip_address_internal: str = ""
    port: int | None = None
    port_x: int | None = None
    port_x_internal: int | None = None
    auth_cookie: int | None = None
    sender_connect: bool = False
    request_data: str = "IP-Address:"
    launch_application: bool = False
    extras: Fields = ()

    @property
    def has_address(self) -> bool:
        """Whether it says where to connect."""
        return bool(self.ip_address or self.ip_address_internal) and bool(
            self.port or self.port_x
        )

    def addresses(self) -> list[tuple[str, int]]:
        """Return where to try, in order: internal, external, forwarded port."""
        pairs = [
            (self.ip_address_internal, self.port_x_internal or self.port),
            (self.ip_address_internal, self.port),
            (self.ip_address, self.port),
            (self.ip_address, self.port_x),
        ]
        found = [(host, port) for host, port in pairs if host and port]
        return list(dict.fromkeys(found))

    def to_bytes(self) -> bytes:
        """Return the body.

        Raises:
            LocalProtocolError: a number is out of range, or a value has a line end.
        """
        fields = _head("ACCEPT", self.cookie)
        if self.ip_address:
            fields.append(("IP-Address", self.ip_address))
        if self.ip_address_internal:
            fields.append(("IP-Address-Internal", self.ip_address_internal))
        for name, number, limit in (
            ("Port", self.port, _U16),
            ("PortX", self.port_x, _U16),
            ("PortX-Internal", self.port_x_internal, _U16),
            ("AuthCookie", self.auth_cookie, _U32),
        ):
            if number is not None:
                fields.append((name, _checked(name, number, limit)))
        if self.sender_connect:
            fields.append(("Sender-Connect", "TRUE"))
        launch = "TRUE" if self.launch_application else "FALSE"
        fields.append(("Launch-Application", launch))
        if self.request_data:
            fields.append(("Request-Data", self.request_data))
        return _body((*fields, *self.extras))


@dataclass(frozen=True, slots=True)
class Cancel:
    """A refusal, or the end of what was accepted; `code` says why."""

    cookie: int
    code: str = REJECT
    extras: Fields = ()

    def to_bytes(self) -> bytes:
        """Return the body.

        Raises:
            LocalProtocolError: the cookie is out of range, or a value has a line end.
        """
        code = ("Cancel-Code", self.code)
        return _body((*_head("CANCEL", self.cookie), code, *self.extras))


@dataclass(frozen=True, slots=True)
class InvalidInvitation:
    """A body that cannot be acted on, for the hooks and the log.

    Attributes:
        reason: what is wrong with it.
        cookie: its cookie when that much could be read.
        answer: what to send back, or None: an INVITE that can be named is refused
            with REJECT_NOT_INSTALLED, all else goes unanswered.
        fields: what it holds.
    """

    reason: str
    cookie: int | None
    answer: Cancel | None
    fields: Fields


Body: TypeAlias = Invite | Accept | Cancel | InvalidInvitation


def parse_invitation(body: bytes) -> Body:
    """Read the body of a text/x-msmsgsinvite message; never raises.

    Line ends may be LF, the last empty line may be missing, names are compared
    without case, and a value keeps its colons. The first of two equal names counts.
    """
    pairs = _split(body)
    fields = _Fields(pairs)
    command = fields.text("Invitation-Command").upper()
    cookie = None
    try:
        if len(body) > MAX_BODY:
            raise _InvalidFieldError(f"more than {MAX_BODY} bytes")
        cookie = fields.number("Invitation-Cookie", _U32)
        if cookie is None:
            raise _InvalidFieldError("no Invitation-Cookie")
        return _READERS.get(command, _unknown)(cookie, fields)
    except _InvalidFieldError as problem:
        refuse = command == "INVITE" and cookie is not None
        answer = Cancel(cookie or 0, REJECT_NOT_INSTALLED) if refuse else None
        return InvalidInvitation(str(problem), cookie, answer, pairs)


class _InvalidFieldError(Exception):
    """A field of a body does not have the form it must have."""


class _Fields:
    """Fields of one body by name; remembers which were asked for."""

    def __init__(self, pairs: Fields) -> None:
        self._pairs = pairs
        self._used: set[str] = set()
        self._values: dict[str, str] = {}
        for name, value in pairs:
            self._values.setdefault(name.lower(), value)

    def text(self, name: str) -> str:
        """Return a value, "" when missing."""
        self._used.add(name.lower())
        return self._values.get(name.lower(), "")

    def number(self, name: str, limit: int) -> int | None:
        """Return a decimal value of at most `limit`, None when missing."""
        value = self.text(name)
        if name.lower() not in self._values:
            return None
        if not (value.isascii() and value.isdigit() and len(value) <= 20):
            raise _InvalidFieldError(f"{name} is not a decimal number: {value[:32]!r}")
        if int(value) > limit:
            raise _InvalidFieldError(f"{name} is out of range: {value}")
        return int(value)

    def rest(self) -> Fields:
        """Return what was not asked for."""
        return tuple(pair for pair in self._pairs if pair[0].lower() not in self._used)


def _read_invite(cookie: int, fields: _Fields) -> Body:
    guid = fields.text("Application-GUID")
    invite = Invite(
        cookie,
        guid,
        fields.text("Application-Name"),
        fields.text("Application-File"),
        fields.number("Application-FileSize", _U64),
        fields.text("Connectivity").upper() != "N",
        fields.rest(),
    )
    if not (guid or invite.application_name or invite.is_file):
        raise _InvalidFieldError("neither Application-GUID nor Application-Name")
    if invite.is_file and invite.file_size is None:
        raise _InvalidFieldError("a file without Application-FileSize")
    return invite


def _read_accept(cookie: int, fields: _Fields) -> Body:
    return Accept(
        cookie,
        fields.text("IP-Address"),
        fields.text("IP-Address-Internal"),
        fields.number("Port", _U16),
        fields.number("PortX", _U16),
        fields.number("PortX-Internal", _U16),
        fields.number("AuthCookie", _U32),
        fields.text("Sender-Connect").upper() == "TRUE",
        fields.text("Request-Data"),
        fields.text("Launch-Application").upper() == "TRUE",
        fields.rest(),
    )


def _read_cancel(cookie: int, fields: _Fields) -> Body:
    return Cancel(cookie, fields.text("Cancel-Code").upper() or FAIL, fields.rest())


def _unknown(cookie: int, fields: _Fields) -> Body:
    command = fields.text("Invitation-Command")
    raise _InvalidFieldError(
        f"unknown Invitation-Command {command[:32]!r}"
        if command
        else "no Invitation-Command"
    )


_READERS: Final = {
    "INVITE": _read_invite,
    "ACCEPT": _read_accept,
    "CANCEL": _read_cancel,
}


def _split(body: bytes) -> Fields:
    """Return the name and value of each line; stops at what is too long."""
    text = body[:MAX_BODY].decode("utf-8", "replace").replace("\r\n", "\n")
    pairs = []
    for line in text.replace("\r", "\n").strip("\n\0").split("\n"):
        name, colon, value = line.partition(":")
        if colon and name.strip():
            pairs.append((name.strip(), value.strip()))
    return tuple(pairs)


def _head(command: str, cookie: int) -> list[tuple[str, str]]:
    number = _checked("cookie", cookie, _U32)
    return [("Invitation-Command", command), ("Invitation-Cookie", number)]


def _checked(what: str, number: int, limit: int) -> str:
    if not 0 <= number <= limit:
        raise LocalProtocolError(f"invitation: {what} {number} is not in 0..{limit}")
    return str(number)


def _body(fields: Iterable[tuple[str, str]]) -> bytes:
    lines = [f"{name}: {value}" for name, value in fields]
    if any(set(line) & {"\r", "\n", "\0"} for line in lines):
        raise LocalProtocolError(f"invitation: a field has a line end: {lines!r}")
    return "".join(line + "\r\n" for line in (*lines, "")).encode("utf-8", "replace")
