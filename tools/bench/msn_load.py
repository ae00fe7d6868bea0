"""Claim: 2,000 MSN users talk at 0.2 or more of a bare relay (README, "Speed").

2,000 users with 20 contacts each sign on at once, and each two of them hold a
conversation. Beside it a bare relay on the same loop (uvloop): the same number of
connections, the same bytes, nothing but reading a frame and writing it to the other
end: the floor. Server and load are a process each; the load is raw MSNP8.

Measured: memory that the server holds more with each user signed on, and with each
end of a conversation; sign-ons a second (with a ticket: what a password costs is
measured apart, see "with passwords": argon2id, in threads); messages delivered a second
with a hundred under way, spread over all conversations, and the CPU time that the
server uses for one; the same with a hundred conversations while all others are silent:
what a message costs may grow with how many sockets are in use, as the relay's does
(caches, the system), but not with how many are there; the 99th percentile of the time
to deliver at a moderate rate, and again while five users flood somebody who has stopped
reading, who must be cut off without the server's memory growing by much more than the
limit for each.

Escargot (Python) on such a machine was seen to deliver 18,000 messages a second at
52 µs of CPU each to 200 users, to hold 8 KB for a further session, and to do 17
sign-ons a second.

Run: python -m tools.bench.msn_load
"""

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import uvloop

from tools.bench.echo_load import cpu_seconds
from tools.bench.environment import ROOT
from tools.bench.measure import Benchmark, Claim, Metric, Subject, Values, run_file
from tools.bench.msn_load_client import Load, buy_ticket
from tools.bench.msn_load_server import HOST, PASSWORD, allow_many_files, handle_of

MANY, FEW, SMOKE = 2_000, 200, 24
CONTACTS = 20
UNDER_WAY = 100
"""Messages on their way at any time when as many as possible are."""

PACE = 1_500
"""Messages a second when the time to deliver is measured."""

DEAF = 5
"""Users who stop reading; others flood them."""

FLOOD = 8
"""Messages to each of these every 10 ms."""

SIGN_ONS = 60
"""Users that sign on with a password."""

MEMORY = Metric("memory of a further session", "KB")
TALK_MEMORY = Metric("memory of a further conversation's end", "KB")
SIGN_ON = Metric("sign-ons", "1/s", "more")
SIGN_ON_CPU = Metric("server's CPU per sign-on", "µs")
PASSWORDS = Metric("sign-ons with a password", "1/s", "more")
RATE = Metric("deliveries", "1/s", "more")
CPU = Metric("server's CPU per delivery", "µs")
CPU_SOME = Metric("the same, 100 conversations of all", "µs")
DELAY = Metric("99th percentile of delivery", "ms")
DELAY_SLOW = Metric("the same beside slow readers", "ms")
GROWTH = Metric("memory for a slow reader", "KB")
STALL = Metric("longest silence of the loop while passwords are checked", "ms")


@contextmanager
def server(kind: str, users: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Run a server process; give its id and what it says of itself."""
    line = [sys.executable, "-m", "tools.bench.msn_load_server"]
    process = subprocess.Popen(
        [*line, kind, str(users), str(min(CONTACTS, users // 3))],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said, f"{kind}: the server did not start"
        yield process.pid, json.loads(said)
        assert process.poll() is None, f"{kind}: the server ended under the load"
    finally:
        process.kill()
        process.communicate()


def resident(pid: int) -> float:
    """Return the KB of memory that a process holds; 0 where that isn't told."""
    path = Path(f"/proc/{pid}/status")
    if not path.exists():
        return 0.0
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    return next((float(x.split()[1]) for x in lines if x.startswith("VmRSS")), 0.0)


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU that a process has used; 0 where that isn't told."""
    return cpu_seconds(pid) or 0.0


def percentile(delays: list[float], part: float = 0.99) -> float:
    """Return a percentile of sorted delays in ms."""
    return delays[min(len(delays) - 1, int(len(delays) * part))] * 1e3


async def come(load: Load, pid: int, tickets: list[str]) -> Values:
    """Sign everybody on and open the conversations."""
    before, cpu = resident(pid), cpu_of(pid)
    took = await load.sign_on(tickets)
    await asyncio.sleep(0.3)
    used, after = cpu_of(pid) - cpu, resident(pid)
    seen = sum(session.presences for session in load.sessions)
    near = min(CONTACTS, load.users // 3) // 2 * 2
    # Of each two contacts the first hears that the second comes (NLN), and the second
    # that the first is there (ILN).
    assert seen >= load.users * near, f"{seen} presences are too few"
    await load.talk()
    await asyncio.sleep(0.3)
    talking = resident(pid)
    return {
        MEMORY.name: max(0.0, after - before) / load.users,
        TALK_MEMORY.name: max(0.0, talking - after) / load.users,
        SIGN_ON.name: load.users / took,
        SIGN_ON_CPU.name: used / load.users * 1e6,
    }


async def exchange(load: Load, pid: int, smoke: bool) -> Values:
    """Have everybody talk, at full speed, moderately, and beside slow readers."""
    chance = random.Random(1)
    seconds, pace = (0.3, 200) if smoke else (5.0, PACE)
    cpu = cpu_of(pid)
    begun = load.delivered
    count, took = await load.saturate(seconds, UNDER_WAY)
    used = cpu_of(pid) - cpu
    values = {RATE.name: count / took, CPU.name: used / (load.delivered - begun) * 1e6}
    values[CPU_SOME.name] = await talk_among_some(load, pid, seconds)
    delays = await load.pace(seconds, pace, chance)
    values[DELAY.name] = percentile(delays)
    return values


async def talk_among_some(load: Load, pid: int, seconds: float) -> float:
    """Have as many talk as in the small run; return the CPU of one delivery in µs."""
    everybody, load.pairs = load.pairs, load.pairs[: FEW // 2]
    cpu, begun = cpu_of(pid), load.delivered
    await load.saturate(seconds, UNDER_WAY)
    load.pairs = everybody
    return (cpu_of(pid) - cpu) / (load.delivered - begun) * 1e6


async def neglect(load: Load, pid: int, smoke: bool) -> Values:
    """Flood who has stopped reading; measure the others."""
    seconds, pace, size = (1.2, 200, FLOOD * 6) if smoke else (6.0, PACE, FLOOD)
    slow = load.neglectful[: 1 if smoke else DEAF]
    load.pairs = [pair for pair in load.pairs if pair not in slow]
    for _, deaf in slow:
        deaf.transport.pause_reading()
    words = b"x" * 1300

    def flood() -> None:
        for loud, _ in slow:
            if not loud.alone:
                for _ in range(size):
                    loud.speak(words)

    before = resident(pid)
    delays = await load.pace(seconds, pace, random.Random(2), flood)
    grown = resident(pid) - before
    assert all(loud.alone for loud, _ in slow), "who does not read was not cut off"
    return {
        DELAY_SLOW.name: percentile(delays),
        GROWTH.name: max(0.0, grown) / len(slow),
    }


async def everything(kind: str, users: int, smoke: bool) -> Values:
    """Load a server once."""
    with server(kind, users) as (pid, said):
        load = Load(said["port"], users)
        try:
            if kind == "relay":
                before = resident(pid)
                await load.join()
                values = {MEMORY.name: (resident(pid) - before) / users / 2}
                return values | await exchange(load, pid, smoke)
            values = await come(load, pid, said["tickets"])
            values |= await exchange(load, pid, smoke)
            return values | await neglect(load, pid, smoke)
        finally:
            await load.close()


async def passwords(smoke: bool) -> Values:
    """Have users sign on by Passport and password; watch the loop meanwhile."""
    users = 4 if smoke else SIGN_ONS
    with server("passport", max(users, 6)) as (_, said):
        load = Load(said["port"], users)
        reader, writer = await asyncio.open_connection(HOST, said["port"])
        longest = 0.0

        async def ping() -> None:
            nonlocal longest
            while True:
                start = perf_counter()
                writer.write(b"PNG\r\n")
                assert (await reader.readline()).startswith(b"QNG")
                longest = max(longest, perf_counter() - start)
                await asyncio.sleep(0.005)

        pinging = asyncio.create_task(ping())
        tickets = [""] * users
        start = perf_counter()

        async def one(number: int) -> None:
            handle = handle_of(number)
            tickets[number] = await buy_ticket(said["http"], handle, PASSWORD)

        await asyncio.gather(*map(one, range(users)))
        await load.sign_on(tickets)
        took = perf_counter() - start
        pinging.cancel()
        writer.close()
        await load.close()
        return {PASSWORDS.name: users / took, STALL.name: longest * 1e3}


def _run(work: Callable[[bool], Any]) -> Callable[[bool], Values]:
    """Return a subject's function."""

    def run(smoke: bool) -> Values:
        allow_many_files()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            values: Values = runner.run(work(smoke))
        return values

    return run


def _load(kind: str, users: int) -> Callable[[bool], Values]:
    return _run(lambda smoke: everything(kind, SMOKE if smoke else users, smoke))


OURS = ("kamaelia-flow", "uvloop", "SQLAlchemy")
BENCHMARK = Benchmark(
    name="msn_load",
    metrics=(
        *(RATE, CPU, CPU_SOME, DELAY, DELAY_SLOW, GROWTH, MEMORY, TALK_MEMORY),
        *(SIGN_ON, SIGN_ON_CPU, PASSWORDS, STALL),
    ),
    subjects=(
        Subject("ours", _load("msn", MANY), packages=OURS),
        Subject("relay", _load("relay", MANY)),
        Subject("ours, 200", _load("msn", FEW)),
        Subject("relay, 200", _load("relay", FEW)),
        Subject("with passwords", _run(passwords), packages=("argon2-cffi",)),
    ),
    claims=(
        Claim("of a bare relay's rate", RATE.name, "ours", "relay", at_least=0.2),
        Claim("times a bare relay's CPU", CPU.name, "ours", "relay", at_most=5),
        Claim(
            "CPU with 2,000 signed on over that with 200",
            CPU_SOME.name,
            "ours",
            "ours, 200",
            at_most=1.2,
        ),
        Claim("the same with all 2,000 talking", CPU.name, "ours", "ours, 200"),
        Claim("that of the relay", CPU.name, "relay", "relay, 200"),
        Claim("µs a delivery (Escargot: 52)", CPU.name, "ours, 200", at_most=52),
        Claim("deliveries (Escargot: 18,000)", RATE.name, "ours, 200", at_least=18_000),
        Claim("KB a session (Escargot: 8)", MEMORY.name, "ours", at_most=8),
        Claim("sign-ons (Escargot: 17)", SIGN_ON.name, "ours", at_least=17),
        Claim("with passwords", PASSWORDS.name, "with passwords", at_least=17),
        Claim("ms without a turn", STALL.name, "with passwords", at_most=250),
        Claim(
            "p99 beside slow readers over that without",
            DELAY_SLOW.name,
            "ours",
            "ours",
            DELAY.name,
            at_most=3,
        ),
        Claim("KB for a slow reader", GROWTH.name, "ours", at_most=2048),
    ),
)

if __name__ == "__main__":
    sys.exit(run_file(BENCHMARK))
