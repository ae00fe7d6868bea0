"""The component that runs a connection's conversation."""

import asyncio
from typing import Any

import pytest

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import FakeClock, Probe
from Kamaelia.Protocol.AIM.Server.OSCARSession import OSCARSession
from Kamaelia.Protocol.AIM.Server.ServerFraming import BrokenStream
from Kamaelia.Protocol.AIM.Server.state.link import Delivery, FLAPMessage
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.wire.errors import RemoteProtocolError
from tests.aim.server.clients import Clock, store_with


def state_with(clock: Any) -> ServerState:
    """Return what sessions share, on a store that none of these tests needs open."""

    async def make() -> ServerState:
        async with await store_with() as store:
            return ServerState(store, clock=clock)

    return asyncio.run(make())


@pytest.mark.parametrize("kind", [producerFinished, shutdownMicroprocess])
def test_it_stops_and_passes_the_reason_on(kind: type) -> None:
    state, stop = state_with(Clock()), kind()
    with Probe(OSCARSession(state)) as probe:
        assert probe.take("outbox") == [FLAPMessage(1, b"\0\0\0\1")]
        assert len(state.open) == 1
        probe.deliver(stop, "control")
        assert probe.take("signal") == [stop]
        assert len(state.open) == state.admission.open == 0


def test_a_broken_stream_ends_it() -> None:
    state = state_with(Clock())
    with Probe(OSCARSession(state)) as probe:
        probe.deliver(BrokenStream(RemoteProtocolError("bad FLAP marker")), "inbox")
        assert len(probe.take("signal")) == 1
        assert 'closed_total{reason="protocol error"} 1.0' in (
            state.metrics.to_text().decode()
        )


def test_its_deadline_ends_it() -> None:
    clock = FakeClock()
    with Probe(OSCARSession(state_with(clock)), clock) as probe:
        probe.advance(29)
        assert probe.take("signal") == []
        probe.advance(2)
        assert len(probe.take("signal")) == 1


def test_what_is_delivered_after_the_end_has_failed() -> None:
    settled: list[bool] = []
    session = OSCARSession(state_with(Clock()))
    with Probe(session) as probe:
        session.deliver(Delivery(FLAPMessage(5), settled.append))
        assert settled == []
        probe.deliver(producerFinished(), "control")
        probe.settle()
        session.deliver(Delivery(FLAPMessage(5), settled.append))
        assert settled == [False]
