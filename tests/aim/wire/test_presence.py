from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.AIM.wire import caps
from Kamaelia.Protocol.AIM.wire.bart import (
    BARTID,
    CLEARED,
    FLAG_DATA,
    TYPE_STATUS_TEXT,
    BARTUpload,
    BARTUploadReply,
    icon_id,
    status_text,
    text_of,
)
from Kamaelia.Protocol.AIM.wire.buddy import departed, names_to_bytes, read_names
from Kamaelia.Protocol.AIM.wire.foodgroups import BUDDY, OSERVICE
from Kamaelia.Protocol.AIM.wire.screen_name import (
    is_uin,
    is_valid,
    normalise,
    problem_with,
    same_name,
)
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.AIM.wire.user_info import (
    STATUS_AWAY,
    DirectInfo,
    UserFlag,
    UserInfo,
    read_users,
    status_name,
    users_to_bytes,
)
from tests.aim.wire.captures import snacs_of
from tests.aim.wire.dumps import check_cut_short, from_dump

ARRIVED = from_dump("""
0000  00 03 00 0B 00 00 80 00 00 10 03 42 6F 62 00 00  ...........Bob..
0010  00 04 00 01 00 02 00 10 00 03 00 04 65 00 00 00  ............e...
0020  00 06 00 04 00 00 00 00 00 0D 00 10 09 46 13 46  .............F.F
0030  4C 7F 11 D1 82 22 44 45 53 54 00 00              L...."DEST..
""")
DEPARTED = from_dump("""
0000  00 03 00 0C 00 00 80 00 00 11 03 42 6F 62 00 00  ...........Bob..
0010  00 01 00 01 00 02 00 00                          ........
""")


def test_an_arrival_is_read() -> None:
    snac = SNAC.from_bytes(ARRIVED)
    assert snac.type == BUDDY.ARRIVED
    (bob,) = read_users(snac.body)
    assert (bob.screen_name, bob.warning) == ("Bob", 0)
    assert bob.flags == UserFlag.FREE
    assert bob.signed_on == 0x65000000
    assert bob.caps == (caps.BUDDY_ICON,)
    assert not bob.is_away
    assert bob.idle_minutes == 0
    assert users_to_bytes((bob,)) == snac.body
    check_cut_short(UserInfo.from_bytes, snac.body)


def test_a_departure_is_the_published_bytes() -> None:
    assert departed("Bob").to_bytes() == SNAC.from_bytes(DEPARTED).body


def test_a_made_block_has_what_it_was_given_in_a_servers_order() -> None:
    icon = icon_id(b"GIF89a")
    user = UserInfo.make(
        "Ann",
        flags=UserFlag.FREE | UserFlag.AWAY,
        signed_on=5,
        status=STATUS_AWAY,
        idle_minutes=10,
        barts=(icon, status_text("hé")),
        direct=DirectInfo(),
        caps=(caps.CHAT,),
        more=(TLV.u32(0x1E, 0),),
    )
    assert [tlv.tag for tlv in user.tlvs] == [3, 1, 6, 4, 0x1D, 0x0C, 0x0D, 0x1E]
    read = UserInfo.from_bytes(user.to_bytes())
    assert read == user
    assert read.is_away
    assert not read.is_icq
    assert read.idle_minutes == 10
    assert read.icon == icon
    assert read.available_message == "hé"
    assert read.caps == (caps.CHAT,)
    assert len(DirectInfo().to_bytes()) == 37


def test_flags_may_have_four_bytes() -> None:
    user = UserInfo("a", 0, TLVBlock((TLV.u32(0x01, 0x50),)))
    assert user.is_icq


def test_malformed_art_leaves_the_rest_readable() -> None:
    user = UserInfo("a", 0, TLVBlock((TLV(0x1D, b"\0\1\0\x10abc"),)))
    assert user.barts == ()
    assert user.icon is None
    assert user.available_message == ""


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (0, "online"),
        (0x10020000, "online"),
        (0x0001, "away"),
        (0x0005, "not available"),
        (0x0011, "occupied"),
        (0x0013, "do not disturb"),
        (0x0020, "free for chat"),
        (0x0100, "invisible"),
        (0x2001, "out to lunch"),
    ],
)
def test_a_status_word_has_a_name(status: int, name: str) -> None:
    assert status_name(status) == name


def test_recorded_presence_comes_back_unchanged() -> None:
    seen = []
    for kind in (BUDDY.ARRIVED, BUDDY.DEPARTED, OSERVICE.USER_INFO_UPDATE):
        for snac in snacs_of("aim-libpurple", kind):
            users = read_users(snac.body)
            seen += [(kind, user.screen_name, user.is_away) for user in users]
            assert users_to_bytes(users) == snac.body
    assert (BUDDY.ARRIVED, "bob", True) in seen
    assert (BUDDY.DEPARTED, "alice", False) in seen


def test_names_are_counted_strings() -> None:
    assert read_names(b"\3bob\5alice") == ("bob", "alice")
    assert names_to_bytes(("bob",)) == b"\3bob"
    assert read_names(b"\2\xe9\xff") == ("éÿ",)


def test_an_icon_is_named_by_its_md5() -> None:
    upload = BARTUpload.from_bytes(bytes.fromhex("0001 000A 474946383961 00000000"))
    wanted = bytes.fromhex("00 0001 01 10 0D6FDE2D94D274D6941A21C01D22C625")
    assert BARTUploadReply(0, icon_id(upload.data)).to_bytes() == wanted
    assert BARTUploadReply.from_bytes(wanted).item == icon_id(upload.data)
    assert len(CLEARED) == 5


def test_an_available_message_may_name_its_encoding() -> None:
    assert status_text("").to_bytes() == b"\0\2\0\0"
    assert status_text("hi").to_bytes() == b"\0\2\4\6\0\2hi\0\0"
    utf16 = b"\0\4\0h\0i\0\1\0\0\0\x0bunicode-2-0"
    assert text_of(BARTID(TYPE_STATUS_TEXT, FLAG_DATA, utf16)) == "hi"
    latin = b"\0\1\xe9\0\1\0\0\0\x0aiso-8859-1"
    assert text_of(BARTID(TYPE_STATUS_TEXT, FLAG_DATA, latin)) == "é"


@given(st.binary(max_size=40))
def test_any_available_message_can_be_read(data: bytes) -> None:
    text_of(BARTID(TYPE_STATUS_TEXT, FLAG_DATA, data))


def test_short_capabilities_stand_for_long_ones() -> None:
    full = UUID("09461343-4C7F-11D1-8222-444553540000")
    assert full == caps.FILE_TRANSFER
    assert caps.expand(0x1343) == full
    assert caps.shorten(full) == 0x1343
    assert caps.shorten(caps.CHAT) is None
    assert caps.read_short_caps(b"\x13\x43\x13") == (full,)
    assert caps.short_caps_to_bytes((full, caps.CHAT)) == b"\x13\x43"
    assert caps.read_caps(full.bytes + b"cut") == (full,)
    assert caps.name_of_cap(full) == "file transfer"
    assert caps.name_of_cap(UUID(int=1)).endswith("0001")


def test_screen_names_compare_without_spaces_and_case() -> None:
    assert normalise("Sec 558 User1") == "sec558user1"
    assert same_name("a b", "AB")
    assert not same_name("ab", "abc")
    assert is_uin("100 200")
    assert not is_uin("")
    assert not is_uin("²")


@pytest.mark.parametrize("name", ["Ann", "a b c", "Sec558user1", "10000", "2147483646"])
def test_names_of_new_accounts_may_be(name: str) -> None:
    assert is_valid(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "a b",
        "1abc",
        "abc ",
        "a" * 17,
        "ann@x.org",
        "9999",
        "2147483647",
        "é" * 4,
        "9" * 5000,
    ],
)
def test_names_of_new_accounts_may_not_be(name: str) -> None:
    assert problem_with(name)
