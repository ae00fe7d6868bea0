"""The network in memory: the same ends as TCP has, and faults that repeat."""

from collections.abc import Generator
from typing import Any

import pytest

from Axon.Component import component
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe, QuietScheduler
from Kamaelia.Chassis.ConnectedServer import ServerCore
from Kamaelia.Internet.Simulate.BrokenNetwork import Duplicate, Reorder, Throwaway
from Kamaelia.Internet.Simulate.Network import (
    Network,
    Pieces,
    cutAt,
    everyByte,
    randomly,
    whole,
)
from tests.internet.world import Echo


@pytest.fixture
def quiet() -> Generator[QuietScheduler, None, None]:
    with QuietScheduler() as scheduler:
        yield scheduler


def connected(network: Network, quiet: QuietScheduler, protocol: Any = Echo) -> Probe:
    """Return a client of a server on the network."""
    server = ServerCore(protocol=lambda **_: protocol(), port=5190, TCPS=network.listen)
    server.activate(quiet)
    quiet.settle()
    return Probe(network.connect("server.example", 5190), scheduler=quiet)


def test_bytes_go_there_and_back(quiet: QuietScheduler) -> None:
    client = connected(Network(), quiet)
    client.deliver(b"hello")
    assert client.take() == [b"hello"]
    client.deliver(producerFinished(), "control")
    (end,) = client.take("signal")
    assert end.message is None
    assert client.ended


@pytest.mark.parametrize("pieces", [whole, everyByte, randomly, cutAt(3)])
def test_what_is_cut_arrives_in_order(quiet: QuietScheduler, pieces: Pieces) -> None:
    client = connected(Network(seed=5, pieces=pieces), quiet)
    data = bytes(range(256))
    client.deliver(data)
    assert b"".join(client.take()) == data


def test_each_byte_can_come_alone(quiet: QuietScheduler) -> None:
    client = connected(Network(pieces=everyByte), quiet)
    client.deliver(b"abc")
    assert client.take() == [b"a", b"b", b"c"]


def test_a_stream_can_be_cut_at_one_place(quiet: QuietScheduler) -> None:
    client = connected(Network(pieces=cutAt(4)), quiet)
    client.deliver(b"abc")
    client.deliver(b"defg")
    assert client.take() == [b"abc", b"d", b"efg"]


def test_delays_go_by_the_clock_and_keep_the_order(quiet: QuietScheduler) -> None:
    client = connected(Network(seed=3, delay=(1.0, 2.0)), quiet)
    for number in range(5):
        client.deliver(b"%d" % number)
    assert client.take() == []
    client.advance(5.0)
    assert b"".join(client.take()) == b"01234"


class Speaker(component):
    def main(self) -> Generator[int, None, None]:
        self.send(b"hello world")
        yield 1


def test_the_end_waits_for_what_is_on_its_way(quiet: QuietScheduler) -> None:
    client = connected(Network(delay=1.0), quiet, Speaker)
    client.settle()
    client.advance(3.0)
    assert client.take() == [b"hello world"]
    assert client.ended


def test_a_connection_breaks_in_the_middle(quiet: QuietScheduler) -> None:
    client = connected(Network(close_after=5), quiet, Speaker)
    assert client.take() == [b"hello"]
    assert client.take("signal")[0].message == "the connection broke"


def test_a_direction_falls_silent(quiet: QuietScheduler) -> None:
    client = connected(Network(drop_after=5), quiet)
    client.deliver(b"hello world")
    client.deliver(b"anybody there?")
    assert client.take() == [b"hello"]
    assert not client.ended


def test_nobody_listening_refuses(quiet: QuietScheduler) -> None:
    client = Probe(Network().connect("nowhere", 1), scheduler=quiet)
    (end,) = client.take("signal")
    assert end.message == "nowhere port 1: connection refused"


def test_a_port_is_taken_once_and_free_after_the_end(quiet: QuietScheduler) -> None:
    network = Network()
    server = network.listen(5190)
    with pytest.raises(OSError, match="in use"):
        network.listen(5190)
    probe = Probe(server, scheduler=quiet)
    probe.deliver(shutdownMicroprocess(), "control")
    assert network.listen(5190).port == 5190


def test_a_killed_end_is_seen_at_the_other(quiet: QuietScheduler) -> None:
    client = connected(Network(), quiet)
    client.deliver(b"hello")
    client.component.way.target.stop()
    client.settle()
    assert client.component.howDied == "the connection broke"


def broken(cls: Any, count: int) -> list[int]:
    probe = Probe(cls(seed=1))
    for number in range(count):
        probe.component._deliver(number)
    probe.deliver(producerFinished(), "control")
    assert probe.ended
    return probe.take()


def test_duplicate_doubles_one_in_ten() -> None:
    found = broken(Duplicate, 1000)
    assert 1050 < len(found) < 1150
    assert found == sorted(found)


def test_throwaway_loses_one_in_ten_and_keeps_the_order() -> None:
    found = broken(Throwaway, 1000)
    assert 850 < len(found) < 950
    assert found == sorted(found)


def test_reorder_loses_nothing() -> None:
    found = broken(Reorder, 100)
    assert found != sorted(found)
    assert sorted(found) == list(range(100))


@pytest.mark.parametrize("cls", [Duplicate, Throwaway, Reorder])
def test_the_same_seed_does_the_same(cls: Any) -> None:
    assert broken(cls, 100) == broken(cls, 100)
