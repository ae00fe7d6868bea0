"""Text from elsewhere, made safe to print.

What a peer wrote must not move the cursor, change colours, turn the direction of
writing or look like a line of ours.
"""

import sys
import unicodedata
from io import TextIOWrapper

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain(text: str) -> str:
    r"""Return text on one line, with everything escaped that is not to be seen.

    Control characters, line ends, marks of direction, lone surrogates and code
    points without a meaning become `\x1b`, `\n`, `\u202e` and the like; a backslash
    stays one.
    """
    if text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode("ascii")
        if unicodedata.category(character) in _UNSAFE
        else character
        for character in text
    )


def quoted(text: str, limit: int = 400) -> str:
    """Return text in quotes, escaped; what is longer than `limit` is cut."""
    cut = text if len(text) <= limit else text[:limit] + "..."
    return f'"{plain(cut)}"'


def tolerate_narrow_output() -> None:
    """Let standard output and error escape what their encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
