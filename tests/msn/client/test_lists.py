"""Contact lists: synchronising them, dialect by dialect, and what changes them."""

from typing import Any

import pytest

from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.Contacts import MSNContactList
from Kamaelia.Protocol.MSN.NotificationClient import MSNNotificationClient
from Kamaelia.Protocol.MSN.Replies import (
    ConnectionGone,
    MSNCommandFailed,
    RequestTimedOut,
)

from .server import ALICE, BOB, CAROL, Server, signed_on

FRIENDS = "7a6b5c4d-0001-4000-8000-00000000a001"
BOB_ID = "7a6b5c4d-0002-4000-8000-00000000b001"

BURST2 = f"""SYN 5 12
GTC 5 12 A
BLP 5 12 AL
LST 5 FL 12 1 2 {BOB} Bob
LST 5 FL 12 2 2 {CAROL} Carol
LST 5 AL 12 1 1 {BOB} Bob
LST 5 BL 12 0 0
LST 5 RL 12 1 1 {BOB} Bob"""

BURST7 = f"""SYN 5 12
GTC 5 12 A
BLP 5 12 BL
PRP 5 12 PHH 555%201234
PRP 5 12 PHW
PRP 5 12 PHM
PRP 5 12 MOB N
PRP 5 12 MBE N
LSG 5 12 1 2 0 Other%20Contacts 0
LSG 5 12 2 2 1 Friends 0
LST 5 FL 12 1 2 {BOB} Bob 0,1
BPR 12 {BOB} PHH 555%209999
BPR 12 {BOB} PHW
BPR 12 {BOB} PHM
BPR 12 {BOB} MOB N
LST 5 FL 12 2 2 {CAROL} Carol 0
BPR 12 {CAROL} PHH
BPR 12 {CAROL} MOB N
LST 5 AL 12 1 1 {BOB} Bob
LST 5 BL 12 0 0
LST 5 RL 12 1 2 {BOB} Bob
LST 5 RL 12 2 2 {CAROL} Carol"""

BURST8 = f"""SYN 5 12 2 2
GTC A
BLP AL
PRP PHH 555%201234
LSG 0 Other%20Contacts 0
LSG 1 Friends 0
LST {BOB} Bob 11 0,1
BPR PHH 555%209999
LST {CAROL} Carol 8"""

BURST10 = f"""SYN 5 2005-06-01T10:20:30.1230000-07:00 2005-06-01T10:20:31-07:00 2 1
GTC A
BLP AL
PRP MFN Alice%20Liddell
PRP MBE N
LSG Friends {FRIENDS}
LST N={BOB} F=Bob C={BOB_ID} 11 {FRIENDS}
BPR PHH 555%209999
LST N={CAROL} F=Carol 16"""

BURST12 = BURST10.replace(f"11 {FRIENDS}", f"11 1 {FRIENDS}").replace(" 16", " 16 1")

BURSTS = {
    2: BURST2,
    4: BURST2,
    7: BURST7,
    8: BURST8,
    9: BURST8,
    10: BURST10,
    11: BURST10,
    12: BURST12,
}


@pytest.mark.parametrize("cut", [0, 5])
@pytest.mark.parametrize("version", BURSTS)
def test_the_burst_of_every_dialect_is_understood(version: int, cut: int) -> None:
    server = signed_on(version, sync=True)
    server.cut = cut
    request = "SYN 5 0 0" if version >= 10 else "SYN 5 0"
    assert server.said()[-1] == request
    server.heard()
    server.say(*BURSTS[version].split("\n"))
    told = server.heard(events.ListsSynchronized)
    assert told == [events.ListsSynchronized(server.client.contacts, False)]
    contacts: MSNContactList = server.client.contacts
    bob, carol = contacts.getContact(BOB), contacts.getContact(CAROL)
    assert bob is not None
    assert carol is not None
    assert (bob.screenName, bob.lists, bob.status) == ("Bob", 11, None)
    if version >= 7:
        assert bob.homePhone == "555 9999"
        groups = {0, 1} if version < 10 else {FRIENDS}
        assert set(bob.groups) == groups
        assert set(contacts.groups) == groups
        assert bob.contactID == (BOB_ID if version >= 10 else None)
    assert carol.lists == {2: 1, 4: 1, 7: 9, 8: 8, 9: 8}.get(version, 16)
    assert contacts.privacy == ("bl" if version == 7 else "al")
    if version >= 10:
        assert server.client.screenName == "Alice Liddell"
        assert contacts.version == "2005-06-01T10:20:30.1230000-07:00"
        assert list(contacts.getPendingContacts()) == [CAROL]
    else:
        assert contacts.version == 12


def test_the_result_of_a_synchronisation_has_list_and_state() -> None:
    server = signed_on(7)
    reply = server.client.syncList(0)
    server.say(*BURST7.split("\n"))
    contacts, state = reply.result
    assert contacts is server.client.contacts
    assert state == {
        "privacy": "bl",
        "autoAdd": 0,
        "PHH": "555 1234",
        "PHW": None,
        "PHM": None,
        "MOB": "N",
        "MBE": "N",
    }


def cached(version: int | str, settings: int | str = 0) -> MSNContactList:
    contacts = MSNContactList()
    contacts.version, contacts.settingsVersion = version, settings
    return contacts


@pytest.mark.parametrize(
    ("version", "contacts", "asked", "answer"),
    [
        (7, cached(12), "SYN 5 12", "SYN 5 12"),
        (8, cached(12), "SYN 5 12", "SYN 5 12"),
        (11, cached("v1", "v2"), "SYN 5 v1 v2", "SYN 5 v1 v2"),
    ],
)
def test_a_list_that_is_current_is_kept(
    version: int, contacts: MSNContactList, asked: str, answer: str
) -> None:
    server = signed_on(version, sync=True, contacts=contacts)
    assert server.said()[-1] == asked
    server.heard()
    server.say(answer)
    told = server.heard(events.ListsSynchronized)
    assert told == [events.ListsSynchronized(contacts, True)]
    assert server.client.contacts is contacts


def test_a_current_list_gives_two_times_none() -> None:
    server = signed_on(8)
    reply = server.client.syncList(12)
    server.say("SYN 5 12")
    assert reply.result == (None, None)


@pytest.mark.parametrize(
    ("version", "lines"),
    [
        (8, ["SYN 5 12 0 0"]),
        (8, ["SYN 5 12 0 1", "LSG 0 Other 0"]),
        (10, ["SYN 5 a b 0 0"]),
        (
            7,
            [
                "SYN 5 12",
                *(f"LST 5 {each} 12 0 0" for each in ["FL", "AL", "BL", "RL"]),
            ],
        ),
        (
            2,
            [
                "SYN 5 12",
                *(f"LST 5 {each} 12 0 0" for each in ["RL", "BL", "AL", "FL"]),
            ],
        ),
    ],
)
def test_an_empty_list_is_complete(version: int, lines: list[str]) -> None:
    server = signed_on(version, sync=True)
    server.say(*lines)
    assert server.heard(events.ListsSynchronized)
    assert server.client.contacts.contacts == {}


def test_groups_are_counted_too() -> None:
    server = signed_on(8, sync=True)
    server.say("SYN 5 12 1 2", f"LST {BOB} Bob 11 0", "LSG 0 A 0")
    assert not server.heard(events.ListsSynchronized)
    server.say("LSG 1 B 0")
    assert server.heard(events.ListsSynchronized)


def test_properties_of_the_last_contact_come_after_the_end() -> None:
    server = signed_on(8, sync=True)
    server.say("SYN 5 12 1 0", f"LST {BOB} Bob 11 0,", "BPR PHH 555", "BPR MOB Y")
    bob = server.client.contacts.getContact(BOB)
    assert (bob.homePhone, bob.hasPager, bob.groups) == ("555", True, [0])
    assert len(server.heard(events.PhoneChanged)) == 2
    server.say(f"FLN {BOB}", "BPR PHW 777")
    assert bob.workPhone is None


def test_the_synchronisation_times_out() -> None:
    server = signed_on(8)
    reply = server.client.syncList(0)
    server.say("SYN 5 12 2 0", f"LST {BOB} Bob 11 0")
    server.wait(31)
    assert reply.error is not None
    assert server.client.syncList(0).trid == 6


def test_a_server_that_refuses_the_list_does_not_keep_us_offline() -> None:
    server = signed_on(8, sync=True, status="NLN")
    server.said()
    server.say("502 5")
    assert server.said() == ["CHG 6 NLN 268435492"]


def test_the_status_is_taken_when_the_list_is_there() -> None:
    server = signed_on(8, sync=True, status="AWY")
    server.said()
    server.say("SYN 5 12 0 0")
    assert server.said() == ["CHG 6 AWY 268435492"]


def test_a_state_that_there_is_not_keeps_the_session() -> None:
    server = signed_on(8, sync=True, status="NLN")
    server.say("CHG 0 XYZ", "SYN 5 12 0 0")
    assert not server.ended
    (refused,) = server.heard(events.RequestRefused)
    assert "XYZ" in refused.meaning
    assert server.client.changeStatus("NLN").trid == 6


def test_a_list_fetched_again_takes_no_status() -> None:
    server = signed_on(8, sync=True, status="AWY")
    server.say("SYN 5 12 0 0", "CHG 6 AWY 0")
    server.said()
    reply = server.client.syncList(12)
    server.say("SYN 7 12")
    assert reply.result == (None, None)
    assert server.said() == ["SYN 7 12"]
    assert [e.current for e in server.heard(events.ListsSynchronized)] == [False, True]


def test_presence_during_the_burst_is_not_lost() -> None:
    server = signed_on(8, sync=True)
    server.say("SYN 5 12 1 0", f"NLN NLN {BOB} Bob 0", f"LST {BOB} Bob 11 0")
    assert server.heard(events.PresenceChanged)
    assert server.heard(events.ListsSynchronized) == []


# Requests, and what they give.


def filled(version: int, **argd: Any) -> Server:
    """Return a server whose client has its list; its last TrID is 5."""
    server = signed_on(version, sync=True, **argd)
    server.say(*BURSTS[version].split("\n"))
    server.said()
    server.heard()
    return server


def ask(server: Server, request: str, *arguments: Any) -> tuple[Any, list[str]]:
    """Make a request; return the Reply and what went out."""
    reply = getattr(server.client, request)(*arguments)
    return reply, server.said()


REQUESTS: list[tuple[int, str, tuple[Any, ...], str, str, Any]] = [
    (7, "changeStatus", ("AWY",), "CHG 6 AWY", "CHG 6 AWY", ("AWY",)),
    (8, "changeStatus", ("bsy",), "CHG 6 BSY 268435492", "CHG 6 BSY 1", ("BSY",)),
    (8, "setPrivacyMode", (True,), "BLP 6 AL", "BLP 6 13 AL", (13, "al")),
    (8, "setPrivacyMode", (False,), "BLP 6 BL", "BLP 6 13 BL", (13, "bl")),
    (10, "setPrivacyMode", (False,), "BLP 6 BL", "BLP 6 BL", (None, "bl")),
    (8, "setAutoAdd", (True,), "GTC 6 N", "GTC 6 13 N", (13, "n")),
    (
        8,
        "setPhoneDetails",
        ("PHH", "555 1"),
        "PRP 6 PHH 555%201",
        "PRP 6 13 PHH 555%201",
        (13, "555 1"),
    ),
    (10, "setPhoneDetails", ("PHH", ""), "PRP 6 PHH", "PRP 6 PHH", (None, "")),
    (
        8,
        "addListGroup",
        ("A b",),
        "ADG 6 A%20b 0",
        "ADG 6 13 A%20b 2 0",
        (13, "A b", 2),
    ),
    (
        10,
        "addListGroup",
        ("A b",),
        "ADG 6 A%20b",
        f"ADG 6 A%20b {BOB_ID}",
        (None, "A b", BOB_ID),
    ),
    (8, "remListGroup", (1,), "RMG 6 1", "RMG 6 13 1", (13, 1)),
    (10, "remListGroup", (FRIENDS,), f"RMG 6 {FRIENDS}", f"RMG 6 1 {FRIENDS}", None),
    (8, "renameListGroup", (1, "X"), "REG 6 1 X 0", "REG 6 13 1 X 0", (13, 1, "X")),
    (8, "renameListGroup", (1, "X"), "REG 6 1 X 0", "REG 6 13 X 0", (13, 1, "X")),
    (
        8,
        "addContact",
        (1, "d@x.org", 1),
        "ADD 6 FL d@x.org d@x.org 1",
        "ADD 6 FL 13 d@x.org Dan 1",
        (1, "d@x.org", 13, 1),
    ),
    (
        8,
        "addContact",
        ("fl", "d@x.org"),
        "ADD 6 FL d@x.org d@x.org 0",
        "ADD 6 FL 13 d@x.org d@x.org 0",
        (1, "d@x.org", 13, 0),
    ),
    (
        8,
        "addContact",
        ("al", "d@x.org"),
        "ADD 6 AL d@x.org d@x.org",
        "ADD 6 AL 13 d@x.org Dan",
        (2, "d@x.org", 13, None),
    ),
    (
        10,
        "addContact",
        (2, "d@x.org"),
        "ADC 6 AL N=d@x.org",
        "ADC 6 AL N=d@x.org",
        (2, "d@x.org", None, None),
    ),
    (
        10,
        "addContact",
        (1, BOB, FRIENDS),
        f"ADC 6 FL C={BOB_ID} {FRIENDS}",
        f"ADC 6 FL C={BOB_ID} {FRIENDS}",
        (1, BOB, None, FRIENDS),
    ),
    (8, "remContact", (1, BOB), f"REM 6 FL {BOB}", f"REM 6 FL 13 {BOB}", None),
    (8, "remContact", (1, BOB, 0), f"REM 6 FL {BOB} 0", f"REM 6 FL 13 {BOB} 0", None),
    (
        10,
        "remContact",
        (1, BOB),
        f"REM 6 FL {BOB_ID}",
        f"REM 6 FL {BOB_ID}",
        (1, BOB, None, None),
    ),
    (10, "remContact", ("al", BOB), f"REM 6 AL {BOB}", f"REM 6 AL {BOB}", None),
    (
        8,
        "changeScreenName",
        ("Al ü",),
        f"REA 6 {ALICE} Al%20%C3%BC",
        f"REA 6 13 {ALICE} Al%20%C3%BC",
        (13, "Al ü"),
    ),
    (10, "changeScreenName", ("Al",), "PRP 6 MFN Al", "PRP 6 MFN Al", (None, "Al")),
    (
        8,
        "requestSwitchboardServer",
        (),
        "XFR 6 SB",
        "XFR 6 SB 192.0.2.30:1864 CKI 1.2.3",
        ("192.0.2.30", 1864, "1.2.3"),
    ),
    (11, "setPersonalMessage", ("Hi",), "UUX 6 55", "UUX 6 0", None),
    (
        10,
        "changeContactName",
        (BOB, "B"),
        f"SBP 6 {BOB_ID} MFN B",
        "SBP 6 x MFN B",
        None,
    ),
    (8, "changeContactName", (BOB, "B"), f"REA 6 {BOB} B", f"REA 6 13 {BOB} B", None),
    (8, "requestURL", ("INBOX",), "URL 6 INBOX", "URL 6 /a http://b 2", None),
    (7, "requestList", ("al",), "LST 6 AL", "LST 6 AL 12 0 0", ([],)),
    (7, "requestListGroups", (), "LSG 6", "LSG 6 12 1 1 0 A 0", ({0: "A"}, 12)),
    (8, "syncList", (12,), "SYN 6 12", "SYN 6 12", (None, None)),
    (
        8,
        "blockContact",
        (CAROL,),
        f"ADD 6 BL {CAROL} {CAROL}",
        f"ADD 6 BL 13 {CAROL} Carol",
        (4, CAROL, 13, None),
    ),
    (
        8,
        "unblockContact",
        (CAROL,),
        f"ADD 6 AL {CAROL} {CAROL}",
        f"ADD 6 AL 13 {CAROL} Carol",
        (2, CAROL, 13, None),
    ),
]
WITHOUT_REPLY = {"logOut", "sendPage"}


def test_every_request_is_in_these_tests() -> None:
    tested = {request for _, request, *_ in REQUESTS} | WITHOUT_REPLY
    assert tested == MSNNotificationClient.REQUESTS


@pytest.mark.parametrize(
    ("version", "request_", "arguments", "line", "answer", "result"), REQUESTS
)
def test_a_request_and_its_answer(
    version: int,
    request_: str,
    arguments: tuple[Any, ...],
    line: str,
    answer: str,
    result: Any,
) -> None:
    server = filled(version)
    reply, said = ask(server, request_, *arguments)
    assert said[0] == line
    assert not reply.done
    server.say(answer)
    assert reply.done
    assert reply.error is None
    if result is not None:
        assert reply.result == result
    assert server.client.ids == {}


@pytest.mark.parametrize(
    ("version", "request_", "arguments"), [r[:3] for r in REQUESTS]
)
@pytest.mark.parametrize("error", ["{}", "{} 4\r\n<x/>"])
def test_every_request_may_fail(
    version: int, request_: str, arguments: tuple[Any, ...], error: str
) -> None:
    server = filled(version)
    before = dict(server.client.contacts.contacts), dict(server.client.contacts.groups)
    reply, _ = ask(server, request_, *arguments)
    seen: list[Any] = []
    reply.addErrback(seen.append)
    server.send(f"201 {error.format(reply.trid)}".encode())
    server.say("")
    assert isinstance(seen[0], MSNCommandFailed)
    assert seen[0].errorCode == 201
    (told,) = server.heard(events.RequestRefused)
    assert (told.code, told.meaning) == (201, "Invalid parameter (201)")
    assert (server.client.contacts.contacts, server.client.contacts.groups) == before


@pytest.mark.parametrize(
    ("version", "request_", "arguments"), [r[:3] for r in REQUESTS]
)
def test_every_request_may_stay_unanswered(
    version: int, request_: str, arguments: tuple[Any, ...]
) -> None:
    server = filled(version)
    reply, _ = ask(server, request_, *arguments)
    server.wait(31)
    assert reply.done
    with pytest.raises(Exception, match="no answer"):
        _ = reply.result


@pytest.mark.parametrize(
    ("version", "request_", "arguments", "answer"), [(*r[:3], r[4]) for r in REQUESTS]
)
def test_an_answer_that_comes_late_does_no_harm(
    version: int, request_: str, arguments: tuple[Any, ...], answer: str
) -> None:
    server = filled(version)
    ask(server, request_, *arguments)
    server.wait(31)
    server.heard()
    server.say(answer)
    assert server.heard(events.BadLine) == []
    assert not server.ended


def test_every_request_fails_with_the_connection() -> None:
    server = filled(8)
    replies = [
        ask(server, request, *arguments)[0]
        for version, request, arguments, *_ in REQUESTS
        if version == 8
    ]
    server.probe.deliver(None, "lost")
    assert {type(reply.error) for reply in replies} == {ConnectionGone}
    assert server.client.ids == {}
    assert server.client._timers == {}


@pytest.mark.parametrize("step", [6, 7])
@pytest.mark.parametrize("answer", ["219 {}", None])
def test_a_request_of_two_steps_may_fail_at_each(step: int, answer: str | None) -> None:
    server = filled(8)
    reply, _ = ask(server, "blockContact", BOB)
    if step == 7:
        server.say(f"REM 6 AL 13 {BOB}")
        assert server.said() == [f"ADD 7 BL {BOB} {BOB}"]
    assert not reply.done
    if answer is None:
        server.wait(31)
    else:
        server.say(answer.format(step))
    kind = RequestTimedOut if answer is None else MSNCommandFailed
    assert type(reply.error) is kind
    assert server.client.contacts.getContact(BOB).lists == (11 if step == 6 else 9)


def test_a_page_has_no_reply_but_its_error_is_told() -> None:
    server = filled(8)
    server.client.sendPage("tel:+15551234", "Call me")
    assert server.said()[0].startswith("PAG 6 tel:+15551234 ")
    assert server.client.ids == {}
    server.say("715 6")
    assert [event.code for event in server.heard(events.ErrorReceived)] == [715]


def test_a_list_and_the_groups_can_be_asked_for() -> None:
    server = signed_on(7)
    reply = server.client.requestList("al")
    assert server.said() == ["LST 5 AL"]
    server.say(f"LST 5 AL 12 1 2 {BOB} Bob", f"LST 5 AL 12 2 2 {CAROL} Carol")
    ((bob, carol),) = reply.result
    assert (bob.userHandle, bob.lists, carol.screenName) == (BOB, 2, "Carol")
    empty = server.client.requestList(4)
    server.say("LST 6 BL 12 0 0")
    assert empty.result == ([],)
    groups = server.client.requestListGroups()
    server.say("LSG 7 12 1 2 0 Other%20Contacts 0", "LSG 7 12 2 2 1 Friends 0")
    assert groups.result == ({0: "Other Contacts", 1: "Friends"}, 12)


def test_the_list_follows_the_answers() -> None:
    server = filled(8)
    contacts = server.client.contacts
    server.client.addContact(1, "d@x.org", 1)
    server.say("ADD 6 FL 13 d@x.org Dan 1")
    dan = contacts.getContact("d@x.org")
    assert (dan.screenName, dan.lists, dan.groups) == ("Dan", 1, [1])
    assert contacts.version == 13
    server.client.remContact(1, "d@x.org", 1)
    server.say("REM 7 FL 14 d@x.org 1")
    assert (dan.lists, dan.groups) == (1, [0])
    server.client.remContact(1, "d@x.org")
    server.say("REM 8 FL 15 d@x.org")
    assert contacts.getContact("d@x.org") is None
    server.client.addListGroup("New")
    server.say("ADG 9 16 New 2 0")
    assert contacts.groups[2] == "New"
    server.client.renameListGroup(2, "Newer")
    server.say("REG 10 17 2 Newer 0")
    assert contacts.groups[2] == "Newer"
    server.client.remListGroup(2)
    server.say("RMG 11 18 2")
    assert 2 not in contacts.groups
    server.client.remListGroup(0)
    server.client.remListGroup(1)
    server.say("RMG 12 19 0", "RMG 13 20 1")
    assert contacts.getContact(BOB).lists == 10


def test_a_new_contact_joins_its_group_once_it_is_there() -> None:
    server = filled(10)
    reply, said = ask(server, "addContact", 1, "d@x.org", FRIENDS)
    assert said == ["ADC 6 FL N=d@x.org F=d%40x.org"]
    server.say("ADC 6 FL N=d@x.org F=Dan C=abc")
    assert server.said() == [f"ADC 7 FL C=abc {FRIENDS}"]
    server.say(f"ADC 7 FL C=abc {FRIENDS}")
    assert reply.result == (1, "d@x.org", None, FRIENDS)


def test_blocking_is_two_requests_in_order() -> None:
    server = filled(8)
    reply, said = ask(server, "blockContact", BOB)
    assert said == [f"REM 6 AL {BOB}"]
    server.say(f"REM 6 AL 13 {BOB}")
    assert server.said() == [f"ADD 7 BL {BOB} {BOB}"]
    server.say(f"ADD 7 BL 14 {BOB} Bob")
    assert reply.result == (4, BOB, 14, None)
    assert server.client.contacts.getContact(BOB).lists == 13


@pytest.mark.parametrize(
    ("request_", "arguments"),
    [
        ("changeStatus", ("FLN",)),
        ("changeStatus", ("XXX",)),
        ("addContact", ("xl", BOB)),
        ("setPhoneDetails", ("XXX", "1")),
        ("requestList", (32,)),
    ],
)
def test_what_cannot_be_asked_for_raises(
    request_: str, arguments: tuple[Any, ...]
) -> None:
    server = filled(8)
    with pytest.raises(ValueError, match=r"XXX|FLN|xl|32"):
        getattr(server.client, request_)(*arguments)
    assert server.said() == []


# What others do.


class Recorder(MSNNotificationClient):
    """Keeps what its hooks are called with."""

    HOOKS = [
        "gotContactStatus",
        "contactStatusChanged",
        "contactOffline",
        "gotPhoneNumber",
        "userAddedMe",
        "userRemovedMe",
        "gotSwitchboardInvitation",
        "multipleLogin",
        "serverGoingDown",
        "loggedOut",
        "statusChanged",
        "gotError",
        "gotBadLine",
        "handle_UNKNOWN",
        "gotPersonalMessage",
        "gotMessage",
    ]

    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        self.calls: list[Any] = []
        for name in self.HOOKS:
            setattr(self, name, self._recorder(name))

    def _recorder(self, name: str) -> Any:
        return lambda *args: self.calls.append((name, *args))


UNASKED: list[tuple[str, tuple[Any, ...]]] = [
    (f"NLN AWY {BOB} Bob%20B 0 extra", ("contactStatusChanged", "AWY", BOB, "Bob B")),
    (f"ILN 9 NLN {BOB} Bob 0", ("gotContactStatus", "NLN", BOB, "Bob")),
    (f"FLN {BOB}", ("contactOffline", BOB)),
    (f"BPR 13 {BOB} PHH 555%201", ("gotPhoneNumber", 13, BOB, "PHH", "555 1")),
    (f"BPR 13 {BOB} MOB", ("gotPhoneNumber", 13, BOB, "MOB", "")),
    ("ADD 0 RL 13 d@x.org Dan", ("userAddedMe", "d@x.org", "Dan", 13)),
    ("REM 0 RL 13 d@x.org", ("userRemovedMe", "d@x.org", 13)),
    (
        f"RNG 40217731 192.0.2.30:1864 CKI 73.66 {BOB} Bob U messenger.msn.com 1",
        (
            "gotSwitchboardInvitation",
            "40217731",
            "192.0.2.30",
            1864,
            "73.66",
            BOB,
            "Bob",
        ),
    ),
    ("OUT OTH", ("multipleLogin",)),
    ("OUT SSD", ("serverGoingDown",)),
    ("OUT", ("loggedOut", "")),
    ("OUT MIG", ("loggedOut", "MIG")),
    ("OUT RCT 5", ("loggedOut", "RCT")),
    ("CHG 0 FLN", ("statusChanged", "FLN")),
    ("800 0", ("gotError", 800)),
    ("800", ("gotError", 800)),
    ("987 55", ("gotError", 987)),
    ("ZZZ 1 2", ("handle_UNKNOWN", "ZZZ", ["1", "2"])),
    ("zzz", ("handle_UNKNOWN", "ZZZ", [])),
]


@pytest.mark.parametrize(("line", "call"), UNASKED)
def test_what_is_not_asked_for_reaches_its_hook(line: str, call: Any) -> None:
    server = Server(Recorder(userHandle=ALICE, password="x", sync=False))
    server.client._signOn = None
    server.client.dialect = 8
    server.say(line)
    assert server.client.calls == [call]


def test_the_later_dialects_tell_who_has_added_us() -> None:
    server = filled(11)
    server.say("ADC 0 RL N=d@x.org F=Dan", "REM 0 RL d@x.org")
    assert server.heard(events.AddedBy) == [events.AddedBy("d@x.org", "Dan", None)]


def test_a_change_made_elsewhere_is_followed_but_nobody_has_added_us() -> None:
    server = filled(8)
    server.say("ADD 0 AL 13 d@x.org Dan", "ADD 0 FL 14 d@x.org Dan 1")
    heard = server.heard()
    assert [type(event) for event in heard] == [events.ContactChanged] * 2
    assert server.client.contacts.getContact("d@x.org").lists == 3


def test_a_personal_message_is_told_and_kept() -> None:
    server = filled(11)
    data = b"<Data><PSM>Out &amp; about</PSM><CurrentMedia></CurrentMedia></Data>"
    server.send(f"UBX {BOB} {len(data)}\r\n".encode() + data)
    (told,) = server.heard()
    assert (told.handle, told.message.text) == (BOB, "Out & about")
    server.send(f"UBX {BOB} 6\r\n<Data>".encode())
    assert server.client.contacts.getContact(BOB).personalMessage.text == "Out & about"
    server.send(f"UBX {BOB} 0\r\n".encode())
    assert server.client.contacts.getContact(BOB).personalMessage.text == ""


def test_presence_refreshes_the_list() -> None:
    server = filled(9)
    server.client.changeStatus("NLN")
    server.say(
        "CHG 6 NLN 268435492", f"ILN 6 AWY {BOB} Bobby 268435492 %3Cmsnobj%2F%3E"
    )
    bob = server.client.contacts.getContact(BOB)
    assert (bob.status, bob.screenName, bob.picture) == ("AWY", "Bobby", "<msnobj/>")
    server.say(f"NLN BSY {BOB} Rob 268435492 0", f"FLN {BOB}")
    assert (bob.status, bob.screenName) == ("FLN", "Rob")
    server.say(
        "NLN NLN nobody@x.org Nobody 0", "FLN nobody@x.org", "BPR 9 no@x.org PHH 1"
    )
    assert server.heard(events.BadLine) == []
