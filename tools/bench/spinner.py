"""Claim: a component that spins does not stop a TCP echo beside it (README, "Speed").

The echo of `tcp_echo`, once alone and once beside a component that never sleeps
(`while not self.dataReady("control"): yield 1`), as old programs have. It goes on, and
slower: each turn of the event loop waits for one slice of the run queue.

Run: python -m tools.bench.spinner
"""

import sys

from tools.bench.echo_load import CPU, RATE, echo_subject
from tools.bench.measure import Benchmark, Claim, Subject, run_file

TRIPS = 200
"""For each connection."""

BENCHMARK = Benchmark(
    name="spinner",
    metrics=(RATE, CPU),
    subjects=(
        Subject(
            "echo alone",
            echo_subject("ours", "kamaelia", TRIPS),
            packages=("kamaelia-flow", "uvloop"),
        ),
        Subject("echo beside it", echo_subject("ours", "kamaelia-spinning", TRIPS)),
    ),
    claims=(
        Claim("round trips/s beside it", RATE.name, "echo beside it", at_least=1000),
        Claim("of the echo alone", RATE.name, "echo beside it", "echo alone"),
    ),
)

if __name__ == "__main__":
    sys.exit(run_file(BENCHMARK))
