"""Transform each message with a chain of functions."""

from collections.abc import Callable
from typing import Any

from Kamaelia.Util.PureTransformer import PureTransformer

__all__ = ["SequentialTransformer"]


class SequentialTransformer(PureTransformer):
    """Sends what a chain of functions makes of each message, unless it is None.

    Args:
        functions: called one after the other, each with the result of the last.
        argd: become attributes.
    """

    def __init__(self, *functions: Callable[[Any], Any], **argd: Any) -> None:
        super().__init__(**argd)
        self.functions = functions

    def processMessage(self, message: Any) -> Any:
        """Return what the last function makes of it."""
        for function in self.functions:
            message = function(message)
        return message


__kamaelia_components__ = (SequentialTransformer,)
