"""Who may see one: commands in, SNACs of the description out; and with our server."""

import asyncio
from typing import Any

import pytest

from Axon.Ipc import producerFinished
from Axon.testing import Probe
from Kamaelia.Protocol.AIM.AIMHarness import AIMHarness
from Kamaelia.Protocol.AIM.ChatManager import ChatManager
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.session import Session
from Kamaelia.Protocol.AIM.wire.foodgroups import BUDDY
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from tests.aim.client.scripted_server import FEEDBAG, doubles, error, snac
from tests.aim.server.clients import online, run
from tests.examples.world import PASSWORD, Person, serving

# The list of the description has a PD info item of its own: mode 4.
EMPTY = bytes(7)
PERMIT_BOB = bytes.fromhex("0003 626F62 0000 0005 0002 0000")
DENY_BOB = bytes.fromhex("0003 626F62 0000 0006 0003 0000")
MODE_2 = bytes.fromhex("0000 0000 7777 0004 000B 00CA 0001 02 00CC 0002 1234")


def chatting(name: str = "Alice") -> Probe:
    return Probe(ChatManager(Session(name)))


def with_list(*items: bytes) -> Probe:
    probe = chatting()
    body = b"\0" + doubles(len(items)) + b"".join(items) + b"\x65\0\0\0"
    probe.deliver(snac(0x13, 6, body), "inbox")
    probe.take("heard")
    return probe


def sent(probe: Probe) -> list[tuple[tuple[int, int], bytes]]:
    frames = probe.take("outbox")
    made = [SNAC.from_bytes(payload) for channel, payload in frames if channel == 2]
    return [(tuple(one.type), one.body) for one in made]  # type: ignore[misc]


def steps(probe: Probe, *command: Any) -> list[tuple[int, bytes]]:
    """Give a command; say ok to each step; return the steps."""
    probe.deliver(command, "talk")
    found: list[tuple[int, bytes]] = []
    for _ in range(9):
        for channel, payload in probe.take("outbox"):
            made = SNAC.from_bytes(payload)
            assert (channel, made.type.family) == (2, 0x13)
            subtype = made.type.subtype
            if subtype in (8, 9, 10):
                found.append((subtype, made.body))
                ok = snac(0x13, 14, b"\0\0", made.header.request_id)
                probe.deliver(ok, "inbox")
    return found


def test_the_mode_and_the_lists_are_told() -> None:
    probe = chatting()
    probe.deliver(snac(0x13, 6, FEEDBAG), "inbox")
    probe.take("heard")
    probe.deliver(("privacy",), "talk")
    assert probe.take("heard") == [("privacy", "not denied", [], [])]
    probe = with_list(PERMIT_BOB, DENY_BOB, MODE_2)
    probe.deliver(("privacy",), "talk")
    [event] = probe.take("heard")
    assert event == ("privacy", "nobody", ["bob"], ["bob"])
    assert (event.mode, event.permitted, event.denied) == event[1:]


def test_denying_is_an_item_and_ends_everybody() -> None:
    probe = with_list()
    assert steps(probe, "deny", "Bob") == [
        (8, bytes.fromhex("0003 426F62 0000 0001 0003 0000")),
        (
            8,
            bytes.fromhex("0000 0000 0002 0004 000D 00CA 0001 04 00CB 0004 FFFFFFFF"),
        ),
    ]
    assert probe.take("heard") == [
        ("denied", "Bob"),
        ("privacy", "not denied", [], ["Bob"]),
    ]
    assert steps(probe, "deny", "b o b") == []
    assert probe.take("heard") == [("denied", "b o b")]
    assert steps(probe, "undeny", "BOB") == [
        (10, bytes.fromhex("0003 426F62 0000 0001 0003 0000"))
    ]
    assert probe.take("heard") == [
        ("undenied", "BOB"),
        ("privacy", "not denied", [], []),
    ]


def test_permitting_ends_nobody_and_takes_off_the_other_list() -> None:
    probe = with_list(DENY_BOB, MODE_2)
    assert steps(probe, "permit", "bob") == [
        (10, DENY_BOB),
        (8, bytes.fromhex("0003 626F62 0000 0001 0002 0000")),
        (9, MODE_2.replace(b"\0\xca\0\1\2", b"\0\xca\0\1\3")),
    ]
    assert probe.take("heard") == [
        ("permitted", "bob"),
        ("privacy", "permitted", ["bob"], []),
    ]
    assert steps(probe, "unpermit", "bob")[0][0] == 10
    assert probe.take("heard")[0] == ("unpermitted", "bob")


@pytest.mark.parametrize(
    ("name", "value"),
    [("everybody", 1), ("permitted", 3), ("not denied", 4), ("Buddies", 5)],
)
def test_each_mode_is_set_in_the_item_that_is_there(name: str, value: int) -> None:
    probe = with_list(MODE_2)
    wanted = MODE_2.replace(b"\0\xca\0\1\2", b"\0\xca\0\1" + bytes((value,)))
    assert steps(probe, "privacy", name) == [(9, wanted)]
    assert probe.take("heard") == [("privacy", name.lower(), [], [])]
    assert steps(probe, "privacy", name) == []
    assert probe.take("heard") == [("privacy", name.lower(), [], [])]


def test_an_id_in_group_0_is_no_groups_id() -> None:
    group = bytes.fromhex("0001 61 0001 0000 0001 0000")
    [(_, body), _] = steps(with_list(group), "deny", "bob")
    assert body == bytes.fromhex("0003 626F62 0000 0002 0003 0000")


def test_a_refusal_is_an_error() -> None:
    probe = with_list()
    probe.deliver(("deny", "alice"), "talk")
    _, (_, payload) = probe.take("outbox")
    number = int.from_bytes(payload[6:10], "big")
    probe.deliver(snac(0x13, 14, doubles(0x0C), number), "inbox")
    [event] = probe.take("heard")
    assert event == ("error", "denying alice failed: too many of this kind")
    assert event.buddy == "alice"
    probe.deliver(("privacy",), "talk")
    assert probe.take("heard") == [("privacy", "everybody", [], [])]


@pytest.mark.parametrize(
    "command", [("privacy", "some"), ("deny",), ("permit", " "), ("permit", 5)]
)
def test_what_makes_no_sense_is_an_error(command: Any) -> None:
    for probe in (with_list(), chatting()):
        probe.deliver(command, "talk")
        [event] = probe.take("heard")
        assert event[0] == "error"
        assert probe.take("outbox") == []


def test_told_to_finish_it_finishes_the_change_first() -> None:
    probe = with_list()
    probe.deliver(("deny", "bob"), "talk")
    stop = producerFinished()
    probe.deliver(stop, "control")
    assert not probe.ended
    for number in (2, 3):  # two items
        probe.deliver(snac(0x13, 14, b"\0\0", number), "inbox")
    assert probe.take("heard")[-1] == ("privacy", "not denied", [], ["bob"])
    assert probe.take("signal") == [stop]
    probe = with_list()
    probe.deliver(("deny", "bob"), "talk")
    probe.deliver(stop, "control")
    probe.advance(4)
    assert probe.ended


def test_changes_of_another_session_are_told() -> None:
    probe = with_list()
    probe.deliver(snac(0x13, 8, DENY_BOB), "inbox")
    assert probe.take("heard") == [
        ("buddy list", {}),
        ("privacy", "everybody", [], ["bob"]),
    ]


# Without a list on the server.


def test_without_a_list_family_pd_is_used() -> None:
    probe = chatting()
    for command, wanted in [
        (("deny", "bob"), [((9, 7), b"\3bob")]),
        (("deny", "carol"), [((9, 7), b"\5carol")]),
        (("undeny", "BOB"), [((9, 8), b"\3bob")]),
        (("undeny", "bob"), []),
        (("permit", "dave"), []),  # would let nobody else in
        (("privacy", "permitted"), [((9, 5), b"\4dave")]),
        (("permit", "carol"), [((9, 8), b"\5carol"), ((9, 5), b"\5carol")]),
        (("deny", "dave"), [((9, 6), b"\4dave")]),  # would let everybody else in
        (("privacy", "not denied"), [((9, 7), b"\4dave")]),
        (("privacy", "nobody"), [((9, 5), b"\5Alice")]),
        (("permit", "eve"), [((9, 5), b"\5carol\3eve")]),
        (("privacy", "everybody"), [((9, 7), b"\5Alice")]),
        (("undeny", "dave"), [((9, 8), b"\4dave")]),
        (("privacy", "not denied"), [((9, 7), b"\5Alice")]),
    ]:
        probe.deliver(command, "talk")
        assert sent(probe) == wanted, command
    events = probe.take("heard")
    assert events[0] == ("denied", "bob")
    assert events[-1] == ("privacy", "not denied", ["carol", "eve"], [])


def test_without_a_list_there_is_no_mode_of_buddies() -> None:
    probe = chatting()
    probe.deliver(("privacy", "buddies"), "talk")
    [event] = probe.take("heard")
    assert event[0] == "error"
    assert "buddies" in event[1]


def test_an_error_of_the_family_is_told() -> None:
    probe = chatting()
    probe.deliver(("deny", "bob"), "talk")
    [(_, payload)] = probe.take("outbox")
    number = int.from_bytes(payload[6:10], "big")
    probe.take("heard")
    probe.deliver(error(9, 5, number), "inbox")
    [event] = probe.take("heard")
    assert event[0] == "error"


# With our server.


def test_our_server_does_what_family_pd_says() -> None:
    async def scenario(state: ServerState) -> None:
        ann, bob = await online(state, "alice"), await online(state, "bob", "alice")
        probe = chatting("alice")
        for command, wanted in [
            (("deny", "bob"), BUDDY.DEPARTED),
            (("undeny", "bob"), BUDDY.ARRIVED),
            (("privacy", "nobody"), BUDDY.DEPARTED),
            (("permit", "bob"), BUDDY.ARRIVED),
            (("deny", "bob"), BUDDY.DEPARTED),
            (("privacy", "not denied"), None),
            (("privacy", "everybody"), BUDDY.ARRIVED),
            (("privacy", "permitted"), BUDDY.DEPARTED),
            (("permit", "bob"), BUDDY.ARRIVED),
        ]:
            bob.heard.clear()
            probe.deliver(command, "talk")
            for kind, body in sent(probe):
                await ann.say(kind, body)
            seen = [kind for kind in bob.kinds() if kind[0] == BUDDY.FAMILY]
            assert seen == ([] if wanted is None else [wanted]), command

    run(scenario)


def test_our_server_hides_one_from_who_is_denied_and_shows_one_again() -> None:
    async def main() -> None:
        async with serving("ann", "bob") as (port, runner):
            ann_client = AIMHarness("ann", PASSWORD, "127.0.0.1", port)
            bob_client = AIMHarness("bob", PASSWORD, "127.0.0.1", port, buddies=["ann"])
            ann, bob = Person().beside(ann_client), Person().beside(bob_client)
            for each in (ann, ann_client, bob, bob_client):
                each.activate(runner)
            await bob.kind("buddy online")
            ann.say(("deny", "bob"))
            assert await ann.kind("privacy") == ("privacy", "not denied", [], ["bob"])
            await bob.kind("buddy offline")
            bob.say(("message", "ann", "are you there?"))
            assert (await bob.kind("error")).buddy == "ann"
            bob.heard.clear()
            ann.say(("privacy", "everybody"))
            await bob.kind("buddy online")
            bob.heard.clear()
            ann.say(("privacy", "permitted"))
            await bob.kind("buddy offline")
            ann.say(("permit", "bob"))
            await bob.kind("buddy online")
            told = await ann.until(lambda e: e[0] == "privacy" and e[2])
            assert told == ("privacy", "permitted", ["bob"], [])

    asyncio.run(main())
