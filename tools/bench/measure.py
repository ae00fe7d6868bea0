"""What a benchmark is made of, and how one of its files runs by itself.

Standard library only: the peers' environment imports this too.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

ROUNDS = 5
"""Runs of each subject; the best counts, the spread is shown."""

Values = dict[str, float]
"""One run: metric name to value, in the metric's unit."""


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured.

    Attributes:
        name: a few words, the key of the values that a run returns.
        unit: of the values.
        better: which of two values is the better one.
    """

    name: str
    unit: str
    better: Literal["less", "more"] = "less"

    def best(self, values: Sequence[float]) -> float:
        """Return the best of several runs."""
        return min(values) if self.better == "less" else max(values)

    def spread(self, values: Sequence[float]) -> float:
        """Return how far the worst run is from the best, as a factor of at least 1."""
        low, high = min(values), max(values)
        return high / low if low > 0 else 1.0


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is measured.

    Attributes:
        name: one word or two.
        run: measures once and checks its own result; takes whether this is a smoke
            run (tiny size, for the tests), raises AssertionError at a wrong result.
        environment: where it runs: ours, or the one in which the peers are installed.
        packages: distributions whose versions belong to the figures.
    """

    name: str
    run: Callable[[bool], Values]
    environment: Literal["ours", "peers"] = "ours"
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence about the figures, and the limit that makes it true.

    Attributes:
        text: the sentence.
        metric: name of the metric it is about.
        value: subject whose value counts.
        over: subject whose value it is divided by; "" for the value itself.
        over_metric: metric of the divisor, "" for the same.
        at_least: lower limit, None for none.
        at_most: upper limit, None for none.
    """

    text: str
    metric: str
    value: str
    over: str = ""
    over_metric: str = ""
    at_least: float | None = None
    at_most: float | None = None

    def compute(self, best: dict[tuple[str, str], float]) -> float | None:
        """Return the number claimed about, None if a part of it was not measured.

        Args:
            best: (subject, metric) to the best value.
        """
        number = best.get((self.value, self.metric))
        if number is None or not self.over:
            return number
        divisor = best.get((self.over, self.over_metric or self.metric))
        return number / divisor if divisor else None

    def holds(self, number: float) -> bool:
        """Tell whether the number is within the limits."""
        low = self.at_least is None or number >= self.at_least
        return low and (self.at_most is None or number <= self.at_most)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One file of tools/bench: its metrics, its subjects and what they back."""

    name: str
    metrics: tuple[Metric, ...]
    subjects: tuple[Subject, ...]
    claims: tuple[Claim, ...]

    def subject(self, name: str) -> Subject:
        """Return the subject of that name.

        Raises:
            KeyError: there is none.
        """
        for subject in self.subjects:
            if subject.name == name:
                return subject
        known = ", ".join(subject.name for subject in self.subjects)
        raise KeyError(f"{self.name} has no subject {name!r}; it has {known}")

    def metric(self, name: str) -> Metric:
        """Return the metric of that name."""
        return next(metric for metric in self.metrics if metric.name == name)


def versions(packages: Sequence[str]) -> dict[str, str]:
    """Return the installed versions of distributions, those that are installed."""
    found = {}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            # Run from a checkout that is not installed: it has no version to tell.
            continue
    return found


def run_file(benchmark: Benchmark, arguments: Sequence[str] | None = None) -> int:
    """Run a benchmark's own file: the command line of `python -m tools.bench.NAME`.

    Without arguments: every subject of this environment, five runs each, one line for
    each metric. With a subject and `--json`: one run, one line of JSON.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m tools.bench.{benchmark.name}",
        description=f"Subjects: {', '.join(s.name for s in benchmark.subjects)}.",
    )
    parser.add_argument("subject", nargs="?", help="measure this one only")
    parser.add_argument("--json", action="store_true", help="one run, as JSON")
    parser.add_argument("--smoke", action="store_true", help="one run, tiny size")
    options = parser.parse_args(arguments)
    chosen = [s for s in benchmark.subjects if s.environment == "ours"]
    if options.subject:
        chosen = [benchmark.subject(options.subject)]
    for subject in chosen:
        rounds = 1 if options.json or options.smoke else ROUNDS
        runs = [subject.run(options.smoke) for _ in range(rounds)]
        if options.json:
            line = {
                "benchmark": benchmark.name,
                "subject": subject.name,
                "values": runs[0],
                "versions": versions(subject.packages),
                "python": sys.version.split()[0],
            }
            print(json.dumps(line))
        else:
            _print_lines(benchmark, subject, runs)
    return 0


def _print_lines(
    benchmark: Benchmark, subject: Subject, runs: Sequence[Values]
) -> None:
    for metric in benchmark.metrics:
        values = [run[metric.name] for run in runs if metric.name in run]
        if values:
            print(
                f"{benchmark.name} {subject.name}: {metric.name} "
                f"{metric.best(values):.4g} {metric.unit} "
                f"(spread {metric.spread(values):.2f}x)"
            )
