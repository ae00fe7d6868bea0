import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.cli.console_commands import COMMANDS, Quit, Show, parse_line


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("bob Hello there", ("message", "bob", "Hello there")),
        ("  bob   Hello  there \n", ("message", "bob", "Hello  there")),
        ("message bob Hello there", ("message", "bob", "Hello there")),
        ("/message bob Hi", ("message", "bob", "Hi")),
        ('"ann example" Hi', ("message", "ann example", "Hi")),
        ('"away" is a name here', ("message", "away", "is a name here")),
        ('message "ann example" Hi', ("message", "ann example", "Hi")),
        ("away At lunch, back soon", ("away", "At lunch, back soon")),
        ("Back", ("back",)),
        ("add bob", ("add", "bob")),
        ("add bob Old friends", ("add", "bob", "Old friends")),
        ('remove "ann example"', ("remove", "ann example")),
        ("info ann example", ("info", "ann example")),
        ("list", ("list",)),
        ("privacy", ("privacy",)),
        ("privacy not denied", ("privacy", "not denied")),
        ("deny bob", ("deny", "bob")),
        ("/undeny bob", ("undeny", "bob")),
        ('permit "ann example"', ("permit", "ann example")),
        ("unpermit bob", ("unpermit", "bob")),
        ("offline", ("offline messages",)),
    ],
)
def test_a_line_becomes_a_command(line: str, command: tuple[str, ...]) -> None:
    assert parse_line(line) == command


def test_empty_lines_ask_for_nothing() -> None:
    assert parse_line(" \n") is None


def test_quit_ends() -> None:
    assert parse_line("/quit") == Quit()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("help", "message BUDDY TEXT"),
        ("help", "not denied (all but these)"),
        ("deny", "type: deny BUDDY"),
        ("/nonsense x", "no command /nonsense"),
        ("bob", "what shall be said to bob?"),
        ("message bob", "type: message BUDDY TEXT"),
        ("back home", "type: back"),
        ("away", "type: away TEXT"),
    ],
)
def test_what_cannot_be_done_is_explained(line: str, says: str) -> None:
    shown = parse_line(line)
    assert isinstance(shown, Show)
    assert says in shown.text


@given(st.text())
def test_any_line_means_something_or_is_explained(line: str) -> None:
    command = parse_line(line)
    assert (
        command is None
        or isinstance(command, (Show, Quit))
        or command[0].split()[0] in COMMANDS
    )
