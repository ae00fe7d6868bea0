import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.capabilities import ClientId
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.switchboard import (
    Enter,
    Entered,
    Incoming,
    Left,
    Outgoing,
    Participant,
    enters,
    ringing,
    split_endpoint,
)
from Kamaelia.Protocol.wire.errors import (
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
)

from .lines import any_command, from_client, from_server, text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("USR 1 a@b.c 2.1.4", Enter(1, "a@b.c", "2.1.4")),
        ("ANS 1 b@c.d 7.6 40217731", Enter(1, "b@c.d", "7.6", "40217731")),
    ],
)
def test_coming_in(line: str, expected: Enter) -> None:
    assert Enter.from_command(from_client(line)) == expected
    assert text(expected.to_command()) == line
    assert expected.cookie not in repr(expected)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("USR 1 OK a@b.c Al%20L", Entered(1, "a@b.c", "Al L")),
        ("ANS 1 OK", Entered(1, answers=True)),
    ],
)
def test_being_in(line: str, expected: Entered) -> None:
    assert Entered.from_command(from_server(line)) == expected
    assert text(expected.to_command()) == line


def test_bad_entrances() -> None:
    for line in ("ANS 1 b@c.d 7.6", "USR 1 a@b.c", "ANS x y z w"):
        with pytest.raises(RemoteProtocolError):
            Enter.from_command(from_client(line))
    with pytest.raises(RemoteProtocolError):
        Entered.from_command(from_server("USR 1 NO"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ANS 1 b@c.d 7.6 1", True),
        ("USR 1 a@b.c;{1} 2.1.4", True),
        ("USR 1 TWN I a@b.c", False),
        ("USR 1", False),
        ("VER 1 MSNP8", False),
    ],
)
def test_the_first_command_tells_the_server(line: str, expected: bool) -> None:
    assert enters(from_client(line)) is expected


def test_calling() -> None:
    assert ringing(from_server("CAL 2 RINGING 40217731")) == "40217731"
    for line in ("CAL 2 RINGING", "CAL 2 BUSY 1"):
        with pytest.raises(RemoteProtocolError):
            ringing(from_server(line))


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        ("JOI b@c.d Bob", 9, Participant("b@c.d", "Bob")),
        ("JOI b@c.d Bob 4", 12, Participant("b@c.d", "Bob", ClientId(4))),
        ("IRO 1 1 2 a@b.c Al%20L", 8, Participant("a@b.c", "Al L", None, 1, 1, 2)),
        ("IRO 1 2 2 a@b.c A 4", 12, Participant("a@b.c", "A", ClientId(4), 1, 2, 2)),
        (
            "JOI a@b.c;{1} A 1:2",
            16,
            Participant("a@b.c;{1}", "A", ClientId(1, 2)),
        ),
    ],
)
def test_participants(line: str, dialect: int, expected: Participant) -> None:
    assert Participant.from_command(from_server(line)) == expected
    assert text(expected.to_command(dialect)) == line


def test_odd_participants() -> None:
    assert Participant.from_command(from_server("JOI b@c.d Bob x y")).client is None
    assert split_endpoint("a@b.c;{1}") == ("a@b.c", "{1}")
    assert split_endpoint("a@b.c") == ("a@b.c", None)
    for line in ("JOI b@c.d", "IRO 1 1 2 a@b.c", "IRO 1 x 2 a@b.c A", "BYE"):
        with pytest.raises(RemoteProtocolError):
            Participant.from_command(from_server(line))


def test_leaving() -> None:
    assert Left.from_command(from_server("BYE b@c.d")) == Left("b@c.d")
    assert Left.from_command(from_server("BYE b@c.d 1")) == Left("b@c.d", idle=True)
    assert text(Left("b@c.d", idle=True).to_command()) == "BYE b@c.d 1"
    assert text(Left("b@c.d").to_command()) == "BYE b@c.d"


def test_messages() -> None:
    sent = Outgoing(3, "N", b"hello")
    assert sent.to_command().to_bytes() == b"MSG 3 N 5\r\nhello"
    assert Outgoing.from_command(Command("MSG", 3, ("n",), b"hello")) == sent
    heard = Incoming("a@b.c", "Al L", b"hello")
    assert heard.to_command().to_bytes() == b"MSG a@b.c Al%20L 5\r\nhello"
    assert Incoming.from_command(heard.to_command()) == heard


def test_messages_that_servers_do_not_take() -> None:
    assert Outgoing(3, "N", b"x" * 1664).to_command()
    with pytest.raises(LocalProtocolError, match="1665 bytes"):
        Outgoing(3, "N", b"x" * 1665).to_command()
    with pytest.raises(RemoteProtocolError):
        Outgoing.from_command(Command("MSG", 3, ("X",), b""))
    with pytest.raises(RemoteProtocolError):
        Outgoing.from_command(Command("MSG", None, ("N",), b""))


@given(any_command("USR", "ANS", "IRO", "JOI", "BYE", "CAL", "MSG"), st.integers(2, 16))
def test_any_line(command: Command, dialect: int) -> None:
    for attempt in (
        lambda: Enter.from_command(command).to_command(),
        lambda: Entered.from_command(command).to_command(),
        lambda: Participant.from_command(command).to_command(dialect),
        lambda: Left.from_command(command).to_command(),
        lambda: Outgoing.from_command(command).to_command(),
        lambda: Incoming.from_command(command).to_command(),
        lambda: ringing(command),
    ):
        try:
            attempt()
        except ProtocolError:
            continue
