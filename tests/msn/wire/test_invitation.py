import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.invitation import (
    CONTENT_TYPE,
    FILE_TRANSFER,
    MAX_BODY,
    REJECT,
    REJECT_NOT_INSTALLED,
    VOICE,
    Accept,
    Cancel,
    InvalidInvitation,
    Invite,
    parse_invitation,
)
from Kamaelia.Protocol.wire.errors import LocalProtocolError
from tests.msn.wire.recordings import golden

HEAD = f"MIME-Version: 1.0\r\nContent-Type: {CONTENT_TYPE}\r\n\r\n".encode()
INVITE = (
    b"Application-Name: File Transfer\r\n"
    b"Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n"
    b"Invitation-Command: INVITE\r\n"
    b"Invitation-Cookie: 40312\r\n"
    b"Application-File: notes.txt\r\n"
    b"Application-FileSize: 10\r\n\r\n"
)
ADDRESSES = Accept(40312, "192.0.2.10", "192.168.0.5", 6891, auth_cookie=51877)

words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), max_size=20
)
u16 = st.none() | st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)
bodies = (
    st.builds(
        Invite,
        u32,
        st.sampled_from([FILE_TRANSFER, VOICE]),
        words,
        words,
        st.integers(0, 2**64 - 1),
        st.booleans(),
    )
    | st.builds(
        Accept, u32, words, words, u16, u16, u16, st.none() | u32, st.booleans(), words
    )
    | st.builds(Cancel, u32, st.sampled_from(["REJECT", "TIMEOUT", "FAIL"]))
)


@pytest.mark.parametrize(
    ("body", "length"),
    [
        (Invite(40312, file_name="notes.txt", file_size=10), 273),
        (Accept(40312), 181),
        (ADDRESSES, 270),
        (Cancel(40312, REJECT), 148),
    ],
)
def test_messages_have_the_reference_lengths(
    body: Invite | Accept | Cancel, length: int
) -> None:
    assert len(HEAD + body.to_bytes()) == length


def test_the_reference_invite_is_written_and_read() -> None:
    invite = Invite(40312, file_name="notes.txt", file_size=10)
    assert invite.to_bytes() == INVITE
    assert parse_invitation(INVITE) == invite
    assert invite.is_file


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (  # recorded from an old Twisted client
            b"Invitation-Command: ACCEPT\r\nInvitation-Cookie: 1\r\n"
            b"Launch-Application: FALSE\r\nRequest-Data: IP-Address:\r\n\r\n",
            Accept(1),
        ),
        (
            b"Invitation-Command: ACCEPT\r\nInvitation-Cookie: 1\r\n"
            b"IP-Address: 127.0.0.1\r\nPort: 40989\r\nAuthCookie: 425971565\r\n\r\n",
            Accept(1, "127.0.0.1", "", 40989, auth_cookie=425971565, request_data=""),
        ),
        (
            b"invitation-command: cancel\nINVITATION-COOKIE: 7\ncancel-code: timeout",
            Cancel(7, "TIMEOUT"),
        ),
        (
            b"Invitation-Command: CANCEL\r\nInvitation-Cookie: 7\r\n",
            Cancel(7, "FAIL"),
        ),
        (
            b"Application-Name: T\xc3\xa9l\r\nInvitation-Command: INVITE\r\n"
            b"Invitation-Cookie: 2\r\nApplication-File: C:\\a:b\r\n"
            b"Application-FileSize: 0\r\nConnectivity: N\r\nX: y\r\n\r\n",
            Invite(2, "", "Tél", "C:\\a:b", 0, False, (("X", "y"),)),
        ),
    ],
)
def test_bodies_of_other_clients(body: bytes, expected: object) -> None:
    assert parse_invitation(body) == expected


def test_a_file_is_known_by_guid_not_by_name() -> None:
    lower = INVITE.replace(b"5D3E02AB", b"5d3e02ab").replace(b"File T", b"Datei-T")
    read = parse_invitation(lower)
    assert isinstance(read, Invite)
    assert read.is_file
    assert not Invite(1, VOICE).is_file
    assert Invite(1, "", file_size=3).is_file
    assert not Invite(1, "").is_file


def test_an_invite_without_a_file_name_is_still_one() -> None:
    read = parse_invitation(INVITE.replace(b"Application-File: notes.txt\r\n", b""))
    assert isinstance(read, Invite)
    assert read.file_name == ""


def test_addresses_come_in_the_order_to_try() -> None:
    accept = Accept(1, "192.0.2.1", "10.0.0.1", 6891, 11181, 6892)
    assert accept.addresses() == [
        ("10.0.0.1", 6892),
        ("10.0.0.1", 6891),
        ("192.0.2.1", 6891),
        ("192.0.2.1", 11181),
    ]
    assert accept.has_address
    assert not Accept(1).has_address
    assert Accept(1).addresses() == []


@pytest.mark.parametrize(
    ("old", "new", "reason", "answered"),
    [
        (b"40312", b"forty", "Invitation-Cookie is not a decimal", False),
        (b"40312", b"4294967296", "Invitation-Cookie is out of range", False),
        (b"40312", b"-1", "Invitation-Cookie is not a decimal", False),
        (b"Invitation-Cookie: 40312\r\n", b"", "no Invitation-Cookie", False),
        (b"Invitation-Command: INVITE\r\n", b"", "no Invitation-Command", False),
        (b": INVITE", b": DANCE", "unknown Invitation-Command 'DANCE'", False),
        (b"Size: 10", b"Size: ten", "Application-FileSize is not", True),
        (b"Size: 10", b"Size: 18446744073709551616", "out of range", True),
        (b"Application-FileSize: 10\r\n", b"", "without Application-FileSize", True),
    ],
)
def test_invalid_invitations_are_reported(
    old: bytes, new: bytes, reason: str, answered: bool
) -> None:
    read = parse_invitation(INVITE.replace(old, new))
    assert isinstance(read, InvalidInvitation)
    assert reason in read.reason
    answer = Cancel(40312, REJECT_NOT_INSTALLED) if answered else None
    assert read.answer == answer
    assert ("Application-File", "notes.txt") in read.fields


@pytest.mark.parametrize("field", [b"Port", b"PortX", b"AuthCookie"])
def test_numbers_of_an_accept_are_checked(field: bytes) -> None:
    head = b"Invitation-Command: ACCEPT\r\nInvitation-Cookie: 5\r\n"
    for value in (b"", b"x", b"99999999999"):
        read = parse_invitation(head + field + b": " + value + b"\r\n\r\n")
        assert isinstance(read, InvalidInvitation)
        assert read.answer is None


def test_a_body_that_is_too_long_is_invalid() -> None:
    read = parse_invitation(INVITE + b"x: y\r\n" * MAX_BODY)
    assert isinstance(read, InvalidInvitation)


@pytest.mark.parametrize(
    "body",
    [Cancel(-1), Accept(2**32), Accept(1, port=65536), Cancel(1, "A\r\nB: c")],
)
def test_what_cannot_be_written_is_our_mistake(body: Accept | Cancel) -> None:
    with pytest.raises(LocalProtocolError):
        body.to_bytes()


@given(bodies)
def test_bodies_survive_a_round_trip(body: Invite | Accept | Cancel) -> None:
    assert parse_invitation(body.to_bytes()) == body


@given(st.binary(max_size=400), st.integers(0, len(INVITE)))
def test_any_bytes_are_read_or_reported(junk: bytes, cut: int) -> None:
    for body in (junk, INVITE[:cut] + junk, INVITE[:cut]):
        parse_invitation(body)


def test_recorded_invitations_are_read_and_written_as_they_were() -> None:
    found = [
        parse_invitation(command["body"].encode())
        for command in golden("msnp8-twisted")["msn"]["commands"]
        if "Invitation-Command" in command.get("body", "")
    ]
    invite = Invite(1, file_name="big.bin", file_size=70000)
    address = Accept(1, "127.0.0.1", "", 40989, auth_cookie=425971565, request_data="")
    assert found == [invite, invite, Accept(1), Accept(1), address, address]
    recorded = [
        command["payload_len"]
        for command in golden("msnp8-twisted")["msn"]["commands"]
        if "Invitation-Command" in command.get("body", "")
    ]
    written = [len(HEAD + body.to_bytes()) for body in (invite, Accept(1))]
    assert written == [recorded[0], recorded[2]]
