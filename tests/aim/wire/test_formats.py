"""What every format has to hold: round trip, no other errors than ProtocolError."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from tests.aim.wire.captures import frames_of
from tests.aim.wire.dumps import check_only_protocol_errors, check_truncations
from tests.aim.wire.formats import ENCODERS, FORMATS, LISTS


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=25)
@given(data=st.data())
def test_what_was_written_is_read(name: str, data: st.DataObject) -> None:
    value = data.draw(FORMATS[name].values)
    wire = value.to_bytes()
    assert FORMATS[name].decode(wire) == value
    assert FORMATS[name].decode(wire).to_bytes() == wire


@pytest.mark.parametrize("name", LISTS)
@settings(max_examples=25)
@given(data=st.data())
def test_lists_that_were_written_are_read(name: str, data: st.DataObject) -> None:
    values = data.draw(LISTS[name].values)
    assert LISTS[name].decode(ENCODERS[name](values)) == values


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=10)
@given(data=st.data())
def test_values_cut_short_raise_only_protocol_errors(
    name: str, data: st.DataObject
) -> None:
    check_truncations(FORMATS[name].decode, data.draw(FORMATS[name].values).to_bytes())


@pytest.mark.parametrize("name", [*FORMATS, *LISTS])
@settings(max_examples=40)
@given(data=st.binary(max_size=120))
def test_random_bytes_raise_only_protocol_errors(name: str, data: bytes) -> None:
    check_only_protocol_errors((FORMATS | LISTS)[name].decode, data)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=15)
@given(data=st.data())
def test_every_property_of_any_value_can_be_read(
    name: str, data: st.DataObject
) -> None:
    value = data.draw(FORMATS[name].values)
    for attribute, kind in vars(type(value)).items():
        if isinstance(kind, property):
            getattr(value, attribute)


@pytest.mark.parametrize("seed", range(8))
def test_mutated_recordings_raise_only_protocol_errors(seed: int) -> None:
    chance = random.Random(seed)
    decoders = [each.decode for each in (FORMATS | LISTS).values()]
    for _, _, frame in frames_of("aim-libpurple"):
        if frame.channel != CHANNEL_DATA:
            continue
        body = bytearray(SNAC.from_bytes(frame.payload).body)
        for _ in range(chance.randint(0, 4) if body else 0):
            body[chance.randrange(len(body))] = chance.choice((0, 1, 0x7F, 0xFF))
        for decode in chance.sample(decoders, 5):
            check_only_protocol_errors(decode, bytes(body))
