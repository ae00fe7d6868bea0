"""The server on real sockets."""

import asyncio
import contextlib
import http.client
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from Axon.Ipc import producerFinished
from Kamaelia.Internet.TCPServer import bindSocket
from Kamaelia.Protocol.MSN.Server.limits import Limits
from Kamaelia.Protocol.MSN.Server.MSNServer import MSNServer
from Kamaelia.Protocol.MSN.wire.passport import PassportAnswer
from Kamaelia.store.store import Store, open_store

from .hall import ACCOUNTS, QUICK


class Peer:
    """A connection to the server."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader = reader
        self.writer = writer

    def say(self, *lines: str) -> None:
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())

    async def hear(self, start: str = "") -> str:
        """Return the next line that begins so, its payload skipped."""
        while True:
            line = (await asyncio.wait_for(self.reader.readline(), 10)).decode()
            assert line, "the server has closed"
            line = line.removesuffix("\r\n")
            if line.startswith("MSG "):
                await self.reader.readexactly(int(line.split(" ")[-1]))
            if line.startswith(start):
                return line

    async def rest(self) -> bytes:
        return await asyncio.wait_for(self.reader.read(), 10)

    async def close(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


class World:
    """A running server and the means to reach it."""

    def __init__(self, server: MSNServer, store: Store) -> None:
        self.server = server
        self.store = store
        self.peers: list[Peer] = []

    async def connect(self, name: str = "msn") -> Peer:
        port = self.server.ports[name]
        peer = Peer(*await asyncio.open_connection("127.0.0.1", port))
        self.peers.append(peer)
        return peer

    async def http(
        self, path: str, headers: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        def fetch() -> http.client.HTTPResponse:
            port = self.server.ports["http"]
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            response.body = response.read()  # type: ignore[attr-defined]
            connection.close()
            return response

        return await asyncio.to_thread(fetch)

    async def ticket(self, who: str) -> str:
        value = (
            "Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,"
            f"sign-in={who}%40example.com,pwd={who}pw,ct=1,rver=1"
        )
        response = await self.http("/login2.srf", {"Authorization": value})
        assert response.status == 200
        info = response.getheader("Authentication-Info")
        assert info is not None
        return PassportAnswer.parse(info).ticket

    async def sign_on(self, who: str) -> Peer:
        peer = await self.connect()
        peer.say("VER 1 MSNP8 CVR0", f"USR 2 TWN I {who}@example.com")
        await peer.hear("USR 2 TWN S")
        peer.say(f"USR 3 TWN S {await self.ticket(who)}")
        await peer.hear(f"USR 3 OK {who}@example.com")
        peer.say("SYN 4 0", "CHG 5 NLN 0")
        await peer.hear("CHG 5 NLN 0")
        return peer


def in_world(scenario: Callable[[World], Awaitable[None]], **options: Any) -> None:
    """Run a scenario against a server."""

    async def main() -> None:
        async with await open_store("memory", hasher=QUICK) as store:
            for who in ACCOUNTS:
                await store.accounts.put("msn", f"{who}@example.com", f"{who}pw")
            await store.add_contact("alice@example.com", "bob@example.com")
            await store.add_contact("bob@example.com", "alice@example.com")
            server = MSNServer(port=0, http_port=0, store=store, **options)
            server.listen()
            running = asyncio.create_task(server.runAsync())
            world = World(server, store)
            try:
                await asyncio.wait_for(scenario(world), 30)
            finally:
                server._deliver(producerFinished(), "control")
                await asyncio.wait_for(running, 20)
                for peer in world.peers:
                    await peer.close()

    asyncio.run(main())


def test_two_users_talk_over_sockets() -> None:
    async def scenario(world: World) -> None:
        bob = await world.sign_on("bob")
        alice = await world.sign_on("alice")
        await bob.hear("NLN NLN alice@example.com")
        alice.say("XFR 6 SB")
        referral = (await alice.hear("XFR 6 SB")).split(" ")
        assert referral[3] == f"127.0.0.1:{world.server.ports['msn']}"
        caller = await world.connect()
        caller.say(f"USR 1 alice@example.com {referral[5]}")
        await caller.hear("USR 1 OK")
        caller.say("CAL 2 bob@example.com")
        ring = (await bob.hear("RNG")).split(" ")
        callee = await world.connect()
        callee.say(f"ANS 1 bob@example.com {ring[4]} {ring[1]}")
        await callee.hear("ANS 1 OK")
        await caller.hear("JOI bob@example.com")
        caller.writer.write(b"MSG 3 A 5\r\nhello")
        await callee.hear("MSG alice@example.com")
        await caller.hear("ACK 3")
        callee.say("OUT")
        await caller.hear("BYE bob@example.com")
        alice.say("OUT")
        await bob.hear("FLN alice@example.com")

    in_world(scenario)


def test_the_end_of_the_server_is_said_and_ends_every_connection() -> None:
    ended: list[bytes] = []

    async def scenario(world: World) -> None:
        alice = await world.sign_on("alice")
        silent = await world.connect()
        world.server._deliver(producerFinished(), "control")
        ended.append(await alice.rest())
        assert await silent.rest() == b""

    in_world(scenario)
    assert ended[0].endswith(b"OUT SSD\r\n")
    assert b"application/x-msmsgssystemmessage" in ended[0]


def test_garbage_ends_one_connection_only() -> None:
    async def scenario(world: World) -> None:
        alice = await world.sign_on("alice")
        bad = await world.connect()
        bad.writer.write(b"\x16\x03\x01" * 100_000)
        with pytest.raises((AssertionError, ConnectionError)):
            await bad.hear("never")
        alice.say("PNG")
        await alice.hear("QNG")

    in_world(scenario)


def test_connections_of_one_address_are_limited() -> None:
    async def scenario(world: World) -> None:
        first = await world.connect()
        first.say("VER 1 MSNP8")
        await first.hear("VER 1 MSNP8")
        second = await world.connect()
        try:
            assert await second.rest() == b""
        except ConnectionError:
            assert True

    in_world(scenario, limits=Limits(connections_per_address=1))


def test_the_nexus_names_this_server() -> None:
    async def scenario(world: World) -> None:
        response = await world.http("/rdr/pprdr.asp", {"Host": "nexus.passport.com"})
        urls = response.getheader("PassportURLs") or ""
        port = world.server.ports["http"]
        assert f"DALogin=http://127.0.0.1:{port}/login2.srf" in urls

    in_world(scenario)


def test_ports_are_free_after_the_end() -> None:
    ports: dict[str, int] = {}

    async def scenario(world: World) -> None:
        ports.update(world.server.ports)

    in_world(scenario, dispatch_port=0)
    assert set(ports) == {"msn", "dispatch", "http"}
    for port in ports.values():
        bindSocket(
            "127.0.0.1", port, (socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ).close()
