"""A scripted client, and a server without sockets, for the tests."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

from argon2 import PasswordHasher

from Kamaelia.Protocol.AIM.Server.conversation import Conversation
from Kamaelia.Protocol.AIM.Server.state.limits import Limits
from Kamaelia.Protocol.AIM.Server.state.link import Delivery, Endpoints, FLAPMessage
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.client_identity import ClientIdentity
from Kamaelia.Protocol.AIM.wire.flap import (
    CHANNEL_DATA,
    CHANNEL_SIGNOFF,
    CHANNEL_SIGNON,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import (
    BUCP,
    BUDDY,
    FEEDBAG,
    ICBM,
    LOCATE,
    OSERVICE,
    PD,
)
from Kamaelia.Protocol.AIM.wire.login import (
    ChallengeReply,
    ChallengeRequest,
    LoginReply,
    LoginRequest,
    SignOn,
)
from Kamaelia.Protocol.AIM.wire.oservice import CLIENT_VERSIONS, ClientOnline, Versions
from Kamaelia.Protocol.AIM.wire.oservice import FamilyVersion as Version
from Kamaelia.Protocol.AIM.wire.password import strong_digest
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.store.passwords import Scheme
from Kamaelia.store.store import Store, open_store

T = TypeVar("T")

# Costs next to nothing: these tests are about what surrounds argon2.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
BOTH: frozenset[Scheme] = frozenset({"oscar-strong", "oscar-weak"})

ONLY = ClientIdentity(multi=0)
"""A client that wants to be the only one of its name."""


class Clock:
    """Monotonic time that a test moves on."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class MemoryClient:
    """The client's end of a connection to a Conversation: frames, no bytes.

    Attributes:
        heard: frames that came and were not taken yet.
        closed: why the server closed, None while it hasn't.
    """

    def __init__(self, state: ServerState, peer: str = "192.0.2.1") -> None:
        self._ends = Endpoints(peer, 40_000, "198.51.100.7", 5190)
        self.heard: deque[FLAPMessage] = deque()
        self.closed: str | None = None
        self.request_id = 0
        self.conversation = Conversation(state, self)
        self.conversation.begin()

    # As the server's Link.

    @property
    def ends(self) -> Endpoints:
        return self._ends

    def send(self, message: FLAPMessage) -> None:
        if self.closed is None:
            self.heard.append(message)

    def deliver(self, delivery: Delivery) -> None:
        self.send(delivery.message)
        delivery.settle(self.closed is None)

    def close(self, reason: str) -> None:
        if self.closed is None:
            self.closed = reason
            self.conversation.end(reason)

    # As a client.

    async def frame(self, channel: int, payload: bytes = b"") -> None:
        work = self.conversation.receive(FLAPMessage(channel, payload))
        if work is not None:
            await work

    async def say(
        self, kind: tuple[int, int], body: bytes = b"", request_id: int | None = None
    ) -> int:
        """Send a SNAC; return its request ID."""
        if request_id is None:
            self.request_id += 1
            request_id = self.request_id
        snac = SNAC.make(kind, body, request_id=request_id)
        await self.frame(CHANNEL_DATA, snac.to_bytes())
        return request_id

    def snacs(self) -> list[SNAC]:
        """Take what came; frames of other channels are dropped."""
        found = [SNAC.from_bytes(m.payload) for m in self.heard if m.channel == 2]
        self.heard.clear()
        return found

    def kinds(self) -> list[tuple[int, int]]:
        """Take what came; return families and subtypes."""
        return [(s.header.family, s.header.subtype) for s in self.snacs()]

    def take(self, kind: tuple[int, int]) -> bytes:
        """Take what came; return the body of the only SNAC of this kind."""
        found = [snac for snac in self.snacs() if snac.type == kind]
        assert len(found) == 1, f"{len(found)} of {kind}"
        return found[0].body

    async def ask(self, kind: tuple[int, int], body: bytes = b"") -> list[SNAC]:
        """Send a SNAC; take what came before and after it."""
        await self.say(kind, body)
        return self.snacs()

    async def disconnect(self) -> None:
        """Be gone without a word."""
        self.close("peer closed")

    async def tick(self) -> None:
        work = self.conversation.tick()
        if work is not None:
            await work


async def log_in(
    state: ServerState,
    name: str,
    password: str,
    identity: ClientIdentity | None = None,
    peer: str = "192.0.2.1",
) -> LoginReply:
    """Ask the authorizer by BUCP; return its answer."""
    client = MemoryClient(state, peer)
    await client.frame(CHANNEL_SIGNON, SignOn().to_bytes())
    await client.say(BUCP.CHALLENGE_REQUEST, ChallengeRequest(name).to_bytes())
    snac = client.snacs()[-1]
    if snac.type == BUCP.LOGIN_RESPONSE:
        return LoginReply.from_bytes(snac.body)
    key = ChallengeReply.from_bytes(snac.body).key
    digest = strong_digest(password.encode(), key)
    request = LoginRequest(name, digest, identity=identity or ClientIdentity())
    await client.say(BUCP.LOGIN_REQUEST, request.to_bytes())
    assert client.heard[-1].channel == CHANNEL_SIGNOFF
    assert client.closed is not None
    return LoginReply.from_bytes(client.snacs()[-1].body)


async def open_with(
    state: ServerState, cookie: bytes, peer: str = "192.0.2.1"
) -> MemoryClient:
    """Open a connection with a cookie; SNAC (01, 03) has come."""
    client = MemoryClient(state, peer)
    await client.frame(CHANNEL_SIGNON, SignOn.with_cookie(cookie).to_bytes())
    return client


async def shake_hands(client: MemoryClient) -> None:
    """Do what every client does before it uses BOS, short of being ready."""
    versions = Versions(tuple(Version(t.family, t.version) for t in CLIENT_VERSIONS))
    await client.say(OSERVICE.CLIENT_VERSIONS, versions.to_bytes())
    await client.say(OSERVICE.RATE_PARAMS_QUERY)
    await client.say(
        OSERVICE.RATE_PARAMS_SUB_ADD, bytes.fromhex("00010002000300040005")
    )
    for query in (
        OSERVICE.USER_INFO_QUERY,
        FEEDBAG.RIGHTS_QUERY,
        FEEDBAG.QUERY,
        LOCATE.RIGHTS_QUERY,
        BUDDY.RIGHTS_QUERY,
        ICBM.PARAMETER_QUERY,
        PD.RIGHTS_QUERY,
    ):
        await client.say(query)


async def online(
    state: ServerState,
    name: str,
    *buddies: str,
    identity: ClientIdentity | None = None,
    password: str = "secret9",
    peer: str = "192.0.2.1",
    keep: bool = False,
) -> MemoryClient:
    """Sign on by a client with a list of its own; drop what it heard, or keep it."""
    reply = await log_in(state, name, password, identity, peer)
    assert not reply.error, reply.meaning
    client = await open_with(state, reply.cookie, peer)
    await shake_hands(client)
    if buddies:
        body = b"".join(bytes((len(b),)) + b.encode() for b in buddies)
        await client.say(BUDDY.ADD_BUDDIES, body)
    await client.say(FEEDBAG.USE)
    await client.say(OSERVICE.CLIENT_ONLINE, ClientOnline(CLIENT_VERSIONS).to_bytes())
    if not keep:
        client.heard.clear()
    return client


def run(
    scenario: Callable[[ServerState], Awaitable[T]],
    *,
    limits: Limits | None = None,
    users: tuple[str, ...] = ("Alice", "bob", "Carol C", "100200", "100300"),
    clock: Clock | None = None,
) -> T:
    """Run a scenario on a server in memory; every user's password is secret9."""

    async def main() -> T:
        store = await open_store("memory", schemes=BOTH, hasher=QUICK)
        async with store:
            for name in users:
                await store.accounts.add("aim", name, "secret9")
            state = ServerState(
                store, limits, clock=clock or Clock(), now=lambda: 0x65000000
            )
            return await scenario(state)

    return asyncio.run(main())


async def store_with(*users: str, password: str = "secret9") -> Store:
    """Return an open store in memory."""
    store = await open_store("memory", schemes=BOTH, hasher=QUICK)
    for name in users:
        await store.accounts.add("aim", name, password)
    return store


def frames_of(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield channel and payload of each frame in a hex dump's bytes."""
    while data:
        length = int.from_bytes(data[4:6], "big")
        yield data[1], data[6 : 6 + length]
        data = data[6 + length :]
