"""Lines of dialects that a client didn't ask for, and answers to nothing.

A server that isn't ours may say any of these at any time: a client tells what it makes
of them and goes on. Payloads are taken, so that the next line is a line.
"""

from typing import Any

import pytest

from Kamaelia.Protocol.MSN import events

from .server import (
    ALICE,
    BOB,
    CAROL,
    CHALLENGE,
    SALT,
    Server,
    conversation,
    joined,
    notification,
    signed_on,
)
from .test_lists import BURSTS, filled

GUID = "7a6b5c4d-0009-4000-8000-00000000c001"
STAMP = "2005-06-01T10:20:30.1230000-07:00"
ML = '<ml><d n="example.com"><c n="dan" l="8" t="1" f="Dan"/></d></ml>'
PSM = "<Data><PSM>Hi</PSM><CurrentMedia></CurrentMedia></Data>"

# Lines of MSNP2 to MSNP18 that a server says unasked, or as the answer to a request
# with a number that nobody waits for. With a payload: (line, payload).
LINES: list[str | tuple[str, str]] = [
    # sign-on
    "VER 900 MSNP8 CVR0",
    "VER 900 0",
    "INF 900 MD5",
    "CVR 900 8.5.1302 8.5.1302 7.0.0425 http://x/ http://x/",
    "USR 900 MD5 S 1146959437.186590",
    "USR 900 TWN S ct=1",
    "USR 900 SSO S MBI_KEY_OLD AAECAwQ=",
    f"USR 900 OK {ALICE} Alice 1 0",
    f"USR 900 OK {ALICE} 1 0",
    "SBS 0 null",
    ("GCF 0", "<Policies></Policies>"),
    ("GCF 900 Shields.xml", "<config/>"),
    # lists
    "SYN 900 12",
    "SYN 900 12 5 2",
    f"SYN 900 {STAMP} {STAMP} 1 1",
    "GTC 900 12 N",
    "GTC A",
    "BLP 900 12 BL",
    "BLP AL",
    "BLP 0 AL",
    "PRP 900 12 PHH 555%201234",
    "PRP MFN Alice",
    "PRP MBE N",
    "LSG 900 12 1 2 0 Other%20Contacts 0",
    "LSG 0 Other%20Contacts 0",
    f"LSG Friends {GUID}",
    f"LST 900 FL 12 1 2 {CAROL} Carol 0",
    "LST 900 BL 12 0 0",
    f"LST {CAROL} Carol 8",
    f"LST N={CAROL} F=Carol C={GUID} 11 {GUID}",
    f"LST N={CAROL} F=Carol 16 1",
    f"LST N={CAROL} 8 32",
    f"BPR 12 {CAROL} PHH 1",
    f"BPR {CAROL} HSB 1",
    "BPR PHH 555",
    # changes
    f"ADD 0 RL 13 {CAROL} Carol",
    f"ADD 900 FL 13 {CAROL} Carol 0",
    f"ADC 0 RL N={CAROL} F=Carol",
    f"ADC 900 FL N={CAROL} F=Carol C={GUID}",
    f"ADC 900 FL C={GUID} {GUID}",
    f"REM 0 RL 14 {CAROL}",
    f"REM 0 RL {CAROL}",
    f"REM 900 FL {GUID}",
    f"REM 900 FL {GUID} {GUID}",
    "ADG 900 14 Work 2 0",
    f"ADG 900 Work {GUID}",
    "RMG 900 15 2",
    f"RMG 900 1 {GUID}",
    "REG 900 16 2 Work 0",
    f"REG 900 1 {GUID} Work 0",
    f"REA 900 17 {ALICE} Alice",
    f"SBP 900 {GUID} MFN Carol",
    ("ADL 0", ML),
    "ADL 900 OK",
    ("RML 0", ML),
    "RML 900 OK",
    ("FQY 900", ML),
    # presence
    "CHG 900 NLN",
    "CHG 900 NLN 2789003324:48 0",
    "CHG 0 FLN",
    f"ILN 900 NLN {CAROL} Carol",
    f"ILN 900 AWY {CAROL} Carol 268435492 %3Cmsnobj%2F%3E",
    f"ILN 900 NLN {CAROL} 1 Carol 268435492 0",
    f"NLN BSY {CAROL} 1 Carol 2789003324:48 0 http://x/",
    f"NLN NLN 1:{CAROL} Carol 2789003324:48 0",
    f"FLN {CAROL} 1 268435492",
    f"FLN 1:{CAROL} 0:0",
    (f"UBX {CAROL}", PSM),
    (f"UBX {CAROL} 1", PSM),
    (f"UBX 1:{CAROL}", PSM),
    (f"UBX {CAROL}", ""),
    "UUX 900 0",
    (f"UBN {CAROL} 3", "x"),
    (f"UBM {CAROL} 32 {ALICE} 1 1", "Content-Type: text/plain\r\n\r\nHi"),
    # others
    "CHL 0 15570131571988941333",
    "QRY 900",
    "QNG",
    "QNG 50",
    ("NOT", '<NOTIFICATION id="1"><TEXT>x</TEXT></NOTIFICATION>'),
    ("IPG", "<NOTIFICATION/>"),
    ("NFY PUT", "Routing: 1.0\r\n\r\n"),
    ("SDG 0", "Routing: 1.0\r\n\r\n"),
    "PUT 900 OK 0",
    "XFR 900 SB 192.0.2.30:1863 CKI 1.2.3 U messenger.msn.com 1",
    f"RNG 1 192.0.2.30:1863 CKI 7.6 {CAROL} Carol U messenger.msn.com 1",
    "URL 900 /cgi-bin/HoTMaiL https://x/ 2",
    "LKP 900 1",
    "FND 900 0 0",
    "SND 900 OK",
    "SDC 900 OK",
    "IMS 900 0 ON",
    "500",
    "201 900",
    "999 900",
    ("241 900", "<ml/>"),
    (
        "MSG Hotmail Hotmail",
        "Content-Type: text/x-msmsgsoimnotification\r\n\r\nMail-Data: too-large",
    ),
    ("MSG Hotmail Hotmail", ""),
]


def sends(server: Server, line: str | tuple[str, str]) -> None:
    """Say a line, with its payload if it has one."""
    if isinstance(line, str):
        server.say(line)
        return
    head, payload = line
    data = payload.encode()
    server.send(f"{head} {len(data)}\r\n".encode() + data)


def name(line: Any) -> str:
    return line if isinstance(line, str) else str(line[0])


@pytest.mark.parametrize("line", LINES, ids=name)
def test_a_session_of_any_dialect_survives_a_line_of_any_other(line: Any) -> None:
    for version in (2, 7, 8, 9, 10, 11, 12):
        server = filled(version)
        reply = server.client.changeStatus("AWY")
        sends(server, line)
        assert not server.ended, version
        server.say(f"CHG {reply.trid} AWY", f"NLN BSY {BOB} Bob", "QNG")
        assert reply.result == ("AWY",)
        assert server.client.contacts.getContact(BOB).status == "BSY"
        assert server.heard(events.PresenceChanged)[-1].handle == BOB
        server.probe.close()


@pytest.mark.parametrize("line", LINES, ids=name)
def test_a_line_with_the_number_of_another_request_answers_nothing(line: Any) -> None:
    if "900" not in name(line) or name(line)[0].isdigit():
        return
    command = name(line).split(" ")[0]
    for version in (7, 10):
        server = filled(version)
        client = server.client
        replies = {
            "CHG": client.changeStatus("AWY"),
            "LST": client.requestList("al"),
            "LSG": client.requestListGroups(),
            "XFR": client.requestSwitchboardServer(),
            "URL": client.requestURL("INBOX"),
            "ADG": client.addListGroup("x"),
        }
        for kind, reply in replies.items():
            text = name(line).replace("900", str(reply.trid))
            sends(server, text if isinstance(line, str) else (text, line[1]))
            assert not server.ended, kind
            assert not reply.done or kind == command, kind
        server.probe.close()


BURST_LINES = [
    line
    for line in LINES
    if name(line).split(" ")[0]
    not in ("LST", "LSG", "SYN", "GTC", "BLP", "PRP", "BPR", "REM", "RMG")
]


@pytest.mark.parametrize("version", BURSTS)
def test_a_list_is_whole_with_foreign_lines_between_its_lines(version: int) -> None:
    alone = filled(version).client.contacts
    server = signed_on(version, sync=True)
    lines = BURSTS[version].split("\n")
    server.say(lines[0])
    foreign = iter(BURST_LINES * 9)
    for line in lines[1:]:
        for _ in range(9):
            sends(server, next(foreign))
        server.say(line)
    told = server.heard(events.ListsSynchronized)
    assert len(told) == 1
    kept = told[0].contacts
    assert set(kept.contacts) >= set(alone.contacts)
    for handle, contact in alone.contacts.items():
        assert kept.contacts[handle].lists & contact.lists == contact.lists
    assert not server.ended


@pytest.mark.parametrize("version", [2, 7, 8, 11, 12])
def test_a_sign_on_goes_on_with_foreign_lines_between_its_steps(version: int) -> None:
    server = notification(version, sync=False)
    steps = [f"VER 1 MSNP{version}"]
    if version < 8:
        steps += ["INF 2 MD5", f"USR 3 MD5 S {SALT}"]
    else:
        steps += ["CVR 2 1 1 1 x x", f"USR 3 TWN S {CHALLENGE}"]
    flags = {2: "Alice", 7: "Alice 1", 8: "Alice 1 0"}.get(version, "1 0")
    for step in [*steps, f"USR 4 OK {ALICE} {flags}"]:
        for line in LINES:
            if name(line) != "500":  # an error of no request ends a sign-on
                sends(server, line)
        assert not server.ended
        # What it asked for in between has numbers of its own.
        trid = server.client._signOn._waits_for
        words = step.split(" ")
        words[1] = str(trid)
        server.say(" ".join(words))
    assert server.heard(events.SignedOn)
    assert server.client.dialect == version


ROOM_LINES = [
    f"JOI {CAROL} Carol",
    f"JOI {CAROL} Carol 268435492",
    f"JOI {CAROL};{{{GUID}}} Carol 2789003324:48",
    f"JOI 1:{CAROL} Carol",
    f"IRO 900 1 1 {CAROL} Carol 268435492",
    f"IRO 900 1 2 {CAROL};{{{GUID}}} Carol 1:2",
    f"BYE {CAROL}",
    f"BYE {CAROL} 1",
    f"BYE {CAROL};{{{GUID}}}",
    "CAL 900 RINGING 1",
    "CAL 900",
    "ACK 900",
    "NAK 900",
    "ACK",
    "282 900",
    "217 900",
    "713",
    "QNG 50",
    f"USR 900 OK {ALICE} Alice",
    "ANS 900 OK",
    "ANS 900",
    f"NLN NLN {CAROL} Carol 0",
    "CHL 0 155",
    "XYZ 1 2 3",
    (f"MSG {CAROL} Carol", ""),
    (f"MSG {CAROL} Carol", "no header"),
    (f"MSG {CAROL};{{{GUID}}} Carol", "Content-Type: text/plain\r\n\r\nHi"),
    (f"MSG {CAROL} Carol", "Content-Type: text/x-keepalive"),
    (f"MSG {CAROL} Carol", "Message-ID: {1}\r\nChunk: 99999\r\n\r\nx"),
    (f"MSG {CAROL} Carol", "Message-ID: {1}\r\nChunks: 99999\r\n\r\nx"),
    (f"MSG {CAROL} Carol", "Content-Type: application/x-msnmsgrp2p\r\n\r\nx"),
    (f"UBX {CAROL}", PSM),
    ("NOT", "<x/>"),
]


@pytest.mark.parametrize("line", ROOM_LINES, ids=name)
@pytest.mark.parametrize("version", [None, 8, 12])
def test_a_conversation_survives_a_line_of_any_dialect(
    line: Any, version: int | None
) -> None:
    server = joined()
    server.client.dialect = version
    reply = server.client.sendText("Hi")
    sends(server, line)
    assert not server.ended
    server.say(f"ACK {reply.trid}", f"BYE {BOB}")
    assert reply.result == (None,)
    assert events.Left(BOB, False) in server.heard()


@pytest.mark.parametrize("line", ROOM_LINES, ids=name)
def test_a_line_before_we_are_let_in_does_no_harm(line: Any) -> None:
    server = conversation(entered=False)
    call = server.client.inviteUser(BOB)
    sends(server, line)
    assert not server.ended
    server.say(f"USR 1 OK {ALICE} Alice")
    assert f"CAL 2 {BOB}" in server.bytes().decode()
    server.say("CAL 2 RINGING 40217731")
    assert call.result == ("40217731",)
