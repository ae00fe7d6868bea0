"""Claim: a TCP server made of components is nearly a bare one (README, "Speed").

It does at least 0.7 of the round trips of a bare protocol on the same loop, and at
least 40 times those of Axon 1.14.

50 connections at once on the loopback address, 64 bytes each way; each connection waits
for its answer before it sends again. One load client for all, in a process of its own,
that compares every answer. "Ours" is a ConnectedServer with an echo component for each
connection; Axon runs the same text.

The client has a core to itself only if there are two: then the rates of the fastest
servers are bounded by it, and "server's CPU per round trip" (user and system) tells
them apart.

Run: python -m tools.bench.tcp_echo
"""

import sys

from tools.bench.echo_load import CPU, RATE, echo_subject
from tools.bench.measure import Benchmark, Claim, Subject, run_file

TRIPS = 1_000
"""For each connection."""

TRIPS_AXON = 20

OURS = ("kamaelia-flow", "uvloop")
BENCHMARK = Benchmark(
    name="tcp_echo",
    metrics=(RATE, CPU),
    subjects=(
        # All of these start their servers themselves, so all run in our environment.
        Subject("ours", echo_subject("ours", "kamaelia", TRIPS), packages=OURS),
        Subject("bare uvloop", echo_subject("ours", "bare-uvloop", TRIPS)),
        Subject("axon", echo_subject("peers", "kamaelia", TRIPS_AXON)),
        Subject("bare asyncio", echo_subject("ours", "bare-asyncio", TRIPS)),
        Subject("twisted", echo_subject("peers", "twisted", TRIPS)),
    ),
    claims=(
        Claim("of a bare protocol", RATE.name, "ours", "bare uvloop", at_least=0.7),
        Claim("times Axon's", RATE.name, "ours", "axon", at_least=40),
        Claim("times Twisted's", RATE.name, "ours", "twisted"),
        Claim("CPU of a bare protocol's", CPU.name, "ours", "bare uvloop"),
    ),
)

if __name__ == "__main__":
    sys.exit(run_file(BENCHMARK))
