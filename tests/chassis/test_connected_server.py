"""Servers made of components, over real sockets."""

import asyncio
import logging
from collections.abc import Generator
from contextlib import suppress
from typing import Any

import pytest

from Axon.Component import component
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Kamaelia.Chassis.ConnectedServer import (
    FastRestartServer,
    MoreComplexServer,
    ServerCore,
    SimpleServer,
)
from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.IPC import socketShutdown
from tests.internet.conftest import OnLoop, on_loop
from tests.internet.world import HOST, Ear, Echo, World, closed

__all__ = ["on_loop"]


def echo(**_: Any) -> Echo:
    return Echo()


def serving(world: World, protocol: Any = echo, **argd: Any) -> ServerCore:
    """Return a server that listens."""
    server = ServerCore(protocol=protocol, port=0, host=HOST, **argd)
    server.listen()
    world.start(server)
    return server


class Recorder(component):
    """Keeps what arrives; ends when told to, if it is polite."""

    polite = True

    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        self.data = b""
        self.stops: list[Any] = []

    def main(self) -> Generator[int, None, None]:
        while not (self.stops and self.polite):
            for data in self.Inbox():
                self.data += data
            self.stops += self.Inbox("control")
            if not (self.stops and self.polite):
                self.pause()
            yield 1


class Broken(Echo):
    """Fails at the first byte."""

    def main(self) -> Generator[int, None, None]:
        while not self.dataReady():
            self.pause()
            yield 1
        raise ValueError("broken")


def test_a_server_needs_a_protocol() -> None:
    with pytest.raises(TypeError, match="SimpleServer needs a protocol"):
        SimpleServer(port=0)


def test_more_complex_server_is_the_core() -> None:
    assert MoreComplexServer is ServerCore


def test_200_connections_at_once_get_their_own_bytes_back(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        server = serving(world)
        assert server.address == (HOST, server.port)
        assert isinstance(server.port, int)
        streams = [await world.connect(server.port) for _ in range(200)]
        for number, (_, writer) in enumerate(streams):
            for piece in range(10):
                writer.write(b"%d %d;" % (number, piece))
        for number, (reader, writer) in enumerate(streams):
            expected = b"".join(b"%d %d;" % (number, piece) for piece in range(10))
            assert await reader.readexactly(len(expected)) == expected
            await closed(writer)
        await world.until(lambda: not server.connections)
        assert server.postoffice.linkages[2:] == []

    on_loop(body)


def test_the_protocol_is_told_who_calls(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        told: list[dict[str, Any]] = []

        def protocol(**info: Any) -> Echo:
            told.append(info)
            return Echo()

        server = serving(world, protocol)
        _, writer = await world.connect(server.port or 0)
        await world.until(lambda: told)
        peer, peerport = writer.get_extra_info("sockname")
        assert told == [
            {
                "peer": peer,
                "peerport": peerport,
                "localip": HOST,
                "localport": server.port,
            }
        ]
        await closed(writer)

    on_loop(body)


def test_a_method_given_as_class_attribute_gets_the_server(on_loop: OnLoop) -> None:
    class Named(SimpleServer):
        port = 0
        host = HOST
        made: Any = None

        def protocol(self) -> Echo:
            self.made = made = Echo()
            return made

    async def body(world: World) -> None:
        server = Named()
        server.listen()
        world.start(server)
        reader, writer = await world.connect(server.port)
        writer.write(b"x")
        assert await reader.readexactly(1) == b"x"
        assert isinstance(server.made, Echo)
        await closed(writer)

    on_loop(body)


def test_on_listening_tells_the_address_when_it_runs(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        told: list[tuple[str, int]] = []
        server = FastRestartServer(
            protocol=echo, port=0, host=HOST, onListening=told.append
        )
        assert server.address is None
        world.start(server)
        await world.until(lambda: told)
        assert told == [server.address]

    on_loop(body)


def test_a_port_in_use_stops_the_run_loudly() -> None:
    first = ServerCore(protocol=echo, port=0, host=HOST)
    first.listen()
    with pytest.raises(OSError, match="it is in use"):
        ServerCore(protocol=echo, port=first.port, host=HOST).run()
    first.stop()


def test_the_end_of_the_protocol_closes_when_all_is_sent(on_loop: OnLoop) -> None:
    class Speaker(component):
        def main(self) -> Generator[int, None, None]:
            for _ in range(100):
                self.send(b"0123456789" * 10_000)
            yield 1

    async def body(world: World) -> None:
        server = serving(world, lambda **_: Speaker())
        reader, writer = await world.connect(server.port or 0)
        assert len(await reader.read(-1)) == 10_000_000
        await closed(writer)
        await world.until(lambda: not server.connections)

    on_loop(body)


def test_the_peers_close_is_told_once_after_its_data(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        recorder = Recorder()
        server = serving(world, lambda **_: recorder)
        _, writer = await world.connect(server.port or 0)
        writer.write(b"x" * 100_000)
        await closed(writer)
        await world.ended(recorder)
        assert recorder.data == b"x" * 100_000
        assert [type(stop) for stop in recorder.stops] == [socketShutdown]
        await world.until(lambda: not server.connections)

    on_loop(body)


def test_a_peer_that_only_stopped_sending_still_gets_its_answer(
    on_loop: OnLoop,
) -> None:
    class Counting(component):
        def main(self) -> Generator[int, None, None]:
            count, stop = 0, None
            while stop is None:
                stop = self.stopMessage()
                count += sum(len(data) for data in self.Inbox())
                if stop is None:
                    self.pause()
                    yield 1
            self.send(b"%d" % count)
            self.send(stop, "signal")

    async def body(world: World) -> None:
        server = serving(world, lambda **_: Counting())
        reader, writer = await world.connect(server.port or 0)
        writer.write(b"x" * 500_000)
        writer.write_eof()
        assert await reader.read(-1) == b"500000"
        await closed(writer)

    on_loop(body)


def test_a_protocol_that_never_ends_loses_the_connection_after_the_grace(
    on_loop: OnLoop,
) -> None:
    async def body(world: World) -> None:
        recorder = Recorder(polite=False)
        server = serving(world, lambda **_: recorder, grace=0.0)
        reader, writer = await world.connect(server.port or 0)
        writer.write_eof()
        assert await reader.read(-1) == b""
        await closed(writer)
        assert [type(stop) for stop in recorder.stops] == [socketShutdown]
        assert server.connections == 1  # it still runs
        recorder.stop()
        await world.until(lambda: not server.connections)

    on_loop(body)


@pytest.mark.parametrize("inner", [False, True])
def test_an_error_in_one_connection_ends_that_one_only(
    on_loop: OnLoop, caplog: pytest.LogCaptureFixture, inner: bool
) -> None:
    async def body(world: World) -> None:
        made: list[Any] = []

        def protocol(**_: Any) -> Any:
            if made:
                return Echo()
            made.extend([Echo(), Broken(), Echo()] if inner else [Broken()])
            return Pipeline(*made) if inner else made[0]

        server = serving(world, protocol)
        reader, writer = await world.connect(server.port or 0)
        other_reader, other = await world.connect(server.port or 0)
        writer.write(b"x")
        assert await reader.read(-1) == b""
        await closed(writer)
        other.write(b"well")
        assert await other_reader.readexactly(4) == b"well"
        await closed(other)
        await world.until(lambda: not server.connections)
        await world.ended(*made)

    with caplog.at_level(logging.ERROR):
        on_loop(body)
    assert f"connection from {HOST} closed: error in " in caplog.text
    assert "ValueError: broken" in caplog.text


def test_an_error_while_making_the_protocol_ends_that_connection_only(
    on_loop: OnLoop, caplog: pytest.LogCaptureFixture
) -> None:
    async def body(world: World) -> None:
        calls: list[Any] = []

        def protocol(**info: Any) -> Any:
            calls.append(info)
            return Echo() if len(calls) > 1 else None

        server = serving(world, protocol)
        reader, writer = await world.connect(server.port or 0)
        with suppress(ConnectionResetError):  # the same thing, said by the kernel
            assert await reader.read(-1) == b""
        await closed(writer)
        reader, writer = await world.connect(server.port or 0)
        writer.write(b"well")
        assert await reader.readexactly(4) == b"well"
        await closed(writer)
        await world.until(lambda: not server.server.connections)

    with caplog.at_level(logging.ERROR):
        on_loop(body)
    assert "cannot serve it" in caplog.text


def test_producer_finished_lets_the_handlers_finish(on_loop: OnLoop) -> None:
    class Farewell(component):
        def main(self) -> Generator[int, None, None]:
            while (stop := self.stopMessage()) is None:
                self.pause()
                yield 1
            self.send(b"x" * 1_000_000 + b"goodbye")
            self.send(stop, "signal")

    async def body(world: World) -> None:
        server = serving(world, lambda **_: Farewell())
        signal = Ear(server, "signal")
        reader, writer = await world.connect(server.port or 0)
        await world.until(lambda: server.connections)
        stop = producerFinished()
        server._deliver(stop, "control")
        assert (await reader.read(-1)).endswith(b"xgoodbye")
        await closed(writer)
        assert await signal.get() is stop
        await world.ended(server, server.server)
        with pytest.raises(ConnectionRefusedError):
            await world.connect(server.port or 0)

    on_loop(body)


def test_shutdown_closes_connections_and_tells_the_handlers(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        recorder = Recorder()
        server = serving(world, lambda **_: recorder)
        signal = Ear(server, "signal")
        reader, writer = await world.connect(server.port or 0)
        await world.until(lambda: server.connections)
        stop = shutdownMicroprocess()
        server._deliver(stop, "control")
        assert await reader.read(-1) == b""
        await closed(writer)
        assert await signal.get() is stop
        assert [type(each) for each in recorder.stops] == [socketShutdown]

    on_loop(body)


@pytest.mark.parametrize("message", [producerFinished(), shutdownMicroprocess()])
def test_a_handler_that_never_ends_is_ended_after_the_timeout(
    on_loop: OnLoop, message: Any
) -> None:
    async def body(world: World) -> None:
        recorder = Recorder(polite=False)
        server = serving(world, lambda **_: recorder, shutdown_timeout=0.0)
        _, writer = await world.connect(server.port or 0)
        await world.until(lambda: server.connections)
        server._deliver(message, "control")
        await world.ended(server, recorder)
        await closed(writer)

    on_loop(body)


def test_stop_ends_everything_at_once(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        recorder = Recorder()
        server = serving(world, lambda **_: recorder)
        _, writer = await world.connect(server.port or 0)
        await world.until(lambda: server.connections)
        server.stop()
        await world.ended(server, server.server, recorder)
        await closed(writer)
        with pytest.raises(ConnectionRefusedError):
            await world.connect(server.port or 0)

    on_loop(body)


def test_serversignal_leads_to_the_servers_control(on_loop: OnLoop) -> None:
    class Switch(component):
        Outboxes = {"outbox": "", "signal": "", "serversignal": "stops the server"}

        def main(self) -> Generator[int, None, None]:
            while not self.dataReady():
                self.pause()
                yield 1
            self.send(shutdownMicroprocess(self), "serversignal")

    async def body(world: World) -> None:
        server = serving(world, lambda **_: Switch())
        _, writer = await world.connect(server.port or 0)
        writer.write(b"off")
        await world.ended(server)
        await closed(writer)

    on_loop(body)


def test_connections_that_vanish_at_once_leave_nothing(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        server = serving(world)
        for _ in range(50):
            _, writer = await world.connect(server.port or 0)
            writer.transport.abort()
        _, writer = await world.connect(server.port or 0)
        await closed(writer)
        await world.until(lambda: not server.connections)
        await world.until(lambda: not server.server.connections)

    on_loop(body)


def test_memory_is_bounded_while_a_client_does_not_read(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        server = serving(world, max_unsent=1_000_000)
        _, writer = await world.connect(server.port or 0)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await world.until(lambda: server.connections)
        while server.connections:
            writer.write(b"x" * 100_000)
            await asyncio.sleep(0)
        await closed(writer)

    on_loop(body)
