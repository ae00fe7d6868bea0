"""A header and a body in one."""

from collections.abc import Mapping
from typing import Any

__all__ = ["mimeObject"]


class mimeObject:  # noqa: N801 - the name of the original
    """A header and a body.

    Args:
        header: name in lower case -> [name as it was written, value].
        body: the text after it.
        preambleLine: what stands before the header, such as a requestLine.
    """

    def __init__(
        self,
        header: Mapping[str, Any] | None = None,
        body: str = "",
        preambleLine: Any = None,  # noqa: N803 - of the original
    ) -> None:
        self.header = dict(header or {})
        self.body = body
        self.preambleLine = preambleLine or None

    def __str__(self) -> str:
        lines = [f"{name}: {value}\n" for name, value in self.header.values()]
        first = f"{self.preambleLine}\n" if self.preambleLine else ""
        return f"{first}{''.join(lines)}\n{self.body}"
