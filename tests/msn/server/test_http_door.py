"""The web server's door: connections are counted before they say anything."""

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop

from Kamaelia.Internet.accepting import accept
from Kamaelia.Protocol.MSN.Server import http_door
from Kamaelia.Protocol.MSN.Server.http_door import Door, Seat

from .test_server import _certificate

Loop = asyncio.AbstractEventLoop
LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Echo(asyncio.Protocol):
    """Says what it hears, then closes."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(data)
        self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._seat.leave()


class House:
    """A door, open, and the means to go there."""

    def __init__(self, folder: Path, tls: bool, **limits: float) -> None:
        chosen = {"lifetime": 20.0, "per_address": 10, "in_all": 10} | limits
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        self.door = Door(listener, **chosen)  # type: ignore[arg-type]
        context, self._trust = None, None
        if tls:
            files = _certificate(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(files.certificate, files.key)
            self._trust = ssl.create_default_context(cafile=files.certificate)
        self.door.open(Echo, context)
        self._writers: list[asyncio.StreamWriter] = []

    async def connect(self) -> Stream:
        """Return a connection without TLS."""
        stream = await asyncio.open_connection("127.0.0.1", self.port)
        self._writers.append(stream[1])
        return stream

    async def echo(self) -> bytes:
        """Go in, say something, and return what comes back."""
        name = "localhost" if self._trust else None
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", self.port, ssl=self._trust, server_hostname=name
            )
            self._writers.append(writer)
            writer.write(b"hello")
            return await reader.read()
        return b""

    async def seats(self, count: int) -> None:
        """Wait until so many seats are taken."""
        while self.door.seats != count:  # noqa: ASYNC110 - it tells no more
            await asyncio.sleep(0)

    async def close(self) -> None:
        await self.door.close()
        for writer in self._writers:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


@pytest.fixture(params=LOOPS)
def loop_factory(request: pytest.FixtureRequest) -> Callable[[], Loop]:
    factory: Callable[[], Loop] = request.param
    return factory


def in_house(
    factory: Callable[[], Loop],
    folder: Path,
    scenario: Callable[[House], Awaitable[None]],
    *,
    tls: bool = True,
    **limits: float,
) -> None:
    async def main() -> None:
        house = House(folder, tls, **limits)
        try:
            await asyncio.wait_for(scenario(house), 20)
        finally:
            await house.close()
        assert house.door.seats == 0

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())


async def ended(stream: Stream) -> bool:
    """Return whether the other end closes without a word."""
    try:
        return await asyncio.wait_for(stream[0].read(), 10) == b""
    except ConnectionError:
        return True


def test_who_has_not_finished_the_handshake_is_counted(
    loop_factory: Callable[[], Loop], tmp_path: Path
) -> None:
    async def scenario(house: House) -> None:
        first, second = await house.connect(), await house.connect()
        await house.seats(2)
        assert await ended(await house.connect())
        assert await house.echo() == b""
        first[1].close()
        await house.seats(1)
        assert await house.echo() == b"hello"
        second[1].write(b"GET / HTTP/1.0\r\n\r\n")  # no TLS: closed at once
        assert await ended(second)
        await house.seats(0)

    in_house(loop_factory, tmp_path, scenario, per_address=2)


def test_who_never_begins_the_handshake_is_cut_off(
    loop_factory: Callable[[], Loop], tmp_path: Path
) -> None:
    async def scenario(house: House) -> None:
        assert await ended(await house.connect())
        await house.seats(0)
        assert await house.echo() == b"hello"

    in_house(loop_factory, tmp_path, scenario, lifetime=0.2)


def test_a_handshake_that_begins_before_its_connection_is_accepted_is_done(
    loop_factory: Callable[[], Loop], tmp_path: Path
) -> None:
    async def scenario(house: House) -> None:
        assert await asyncio.gather(*(house.echo() for _ in range(9))) == [b"hello"] * 9

    in_house(loop_factory, tmp_path, scenario)


def test_the_end_cuts_handshakes_and_frees_the_port(
    loop_factory: Callable[[], Loop], tmp_path: Path
) -> None:
    async def scenario(house: House) -> None:
        silent = await house.connect()
        await house.seats(1)
        late = await house.connect()
        await house.door.close()
        assert house.door.seats == 0
        assert await ended(silent)
        assert await ended(late)
        with pytest.raises(ConnectionError):
            await house.connect()

    in_house(loop_factory, tmp_path, scenario)


def test_there_is_a_limit_for_all_addresses_together(
    loop_factory: Callable[[], Loop], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(house: House) -> None:
        first = await house.connect()
        await house.seats(1)
        for _ in range(2):
            assert await ended(await house.connect())
        first[1].write(b"hi")
        assert await first[0].read() == b"hi"
        await house.seats(0)
        assert await house.echo() == b"hello"

    with caplog.at_level(logging.WARNING):
        in_house(loop_factory, tmp_path, scenario, tls=False, in_all=1)
    assert caplog.text.count("too many") == 1


def test_accepting_goes_on_after_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    errors = [OSError(errno.EMFILE, "no files left"), ConnectionAbortedError()]

    async def fail_first(
        loop: Loop, listener: socket.socket
    ) -> tuple[socket.socket, object]:
        if errors:
            raise errors.pop()
        return await accept(loop, listener)

    monkeypatch.setattr(http_door, "accept", fail_first)
    monkeypatch.setattr(http_door, "PATIENCE", 0.01)

    async def scenario(house: House) -> None:
        assert await house.echo() == b"hello"
        assert errors == []

    in_house(asyncio.new_event_loop, tmp_path, scenario, tls=False)


def test_a_connection_that_cannot_begin_leaves_its_seat(
    loop_factory: Callable[[], Loop],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario(house: House) -> None:
        assert await house.echo() == b""
        await house.seats(0)

    def fail(seat: Seat) -> None:
        raise ValueError("no")

    monkeypatch.setattr(Echo, "__init__", lambda echo, seat: fail(seat))
    in_house(loop_factory, tmp_path, scenario)
    assert "could not begin" in caplog.text


def test_a_door_that_was_never_open_lets_its_socket_go() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    Door(listener, 1.0, 1, 1).cut()
    assert listener.fileno() == -1
