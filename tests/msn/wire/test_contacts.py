from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.contacts import (
    ContactChange,
    ContactProperty,
    NameChange,
)
from Kamaelia.Protocol.MSN.wire.lists import (
    ALLOW_LIST,
    FORWARD_LIST,
    PENDING_LIST,
    REVERSE_LIST,
)
from Kamaelia.Protocol.wire.errors import ProtocolError, RemoteProtocolError

from .lines import any_command, from_client, from_server, text

CONTACT = "7a6b5c4d-0002-4000-8000-00000000b001"
GROUP = "7a6b5c4d-0001-4000-8000-00000000a001"
FL, AL, RL = FORWARD_LIST, ALLOW_LIST, REVERSE_LIST


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        ("ADD 3 FL b@c.d Bob", 6, ContactChange(True, 3, FL, "b@c.d", "Bob")),
        (
            "ADD 3 FL b@c.d B%20C 0",
            9,
            ContactChange(True, 3, FL, "b@c.d", "B C", group="0"),
        ),
        ("ADD 3 AL b@c.d b@c.d", 8, ContactChange(True, 3, AL, "b@c.d", "b@c.d")),
        ("REM 3 FL b@c.d", 7, ContactChange(False, 3, FL, "b@c.d")),
        ("REM 3 FL b@c.d 1", 9, ContactChange(False, 3, FL, "b@c.d", group="1")),
        ("ADC 3 FL N=b@c.d F=Bob", 10, ContactChange(True, 3, FL, "b@c.d", "Bob")),
        (
            f"ADC 3 FL C={CONTACT} {GROUP}",
            11,
            ContactChange(True, 3, FL, "", None, CONTACT, GROUP),
        ),
        ("ADC 3 AL N=b@c.d", 12, ContactChange(True, 3, AL, "b@c.d")),
        (
            "ADC 3 FL N=tel:+15551234567 F=x",
            11,
            ContactChange(True, 3, FL, "tel:+15551234567", "x"),
        ),
        (
            f"REM 3 FL {CONTACT}",
            10,
            ContactChange(False, 3, FL, contact_id=CONTACT),
        ),
        (
            f"REM 3 FL {CONTACT} {GROUP}",
            12,
            ContactChange(False, 3, FL, contact_id=CONTACT, group=GROUP),
        ),
        ("REM 3 PL b@c.d", 10, ContactChange(False, 3, PENDING_LIST, "b@c.d")),
    ],
)
def test_requests(line: str, dialect: int, expected: ContactChange) -> None:
    assert ContactChange.from_request(from_client(line), dialect) == expected
    assert text(expected.to_request(dialect)) == line


@pytest.mark.parametrize(
    ("line", "dialect", "expected"),
    [
        (
            "ADD 3 FL 41 b@c.d Bob 0",
            8,
            ContactChange(True, 3, FL, "b@c.d", "Bob", None, "0", "41"),
        ),
        (
            "ADD 0 RL 43 c@d.e Carol",
            7,
            ContactChange(True, 0, RL, "c@d.e", "Carol", version="43"),
        ),
        ("REM 0 RL 44 c@d.e", 7, ContactChange(False, 0, RL, "c@d.e", version="44")),
        (
            "REM 3 FL 45 b@c.d 1",
            9,
            ContactChange(False, 3, FL, "b@c.d", group="1", version="45"),
        ),
        (
            f"ADC 3 FL N=b@c.d F=Bob C={CONTACT}",
            10,
            ContactChange(True, 3, FL, "b@c.d", "Bob", CONTACT),
        ),
        ("ADC 0 RL N=c@d.e F=Carol", 11, ContactChange(True, 0, RL, "c@d.e", "Carol")),
        (
            f"REM 3 FL {CONTACT} {GROUP}",
            10,
            ContactChange(False, 3, FL, contact_id=CONTACT, group=GROUP),
        ),
        ("REM 0 RL c@d.e", 12, ContactChange(False, 0, RL, "c@d.e")),
    ],
)
def test_replies(line: str, dialect: int, expected: ContactChange) -> None:
    assert ContactChange.from_reply(from_server(line), dialect) == expected
    assert text(expected.to_reply(dialect)) == line


def test_contact_without_guid_is_its_handle() -> None:
    change = ContactChange.from_request(from_client("REM 3 FL b@c.d"), 10)
    assert (change.handle, change.contact_id) == ("b@c.d", "b@c.d")


@pytest.mark.parametrize(
    ("line", "dialect"),
    [
        ("ADD 0 RL 43", 8),
        ("REM 3 FL b@c.d", 9),
        ("ADD 3 XL 1 b@c.d", 8),
        ("ADC 3 FL F=x", 10),
        ("REM x FL 1 b@c.d", 8),
        ("JOI a b c", 8),
    ],
)
def test_bad_replies(line: str, dialect: int) -> None:
    with pytest.raises(RemoteProtocolError):
        ContactChange.from_reply(from_server(line), dialect)


def test_names() -> None:
    request = NameChange(4, "a@b.c", "Alice Two")
    assert text(request.to_command()) == "REA 4 a@b.c Alice%20Two"
    assert NameChange.from_request(from_client("REA 4 a@b.c Alice%20Two")) == request
    reply = NameChange(4, "a@b.c", "Alice Two", "13")
    assert text(reply.to_command()) == "REA 4 13 a@b.c Alice%20Two"
    assert NameChange.from_reply(from_server("REA 4 13 a@b.c Alice%20Two")) == reply


def test_properties_of_contacts() -> None:
    line = f"SBP 4 {CONTACT} MFN Bob%20B"
    change = ContactProperty(4, CONTACT, "MFN", "Bob B")
    assert ContactProperty.from_command(from_client(line)) == change
    assert text(change.to_command()) == line


@given(any_command("ADD", "ADC", "REM", "REA", "SBP"), st.integers(2, 13))
def test_any_line(command: Command, dialect: int) -> None:
    attempts: tuple[Callable[[], object], ...] = (
        lambda: ContactChange.from_request(command, dialect).to_request(dialect),
        lambda: ContactChange.from_reply(command, dialect).to_reply(dialect),
        lambda: NameChange.from_request(command).to_command(),
        lambda: NameChange.from_reply(command).to_command(),
        lambda: ContactProperty.from_command(command).to_command(),
    )
    for attempt in attempts:
        try:
            attempt()
        except ProtocolError:
            continue
