"""Split text into lines."""

from typing import Any

from Kamaelia.Util.PureTransformer import PureTransformer

__all__ = ["LineSplit"]


class LineSplit(PureTransformer):
    """Sends each line of a text as a message of its own, without its line feed.

    What follows the last line feed is a line too, even if it is empty.
    """

    many = True

    def processMessage(self, message: Any) -> Any:
        """Return the lines."""
        return message.split("\n")


__kamaelia_components__ = (LineSplit,)
