"""TCP connections of a capture, each direction's bytes put back in order.

Feed packets in, take segments out: contiguous bytes with the frame they came in, and
a mark where bytes are missing. Retransmissions, overlaps and reordering are resolved,
the first copy of a byte wins, sequence numbers may wrap. No I/O beyond reading the
file, and memory is bounded whatever the capture holds.

A hole is given up, and reported as missing, when the other end has acknowledged bytes
beyond it (the network had them, the capture did not) and they did not turn up soon
after, when too much waits behind it, or when the connection or the capture ends.

Source: RFC 9293, sections 3.4 (sequence numbers) and 3.5 (opening a connection).
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from Kamaelia.cli.capture_file import Packet, read_packets
from Kamaelia.cli.tcp_packets import (
    ACK,
    FIN,
    RST,
    SYN,
    Endpoint,
    TCPPacket,
    parse_packet,
)
from Kamaelia.cli.tcp_stream import Piece, Stream

Direction = Literal["c2s", "s2c"]

KNOWN_PORTS = frozenset({22, 80, 443, 1080, 1863, 1864, 5190, 5191, 5192, 5193, 8080})
"""Servers' ports: they tell the ends apart where a capture joins in the middle."""

MAX_WAITING_TOTAL = 64 * 1024 * 1024
"""Bytes behind all holes of all connections."""

MAX_FLOWS = 65_536
"""Connections followed at once; the one silent longest makes room."""


class Segment(NamedTuple):
    """Bytes of one direction that follow on those of the segment before.

    Attributes:
        flow: the connection.
        direction: "c2s" from the end that opened the connection, else "s2c".
        offset: of `data` in the direction's bytes; missing bytes are not counted.
        data: at least one byte, all out of the same frame.
        missing: bytes lost just before `data`, 0 as a rule.
        frame: number of the packet in the capture, from 1.
        time: of that packet, seconds since 1970.
    """

    flow: "Flow"
    direction: Direction
    offset: int
    data: bytes
    missing: int
    frame: int
    time: float


class FlowEnd(NamedTuple):
    """No more segments of this connection will follow; its counts are final."""

    flow: "Flow"


class Flow:
    """One TCP connection.

    Attributes:
        number: from 0, in the order in which connections appear.
        client: the end that opened it (no SYN: the one with the unknown port).
        server: the other end.
        syn_seen: whether the capture has its beginning.
        ended: how it ended: "", "fin" or "rst".
        first_frame: number of its first packet.
        first_time: of that packet, seconds since 1970.
        c2s: what the client sent.
        s2c: what the server sent.
        opening_sequence: the sequence number of the client's SYN, None if not seen.
        packets: packets seen of it, both directions.
    """

    def __init__(
        self, number: int, client: Endpoint, server: Endpoint, packet: Packet
    ) -> None:
        self.number = number
        self.client = client
        self.server = server
        self.syn_seen = False
        self.ended = ""
        self.first_frame = packet.number
        self.first_time = packet.time
        self.c2s = Stream()
        self.s2c = Stream()
        self.opening_sequence: int | None = None
        self.packets = 0

    def __repr__(self) -> str:
        return f"<Flow {self.number} {self.client} > {self.server}>"

    def streams(self) -> tuple[tuple[Direction, Stream], ...]:
        """Return both directions with their names, the client's first."""
        return (("c2s", self.c2s), ("s2c", self.s2c))

    def note_syn(self, tcp: TCPPacket) -> None:
        """Take the beginning of the connection from a packet with SYN."""
        self.syn_seen = True
        if tcp.source == self.client:
            self.opening_sequence = tcp.sequence
        elif tcp.flags & ACK:
            self.opening_sequence = (tcp.acknowledged - 1) & 0xFFFFFFFF

    def opens_another(self, tcp: TCPPacket) -> bool:
        """Tell whether a packet on these ports begins another connection."""
        if not tcp.flags & SYN:
            return False
        if self.opening_sequence is None:
            return True
        if tcp.flags & ACK:
            acknowledged = (self.opening_sequence + 1) & 0xFFFFFFFF
            return tcp.source != self.server or tcp.acknowledged != acknowledged
        if tcp.source == self.client:
            return tcp.sequence != self.opening_sequence
        # Both ends opening at once is legal; the first SYN then names the client.
        return bool(self.ended or self.c2s.bytes or self.s2c.bytes)


class FlowTracker:
    """Packets in, segments of every TCP connection out. Does no I/O.

    Attributes:
        packets: packets received.
        foreign: those of them that were no TCP, or were cut too short.
    """

    def __init__(self, known_ports: Iterable[int] = KNOWN_PORTS) -> None:
        self.packets = 0
        self.foreign = 0
        self._known_ports = frozenset(known_ports)
        self._flows: OrderedDict[tuple[Endpoint, Endpoint], Flow] = OrderedDict()
        self._count = 0
        self._waiting_total = 0

    def receive(self, packet: Packet) -> Iterator[Segment | FlowEnd]:
        """Yield what a packet completes: none, one or several segments."""
        self.packets += 1
        tcp = parse_packet(packet.link_type, packet.data)
        if tcp is None:
            self.foreign += 1
            return
        key = (tcp.source, tcp.destination)
        key = key if tcp.source <= tcp.destination else (key[1], key[0])
        flow = self._flows.get(key)
        if flow is None or flow.opens_another(tcp):
            yield from self._forget(key)
            flow = self._flows[key] = self._open(tcp, packet)
            if len(self._flows) > MAX_FLOWS:
                yield from self._forget(next(iter(self._flows)))
        self._flows.move_to_end(key)
        yield from self._advance(flow, tcp, packet)

    def finish(self) -> Iterator[Segment | FlowEnd]:
        """Yield what still waits behind holes, then the end of every connection."""
        for key in list(self._flows):
            yield from self._forget(key)

    def _forget(self, key: tuple[Endpoint, Endpoint]) -> Iterator[Segment | FlowEnd]:
        flow = self._flows.pop(key, None)
        if flow is None:
            return
        for direction, stream in flow.streams():
            self._waiting_total -= stream.waiting_bytes
            pieces = stream.skip_lost(flow.packets, hurry=True)
            yield from _segments(flow, direction, pieces)
        yield FlowEnd(flow)

    def _open(self, tcp: TCPPacket, packet: Packet) -> Flow:
        ends = (tcp.source, tcp.destination)
        if tcp.flags & SYN:
            swapped = bool(tcp.flags & ACK)
        else:
            swapped = self._is_server(tcp.source.port, tcp.destination.port)
        client, server = (ends[1], ends[0]) if swapped else ends
        self._count += 1
        return Flow(self._count - 1, client, server, packet)

    def _is_server(self, port: int, other: int) -> bool:
        known = (port in self._known_ports, other in self._known_ports)
        if known[0] != known[1]:
            return known[0]
        return port < 1024 <= other

    def _advance(self, flow: Flow, tcp: TCPPacket, packet: Packet) -> Iterator[Segment]:
        flow.packets += 1
        from_client = tcp.source == flow.client
        stream, other = (flow.c2s, flow.s2c) if from_client else (flow.s2c, flow.c2s)
        before = stream.waiting_bytes + other.waiting_bytes
        sequence = tcp.sequence
        if tcp.flags & SYN:
            flow.note_syn(tcp)
            sequence = (sequence + 1) & 0xFFFFFFFF
            stream.start(sequence)
        # The bytes in a RST, where there are any, say why: they are not of the stream.
        if tcp.payload and not tcp.flags & RST:
            name: Direction = "c2s" if from_client else "s2c"
            pieces = stream.receive(sequence, tcp.payload, packet.number, packet.time)
            yield from _segments(flow, name, pieces)
        if tcp.flags & ACK:
            other.acknowledge(tcp.acknowledged)
        if tcp.flags & (FIN | RST):
            flow.ended = "rst" if tcp.flags & RST else flow.ended or "fin"
        hurry = self._waiting_total > MAX_WAITING_TOTAL
        for name, each in flow.streams():
            pieces = each.skip_lost(flow.packets, hurry=hurry)
            yield from _segments(flow, name, pieces)
        self._waiting_total += stream.waiting_bytes + other.waiting_bytes - before


def _segments(
    flow: Flow, direction: Direction, pieces: Iterator[Piece]
) -> Iterator[Segment]:
    for piece in pieces:
        yield Segment(flow, direction, *piece)


def read_flows(
    source: str | Path | BinaryIO, known_ports: Iterable[int] = KNOWN_PORTS
) -> Iterator[Segment | FlowEnd]:
    """Yield the segments of every TCP connection in a capture, then their ends.

    Args:
        source: a pcap or pcapng file: its path, or itself opened in binary.
        known_ports: ports of servers, for connections whose SYN is not there.

    Raises:
        CaptureError: the file is no capture.
        OSError: the file cannot be read.
    """
    tracker = FlowTracker(known_ports)
    for packet in read_packets(source):
        yield from tracker.receive(packet)
    yield from tracker.finish()
