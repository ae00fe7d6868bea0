import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.passport import (
    FAILED,
    NO_RETRY,
    REDIRECT,
    SUCCESS,
    Authorization,
    PassportAnswer,
    build_passport_urls,
    login_address,
    parse_fields,
    ticket_token,
)
from Kamaelia.Protocol.wire.errors import (
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
)

CHALLENGE = "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1"
REQUEST = (
    "Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,"
    f"sign-in=alice%40example.com,pwd=s3cret%2DPass,{CHALLENGE}"
)


def test_request_of_the_clients_both_ways() -> None:
    request = Authorization("alice@example.com", "s3cret-Pass", CHALLENGE)
    assert request.to_header() == REQUEST
    assert Authorization.parse(REQUEST) == request
    assert "s3cret" not in repr(request)


def test_nexus_both_ways() -> None:
    value = "DARealm=Passport.Net,DALogin=login.example.net/login2.srf,ConfigVersion=14"
    assert login_address(value) == "https://login.example.net/login2.srf"
    more = {"DAReg": "http://x/", "ConfigVersion": "14"}
    plain = build_passport_urls("http://127.0.0.1:8080/login", more)
    assert plain == (
        "DALogin=http://127.0.0.1:8080/login,DAReg=http://x/,ConfigVersion=14"
    )
    assert login_address(plain) == "http://127.0.0.1:8080/login"


def test_the_login_address_stands_alone_for_clients_that_take_all_for_it() -> None:
    urls = build_passport_urls("http://127.0.0.1:8080/login")
    assert urls.replace("DALogin=", "") == "http://127.0.0.1:8080/login"


def test_a_nexus_without_an_address_is_an_error() -> None:
    for bad in ("DARealm=x", "DALogin=", ""):
        with pytest.raises(RemoteProtocolError):
            login_address(bad)


def test_success_carries_the_ticket_between_the_quotes() -> None:
    value = (
        "Passport1.4 da-status=success,tname=MSPAuth,tname=MSPProf,tname=MSPSec,"
        "from-PP='t=5a,b&p=7X',ru=http://messenger.msn.com"
    )
    answer = PassportAnswer.parse(value)
    assert (answer.status, answer.ticket) == (SUCCESS, "t=5a,b&p=7X")
    assert answer.header == "Authentication-Info"
    assert answer.to_header() == value
    assert "5a" not in repr(answer)


def test_failures_and_redirects_both_ways() -> None:
    value = (
        "Passport1.4 da-status=failed,srealm=Passport.NET,ts=-3,prompt,"
        "cburl=http://messenger.msn.com,cbtxt=Wrong%20password"
    )
    answer = PassportAnswer.parse(value)
    assert answer == PassportAnswer(FAILED, text="Wrong password")
    assert (answer.header, answer.to_header()) == ("WWW-Authenticate", value)
    assert PassportAnswer(NO_RETRY).header == "WWW-Authenticate"
    redirect = PassportAnswer.parse("passport1.4 da-status=redir")
    assert redirect == PassportAnswer(REDIRECT)
    assert redirect.to_header() == "Passport1.4 da-status=redir"


@pytest.mark.parametrize(
    ("ticket", "token"),
    [("t=abc&p=", "abc"), ("p=1&t=abc", "abc"), ("3e565bc1", "3e565bc1"), ("", "")],
)
def test_token_of_a_ticket(ticket: str, token: str) -> None:
    assert ticket_token(ticket) == token


@pytest.mark.parametrize(
    "value",
    ["", "Basic x", "Passport1.4", "Passport1.4 sign-in=a", "Passport1.4 pwd=a"],
)
def test_bad_requests(value: str) -> None:
    with pytest.raises(RemoteProtocolError):
        Authorization.parse(value)


@pytest.mark.parametrize(
    "value",
    ["", "Passport1.4", "Passport1.4 da-status=success", "Basic da-status=redir"],
)
def test_bad_answers(value: str) -> None:
    with pytest.raises(RemoteProtocolError):
        PassportAnswer.parse(value)


def test_what_no_header_can_carry() -> None:
    with pytest.raises(LocalProtocolError):
        Authorization("a@b.c", "x", "ct=1\r\nX: y").to_header()
    with pytest.raises(LocalProtocolError):
        PassportAnswer(SUCCESS, "t='").to_header()
    with pytest.raises(LocalProtocolError):
        build_passport_urls("a,b")


def test_quoted_fields() -> None:
    assert parse_fields("a='1,2', B=3,flag,,c='x") == [
        ("a", "1,2"),
        ("b", "3"),
        ("flag", ""),
        ("c", "x"),
    ]


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(words.filter(bool), words)
def test_requests_come_back(handle: str, password: str) -> None:
    request = Authorization(handle, password, CHALLENGE)
    assert Authorization.parse(request.to_header()) == request


@given(st.text() | st.text("Passport1.4 da-status=',sign-in=pwd=from-pp"))
def test_any_header(value: str) -> None:
    for parse in (Authorization.parse, PassportAnswer.parse, login_address):
        try:
            parse("Passport1.4 " + value)
        except ProtocolError:
            continue
