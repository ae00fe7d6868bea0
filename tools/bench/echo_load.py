"""One echo server under one load: both processes started, measured and ended."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tools.bench.environment import ROOT, command
from tools.bench.measure import Metric, Values

RATE = Metric("round trips", "1/s", "more")
CPU = Metric("server's CPU per round trip", "µs")

CONNECTIONS = 50
SIZE = 64
CLIENT_TIMEOUT = 40
"""Seconds; the client has a shorter limit of its own."""

START_TRIES = 400
START_PAUSE = 0.05
"""Seconds between tries: a server takes a while to start."""


def free_port() -> int:
    """Return a TCP port that is free on the loopback address now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cpu_seconds(pid: int) -> float | None:
    """Return the CPU time a process has used; None where the system does not tell."""
    path = Path(f"/proc/{pid}/stat")
    if not path.exists():
        return None
    # The name stands in parentheses and may hold anything, so count behind it.
    fields = path.read_text(encoding="ascii", errors="replace").rpartition(")")[2]
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def load_server(environment: str, kind: str, round_trips: int) -> Values:
    """Run a server and its load, and return round trips a second and CPU used.

    Args:
        environment: of the server, "ours" or "peers".
        kind: name in `tools.bench.echo_servers.SERVERS`.
        round_trips: for each of the connections.

    Raises:
        AssertionError: the load did not get back what it sent.
    """
    port = free_port()
    server = subprocess.Popen(
        command(environment, "tools.bench.echo_servers", kind, str(port)),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(server, port)
        _run_client(port, 1)
        before = cpu_seconds(server.pid)
        done = _run_client(port, round_trips)
        after = cpu_seconds(server.pid)
        assert server.poll() is None, f"{kind}: the server ended under the load"
    finally:
        server.terminate()
        server.wait(timeout=10)
    assert done["round_trips"] == CONNECTIONS * round_trips, "round trips are missing"
    values = {RATE.name: done["round_trips"] / done["seconds"]}
    if before is not None and after is not None:
        # The client's warming-up trips are of the load, but not of its count.
        trips = done["round_trips"] + CONNECTIONS
        values[CPU.name] = (after - before) / trips * 1e6
    return values


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the server takes connections."""
    for _ in range(START_TRIES):
        assert server.poll() is None, "the server ended before it took a connection"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(START_PAUSE)
        else:
            return
    raise AssertionError("the server does not take connections")


def _run_client(port: int, round_trips: int) -> dict[str, float]:
    arguments = (str(port), str(CONNECTIONS), str(SIZE), str(round_trips))
    client = subprocess.run(
        [sys.executable, "-m", "tools.bench.load_client", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=CLIENT_TIMEOUT,
        check=False,
    )
    said = client.stderr.strip().splitlines() or [""]
    assert client.returncode == 0, f"the load failed: {said[-1]}"
    done: dict[str, float] = json.loads(client.stdout)
    return done


def echo_subject(
    environment: str, kind: str, round_trips: int, smoke_trips: int = 3
) -> Callable[[bool], Values]:
    """Return a subject's function: one server of a kind, loaded once."""

    def run(smoke: bool) -> Values:
        return load_server(environment, kind, smoke_trips if smoke else round_trips)

    return run
