"""Header lines and a body, as mail, HTTP and bulletin boards have them.

    Subject: Hello        lines end with CR LF
    To: Ann
    To: Bob               a name may stand several times
     and Eve              a line that begins with a space goes on with the one above
                          an empty line ends the header
    the body

Source: RFC 822, as the original reads and writes it.
"""

import re
from typing import Any

__all__ = ["MimeDict"]

BODY = "__BODY__"
END = "\r\n"

HEADER = re.compile(r"([^: ][^:]*):( ?)([^\r]+)\r\n")
CONTINUATION = re.compile(r"( +[^\r\n]*)\r\n")


class MimeDict(dict[str, Any]):
    """A dict of headers that keeps their order; the body stands under `__BODY__`.

    The value of a header that stands several times is the list of its values. `str`
    gives the lines back as they were.

    Args:
        argd: headers, and the body.

    Attributes:
        insertionorder: names of the headers, once for each line.
        invalidSource: whether it was made of a text whose header is none: that text
            is the body then.
    """

    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        self.insertionorder: list[str] = []
        self.invalidSource = False
        for name, value in self.items():
            self._enter(name, value)
        self.setdefault(BODY, "")

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        self._strike(name)
        self._enter(name, value, lines=0)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        self._strike(name)

    def _enter(self, name: str, value: Any, lines: int = 1) -> None:
        """Note the lines of a header: at least so many, if its list is empty."""
        if name != BODY:
            count = len(value) or lines if isinstance(value, list) else 1
            self.insertionorder += [name] * count

    def _strike(self, name: str) -> None:
        """Forget the lines of a header."""
        self.insertionorder = [known for known in self.insertionorder if known != name]

    def __str__(self) -> str:
        if self.invalidSource:
            return str(self[BODY])
        waiting = {
            name: iter(value if isinstance(value, list) else [value])
            for name, value in self.items()
        }
        lines = [
            f"{name}: {next(waiting[name], '')}{END}" for name in self.insertionorder
        ]
        return f"{''.join(lines)}{END}{self[BODY]}"

    @staticmethod
    def fromString(source: str) -> "MimeDict":
        """Return what a text holds: all of it as the body, if it has no header."""
        values: dict[str, list[str]] = {}
        order: list[str] = []
        at = 0
        while True:
            if found := HEADER.match(source, at):
                name, space, value = found.groups()
                order.append(name)
                empty = value == " " and not space
                values.setdefault(name, []).append("" if empty else value)
            elif order and (found := CONTINUATION.match(source, at)):
                values[order[-1]][-1] += END + found[1]
            else:
                break
            at = found.end()
        if not source.startswith(END, at):
            made = MimeDict(__BODY__=source)
            made.invalidSource = True
            return made
        made = MimeDict(__BODY__=source[at + len(END) :])
        for name, found_values in values.items():
            value_or_list = found_values if len(found_values) > 1 else found_values[0]
            dict.__setitem__(made, name, value_or_list)
        made.insertionorder = order
        return made
