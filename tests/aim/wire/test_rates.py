from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.AIM.wire.foodgroups import OSERVICE
from Kamaelia.Protocol.AIM.wire.oservice import RateChange, RateParams
from Kamaelia.Protocol.AIM.wire.rates import (
    AOL_CLASSES,
    Pacer,
    RateClass,
    RateMeter,
    RateState,
    next_level,
)
from Kamaelia.Protocol.wire.errors import RemoteProtocolError
from tests.aim.wire.captures import snacs_of
from tests.aim.wire.dumps import check_truncations, from_dump

PARAMS = from_dump("""
0000  00 01 00 07 00 00 00 00 00 04 00 01 00 01 00 00  ................
0010  00 50 00 00 09 C4 00 00 07 D0 00 00 05 DC 00 00  .P..............
0020  03 20 00 00 17 70 00 00 17 70 00 00 00 00 00 00  . ...p...p......
0030  01 00 02 00 04 00 06 00 01 00 02                 ...........
""")[10:]

MESSAGES = AOL_CLASSES[2]
BURST = [5700, 5415, 5144, 4886, 4641, 4408, 4187, 3977, 3778, 3589, 3409, 3238, 3076]


def test_the_level_of_a_burst_is_the_published_series() -> None:
    level, seen = 6000, []
    for _ in range(13):
        level = next_level(level, 0, 20, 6000)
        seen.append(level)
    assert seen == BURST
    with pytest.raises(ValueError, match="at least 1"):
        next_level(1, 1, 0)


def test_a_burst_is_warned_limited_and_cut_off() -> None:
    meter = RateMeter(MESSAGES)
    states = [meter.count(0) for _ in range(14)]
    assert states[:3] == [RateState.CLEAR] * 3
    assert states[3:7] == [RateState.ALERT] * 4
    assert states[7:13] == [RateState.LIMITED] * 6
    assert states[13] is RateState.DISCONNECT


def test_a_limited_class_stays_limited_until_it_is_clear() -> None:
    meter = RateMeter(MESSAGES)
    for _ in range(8):
        meter.count(0)
    assert meter.limited
    assert not meter.clears_at(1000)
    assert meter.clears_at(60_000)
    assert not meter.limited
    assert meter.count(60_000) is RateState.CLEAR


@given(
    st.lists(st.integers(0, 5000), max_size=40),
    st.sampled_from(AOL_CLASSES),
    st.integers(0, 6000),
)
def test_a_paced_client_is_never_limited(
    pauses: list[int], rate: RateClass, start: int
) -> None:
    rate = replace(rate, current=max(start, rate.alert))
    meter, pacer, now = RateMeter(rate), Pacer(rate), 0
    for pause in pauses:
        now += pause
        now += pacer.delay(now)
        assert pacer.delay(now) == 0
        pacer.sent(now)
        assert meter.count(now) is RateState.CLEAR
        assert pacer.level == meter.level


def test_a_first_message_does_not_wait() -> None:
    assert Pacer(MESSAGES).delay(0) == 0


def test_a_limited_client_waits_until_it_is_clear() -> None:
    pacer = Pacer(MESSAGES)
    pacer.update(RateState.LIMITED, replace(MESSAGES, current=3900), 1000)
    wait = pacer.delay(1000)
    assert next_level(3900, wait, 20) >= MESSAGES.clear
    pacer.sent(1000 + wait)
    assert pacer.level >= MESSAGES.clear


@given(st.builds(RateClass, *[st.integers(0, 0xFFFF_FFFF)] * 8), st.integers(0, 10**9))
def test_a_server_may_send_any_numbers(rate: RateClass, now: int) -> None:
    pacer, meter = Pacer(rate), RateMeter(rate)
    assert pacer.delay(now) >= 0
    pacer.sent(now)
    meter.count(now)
    meter.clears_at(now)


def test_both_lengths_of_a_class_are_read() -> None:
    params = RateParams.from_bytes(PARAMS)
    assert [rate.id for rate in params.classes] == [1]
    assert params.classes[0].clear == 2500
    assert params.class_of() == {(4, 6): 1, (1, 2): 1}
    assert params.to_bytes() == PARAMS
    old = replace(params, classes=(replace(params.classes[0], last_ms=None),))
    assert len(old.to_bytes()) == len(PARAMS) - 5
    assert RateParams.from_bytes(old.to_bytes()) == old
    change = RateChange(2, old.classes)
    assert RateChange.from_bytes(change.to_bytes()) == change
    check_truncations(RateParams.from_bytes, PARAMS)


def test_tables_that_name_other_classes_are_refused() -> None:
    with pytest.raises(RemoteProtocolError):
        RateParams.from_bytes(PARAMS[:37] + b"\0\2" + PARAMS[39:])


def test_recorded_rates_come_back_unchanged() -> None:
    for snac in snacs_of("aim-libpurple", OSERVICE.RATE_PARAMS_REPLY):
        params = RateParams.from_bytes(snac.body)
        assert [rate.id for rate in params.classes] == [1, 2, 3, 4, 5]
        assert params.class_of()[4, 6] == 3
        assert params.to_bytes() == snac.body


def test_aol_names_every_class_in_one_change() -> None:
    changes = snacs_of("aim-puzzle1", OSERVICE.RATE_PARAM_CHANGE)
    assert len(changes) == 3
    for snac in changes:
        change = RateChange.from_bytes(snac.body)
        assert change.code == RateState.CHANGED
        assert [rate.id for rate in change.classes] == [1, 2, 3, 4, 5]
        assert change.to_bytes() == snac.body
