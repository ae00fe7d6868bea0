"""Subclasses of old: each method of the original may be overridden, as it was called.

What an override is called with, what it returns and what it calls in its turn are those
of Kamaelia 1.14; `super()` is ours.
"""

import asyncio
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from Axon.Component import component
from Axon.Ipc import WaitComplete, producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Protocol.AIM.actions import Connect
from Kamaelia.Protocol.AIM.AIMHarness import AIMHarness
from Kamaelia.Protocol.AIM.AsyncSNACExchanger import AsyncSNACExchanger
from Kamaelia.Protocol.AIM.ChatManager import ChatManager
from Kamaelia.Protocol.AIM.LoginHandler import LoginHandler
from Kamaelia.Protocol.AIM.OSCARClient import (
    OSCARClient,
    OSCARProtocol,
    SNACExchanger,
)
from Kamaelia.Protocol.AIM.SignOnSteps import STEPS
from Kamaelia.Protocol.AIM.wire.foodgroups import LOCATE
from Kamaelia.Protocol.AIM.wire.icbm import MessageToHost
from Kamaelia.Support.OscarUtil import CHANNEL_NEWCONNECTION, Double, Quad
from Kamaelia.Support.OscarUtil2 import SNAC, TLV, readSNAC
from tests.aim.client.scripted_server import (
    BOB,
    COOKIE,
    PASSWORD,
    ScriptedServer,
    connector,
    doubles,
    error,
    snac,
    tlv,
)
from tests.aim.client.test_login_handler import frames
from tests.examples.world import PASSWORD as SERVED
from tests.examples.world import Person, serving

MESSAGE = (
    bytes.fromhex(
        "3132333435363700 0001 03426f62 0000 0000"
        "0002 0014 0501 0004 01010102 0101 0008 0000 0000"
    )
    + b"<b>!"
)
"""SNAC (04, 07): Bob says `<b>!`, a tag that never ends."""


# OSCARProtocol.

FRAME = bytes.fromhex("2a 02 0001 0002 6869")


class OldProtocol(OSCARProtocol):
    """Everything done by hand, as the original does it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def checkBoxes(self) -> None:
        for box in self.Inboxes:
            if self.dataReady(box):
                self.calls.append(box)
                getattr(self, f"handle{box}")()

    def handleinbox(self) -> None:
        self.buffer += self.recv("inbox")
        while len(self.buffer) >= 6:
            channel, _, size = struct.unpack("!xBHH", self.buffer[:6])
            if len(self.buffer) < 6 + size:
                break
            self.send((channel, self.buffer[6 : 6 + size]), "heard")
            self.buffer = self.buffer[6 + size :]

    def handlecontrol(self) -> None:
        self.recv("control")
        self.done = True
        self.send("over", "signal")

    def handletalk(self) -> None:
        data = self.recv("talk")
        self.sendFLAP(data[1], data[0])

    def sendFLAP(self, data: Any, channel: int = 2) -> None:
        self.seqnum = (self.seqnum + 1) % 0x10000
        head = struct.pack("!cBHH", b"*", channel, self.seqnum, len(data))
        self.send(head + data)


def test_a_protocol_done_by_hand_works_as_of_old() -> None:
    probe = Probe(OldProtocol())
    for piece in (FRAME[:3], FRAME[3:] + FRAME, FRAME):
        probe.component._deliver(piece, "inbox")
    probe.deliver((2, b"yo"), "talk")
    assert probe.take("heard") == [(2, b"hi")] * 3
    assert probe.take() == [bytes.fromhex("2a 02 0001 0002 796f")]
    assert probe.component.calls == ["inbox", "talk", "inbox", "inbox"]
    probe.deliver(shutdownMicroprocess(), "control")
    assert probe.take("signal") == ["over"]
    assert probe.ended


@pytest.mark.parametrize(
    ("method", "box", "message", "out"),
    [
        ("handleinbox", "inbox", FRAME, "heard"),
        ("handletalk", "talk", (2, b"hi"), "outbox"),
        ("handlecontrol", "control", producerFinished(), "signal"),
    ],
)
def test_a_handler_is_called_once_a_message_and_may_go_on(
    method: str, box: str, message: Any, out: str
) -> None:
    calls: list[int] = []

    def override(self: Any) -> None:
        calls.append(self.dataReady(box))
        getattr(OSCARProtocol, method)(self)

    kind = type("Watched", (OSCARProtocol,), {method: override})
    probe = Probe(kind())
    probe.component._deliver(message, box)
    probe.deliver(message, box)
    assert calls in ([2, 1], [2])  # `control` is over after the first
    assert len(probe.take(out)) == len(calls)


def test_a_handler_that_takes_nothing_does_not_hang_the_rest() -> None:
    class Lazy(OSCARProtocol):
        def handletalk(self) -> None:
            if self.dataReady("talk") > 1:
                super().handletalk()

    probe = Probe(Lazy())
    probe.component._deliver((2, b"a"), "talk")
    probe.component._deliver((2, b"b"), "talk")
    probe.component._deliver(FRAME, "inbox")
    probe.component._deliver(shutdownMicroprocess(), "control")
    probe.settle()
    assert probe.take("heard") == [(2, b"hi")]
    assert len(probe.take()) == 1


def test_a_box_of_ones_own_has_a_handler_of_its_own() -> None:
    class More(OSCARProtocol):
        Inboxes = {**OSCARProtocol.Inboxes, "extra": ""}

        def handleextra(self) -> None:
            self.sendFLAP(self.recv("extra"), channel=5)

    probe = Probe(More())
    probe.deliver(b"", "extra")
    assert probe.take() == [bytes.fromhex("2a 05 0001 0000")]


def test_send_flap_is_called_with_data_and_channel() -> None:
    calls: list[Any] = []

    class Watched(OSCARProtocol):
        def sendFLAP(self, data: Any, channel: int = 2) -> None:
            calls.append((data, channel))
            super().sendFLAP(data, channel)

    probe = Probe(Watched())
    probe.deliver((4, b"x"), "talk")
    assert calls == [(b"x", 4)]
    assert probe.take() == [bytes.fromhex("2a 04 0001 0001 78")]


# SNACExchanger.


class Talker(SNACExchanger):
    """Sends what it is told, waits for the answer, and tells that."""

    def main(self) -> Any:
        self.sendSnac(0x02, 0x05, "abc")
        for reply in self.waitSnac(0x02, 0x06):  # noqa: B007 - the old way
            yield 1
        self.send(reply, "heard")


class Requester(SNACExchanger):
    """The same by a request of today."""

    def main(self) -> Any:
        replies = yield from self.request(LOCATE.USER_INFO_QUERY, b"abc")
        self.send(replies[0].body, "heard")


def _three(self: Any, fam: int, sub: int, body: bytes) -> Any:
    self.seen = (fam, sub, body)
    return SNAC(fam, sub, body, 7)


def _pair(self: Any, famsub: tuple[int, int], body: bytes) -> Any:
    fam, sub = famsub
    self.seen = (fam, sub, body)
    return SNAC(fam, sub, body, 7)


def _default(self: Any, fam: int, sub: int, body: bytes = b"") -> Any:
    return _three(self, fam, sub, body)


def _flags(self: Any, famsub: Any, body: bytes, flags: int = 0, reqid: int = 7) -> Any:
    return _pair(self, famsub, body)


def _today(self: Any, fam: Any, sub: Any = None, body: Any = b"", **more: Any) -> Any:
    self.seen = (*fam, sub)
    return SNACExchanger.makeSnac(self, fam, sub, body, **{**more, "request_id": 7})


@pytest.mark.parametrize("override", [_three, _pair, _default, _flags, _today])
@pytest.mark.parametrize("base", [Talker, Requester])
def test_make_snac_is_called_as_it_is_written_and_its_bytes_go_out(
    base: type[SNACExchanger], override: Any
) -> None:
    probe = Probe(type("Old", (base,), {"makeSnac": override})())
    assert probe.take() == [(2, bytes.fromhex("0002000500 00 00000007") + b"abc")]
    assert probe.component.seen == (2, 5, b"abc")
    probe.deliver(snac(2, 6, b"yes", 7), "inbox")
    assert probe.take("heard") == [b"yes"]
    assert probe.ended


@pytest.mark.parametrize("base", [Talker, Requester])
def test_make_snac_of_old_may_go_on_to_ours(base: type[SNACExchanger]) -> None:
    class Old(base):  # type: ignore[misc, valid-type]
        def makeSnac(self, fam: int, sub: int, body: bytes) -> Any:
            return super().makeSnac(fam, sub, body.upper())

    probe = Probe(Old())
    assert probe.take() == [(2, bytes.fromhex("00020005 0000 00000001") + b"ABC")]
    probe.deliver(snac(2, 6, b"yes", 1), "inbox")
    assert probe.take("heard") == [b"yes"]


@pytest.mark.parametrize("base", [Talker, Requester])
def test_send_snac_of_old_is_called_with_three_and_returns_nothing(
    base: type[SNACExchanger],
) -> None:
    calls: list[Any] = []

    class Old(base):  # type: ignore[misc, valid-type]
        def sendSnac(self, fam: int, sub: int, body: Any) -> None:
            calls.append((fam, sub, body))
            super().sendSnac(fam, sub, body)

    probe = Probe(Old())
    probe.settle()
    assert calls[0][:2] == (2, 5)
    assert probe.take() == [(2, bytes.fromhex("00020005 0000 00000001") + b"abc")]
    probe.deliver(snac(2, 6, b"yes", 1), "inbox")
    assert probe.take("heard") == [b"yes"]


def test_a_coroutine_may_override_them_too() -> None:
    class Old(AsyncSNACExchanger):
        Outboxes = {"outbox": "", "signal": "", "heard": ""}

        def sendSnac(self, fam: int, sub: int, body: Any) -> None:  # type: ignore[override]
            super().sendSnac(fam, sub, body)

        def makeSnac(self, fam: int, sub: int, body: Any) -> Any:  # type: ignore[override]
            return SNAC(fam, sub, body, 9)

        async def main(self) -> None:
            replies = await self.request(0x02, 0x05, b"abc")
            self.send(replies[0].body, "heard")

    probe = Probe(Old())
    assert probe.take() == [(2, bytes.fromhex("00020005 0000 00000009") + b"abc")]
    probe.deliver(snac(2, 6, b"yes", 9), "inbox")
    assert probe.take("heard") == [b"yes"]


def test_as_a_layer_it_makes_snacs_by_make_snac_of_old() -> None:
    probe = Probe(type("Old", (SNACExchanger,), {"makeSnac": _pair})())
    probe.deliver(((2, 5), b"abc"), "talk")
    assert probe.take() == [(2, bytes.fromhex("00020005 0000 00000007") + b"abc")]


class OldReader(SNACExchanger):
    """Reads as the original does, and turns each body round."""

    def recvSnac(self) -> Any:
        header, body = readSNAC(self.recv()[1])
        return header, body[::-1]


def test_recv_snac_of_old_is_what_waiting_reads_with() -> None:
    class Old(OldReader, Talker):
        pass

    probe = Probe(Old())
    probe.deliver(snac(1, 0x13, b"other"), "inbox")
    probe.deliver(snac(2, 6, b"sey", 1), "inbox")
    assert probe.take("heard") == [b"yes"]
    assert probe.component.recvSnac()[1] == b"rehto"


def test_recv_snac_of_old_serves_requests_and_the_layer() -> None:
    class Old(OldReader, Requester):
        pass

    probe = Probe(Old())
    probe.deliver(snac(2, 6, b"sey", 1), "inbox")
    assert probe.take("heard") == [b"yes"]
    layer = Probe(OldReader())
    layer.deliver(snac(2, 6, b"sey", 1), "inbox")
    assert layer.take("heard") == [((2, 6, 0, 1), b"yes")]


def test_wait_snac_of_old_loops_as_the_original_does() -> None:
    class Old(Talker):
        def waitSnac(self, fam: int, sub: int) -> Any:  # type: ignore[override]
            while True:
                while not self.dataReady():
                    self.pause()
                    yield 1
                header, reply = self.recvSnac()
                if (header[0], header[1]) == (fam, sub):
                    yield reply
                    return

    probe = Probe(Old())
    probe.deliver(snac(1, 0x13, b"other"), "inbox")
    probe.deliver(snac(2, 6, b"yes", 1), "inbox")
    assert probe.take("heard") == [b"yes"]


# LoginHandler.


def sign_on(kind: type[LoginHandler], server: ScriptedServer, **more: Any) -> Probe:
    more.setdefault("password", PASSWORD)
    made = kind("alice", server="auth.test", connector=connector(server), **more)
    return Probe(made)


ARGUMENTS = {
    "extractBOSandCookie": 1,
    "reconnect": 3,
    "parseRateInfo": 2,
    "waitSnac": 2,
}


@pytest.mark.parametrize("method", ["strong", "weak", "roasted"])
@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_called_as_of_old_and_leads_online(step: str, method: str) -> None:
    calls: list[Any] = []

    def override(self: Any, *args: Any) -> Any:
        calls.append(args)
        return getattr(LoginHandler, step)(self, *args)

    server = ScriptedServer()
    kind = type("Old", (LoginHandler,), {step: override})
    probe = sign_on(kind, server, method=method)
    connection, queued = probe.take("signal")
    assert connection is server.connections[1].component
    assert probe.component.session.screen_name == "Alice"
    assert {len(args) for args in calls} == {ARGUMENTS.get(step, 0)}
    kinds = [frame.payload[:4].hex() for frame in queued]
    assert kinds == [
        "00010003", "00010018", "00010007", "0001000f", "00130003", "00130006",
        "00020003", "00030003", "00040005", "00090003",
    ]  # fmt: skip
    assert probe.ended
    if step == "reconnect":
        assert calls == [("10.0.0.5", 5190, COOKIE)]
    if step == "parseRateInfo":
        assert calls == [(server.rates[2:], 1)]


def test_the_steps_say_what_our_own_conversation_says() -> None:
    ours, theirs = ScriptedServer(), ScriptedServer()
    sign_on(LoginHandler, ours).settle()
    kind = type(
        "Old", (LoginHandler,), {"getRights": lambda self: LoginHandler.getRights(self)}
    )
    sign_on(kind, theirs).settle()
    for one, other in zip(ours.connections, theirs.connections, strict=True):
        assert one.at == other.at
        assert one.frames == other.frames


def test_what_parse_rate_info_returns_goes_out() -> None:
    class Old(LoginHandler):
        def parseRateInfo(self, data: bytes, numClasses: int) -> bytes:  # noqa: N803
            return b"\0\1\0\2\0\3\0\4\0\5"

    server = ScriptedServer()
    assert len(sign_on(Old, server).take("signal")) == 2
    assert server.connections[1].bodies[1, 8] == doubles(1, 2, 3, 4, 5)


def test_what_extract_returns_is_the_error() -> None:
    class Old(LoginHandler):
        def extractBOSandCookie(self, reply: bytes) -> Any:
            return ("error", "not today")

    server = ScriptedServer()
    probe = sign_on(Old, server)
    assert probe.take("signal") == [("error", "not today")]
    assert probe.ended
    assert len(server.connections) == 1


def test_address_and_cookie_set_by_extract_are_used() -> None:
    class Old(LoginHandler):
        def extractBOSandCookie(self, reply: bytes) -> None:
            self.server, self.port, self.cookie = "bos.test", 99, COOKIE

    server = ScriptedServer(address=b"elsewhere:1")
    assert len(sign_on(Old, server).take("signal")) == 2
    assert server.connections[1].at == ("bos.test", 99, False, "")


def test_the_last_that_get_cookie_yields_is_the_reply() -> None:
    class Old(LoginHandler):
        def getCookie(self) -> Any:
            yield 1
            yield TLV(5, "bos.test:98") + TLV(6, COOKIE)

    server = ScriptedServer()
    assert len(sign_on(Old, server).take("signal")) == 2
    assert server.connections[0].heard == []
    assert server.connections[1].at == ("bos.test", 98, False, "")


class OldLogin(LoginHandler):
    """Every step by hand, in the manner of the original."""

    def main(self) -> Any:
        yield WaitComplete(self.getBOSandCookie())
        if self.error:
            self.send(self.error, "signal")
            return
        yield WaitComplete(self.negotiateProtocol())
        yield WaitComplete(self.passTheReins())

    def connectAuth(self) -> Any:
        self.send((CHANNEL_NEWCONNECTION, struct.pack("!i", self.versionNumber)))
        while not self.anyReady():
            self.pause()
            yield 1
        self.recv("inbox")

    def reconnect(self, server: str, port: int, cookie: bytes) -> Any:
        self.unlink(self.oscar)
        self.oscar = self._connector(Connect(server, port))
        self.oscar.activate()
        self.link((self, "outbox"), (self.oscar, "inbox"))
        self.link((self.oscar, "outbox"), (self, "inbox"))
        yield 1
        self.send((CHANNEL_NEWCONNECTION, Quad(self.versionNumber) + TLV(6, cookie)))
        while not self.dataReady():
            self.pause()
            yield 1
        assert self.recv()[0] == CHANNEL_NEWCONNECTION

    def setServiceVersions(self) -> Any:
        for reply in self.waitSnac(0x01, 0x03):  # noqa: B007 - the old way
            yield 1
        families = struct.unpack(f"!{len(reply) // 2}H", reply)
        data = b""
        for family in families:
            if family in self.desiredServiceVersions:
                data += Double(family) + Double(self.desiredServiceVersions[family])
        self.sendSnac(0x01, 0x17, data)
        for reply in self.waitSnac(0x01, 0x18):  # noqa: B007 - the old way
            yield 1

    def getRateLimits(self) -> Any:
        self.sendSnac(0x01, 0x06, "")
        for reply in self.waitSnac(0x01, 0x07):  # noqa: B007 - the old way
            yield 1
        self.sendSnac(0x01, 0x08, self.parseRateInfo(reply[2:], reply[1]))

    def requestRights(self) -> None:
        for fam, sub in ((1, 0x0E), (0x13, 2), (0x13, 4), (2, 2), (4, 4)):
            self.sendSnac(fam, sub, "")

    def getRights(self) -> Any:
        expecting = {(1, 0x0F), (0x13, 3), (0x13, 6), (2, 3), (4, 5)}
        while expecting:
            while not self.dataReady():
                self.pause()
                yield 1
            header, _ = self.recvSnac()
            expecting.discard((header[0], header[1]))

    def activateConnection(self) -> None:
        self.sendSnac(0x13, 0x07, "")
        self.sendSnac(0x01, 0x02, struct.pack("!HHi", 1, 3, 0x01100629))

    def passTheReins(self) -> Any:
        queued = []
        while self.dataReady():
            queued.append(self.recv())
            yield 1
        self.unlink(self.oscar)
        self.send(self.oscar, "signal")
        self.send(queued, "signal")


class Stepper(LoginHandler):
    """Goes step by step."""

    def getRights(self) -> Any:
        return super().getRights()


class _Signals(component):
    """Runs a component, whose outbox it leaves alone, and sends on what it signals."""

    Inboxes = {"inbox": "", "control": "", "signals": ""}

    def __init__(self, made: Any) -> None:
        super().__init__()
        self.made = made

    def main(self) -> Any:
        self.link((self.made, "signal"), (self, "signals"))
        self.made.activate()
        while True:
            for message in self.Inbox("signals"):
                self.send(message)
            self.pause()
            yield 1

    def chat(self, connection: Any, queued: list[Any]) -> None:
        """Join a ChatManager to a connection."""
        chatter = OldChat().activate(self.scheduler)
        self.link((chatter, "heard"), (self, "outbox"), passthrough=2)
        self.link((self, "inbox"), (chatter, "talk"), passthrough=1)
        for frame in queued:
            chatter._deliver(frame, "inbox")
        self.link((chatter, "outbox"), (connection, "inbox"))
        self.link((connection, "outbox"), (chatter, "inbox"))


def test_a_sign_on_by_hand_from_end_to_end() -> None:
    server = ScriptedServer()
    login = OldLogin("alice", PASSWORD, server="auth.test", connector=connector(server))
    probe = Probe(_Signals(login))
    connection, queued = probe.take()
    assert connection is server.connections[1].component
    assert queued == []
    assert server.connections[0].frames[0] == (1, b"\0\0\0\1")
    assert server.connections[1].frames[0] == (1, b"\0\0\0\1" + tlv(6, COOKIE))
    assert server.connections[1].heard == [
        (1, 0x17), (1, 6), (1, 8), (1, 0x0E), (0x13, 2), (0x13, 4), (2, 2), (4, 4),
        (0x13, 7), (1, 2),
    ]  # fmt: skip
    assert len(server.connections) == 2


@pytest.mark.parametrize("kind", [OldLogin, Stepper])
def test_it_signs_on_to_our_server_and_hands_on_a_connection(
    kind: type[LoginHandler],
) -> None:
    async def main() -> None:
        async with serving("ann", "bob") as (port, runner):
            login = kind("ann", SERVED, server="127.0.0.1", port=port)
            login._connector = lambda at: OSCARClient(at.host, at.port)
            signals = _Signals(login)
            person = Person().beside(signals)
            for each in (person, signals):
                each.activate(runner)
            connection = await person.until(lambda m: not isinstance(m, list))
            queued = await person.until(lambda m: isinstance(m, list))
            assert not isinstance(connection, tuple), connection
            person.heard.clear()
            signals.chat(connection, queued)
            bob_client = AIMHarness("bob", SERVED, "127.0.0.1", port, buddies=["ann"])
            bob = Person().beside(bob_client)
            bob.activate(runner)
            bob_client.activate(runner)
            await bob.kind("buddy online")
            person.say(("message", "bob", "hi"))
            assert await bob.kind("message") == ("message", "ann", "hi")
            bob.say(("message", "ann", "hello"))
            assert await person.kind("message") == ("message", "bob", "hello")

    asyncio.run(main())


def test_a_main_that_goes_on_to_ours_connects_once() -> None:
    class Old(LoginHandler):
        def main(self) -> Any:
            self.begun = True
            yield from super().main()

    server = ScriptedServer()
    probe = sign_on(Old, server)
    assert len(probe.take("signal")) == 2
    assert probe.component.begun
    assert len(server.connections) == 2


@pytest.mark.parametrize("name", ["sendSnac", "recvSnac", "makeSnac"])
def test_a_sign_on_goes_through_the_methods_of_a_subclass(name: str) -> None:
    calls: list[Any] = []

    def three(self: Any, fam: int, sub: int, body: Any) -> Any:
        calls.append((fam, sub))
        return getattr(LoginHandler, name)(self, fam, sub, body)

    def none(self: Any) -> Any:
        header, body = LoginHandler.recvSnac(self)
        calls.append((header[0], header[1]))
        return header, body

    server = ScriptedServer()
    override = none if name == "recvSnac" else three
    kind = type("Old", (LoginHandler,), {name: override})
    assert len(sign_on(kind, server).take("signal")) == 2
    both = [kind for made in server.connections for kind in made.heard]
    if name == "recvSnac":
        assert {(0x17, 7), (0x17, 3), (1, 3), (1, 7), (0x13, 6)} <= set(calls)
    else:
        assert calls == both


def test_attributes_set_before_the_start_count() -> None:
    class Old(LoginHandler):
        def __init__(self, screenname: str, password: str, **more: Any) -> None:
            super().__init__(screenname, password, 1, **more)
            self.client_id = 0x0104
            self.desiredServiceVersions = {1: 3, 2: 1, 4: 1, 0x13: 3}

    server = ScriptedServer()
    assert len(sign_on(Old, server).take("signal")) == 2
    assert tlv(0x16, doubles(0x0104)) in server.connections[0].bodies[0x17, 2]
    assert server.connections[1].bodies[1, 0x17] == doubles(1, 3, 2, 1, 4, 1, 0x13, 3)


def test_step_by_step_a_wrong_password_is_refused() -> None:
    probe = sign_on(Stepper, ScriptedServer(), password="wrong")
    [failure] = probe.take("signal")
    assert failure == (
        "error",
        "sign-on refused: wrong password (code 0x05), see http://x/pw",
    )
    assert probe.ended


def test_step_by_step_a_refusal_before_the_key_is_understood() -> None:
    server = ScriptedServer()
    server.answers[0x17, 6] = lambda number, _: [
        snac(0x17, 3, tlv(1, b"alice") + tlv(8, doubles(1)), number)
    ]
    [failure] = sign_on(Stepper, server).take("signal")
    assert failure.code == 1


def test_step_by_step_an_error_is_a_refusal() -> None:
    server = ScriptedServer()
    server.answers[0x17, 2] = lambda number, _: [error(0x17, 5, number)]
    [failure] = sign_on(Stepper, server).take("signal")
    assert failure.text == "sign-on refused: service unavailable (code 0x05)"


@pytest.mark.parametrize("at", [(1, 0), (0x17, 6), (0x17, 2), (1, 6), (9, 2)])
def test_step_by_step_silence_is_reported(at: tuple[int, int]) -> None:
    probe = sign_on(Stepper, ScriptedServer(silent_at=at), timeout=20)
    probe.advance(19)
    assert probe.take("signal") == []
    probe.advance(2)
    [failure] = probe.take("signal")
    assert failure.text.endswith("did not answer in 20 seconds")
    assert probe.ended


@pytest.mark.parametrize("at", [(0x17, 6), (0x17, 2), (1, 0x17), (1, 6), (3, 2)])
def test_step_by_step_a_server_that_closes_is_reported(at: tuple[int, int]) -> None:
    [failure] = sign_on(Stepper, ScriptedServer(closes_at=at)).take("signal")
    assert failure.text.endswith("closed the connection")


def test_step_by_step_nonsense_is_reported() -> None:
    server = ScriptedServer()
    server.answers[1, 6] = lambda number, _: [snac(1, 7, b"\xff\xff", number)]
    [failure] = sign_on(Stepper, server).take("signal")
    assert "does not speak OSCAR as it should" in failure.text


@pytest.mark.parametrize("kind", [producerFinished, shutdownMicroprocess])
def test_step_by_step_it_stops_when_told(kind: Any) -> None:
    server = ScriptedServer(silent_at=(0x17, 6))
    probe = sign_on(Stepper, server)
    stop = kind()
    probe.deliver(stop, "control")
    assert probe.take("signal") == [stop]
    assert probe.ended


@settings(max_examples=40)
@given(st.sampled_from([(0x17, 6), (1, 6), (9, 2)]), st.lists(frames, max_size=8))
def test_step_by_step_there_is_one_outcome_whatever_the_server_sends(
    silent_at: tuple[int, int], sent: list[Any]
) -> None:
    server = ScriptedServer(silent_at=silent_at)
    probe = sign_on(Stepper, server)
    probe.settle()
    for frame in sent:
        held = server.connections[-1].component
        assert held is not None
        held._deliver(frame, "push")
        probe.settle()
    for _ in range(9):  # each frame lets it wait anew
        probe.advance(40)
    assert probe.ended
    assert len(probe.take("signal")) in (1, 2)
    probe.close()


# ChatManager.


def chat(kind: type[ChatManager]) -> Probe:
    probe = Probe(kind())
    probe.settle()
    return probe


def sent(probe: Probe) -> list[tuple[str, bytes]]:
    return [(p[:4].hex(), p[10:]) for channel, p in probe.take() if channel == 2]


def test_receive_message_is_called_with_the_body() -> None:
    class Old(ChatManager):
        def receiveMessage(self, body: bytes) -> None:
            self.send(("message", "me", body), "heard")

    probe = chat(Old)
    probe.component._deliver(snac(3, 0x0B, BOB), "inbox")
    probe.component._deliver(snac(4, 7, MESSAGE), "inbox")
    probe.deliver(snac(3, 0x0B, BOB), "inbox")
    first, second = probe.take("heard")[:2]
    assert first[0] == "buddy online"
    assert second == ("message", "me", MESSAGE)


def test_what_clean_message_returns_is_the_text() -> None:
    seen: list[str] = []

    class Old(ChatManager):
        def cleanMessage(self, message: str) -> str:
            seen.append(message)
            return "clean " + super().cleanMessage(message)

    probe = chat(Old)
    probe.deliver(snac(4, 7, MESSAGE), "inbox")
    assert seen == ["<b>!"]
    [event] = probe.take("heard")
    assert event == ("message", "Bob", "clean !")
    assert event.html == "<b>!"


def test_send_message_is_called_with_buddy_and_text() -> None:
    calls: list[Any] = []

    class Old(ChatManager):
        def sendMessage(self, buddyname: str, text: str) -> None:
            calls.append((buddyname, text))
            super().sendMessage(buddyname, text.upper())

    probe = chat(Old)
    probe.deliver(("message", "bob", "hi"), "talk")
    assert calls == [("bob", "hi")]
    [(kind, body)] = sent(probe)
    assert (kind, MessageToHost.from_bytes(body).text) == ("00040006", "HI")


def test_send_message_by_hand_goes_out() -> None:
    class Old(ChatManager):
        def sendMessage(self, buddyname: str, text: str) -> None:
            words = TLV(0x0101, struct.pack("!HH", 0, 0) + text.encode())
            body = b"2671466\0" + Double(1) + bytes([len(buddyname)])
            body += buddyname.encode() + TLV(2, TLV(0x0501, b"\1") + words)
            self.sendSnac(0x04, 0x06, body)

    probe = chat(Old)
    probe.deliver(("message", "bob", "hi"), "talk")
    [(kind, body)] = sent(probe)
    assert kind == "00040006"
    assert body.startswith(b"2671466\0\0\1\3bob")


@pytest.mark.parametrize("name", ["sendSnac", "makeSnac"])
def test_what_is_sent_goes_through_the_methods_of_a_subclass(name: str) -> None:
    calls: list[Any] = []

    def override(self: Any, fam: int, sub: int, body: bytes) -> Any:
        calls.append((fam, sub, type(body)))
        return getattr(ChatManager, name)(self, fam, sub, body)

    probe = chat(type("Old", (ChatManager,), {name: override}))
    probe.deliver(("message", "bob", "hi"), "talk")
    probe.deliver(("idle", 60), "talk")
    probe.deliver(snac(1, 0x0B), "inbox")
    kinds = [kind for kind, _ in sent(probe)]
    assert kinds == ["00040006", "00010011", "0001000c"]
    wanted = [(4, 6, bytes), (1, 0x11, bytes), (1, 0x0C, bytes)]
    assert calls == (wanted if name == "makeSnac" else wanted[:2])


def test_a_failure_finds_its_message_through_a_make_snac_with_numbers_of_its_own() -> (
    None
):
    class Old(ChatManager):
        def makeSnac(self, fam: int, sub: int, body: bytes) -> Any:  # type: ignore[override]
            return SNAC(fam, sub, body, 77)

    probe = chat(Old)
    probe.deliver(("message", "bob", "hi"), "talk")
    [(_, payload)] = probe.take()
    assert payload[6:10] == b"\0\0\0\x4d"
    probe.deliver(error(4, 4, 77), "inbox")
    [event] = probe.take("heard")
    assert event.text.startswith("the message to bob was not delivered")


def test_recv_snac_of_a_subclass_reads_what_comes() -> None:
    class Old(ChatManager):
        def recvSnac(self) -> Any:
            header, body = readSNAC(self.recv()[1])
            return header, body.replace(b"<b>", b"hey")

    probe = chat(Old)
    probe.deliver(snac(4, 7, MESSAGE), "inbox")
    assert probe.take("heard") == [("message", "Bob", "hey!")]


class OldChat(ChatManager):
    """A loop as in the original."""

    def __init__(self) -> None:
        super().__init__()

    def main(self) -> Any:
        while True:
            yield 1
            while self.dataReady():
                header, body = self.recvSnac()
                if (header[0], header[1]) == (4, 7):
                    self.receiveMessage(body)
            while self.dataReady("talk"):
                data = self.recv("talk")
                if data[0] == "message":
                    self.sendMessage(data[1], data[2])
            self.pause()


def test_a_chat_with_a_main_of_old_hears_and_sends() -> None:
    probe = chat(OldChat)
    probe.deliver(snac(4, 7, MESSAGE), "inbox")
    assert probe.take("heard") == [("message", "Bob", "!")]
    probe.deliver(("message", "bob", "hi"), "talk")
    [(kind, body)] = sent(probe)
    assert (kind, MessageToHost.from_bytes(body).text) == ("00040006", "hi")
    probe.deliver(("message", "", "hi"), "talk")
    assert probe.take("heard")[0][0] == "error"


# AIMHarness.


class OldHarness(AIMHarness):
    """Waits for the connection and joins a ChatManager to it, as in the original."""

    def __init__(self, screenname: str, password: str, **more: Any) -> None:
        super().__init__(screenname, password, **more)

    def main(self) -> Any:
        while not self.dataReady("internal inbox"):
            self.pause()
            yield 1
        result = self.recv("internal inbox")
        if isinstance(result, tuple):
            self.send(result)
            return
        self.oscar = result
        queued = self.recv("internal inbox")
        self.unlink(self.oscar)
        self.chatter = OldChat().activate()
        self.link((self.chatter, "heard"), (self, "outbox"), passthrough=2)
        self.link((self, "inbox"), (self.chatter, "talk"), passthrough=1)
        self.link((self.chatter, "outbox"), (self.oscar, "inbox"))
        self.link((self.oscar, "outbox"), (self.chatter, "inbox"))
        for frame in queued:
            self.send(frame, "internal inbox" if frame is None else "outbox")
        while True:
            self.pause()
            yield 1


def harness(kind: type[AIMHarness], server: ScriptedServer, **more: Any) -> Probe:
    more.setdefault("password", PASSWORD)
    return Probe(kind("alice", server="auth.test", connector=connector(server), **more))


def test_a_harness_with_a_main_of_old_works() -> None:
    server = ScriptedServer()
    probe = harness(OldHarness, server)
    probe.settle()
    assert probe.component.loginer is not None
    bos = server.connections[1]
    assert bos.component is not None
    bos.component._deliver(snac(4, 7, MESSAGE), "push")
    assert probe.take()[-1] == ("message", "Bob", "!")
    probe.deliver(("message", "bob", "hi"), "inbox")
    assert MessageToHost.from_bytes(bos.bodies[4, 6]).text == "hi"
    assert len(server.connections) == 2


def test_a_harness_with_a_main_of_old_hears_a_refusal() -> None:
    server = ScriptedServer()
    probe = harness(OldHarness, server, password="wrong")
    [refusal] = probe.take()
    assert refusal[0] == "error"
    assert "wrong password" in refusal[1]


def test_a_harness_whose_main_goes_on_to_ours_signs_on_once() -> None:
    class Old(AIMHarness):
        def main(self) -> Any:
            self.begun = True
            yield from super().main()

    server = ScriptedServer()
    probe = harness(Old, server)
    assert probe.take()[0] == ("signed on", "Alice")
    assert len(server.connections) == 2
    probe.deliver(producerFinished(), "control")
    assert probe.ended
