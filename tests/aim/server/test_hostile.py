"""Strangers at the server's port: only their own connection suffers."""

import asyncio
import random
import tracemalloc
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from Kamaelia.Protocol.AIM.Server import auth_session
from Kamaelia.Protocol.AIM.Server.OSCARServer import OSCARServer
from Kamaelia.Protocol.AIM.Server.state.limits import Limits
from Kamaelia.Protocol.AIM.wire.flap import (
    CHANNEL_DATA,
    CHANNEL_SIGNOFF,
    CHANNEL_SIGNON,
    FLAPEncoder,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import BUCP, ICBM, OSERVICE
from Kamaelia.Protocol.AIM.wire.icbm import MessageToHost
from Kamaelia.Protocol.AIM.wire.login import ChallengeRequest, LoginRequest, SignOn
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from tests.aim.server.test_sockets import (
    NO_RATES,
    PATIENCE,
    SocketClient,
    serve,
    sign_on,
)

Attack = Callable[[OSCARServer], Coroutine[Any, Any, None]]


def survives(attack: Attack, **settings: Any) -> None:
    """Run an attack; two users talk before, while it lasts, and after it.

    Args:
        attack: done to the server.
        settings: of the server.
    """

    async def scenario(server: OSCARServer) -> None:
        port = server.port or 0
        alice, bob = await sign_on(port, "alice"), await sign_on(port, "bob")
        assaulting = asyncio.create_task(attack(server))
        await asyncio.wait([assaulting], timeout=0.01)
        for number in range(3):
            await exchange(alice, bob, number)
        await assaulting
        await exchange(alice, bob, 99)
        assert len(server.state.open) == 2
        assert sorted(user.name for user in server.state.users) == ["alice", "bob"]
        alice.close()
        bob.close()

    serve(scenario, rates=NO_RATES, **settings)


async def exchange(alice: SocketClient, bob: SocketClient, number: int) -> None:
    cookie = number.to_bytes(8, "big")
    message = MessageToHost.of_text("bob", "still there?", cookie)
    alice.say(ICBM.CHANNEL_MSG_TO_HOST, message.to_bytes(), number + 1)
    heard = await bob.snac(ICBM.CHANNEL_MSG_TO_CLIENT)
    assert heard.body[:8] == cookie
    ack = await alice.snac(ICBM.HOST_ACK)
    assert ack.header.request_id == number + 1


def sign_on_bytes() -> bytes:
    """Return what a client sends to the authorizer."""
    encoder = FLAPEncoder()
    challenge = SNAC.make(BUCP.CHALLENGE_REQUEST, ChallengeRequest("bob").to_bytes())
    login = SNAC.make(BUCP.LOGIN_REQUEST, LoginRequest("bob", bytes(16)).to_bytes())
    return (
        encoder.encode(CHANNEL_SIGNON, SignOn().to_bytes())
        + encoder.encode(CHANNEL_DATA, challenge.to_bytes())
        + encoder.encode(CHANNEL_DATA, login.to_bytes())
    )


async def throw(server: OSCARServer, *pieces: bytes) -> None:
    """Send each piece on a connection of its own; hear out the server, then leave."""
    clients = [await SocketClient.connect(server.port or 0) for _ in pieces]
    for client, piece in zip(clients, pieces, strict=True):
        client.writer.write(piece)
        client.writer.write_eof()
    for client in clients:
        await client.ended()
        client.close()


def test_random_bytes() -> None:
    chance = random.Random(1)
    pieces = [chance.randbytes(chance.randrange(1, 3_000)) for _ in range(60)]
    pieces += [b"*" + chance.randbytes(chance.randrange(1, 3_000)) for _ in range(60)]
    survives(lambda server: throw(server, *pieces))


def test_every_truncation_of_a_sign_on() -> None:
    whole = sign_on_bytes()
    pieces = [whole[:end] for end in range(len(whole))]
    survives(lambda server: throw(server, *pieces))


def test_mutations_of_a_sign_on() -> None:
    chance, whole = random.Random(2), sign_on_bytes()
    pieces = []
    for _ in range(150):
        changed = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        pieces.append(bytes(changed))
    survives(lambda server: throw(server, *pieces))


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x2b" + bytes(9),
        bytes.fromhex("2A01000100040000000158020002"),
        bytes.fromhex("2A0100010004000000012A020002000100"),
        bytes.fromhex(
            "2A0100010004000000012A02000200140017000680000000000100FF0000000000000000"
        ),
    ],
    ids=["another protocol", "marker", "second marker", "short SNAC", "lying prefix"],
)
def test_what_is_no_oscar_ends_the_connection_without_waiting(data: bytes) -> None:
    async def attack(server: OSCARServer) -> None:
        client = await SocketClient.connect(server.port or 0)
        client.writer.write(data)
        await client.ended()
        client.close()

    survives(attack)


def test_a_frame_that_never_comes_is_waited_for_only_so_long() -> None:
    async def attack(server: OSCARServer) -> None:
        client = await SocketClient.connect(server.port or 0)
        client.writer.write(bytes.fromhex("2A010001FFFF00000001"))
        await client.ended()
        client.close()

    survives(attack, limits=Limits(sign_on_seconds=0.2))


def test_garbage_from_a_signed_on_user_is_answered_by_errors() -> None:
    chance = random.Random(3)

    async def attack(server: OSCARServer) -> None:
        client = await sign_on(server.port or 0, "alice")
        for number in range(400):
            kind = chance.choice((1, 2, 3, 4, 7, 9, 0x10, 0x13, 0x15, 0x4444))
            subtype = chance.randrange(0x30)
            if (kind, subtype) == OSERVICE.CLIENT_ONLINE:
                continue
            body = chance.randbytes(chance.randrange(60))
            client.say((kind, subtype), body, number + 1)
        client.say((0x7777, 1), b"", 5_000)
        answer = await client.snac((0x7777, 1))
        assert answer.header.request_id == 5_000
        client.send(CHANNEL_SIGNOFF)
        await client.ended()
        client.close()

    survives(attack)


def test_a_flood_ends_its_sender() -> None:
    async def scenario(server: OSCARServer) -> None:
        alice = await sign_on(server.port or 0, "alice")
        message = MessageToHost.of_text("alice", "x", bytes(8), ack=False).to_bytes()
        for number in range(100):
            alice.say(ICBM.CHANNEL_MSG_TO_HOST, message, number + 1)
        assert await alice.ended() == b""
        assert len(server.state.users) == 0
        alice.close()

    serve(scenario)


def test_a_client_that_stops_reading_is_cut_off_and_memory_stays_bounded() -> None:
    size = 7_000

    async def attack(server: OSCARServer) -> None:
        deaf = await sign_on(server.port or 0, "bob")
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]
        alice = await sign_on(server.port or 0, "alice")
        text = MessageToHost.of_text("bob", "x" * size, bytes(8), ack=False).to_bytes()
        number = 0
        tracemalloc.start()
        async with asyncio.timeout(2 * PATIENCE):
            while len(server.state.users.find("bob").instances) > 1:  # type: ignore[union-attr]
                number += 1
                alice.say(ICBM.CHANNEL_MSG_TO_HOST, text, number)
                await alice.writer.drain()
                await asyncio.sleep(0)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 30_000_000
        deaf.writer.transport.abort()
        alice.close()

    async def scenario(server: OSCARServer) -> None:
        port = server.port or 0
        bob = await sign_on(port, "bob")

        async def listen() -> None:
            await bob.ended()

        listening = asyncio.create_task(listen())
        await attack(server)
        assert not listening.done()
        listening.cancel()
        bob.close()

    serve(scenario, rates=NO_RATES, limits=Limits(output_bytes=200_000))


def test_an_error_of_ours_ends_one_connection_and_is_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(auth_session.AuthSession, "_give_challenge", broken)

    async def scenario(server: OSCARServer) -> None:
        port = server.port or 0
        one, two = await SocketClient.connect(port), await SocketClient.connect(port)
        for client in (one, two):
            client.send(CHANNEL_SIGNON, SignOn().to_bytes())
        one.say(BUCP.CHALLENGE_REQUEST, ChallengeRequest("bob").to_bytes())
        assert await one.ended() is None
        assert len(server.state.open) == 1
        two.say(OSERVICE.NOOP)
        assert (await two.snac(OSERVICE.ERROR)).header.request_id == 1
        one.close()
        two.close()

    serve(scenario)
    assert "a bug" in caplog.text


def test_no_password_cookie_or_text_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(0)

    async def scenario(server: OSCARServer) -> None:
        port = server.port or 0
        alice, bob = await sign_on(port, "alice"), await sign_on(port, "bob")
        message = MessageToHost.of_text("bob", "a very private text", bytes(8))
        alice.say(ICBM.CHANNEL_MSG_TO_HOST, message.to_bytes())
        await bob.snac(ICBM.CHANNEL_MSG_TO_CLIENT)
        alice.close()
        bob.close()

    serve(scenario)
    text = " ".join(str(vars(record)) for record in caplog.records)
    assert "signed on" in text
    assert "private" not in text
    assert "secret9" not in text
