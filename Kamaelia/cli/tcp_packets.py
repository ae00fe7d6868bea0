"""The TCP segment inside a captured packet, whatever carries it.

Ethernet (with VLAN tags and PPPoE), Linux "any" captures (cooked, both versions),
BSD loopback, PPP, raw IP; IPv4 and IPv6 with extension headers. Everything else, and
every packet cut off before its TCP header ends, is None: a capture is full of those.

IP fragments after the first carry no ports and are left out: the reassembled stream
then has a gap, and says so.

Source: RFC 791, 8200, 9293, 2516; IEEE 802.1Q; the tcpdump group's link types.
"""

import struct
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10

ETHERTYPE_IPV4 = 0x0800
ETHERTYPE_IPV6 = 0x86DD
ETHERTYPE_PPPOE = 0x8864
VLAN_TAGS = frozenset({0x8100, 0x88A8, 0x9100, 0x9200})
PROTOCOL_TCP = 6
PPP_IPV4, PPP_IPV6 = 0x0021, 0x0057
IPV6_EXTENSIONS = frozenset({0, 43, 60, 135})
IPV6_FRAGMENT = 44
IPV6_AUTHENTICATION = 51


class Endpoint(NamedTuple):
    """One end of a connection; its text is `host:port`, IPv6 in brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return (
            f"[{self.host}]:{self.port}"
            if ":" in self.host
            else (f"{self.host}:{self.port}")
        )


class TCPPacket(NamedTuple):
    """One TCP segment.

    Attributes:
        source: who sent it.
        destination: who it is for.
        sequence: number of its first byte (of SYN, if that is set), 32 bits.
        acknowledged: next byte expected from the other end; meaningful with ACK.
        flags: FIN, SYN, RST, ACK bits.
        payload: bytes that were captured.
        length: bytes that were sent: more than `payload` where the capture cut.
    """

    source: Endpoint
    destination: Endpoint
    sequence: int
    acknowledged: int
    flags: int
    payload: bytes
    length: int


def parse_packet(link_type: int, data: bytes) -> TCPPacket | None:
    """Return the TCP segment of a packet, None if there is none to be had.

    Args:
        link_type: as the capture file says.
        data: bytes from the link layer's header on.
    """
    parse = _LINKS.get(link_type)
    if parse is None:
        return None
    try:
        return parse(data)
    except (struct.error, IndexError):
        # Cut off inside a header. Nothing of the stream is known of this packet.
        return None


def _ethernet(data: bytes) -> TCPPacket | None:
    return _by_type(_u16(data, 12), data, 14)


def _by_type(ethertype: int, data: bytes, at: int) -> TCPPacket | None:
    while ethertype in VLAN_TAGS:
        ethertype, at = _u16(data, at + 2), at + 4
    if ethertype == ETHERTYPE_PPPOE:
        return _ppp(data[at + 6 :])
    if ethertype in {ETHERTYPE_IPV4, ETHERTYPE_IPV6}:
        return _ip(data[at:])
    return None


def _cooked(data: bytes) -> TCPPacket | None:
    return _by_type(_u16(data, 14), data, 16)


def _cooked2(data: bytes) -> TCPPacket | None:
    return _by_type(_u16(data, 0), data, 20)


def _loopback(data: bytes) -> TCPPacket | None:
    # The family's number and byte order are the capturing machine's (AF_INET6 is 10,
    # 24, 28 or 30); the IP header itself says which it is.
    return _ip(data[4:])


def _ppp(data: bytes) -> TCPPacket | None:
    at = 2 if data[:2] == b"\xff\x03" else 0
    return _ip(data[at + 2 :]) if _u16(data, at) in {PPP_IPV4, PPP_IPV6} else None


def _ip(data: bytes) -> TCPPacket | None:
    version = data[0] >> 4
    if version == 4:
        return _ipv4(data)
    return _ipv6(data) if version == 6 else None


def _ipv4(data: bytes) -> TCPPacket | None:
    header = (data[0] & 0x0F) * 4
    total = _u16(data, 2)
    if (
        len(data) < 20
        or header < 20
        or data[9] != PROTOCOL_TCP
        or _u16(data, 6) & 0x1FFF
    ):
        return None
    # Zero: the network card cut it up after the capture saw it whole.
    total = total or len(data)
    hosts = (str(IPv4Address(data[12:16])), str(IPv4Address(data[16:20])))
    return _tcp(data[header:total], total - header, *hosts)


def _ipv6(data: bytes) -> TCPPacket | None:
    if len(data) < 40:
        return None
    total = 40 + _u16(data, 4) if _u16(data, 4) else len(data)
    kind, at = data[6], 40
    while kind != PROTOCOL_TCP:
        if kind in IPV6_EXTENSIONS:
            kind, at = data[at], at + (data[at + 1] + 1) * 8
        elif kind == IPV6_FRAGMENT and not _u16(data, at + 2) & 0xFFF8:
            kind, at = data[at], at + 8
        elif kind == IPV6_AUTHENTICATION:
            kind, at = data[at], at + (data[at + 1] + 2) * 4
        else:
            return None
    hosts = (str(IPv6Address(data[8:24])), str(IPv6Address(data[24:40])))
    return _tcp(data[at:total], total - at, *hosts)


def _tcp(data: bytes, length: int, source: str, destination: str) -> TCPPacket | None:
    ports = struct.unpack_from(">HH", data)
    sequence, acknowledged, offset, flags = struct.unpack_from(">IIBB", data, 4)
    header = (offset >> 4) * 4
    if header < 20 or length < header:
        return None
    return TCPPacket(
        Endpoint(source, ports[0]),
        Endpoint(destination, ports[1]),
        sequence,
        acknowledged,
        flags,
        data[header:],
        length - header,
    )


def _u16(data: bytes, at: int) -> int:
    return data[at] << 8 | data[at + 1]


_LINKS: dict[int, Callable[[bytes], TCPPacket | None]] = {
    0: _loopback,
    1: _ethernet,
    9: _ppp,
    12: _ip,
    14: _ip,
    51: lambda data: _ppp(data[6:]),
    101: _ip,
    108: _loopback,
    113: _cooked,
    228: _ip,
    229: _ip,
    276: _cooked2,
}
