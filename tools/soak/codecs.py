"""Claim: whatever bytes come in, the codecs raise ProtocolError and nothing else.

Spoils recorded traffic and feeds it to every decoder of AIM and MSN; counts what came
out, finds the slowest input and watches the memory. Run: python -m tools.soak codecs
"""

import random
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass

from Kamaelia.Protocol.wire.errors import ProtocolError
from tools.soak.mutate import mutate
from tools.soak.targets import Target, find_targets

__all__ = ["Report", "soak"]

MEMORY_LIMIT = 256 * 1024  # KB that the process may grow by, whatever it is fed


@dataclass(slots=True)
class Report:
    """What a soak saw.

    Attributes:
        inputs: how many inputs were decoded.
        refused: how many of them raised ProtocolError.
        slowest: milliseconds that the slowest input took.
        slowest_at: which decoder that was.
        grown: KB by which the process grew.
    """

    inputs: int = 0
    refused: int = 0
    slowest: float = 0.0
    slowest_at: str = ""
    grown: int = 0

    def __str__(self) -> str:
        return (
            f"{self.inputs} inputs, {self.refused} refused with ProtocolError, "
            f"nothing else raised; slowest {self.slowest:.1f} ms ({self.slowest_at}); "
            f"memory grew by {self.grown // 1024} MB"
        )


def soak(
    inputs: int, seed: int, progress: Callable[[int], object] = lambda done: None
) -> Report:
    """Feed spoiled inputs to every decoder in turn.

    Args:
        inputs: how many, over all decoders.
        seed: for the same inputs again.
        progress: called now and then with the number done.

    Raises:
        AssertionError: something but ProtocolError was raised, or memory grew; it
            names the decoder and the input.
    """
    chance, report, targets = random.Random(seed), Report(), find_targets()
    begun = _memory()
    while report.inputs < inputs:
        for target in targets:
            _one(target, mutate(target.seeds, chance), report)
            if report.inputs >= inputs:
                break
        progress(report.inputs)
    report.grown = _memory() - begun
    assert report.grown < MEMORY_LIMIT, f"memory grew by {report.grown} KB"
    return report


def _one(target: Target, data: bytes, report: Report) -> None:
    """Decode one input."""
    began = time.perf_counter()
    try:
        target.decode(data)
    except ProtocolError:
        report.refused += 1
    except Exception as error:
        raise AssertionError(f"{target.name} of {data!r} raised {error!r}") from error
    took = (time.perf_counter() - began) * 1000
    report.inputs += 1
    if took > report.slowest:
        report.slowest, report.slowest_at = took, target.name


def _memory() -> int:
    """Return the most memory the process has used so far, in KB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(inputs: int = 2_000_000, seed: int = 1) -> None:
    """Soak with a bar that shows how far it is."""
    from rich.progress import Progress

    with Progress() as bar:
        task = bar.add_task("spoiled inputs", total=inputs)
        report = soak(inputs, seed, lambda done: bar.update(task, completed=done))
    print(f"codecs, seed {seed}: {report}")
