from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.msnobject import (
    MAX_TEXT,
    TYPE_DISPLAY_PICTURE,
    MSNObject,
    data_digest,
    decode_friendly,
    encode_friendly,
)
from Kamaelia.Protocol.wire.errors import (
    LocalProtocolError,
    RemoteProtocolError,
)

DATA = bytes(range(256)) * 4
ELEMENT = (
    '<msnobj Creator="alice@example.com" Size="1024" Type="3" Location="TFR1.dat" '
    'Friendly="AAA=" SHA1D="WwBmnEgNXP+9+ovbqZVhFg8tG3c=" '
    'SHA1C="lCa5lsvMakpYDJLhGGAu15eKj4Q="/>'
)

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
objects = st.builds(
    MSNObject,
    creator=texts.filter(lambda text: bool(text.strip())),
    size=st.integers(0, 2**40),
    type=st.integers(0, 20),
    location=texts,
    friendly=texts.map(encode_friendly),
    sha1d=st.binary(max_size=30).map(data_digest),
    extras=st.lists(
        st.tuples(st.sampled_from(["Url", "contenttype", "stamp"]), texts),
        unique_by=lambda pair: pair[0],
    ).map(tuple),
)


def test_an_object_for_data_is_the_reference_element() -> None:
    made = MSNObject.for_data(
        "alice@example.com", TYPE_DISPLAY_PICTURE, DATA, "TFR1.dat"
    )
    assert made.to_text() == ELEMENT
    assert len(made.to_bytes()) == 168
    assert made.matches(DATA)
    assert not made.matches(DATA[:-1])
    assert not made.matches(DATA[:-1] + b"x")


def test_the_reference_element_is_read() -> None:
    read = MSNObject.from_text(ELEMENT)
    assert read.creator == "alice@example.com"
    assert (read.size, read.type, read.location) == (1024, 3, "TFR1.dat")
    assert read.checksum() == read.sha1c
    assert read == MSNObject.from_bytes(ELEMENT.encode() + b"\0")


@pytest.mark.parametrize(
    ("name", "value"), [("Sun", "UwB1AG4AAAA="), ("", "AAA="), ("😀", "PdgA3gAA")]
)
def test_friendly_names(name: str, value: str) -> None:
    assert encode_friendly(name) == value
    assert decode_friendly(value) == name


@pytest.mark.parametrize("value", ["?", "A", "AB=D", "\xe9"])
def test_a_friendly_name_that_is_none_reads_as_empty(value: str) -> None:
    assert decode_friendly(value) == ""


@pytest.mark.parametrize(
    "text",
    [
        "<msnobj Size='5' Creator='a@b.c' Type='3' SHA1D='x' />",
        '<MSNOBJ type="3"\tsize = "5" SHA1D=x creator="a@b.c"></MSNOBJ>',
        "<msnobj Creator=a@b.c Type=3 SHA1D=x Size=5/>",
        'junk <msnobj Creator="a@b.c" Size="5" Type="3" SHA1D="x"/> junk',
        '<msnobj Creator="a@b.c" Size="5" Size="6" Type="3" SHA1D="x"/>',
    ],
)
def test_order_quotes_and_case_do_not_matter(text: str) -> None:
    read = MSNObject.from_text(text)
    assert (read.creator, read.size, read.type, read.sha1d) == ("a@b.c", 5, 3, "x")


def test_what_is_not_xml_survives_and_goes_back_as_it_came() -> None:
    text = '<msnobj Creator="a&b@c.d" Size="1" Type="8" Url="http://x/?a=1&b=2&amp;c"/>'
    read = MSNObject.from_text(text)
    assert read.creator == "a&b@c.d"
    assert read.extras == (("Url", "http://x/?a=1&b=2&c"),)
    assert read.to_text() == text
    assert MSNObject.from_text(replace(read, size=2).to_text()).size == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "msnobj",
        "<msnobject Creator='a'/>",
        "<msnobj/>",
        "<msnobj Size='5' Type='3'/>",
        "<msnobj Creator='a' Size='-5' Type='3'/>",
        "<msnobj Creator='a' Size='5'/>",
        "<msnobj Creator='a' Size='5' Type='x'/>",
        "<msnobj Creator='a' Size='\u0665' Type='3'/>",
        "<msnobj Creator='a' Size='12345678901234567890' Type='3'/>",
        "<msnobj Creator='a' Size='5' Type='3' x='" + "y" * MAX_TEXT + "'/>",
    ],
)
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(RemoteProtocolError):
        MSNObject.from_text(text)


def test_an_object_that_cannot_be_written_is_our_mistake() -> None:
    with pytest.raises(LocalProtocolError):
        MSNObject("", 1, 3).to_text()
    with pytest.raises(LocalProtocolError):
        MSNObject("a@b.c", 1, 3, location="x" * MAX_TEXT).to_text()


@given(objects)
def test_objects_survive_a_round_trip(made: MSNObject) -> None:
    assert MSNObject.from_bytes(made.to_bytes()) == made


@given(st.binary(max_size=300) | st.binary(max_size=60).map(ELEMENT.encode().__add__))
def test_any_bytes_give_an_object_or_a_protocol_error(data: bytes) -> None:
    with suppress(RemoteProtocolError):
        MSNObject.from_bytes(data)


def test_every_truncation_is_an_object_or_a_protocol_error() -> None:
    for end in range(len(ELEMENT)):
        try:
            assert MSNObject.from_text(ELEMENT[:end]).creator == "alice@example.com"
        except RemoteProtocolError:
            continue


@pytest.mark.parametrize("pattern", ["a", "a ", "a=", "a='", '"', " ", "=", "a=\"b'"])
def test_long_nonsense_is_read_in_no_time(pattern: str) -> None:
    text = "<msnobj " + pattern * (MAX_TEXT // len(pattern))
    with pytest.raises(RemoteProtocolError):
        MSNObject.from_text(text[:MAX_TEXT])
