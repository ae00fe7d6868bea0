import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.referral import Invitation, Referral
from Kamaelia.Protocol.wire.errors import ProtocolError, RemoteProtocolError

from .lines import any_command, from_server, text

NS = ("192.0.2.20", 1863)
DS = ("192.0.2.10", 1863)


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        ("XFR 3 NS 192.0.2.20:1863", 2, Referral(3, "NS", NS)),
        ("XFR 3 NS 192.0.2.20:1863 0", 3, Referral(3, "NS", NS)),
        (
            "XFR 3 NS 192.0.2.20:1863 0 192.0.2.10:1863",
            7,
            Referral(3, "NS", NS, "", DS),
        ),
        ("XFR 3 NS 192.0.2.20:1863 U D", 13, Referral(3, "NS", NS)),
        ("XFR 0 NS 0", 12, Referral(0, "NS", None)),
        ("XFR 3 SB 192.0.2.20:1863 CKI 1.2", 8, Referral(3, "SB", NS, "1.2")),
        (
            "XFR 3 SB 192.0.2.20:1863 CKI 1.2 U messenger.msn.com",
            13,
            Referral(3, "SB", NS, "1.2"),
        ),
        (
            "XFR 3 SB 192.0.2.20:1863 CKI 1.2 U messenger.msn.com 1",
            14,
            Referral(3, "SB", NS, "1.2"),
        ),
    ],
)
def test_referrals_of_each_dialect(line: str, dialect: int, expected: Referral) -> None:
    assert Referral.from_command(from_server(line)) == expected
    assert text(expected.to_command(dialect)) == line


def test_odd_referrals() -> None:
    assert Referral.from_command(from_server("XFR 3 NS ns.example.com")).address == (
        "ns.example.com",
        1863,
    )
    assert Referral.from_command(from_server("XFR 3 ns 1.2.3.4 0 1 2 3")).kind == "NS"
    assert "secret" not in repr(Referral(3, "SB", NS, "secret"))


@pytest.mark.parametrize(
    "line",
    ["XFR 3 NS", "XFR 3 SB 1.2.3.4", "XFR 3 XX 1.2.3.4", "XFR 3 NS :1", "XFR 3 NS a:b"],
)
def test_bad_referrals(line: str) -> None:
    with pytest.raises(RemoteProtocolError):
        Referral.from_command(from_server(line))


@pytest.mark.parametrize(
    ("tail", "dialect"),
    [("", 2), ("", 12), (" U messenger.msn.com", 13), (" U messenger.msn.com 1", 14)],
)
def test_invitations_of_each_dialect(tail: str, dialect: int) -> None:
    line = "RNG 40217731 192.0.2.20:1863 CKI 7.6 a@b.c Al%20L" + tail
    expected = Invitation("40217731", NS, "7.6", "a@b.c", "Al L")
    assert Invitation.from_command(from_server(line)) == expected
    assert text(expected.to_command(dialect)) == line


def test_bad_invitations() -> None:
    for line in ("RNG 1 1.2.3.4 CKI 7 a@b.c", "RNG 1 a:b CKI 7 a@b.c A"):
        with pytest.raises(RemoteProtocolError):
            Invitation.from_command(from_server(line))


@given(any_command("XFR", "RNG"), st.integers(2, 15))
def test_any_line(command: Command, dialect: int) -> None:
    try:
        if command.name == "XFR":
            Referral.from_command(command).to_command(dialect)
        else:
            Invitation.from_command(command).to_command(dialect)
    except ProtocolError:
        return
