"""Components stepped by a method: for servers that have thousands of them.

    class Upper(turncomponent):
        def turn(self):
            for text in self.Inbox("inbox"):
                self.send(text.upper(), "outbox")
            if self.dataReady("control"):
                self.send(self.recv("control"), "signal")
                return False
            self.pause()
            return True

Between two steps a generator keeps some 300 bytes; this keeps nothing but what the
component itself does. In all else these are components like others.
"""

from typing import Any, NoReturn

from Axon.Component import component

__all__ = ["turncomponent"]


class turncomponent(component):
    """A component whose `turn` is called for each step: to be subclassed.

    It has no `main`. What it holds it lets go in `stop`, which is called at every end:
    after the last turn, after an error, and when somebody else stops it.
    """

    def turn(self) -> bool:
        """Do one step; return whether there are more: to be overridden."""
        raise NotImplementedError(f"{type(self).__name__} has no turn()")

    def main(self) -> NoReturn:
        """Refuse: there is no generator.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"{self.name} is stepped by turn(), not by main()")

    def _axonBegin(self) -> None:
        """Have `turn` stepped."""
        self._axon_step = self._axonTurn

    def _axonTurn(self, value: Any) -> int:
        """Do one step."""
        if self.turn():
            return 1
        raise StopIteration
