"""A server without sockets: sessions, their state, and clients that say bytes."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from argon2 import PasswordHasher

from Kamaelia.Protocol.MSN.Server.actions import Ask, Receipt
from Kamaelia.Protocol.MSN.Server.dispatch import DispatchSession
from Kamaelia.Protocol.MSN.Server.entrance import Entrance
from Kamaelia.Protocol.MSN.Server.limits import Limits
from Kamaelia.Protocol.MSN.Server.perform import perform
from Kamaelia.Protocol.MSN.Server.session import Session
from Kamaelia.Protocol.MSN.Server.state.state import (
    Connection,
    ServerState,
    Settings,
)
from Kamaelia.Protocol.MSN.wire.challenge import login_digest
from Kamaelia.Protocol.MSN.wire.command import Command, CommandDecoder, Sender
from Kamaelia.Protocol.wire.errors import ProtocolError
from Kamaelia.store.errors import StoreError
from Kamaelia.store.store import Store, open_store

T = TypeVar("T")
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CHALLENGE = "12345678901234567890"
HERE = ("192.0.2.30", 1863)
WALL = 1_070_000_000.0


class Client:
    """The far end of a connection, and the outlet of the session at the near end.

    Attributes:
        session: the near end's machine.
        reads: whether what is written counts as taken.
        reason: why the server has hung up; None: it hasn't.
    """

    def __init__(self, hall: "Hall", session: Session) -> None:
        self.hall = hall
        self.session = session
        self.reads = True
        self.reason: str | None = None
        self.raw = b""
        self._held: list[Receipt] = []
        self._asks: deque[Ask] = deque()
        self._decoder = CommandDecoder(Sender.CLIENT)
        self._seen = 0
        session.outlet = self

    # The near end.

    def write(self, data: bytes, receipt: Receipt | None) -> None:
        if self.reason is not None:
            if receipt is not None:
                perform(receipt.settle(False))
            return
        self.raw += data
        if receipt is not None and self.reads:
            perform(receipt.settle(True))
        elif receipt is not None:
            self._held.append(receipt)

    def hang_up(self, reason: str) -> None:
        self.reason = reason
        self.session.outlet = None
        perform(self.session.lost())

    def ask(self, action: Ask) -> None:
        self._asks.append(action)

    # The far end.

    async def say(self, *lines: str | bytes) -> list[str]:
        """Say lines (bytes: as they are); return the lines heard since the last."""
        for line in lines:
            data = line if isinstance(line, bytes) else line.encode() + b"\r\n"
            self._decoder.receive_data(data)
            try:
                for command in self._decoder.commands():
                    await self._handle(command)
            except ProtocolError:
                self.drop()
        return self.heard()

    async def _handle(self, command: Command) -> None:
        if self.reason is not None:
            return
        if isinstance(self.session, Entrance):
            self.session.outlet = None
            self.session = self.session.choose(command)
            self.session.outlet = self
        perform(self.session.receive(command))
        await self.settle()

    async def settle(self) -> None:
        while self._asks:
            action = self._asks.popleft()
            try:
                perform(await action.work())
            except StoreError as error:
                perform(action.session.failed(action.trid, error))

    def commands(self) -> list[Command]:
        """Return the commands heard since the last time, as a client reads them."""
        decoder = CommandDecoder(Sender.SERVER, dialect=self.session.dialect or None)
        decoder.receive_data(self.raw[self._seen :])
        self._seen = len(self.raw)
        found = list(decoder.commands())
        assert decoder.pending == 0
        return found

    def heard(self) -> list[str]:
        """Return the lines heard since the last time, without payloads."""
        return [" ".join((c.name, *c.tokens)) for c in self.commands()]

    def drop(self) -> None:
        """Lose the connection."""
        if self.reason is None:
            self.hang_up("lost")

    def take(self, good: bool = True) -> None:
        """Read what was held back, or lose it."""
        self.reads = True
        held, self._held = self._held, []
        for receipt in held:
            perform(receipt.settle(good))

    def tick(self) -> list[str]:
        now = self.hall.now
        if now >= self.session.deadline:
            perform(self.session.tick(now))
        return self.heard()


@dataclass
class Hall:
    """A server's state, a clock that stands still, and the clients."""

    store: Store
    limits: Limits = field(default_factory=Limits)
    settings: Settings = field(default_factory=Settings)
    now: float = 1000.0

    def __post_init__(self) -> None:
        self.state = ServerState(
            self.store,
            self.limits,
            self.settings,
            clock=lambda: self.now,
            wall_clock=lambda: WALL,
            chance=lambda: 0.5,
            make_challenge=lambda: CHALLENGE,
            main_port=1863,
        )

    def connect(self, peer: str = "192.0.2.1", port: int = 51234) -> Client:
        ends = Connection((peer, port), HERE)
        return Client(self, Entrance(self.state, ends))

    def dispatch(self) -> Client:
        ends = Connection(("192.0.2.1", 51234), ("192.0.2.30", 1864))
        return Client(self, DispatchSession(self.state, ends))

    async def sign_on(self, who: str, dialect: int, password: str = "") -> Client:
        """Return a client that has signed on; what it heard is forgotten."""
        handle = f"{who}@example.com"
        password = password or f"{who}pw"
        client = self.connect()
        await client.say(f"VER 1 MSNP{dialect} CVR0")
        if dialect < 8:
            await client.say("INF 2")
            (line,) = await client.say(f"USR 3 MD5 I {handle}")
            digest = login_digest(line.split(" ")[-1], password)
            heard = await client.say(f"USR 4 MD5 S {digest}")
        else:
            await client.say(f"USR 3 TWN I {handle}")
            ticket = self.state.tickets.issue(handle, self.now)
            heard = await client.say(f"USR 4 TWN S t={ticket}&p=")
        assert any(line.startswith("USR 4 OK") for line in heard), heard
        return client

    async def online(self, who: str, dialect: int, status: str = "NLN") -> Client:
        """Return a client with its lists and a status; what it heard is forgotten."""
        client = await self.sign_on(who, dialect)
        await client.say("SYN 5 0 0")
        caps = " 268435492" if dialect >= 8 else ""
        heard = await client.say(f"CHG 6 {status}{caps}")
        assert heard[0].startswith(f"CHG 6 {status}"), heard
        return client

    async def room(self, *clients: Client) -> list[Client]:
        """Return switchboard connections of clients in one conversation."""
        first, *others = clients
        line = (await first.say("XFR 90 SB"))[-1]
        caller = self.connect()
        await caller.say(f"USR 1 {first.session.handle} {line.split(' ')[5]}")
        rooms = [caller]
        for other in others:
            await caller.say(f"CAL 2 {other.session.handle}")
            ring = other.heard()[-1].split(" ")
            assert ring[0] == "RNG"
            callee = self.connect()
            await callee.say(f"ANS 1 {other.session.handle} {ring[4]} {ring[1]}")
            rooms.append(callee)
        for client in (*clients, *rooms):
            client.heard()
        return rooms


ACCOUNTS = ("alice", "bob", "carol", "dave")


def in_hall(
    scenario: Callable[[Hall], Awaitable[T]],
    *,
    friends: bool = True,
    url: str = "memory",
    **options: Any,
) -> T:
    """Run a scenario in a hall with accounts; alice and bob know each other."""

    async def main() -> T:
        store = await open_store(url, schemes=frozenset({"msn-md5"}), hasher=QUICK)
        async with store:
            await asyncio.gather(
                *(
                    store.accounts.put("msn", f"{who}@example.com", f"{who}pw")
                    for who in ACCOUNTS
                )
            )
            names = {f"{who}@example.com": who.capitalize() for who in ACCOUNTS}
            pairs = (("alice", "bob"), ("bob", "alice")) if friends else ()
            await asyncio.gather(
                *(store.msn.set_friendly_name(*pair) for pair in names.items()),
                *(
                    store.add_contact(f"{one}@example.com", f"{other}@example.com")
                    for one, other in pairs
                ),
            )
            return await scenario(Hall(store, **options))

    return asyncio.run(main())
