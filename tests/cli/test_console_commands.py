import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.cli.console_commands import (
    COMMANDS,
    Quit,
    Show,
    help_text,
    msn_commands,
    parse_line,
)


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


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("bob@x.org Hi", [("message", "bob@x.org", "Hi")]),
        ("nudge bob@x.org", [("nudge", "bob@x.org")]),
        ("away Lunch", [("status", "AWY"), ("personal message", "Lunch")]),
        ("back", [("status", "NLN"), ("personal message", "")]),
        ("personal Out and about", [("personal message", "Out and about")]),
        ("personal", [("personal message", "")]),
        ("add bob@x.org Old friends", [("add", "bob@x.org", "Old friends")]),
        (
            "send bob@x.org my notes.txt",
            [("send file", "bob@x.org", "my notes.txt")],
        ),
        ('send bob@x.org "a b"', [("send file", "bob@x.org", "a b")]),
        ("accept 7", [("accept file", 7, ".")]),
        ("accept 7 in here", [("accept file", 7, "in here")]),
        ("cancel 7", [("cancel file", 7)]),
    ],
)
def test_a_line_becomes_commands_of_msn(line: str, commands: list[object]) -> None:
    command = parse_line(line, "msn")
    assert isinstance(command, tuple)
    assert msn_commands(command) == commands


@pytest.mark.parametrize(
    ("network", "line", "says"),
    [
        ("msn", "info bob@x.org", "info: AIM and ICQ only"),
        ("msn", "/deny bob@x.org", "deny: AIM and ICQ only"),
        ("aim", "/nudge bob", "nudge: MSN only"),
        ("msn", "lsit", "no command lsit; there are:"),
        ("msn", "bob Hello", "no command bob; there are:"),
    ],
)
def test_a_command_of_the_other_network_is_explained(
    network: str, line: str, says: str
) -> None:
    shown = parse_line(line, network)
    assert isinstance(shown, Show)
    assert says in shown.text


def test_a_buddy_may_be_called_what_is_a_command_elsewhere() -> None:
    assert parse_line("block Hello there") == ("message", "block", "Hello there")


def test_each_network_has_help_of_its_own() -> None:
    assert "nudge" not in help_text("aim")
    assert "privacy" not in help_text("msn")
    assert "accept NUMBER [FOLDER]" in help_text("msn")


def test_what_is_no_number_of_a_file_is_explained() -> None:
    with pytest.raises(ValueError, match="number of a file"):
        msn_commands(("accept file", "notes.txt"))


@given(st.text(), st.sampled_from(["aim", "msn"]))
def test_any_line_means_something_or_is_explained(line: str, network: str) -> None:
    command = parse_line(line, network)
    assert (
        command is None
        or isinstance(command, (Show, Quit))
        or command[0].split()[0] in COMMANDS
    )
