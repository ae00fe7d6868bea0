import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError
from Kamaelia.Protocol.wire.reader import Reader
from tests.aim.wire.formats import tlvs

WIRE = bytes.fromhex("0001 0005 616C696365 004B 0000 0001 0001 62")


def test_a_chain_is_read_in_its_order_with_duplicates() -> None:
    block = TLVBlock.from_bytes(WIRE)
    assert list(block) == [TLV(1, b"alice"), TLV(0x4B), TLV(1, b"b")]
    assert block.to_bytes() == WIRE


def test_the_first_of_several_wins_and_all_can_be_had() -> None:
    block = TLVBlock.from_bytes(WIRE)
    assert block.get(1) == b"alice"
    assert block.get_all(1) == [b"alice", b"b"]
    assert block.text(1) == "alice"
    assert block.get(9) is None
    assert block.text(9, "nobody") == "nobody"


def test_an_empty_tlv_is_there_but_has_no_number() -> None:
    block = TLVBlock.from_bytes(WIRE)
    assert block.has(0x4B)
    assert not block.has(0x4C)
    assert block.number(0x4B) is None
    assert block.u16(0x4B, 7) == 7


def test_numbers_are_read_by_their_actual_length() -> None:
    block = TLVBlock((TLV(1, b"\x10"), TLV(2, b"\0\0\1\2"), TLV(3, bytes(9))))
    assert block.u16(1) == 0x10
    assert block.u8(2) == 2
    assert block.u16(2) == 0x102
    assert block.u32(3, 5) == 5


def test_counted_and_sized_blocks_leave_what_follows() -> None:
    block = TLVBlock((TLV.u16(1, 0x10), TLV(2)))
    counted = Reader(block.to_counted() + b"rest")
    assert TLVBlock.read_counted(counted) == block
    assert counted.rest() == b"rest"
    sized = Reader(block.to_sized() + b"rest")
    assert TLVBlock.read_sized(sized) == block
    assert sized.rest() == b"rest"
    assert block.to_sized()[:2] == b"\0\x0a"


def test_little_endian_tlvs_are_read() -> None:
    wire = bytes.fromhex("3601 0400 68870100")
    block = TLVBlock.read_le(Reader(wire))
    assert list(block) == [TLV(0x136, bytes.fromhex("68870100"))]
    assert block.to_bytes_le() == wire


def test_a_tlv_cut_short_is_an_error_unless_lenience_is_asked_for() -> None:
    wire = bytes.fromhex("0005 0010 0102 ")
    with pytest.raises(RemoteProtocolError):
        TLVBlock.from_bytes(wire)
    assert TLVBlock.from_bytes(wire, lenient=True) == (TLV(5, b"\1\2"),)
    assert TLVBlock.from_bytes(b"\0\1\0", lenient=True) == ()


@given(tlvs)
def test_each_kind_of_block_comes_back(block: TLVBlock) -> None:
    assert TLVBlock.from_bytes(block.to_bytes()) == block
    assert TLVBlock.read_counted(Reader(block.to_counted())) == block
    assert TLVBlock.read_sized(Reader(block.to_sized())) == block
    assert TLVBlock.read_le(Reader(block.to_bytes_le())) == block


@given(st.binary(max_size=80))
def test_lenient_reading_takes_anything(data: bytes) -> None:
    TLVBlock.from_bytes(data, lenient=True)


def test_what_does_not_fit_is_the_callers_error() -> None:
    for tlv in (TLV(0x10000), TLV(-1), TLV(1, bytes(0x10000))):
        with pytest.raises(LocalProtocolError):
            tlv.to_bytes()
        with pytest.raises(LocalProtocolError):
            tlv.to_bytes_le()
    with pytest.raises(LocalProtocolError):
        TLV.text(1, "\ud800")
