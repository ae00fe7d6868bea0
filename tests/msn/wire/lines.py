"""Make commands of lines, for the tests beside this module."""

from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.command import Command, CommandDecoder, Sender

WORDS = (
    *("", "0", "1", "7", "11", "FL", "RL", "OK", "NLN", "a@b.c", "N=a@b.c", "F=x"),
    *("C=", "CKI", "1.2.3.4:5", "x:y", "PHH", "%", "S", "A", "-1", "9" * 30),
    *("7a6b5c4d-0001-4000-8000-00000000a001", "1:2", "SB", "RINGING"),
)


def from_server(line: str, dialect: int | None = None) -> Command:
    return _read(line, Sender.SERVER, dialect)


def from_client(line: str, dialect: int | None = None) -> Command:
    return _read(line, Sender.CLIENT, dialect)


def _read(line: str, sender: Sender, dialect: int | None) -> Command:
    decoder = CommandDecoder(sender, dialect=dialect)
    decoder.receive_data(line.encode() + b"\r\n")
    (command,) = decoder.commands()
    return command


def text(command: Command) -> str:
    """Return a command's line without its end."""
    return command.to_bytes().decode().removesuffix("\r\n")


def any_command(*names: str) -> st.SearchStrategy[Command]:
    """Commands of these names with whatever arguments."""
    words = st.sampled_from(WORDS)
    args = st.lists(words | st.text(max_size=4), max_size=8).map(tuple)
    trids = st.none() | st.integers(0, 9)
    payloads = st.none() | st.binary(max_size=20)
    return st.builds(Command, st.sampled_from(names), trids, args, payloads)
