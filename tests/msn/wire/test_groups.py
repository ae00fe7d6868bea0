from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.groups import GroupEntry, GroupReply, GroupRequest
from Kamaelia.Protocol.wire.errors import (
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
)

from .lines import any_command, from_client, from_server, text

GUID = "7a6b5c4d-0001-4000-8000-00000000a001"


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        (
            "LSG 5 12 1 2 0 Other%20Contacts 0",
            7,
            GroupEntry("0", "Other Contacts", "12", 1, 2, 5),
        ),
        ("LSG 0 Other%20Contacts 0", 8, GroupEntry("0", "Other Contacts")),
        (f"LSG Friends {GUID}", 10, GroupEntry(GUID, "Friends")),
        ("LSG Friends 1", 10, GroupEntry("1", "Friends")),
        (f"LSG 2005 {GUID}", 12, GroupEntry(GUID, "2005")),
    ],
)
def test_groups_of_each_dialect(line: str, dialect: int, expected: GroupEntry) -> None:
    assert GroupEntry.from_command(from_server(line, dialect), dialect) == expected
    assert text(expected.to_command(dialect)) == line


def test_group_of_msnp7_needs_its_transaction() -> None:
    with pytest.raises(LocalProtocolError):
        GroupEntry("0", "x").to_command(7)
    with pytest.raises(RemoteProtocolError):
        GroupEntry.from_command(from_server("LSG 0"), 8)


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        ("ADG 3 My%20Friends 0", 7, GroupRequest("ADG", 3, "", "My Friends")),
        ("RMG 3 2", 9, GroupRequest("RMG", 3, "2")),
        ("REG 3 2 New 0", 8, GroupRequest("REG", 3, "2", "New")),
        ("ADG 3 Friends", 10, GroupRequest("ADG", 3, "", "Friends")),
        (f"RMG 3 {GUID}", 12, GroupRequest("RMG", 3, GUID)),
        (f"REG 3 {GUID} New", 11, GroupRequest("REG", 3, GUID, "New")),
    ],
)
def test_requests(line: str, dialect: int, expected: GroupRequest) -> None:
    assert GroupRequest.from_command(from_client(line)) == expected
    assert text(expected.to_command(dialect)) == line


def test_msn_7_removes_a_group_by_its_name() -> None:
    request = GroupRequest.from_command(from_client("RMG 3 New%20Group"))
    assert request.group_id == "New Group"


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        ("ADG 3 9 Friends 2 0", 7, GroupReply("ADG", 3, "9", "2", "Friends")),
        ("RMG 3 9 2", 8, GroupReply("RMG", 3, "9", "2")),
        ("REG 3 9 2 New 0", 9, GroupReply("REG", 3, "9", "2", "New")),
        (f"ADG 3 Friends {GUID}", 10, GroupReply("ADG", 3, None, GUID, "Friends")),
        (f"RMG 3 {GUID}", 11, GroupReply("RMG", 3, None, GUID)),
        (f"REG 3 {GUID} New", 12, GroupReply("REG", 3, None, GUID, "New")),
        ("ADG 3 Friends 4", 10, GroupReply("ADG", 3, None, "4", "Friends")),
        ("REG 3 4 New", 10, GroupReply("REG", 3, None, "4", "New")),
    ],
)
def test_replies(line: str, dialect: int, expected: GroupReply) -> None:
    assert GroupReply.from_command(from_server(line), dialect) == expected
    assert text(expected.to_command(dialect)) == line


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        ("REG 3 9 New 0", 8, GroupReply("REG", 3, "9", None, "New")),
        ("REG 3 9 New", 8, GroupReply("REG", 3, "9", None, "New")),
        ("REG 3 9 2 New", 8, GroupReply("REG", 3, "9", "2", "New")),
        (f"ADG 3 Friends {GUID} 0", 10, GroupReply("ADG", 3, None, GUID, "Friends")),
        (f"ADG 3 1 Friends {GUID}", 10, GroupReply("ADG", 3, None, GUID, "Friends")),
        (f"ADG 3 1 {GUID} 0", 10, GroupReply("ADG", 3, None, GUID, "1")),
        (f"RMG 3 1 {GUID}", 10, GroupReply("RMG", 3, None, GUID)),
        (f"REG 3 1 New {GUID} 0", 10, GroupReply("REG", 3, None, GUID, "New")),
        ("RMG 3 1 4", 10, GroupReply("RMG", 3, None, "4")),
        ("REG 3 New", 10, GroupReply("REG", 3, None, None, "New")),
    ],
)
def test_replies_of_other_servers(
    line: str, dialect: int, expected: GroupReply
) -> None:
    assert GroupReply.from_command(from_server(line), dialect) == expected


@given(any_command("LSG", "ADG", "RMG", "REG"), st.integers(2, 13))
def test_any_line(command: Command, dialect: int) -> None:
    attempts: tuple[Callable[[], object], ...] = (
        lambda: GroupEntry.from_command(command, dialect).to_command(dialect),
        lambda: GroupRequest.from_command(command).to_command(dialect),
        lambda: GroupReply.from_command(command, dialect).to_command(dialect),
    )
    for attempt in attempts:
        try:
            attempt()
        except ProtocolError:
            continue
