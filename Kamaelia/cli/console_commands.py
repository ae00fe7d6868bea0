"""What a person types in `kamaelia chat`, and what it means.

bob Hello there              a message to bob (as in Kamaelia's first AIM client)
message bob Hello there      the same, in words
"ann example" Hello          a name with spaces stands in quotes
/away At lunch               a command may begin with a slash
"""

from typing import NamedTuple

__all__ = ["COMMANDS", "HELP", "Quit", "Show", "parse_line"]


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
    """

    form: str
    least: int
    most: int
    help: str


COMMANDS = {
    "message": _Rule("BUDDY TEXT", 2, 2, "send a message; BUDDY TEXT alone does too"),
    "typing": _Rule("BUDDY", 1, 1, "tell BUDDY that you are typing"),
    "away": _Rule("TEXT", 1, 1, "go away; TEXT says where"),
    "back": _Rule("", 0, 0, "come back"),
    "add": _Rule("BUDDY [GROUP]", 1, 2, "put BUDDY on your list"),
    "remove": _Rule("BUDDY", 1, 1, "take BUDDY off your list"),
    "list": _Rule("", 0, 0, "show your list"),
    "privacy": _Rule("[MODE]", 0, 1, "show or set who may see you: see below"),
    "permit": _Rule("BUDDY", 1, 1, "put BUDDY on the list of those who may"),
    "unpermit": _Rule("BUDDY", 1, 1, "take BUDDY off it"),
    "deny": _Rule("BUDDY", 1, 1, "put BUDDY on the list of those who may not"),
    "undeny": _Rule("BUDDY", 1, 1, "take BUDDY off it"),
    "offline": _Rule("", 0, 0, "get messages that the server stored for you"),
    "info": _Rule("BUDDY", 1, 1, "show profile and away text of BUDDY"),
    "help": _Rule("", 0, 0, "show this"),
    "quit": _Rule("", 0, 0, "sign off; the end of the input does it too"),
}

HELP = "\n".join(
    f"  {f'{word} {rule.form}'.rstrip():24} {rule.help}"
    for word, rule in COMMANDS.items()
)
HELP += (
    "\nFrom privacy to offline: AIM and ICQ only. MODE is everybody, nobody, permitted"
    "\n(only these), not denied (all but these) or buddies (those on your list)."
)


_NAMES = {"offline": "offline messages"}
"""What the harness calls a command that is typed as one word."""


def parse_line(line: str) -> tuple[str, ...] | Show | Quit | None:
    """Return what a line asks for.

    Returns:
        A command for a harness, ("message", buddy, text) and so on; something to show
        or to do here; None for an empty line.
    """
    first, rest = _take_word(line.strip())
    if not first:
        return None
    word = first.removeprefix("/").lower()
    rule = COMMANDS.get(word)
    if rule is None or line.lstrip().startswith('"'):
        if first.startswith("/"):
            return Show(f"no command {first}; there are:\n{HELP}")
        if not rest:
            return Show(f"what shall be said to {first}? Type: {first} TEXT")
        return "message", first, rest
    if word == "help":
        return Show(HELP)
    if word == "quit":
        return Quit()
    given = _split(rest, rule.most)
    if len(given) < rule.least or (rest and not rule.most):
        return Show(f"type: {word} {rule.form}".rstrip())
    return _NAMES.get(word, word), *given


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
