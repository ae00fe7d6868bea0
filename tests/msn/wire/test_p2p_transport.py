from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.p2p_transport import (
    MAX_ADDRESSES,
    VOID_NONCE,
    TransportAnswer,
    TransportRequest,
    hashed_nonce,
    nonce_from_wire,
    nonce_to_wire,
)
from Kamaelia.Protocol.MSN.wire.slp import SLPMessage, pack_fields
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

NONCE = "{0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0}"

hosts = st.ip_addresses(v=4).map(str)


def answer_of(*fields: tuple[str, str]) -> TransportAnswer:
    return TransportAnswer.from_message(SLPMessage(status=200, fields=fields))


def pairs(ports: int) -> st.SearchStrategy[tuple[tuple[str, int], ...]]:
    return st.lists(hosts.map(lambda host: (host, ports)), max_size=3).map(tuple)


def test_the_nonce_of_the_reference() -> None:
    wire = bytes.fromhex("3c2d1e0f5a4b78698796a5b4c3d2e1f0")
    assert nonce_to_wire(NONCE) == wire
    assert nonce_from_wire(wire) == NONCE
    assert hashed_nonce(NONCE) == "{616DD880-9A1A-8A67-A1C1-BAC72575AA9F}"


def test_what_is_no_nonce_is_refused() -> None:
    with pytest.raises(LocalProtocolError):
        nonce_to_wire("nonsense")
    with pytest.raises(RemoteProtocolError):
        nonce_from_wire(b"short")


def test_the_reference_request() -> None:
    request = TransportRequest(
        ("TRUDPv1", "TCPv1", "SBBridge"),
        "Direct-Connect",
        -40404040,
        hashed_nonce=hashed_nonce(NONCE),
    )
    assert pack_fields(request.fields()) == (
        b"Bridges: TRUDPv1 TCPv1 SBBridge\r\nNetID: -40404040\r\n"
        b"Conn-Type: Direct-Connect\r\nUPnPNat: false\r\nICF: false\r\n"
        b"Hashed-Nonce: {616DD880-9A1A-8A67-A1C1-BAC72575AA9F}\r\n\r\n\0"
    )
    message = SLPMessage("INVITE", fields=request.fields())
    assert TransportRequest.from_message(message) == request


@pytest.mark.parametrize("net", ["", "x", "--1", "9" * 30])
def test_a_request_with_little_in_it(net: str) -> None:
    message = SLPMessage("INVITE", fields=(("NetID", net),))
    assert TransportRequest.from_message(message) == TransportRequest(())


def test_the_reference_answer() -> None:
    answer = TransportAnswer(
        True, NONCE, (("192.168.0.7", 6891),), (("192.0.2.40", 6891),)
    )
    assert pack_fields(answer.fields()) == (
        b"Bridge: TCPv1\r\nListening: true\r\n"
        b"Nonce: {0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0}\r\n"
        b"IPv4Internal-Addrs: 192.168.0.7\r\nIPv4Internal-Port: 6891\r\n"
        b"IPv4External-Addrs: 192.0.2.40\r\nIPv4External-Port: 6891\r\n\r\n\0"
    )
    assert answer_of(*answer.fields()) == answer
    assert answer.addresses() == [("192.168.0.7", 6891), ("192.0.2.40", 6891)]


def test_not_listening_is_the_answer_of_the_reference() -> None:
    assert TransportAnswer().fields() == (
        ("Bridge", "TCPv1"),
        ("Listening", "false"),
        ("Nonce", VOID_NONCE),
    )
    assert TransportAnswer().addresses() == []


def test_mirrored_names_and_values_are_turned_back() -> None:
    answer = answer_of(
        ("Listening", "true"),
        ("Hashed-Nonce", NONCE),
        ("srddA-lanretnI4vPI", "04.2.0.291"),
        ("troP-lanretnI4vPI", "1986"),
        ("stroPdnAsrddAlanretxE4vPI", "1986:04.2.0.291 2986:14.2.0.291"),
    )
    assert answer.hashed
    assert answer.internal == (("192.0.2.40", 6891),)
    assert answer.external == (("192.0.2.41", 6892), ("192.0.2.40", 6891))


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("example.com", "80"),
        ("::1", "80"),
        ("192.0.2.1", "0"),
        ("192.0.2.1", "65536"),
        ("192.0.2.1", "x"),
        ("192.0.2.1", ""),
        ("192.0.2.300", "80"),
    ],
)
def test_addresses_that_cannot_be_connected_to_do_not_count(
    host: str, port: str
) -> None:
    answer = answer_of(
        ("Listening", "true"),
        ("Nonce", NONCE),
        ("IPv4Internal-Addrs", host),
        ("IPv4Internal-Port", port),
    )
    assert not answer.listening
    assert answer.addresses() == []


def test_addresses_are_limited() -> None:
    hosts = " ".join(["192.0.2.1"] * 1000)
    answer = answer_of(
        ("IPv4Internal-Addrs", hosts), ("IPv4Internal-Port", "5"), ("Nonce", "x")
    )
    assert len(answer.internal) == MAX_ADDRESSES
    assert answer.nonce == VOID_NONCE


def test_addresses_with_several_ports_cannot_be_written() -> None:
    answer = TransportAnswer(True, NONCE, (("192.0.2.1", 1), ("192.0.2.1", 2)))
    with pytest.raises(LocalProtocolError):
        answer.fields()


@given(pairs(6891), pairs(6892), st.booleans())
def test_answers_survive_a_round_trip(
    internal: tuple[tuple[str, int], ...],
    external: tuple[tuple[str, int], ...],
    hashed: bool,
) -> None:
    listening = bool(internal or external)
    answer = TransportAnswer(listening, NONCE, internal, external, hashed)
    assert answer_of(*answer.fields()) == answer


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=30)), max_size=5))
def test_any_fields_are_read(fields: list[tuple[str, str]]) -> None:
    message = SLPMessage("INVITE", fields=tuple(fields))
    TransportAnswer.from_message(message)
    TransportRequest.from_message(message)
    with suppress(RemoteProtocolError):
        nonce_from_wire(repr(fields).encode())
