"""Taps between two layers: what passed is seen, and passes unchanged."""

import io
import logging
import shutil
import subprocess
from pathlib import Path

import dpkt
import pytest

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import FakeClock, Probe
from Kamaelia.Internet.PcapWriter import PcapWriter
from Kamaelia.Internet.Replay import Differs, Replay
from Kamaelia.Internet.WireTap import Tapped, WireTap


def test_a_tap_passes_anything_on_and_tells() -> None:
    clock = FakeClock(5.0)
    tap = Probe(WireTap(clock=clock))
    message = (2, b"flap")
    tap.deliver(message, "inbox")
    tap.deliver(b"bytes", "talk")
    assert tap.take("heard") == [message]
    assert tap.take("outbox") == [b"bytes"]
    assert tap.take("tapped") == [
        Tapped(5.0, "received", message),
        Tapped(5.0, "sent", b"bytes"),
    ]


def test_a_tap_logs(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[Tapped] = []
    for log in (logging.getLogger("tap"), seen.append):
        tap = Probe(WireTap("below oscar", log))
        with caplog.at_level(logging.INFO):
            tap.deliver(b"\x1b[2J", "inbox")
    assert r"below oscar: received b'\x1b[2J'" in caplog.text
    assert [each.message for each in seen] == [b"\x1b[2J"]


def test_a_tap_waits_for_room_and_loses_nothing() -> None:
    tap = Probe(WireTap(), boxsizes={"heard": 1})
    for number in range(3):
        tap.component._deliver(number, "inbox")
    tap.deliver(producerFinished(), "control")
    heard = []
    for _ in range(3):
        heard += tap.take("heard")
        assert tap.ended == (len(heard) == 3)
        tap.settle()
    assert heard == [0, 1, 2]


def written(
    talk: list[tuple[str, bytes]], **argd: object
) -> list[tuple[float, dpkt.tcp.TCP]]:
    file = io.BytesIO()
    writer = Probe(PcapWriter(file, clock=FakeClock(7.0), **argd))  # type: ignore[arg-type]
    for box, data in talk:
        writer.deliver(data, box)
    writer.deliver(shutdownMicroprocess(), "control")
    file.seek(0)
    return [
        (when, dpkt.ethernet.Ethernet(frame).data.data)
        for when, frame in dpkt.pcap.Reader(file)
    ]


def test_a_capture_holds_what_passed_with_right_numbers() -> None:
    packets = written([("talk", b"hello"), ("inbox", b"x" * 3000)])
    assert {when for when, _ in packets} == {7.0}
    sent = b"".join(tcp.data for _, tcp in packets if tcp.sport == 40000)
    received = b"".join(tcp.data for _, tcp in packets if tcp.sport == 5190)
    assert (sent, received) == (b"hello", b"x" * 3000)
    due: dict[int, int] = {}
    for _, tcp in packets:
        assert tcp.seq == due.get(tcp.sport, 1000)
        taken = len(tcp.data) + bool(tcp.flags & (dpkt.tcp.TH_SYN | dpkt.tcp.TH_FIN))
        due[tcp.sport] = tcp.seq + taken


def test_a_server_may_write_a_capture_too() -> None:
    packets = written([("talk", b"welcome")], we_are_client=False)
    assert [tcp.sport for _, tcp in packets if tcp.data] == [5190]


def test_what_is_not_bytes_is_refused() -> None:
    writer = Probe(PcapWriter(io.BytesIO()))
    with pytest.raises(TypeError, match="takes bytes, not tuple: place it lower"):
        writer.deliver((2, b"flap"), "inbox")


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_reads_the_capture_without_complaint(tmp_path: Path) -> None:
    path = tmp_path / "tapped.pcap"
    writer = Probe(PcapWriter(path))
    flap = b"\x2a\x01\x00\x01\x00\x04\x00\x00\x00\x01"
    writer.deliver(flap, "inbox")
    writer.deliver(flap, "talk")
    writer.deliver(producerFinished(), "control")
    shown = subprocess.run(
        [
            *("tshark", "-r", str(path), "-d", "tcp.port==5190,aim"),
            *("-o", "tcp.check_checksum:TRUE"),
            *("-o", "ip.check_checksum:TRUE", "-T", "fields", "-E", "separator=,"),
            *("-e", "aim.channel", "-e", "tcp.analysis.flags", "-e", "_ws.malformed"),
            *("-e", "tcp.checksum.status", "-e", "ip.checksum.status"),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    good = ",,,1,1"
    first, second = (i for i, line in enumerate(shown) if line != good)
    assert shown[first] == shown[second] == "0x01,,,1,1"
    assert len(shown) == 3 + 4 + 3


def test_replay_plays_one_side_and_tells_what_differs() -> None:
    replay = Probe(
        Replay(
            [
                ("received", b"* OK"),
                ("sent", b"LOGIN"),
                ("received", b"welcome"),
                ("sent", b"QUIT"),
            ]
        )
    )
    assert replay.take() == [b"* OK"]
    replay.deliver(b"LO")
    assert replay.take() == []
    replay.deliver(b"GINSTOP")
    assert replay.take() == [b"welcome"]
    assert replay.take("differs") == [Differs(5, b"QUIT", b"STOP")]
    (end,) = replay.take("signal")
    assert isinstance(end, producerFinished)
    assert replay.ended


def test_replay_takes_messages_too() -> None:
    replay = Probe(Replay([("sent", (1, "a")), ("received", (2, "b"))]))
    replay.deliver((1, "a"))
    assert replay.take() == [(2, "b")]
    assert replay.take("differs") == []


def test_replay_stops_when_told() -> None:
    replay = Probe(Replay([("sent", b"x")]))
    stop = producerFinished()
    replay.deliver(stop, "control")
    assert replay.take("signal") == [stop]


def test_a_recording_has_two_directions() -> None:
    with pytest.raises(ValueError, match="received or sent, not 'up'"):
        Replay([("up", b"x")])
