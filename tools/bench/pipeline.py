"""Claim: a hop costs a fraction of a microsecond (README, "Speed").

At least 25 times faster than Axon 1.14, 4 times faster than asyncio.Queue(maxsize=1),
and at most 7 times slower than bare generators and deques.

A source, 8 pass-through components and a sink in a row, so 9 linkages. A **hop** is one
message over one linkage: sent at one end, received at the other, with every step,
pause and wake this takes. The figure is the time from the source's first step to the
sink's last message, over messages times 9. What arrived is compared after the clock
stopped: everything, once, in order.

"One a step": the source sends one message, then yields. "64 a step": it sends 64. Every
other component takes all it finds, then sleeps until there is more (`pause`); the
subjects "spinning" yield without pausing instead, as old programs do. Ours and
Axon's run the very same text, `pipeline_kamaelia`, each in its own environment.

    queue of 1   asyncio.Queue(maxsize=1), or of 64, between asyncio tasks
    queue        unbounded asyncio.Queue: tasks switch when a queue is empty, not for
                 each message, so its "one a step" is really "all at once"
    trio         unbounded memory channels: Trio passes a checkpoint for each message
    floor        bare generators and deques, stepped in a loop: no boxes by name, no
                 pausing, no scheduler

Run: python -m tools.bench.pipeline
"""

import asyncio
import math
import sys
from collections import deque
from collections.abc import Callable, Generator
from importlib import import_module
from time import perf_counter
from typing import Any

from tools.bench.measure import Benchmark, Claim, Metric, Subject, Values, run_file

COMPONENTS = 8
LINKAGES = COMPONENTS + 1
MESSAGES = 20_000
MESSAGES_AXON = 3_000
MESSAGES_SMOKE = 200
BURST = 64

ONE = Metric("hop, one a step", "µs")
MANY = Metric("hop, 64 a step", "µs")

Stage = Generator[int, None, None]
Timed = tuple[float, list[int]]
"""Seconds from the first send to the last receive, and what was received."""


def bursts(messages: int, burst: int) -> list[range]:
    """Return the numbers to send, step by step."""
    return [
        range(start, min(start + burst, messages))
        for start in range(0, messages, burst)
    ]


def run_kamaelia(messages: int, burst: int, *, pausing: bool) -> Timed:
    """Send messages down a Kamaelia Pipeline: ours or Axon's, the same text."""
    # Imported here: it decides which Axon this process has, if any.
    from tools.bench import pipeline_kamaelia

    steps = bursts(messages, burst)
    return pipeline_kamaelia.run(steps, messages, COMPONENTS, pausing=pausing)


def run_queue(messages: int, burst: int, maxsize: int) -> Timed:
    """Send messages through asyncio tasks joined by queues."""

    async def pass_on(source: asyncio.Queue[int], target: asyncio.Queue[int]) -> None:
        while True:
            await target.put(await source.get())

    async def feed(target: asyncio.Queue[int]) -> None:
        for number in range(messages):
            await target.put(number)

    async def whole() -> Timed:
        queues = [asyncio.Queue[int](maxsize) for _ in range(LINKAGES)]
        tasks = [
            asyncio.create_task(pass_on(queues[n], queues[n + 1]))
            for n in range(COMPONENTS)
        ]
        start = perf_counter()
        tasks.append(asyncio.create_task(feed(queues[0])))
        received = [await queues[-1].get() for _ in range(messages)]
        elapsed = perf_counter() - start
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return elapsed, received

    return asyncio.run(whole())


def run_trio(messages: int, burst: int) -> Timed:
    """Send messages through Trio tasks joined by unbounded memory channels."""
    # By name: Trio is installed in the peers' environment only.
    trio: Any = import_module("trio")

    async def pass_on(source: Any, target: Any) -> None:
        async with target:
            async for message in source:
                await target.send(message)

    async def feed(target: Any) -> None:
        async with target:
            for number in range(messages):
                await target.send(number)

    async def whole() -> Timed:
        channels = [trio.open_memory_channel(math.inf) for _ in range(LINKAGES)]
        async with trio.open_nursery() as nursery:
            for n in range(COMPONENTS):
                nursery.start_soon(pass_on, channels[n][1], channels[n + 1][0])
            start = perf_counter()
            nursery.start_soon(feed, channels[0][0])
            received = [message async for message in channels[-1][1]]
            return perf_counter() - start, received

    timed: Timed = trio.run(whole)
    return timed


def _floor_feed(steps: list[range], target: deque[int]) -> Stage:
    for numbers in steps:
        for number in numbers:
            target.append(number)
        yield 1
    while True:
        yield 1


def _floor_pass_on(source: deque[int], target: deque[int]) -> Stage:
    while True:
        while source:
            target.append(source.popleft())
        yield 1


def run_floor(messages: int, burst: int) -> Timed:
    """Send messages through generators joined by deques, in a bare loop."""
    boxes = [deque[int]() for _ in range(LINKAGES)]
    received: deque[int] = deque()
    boxes.append(received)
    steps = [
        _floor_feed(bursts(messages, burst), boxes[0]).__next__,
        *(_floor_pass_on(boxes[n], boxes[n + 1]).__next__ for n in range(LINKAGES)),
    ]
    start = perf_counter()
    while len(received) < messages:
        for step in steps:
            step()
    return perf_counter() - start, list(received)


def per_hop(run: Callable[[int, int], Timed], messages: int, *, burst: int) -> float:
    """Return microseconds per hop, having checked that every message arrived."""
    seconds, received = run(messages, burst)
    assert received == list(range(messages)), "messages were lost, doubled or reordered"
    return seconds / messages / LINKAGES * 1e6


def _kamaelia(messages: int, *, pausing: bool) -> Callable[[bool], Values]:
    def run(smoke: bool) -> Values:
        def once(count: int, burst: int) -> Timed:
            return run_kamaelia(count, burst, pausing=pausing)

        count = MESSAGES_SMOKE if smoke else messages
        per_hop(once, min(count, 200), burst=1)
        return {
            ONE.name: per_hop(once, count, burst=1),
            MANY.name: per_hop(once, count * 2, burst=BURST),
        }

    return run


def _queue(smoke: bool) -> Values:
    count = MESSAGES_SMOKE if smoke else MESSAGES
    return {
        ONE.name: per_hop(lambda m, b: run_queue(m, b, 1), count, burst=1),
        MANY.name: per_hop(lambda m, b: run_queue(m, b, BURST), count, burst=BURST),
    }


def _queue_unbounded(smoke: bool) -> Values:
    count = MESSAGES_SMOKE if smoke else MESSAGES
    return {ONE.name: per_hop(lambda m, b: run_queue(m, b, 0), count, burst=1)}


def _trio(smoke: bool) -> Values:
    count = MESSAGES_SMOKE if smoke else MESSAGES // 2
    return {ONE.name: per_hop(run_trio, count, burst=1)}


def _floor(smoke: bool) -> Values:
    count = MESSAGES_SMOKE if smoke else MESSAGES * 2
    return {
        ONE.name: per_hop(run_floor, count, burst=1),
        MANY.name: per_hop(run_floor, count, burst=BURST),
    }


AXON = ("kamaelia-axon", "kamaelia")
BENCHMARK = Benchmark(
    name="pipeline",
    metrics=(ONE, MANY),
    subjects=(
        Subject("ours", _kamaelia(MESSAGES, pausing=True), packages=("kamaelia-flow",)),
        Subject("axon", _kamaelia(MESSAGES_AXON, pausing=True), "peers", AXON),
        Subject("queue of 1", _queue),
        Subject("floor", _floor),
        Subject("ours spinning", _kamaelia(MESSAGES, pausing=False)),
        Subject("axon spinning", _kamaelia(MESSAGES_AXON, pausing=False), "peers"),
        Subject("queue", _queue_unbounded),
        Subject("trio", _trio, "peers", ("trio",)),
    ),
    claims=(
        Claim("times faster than Axon", ONE.name, "axon", "ours", at_least=25),
        Claim(
            "times faster than Axon, both spinning",
            ONE.name,
            "axon spinning",
            "ours spinning",
        ),
        Claim(
            "times faster than a queue of 1",
            ONE.name,
            "queue of 1",
            "ours",
            at_least=4,
        ),
        Claim("times slower than the floor", ONE.name, "ours", "floor", at_most=7),
        Claim("times faster than Axon", MANY.name, "axon", "ours"),
        Claim("times slower than the floor", MANY.name, "ours", "floor"),
    ),
)

if __name__ == "__main__":
    sys.exit(run_file(BENCHMARK))
