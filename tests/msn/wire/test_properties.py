import pytest
from hypothesis import given

from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.properties import (
    HAS_PAGER,
    HOME_PHONE,
    KEYS,
    MOBILE_PHONE,
    WORK_PHONE,
    Property,
)
from Kamaelia.Protocol.wire.errors import ProtocolError, RemoteProtocolError

from .lines import any_command, from_server, text


def test_constants_that_old_programs_know() -> None:
    assert (HOME_PHONE, WORK_PHONE, MOBILE_PHONE, HAS_PAGER) == (
        "PHH",
        "PHW",
        "PHM",
        "MOB",
    )
    assert "MFN" in KEYS


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("PRP 5 12 PHH 555%201234", Property("PHH", "555 1234", "", "12", 5)),
        ("PRP 5 12 PHW", Property("PHW", "", "", "12", 5)),
        ("PRP PHH 555%201234", Property("PHH", "555 1234")),
        ("PRP 5 MFN Alice", Property("MFN", "Alice", "", None, 5)),
        ("BPR PHH 555", Property("PHH", "555", own=False)),
        ("BPR 12 b@c.d PHH 555", Property("PHH", "555", "b@c.d", "12", own=False)),
        ("BPR 12 b@c.d MOB Y", Property("MOB", "Y", "b@c.d", "12", own=False)),
        ("BPR 12 b@c.d PHW", Property("PHW", "", "b@c.d", "12", own=False)),
        ("BPR b@c.d PHW 5", Property("PHW", "5", "b@c.d", own=False)),
        ("BPR tel:+1 PHW 5", Property("PHW", "5", "tel:+1", own=False)),
    ],
)
def test_lines_both_ways(line: str, expected: Property) -> None:
    assert Property.from_command(from_server(line)) == expected
    assert text(expected.to_command()) == line


def test_odd_lines() -> None:
    assert Property.from_command(from_server("PRP 5 PHH ")).value == ""
    assert Property.from_command(from_server("BPR PHH a@b")).value == "a@b"
    assert Property.from_command(from_server("BPR XYZ 1")).key == "XYZ"


@pytest.mark.parametrize("line", ["PRP 5", "BPR 12", "BPR 12 b@c.d", "PRP 5 1 2 3"])
def test_no_key(line: str) -> None:
    with pytest.raises(RemoteProtocolError):
        Property.from_command(from_server(line))


@given(any_command("PRP", "BPR"))
def test_any_line(command: Command) -> None:
    try:
        Property.from_command(command).to_command()
    except ProtocolError:
        return
