import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.lists import BLOCK_LIST, FORWARD_LIST
from Kamaelia.Protocol.MSN.wire.sync import (
    ListEntry,
    Setting,
    SyncReply,
    SyncRequest,
)
from Kamaelia.Protocol.wire.errors import (
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
)

from .lines import any_command, from_client, from_server, text

CONTACT = "7a6b5c4d-0002-4000-8000-00000000b001"
GROUP = "7a6b5c4d-0001-4000-8000-00000000a001"
THEN = "2005-06-01T10:20:30.1230000-07:00"


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        ("SYN 5 0", 9, SyncRequest(5)),
        ("SYN 5 12", 2, SyncRequest(5, "12")),
        (f"SYN 5 {THEN} {THEN}", 10, SyncRequest(5, THEN, THEN)),
    ],
)
def test_requests(line: str, dialect: int, expected: SyncRequest) -> None:
    assert SyncRequest.from_command(from_client(line)) == expected
    assert text(expected.to_command(dialect)) == line


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        ("SYN 5 12", 7, SyncReply(5, "12")),
        ("SYN 5 12 2 1", 8, SyncReply(5, "12", None, 2, 1)),
        ("SYN 5 12", 9, SyncReply(5, "12")),
        (f"SYN 5 {THEN} {THEN}", 10, SyncReply(5, THEN, THEN)),
        (f"SYN 5 {THEN} {THEN} 0 0", 12, SyncReply(5, THEN, THEN, 0, 0)),
    ],
)
def test_replies(line: str, dialect: int, expected: SyncReply) -> None:
    assert SyncReply.from_command(from_server(line)) == expected
    assert text(expected.to_command(dialect)) == line


def test_lists_that_are_current() -> None:
    assert SyncReply(5, "12").is_current(SyncRequest(5, "12"))
    assert not SyncReply(5, "12").is_current(SyncRequest(5, "11"))
    assert not SyncReply(5, "12", None, 0, 0).is_current(SyncRequest(5, "12"))
    assert SyncReply(5, THEN, THEN).is_current(SyncRequest(5, THEN, THEN))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("GTC 5 12 A", Setting("GTC", "A", "12", 5)),
        ("GTC A", Setting("GTC", "A")),
        ("BLP 5 12 BL", Setting("BLP", "BL", "12", 5)),
        ("BLP 5 AL", Setting("BLP", "AL", None, 5)),
    ],
)
def test_settings(line: str, expected: Setting) -> None:
    assert Setting.from_command(from_server(line)) == expected
    assert text(expected.to_command()) == line


def test_settings_that_there_are_not() -> None:
    for line in ("GTC 5 X", "BLP A", "GTC 5"):
        with pytest.raises(RemoteProtocolError):
            Setting.from_command(from_server(line))


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        (
            "LST 5 FL 12 1 2 b@c.d Bob",
            4,
            ListEntry("b@c.d", "Bob", 1, version="12", index=1, total=2, trid=5),
        ),
        (
            "LST 5 FL 12 1 2 b@c.d Bob 0,1",
            7,
            ListEntry("b@c.d", "Bob", 1, ("0", "1"), None, None, "12", 1, 2, 5),
        ),
        (
            "LST 5 BL 12 0 0",
            7,
            ListEntry("", None, BLOCK_LIST, version="12", trid=5),
        ),
        ("LST b@c.d Bob 11 0,1", 8, ListEntry("b@c.d", "Bob", 11, ("0", "1"))),
        ("LST c@d.e Carol 8", 9, ListEntry("c@d.e", "Carol", 8)),
        (
            f"LST N=b@c.d F=Bob C={CONTACT} 11 {GROUP}",
            10,
            ListEntry("b@c.d", "Bob", 11, (GROUP,), CONTACT),
        ),
        ("LST N=c@d.e F=Carol 8", 11, ListEntry("c@d.e", "Carol", 8)),
        ("LST N=c@d.e 16", 11, ListEntry("c@d.e", None, 16)),
        (
            "LST N=b@c.d F=Bob C=b@c.d 11 1,2",
            10,
            ListEntry("b@c.d", "Bob", 11, ("1", "2"), "b@c.d"),
        ),
        (
            "LST N=b@c.d F=Bob C=b@c.d 11 1",
            10,
            ListEntry("b@c.d", "Bob", 11, ("1",), "b@c.d"),
        ),
        (
            f"LST N=b@c.d F=Bob C={CONTACT} 11 1 {GROUP}",
            12,
            ListEntry("b@c.d", "Bob", 11, (GROUP,), CONTACT, 1),
        ),
        ("LST N=c@d.e F=Carol 8 1", 12, ListEntry("c@d.e", "Carol", 8, network=1)),
    ],
)
def test_contacts_of_each_dialect(line: str, dialect: int, expected: ListEntry) -> None:
    command = from_server(line, dialect)
    assert ListEntry.from_command(command, dialect) == expected
    assert text(expected.to_command(dialect)) == line


def test_odd_contacts() -> None:
    assert ListEntry.from_command(from_server("LST b@c.d  11 ")) == ListEntry(
        "b@c.d", "", 11
    )
    assert ListEntry.from_command(from_server("LST b@c.d B 8 0,,1,")).groups == (
        "0",
        "1",
    )
    entry = ListEntry.from_command(from_server(f"LST N=b@c.d 3 1 {GROUP}"), 11)
    assert entry.groups == (GROUP,)


@pytest.mark.parametrize(
    "line",
    [
        "LST",
        "LST b@c.d Bob",
        "LST b@c.d Bob x",
        "LST 5 XX 12 0 0",
        "LST 5 FL 12 1 2 b@c.d",
        "LST N=b@c.d F=x",
        "LST F=x 11",
        "LST N=b@c.d x",
    ],
)
def test_bad_contacts(line: str) -> None:
    with pytest.raises(RemoteProtocolError):
        ListEntry.from_command(from_server(line))


def test_contacts_that_cannot_be_written() -> None:
    with pytest.raises(LocalProtocolError):
        ListEntry("b@c.d", "Bob", FORWARD_LIST).to_command(7)
    with pytest.raises(LocalProtocolError):
        ListEntry("b@c.d", "Bob", 3, version="1", trid=5).to_command(7)


@given(any_command("SYN", "GTC", "BLP", "LST"), st.integers(2, 13))
def test_any_line(command: Command, dialect: int) -> None:
    for read in (
        SyncRequest.from_command,
        SyncReply.from_command,
        ListEntry.from_command,
    ):
        try:
            read(command).to_command(dialect)
        except ProtocolError:
            continue
    try:
        Setting.from_command(command).to_command()
    except ProtocolError:
        return
