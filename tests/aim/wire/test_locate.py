import pytest

from Kamaelia.Protocol.AIM.wire import caps
from Kamaelia.Protocol.AIM.wire.foodgroups import LOCATE
from Kamaelia.Protocol.AIM.wire.locate import (
    LocateRights,
    SetInfo,
    UserInfoQuery,
    UserInfoReply,
    Wants,
    decode_mime,
    encode_mime,
)
from Kamaelia.Protocol.AIM.wire.pd import PDRights
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from tests.aim.wire.captures import snacs_of
from tests.aim.wire.dumps import check_truncations


def test_a_query_is_the_published_bytes() -> None:
    wire = bytes.fromhex("0003 03626F62")
    query = UserInfoQuery.from_bytes(wire)
    assert query == UserInfoQuery("bob", Wants.PROFILE | Wants.AWAY)
    assert query.to_bytes() == wire


@pytest.mark.parametrize("text", ["plain", "", "hé 你 😀"])
def test_profiles_come_back_by_their_mime_type(text: str) -> None:
    assert decode_mime(*encode_mime(text)) == text


@pytest.mark.parametrize(
    ("mime", "data", "text"),
    [
        ('text/aolrtf; charset="us-ascii"', b"hi", "hi"),
        ('text/aolrtf; charset="utf-8"', b"h\xc3\xa9", "hé"),
        ('text/aolrtf; charset="iso-8859-1"', b"h\xe9", "hé"),
        ("text/aolrtf; charset=unicode-2-0", b"\0h\0i", "hi"),
        ('text/aolrtf; charset="unicode-2-0"', b"\0h\0", "h\N{REPLACEMENT CHARACTER}"),
        ("text/x-aolrtf", b"h\xe9", "hé"),
        ("", b"hi", "hi"),
    ],
)
def test_a_text_is_read_by_its_mime_type(mime: str, data: bytes, text: str) -> None:
    assert decode_mime(mime, data) == text


def test_an_empty_away_message_means_back() -> None:
    back = SetInfo.make(away="")
    assert back.to_bytes() == b"\0\4\0\0"
    assert SetInfo.from_bytes(back.to_bytes()).away == ""
    assert back.profile is None
    assert back.caps is None


def test_everything_set_comes_back() -> None:
    info = SetInfo.make(profile="<b>p</b>", away="gone", caps=[caps.CHAT])
    read = SetInfo.from_bytes(info.to_bytes())
    assert (read.profile, read.away, read.caps) == ("<b>p</b>", "gone", (caps.CHAT,))
    check_truncations(SetInfo.from_bytes, info.to_bytes())


def test_a_capability_list_longer_than_its_snac_is_cut() -> None:
    wire = b"\0\5\0\x40" + caps.CHAT.bytes
    assert SetInfo.from_bytes(wire).caps == (caps.CHAT,)


def test_rights_are_tlvs() -> None:
    rights = LocateRights()
    assert LocateRights.from_bytes(rights.to_bytes()) == rights
    assert PDRights(5, 6).to_bytes() == b"\0\1\0\2\0\5\0\2\0\2\0\6"
    aol = TLVBlock((TLV.u16(2, 18), TLV.u16(1, 1024)))
    assert LocateRights.from_bytes(aol.to_bytes()) == LocateRights(1024, 18, 0)


def test_recorded_profiles_and_away_messages_are_read() -> None:
    replies = [
        UserInfoReply.from_bytes(snac.body)
        for snac in snacs_of("aim-libpurple", LOCATE.USER_INFO_REPLY)
    ]
    told = {reply.user.screen_name: (reply.profile, reply.away) for reply in replies}
    assert told["alice"] == ("profile of alice", None)
    assert told["bob"][1] == "gone fishing"
    sent = snacs_of("aim-libpurple", LOCATE.SET_INFO)
    aways = [SetInfo.from_bytes(snac.body).away for snac in sent]
    assert "gone fishing" in aways
    for snac in sent:
        assert SetInfo.from_bytes(snac.body).to_bytes() == snac.body
