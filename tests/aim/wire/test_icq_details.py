"""Details of ICQ users: bytes as the description has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.AIM.wire.icq_details import (
    ACKNOWLEDGED_BY,
    MAX_ENTRIES,
    MAX_TEXT,
    found_record,
    full_info,
    read_setting,
    short_info,
)
from Kamaelia.Protocol.wire.errors import ProtocolError, RemoteProtocolError


def text(*words: str) -> bytes:
    return b"".join(
        (len(word) + 1).to_bytes(2, "little") + word.encode() + b"\0" for word in words
    )


def tlv(tag: int, value: bytes) -> bytes:
    return tag.to_bytes(2, "little") + len(value).to_bytes(2, "little") + value


NAMES = ("Bobby", "Bob", "Example", "b@x", "Rome", "RM", "1", "2", "Via 3", "4", "5")
BASIC = text(*NAMES) + bytes.fromhex("2700 02 01")
WORK = text("Paris", "P", "6", "7", "Rue 8", "9") + b"\x21\0"
WORK += text("Acme", "R&D", "Boss") + b"\5\0" + text("http://acme")
MORE = b"\x28\0\2" + text("http://b") + bytes.fromhex("C107 05 11 0C 0D 00")


def everything() -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for subtype, data in (
        (0x03EA, BASIC),
        (0x03F3, WORK),
        (0x03FD, MORE),
        (0x0406, text("some notes")),
        (0x040B, b"\2\0" + text("c@x") + b"\1" + text("d@x")),
        (0x0410, b"\1\x6e\0" + text("chess")),
        (0x041A, b"\1\x2c\1" + text("school") + b"\1\xc8\0" + text("club")),
        (0x0424, b"\0\1\2\0"),
        (0x0442, b"\1\x10\0" + text("dogs")),
    ):
        found |= read_setting(subtype, data)
    return found


def test_what_was_set_is_shown_in_the_eight_parts() -> None:
    assert dict(full_info(everything())) == {
        0x00C8: text(*NAMES) + bytes.fromhex("2700 02 00 01 02 01"),
        0x00DC: MORE[:-5] + bytes.fromhex("05 11 0C 0D 00 0000")
        + text("", "") + bytes(3) + bytes(4),
        0x00EB: b"\2\0" + text("c@x") + b"\1" + text("d@x"),
        0x010E: b"\1\x10\0" + text("dogs") + b"\0",
        0x00D2: WORK,
        0x00E6: text("some notes"),
        0x00F0: b"\1\x6e\0" + text("chess"),
        0x00FA: b"\1\x2c\1" + text("school") + b"\1\xc8\0" + text("club"),
    }  # fmt: skip


def test_of_nothing_the_parts_are_empty_and_anybody_may_add() -> None:
    parts = full_info({"nick": b"bob"})
    assert [kind for kind, _ in parts] == [
        0xC8, 0xDC, 0xEB, 0x10E, 0xD2, 0xE6, 0xF0, 0xFA,
    ]  # fmt: skip
    empty = b"\1\0\0"
    assert parts[0][1] == text("bob") + 10 * empty + bytes((0, 0, 0, 1, 0, 0, 0))
    assert parts[1][1] == bytes(3) + empty + bytes(9) + 2 * empty + bytes(7)
    assert parts[7][1] == bytes(2)


def test_short_info_is_that_of_the_description() -> None:
    details = {"nick": b"bob", "first": b"Bob", "gender": b"\2"}
    assert short_info(details) == bytes.fromhex(
        "0400 626f6200 0400 426f6200 0100 00 0100 00 01 00 02"
    )
    record = found_record(100300, {**details, "age": b"\x28"}, is_online=True)
    assert record[2:] == bytes.fromhex(
        "CC870100 0400 626f6200 0400 426f6200 0100 00 0100 00 01 0100 02 2800"
    )
    assert int.from_bytes(record[:2], "little") == len(record) - 2


@pytest.mark.parametrize("head", ["28 00 02", "28 02 00"])
def test_the_gender_stands_in_either_place(head: str) -> None:
    found = read_setting(0x03FD, bytes.fromhex(head) + MORE[3:])
    assert (found["age"], found["gender"]) == (b"\x28", b"\2")


def test_tagged_details_set_what_they_name_and_nothing_else() -> None:
    data = b"".join(
        (
            tlv(0x0140, text("Bob")),
            tlv(0x015E, text("b@x") + b"\1"),
            tlv(0x015E, text("c@x") + b"\0"),
            tlv(0x0186, b"\x0c\0"),
            tlv(0x0186, b"\x0d\0"),
            tlv(0x01D6, b"\x2c\1" + text("school")),
            tlv(0x01EA, b"\x6e\0" + text("chess")),
            tlv(0x01EA, b"\x6f\0" + text("go")),
            tlv(0x0212, b"\x10\0" + text("dogs")),
            tlv(0x023A, bytes.fromhex("C107 0500 1100")),
            tlv(0x02A8, text("P")),
            tlv(0x02F8, b"\0"),
            tlv(0x7777, b"?"),
        )
    )
    assert read_setting(0x0C3A, data) == {
        "first": b"Bob",
        "email": b"b@x",
        "publish_email": b"\1",
        "emails": b"\1\0" + text("c@x"),
        "language1": b"\x0c",
        "language2": b"\x0d",
        "past": b"\1\x2c\1" + text("school"),
        "interests": b"\2\x6e\0" + text("chess") + b"\x6f\0" + text("go"),
        "category_on": b"\1",
        "category": b"\x10\0",
        "category_words": b"dogs",
        "birth_year": b"\xc1\7",
        "birth_month": b"\5",
        "birth_day": b"\x11",
        "work_state": b"P",
        "authorisation": b"\0",
    }
    assert read_setting(0x0C3A, b"") == {}
    assert read_setting(0x0654, b"\0") == {}


def test_tagged_details_of_work_are_shown_in_their_places() -> None:
    tags = (0x029E, 0x02A8, 0x02C6, 0x02D0, 0x0294, 0x02BC)
    data = b"".join(tlv(tag, text(f"{tag:04X}")) for tag in tags)
    data += tlv(0x02B2, b"\x21\0") + tlv(0x02DA, text("web"))
    shown = dict(full_info(read_setting(0x0C3A, data)))[0x00D2]
    names = [f"{tag:04X}" for tag in tags]  # city, state, phone, fax, street, zip
    assert shown == text(*names) + b"\x21\0" + text("", "", "") + bytes(2) + text("web")


def test_texts_and_lists_are_bounded() -> None:
    with pytest.raises(RemoteProtocolError):
        read_setting(0x0406, text("x" * (MAX_TEXT + 1)))
    many = read_setting(0x0410, b"\xff" + 255 * (b"\1\0" + text("x")))["interests"]
    assert many == bytes((MAX_ENTRIES,)) + MAX_ENTRIES * (b"\1\0" + text("x"))
    tagged = read_setting(0x0C3A, 99 * tlv(0x01EA, b"\1\0" + text("x")))["interests"]
    assert tagged == many


@given(st.sampled_from(sorted(ACKNOWLEDGED_BY)), st.binary(max_size=200))
def test_any_bytes_are_details_or_an_error_and_can_be_shown(
    subtype: int, data: bytes
) -> None:
    try:
        found = read_setting(subtype, data)
    except ProtocolError:
        return
    assert len(full_info(found)) == 8
    assert short_info(found)
    assert all(len(name) <= 32 for name in found)
