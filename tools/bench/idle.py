"""Claim: when everything is asleep, no CPU is used (README, "Speed").

1,000 sleeping components and a TCP server without connections, watched for 5 seconds:
CPU time of the whole process, user and system, all threads. 5 ms in 5 s is 0.1 %; what
remains is the watching itself.

Run: python -m tools.bench.idle
"""

import sys

from tools.bench.echo_load import free_port
from tools.bench.measure import Benchmark, Claim, Metric, Subject, Values, run_file

SLEEPERS = 1_000
SECONDS = 5.0
SECONDS_SMOKE = 0.2

CPU = Metric("CPU in 5 s", "ms")


def _kamaelia(smoke: bool) -> Values:
    # Imported here: it decides which Axon this process has, if any.
    from tools.bench import idle_kamaelia

    seconds = SECONDS_SMOKE if smoke else SECONDS
    used, steps = idle_kamaelia.run(SLEEPERS, seconds, free_port())
    assert steps == 0, f"{steps} steps were taken while all slept"
    return {CPU.name: used / seconds * SECONDS * 1e3}


BENCHMARK = Benchmark(
    name="idle",
    metrics=(CPU,),
    subjects=(
        Subject("ours", _kamaelia, packages=("kamaelia-flow",)),
        Subject("axon", _kamaelia, "peers", ("kamaelia-axon", "kamaelia")),
    ),
    claims=(Claim("ms of CPU in 5 s", CPU.name, "ours", at_most=5),),
)

if __name__ == "__main__":
    sys.exit(run_file(BENCHMARK))
