"""Claim: sleeping components cost little memory and no time (README, "Speed").

100,000 of them: at most 3 KB each, and a wake as cheap as with 10.

Memory is what the process holds more (resident) with all asleep than before they were
made, over their number. Creating counts making and activating. A wake is a message to
a sleeping component that answers, and the waker woken by the answer: half of such a
round trip; the same ten are woken in turn, however many sleep beside them. Each is its
own process, so that neither memory nor garbage collection of one meets the other.

Axon has 10,000 sleepers: with more, its figures are the same and the run is long. For
comparison, asyncio tasks that each wait at a queue.

Run: python -m tools.bench.sleepers
"""

import asyncio
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from tools.bench.measure import Benchmark, Claim, Metric, Subject, Values, run_file

MANY = 100_000
MANY_AXON = 10_000
FEW = 10
SMOKE = 300
TARGETS = 10
WAKES = 20_000
WAKES_AXON = 3_000

MEMORY = Metric("memory of each", "bytes")
CREATE = Metric("creating one", "µs")
WAKE = Metric("a wake", "µs")


def resident_bytes() -> int:
    """Return the memory this process holds; its peak where only that is known."""
    path = Path("/proc/self/statm")
    if path.exists():
        return int(path.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _kamaelia(sleepers: int, wakes: int) -> Callable[[bool], Values]:
    def run(smoke: bool) -> Values:
        # Imported here: it decides which Axon this process has, if any.
        from tools.bench import sleepers_kamaelia

        count = min(sleepers, SMOKE) if smoke else sleepers
        turns = 50 if smoke else wakes
        counts = sleepers_kamaelia.run(count, TARGETS, turns, resident_bytes)
        assert counts.answers == turns, "a sleeper did not answer"
        values = {WAKE.name: counts.waking / turns / 2 * 1e6}
        if sleepers > FEW:
            values[MEMORY.name] = counts.bytes_asleep / count
            values[CREATE.name] = counts.created / count * 1e6
        return values

    return run


async def _tasks(sleepers: int, wakes: int) -> Values:
    answers: asyncio.Queue[int] = asyncio.Queue()

    async def sleep(inbox: asyncio.Queue[int]) -> None:
        while True:
            answers.put_nowait(await inbox.get())

    before = resident_bytes()
    start = perf_counter()
    inboxes = [asyncio.Queue[int]() for _ in range(sleepers)]
    tasks = [asyncio.create_task(sleep(inbox)) for inbox in inboxes]
    created = perf_counter() - start
    for _ in range(2):
        await asyncio.sleep(0)
    held = resident_bytes() - before
    start = perf_counter()
    for number in range(wakes):
        inboxes[number % TARGETS].put_nowait(number)
        assert await answers.get() == number, "a task did not answer"
    waking = perf_counter() - start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return {
        MEMORY.name: held / sleepers,
        CREATE.name: created / sleepers * 1e6,
        WAKE.name: waking / wakes / 2 * 1e6,
    }


def _asyncio(smoke: bool) -> Values:
    return asyncio.run(_tasks(SMOKE if smoke else MANY, 50 if smoke else WAKES))


AXON = ("kamaelia-axon",)
BENCHMARK = Benchmark(
    name="sleepers",
    metrics=(MEMORY, CREATE, WAKE),
    subjects=(
        Subject("ours", _kamaelia(MANY, WAKES), packages=("kamaelia-flow",)),
        Subject("ours, 10", _kamaelia(FEW, WAKES)),
        Subject("axon", _kamaelia(MANY_AXON, WAKES_AXON), "peers", AXON),
        Subject("asyncio tasks", _asyncio),
    ),
    claims=(
        Claim("bytes each", MEMORY.name, "ours", at_most=3072),
        Claim(
            "a wake with 100,000 over one with 10",
            WAKE.name,
            "ours",
            "ours, 10",
            at_most=1.5,
        ),
        Claim("less memory than Axon", MEMORY.name, "axon", "ours"),
        Claim("times faster to create than Axon", CREATE.name, "axon", "ours"),
        Claim("times faster to wake than Axon", WAKE.name, "axon", "ours"),
    ),
)

if __name__ == "__main__":
    sys.exit(run_file(BENCHMARK))
