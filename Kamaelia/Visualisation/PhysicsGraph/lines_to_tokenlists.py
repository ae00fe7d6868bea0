"""Split lines into words."""

import re
from typing import Any

from Kamaelia.Util.Worker import NOTHING, Worker

__all__ = ["lines_to_tokenlists"]

TOKEN = re.compile(
    r"""
    \s* (?: "((?:\\.|[^\\"])*)"     # in double quotes
          | '((?:\\.|[^\\'])*)'     # in single quotes
          | ([^\s"']\S*)            # a plain word; quotes inside mean nothing
        ) (?=\s|$)
    """,
    re.DOTALL | re.VERBOSE,
)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class lines_to_tokenlists(Worker):  # noqa: N801 - the name of the original
    r"""Sends the list of words of each line.

    Words stand between spaces. In quotes, single or double, a word may hold spaces;
    a quote or backslash in it has a backslash before it. For an empty line, and for
    one whose quotes don't match, nothing is sent.
    """

    Inboxes = {
        "inbox": "lines (str)",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {"outbox": "words (list of str)", "signal": "why this component stopped"}

    def treat(self, message: str) -> Any:
        """Return the words, or NOTHING."""
        return self.lineToTokens(message) or NOTHING

    def lineToTokens(self, line: str) -> list[str]:
        """Return the words of a line; none if its quotes don't match."""
        tokens: list[str] = []
        at, end = 0, len(line.rstrip())
        while at < end:
            found = TOKEN.match(line, at)
            if found is None:
                return []
            double, single, plain = found.groups()
            quoted = single if double is None else double
            tokens.append(plain or ESCAPED.sub(r"\1", quoted))
            at = found.end()
        return tokens


__kamaelia_components__ = (lines_to_tokenlists,)
