"""Clients that change lists all the time and remember what was acknowledged."""

import asyncio
import hashlib
import itertools
import random
from typing import Any

from Kamaelia.Protocol.AIM.wire.feedbag import (
    FeedbagClass,
    FeedbagItem,
    FeedbagReply,
)
from Kamaelia.Protocol.AIM.wire.flap import (
    CHANNEL_DATA,
    CHANNEL_SIGNON,
    FLAPDecoder,
    FLAPEncoder,
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

__all__ = ["AIMBuddies", "AIMSender", "MSNContacts", "Worker"]

HOST = "127.0.0.1"
PASSWORD = "secret9"
FRAMES = 40
"""SNACs that an AIM client says at once: no more, or the rate limits stop it."""

PAUSE = 0.15
"""Seconds between two messages of one sender, for the same reason."""


class Worker:
    """Somebody whose changes are acknowledged one after another.

    Attributes:
        name: the account.
        acknowledged: what was: item -> whether it is on the list now.
        open: the item whose change was not acknowledged: it may be either way.
        changes: how many were acknowledged.
    """

    def __init__(self, name: str, pool: list[str], chance: random.Random) -> None:
        self.name = name
        self.pool = pool
        self.chance = chance
        self.acknowledged: dict[str, bool] = dict.fromkeys(pool, False)
        self.open: str | None = None
        self.changes = 0
        self._writer: asyncio.StreamWriter | None = None

    async def sign_on(self, port: int) -> None:
        """Sign on and compare the list with what was acknowledged.

        Raises:
            AssertionError: something acknowledged is lost, or back.
        """
        await self._enter(port)
        self._compare(await self._list())

    async def work(self) -> None:
        """Change things until the server is gone."""
        try:
            while True:
                item = self.open = self.chance.choice(self.pool)
                there = not self.acknowledged[item]
                await self._change(item, there)
                self.acknowledged[item], self.open = there, None
                self.changes += 1
        except (OSError, EOFError):
            return
        finally:
            self.close()

    def close(self) -> None:
        """Be gone."""
        if self._writer is not None:
            self._writer.close()

    def _compare(self, there: set[str]) -> None:
        for item, wanted in self.acknowledged.items():
            found = item in there
            if item == self.open:
                self.acknowledged[item] = found  # it was not acknowledged
                continue
            what = "back" if found else "lost"
            assert found is wanted, f"{self.name}: {item} is {what} after a kill"
        self.open = None

    async def _enter(self, port: int) -> None:
        """Sign on."""
        raise NotImplementedError

    async def _list(self) -> set[str]:
        """Return what is on the list."""
        raise NotImplementedError

    async def _change(self, item: str, there: bool) -> None:
        """Add or remove something; return when that was acknowledged."""
        raise NotImplementedError


class MSNContacts(Worker):
    """ADD and REM on the forward list, MSNP7; or ADC on the allow list, MSNP12.

    Args:
        ticket: makes a Passport ticket; None: MSNP7 with MD5.
    """

    def __init__(self, *args: Any, ticket: Any = None) -> None:
        super().__init__(*args)
        self._ticket = ticket
        self._trid = 10

    async def _enter(self, port: int) -> None:
        """Sign on by MD5, or with a ticket."""
        self._reader, self._writer = await asyncio.open_connection(HOST, port)
        if self._ticket is None:
            await self._ask("VER 1 MSNP7 CVR0")
            await self._ask("INF 2")
            salt = (await self._ask(f"USR 3 MD5 I {self.name}"))[-1]
            whole = (salt + PASSWORD).encode()
            proof = hashlib.md5(whole, usedforsecurity=False).hexdigest()
            said = await self._ask(f"USR 4 MD5 S {proof}")
        else:
            await self._ask("VER 1 MSNP12 CVR0")
            await self._ask(f"USR 3 TWN I {self.name}")
            said = await self._ask(f"USR 4 TWN S t={await self._ticket(self.name)}&p=")
        assert said[2] == "OK", f"{self.name} cannot sign on: {said}"

    async def _list(self) -> set[str]:
        """Read the list that SYN brings."""
        self._say("SYN 5 0 0\r\nPNG")
        found = set()
        while (words := await self._line())[0] != "QNG":
            if words[0] != "LST":
                continue
            if self._ticket is None and words[2] == "FL" and len(words) > 6:
                found.add(words[6])
            elif self._ticket is not None:
                fields = dict(w.split("=", 1) for w in words[1:] if "=" in w)
                plain = [w for w in words[1:] if "=" not in w]
                if int(plain[0]) & 2:
                    found.add(fields["N"])
        return found

    async def _change(self, item: str, there: bool) -> None:
        """Say ADD, ADC or REM and read its answer."""
        self._trid += 1
        if self._ticket is None:
            line = f"ADD {self._trid} FL {item} {item}"
            removal = f"REM {self._trid} FL {item}"
        else:
            line = f"ADC {self._trid} AL N={item}"
            removal = f"REM {self._trid} AL {item}"
        words = await self._ask(line if there else removal)
        assert words[0] in ("ADD", "ADC", "REM"), f"{line!r}: {words}"

    def _say(self, line: str) -> None:
        assert self._writer is not None
        self._writer.write(line.encode() + b"\r\n")

    async def _ask(self, line: str) -> list[str]:
        """Say a line; return the words of its answer."""
        self._say(line)
        trid = line.split(" ")[1]
        while True:
            words = await self._line()
            if len(words) > 1 and words[1] == trid:
                return words

    async def _line(self) -> list[str]:
        """Return the words of the next line; payloads are skipped."""
        line = await self._reader.readline()
        if not line.endswith(b"\n"):
            raise EOFError("the server is gone")
        words = line.decode().split()
        if words[0] in ("MSG", "NOT", "UBX"):
            await self._reader.readexactly(int(words[-1]))
        return words


class AIMConnection:
    """A connection to the OSCAR server: frames out, SNACs in."""

    def __init__(self, reader: Any, writer: Any) -> None:
        self._reader, self.writer = reader, writer
        self._encoder, self._decoder = FLAPEncoder(), FLAPDecoder()
        self._numbers = itertools.count(1)
        self._snacs: list[SNAC] = []

    @classmethod
    async def open(cls, port: int, first: SignOn) -> "AIMConnection":
        """Return a connection that has said its first frame."""
        made = cls(*await asyncio.open_connection(HOST, port))
        made.frame(CHANNEL_SIGNON, first.to_bytes())
        return made

    def frame(self, channel: int, payload: bytes) -> None:
        """Say a frame."""
        self.writer.write(self._encoder.encode(channel, payload))

    def say(self, kind: tuple[int, int], body: bytes = b"") -> int:
        """Say a SNAC; return its request id."""
        number = next(self._numbers)
        snac = SNAC.make(kind, body, request_id=number)
        self.frame(CHANNEL_DATA, snac.to_bytes())
        return number

    async def hear(self, kind: tuple[int, int], number: int | None = None) -> SNAC:
        """Return the next SNAC of a kind; others are dropped.

        Raises:
            EOFError: the server is gone.
        """
        while True:
            while self._snacs:
                snac = self._snacs.pop(0)
                fits = number is None or snac.header.request_id == number
                if snac.type == kind and fits:
                    return snac
                error = snac.header.subtype == 1 and number is not None and fits
                assert not error, f"SNAC {kind} was answered with an error: {snac}"
            data = await self._reader.read(65_536)
            if not data:
                raise EOFError("the server is gone")
            self._decoder.receive_data(data)
            self._snacs += [
                SNAC.from_bytes(frame.payload)
                for frame in self._decoder.frames()
                if frame.channel == CHANNEL_DATA
            ]


class AIMWorker(Worker):
    """Somebody who signs on to AIM, and says no more than the rate limits allow."""

    connection: AIMConnection

    async def _enter(self, port: int) -> None:
        """Sign on."""
        door = await AIMConnection.open(port, SignOn())
        door.say(BUCP.CHALLENGE_REQUEST, ChallengeRequest(self.name).to_bytes())
        snac = await door.hear(BUCP.CHALLENGE_RESPONSE)
        proof = strong_digest(
            PASSWORD.encode(), ChallengeReply.from_bytes(snac.body).key
        )
        door.say(BUCP.LOGIN_REQUEST, LoginRequest(self.name, proof).to_bytes())
        snac = await door.hear(BUCP.LOGIN_RESPONSE)
        door.writer.close()
        cookie = LoginReply.from_bytes(snac.body).cookie
        self.connection = await AIMConnection.open(port, SignOn.with_cookie(cookie))
        self._writer = self.connection.writer
        online = ClientOnline(CLIENT_VERSIONS).to_bytes()
        self.connection.say(FEEDBAG.USE)
        self.connection.say(OSERVICE.CLIENT_ONLINE, online)
        self._left = FRAMES

    async def _spend(self) -> None:
        """Count what is said; when it is enough, wait for the end."""
        self._left -= 1
        if self._left < 0:
            self.open = None  # nothing was said
            await self.connection.hear((0, 0))


class AIMBuddies(AIMWorker):
    """Insert and delete buddies of the feedbag."""

    async def _list(self) -> set[str]:
        """Ask for the list."""
        number = self.connection.say(FEEDBAG.QUERY)
        snac = await self.connection.hear(FEEDBAG.REPLY, number)
        items = FeedbagReply.from_bytes(snac.body).items
        return {i.name for i in items if i.class_id == FeedbagClass.BUDDY}

    async def _change(self, item: str, there: bool) -> None:
        """Say the SNAC and read its status."""
        await self._spend()
        number = self.pool.index(item) + 1
        body = FeedbagItem(item, 1, number, FeedbagClass.BUDDY).to_bytes()
        kind = FEEDBAG.INSERT_ITEM if there else FEEDBAG.DELETE_ITEM
        request = self.connection.say(kind, body)
        snac = await self.connection.hear(FEEDBAG.STATUS, request)
        assert snac.body == b"\0\0", f"{item}: status {snac.body.hex()}"


class AIMSender(AIMWorker):
    """Messages for somebody who is not there.

    `acknowledged` holds their texts; `stored` reads those that are in the database.
    """

    def __init__(self, *args: Any, stored: Any) -> None:
        super().__init__(*args)
        self._stored = stored
        self._texts = itertools.count(1)

    async def _list(self) -> set[str]:
        """Read what is stored."""
        found: set[str] = await self._stored()
        return found

    async def work(self) -> None:
        """Send messages until the server is gone."""
        try:
            while True:
                text = f"{self.name} {next(self._texts)}"
                await self._change(text, True)
                self.acknowledged[text], self.open = True, None
                self.changes += 1
        except (OSError, EOFError):
            if self.open is not None:
                self.acknowledged[self.open] = False
            return
        finally:
            self.close()

    async def _change(self, item: str, there: bool) -> None:
        """Say a message and read its acknowledgement."""
        await asyncio.sleep(PAUSE)
        self.open = item
        to = self.chance.choice(self.pool)
        message = MessageToHost.of_text(to, item, bytes(8), store=True)
        number = self.connection.say(ICBM.CHANNEL_MSG_TO_HOST, message.to_bytes())
        await self.connection.hear(ICBM.HOST_ACK, number)
