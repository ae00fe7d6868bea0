"""Run the `kamaelia` command as a user does: a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["Served", "kamaelia", "serving"]

PATIENCE = 60  # seconds after which a process that doesn't end is killed


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment with a data folder and a home of the test's own."""
    return {
        **os.environ,
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "PYTHONWARNINGS": "error",
        "COLUMNS": "80",
    }


def kamaelia(
    folder: Path, *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a subcommand to its end."""
    return subprocess.run(
        [sys.executable, "-m", "Kamaelia.cli.main", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=folder,
        env=_environment(folder),
    )


class Served:
    """A running `kamaelia serve`.

    Attributes:
        process: the process.
        ports: "aim", "msn", "http" ... -> port.
    """

    def __init__(self, process: subprocess.Popen[str], ports: dict[str, int]) -> None:
        self.process = process
        self.ports = ports

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal; return exit status and what was on standard error."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[Served]:
    """Run `kamaelia serve` on free ports with a database in memory until left."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "Kamaelia.cli.main", "serve"),
            *("--aim-port", "0", "--msn-port", "0", "--http-port", "0"),
            *("--db", "memory", *arguments),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=_environment(folder),
    )
    try:
        assert process.stdout is not None
        yield Served(process, dict(_addresses(process.stdout)))
    finally:
        process.kill()
        process.communicate()


def _addresses(stdout: IO[str]) -> Iterator[tuple[str, int]]:
    """Yield (network, port) of each line until the server is ready."""
    for line in stdout:
        if line == "ready\n":
            return
        network, _, rest = line.strip().partition("://")
        yield network, int(rest.rpartition(":")[2])
    raise AssertionError("the server ended before it was ready")
