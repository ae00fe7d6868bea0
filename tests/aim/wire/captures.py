"""Recorded OSCAR traffic: the bytes of each direction, and the golden decode."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import dpkt
import pytest

from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA, FLAPDecoder, FLAPFrame
from Kamaelia.Protocol.AIM.wire.snac import SNAC

TESTS = Path(__file__).parents[2]
BESIDE = TESTS.parents[1] / "shared" / "captures"
PLACES = {
    "aim-libpurple": TESTS / "transcripts",
    "aim-puzzle1": BESIDE,
}

Streams = dict[tuple[int, str], bytes]


def place(name: str) -> Path:
    """Return the folder of a capture; skip the test where it is missing."""
    if not (PLACES[name] / f"{name}.pcap").exists():
        pytest.skip(f"the capture {name} is not beside this checkout")
    return PLACES[name]


@cache
def load_golden(path: Path) -> dict[str, Any]:
    golden: dict[str, Any] = json.loads(path.read_text())
    return golden


def golden_of(name: str) -> dict[str, Any]:
    return load_golden(place(name) / f"{name}.golden.json")


def _packets(path: Path) -> list[tuple[str, str, Any]]:
    """Return (source, destination, TCP segment) of each packet."""
    found = []
    with path.open("rb") as file:
        for _, raw in dpkt.pcap.Reader(file):
            ip = dpkt.ethernet.Ethernet(raw).data
            if not isinstance(ip, dpkt.ip.IP) or not isinstance(ip.data, dpkt.tcp.TCP):
                continue
            source = f"{'.'.join(map(str, ip.src))}:{ip.data.sport}"
            target = f"{'.'.join(map(str, ip.dst))}:{ip.data.dport}"
            found.append((source, target, ip.data))
    return found


def _assemble(segments: list[Any]) -> bytes:
    """Join segments in the order of their sequence numbers, repeats left out."""
    with_data = [segment for segment in segments if segment.data]
    if not with_data:
        return b""
    starts = [s.seq + 1 for s in segments if s.flags & dpkt.tcp.TH_SYN]
    start = starts[0] if starts else min(s.seq for s in with_data)
    stream = bytearray()
    for segment in sorted(with_data, key=lambda s: (s.seq - start) % 2**32):
        at = (segment.seq - start) % 2**32
        if at <= len(stream) < at + len(segment.data):
            stream += segment.data[len(stream) - at :]
    return bytes(stream)


@cache
def load_streams(folder: Path, name: str) -> Streams:
    golden = load_golden(folder / f"{name}.golden.json")
    by_direction: dict[tuple[str, str], list[Any]] = {}
    for source, target, segment in _packets(folder / f"{name}.pcap"):
        by_direction.setdefault((source, target), []).append(segment)
    streams: Streams = {}
    for flow in golden["flows"]:
        ends = flow["client"], flow["server"]
        streams[flow["stream"], "c2s"] = _assemble(by_direction.get(ends, []))
        streams[flow["stream"], "s2c"] = _assemble(by_direction.get(ends[::-1], []))
    return streams


def streams_of(name: str) -> Streams:
    return load_streams(place(name), name)


def frames_of(name: str) -> list[tuple[int, str, FLAPFrame]]:
    """Return (stream, direction, frame) of every FLAP frame that the golden names."""
    wanted = sorted({(f["stream"], f["dir"]) for f in golden_of(name)["oscar"]})
    found = []
    for stream, direction in wanted:
        decoder = FLAPDecoder()
        decoder.receive_data(streams_of(name)[stream, direction])
        found += [(stream, direction, frame) for frame in decoder.frames()]
    return found


def snacs_of(name: str, kind: tuple[int, int]) -> list[SNAC]:
    """Return every SNAC of one type, in the order of streams."""
    snacs = [
        SNAC.from_bytes(frame.payload)
        for _, _, frame in frames_of(name)
        if frame.channel == CHANNEL_DATA
    ]
    return [snac for snac in snacs if snac.type == kind]
