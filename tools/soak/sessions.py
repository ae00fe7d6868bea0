"""Claim: whatever bytes come in, sessions answer or close, and the others go on.

Spoiled traffic for live sessions without sockets: the OSCAR server (before and after
the sign-on), the MSN server (notification, switchboard, dispatch; MSNP2 to MSNP12) and
our clients' components. No exception escapes, memory stays bounded, and two users who
talk meanwhile always reach each other. With `codecs` more than two million inputs.

Run: python -m tools.soak sessions
"""

import asyncio
import logging
import random
import resource
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from Kamaelia.store.store import open_store
from tools.soak._aim_sessions import QUICK, AIMSessions
from tools.soak._client_sessions import ClientSessions
from tools.soak._msn_sessions import MSNSessions

__all__ = ["Report", "soak"]

MEMORY_LIMIT = 256 * 1024  # KB that the process may grow by, whatever it is told
CHECKED = 200  # inputs between two looks at those who talk
ROUND = 50  # inputs for one kind of sessions before the next one's turn


class Sessions(Protocol):
    """Sessions of one kind: some are told spoiled things, others are fine."""

    name: str

    async def start(self) -> None:
        """Begin."""

    async def attack(self, chance: random.Random) -> bool:
        """Tell a session something spoiled; return whether it has ended."""

    async def check(self, number: int) -> None:
        """See that the others are fine."""


@dataclass(slots=True)
class Report:
    """What a soak saw.

    Attributes:
        inputs: inputs of each kind of session.
        ended: how many of these ended a session.
        checks: how often the others were seen to be fine.
        grown: KB by which the process grew.
    """

    inputs: dict[str, int] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)
    checks: int = 0
    grown: int = 0

    @property
    def total(self) -> int:
        """How many inputs there were."""
        return sum(self.inputs.values())

    def __str__(self) -> str:
        kinds = ", ".join(
            f"{name} {count} ({self.ended[name]} ended the session)"
            for name, count in self.inputs.items()
        )
        return (
            f"{self.total} inputs: {kinds}; no exception escaped; the others were fine "
            f"{self.checks} times of {self.checks}; memory grew by "
            f"{self.grown // 1024} MB"
        )


def soak(
    inputs: int, seed: int, progress: Callable[[int], object] = lambda done: None
) -> Report:
    """Tell sessions of each kind spoiled things, in turn.

    Args:
        inputs: how many, over all kinds.
        seed: for the same inputs again.
        progress: called now and then with the number done.

    Raises:
        AssertionError: an exception escaped, a healthy session failed, or memory grew.
    """
    logger = logging.getLogger("Kamaelia")
    before = logger.level
    logger.setLevel(logging.CRITICAL)  # what is spoiled would fill the log
    try:
        return asyncio.run(_soak(inputs, seed, progress))
    finally:
        logger.setLevel(before)


async def _soak(inputs: int, seed: int, progress: Callable[[int], object]) -> Report:
    chance, report = random.Random(seed), Report()
    clients = ClientSessions()
    async with await open_store("memory", hasher=QUICK) as store:
        kinds: list[Sessions] = [AIMSessions(store), MSNSessions(store), clients]
        for kind in kinds:
            await kind.start()
            report.inputs[kind.name] = report.ended[kind.name] = 0
        begun = _memory()
        try:
            while report.total < inputs:
                for kind in kinds:
                    await _some(kind, chance, seed, report)
                progress(report.total)
        finally:
            clients.close()
    report.grown = _memory() - begun
    assert report.grown < MEMORY_LIMIT, f"memory grew by {report.grown} KB"
    return report


async def _some(
    kind: Sessions, chance: random.Random, seed: int, report: Report
) -> None:
    """Tell sessions of one kind some things, and look at the others now and then."""
    for _ in range(ROUND):
        number = report.inputs[kind.name] = report.inputs[kind.name] + 1
        try:
            report.ended[kind.name] += await kind.attack(chance)
            if number % CHECKED == 0:
                await kind.check(number)
                report.checks += 1
        except Exception as error:
            where = f"{kind.name}, input {number} of seed {seed}"
            raise AssertionError(f"{where}: {error!r} escaped") from error


def _memory() -> int:
    """Return the most memory the process has used so far, in KB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(inputs: int = 500_000, seed: int = 1) -> None:
    """Soak with a bar that shows how far it is."""
    from rich.progress import Progress

    with Progress() as bar:
        task = bar.add_task("spoiled inputs", total=inputs)
        report = soak(inputs, seed, lambda done: bar.update(task, completed=done))
    print(f"sessions, seed {seed}: {report}")
