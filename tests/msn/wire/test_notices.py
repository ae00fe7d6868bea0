from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.notices import (
    INITIAL_MAIL,
    SYSTEM,
    Notice,
    Profile,
    build_profile,
    read_notice,
    shutdown_notice,
)

PROFILE = (
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/x-msmsgsprofile; charset=UTF-8\r\n"
    b"LoginTime: 1070000000\r\nEmailEnabled: 0\r\nMemberIdHigh: 70001\r\n"
    b"MemberIdLow: -1200000001\r\nlang_preference: 1033\r\n"
    b"preferredEmail: alice@example.com\r\ncountry: US\r\nPostalCode: \r\n"
    b"Gender: U\r\nKid: 0\r\nAge: \r\nsid: 507\r\nkv: 2\r\nMSPAuth: 2AAAAAA\r\n"
    b"ClientIP: 192.0.2.10\r\nClientPort: 8904\r\n\r\n"
)


def build(dialect: int) -> Profile:
    return build_profile(
        "alice@example.com",
        1070000000,
        dialect,
        member_id=(70001, -1200000001),
        auth="2AAAAAA",
        client=("192.0.2.10", 51234),
    )


def test_profile_is_that_of_the_service() -> None:
    assert len(PROFILE) == 345
    assert build(8).to_message().to_bytes() == PROFILE


def test_profile_is_read() -> None:
    profile = read_notice(Message.from_bytes(PROFILE))
    assert isinstance(profile, Profile)
    assert profile.login_time == 1070000000
    assert profile.client_ip == "192.0.2.10"
    assert profile.client_port == 51234
    assert profile.auth == "2AAAAAA"
    assert profile.get("postalcode") == ""
    assert profile == build(8)


def test_profile_by_dialect() -> None:
    assert build(7).get("ClientIP") is None
    assert build(9).get("ABCHMigrated") is None
    assert build(10).get("ABCHMigrated") == "1"


def test_missing_and_odd_fields_of_a_profile() -> None:
    assert Profile().login_time is None
    assert Profile().client_port is None
    odd = Profile((("LoginTime", "soon"), ("ClientPort", "99999"), ("ClientIP", "")))
    assert (odd.login_time, odd.client_port, odd.client_ip) == (None, None, None)


def test_shutdown_warning() -> None:
    notice = shutdown_notice(5)
    assert notice.to_message().body == b"Type: 1\r\nArg1: 5\r\n\r\n"
    back = read_notice(Message.from_bytes(notice.to_message().to_bytes()))
    assert back == notice
    assert isinstance(back, Notice)
    assert back.minutes == 5
    assert Notice(SYSTEM, (("Type", "2"), ("Arg1", "5"))).minutes is None


def test_mail_fields_stand_in_the_body() -> None:
    message = Message.of_type(
        "text/x-msmsgsinitialemailnotification; charset=UTF-8",
        b"Inbox-Unread: 1\r\nFolders-Unread: 0\r\nInbox-URL: /cgi-bin/HoTMaiL\r\n\r\n",
    )
    notice = read_notice(message)
    assert isinstance(notice, Notice)
    assert notice.content_type == INITIAL_MAIL
    assert notice.get("inbox-url") == "/cgi-bin/HoTMaiL"
    assert notice.minutes is None


def test_other_messages_are_handed_on() -> None:
    message = Message.of_type("text/plain", b"x")
    assert read_notice(message) == message


@given(st.binary(max_size=100), st.booleans())
def test_any_body(body: bytes, profile: bool) -> None:
    kind = "text/x-msmsgsprofile" if profile else SYSTEM
    notice = read_notice(Message.of_type(kind, body))
    if isinstance(notice, Profile):
        assert notice.client_port is None or notice.client_port <= 65535
