"""MSNHarness: whole clients against a small service in memory."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe, QuietScheduler
from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.MSNHarness import MSNHarness
from Kamaelia.Protocol.MSN.wire.outcome import Outcome
from Kamaelia.Protocol.MSN.wire.text_format import TextFormat

from .service import Service

ANN, BOB, CAT = "ann@x.org", "bob@x.org", "cat@x.org"


class World:
    """A service and who is signed on to it."""

    def __init__(self, version: int = 8) -> None:
        self.service = Service(version, ann="a", bob="b", cat="c")
        self.scheduler = QuietScheduler()

    def client(self, handle: str, password: str | None = None, **argd: Any) -> Probe:
        settings: dict[str, Any] = {
            "transport": self.service.transport,
            "passport": self.service.passport,
            "listenAt": "127.0.0.1",
            "ports": (0,),
        }
        made = MSNHarness(handle, password or handle[0], "ds", **(settings | argd))
        probe = Probe(made, scheduler=self.scheduler)
        probe.settle()
        return probe

    def wait(self, condition: Callable[[], object]) -> None:
        self.scheduler.wait(condition, 20)


@pytest.fixture
def make() -> Iterator[Callable[[int], World]]:
    made: list[World] = []

    def new(version: int = 8) -> World:
        made.append(World(version))
        return made[-1]

    yield new
    for each in made:
        each.scheduler.close()


@pytest.fixture
def world(make: Callable[[int], World]) -> World:
    return make(8)


@pytest.fixture
def couple(world: World) -> tuple[Probe, Probe]:
    ann, bob = world.client(ANN), world.client(BOB)
    ann.take()
    bob.take()
    return ann, bob


def kinds(probe: Probe) -> list[str]:
    return [event[0] for event in probe.take()]


def only(probe: Probe, kind: str) -> list[Any]:
    return [event for event in probe.take() if event[0] == kind]


@pytest.mark.parametrize("version", [8, 9, 10, 11, 12])
def test_it_signs_on_and_tells_who_is_there(
    make: Callable[[int], World], version: int
) -> None:
    world = make(version)
    bob = world.client(BOB)
    ann = world.client(ANN)
    told = ann.take()
    assert told[0][0] == "signed on"
    assert told[1] == ("buddy list", {"Friends": [BOB, CAT]})
    assert ("status", "NLN") in told
    online = [event for event in told if event[0] == "buddy online"]
    assert [event[1]["name"] for event in online] == [BOB]
    assert only(bob, "buddy online")[0][1]["screen name"] == "Ann"


def test_a_dispatch_server_sends_it_on(world: World) -> None:
    world.service.dispatch = True
    ann = world.client(ANN)
    assert kinds(ann)[0] == "signed on"
    (line,) = world.service.connections
    assert line.address == ("ns", 1863)


def test_a_message_opens_a_conversation_and_the_answer_uses_it(
    world: World, couple: tuple[Probe, Probe]
) -> None:
    ann, bob = couple
    ann.deliver(("message", BOB, "Hello"))
    assert ann.take() == [("joined", BOB), ("accepted", BOB)]
    assert bob.take() == [("message", ANN, "Hello")]
    bob.deliver(("message", ANN, "Hi", TextFormat("Arial", color=(255, 0, 0))))
    (said,) = only(ann, "message")
    assert said == ("message", BOB, "Hi")
    assert said.format.color == (255, 0, 0)
    assert said.name == "Bob"
    assert len(world.service.rooms) == 1


def test_what_comes_in_before_it_is_signed_on_waits(world: World) -> None:
    bob = world.client(BOB)
    world.service.silent = {"SYN"}
    ann = world.client(ANN)
    ann.deliver(("message", BOB, "Hello"))
    assert only(bob, "message") == []
    world.service.silent = set()
    (line,) = [c for c in world.service.connections if c.handle == ANN]
    world.service.SYN(line, line.lines[-1])
    assert only(bob, "message") == [("message", ANN, "Hello")]


def test_typing_and_nudges_reach_the_other(couple: tuple[Probe, Probe]) -> None:
    ann, bob = couple
    ann.deliver(("typing", BOB))
    ann.deliver(("message", BOB, "Hello"))
    ann.deliver(("typing", BOB))
    ann.deliver(("nudge", BOB))
    assert [event for event in bob.take() if event[0] != "message"] == [
        ("typing", ANN, "typing"),
        ("nudge", ANN),
    ]


def test_a_message_to_somebody_offline_comes_back(world: World) -> None:
    ann = world.client(ANN)
    ann.take()
    ann.deliver(("message", BOB, "Hello"))
    told = only(ann, "undelivered")
    assert told == [("undelivered", BOB, "Hello")]
    assert "not online" in told[0].reason
    assert not ann.component.rooms


def test_a_conversation_of_three(world: World, couple: tuple[Probe, Probe]) -> None:
    ann, bob = couple
    cat = world.client(CAT)
    ann.deliver(("message", BOB, "Hello"))
    ann.deliver(("invite", BOB, CAT))
    ann.deliver(("message", BOB, "Hello both"))
    (said,) = only(cat, "message")
    assert said == ("message", ANN, "Hello both")
    assert said.others == (BOB,)
    cat.deliver(("message", ANN, "Hi"))
    assert only(bob, "message")[-1] == ("message", CAT, "Hi")
    assert only(ann, "message") == [("message", CAT, "Hi")]
    cat.deliver(("leave", ANN))
    assert only(bob, "left") == [("left", CAT)]


def test_a_conversation_is_left_when_nobody_speaks(
    world: World, couple: tuple[Probe, Probe]
) -> None:
    ann, _ = couple
    ann.deliver(("message", BOB, "Hello"))
    assert len(ann.component.rooms) == 1
    ann.advance(301)
    assert ann.component.rooms == ()
    ann.deliver(("message", BOB, "Again"))
    assert len(ann.component.rooms) == 1


def test_asking_for_switchboards_too_fast_is_tried_again(
    world: World, couple: tuple[Probe, Probe]
) -> None:
    ann, bob = couple
    world.service.refuse["XFR"] = 800
    ann.deliver(("message", BOB, "Hello"))
    assert only(bob, "message") == []
    ann.advance(9)
    assert only(bob, "message") == [("message", ANN, "Hello")]


@pytest.mark.parametrize("command", ["XFR", "CAL", "MSG", "USR"])
def test_every_error_on_the_way_returns_the_message(
    world: World, couple: tuple[Probe, Probe], command: str
) -> None:
    ann, bob = couple
    world.service.refuse[command] = 500
    ann.deliver(("message", BOB, "Hello"))
    assert only(ann, "undelivered") == [("undelivered", BOB, "Hello")]
    assert only(bob, "message") == []


@pytest.mark.parametrize("command", ["XFR", "CAL", "MSG", "USR", "ANS"])
def test_every_silence_on_the_way_returns_the_message(
    world: World, couple: tuple[Probe, Probe], command: str
) -> None:
    ann, _ = couple
    world.service.silent = {command}
    ann.deliver(("message", BOB, "Hello"))
    ann.advance(100)
    assert only(ann, "undelivered") == [("undelivered", BOB, "Hello")]


def test_two_messages_at_once_open_one_conversation(
    world: World, couple: tuple[Probe, Probe]
) -> None:
    ann, bob = couple
    for text in ("1", "2"):
        ann.component.inboxes["inbox"].append(("message", BOB, text))
    assert [event.text for event in only(bob, "message")] == ["1", "2"]
    assert len(world.service.rooms) == 1


def test_both_may_begin_at_once(world: World, couple: tuple[Probe, Probe]) -> None:
    ann, bob = couple
    ann.component.inboxes["inbox"].append(("message", BOB, "from ann"))
    bob.component.inboxes["inbox"].append(("message", ANN, "from bob"))
    assert only(bob, "message") == [("message", ANN, "from ann")]
    assert only(ann, "message") == [("message", BOB, "from bob")]
    ann.deliver(("message", BOB, "more"))
    assert only(bob, "message") == [("message", ANN, "more")]


@pytest.mark.parametrize("version", [8, 11])
def test_contacts_status_and_name_are_changed(
    make: Callable[[int], World], version: int
) -> None:
    world = make(version)
    ann, bob = world.client(ANN), world.client(BOB)
    ann.take()
    bob.take()
    ann.deliver(("status", "AWY"))
    assert only(ann, "status") == [("status", "AWY")]
    (change,) = only(bob, "buddy changed")
    assert (change[1]["status"], change[1]["away"]) == ("AWY", True)
    ann.deliver(("add", "dan@x.org"))
    added = ann.component.contacts.getContact("dan@x.org")
    assert added is not None
    assert added.lists == 3
    ann.deliver(("block", "dan@x.org"))
    assert added.lists == 5
    ann.deliver(("unblock", "dan@x.org"))
    assert added.lists == 3
    ann.deliver(("remove", BOB))
    assert BOB not in ann.component.contacts.getContacts()
    ann.deliver(("name", "Ann B."))
    assert ann.component._session.screenName == "Ann B."
    assert only(ann, "error") == []


def test_a_personal_message_is_told(make: Callable[[int], World]) -> None:
    world = make(11)
    ann, bob = world.client(ANN), world.client(BOB)
    ann.deliver(("personal message", "Out & about"))
    assert only(bob, "personal message") == [("personal message", ANN, "Out & about")]


@pytest.mark.parametrize(
    "command",
    [
        ("dance",),
        ("message",),
        ("status", "XXX"),
        ("add", "no handle"),
        ("personal message", "not before MSNP11"),
        ("cancel file", 12345, "too much"),
        ("accept file", 12345, "/tmp"),
        ("picture", BOB),
        ("send file", BOB, "/does/not/exist"),
        "message",
    ],
)
def test_what_cannot_be_done_is_told(world: World, command: Any) -> None:
    ann, _ = world.client(ANN), world.client(BOB)
    ann.take()
    ann.deliver(command)
    assert len(only(ann, "error")) == 1
    assert not ann.ended


def test_added_by_somebody_is_told(world: World) -> None:
    ann = world.client(ANN)
    ann.take()
    (line,) = world.service.connections
    line.say("ADD 0 RL 9 dan@x.org Dan")
    assert ann.take() == [("added you", "dan@x.org")]
    ann.deliver(("allow", "dan@x.org"))
    assert line.lines[-1].args[:2] == ("AL", "dan@x.org")
    line.say("REM 0 RL 10 dan@x.org")
    assert ann.take() == [("removed you", "dan@x.org")]


# The end, and after it.


def test_it_ends_cleanly_when_told(world: World, couple: tuple[Probe, Probe]) -> None:
    ann, bob = couple
    ann.deliver(("message", BOB, "Hello"))
    ann.deliver(producerFinished(), "control")
    assert ann.ended
    assert only(bob, "buddy offline")
    assert [line.handle for line in world.service.connections] == [BOB]
    assert not ann.component._timers


def test_what_was_asked_for_before_the_end_is_done(world: World) -> None:
    bob = world.client(BOB)
    bob.take()
    settings: dict[str, Any] = {
        "transport": world.service.transport,
        "passport": world.service.passport,
        "versions": (8,),
    }
    ann = Probe(MSNHarness(ANN, "a", "sb", **settings), scheduler=world.scheduler)
    ann.deliver(("message", BOB, "Hello"))
    ann.deliver(("list",))
    ann.deliver(producerFinished(), "control")
    world.wait(lambda: ann.ended)
    assert [tuple(event) for event in only(bob, "message")] == [
        ("message", ANN, "Hello")
    ]
    kinds = [event[0] for event in ann.take()]
    assert kinds.count("buddy list") == 2
    assert "accepted" in kinds


def test_a_message_that_nobody_takes_does_not_keep_it(world: World) -> None:
    ann = world.client(ANN)
    world.client(BOB)
    world.service.silent = {"CAL"}
    ann.deliver(("message", BOB, "Hello"))
    ann.deliver(producerFinished(), "control")
    assert not ann.ended
    ann.advance(11)
    assert ann.ended


def test_a_stop_at_once_drops_what_waits(world: World) -> None:
    ann = world.client(ANN)
    world.client(BOB)
    world.service.silent = {"CAL"}
    ann.deliver(("message", BOB, "Hello"))
    ann.deliver(producerFinished(), "control")
    ann.deliver(shutdownMicroprocess(), "control")
    world.wait(lambda: ann.ended)


def test_it_ends_when_asked_in_its_inbox(world: World) -> None:
    ann = world.client(ANN)
    ann.deliver(("sign off",))
    assert ann.ended
    assert world.service.connections == []


def test_a_wrong_password_ends_it(world: World) -> None:
    ann = world.client(ANN, "wrong")
    (told,) = ann.take()
    assert told[0] == "disconnected"
    assert (told.reason, told.code, told.retry_in) == ("credentials", 911, None)
    assert ann.ended


def test_a_connection_that_is_lost_comes_back(world: World) -> None:
    ann = world.client(ANN)
    ann.take()
    world.service.connections[0].close()
    told = ann.take()
    assert told[0] == ("disconnected", "reset")
    assert 3.7 < told[0].retry_in <= 5
    ann.advance(6)
    assert kinds(ann)[:2] == ["signed on", "buddy list"]


def test_the_pauses_grow_while_the_server_is_away(world: World) -> None:
    world.service.down = True
    ann = world.client(ANN)
    ann.advance(60)
    pauses = [event.retry_in for event in only(ann, "disconnected")]
    assert len(pauses) >= 3
    assert pauses == sorted(pauses)
    world.service.down = False
    ann.advance(600)
    assert kinds(ann)[-4:].count("signed on") == 1


def test_it_does_not_come_back_when_told_not_to(world: World) -> None:
    world.service.down = True
    ann = world.client(ANN, reconnect=False)
    (told,) = ann.take()
    assert told.text.endswith("connection refused")
    assert ann.ended


@pytest.mark.parametrize("reason", ["OTH", "TOU"])
def test_it_does_not_come_back_when_signed_on_elsewhere(
    world: World, reason: str
) -> None:
    ann = world.client(ANN)
    ann.take()
    world.service.connections[0].say(f"OUT {reason}")
    (told,) = only(ann, "disconnected")
    assert told.retry_in is None
    assert told.reason == reason
    assert ann.ended


@pytest.mark.parametrize(
    ("line", "seconds"), [("OUT SSD", 5), ("OUT", 5), ("OUT RCT 5", 300)]
)
def test_it_comes_back_after_the_server_went_down(
    world: World, line: str, seconds: float
) -> None:
    ann = world.client(ANN)
    ann.take()
    world.service.connections[0].say(line)
    (told,) = only(ann, "disconnected")
    assert told.retry_in <= seconds
    ann.advance(seconds + 1)
    assert "signed on" in kinds(ann)


def test_a_server_too_busy_is_tried_again(world: World) -> None:
    world.service.refuse["USR"] = 600
    ann = world.client(ANN)
    (told,) = ann.take()
    assert told.code == 600
    ann.advance(6)
    assert "signed on" in kinds(ann)


def test_a_stop_while_it_waits_to_try_again_ends_it(world: World) -> None:
    world.service.down = True
    ann = world.client(ANN)
    ann.deliver(producerFinished(), "control")
    assert ann.ended
    assert not ann.component._timers


def test_what_happens_is_heard_in_full(world: World) -> None:
    ann = world.client(ANN)
    heard = ann.take("heard")
    assert heard[0] == events.SignedOn(ANN, "Ann", True, 8)
    assert any(isinstance(event, events.ListsSynchronized) for event in heard)


# Files and pictures.


@pytest.mark.parametrize("p2p", [True, False])
@pytest.mark.parametrize("size", [0, 1, 2045, 2046, 50_000])
def test_a_file_goes_from_one_to_the_other(
    make: Callable[[int], World], tmp_path: Path, p2p: bool, size: int
) -> None:
    world = make(8)
    ann, bob = world.client(ANN), world.client(BOB)
    if not p2p:
        for each in (ann, bob):
            for contact in each.component.contacts.contacts.values():
                contact.client = None
    ann.take()
    source = tmp_path / "notes.txt"
    source.write_bytes(os.urandom(size))
    ann.deliver(("send file", BOB, source))
    (offer,) = only(bob, "file offered")
    assert offer[1:4] == (ANN, "notes.txt", size)
    folder = tmp_path / "in"
    folder.mkdir()
    bob.deliver(("accept file", offer.transfer, folder))
    ended: dict[str, Any] = {}

    def done() -> bool:
        for name, probe in (("ann", ann), ("bob", bob)):
            for event in only(probe, "file ended"):
                ended[name] = event
        return len(ended) == 2

    world.wait(done)
    assert {event.outcome for event in ended.values()} == {Outcome.COMPLETED}
    assert Path(ended["bob"].path).read_bytes() == source.read_bytes()
    assert not ann.component._files
    assert not bob.component._files


def test_the_list_is_told_again(world: World) -> None:
    ann = world.client(ANN)
    ann.take()
    ann.deliver(("list",))
    (told,) = only(ann, "buddy list")
    assert sorted(told.groups["Friends"]) == [BOB, CAT]


@pytest.mark.parametrize("p2p", [True, False])
@pytest.mark.parametrize("who", [0, 1])
@pytest.mark.parametrize("when", ["offered", "running"])
def test_either_may_cancel_a_file(
    make: Callable[[int], World], tmp_path: Path, p2p: bool, who: int, when: str
) -> None:
    world = make(8)
    both = world.client(ANN), world.client(BOB)
    for each in both:
        for contact in each.component.contacts.contacts.values():
            contact.client = contact.client if p2p else None
        each.take()
    source = tmp_path / "notes.txt"
    source.write_bytes(bytes(3_000_000))
    both[0].deliver(("send file", BOB, source))
    (offer,) = only(both[1], "file offered")
    folder = tmp_path / "in"
    folder.mkdir()
    if when == "running":
        both[1].component.inboxes["inbox"].append(
            ("accept file", offer.transfer, folder)
        )
        world.scheduler.run_rounds(12)
    both[who].component.inboxes["inbox"].append(("cancel file", offer.transfer))
    ended: dict[int, list[Outcome]] = {0: [], 1: []}

    def done() -> bool:
        for number, probe in enumerate(both):
            for event in only(probe, "file ended"):
                ended[number].append(event.outcome)
                assert event.reason.islower()  # words for people, no codes
        return all(ended.values())

    world.wait(done)
    declined = (who, when) == (1, "offered")
    theirs = Outcome.REFUSED if declined else Outcome.CANCELLED_BY_PEER
    assert ended == {who: [Outcome.CANCELLED_BY_US], 1 - who: [theirs]}
    assert list(folder.iterdir()) == []
    assert not both[0].component._files
    assert not both[1].component._files


def test_a_display_picture_is_fetched(make: Callable[[int], World]) -> None:
    world = make(9)
    ann, bob = world.client(ANN), world.client(BOB)
    picture = os.urandom(3000)
    ann.deliver(("set picture", picture))
    bob.take()
    bob.deliver(("picture", ANN))
    assert only(bob, "picture") == [("picture", ANN, picture)]


def test_a_group_is_given_by_name_and_made_if_there_is_none(
    make: Callable[[int], World],
) -> None:
    world = make(8)
    ann = world.client(ANN)
    (line,) = world.service.connections
    ann.deliver(("add", "dan@x.org", "friends"))
    assert line.lines[-2].args == ("FL", "dan@x.org", "dan@x.org", "0")
    world.service.silent.add("ADG")
    ann.deliver(("add", "eve@x.org", "Old friends"))
    asked = line.lines[-1]
    assert (asked.name, asked.args) == ("ADG", ("Old%20friends", "0"))
    line.say(f"ADG {asked.trid} 9 Old%20friends 5 0")
    ann.settle()
    assert line.lines[-2].args == ("FL", "eve@x.org", "eve@x.org", "5")
    assert line.lines[-1].args[:2] == ("AL", "eve@x.org")


def test_a_group_is_joined_by_the_id_that_the_server_gives(
    make: Callable[[int], World],
) -> None:
    world = make(11)
    ann = world.client(ANN)
    (line,) = world.service.connections
    ann.deliver(("add", BOB, "Friends"))
    assert line.lines[-1].args == ("FL", "C=id-bob", "1")
    ann.take()
    ann.deliver(("add", "dan@x.org", "Friends"))  # a server that tells no id
    assert line.lines[-1].args == ("FL", "N=dan@x.org", "F=dan%40x.org")
    assert only(ann, "error") == [
        ("error", "dan@x.org has no id, so can be in no group")
    ]


def test_a_group_that_is_refused_puts_nobody_on_the_list(
    make: Callable[[int], World],
) -> None:
    world = make(8)
    ann = world.client(ANN)
    ann.take()
    (line,) = world.service.connections
    world.service.refuse["ADG"] = 223
    ann.deliver(("add", "dan@x.org", "One too many"))
    assert line.lines[-1].name == "ADG"
    assert [event.code for event in only(ann, "error")] == [223]
    assert ann.component.contacts.getContact("dan@x.org") is None


@pytest.mark.parametrize("version", [8, 11])
def test_what_is_no_file_is_told_without_a_conversation(
    make: Callable[[int], World],
    version: int,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = make(version)
    ann, _ = world.client(ANN), world.client(BOB)
    for path in (tmp_path, tmp_path / "missing"):
        ann.take()
        ann.deliver(("send file", BOB, str(path)))
        assert only(ann, "error") == [("error", f"there is no file {path}")]
    assert not ann.component.rooms
    gone = tmp_path / "gone"
    gone.write_bytes(b"x")
    with patch.object(Path, "is_file", return_value=True):  # it was, a moment ago
        gone.unlink()
        ann.deliver(("send file", BOB, str(gone)))
        world.wait(lambda: len(ann.component.rooms) == 1)
        (told,) = only(ann, "error")
    assert told.text.startswith("cannot send gone")
    assert not caplog.records


def test_a_file_of_ours_can_be_withdrawn_before_it_is_taken(
    make: Callable[[int], World], tmp_path: Path
) -> None:
    for version in (8, 11):
        world = make(version)
        ann, bob = world.client(ANN), world.client(BOB)
        path = tmp_path / "notes"
        path.write_bytes(b"0123456789")
        ann.deliver(("send file", BOB, str(path)))
        ((*about, transfer),) = only(ann, "offering file")
        assert about == ["offering file", BOB, "notes", 10]
        ann.deliver(("cancel file", transfer))
        (ended,) = only(ann, "file ended")
        assert ended.outcome is Outcome.CANCELLED_BY_US
        (ended,) = only(bob, "file ended")
        assert ended.outcome is Outcome.CANCELLED_BY_PEER
