"""Packets out of capture files: pcap and pcapng, whatever wrote them.

    pcap    24-byte file header (magic tells byte order and micro- or nanoseconds),
            then for each packet seconds, fraction, bytes kept, bytes on the wire
    pcapng  blocks of (type, total length, body, total length); a section header
            gives the byte order, an interface description the link type and clock,
            enhanced, simple and old packet blocks carry the packets

A file that was cut off (a full disk, a killed capture) gives the packets before the
cut. A packet's number is its place in the file from 1, as Wireshark shows it.

Source: the pcap and pcapng file format descriptions, draft-ietf-opsawg-pcap and
draft-ietf-opsawg-pcapng; link types from the registry of the tcpdump group.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

PCAP_MAGICS = {
    b"\xd4\xc3\xb2\xa1": ("<", 10**6),
    b"\xa1\xb2\xc3\xd4": (">", 10**6),
    b"\x4d\x3c\xb2\xa1": ("<", 10**9),
    b"\xa1\xb2\x3c\x4d": (">", 10**9),
}
PCAP_MODIFIED = {b"\x34\xcd\xb2\xa1": ("<", 10**6), b"\xa1\xb2\xcd\x34": (">", 10**6)}
PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"

BLOCK_SECTION = 0x0A0D0D0A
BLOCK_INTERFACE = 1
BLOCK_OLD_PACKET = 2
BLOCK_SIMPLE_PACKET = 3
BLOCK_ENHANCED_PACKET = 6
OPTION_TSRESOL = 9
OPTION_TSOFFSET = 14

MAX_RECORD = 16 * 1024 * 1024
"""No link carries such a packet: a longer record is a damaged file, not memory."""


class CaptureError(ValueError):
    """The file is not a capture: neither pcap nor pcapng, or its header is cut."""


class Packet(NamedTuple):
    """One packet as captured.

    Attributes:
        number: place in the file, from 1.
        time: seconds since 1970; 0.0 where the file has none.
        link_type: of the interface (1 Ethernet, 113 Linux cooked, 101 raw IP ...).
        data: bytes kept, from the link layer's header on.
    """

    number: int
    time: float
    link_type: int
    data: bytes


class _Interface(NamedTuple):
    link_type: int
    snap_length: int
    ticks: int
    offset: int


def read_packets(source: str | Path | BinaryIO) -> Iterator[Packet]:
    """Yield the packets of a capture, in the file's order, one at a time.

    Args:
        source: a path, or a binary file open at the capture's first byte.

    Raises:
        CaptureError: the content is neither pcap nor pcapng.
        OSError: the file cannot be read.
    """
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            yield from _read(file)
    else:
        yield from _read(source)


def _read(file: BinaryIO) -> Iterator[Packet]:
    magic = file.read(4)
    if magic in PCAP_MAGICS:
        yield from _read_pcap(file, *PCAP_MAGICS[magic], extra=0)
    elif magic in PCAP_MODIFIED:
        # Alexey Kuznetsov's patched format: 8 more bytes in each packet's header.
        yield from _read_pcap(file, *PCAP_MODIFIED[magic], extra=8)
    elif magic == PCAPNG_MAGIC:
        yield from _read_pcapng(file)
    else:
        raise CaptureError(
            "not a capture: it begins with "
            f"{magic.hex(' ') or 'nothing'}, which is neither pcap nor pcapng"
        )


def _read_pcap(
    file: BinaryIO, order: str, ticks: int, *, extra: int
) -> Iterator[Packet]:
    header = file.read(20)
    if len(header) < 20:
        raise CaptureError("the pcap file ends inside its header")
    # The upper bits of the link type's field say whether frames end in a checksum.
    link_type = struct.unpack(order + "I", header[16:])[0] & 0x0FFFFFFF
    record = struct.Struct(f"{order}IIII{extra}x")
    number = 0
    while len(head := file.read(record.size)) == record.size:
        seconds, fraction, kept, _ = record.unpack(head)
        if kept > MAX_RECORD:
            return
        data = file.read(kept)
        number += 1
        yield Packet(number, seconds + fraction / ticks, link_type, data)
        if len(data) < kept:
            return


def _read_pcapng(file: BinaryIO) -> Iterator[Packet]:
    order = "<"
    interfaces: list[_Interface] = []
    number = 0
    head = PCAPNG_MAGIC + file.read(4)
    while len(head) == 8:
        (kind,) = struct.unpack(order + "I", head[:4])
        if kind == BLOCK_SECTION:
            mark = file.read(4)
            order = ">" if mark == b"\x1a\x2b\x3c\x4d" else "<"
            interfaces = []
        body = _read_block(file, order, head, 4 if kind == BLOCK_SECTION else 0)
        if body is None:
            return
        if kind == BLOCK_INTERFACE and len(body) >= 8:
            interfaces.append(_parse_interface(order, body))
        elif kind in _PACKET_BLOCKS and len(body) >= _PACKET_BLOCKS[kind]:
            number += 1
            if packet := _parse_packet(order, kind, body, interfaces, number):
                yield packet
        head = file.read(8)


_PACKET_BLOCKS = {
    BLOCK_OLD_PACKET: 20,
    BLOCK_SIMPLE_PACKET: 4,
    BLOCK_ENHANCED_PACKET: 20,
}


def _read_block(file: BinaryIO, order: str, head: bytes, already: int) -> bytes | None:
    """Return a block's body, None where the file ends or cannot be believed."""
    (length,) = struct.unpack(order + "I", head[4:])
    rest = length - 8 - already
    if rest < 4 or rest > MAX_RECORD or length % 4:
        return None
    body = file.read(rest)
    return body[:-4] if len(body) == rest else None


def _parse_interface(order: str, body: bytes) -> _Interface:
    link_type, _, snap_length = struct.unpack(order + "HHI", body[:8])
    ticks, offset, at = 10**6, 0, 8
    while at + 4 <= len(body):
        code, length = struct.unpack_from(order + "HH", body, at)
        value = body[at + 4 : at + 4 + length]
        if code == OPTION_TSRESOL and len(value) == 1:
            ticks = (2 if value[0] & 0x80 else 10) ** (value[0] & 0x7F)
        elif code == OPTION_TSOFFSET and len(value) == 8:
            (offset,) = struct.unpack(order + "q", value)
        elif code == 0:
            break
        at += 4 + length + (-length % 4)
    return _Interface(link_type, snap_length, ticks, offset)


def _parse_packet(
    order: str, kind: int, body: bytes, interfaces: list[_Interface], number: int
) -> Packet | None:
    high = low = index = 0
    if kind == BLOCK_SIMPLE_PACKET:
        (kept,) = struct.unpack_from(order + "I", body)
        start = 4
    elif kind == BLOCK_ENHANCED_PACKET:
        index, high, low, kept, _ = struct.unpack_from(order + "IIIII", body)
        start = 20
    else:
        index, _, high, low, kept, _ = struct.unpack_from(order + "HHIIII", body)
        start = 20
    if index >= len(interfaces):
        return None
    interface = interfaces[index]
    if kind == BLOCK_SIMPLE_PACKET and interface.snap_length:
        kept = min(kept, interface.snap_length)
    time = 0.0
    if kind != BLOCK_SIMPLE_PACKET:
        time = interface.offset + (high << 32 | low) / interface.ticks
    return Packet(number, time, interface.link_type, body[start : start + kept])
