"""AIMHarness: sign on, chat, sign off; refusals, losses, moves."""

import asyncio
import ssl
from typing import Any

import pytest

from Axon.Component import component
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Protocol.AIM.AIMHarness import AIMHarness
from Kamaelia.Protocol.AIM.wire.snac import SNAC
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
from tests.aim.client.socket_server import listening
from tests.internet.certificates import contexts


def harness(server: ScriptedServer, **options: Any) -> Probe:
    options.setdefault("password", PASSWORD)
    return Probe(AIMHarness("alice", connector=connector(server), **options))


def push(server: ScriptedServer, *frames: Any, at: int = -1) -> None:
    made = server.connections[at].component
    assert made is not None
    for frame in frames:
        made._deliver(frame, "push")


def all_ended(probe: Probe) -> bool:
    return not probe.scheduler.threads


def test_it_signs_on_and_chats() -> None:
    server = ScriptedServer()
    probe = harness(server)
    first, *rest = probe.take()
    assert first == ("signed on", "Alice")
    assert [event[0] for event in rest] == ["own info", "buddy list"]
    push(server, snac(3, 0x0B, BOB))
    probe.deliver(("message", "bob", "hi"), "inbox")
    assert {event[0] for event in probe.take()} == {"buddy online", "accepted"}
    assert server.connections[1].heard[-1] == (4, 6)


def test_commands_before_the_sign_on_is_complete_are_not_lost() -> None:
    server = ScriptedServer()
    graph = AIMHarness("alice", PASSWORD, connector=connector(server))
    graph._deliver(("message", "bob", "early"), "inbox")
    Probe(graph).settle()
    assert b"early" in server.connections[1].bodies[4, 6]


@pytest.mark.parametrize("kind", [producerFinished, shutdownMicroprocess])
def test_told_to_stop_it_signs_off_and_leaves_nothing_running(kind: Any) -> None:
    server = ScriptedServer()
    probe = harness(server)
    probe.take()
    probe.deliver(("message", "bob", "bye"), "inbox")
    stop = kind()
    probe.deliver(stop, "control")
    assert server.connections[1].heard[-1] == (4, 6)
    assert server.connections[1].frames[-1] == (4, b"")
    assert probe.take("signal") == [stop]
    assert all_ended(probe)


@pytest.mark.parametrize("kind", [producerFinished, shutdownMicroprocess])
def test_it_can_be_stopped_while_it_signs_on(kind: Any) -> None:
    server = ScriptedServer(silent_at=(1, 6))
    probe = harness(server)
    stop = kind()
    probe.deliver(stop, "control")
    assert probe.take("signal") == [stop]
    assert probe.take() == []
    assert all_ended(probe)


def test_a_refusal_is_an_event_and_the_end() -> None:
    probe = harness(ScriptedServer(), password="wrong")
    [failure] = probe.take()
    assert failure.text.startswith("sign-on refused: wrong password")
    [ended] = probe.take("signal")
    assert isinstance(ended, producerFinished)
    assert ended.message is failure
    assert all_ended(probe)


def test_silence_is_an_event_and_the_end() -> None:
    probe = harness(ScriptedServer(silent_at=(0x17, 6)), timeout=5)
    probe.advance(6)
    [failure] = probe.take()
    assert "did not answer in 5 seconds" in failure.text
    assert all_ended(probe)


def test_a_lost_connection_is_an_event_and_the_end() -> None:
    server = ScriptedServer(closes_at=(4, 6))
    probe = harness(server)
    probe.take()
    probe.deliver(("message", "bob", "hi"), "inbox")
    assert probe.take() == [("disconnected", "the connection was closed")]
    [ended] = probe.take("signal")
    assert ended.message[0] == "disconnected"
    assert all_ended(probe)


def test_by_default_it_does_not_sign_on_again() -> None:
    server = ScriptedServer(closes_at=(4, 6))
    probe = harness(server)
    probe.deliver(("message", "bob", "hi"), "inbox")
    probe.advance(3600)
    assert len(server.connections) == 2


def test_it_signs_on_again_if_told_so_waiting_longer_and_longer() -> None:
    server = ScriptedServer(closes_at=(4, 6))
    probe = harness(server, reconnect=True)
    probe.deliver(("message", "bob", "hi"), "inbox")
    assert probe.take()[-1] == ("notice", "signing on again in 10 seconds")
    server.closes_at = (0x17, 6)
    probe.advance(11)
    assert probe.take()[-1] == ("notice", "signing on again in 20 seconds")
    server.closes_at = (0, 0)
    probe.deliver(("message", "bob", "meanwhile"), "inbox")
    probe.advance(21)
    assert probe.take()[0] == ("signed on", "Alice")
    assert b"meanwhile" in server.connections[-1].bodies[4, 6]
    probe.deliver(producerFinished(), "control")
    assert all_ended(probe)


def test_waiting_to_sign_on_again_can_be_stopped() -> None:
    server = ScriptedServer(closes_at=(0x17, 6))
    probe = harness(server, reconnect=True)
    probe.deliver(shutdownMicroprocess(), "control")
    assert all_ended(probe)


@pytest.mark.parametrize("refusal", [5, 1, 8, 0x11, 0x1B])
def test_it_does_not_insist_where_that_is_hopeless(refusal: int) -> None:
    server = ScriptedServer(refusal=tlv(8, doubles(refusal)))
    probe = harness(server, reconnect=True)
    probe.settle()
    assert probe.ended


def test_it_does_not_fight_another_session_of_the_same_name() -> None:
    server = ScriptedServer()
    probe = harness(server, reconnect=True)
    probe.take()
    push(server, (4, tlv(9, doubles(1))))
    [event] = probe.take()
    assert event.code == 1
    assert all_ended(probe)


def test_too_many_sign_ons_make_it_wait_ten_minutes() -> None:
    server = ScriptedServer(refusal=tlv(8, doubles(0x18)))
    probe = harness(server, reconnect=True)
    assert probe.take()[-1] == ("notice", "signing on again in 600 seconds")


def test_it_moves_when_the_server_wants_it() -> None:
    server = ScriptedServer()
    probe = harness(server)
    probe.take()
    order = doubles(0) + tlv(5, b"10.0.0.6:5191") + tlv(6, COOKIE)
    push(server, snac(1, 0x0B))
    probe.settle()
    probe.deliver(("message", "bob", "held"), "inbox")
    push(server, snac(1, 0x12, order))
    probe.settle()
    old, new = server.connections[1:]
    assert new.at == ("10.0.0.6", 5191, False, "")
    assert old.heard[-1] == (1, 0x0C)
    assert b"held" in new.bodies[4, 6]
    assert old.component is not None
    assert old.component._isStopped()
    push(server, snac(3, 0x0B, BOB))
    assert [event[0] for event in probe.take()][-1] == "buddy online"
    probe.deliver(producerFinished(), "control")
    assert new.frames[-1] == (4, b"")
    assert all_ended(probe)


def test_a_move_that_fails_is_a_lost_connection() -> None:
    server = ScriptedServer()
    probe = harness(server)
    probe.take()
    order = doubles(0) + tlv(5, b"10.0.0.6:5191") + tlv(6, b"bad cookie")
    push(server, snac(1, 0x12, order))
    event = probe.take()[-1]
    assert event[0] == "disconnected"
    assert "sent us elsewhere" in event.text
    assert all_ended(probe)


# On real sockets.


class Client(component):
    """Says what it is given to each event; keeps the events; stops at the last."""

    Outboxes = {"outbox": "commands", "signal": "", "_stop": "ends the harness"}

    def __init__(self, until: str, *commands: Any) -> None:
        super().__init__()
        self.until = until
        self.commands = commands
        self.heard: list[Any] = []

    def main(self) -> Any:
        for command in self.commands:
            self.send(command, "outbox")
        over = False
        while not over:
            over = bool(self.dataReady("control"))
            for event in self.Inbox("inbox"):
                self.heard.append(event)
                if event[0] == self.until:
                    self.send(producerFinished(self), "_stop")
            if not over:
                self.pause()
                yield 1


async def converse(
    server: ScriptedServer,
    client: Client,
    password: str = PASSWORD,
    context: ssl.SSLContext | None = None,
    **options: Any,
) -> list[Any]:
    async with asyncio.timeout(20), listening(server, context) as port:
        aim = AIMHarness("alice", password, "127.0.0.1", port, **options)
        client.link((client, "outbox"), (aim, "inbox"))
        client.link((client, "_stop"), (aim, "control"))
        client.link((aim, "outbox"), (client, "inbox"))
        client.link((aim, "signal"), (client, "control"))
        aim.activate()
        await client.runAsync()
    return client.heard


@pytest.mark.parametrize("method", ["strong", "weak", "roasted"])
def test_over_tcp_it_signs_on_talks_and_signs_off(method: str) -> None:
    server = ScriptedServer()
    server.answers[4, 6] = lambda number, body: [
        snac(4, 0x0C, body[:10] + b"\3bob", number)
    ]
    client = Client("accepted", ("message", "bob", "hé 你"))
    heard = asyncio.run(converse(server, client, method=method))
    assert heard[0] == ("signed on", "Alice")
    assert heard[-1] == ("accepted", "bob")
    bos = server.connections[1]
    assert bos.frames[-1] == (4, b"")
    assert "hé 你".encode("utf-16-be") in bos.bodies[4, 6]
    numbers = [SNAC.from_bytes(p).header.request_id for c, p in bos.frames if c == 2]
    assert numbers == sorted(set(numbers))


def test_over_tls_it_is_the_same() -> None:
    server, certified = ScriptedServer(), contexts()
    client = Client("accepted", ("message", "bob", "hi"))
    server.answers[4, 6] = lambda number, body: [
        snac(4, 0x0C, body[:10] + b"\3bob", number)
    ]
    heard = asyncio.run(
        converse(server, client, context=certified.server, tls=certified.client)
    )
    assert heard[-1] == ("accepted", "bob")
    assert server.connections[1].frames[-1] == (4, b"")


def test_a_certificate_that_is_not_trusted_is_one_clear_line() -> None:
    server = ScriptedServer()
    [failure] = asyncio.run(
        converse(server, Client("-"), context=contexts().server, tls=True)
    )
    assert failure.text.startswith("no connection: TLS handshake with 127.0.0.1 failed")
    assert "certificate" in failure.text


def test_over_tcp_an_offline_buddy_is_an_error() -> None:
    server = ScriptedServer()
    server.answers[4, 6] = lambda number, _: [error(4, 4, number)]
    client = Client("error", ("message", "bob", "hi"))
    heard = asyncio.run(converse(server, client))
    assert heard[-1].buddy == "bob"


def test_over_tcp_a_wrong_password_is_one_clear_line() -> None:
    heard = asyncio.run(converse(ScriptedServer(), Client("-"), password="wrong"))
    assert [event[0] for event in heard] == ["error"]


def test_nobody_listening_is_one_clear_line() -> None:
    async def nobody() -> list[Any]:
        listener = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        listener.close()
        await listener.wait_closed()
        client = Client("-")
        aim = AIMHarness("alice", PASSWORD, "127.0.0.1", port)
        client.link((aim, "outbox"), (client, "inbox"))
        client.link((aim, "signal"), (client, "control"))
        aim.activate()
        await client.runAsync()
        return client.heard

    [failure] = asyncio.run(nobody())
    assert failure.text.startswith("no connection: 127.0.0.1 port ")
    assert "refused" in failure.text


def test_a_server_that_speaks_something_else_is_one_clear_line() -> None:
    async def web() -> list[Any]:
        async def serve(_: Any, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        listener = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        client = Client("-")
        aim = AIMHarness("alice", PASSWORD, "127.0.0.1", port)
        client.link((aim, "outbox"), (client, "inbox"))
        client.link((aim, "signal"), (client, "control"))
        aim.activate()
        async with listener:
            await client.runAsync()
        return client.heard

    [failure] = asyncio.run(web())
    assert "does not speak OSCAR as it should: bad FLAP marker" in failure.text
