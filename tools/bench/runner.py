"""Run benchmarks in rounds, each run in a process of its own, and collect figures.

In each round every subject runs once, in turn and from another start each time, so that
whatever else the machine does meets all alike.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from tools.bench.environment import ROOT, command
from tools.bench.measure import Benchmark, Claim, Subject

RUN_TIMEOUT = 180
"""Seconds for one run of one subject."""


class BenchmarkFailedError(Exception):
    """A run ended badly: its own check failed, or it could not run at all."""


@dataclass(slots=True)
class Figures:
    """What the runs of one benchmark gave.

    Attributes:
        benchmark: which one.
        values: (subject, metric) to the value of each round.
        versions: distribution to version, of all subjects.
        failures: what went wrong, a line each.
    """

    benchmark: Benchmark
    values: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def best(self) -> dict[tuple[str, str], float]:
        """Return the best of each (subject, metric)."""
        return {
            (subject, metric): self.benchmark.metric(metric).best(values)
            for (subject, metric), values in self.values.items()
        }

    def claims(self) -> Iterator[tuple[Claim, float]]:
        """Yield each claim whose parts were measured, with its number."""
        best = self.best()
        for claim in self.benchmark.claims:
            if (number := claim.compute(best)) is not None:
                yield claim, number


def benchmarks() -> dict[str, Benchmark]:
    """Return every benchmark: the files here whose docstring states a claim."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.read_text(encoding="utf-8").startswith('"""Claim: '):
            module = import_module(f"tools.bench.{path.stem}")
            found[path.stem] = module.BENCHMARK
    return found


def run_once(benchmark: Benchmark, subject: Subject, *, smoke: bool) -> Figures:
    """Run a subject once in its environment, in a process of its own.

    Raises:
        BenchmarkFailedError: it failed; the text has its last line.
    """
    arguments = [subject.name, "--json", *(["--smoke"] if smoke else [])]
    module = f"tools.bench.{benchmark.name}"
    line = command(subject.environment, module, *arguments)
    where = f"{benchmark.name}, {subject.name}"
    try:
        done = subprocess.run(
            line,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=RUN_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        reason = f"{where}: no result in {RUN_TIMEOUT} s"
        raise BenchmarkFailedError(reason) from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        raise BenchmarkFailedError(f"{where}: {said[-1]}")
    # Programs may print on their own: the original's Axon does.
    result = json.loads(done.stdout.strip().splitlines()[-1])
    figures = Figures(benchmark, versions=result["versions"])
    for metric, value in result["values"].items():
        figures.values[subject.name, metric] = [value]
    return figures


def run_benchmark(
    benchmark: Benchmark,
    tell: Callable[[str], None],
    *,
    rounds: int,
    peers: bool = True,
    smoke: bool = False,
) -> Figures:
    """Run every subject some rounds, interleaved; a failing one is left out.

    Args:
        benchmark: which one.
        tell: gets a line for each run.
        rounds: how often each subject runs.
        peers: whether the peers' environment is there.
        smoke: tiny sizes: shows that everything runs, measures nothing.
    """
    figures = Figures(benchmark)
    subjects = [s for s in benchmark.subjects if peers or s.environment == "ours"]
    for number in range(rounds):
        start = number % len(subjects) if subjects else 0
        for subject in subjects[start:] + subjects[:start]:
            tell(f"{benchmark.name}: {subject.name}, {number + 1} of {rounds}")
            try:
                once = run_once(benchmark, subject, smoke=smoke)
            except BenchmarkFailedError as error:
                figures.failures.append(str(error))
                subjects = [s for s in subjects if s is not subject]
                continue
            figures.versions |= once.versions
            for key, values in once.values.items():
                figures.values.setdefault(key, []).extend(values)
    return figures
