"""The MSN recordings and what they hold, for the tests beside this module."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import dpkt
import pytest

TRANSCRIPTS = Path(__file__).parents[2] / "transcripts"
CAPTURES = Path(__file__).parents[3] / "../shared/captures"
NAMES = ("msnp8-twisted", "msn-ppa1e")


def folder(name: str) -> Path:
    for place in (TRANSCRIPTS, CAPTURES):
        if (place / f"{name}.golden.json").exists():
            return place
    pytest.skip(f"the recording {name} is not beside this checkout")


def golden(name: str) -> dict[str, Any]:
    text = (folder(name) / f"{name}.golden.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def segments(name: str) -> dict[tuple[int, str], list[bytes]]:
    """Return each direction's data, in the pieces it travelled in."""
    flows = golden(name)["flows"]
    ends = {}
    for flow in flows:
        ends[flow["client"], flow["server"]] = (flow["stream"], "c2s")
        ends[flow["server"], flow["client"]] = (flow["stream"], "s2c")
    found: dict[tuple[int, str], dict[int, bytes]] = defaultdict(dict)
    with (folder(name) / f"{name}.pcap").open("rb") as file:
        capture = dpkt.pcap.UniversalReader(file)
        link = capture.datalink()
        for _, packet in capture:
            tcp, key = _tcp(packet, link, ends)
            if tcp is not None and tcp.data:
                found[key][tcp.seq] = bytes(tcp.data)
    return {
        key: [part for _, part in sorted(parts.items())] for key, parts in found.items()
    }


def _tcp(
    packet: bytes, link: int, ends: dict[tuple[str, str], tuple[int, str]]
) -> tuple[Any, tuple[int, str]]:
    frame: Any = (
        dpkt.sll.SLL(packet)
        if link == dpkt.pcap.DLT_LINUX_SLL
        else (dpkt.ethernet.Ethernet(packet))
    )
    ip = frame.data
    tcp = ip.data
    if not isinstance(tcp, dpkt.tcp.TCP):
        return None, (0, "")
    source = f"{dpkt.utils.inet_to_str(ip.src)}:{tcp.sport}"
    target = f"{dpkt.utils.inet_to_str(ip.dst)}:{tcp.dport}"
    return tcp, ends.get((source, target), (-1, ""))
