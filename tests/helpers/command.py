"""Run the `kamaelia` command as a user does: a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO, Self

__all__ = ["Served", "Talker", "kamaelia", "serving"]

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


class Talker:
    """A running `kamaelia chat` that is typed to; leaving it kills it."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "Kamaelia.cli.main", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=folder,
            env=_environment(folder),
        )
        self._patience = Timer(PATIENCE, self.process.kill)
        self._patience.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._patience.cancel()
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)

    def say(self, line: str) -> None:
        """Type a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def until(self, text: str) -> str:
        """Return the next line with a text on it; fail when there is none."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if text in line:
                return line
        raise AssertionError(f"never said: {text}")

    def end(self) -> tuple[int, str]:
        """End the input; return exit status and what was on standard error."""
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
