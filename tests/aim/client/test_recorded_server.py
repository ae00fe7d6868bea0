"""The client hears what Open OSCAR Server said to libpurple, and makes sense of it."""

from typing import Any

from Axon.testing import Probe
from Kamaelia.Protocol.AIM.ChatManager import ChatManager
from Kamaelia.Protocol.AIM.OSCARClient import OSCARProtocol, SNACExchanger
from tests.aim.wire.captures import frames_of, golden_of, streams_of

CAPTURE = "aim-libpurple"


def events_of(stream: int) -> list[Any]:
    probe = Probe(ChatManager())
    for number, direction, frame in frames_of(CAPTURE):
        if (number, direction) == (stream, "s2c"):
            probe.deliver((frame.channel, frame.payload), "inbox")
    heard: list[Any] = probe.take("heard")
    return heard


def test_every_frame_that_was_recorded_passes_the_layers() -> None:
    for (number, direction), data in streams_of(CAPTURE).items():
        if direction != "s2c":
            continue
        flap, layer = Probe(OSCARProtocol()), Probe(SNACExchanger())
        for start in range(0, len(data), 37):
            flap.deliver(data[start : start + 37], "inbox")
        for message in flap.take("heard"):
            layer.deliver(message, "inbox")
        heard = layer.take("heard")
        golden = [
            entry
            for entry in golden_of(CAPTURE)["oscar"]
            if (entry["stream"], entry["dir"]) == (number, direction)
        ]
        assert not layer.ended
        snacs = [
            (f"{head[0]:04x}/{head[1]:04x}", head[3])
            for head, _ in heard
            if not isinstance(head, int)
        ]
        assert len(heard) == len(golden)
        assert [request_id for _, request_id in snacs] == [
            entry["snac"]["reqid"] for entry in golden if "snac" in entry
        ]


def of_kind(kind: str, events: list[Any]) -> list[Any]:
    return [event for event in events if event[0] == kind]


def test_the_session_of_bob_is_told_as_it_was() -> None:
    events = events_of(2)
    assert of_kind("message", events) == [
        ("message", "alice", "hello <bob> & h\u00e9 \u4f60")
    ]
    assert [e.info["idle"] for e in of_kind("buddy changed", events)] == [10, 0]
    assert of_kind("accepted", events) == [("accepted", "alice")]
    assert of_kind("offer", events) == [("offer", "alice", "chat")]
    assert of_kind("info", events) == [("info", "alice", "profile of alice", "")]
    assert ("notice", "Welcome to Open OSCAR Server") in events
    assert events[-1] == ("buddy offline", {"name": "alice"})


def test_the_session_of_alice_is_told_as_it_was() -> None:
    events = events_of(3)
    assert of_kind("message", events) == [("message", "bob", "reply from bob")]
    assert len(of_kind("buddy online", events)) == 1
    assert len(of_kind("buddy away", events)) == 1
    assert of_kind("info", events) == [("info", "bob", "", "gone fishing")]
    assert of_kind("error", events) == []
