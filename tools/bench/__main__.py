"""Run the benchmarks and print what they show.

    python -m tools.bench [NAME ...]     all, or those named; sets up what they need
    python -m tools.bench --list         names and claims

Each figure is the best of five runs with the spread (worst over best); ours and the
peers' runs take turns. Exit status 1: a run failed, or (with --check) a claim did not
hold.
"""

import argparse
import platform
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tools.bench.environment import set_up_peers
from tools.bench.measure import ROUNDS, Benchmark, Claim
from tools.bench.runner import Figures, benchmarks, run_benchmark


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    known = benchmarks()
    options = _parse(arguments, known)
    console = Console()
    if options.list:
        for name in known:
            console.print(f"[bold]{name}[/]  {_claim_line(name)}", highlight=False)
        return 0
    peers = not options.no_peers and _set_up(console)
    everything = []
    with console.status("starting") as status:
        for name in options.name or known:
            figures = run_benchmark(
                known[name],
                status.update,
                rounds=1 if options.smoke else options.rounds,
                peers=peers,
                smoke=options.smoke,
            )
            everything.append(figures)
            console.print(_figures_table(figures))
            for failure in figures.failures:
                console.print(f"failed: {failure}", style="red", markup=False)
    console.print(_claims_table(everything))
    console.print(_conditions(everything, options.rounds), highlight=False)
    held = all(c.holds(n) for figures in everything for c, n in figures.claims())
    failed = any(figures.failures for figures in everything)
    return int(failed or (options.check and not held))


def _parse(
    arguments: list[str] | None, known: dict[str, Benchmark]
) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench",
        description="Run the benchmarks and print what they show.",
    )
    parser.add_argument("name", nargs="*", help=f"of: {', '.join(known)}")
    parser.add_argument("--list", action="store_true", help="show names and claims")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="runs of each")
    parser.add_argument("--no-peers", action="store_true", help="measure ours only")
    parser.add_argument("--smoke", action="store_true", help="tiny sizes, one run")
    parser.add_argument(
        "--check", action="store_true", help="status 1 if a claim fails"
    )
    options = parser.parse_args(arguments)
    for name in options.name:
        if name not in known:
            parser.error(f"no benchmark {name!r}; there are {', '.join(known)}")
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options


def _claim_line(name: str) -> str:
    doc = import_module(f"tools.bench.{name}").__doc__ or ""
    return doc.splitlines()[0].removeprefix("Claim: ")


def _set_up(console: Console) -> bool:
    """Set up the peers' environment and tell whether it is there."""
    try:
        with console.status("setting up the peers' environment") as status:
            set_up_peers(status.update)
    except (subprocess.SubprocessError, OSError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        console.print(
            f"no peers, measuring ours only: {said[-1] if said else error}",
            style="yellow",
            markup=False,
        )
        return False
    return True


def _figures_table(figures: Figures) -> Table:
    table = Table(title=figures.benchmark.name, title_justify="left")
    table.add_column("subject")
    table.add_column("metric")
    for heading in ("best", "spread", "ours is"):
        table.add_column(heading, justify="right")
    best = figures.best()
    first = figures.benchmark.subjects[0].name
    for metric in figures.benchmark.metrics:
        for subject in figures.benchmark.subjects:
            key = (subject.name, metric.name)
            if key not in best:
                continue
            spread = metric.spread(figures.values[key])
            times = ""
            ours = best.get((first, metric.name))
            if ours and best[key] and subject.name != first:
                more = best[key] / ours if metric.better == "less" else ours / best[key]
                times = f"{more:.2f}x as good"
            table.add_row(
                subject.name,
                metric.name,
                f"{_number(best[key])} {metric.unit}",
                f"{spread:.2f}x",
                times,
            )
    return table


def _claims_table(everything: list[Figures]) -> Table:
    table = Table(title="claims", title_justify="left")
    for heading in ("benchmark", "claim", "metric"):
        table.add_column(heading)
    for heading in ("measured", "claimed", "holds"):
        table.add_column(heading, justify="right")
    for figures in everything:
        for claim, number in figures.claims():
            limit = _limit(claim)
            verdict = ("[green]yes[/]" if claim.holds(number) else "[red]no[/]") * bool(
                limit
            )
            table.add_row(
                figures.benchmark.name,
                claim.text,
                claim.metric,
                _number(number),
                limit,
                verdict,
            )
    return table


def _limit(claim: Claim) -> str:
    if claim.at_least is not None:
        return f"at least {_number(claim.at_least)}"
    return "" if claim.at_most is None else f"at most {_number(claim.at_most)}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _conditions(everything: list[Figures], rounds: int) -> str:
    versions: dict[str, str] = {}
    for figures in everything:
        versions |= figures.versions
    packages = ", ".join(f"{name} {versions[name]}" for name in sorted(versions))
    return (
        f"{_processor()}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; best of {rounds}; {packages}"
    )


def _processor() -> str:
    """Return the processor's name and the number of its cores, as far as known."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    cores = 0
    if info.exists():
        lines = info.read_text(encoding="utf-8", errors="replace").splitlines()
        names = [
            line.partition(":")[2].strip() for line in lines if "model name" in line
        ]
        name, cores = (names[0] if names else name), len(names)
    return f"{name}, {cores} cores" if cores else name


if __name__ == "__main__":
    sys.exit(main())
