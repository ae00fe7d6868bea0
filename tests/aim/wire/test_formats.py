"""What every format has to hold: round trip, no other errors than ProtocolError."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
