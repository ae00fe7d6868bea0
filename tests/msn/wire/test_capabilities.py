import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.capabilities import (
    OUR_CAPABILITIES,
    Capability,
    ClientId,
    ExtendedCapability,
)
from Kamaelia.Protocol.wire.errors import ProtocolError, RemoteProtocolError


def test_our_own_are_those_of_a_client_with_pictures() -> None:
    assert str(OUR_CAPABILITIES) == "268435492"
    assert OUR_CAPABILITIES.version == 1
    assert OUR_CAPABILITIES.can(Capability.MULTI_PACKET)
    assert not OUR_CAPABILITIES.can(Capability.WINKS)


def test_numbers_of_real_clients() -> None:
    client = ClientId.parse("1616756780")
    assert client.version == 6
    assert client.can(Capability.WINKS | Capability.MULTI_PACKET)
    client = ClientId.parse("2789003324:48")
    assert client.version == 10
    assert client.extended_capabilities & ExtendedCapability.P2P_V2
    assert str(client) == "2789003324:48"


def test_negative_numbers_are_unsigned_bits() -> None:
    assert ClientId.parse("-1") == ClientId(0xFFFFFFFF)
    assert ClientId.parse("-2147483648").version == 8


@pytest.mark.parametrize("text", ["", "x", "1:", ":1", "--1", "1.5", "٣", "9" * 5000])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(RemoteProtocolError):
        ClientId.parse(text)


@given(st.integers(0, 0xFFFFFFFF), st.none() | st.integers(0, 0xFFFFFFFF))
def test_they_come_back(bits: int, extended: int | None) -> None:
    client = ClientId(bits, extended)
    assert ClientId.parse(str(client)) == client
    assert int(client.capabilities) | client.version << 28 == bits


@given(st.text() | st.text("0123456789-:"))
def test_any_text(text: str) -> None:
    try:
        str(ClientId.parse(text))
    except ProtocolError:
        return
