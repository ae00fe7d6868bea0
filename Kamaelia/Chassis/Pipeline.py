"""Pipelines: components in a chain, each feeding the next."""

from collections.abc import Generator
from itertools import pairwise
from typing import Any

from Kamaelia.Chassis.Chassis import Chassis
from Kamaelia.Support.Deprecate import makeClassStub

__all__ = ["Pipeline", "pipeline"]


class Pipeline(Chassis):
    """A chain of components that looks like one component.

        Pipeline(ConsoleReader(), Upper(), ConsoleEchoer()).run()

    Each outbox feeds the next inbox, each signal the next control. What comes in goes
    to the first, what the last sends goes out. It ends when all have ended, and says
    nothing of its own: the last component's signal says it.

    Args:
        components: the chain, first to last.
        circular: link the last back to the first, instead of to the outside.
        argd: become attributes.

    Attributes:
        components: the chain.
        circular: whether the last is linked to the first.
    """

    circular = False

    def __init__(self, *components: Any, circular: bool = False, **argd: Any) -> None:
        super().__init__(circular=circular, **argd)
        self.components = list(components)

    def main(self) -> Generator[Any, None, None]:
        """Wire and activate the components, then wait until all have ended.

        Raises:
            IndexError: there are no components.
            TypeError: something in the chain is no component.
            BadLinkage: a component lacks a box that a chain needs.
        """
        if not self.components:
            raise IndexError(f"{self.name} has no components: give it at least one")
        self.addChildren(*self.components)
        self._wire()
        yield from self.runChildren()

    def _wire(self) -> None:
        """Link neighbours, then the ends."""
        first, last = self.components[0], self.components[-1]
        for one, other in pairwise(self.components):
            self._join(one, other)
        if self.circular:
            self._join(last, first)
            return
        for box in ("inbox", "control"):
            self.link((self, box), (first, box), passthrough=1)
        for box in ("outbox", "signal"):
            self.link((last, box), (self, box), passthrough=2)

    def _join(self, one: Any, other: Any) -> None:
        """Link one component to the next in the chain."""
        self.link((one, "outbox"), (other, "inbox"))
        self.link((one, "signal"), (other, "control"))


pipeline = makeClassStub(
    Pipeline,
    "use Kamaelia.Chassis.Pipeline.Pipeline instead of "
    "Kamaelia.Chassis.Pipeline.pipeline",
    "WARN",
)

__kamaelia_components__ = (Pipeline,)
