"""Layers over a connection: what a Graphline of the same arguments would do."""

import logging
from typing import Any

import pytest

from Axon.AxonExceptions import BadLinkage
from Axon.Component import component
from Axon.Introspector import snapshot
from Axon.Ipc import producerFinished
from Axon.TurnComponent import turncomponent
from Kamaelia.Chassis.ConnectedServer import ServerCore
from Kamaelia.Chassis.Layers import Layers
from Kamaelia.Internet.ConnectedSocketAdapter import PlainConnection
from Kamaelia.IPC import socketShutdown
from tests.internet.conftest import OnLoop, on_loop
from tests.internet.world import HOST, Echo, World, closed

__all__ = ["on_loop"]

LINKAGES = {
    ("self", "inbox"): ("lower", "inbox"),
    ("lower", "up"): ("upper", "inbox"),
    ("upper", "outbox"): ("lower", "down"),
    ("lower", "outbox"): ("self", "outbox"),
    ("self", "control"): ("lower", "control"),
    ("lower", "signal"): ("upper", "control"),
    ("upper", "signal"): ("lower", "control"),
}


class Lower(turncomponent):
    """Cuts into lines; ends at the second stop message, the upper one's answer."""

    Inboxes = {"inbox": "", "down": "", "control": ""}
    Outboxes = {"outbox": "", "up": "", "signal": ""}

    def __init__(self, **argd: Any) -> None:
        super().__init__(**argd)
        self.rest = b""
        self.stops: list[Any] = []

    def turn(self) -> bool:
        """Pass lines up and answers down."""
        for data in self.Inbox():
            *lines, self.rest = (self.rest + data).split(b"\n")
            for line in lines:
                self.send(line, "up")
        for line in self.Inbox("down"):
            self.send(line + b"\n")
        for stop in self.Inbox("control"):
            self.stops.append(stop)
            self.send(stop, "signal")
        self.pause()
        return len(self.stops) < 2


class Upper(Echo):
    """Answers each line; fails at one that says so."""

    def send(self, message: Any, boxname: str = "outbox") -> None:
        """Fail, or send."""
        if message == b"fail":
            raise ValueError("told to")
        super().send(message, boxname)


def serve(world: World, **argd: Any) -> tuple[ServerCore, list[Layers]]:
    """Return a server that listens, and what it makes of connections."""
    made: list[Layers] = []

    def protocol(**_: Any) -> Layers:
        made.append(Layers(LINKAGES, lower=Lower(), upper=Upper()))
        return made[-1]

    server = ServerCore(protocol=protocol, port=0, host=HOST, **argd)
    server.listen()
    world.start(server)
    return server, made


@pytest.mark.parametrize("kind", [None, PlainConnection])
def test_bytes_go_up_and_down_and_the_end_too(on_loop: OnLoop, kind: Any) -> None:
    async def body(world: World) -> None:
        server, made = serve(world, CSA=kind)
        reader, writer = await world.connect(server.port or 0)
        writer.write(b"one\ntw")
        assert await reader.readline() == b"one\n"
        writer.write(b"o\n")
        assert await reader.readline() == b"two\n"
        (layers,) = made
        names = sorted(info.name for info in snapshot(world.scheduler).components)
        csa = server.served[0].csa
        assert {str(csa.name), layers.component("lower").name} <= set(names)
        assert len(server.postoffice.linkages) == 2 + len(LINKAGES) - 1
        writer.write_eof()
        assert await reader.read() == b""
        await world.until(lambda: not server.connections)
        first, second = layers.component("lower").stops
        assert isinstance(first, socketShutdown)
        assert second is first
        assert all(part._isStopped() for part in layers.parts)
        assert csa._isStopped()
        assert len(server.postoffice.linkages) == 2
        await closed(writer)

    on_loop(body)


def test_an_error_ends_all_layers_of_that_connection(
    on_loop: OnLoop, caplog: pytest.LogCaptureFixture
) -> None:
    async def body(world: World) -> None:
        server, made = serve(world, CSA=PlainConnection)
        first = await world.connect(server.port or 0)
        second = await world.connect(server.port or 0)
        for reader, writer in (first, second):
            writer.write(b"hello\n")
            assert await reader.readline() == b"hello\n"
        with caplog.at_level(logging.ERROR):
            first[1].write(b"fail\n")
            assert await first[0].read() == b""
        assert "told to" in caplog.text
        await world.until(lambda: server.connections == 1)
        assert sum(part._isStopped() for each in made for part in each.parts) == 2
        second[1].write(b"still here\n")
        assert await second[0].readline() == b"still here\n"
        for _, writer in (first, second):
            await closed(writer)

    on_loop(body)


def test_a_server_that_stops_lets_the_layers_finish(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        server, made = serve(world)
        reader, writer = await world.connect(server.port or 0)
        writer.write(b"x\n")
        assert await reader.readline() == b"x\n"
        stop = producerFinished()
        server._deliver(stop, "control")
        assert await reader.read() == b""
        await world.ended(server)
        assert made[0].component("lower").stops[0] is stop
        await closed(writer)

    on_loop(body)


def test_empty_inboxes_give_their_memory_back(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        server, made = serve(world)
        reader, writer = await world.connect(server.port or 0)
        for _ in range(3):
            writer.write(b"a\nb\n")
            assert await reader.readexactly(4) == b"a\nb\n"
            inboxes = [x for part in made[0].parts for x in part.inboxes.values()]
            assert any(box.storage.maxlen is None for box in inboxes)  # a real store
            server.served[0].layers.rest()
            assert all(box.storage.maxlen == 0 for box in inboxes)  # none
        assert made[0].component("upper").dataReady() == 0
        await closed(writer)

    on_loop(body)


def test_layers_know_their_components() -> None:
    lower, upper = Lower(), Upper()
    layers = Layers(LINKAGES, {("upper", "inbox"): 7}, lower=lower, upper=upper)
    assert layers.components == {"lower": lower, "upper": upper}
    assert layers.component("upper") is upper
    assert upper.inboxes["inbox"].getSize() == 7
    with pytest.raises(KeyError):
        layers.component("middle")
    alone = Layers.of(upper)
    assert alone.parts == (upper,)
    assert Layers.of(layers) is layers


def test_a_limit_outside_is_one_of_the_box_it_leads_to() -> None:
    lower, upper = Lower(), Upper()
    Layers(LINKAGES, {("self", "inbox"): 3}, lower=lower, upper=upper)
    assert lower.inboxes["inbox"].getSize() == 3


def test_the_end_reaches_those_whom_nobody_tells(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        made: list[Layers] = []

        def protocol(**_: Any) -> Layers:
            linkages = {
                ("self", "inbox"): ("first", "inbox"),
                ("first", "outbox"): ("second", "inbox"),
                ("first", "signal"): ("second", "control"),
                ("second", "outbox"): ("self", "outbox"),
            }
            made.append(Layers(linkages, first=Echo(), second=Echo()))
            return made[-1]

        server = ServerCore(protocol=protocol, port=0, host=HOST)
        server.listen()
        world.start(server)
        reader, writer = await world.connect(server.port or 0)
        writer.write(b"there")
        assert await reader.readexactly(5) == b"there"
        writer.write_eof()
        assert await reader.read() == b""
        await world.until(lambda: not server.connections)
        assert all(part._isStopped() for part in made[0].parts)
        await closed(writer)

    on_loop(body)


def test_mistakes_are_told_at_once() -> None:
    with pytest.raises(BadLinkage, match="no component 'upper'; there are lower"):
        Layers(LINKAGES, lower=Lower())
    with pytest.raises(TypeError, match="'upper' is None, which is no component"):
        Layers(LINKAGES, lower=Lower(), upper=None)
    layers = Layers(LINKAGES, lower=Lower(), upper=component(Inboxes=["control"]))
    with pytest.raises(BadLinkage, match="has no inbox 'inbox'"):
        layers.join(Echo())
