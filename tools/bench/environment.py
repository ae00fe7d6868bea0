"""The two environments: ours, and the peers' beside the project.

`kamaelia-axon` installs a package named `Axon`, as we do, so it gets a virtual
environment of its own, `.bench-venv`: made once, used again while complete.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PEERS_FOLDER = ROOT / ".bench-venv"
REQUIREMENTS = (
    "kamaelia-axon==1.14.32",
    "kamaelia==1.14.32",
    "trio",
    "twisted",
    "uvloop",
)
SETUP_TIMEOUT = 600
"""Seconds for one installation."""


def peers_python() -> Path:
    """Return the path of the peers' Python, which need not exist yet."""
    return PEERS_FOLDER / "bin" / "python"


def peers_ready() -> bool:
    """Tell whether the peers' environment is complete and what this file asks for."""
    marker = PEERS_FOLDER / "complete.txt"
    wanted = _marker_text()
    return (
        peers_python().exists()
        and marker.exists()
        and marker.read_text(encoding="utf-8") == wanted
    )


def set_up_peers(tell: Callable[[str], None]) -> None:
    """Make the peers' environment; nothing to do if it is complete.

    Args:
        tell: gets a line for each step.

    Raises:
        subprocess.CalledProcessError: a step failed; pip's own words are in `stderr`.
        subprocess.TimeoutExpired: a step took too long.
    """
    if peers_ready():
        return
    tell(f"making {PEERS_FOLDER.name}")
    _step(sys.executable, "-m", "venv", "--clear", str(PEERS_FOLDER))
    for requirement in REQUIREMENTS:
        tell(f"installing {requirement}")
        _step(
            str(peers_python()),
            *("-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            requirement,
        )
    marker = PEERS_FOLDER / "complete.txt"
    marker.write_text(_marker_text(), encoding="utf-8")


def command(environment: str, module: str, *arguments: str) -> list[str]:
    """Return the command line that runs a module in an environment.

    Args:
        environment: "ours" or "peers".
        module: such as "tools.bench.pipeline"; run with the project as folder.
        arguments: of the module.
    """
    if environment == "peers":
        start = [str(peers_python()), "-P", "tools/bench/peer_process.py"]
    else:
        start = [sys.executable, "-m"]
    return [*start, module, *arguments]


def _marker_text() -> str:
    return "\n".join((*REQUIREMENTS, sys.version.split()[0], ""))


def _step(*arguments: str) -> None:
    subprocess.run(
        arguments,
        check=True,
        capture_output=True,
        text=True,
        timeout=SETUP_TIMEOUT,
        cwd=ROOT,
    )
