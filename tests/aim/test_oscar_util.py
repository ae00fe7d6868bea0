import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.wire.errors import RemoteProtocolError
from Kamaelia.Support import OscarUtil, OscarUtil2
from Kamaelia.Support.OscarUtil import (
    SNAC,
    TLV,
    Double,
    Quad,
    Single,
    encryptPasswordICQ,
    encryptPasswordMD5,
    errorCodes,
    packDoubles,
    packQuads,
    packSingles,
    printWireshark,
    readSNAC,
    readTLV08,
    readTLVs,
    selfClass,
    unpackDoubles,
    unpackFour,
    unpackQuads,
    unpackSingles,
)


def test_both_modules_give_every_name() -> None:
    for name in OscarUtil.__all__:
        assert getattr(OscarUtil2, name) is getattr(OscarUtil, name)
    assert set(OscarUtil2.__all__) == set(OscarUtil.__all__)


def test_a_star_import_gives_struct_too_as_it_did() -> None:
    assert OscarUtil.struct is struct
    assert "struct" in OscarUtil2.__all__


def test_the_documented_request_for_a_key_is_built_from_text() -> None:
    zero = struct.pack("!H", 0)
    request = TLV(0x01, "kamaelia1") + TLV(0x4B, zero) + TLV(0x5A, zero)
    assert request == (b"\0\1\0\tkamaelia1" + b"\0\x4b\0\2\0\0" + b"\0\x5a\0\2\0\0")
    assert SNAC(0x17, 0x06, request)[:10] == bytes.fromhex("00170006000000000001")


def test_a_key_is_printed_as_documented() -> None:
    md5key = b"\x00\x0973"[2:]
    assert ("%02x " * len(md5key)) % unpackSingles(md5key) == "37 33 "


def test_numbers_are_packed_big_endian() -> None:
    assert (Single(5), Double(5), Quad(5)) == (b"\5", b"\0\5", b"\0\0\0\5")
    assert Quad(0x80000000) == b"\x80\0\0\0"
    assert Quad(-1) == b"\xff\xff\xff\xff"
    with pytest.raises(struct.error):
        Single(256)


@given(st.lists(st.integers(0, 255), max_size=9))
def test_what_was_packed_is_unpacked(numbers: list[int]) -> None:
    assert unpackSingles(packSingles(numbers)) == tuple(numbers)
    assert unpackDoubles(packDoubles(numbers)) == tuple(numbers)
    assert unpackFour(packDoubles(numbers)) == tuple(numbers)
    assert unpackQuads(packQuads(numbers)) == tuple(numbers)


def test_bytes_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(RemoteProtocolError):
        unpackDoubles(b"abc")


def test_a_snac_is_read_into_header_and_body() -> None:
    head, body = readSNAC(SNAC(4, 7, "text", id=9, flags=[0x80, 1]))
    assert head == [4, 7, 0x80, 1, 9]
    assert body == b"text"
    with pytest.raises(RemoteProtocolError):
        readSNAC(b"\0\4\0\7")


def test_tlvs_are_read_into_a_dictionary() -> None:
    data = TLV(1, "name") + TLV(2, b"") + TLV(1, "later")
    assert readTLVs(data) == {1: b"later", 2: b""}
    assert readTLVs(data, 2) == ({1: b"name", 2: b""}, TLV(1, "later"))
    assert readTLVs(b"") == {}
    assert readTLVs(data, 0) == ({}, data)


def test_a_tlv_value_may_end_early_but_not_its_header() -> None:
    assert readTLVs(b"\0\1\0\5abc") == {1: b"abc"}
    with pytest.raises(RemoteProtocolError):
        readTLVs(b"\0\1\0")


@given(st.binary(max_size=60), st.none() | st.integers(0, 5))
def test_random_bytes_raise_only_protocol_errors(
    data: bytes, count: int | None
) -> None:
    for read in (lambda: readTLVs(data, count), lambda: readSNAC(data)):
        try:
            read()
        except RemoteProtocolError:
            continue


def test_text_is_one_byte_a_character_where_it_fits() -> None:
    assert TLV(1, "\xf3") == b"\0\1\0\1\xf3"
    assert TLV(1, "你") == b"\0\1\0\3\xe4\xbd\xa0"


def test_passwords_are_digested_as_the_vectors_say() -> None:
    digest = encryptPasswordMD5("secret9", "7350-2214")
    assert digest.hex().upper() == "82C45453D9FE592C7D53705ACA6FDD65"
    assert encryptPasswordICQ("secret9").hex().upper() == "8043E2B65CF2E2"


def test_sign_on_errors_have_words() -> None:
    assert readTLV08(b"\0\5") == ("error", errorCodes[5])
    assert readTLV08(b"\x7f\x01")[0] == "error"


def test_bytes_are_printed_in_rows_of_sixteen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    printWireshark(b"abcdef")
    selfClass().sendSnac(4, 6, "")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "00 00 00 00 00 00 00 00   00 00 00 00 61 62 63 64"
    assert lines[1] == "65 66"
    assert lines[2].endswith("00 04 00 06")
