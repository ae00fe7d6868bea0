"""SingleServer, time-outs, UDP, multicast, Selector, ThreadedTCPClient."""

import socket
from contextlib import suppress
from typing import Any

import pytest

from Axon.CoordinatingAssistantTracker import coordinatingassistanttracker
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe, QuietScheduler
from Kamaelia.Chassis.ConnectedServer import ServerCore
from Kamaelia.Internet.ConnectedSocketAdapter import ConnectedSocketAdapter
from Kamaelia.Internet.Multicast import Multicast_transceiver
from Kamaelia.Internet.Selector import Selector
from Kamaelia.Internet.SingleServer import SingleServer, echo
from Kamaelia.Internet.TCPServer import TCPServer
from Kamaelia.Internet.ThreadedTCPClient import ThreadedTCPClient
from Kamaelia.Internet.TimeOutCSA import (
    ActivityMonitor,
    ExtendedInactivity,
    NoActivityTimeout,
    PeriodicWakeup,
    ResettableSender,
)
from Kamaelia.Internet.UDP_ng import (
    Datagram,
    PostboxPeer,
    SimplePeer,
    TargettedPeer,
    UDPReceiver,
    UDPSender,
)
from Kamaelia.IPC import newReader, newWriter, removeReader
from tests.internet.conftest import OnLoop
from tests.internet.world import HOST, Ear, Echo, Peer, World, closed


def test_single_server_serves_one_after_another(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        server = SingleServer(0, host=HOST)
        heard, signal = Ear(server), Ear(server, "signal")
        server._deliver(b"welcome")
        world.start(server)
        await world.until(lambda: server.address)
        reader, writer = await world.connect(server.port)
        assert await reader.readexactly(7) == b"welcome"
        writer.write(b"hello")
        assert await heard.bytes(5) == b"hello"

        refused_reader, refused = await world.connect(server.port)
        with suppress(ConnectionResetError):
            assert await refused_reader.read(-1) == b""
        await closed(refused)

        await closed(writer)
        assert isinstance(await signal.get(), producerFinished)
        server._deliver(b"again")
        reader, writer = await world.connect(server.port)
        assert await reader.readexactly(5) == b"again"
        stop = shutdownMicroprocess()
        server._deliver(stop, "control")
        assert await reader.read(-1) == b""
        await closed(writer)
        assert isinstance(await signal.get(), producerFinished)
        assert await signal.get() is stop
        await world.ended(server)

    on_loop(body)


def test_echo_echoes() -> None:
    probe = Probe(echo())
    probe.deliver(b"x")
    assert probe.take() == [b"x"]


@pytest.mark.parametrize("timeout", [0.05, 1000.0])
def test_an_idle_connection_is_closed(on_loop: OnLoop, timeout: float) -> None:
    class Impatient(TCPServer):
        CSA = NoActivityTimeout(ConnectedSocketAdapter, timeout=timeout)

    async def body(world: World) -> None:
        server = ServerCore(
            protocol=lambda **_: Echo(), port=0, host=HOST, TCPS=Impatient
        )
        server.listen()
        world.start(server)
        reader, writer = await world.connect(server.port or 0)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        if timeout > 1:
            await closed(writer)
        else:
            assert await reader.read(-1) == b""
            await closed(writer)
        await world.until(lambda: not server.connections)
        await world.until(lambda: not server.server.connections)

    on_loop(body)


def test_extended_inactivity_makes_its_own_connection() -> None:
    made = ExtendedInactivity(ConnectedSocketAdapter)(None)
    assert isinstance(made.component, ConnectedSocketAdapter)
    assert made.howDied is None


def test_resettable_sender_waits_from_the_newest_message() -> None:
    sender = Probe(ResettableSender(timeout=5))
    sender.advance(4)
    sender.deliver("RESET")
    sender.advance(4)
    assert sender.take() == []
    sender.advance(1)
    assert sender.take() == ["NEXT"]
    assert sender.ended


def test_periodic_wakeup_wakes_periodically() -> None:
    waker = Probe(PeriodicWakeup(interval=10))
    waker.advance(35)
    assert waker.take() == ["tick"] * 3


def test_activity_monitor_tells_that_something_passed() -> None:
    monitor = Probe(ActivityMonitor())
    for number in ("", "2", "3"):
        monitor.deliver(number, f"inbox{number}")
        assert monitor.take(f"outbox{number}") == [number]
        assert monitor.take("observed") == ["RESET"]


def test_peers_exchange_datagrams(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        one = world.start(SimplePeer(HOST))
        await world.until(lambda: one.address)
        two = TargettedPeer(HOST)
        three = PostboxPeer(HOST)
        four = UDPSender(*one.address)
        heard, answers = Ear(one), Ear(three)
        world.start(two, three, four)
        await world.until(lambda: two.address and three.address)
        assert two.address is not None
        two._deliver(one.address, "target")
        two._deliver(b"from two")
        got = await heard.get()
        assert got == Datagram(b"from two", two.address)
        three._deliver((*one.address, b"from three"))
        assert (await heard.get()).data == b"from three"
        four._deliver(b"from four")
        assert (await heard.get()).data == b"from four"
        one.receiver = three.address
        one._deliver(b"back")
        assert await answers.get() == Datagram(b"back", one.address)
        for peer in (one, two, three, four):
            signal = Ear(peer, "signal")
            stop = producerFinished()
            peer._deliver(stop, "control")
            assert await signal.get() is stop
        await world.ended(one, two, three, four)

    on_loop(body)


def test_a_udp_port_in_use_is_an_error() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((HOST, 0))
        peer = UDPReceiver(HOST, taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            peer.run()


def test_a_group_hears_what_is_sent_to_it(on_loop: OnLoop) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]

    async def body(world: World) -> None:
        peer = Multicast_transceiver(
            "0.0.0.0", port, "224.168.2.9", port, interface=HOST
        )
        heard = Ear(peer)
        world.start(peer)
        peer._deliver(b"to all")
        address, data = await heard.get()
        assert (address[1], data) == (port, b"to all")

    on_loop(body)


class Registrar:
    """Registers things with a Selector and notes what is ready."""

    def __init__(self, quiet: QuietScheduler) -> None:
        self.tracker = coordinatingassistanttracker()
        self.service, self.shutdown, new = Selector.getSelectorServices(self.tracker)
        assert new is not None
        self.selector = Probe(new, scheduler=quiet)
        self.told = Echo()

    def register(self, kind: Any, sock: Any) -> None:
        message = kind(self, ((self.told, "inbox"), sock))
        self.selector.deliver(message, "notify")


def test_selector_tells_once_when_a_descriptor_is_ready() -> None:
    one, other = socket.socketpair()
    with one, other, QuietScheduler() as quiet:
        registrar = Registrar(quiet)
        assert Selector.getSelectorServices(registrar.tracker) == (
            registrar.service,
            registrar.shutdown,
            None,
        )
        registrar.register(newReader, one)
        assert not registrar.told.dataReady()
        other.send(b"xx")
        quiet.wait(registrar.told.dataReady)
        assert registrar.told.recv() is one
        other.send(b"x")
        registrar.selector.settle()
        assert not registrar.told.dataReady()
        registrar.register(newWriter, one)
        quiet.wait(registrar.told.dataReady)
        assert registrar.told.recv() is one


def test_selector_ends_when_there_is_nothing_to_watch() -> None:
    one, other = socket.socketpair()
    with one, other, QuietScheduler() as quiet:
        registrar = Registrar(quiet)
        registrar.register(newReader, one)
        registrar.selector.advance(10)
        assert not registrar.selector.ended
        registrar.selector.deliver(removeReader(registrar, one), "notify")
        registrar.selector.advance(1)
        assert registrar.selector.ended
        assert registrar.tracker.servicesRegistered() == []


def test_threaded_client_sends_its_first_message(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        world.start(ThreadedTCPClient(HOST, peer.port, 0, b"first"))
        reader, writer = await peer.connection()
        assert await reader.readexactly(5) == b"first"
        await closed(writer)
        await peer.close()

    on_loop(body)
