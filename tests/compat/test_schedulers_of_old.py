"""What tests and tools of old do to schedulers, boxes and microprocesses by hand."""

from collections.abc import Generator
from typing import Any, ClassVar

import pytest

from Axon.AxonExceptions import noSpaceInBox
from Axon.Component import component
from Axon.Microprocess import microprocess
from Axon.Postoffice import postoffice
from Axon.Scheduler import scheduler
from Axon.ThreadedComponent import threadedcomponent


class Bookkeeper:
    """A scheduler of somebody's own: knows who runs and who sleeps, steps nobody."""

    run: ClassVar["Bookkeeper | None"] = None

    def __init__(self) -> None:
        self.threads: dict[Any, bool] = {}

    def _addThread(self, mprocess: Any) -> None:
        self.threads[mprocess] = True

    def wakeThread(self, mprocess: Any, canActivate: bool = False) -> None:  # noqa: N803
        self.threads[mprocess] = True

    def pauseThread(self, mprocess: Any) -> None:
        self.threads[mprocess] = False

    def isThreadPaused(self, mprocess: Any) -> bool:
        return not self.threads[mprocess]


class Counter(microprocess):
    """Counts its steps in an attribute set before the base is initialised."""

    def __init__(self) -> None:
        self.count = 0
        super().__init__()

    def main(self) -> Generator[int, None, None]:
        while True:
            self.count += 1
            yield 1


def test_a_scheduler_of_ones_own_is_told_of_pauses_and_wakes() -> None:
    counter, keeper = Counter(), Bookkeeper()
    assert counter.activate(keeper) is counter
    assert counter._isRunnable()
    counter.pause()
    assert not counter._isRunnable()
    counter.unpause()
    assert counter._isRunnable()


def test_a_pause_does_not_keep_somebody_from_stepping_by_hand() -> None:
    counter = Counter().activate(Bookkeeper())
    for expected in range(1, 5):
        assert counter.next()
        counter.pause()
        assert counter.count == expected
    counter.stop()
    assert counter.next() is None
    with pytest.raises(StopIteration):
        counter.next()


def test_a_class_may_name_a_class_of_schedulers_with_run_only() -> None:
    class Elsewhere(Counter):
        pass

    Elsewhere.setSchedulerClass(Bookkeeper)
    Bookkeeper.run = Bookkeeper()
    counter = Elsewhere().activate()
    assert list(Bookkeeper.run.threads) == [counter]
    assert microprocess.schedulerClass is scheduler


class Overriding(microprocess):
    """Steps in a `__next__` of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0

    def __next__(self) -> Any:
        self.steps += 1
        if self.steps == 20:
            raise StopIteration


def test_a_microprocess_may_be_its_own_iterator() -> None:
    runner = scheduler()
    mine = Overriding()
    runner._addThread(mine)
    steps = runner.main()
    for _ in range(6):
        next(steps)
    assert mine.steps in range(2, 7)
    runner.pauseThread(mine)
    for _ in range(3):
        next(steps)
    before = mine.steps
    for _ in range(10):
        next(steps)
    assert mine.steps == before
    runner.wakeThread(mine)
    assert len(list(steps)) < 60
    assert mine.steps == 20


def test_a_method_called_next_is_not_what_is_stepped() -> None:
    class Playlist(component):
        tracks = ("a", "b")

        def next(self) -> Any:
            raise AssertionError("the scheduler called it")

        def main(self) -> Generator[int, None, None]:
            yield 1

    Playlist().run()


class ListBox(list[Any]):
    """A box for tests that records what is joined to it."""

    def addsource(self, source: Any) -> None:
        self.append(("joined", source))

    def removesource(self, source: Any) -> None:
        self.append(("cut", source))


class Stub:
    """Has boxes and nothing else."""

    def __init__(self) -> None:
        self.inboxes = {"inbox": ListBox()}
        self.outboxes = {"outbox": ListBox()}


def test_a_postoffice_joins_and_cuts_whatever_looks_like_boxes() -> None:
    office, one, two = postoffice(), Stub(), Stub()
    made = office.link((one, "outbox"), (two, "inbox"))
    office.unlink(thelinkage=made)
    source = one.outboxes["outbox"]
    assert two.inboxes["inbox"] == [("joined", source), ("cut", source)]
    assert office.linkages == []


def test_the_first_step_of_a_threadedcomponent_starts_its_thread() -> None:
    started: list[str] = []

    class Short(threadedcomponent):
        def main(self) -> None:
            started.append(self.name)

    short = Short().activate(scheduler())
    next(short)
    for _ in short:
        assert not short._isStopped()
    assert started == [short.name]


def test_a_thread_that_pauses_when_refused_goes_on_when_there_is_room() -> None:
    counts: list[int] = []

    class Talker(threadedcomponent):
        def main(self) -> None:
            for number in range(200):
                while True:
                    try:
                        self.send(number)
                        break
                    except noSpaceInBox:
                        self.pause()

    class Listener(component):
        def main(self) -> Generator[int, None, None]:
            while len(counts) < 200:
                counts.extend(self.Inbox())
                yield 1

    talker, listener = Talker(queuelengths=3), Listener()
    listener.link((talker, "outbox"), (listener, "inbox"))
    listener.activate()
    talker.run()
    assert counts == list(range(200))


def test_stop_is_called_once_when_the_scheduler_is_stopped() -> None:
    stopped: list[str] = []

    class Eternal(component):
        def main(self) -> Generator[int, None, None]:
            while True:
                self.pause()
                yield 1

        def stop(self) -> None:
            stopped.append(str(self.name))
            super().stop()

    eternal = Eternal().activate()
    steps = scheduler.run.main()
    next(steps)
    scheduler.run.stop()
    list(steps)
    assert stopped == [eternal.name]
