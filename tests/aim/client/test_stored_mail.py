"""Messages that the server stored: of ICQ by family 15, of AIM by family 4."""

import asyncio
from typing import Any

import pytest

from Axon.Ipc import producerFinished
from Axon.testing import Probe
from Kamaelia.Protocol.AIM.AIMHarness import AIMHarness
from Kamaelia.Protocol.AIM.ChatManager import ChatManager
from Kamaelia.Protocol.AIM.LoginHandler import LoginHandler
from Kamaelia.Protocol.AIM.session import Session
from tests.aim.client.scripted_server import (
    PASSWORD,
    ScriptedServer,
    connector,
    snac,
)
from tests.examples.world import PASSWORD as SERVED
from tests.examples.world import Person, serving

UIN = "100200"
ASK = bytes.fromhex("0001 000A 0800 68870100 3C00 0200")
NONE = bytes.fromhex("0001 000B 0900 68870100 4200 0200 00")
GOT = bytes.fromhex("0001 000A 0800 68870100 3E00 0200")


def stored(
    kind: int, text: bytes, flags: int = 1, sent: str = "D207 06 0F 0C 1E"
) -> Any:
    """Return SNAC (15, 03): from 100300, 2002-06-15 12:30."""
    data = bytes.fromhex("CC870100" + sent) + bytes((kind, flags))
    data += (len(text) + 1).to_bytes(2, "little") + text + b"\0"
    inner = bytes.fromhex("68870100 4100 0200") + data
    value = len(inner).to_bytes(2, "little") + inner
    return snac(0x15, 3, b"\0\1" + len(value).to_bytes(2, "big") + value, 1, flags=1)


def asking() -> Probe:
    probe = Probe(ChatManager(Session(UIN)))
    probe.deliver(("offline messages",), "talk")
    assert probe.take() == [(2, bytes.fromhex("00150002000000000001") + ASK)]
    return probe


def heard(probe: Probe, *frames: Any) -> list[Any]:
    for frame in frames:
        probe.deliver(frame, "inbox")
    return probe.take("heard")


def test_none_is_told_and_acknowledged_as_the_description_has_it() -> None:
    probe = asking()
    assert heard(probe, snac(0x15, 3, NONE, 1)) == [("offline messages", 0)]
    assert probe.take() == [(2, bytes.fromhex("00150002000000000002") + GOT)]


def test_each_message_is_told_with_its_time_then_they_are_acknowledged() -> None:
    probe = asking()
    events = heard(
        probe, stored(1, b"hi"), stored(1, b"\xe9", 3), stored(1, b"<B>x</B>")
    )
    assert events == [
        ("message", "100300", "hi"),
        ("message", "100300", "\xe9"),
        ("message", "100300", "x"),
    ]
    assert [event.was_stored for event in events] == [True] * 3
    assert [event.is_auto for event in events] == [False, True, False]
    assert events[0].sent_at == 1024144200
    assert probe.take() == []
    assert heard(probe, snac(0x15, 3, NONE, 1)) == [("offline messages", 3)]
    assert len(probe.take()) == 1


@pytest.mark.parametrize(
    ("kind", "text", "event"),
    [
        (4, b"look\xfehttp://x", ("message", "100300", "look http://x")),
        (6, b"n\xfef\xfel\xfee\xfe1\xfemay I?", ("asks", "100300", "may I?")),
        (7, b"no", ("answers", "100300", False, "no")),
        (8, b"", ("answers", "100300", True, "")),
        (12, b"n\xfef\xfel\xfee", ("added you", "100300")),
        (0x1A, b"?", None),
    ],
)
def test_other_kinds_are_told_as_what_they_are(
    kind: int, text: bytes, event: Any
) -> None:
    events = heard(asking(), stored(kind, text))
    assert events == ([] if event is None else [event])


@pytest.mark.parametrize("sent", ["0000 00 00 00 00", "FFFF FF FF FF FF"])
def test_a_time_that_is_none_is_left_out(sent: str) -> None:
    [event] = heard(asking(), stored(1, b"hi", sent=sent))
    assert event.sent_at is None


def test_told_to_finish_it_waits_for_what_was_asked() -> None:
    probe = asking()
    probe.deliver(producerFinished(), "control")
    assert heard(probe, stored(1, b"hi"))[0].text == "hi"
    assert not probe.ended
    assert heard(probe, snac(0x15, 3, NONE, 1)) == [("offline messages", 1)]
    assert probe.ended
    assert [frame[0] for frame in probe.take()] == [2, 4]


def test_a_malformed_one_is_survived() -> None:
    probe = asking()
    assert heard(probe, snac(0x15, 3, NONE[:9], 1), snac(0x15, 3, b"", 1)) == []
    assert heard(probe, stored(1, b"hi")) != []


def test_an_aim_user_asks_the_other_way() -> None:
    probe = Probe(ChatManager(Session("alice")))
    probe.deliver(("offline messages",), "talk")
    assert probe.take() == [(2, bytes.fromhex("00040010000000000001"))]
    assert heard(probe, snac(4, 0x17, b"", 1)) == [("offline messages", 0)]
    assert heard(probe, snac(4, 0x17, b"")) == []


def test_without_the_family_an_icq_user_asks_the_other_way_too() -> None:
    probe = Probe(ChatManager(Session(UIN, families=(1, 4))))
    probe.deliver(("offline messages",), "talk")
    assert probe.take() == [(2, bytes.fromhex("00040010000000000001"))]


@pytest.mark.parametrize(
    ("name", "families", "kind"),
    [
        (UIN, (1, 2, 3, 4, 9, 0x13, 0x15), (0x15, 2)),
        (UIN, (1, 2, 3, 4, 9, 0x13), (4, 0x10)),
        ("alice", (1, 2, 3, 4, 9, 0x13, 0x15), (4, 0x10)),
    ],
)
def test_the_sign_on_asks_as_clients_of_the_network_do(
    name: str, families: tuple[int, ...], kind: tuple[int, int]
) -> None:
    server = ScriptedServer(families=families)
    Probe(LoginHandler(name, PASSWORD, connector=connector(server))).settle()
    bos = server.connections[1]
    assert bos.heard[-1] == kind
    if kind == (0x15, 2):
        assert bos.bodies[kind] == ASK[:-2] + b"\1\0"


def test_our_server_gives_them_once() -> None:
    async def main() -> None:
        async with serving("100200", "100300", "ann") as (port, runner):
            first = AIMHarness("100300", SERVED, "127.0.0.1", port)
            ann_client = AIMHarness("ann", SERVED, "127.0.0.1", port)
            one, ann = Person().beside(first), Person().beside(ann_client)
            for each in (one, first, ann, ann_client):
                each.activate(runner)
            one.say(("store", UIN, "when you are back"))
            assert await one.kind("accepted") == ("accepted", UIN)
            ann.say(("store", UIN, "and mine"))
            await ann.kind("accepted")
            second = AIMHarness(UIN, SERVED, "127.0.0.1", port)
            other = Person().beside(second)
            for each in (other, second):
                each.activate(runner)
            assert await other.kind("offline messages") == ("offline messages", 2)
            stored = {e[1:] for e in other.heard if e[0] == "message"}
            assert stored == {("100300", "when you are back"), ("ann", "and mine")}
            assert all(e.was_stored for e in other.heard if e[0] == "message")
            other.heard.clear()
            other.say(("offline messages",))
            assert await other.kind("offline messages") == ("offline messages", 0)

    asyncio.run(main())
