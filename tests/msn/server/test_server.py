"""The server on real sockets."""

import asyncio
import contextlib
import gc
import http.client
import socket
import ssl
from collections.abc import Awaitable, Callable, Generator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from Axon.Component import component
from Axon.Ipc import producerFinished
from Axon.Scheduler import scheduler
from Kamaelia.Internet.TCPServer import bindSocket
from Kamaelia.Protocol.MSN.Server.HTTPService import Certificate
from Kamaelia.Protocol.MSN.Server.limits import Limits
from Kamaelia.Protocol.MSN.Server.MSNServer import MSNServer
from Kamaelia.Protocol.MSN.wire.passport import PassportAnswer
from Kamaelia.store import account_watch
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

    async def connect(self, name: str = "msn", window: int = 0) -> Peer:
        """Return a connection; `window`: bytes that its socket takes unread."""
        sock = socket.socket()
        if window:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        sock.setblocking(False)
        where = ("127.0.0.1", self.server.ports[name])
        await asyncio.get_running_loop().sock_connect(sock, where)
        limit = window or 65536
        peer = Peer(*await asyncio.open_connection(sock=sock, limit=limit))
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

    async def room(self, alice: Peer, bob: Peer, window: int = 0) -> tuple[Peer, Peer]:
        """Return switchboard connections of two users in one conversation."""
        alice.say("XFR 6 SB")
        referral = (await alice.hear("XFR 6 SB")).split(" ")
        assert referral[3] == f"127.0.0.1:{self.server.ports['msn']}"
        caller = await self.connect()
        caller.say(f"USR 1 alice@example.com {referral[5]}")
        await caller.hear("USR 1 OK")
        caller.say("CAL 2 bob@example.com")
        ring = (await bob.hear("RNG")).split(" ")
        callee = await self.connect(window=window)
        callee.say(f"ANS 1 bob@example.com {ring[4]} {ring[1]}")
        await callee.hear("ANS 1 OK")
        await caller.hear("JOI bob@example.com")
        return caller, callee

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
        caller, callee = await world.room(alice, bob)
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


def test_who_is_suspended_meanwhile_is_signed_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(account_watch, "EVERY", 0.01)

    async def scenario(world: World) -> None:
        alice, bob = await world.sign_on("alice"), await world.sign_on("bob")
        await world.store.accounts.set_suspended("msn", "alice@example.com")
        await alice.hear("OUT")
        assert await alice.rest() == b""
        await bob.hear("FLN alice@example.com")
        bob.say("PNG")
        await bob.hear("QNG")

    in_world(scenario)


def test_what_should_go_on_and_ends_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(watch: account_watch.AccountWatch) -> None:
        raise RuntimeError("broken watch")

    monkeypatch.setattr(account_watch.AccountWatch, "keep", fail)

    async def scenario(world: World) -> None:
        alice = await world.sign_on("alice")  # the rest goes on
        alice.say("PNG")
        await alice.hear("QNG")

    in_world(scenario)
    assert "broken watch" in caplog.text


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


def test_who_does_not_read_is_cut_off_and_holds_up_nobody() -> None:
    async def scenario(world: World) -> None:
        bob = await world.sign_on("bob")
        alice = await world.sign_on("alice")
        caller, _ = await world.room(alice, bob, window=4096)
        flood = b"MSG 3 U 1600\r\n" + b"x" * 1600
        text = ""
        for _ in range(200):
            caller.writer.write(flood * 50)
            await caller.writer.drain()
            alice.say("PNG")
            await alice.hear("QNG")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.001):
                    text = await caller.hear("BYE")
                    break
        assert text == "BYE bob@example.com"
        caller.writer.write(b"MSG 4 A 2\r\nhi")
        await caller.hear("NAK 4")

    in_world(scenario, limits=Limits(output=200_000))


def test_a_message_is_acknowledged_when_it_was_taken() -> None:
    async def scenario(world: World) -> None:
        bob = await world.sign_on("bob")
        alice = await world.sign_on("alice")
        caller, callee = await world.room(alice, bob, window=4096)
        count = 6000
        text = b"MSG 3 U 1600\r\n" + b"x" * 1600
        for _ in range(count):
            caller.writer.write(text)
            await caller.writer.drain()
        caller.writer.write(b"MSG 4 A 2\r\nhi")
        caller.say("PNG")
        await caller.hear("QNG")  # and no ACK before it
        reading = asyncio.create_task(_read_until(callee, b"2\r\nhi"))
        assert await caller.hear("ACK") == "ACK 4"
        await asyncio.wait_for(reading, 20)

    in_world(scenario, limits=Limits(output=50_000_000))


async def _read_until(peer: Peer, end: bytes) -> None:
    tail = b""
    while not tail.endswith(end):
        tail = tail[-100:] + await peer.reader.read(65536)


def test_https_with_a_certificate(tmp_path: Path) -> None:
    certificate = _certificate(tmp_path)

    async def scenario(world: World) -> None:
        def fetch() -> str:
            context = ssl.create_default_context(cafile=certificate.certificate)
            port = world.server.ports["https"]
            web = http.client.HTTPSConnection("localhost", port, context=context)
            web.request("GET", "/rdr/pprdr.asp")
            urls = web.getresponse().getheader("PassportURLs") or ""
            web.close()
            return urls

        urls = await asyncio.to_thread(fetch)
        port = world.server.ports["https"]
        assert f"DALogin=localhost:{port}/login2.srf" in urls  # as the certificate

    in_world(scenario, https_port=0, certificate=certificate)


def _certificate(folder: Path) -> Certificate:
    """Return a certificate for localhost that has signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .sign(key, hashes.SHA256())
    )
    files = Certificate(folder / "cert.pem", folder / "key.pem")
    files.certificate.write_bytes(made.public_bytes(Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return files


def test_https_needs_a_certificate() -> None:
    with pytest.raises(ValueError, match="certificate"):
        MSNServer(https_port=0)


def test_a_port_in_use_is_an_error_at_once() -> None:
    taken = bindSocket("127.0.0.1", 0)
    with pytest.raises(OSError, match="in use"):
        MSNServer(port=0, http_port=taken.getsockname()[1]).listen()
    taken.close()


def test_an_error_in_one_session_ends_that_one_only() -> None:
    async def scenario(world: World) -> None:
        bob = await world.sign_on("bob")
        alice = await world.sign_on("alice")
        await bob.hear("NLN NLN alice@example.com")
        assert world.server.state is not None

        def broken(*_: object) -> list[object]:
            raise ZeroDivisionError("on purpose")

        session = world.server.state.sessions["alice@example.com"]
        session.handle_command = broken  # type: ignore[method-assign,assignment]
        alice.say("PNG")
        assert await bob.hear("FLN") == "FLN alice@example.com"
        bob.say("PNG")
        await bob.hear("QNG")

    in_world(scenario)


def test_who_connects_to_http_and_asks_nothing_is_cut_off() -> None:
    async def scenario(world: World) -> None:
        idle = await world.connect("http")
        with contextlib.suppress(ConnectionError):
            assert await idle.rest() == b""

    in_world(scenario, limits=Limits(handshake=0.1))


def test_http_connections_of_one_address_are_limited() -> None:
    async def scenario(world: World) -> None:
        first = await world.connect("http")
        second = await world.connect("http")
        with contextlib.suppress(ConnectionError):
            assert await second.rest() == b""
        first.writer.write(b"GET /page HTTP/1.0\r\n\r\n")
        assert (await first.rest()).startswith(b"HTTP/1.1 200 OK\r\n")

    in_world(scenario, limits=Limits(connections_per_address=1))


def stop_when_it_listens(run: Any) -> MSNServer:
    return MSNServer(
        port=0, http_port=0, dispatch_port=0, onListening=lambda _: run.stop()
    )


def stop_a_little_later(run: Any) -> MSNServer:
    def soon(_: object) -> None:
        asyncio.get_running_loop().call_later(0.05, run.stop)

    return MSNServer(port=0, http_port=0, dispatch_port=0, onListening=soon)


def stop_before_it_begins(run: Any) -> MSNServer:
    server = MSNServer(port=0, http_port=0, dispatch_port=0)
    server.listen()
    run.stop()
    return server


def stop_while_the_store_opens(run: Any) -> MSNServer:
    server = MSNServer(port=0, http_port=0, dispatch_port=0)
    server.listen()

    class Stopper(component):
        def main(self) -> Generator[int, None, None]:
            yield 1
            run.stop()

    Stopper().activate(run)
    return server


@pytest.mark.parametrize(
    "make",
    [
        stop_when_it_listens,
        stop_a_little_later,
        stop_before_it_begins,
        stop_while_the_store_opens,
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_run_that_is_stopped_at_once_leaves_no_port_open(
    make: Callable[[Any], MSNServer],
) -> None:
    run = scheduler()
    server = make(run)
    server.activate(run)
    ports: list[int] = list(server.ports.values())
    listening = server.onListening

    def note(found: Mapping[str, int]) -> None:
        ports.extend(found.values())
        if listening is not None:
            listening(found)

    server.onListening = note
    run.runThreads()
    gc.collect()  # an open socket would be an error here
    assert len(ports) == 3
    for port in ports:
        bindSocket("127.0.0.1", port).close()
