"""Whole programs, each in a process of its own."""

import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(program: str, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end."""
    return subprocess.run(
        [sys.executable, *options, "-c", program],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=ROOT,
        check=False,
    )


def test_importing_axon_loads_the_standard_library_only() -> None:
    done = run(
        "import sys; before = set(sys.modules); import Axon\n"
        "tops = {n.split('.')[0] for n in set(sys.modules) - before}\n"
        "print(sorted(tops - set(sys.stdlib_module_names)))"
    )
    assert done.stdout == "['Axon']\n", done.stderr


EVERYTHING = """
import gc, sys, threading
import Axon
from Axon.AsyncComponent import asynccomponent
class Producer(Axon.Component.component):
    def main(self):
        for number in range(10):
            self.send(number)
            yield 1
        self.send(Axon.Ipc.producerFinished(self), "signal")
class Middle(asynccomponent):
    async def main(self):
        async for number in self.messages():
            await self.put(number)
class Last(Axon.ThreadedComponent.threadedcomponent):
    def main(self):
        while not self.dataReady("control"):
            self.pause()
            for number in self.Inbox():
                print(number, end=" ")
class Waiting(asynccomponent):
    async def main(self):
        await self.get()
one, two, three = Producer(), Middle(), Last()
owner = Axon.Component.component()
owner.link((one, "outbox"), (two, "inbox"))
owner.link((one, "signal"), (two, "control"))
owner.link((two, "outbox"), (three, "inbox"))
owner.link((two, "signal"), (three, "control"))
for part in (two, three):
    part.activate()
one.run()
class Failing(Axon.Component.component):
    def main(self):
        yield 1
        raise ValueError
for kind in (Last, Waiting):
    kind().activate()
try:
    Failing().run()
except ValueError:
    print("failed")
gc.collect()
print([thread.name for thread in threading.enumerate()])
"""


def test_nothing_is_left_after_a_run() -> None:
    done = run(EVERYTHING, "-X", "dev", "-W", "error")
    assert done.stderr == ""
    assert done.stdout == "0 1 2 3 4 5 6 7 8 9 failed\n['MainThread']\n"


INTERRUPTED = """
import Axon
class Sleeper(Axon.Component.component):
    def main(self):
        try:
            print("ready", flush=True)
            while True:
                self.pause()
                yield 1
        finally:
            print("cleaned", flush=True)
    def stop(self):
        print("stopped", flush=True)
        super().stop()
try:
    Sleeper().run()
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_an_interrupt_ends_a_program_in_order() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=20)
    assert err == ""
    lines = out.split()
    assert lines[:2] == ["stopped", "cleaned"]
    assert lines[-1] == "interrupted"


def test_an_error_ends_a_program_with_its_traceback() -> None:
    done = run(
        "import Axon\n"
        "class Failing(Axon.Component.component):\n"
        "    def main(self):\n"
        "        yield 1\n"
        "        raise RuntimeError('boom')\n"
        "Failing().run()"
    )
    assert done.returncode == 1
    assert "RuntimeError: boom" in done.stderr
    assert "in __main__.Failing_" in done.stderr


MEMORY = """
import tracemalloc
import Axon
class Sleeper(Axon.Component.component):
    def main(self):
        while not self.dataReady("control"):
            self.pause()
            yield 1
runner = Axon.Scheduler.scheduler.run
Sleeper().activate()
next(runner.main())
tracemalloc.start()
sleepers = [Sleeper().activate() for _ in range(2000)]
steps = runner.main()
for _ in range(4010):
    next(steps)
size, _ = tracemalloc.get_traced_memory()
assert all(runner.isThreadPaused(sleeper) for sleeper in sleepers)
print(size // 2000)
"""


def test_a_sleeping_component_takes_at_most_3_kb() -> None:
    done = run(MEMORY)
    assert int(done.stdout) <= 3 * 1024, done.stderr
