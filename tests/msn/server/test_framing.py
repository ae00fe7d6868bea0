"""The framing component alone."""

import random

import pytest

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Protocol.MSN.Server.actions import Actions, Receipt
from Kamaelia.Protocol.MSN.Server.Framing import CommandFraming, Delivery
from Kamaelia.Protocol.MSN.Server.limits import Limits
from Kamaelia.Protocol.MSN.wire.command import Command


def test_commands_cut_anywhere() -> None:
    data = b"VER 1 MSNP8\r\nMSG 2 A 5\r\nhello" * 20
    chance = random.Random(3)
    with Probe(CommandFraming()) as probe:
        while data:
            size = chance.randint(1, 9)
            probe.deliver(data[:size])
            data = data[size:]
        heard = probe.take("heard")
    one = [Command("VER", 1, ("MSNP8",)), Command("MSG", 2, ("A",), b"hello")]
    assert heard == one * 20


def test_what_waits_is_written_in_one_piece() -> None:
    with Probe(CommandFraming()) as probe:
        for part in (b"a\r\n", b"b\r\n", b"c\r\n"):
            probe.component._deliver(part, "talk")
        probe.settle()
        assert probe.take() == [b"a\r\nb\r\nc\r\n"]


def test_a_stream_that_cannot_be_read_ends_the_commands_and_not_the_answers() -> None:
    with Probe(CommandFraming(Limits(line=20))) as probe:
        probe.deliver(b"PNG\r\n" + b"x" * 50)
        assert probe.take("heard") == [Command("PNG")]
        assert len(probe.take("ended")) == 1
        probe.deliver(b"PNG\r\n")
        assert probe.take("heard") == []
        probe.deliver(b"OUT\r\n", "talk")
        assert probe.take() == [b"OUT\r\n"]


@pytest.mark.parametrize("kind", [producerFinished, shutdownMicroprocess])
def test_the_end_comes_after_the_last_bytes(kind: type) -> None:
    stop = kind()
    with Probe(CommandFraming()) as probe:
        probe.component._deliver(b"OUT\r\n", "talk")
        probe.component._deliver(stop, "control")
        probe.settle()
        assert probe.take() == [b"OUT\r\n"]
        assert probe.take("signal") == [stop]
        assert probe.ended


def test_a_receipt_is_settled_once() -> None:
    settled: list[bool] = []

    def then(good: bool) -> Actions:
        settled.append(good)
        return []

    with Probe(CommandFraming()) as probe:
        # What the probe has not taken is like what a slow connection has not.
        probe.component._deliver(Delivery(b"x", Receipt(1, then)), "talk")
        probe.settle()
        assert settled == []
        assert probe.take() == [b"x"]
        probe.component._deliver(Delivery(b"y", Receipt(1, then)), "talk")
        probe.advance(1.0)
        assert settled == [True]
        probe.deliver(producerFinished(), "control")
        assert settled == [True, False]


def test_commands_wait_as_bytes_while_the_session_has_no_room() -> None:
    with Probe(CommandFraming()) as probe:
        room = probe.component.outboxes["heard"].sink
        room.setSize(3)
        for number in range(1, 9):
            probe.deliver(f"XFR {number} SB\r\n".encode())
        probe.deliver(b"OUT\r\nno such thing as this\r\n")
        probe.deliver(producerFinished(), "closed")
        heard: list[Command] = []
        while probe.take("ended") == []:
            assert len(room) <= 3
            heard += probe.take("heard")
            probe.settle()
        heard += probe.take("heard")
    assert heard == [*(Command("XFR", n, ("SB",)) for n in range(1, 9)), Command("OUT")]
