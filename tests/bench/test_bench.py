import ast
import json
from pathlib import Path

import pytest

from tools.bench import environment
from tools.bench.__main__ import main
from tools.bench.measure import Benchmark, Claim, Metric, Subject, run_file
from tools.bench.runner import (
    BenchmarkFailedError,
    benchmarks,
    run_benchmark,
    run_once,
)

FOLDER = Path(environment.__file__).parent
BENCHMARKS = benchmarks()


def wrong(smoke: bool) -> dict[str, float]:
    raise AssertionError("3 messages of 4")


HOP, RATE = Metric("hop", "µs"), Metric("rate", "1/s", "more")
MADE_UP = Benchmark(
    name="made_up",
    metrics=(HOP, RATE),
    subjects=(
        Subject("ours", lambda smoke: {"hop": 2.0, "rate": 10.0}),
        Subject("wrong", wrong, "peers"),
    ),
    claims=(
        Claim("times as fast", "hop", "other", "ours", at_least=2),
        Claim("rate", "rate", "ours", at_most=10),
    ),
)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_benchmark_names_its_claim_and_how_to_run_it(name: str) -> None:
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    doc = ast.get_docstring(ast.parse(text)) or ""
    assert doc.startswith("Claim: ")
    assert f"Run: python -m tools.bench.{name}" in doc
    assert BENCHMARKS[name].name == name
    assert BENCHMARKS[name].claims


@pytest.mark.parametrize("name", BENCHMARKS)
def test_claims_are_about_what_is_measured(name: str) -> None:
    benchmark = BENCHMARKS[name]
    subjects = {subject.name for subject in benchmark.subjects}
    metrics = {metric.name for metric in benchmark.metrics}
    for claim in benchmark.claims:
        assert {claim.value, claim.over or claim.value} <= subjects
        assert {claim.metric, claim.over_metric or claim.metric} <= metrics


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        (name, subject.name)
        for name, benchmark in BENCHMARKS.items()
        for subject in benchmark.subjects
        if subject.environment == "ours" and subject.name not in {"axon", "twisted"}
    ],
)
def test_each_of_our_subjects_runs_and_checks_itself(name: str, subject: str) -> None:
    benchmark = BENCHMARKS[name]
    figures = run_once(benchmark, benchmark.subject(subject), smoke=True)
    assert figures.values
    metrics = {metric.name for metric in benchmark.metrics}
    assert {metric for _, metric in figures.values} <= metrics
    assert all(value >= 0 for values in figures.values.values() for value in values)


def test_best_and_spread_follow_what_is_better() -> None:
    assert (HOP.best([2, 1, 3]), HOP.spread([2, 1, 3])) == (1, 3)
    assert (RATE.best([2, 1, 3]), RATE.spread([2, 1, 3])) == (3, 3)


def test_a_claim_divides_and_compares() -> None:
    times, rate = MADE_UP.claims
    best = {("ours", "hop"): 2.0, ("other", "hop"): 5.0, ("ours", "rate"): 11.0}
    assert times.compute(best) == 2.5
    assert times.holds(2.5)
    assert not times.holds(1.9)
    assert rate.compute(best) == 11.0
    assert not rate.holds(11.0)
    assert times.compute({("other", "hop"): 5.0}) is None


def test_a_file_prints_a_line_with_a_unit(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_file(MADE_UP, []) == 0
    assert capsys.readouterr().out.splitlines() == [
        "made_up ours: hop 2 µs (spread 1.00x)",
        "made_up ours: rate 10 1/s (spread 1.00x)",
    ]


def test_a_file_prints_one_run_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_file(MADE_UP, ["ours", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["values"] == {"hop": 2.0, "rate": 10.0}


def test_an_unknown_subject_is_named_with_those_there_are() -> None:
    with pytest.raises(KeyError, match="no subject 'axom'; it has ours, wrong"):
        MADE_UP.subject("axom")


def test_a_run_that_fails_is_reported_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def failing(benchmark: Benchmark, subject: Subject, *, smoke: bool) -> None:
        asked.append(subject.name)
        raise BenchmarkFailedError(f"{subject.name}: 3 messages of 4")

    monkeypatch.setattr("tools.bench.runner.run_once", failing)
    figures = run_benchmark(MADE_UP, asked.append, rounds=3)
    assert figures.failures == ["ours: 3 messages of 4", "wrong: 3 messages of 4"]
    assert asked.count("ours") == 1
    assert list(figures.claims()) == []


def test_the_list_has_every_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in BENCHMARKS)


def test_an_unknown_benchmark_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["pipelin"])
    assert "there are" in capsys.readouterr().err


def test_the_tables_are_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["flap_decode", "--smoke", "--no-peers"]) == 0
    said = capsys.readouterr().out
    assert "1460-byte reads" in said
    assert "at least 12.5" in said
    assert "Python 3." in said


def test_the_peers_environment_is_not_made_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    steps: list[tuple[str, ...]] = []
    monkeypatch.setattr(environment, "PEERS_FOLDER", tmp_path)
    monkeypatch.setattr(environment, "_step", lambda *args: steps.append(args))
    told: list[str] = []
    environment.set_up_peers(told.append)
    assert len(steps) == len(told) == 1 + len(environment.REQUIREMENTS)
    environment.peers_python().parent.mkdir()
    environment.peers_python().touch()
    environment.set_up_peers(told.append)
    assert len(steps) == 1 + len(environment.REQUIREMENTS)
