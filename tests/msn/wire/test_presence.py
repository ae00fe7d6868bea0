import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.capabilities import ClientId
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.presence import Presence, StatusChange
from Kamaelia.Protocol.wire.errors import ProtocolError, RemoteProtocolError

from .lines import any_command, from_client, from_server, text

PICTURE = '<msnobj Creator="a@b.c" SHA1D="vP+="/>'
ENCODED = "%3Cmsnobj%20Creator%3D%22a%40b.c%22%20SHA1D%3D%22vP%2B%3D%22%2F%3E"
CLIENT = ClientId(268435492)
LATER = ClientId(2789003324, 48)


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        ("ILN 8 AWY b@c.d Bob", 7, Presence("AWY", "b@c.d", "Bob", trid=8)),
        ("NLN NLN b@c.d Bob%20B", 2, Presence("NLN", "b@c.d", "Bob B")),
        ("NLN NLN b@c.d Bob 268435492", 8, Presence("NLN", "b@c.d", "Bob", CLIENT)),
        (
            f"ILN 8 AWY b@c.d Bob 268435492 {ENCODED}",
            9,
            Presence("AWY", "b@c.d", "Bob", CLIENT, PICTURE, trid=8),
        ),
        ("NLN BSY b@c.d 1 268435492", 13, Presence("BSY", "b@c.d", "1", CLIENT)),
        ("NLN BSY b@c.d 1 2 268435492", 14, Presence("BSY", "b@c.d", "2", CLIENT)),
        (
            "NLN BSY b@c.d 32 B 2789003324:48 0 i",
            16,
            Presence("BSY", "b@c.d", "B", LATER, None, 32, "i"),
        ),
        (
            f"NLN BSY 1:b@c.d B 2789003324:48 {ENCODED}",
            18,
            Presence("BSY", "b@c.d", "B", LATER, PICTURE),
        ),
        ("FLN b@c.d", 8, Presence("FLN", "b@c.d")),
        ("FLN b@c.d 32", 14, Presence("FLN", "b@c.d", network=32)),
        (
            "FLN b@c.d 1 2789003324:48",
            16,
            Presence("FLN", "b@c.d", client=LATER),
        ),
        ("FLN 1:b@c.d 2789003324:48", 18, Presence("FLN", "b@c.d", client=LATER)),
    ],
)
def test_lines_of_each_dialect_both_ways(
    line: str, dialect: int, expected: Presence
) -> None:
    assert Presence.from_command(from_server(line), dialect) == expected
    assert text(expected.to_command(dialect)) == line


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        ("CHG 8 NLN", 7, StatusChange(8, "NLN")),
        ("CHG 8 NLN 268435492", 8, StatusChange(8, "NLN", CLIENT)),
        ("CHG 8 NLN 268435492", 9, StatusChange(8, "NLN", CLIENT)),
        (f"CHG 8 BSY 4 {ENCODED}", 9, StatusChange(8, "BSY", ClientId(4), PICTURE)),
        ("CHG 8 NLN 2789003324:48 0", 16, StatusChange(8, "NLN", LATER)),
    ],
)
def test_changes_of_each_dialect_both_ways(
    line: str, dialect: int, expected: StatusChange
) -> None:
    assert StatusChange.from_command(from_client(line)) == expected
    assert text(expected.to_command(dialect)) == line


def test_server_may_change_the_state() -> None:
    assert StatusChange.from_command(from_server("CHG 0 FLN")) == StatusChange(0, "FLN")


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        ("NLN NLN b@c.d Bob 0 0", 8, Presence("NLN", "b@c.d", "Bob", ClientId())),
        ("NLN NLN b@c.d Bob bad", 8, Presence("NLN", "b@c.d", "Bob")),
        ("NLN nln b@c.d  4", 8, Presence("NLN", "b@c.d", "", ClientId(4))),
        (
            "NLN NLN b@c.d Bob 4 a+b",
            9,
            Presence("NLN", "b@c.d", "Bob", ClientId(4), "a+b"),
        ),
        ("NLN NLN b@c.d Bob", 15, Presence("NLN", "b@c.d", "Bob")),
    ],
)
def test_odd_lines_are_read(line: str, dialect: int, expected: Presence) -> None:
    assert Presence.from_command(from_server(line), dialect) == expected


def test_what_is_left_out_has_a_default_on_the_wire() -> None:
    assert text(Presence("NLN", "b@c.d", "B").to_command(9)) == "NLN NLN b@c.d B 0"
    assert text(Presence("NLN", "b@c.d", "B", trid=3).to_command(18)) == (
        "NLN NLN 1:b@c.d B 0:0"
    )
    assert text(StatusChange(1, "NLN").to_command(8)) == "CHG 1 NLN 0"


@pytest.mark.parametrize(
    "line", ["NLN NLN b@c.d", "ILN 8 NLN b@c.d", "FLN", "JOI a b c"]
)
def test_too_few_arguments(line: str) -> None:
    with pytest.raises(RemoteProtocolError):
        Presence.from_command(from_server(line), 8)


def test_iln_needs_its_transaction() -> None:
    with pytest.raises(RemoteProtocolError):
        Presence.from_command(Command("ILN", None, ("NLN", "b@c.d", "B")), 8)


@given(any_command("NLN", "ILN", "FLN", "CHG"), st.integers(2, 20))
def test_any_line(command: Command, dialect: int) -> None:
    try:
        if command.name == "CHG":
            StatusChange.from_command(command).to_command(dialect)
        else:
            Presence.from_command(command, dialect).to_command(dialect)
    except ProtocolError:
        return
