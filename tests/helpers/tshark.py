"""An independent referee: what tshark makes of bytes that we put on the wire.

frames = aim_frames(tmp_path, Talk([("c2s", b"..."), ("s2c", b"...")]))
lines = msn_lines(tmp_path, Talk([...], server_port=1863))

A test that needs it is skipped where tshark is missing; with KAMAELIA_REQUIRE_TSHARK=1
in the environment that is a failure.
"""

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.helpers.capture_writer import SERVER_HOST, Talk, write_capture

REQUIRE = "KAMAELIA_REQUIRE_TSHARK"
NO_HEADER = "no SNAC header"
"""tshark leaves the header out where it has no name for a SNAC's subtype."""

_UNKNOWN = re.compile(r"\bUnknown(?: SNAC)?(?: \((0x[0-9a-f]+)\)| \{([0-9a-f-]+)\})?")


class AIMFrame(NamedTuple):
    """A FLAP frame as tshark sees it; the SNAC's fields are None on other channels.

    Attributes:
        stream: number of the connection.
        direction: "c2s" or "s2c".
        marks: what tshark could not make sense of: "malformed", "TLV 0x0099" ...
    """

    stream: int
    direction: str
    channel: int
    sequence: int
    length: int
    family: int | None
    subtype: int | None
    flags: int | None
    request_id: int | None
    marks: frozenset[str]


class MSNLine(NamedTuple):
    """A line of MSNP as tshark sees it."""

    direction: str
    text: str
    marks: frozenset[str]


def require_tshark() -> str:
    """Return tshark's path; skip the test, or fail, where there is none."""
    path = shutil.which("tshark")
    if path is None:
        if os.environ.get(REQUIRE) == "1":
            pytest.fail(f"tshark is not installed, and {REQUIRE}=1 asks for it")
        pytest.skip("tshark is not installed")
    return path


def dissect_capture(path: Path, protocol: str, ports: tuple[int, ...]) -> ET.Element:
    """Return tshark's PDML of a capture.

    Args:
        path: the capture.
        protocol: tshark's name of it: "aim" or "msnms".
        ports: of servers, whose traffic is that protocol.
    """
    command = [require_tshark(), "-n", "-r", str(path), "-T", "pdml", "-2"]
    for port in ports:
        command += ["-d", f"tcp.port=={port},{protocol}"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return ET.fromstring(done.stdout)


def aim_frames(folder: Path, *talks: Talk) -> list[AIMFrame]:
    """Return the FLAP frames that tshark finds in conversations."""
    path = write_capture(folder / "aim.pcap", *talks)
    return read_aim_frames(path, tuple({talk.server_port for talk in talks}))


def read_aim_frames(path: Path, ports: tuple[int, ...]) -> list[AIMFrame]:
    """Return the FLAP frames that tshark finds in a capture."""
    frames = []
    for packet in dissect_capture(path, "aim", ports):
        where = _stream(packet), _direction(packet, ports)
        for head, *rest in _groups(packet, "aim"):
            frames.append(_aim_frame(*where, head, rest))
    return frames


def msn_lines(folder: Path, *talks: Talk) -> list[MSNLine]:
    """Return the lines of MSNP that tshark finds in conversations."""
    path = write_capture(folder / "msn.pcap", *talks)
    return read_msn_lines(path, tuple({talk.server_port for talk in talks}))


def read_msn_lines(path: Path, ports: tuple[int, ...]) -> list[MSNLine]:
    """Return the lines of MSNP that tshark finds in a capture."""
    lines = []
    for packet in dissect_capture(path, "msnms", ports):
        direction = _direction(packet, ports)
        for head, *rest in _groups(packet, "msnms"):
            marks = frozenset(_marks([head, *rest]))
            for field in head.iter("field"):
                if value := field.get("value"):
                    text = bytes.fromhex(value).decode("utf-8", "replace")
                    lines.append(MSNLine(direction, text, marks))
    return lines


def _direction(packet: ET.Element, ports: tuple[int, ...]) -> str:
    for field in packet.iter("field"):
        if field.get("name") == "tcp.dstport":
            return "c2s" if int(field.get("show", "0")) in ports else "s2c"
    return ""


def _stream(packet: ET.Element) -> int:
    for field in packet.iter("field"):
        if field.get("name") == "tcp.stream":
            return int(field.get("show", "-1"))
    return -1


def _groups(packet: ET.Element, name: str) -> Iterator[list[ET.Element]]:
    """Yield each layer of a name, with the layers on it."""
    group: list[ET.Element] = []
    for layer in packet.findall("proto"):
        if layer.get("name") == name:
            if group:
                yield group
            group = [layer]
        elif group:
            group.append(layer)
    if group:
        yield group


def _aim_frame(
    stream: int, direction: str, head: ET.Element, rest: list[ET.Element]
) -> AIMFrame:
    values = {
        field.get("name"): int(field.get("value") or "0", 16)
        for field in head.iter("field")
        if (field.get("name") or "").startswith("aim.") and len(field) == 0
    }
    # Flags have fields of their own below them.
    for field in head.iter("field"):
        if field.get("name") == "aim.fnac.flags":
            values["aim.fnac.flags"] = int(field.get("value") or "0", 16)
    marks = set(_marks([head, *rest]))
    if values["aim.channel"] == 2 and not any(
        (layer.get("name") or "").startswith("aim_") for layer in rest
    ):
        marks.add("no dissector")
    if values["aim.channel"] == 2 and "aim.fnac.family" not in values:
        marks.add(NO_HEADER)
    return AIMFrame(
        stream,
        direction,
        values["aim.channel"],
        values["aim.seqno"],
        values["aim.datalen"],
        values.get("aim.fnac.family"),
        values.get("aim.fnac.subtype"),
        values.get("aim.fnac.flags"),
        values.get("aim.fnac.id"),
        frozenset(marks),
    )


def _marks(layers: list[ET.Element]) -> Iterator[str]:
    for layer in layers:
        if layer.get("name") == "_ws.malformed":
            yield "malformed"
        for field in layer.iter("field"):
            yield from _mark(field)


def _mark(field: ET.Element) -> Iterator[str]:
    name, shown = field.get("name") or "", field.get("showname") or ""
    if name == "_ws.expert.message":
        yield f"expert: {field.get('show')}"
    found = _UNKNOWN.search(shown)
    if not found or "Not set" in shown or name.startswith("_ws."):
        return
    if "unkn" in name:
        return  # a field that Wireshark has no better name for, whatever it holds
    if name == "aim.tlv.value_id":
        yield f"TLV {found[1]}"
    elif name == "aim_generic.family":
        yield "a SNAC in a rate class"
    elif name == "aim.nickinfo.caps" or found[2]:
        yield "a capability"
    else:
        yield name


__all__ = [
    "NO_HEADER",
    "REQUIRE",
    "SERVER_HOST",
    "AIMFrame",
    "MSNLine",
    "aim_frames",
    "dissect_capture",
    "msn_lines",
    "read_aim_frames",
    "read_msn_lines",
    "require_tshark",
]
