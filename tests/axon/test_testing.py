"""The probe that everybody's tests use."""

import asyncio
import gc
import logging
from collections.abc import Generator
from typing import Any

import pytest

from Axon.AsyncComponent import asynccomponent
from Axon.Component import component
from Axon.Ipc import producerFinished
from Axon.testing import FakeClock, Probe, QuietScheduler


class Echo(component):
    def main(self) -> Generator[int, None, None]:
        stop = None
        while stop is None:
            stop = self.stopMessage()
            for message in self.Inbox():
                self.send(message)
            if stop is None and not self.anyReady():
                self.pause()
            yield 1
        self.send(stop, "signal")


class Spinner(component):
    def main(self) -> Generator[int, None, None]:
        while not self.dataReady():
            yield 1
        self.send(self.recv())


class Endless(component):
    def main(self) -> Generator[int, None, None]:
        while True:
            self.send(1)
            yield 1


class AsyncEcho(asynccomponent):
    async def main(self) -> None:
        async for message in self.messages():
            await self.put(message)


class Alarm(asynccomponent):
    async def main(self) -> None:
        for number in range(3):
            await asyncio.sleep(10)
            await self.put((number, self.scheduler.time))


class Failing(component):
    def main(self) -> Generator[int, None, None]:
        while not self.dataReady():
            self.pause()
            yield 1
        raise ValueError(self.recv())


@pytest.mark.parametrize("kind", [Echo, AsyncEcho])
def test_what_is_delivered_comes_out(kind: type[component]) -> None:
    probe = Probe(kind())
    for piece in ("a", "b"):
        probe.deliver(piece, "inbox")
    assert probe.take("outbox") == ["a", "b"]
    assert probe.take("outbox") == []
    assert not probe.ended
    stop = producerFinished()
    probe.deliver(stop, "control")
    assert probe.take("signal") == [stop]
    assert probe.ended


def test_a_component_that_spins_counts_as_quiet() -> None:
    probe = Probe(Spinner())
    assert probe.take() == []
    probe.deliver(5)
    assert probe.take() == [5]


def test_a_component_that_sends_without_end_is_reported() -> None:
    with pytest.raises(RuntimeError, match="without end"):
        Probe(Endless()).take()


def test_step_runs_so_many_rounds() -> None:
    probe = Probe(Endless())
    probe.step(3)
    assert probe.component.outboxes["outbox"].sink.local_len() == 3


def test_an_error_leaves_deliver() -> None:
    probe = Probe(Failing())
    with pytest.raises(ValueError, match="boom"):
        probe.deliver("boom")
    assert probe.ended


def test_timers_go_off_when_time_passes() -> None:
    probe = Probe(Alarm(), clock=FakeClock(100.0))
    assert probe.take() == []
    probe.advance(9.9)
    assert probe.take() == []
    probe.advance(10.2)
    assert probe.take() == [(0, 110.0), (1, 120.0)]
    probe.advance(100)
    assert probe.take() == [(2, 130.0)]
    assert probe.ended
    assert probe.clock.now == pytest.approx(220.1)


def test_a_full_outbox_holds_back_until_taken() -> None:
    probe = Probe(AsyncEcho(), boxsizes={"outbox": 1})
    for number in range(3):
        probe.deliver(number)
    assert [probe.take() for _ in range(4)] == [[0], [1], [2], []]


def test_probes_that_share_a_scheduler_see_each_other() -> None:
    one, two = Echo(), Echo()
    one.link((one, "signal"), (two, "control"))
    with QuietScheduler() as shared:
        first, second = Probe(one, scheduler=shared), Probe(two, scheduler=shared)
        stop = producerFinished()
        first.deliver(1)
        first.deliver(stop, "control")
        assert (first.take(), second.take("signal")) == ([1], [stop])


def test_a_probe_that_is_dropped_leaves_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for kind in (Echo, AsyncEcho, Alarm):
        probe: Any = Probe(kind())
        probe.deliver(1)
        del probe
    gc.collect()
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


async def use_a_probe() -> list[Any]:
    probe = Probe(AsyncEcho())
    await asyncio.sleep(0)
    probe.deliver(1)
    return probe.take()


def test_a_probe_works_inside_a_running_loop() -> None:
    assert asyncio.run(use_a_probe()) == [1]


def test_a_clock_never_goes_back() -> None:
    clock = FakeClock()
    clock.advance(1.5)
    assert clock() == 1.5
    with pytest.raises(ValueError, match="go back"):
        clock.advance(-1)
