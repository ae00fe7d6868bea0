import pickle

import pytest

from Kamaelia.Protocol.wire.errors import ProtocolError, RemoteProtocolError
from Kamaelia.Protocol.wire.reader import Reader


def test_fields_come_off_the_front_in_their_byte_order() -> None:
    reader = Reader(bytes(range(1, 32)))
    assert reader.u8() == 0x01
    assert reader.u16() == 0x0203
    assert reader.u32() == 0x04050607
    assert reader.u64() == 0x08090A0B0C0D0E0F
    assert reader.u16le() == 0x1110
    assert reader.u32le() == 0x15141312
    assert reader.u64le() == 0x1D1C1B1A19181716
    assert reader.rest() == b"\x1e\x1f"
    assert not reader


def test_too_little_left_is_an_error_that_says_what_and_where() -> None:
    reader = Reader(b"\x00\x05ab", "TLV")
    inner = reader.u16()
    with pytest.raises(
        RemoteProtocolError, match="TLV: needs 5 bytes, has 2 at byte 2: found 61 62"
    ) as caught:
        reader.take(inner)
    assert caught.value.offset == 2
    assert caught.value.data == b"ab"
    assert reader.rest() == b"ab"


def test_an_inner_reader_counts_offsets_from_the_outer_block() -> None:
    inner = Reader(b"\x01\x02\x03\x04").reader(2, "inner")
    inner.u8()
    assert inner.offset == 1
    assert len(inner) == 1


def test_an_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(RemoteProtocolError("bad", 7, b"x" * 40)))
    assert isinstance(error, RemoteProtocolError)
    assert issubclass(RemoteProtocolError, ProtocolError)
    assert (error.reason, error.offset, error.data) == ("bad", 7, b"x" * 16)
