"""Running: blocking, in asyncio, by hand, in threads, one scheduler in another."""

import asyncio
import threading
import time
from collections.abc import Generator
from itertools import pairwise
from typing import Any

import pytest

from Axon.AsyncComponent import asynccomponent
from Axon.Component import component
from Axon.Ipc import producerFinished
from Axon.Scheduler import scheduler
from Axon.ThreadedComponent import threadedcomponent
from tests.axon.helpers import Gen, Sleeper


def counting(count: int, log: list[Any]) -> Gen:
    def act(self: Any) -> Generator[int, None, None]:
        for _ in range(count):
            yield 1
        log.append(self)

    return Gen(act)


def after(seconds: float, function: Any) -> Gen:
    """Return a component that calls a function after some time, asleep till then."""

    def act(self: Any) -> Generator[int, None, None]:
        over: list[bool] = []

        def ring() -> None:
            over.append(True)
            self.wake()

        self.scheduler.loop.call_later(seconds, ring)
        while not over:
            self.pause()
            yield 1
        function()

    return Gen(act)


def test_several_runs_one_after_another() -> None:
    log: list[Any] = []
    for _ in range(3):
        counting(3, log).run()
    counting(3, log).activate()
    scheduler.run.runThreads()
    scheduler.run.runThreads()
    assert len(log) == 4


def test_a_run_inside_a_running_loop_names_run_async() -> None:
    async def program() -> None:
        with pytest.raises(RuntimeError, match="runAsync"):
            scheduler.run.runThreads()
        with pytest.raises(RuntimeError, match="runAsync"):
            component().run()

    asyncio.run(program())


def test_two_graphs_run_in_one_asyncio_program() -> None:
    log: list[Any] = []

    async def program() -> None:
        await asyncio.gather(counting(5, log).runAsync(), counting(9, log).runAsync())

    asyncio.run(program())
    assert len(log) == 2


def test_cancelling_a_run_stops_its_components() -> None:
    async def program() -> None:
        running = asyncio.create_task(sleeper.runAsync())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    sleeper = Sleeper()
    asyncio.run(program())
    assert sleeper._isStopped()


def test_an_error_leaves_run_async() -> None:
    async def program() -> None:
        with pytest.raises(ValueError, match="boom"):
            await Gen(fail).runAsync()

    def fail(self: Any) -> Generator[int, None, None]:
        yield 1
        raise ValueError("boom")

    asyncio.run(program())


def test_schedulers_run_in_two_threads() -> None:
    def run() -> None:
        own = scheduler()

        def parent(self: Any) -> Generator[int, None, None]:
            for _ in range(100):
                child = counting(1, ended).activate()
                schedulers.append((child.scheduler, own))
                yield 1

        Gen(parent).activate(own)
        own.runThreads()

    ended: list[Any] = []
    schedulers: list[Any] = []
    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(ended) == 200
    assert all(one is other for one, other in schedulers)


def test_wakes_from_other_threads_are_never_lost() -> None:
    total = 2000
    handed: list[int] = []
    seen: list[int] = []

    def act(self: Any) -> Generator[int, None, None]:
        while len(seen) < total:
            while handed:
                seen.append(handed.pop())
            self.pause()
            yield 1

    target = Gen(act).activate()

    def feed() -> None:
        for number in range(total // 2):
            handed.append(number)
            target.unpause()

    threads = [threading.Thread(target=feed) for _ in range(2)]
    for thread in threads:
        after(0, thread.start).activate()
    scheduler.run.runThreads()
    for thread in threads:
        thread.join(20)
    assert len(seen) == total


def test_components_may_be_activated_from_other_threads() -> None:
    ended: list[Any] = []

    def feed() -> None:
        for _ in range(300):
            counting(1, ended).activate(runner)
        keeper._deliver(1, "control")
        keeper.unpause()

    runner = scheduler.run
    keeper = Sleeper().activate()
    thread = threading.Thread(target=feed)
    after(0, thread.start).run()
    thread.join(20)
    scheduler.run.runThreads()
    assert len(ended) == 300


def test_the_scheduler_may_be_stopped_from_another_thread() -> None:
    Sleeper().activate()
    thread = threading.Thread(target=scheduler.run.stop)
    after(0, thread.start).run()
    thread.join(20)
    assert scheduler.run.listAllThreads() == []


def test_wait_for_one_waits_for_the_first_component() -> None:
    log: list[Any] = []
    runner = scheduler.run
    runner.waitForOne()
    timer = threading.Timer(0.01, lambda: counting(2, log).activate(runner))
    timer.start()
    runner.runThreads()
    timer.join()
    assert len(log) == 1


# By hand.


def test_the_generator_form_yields_about_once_a_step() -> None:
    log: list[Any] = []
    runner = scheduler.run
    for _ in range(3):
        counting(10, log).activate()
    yields = sum(1 for _ in runner.main())
    assert 33 <= yields <= 50
    assert len(log) == 3


def test_a_new_generator_for_each_step_loses_nobody() -> None:
    sleepers = [Sleeper().activate() for _ in range(3)]
    for _ in range(12):
        next(scheduler.run.main())
    assert [sleeper.steps for sleeper in sleepers] == [1, 1, 1]
    sleepers[2]._deliver(1)
    for _ in range(6):
        next(scheduler.run.main())
    assert [sleeper.steps for sleeper in sleepers] == [1, 1, 2]
    for sleeper in sleepers:
        sleeper._deliver(1, "control")
    scheduler.run.runThreads()


def test_the_generator_form_runs_timers_and_tasks() -> None:
    class Waiting(asynccomponent):
        async def main(self) -> None:
            await asyncio.sleep(0.01)
            done.append(True)

    done: list[bool] = []
    Waiting().activate()
    for _ in scheduler.run.main(canblock=True):
        pass
    assert done == [True]


def test_blocking_the_generator_form_uses_no_steps() -> None:
    done: list[bool] = []
    after(0.05, lambda: done.append(True)).activate()
    yields = sum(1 for _ in scheduler.run.main(canblock=True))
    assert done == [True]
    assert yields < 20


def test_a_scheduler_runs_inside_another() -> None:
    log: list[Any] = []
    inner = scheduler()
    counting(5, log).activate(inner)
    after(0.01, lambda: log.append("timer")).activate(inner)
    sleeper = Sleeper().activate(inner)
    inner.activate()
    counting(20, log).activate()
    after(0.02, lambda: sleeper._deliver(1, "control")).activate()
    scheduler.run.runThreads()
    assert len(log) == 3
    assert inner._isStopped()
    assert sleeper._isStopped()


def test_an_inner_scheduler_that_sleeps_costs_nothing() -> None:
    inner = scheduler()
    sleeper = Sleeper().activate(inner)
    inner.activate()
    after(0.05, inner.stop).activate()
    scheduler.run.runThreads()
    assert scheduler.run._queue.rounds < 50
    assert sleeper._isStopped()


def test_objects_that_look_like_microprocesses_are_run() -> None:
    class Foreign:
        steps = stops = closed = 0

        def __next__(self) -> int:
            self.steps += 1
            if self.steps > 3:
                raise StopIteration
            return 1

        def stop(self) -> None:
            self.stops += 1

        def _closeDownMicroprocess(self) -> None:
            self.closed += 1

    foreign = Foreign()
    scheduler.run._addThread(foreign)
    scheduler.run.runThreads()
    assert (foreign.steps, foreign.stops, foreign.closed) == (4, 1, 1)


# Time.


def test_a_busy_loop_starves_nobody() -> None:
    rang: list[bool] = []

    def spin(self: Any) -> Generator[int, None, None]:
        while not rang:
            yield 1

    Gen(spin).activate()
    after(0.01, lambda: rang.append(True)).run()
    assert rang == [True]


def test_all_asleep_uses_no_cpu() -> None:
    for _ in range(100):
        Sleeper().activate()
    before = time.process_time()
    after(0.3, scheduler.run.stop).run()
    assert time.process_time() - before < 0.15


def test_slowmo_waits_after_each_round() -> None:
    log: list[Any] = []
    counting(4, log).activate()
    begun = time.perf_counter()
    scheduler.run.runThreads(slowmo=0.01)
    assert time.perf_counter() - begun >= 0.04


# Coroutines.


class AsyncEcho(asynccomponent):
    async def main(self) -> None:
        async for message in self.messages():
            await self.put(message)


def test_generators_and_coroutines_share_a_graph() -> None:
    got: list[int] = []

    def source(self: Any) -> Generator[int, None, None]:
        for number in range(100):
            yield from self.sendWhenSpace(number)
        self.send(producerFinished(self), "signal")
        yield 1

    class Sink(asynccomponent):
        async def main(self) -> None:
            async for number in self.messages():
                got.append(number)  # noqa: PERF401 - while it runs

    def patient(self: Any) -> Generator[int, None, None]:
        while not (self.dataReady("control") and not self.dataReady()):
            for number in self.Inbox():
                yield from self.sendWhenSpace(number)
            self.pause()
            yield 1
        self.send(self.recv("control"), "signal")

    parts = [Gen(source), AsyncEcho(), Gen(patient), AsyncEcho(), Sink()]
    owner = component()
    for one, two in pairwise(parts):
        owner.link((one, "outbox"), (two, "inbox"), pipewidth=2)
        owner.link((one, "signal"), (two, "control"))
    for part in parts:
        part.activate()
    scheduler.run.runThreads()
    assert got == list(range(100))


class PuttingTwo(asynccomponent):
    async def main(self) -> None:
        await self.put(1)
        await self.put(2)


class ThreadSendingTwo(threadedcomponent):
    def main(self) -> None:
        for number in range(2):  # the second waits in the queue
            self.send(number)


def sendingTwo(self: Any) -> Generator[int, None, None]:
    yield from self.sendWhenSpace(1)
    yield from self.sendWhenSpace(2)


@pytest.mark.parametrize(
    "make", [lambda: Gen(sendingTwo), PuttingTwo, lambda: ThreadSendingTwo(2)]
)
def test_who_waits_for_room_goes_on_when_cut_off(make: Any) -> None:
    sender, receiver = make(), component()
    receiver.setInboxSize("inbox", 1)

    def owner(self: Any) -> Generator[int, None, None]:
        self.link((sender, "outbox"), (receiver, "inbox"))
        while not receiver.dataReady():
            yield 1
        for _ in range(10):
            yield 1  # then its linkage goes

    Gen(owner).activate()
    sender.activate()
    scheduler.run.runThreads()
    assert sender._isStopped()
    assert receiver.dataReady() == 1


def test_a_coroutine_waits_for_boxes() -> None:
    class Reader(asynccomponent):
        async def main(self) -> None:
            log.append(await self.ready("control", "inbox"))
            log.append(await self.get())
            with pytest.raises(KeyError):
                await self.get("none")
            with pytest.raises(RuntimeError, match="wait"):
                self.pause()
            with pytest.raises(RuntimeError, match="put"):
                self.sendWhenSpace(1)

    log: list[Any] = []
    reader = Reader().activate()
    after(0, lambda: reader._deliver("x")).run()
    assert log == ["inbox", "x"]


def test_an_error_in_a_coroutine_ends_the_run() -> None:
    class Failing(asynccomponent):
        async def main(self) -> None:
            await asyncio.sleep(0)
            raise ValueError("boom")

    Sleeper().activate()
    with pytest.raises(ValueError, match="boom"):
        Failing().run()


def test_stopping_a_coroutine_cancels_it() -> None:
    class Waiting(asynccomponent):
        async def main(self) -> None:
            try:
                await self.get()
            finally:
                log.append("cleaned")

    log: list[str] = []
    waiting = Waiting().activate()
    after(0, waiting.stop).run()
    assert log == ["cleaned"]


def test_what_a_coroutine_activates_runs_in_its_scheduler() -> None:
    class Parent(asynccomponent):
        async def main(self) -> None:
            child = counting(2, log)
            self.addChildren(child)
            child.activate()
            while not child._isStopped():
                await self.wait()
            log.append("parent")

    log: list[Any] = []
    own = scheduler()
    Parent().activate(own)
    own.runThreads()
    assert log[1:] == ["parent"]
