"""Lines of a switchboard: who comes, who goes, what is said.

    USR t handle cookie             -> USR t OK handle name
    ANS t handle cookie session     -> IRO t i n handle name [caps] ..., ANS t OK
    CAL t handle                    -> CAL t RINGING session; JOI when it answers
    MSG t X n                       -> ACK t, NAK t or nothing; X is U, N, A or D
    JOI handle name [caps]             somebody has joined
    BYE handle [1]                     somebody has left; 1: idle too long
    MSG handle name n                  somebody says something

Capabilities come with MSNP12. From MSNP16 on a handle can be `handle;{endpoint}`.

Source: the MSN Messenger protocol, MSNP2 to MSNP18; the recordings of the tests.
"""

from dataclasses import dataclass, field
from typing import Final

from Kamaelia.Protocol.MSN.wire.arguments import at, expect, need_trid, remote_error
from Kamaelia.Protocol.MSN.wire.capabilities import ClientId
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.encoding import decode_text, encode_text, parse_number
from Kamaelia.Protocol.MSN.wire.limits import MAX_MESSAGE
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "ACK_ALWAYS",
    "ACK_DATA",
    "ACK_ERRORS",
    "ACK_NEVER",
    "Enter",
    "Entered",
    "Incoming",
    "Left",
    "Outgoing",
    "Participant",
    "enters",
    "ringing",
    "split_endpoint",
]

ACK_NEVER: Final = "U"
ACK_ERRORS: Final = "N"
ACK_ALWAYS: Final = "A"
ACK_DATA: Final = "D"


def split_endpoint(handle: str) -> tuple[str, str | None]:
    """Return the handle and the endpoint of `handle;{guid}`; None: no endpoint."""
    account, semicolon, endpoint = handle.partition(";")
    return account, endpoint if semicolon else None


def enters(command: Command) -> bool:
    """Return whether a connection's first command makes it a switchboard's.

    That is ANS, or a USR with a handle where a notification server is given the name
    of a sign-on package.
    """
    if command.name == "ANS":
        return True
    return command.name == "USR" and bool(command.args) and "@" in command.args[0]


@dataclass(frozen=True, slots=True)
class Enter:
    """USR or ANS of a client: into a conversation of its own, or one it is called to.

    Attributes:
        handle: who comes, endpoint included.
        cookie: the proof from XFR or RNG; never shown by repr.
        session: the conversation's id from RNG; None: a conversation of its own.
    """

    trid: int
    handle: str
    cookie: str = field(repr=False)
    session: str | None = None

    @classmethod
    def from_command(cls, command: Command) -> "Enter":
        """Read the line.

        Raises:
            RemoteProtocolError: too few arguments, or no transaction id.
        """
        args = expect(command, 2, "USR", "ANS")
        session = expect(command, 3)[2] if command.name == "ANS" else None
        return cls(need_trid(command), args[0], args[1], session)

    def to_command(self) -> Command:
        """Return the line."""
        if self.session is None:
            return Command("USR", self.trid, (self.handle, self.cookie))
        return Command("ANS", self.trid, (self.handle, self.cookie, self.session))


@dataclass(frozen=True, slots=True)
class Entered:
    """USR OK or ANS OK of a server.

    Attributes:
        handle: who has come in; empty in ANS.
        name: friendly name; empty in ANS.
        answers: whether it is ANS.
    """

    trid: int
    handle: str = ""
    name: str = ""
    answers: bool = False

    @classmethod
    def from_command(cls, command: Command) -> "Entered":
        """Read the line.

        Raises:
            RemoteProtocolError: not OK, or no transaction id.
        """
        args = expect(command, 1, "USR", "ANS")
        if args[0].upper() != "OK":
            raise remote_error(command, "not OK")
        trid = need_trid(command)
        if command.name == "ANS":
            return cls(trid, answers=True)
        return cls(trid, at(args, 1) or "", decode_text(at(args, 2) or ""))

    def to_command(self) -> Command:
        """Return the line."""
        if self.answers:
            return Command("ANS", self.trid, ("OK",))
        return Command("USR", self.trid, ("OK", self.handle, encode_text(self.name)))


def ringing(command: Command) -> str:
    """Return the conversation's id from a server's `CAL t RINGING session`.

    Raises:
        RemoteProtocolError: too few arguments, or not RINGING.
    """
    args = expect(command, 2, "CAL")
    if args[0].upper() != "RINGING":
        raise remote_error(command, "not RINGING")
    return args[1]


@dataclass(frozen=True, slots=True)
class Participant:
    """IRO or JOI: somebody who is there, or comes.

    Attributes:
        handle: who, endpoint included.
        name: friendly name.
        client: what the participant's client can do; from MSNP12 on.
        trid: of the ANS, in IRO; None: JOI.
        index: which of the participants, from 1, in IRO.
        total: how many there are, in IRO.
    """

    handle: str
    name: str
    client: ClientId | None = None
    trid: int | None = None
    index: int = 0
    total: int = 0

    @classmethod
    def from_command(cls, command: Command) -> "Participant":
        """Read the line of any dialect.

        Raises:
            RemoteProtocolError: too few arguments, or bad numbers.
        """
        if command.name == "JOI":
            args = expect(command, 2)
            return cls(args[0], decode_text(args[1]), _client(at(args, 2)))
        args = expect(command, 4, "IRO", "JOI")
        return cls(
            args[2],
            decode_text(args[3]),
            _client(at(args, 4)),
            need_trid(command),
            parse_number(args[0], "IRO index"),
            parse_number(args[1], "IRO total"),
        )

    def to_command(self, dialect: int) -> Command:
        """Return the line as this dialect has it."""
        args = [self.handle, encode_text(self.name)]
        if dialect >= 12:
            args.append(str(self.client or ClientId()))
        if self.trid is None:
            return Command("JOI", None, tuple(args))
        return Command("IRO", self.trid, (str(self.index), str(self.total), *args))


def _client(text: str | None) -> ClientId | None:
    """Return capabilities; None for what are none."""
    if not text:
        return None
    try:
        return ClientId.parse(text)
    except RemoteProtocolError:
        return None


@dataclass(frozen=True, slots=True)
class Left:
    """BYE: somebody has left.

    Attributes:
        handle: who, endpoint included.
        idle: whether the server has ended an idle conversation.
    """

    handle: str
    idle: bool = False

    @classmethod
    def from_command(cls, command: Command) -> "Left":
        """Read the line.

        Raises:
            RemoteProtocolError: no handle.
        """
        args = expect(command, 1, "BYE")
        return cls(args[0], at(args, 1) == "1")

    def to_command(self) -> Command:
        """Return the line."""
        return Command("BYE", None, (self.handle, *(("1",) if self.idle else ())))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """MSG of a client.

    Attributes:
        ack: `ACK_NEVER`, `ACK_ERRORS`, `ACK_ALWAYS` or `ACK_DATA`.
        payload: the message as bytes, see the module message.
    """

    trid: int
    ack: str
    payload: bytes

    @classmethod
    def from_command(cls, command: Command) -> "Outgoing":
        """Read the line.

        Raises:
            RemoteProtocolError: another kind of acknowledgement, or no transaction id.
        """
        ack = expect(command, 1, "MSG")[0].upper()
        if ack not in (ACK_NEVER, ACK_ERRORS, ACK_ALWAYS, ACK_DATA):
            raise remote_error(command, "an acknowledgement that there is not")
        return cls(need_trid(command), ack, command.payload or b"")

    def to_command(self) -> Command:
        """Return the line.

        Raises:
            LocalProtocolError: more than the 1664 bytes that servers take.
        """
        if len(self.payload) > MAX_MESSAGE:
            raise LocalProtocolError(
                f"a message of {len(self.payload)} bytes; at most {MAX_MESSAGE} are"
                " taken: split it"
            )
        return Command("MSG", self.trid, (self.ack,), self.payload)


@dataclass(frozen=True, slots=True)
class Incoming:
    """MSG of a server, also of a notification server.

    Attributes:
        handle: who says it; `Hotmail` for the service.
        name: friendly name.
        payload: the message as bytes, see the module message.
    """

    handle: str
    name: str
    payload: bytes

    @classmethod
    def from_command(cls, command: Command) -> "Incoming":
        """Read the line.

        Raises:
            RemoteProtocolError: no handle.
        """
        args = expect(command, 1, "MSG")
        name = decode_text(at(args, 1) or "")
        return cls(args[0], name, command.payload or b"")

    def to_command(self) -> Command:
        """Return the line."""
        args = (self.handle, encode_text(self.name))
        return Command("MSG", None, args, self.payload)
