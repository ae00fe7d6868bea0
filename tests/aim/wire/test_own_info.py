from Kamaelia.Protocol.AIM.wire.bart import status_text
from Kamaelia.Protocol.AIM.wire.foodgroups import OSERVICE
from Kamaelia.Protocol.AIM.wire.own_info import (
    EvilNotification,
    IdleNotification,
    MessageOfTheDay,
    SetUserInfo,
)
from Kamaelia.Protocol.AIM.wire.user_info import STATUS_AWAY, DirectInfo, UserInfo
from tests.aim.wire.captures import snacs_of


def test_only_what_is_given_is_set() -> None:
    assert SetUserInfo.make().to_bytes() == b""
    away = SetUserInfo.make(STATUS_AWAY)
    assert away.to_bytes() == b"\0\6\0\4\0\0\0\1"
    assert away.status == STATUS_AWAY
    assert away.direct() is None
    assert away.barts() == ()
    available = SetUserInfo.make(
        barts=(status_text("here"),), direct=DirectInfo(port=5)
    )
    read = SetUserInfo.from_bytes(available.to_bytes())
    assert read.status is None
    assert read.barts() == (status_text("here"),)
    assert read.direct() == DirectInfo(port=5)


def test_a_warning_may_name_who_gave_it() -> None:
    assert EvilNotification.from_bytes(b"\0\x1e") == EvilNotification(30)
    named = EvilNotification(100, UserInfo("eve"))
    assert named.to_bytes() == b"\0\x64\3eve\0\0\0\0"
    assert EvilNotification.from_bytes(named.to_bytes()) == named


def test_idleness_and_the_message_of_the_day_are_short() -> None:
    assert IdleNotification(600).to_bytes() == b"\0\0\2\x58"
    assert MessageOfTheDay(text="hi").to_bytes() == b"\0\4\0\x0b\0\2hi"
    assert MessageOfTheDay().to_bytes() == b"\0\4"


def test_recorded_status_changes_come_back_unchanged() -> None:
    snacs = snacs_of("aim-libpurple", OSERVICE.SET_USERINFO_FIELDS)
    assert len(snacs) == 10
    for snac in snacs:
        assert SetUserInfo.from_bytes(snac.body).to_bytes() == snac.body
