"""MSNP's framing: command lines, some of them followed by counted bytes.

    line      name *( SP argument ) CR LF       CR may be missing on input
    name      3 letters, or 3 digits: an error
    argument  UTF-8 without SP, CR, LF; may be empty
    payload   as many bytes as the last argument says, straight after the LF

The first argument is the transaction id (TrID) where the command has one, decimal,
32 bits. Which lines have a TrID and which a payload depends on who wrote them and,
in few cases, on the dialect:

- a client's OUT and PNG, and the server's unasked-for lines (NLN, MSG, RNG ...) have
  none; GTC, BLP, PRP and LST have one or not, and their first argument tells;
- a name that one dialect made a payload command is one in every dialect: no name was
  ever reused, and a peer that sends a newer dialect's command must not derail us;
- an error line carries a payload from MSNP13 on, when a second number follows; in an
  older dialect only when XML begins after it, so that such a line doesn't derail us.

Source: the MSN Messenger protocol as its clients and servers speak it, MSNP2 to
MSNP18; checked against recordings of MSNP8 and of an MSNP12 switchboard.
"""

import re
from collections.abc import Container, Iterator
from enum import Enum
from typing import Final, NamedTuple

from Kamaelia.Protocol.MSN.wire.encoding import is_number
from Kamaelia.Protocol.MSN.wire.limits import (
    MAX_LINE,
    MAX_MESSAGE,
    MAX_PAYLOAD,
    MAX_SERVER_PAYLOAD,
    MAX_TRID,
)
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "PAYLOAD_FROM_CLIENT",
    "PAYLOAD_FROM_SERVER",
    "Command",
    "CommandDecoder",
    "Kind",
    "Sender",
    "TransactionIds",
    "carries_payload",
]

_NAME: Final = re.compile(r"[A-Za-z0-9]{3}")

PAYLOAD_FROM_CLIENT: Final = {
    "MSG": 2,
    "SDC": 5,
    "PAG": 5,
    "QRY": 6,
    "PGD": 9,
    "UUX": 11,
    "ADL": 13,
    "RML": 13,
    "UUN": 13,
    "FQY": 14,
    "UUM": 14,
    "VAS": 15,
    "PUT": 18,
    "DEL": 18,
    "SDG": 18,
}
"""Client's commands with a payload, and the dialect that introduced each."""

PAYLOAD_FROM_SERVER: Final = {
    "MSG": 2,
    "NOT": 5,
    "IPG": 6,
    "UBX": 11,
    "UBN": 13,
    "UBM": 14,
    "NFY": 18,
}
"""Server's commands that always have a payload, and their first dialect."""

_PAYLOAD_IF_NUMBER: Final = frozenset(
    {"UUX", "GCF", "ADL", "RML", "FQY", "SDG", "PUT", "DEL"}
)
"""Server's commands with a payload exactly when the last argument is a number."""

_NO_TRID_FROM_CLIENT: Final = frozenset({"OUT", "PNG"})
_NO_TRID_FROM_SERVER: Final = frozenset(
    {"NLN", "FLN", "MSG", "RNG", "JOI", "BYE", "QNG", "NOT", "IPG", "UBX"}
    | {"UBN", "UBM", "BPR", "OUT", "NFY"}
)
_LSG_WITH_TRID: Final = 7  # tokens after the name: `t ver index total id name 0`
_ERRORS_WITH_PAYLOAD: Final = 13  # the first dialect that has them
_XML: Final = 0x3C  # how the payload of an error begins


class Sender(Enum):
    """Who wrote a stream of commands."""

    CLIENT = "client"
    SERVER = "server"


class Kind(Enum):
    """What sort of server stands at the one end of a stream."""

    NOTIFICATION = "notification"  # and dispatch
    SWITCHBOARD = "switchboard"


class Command(NamedTuple):
    """One command.

    Attributes:
        name: three capital letters, or three digits for an error.
        trid: the transaction id, or None where the line has none.
        args: the other arguments as they stand on the wire (percent-encoded), without
            the length of the payload.
        payload: the bytes after the line, or None where the command has none.
    """

    name: str
    trid: int | None = None
    args: tuple[str, ...] = ()
    payload: bytes | None = None

    @property
    def is_error(self) -> bool:
        """Whether the name is an error number."""
        return self.name.isdigit()

    @property
    def tokens(self) -> tuple[str, ...]:
        """Everything after the name, as it stands on the line."""
        front = () if self.trid is None else (str(self.trid),)
        end = () if self.payload is None else (str(len(self.payload)),)
        return front + self.args + end

    def to_bytes(self) -> bytes:
        """Return the line, with its line end, and the payload.

        Raises:
            LocalProtocolError: the name is not three letters or digits, an argument
                holds a space or a line end, or the TrID is not 32 bits.
        """
        tokens = self.tokens
        line = " ".join((self.name, *tokens))
        if not _NAME.fullmatch(self.name):
            raise LocalProtocolError(f"not a command's name: {self.name!r}")
        if self.trid is not None and not 0 <= self.trid <= MAX_TRID:
            raise LocalProtocolError(f"transaction id {self.trid} is not 32 bits")
        if line.count(" ") != len(tokens) or "\r" in line or "\n" in line:
            raise LocalProtocolError(
                f"{self.name}: an argument holds a space or a line end: {self.args!r}"
            )
        try:
            head = line.encode()
        except UnicodeEncodeError as error:
            raise LocalProtocolError(
                f"{self.name}: an argument that UTF-8 cannot carry: {error}"
            ) from error
        return head + b"\r\n" + (self.payload or b"")


def carries_payload(
    name: str, tokens: list[str], sender: Sender, dialect: int | None = None
) -> bool:
    """Return whether a line's last argument is the length of a payload.

    Args:
        name: the command, in capitals.
        tokens: everything after the name.
        sender: who wrote the line.
        dialect: the number of the dialect spoken, None when it is not known.
    """
    if sender is Sender.CLIENT:
        return name in PAYLOAD_FROM_CLIENT
    if name in PAYLOAD_FROM_SERVER:
        return True
    if name in _PAYLOAD_IF_NUMBER:
        return bool(tokens) and is_number(tokens[-1])
    if name.isdigit() and (dialect is None or dialect >= _ERRORS_WITH_PAYLOAD):
        return len(tokens) > 1 and is_number(tokens[-1])
    return False


def _has_trid(
    name: str, tokens: list[str], sender: Sender, dialect: int | None
) -> bool:
    """Return whether the first of `tokens` is a transaction id."""
    if not tokens or not is_number(tokens[0]):
        return False
    if sender is Sender.CLIENT:
        return name not in _NO_TRID_FROM_CLIENT
    if name == "LSG":
        # Groups of the MSNP8 burst begin with the group's number, those of
        # MSNP10 with a name: only the long form of older dialects has a TrID.
        return len(tokens) >= _LSG_WITH_TRID and (dialect is None or dialect < 10)
    return name not in _NO_TRID_FROM_SERVER


_Head = tuple[str, int | None, tuple[str, ...], int]
"""Name, TrID, arguments and payload's size of a line whose payload has not come.

The size is below zero where what follows must tell whether it is one.
"""


class CommandDecoder:
    """Turn a byte stream, cut anywhere, back into commands. Does no I/O.

    Each byte is looked at once, and what is held never exceeds one line or one payload
    of allowed size, plus what was received since `commands()` last ran dry.

    Args:
        sender: who writes the stream.
        kind: what sort of server is at one end; None until it is known.
        dialect: the dialect's number; None until VER has settled it.
        max_line: bytes allowed in a line, line end included.
        max_payload: bytes allowed in a payload; None for what is usual for this
            sender and kind of server.

    `kind` and `dialect` may be changed at any time; the next command obeys them.
    """

    def __init__(
        self,
        sender: Sender,
        kind: Kind | None = None,
        dialect: int | None = None,
        *,
        max_line: int = MAX_LINE,
        max_payload: int | None = None,
    ) -> None:
        self.sender = sender
        self.kind = kind
        self.dialect = dialect
        self.max_line = max_line
        self.max_payload = max_payload
        self._buffer = bytearray()
        self._position = 0  # where the next line or payload begins in the buffer
        self._line = 0  # where the line taken last begins
        self._scanned = 0  # no line end between the position and here
        self._dropped = 0  # bytes of the stream that left the buffer
        self._head: _Head | None = None

    @property
    def offset(self) -> int:
        """Bytes of the stream that have become commands or lines."""
        return self._dropped + self._position

    @property
    def pending(self) -> int:
        """Bytes received that have not become a command."""
        return len(self._buffer) - self._position

    def receive_data(self, data: bytes) -> None:
        """Add bytes from the peer; `commands()` then yields what they complete."""
        if self._position:
            del self._buffer[: self._position]
            self._dropped += self._position
            self._scanned -= self._position
            self._position = 0
        self._buffer += data

    def commands(self) -> Iterator[Command]:
        """Yield complete commands, oldest first. Empty lines are skipped.

        Raises:
            RemoteProtocolError: a line that is no command, a line or a payload that
                is too long, a payload without a length. Commands before it have been
                yielded; nothing after it can be read.
        """
        while True:
            if self._head is None:
                line = self._take_line()
                if line is None:
                    return
                if not line:
                    continue
                head = self._parse(line)
                if isinstance(head, Command):
                    yield head
                    continue
                self._head = head
            name, trid, args, size = self._head
            if size < 0:
                if self._position == len(self._buffer):
                    return
                if self._buffer[self._position] != _XML:
                    self._head = None
                    yield Command(name, trid, (*args, str(-size)))
                    continue
                size = -size
            start, end = self._position, self._position + size
            if end > len(self._buffer):
                return
            with memoryview(self._buffer) as view:
                payload = view[start:end].tobytes()
            self._position = self._scanned = end
            self._head = None
            yield Command(name, trid, args, payload)

    def _error(self, reason: str, start: int) -> RemoteProtocolError:
        """Return an error about what begins at `start` in the buffer."""
        self._position = self._scanned = start  # so that the next call says the same
        sample = bytes(self._buffer[start : start + 16])
        return RemoteProtocolError(reason, self._dropped + start, sample)

    def _take_line(self) -> bytes | None:
        """Take one line without its line end; None when it is not complete."""
        start = self._position
        found = self._buffer.find(b"\n", self._scanned, start + self.max_line)
        if found < 0:
            self._scanned = max(self._scanned, len(self._buffer))
            if len(self._buffer) - start >= self.max_line:
                raise self._error(f"a line of more than {self.max_line} bytes", start)
            if start == len(self._buffer):  # a connection that rests keeps nothing
                self._dropped += start
                self._buffer.clear()
                self._position = self._scanned = 0
            return None
        end = found - 1 if found > start and self._buffer[found - 1] == 13 else found
        self._line = start
        self._position = self._scanned = found + 1
        return bytes(self._buffer[start:end])

    def _parse(self, line: bytes) -> Command | _Head:
        """Read a line: a command, or the head of one whose payload follows."""
        start = self._line
        name, *tokens = line.decode("utf-8", "replace").split(" ")
        if len(name) != 3 or not (name.isascii() and name.isalnum()):
            raise self._error("a line that does not begin with a command", start)
        if b"\r" in line:
            raise self._error("a line with a carriage return inside", start)
        name = name.upper()
        sender, size, trid = self.sender, None, None
        # Servers read most of what is read: what clients say is decided here.
        if sender is Sender.CLIENT:
            payload = name in PAYLOAD_FROM_CLIENT
        else:
            payload = carries_payload(name, tokens, sender, self.dialect)
        if payload:
            size = self._payload_size(name, tokens, start)
            tokens.pop()
        elif sender is Sender.SERVER and name.isdigit():
            size = self._doubtful(name, tokens)
        if _has_trid(name, tokens, sender, self.dialect):
            trid = int(tokens.pop(0))
        if size is None:
            return Command(name, trid, tuple(tokens))
        return name, trid, tuple(tokens), size

    def _doubtful(self, name: str, tokens: list[str]) -> int | None:
        """Return, below zero, a length that an error's last token may be; take it."""
        if len(tokens) < 2 or not is_number(tokens[-1]):
            return None
        size = int(tokens[-1])
        if not 0 < size <= self._allowed(name) or str(size) != tokens[-1]:
            return None
        tokens.pop()
        return -size

    def _payload_size(self, name: str, tokens: list[str], start: int) -> int:
        """Return the length that the last of `tokens` gives."""
        if not tokens or not is_number(tokens[-1]):
            raise self._error(f"{name} without the length of its payload", start)
        size = int(tokens[-1])
        allowed = self._allowed(name)
        if size > allowed:
            raise self._error(f"{name} with more than {allowed} bytes", start)
        return size

    def _allowed(self, name: str) -> int:
        """Return how many bytes a command may carry here."""
        if self.max_payload is not None:
            return self.max_payload
        if self.sender is Sender.CLIENT:
            return MAX_MESSAGE if name == "MSG" else MAX_PAYLOAD
        return MAX_PAYLOAD if self.kind is Kind.SWITCHBOARD else MAX_SERVER_PAYLOAD


class TransactionIds:
    """Hand out transaction ids: 1, 2, 3 ... over the whole 32 bits, never 0.

    Args:
        last: the id handed out before; official clients go on counting from the
            dispatch server to the notification server.
    """

    def __init__(self, last: int = 0) -> None:
        if not 0 <= last <= MAX_TRID:
            raise LocalProtocolError(f"transaction id {last} is not 32 bits")
        self.last = last

    def next(self, pending: Container[int] = ()) -> int:
        """Return an id that no request in `pending` has.

        After 4294967295 comes 1, so an id that is still waiting for its reply could
        come round again: it is passed over.
        """
        while True:
            self.last = self.last % MAX_TRID + 1
            if self.last not in pending:
                return self.last
