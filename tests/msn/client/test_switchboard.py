"""Conversations: who comes and goes, what is said, whether it arrived."""

from typing import Any

import pytest

from Axon.Ipc import producerFinished
from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.Message import MSNMessage
from Kamaelia.Protocol.MSN.Replies import (
    ConnectionGone,
    MSNCommandFailed,
    NotDelivered,
    RequestTimedOut,
)
from Kamaelia.Protocol.MSN.SwitchboardClient import MSNSwitchboardClient
from Kamaelia.Protocol.MSN.wire.capabilities import OUR_CAPABILITIES
from Kamaelia.Protocol.MSN.wire.contents import Datacast, Emoticons, Ink, Text, Typing
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.multipart import split_message
from Kamaelia.Protocol.MSN.wire.text_format import TextFormat

from .server import ALICE, BOB, CAROL, Server, conversation, joined

HELLO = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nHello"


def test_a_call_waits_until_the_switchboard_has_let_us_in() -> None:
    server = conversation(entered=False)
    reply = server.client.inviteUser(BOB)
    assert server.said() == [f"USR 1 {ALICE} c1"]
    server.say(f"USR 1 OK {ALICE} Alice")
    assert server.said() == [f"CAL 2 {BOB}"]
    server.say("CAL 2 RINGING 40217731")
    assert reply.result == ("40217731",)
    server.say(f"JOI {BOB} Bob")
    assert server.heard() == [events.Entered(""), events.Joined(BOB, "Bob", None)]


def test_a_message_waits_until_somebody_is_there() -> None:
    server = conversation()
    server.client.inviteUser(BOB)
    reply = server.client.sendText("Hello")
    assert server.said() == [f"CAL 2 {BOB}"]
    server.say("CAL 2 RINGING 40217731", f"JOI {BOB} Bob 268435492 more")
    assert server.said() == [f"MSG 3 A {len(HELLO)}", *HELLO.split("\r\n")]
    server.say("ACK 3")
    assert reply is not None
    assert reply.result == (None,)
    assert server.client.clientOf(BOB) == OUR_CAPABILITIES


def test_who_is_called_answers_and_learns_who_is_there() -> None:
    server = Server(
        MSNSwitchboardClient(userHandle=ALICE, key="c2", reply=1, sessionID=4711)
    )
    assert server.said() == [f"ANS 1 {ALICE} c2 4711"]
    server.say(f"IRO 1 1 2 {BOB} Bob", f"IRO 1 2 2 {CAROL} Carol 268435492", "ANS 1 OK")
    assert server.heard() == [
        events.ParticipantsListed({BOB: "Bob", CAROL: "Carol"}),
        events.Entered("4711"),
    ]
    server.client.sendText("Hello")
    assert server.said()[0].startswith("MSG 2 A ")


def test_nobody_there_means_no_list_of_participants() -> None:
    server = Server(MSNSwitchboardClient(userHandle=ALICE, key="c2", reply=1))
    server.say("ANS 1 OK")
    assert server.heard(events.ParticipantsListed) == []


@pytest.mark.parametrize(("code", "kind"), [(911, "credentials"), (500, "refused")])
def test_a_switchboard_that_refuses_us_is_told(code: int, kind: str) -> None:
    server = conversation(entered=False)
    waiting = server.client.inviteUser(BOB)
    held = server.client.sendText("Hello")
    server.say(f"{code} 1")
    (told,) = server.heard(events.SignOnFailed)
    assert (told.kind, told.code) == (kind, code)
    assert isinstance(waiting.error, ConnectionGone)
    assert isinstance(held.error, NotDelivered)
    assert server.ended


def test_a_switchboard_that_never_answers_is_given_up() -> None:
    server = conversation(entered=False)
    server.wait(31)
    assert server.heard(events.SignOnFailed)[0].kind == "timeout"
    assert server.ended


def test_a_call_that_fails_returns_what_waited() -> None:
    server = conversation()
    call = server.client.inviteUser(BOB)
    held = server.client.sendText("Hello")
    server.say("217 2")
    assert isinstance(call.error, MSNCommandFailed)
    assert call.error.errorCode == 217
    assert isinstance(held.error, NotDelivered)
    assert "not online" in str(held.error)


def test_somebody_who_does_not_come_is_given_up() -> None:
    server = conversation()
    server.client.inviteUser(BOB)
    held = server.client.sendText("Hello")
    server.say("CAL 2 RINGING 40217731")
    server.wait(61)
    assert isinstance(held.error, NotDelivered)
    assert server.heard(events.RequestRefused)


def test_an_acknowledgement_comes_for_its_own_message() -> None:
    server = joined()
    first, second = server.client.sendText("1"), server.client.sendText("2")
    server.say("ACK 4")
    assert not first.done
    assert second.result == (None,)
    server.say("NAK 3", "ACK 3", "ACK 99", "NAK 98", "ACK")
    assert isinstance(first.error, NotDelivered)


def test_a_message_that_is_never_acknowledged_times_out() -> None:
    server = joined()
    reply = server.client.sendText("Hello")
    server.wait(31)
    assert isinstance(reply.error, RequestTimedOut)


@pytest.mark.parametrize("line", ["NAK 3", "282 3", "500 3", None])
def test_a_message_acknowledged_on_error_only(line: str | None) -> None:
    server = joined()
    message = MSNMessage(message="Hello")
    message.ack = MSNMessage.MESSAGE_NACK
    reply = server.client.sendMessage(message)
    assert server.said()[0].startswith("MSG 3 N ")
    if line:
        server.say(line)
        assert isinstance(reply.error, NotDelivered)
    else:
        server.wait(11)
        assert reply.result == (None,)


def test_an_unacknowledged_message_has_no_reply() -> None:
    server = joined()
    message = MSNMessage(message="Hello")
    message.ack = MSNMessage.MESSAGE_ACK_NONE
    assert server.client.sendMessage(message) is None
    assert server.said()[0].startswith("MSG 3 U ")
    assert server.client.ids == {}


def test_a_message_to_those_who_have_left_fails_at_once() -> None:
    server = joined()
    server.say(f"BYE {BOB}")
    reply = server.client.sendText("Hello")
    assert isinstance(reply.error, NotDelivered)
    assert server.said() == []


def test_leaving_is_told_also_when_it_was_idle() -> None:
    server = joined()
    server.say(f"JOI {CAROL} Carol", f"BYE {CAROL}", f"BYE {BOB} 1")
    assert server.heard() == [
        events.Joined(CAROL, "Carol", None),
        events.Left(CAROL, False),
        events.Left(BOB, True),
    ]


def test_a_client_can_leave_when_it_is_alone() -> None:
    server = joined(leaveWhenAlone=True)
    server.say(f"BYE {BOB}")
    assert server.said() == ["OUT"]
    assert server.ended


def test_typing_and_nudges_go_out() -> None:
    server = joined()
    server.client.sendTypingNotification()
    assert server.said()[:4] == [
        "MSG 3 U 90",
        "MIME-Version: 1.0",
        "Content-Type: text/x-msmsgscontrol",
        f"TypingUser: {ALICE}",
    ]
    server.client.sendNudge()
    assert server.said()[0] == "MSG 4 N 69"


def test_typing_to_nobody_is_not_kept() -> None:
    server = conversation()
    server.client.inviteUser(BOB)
    server.client.sendTypingNotification()
    server.said()
    server.say("CAL 2 RINGING 1", f"JOI {BOB} Bob")
    assert server.said() == []


class Listener(MSNSwitchboardClient):
    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        self.calls: list[Any] = []

    def userTyping(self, message: MSNMessage) -> None:
        self.calls.append(("typing", message.userHandle))

    def gotMessage(self, message: MSNMessage) -> None:
        self.calls.append(("message", message.getMessage()))

    def userJoined(self, *args: str) -> None:
        self.calls.append(("joined", *args))

    def userLeft(self, *args: str) -> None:
        self.calls.append(("left", *args))

    def loggedIn(self) -> None:
        self.calls.append(("in",))

    def gotChattingUsers(self, users: dict[str, str]) -> None:
        self.calls.append(("users", users))


def test_the_hooks_are_called() -> None:
    server = Server(Listener(userHandle=ALICE, key="c", reply=1, sessionID=1))
    server.say(f"IRO 1 1 1 {BOB} Bob", "ANS 1 OK", f"JOI {CAROL} Carol", f"BYE {CAROL}")
    server.message(BOB, "Bob", Typing(BOB).to_message().to_bytes())
    server.message(BOB, "Bob", Text("Hi").to_message().to_bytes())
    assert server.client.calls == [
        ("users", {BOB: "Bob"}),
        ("in",),
        ("joined", CAROL, "Carol"),
        ("left", CAROL),
        ("typing", BOB),
        ("message", "Hi"),
    ]


@pytest.mark.parametrize("cut", [0, 1, 7])
@pytest.mark.parametrize(
    "content",
    [
        Text(
            "Grüße, \U0001f600!", TextFormat("Segoe UI", bold=True, color=(255, 0, 9))
        ),
        Datacast(),
        Emoticons(((":x", "<msnobj/>"),)),
        Ink(b"GIF89a"),
    ],
)
def test_what_is_said_is_told_with_its_meaning(content: Any, cut: int) -> None:
    server = joined()
    server.cut = cut
    server.message(BOB, "Bob%20B", content.to_message().to_bytes())
    (told,) = server.heard()
    assert (told.handle, told.name, told.content) == (BOB, "Bob B", content)


def test_typing_is_told() -> None:
    server = joined()
    server.message(BOB, "Bob", Typing(BOB).to_message().to_bytes())
    assert server.heard() == [events.TypingSeen(BOB)]


def test_a_message_in_parts_is_told_once_whole() -> None:
    server = joined()
    whole = Text("x" * 4000).to_message()
    parts = split_message(whole, "{A1B2C3D4-0000-4000-8000-0123456789AB}")
    for part in parts:
        assert not server.heard()
        server.message(BOB, "Bob", part.to_bytes())
    (told,) = server.heard()
    assert told.content.text == "x" * 4000


def payloads(data: bytes) -> list[Message]:
    """Return the messages that a client has sent."""
    found = []
    while data:
        line, _, rest = data.partition(b"\r\n")
        size = int(line.split()[-1])
        assert size <= 1664
        found.append(Message.from_bytes(rest[:size]))
        data = rest[size:]
    return found


@pytest.mark.parametrize("size", [1550, 1700, 5000])
def test_a_long_text_goes_in_messages_cut_between_characters(size: int) -> None:
    server = joined()
    text = "ä" * size
    reply = server.client.sendText(text, TextFormat("Arial"))
    sent = payloads(server.bytes())
    assert "".join(message.text for message in sent) == text
    assert all(message.get("X-MMS-IM-Format") for message in sent)
    for trid in range(3, 3 + len(sent)):
        assert not reply.done
        server.say(f"ACK {trid}")
    assert reply.result == (None,)


def test_a_long_text_fails_when_one_of_its_messages_fails() -> None:
    server = joined()
    reply = server.client.sendText("x" * 4000)
    server.say("ACK 3", "NAK 4", "ACK 5")
    assert isinstance(reply.error, NotDelivered)


def test_a_long_text_goes_in_parts_to_who_can_join_them() -> None:
    server = conversation()
    server.client.inviteUser(BOB)
    server.say("CAL 2 RINGING 1", f"JOI {BOB} Bob 268435492")
    server.bytes()
    server.client.sendText("ä" * 2000)
    first, *rest = payloads(server.bytes())
    assert first.get("Chunks") == str(1 + len(rest))
    joined_body = first.body + b"".join(part.body for part in rest)
    assert joined_body.decode() == "ä" * 2000


def test_the_connection_ends_and_everything_that_waits_fails() -> None:
    server = joined()
    message = server.client.sendText("Hello")
    call = server.client.inviteUser(CAROL)
    offer = server.client.sendFileInvitation("a.txt", 3)
    server.probe.deliver(producerFinished(None, "reset by peer"), "lost")
    for reply in (message, call, offer):
        assert isinstance(reply.error, ConnectionGone)
    assert server.heard()[-1] == events.Disconnected("reset by peer", False)
    assert server.ended
    assert isinstance(server.client.sendText("more").error, NotDelivered)
    assert server.client._timers == {}


def test_out_of_the_server_ends_it() -> None:
    server = joined()
    server.say("OUT")
    assert server.ended


def test_requests_may_come_by_the_talk_box() -> None:
    server = joined()
    server.probe.deliver(("sendText", "Hi"), "talk")
    assert server.said()[-1] == "Hi"
    server.probe.deliver(("inviteUser", CAROL), "talk")
    assert server.said() == [f"CAL 4 {CAROL}"]
    server.probe.deliver(("rm", "-rf"), "talk")
    (told,) = server.heard(events.RequestRefused)
    assert "no such request" in told.meaning


def test_an_endpoint_is_no_part_of_a_handle() -> None:
    server = conversation()
    server.say(f"JOI {BOB};{{1-2}} Bob 1:2", f"JOI {ALICE};{{3}} Alice 1:2")
    assert server.heard(events.Joined)[0].handle == BOB
    assert list(server.client.participants) == [BOB]
