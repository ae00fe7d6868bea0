from typing import Any

import pytest

from Axon.AxonExceptions import noSpaceInBox
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Util.Chargen import Chargen
from Kamaelia.Util.Chooser import Chooser, ForwardIteratingChooser
from Kamaelia.Util.Clock import CheapAndCheerfulClock
from Kamaelia.Util.RateFilter import (
    ByteRate_RequestControl,
    MessageRateLimit,
    OnDemandLimit,
    VariableByteRate_RequestControl,
)

STOPS = [producerFinished, shutdownMicroprocess]


def test_a_clock_ticks_at_once_and_every_interval() -> None:
    probe = Probe(CheapAndCheerfulClock(2))
    assert probe.take() == [True]
    probe.advance(1.9)
    assert probe.take() == []
    probe.advance(4.2)
    assert probe.take() == [True] * 3


def test_a_rate_limit_fills_its_buffer_then_sends_at_its_rate() -> None:
    probe = Probe(MessageRateLimit(10, buffer=3))
    for number in range(2):
        probe.deliver(number)
    assert probe.take() == []
    probe.deliver(2)
    assert probe.take() == [0]
    probe.advance(0.1)
    assert probe.take() == [1]
    probe.advance(10)
    assert probe.take() == [2]
    probe.deliver(3)
    assert probe.take() == [3]


def test_a_rate_limit_flushes_at_the_end_even_while_it_fills() -> None:
    probe = Probe(MessageRateLimit(1, buffer=100))
    for number in range(5):
        probe.deliver(number)
    probe.deliver(stop := producerFinished(), "control")
    assert probe.take() == [0, 1, 2, 3, 4]
    assert probe.take("signal") == [stop]


def test_a_rate_limit_drops_what_waits_on_shutdown() -> None:
    probe = Probe(MessageRateLimit(1, buffer=100))
    probe.deliver(1)
    probe.deliver(shutdownMicroprocess(), "control")
    assert probe.take() == []
    assert probe.ended


def test_a_hard_limit_refuses_what_is_too_much() -> None:
    made = MessageRateLimit(1, buffer=100, hardlimit=2)
    made._deliver(1)
    made._deliver(2)
    with pytest.raises(noSpaceInBox):
        made._deliver(3)
    assert Probe(made).take() == [1]


def test_byte_rate_asks_for_whole_numbers_that_add_up() -> None:
    probe = Probe(ByteRate_RequestControl(rate=100, chunkrate=3))
    probe.settle()
    probe.advance(0.9)
    assert probe.take() == [33, 33, 34]
    probe.advance(10)
    assert sum(probe.take()) == 1000


def test_byte_rate_fits_time_to_the_chunk() -> None:
    made = ByteRate_RequestControl(rate=10, chunksize=3)
    assert (made.chunksize, made.timestep) == (3, 0.3)
    default = ByteRate_RequestControl(rate=100000)
    assert (default.chunksize, default.timestep) == (100, 0.001)
    assert ByteRate_RequestControl(rate=10).chunksize == 1


def test_byte_rate_refuses_chunks_below_one() -> None:
    with pytest.raises(ValueError, match="less than one"):
        ByteRate_RequestControl(rate=1, chunkrate=2)


def test_byte_rate_may_put_late_requests_together() -> None:
    probe = Probe(
        ByteRate_RequestControl(rate=10, chunksize=1, allowchunkaggregation=True)
    )
    assert probe.take() == [1]
    probe.clock.advance(1.01)
    probe.component.unpause()
    assert probe.take() == [10]


def test_a_variable_rate_is_adopted_at_once() -> None:
    probe = Probe(VariableByteRate_RequestControl(rate=10, chunksize=10))
    assert probe.take() == [10]
    probe.advance(0.5)
    probe.deliver(100)
    probe.advance(0.049)
    assert probe.take() == []
    probe.advance(0.002)
    assert probe.take() == [10]
    probe.deliver(0)
    probe.advance(100)
    assert probe.take() == []


def test_on_demand_limit_sends_one_per_next() -> None:
    probe = Probe(OnDemandLimit())
    probe.deliver("NEXT", "slidecontrol")  # finds nothing, is lost
    probe.deliver(1)
    assert probe.take() == []
    probe.deliver("NEXT", "slidecontrol")
    assert probe.take() == [1]


def test_chargen_sends_until_told_to_stop() -> None:
    probe = Probe(Chargen(), boxsizes={"outbox": 3})
    assert probe.take() == ["Hello World"] * 3


@pytest.mark.parametrize("kind", STOPS)
@pytest.mark.parametrize(
    "make",
    [
        lambda: CheapAndCheerfulClock(1),
        lambda: MessageRateLimit(1),
        lambda: ByteRate_RequestControl(),
        lambda: VariableByteRate_RequestControl(rate=0, chunksize=1),
        OnDemandLimit,
        lambda: Chooser([1]),
        lambda: ForwardIteratingChooser([1]),
        Chargen,
    ],
)
def test_both_shutdown_messages_end_it(make: Any, kind: Any) -> None:
    probe = Probe(make())
    probe.step(2)
    probe.component._deliver(stop := kind(), "control")
    probe.settle()
    assert probe.take("signal") == [stop]
    assert probe.ended


def chosen(probe: Probe, *commands: str) -> list[Any]:
    """Return what is chosen by commands."""
    for command in commands:
        probe.deliver(command)
    return probe.take()


def test_a_chooser_obeys() -> None:
    probe = Probe(Chooser(["a", "b", "c"]))
    assert probe.take() == ["a"]
    assert chosen(probe, "NEXT", "NEXT") == ["b", "c"]
    assert chosen(probe, "NEXT", "SAME") == ["c"]
    assert chosen(probe, "PREV", "FIRST", "PREV", "LAST") == ["b", "a", "a", "c"]


def test_a_looping_chooser_goes_round_both_ways() -> None:
    probe = Probe(Chooser(["a", "b"], loop=True))
    assert chosen(probe, "PREV", "NEXT", "NEXT", "NEXT") == ["a", "b", "a", "b", "a"]


def test_an_empty_chooser_sends_nothing() -> None:
    probe = Probe(Chooser())
    assert chosen(probe, "NEXT", "SAME", "LAST") == []
    with pytest.raises(IndexError):
        probe.component.getCurrentChoice()


def test_an_iterating_chooser_ends_with_its_items() -> None:
    probe = Probe(ForwardIteratingChooser(iter("ab")))
    assert chosen(probe, "SAME", "NEXT", "SAME") == ["a", "a", "b", "b"]
    assert not probe.ended
    assert chosen(probe, "NEXT") == []
    assert probe.ended
    assert type(probe.take("signal")[0]) is producerFinished
