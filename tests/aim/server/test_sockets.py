"""The server on a real port: two clients, strangers, and its end."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Kamaelia.Protocol.AIM.Server.OSCARServer import OSCARServer
from Kamaelia.Protocol.AIM.wire.buddy import names_to_bytes
from Kamaelia.Protocol.AIM.wire.flap import (
    CHANNEL_DATA,
    CHANNEL_SIGNOFF,
    CHANNEL_SIGNON,
    FLAPDecoder,
    FLAPEncoder,
    FLAPFrame,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import BUCP, BUDDY, ICBM, OSERVICE
from Kamaelia.Protocol.AIM.wire.icbm import HostAck, MessageToClient, MessageToHost
from Kamaelia.Protocol.AIM.wire.login import (
    ChallengeReply,
    ChallengeRequest,
    LoginReply,
    LoginRequest,
    SignOn,
)
from Kamaelia.Protocol.AIM.wire.oservice import CLIENT_VERSIONS, ClientOnline
from Kamaelia.Protocol.AIM.wire.password import strong_digest
from Kamaelia.Protocol.AIM.wire.rates import RateClass
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.user_info import read_users
from Kamaelia.store.store import Store
from tests.aim.server.clients import store_with

PATIENCE = 10.0  # seconds until a test gives up

# So generous that a flood of frames isn't stopped by it.
NO_RATES = tuple(RateClass(n, 2, 0, 0, 0, 0, 6000, 6000) for n in range(1, 6))


class SocketClient:
    """A client that knows frames and SNACs and nothing else."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.encoder = FLAPEncoder()
        self.decoder = FLAPDecoder()
        self.frames: list[FLAPFrame] = []

    @classmethod
    async def connect(cls, port: int) -> "SocketClient":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    def send(self, channel: int, payload: bytes = b"") -> None:
        self.writer.write(self.encoder.encode(channel, payload))

    def say(self, kind: tuple[int, int], body: bytes = b"", number: int = 1) -> None:
        self.send(CHANNEL_DATA, SNAC.make(kind, body, request_id=number).to_bytes())

    async def frame(self) -> FLAPFrame:
        """Wait for a frame; EOFError when the server has closed."""
        async with asyncio.timeout(PATIENCE):
            while not self.frames:
                data = await self.reader.read(65536)
                if not data:
                    raise EOFError
                self.decoder.receive_data(data)
                self.frames = list(self.decoder.frames())
        return self.frames.pop(0)

    async def snac(self, kind: tuple[int, int]) -> SNAC:
        """Wait for a SNAC of a kind; others are dropped."""
        while True:
            frame = await self.frame()
            if frame.channel == CHANNEL_DATA:
                snac = SNAC.from_bytes(frame.payload)
                if snac.type == kind:
                    return snac

    async def ended(self) -> bytes | None:
        """Wait until the server has closed; return its sign-off, if there was one."""
        last = None
        try:
            while True:
                frame = await self.frame()
                if frame.channel == CHANNEL_SIGNOFF:
                    last = frame.payload
        except (EOFError, ConnectionError):
            return last

    def close(self) -> None:
        self.writer.close()


async def log_in(port: int, name: str, password: str) -> LoginReply:
    """Ask the authorizer."""
    client = await SocketClient.connect(port)
    client.send(CHANNEL_SIGNON, SignOn().to_bytes())
    client.say(BUCP.CHALLENGE_REQUEST, ChallengeRequest(name).to_bytes())
    challenge = ChallengeReply.from_bytes(
        (await client.snac(BUCP.CHALLENGE_RESPONSE)).body
    )
    digest = strong_digest(password.encode(), challenge.key)
    client.say(BUCP.LOGIN_REQUEST, LoginRequest(name, digest).to_bytes())
    reply = LoginReply.from_bytes((await client.snac(BUCP.LOGIN_RESPONSE)).body)
    await client.ended()
    client.close()
    return reply


async def sign_on(port: int, name: str, *buddies: str) -> SocketClient:
    """Sign on; the client is ready."""
    reply = await log_in(port, name, "secret9")
    assert not reply.error, reply.meaning
    assert reply.address == f"127.0.0.1:{port}"
    client = await SocketClient.connect(port)
    client.send(CHANNEL_SIGNON, SignOn.with_cookie(reply.cookie).to_bytes())
    await client.snac(OSERVICE.HOST_ONLINE)
    client.say(BUDDY.ADD_BUDDIES, names_to_bytes(buddies))
    client.say(OSERVICE.CLIENT_ONLINE, ClientOnline(CLIENT_VERSIONS).to_bytes())
    return client


def serve(
    scenario: Callable[[OSCARServer], Awaitable[Any]],
    *,
    stop: type = producerFinished,
    **settings: Any,
) -> OSCARServer:
    """Run a scenario beside a server; then stop the server, in order by default."""

    async def main() -> OSCARServer:
        store: Store = await store_with("Alice", "bob")
        async with store:
            server = OSCARServer(port=0, store=store, **settings)
            server.listen()
            assert server.port
            running = asyncio.create_task(server.runAsync())
            try:
                async with asyncio.timeout(4 * PATIENCE):
                    await scenario(server)
            finally:
                server._deliver(stop(), "control")
                async with asyncio.timeout(2 * PATIENCE):
                    await running
            return server

    return asyncio.run(main())


def test_two_clients_see_each_other_talk_and_leave() -> None:
    async def scenario(server: OSCARServer) -> None:
        port = server.port or 0
        alice = await sign_on(port, "alice", "bob")
        bob = await sign_on(port, "bob", "alice")
        arrived = await alice.snac(BUDDY.ARRIVED)
        assert read_users(arrived.body)[0].screen_name == "bob"
        assert (
            read_users((await bob.snac(BUDDY.ARRIVED)).body)[0].screen_name == "Alice"
        )
        message = MessageToHost.of_text("bob", "hé 你", b"12345678")
        alice.say(ICBM.CHANNEL_MSG_TO_HOST, message.to_bytes(), 77)
        heard = MessageToClient.from_bytes(
            (await bob.snac(ICBM.CHANNEL_MSG_TO_CLIENT)).body
        )
        assert (heard.sender.screen_name, heard.text) == ("Alice", "hé 你")
        ack = await alice.snac(ICBM.HOST_ACK)
        assert ack.header.request_id == 77
        assert HostAck.from_bytes(ack.body).cookie == b"12345678"
        alice.send(CHANNEL_SIGNOFF)
        departed = await bob.snac(BUDDY.DEPARTED)
        assert read_users(departed.body)[0].screen_name == "Alice"
        assert await alice.ended() is None
        bob.close()
        alice.close()

    server = serve(scenario)
    text = server.metrics().decode()
    assert 'oscar_messages_total{result="delivered"} 1.0' in text
    assert 'oscar_sign_ons_total{code="00"} 2.0' in text


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_wrong_password_and_unknown_name_are_refused_alike(name: str) -> None:
    async def scenario(server: OSCARServer) -> None:
        reply = await log_in(server.port or 0, name, "wrong")
        assert (reply.error, reply.cookie) == (5, b"")

    serve(scenario)


@pytest.mark.parametrize("stop", [producerFinished, shutdownMicroprocess])
def test_a_server_that_ends_signs_everybody_off(stop: type) -> None:
    ended: list[bytes | None] = []
    waiting: list[asyncio.Task[None]] = []

    async def scenario(server: OSCARServer) -> None:
        alice = await sign_on(server.port or 0, "alice")
        alice.say(OSERVICE.USER_INFO_QUERY)
        await alice.snac(OSERVICE.USER_INFO_UPDATE)

        async def wait() -> None:
            ended.append(await alice.ended())
            alice.close()

        waiting.append(asyncio.create_task(wait()))
        await asyncio.sleep(0)

    server = serve(scenario, stop=stop)
    assert ended == [b""]
    assert (len(server.state.open), len(server.state.users)) == (0, 0)
