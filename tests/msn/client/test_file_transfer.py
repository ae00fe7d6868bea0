"""MSNFileSend and MSNFileReceive: byte for byte, and over sockets on loopback."""

import io
import os
import socket
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe, QuietScheduler
from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.FileTransfer import MSNFileReceive, MSNFileSend
from Kamaelia.Protocol.MSN.wire.outcome import Outcome

BOB = "bob@example.com"
SIZES = [0, 1, 2044, 2045, 2046, 4090, 300_000]


class Pair:
    """A sender that listens on loopback and a receiver that connects to it."""

    def __init__(self, folder: Path, size: int) -> None:
        self.data = os.urandom(size)
        self.source = folder / "source.bin"
        self.source.write_bytes(self.data)
        self.scheduler = QuietScheduler()
        self.sender = MSNFileSend(self.source, BOB, listen=("127.0.0.1", [0]))
        self.send = Probe(self.sender, scheduler=self.scheduler)
        self.send.settle()
        (waits,) = self.send.take("heard")
        self.address = (waits.host, waits.port)
        self.folder = folder / "in"
        self.folder.mkdir()

    def receive(self, **argd: Any) -> Probe:
        settings: dict[str, Any] = {
            "auth": self.sender.auth,
            "addresses": [self.address],
            "fileSize": len(self.data),
        }
        settings |= argd
        auth = settings.pop("auth")
        return Probe(
            MSNFileReceive(auth, BOB, "got.bin", self.folder, **settings),
            scheduler=self.scheduler,
        )

    def wait(self, condition: Callable[[], object]) -> None:
        self.scheduler.wait(condition, 20)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Callable[[int], Pair]]:
    made: list[Pair] = []

    def make(size: int) -> Pair:
        made.append(Pair(tmp_path, size))
        return made[-1]

    yield make
    for each in made:
        each.scheduler.close()


def ending(probe: Probe) -> events.TransferEnded:
    """Return the event that ends a transfer; it must be the last and the only one."""
    heard = probe.take("heard")
    found = [event for event in heard if isinstance(event, events.TransferEnded)]
    assert len(found) == 1
    assert heard[-1] == found[0]
    return found[0]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_arrives_as_it_was(pair: Callable[[int], Pair], size: int) -> None:
    both = pair(size)
    receive = both.receive()
    both.wait(lambda: receive.ended and both.send.ended)
    got = ending(receive)
    assert got.outcome is Outcome.COMPLETED
    assert Path(got.path) == both.folder / "got.bin"
    digest = sha256(Path(got.path).read_bytes()).digest()
    assert digest == sha256(both.data).digest()
    assert ending(both.send).outcome is Outcome.COMPLETED
    assert both.files() == ["got.bin"]
    assert both.sender.completed
    assert both.sender.bytesSent == size
    assert receive.component.bytesReceived == size


def test_progress_is_told(pair: Callable[[int], Pair]) -> None:
    both = pair(300_000)
    receive = both.receive()
    both.wait(lambda: receive.ended and both.send.ended)
    for probe in (receive, both.send):
        heard = probe.take("heard")
        told = [each for each in heard if isinstance(each, events.TransferProgress)]
        assert told
        assert [each.done for each in told] == sorted(each.done for each in told)
        assert told[-1].done == told[-1].total == 300_000


@pytest.mark.parametrize("who", ["sender", "receiver"])
@pytest.mark.parametrize("after", [0, 1, 2, 3, 5, 8])
@pytest.mark.parametrize("stop", [producerFinished, shutdownMicroprocess])
def test_either_side_may_cancel_at_any_point(
    pair: Callable[[int], Pair], who: str, after: int, stop: type
) -> None:
    both = pair(3_000_000)
    receive = both.receive()
    for _ in range(after):
        both.scheduler.run_rounds(2)
    probe = both.send if who == "sender" else receive
    probe.component.inboxes["control"].append(stop())
    both.wait(lambda: probe.ended)
    assert ending(probe).outcome is Outcome.CANCELLED_BY_US
    other = receive if who == "sender" else both.send
    if after < 3:  # the other may still be waiting for somebody to connect
        other.component.inboxes["control"].append(stop())
    both.wait(lambda: other.ended)
    whole = ending(other).outcome is Outcome.COMPLETED
    assert both.files() == (["got.bin"] if whole else [])
    # What was in the sockets' buffers already may arrive all the same.
    assert not whole or both.sender.bytesSent == len(both.data)


def test_who_shows_the_wrong_cookie_is_turned_away_and_the_right_one_served(
    pair: Callable[[int], Pair],
) -> None:
    both = pair(10)
    wrong = both.receive(auth=both.sender.auth ^ 1)
    both.wait(lambda: wrong.ended)
    assert ending(wrong).outcome is Outcome.FAILED
    right = both.receive()
    both.wait(lambda: right.ended and both.send.ended)
    assert ending(right).outcome is Outcome.COMPLETED


def test_a_connection_that_says_nothing_does_not_end_the_offer(
    pair: Callable[[int], Pair],
) -> None:
    both = pair(10)
    with socket.create_connection(both.address):
        both.scheduler.run_rounds(3)
    right = both.receive()
    both.wait(lambda: right.ended and both.send.ended)
    assert ending(right).outcome is Outcome.COMPLETED


def test_nobody_connects() -> None:
    sender = MSNFileSend(io.BytesIO(b"x"), BOB, listen=("127.0.0.1", [0]))
    with Probe(sender) as probe:
        probe.settle()
        probe.advance(61)
        assert ending(probe).outcome is Outcome.FAILED
        assert probe.ended


def test_no_address_answers(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    receiver = MSNFileReceive(
        1, BOB, "x", tmp_path, addresses=[("127.0.0.1", port), ("127.0.0.1", port)]
    )
    with Probe(receiver) as probe:
        probe.settle()
        probe.scheduler.wait(lambda: probe.ended)
        assert "refused" in ending(probe).reason
    assert list(tmp_path.iterdir()) == []


def test_the_second_address_is_tried(pair: Callable[[int], Pair]) -> None:
    both = pair(10)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    receive = both.receive(addresses=[("127.0.0.1", port), both.address])
    both.wait(lambda: receive.ended and both.send.ended)
    assert ending(receive).outcome is Outcome.COMPLETED


def test_the_receiver_may_listen_and_the_sender_connect(tmp_path: Path) -> None:
    scheduler = QuietScheduler()
    receive = Probe(
        MSNFileReceive(7, BOB, "got.bin", tmp_path, listen=("127.0.0.1", [0])),
        scheduler=scheduler,
    )
    receive.settle()
    (waits,) = receive.take("heard")
    data = os.urandom(5000)
    send = Probe(
        MSNFileSend(
            io.BytesIO(data), BOB, auth=7, addresses=[(waits.host, waits.port)]
        ),
        scheduler=scheduler,
    )
    scheduler.wait(lambda: receive.ended and send.ended)
    assert (tmp_path / "got.bin").read_bytes() == data
    scheduler.close()


# As layers, without sockets: the reference's bytes.


def receiver(**argd: Any) -> Probe:
    return Probe(MSNFileReceive(51877, BOB, argd.pop("file"), **argd))


def test_a_receiver_says_what_the_reference_has() -> None:
    file = io.BytesIO()
    probe = receiver(file=file, fileSize=10)
    assert probe.take() == [b"VER MSNFTP\r\n"]
    probe.deliver(b"VER MSNFTP\r\n")
    assert probe.take() == [b"USR bob@example.com 51877\r\n"]
    probe.deliver(b"FIL 10\r\n")
    assert probe.take() == [b"TFR\r\n"]
    for byte in bytes.fromhex("000a0048454c4c4f574f524c44"):
        probe.deliver(bytes([byte]))
    assert probe.take() == [b"BYE 16777989\r\n"]
    assert file.getvalue() == b"HELLOWORLD"
    assert probe.component.completed
    assert probe.ended


def test_a_sender_says_what_the_reference_has() -> None:
    sender = MSNFileSend(io.BytesIO(b"HELLOWORLD"), BOB, auth=51877)
    probe = Probe(sender)
    probe.deliver(b"VER MSNFTP other\r\n")
    assert probe.take() == [b"VER MSNFTP\r\n"]
    probe.deliver(b"USR BOB@example.com 51877\r\n")
    assert probe.take() == [b"FIL 10\r\n"]
    probe.deliver(b"TFR\r\n")
    assert probe.take() == [bytes.fromhex("000a0048454c4c4f574f524c44")]
    probe.deliver(b"BYE 16777989\r\n")
    assert ending(probe).outcome is Outcome.COMPLETED
    assert sender.fileSize == 10


def test_a_segment_reaches_the_hook() -> None:
    seen: list[bytes] = []

    class Receiver(MSNFileReceive):
        def gotSegment(self, data: bytes) -> None:
            seen.append(data)

    probe = Probe(Receiver(1, BOB, io.BytesIO()))
    probe.deliver(b"VER MSNFTP\r\nFIL 3\r\n")
    probe.deliver(b"\x00\x03\x00abc")
    assert seen == [b"abc"]


def test_a_file_that_exists_is_not_overwritten_unless_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old", encoding="utf-8")
    with pytest.raises(IOError, match="already"):
        MSNFileReceive(1, BOB, "a.txt", tmp_path)
    probe = Probe(MSNFileReceive(1, BOB, "a.txt", tmp_path, 1))
    probe.deliver(b"VER MSNFTP\r\nFIL 3\r\n")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "old"
    probe.deliver(b"\x00\x03\x00new")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize(
    "name", ["../../evil.txt", "..\\evil.txt", "/etc/evil.txt", "C:\\evil.txt"]
)
def test_a_name_with_a_path_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    probe = Probe(MSNFileReceive(1, BOB, name, folder))
    probe.deliver(b"VER MSNFTP\r\nFIL 1\r\n\x00\x01\x00x")
    assert [path.name for path in folder.iterdir()] == ["evil.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize(
    "bad",
    [
        b"VER OTHER\r\n",
        b"VER MSNFTP\r\nFIL 4\r\n",  # 3 were announced
        b"VER MSNFTP\r\nFIL x\r\n",
        b"VER MSNFTP\r\nFIL 3\r\n\x00\x04\x00abcd",
        b"VER MSNFTP\r\nFIL 3\r\n\x01\x00\x00",
        b"\xff" * 2000,
        b"CCL\r\n",
    ],
)
def test_a_bad_sender_leaves_no_file(tmp_path: Path, bad: bytes) -> None:
    probe = Probe(MSNFileReceive(1, BOB, "a", tmp_path, fileSize=3))
    probe.deliver(bad)
    assert ending(probe).outcome is not Outcome.COMPLETED
    assert list(tmp_path.iterdir()) == []


def test_a_thousand_small_blocks_need_no_deep_recursion(tmp_path: Path) -> None:
    probe = Probe(MSNFileReceive(1, BOB, "a", tmp_path))
    probe.deliver(b"VER MSNFTP\r\nFIL 5000\r\n" + b"\x00\x01\x00x" * 5000)
    assert (tmp_path / "a").read_bytes() == b"x" * 5000


def test_a_full_disk_ends_it_and_leaves_nothing(tmp_path: Path) -> None:
    class Full(MSNFileReceive):
        def gotSegment(self, data: bytes) -> None:
            raise OSError(28, "No space left on device")

    probe = Probe(Full(1, BOB, "a", tmp_path))
    probe.deliver(b"VER MSNFTP\r\nFIL 3\r\n\x00\x03\x00abc")
    told = ending(probe)
    assert told.outcome is Outcome.FAILED
    assert "No space left" in told.reason
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    probe = Probe(MSNFileReceive(1, BOB, "a", tmp_path / "none"))
    assert ending(probe).outcome is Outcome.FAILED


def test_a_silent_peer_is_given_up(tmp_path: Path) -> None:
    probe = Probe(MSNFileReceive(1, BOB, "a", tmp_path))
    probe.deliver(b"VER MSNFTP\r\n")
    probe.take()
    probe.advance(61)
    assert ending(probe).outcome is Outcome.FAILED
    assert probe.take() == [b"BYE 2164261694\r\n"]
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_stopped_leaves_nothing(pair: Callable[[int], Pair]) -> None:
    both = pair(3_000_000)
    both.receive()
    for _ in range(6):
        both.scheduler.run_rounds(1)
    both.scheduler.close()
    assert both.files() == []


def test_the_offer_keeps_a_segment_size_and_a_target() -> None:
    sender = MSNFileSend(io.BytesIO(b""), BOB)
    assert sender.segmentSize == 2045
    assert sender.targetUser == BOB
    assert 0 < sender.auth < 1 << 32
    assert (sender.completed, sender.connected, sender.bytesSent) == (False, False, 0)


@pytest.mark.parametrize("end", ["cancel", "time"])
def test_a_peer_that_stops_reading_can_be_given_up(
    pair: Callable[[int], Pair], end: str
) -> None:
    both = pair(20_000_000)
    with socket.create_connection(both.address) as peer:
        peer.sendall(b"VER MSNFTP\r\nUSR %s %d\r\n" % (BOB.encode(), both.sender.auth))
        both.wait(lambda: both.sender.connected)
        peer.sendall(b"TFR\r\n")
        box = both.sender.outboxes["_peer"]
        both.wait(lambda: both.sender._transport is not None and box.isFull())
        if end == "cancel":
            both.send.deliver(producerFinished(), "control")
        else:
            both.send.advance(61)
        expected = Outcome.CANCELLED_BY_US if end == "cancel" else Outcome.FAILED
        assert ending(both.send).outcome is expected
        assert both.send.ended


def test_a_layer_that_nobody_takes_from_ends_all_the_same() -> None:
    sender = MSNFileSend(io.BytesIO(bytes(1_000_000)), BOB, auth=7)
    probe = Probe(sender, boxsizes={"outbox": 2})
    probe.deliver(b"VER MSNFTP\r\nUSR bob@example.com 7\r\n")
    probe.take()
    probe.deliver(b"TFR\r\n")
    probe.deliver(producerFinished(), "control")
    assert not probe.ended
    probe.advance(6)
    assert probe.ended
    assert ending(probe).outcome is Outcome.CANCELLED_BY_US
