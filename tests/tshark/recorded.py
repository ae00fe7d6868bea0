"""What tshark says of captures of real clients and servers: the measure for ours."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.helpers.pcap import CAPTURES, TRANSCRIPTS
from tests.helpers.tshark import AIMFrame, read_aim_frames, read_msn_lines

Ports = tuple[int, ...]
AIM = {"aim-puzzle1.pcap": (443,), "aim-libpurple.pcap": (5190,)}
MSN = {"msn-ppa1e.pcap": (1863,), "msnp8-twisted.pcap": (1863, 1864)}


def _here(captures: Mapping[str, Ports]) -> Iterator[tuple[Path, Ports]]:
    """Yield those captures that this checkout has, or has beside it."""
    for name, ports in captures.items():
        places = (TRANSCRIPTS / name, CAPTURES / name)
        if path := next((place for place in places if place.exists()), None):
            yield path, ports


@cache
def aim_frames() -> tuple[AIMFrame, ...]:
    """Return every OSCAR frame of the captures."""
    return tuple(
        frame for path, ports in _here(AIM) for frame in read_aim_frames(path, ports)
    )


@cache
def aim_marks() -> frozenset[tuple[int | None, str]]:
    """Return (family, mark) of recorded OSCAR frames; family None: other channels."""
    return frozenset(
        (frame.family, mark) for frame in aim_frames() for mark in frame.marks
    )


@cache
def msn_marks() -> frozenset[str]:
    """Return every mark that tshark puts on recorded MSN lines."""
    return frozenset(
        mark
        for path, ports in _here(MSN)
        for line in read_msn_lines(path, ports)
        for mark in line.marks
    )
