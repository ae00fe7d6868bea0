"""Methods of Util that tests and subclasses of old call without a scheduler."""

import pytest

from Kamaelia.Util.Chooser import ForwardIteratingChooser
from Kamaelia.Util.RateFilter import (
    ByteRate_RequestControl,
    VariableByteRate_RequestControl,
)


def test_a_chooser_has_its_first_item_before_it_runs() -> None:
    chooser = ForwardIteratingChooser(iter(["apple", "banana"]))
    assert chooser.getCurrentChoice() == "apple"
    assert list(chooser.items) == ["banana"]


def test_a_chooser_past_its_end_keeps_the_last_item() -> None:
    chooser = ForwardIteratingChooser(["apple", "banana"])
    for _ in range(4):
        chooser.gotoNext()
    assert chooser.getCurrentChoice() == "banana"
    with pytest.raises(IndexError):
        ForwardIteratingChooser([]).getCurrentChoice()


def test_requests_can_be_asked_for_before_activation() -> None:
    control = ByteRate_RequestControl(rate=1000, chunksize=25)
    control.resetTiming()
    assert list(control.getChunksToSend()) == [25]


def test_requests_can_be_asked_for_at_a_time() -> None:
    control = VariableByteRate_RequestControl(
        rate=100, chunksize=25, allowchunkaggregation=True
    )
    control.resetTiming(1000.0)
    asked = [list(control.getChunksToSend(1000.001 + at / 4)) for at in (0, 1, 4)]
    assert asked == [[25], [25], [75]]
    control.changeRate(50, 1001.125)  # half of the wait is over: the rest takes twice
    assert list(control.getChunksToSend(1001.37)) == []
    assert list(control.getChunksToSend(1001.38)) == [25]
