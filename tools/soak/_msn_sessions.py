"""MSN server sessions without sockets, and a stranger who spoils what he says."""

import random
from collections import deque

from Kamaelia.Protocol.MSN.Server.actions import Ask, Receipt
from Kamaelia.Protocol.MSN.Server.dispatch import DispatchSession
from Kamaelia.Protocol.MSN.Server.entrance import Entrance
from Kamaelia.Protocol.MSN.Server.perform import perform
from Kamaelia.Protocol.MSN.Server.session import Session
from Kamaelia.Protocol.MSN.Server.state.state import (
    Connection,
    ServerState,
    Settings,
)
from Kamaelia.Protocol.MSN.wire.command import (
    PAYLOAD_FROM_CLIENT,
    Command,
    CommandDecoder,
    Sender,
)
from Kamaelia.Protocol.wire.errors import ProtocolError
from Kamaelia.store.errors import StoreError
from Kamaelia.store.store import Store
from tools.soak.mutate import mutate
from tools.soak.targets import msn_streams

__all__ = ["MSNSessions"]

STEP = 3.0  # seconds from input to input, so that no rate limit hides what is behind
TURN = 400  # inputs for one connection
DIALECTS = (2, 4, 5, 7, 8, 9, 10, 11, 12)
GUID = "11111111-2222-4333-8444-555555555555"
MESSAGE = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nHi"
LINES = [
    line.replace("$M", "mallory@x.org").replace("$A", "alice@x.org")
    for line in (
        "VER 1 MSNP12 MSNP11 MSNP10 MSNP9 MSNP8 MSNP7 MSNP5 MSNP2 CVR0",
        "CVR 2 0x0409 win 4.10 i386 MSNMSGR 5.0.0544 MSMSGS $M",
        "INF 2|USR 3 MD5 I $M|USR 4 MD5 S 0123456789abcdef0123456789abcdef",
        "USR 3 TWN I $M|USR 4 TWN S t=abc&p=def|SYN 5 0|SYN 5 0 0",
        "SYN 5 2026-01-01T00:00:00.000-00:00 2026-01-01T00:00:00.000-00:00",
        "LST 6 FL|LST 6 RL|LSG 6|GCF 7 Shields.xml|CHG 8 NLN 268435492",
        "CHG 8 AWY 268435492 %3Cmsnobj%20Creator%3D%22$M%22%2F%3E|CHG 8 HDN",
        "ADD 9 FL $A Alice|ADD 9 FL $A Alice 0|ADD 9 AL bob@x.org Bob|ADD 9 BL $A $A",
        "REM 10 FL $A|REM 10 FL $A 0|REM 10 AL bob@x.org|REM 10 FL " + GUID,
        "ADC 11 FL N=$A F=Alice|ADC 11 AL N=$A|ADC 11 FL C=" + GUID + " " + GUID,
        "ADG 12 Friends 0|RMG 13 1|RMG 13 " + GUID + "|REG 14 1 Enemies 0",
        "REA 15 $M Mal%20lory|REA 15 $A Nobody|PRP 16 MFN Mallory|PRP 16 PHH 1%202",
        "SBP 17 " + GUID + " MFN Nick|GTC 18 A|GTC 18 N|BLP 19 AL|BLP 19 BL",
        "XFR 20 SB|XFR 20 NS|URL 21 INBOX|URL 21 PROFILE 0x0409|FND 22 fname=A lname=B",
        "IMS 23 OFF|IMS 23 ON|PNG|OUT|CAL 24 $A|CAL 24 bob@x.org|CAL 24 nobody@x.org",
        "USR 1 $M 17262740.1050826919.32308|ANS 1 $M 849102291.520491113 11752013",
        "SND 25 a@b.c|LKP 26|SDC 27 a 0x409 MSMSGS MSMSGS X X Name",
    )
]
PAYLOADS = [
    ("QRY 30 msmsgs@msnmsgr.com", b"8f2f5a91b72102cd28355e9fc9000d6e"),
    ("UUX 31", b"<Data><PSM>Hello</PSM><CurrentMedia></CurrentMedia></Data>"),
    ("MSG 32 N", MESSAGE),
    ("MSG 33 A", MESSAGE),
    ("MSG 34 U", MESSAGE),
    ("MSG 35 D", MESSAGE),
    ("PGD 36 a@b.c 1", b"x"),
    ("ADL 37", b'<ml l="1"></ml>'),
]


class Client:
    """The far end of a session, and the outlet of the near end.

    Attributes:
        session: the near end's machine.
        heard: bytes that came and were not taken yet.
        closed: why the server has hung up; None: it hasn't.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.heard = b""
        self.closed: str | None = None
        self._asks: deque[Ask] = deque()
        self._decoder = CommandDecoder(Sender.CLIENT)
        session.outlet = self

    def write(self, data: bytes, receipt: Receipt | None) -> None:
        """Take bytes; they count as sent unless the connection is gone."""
        if self.closed is None:
            self.heard = (self.heard + data)[-100_000:]
        if receipt is not None:
            perform(receipt.settle(self.closed is None))

    def hang_up(self, reason: str) -> None:
        """Be cut off."""
        if self.closed is None:
            self.closed = reason
            self.session.outlet = None
            perform(self.session.lost())

    def ask(self, action: Ask) -> None:
        """Take work that waits for the store."""
        self._asks.append(action)

    async def say(self, data: bytes) -> bytes:
        """Say bytes; return what was heard since."""
        self._decoder.receive_data(data)
        try:
            for command in self._decoder.commands():
                if self.closed is not None:
                    break
                await self._handle(command)
        except ProtocolError:
            self.hang_up("unreadable commands")
        heard, self.heard = self.heard, b""
        return heard

    async def _handle(self, command: Command) -> None:
        if isinstance(self.session, Entrance):
            self.session.outlet = None
            self.session = self.session.choose(command)
            self.session.outlet = self
        perform(self.session.receive(command))
        while self._asks:
            action = self._asks.popleft()
            try:
                perform(await action.work())
            except StoreError as error:
                perform(action.session.failed(action.trid, error))


class MSNSessions:
    """Alice and Bob, who talk, and Mallory.

    Attributes:
        name: for people.
        store: accounts; the caller opens and closes it.
    """

    name = "MSN server"

    def __init__(self, store: Store) -> None:
        self.store = store
        self._now = 1_000.0
        self._state = ServerState(
            store,
            settings=Settings(challenge=False),
            clock=lambda: self._now,
            main_port=1863,
        )
        self._lines = [line for some in LINES for line in some.split("|")]
        whole = [line.encode() + b"\r\n" for line in self._lines]
        whole += [_with_payload(head, payload) for head, payload in PAYLOADS]
        self._seeds = whole + msn_streams()
        self._mallory: Client | None = None
        self._left = 0

    async def start(self) -> None:
        """Sign Alice and Bob on, and open their conversation."""
        for name in ("alice", "bob", "mallory"):
            await self.store.accounts.put("msn", f"{name}@x.org", "secret9")
        self._alice = await self._online("alice", 8)
        self._bob = await self._online("bob", 12)
        self._rooms = await self._talk(self._alice, self._bob)

    async def attack(self, chance: random.Random) -> bool:
        """Have Mallory say one spoiled input; return whether he was thrown out."""
        self._now += STEP
        if self._mallory is None:
            self._mallory = await self._connect(chance)
            self._left = TURN
        client = self._mallory
        await client.say(self._spoiled(chance))
        if chance.random() < 0.01 and self._now >= client.session.deadline:
            perform(client.session.tick(self._now))
        self._left -= 1
        thrown_out = client.closed is not None
        if thrown_out or self._left <= 0:
            client.hang_up("peer closed")
            self._mallory = None
        return thrown_out

    def _spoiled(self, chance: random.Random) -> bytes:
        """Return bytes: spoiled ones, or good lines with words and payloads spoiled."""
        kind = chance.random()
        if kind < 0.25:
            return mutate(self._seeds, chance, 4_000)
        if kind < 0.45:
            head, payload = chance.choice(PAYLOADS)
            return _with_payload(head, mutate([payload], chance, 1_664))
        words = chance.choice(self._lines).split(" ")
        for _ in range(chance.randint(1, 2)):
            place = chance.randrange(1, len(words) + 1)
            other = chance.choice(chance.choice(self._lines).split(" "))
            if chance.random() < 0.3:
                other = mutate([other.encode()], chance, 400).decode("latin-1")
            words[place : place + chance.randint(0, 1)] = [other]
        if words[0] in PAYLOAD_FROM_CLIENT:
            words.append("0")
        line = " ".join(words).replace("\r", "").replace("\n", "")
        return line.encode() + b"\r\n"

    async def check(self, number: int) -> None:
        """See that Alice and Bob still reach each other.

        Raises:
            AssertionError: they don't.
        """
        self._now += STEP
        first, second = self._rooms
        text = b"\r\nstill there? %d" % number
        second.heard = b""
        answer = await first.say(b"MSG %d A %d\r\n%s" % (number, len(text), text))
        assert second.heard.endswith(text), f"MSN: the message was lost: {answer!r}"
        assert answer.endswith(b"ACK %d\r\n" % number), f"MSN: no ACK: {answer!r}"
        for client in (self._alice, self._bob):
            assert b"QNG" in await client.say(b"PNG\r\n"), "MSN: no answer to PNG"

    # Who is there.

    def _open(self) -> Client:
        ends = Connection(("192.0.2.1", 40_000), ("192.0.2.30", 1863))
        return Client(Entrance(self._state, ends))

    async def _online(self, who: str, dialect: int, *, ready: bool = True) -> Client:
        """Return a client that has signed on."""
        handle, client = f"{who}@x.org", self._open()
        await client.say(b"VER 1 MSNP%d CVR0\r\n" % dialect)
        if dialect < 8:
            client.hang_up("MD5 is not allowed here")
            client = self._open()
            await client.say(b"VER 1 MSNP8 CVR0\r\n")
        ticket = self._state.tickets.issue(handle, self._now)
        await client.say(f"USR 2 TWN I {handle}\r\n".encode())
        heard = await client.say(f"USR 3 TWN S t={ticket}&p=\r\n".encode())
        assert b"USR 3 OK" in heard, f"{who} cannot sign on: {heard!r}"
        client.session.dialect = dialect  # as if it had signed on with that
        if ready:
            await client.say(b"SYN 4 0 0\r\nCHG 5 NLN 268435492\r\n")
        return client

    async def _talk(self, caller: Client, callee: Client) -> tuple[Client, Client]:
        """Return the two ends of a new conversation."""
        answer = await caller.say(b"XFR 6 SB\r\n")
        cookie = answer.split()[-1]
        first, second = self._open(), self._open()
        names = caller.session.handle.encode(), callee.session.handle.encode()
        await first.say(b"USR 1 %s %s\r\n" % (names[0], cookie))
        callee.heard = b""
        answer = await first.say(b"CAL 2 %s\r\n" % names[1])
        ring = callee.heard.split()
        assert ring[:1] == [b"RNG"], f"no ring: {answer!r}"
        await second.say(b"ANS 1 %s %s %s\r\n" % (names[1], ring[4], ring[1]))
        return first, second

    async def _connect(self, chance: random.Random) -> Client:
        """Return a connection of Mallory's that has come more or less far."""
        stage = chance.randrange(6)
        if stage == 0:
            return self._open()
        if stage == 1:
            ends = Connection(("192.0.2.1", 40_000), ("192.0.2.30", 1864))
            return Client(DispatchSession(self._state, ends))
        if stage == 2:
            return await self._online("mallory", chance.choice(DIALECTS), ready=False)
        mallory = await self._online("mallory", chance.choice(DIALECTS))
        if stage == 3:
            return (await self._talk(mallory, self._bob))[0]
        return mallory


def _with_payload(head: str, payload: bytes) -> bytes:
    """Return a payload command."""
    return b"%s %d\r\n%s" % (head.encode(), len(payload), payload)
