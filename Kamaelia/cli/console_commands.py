"""What a person types in `kamaelia chat`, and what it means.

bob Hello there              a message to bob (as in Kamaelia's first AIM client)
message bob Hello there      the same, in words
"ann example" Hello          a name with spaces stands in quotes
/away At lunch               a command may begin with a slash
"""

import os
from typing import Any, NamedTuple

__all__ = ["COMMANDS", "Quit", "Show", "help_text", "msn_commands", "parse_line"]


class Show(NamedTuple):
    """Show a text to the person who typed; nothing is sent."""

    text: str


class Quit(NamedTuple):
    """Sign off and end."""


class _Rule(NamedTuple):
    """How a command is typed.

    Attributes:
        form: its arguments, as the help shows them.
        least: arguments that must be there.
        most: arguments there can be; the last takes the rest of the line.
        help: what it does.
        only: the one network that has it; "": all.
    """

    form: str
    least: int
    most: int
    help: str
    only: str = ""


COMMANDS = {
    "message": _Rule("BUDDY TEXT", 2, 2, "send a message; BUDDY TEXT alone does too"),
    "typing": _Rule("BUDDY", 1, 1, "tell BUDDY that you are typing"),
    "away": _Rule("TEXT", 1, 1, "go away; TEXT says where"),
    "back": _Rule("", 0, 0, "come back"),
    "add": _Rule("BUDDY [GROUP]", 1, 2, "put BUDDY on your list"),
    "remove": _Rule("BUDDY", 1, 1, "take BUDDY off your list"),
    "list": _Rule("", 0, 0, "show your list"),
    "privacy": _Rule("[MODE]", 0, 1, "show or set who may see you: see below", "aim"),
    "permit": _Rule("BUDDY", 1, 1, "put BUDDY on the list of those who may", "aim"),
    "unpermit": _Rule("BUDDY", 1, 1, "take BUDDY off it", "aim"),
    "deny": _Rule("BUDDY", 1, 1, "put BUDDY on the list of those who may not", "aim"),
    "undeny": _Rule("BUDDY", 1, 1, "take BUDDY off it", "aim"),
    "offline": _Rule("", 0, 0, "get messages that the server stored for you", "aim"),
    "info": _Rule("BUDDY", 1, 1, "show profile and away text of BUDDY", "aim"),
    "nudge": _Rule("BUDDY", 1, 1, "shake BUDDY's window", "msn"),
    "invite": _Rule(
        "BUDDY OTHER", 2, 2, "call OTHER into the conversation with BUDDY", "msn"
    ),
    "leave": _Rule("BUDDY", 1, 1, "leave the conversation with BUDDY", "msn"),
    "name": _Rule("TEXT", 1, 1, "be called TEXT", "msn"),
    "personal": _Rule("[TEXT]", 0, 1, "show TEXT beside your name, or nothing", "msn"),
    "allow": _Rule("BUDDY", 1, 1, "let BUDDY see you, who has added you", "msn"),
    "block": _Rule("BUDDY", 1, 1, "be offline for BUDDY", "msn"),
    "unblock": _Rule("BUDDY", 1, 1, "be seen by BUDDY again", "msn"),
    "send": _Rule("BUDDY FILE", 2, 2, "offer a file", "msn"),
    "accept": _Rule("NUMBER [FOLDER]", 1, 2, "take a file that is offered", "msn"),
    "cancel": _Rule("NUMBER", 1, 1, "decline a file, or end its transfer", "msn"),
    "help": _Rule("", 0, 0, "show this"),
    "quit": _Rule("", 0, 0, "sign off; the end of the input does it too"),
}

_MODES = (
    "MODE is everybody, nobody, permitted (only these), not denied (all but these)"
    "\nor buddies (those on your list)."
)


def help_text(network: str) -> str:
    """Return the commands that a network has, one a line.

    Args:
        network: "aim" or "msn".
    """
    lines = [
        f"  {f'{word} {rule.form}'.rstrip():24} {rule.help}"
        for word, rule in COMMANDS.items()
        if rule.only in ("", network)
    ]
    return "\n".join([*lines, _MODES] if network == "aim" else lines)


_NAMES = {
    "offline": "offline messages",
    "personal": "personal message",
    "send": "send file",
    "accept": "accept file",
    "cancel": "cancel file",
}
"""What the harness calls a command that is typed as one word."""

_NETWORKS = {"aim": "AIM and ICQ", "msn": "MSN"}


def parse_line(line: str, network: str = "aim") -> tuple[str, ...] | Show | Quit | None:
    """Return what a line asks for.

    Args:
        line: what was typed.
        network: "aim" or "msn". A word that is a command on the other one only can be
            a buddy's name here, unless it begins with a slash.

    Returns:
        A command for a harness, ("message", buddy, text) and so on; something to show
        or to do here; None for an empty line.
    """
    first, rest = _take_word(line.strip())
    if not first:
        return None
    word = first.removeprefix("/").lower()
    rule = None if line.lstrip().startswith('"') else COMMANDS.get(word)
    if rule is None or rule.only not in ("", network):
        return _message(first, rest, network, rule)
    if word == "help":
        return Show(help_text(network))
    if word == "quit":
        return Quit()
    given = _split(rest, rule.most)
    if len(given) < rule.least or (rest and not rule.most):
        return Show(f"type: {word} {rule.form}".rstrip())
    return _NAMES.get(word, word), *given


def _message(
    first: str, rest: str, network: str, rule: _Rule | None
) -> tuple[str, ...] | Show:
    """Return the message to a buddy that a line is, or why it is none."""
    mistaken = network == "msn" and "@" not in first  # nobody is called that there
    if rule is not None and (mistaken or first.startswith("/")):
        return Show(f"{first.removeprefix('/')}: {_NETWORKS[rule.only]} only")
    if mistaken or first.startswith("/"):
        return Show(f"no command {first}; there are:\n{help_text(network)}")
    if not rest:
        return Show(f"what shall be said to {first}? Type: {first} TEXT")
    return "message", first, rest


def _split(text: str, most: int) -> list[str]:
    """Return at most so many arguments; the last is the rest of the line."""
    found: list[str] = []
    while text and len(found) < most:
        if len(found) == most - 1 and not (most == 1 and text.startswith('"')):
            found.append(text)
            break
        word, text = _take_word(text)
        found.append(word)
    return found


def _take_word(text: str) -> tuple[str, str]:
    """Return the first word, or what stands in quotes, and what comes after it."""
    if text.startswith('"'):
        word, mark, rest = text[1:].partition('"')
        if mark:
            return word, rest.strip()
    word, _, rest = text.partition(" ")
    return word, rest.strip()


def msn_commands(command: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Return what an MSN client is asked for by a command that was typed.

    Raises:
        ValueError: a file's number is none.
    """
    match command:
        case ("away", text):
            return [("status", "AWY"), ("personal message", text)]
        case ("back",):
            return [("status", "NLN"), ("personal message", "")]
        case ("personal message",):
            return [("personal message", "")]
        case ("send file", buddy, path):
            return [("send file", buddy, _as_path(path))]
        case ("accept file" | "cancel file" as kind, number, *folder):
            if not number.isdecimal():
                raise ValueError(f"{number} is no number of a file; see its offer")
            where = [_as_path(folder[0] if folder else ".")] if kind[0] == "a" else []
            return [(kind, int(number), *where)]
    return [command]


def _as_path(text: str) -> str:
    """Return a path as the shell would see it."""
    return os.path.expanduser(text.strip('"'))
