"""Claim: 2,000 MSN users at once are served, and who doesn't read hinders nobody.

The users (`--inputs N`) have 20 contacts each; all sign on, each two of them talk, some
stop reading and are flooded. Everybody signs on and hears of his contacts, every
message arrives, those who don't read are cut off, the server's memory for each of them
is bounded, and the others' messages still arrive soon.
`python -m tools.bench msn_load` measures the same beside a bare relay.

Run: python -m tools.soak load
"""

import asyncio
from dataclasses import dataclass

import uvloop

from tools.bench import msn_load
from tools.bench.msn_load_server import allow_many_files

__all__ = ["Report", "soak"]

MEMORY = 2_048.0  # KB for each who doesn't read: his limit is half of that
PATIENCE = 500.0  # ms in which 99 of 100 messages arrive, beside those


@dataclass(slots=True)
class Report:
    """What a soak saw.

    Attributes:
        users: how many were signed on at once.
        values: what was measured: name -> number, see `tools.bench.msn_load`.
    """

    users: int
    values: dict[str, float]

    def __str__(self) -> str:
        units = {metric.name: metric.unit for metric in msn_load.BENCHMARK.metrics}
        told = (f"{name} {v:.4g} {units[name]}" for name, v in self.values.items())
        return f"{self.users} users at once: {'; '.join(told)}"


def soak(users: int, *, short: bool = False) -> Report:
    """Load a server of our own, in a process beside this one.

    Args:
        users: how many.
        short: talk for a moment only.

    Raises:
        AssertionError: somebody could not sign on, a message was lost, or who did not
            read hindered others or cost too much.
    """
    allow_many_files()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        values = runner.run(msn_load.everything("msn", users, short))
    grown, late = values[msn_load.GROWTH.name], values[msn_load.DELAY_SLOW.name]
    assert grown <= MEMORY, f"{grown:.0f} KB for each who does not read"
    assert late <= PATIENCE, f"who does not read delays others: {late:.0f} ms"
    return Report(users, values)


def main(inputs: int = 2_000, seed: int = 1) -> None:
    """Load once; the load is the same for each seed."""
    print(f"load: {soak(inputs)}")
