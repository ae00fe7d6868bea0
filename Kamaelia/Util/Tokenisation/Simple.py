"""Lists of strings, which may hold further lists, as lines of text.

    hello [ a b ] and%20more

Items are separated by spaces, inner lists stand in brackets; spaces, brackets, line
ends and percent signs inside an item become %xx. A lone % is an empty item.
"""

import re
from typing import Any

from Kamaelia.Support.Data.Escape import escape, unescape
from Kamaelia.Util.Marshalling import DeMarshaller, Marshaller

__all__ = ["EscapedListMarshalling", "lines_to_tokenlists", "tokenlists_to_lines"]

SPECIAL = " []\n\r\t\v\f"
EMPTY = "%"

_SPACES = re.compile(r"[ \n\r\t\v\f]+")


class EscapedListMarshalling:
    """Turns lists of strings into lines and back."""

    @staticmethod
    def marshall(lst: list[Any], term: str = "\n") -> str:
        """Return the line for a list.

        Args:
            lst: strings, and lists of such.
            term: put at the end.
        """
        parts = []
        for item in lst:
            if isinstance(item, list | tuple):
                inner = EscapedListMarshalling.marshall(list(item), "")
                parts.append(f"[ {inner} ]" if inner else "[ ]")
            else:
                parts.append(escape(str(item), SPECIAL) or EMPTY)
        return " ".join(parts) + term

    @staticmethod
    def demarshall(string: str) -> list[Any]:
        """Return the list for a line; brackets without a partner do no harm."""
        found: list[Any] = []
        outer: list[list[Any]] = []
        for token in _SPACES.split(string.strip(" \n\r\t\v\f")):
            if not token:
                continue  # an empty line
            if token == "[":
                outer.append(found)
                found.append([])
                found = found[-1]
            elif token == "]":
                found = outer.pop() if outer else found
            else:
                found.append("" if token == EMPTY else unescape(token))
        return outer[0] if outer else found


def tokenlists_to_lines() -> Marshaller:
    """Lists in, lines out."""
    return Marshaller(EscapedListMarshalling)


def lines_to_tokenlists() -> DeMarshaller:
    """Lines in, lists out."""
    return DeMarshaller(EscapedListMarshalling)


__kamaelia_prefabs__ = (tokenlists_to_lines, lines_to_tokenlists)
