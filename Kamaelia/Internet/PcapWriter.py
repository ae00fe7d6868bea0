"""Write the bytes that pass between two layers as a capture file for Wireshark.

The bytes are wrapped in made-up Ethernet, IP and TCP headers: a handshake, segments
with right numbers and checksums, an orderly end. Placed above TLS, it shows what
Wireshark could not decrypt.

Source: the pcap format, and RFC 791, RFC 9293 for the headers, as dpkt writes them.
"""

import socket
import time
from collections.abc import Callable
from os import PathLike
from typing import Any, BinaryIO, Final

import dpkt

from Kamaelia.Internet.WireTap import RECEIVED, Tapped, WireTap

__all__ = ["PcapWriter"]

SEGMENT: Final = 1460
"""Bytes in a segment: what an Ethernet frame has room for."""

SYN, ACK, FIN, PUSH = (
    dpkt.tcp.TH_SYN,
    dpkt.tcp.TH_ACK,
    dpkt.tcp.TH_FIN,
    dpkt.tcp.TH_PUSH,
)


class _End:
    """One end of the made-up connection.

    Args:
        address: (IPv4 address, port) shown in the capture.
        mac: the Ethernet address shown.
    """

    def __init__(self, address: tuple[str, int], mac: bytes) -> None:
        self.ip = socket.inet_aton(address[0])
        self.port = address[1]
        self.mac = mac
        self.sequence = 1000


class PcapWriter(WireTap):
    """Passes bytes on, both ways, and writes them to a capture file.

    Args:
        file: path of the file, or a file opened for writing bytes (it stays open).
        client: (IPv4 address, port) shown for the client.
        server: the same for the server.
        we_are_client: whether the application's side is the client.
        clock: function that returns seconds since the epoch.
        argd: attributes to set.

    Raises:
        OSError: the file cannot be written.
        TypeError: something other than bytes passes.
    """

    def __init__(
        self,
        file: str | PathLike[str] | BinaryIO,
        client: tuple[str, int] = ("10.0.0.1", 40000),
        server: tuple[str, int] = ("10.0.0.2", 5190),
        we_are_client: bool = True,
        clock: Callable[[], float] = time.time,
        **argd: Any,
    ) -> None:
        super().__init__("pcap", None, clock, **argd)
        self._path = file if isinstance(file, str | PathLike) else None
        self._file: Any = None if self._path is not None else file
        self._client = _End(client, b"\x02\0\0\0\0\1")
        self._server = _End(server, b"\x02\0\0\0\0\2")
        self._we_are_client = we_are_client
        self._writer: Any = None

    def begin(self) -> None:
        """Write the file's header and the handshake."""
        if self._path is not None:
            self._file = open(self._path, "wb")  # noqa: SIM115 - closed in `finish`
        self._writer = dpkt.pcap.Writer(self._file)
        now = self.clock()
        self._segment(now, self._client, self._server, SYN)
        self._segment(now, self._server, self._client, SYN | ACK)
        self._segment(now, self._client, self._server, ACK)

    def saw(self, seen: Tapped) -> None:
        """Write bytes as segments, each acknowledged."""
        super().saw(seen)
        if not isinstance(seen.message, bytes | bytearray | memoryview):
            kind = type(seen.message).__name__
            raise TypeError(f"PcapWriter takes bytes, not {kind}: place it lower")
        data = bytes(seen.message)
        source, target = self._server, self._client
        if (seen.direction == RECEIVED) != self._we_are_client:
            source, target = target, source
        for start in range(0, len(data), SEGMENT):
            piece = data[start : start + SEGMENT]
            self._segment(seen.time, source, target, PUSH | ACK, piece)
            self._segment(seen.time, target, source, ACK)

    def finish(self) -> None:
        """Write the end of the connection; close the file if we opened it."""
        if self._writer is None:
            return
        now = self.clock()
        self._segment(now, self._client, self._server, FIN | ACK)
        self._segment(now, self._server, self._client, FIN | ACK)
        self._segment(now, self._client, self._server, ACK)
        self._writer = None
        if self._path is not None:
            self._file.close()
        else:
            self._file.flush()

    def _segment(
        self, when: float, source: _End, target: _End, flags: int, data: bytes = b""
    ) -> None:
        """Write one segment and count what it takes of the sequence."""
        tcp = dpkt.tcp.TCP(
            sport=source.port,
            dport=target.port,
            seq=source.sequence,
            ack=target.sequence if flags & ACK else 0,
            flags=flags,
            win=65535,
            data=data,
        )
        ip = dpkt.ip.IP(src=source.ip, dst=target.ip, p=dpkt.ip.IP_PROTO_TCP, data=tcp)
        ip.len = len(ip)
        frame = dpkt.ethernet.Ethernet(src=source.mac, dst=target.mac, data=ip)
        self._writer.writepkt(bytes(frame), when)
        taken = len(data) + bool(flags & (SYN | FIN))
        source.sequence = (source.sequence + taken) & 0xFFFFFFFF


__kamaelia_components__ = (PcapWriter,)
