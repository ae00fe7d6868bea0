"""Run a module of this project where the peers are installed.

    .bench-venv/bin/python -P tools/bench/peer_process.py MODULE [ARGUMENT ...]

There `Axon` and `Kamaelia` must be the original's, and only `tools` ours: so the
project goes to the end of the path, behind the installed packages.
"""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[2]))
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
