"""A session while it lasts: pings, challenges, profile, alerts, bad lines, waiting."""

import asyncio
from collections.abc import Generator
from typing import Any

import pytest

from Axon.AsyncComponent import asynccomponent
from Axon.Component import component
from Axon.Ipc import WaitComplete, producerFinished
from Axon.testing import Probe
from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.Replies import ConnectionGone, MSNCommandFailed
from Kamaelia.Protocol.MSN.wire.notices import build_profile, shutdown_notice

from .server import ALICE, BOB, CHALLENGE, notification, signed_on

CHL = "15570131571988941333"


@pytest.mark.parametrize(
    ("version", "product", "answer"),
    [
        (6, "msmsgs@msnmsgr.com", "8f2f5a91b72102cd28355e9fc9000d6e"),
        (8, "msmsgs@msnmsgr.com", "8f2f5a91b72102cd28355e9fc9000d6e"),
        (11, "PROD0090YUAUV{2B", None),
    ],
)
def test_a_challenge_is_answered_as_the_dialect_has_it(
    version: int, product: str, answer: str | None
) -> None:
    server = signed_on(version)
    challenge = CHL if answer else "22210219642164014968"
    server.say(f"CHL 0 {challenge}")
    line, payload = server.said()
    assert line == f"QRY 5 {product} 32"
    assert payload == (answer or "85ecb0db8f32113df79ce0892b9a102c")
    server.say("QRY 5")
    assert server.client.ids == {}


def test_a_ping_goes_out_in_silence_and_its_answer_sets_the_pace() -> None:
    server = signed_on(9)
    server.wait(46)
    assert server.said() == ["PNG"]
    server.say("QNG 50")
    server.wait(49)
    assert server.said() == []
    server.wait(2)
    assert server.said() == ["PNG"]
    server.say("QNG")
    server.wait(46)
    assert server.said() == ["PNG"]


@pytest.mark.parametrize(("number", "seconds"), [("1", 10), ("99999", 300)])
def test_the_pace_is_kept_within_reason(number: str, seconds: int) -> None:
    server = signed_on(9)
    server.say(f"QNG {number}")
    server.wait(seconds - 0.5)
    assert server.said() == []
    server.wait(1)
    assert server.said() == ["PNG"]


def test_a_server_that_does_not_answer_a_ping_is_dead() -> None:
    server = signed_on(8)
    reply = server.client.setPrivacyMode(True)
    server.wait(46)
    server.wait(21)
    assert server.ended
    told = server.heard(events.Disconnected)
    assert "ping" in told[0].reason
    assert reply.error is not None


def test_any_line_answers_a_ping() -> None:
    server = signed_on(8)
    server.wait(46)
    server.say(f"FLN {BOB}")
    server.wait(21)
    assert not server.ended


@pytest.mark.parametrize("cut", [0, 1])
def test_the_profile_is_read(cut: int) -> None:
    seen: list[Any] = []
    server = signed_on(8)
    server.client.gotProfile = seen.append
    server.cut = cut
    profile = build_profile(ALICE, 1070000000, 8, client=("192.0.2.10", 51234))
    server.message("Hotmail", "Hotmail", profile.to_message().to_bytes())
    (told,) = server.heard()
    assert told.profile.client_ip == "192.0.2.10"
    assert told.profile.client_port == 51234
    assert seen[0].getHeader("LoginTime") == "1070000000"


def test_a_warning_that_the_server_goes_down_is_told() -> None:
    server = signed_on(8)
    payload = shutdown_notice(5).to_message().to_bytes()
    server.message("Hotmail", "Hotmail", payload)
    (told,) = server.heard(events.NoticeReceived)
    assert told.notice.minutes == 5


def test_alerts_and_pages_are_told() -> None:
    server = signed_on(8)
    data = b'<NOTIFICATION id="2" siteurl="http://x/"><TEXT>Hi</TEXT></NOTIFICATION>'
    server.send(b"NOT %d\r\n%sIPG %d\r\n%s" % (len(data), data, len(data), data))
    assert [(each.alert.text, each.page) for each in server.heard()] == [
        ("Hi", False),
        ("Hi", True),
    ]


@pytest.mark.parametrize(
    "line",
    ["NLN", "ILN 5", "RNG 1", "CHG 5", "XFR 0 SB", "ADD 0 XX 1 a b", "BPR", "USR 5 OK"],
)
def test_a_line_that_makes_no_sense_is_told_and_passed_over(line: str) -> None:
    seen: list[Any] = []
    server = signed_on(8)
    server.client.gotBadLine = lambda *args: seen.append(args)
    server.say(line, f"FLN {BOB}")
    heard = server.heard()
    assert isinstance(heard[-1], events.ContactOffline)
    assert line.startswith("USR") or isinstance(heard[0], events.BadLine)
    assert line.startswith("USR") or seen[0][0] == line


@pytest.mark.parametrize("data", [b"\xff\xfe\r\n", b"x" * 20000, b"MSG a b c\r\n"])
def test_bytes_that_cannot_be_msnp_end_it(data: bytes) -> None:
    server = signed_on(8)
    reply = server.client.changeStatus("NLN")
    server.send(data)
    assert server.ended
    heard = server.heard()
    assert isinstance(heard[0], events.BadLine)
    assert isinstance(heard[-1], events.Disconnected)
    assert isinstance(reply.error, ConnectionGone)


def test_what_came_before_the_end_of_the_connection_is_heard_first() -> None:
    server = notification(8)
    server.say("VER 1 MSNP8", "CVR 2 1 1 1 x x", f"USR 3 TWN S {CHALLENGE}")
    line = server.probe.component.components["protocol"]
    line.inboxes["inbox"].append(b"911 4\r\n")
    line.inboxes["lost"].append(producerFinished(None, "reset"))
    (told,) = server.heard(events.SignOnFailed)
    assert told.code == 911


def test_a_request_after_the_end_fails_at_once() -> None:
    server = signed_on(8)
    server.client.logOut()
    server.client.wake()
    assert server.said() == ["OUT"]
    reply = server.client.changeStatus("NLN")
    assert isinstance(reply.error, ConnectionGone)
    assert server.ended
    assert server.client._timers == {}


# Waiting for a reply.


class Waiter(component):
    def __init__(self, client: Any, way: str) -> None:
        super().__init__()
        self.client = client
        self.way = way
        self.steps = 0

    def main(self) -> Generator[Any, None, None]:
        reply = self.client.changeStatus("AWY")
        try:
            if self.way == "for":
                for _ in reply.wait():
                    self.steps += 1
                    yield 1
                result = reply.result
            elif self.way == "from":
                result = yield from reply.wait()
            else:
                result = yield WaitComplete(reply.wait())
        except MSNCommandFailed as error:
            result = error.errorCode
        self.send(result, "outbox")


class AsyncWaiter(asynccomponent):
    def __init__(self, client: Any) -> None:
        super().__init__()
        self.client = client

    async def main(self) -> None:
        try:
            await self.put(await self.client.changeStatus("AWY"), "outbox")
        except MSNCommandFailed as error:
            await self.put(error.errorCode, "outbox")


@pytest.mark.parametrize("way", ["for", "from", "complete", "await"])
@pytest.mark.parametrize(
    ("answer", "result"), [("CHG 5 AWY 0", ("AWY",)), ("800 5", 800)]
)
def test_a_reply_can_be_waited_for(way: str, answer: str, result: Any) -> None:
    server = signed_on(8)
    made = AsyncWaiter(server.client) if way == "await" else Waiter(server.client, way)
    probe = Probe(made, scheduler=server.probe.scheduler)
    assert probe.take() == []
    assert getattr(made, "steps", 0) <= 2
    server.say(answer)
    assert probe.take() == [result]


def test_a_reply_that_is_there_is_not_waited_for() -> None:
    server = signed_on(8)
    reply = server.client.changeStatus("AWY")
    server.say("CHG 5 AWY 0")
    assert list(reply.wait()) == []

    async def late() -> Any:
        return await reply

    assert asyncio.run(late()) == ("AWY",)


@pytest.mark.parametrize(
    "request_",
    [
        ("changeStatus",),
        ("syncList", 0, 0),
        ("fly",),
        "logIn",
        ("addContact",),
        ("changeStatus", 5),
        ("unblockContact", 5),
        ("addContact", 1, "two words"),
        ("sendPage", "two words", "x"),
        ("sendPage", 5, "x"),
        ("sendPage", "x", 5),
        ("requestURL", "two words"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_and_does_no_harm(
    request_: Any,
) -> None:
    server = signed_on(8)
    server.probe.deliver(request_, "talk")
    (refused,) = server.heard(events.RequestRefused)
    assert refused.code is None
    assert server.said() == []
    assert not server.ended
