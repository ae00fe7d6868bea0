"""TCPServer: listening, limits, what it says of its connections."""

import asyncio
import errno
import socket
from typing import Any

import pytest

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Kamaelia.Internet.TCPServer import TCPServer
from Kamaelia.IPC import newCSA, serverShutdown, shutdownCSA
from tests.internet.conftest import OnLoop
from tests.internet.world import HOST, Ear, World, closed


async def at_end(reader: asyncio.StreamReader) -> bool:
    """Return whether the server closed the connection."""
    try:
        return await reader.read(1) == b""
    except ConnectionResetError:
        return True


def test_a_port_in_use_is_an_error_that_says_so() -> None:
    first = TCPServer(0, host=HOST)
    with pytest.raises(
        OSError, match=f"port {first.port} of {HOST}: it is in use"
    ) as e:
        TCPServer(first.port, host=HOST)
    assert e.value.errno == errno.EADDRINUSE
    first.stop()


def test_an_address_of_another_machine_is_an_error_that_says_so() -> None:
    with pytest.raises(OSError, match="no such address"):
        TCPServer(0, host="192.0.2.1")


def test_socket_options_are_set() -> None:
    option = (socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for options in (option, [option]):
        server = TCPServer(0, host=HOST, socketOptions=options)
        listener: Any = server.listener
        assert listener.getsockopt(*option[:2])
        server.stop()
        assert server.listener is None


def test_a_connection_is_said_and_its_end_too(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        server = TCPServer(None, host=HOST)
        said = Ear(server, "protocolHandlerSignal")
        world.start(server)
        _, writer = await world.connect(server.port)
        writer.write(b"early")
        new = await said.get()
        assert type(new) is newCSA
        assert new.sock.getpeername() == writer.get_extra_info("sockname")
        csa = new.object
        heard, ending, fed_back = (
            Ear(csa, box) for box in ("outbox", "signal", "CreatorFeedback")
        )
        world.start(csa)
        assert await heard.bytes(5) == b"early"
        await closed(writer)
        assert (await fed_back.get()).message == [new.sock, None]
        assert (await ending.get()).object == (csa, new.sock)
        gone = await said.get()
        assert (type(gone), gone.object) == (shutdownCSA, csa)
        assert server.connections == 0

    on_loop(body)


@pytest.mark.parametrize(
    "stop", [serverShutdown(), shutdownMicroprocess(), producerFinished()]
)
def test_told_to_stop_it_frees_the_port_and_leaves_connections(
    on_loop: OnLoop, stop: Any
) -> None:
    async def body(world: World) -> None:
        server = TCPServer(0, host=HOST)
        said, signal = Ear(server, "protocolHandlerSignal"), Ear(server, "signal")
        world.start(server)
        _, writer = await world.connect(server.port)
        csa = world.start((await said.get()).object)
        heard = Ear(csa)
        server._deliver(stop, "control")
        assert await signal.get() is stop
        await world.ended(server)
        with pytest.raises(ConnectionRefusedError):
            await world.connect(server.port)
        writer.write(b"still here")
        assert await heard.bytes(10) == b"still here"
        await closed(writer)
        await world.ended(csa)

    on_loop(body)


def test_more_than_max_connections_wait_until_one_ends(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        server = TCPServer(0, host=HOST, max_connections=2)
        said = Ear(server, "protocolHandlerSignal")
        world.start(server)
        writers = [(await world.connect(server.port))[1] for _ in range(3)]
        for _ in range(2):
            world.start((await said.get()).object)
        for _ in range(20):
            await asyncio.sleep(0)
        assert said.heard() == []
        await closed(writers[0])
        messages = [await said.get(), await said.get()]
        assert [type(each) for each in messages] == [shutdownCSA, newCSA]
        last = world.start(messages[1].object)
        for writer in writers[1:]:
            await closed(writer)
        await world.ended(last)

    on_loop(body)


def test_more_than_max_per_address_are_closed_at_once(
    on_loop: OnLoop, caplog: pytest.LogCaptureFixture
) -> None:
    async def body(world: World) -> None:
        server = TCPServer(0, host=HOST, max_per_address=1)
        said = Ear(server, "protocolHandlerSignal")
        world.start(server)
        _, first = await world.connect(server.port)
        csa = world.start((await said.get()).object)
        for _ in range(3):
            reader, second = await world.connect(server.port)
            assert await at_end(reader)
            await closed(second)
        assert len(caplog.records) == 1  # not one for each of a million
        await closed(first)
        await world.ended(csa)
        _, third = await world.connect(server.port)
        await said.get()  # the end of the first
        csa = world.start((await said.get()).object)
        await closed(third)
        await world.ended(csa)

    on_loop(body)


def test_every_address_includes_ipv6_when_asked_for(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        server = TCPServer(0, host="::")
        said = Ear(server, "protocolHandlerSignal")
        world.start(server)
        for host in ("::1", HOST):
            _, writer = await asyncio.open_connection(host, server.port)
            csa = world.start((await said.get()).object)
            await closed(writer)
            await world.ended(csa)
            await said.get()

    on_loop(body)


def test_a_server_stopped_before_it_ran_leaves_nothing() -> None:
    server = TCPServer(0, host=HOST)
    server.stop()
    TCPServer(server.port, host=HOST).stop()
