"""Pass on what was not seen before."""

from typing import Any

from Kamaelia.Util.PureTransformer import PureTransformer

__all__ = ["UnseenOnly"]


class UnseenOnly(PureTransformer):
    """Passes a message on if no equal one came before. Messages must be hashable.

    Remembers every message it has seen.
    """

    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        self.seen: set[Any] = set()

    def processMessage(self, message: Any) -> Any:
        """Return the message the first time it is seen, else None."""
        if message in self.seen:
            return None
        self.seen.add(message)
        return message


__kamaelia_components__ = (UnseenOnly,)
