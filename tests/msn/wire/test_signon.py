import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.signon import (
    ClientVersion,
    Packages,
    SignedOn,
    SignOnRequest,
    SignOnStep,
    Versions,
    out_reason,
    pong_seconds,
)
from Kamaelia.Protocol.wire.errors import ProtocolError, RemoteProtocolError

from .lines import any_command, from_client, from_server, text


@pytest.mark.parametrize(
    ("offer", "answer"),
    [
        ("VER 1 MSNP12 MSNP11 MSNP10 CVR0", "VER 1 MSNP12"),
        ("VER 1 MSNP8 CVR0", "VER 1 MSNP8"),
        ("VER 1 MSNP7 MSNP6 MSNP5 MSNP4 CVR0", "VER 1 MSNP7"),
        ("VER 1 MSNP4 MSNP5", "VER 1 MSNP5"),
        ("VER 1 msnp9 msnp9 cvr0", "VER 1 MSNP9"),
        ("VER 1 MSNP18 MSNP15 MSNP12 CVR0", "VER 1 MSNP12"),
        ("VER 1 MSNP21 CVR0", "VER 1 CVR0"),
        ("VER 1 CVR0", "VER 1 CVR0"),
        ("VER 1 MSNP21", "VER 1 0"),
        ("VER 1 MSNP MSNPx MSNP99999", "VER 1 0"),
        ("VER 1 0", "VER 1 0"),
    ],
)
def test_servers_choose_the_highest_in_common(offer: str, answer: str) -> None:
    reply = Versions.from_command(from_client(offer)).choose()
    assert text(reply.to_command()) == answer


def test_clients_offer_the_newest_first_and_read_the_first() -> None:
    assert text(Versions.offer(1, [8, 9, 12]).to_command()) == (
        "VER 1 MSNP12 MSNP9 MSNP8 CVR0"
    )
    assert Versions.from_command(from_server("VER 1 MSNP9 MSNP8")).dialect == 9
    assert Versions.from_command(from_server("VER 1 0")).dialect is None
    with pytest.raises(RemoteProtocolError):
        Versions.from_command(from_server("VER 1"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "CVR 2 0x0409 win 4.10 i386 MSNMSGR 5.0.0544 MSMSGS a@b.c",
            ClientVersion(
                2, "0x0409", "win", "4.10", "i386", "MSNMSGR", "5.0.0544", "MSMSGS",
                "a@b.c",
            ),
        ),
        (
            "CVR 2 0x0409 win 4.10 i386 MSMSGS 2.0.0",
            ClientVersion(
                2, "0x0409", "win", "4.10", "i386", "MSMSGS", "2.0.0", "", ""
            ),
        ),
    ],
)  # fmt: skip
def test_client_versions(line: str, expected: ClientVersion) -> None:
    assert ClientVersion.from_command(from_client(line)) == expected
    assert text(expected.to_command()) == line


def test_version_answers_recommend_what_the_client_has() -> None:
    reply = ClientVersion(2, version="5.0.0544").reply("http://x/", "1.0.0000")
    assert text(reply) == "CVR 2 5.0.0544 5.0.0544 1.0.0000 http://x/ http://x/"
    with pytest.raises(RemoteProtocolError):
        ClientVersion.from_command(from_client("CVR 2 0x0409 win"))


def test_packages() -> None:
    assert Packages.from_command(from_server("INF 2 MD5 CTP")).names == ("MD5", "CTP")
    assert text(Packages(2).to_command()) == "INF 2 MD5"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("USR 3 MD5 I a@b.c", SignOnRequest(3, "MD5", "I", "a@b.c")),
        ("USR 4 TWN S t=5&p=7", SignOnRequest(4, "TWN", "S", "t=5&p=7")),
        ("USR 4 SSO S t=5&p= x y", SignOnRequest(4, "SSO", "S", "t=5&p=", ("x", "y"))),
    ],
)
def test_requests(line: str, expected: SignOnRequest) -> None:
    assert SignOnRequest.from_command(from_client(line)) == expected
    assert text(expected.to_command()) == line


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        ("USR 3 MD5 S 11.1", 7, SignOnStep(3, "MD5", "11.1")),
        ("USR 3 TWN S ct=1,rver=1", 8, SignOnStep(3, "TWN", "ct=1,rver=1")),
        ("USR 3 SSO S MBI x", 15, SignOnStep(3, "SSO", "MBI", ("x",))),
    ],
)
def test_steps(line: str, dialect: int, expected: SignOnStep) -> None:
    assert SignedOn.from_command(from_server(line), dialect) == expected
    assert text(expected.to_command()) == line


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        ("USR 4 OK a@b.c Al%20L", 5, SignedOn(4, "a@b.c", "Al L")),
        ("USR 4 OK a@b.c Al 1", 7, SignedOn(4, "a@b.c", "Al", True)),
        ("USR 4 OK a@b.c Al 0 1", 8, SignedOn(4, "a@b.c", "Al", False, True)),
        ("USR 4 OK a@b.c 1 0", 10, SignedOn(4, "a@b.c", None, True, False)),
    ],
)
def test_signed_on(line: str, dialect: int, expected: SignedOn) -> None:
    assert SignedOn.from_command(from_server(line), dialect) == expected
    assert text(expected.to_command(dialect)) == line


def test_odd_ends_of_a_sign_on() -> None:
    more = SignedOn.from_command(from_server("USR 4 OK a@b.c Al 1 0 9 9"), 8)
    assert more == SignedOn(4, "a@b.c", "Al", True, False)
    assert SignedOn.from_command(from_server("USR 4 OK a@b.c"), 8) == SignedOn(
        4, "a@b.c"
    )
    for bad in ("USR 4 OK", "USR 4 MD5 I x", "USR 4 MD5 S"):
        with pytest.raises(RemoteProtocolError):
            SignedOn.from_command(from_server(bad), 8)


def test_out_and_pong() -> None:
    assert out_reason(from_server("OUT")) == ""
    assert out_reason(from_server("OUT oth")) == "OTH"
    assert out_reason(from_server("OUT RCT 5")) == "RCT"
    assert pong_seconds(from_server("QNG")) is None
    assert pong_seconds(from_server("QNG x")) is None
    assert pong_seconds(from_server("QNG 43")) == 43
    assert pong_seconds(from_server("QNG 0")) == 10
    assert pong_seconds(from_server("QNG 999999")) == 300


@given(any_command("VER", "CVR", "INF", "USR", "OUT", "QNG"), st.integers(2, 13))
def test_any_line(command: Command, dialect: int) -> None:
    for attempt in (
        lambda: Versions.from_command(command).choose().to_command(),
        lambda: ClientVersion.from_command(command).to_command(),
        lambda: Packages.from_command(command).to_command(),
        lambda: SignOnRequest.from_command(command).to_command(),
        lambda: SignedOn.from_command(command, dialect),
        lambda: out_reason(command),
        lambda: pong_seconds(command),
    ):
        try:
            attempt()
        except ProtocolError:
            continue
