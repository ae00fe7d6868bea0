"""Beginning and end: WaitComplete, stop, errors, children, old style."""

import logging
from collections.abc import Generator
from typing import Any

import pytest

from Axon.Component import component
from Axon.Ipc import WaitComplete, reactivate
from Axon.Microprocess import microprocess
from Axon.Scheduler import scheduler
from tests.axon.helpers import Gen, Sleeper, fresh, rounds


def run(act: Any, runs: int = 20) -> Gen:
    """Run a main function for some rounds."""
    runner = fresh()
    made = Gen(act).activate(runner)
    rounds(runner, runs)
    return made


# WaitComplete.


def test_the_caller_goes_on_after_the_generator_it_waits_for() -> None:
    log: list[Any] = []

    def inner() -> Generator[int, None, str]:
        log.append("inner")
        yield 1
        log.append("inner again")
        return "result"

    def act(self: Any) -> Generator[Any, Any, None]:
        log.append("before")
        log.append((yield WaitComplete(inner(), tag="_x")))
        yield 1
        log.append("after")

    assert run(act)._isStopped()
    assert log == ["before", "inner", "inner again", "result", "after"]


def test_waiting_may_be_nested_and_recursive() -> None:
    def down(level: int) -> Generator[Any, Any, int]:
        yield 1
        if level == 0:
            return 0
        below: int = yield WaitComplete(down(level - 1))
        return 1 + below

    def act(self: Any) -> Generator[Any, Any, None]:
        found.append((yield WaitComplete(down(50))))

    found: list[int] = []
    run(act, 200)
    assert found == [50]


def test_pausing_inside_sleeps_until_a_message_comes() -> None:
    steps: list[int] = []

    def wait(self: Any) -> Generator[int, None, Any]:
        while not self.dataReady():
            steps.append(1)
            self.pause()
            yield 1
        return self.recv()

    def act(self: Any) -> Generator[Any, Any, None]:
        self.got = yield WaitComplete(wait(self))

    runner = fresh()
    made: Any = Gen(act).activate(runner)
    rounds(runner, 10)
    assert len(steps) == 1
    made._deliver("x")
    rounds(runner, 5)
    assert made.got == "x"


def test_an_error_inside_is_thrown_into_the_caller() -> None:
    def inner() -> Generator[int, None, None]:
        yield 1
        raise ValueError("inside")

    def middle() -> Generator[Any, None, None]:
        yield WaitComplete(inner())

    def act(self: Any) -> Generator[Any, None, None]:
        try:
            yield WaitComplete(middle())
        except ValueError as error:
            caught.append(str(error))
        yield 1
        caught.append("goes on")

    caught: list[str] = []
    run(act)
    assert caught == ["inside", "goes on"]


def test_an_error_nobody_catches_leaves_through_the_caller() -> None:
    def inner() -> Generator[int, None, None]:
        yield 1
        raise ValueError("inside")

    def act(self: Any) -> Generator[Any, None, None]:
        yield WaitComplete(inner())

    with pytest.raises(ValueError, match="inside"):
        run(act)


def test_waiting_for_a_plain_iterator_or_for_nonsense() -> None:
    def act(self: Any) -> Generator[Any, None, None]:
        yield WaitComplete(iter([1, 2]))
        try:
            yield WaitComplete(5)
        except TypeError:
            done.append(True)

    done: list[bool] = []
    run(act)
    assert done == [True]


# Errors.


@pytest.mark.parametrize("kind", [RuntimeError, ValueError, KeyError])
def test_an_error_ends_the_run_and_says_where(kind: type[Exception]) -> None:
    def act(self: Any) -> Generator[int, None, None]:
        self._deliver("waiting message")
        yield 1
        raise kind("boom")

    bystander = Sleeper().activate()
    with pytest.raises(kind, match="boom") as caught:
        Gen(act).run()
    (note,) = caught.value.__notes__
    assert "Gen_" in note
    assert "'waiting message'" in note
    assert bystander._isStopped()
    assert scheduler.run.listAllThreads() == []


def test_immortal_schedulers_go_on(caplog: pytest.LogCaptureFixture) -> None:
    stopped: list[bool] = []

    class Failing(component):
        def main(self) -> Generator[int, None, None]:
            yield 1
            raise RuntimeError("boom")

        def stop(self) -> None:
            stopped.append(True)
            super().stop()

    def act(self: Any) -> Generator[int, None, None]:
        for _ in range(5):
            yield 1
        done.append(True)

    done: list[bool] = []
    scheduler.immortalise()
    Failing().activate()
    with caplog.at_level(logging.ERROR):
        Gen(act).run()
    assert (done, stopped) == ([True], [True])
    assert "boom" in caplog.text
    scheduler.mortalise()
    with pytest.raises(RuntimeError, match="boom"):
        Failing().run()


def test_a_main_that_cannot_be_stepped_is_reported() -> None:
    with pytest.raises(TypeError, match="must contain a yield"):
        Gen(lambda self: 5).run()


# The end.


class Hooked(Sleeper):
    """Counts calls of stop()."""

    stops = 0

    def stop(self) -> None:
        self.stops += 1
        super().stop()


def test_stop_is_called_at_a_normal_end_and_by_the_scheduler() -> None:
    ended, stopped = Hooked().activate(), Hooked().activate()
    ended._deliver(1, "control")

    def act(self: Any) -> Generator[int, None, None]:
        for _ in range(3):
            yield 1
        self.scheduler.stop()
        while True:
            self.pause()
            yield 1

    Gen(act).run()
    assert (ended.stops, stopped.stops >= 1) == (1, True)
    assert stopped._isStopped()


def test_a_stopped_scheduler_can_run_again() -> None:
    Sleeper().activate()
    Gen(lambda self: iter([self.scheduler.stop()])).run()
    again = Gen(lambda self: iter([1]))
    again.run()
    assert again._isStopped()


def test_a_paused_component_that_another_stops_goes_away() -> None:
    cleaned: list[bool] = []

    def sleepy(self: Any) -> Generator[int, None, None]:
        try:
            while True:
                self.pause()
                yield 1
        finally:
            cleaned.append(True)

    sleeper = Gen(sleepy).activate()

    def act(self: Any) -> Generator[int, None, None]:
        yield 1
        sleeper.stop()

    Gen(act).run()
    assert cleaned == [True]
    assert scheduler.run.listAllThreads() == []


def test_activating_again_changes_nothing() -> None:
    runner = fresh()
    sleeper = Sleeper().activate(runner)
    assert sleeper.activate(runner) is sleeper
    rounds(runner, 2)
    sleeper.activate(runner)
    rounds(runner, 2)
    assert sleeper.steps == 1
    assert len(runner.threads) == 1


def test_activating_what_has_ended_does_no_harm() -> None:
    ended = Gen(lambda self: iter([1]))
    ended.run()
    ended.activate()
    other = Gen(lambda self: iter([1]))
    other.run()
    assert other._isStopped()


def test_what_close_down_returns_may_activate_another() -> None:
    other = Sleeper()
    other._deliver(1, "control")

    class Last(component):
        def main(self) -> Generator[int, None, None]:
            yield 1

        def _closeDownMicroprocess(self) -> Any:
            super()._closeDownMicroprocess()
            return reactivate(other)

    Last().run()
    assert other._isStopped()


def test_the_end_cuts_the_linkages_a_component_made_and_no_others() -> None:
    runner, one, two = fresh(), component(), component()
    ending = Gen(lambda self: iter([1]))
    ending.link((one, "outbox"), (two, "inbox"))
    one.link((ending, "outbox"), (two, "control"))
    ending.activate(runner)
    one.send(1)
    rounds(runner, 3)
    one.send(2)
    ending.send(3)
    assert list(two.Inbox()) == [1]
    assert list(two.Inbox("control")) == [3]
    ending._deliver(4)
    assert ending.recv() == 4


# Children.


def test_the_end_of_a_child_wakes_its_parent() -> None:
    children = [Gen(lambda self: iter([1, 1])) for _ in range(3)]

    def act(self: Any) -> Generator[int, None, None]:
        self.addChildren(*children)
        for child in self.children:
            child.activate()
        while any(not child._isStopped() for child in self.childComponents()):
            steps.append(1)
            self.pause()
            yield 1

    steps: list[int] = []
    Gen(act).run()
    assert len(steps) <= 4


def test_a_child_that_was_let_go_wakes_nobody() -> None:
    runner = fresh()
    parent, child = Sleeper().activate(runner), Sleeper().activate(runner)
    parent.addChildren(child, child)
    parent.link((parent, "outbox"), (child, "inbox"))
    parent.removeChild(child)
    assert parent.childComponents() == []
    assert parent.postoffice.linkages == []
    rounds(runner, 1)
    child._deliver(1, "control")
    rounds(runner, 3)
    assert child._isStopped()
    assert parent.steps == 1


def test_a_child_that_is_no_component_is_pointed_out() -> None:
    with pytest.raises(AttributeError) as caught:
        component().addChildren(Sleeper)
    assert "brackets" in caught.value.__notes__[0]


# Styles and names.


def test_the_old_style_methods_run_in_order() -> None:
    class Old(component):
        left = 2

        def initialiseComponent(self) -> None:
            log.append("begin")

        def mainBody(self) -> int:
            log.append("body")
            self.left -= 1
            return self.left

        def closeDownComponent(self) -> None:
            log.append("end")

    log: list[str] = []
    Old().run()
    assert log == ["begin", "body", "body", "end"]


def test_keywords_become_attributes_before_the_boxes_are_made() -> None:
    class Small(component):
        Inboxes = ["inbox"]
        limit = 3

    made: Any = Small("ignored", limit=5, Outboxes={"a": "x"}, main=7)
    assert (made.limit, list(made.outboxes), made.main) == (5, ["a"], 7)
    assert list(made.inboxes) == ["inbox"]
    assert Small().limit == 3
    assert str(made).startswith(f"Component {made.name} [ inboxes : ")


def test_steps_by_hand() -> None:
    stepped = Gen(lambda self: iter([5, 6]))
    assert (stepped.next(), next(stepped)) == (5, 6)
    for _ in range(2):
        with pytest.raises(StopIteration):
            stepped.next()
    stopped = Sleeper()
    next(stopped)
    stopped.stop()
    assert next(stopped) is None
    with pytest.raises(StopIteration):
        next(stopped)


def test_names_ids_and_another_main_method() -> None:
    class Two(component):
        def other(self) -> Generator[int, None, None]:
            yield 1
            done.append(True)

    done: list[bool] = []
    two = Two()
    assert two.name == f"{__name__}.Two_{two.id}"
    assert microprocess(tag="_t").name.endswith("_t")
    two.activate(mainmethod="other")
    scheduler.run.runThreads()
    assert done == [True]


def test_a_generator_may_be_given_to_a_microprocess() -> None:
    done: list[int] = []

    def thread() -> Generator[int, None, None]:
        yield 1
        done.append(1)

    microprocess(thread()).run()
    assert done == [1]


def test_requests_before_activation_are_ignored() -> None:
    idle = microprocess()
    idle.pause()
    idle.unpause()
    assert idle._isRunnable()
    assert not idle._isStopped()
    assert idle._closeDownMicroprocess() == 0
