"""Write conversations as captures, for tests: TCP over IPv4, link type 101 (raw IP)."""

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

FIN, SYN, PSH, ACK = 0x01, 0x02, 0x08, 0x10
CLIENT_HOST, SERVER_HOST = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))
MTU = 1400

Turn = tuple[str, bytes]
"""(direction "c2s" or "s2c", bytes that went at once)."""


class Talk(NamedTuple):
    """One connection: what each side said, in order."""

    turns: Sequence[Turn]
    server_port: int = 5190
    client_port: int = 40000
    whole: bool = True  # with its SYNs


class PcapFile:
    """A capture that grows packet by packet."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []

    def to_bytes(self, packets: Iterable[bytes] | None = None) -> bytes:
        """Return the file; a packet comes every millisecond."""
        parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)]
        for number, data in enumerate(self.packets if packets is None else packets):
            seconds, rest = divmod(number, 1000)
            parts.append(
                struct.pack("<IIII", seconds, rest * 1000, len(data), len(data))
            )
            parts.append(data)
        return b"".join(parts)

    def add(self, talk: Talk) -> None:
        """Add a connection's packets."""
        ends = {
            "c2s": (CLIENT_HOST, talk.client_port, SERVER_HOST, talk.server_port),
            "s2c": (SERVER_HOST, talk.server_port, CLIENT_HOST, talk.client_port),
        }
        sent = {"c2s": 1000, "s2c": 5000}

        def packet(name: str, flags: int, data: bytes = b"") -> None:
            other = "s2c" if name == "c2s" else "c2s"
            self.packets.append(
                _packet(*ends[name], sent[name], sent[other], flags, data)
            )
            sent[name] = (
                sent[name] + len(data) + (1 if flags & (SYN | FIN) else 0)
            ) % (1 << 32)

        if talk.whole:
            packet("c2s", SYN)
            packet("s2c", SYN | ACK)
            packet("c2s", ACK)
        for name, data in talk.turns:
            for at in range(0, len(data), MTU):
                packet(name, PSH | ACK, data[at : at + MTU])
        if talk.whole:
            packet("c2s", FIN | ACK)
            packet("s2c", FIN | ACK)
            packet("c2s", ACK)


def _packet(
    source: bytes,
    source_port: int,
    target: bytes,
    target_port: int,
    sequence: int,
    acknowledged: int,
    flags: int,
    data: bytes,
) -> bytes:
    total = 40 + len(data)
    ip = struct.pack(">BBHHHBBH", 0x45, 0, total, 0, 0x4000, 64, 6, 0) + source + target
    checksum = _sum(ip)
    ip = ip[:10] + struct.pack(">H", checksum) + ip[12:]
    tcp = struct.pack(
        ">HHIIBBHHH",
        source_port,
        target_port,
        sequence,
        acknowledged if flags & ACK else 0,
        5 << 4,
        flags,
        0xFFFF,
        0,
        0,
    )
    return ip + tcp + data


def _sum(data: bytes) -> int:
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF


def capture_of(*talks: Talk) -> bytes:
    """Return a capture file with these connections, one after the other."""
    file = PcapFile()
    for talk in talks:
        file.add(talk)
    return file.to_bytes()


def write_capture(path: Path, *talks: Talk) -> Path:
    """Write a capture file with these connections; return its path."""
    path.write_bytes(capture_of(*talks))
    return path
