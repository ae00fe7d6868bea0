"""AIM server sessions without sockets, and a stranger who spoils what he says."""

import random

from argon2 import PasswordHasher

from Kamaelia.Protocol.AIM.Server.conversation import Conversation
from Kamaelia.Protocol.AIM.Server.state.limits import Limits
from Kamaelia.Protocol.AIM.Server.state.link import Delivery, Endpoints, FLAPMessage
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.flap import (
    CHANNEL_DATA,
    CHANNEL_SIGNON,
    FLAPDecoder,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import BUCP, FEEDBAG, ICBM, OSERVICE
from Kamaelia.Protocol.AIM.wire.icbm import MessageToHost
from Kamaelia.Protocol.AIM.wire.login import (
    ChallengeReply,
    ChallengeRequest,
    LoginReply,
    LoginRequest,
    SignOn,
)
from Kamaelia.Protocol.AIM.wire.oservice import CLIENT_VERSIONS, ClientOnline
from Kamaelia.Protocol.AIM.wire.password import strong_digest
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.wire.errors import ProtocolError
from Kamaelia.store.store import Store
from tools.soak.mutate import mutate
from tools.soak.targets import aim_frames, aim_streams

__all__ = ["QUICK", "AIMSessions"]

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "secret9"
STEP = 3.0  # seconds from input to input, so that no rate limit hides what is behind
TURN = 400  # inputs for one connection


class Client:
    """The client's end of a conversation.

    Attributes:
        heard: what came and was not taken yet.
        closed: why the server closed; None: it hasn't.
    """

    def __init__(self, state: ServerState, peer: str) -> None:
        self._ends = Endpoints(peer, 40_000, "198.51.100.7", 5190)
        self.heard: list[FLAPMessage] = []
        self.closed: str | None = None
        self.conversation = Conversation(state, self)
        self.conversation.begin()

    @property
    def ends(self) -> Endpoints:
        """The two ends of the connection."""
        return self._ends

    def send(self, message: FLAPMessage) -> None:
        """Take a frame of the server's."""
        if self.closed is None:
            self.heard.append(message)

    def deliver(self, delivery: Delivery) -> None:
        """Take a frame whose arrival is to be reported."""
        self.send(delivery.message)
        delivery.settle(self.closed is None)

    def close(self, reason: str) -> None:
        """Be closed, as the component does it."""
        if self.closed is None:
            self.closed = reason
            self.conversation.end(reason)

    async def frame(self, channel: int, payload: bytes) -> None:
        """Say a frame."""
        work = self.conversation.receive(FLAPMessage(channel, payload))
        if work is not None:
            await work

    async def say(self, kind: tuple[int, int], body: bytes = b"") -> None:
        """Say a SNAC."""
        await self.frame(CHANNEL_DATA, SNAC.make(kind, body, request_id=1).to_bytes())

    def take(self, kind: tuple[int, int]) -> list[bytes]:
        """Take what came; return the bodies of one kind."""
        snacs = [SNAC.from_bytes(m.payload) for m in self.heard if m.channel == 2]
        self.heard.clear()
        return [snac.body for snac in snacs if snac.type == kind]


class AIMSessions:
    """Alice and Bob, who talk, and Mallory.

    Attributes:
        name: for people.
        store: accounts; the caller opens and closes it.
    """

    name = "OSCAR server"

    def __init__(self, store: Store) -> None:
        self.store = store
        self._now = 1_000.0
        self._state = ServerState(store, Limits(), clock=lambda: self._now)
        self._streams = aim_streams()
        frames = [frame.payload for frame in aim_frames()]
        self._seeds = [*frames, *_own_seeds()]
        self._mallory: Client | None = None
        self._left = 0

    async def start(self) -> None:
        """Sign Alice and Bob on."""
        for name in ("alice", "bob", "mallory"):
            await self.store.accounts.put("aim", name, PASSWORD)
        self._alice = await self._online("alice")
        self._bob = await self._online("bob")

    async def attack(self, chance: random.Random) -> bool:
        """Have Mallory say one spoiled input; return whether he was thrown out."""
        self._now += STEP
        if self._mallory is None:
            self._mallory = await self._connect(chance)
            self._left = TURN
        client = self._mallory
        if chance.random() < 0.1:
            await self._say_bytes(client, mutate(self._streams, chance))
        else:
            channel = CHANNEL_DATA if chance.random() < 0.97 else chance.randrange(256)
            await client.frame(channel, mutate(self._seeds, chance))
        if chance.random() < 0.01:
            work = client.conversation.tick()
            if work is not None:
                await work
        client.heard.clear()
        self._left -= 1
        thrown_out = client.closed is not None
        if thrown_out or self._left <= 0:
            client.close("peer closed")
            self._mallory = None
        return thrown_out

    async def _say_bytes(self, client: Client, data: bytes) -> None:
        """Say bytes as they are; what is no FLAP ends the connection."""
        decoder = FLAPDecoder()
        decoder.receive_data(data)
        try:
            for frame in decoder.frames():
                await client.frame(frame.channel, frame.payload)
                if client.closed is not None:
                    return
        except ProtocolError as error:
            client.conversation.fail(error)

    async def check(self, number: int) -> None:
        """See that Alice and Bob still reach each other.

        Raises:
            AssertionError: they don't.
        """
        self._now += STEP
        alice, bob = self._alice, self._bob
        bob.take(ICBM.CHANNEL_MSG_TO_CLIENT)
        alice.take(ICBM.HOST_ACK)
        cookie = number.to_bytes(8, "big")
        text = MessageToHost.of_text("bob", f"still there? {number}", cookie)
        await alice.say(ICBM.CHANNEL_MSG_TO_HOST, text.to_bytes())
        came = bob.take(ICBM.CHANNEL_MSG_TO_CLIENT)
        assert [body[:8] for body in came] == [cookie], "OSCAR: the message was lost"
        assert alice.take(ICBM.HOST_ACK), "OSCAR: the message was not acknowledged"

    async def _connect(self, chance: random.Random) -> Client:
        """Return a connection of Mallory's that has come more or less far."""
        stage = chance.randrange(5)
        if stage >= 2:
            return await self._online("mallory", ready=stage > 2)
        client = Client(self._state, f"192.0.2.{chance.randrange(1, 250)}")
        if stage == 1:
            await client.frame(CHANNEL_SIGNON, SignOn().to_bytes())
        return client

    async def _online(self, name: str, *, ready: bool = True) -> Client:
        """Return a client that has signed on."""
        door = Client(self._state, "198.51.100.1")
        await door.frame(CHANNEL_SIGNON, SignOn().to_bytes())
        await door.say(BUCP.CHALLENGE_REQUEST, ChallengeRequest(name).to_bytes())
        (body,) = door.take(BUCP.CHALLENGE_RESPONSE)
        key = ChallengeReply.from_bytes(body).key
        proof = strong_digest(PASSWORD.encode(), key)
        await door.say(BUCP.LOGIN_REQUEST, LoginRequest(name, proof).to_bytes())
        (body,) = door.take(BUCP.LOGIN_RESPONSE)
        cookie = LoginReply.from_bytes(body).cookie
        door.close("peer closed")
        client = Client(self._state, "198.51.100.1")
        await client.frame(CHANNEL_SIGNON, SignOn.with_cookie(cookie).to_bytes())
        if ready:
            await client.say(FEEDBAG.USE)
            online = ClientOnline(CLIENT_VERSIONS).to_bytes()
            await client.say(OSERVICE.CLIENT_ONLINE, online)
        client.heard.clear()
        assert client.closed is None, f"{name} cannot sign on: {client.closed}"
        return client


def _own_seeds() -> list[bytes]:
    """Return SNACs about users that are there."""
    bodies = [
        (ICBM.CHANNEL_MSG_TO_HOST, MessageToHost.of_text("mallory", "me", b"12345678")),
        (ICBM.CHANNEL_MSG_TO_HOST, MessageToHost.of_text("nobody", "you", b"12345679")),
    ]
    seeds = [SNAC.make(kind, body.to_bytes()).to_bytes() for kind, body in bodies]
    for family in range(0x19):  # every request there could be, with some TLVs
        for subtype in range(0x20):
            body = b"\x07mallory\0\x01\0\x04\0\0\0\x01\0\x02\0\0"
            seeds.append(SNAC.make((family, subtype), body).to_bytes())
    return seeds
