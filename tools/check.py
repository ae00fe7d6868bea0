"""Run what must be clean before a commit: ruff, mypy and the architecture tests.

Run: python tools/check.py [--fast]     (--fast leaves out mypy)
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

FAST = [
    ["ruff", "format", "--check", "."],
    ["ruff", "check", "."],
    ["pytest", "-q", "tests/architecture"],
]
SLOW = [["mypy"]]


def main(arguments: list[str]) -> int:
    """Run each check, say what failed, and return the exit status."""
    failed = []
    for command in FAST + ([] if "--fast" in arguments else SLOW):
        print("==>", *command, flush=True)
        if subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode:
            failed.append(command[0])
    if failed:
        print("failed:", *failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
