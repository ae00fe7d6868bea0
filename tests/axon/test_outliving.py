from collections.abc import Generator

from Axon.AsyncComponent import asynccomponent
from Axon.Component import component
from Axon.testing import QuietScheduler


class Slow(component):
    """Ends some steps after its parent."""

    def main(self) -> Generator[int, None, None]:
        for _ in range(5):
            yield 1


class Hasty(asynccomponent):
    """Starts a child and ends."""

    def __init__(self) -> None:
        super().__init__()
        self.child = Slow()

    async def main(self) -> None:
        self.addChildren(self.child)
        self.child.activate()


def test_a_child_may_outlive_an_asynccomponent() -> None:
    with QuietScheduler() as scheduler:
        parent = Hasty().activate(scheduler)
        scheduler.settle()
        assert parent.child._isStopped()


def test_waking_an_asynccomponent_that_does_not_run_does_nothing() -> None:
    Hasty().unpause()
