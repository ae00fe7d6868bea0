"""FLAP as the server speaks it."""

import pytest

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Protocol.AIM.Server.ServerFraming import BrokenStream, ServerFraming
from Kamaelia.Protocol.AIM.Server.state.link import Delivery, FLAPMessage
from Kamaelia.Protocol.AIM.wire.flap import FLAPFrame


def test_frames_are_heard_however_they_are_cut() -> None:
    wire = FLAPFrame(1, 7, b"\0\0\0\1").to_bytes() + FLAPFrame(2, 8, b"x").to_bytes()
    with Probe(ServerFraming()) as probe:
        for at in range(len(wire)):
            probe.deliver(wire[at : at + 1], "inbox")
        assert probe.take("heard") == [
            FLAPMessage(1, b"\0\0\0\1"),
            FLAPMessage(2, b"x"),
        ]


def test_frames_are_numbered_from_100() -> None:
    with Probe(ServerFraming()) as probe:
        probe.deliver(FLAPMessage(1, b"\0\0\0\1"), "talk")
        probe.deliver(FLAPMessage(4, b"", short=True), "talk")
        assert b"".join(probe.take("outbox")) == bytes.fromhex(
            "2A0100640004000000012A040065"
        )


def test_what_is_no_flap_is_reported_once_after_the_frames_before_it() -> None:
    with Probe(ServerFraming()) as probe:
        probe.deliver(FLAPFrame(5, 1).to_bytes() + b"nonsense", "inbox")
        probe.deliver(FLAPFrame(5, 2).to_bytes(), "inbox")
        heard = probe.take("heard")
        assert heard[0] == FLAPMessage(5)
        assert [type(h) for h in heard[1:]] == [BrokenStream]


def test_a_longer_payload_than_allowed_is_an_error_at_its_header() -> None:
    with Probe(ServerFraming(max_payload=10)) as probe:
        probe.deliver(bytes.fromhex("2A010001000B"), "inbox")
        assert isinstance(probe.take("heard")[0], BrokenStream)


@pytest.mark.parametrize("strict", [False, True])
def test_a_gap_in_the_numbers_ends_the_stream_only_if_told_so(strict: bool) -> None:
    wire = b"".join(FLAPFrame(5, number).to_bytes() for number in (0x7FFF, 0, 1, 3))
    with Probe(ServerFraming(strict_sequence=strict)) as probe:
        probe.deliver(wire, "inbox")
        heard = probe.take("heard")
        assert [isinstance(h, BrokenStream) for h in heard] == [False] * 3 + [strict]


@pytest.mark.parametrize("kind", [producerFinished, shutdownMicroprocess])
def test_it_stops_and_says_why(kind: type) -> None:
    with Probe(ServerFraming()) as probe:
        probe.deliver(FLAPMessage(4), "talk")
        stop = kind()
        probe.deliver(stop, "control")
        assert probe.take("signal") == [stop]
        assert probe.take("outbox") == [bytes.fromhex("2A0400640000")]


def test_a_delivery_is_settled_when_the_socket_has_taken_it() -> None:
    settled: list[bool] = []
    with Probe(ServerFraming()) as probe:
        probe.deliver(Delivery(FLAPMessage(2, b"x"), settled.append), "talk")
        probe.settle()
        assert settled == []
        assert len(probe.take("outbox")) == 1
        probe.settle()
        assert settled == []
        probe.advance(0.2)
        assert settled == [True]


def test_a_delivery_to_a_connection_that_ends_first_has_failed() -> None:
    settled: list[bool] = []
    with Probe(ServerFraming()) as probe:
        probe.deliver(Delivery(FLAPMessage(2, b"x"), settled.append), "talk")
        probe.settle()
        probe.take("outbox")
        probe.deliver(producerFinished(), "control")
        probe.settle()
        assert settled == [False]
