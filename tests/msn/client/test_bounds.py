"""What a hostile server, or a hostile user, cannot make a client keep."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from Axon.testing import Probe
from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.MSNHarness import MSNHarness
from Kamaelia.Protocol.MSN.Replies import RequestTimedOut
from Kamaelia.Protocol.MSN.wire import invitation_book, limits
from Kamaelia.Protocol.MSN.wire.invitation import CONTENT_TYPE, Cancel, Invite
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.msnobject import TYPE_DISPLAY_PICTURE, MSNObject
from Kamaelia.Protocol.MSN.wire.outcome import Outcome
from Kamaelia.Protocol.MSN.wire.p2p_actions import SendPacket
from Kamaelia.Protocol.MSN.wire.p2p_peer import P2PPeer
from Kamaelia.Protocol.wire.errors import LocalProtocolError

from .server import ALICE, BOB, CAROL, Server, conversation, joined, signed_on
from .test_harness import ANN, World
from .test_lists import filled

P2P = "application/x-msnmsgrp2p"


# One conversation.


def test_no_more_users_are_noted_than_a_conversation_may_have() -> None:
    server = conversation()
    server.say(*(f"JOI u{number}@x.org U" for number in range(150)))
    assert len(server.client.participants) == limits.MAX_ROOM == 100
    bad = server.heard(events.BadLine)
    assert len(bad) == 50
    assert "more than 100 users" in bad[0].reason
    server.say("BYE u7@x.org", f"JOI {BOB} Bob")
    assert BOB in server.client.participants


def test_the_same_user_written_in_another_way_is_one_user() -> None:
    server = conversation()
    server.say(f"JOI {BOB} Bob", f"JOI {BOB.upper()} Bob")
    assert list(server.client.participants) == [BOB.upper()]
    server.say(f"BYE {BOB}")
    assert server.client.participants == {}


class Stranger:
    """Somebody who speaks P2P to Alice."""

    def __init__(self, handle: str) -> None:
        self.handle = handle
        self.peer = P2PPeer(handle, ALICE)

    def offers(self, server: Server, name: str = "a") -> None:
        """Offer a file."""
        self.sends(server, self.peer.offer_file(name, 5, lambda _o, n: bytes(n))[1])

    def sends(self, server: Server, actions: Any) -> None:
        for action in actions:
            if isinstance(action, SendPacket):
                body, head = action.packet.to_bytes(), (("P2P-Dest", ALICE),)
                wire = Message.of_type(P2P, body, head)
                server.message(self.handle, "x", wire.to_bytes())


def test_who_has_no_transfer_makes_room_for_another_peer() -> None:
    server = joined()
    for number in range(100):
        wire = Message.of_type(P2P, bytes(52), (("P2P-Dest", ALICE),))
        server.message(f"u{number}@x.org", "x", wire.to_bytes())
    assert len(server.client._peers) <= server.client.maxPeers == 20
    assert server.heard(events.BadLine) == []


def test_more_peers_with_transfers_than_may_be_are_told_and_passed_over() -> None:
    server = joined()
    strangers = [Stranger(f"u{number}@x.org") for number in range(30)]
    for stranger in strangers:
        stranger.offers(server)
    assert len(server.client._peers) == len(server.client.transfers) == 20
    heard = server.heard()
    bad = [event for event in heard if isinstance(event, events.BadLine)]
    assert bad
    assert "20 users already" in bad[0].reason
    with pytest.raises(LocalProtocolError, match="wait for one to end"):
        server.client.sendFile(BOB, __file__)
    server.client.cancelFile(server.client.transfers[0])
    for trid in list(server.client.ids):
        server.say(f"ACK {trid}")
    assert server.client.sendFile(BOB, __file__) in server.client.transfers


def test_packets_of_who_comes_and_goes_are_not_kept() -> None:
    server = joined()
    for number in range(1200):
        stranger = Stranger(f"u{number}@x.org")
        server.say(f"JOI {stranger.handle} U")
        stranger.offers(server)
        server.say(f"BYE {stranger.handle}")
    assert len(server.client.ids) <= 1000
    assert server.client.transfers == ()
    assert server.client._peers == {}
    server.wait(31)
    assert server.client.ids == server.client._flying == {}


def test_invitations_of_all_users_together_are_bounded() -> None:
    server = joined()
    most = invitation_book.MAX_OPEN_OF_ALL
    for number in range(most + 10):
        invite = Invite(number, file_name="a", file_size=1)
        wire = Message.of_type(CONTENT_TYPE, invite.to_bytes())
        server.message(f"u{number}@x.org", "x", wire.to_bytes())
    assert len(server.client._book.incoming) == most
    assert len(server.heard(events.InvitationInvalid)) == 10


# Equal numbers.


def same_number(server: Server, folder: Path) -> int:
    """Have Bob offer a file that Alice takes; return its number."""
    bob = Stranger(BOB)
    bob.offers(server, "good")
    (offer,) = server.heard(events.FileOffered)
    server.client.acceptFile(offer.transfer, folder)
    server.heard()
    return int(offer.transfer)


@pytest.mark.parametrize("what", ["offer", "object"])
def test_a_session_of_anothers_number_does_not_touch_a_transfer(
    tmp_path: Path, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    data = os.urandom(100)
    server = joined()
    picture = MSNObject.for_data(ALICE, TYPE_DISPLAY_PICTURE, data)
    server.client.objects = {picture.sha1d: data}
    server.say(f"JOI {CAROL} Carol")
    number = same_number(server, tmp_path)
    carol = Stranger(CAROL)
    carol.peer._new_session_id = lambda: number  # type: ignore[method-assign]
    with caplog.at_level(logging.WARNING):
        if what == "offer":
            carol.offers(server, "evil")
        else:
            _, actions = carol.peer.request_object(picture)
            carol.sends(server, actions)
        carol.sends(server, carol.peer.cancel(number))
    assert server.client.transfers == (number,)
    assert server.client._transfers[number].handle == BOB
    assert server.client._transfers[number].sink is not None
    assert server.heard(events.TransferEnded) == []
    assert server.heard(events.FileOffered) == []
    assert ("which is taken" in caplog.text) == (what == "offer")
    server.probe.close()
    assert list(tmp_path.iterdir()) == []


# A session.


def test_a_list_that_never_ends_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("list_sync", "NotificationClient", "NotificationRequests"):
        monkeypatch.setattr(f"Kamaelia.Protocol.MSN.{module}.MAX_CONTACTS", 50)
    for module in ("list_sync", "NotificationClient"):
        monkeypatch.setattr(f"Kamaelia.Protocol.MSN.{module}.MAX_KEPT_GROUPS", 20)
    server = signed_on(8, sync=True)
    server.say("SYN 5 12 60 30", *(f"PRP X{chr(65 + n)}Y 1" for n in range(26)))
    server.say(*(f"LSG {n} G 0" for n in range(30)))
    server.say(*(f"LST u{n}@x.org U 11 {n}" for n in range(60)))
    (told,) = server.heard(events.ListsSynchronized)
    kept = told.contacts
    assert (len(kept.contacts), len(kept.groups), len(kept.phones)) == (50, 20, 20)
    server.say(*(f"ADD 0 FL {n} v{n}@x.org V 0" for n in range(10)))
    server.say(*(f"ADD 0 FL {n} u1@x.org V {n}" for n in range(30)))
    server.say(*(f"ADG 0 {n} G {n} 0" for n in range(90, 95)), "PRP 99 1 XYZ 1")
    assert (len(kept.contacts), len(kept.groups), len(kept.phones)) == (50, 20, 20)
    assert len(kept.getContact("u1@x.org").groups) == 20
    assert len(server.heard(events.BadLine)) == 10 + 10 + 5 + 1
    server.say("ADD 0 RL 99 u1@x.org U")
    assert server.heard(events.AddedBy)


def test_lines_of_an_answer_that_never_ends_are_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("Kamaelia.Protocol.MSN.NotificationRequests.MAX_CONTACTS", 50)
    server = signed_on(7)
    reply = server.client.requestList("al")
    server.say(*(f"LST 5 AL 12 1 999 u{n}@x.org U" for n in range(60)))
    assert len(server.heard(events.BadLine)) == 10
    server.wait(31)
    assert isinstance(reply.error, RequestTimedOut)
    assert server.client._collected == {}


def test_only_the_last_challenge_is_waited_for() -> None:
    server = signed_on(8)
    server.say(*(f"CHL 0 {n}" for n in range(100)))
    assert server.bytes().count(b"QRY ") == 100
    assert len(server.client.ids) == 1
    server.say("QRY 5", "QRY 104")
    assert server.client.ids == {}


def test_a_personal_message_of_any_length_is_told_but_not_kept() -> None:
    server = filled(11)
    long = b"<Data><PSM>" + b"x" * 5000 + b"</PSM></Data>"
    server.send(b"UBX %s %d\r\n%s" % (BOB.encode(), len(long), long))
    assert len(server.heard(events.PersonalMessageChanged)) == 1
    assert server.client.contacts.getContact(BOB).personalMessage.text == ""


# A harness.


@pytest.fixture
def world() -> Iterator[World]:
    made = World(8)
    yield made
    made.scheduler.close()


def line_of(world: World, handle: str) -> Any:
    (line,) = [each for each in world.service.connections if each.handle == handle]
    return line


def test_no_more_calls_are_answered_than_may_be(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    ann = world.client(ANN, maxRooms=5)
    line = line_of(world, ANN)
    world.service.silent = {"ANS"}
    ann.take()
    for number in range(9):
        line.say(f"RNG {number} sb:1863 CKI k u{number}@x.org U")
    told = [event for event in ann.take() if event[0] == "error"]
    assert len(ann.component.rooms) == 5
    assert len(told) == 4
    assert "too many conversations" in told[0][1]
    assert "5 conversations go on" in caplog.text
    ann.advance(31)
    assert ann.component.rooms == ()


def test_no_more_conversations_are_opened_than_may_be(world: World) -> None:
    world.service.silent = {"CAL"}
    ann = world.client(ANN, maxRooms=5)
    ann.take()
    for number in range(9):
        ann.deliver(("message", f"u{number}@x.org", "Hi"))
    assert len(ann.component.rooms) == 5
    lost = [event for event in ann.take() if event[0] == "undelivered"]
    assert [event.reason for event in lost] == ["too many conversations"] * 4
    ann.advance(100)
    assert ann.component.rooms == ()
    assert ann.component._rooms == {}


def in_room(world: World, ann: Probe) -> Any:
    """Return the switchboard's end of a conversation that Ann is called to."""
    world.service.rooms["r1"] = []
    line_of(world, ANN).say(f"RNG r1 sb:1863 CKI r1 {BOB} Bob")
    ann.settle()
    (line,) = [each for each in world.service.connections if each.room == "r1"]
    ann.take()
    return line


def test_who_is_not_in_a_conversation_leads_to_none(world: World) -> None:
    ann = world.client(ANN)
    line = in_room(world, ann)
    text = b"Content-Type: text/plain\r\n\r\nHi"
    line.say(f"JOI {BOB} Bob")
    for number in range(50):
        line.say(f"MSG u{number}@x.org U {len(text)}", text)
    line.say(f"MSG {BOB.upper()} Bob {len(text)}", text)
    assert len([event for event in ann.take() if event[0] == "message"]) == 51
    assert list(ann.component._rooms) == [BOB]


def test_a_file_of_a_number_that_is_taken_is_declined(
    world: World, tmp_path: Path, make_offer: Callable[[Any, str], None]
) -> None:
    ann = world.client(ANN)
    line = in_room(world, ann)
    line.say(f"JOI {BOB} Bob", b"")
    line.say(f"JOI {CAROL} Carol", b"")
    make_offer(line, BOB)
    make_offer(line, CAROL)
    told = ann.take()
    assert [event[1] for event in told if event[0] == "file offered"] == [BOB]
    assert any("which is taken" in event[1] for event in told if event[0] == "error")
    cancel = Message.of_type(CONTENT_TYPE, Cancel(5).to_bytes()).to_bytes()
    line.say(f"MSG {CAROL} Carol {len(cancel)}", cancel)
    assert list(ann.component._files) == [5]
    line.say(f"MSG {BOB} Bob {len(cancel)}", cancel)
    (ended,) = [event for event in ann.take() if event[0] == "file ended"]
    assert ended.outcome is Outcome.CANCELLED_BY_PEER


@pytest.fixture
def make_offer() -> Callable[[Any, str], None]:
    def make(line: Any, handle: str) -> None:
        invite = Invite(5, file_name="a", file_size=1)
        data = Message.of_type(CONTENT_TYPE, invite.to_bytes()).to_bytes()
        line.say(f"MSG {handle} x {len(data)}", data)

    return make


def test_the_limits_are_described() -> None:
    text = MSNHarness.__doc__ or ""
    assert "maxRooms" in text
