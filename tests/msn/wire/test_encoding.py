import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.encoding import (
    check_handle,
    decode_text,
    encode_text,
    format_address,
    is_guid,
    is_handle,
    is_number,
    normalise_handle,
    parse_address,
    parse_number,
    swap_port,
)
from Kamaelia.Protocol.wire.errors import (
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
)


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        ("Alice%20Liddell", "Alice Liddell"),
        ("555%201234", "555 1234"),
        ("a+b", "a+b"),
        ("%", "%"),
        ("%zz%4", "%zz%4"),
        ("100%25", "100%"),
        ("Gr%C3%BC%c3%9fe", "Grüße"),
        ("Grüße", "Grüße"),
        ("%ff", "\ufffd"),
        ("", ""),
    ],
)
def test_decoding(argument: str, text: str) -> None:
    assert decode_text(argument) == text


def test_encoding_of_a_picture_is_that_of_the_clients() -> None:
    assert (
        encode_text('<msnobj Creator="alice@example.com" SHA1D="a+b/="/>')
        == "%3Cmsnobj%20Creator%3D%22alice%40example.com%22%20SHA1D%3D%22a%2Bb%2F%3D"
        "%22%2F%3E"
    )


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_comes_back(text: str) -> None:
    encoded = encode_text(text)
    assert decode_text(encoded) == text
    assert not set(" \r\n\t%") & set(encoded.replace("%", ""))
    assert encoded.isascii()


@given(st.text())
def test_any_argument_decodes(argument: str) -> None:
    decode_text(argument)


def test_surrogates_cannot_be_sent() -> None:
    with pytest.raises(LocalProtocolError):
        encode_text("\udc80")


@pytest.mark.parametrize("text", ["", "-1", "+1", "1 ", "1_0", "٣", "²", "4294967296"])
def test_what_is_no_number(text: str) -> None:
    assert not is_number(text)
    with pytest.raises(RemoteProtocolError):
        parse_number(text, "size")


def test_numbers() -> None:
    assert parse_number("0007", "size") == 7
    assert parse_number("4294967295", "size") == 0xFFFFFFFF
    with pytest.raises(RemoteProtocolError, match="larger than 5"):
        parse_number("6", "size", 5)
    with pytest.raises(RemoteProtocolError):
        parse_number("9" * 10_000, "size")


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("alice@example.com", True),
        ("tel:+15551234567", True),
        ("alice", False),
        ("@example.com", False),
        ("a@b@c", False),
        ("a b@c", False),
        ("a\x00@c", False),
        ("a" * 126 + "@bc", True),
        ("a" * 127 + "@bc", False),
    ],
)
def test_handles(text: str, good: bool) -> None:
    assert is_handle(text) is good
    if good:
        assert check_handle(text) == text
    else:
        with pytest.raises(RemoteProtocolError):
            check_handle(text)


def test_handles_compare_without_case() -> None:
    assert normalise_handle("Alice@Example.COM") == "alice@example.com"


def test_guids() -> None:
    assert is_guid("7a6b5c4d-0001-4000-8000-00000000a001")
    assert is_guid("{7A6B5C4D-0001-4000-8000-00000000A001}")
    assert not is_guid("Friends")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.20:1863", ("192.0.2.20", 1863)),
        ("192.0.2.20", ("192.0.2.20", 1863)),
        ("messenger.example.com:80", ("messenger.example.com", 80)),
        ("[2001:db8::1]:1864", ("2001:db8::1", 1864)),
        ("[2001:db8::1]", ("2001:db8::1", 1863)),
    ],
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert parse_address(text) == address
    assert parse_address(format_address(*address)) == address


@pytest.mark.parametrize("text", ["", ":1863", "host:", "host:x", "host:65536", "[]:1"])
def test_bad_addresses(text: str) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_address(text)


@given(st.text())
def test_any_address_is_one_or_a_protocol_error(text: str) -> None:
    try:
        host, port = parse_address(text)
    except ProtocolError:
        return
    assert host
    assert 0 <= port <= 0xFFFF


def test_ports_of_the_profile() -> None:
    assert swap_port(51234) == 8904
    assert swap_port(8904) == 51234
    for bad in (-1, 65536):
        with pytest.raises(LocalProtocolError):
            swap_port(bad)
        with pytest.raises(LocalProtocolError):
            format_address("host", bad)
