"""Recorded conversations for tests: a capture's TCP flows, whole.

for flow in load_flows(CAPTURES / "aim-puzzle1.pcap"):
    flow.data("c2s"), flow.data("s2c")  # every byte, in order
    flow.segments                      # both directions, as they went
"""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from Kamaelia.cli.tcp_flows import Flow, FlowEnd, Segment, read_flows

CAPTURES = Path(__file__).parents[2] / "../shared/captures"
TRANSCRIPTS = Path(__file__).parents[1] / "transcripts"


@dataclass(slots=True)
class RecordedFlow:
    """One connection: who, and every segment in the order it was put together."""

    flow: Flow
    segments: list[Segment] = field(default_factory=list)

    def data(self, direction: str) -> bytes:
        """Return all bytes of a direction ("c2s" or "s2c"), holes closed up."""
        return b"".join(s.data for s in self.segments if s.direction == direction)

    def turns(self) -> list[tuple[str, bytes]]:
        """Return (direction, bytes) of each stretch in which one side spoke."""
        joined: list[tuple[str, bytes]] = []
        for segment in sorted(self.segments, key=lambda s: s.frame):
            if joined and joined[-1][0] == segment.direction:
                joined[-1] = (segment.direction, joined[-1][1] + segment.data)
            else:
                joined.append((segment.direction, segment.data))
        return joined


def capture_path(name: str) -> Path:
    """Return the path of a capture's file; skip the test where there is none.

    Args:
        name: file name, such as "aim-libpurple.pcap" or its ".golden.json".
    """
    for folder in (TRANSCRIPTS, CAPTURES):
        if (folder / name).exists():
            return folder / name
    pytest.skip(f"{name} is not beside this checkout")


def load_flows(path: Path) -> list[RecordedFlow]:
    """Return the TCP connections of a capture, in the order they appear."""
    flows: dict[int, RecordedFlow] = {}
    for event in read_flows(path):
        recorded = flows.setdefault(event.flow.number, RecordedFlow(event.flow))
        if isinstance(event, Segment):
            recorded.segments.append(event)
        else:
            assert isinstance(event, FlowEnd)
    return [flows[number] for number in sorted(flows)]
