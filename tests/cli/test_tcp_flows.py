import io
import json
import struct
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import dpkt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from Kamaelia.cli import tcp_flows, tcp_stream
from Kamaelia.cli.capture_file import CaptureError, Packet, read_packets
from Kamaelia.cli.tcp_flows import (
    Flow,
    FlowEnd,
    FlowTracker,
    Segment,
    read_flows,
)
from Kamaelia.cli.tcp_packets import ACK, FIN, RST, SYN, Endpoint, parse_packet
from tests.helpers.pcap import CAPTURES, capture_path, load_flows

NAMES = ["aim-puzzle1", "aim-libpurple", "msn-ppa1e", "msnp8-twisted"]
CLIENT, SERVER = Endpoint("10.0.0.1", 40000), Endpoint("10.0.0.2", 5190)
TCP_HEADER = struct.Struct(">HHIIBBHHH")


def tcp(
    source: Endpoint,
    destination: Endpoint,
    sequence: int,
    payload: bytes = b"",
    flags: int = ACK,
    acknowledged: int = 0,
) -> bytes:
    """Return an IPv4 packet with one TCP segment."""
    header = TCP_HEADER.pack(
        source.port,
        destination.port,
        sequence & 0xFFFFFFFF,
        acknowledged & 0xFFFFFFFF,
        5 << 4,
        flags,
        65535,
        0,
        0,
    )
    addresses = b"".join(
        bytes(int(n) for n in end.host.split(".")) for end in (source, destination)
    )
    total = 20 + len(header) + len(payload)
    return (
        struct.pack(">BBHHHBBH", 0x45, 0, total, 0, 0, 64, 6, 0)
        + addresses
        + header
        + payload
    )


up = partial(tcp, CLIENT, SERVER)
down = partial(tcp, SERVER, CLIENT)
OPEN = [
    up(999, flags=SYN),
    down(4999, flags=SYN | ACK, acknowledged=1000),
    up(1000, acknowledged=5000),
]


def track(packets: Iterable[bytes]) -> list[Segment | FlowEnd]:
    tracker = FlowTracker()
    events: list[Segment | FlowEnd] = []
    for number, data in enumerate(packets, 1):
        events += tracker.receive(Packet(number, float(number), 101, data))
    return [*events, *tracker.finish()]


def pieces(packets: Iterable[bytes]) -> list[tuple[str, int, bytes, int, int]]:
    return [
        (e.direction, e.offset, e.data, e.missing, e.frame)
        for e in track(packets)
        if isinstance(e, Segment)
    ]


def ends(events: Iterable[Segment | FlowEnd]) -> list[Flow]:
    return [e.flow for e in events if isinstance(e, FlowEnd)]


@pytest.mark.parametrize("name", NAMES)
def test_flows_equal_the_golden_decode(name: str) -> None:
    golden = json.loads(capture_path(f"{name}.golden.json").read_text())
    seen = [
        {
            "stream": flow.number,
            "client": str(flow.client),
            "server": str(flow.server),
            "syn_seen": flow.syn_seen,
        }
        | {
            direction: {
                "bytes": stream.bytes,
                "segments": stream.segments,
                "duplicate_segments": stream.duplicate_segments,
                "sha256": stream.sha256(),
                "gaps": stream.gaps,
            }
            for direction, stream in flow.streams()
        }
        for flow in (
            recorded.flow for recorded in load_flows(capture_path(f"{name}.pcap"))
        )
    ]
    for flow in golden["flows"]:
        del flow["proto"]
        flow["c2s"].pop("file", None)
        flow["s2c"].pop("file", None)
    assert seen == golden["flows"]


@pytest.mark.parametrize("name", ["aim-puzzle1", "msn-ppa1e"])
def test_bytes_equal_the_streams_that_tshark_follows(name: str) -> None:
    capture_path(f"{name}.pcap")
    compared = 0
    flows = load_flows(CAPTURES / f"{name}.pcap")
    for path in sorted((CAPTURES / "streams").glob(f"{name}.*.bin")):
        _, number, direction, _ = path.name.split(".")
        assert flows[int(number[1:])].data(direction) == path.read_bytes()
        compared += 1
    assert compared


@pytest.mark.parametrize("name", NAMES[:2])
def test_each_byte_knows_its_frame(name: str) -> None:
    golden = json.loads(capture_path(f"{name}.golden.json").read_text())
    flows = load_flows(capture_path(f"{name}.pcap"))
    for flap in golden["oscar"]:
        first, last = flap["offset"], flap["offset"] + 5 + flap["len"]
        frames = [
            segment.frame
            for segment in flows[flap["stream"]].segments
            if segment.direction == flap["dir"]
            and segment.offset <= last
            and segment.offset + len(segment.data) > first
        ]
        assert (frames[0], frames[-1]) == (flap["first_frame"], flap["frame"])


@pytest.mark.parametrize("name", NAMES)
def test_packets_equal_those_another_reader_sees(name: str) -> None:
    path = capture_path(f"{name}.pcap")
    with path.open("rb") as file:
        theirs = list(dpkt.pcap.Reader(file))
    ours = [(packet.time, packet.data) for packet in read_packets(path)]
    assert [data for _, data in ours] == [data for _, data in theirs]
    assert [t for t, _ in ours] == pytest.approx([float(t) for t, _ in theirs])


def test_bytes_come_in_order_with_their_frame() -> None:
    assert pieces([*OPEN, up(1000, b"hel"), down(5000, b"hi"), up(1003, b"lo")]) == [
        ("c2s", 0, b"hel", 0, 4),
        ("s2c", 0, b"hi", 0, 5),
        ("c2s", 3, b"lo", 0, 6),
    ]


def test_reordered_segments_are_put_back() -> None:
    assert pieces([*OPEN, up(1003, b"lo"), up(1000, b"hel")]) == [
        ("c2s", 0, b"hel", 0, 5),
        ("c2s", 3, b"lo", 0, 4),
    ]


def test_the_first_copy_of_a_byte_wins() -> None:
    packets = [*OPEN, up(1000, b"hello"), up(1000, b"HELLO"), up(1003, b"LO, you")]
    assert pieces(packets) == [("c2s", 0, b"hello", 0, 4), ("c2s", 5, b", you", 0, 6)]
    (flow,) = ends(track(packets))
    assert (flow.c2s.segments, flow.c2s.duplicate_segments) == (3, 1)


def test_sequence_numbers_wrap() -> None:
    packets = [
        up(0xFFFFFFFD, flags=SYN),
        up(0xFFFFFFFE, b"abcd"),
        up(2, b"ef"),
        up(0xFFFFFFFE, b"abcd"),
    ]
    assert b"".join(p[2] for p in pieces(packets)) == b"abcdef"


def test_a_hole_is_reported_when_the_capture_ends() -> None:
    packets = [*OPEN, up(1000, b"one"), up(1010, b"two"), up(1013, b"three")]
    assert pieces(packets)[1:] == [
        ("c2s", 3, b"two", 7, 5),
        ("c2s", 6, b"three", 0, 6),
    ]
    assert ends(track(packets))[0].c2s.gaps == [(3, 7)]


def test_a_hole_the_peer_acknowledged_is_given_up_during_the_capture() -> None:
    tracker = FlowTracker()
    packets = [*OPEN, up(1010, b"two")]
    packets += [down(5000, acknowledged=1013)] * (tcp_stream.REORDERED + 1)
    events = [
        event
        for number, data in enumerate(packets, 1)
        for event in tracker.receive(Packet(number, 0.0, 101, data))
    ]
    assert [(e.data, e.missing) for e in events if isinstance(e, Segment)] == [
        (b"two", 10)
    ]


def test_what_waits_behind_a_hole_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp_stream, "MAX_WAITING_BYTES", 4000)
    tracker = FlowTracker()
    out = 0
    for number, data in enumerate(
        [*OPEN, *(up(2000 + n * 100, bytes(100)) for n in range(90))]
    ):
        for event in tracker.receive(Packet(number, 0.0, 101, data)):
            assert isinstance(event, Segment)
            out += len(event.data)
            assert event.flow.c2s.waiting_bytes <= 4100
    assert out == 9000


def test_all_holes_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp_flows, "MAX_WAITING_TOTAL", 1000)
    tracker = FlowTracker()
    waiting: dict[int, int] = {}
    for port in range(1, 60):
        client = Endpoint("10.0.0.1", port)
        for sequence in (0, 500):
            data = tcp(client, SERVER, sequence, bytes(100))
            for event in tracker.receive(Packet(1, 0.0, 101, data)):
                waiting[event.flow.number] = event.flow.c2s.waiting_bytes
    assert tracker._waiting_total <= 1200


def test_connections_followed_at_once_are_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tcp_flows, "MAX_FLOWS", 3)
    events = track(
        tcp(Endpoint("10.0.0.1", port), SERVER, 0, b"x") for port in range(50000, 50010)
    )
    closed = [e.flow.number if isinstance(e, FlowEnd) else -1 for e in events]
    assert [n for n in closed if n >= 0] == list(range(10))
    assert closed.index(0) < len(closed) - 9


def test_ports_used_again_begin_a_new_flow() -> None:
    packets = [
        *OPEN,
        up(1000, b"first", flags=ACK | FIN),
        up(77000, flags=SYN),
        down(9, flags=SYN | ACK, acknowledged=77001),
        up(77001, b"second"),
        up(77000, flags=SYN),
    ]
    first, second = ends(track(packets))
    assert (first.c2s.bytes, first.ended) == (5, "fin")
    assert (second.c2s.bytes, second.ended, second.first_frame) == (6, "", 5)


def test_a_repeated_syn_is_the_same_flow() -> None:
    assert len(ends(track([OPEN[0], OPEN[0], OPEN[1], OPEN[1], *OPEN]))) == 1


def test_syn_and_ack_seen_first_name_the_server() -> None:
    (flow,) = ends(track([OPEN[1], OPEN[0], up(1000, b"hi")]))
    assert (flow.client, flow.server, flow.syn_seen) == (CLIENT, SERVER, True)


@pytest.mark.parametrize(
    ("sender", "receiver", "swapped"),
    [(5190, 40000, True), (40000, 5190, False), (80, 9000, True), (9000, 9001, False)],
)
def test_without_syn_the_known_port_is_the_server(
    sender: int, receiver: int, *, swapped: bool
) -> None:
    ends_of = (Endpoint("10.0.0.1", sender), Endpoint("10.0.0.2", receiver))
    (flow,) = ends(track([tcp(*ends_of, 1, b"x")]))
    assert (flow.server == ends_of[0]) is swapped
    assert not flow.syn_seen


def test_one_packet_far_ahead_is_noise_and_two_are_a_pause() -> None:
    far = 1000 + tcp_stream.WINDOW + 5000
    noise = [*OPEN, up(1000, b"a"), up(far, b"?"), up(1001, b"b")]
    assert [p[2] for p in pieces(noise)] == [b"a", b"b"]
    pause = [*OPEN, up(1000, b"a"), up(far, b"?"), up(far + 1, b"b"), up(far + 2, b"c")]
    assert [p[2:4] for p in pieces(pause)] == [(b"a", 0), (b"b", far - 1000), (b"c", 0)]


def test_a_packet_cut_by_the_snap_length_leaves_a_gap() -> None:
    cut = up(1000, b"hello, world")[:-7]
    assert pieces([*OPEN, cut, up(1012, b"!")]) == [
        ("c2s", 0, b"hello", 0, 4),
        ("c2s", 5, b"!", 7, 5),
    ]


def test_a_reset_and_its_text_are_not_in_the_stream() -> None:
    packets = [*OPEN, up(1000, b"a"), down(5000, b"no such service", flags=RST)]
    assert [p[2] for p in pieces(packets)] == [b"a"]
    assert ends(track(packets))[0].ended == "rst"


def ethernet(ip: bytes, tags: bytes = b"", kind: bytes = b"\x08\x00") -> bytes:
    return bytes(12) + tags + kind + ip


def ipv6(segment: bytes, extension: bytes = b"", first: int = 6) -> bytes:
    length = len(extension) + len(segment)
    head = struct.pack(">IHBB", 6 << 28, length, first, 64)
    return head + bytes(15) + b"\x01" + bytes(15) + b"\x02" + extension + segment


PLAIN = up(1, b"data")
SEGMENT = PLAIN[20:]


@pytest.mark.parametrize(
    ("link_type", "data"),
    [
        (1, ethernet(PLAIN) + b"padding"),
        (1, ethernet(PLAIN, b"\x81\x00\x00\x05")),
        (1, ethernet(PLAIN, b"\x88\xa8\x00\x05\x81\x00\x00\x06")),
        (1, ethernet(b"\x11\x00\x00\x01\x00\x30\x00\x21" + PLAIN, kind=b"\x88\x64")),
        (1, ethernet(ipv6(SEGMENT), kind=b"\x86\xdd")),
        (1, ethernet(ipv6(SEGMENT, b"\x06\x00" + bytes(6), 0), kind=b"\x86\xdd")),
        (
            1,
            ethernet(
                ipv6(SEGMENT, b"\x06\x00\x00\x01" + bytes(4), 44), kind=b"\x86\xdd"
            ),
        ),
        (113, bytes(14) + b"\x08\x00" + PLAIN),
        (276, b"\x08\x00" + bytes(18) + PLAIN),
        (0, b"\x02\x00\x00\x00" + PLAIN),
        (0, b"\x1e\x00\x00\x00" + ipv6(SEGMENT)),
        (108, b"\x00\x00\x00\x02" + PLAIN),
        (9, b"\xff\x03\x00\x21" + PLAIN),
        (12, PLAIN),
        (101, ipv6(SEGMENT)),
        (228, PLAIN),
        (229, ipv6(SEGMENT)),
        (101, PLAIN[:2] + b"\x00\x00" + PLAIN[4:]),
    ],
)
def test_the_segment_is_found_whatever_carries_it(link_type: int, data: bytes) -> None:
    found = parse_packet(link_type, data)
    assert found is not None
    assert (found.source.port, found.destination.port) == (40000, 5190)
    assert (found.sequence, found.payload, found.length) == (1, b"data", 4)
    for end in range(len(data) - len(b"datapadding")):
        shorter = parse_packet(link_type, data[:end])
        assert shorter is None or shorter.payload == b""


def test_what_is_not_tcp_is_foreign() -> None:
    udp = PLAIN[:9] + b"\x11" + PLAIN[10:]
    later_fragment = PLAIN[:6] + b"\x00\x10" + PLAIN[8:]
    tracker = FlowTracker()
    for data in (udp, later_fragment, b"", b"\x45", bytes(60)):
        assert list(tracker.receive(Packet(1, 0.0, 101, data))) == []
    assert list(tracker.receive(Packet(1, 0.0, 147, PLAIN))) == []
    assert (tracker.packets, tracker.foreign) == (6, 6)


def test_endpoints_read_as_people_write_them() -> None:
    assert str(CLIENT) == "10.0.0.1:40000"
    assert str(Endpoint("::1", 5190)) == "[::1]:5190"


def pcap_file(packets: list[bytes], order: str = "<", magic: int = 0xA1B2C3D4) -> bytes:
    out = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, 101)
    for number, data in enumerate(packets):
        head = struct.pack(order + "IIII", number, 500, len(data), len(data))
        out += head + data
    return out


def block(kind: int, body: bytes, order: str) -> bytes:
    body += bytes(-len(body) % 4)
    length = len(body) + 12
    return (
        struct.pack(order + "II", kind, length)
        + body
        + struct.pack(order + "I", length)
    )


def pcapng_file(packets: list[bytes], order: str = "<") -> bytes:
    """Three interfaces; packets go to the last as enhanced, simple and old blocks."""
    section = struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)
    options = struct.pack(order + "HHB3xHHqHH", 9, 1, 9, 14, 8, 100, 0, 0)
    out = block(0x0A0D0D0A, section, order)
    out += block(1, struct.pack(order + "HHI", 101, 0, 0), order)
    out += block(5, b"statistics..", order)
    out += block(1, struct.pack(order + "HHI", 101, 0, 0) + options, order)
    for data in packets:
        out += block(
            6, struct.pack(order + "IIIII", 1, 0, 7, len(data), len(data)) + data, order
        )
        out += block(3, struct.pack(order + "I", len(data)) + data, order)
        out += block(
            2,
            struct.pack(order + "HHIIII", 1, 0, 0, 9, len(data), len(data)) + data,
            order,
        )
        out += block(
            6, struct.pack(order + "IIIII", 9, 0, 7, len(data), len(data)) + data, order
        )
    return out


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("magic", "ticks"), [(0xA1B2C3D4, 1e6), (0xA1B23C4D, 1e9)])
def test_pcap_of_both_byte_orders_and_clocks(
    order: str, magic: int, ticks: float
) -> None:
    file = io.BytesIO(pcap_file([PLAIN, b"x"], order, magic))
    assert list(read_packets(file)) == [
        Packet(1, 500 / ticks, 101, PLAIN),
        Packet(2, 1 + 500 / ticks, 101, b"x"),
    ]


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_of_both_byte_orders_with_every_packet_block(order: str) -> None:
    found = list(read_packets(io.BytesIO(pcapng_file([PLAIN, b"odd"], order))))
    assert [(p.number, round(p.time * 1e9), p.data) for p in found] == [
        (1, 100 * 10**9 + 7, PLAIN),
        (2, 0, PLAIN),
        (3, 100 * 10**9 + 9, PLAIN),
        (5, 100 * 10**9 + 7, b"odd"),
        (6, 0, b"odd"),
        (7, 100 * 10**9 + 9, b"odd"),
    ]


@pytest.mark.parametrize("whole", [pcap_file([PLAIN] * 3), pcapng_file([PLAIN] * 3)])
def test_a_file_cut_anywhere_gives_the_packets_before_the_cut(whole: bytes) -> None:
    everything = list(read_packets(io.BytesIO(whole)))
    for end in range(24, len(whole)):
        found = list(read_packets(io.BytesIO(whole[:end])))
        assert [p.number for p in found] == [p.number for p in everything[: len(found)]]
        assert all(p in everything for p in found[:-1])


@pytest.mark.parametrize("content", [b"", b"\x2a\x02", b"GET / HTTP/1.0\r\n\r\n"])
def test_a_file_that_is_no_capture_is_named_so(content: bytes) -> None:
    with pytest.raises(CaptureError, match="neither pcap nor pcapng"):
        list(read_flows(io.BytesIO(content)))


def test_a_header_cut_short_is_an_error() -> None:
    with pytest.raises(CaptureError, match="ends inside its header"):
        list(read_packets(io.BytesIO(pcap_file([])[:20])))


def test_flows_are_read_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "some.pcap"
    path.write_bytes(pcap_file([*OPEN, up(1000, b"hi")]))
    (recorded,) = load_flows(path)
    assert recorded.turns() == [("c2s", b"hi")]
    assert "10.0.0.1:40000 > 10.0.0.2:5190" in repr(recorded.flow)


@settings(max_examples=60)
@given(
    st.sampled_from([b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x0a\x0d\x0d\x0a"]),
    st.binary(max_size=400),
)
def test_random_bytes_do_no_harm(magic: bytes, content: bytes) -> None:
    try:
        list(read_flows(io.BytesIO(magic + content)))
    except CaptureError:
        assert len(content) < 20


@settings(max_examples=60)
@given(
    st.integers(0, 300), st.sampled_from([0, 1, 9, 12, 51, 113, 276, 101]), st.binary()
)
def test_random_packets_do_no_harm(cut: int, link_type: int, noise: bytes) -> None:
    mixed = noise[:cut] + PLAIN + noise[cut:]
    tracker = FlowTracker()
    for number in range(3):
        list(tracker.receive(Packet(number, 0.0, link_type, mixed[number:])))
    list(tracker.finish())


@settings(max_examples=60)
@given(st.data(), st.binary(min_size=1, max_size=200))
def test_any_cut_and_order_gives_the_same_bytes(
    data: st.DataObject, content: bytes
) -> None:
    spans = data.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(1, 40)))
    )
    start = data.draw(st.sampled_from([1000, 0xFFFFFFF0]))
    cuts = [(at, content[at : at + size]) for at, size in spans]
    cuts += [(at, content[at : at + 50]) for at in range(0, len(content), 50)]
    order = data.draw(st.permutations(cuts))
    packets = [up(start - 1, flags=SYN)] + [up(start + at, part) for at, part in order]
    found = pieces(packets)
    assert b"".join(piece[2] for piece in found) == content
    assert not any(piece[3] for piece in found)
