import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.membership import Member, build_members, parse_members
from Kamaelia.Protocol.wire.errors import (
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
)

WIRE = b'<ml l="1"><d n="example.com"><c n="bob" l="3" t="1"/></d></ml>'


def test_payload_of_the_clients_both_ways() -> None:
    assert len(WIRE) == 62
    members = [Member("bob@example.com", 3)]
    assert build_members(members, initial=True) == WIRE
    assert parse_members(WIRE) == members


def test_names_domains_and_telephones() -> None:
    members = [
        Member("a@b.c", 8, 1, 'A "1" <x>'),
        Member("d@b.c", 1, 32),
        Member("tel:+1555", 3),
    ]
    wire = build_members(members)
    assert wire.count(b"<d ") == 1
    assert parse_members(wire) == members


def test_blanks_and_single_quotes() -> None:
    wire = b"<ml>\n <d n='b.c'> <c t='1' n='a' l='2' x='y' /> </d> </ml>\n"
    assert parse_members(wire) == [Member("a@b.c", 2)]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"<x/>",
        b"<ml",
        b'<ml><c n="a" l="1"/></ml>',
        b'<ml><d n="b"><c l="1"/></d></ml>',
        b'<ml><d n="b"><c n="a"/></d></ml>',
        b'<ml><d n="b"><c n="a" l="x"/></d></ml>',
        b'<ml><d n="b"><c n="a" l="1" t="x"/></d></ml>',
    ],
)
def test_bad_payloads(payload: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        parse_members(payload)


def test_no_members() -> None:
    assert parse_members(b"<ml></ml>") == []
    with pytest.raises(LocalProtocolError):
        build_members([Member("\udc80@b", 1)])


@given(
    st.binary(max_size=50)
    | st.lists(
        st.sampled_from(
            [b"<d n='x'>", b"<c ", b"n='a'", b" l='1'", b"/>", b"</d>", b"<"]
        )
    )
    .map(b"".join)
    .map(lambda data: b"<ml>" + data)
)
def test_any_payload(payload: bytes) -> None:
    try:
        members = parse_members(payload)
    except ProtocolError:
        return
    assert parse_members(build_members(members)) == members
