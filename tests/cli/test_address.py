import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.cli.address import Address, parse_address


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("aim://ann@127.0.0.1:5191", ("aim", "ann", "127.0.0.1", 5191)),
        ("AIM://ann@localhost", ("aim", "ann", "localhost", 5190)),
        ("aim://ann%20example@h", ("aim", "ann example", "h", 5190)),
        ("aim://123456@h:1/", ("aim", "123456", "h", 1)),
        ("msn://ann@example.com@h:1863", ("msn", "ann@example.com", "h", 1863)),
        ("msn://a@b@[::1]:99", ("msn", "a@b", "::1", 99)),
        ("aim://a@[::1]", ("aim", "a", "::1", 5190)),
    ],
)
def test_an_address_has_network_name_host_and_port(
    text: str, parts: tuple[str, str, str, int]
) -> None:
    assert parse_address(text) == parts


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ann@h", "neither aim:// nor msn://"),
        ("irc://ann@h", "neither aim:// nor msn://"),
        ("aim://h", "lacks a name or a server"),
        ("aim://@h", "lacks a name or a server"),
        ("aim://ann@", "lacks a name or a server"),
        ("aim://ann@:5190", "names no server"),
        ("aim://ann@h:0", "is no port"),
        ("aim://ann@h:65536", "is no port"),
        ("aim://ann@h:x", "is no port"),
        ("aim://ann@::1", "in brackets"),
        ("aim://ann@[::1", "an IPv6 host looks like"),
        ("msn://ann@h", "an @ of its own"),
    ],
)
def test_what_is_no_address_is_explained(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_address(text)


@given(st.text(min_size=1).filter(lambda name: name.strip("/")))
def test_any_name_survives_being_written_and_read(name: str) -> None:
    address = Address("aim", name, "::1", 7)
    assert parse_address(str(address)) == address
