"""Clients of MSNP8 by the thousand, as bytes on sockets: what `msn_load` loads with.

No component and no codec of ours: a class for each kind of connection, on uvloop. The
relay takes the same messages on connections that begin with JOIN instead.
"""

import asyncio
import hashlib
import itertools
import random
import socket
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

from tools.bench.msn_load_server import HOST, handle_of

PRODUCT, PRODUCT_KEY = b"msmsgs@msnmsgr.com", b"Q1P7W2E4J9R8U3S5"
HEADERS = (
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
    b"X-MMS-IM-Format: FN=MS%20Shell%20Dlg; EF=; CO=0; CS=0; PF=0\r\n\r\n"
)
WORDS = b"Are you coming to the cinema tonight? It begins at "
SMALL = 4096
"""Bytes that the system keeps for who will stop reading."""

STAMP = 16
"""Digits at the end of each message: when it was sent, in nanoseconds."""


def message(trid: int, ack: bytes, words: bytes = WORDS) -> bytes:
    """Return MSG as a client sends it, with the time it is sent."""
    stamp = b"%016d" % int(perf_counter() * 1e9)
    size = len(HEADERS) + len(words) + STAMP
    return b"MSG %d %s %d\r\n%s%s%s" % (trid, ack, size, HEADERS, words, stamp)


class Lines(asyncio.Protocol):
    """A connection that reads commands; to be subclassed."""

    transport: Any = None
    closed = False

    def __init__(self, load: "Load") -> None:
        self.load = load
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = transport
        self.begin()

    def begin(self) -> None:
        """Say the first line."""

    def data_received(self, data: bytes) -> None:
        """Read commands; the payload of MSG is given with it."""
        if self._rest:
            data = self._rest + data
        start = 0
        while (end := data.find(b"\r\n", start)) >= 0:
            after = end + 2
            if data.startswith(b"MSG ", start):
                after += int(data[data.rindex(b" ", start, end) : end])
                if after > len(data):
                    break
                self.got_message(data, after)
            else:
                self.got_line(data[start:end].split(b" "))
            start = after
        self._rest = data[start:]

    def got_line(self, words: list[bytes]) -> None:
        """Take a line."""

    def got_message(self, data: bytes, end: int) -> None:
        """Take a message: its payload ends at `end`."""

    def say(self, line: str) -> None:
        """Say a line."""
        self.transport.write(line.encode() + b"\r\n")

    def connection_lost(self, error: Exception | None) -> None:
        """Fail if it was too early."""
        self.closed = True
        if not self.ready.done():
            self.ready.set_exception(error or ConnectionError("closed too early"))


class Notification(Lines):
    """A user's connection to the notification server, MSNP8 with a ticket."""

    def __init__(self, load: "Load", number: int, ticket: str) -> None:
        super().__init__(load)
        self.number = number
        self.handle = handle_of(number)
        self.presences = 0
        self._ticket = ticket
        self._referral: asyncio.Future[list[bytes]] | None = None

    def begin(self) -> None:
        """Say VER."""
        self.say("VER 1 MSNP8 CVR0")

    def got_line(self, words: list[bytes]) -> None:
        """Go on with the sign-on; answer a ring."""
        name = words[0]
        if name in (b"NLN", b"ILN"):
            self.presences += 1
        elif name == b"XFR" and self._referral is not None:
            self._referral.set_result(words)
        elif name == b"RNG":
            self.load.rung(self.number, words[1].decode(), words[4].decode())
        elif name.isdigit():
            self._fail(b" ".join(words))
        elif not self.ready.done():
            self._go_on(name, words)

    def _go_on(self, name: bytes, words: list[bytes]) -> None:
        """Answer a line of the sign-on."""
        if name == b"VER":
            self.say(f"CVR 2 0x0409 win 4.10 i386 MSNMSGR 5.0 MSMSGS {self.handle}")
        elif name == b"CVR":
            self.say(f"USR 3 TWN I {self.handle}")
        elif name == b"USR" and words[2] == b"TWN":
            self.say(f"USR 4 TWN S t={self._ticket}&p=")
        elif name == b"USR":
            self.say("SYN 5 0\r\nCHG 6 NLN 268435456")
        elif name == b"CHL":
            digest = hashlib.md5(words[2] + PRODUCT_KEY, usedforsecurity=False)
            proof = digest.hexdigest().encode()
            self.transport.write(b"QRY 7 %s 32\r\n%s" % (PRODUCT, proof))
        elif name == b"QRY":
            self.ready.set_result(None)

    def _fail(self, line: bytes) -> None:
        """Tell who waits of an error."""
        for waiting in (self.ready, self._referral):
            if waiting is not None and not waiting.done():
                waiting.set_exception(AssertionError(f"{self.handle}: {line!r}"))

    async def ask_switchboard(self) -> str:
        """Return the cookie of a new conversation."""
        self._referral = asyncio.get_running_loop().create_future()
        self.say("XFR 8 SB")
        words = await self._referral
        self._referral = None
        return words[5].decode()


class Talker(Lines):
    """One end of a conversation: says, hears, measures."""

    def __init__(self, load: "Load", hello: str, callee: str = "") -> None:
        super().__init__(load)
        self.alone = False
        self._hello = hello
        self._callee = callee
        self._trid = 10
        self.heard = 0
        self.acked = 0

    def begin(self) -> None:
        """Enter the conversation."""
        self.say(self._hello)

    def got_line(self, words: list[bytes]) -> None:
        """Note who comes, and acknowledgements."""
        name = words[0]
        if name == b"ACK":
            self.acked += 1
        elif name == b"BYE":
            self.alone = True
        elif name == b"USR":
            self.say(f"CAL 2 {self._callee}")
        elif name in (b"JOI", b"ANS", b"JOINED") and not self.ready.done():
            self.ready.set_result(None)
        elif name.isdigit() and not self.ready.done():
            self.ready.set_exception(AssertionError(f"error {b' '.join(words)!r}"))

    def got_message(self, data: bytes, end: int) -> None:
        """Count a message; note how long it took; have the next one said."""
        self.heard += 1
        load = self.load
        load.delivered += 1
        if load.answering:
            load.speak_next()
        elif load.timing:
            sent = int(data[end - STAMP : end])
            load.delays.append(perf_counter() - sent / 1e9)

    def speak(self, words: bytes = WORDS) -> None:
        """Say something."""
        if not self.closed:
            self._trid += 1
            self.load.sent += 1
            self.transport.write(message(self._trid, self.load.ack, words))


async def buy_ticket(port: int, handle: str, password: str) -> str:
    """Return a ticket of the Passport server over HTTP."""
    reader, writer = await asyncio.open_connection(HOST, port)
    user = handle.replace("@", "%40")
    writer.write(
        b"GET /login2.srf HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        b"Authorization: Passport1.4 OrgVerb=GET,OrgURL=http%%3A%%2F%%2Fm.example,"
        b"sign-in=%s,pwd=%s,lc=1033,id=507,tw=40,ct=1,kpp=1\r\n\r\n"
        % (user.encode(), password.encode())
    )
    answer = (await reader.read()).decode("latin-1")
    writer.close()
    assert answer.startswith("HTTP/1.1 200"), answer
    return answer.partition("from-PP='t=")[2].partition("&")[0]


class Load:
    """All the connections, and what they have seen.

    Args:
        port: of the server.
        users: how many.
        ack: the acknowledgement that messages ask for: N, A.
    """

    def __init__(self, port: int, users: int, ack: bytes = b"N") -> None:
        self.port = port
        self.users = users
        self.ack = ack
        self.sessions: list[Notification] = []
        self.pairs: list[tuple[Talker, Talker]] = []
        self.neglectful: list[tuple[Talker, Talker]] = []
        self.sent = self.delivered = 0
        self.answering = self.timing = False
        self.delays: list[float] = []
        self._turns: Iterator[Talker] = iter(())
        self._open: list[Lines] = []
        self._rings: dict[int, asyncio.Future[tuple[str, str]]] = {}

    async def connect(self, make: Callable[[], Lines], receive: int = 0) -> Any:
        """Return a connection that is ready.

        Args:
            make: makes the protocol.
            receive: bytes that the system may keep for it; 0: as usual.
        """
        loop = asyncio.get_running_loop()
        sock = socket.socket()
        sock.setblocking(False)
        if receive:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        try:
            await loop.sock_connect(sock, (HOST, self.port))
        except OSError:
            sock.close()
            raise
        _, protocol = await loop.create_connection(make, sock=sock)
        self._open.append(protocol)
        await protocol.ready
        return protocol

    async def close(self) -> None:
        """Cut all connections."""
        for each in self._open:
            each.transport.abort()
        await asyncio.sleep(0.05)  # the loop tells them a turn or two later

    async def _each(
        self, work: Callable[[int], Any], count: int, at_once: int = 50
    ) -> None:
        """Do something with each number, some at once."""
        numbers = iter(range(count))

        async def worker() -> None:
            for number in numbers:
                await work(number)

        await asyncio.gather(*(worker() for _ in range(at_once)))

    async def sign_on(self, tickets: list[str]) -> float:
        """Sign all users on; return the seconds it took."""

        async def one(number: int) -> None:
            made = await self.connect(
                lambda: Notification(self, number, tickets[number])
            )
            self.sessions.append(made)

        start = perf_counter()
        await self._each(one, self.users)
        took = perf_counter() - start
        self.sessions.sort(key=lambda session: session.number)
        return took

    async def talk(self) -> float:
        """Open a conversation of each two users; return the seconds it took."""

        async def one(number: int) -> None:
            caller, callee = self.sessions[2 * number : 2 * number + 2]
            # Some of those who are called take little from the system, so that not
            # reading is soon felt.
            receive = SMALL if number % 10 == 0 else 0
            cookie = await caller.ask_switchboard()
            ring = asyncio.get_running_loop().create_future()
            self._rings[callee.number] = ring
            hello = f"USR 1 {caller.handle} {cookie}"
            coming = asyncio.create_task(
                self.connect(lambda: Talker(self, hello, callee.handle))
            )
            session, proof = await ring
            answer = f"ANS 1 {callee.handle} {proof} {session}"
            second = await self.connect(lambda: Talker(self, answer), receive)
            self.pairs.append((await coming, second))
            if receive:
                self.neglectful.append(self.pairs[-1])

        start = perf_counter()
        await self._each(one, self.users // 2)
        return perf_counter() - start

    def rung(self, number: int, session: str, cookie: str) -> None:
        """Take RNG."""
        self._rings.pop(number).set_result((session, cookie))

    async def join(self) -> None:
        """Open the same connections to the relay: silent ones, and conversations."""

        async def silent(number: int) -> None:
            await self.connect(lambda: Talker(self, f"JOIN s{number} n"))

        async def one(number: int) -> None:
            names = handle_of(2 * number), handle_of(2 * number + 1)
            receive = SMALL if number % 10 == 0 else 0
            hellos = [f"JOIN r{number} {name}" for name in names]
            first = await self.connect(lambda: Talker(self, hellos[0]))
            second = await self.connect(lambda: Talker(self, hellos[1]), receive)
            self.pairs.append((first, second))

        await self._each(silent, self.users)
        await self._each(one, self.users // 2)

    async def saturate(self, seconds: float, under_way: int) -> tuple[int, float]:
        """Have a message said for each that comes; return how many, and seconds.

        The conversations take turns, and in each the one end and the other.

        Args:
            seconds: for how long.
            under_way: messages on their way at any time, over all conversations.
        """
        firsts = [first for first, _ in self.pairs]
        self._turns = itertools.cycle([*firsts, *(second for _, second in self.pairs)])
        self.answering = True
        for _ in range(under_way):
            self.speak_next()
        await asyncio.sleep(0.5)
        before, start = self.delivered, perf_counter()
        await asyncio.sleep(seconds)
        count, took = self.delivered - before, perf_counter() - start
        self.answering = False
        await self.settle()
        return count, took

    def speak_next(self) -> None:
        """Have whose turn it is say something."""
        next(self._turns).speak()

    async def settle(self) -> None:
        """Wait until everything that was sent has come."""
        for _ in range(500):
            if self.delivered == self.sent:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{self.sent - self.delivered} messages were lost")

    async def pace(
        self,
        seconds: float,
        rate: float,
        chance: random.Random,
        also: Callable[[], object] | None = None,
    ) -> list[float]:
        """Have conversations say something at random; return the delays, in order.

        Args:
            seconds: for how long.
            rate: messages a second over all.
            chance: who speaks.
            also: done at each turn of 10 ms.
        """
        pairs = [pair for pair in self.pairs if not pair[1].closed]
        self.delays, self.timing = [], True
        start, said = perf_counter(), 0
        while (now := perf_counter() - start) < seconds:
            while said < now * rate:
                chance.choice(chance.choice(pairs)).speak()
                said += 1
            if also is not None:
                also()
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        self.timing = False
        assert len(self.delays) >= 0.99 * said, "messages were lost or very late"
        return sorted(self.delays)
