"""The defects that Twisted's module had: none of them is ours.

Each is numbered as in the list of them that these tests were written from; where a
behaviour has a test of its own elsewhere, this one is the shortest that shows it.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from Kamaelia.Protocol.MSN import MSN, events
from Kamaelia.Protocol.MSN.Replies import ConnectionGone, NotDelivered
from Kamaelia.Protocol.MSN.wire.limits import MAX_TRID
from Kamaelia.Protocol.MSN.wire.text_format import TextFormat

from .server import ALICE, BOB, CAROL, conversation, joined, signed_on
from .test_lists import filled


def test_01_an_error_reaches_the_errback_of_its_request() -> None:
    server = signed_on(7)
    seen: list[Any] = []
    server.client.addContact("fl", BOB).addErrback(seen.append)
    server.say("215 5")
    assert seen[0].value.errorCode == 215


def test_02_an_unknown_error_has_a_generic_text() -> None:
    server = signed_on(8)
    reply = server.client.changeStatus("NLN")
    server.say("987 5", "986 77", "985")
    assert "unknown error 987" in str(reply.error)
    assert [event.code for event in server.heard(events.ErrorReceived)] == [986, 985]


@pytest.mark.parametrize("line", ["QNG", "OUT"])
def test_03_commands_may_have_no_arguments(line: str) -> None:
    server = signed_on(8)
    server.say(line)
    assert server.heard(events.BadLine) == []


@pytest.mark.parametrize(
    "line", ["OUT", "OUT OTH", "OUT SSD", "OUT XYZ", "OUT RCT 5 6"]
)
def test_04_out_may_have_any_reason(line: str) -> None:
    server = signed_on(8)
    server.say(line)
    assert server.heard(events.SignedOff)
    assert server.ended


@pytest.mark.parametrize("cut", range(1, 40, 6))
def test_05_a_body_may_be_cut_anywhere(cut: int) -> None:
    server = joined()
    server.cut = cut
    body = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nGrüße"
    server.message(BOB, "Bob", body.encode())
    assert server.heard()[0].content.text == "Grüße"


@pytest.mark.parametrize(
    "line",
    ["NOT {}", "IPG {}", f"UBX {BOB} {{}}", "GCF 0 {}", "NFY PUT {}", "FQY 1 {}"],
)
def test_06_payloads_of_other_commands_are_taken(line: str) -> None:
    server = signed_on(8)
    payload = b"FLN nobody@x.org\r\n"
    server.send(line.format(len(payload)).encode() + b"\r\n" + payload)
    server.say(f"FLN {BOB}")
    assert server.heard(events.ContactOffline) == [events.ContactOffline(BOB)]


def test_07_a_header_value_may_have_colons() -> None:
    server = joined()
    server.message(BOB, "Bob", b"X-Url: http://x:80/?a=b:c\r\n\r\nHi")
    assert server.heard()[0].message.getHeader("X-Url") == "http://x:80/?a=b:c"


def test_08_a_header_value_is_not_decoded() -> None:
    server = joined()
    value = "FN=A%3BB; EF=; CO=ff; CS=0; PF=22"
    server.message(BOB, "Bob", f"X-MMS-IM-Format: {value}\r\n\r\nHi".encode())
    told = server.heard()[0]
    assert told.message.getHeader("X-MMS-IM-Format") == value
    assert told.content.format.font == "A;B"
    assert told.content.format.color == (255, 0, 0)


@pytest.mark.parametrize("body", ["Content-Type: text/x-bobo", "", "x"])
def test_09_a_message_may_have_neither_body_nor_empty_line(body: str) -> None:
    server = joined()
    server.message(BOB, "Bob", body.encode())
    server.say(f"BYE {BOB}")
    assert server.heard(events.Left)


def test_10_a_call_waits_for_the_switchboards_ok() -> None:
    server = conversation(entered=False)
    server.client.inviteUser(BOB)
    assert server.said() == [f"USR 1 {ALICE} c1"]


@pytest.mark.parametrize(
    "line",
    [
        f"NLN NLN {BOB} Bob 1 2 3 4 5",
        f"ILN 5 NLN {BOB} Bob 1 2 3 4 5",
        f"RNG 1 192.0.2.1 CKI x {BOB} Bob 1 2 3",
        "XFR 99 SB 192.0.2.1 CKI x U messenger.msn.com 1 2",
        f"LST {BOB} Bob 11 0 1 2",
        f"FLN {BOB} 1 2 3",
    ],
)
def test_11_more_arguments_are_no_error(line: str) -> None:
    server = signed_on(8)
    server.say(line)
    assert server.heard(events.BadLine) == []
    room = joined()
    room.say(f"JOI {CAROL} Carol 1 2 3", f"BYE {CAROL} 1 2")
    assert room.heard(events.BadLine) == []


def test_12_presence_of_a_stranger_is_no_error() -> None:
    server = signed_on(8)
    server.say("ILN 5 NLN x@x.org X 0", "NLN NLN x@x.org X 0", "FLN x@x.org")
    server.say("BPR 3 x@x.org PHH 1")
    assert [type(event) for event in server.heard()] == [
        events.PresenceChanged,
        events.PresenceChanged,
        events.ContactOffline,
        events.PhoneChanged,
    ]


def test_13_the_first_presence_refreshes_the_name() -> None:
    server = filled(8)
    server.say(f"ILN 9 NLN {BOB} Robert 0")
    assert server.client.contacts.getContact(BOB).screenName == "Robert"


def test_14_to_be_removed_twice_is_to_be_removed() -> None:
    contact = MSN.MSNContact(BOB, "Bob", 3)
    contact.removeFromList(2)
    contact.removeFromList(2)
    assert contact.lists == 1


def test_15_a_group_with_contacts_can_be_removed() -> None:
    contacts = MSN.MSNContactList()
    contacts.setGroup(1, "A")
    contacts.addContact(MSN.MSNContact(BOB, "Bob", 1, [0, 1]))
    contacts.remGroup(1)
    found = contacts.getContact(BOB)
    assert found is not None
    assert (found.groups, contacts.groups) == ([0], {})


def test_16_a_new_contact_and_a_new_group_are_stored() -> None:
    server = filled(8)
    server.client.addContact(1, "d@x.org")
    server.client.addListGroup("Work")
    server.say("ADD 6 FL 13 d@x.org Dan 0", "ADG 7 14 Work 5 0")
    assert server.client.contacts.getContact("d@x.org").screenName == "Dan"
    assert server.client.contacts.groups[5] == "Work"


def test_17_group_zero_is_a_group() -> None:
    server = filled(8)
    bob = server.client.contacts.getContact(BOB)
    server.client.remContact(1, BOB, 0)
    assert server.said() == [f"REM 6 FL {BOB} 0"]
    server.say(f"REM 6 FL 13 {BOB} 0")
    assert bob.groups == [1]
    server.client.addContact(1, BOB, 0)
    server.say(f"ADD 7 FL 14 {BOB} Bob 0")
    assert bob.groups == [1, 0]


@pytest.mark.parametrize("groups", ["", ",", "0,", " "])
def test_18_an_empty_field_of_groups_is_no_error(groups: str) -> None:
    server = signed_on(8, sync=True)
    server.say("SYN 5 1 1 0", f"LST {BOB} Bob 11 {groups}")
    assert server.heard(events.ListsSynchronized)


@pytest.mark.parametrize("version", [7, 8])
def test_19_an_empty_list_is_complete(version: int) -> None:
    server = signed_on(version, sync=True)
    server.say("SYN 5 1 0 0" if version == 8 else "SYN 5 1")
    if version == 7:
        for name in ("FL", "AL", "BL", "RL"):
            server.say(f"LST 5 {name} 1 0 0")
    assert server.heard(events.ListsSynchronized)


def test_20_groups_are_counted() -> None:
    server = signed_on(8, sync=True)
    server.say("SYN 5 1 0 2", "LSG 0 A 0")
    assert not server.heard(events.ListsSynchronized)
    server.say("LSG 1 B 0")
    assert server.heard(events.ListsSynchronized)


def test_21_late_properties_are_kept() -> None:
    server = signed_on(8, sync=True)
    server.say("SYN 5 1 1 0", f"LST {BOB} Bob 1 0", "BPR PHH 555")
    assert server.client.contacts.getContact(BOB).homePhone == "555"


def test_22_a_property_may_come_unasked() -> None:
    server = signed_on(7)
    server.say("PRP 99 5 PHH 1", "PRP PHH 2")
    assert server.client.contacts.phones["PHH"] == "2"


@pytest.mark.parametrize("name", ["FL", "AL", "BL"])
def test_23_only_the_reverse_list_tells_who_added_me(name: str) -> None:
    server = signed_on(8)
    server.say(f"ADD 0 {name} 1 {BOB} Bob", f"REM 0 {name} 1 {BOB}")
    kinds = {type(event) for event in server.heard()}
    assert kinds == {events.ContactChanged}


def test_24_a_lost_connection_fails_what_waits() -> None:
    server = signed_on(8)
    replies = [server.client.changeStatus("NLN"), server.client.syncList(0)]
    server.probe.deliver(None, "lost")
    assert [type(reply.error) for reply in replies] == [ConnectionGone] * 2


def test_25_transaction_ids_have_32_bits_and_do_not_collide() -> None:
    server = signed_on(8)
    client = server.client
    first = client.changeStatus("NLN")
    client._numbers.last = MAX_TRID - 1
    client.changeStatus("AWY")
    client._numbers.last = 4
    assert client.changeStatus("BSY").trid == 6
    assert {MAX_TRID, 5, 6} == set(client.ids)
    assert not first.done


def test_26_a_negative_acknowledgement_is_a_failure() -> None:
    server = joined()
    reply = server.client.sendText("Hi")
    server.say("NAK 3")
    assert isinstance(reply.error, NotDelivered)


def test_27_a_length_counts_bytes() -> None:
    server = joined()
    message = MSN.MSNMessage(message="Grüße")
    message.format = TextFormat("Segoe UI", bold=True, italic=True, color=(255, 0, 0))
    message.setHeader("X-MMS-IM-Format", "FN=Segoe%20UI; EF=BI; CO=ff; CS=0; PF=22")
    server.client.sendMessage(message)
    assert server.said()[0] == "MSG 3 A 128"


def test_28_silence_is_broken_by_a_ping() -> None:
    server = signed_on(8)
    server.wait(46)
    assert server.said() == ["PNG"]


def test_29_no_message_is_longer_than_1664_bytes() -> None:
    server = joined()
    server.client.sendText("x" * 10_000)
    sizes = [int(size) for size in re.findall(rb"MSG \d+ A (\d+)\r\n", server.bytes())]
    assert len(sizes) > 6
    assert max(sizes) <= 1664


@pytest.mark.parametrize(
    "field",
    [
        "Invitation-Cookie: x",
        "Application-FileSize: x",
        "Invitation-Cookie: 99999999999",
    ],
)
def test_30_an_invitation_with_bad_numbers_is_told(field: str) -> None:
    server = joined()
    body = (
        "Content-Type: text/x-msmsgsinvite\r\n\r\n"
        "Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n"
        f"Invitation-Command: INVITE\r\n{field}\r\nInvitation-Cookie: 1\r\n"
        "Application-File: a\r\n\r\n"
    )
    server.message(BOB, "Bob", body.encode())
    assert server.heard(events.InvitationInvalid)


def offer(name: str, guid: str) -> bytes:
    return (
        "Content-Type: text/x-msmsgsinvite\r\n\r\n"
        f"Application-Name: {name}\r\nApplication-GUID: {guid}\r\n"
        "Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\n"
        "Application-File: a\r\nApplication-FileSize: 1\r\n\r\n"
    ).encode()


def test_31_a_file_is_known_by_its_guid() -> None:
    server = joined()
    guid = MSN.classNameToGUID["file transfer"]
    server.message(BOB, "Bob", offer("Transferencia de archivo", guid))
    assert server.heard(events.FileOffered)
    other = joined()
    voice = "{02D3C01F-BF30-4825-A83A-DE7AF41648AA}"
    other.message(BOB, "Bob", offer("File Transfer", voice))
    assert not other.heard(events.FileOffered)


@pytest.mark.parametrize("command", ["CANCEL", "ACCEPT"])
def test_32_answers_to_unknown_invitations_do_no_harm(command: str) -> None:
    server = joined()
    head = "Content-Type: text/x-msmsgsinvite\r\n\r\n"
    body = f"{head}Invitation-Command: {command}\r\nInvitation-Cookie: 9\r\n\r\n"
    server.message(BOB, "Bob", body.encode())
    assert server.heard() == []
    assert not server.ended


def test_33_a_path_in_a_name_is_dropped(tmp_path: Path) -> None:
    receiver = MSN.MSNFileReceive(1, BOB, "../../etc/passwd", tmp_path)
    assert receiver.path == tmp_path / "passwd"


def test_39_invitation_cookies_are_random() -> None:
    server = joined()
    for number in range(5):
        server.client.sendFileInvitation(f"{number}", 1)
    cookies = list(server.client.cookies["iCookies"])
    assert len(set(cookies)) == 5
    assert max(cookies) > 1000


def test_40_a_sign_on_may_be_told_with_few_arguments() -> None:
    assert signed_on(5).client.screenName == "Alice"


def test_41_the_privacy_mode_is_explained_the_right_way_round() -> None:
    text = MSN.MSNNotificationClient.setPrivacyMode.__doc__ or ""
    assert "true: as allowed (BLP AL); false: as blocked (BLP BL)" in text


def test_42_the_versions_end_with_cvr0() -> None:
    from .server import notification

    assert notification(8).said()[0].split()[-1] == "CVR0"
    assert notification(8).client.passportServer.startswith("https://")


def test_fonts_go_both_ways() -> None:
    server = joined()
    look = TextFormat("Courier New", bold=True, color=(255, 128, 0), pitch=0x22)
    server.client.sendText("Hi", look)
    line = next(each for each in server.said() if each.startswith("X-MMS"))
    assert line == "X-MMS-IM-Format: FN=Courier%20New; EF=B; CO=80ff; CS=0; PF=22"
    server.message(BOB, "Bob", f"{line}\r\n\r\nHi".encode())
    assert server.heard()[0].message.format == look


def test_every_client_has_a_factory() -> None:
    made: list[Any] = [
        MSN.DispatchFactory().buildProtocol(),
        MSN.NotificationFactory().buildProtocol(),
        MSN.SwitchboardFactory().buildProtocol(),
    ]
    assert [type(each) for each in made] == [
        MSN.MSNDispatchClient,
        MSN.MSNNotificationClient,
        MSN.MSNSwitchboardClient,
    ]
