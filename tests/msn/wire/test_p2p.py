from contextlib import suppress
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.p2p import (
    APP_OBJECT,
    FLAG_ACK,
    FLAG_FILE,
    FLAG_OBJECT,
    SWITCHBOARD_SLICE,
    Assembly,
    MessageIds,
    P2PPacket,
    is_destination,
    slices,
)
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

PREPARATION = bytes.fromhex(
    "7b000000443322110000000000000000040000000000000004000000000000008877665500000000"
    "0000000000000000"
    "00000000"
    "00000001"
)
ACK = bytes.fromhex(
    "7b000000040302010000000000000000040000000000000000000000020000004433221188776655"
    "0400000000000000"
    "00000000"
)
LAST_CHUNK = bytes.fromhex(
    "7b00000045332211b204000000000000dc050000000000002a010000200000000df0ad0b00000000"
    "0000000000000000"
)
u32 = st.integers(0, 2**32 - 1)
u64 = st.integers(0, 2**64 - 1)


@st.composite
def packets(draw: st.DrawFn) -> P2PPacket:
    data = draw(st.binary(max_size=50))
    offset = draw(st.integers(0, 2**64 - 1 - len(data)))
    total = draw(st.integers(offset + len(data), 2**64 - 1))
    return P2PPacket(
        draw(u32),
        draw(u32),
        offset,
        total,
        draw(u32),
        draw(u32),
        draw(u32),
        draw(u64),
        data,
        draw(u32),
    )


def test_the_reference_preparation_and_its_ack() -> None:
    preparation = P2PPacket(
        123, 0x11223344, total_size=4, ack_id=0x55667788, data=bytes(4), app_id=1
    )
    assert preparation.to_bytes() == PREPARATION
    assert P2PPacket.from_bytes(PREPARATION) == preparation
    assert preparation.acknowledge(0x01020304).to_bytes() == ACK
    assert P2PPacket.from_bytes(ACK).is_control


def test_the_reference_last_chunk() -> None:
    first, last = slices(
        bytes(1500),
        0x11223345,
        session_id=123,
        flags=FLAG_OBJECT,
        app_id=APP_OBJECT,
        ack_id=0x0BADF00D,
    )
    assert (len(first.data), first.is_last) == (1202, False)
    assert last.to_bytes() == LAST_CHUNK + bytes(298) + b"\0\0\0\1"
    assert last.is_last


def test_fields_over_4_gib() -> None:
    packet = P2PPacket(1, 2, 5 << 32, (5 << 32) + 3, FLAG_FILE, data=b"abc", app_id=2)
    wire = packet.to_bytes()
    assert wire[8:16] == (5 << 32).to_bytes(8, "little")
    assert P2PPacket.from_bytes(wire) == packet
    assert not packet.is_control


@pytest.mark.parametrize(
    ("size", "count"), [(0, 1), (1, 1), (1201, 1), (1202, 1), (1203, 2), (2405, 3)]
)
def test_messages_are_sliced_by_1202(size: int, count: int) -> None:
    parts = list(slices(bytes(size), 9))
    assert len(parts) == count
    assert sum(len(part.data) for part in parts) == size
    assert all(len(part.to_bytes()) <= 48 + SWITCHBOARD_SLICE + 4 for part in parts)


def test_message_ids_go_up_by_one_and_never_are_0() -> None:
    ids = MessageIds(0xFFFFFFFE)
    assert [ids.take() for _ in range(4)] == [0xFFFFFFFE, 0xFFFFFFFF, 1, 2]
    assert 4 <= MessageIds().take() < 1 << 31


@pytest.mark.parametrize("end", range(len(PREPARATION)))
def test_every_truncation_is_refused(end: int) -> None:
    with pytest.raises(RemoteProtocolError):
        P2PPacket.from_bytes(PREPARATION[:end])


@pytest.mark.parametrize(
    "wire",
    [
        PREPARATION + b"\0",
        PREPARATION[:24] + b"\x05" + PREPARATION[25:],
        PREPARATION[:24] + b"\x03" + PREPARATION[25:],
        PREPARATION[:24] + b"\xff\xff\xff\xff" + PREPARATION[28:],
        PREPARATION[:16] + b"\x03" + PREPARATION[17:],
        PREPARATION[:8] + b"\x01" + PREPARATION[9:],
        PREPARATION[:8] + b"\xff" * 8 + PREPARATION[16:],
    ],
)
def test_lengths_that_do_not_agree_are_refused(wire: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        P2PPacket.from_bytes(wire)


@pytest.mark.parametrize(
    "packet",
    [
        P2PPacket(session_id=-1),
        P2PPacket(message_id=1 << 32),
        P2PPacket(total_size=1 << 64),
        P2PPacket(data=b"abc", total_size=2),
    ],
)
def test_fields_out_of_range_are_our_mistake(packet: P2PPacket) -> None:
    with pytest.raises(LocalProtocolError):
        packet.to_bytes()


def test_slices_of_nothing_are_our_mistake() -> None:
    with pytest.raises(LocalProtocolError):
        list(slices(b"abc", 1, size=0))


@given(packets())
def test_packets_survive_a_round_trip(packet: P2PPacket) -> None:
    assert P2PPacket.from_bytes(packet.to_bytes()) == packet
    bare = P2PPacket.from_bytes(packet.to_bytes(footer=False), footer=False)
    assert bare == replace(packet, app_id=0)


@given(st.binary(max_size=120), st.booleans())
def test_random_bytes_raise_only_protocol_errors(data: bytes, footer: bool) -> None:
    with suppress(RemoteProtocolError):
        P2PPacket.from_bytes(data, footer=footer)


@given(
    st.binary(max_size=3000),
    st.integers(50, 700),
    st.randoms(use_true_random=False),
    st.lists(st.integers(0, 59), max_size=10),
)
def test_slices_in_any_order_give_the_message_once(
    message: bytes, size: int, random: Random, again: list[int]
) -> None:
    parts = list(slices(message, 1, size=size))
    parts += [parts[index % len(parts)] for index in again]
    parts += [part for cut in (17, 333) for part in slices(message, 1, size=cut)]
    random.shuffle(parts)
    assembly = Assembly(len(message))
    assert b"".join(assembly.add(part) for part in parts) == message
    assert assembly.complete


def test_a_gap_is_waited_for() -> None:
    first, second, third = slices(b"abcdef", 1, size=2)
    assembly = Assembly(6)
    assert assembly.add(third) == b""
    assert assembly.add(first) == b"ab"
    assert not assembly.complete
    assert assembly.add(second) == b"cdef"
    assert assembly.complete


@pytest.mark.parametrize("size", [1, 1000])
def test_what_waits_for_a_gap_is_bounded(size: int) -> None:
    assembly = Assembly(1 << 40, window=10_000)
    parts = (
        P2PPacket(0, 1, index * size, 1 << 40, data=bytes(size))
        for index in range(1, 1000)
    )
    with pytest.raises(RemoteProtocolError, match="missing"):
        list(map(assembly.add, parts))


def test_a_longer_slice_takes_the_place_of_a_shorter() -> None:
    assembly = Assembly(6)
    assembly.add(P2PPacket(offset=2, total_size=6, data=b"c"))
    assembly.add(P2PPacket(offset=2, total_size=6, data=b"cdef"))
    assembly.add(P2PPacket(offset=2, total_size=6, data=b"cd"))
    assert assembly.add(P2PPacket(offset=0, total_size=6, data=b"ab")) == b"abcdef"


def test_another_total_size_is_refused() -> None:
    with pytest.raises(RemoteProtocolError):
        Assembly(6).add(P2PPacket(total_size=7, data=b"a"))


def test_an_empty_message_is_complete_at_once() -> None:
    (packet,) = slices(b"", 1)
    assembly = Assembly(0)
    assert assembly.add(packet) == b""
    assert assembly.complete


def test_the_ack_of_an_ack_has_no_data() -> None:
    ack = P2PPacket(5, 6, total_size=9, ack_id=7).acknowledge(8)
    assert (ack.flags, ack.ack_id, ack.ack_uid, ack.ack_size) == (FLAG_ACK, 6, 7, 9)


def test_the_destination_is_compared_without_case_and_endpoint() -> None:
    assert is_destination("Bob@Example.com", "bob@example.com")
    assert is_destination("bob@example.com;{guid}", "BOB@example.com")
    assert not is_destination("alice@example.com", "bob@example.com")
