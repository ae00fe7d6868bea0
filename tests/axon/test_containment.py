"""`onFailure`: an error ends one microprocess and what belongs to it, not the run."""

from collections.abc import Generator
from typing import Any

import pytest

from Axon.AsyncComponent import asynccomponent
from Axon.Component import component
from Axon.Ipc import newComponent
from Axon.Scheduler import scheduler


class Failing(component):
    def main(self) -> Generator[int, None, None]:
        yield 1
        raise ValueError("broken")


class Parent(component):
    """Activates its `child`; goes on for some steps."""

    child: Any = None
    steps = 0

    def main(self) -> Generator[Any, None, None]:
        self.child.activate()
        while self.steps < 5:
            self.steps += 1
            yield 1


class Yielding(Parent):
    def main(self) -> Generator[Any, None, None]:
        yield newComponent(self.child)
        yield 1


class AsyncParent(asynccomponent):
    child: Any = None

    async def main(self) -> None:
        self.child.activate()


class AsyncFailing(asynccomponent):
    async def main(self) -> None:
        raise ValueError("broken")


class Handler:
    def __init__(self) -> None:
        self.failures: list[tuple[Any, str]] = []

    def __call__(self, failed: Any, error: Exception) -> None:
        self.failures.append((failed, str(error)))


def run(*components: Any) -> None:
    mine = scheduler()
    for each in components:
        each.activate(mine)
    mine.runThreads()


def test_the_handler_gets_the_error_and_the_run_goes_on() -> None:
    handler, bystander = Handler(), Parent(child=component())
    failing = Failing(onFailure=handler)
    run(failing, bystander)
    assert handler.failures == [(failing, "broken")]
    assert bystander.steps == 5


@pytest.mark.parametrize("parent", [Parent, Yielding, AsyncParent])
@pytest.mark.parametrize("child", [Failing, AsyncFailing])
def test_what_is_activated_inherits_the_handler(parent: Any, child: Any) -> None:
    handler = Handler()
    failing = child()
    run(parent(child=failing, onFailure=handler), Parent(child=component()))
    assert handler.failures == [(failing, "broken")]


def test_grandchildren_inherit_it_too() -> None:
    handler = Handler()
    failing = Failing()
    run(Parent(child=AsyncParent(child=Parent(child=failing)), onFailure=handler))
    assert handler.failures == [(failing, "broken")]


def test_an_inner_handler_goes_before_an_inherited_one() -> None:
    outer, inner = Handler(), Handler()
    run(Parent(child=Failing(onFailure=inner), onFailure=outer))
    assert len(inner.failures) == 1
    assert outer.failures == []


def test_a_bystander_does_not_inherit_it() -> None:
    handler = Handler()
    with pytest.raises(ValueError, match="broken"):
        run(Parent(child=component(), onFailure=handler), Parent(child=Failing()))
    assert handler.failures == []


def test_more_than_a_chunk_of_tasks_each_inherit_their_own() -> None:
    handlers = [Handler() for _ in range(100)]
    run(*(Parent(child=Failing(), onFailure=handler) for handler in handlers))
    assert [len(handler.failures) for handler in handlers] == [1] * 100


def test_an_error_while_cleaning_up_is_contained() -> None:
    class Untidy(component):
        def stop(self) -> None:
            super().stop()
            raise ValueError("untidy")

    handler = Handler()
    untidy = Untidy(onFailure=handler)
    run(untidy)
    assert handler.failures == [(untidy, "untidy")]


def test_who_waits_for_one_that_cannot_be_stopped_goes_on() -> None:
    class Untidy(component):
        def stop(self) -> None:
            raise ValueError("untidy")

    class Waits(component):
        def main(self) -> Generator[int, None, None]:
            child = Untidy(onFailure=handler)
            self.addChildren(child)
            child.activate()
            while not child._isStopped():
                self.pause()
                yield 1
            went_on.append(child)

    handler = Handler()
    went_on: list[component] = []
    run(Waits())
    assert handler.failures == [(went_on[0], "untidy")]


def test_something_wrong_that_is_yielded_is_contained() -> None:
    handler = Handler()
    wrong = Yielding(child="no component", onFailure=handler)
    run(wrong)
    assert [failed for failed, _ in handler.failures] == [wrong]


def test_what_is_no_error_still_ends_the_run() -> None:
    class Interrupted(component):
        def main(self) -> Generator[int, None, None]:
            yield 1
            raise KeyboardInterrupt

    handler = Handler()
    with pytest.raises(KeyboardInterrupt):
        run(Interrupted(onFailure=handler))
    assert handler.failures == []


def test_steps_by_hand_inherit_it() -> None:
    handler, mine = Handler(), scheduler()
    failing = Failing()
    Parent(child=failing, onFailure=handler).activate(mine)
    for _ in mine.main():
        pass
    assert handler.failures == [(failing, "broken")]
