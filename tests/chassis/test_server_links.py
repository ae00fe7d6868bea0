"""What programs link, cut and stop at a ServerCore beside what it does itself."""

import logging
from contextlib import suppress
from typing import Any

import pytest

from Axon.AdaptiveCommsComponent import AdaptiveCommsComponent
from Axon.Component import component
from Axon.Ipc import producerFinished
from Kamaelia.Chassis.ConnectedServer import ServerCore
from Kamaelia.Internet.TCPServer import TCPServer
from Kamaelia.IPC import newCSA, socketShutdown
from tests.internet.conftest import OnLoop, on_loop
from tests.internet.world import HOST, Echo, World, closed

__all__ = ["on_loop"]


def serve(world: World, server: ServerCore) -> int:
    """Start a server; return its port."""
    server.listen()
    world.start(server)
    return server.port or 0


async def visit(world: World, server: ServerCore) -> None:
    """Connect, say something, hear it, and go."""
    reader, writer = await world.connect(server.port or 0)
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    writer.write_eof()
    assert await reader.read() == b""
    await closed(writer)
    await world.until(lambda: not server.connections)


class Talker(Echo):
    """An Echo with one more box."""

    Outboxes = {"outbox": "", "signal": "", "news": ""}


def test_what_a_server_linked_to_a_handler_goes_with_it(on_loop: OnLoop) -> None:
    class Informed(ServerCore):
        Inboxes = {**ServerCore.Inboxes, "news": ""}

        def mkProtocolHandler(self, **sock_info: Any) -> Any:
            """Make a handler and listen to it."""
            made = Talker()
            self.link((made, "news"), (self, "news"))
            return made

    async def body(world: World) -> None:
        server = Informed(protocol=Talker, port=0, host=HOST)
        serve(world, server)
        before = server.postoffice.linkages
        for _ in range(3):
            await visit(world, server)
        assert server.inboxes["news"].sources == ()
        assert server.postoffice.linkages == before

    on_loop(body)


@pytest.mark.parametrize("by", ["component", "linkage"])
def test_a_program_gives_a_connection_to_another_component(
    on_loop: OnLoop, by: str
) -> None:
    class Shouter(Echo):
        def send(self, message: Any, boxname: str = "outbox") -> None:
            """Send in capitals."""
            loud = message.upper() if boxname == "outbox" else message
            super().send(loud, boxname)

    async def body(world: World) -> None:
        server = ServerCore(protocol=lambda **_: Echo(), port=0, host=HOST)
        port = serve(world, server)
        reader, writer = await world.connect(port)
        other = await world.connect(port)
        for talk in (reader, writer), other:
            talk[1].write(b"one")
            assert await talk[0].readexactly(3) == b"one"
        csa, first = server.served[0].csa, server.served[0].layers.parts[0]
        if by == "component":
            server.unlink(first)
        else:
            for made in server.postoffice.linkages:
                if first in (made.source, made.sink):
                    server.unlink(thelinkage=made)
        assert len(server.postoffice.linkages) == 2 + 3
        shouter = world.start(Shouter())
        server.link((csa, "outbox"), (shouter, "inbox"))
        server.link((shouter, "outbox"), (csa, "inbox"))
        writer.write(b"two")
        assert await reader.readexactly(3) == b"TWO"
        other[1].write(b"three")
        assert await other[0].readexactly(5) == b"three"
        writer.write_eof()
        assert await reader.read() == b""  # the first handler got to know, and closed
        await world.until(lambda: server.connections == 1)
        assert csa.outboxes["outbox"].target is None
        for talk in (reader, writer), other:
            await closed(talk[1])

    on_loop(body)


def test_a_handler_that_removed_a_box_is_forgotten_all_the_same(
    on_loop: OnLoop,
) -> None:
    class Shrinking(Echo, AdaptiveCommsComponent):
        def stop(self) -> None:
            """Remove a box."""
            self.outboxes.pop("outbox", None)
            super().stop()

    async def body(world: World) -> None:
        server = ServerCore(protocol=lambda **_: Shrinking(), port=0, host=HOST)
        serve(world, server)
        await visit(world, server)
        server._deliver(producerFinished(), "control")
        await world.ended(server)

    on_loop(body)


def test_a_program_hears_of_the_end_as_well(on_loop: OnLoop) -> None:
    class Listening(TCPServer):
        def send(self, message: Any, boxname: str = "outbox") -> None:
            """Link a connection before it is announced, as the original did."""
            if isinstance(message, newCSA):
                csa = message.object
                self.link((csa, "CreatorFeedback"), (self, "_feedbackFromCSA"))
            super().send(message, boxname)

    async def body(world: World) -> None:
        server = ServerCore(
            protocol=lambda **_: Echo(), port=0, host=HOST, TCPS=Listening
        )
        serve(world, server)
        await visit(world, server)
        (heard,) = server.server.Inbox("_feedbackFromCSA")
        assert isinstance(heard, socketShutdown)

    on_loop(body)


def test_connections_that_come_as_it_stops_are_closed(on_loop: OnLoop) -> None:
    class Stopping(TCPServer):
        def send(self, message: Any, boxname: str = "outbox") -> None:
            """Announce a connection; stop the server at the second."""
            super().send(message, boxname)
            came.append(message.sock)
            if len(came) == 2:
                servers[0].stop()

    came: list[Any] = []
    servers: list[ServerCore] = []

    async def body(world: World) -> None:
        came.clear()
        server = ServerCore(
            protocol=lambda **_: Echo(), port=0, host=HOST, TCPS=Stopping
        )
        servers[:] = [server]
        server.listen()
        peers = [await world.connect(server.port or 0) for _ in range(4)]
        world.start(server)
        await world.ended(server)
        for reader, writer in peers:
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
            await closed(writer)
        assert [sock.fileno() for sock in came] == [-1] * len(came)

    on_loop(body)


def test_a_handler_that_cannot_be_stopped_is_forgotten_all_the_same(
    on_loop: OnLoop, caplog: pytest.LogCaptureFixture
) -> None:
    class Stubborn(Echo):
        def stop(self) -> None:
            """Fail, without having stopped anything."""
            raise ValueError("stop failed")

    async def body(world: World) -> None:
        made: list[component] = []

        def protocol(**_: Any) -> component:
            made.append(Stubborn())
            return made[-1]

        server = ServerCore(protocol=protocol, port=0, host=HOST)
        serve(world, server)
        with caplog.at_level(logging.ERROR):
            await visit(world, server)
        assert "stop failed" in caplog.text
        assert made[0]._isStopped()
        server._deliver(producerFinished(), "control")
        await world.ended(server)

    on_loop(body)
