"""The conformance checklist for clients: each of its items by number.

Lines are the reference's. Items that other modules here test in depth have here the
shortest form that shows them.
"""

import asyncio
import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from Axon.testing import Probe
from Kamaelia.Protocol.MSN import MSN, events
from Kamaelia.Protocol.MSN.MSNHarness import MSNHarness
from Kamaelia.Protocol.MSN.NotificationClient import MSNNotificationClient
from Kamaelia.Protocol.MSN.Passport import PassportFailed, SSLRequired, passportTicket
from Kamaelia.Protocol.MSN.Replies import (
    ConnectionGone,
    MSNCommandFailed,
    NotDelivered,
    RequestFailed,
    RequestTimedOut,
)
from Kamaelia.Protocol.MSN.wire.invitation import CONTENT_TYPE, Accept, parse_invitation
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.msnobject import (
    TYPE_DISPLAY_PICTURE,
    MSNObject,
    decode_friendly,
    encode_friendly,
)
from Kamaelia.Protocol.MSN.wire.outcome import Outcome
from Kamaelia.Protocol.MSN.wire.p2p_context import FileContext
from Kamaelia.Protocol.MSN.wire.text_format import TextFormat
from Kamaelia.Protocol.wire.errors import LocalProtocolError
from tests.internet.certificates import contexts

from .server import (
    ALICE,
    BOB,
    CAROL,
    CHALLENGE,
    PASSWORD,
    SALT,
    conversation,
    joined,
    notification,
    signed_on,
)
from .test_harness import ANN, World
from .test_harness import BOB as BOB_X
from .test_lists import BURSTS, filled

HEAD = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n"
PSM = "<Data><PSM>Grüße \U0001f600</PSM><CurrentMedia></CurrentMedia></Data>"


def stream(version: int) -> tuple[bytes, bytes]:
    """Return what a server says in a session: up to its last question, and the rest."""
    lines = [f"VER 1 MSNP{version}"]
    if version < 8:
        lines += ["INF 2 MD5", f"USR 3 MD5 S {SALT}"]
    else:
        lines += ["CVR 2 1 1 1 http://x/ http://x/", f"USR 3 TWN S {CHALLENGE}"]
    first = "".join(f"{line}\r\n" for line in lines)
    name = "" if version >= 10 else "Alice "
    rest = f"{name}1 0" if version >= 6 else "Alice"
    lines = [f"USR 4 OK {ALICE} {rest}", *BURSTS[version].split("\n")]
    lines += [f"NLN AWY {BOB} Grüße%20an 268435492"]
    text = "".join(f"{line}\r\n" for line in lines)
    for line, payload in (
        ("MSG Hotmail Hotmail", HEAD + "Grüße \U0001f600"),
        ("NOT", "<NOTIFICATION><TEXT>ä</TEXT></NOTIFICATION>"),
        (f"UBX {BOB}", PSM),
    ):
        text += f"{line} {len(payload.encode())}\r\n{payload}"
    return first.encode(), f"{text}FLN {BOB}\r\nQNG 50\r\n".encode()


def heard_of(version: int, size: int, at: int = 0) -> list[str]:
    """Return what a client tells when the stream comes in pieces of a size.

    Args:
        version: of the dialect.
        size: bytes of a piece; 0: all at once.
        at: where the rest is cut in two as well.
    """
    server = notification(version)
    server.cut = size
    first, rest = stream(version)
    for part in (first, rest[:at], rest[at:]):
        server.send(part)
    return [repr(event).partition(" object at")[0] for event in server.heard()]


@pytest.mark.parametrize("version", [2, 7, 8, 9, 11, 12])
def test_01_any_split_of_the_stream_is_survived(version: int) -> None:
    expected = heard_of(version, 0)
    assert any("ContactOffline" in each for each in expected)
    assert not any("BadLine" in each or "Unknown" in each for each in expected)
    assert heard_of(version, 1) == expected
    rest = stream(version)[1]
    inside = [at for at in range(len(rest)) if rest[at] & 0xC0 == 0x80]
    assert inside
    for at in inside:  # in the middle of a character
        assert heard_of(version, 0, at) == expected


TRAP = b"<x>\r\nFLN trap@example.com\r\n</x>\r\n"


@pytest.mark.parametrize(
    "line",
    [
        b"NOT %d",
        b"IPG %d",
        b"UBX carol@example.org %d",
        b"UBX carol@example.org 1 %d",
        b"GCF 0 Shields.xml %d",
        b"GCF 0 %d",
        b"ADL 0 %d",
        b"RML 0 %d",
        b"UBN carol@example.org 3 %d",
        b"FQY 5 %d",
        b"UBM carol@example.org 32 alice@example.com 1 1 %d",
        b"NFY PUT %d",
        b"SDG 0 %d",
        b"PUT 5 %d",
        b"DEL 5 %d",
        b"241 77 %d",
        b"509 77 %d",
    ],
)
@pytest.mark.parametrize("version", [8, 12])
def test_02_payloads_of_commands_we_do_not_understand_are_consumed(
    line: bytes, version: int
) -> None:
    server = signed_on(version)
    server.send(line % len(TRAP) + b"\r\n" + TRAP + b"FLN bob@example.com\r\n")
    assert server.heard(events.ContactOffline) == [events.ContactOffline(BOB)]
    assert not server.ended


@pytest.mark.parametrize(
    "line",
    [
        "LKP 1 2 3",
        "ADL 7 OK",
        "RML 7 OK",
        "SBS 0 null",
        "UUX 9 0",
        "CAL 2 RINGING 12345",
        "QNG 50",
        "ADG 0 13 Friends 4 0",
        "BYE bob@example.com 1",
        "XYZ",
        "xyz \u00a0\u3000 5000",
        "BPR 9 bob@example.com XXX whatever",
        "BPR 9 bob@example.com HSB 1 extra",
        "PRP 9 9 WWE 2",
        f"NLN NLN {BOB} Bob 1 %3Cx%2F%3E a b c",
        f"ILN 5 NLN {BOB} Bob 1 0 http://x",
        f"RNG 1 192.0.2.1:1863 CKI x {BOB} Bob U messenger.msn.com 1",
        "CHG 0 NLN 1 0 x y",
        f"REA 0 9 {BOB} Bobby x",
        "GTC 0 9 N x",
    ],
)
def test_03_unknown_commands_and_more_arguments_are_ignored(line: str) -> None:
    server = filled(8)
    server.say(line, f"FLN {BOB}")
    assert server.heard(events.BadLine) == []
    assert not server.ended
    assert server.client.contacts.getContact(BOB).status == "FLN"


def test_03_unknown_headers_and_properties_are_ignored() -> None:
    room = joined()
    payload = b"X-New: 1:2\r\nno header\r\n: x\r\nContent-Type: text/plain\r\n\r\nHi"
    room.message(BOB, "Bob", payload)
    assert [event.content.text for event in room.heard()] == ["Hi"]
    server = filled(12)
    server.say("PRP 99 QQQ 1", f"BPR {BOB} QQQ 1")
    assert server.heard(events.BadLine) == []
    xml = b"<Data><New a='1'/><PSM>Hi</PSM><Other>x</Other></Data>"
    server.send(b"UBX %s %d\r\n%s" % (BOB.encode(), len(xml), xml))
    assert server.heard(events.PersonalMessageChanged)[0].message.text == "Hi"


@pytest.mark.parametrize("payload", [b"", b" 4\r\n<x/>"])
@pytest.mark.parametrize("code", [201, 215, 500, 913, 987, 999, 241])
def test_04_errors_reach_their_request(code: int, payload: bytes) -> None:
    server = filled(8)
    replies = [server.client.changeStatus(each) for each in ("AWY", "BSY", "IDL")]
    end = b"" if payload else b"\r\n"
    server.send(b"%d %d%s%s" % (code, replies[1].trid, payload, end))
    server.say(f"CHG {replies[2].trid} IDL 0")
    assert [reply.done for reply in replies] == [False, True, True]
    assert isinstance(replies[1].error, MSNCommandFailed)
    assert replies[1].error.errorCode == code
    assert str(code) in str(replies[1].error)
    assert replies[2].result == ("IDL",)


@pytest.mark.parametrize("line", ["987", "987 0", "987 4000", "500", "201 0"])
def test_04_errors_of_no_request_reach_the_hook(line: str) -> None:
    server = filled(8)
    reply = server.client.changeStatus("AWY")
    seen: list[int] = []
    server.client.gotError = seen.append
    server.say(line)
    assert seen == [int(line[:3])]
    assert not reply.done


@pytest.mark.parametrize("version", range(6, 13))
def test_05_a_challenge_is_answered_as_its_dialect_has_it(version: int) -> None:
    server = signed_on(version)
    if version < 11:
        server.say("CHL 0 15570131571988941333")
        product, answer = "msmsgs@msnmsgr.com", b"8f2f5a91b72102cd28355e9fc9000d6e"
    else:
        server.say("CHL 0 22210219642164014968")
        product, answer = "PROD0090YUAUV{2B", b"85ecb0db8f32113df79ce0892b9a102c"
    assert server.bytes() == f"QRY 5 {product} 32\r\n".encode() + answer


@pytest.mark.parametrize(
    ("line", "seconds"),
    [("QNG", 45), ("QNG 50", 50), ("QNG 0", 10), ("QNG 999999999", 300), ("QNG x", 45)],
)
def test_06_a_ping_breaks_silence_and_a_dead_line_is_seen(
    line: str, seconds: int
) -> None:
    server = signed_on(9)
    server.wait(46)
    assert server.said() == ["PNG"]
    server.say(line)
    server.wait(seconds - 1)
    assert server.said() == []
    server.wait(2)
    assert server.said() == ["PNG"]
    server.wait(21)
    (told,) = server.heard(events.Disconnected)
    assert "ping" in told.reason


@pytest.fixture
def world() -> Iterator[World]:
    made = World(8)
    yield made
    made.scheduler.close()


@pytest.mark.parametrize(
    ("line", "returns"), [("OUT OTH", False), ("OUT SSD", True), ("OUT", True)]
)
def test_07_who_is_thrown_out_stays_away_and_who_is_asked_to_returns(
    world: World, line: str, returns: bool
) -> None:
    ann = world.client(ANN)
    ann.take()
    world.service.connections[0].say(line)
    ann.settle()
    assert ann.ended is not returns
    ann.advance(600)
    assert bool(world.service.connections) is returns


def test_08_a_cached_list_is_asked_for_by_its_version() -> None:
    cached = filled(8).client.contacts
    server = notification(8, contacts=cached)
    server.say("VER 1 MSNP8", "CVR 2 1 1 1 x x", f"USR 3 TWN S {CHALLENGE}")
    server.say(f"USR 4 OK {ALICE} Alice 1 0")
    assert server.said()[-1] == "SYN 5 12"
    server.say("SYN 5 12")
    assert [e.current for e in server.heard(events.ListsSynchronized)] == [True]
    assert server.client.contacts is cached
    assert server.client.contacts.getContact(BOB) is not None


@pytest.mark.parametrize("version", BURSTS)
def test_08_a_full_list_is_taken(version: int) -> None:
    server = filled(version)
    assert set(server.client.contacts.contacts) == {BOB, CAROL}


@pytest.mark.parametrize(
    ("version", "lines"),
    [
        (2, ["SYN 5 9", *(f"LST 5 {each} 9 0 0" for each in ("FL", "AL", "BL", "RL"))]),
        (7, ["SYN 5 9", *(f"LST 5 {each} 9 0 0" for each in ("FL", "AL", "BL", "RL"))]),
        (8, ["SYN 5 9 0 0"]),
        (9, ["SYN 5 9 0 1", "LSG 0 ~ 0"]),
        (10, ["SYN 5 a b 0 0"]),
        (12, ["SYN 5 2005-06-01T10:20:30.1230000-07:00 0 0 0"]),
    ],
)
def test_08_a_list_of_nobody_is_complete(version: int, lines: list[str]) -> None:
    server = signed_on(version, sync=True)
    server.say(*lines)
    assert [e.current for e in server.heard(events.ListsSynchronized)] == [False]


@pytest.mark.parametrize(
    ("version", "line"),
    [
        (7, f"LST 5 FL 9 1 1 {BOB}  0"),
        (8, f"LST {BOB}  11 0"),
        (10, f"LST N={BOB} F= C=abc 11"),
        (12, f"LST N={BOB} C=abc 11 1"),
    ],
)
def test_08_a_name_may_be_empty(version: int, line: str) -> None:
    server = signed_on(version, sync=True)
    server.say("SYN 5 9 1 0" if version < 10 else "SYN 5 a b 1 0", line)
    if version == 7:
        server.say(*(f"LST 5 {each} 9 0 0" for each in ("AL", "BL", "RL")))
    assert server.heard(events.BadLine) == []
    contact = server.client.contacts.getContact(BOB)
    assert contact.lists & 1


@pytest.mark.parametrize("version", [8, 10])
def test_08_properties_may_come_after_the_end(version: int) -> None:
    server = signed_on(version, sync=True)
    if version == 8:
        server.say("SYN 5 9 1 0", f"LST {BOB} Bob 11 0")
    else:
        server.say("SYN 5 a b 1 0", f"LST N={BOB} F=Bob C=abc 11")
    assert server.heard(events.ListsSynchronized)
    server.say("BPR PHH 555%209999", "BPR MOB N")
    bob = server.client.contacts.getContact(BOB)
    assert (bob.homePhone, bob.hasPager) == ("555 9999", False)


def test_09_a_call_waits_for_the_ok_and_a_message_for_somebody() -> None:
    server = conversation(entered=False)
    server.client.inviteUser(BOB)
    server.client.sendText("1")
    server.client.sendText("2")
    assert server.bytes() == f"USR 1 {ALICE} c1\r\n".encode()
    server.say(f"USR 1 OK {ALICE} Alice")
    assert server.bytes() == f"CAL 2 {BOB}\r\n".encode()
    server.say("CAL 2 RINGING 40217731")
    assert server.bytes() == b""
    server.say(f"JOI {BOB} Bob")
    sent = server.bytes()
    size = len(HEAD) + 1
    first, second = f"MSG 3 A {size}\r\n{HEAD}1", f"MSG 4 A {size}\r\n{HEAD}2"
    assert sent == (first + second).encode()


def test_09_concurrent_conversations_become_one(world: World) -> None:
    ann, bob = world.client(ANN), world.client(BOB_X)
    ann.component.inboxes["inbox"].append(("message", BOB_X, "from ann"))
    bob.component.inboxes["inbox"].append(("message", ANN, "from bob"))
    world.scheduler.settle()
    assert len(world.service.rooms) == 2
    ann.take()
    bob.take()
    for number in range(3):
        ann.deliver(("message", BOB_X, f"{number}"))
        bob.deliver(("message", ANN, f"{number}"))
    for probe, other in ((ann, BOB_X), (bob, ANN)):
        said = [event for event in probe.take() if event[0] == "message"]
        assert said == [("message", other, f"{number}") for number in range(3)]
    assert len(world.service.rooms) == 2  # no more were opened


@pytest.mark.parametrize("ack", ["A", "N", "D"])
def test_10_a_message_that_is_refused_has_failed(ack: str) -> None:
    server = joined()
    message = MSN.MSNMessage(message="Hi")
    message.ack = ack
    reply = server.client.sendMessage(message)
    server.say("NAK 3")
    assert isinstance(reply.error, NotDelivered)


def test_10_a_message_without_answer_times_out() -> None:
    server = joined()
    reply = server.client.sendText("Hi")
    server.wait(29)
    assert not reply.done
    server.wait(2)
    assert isinstance(reply.error, RequestTimedOut)
    server.say("ACK 3")
    assert isinstance(reply.error, RequestTimedOut)


def payloads(data: bytes) -> list[bytes]:
    """Return the payloads of the MSG commands that went out."""
    found = []
    while data:
        line, _, rest = data.partition(b"\r\n")
        size = int(line.split(b" ")[-1])
        found.append(rest[:size])
        data = rest[size:]
    return found


@pytest.mark.parametrize("letter", ["x", "ä", "\U0001f600", "\n"])
@pytest.mark.parametrize("parts", [False, True])
@pytest.mark.parametrize("size", [1, 800, 1600, 1605, 9000])
def test_11_no_payload_is_longer_than_1664_bytes(
    letter: str, parts: bool, size: int
) -> None:
    server = conversation()
    server.say(f"JOI {BOB} Bob" + (" 268435492" if parts else ""))
    text = letter * size
    server.client.sendText(text)
    sent = payloads(server.bytes())
    assert max(len(each) for each in sent) <= 1664
    bodies = [each.partition(b"\r\n\r\n")[2] for each in sent]
    if not parts:
        for body in bodies:
            body.decode()  # no character is cut
    whole = b"".join(bodies).decode().replace("\r\n", "\n")
    assert whole == text
    if parts and len(sent) > 1:
        assert f"Chunks: {len(sent)}\r\n".encode() in sent[0]
        for number, each in enumerate(sent[1:], 1):
            head = each.partition(b"\r\n\r\n")[0]
            assert head.startswith(b"Message-ID: {")
            assert head.endswith(b"Chunk: %d" % number)
            assert b"Content-Type" not in head


@pytest.mark.parametrize(
    ("value", "color"),
    [
        ("0", (0, 0, 0)),
        ("ff0000", (0, 0, 255)),
        ("ff", (255, 0, 0)),
        ("ffff", (255, 255, 0)),
        ("ff00", (0, 255, 0)),
        ("800080", (128, 0, 128)),
        ("808080", (128, 128, 128)),
        ("80ff", (255, 128, 0)),
    ],
)
def test_12_fonts_and_colours_go_both_ways(
    value: str, color: tuple[int, int, int]
) -> None:
    header = f"X-MMS-IM-Format: FN=Segoe%20UI; EF=BI; CO={value}; CS=0; PF=22"
    server = joined()
    server.message(BOB, "Bob", f"{header}\r\n\r\nHi".encode())
    (told,) = server.heard()
    look = told.content.format
    assert (look.font, look.bold, look.italic) == ("Segoe UI", True, True)
    assert (look.underline, look.strike) == (False, False)
    assert look.color == color
    server.client.sendText("Hi", look)
    assert header in server.said()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", TextFormat()),
        ("CO=zz;EF=;;FN", TextFormat()),
        ("pf=22;ef=us;rl=1", TextFormat(underline=True, strike=True, pitch=0x22)),
        ("EF=B;FN=A%3BB", TextFormat("A;B", bold=True)),
    ],
)
def test_12_a_format_may_lack_anything(header: str, expected: TextFormat) -> None:
    look = TextFormat.parse(header)
    assert (look.bold, look.italic) == (expected.bold, expected.italic)
    assert (look.underline, look.strike) == (expected.underline, expected.strike)
    assert look.color == expected.color


GUID = "Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n"
INVITE = f"{GUID}Invitation-Command: INVITE\r\n"


@pytest.mark.parametrize(
    ("body", "kinds", "refused"),
    [
        (f"{GUID}Invitation-Cookie: 5\r\n\r\n", "invalid message", False),
        (f"{INVITE}\r\n", "invalid message", False),
        (f"{INVITE}Invitation-Cookie: x\r\n\r\n", "invalid message", False),
        (f"{INVITE}Invitation-Cookie: 4294967296\r\n", "invalid message", False),
        (
            f"{INVITE}Invitation-Cookie: 5\r\nApplication-File: a\r\n"
            "Application-FileSize: -1\r\n\r\n",
            "invalid message",
            True,
        ),
        (
            f"{INVITE}Invitation-Cookie: 5\r\nApplication-File: a\r\n"
            "Application-FileSize: 18446744073709551616\r\n\r\n",
            "invalid message",
            True,
        ),
        (
            "Application-GUID: {00000000-0000-0000-0000-000000000001}\r\n"
            "Invitation-Command: INVITE\r\nInvitation-Cookie: 5\r\n\r\n",
            "message",
            True,
        ),
        (
            f"{INVITE}Invitation-Cookie: 5\r\nApplication-File: a\r\n"
            "Application-FileSize: 18446744073709551615\r\n\r\n",
            "offer",
            False,
        ),
        (
            INVITE.replace("\r\n", "\n").upper().replace("INVITE", "invite")
            + "INVITATION-COOKIE: 5\napplication-file: a: b\nAPPLICATION-FILESIZE: 1",
            "offer",
            False,
        ),
    ],
)
def test_13_invitations_are_validated(body: str, kinds: str, refused: bool) -> None:
    server = joined()
    calls: list[str] = []
    server.client.gotInvalidInvitation = lambda *_: calls.append("invalid")
    server.client.gotMessage = lambda *_: calls.append("message")
    server.client.gotSendRequest = lambda *_: calls.append("offer")
    for _ in range(2):  # sent twice: told once where it is an offer
        wire = Message.of_type(CONTENT_TYPE, body.encode())
        server.message(BOB, "Bob", wire.to_bytes())
    assert calls == kinds.split() * (1 if kinds == "offer" else 2)
    answers = [
        parse_invitation(Message.from_bytes(each).body)
        for each in payloads(server.bytes())
    ]
    codes = [getattr(answer, "code", None) for answer in answers]
    assert codes == ["REJECT_NOT_INSTALLED"] * (2 if refused else 0)
    assert not server.ended


@pytest.mark.parametrize(
    "name",
    [
        "../../x",
        "..\\x",
        "C:\\x",
        "/etc/x",
        "a\0x",
        "..",
        "",
        "CON",
        "a\r\nb",
        "x" * 999,
    ],
)
def test_13_a_file_name_is_never_trusted(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    probe = Probe(MSN.MSNFileReceive(1, BOB, name, folder))
    probe.deliver(b"VER MSNFTP\r\nFIL 1\r\n")
    probe.deliver(b"\0\1\0x")
    (made,) = folder.iterdir()
    assert made.parent == folder
    assert list(tmp_path.iterdir()) == [folder]
    assert not set(made.name) & set("/\\\0\r\n:")


@pytest.mark.parametrize(
    "field", ["Port: 0x50", "Port: 65536", "AuthCookie: -1", "PortX: a"]
)
def test_13_an_address_is_never_trusted(field: str) -> None:
    server = joined()
    invite = f"{INVITE}Invitation-Cookie: 5\r\nApplication-File: a\r\n"
    body = (invite + "Application-FileSize: 1\r\n\r\n").encode()
    server.message(BOB, "Bob", Message.of_type(CONTENT_TYPE, body).to_bytes())
    reply = server.client.fileInvitationReply(5)
    bad = f"Invitation-Command: ACCEPT\r\nInvitation-Cookie: 5\r\n{field}\r\n"
    text = f"{bad}IP-Address: 192.0.2.1\r\n\r\n".encode()
    server.message(BOB, "Bob", Message.of_type(CONTENT_TYPE, text).to_bytes())
    assert not reply.done
    good = Accept(5, "192.0.2.1", "", 6891, auth_cookie=1).to_bytes()
    server.message(BOB, "Bob", Message.of_type(CONTENT_TYPE, good).to_bytes())
    assert reply.result[:4] == (1, "192.0.2.1", 6891, 1)


@pytest.mark.parametrize(
    "lines",
    [
        b"",
        b"VER MSNFTP\r\n",
        b"VER MSNFTP\r\nFIL 9\r\n",
        b"VER MSNFTP\r\nFIL 9\r\n\0\3\0abc",
    ],
)
def test_14_a_transfer_that_stalls_ends_without_a_trace(
    tmp_path: Path, lines: bytes
) -> None:
    probe = Probe(MSN.MSNFileReceive(1, BOB, "a", tmp_path, fileSize=9))
    probe.deliver(lines)
    assert not probe.ended
    probe.advance(61)
    ended = [e for e in probe.take("heard") if isinstance(e, events.TransferEnded)]
    assert [event.outcome for event in ended] == [Outcome.FAILED]
    assert list(tmp_path.iterdir()) == []
    assert probe.ended


@pytest.mark.parametrize("bad", [b"Data", b"data!", b"dat"])
def test_14_a_picture_of_another_digest_is_no_picture(bad: bytes) -> None:
    from .test_bounds import Stranger

    wanted = MSNObject.for_data(BOB, TYPE_DISPLAY_PICTURE, b"data")
    for data in (b"data", bad):
        server = joined()
        bob = Stranger(BOB)
        served = {wanted.sha1d: b"data"}
        bob.peer._objects = served
        reply = server.client.requestPicture(BOB, wanted)
        for _ in range(8):
            for each in payloads(server.bytes()):
                packet = Message.from_bytes(each).body
                actions = list(bob.peer.receive(packet))
                for session in bob.peer._sessions.values():
                    session._data = data  # type: ignore[attr-defined]
                bob.sends(server, [*actions, *bob.peer.pump(9)])
            for trid in list(server.client.ids):
                server.say(f"ACK {trid}")
        if data == b"data":
            assert reply.result == b"data"
        else:
            server.wait(301)
            assert isinstance(reply.error, RequestFailed)
        assert len(server.heard(events.PictureReceived)) == (data == b"data")


@pytest.mark.parametrize(
    "name", ["Bob", "Grüße", "a b+c%d", "\U0001f600", "\u00a0\u3000", "100%", "a=b;c"]
)
def test_15_names_survive_their_encoding(name: str) -> None:
    server = filled(8)
    reply = server.client.changeScreenName(name)
    (line,) = server.said()
    assert line.isascii()
    assert len(line.split(" ")) == 4
    server.say(f"REA 6 13 {ALICE} {line.split(' ')[3]}")
    assert reply.result == (13, name)
    assert server.client.screenName == name
    raw = name.replace("%", "%25").replace(" ", "%20")
    server.say(f"NLN NLN {BOB} {raw} 0")  # as it is, in UTF-8
    assert server.heard(events.PresenceChanged)[0].name == name


def test_15_a_character_beyond_16_bits_counts_as_two() -> None:
    assert decode_friendly(encode_friendly("\U0001f600")) == "\U0001f600"
    assert encode_friendly("\U0001f600") == "PdgA3gAA"
    data = FileContext("\U0001f600" * 129 + "a", 1).to_bytes()
    assert data[20 : 20 + 518] == "\U0001f600".encode("utf-16-le") * 129 + b"a\0"
    assert FileContext.from_bytes(data).name == "\U0001f600" * 129 + "a"
    with pytest.raises(LocalProtocolError, match="259"):
        FileContext("\U0001f600" * 130, 1).to_bytes()


def test_16_everything_is_let_go_with_the_connection(tmp_path: Path) -> None:
    server = filled(8)
    replies = [
        server.client.changeStatus("AWY"),
        server.client.addContact(1, CAROL),
        server.client.requestSwitchboardServer(),
    ]
    room = joined()
    (tmp_path / "a").write_bytes(bytes(10))
    transfer = room.client.sendFile(BOB, tmp_path / "a")
    source = room.client._transfers[transfer].source
    replies += [room.client.sendText("Hi"), room.client.inviteUser(CAROL)]
    replies += [room.client.sendFileInvitation("a", 1)]
    for each in (server, room):
        each.probe.deliver(None, "lost")
        assert each.ended
        assert each.client._timers == each.client.ids == {}
    assert {type(reply.error) for reply in replies} == {ConnectionGone}
    assert source.closed
    late = [server.client.changeStatus("NLN"), room.client.inviteUser(BOB)]
    assert {type(reply.error) for reply in late} == {ConnectionGone}


def test_16_a_transfer_lets_go_of_its_socket_and_its_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(10))
    send = Probe(MSN.MSNFileSend(tmp_path / "a", BOB, listen=("127.0.0.1", [0])))
    send.settle()
    listener, file = send.component._listener, send.component._file
    send.component.stop()
    send.close()
    assert listener.fileno() == -1
    assert file.closed


def test_17_certificates_are_verified_unless_told_otherwise() -> None:
    assert MSNNotificationClient().verify is True
    assert MSN.NotificationFactory().verify is True
    assert MSNHarness(ALICE, "x")._settings["verify"] is True
    context = contexts()

    async def answer(reader: asyncio.StreamReader, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        urls = f"DALogin=127.0.0.1:{port}/login2.srf"
        line = f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nPassportURLs: {urls}\r\n"
        ok = "Authentication-Info: Passport1.4 da-status=success,from-PP='t=a&p='\r\n"
        writer.write(f"{line}{ok}\r\n".encode())
        await writer.drain()
        writer.close()

    port = 0

    async def scenario() -> None:
        nonlocal port
        listener = await asyncio.start_server(
            answer, "127.0.0.1", 0, ssl=context.server
        )
        async with listener:
            port = listener.sockets[0].getsockname()[1]
            nexus = f"https://127.0.0.1:{port}/rdr/pprdr.asp"
            assert await passportTicket(
                ALICE, PASSWORD, "ct=1", nexus, verify=context.client
            )
            with pytest.raises(PassportFailed, match=r"(?i)certificate"):
                await passportTicket(ALICE, PASSWORD, "ct=1", nexus)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("https://again.example.net/", PassportFailed),
        ("http://clear.example.net/", SSLRequired),
    ],
)
def test_17_redirects_are_limited_and_never_leave_tls(
    location: str, error: type[Exception]
) -> None:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        if request.url.path.endswith("pprdr.asp"):
            urls = {"PassportURLs": "DALogin=login.example.net/login2.srf"}
            return httpx.Response(200, headers=urls)
        return httpx.Response(302, headers={"Location": location})

    async def scenario() -> None:
        with pytest.raises(error):
            await passportTicket(
                ALICE,
                PASSWORD,
                "ct=1",
                "https://nexus.example.net",
                transport=httpx.MockTransport(handle),
            )

    asyncio.run(scenario())
    assert len(seen) <= 7
    assert all(url.startswith("https:") for url in seen)


@pytest.mark.parametrize("version", [7, 8])
def test_17_no_password_stands_in_a_log(
    version: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server = signed_on(version)
    secret = hashlib.md5(f"{SALT}{PASSWORD}".encode()).hexdigest()
    server.say("911 4", "VER nonsense", "USR 9 TWN S again")
    told = caplog.text + repr(server.client) + repr(server.heard())
    for word in (PASSWORD, secret, "t=abc&p=xyz"):
        assert word not in told


def test_18_every_address_can_be_chosen() -> None:
    seen: list[str] = []

    def transport(host: str, port: int) -> Any:
        seen.append(f"{host}:{port}")
        raise ConnectionRefusedError

    for factory in (MSN.DispatchFactory(), MSN.NotificationFactory()):
        with pytest.raises(ConnectionRefusedError):
            factory.connect("ns.example.net", 1234, transport)
    assert seen == ["ns.example.net:1234"] * 2
    client = MSN.NotificationFactory(passportServer="http://10.0.0.1:8080")
    assert client.buildProtocol().passportServer == "http://10.0.0.1:8080"
    harness = MSNHarness(ALICE, "x", "ds.example.net", 7, "http://10.0.0.1")
    assert (harness.server, harness.port) == ("ds.example.net", 7)
    assert harness._settings["passportServer"] == "http://10.0.0.1"


def test_18_where_a_server_sends_us_is_where_we_go(world: World) -> None:
    world.service.dispatch = True
    world.service.board = "board.example.net:1999"
    ann, _ = world.client(ANN), world.client(BOB_X)
    ann.deliver(("message", BOB_X, "Hi"))
    hosts = {line.address for line in world.service.connections}
    assert hosts == {("ns", 1863), ("board.example.net", 1999)}
