from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.msnobject import MSNObject
from Kamaelia.Protocol.MSN.wire.p2p_context import OBJECT_GUID, object_context
from Kamaelia.Protocol.MSN.wire.slp import (
    CLOSE_BODY,
    MAX_MESSAGE,
    NULL_BODY,
    SESSION_BODY,
    SLPMessage,
    new_guid,
    pack_fields,
)
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

ALICE = "alice@example.com"
BOB = "bob@example.com"
BRANCH = "{4C1D0A5E-7B21-4F60-9A3C-2E5D8B7F1A90}"
CALL = "{B80E6F12-3C4D-4E5F-8A6B-7C9D0E1F2A3B}"
CONTEXT = (
    "PG1zbm9iaiBDcmVhdG9yPSJhbGljZUBleGFtcGxlLmNvbSIgU2l6ZT0iMTAyNCIgVHlwZT0iMyIgTG9j"
    "YXRpb249IlRGUjEuZGF0IiBGcmllbmRseT0iQUFBPSIgU0hBMUQ9Ild3Qm1uRWdOWFArOStvdmJxWlZo"
    "Rmc4dEczYz0iIFNIQTFDPSJsQ2E1bHN2TWFrcFlESkxoR0dBdTE1ZUtqNFE9Ii8+AA=="
)
HEAD = (
    "INVITE MSNMSGR:alice@example.com MSNSLP/1.0\r\n"
    "To: <msnmsgr:alice@example.com>\r\n"
    "From: <msnmsgr:bob@example.com>\r\n"
    f"Via: MSNSLP/1.0/TLP ;branch={BRANCH}\r\n"
    "CSeq: 0 \r\n"
    f"Call-ID: {CALL}\r\n"
    "Max-Forwards: 0\r\n"
    "Content-Type: application/x-msnmsgr-sessionreqbody\r\n"
    "Content-Length: 336\r\n"
    "\r\n"
)
BODY = (
    f"EUF-GUID: {OBJECT_GUID}\r\nSessionID: 123\r\nSChannelState: 0\r\nAppID: 1\r\n"
    f"Context: {CONTEXT}\r\n\r\n\0"
)
INVITE = (HEAD + BODY).encode()
PICTURE = MSNObject.for_data(ALICE, 3, bytes(range(256)) * 4, "TFR1.dat")

words = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), max_size=20
)
names = st.text("abcdefgh-", min_size=1, max_size=8).filter(str.isalnum)
fields = st.lists(st.tuples(names, words), max_size=5).map(tuple)
handles = st.text("abc@.;{}1-", min_size=1, max_size=20)
messages = st.builds(
    SLPMessage,
    method=st.sampled_from(["INVITE", "BYE", "ACK"]),
    to=handles,
    sender=handles,
    branch=st.just(BRANCH),
    cseq=st.integers(0, 9),
    call_id=st.just(CALL),
    content_type=st.sampled_from([SESSION_BODY, CLOSE_BODY]),
    fields=fields,
) | st.builds(
    SLPMessage,
    status=st.sampled_from([200, 404, 481, 500, 603]),
    to=handles,
    sender=handles,
    branch=st.just(BRANCH),
    cseq=st.just(1),
    call_id=st.just(CALL),
    fields=fields,
    reason=st.sampled_from(["", "Why not"]),
)


def invite() -> SLPMessage:
    body = (
        ("EUF-GUID", OBJECT_GUID),
        ("SessionID", "123"),
        ("SChannelState", "0"),
        ("AppID", "1"),
        ("Context", object_context(PICTURE)),
    )
    return SLPMessage("INVITE", 0, ALICE, BOB, BRANCH, 0, CALL, SESSION_BODY, body)


def test_the_reference_invite_is_written_and_read() -> None:
    assert invite().to_bytes() == INVITE
    assert len(INVITE) == 666
    assert SLPMessage.from_bytes(INVITE) == invite()
    assert invite().number("SessionID") == 123
    assert invite().get("sessionid") == "123"


def test_the_answer_of_the_reference_has_19_bytes_of_body() -> None:
    answer = invite().answer(200, SESSION_BODY, (("SessionID", "123"),))
    assert answer.to_bytes() == (
        b"MSNSLP/1.0 200 OK\r\n"
        b"To: <msnmsgr:bob@example.com>\r\n"
        b"From: <msnmsgr:alice@example.com>\r\n"
        b"Via: MSNSLP/1.0/TLP ;branch=" + BRANCH.encode() + b"\r\n"
        b"CSeq: 1 \r\n"
        b"Call-ID: " + CALL.encode() + b"\r\n"
        b"Max-Forwards: 0\r\n"
        b"Content-Type: application/x-msnmsgr-sessionreqbody\r\n"
        b"Content-Length: 19\r\n\r\nSessionID: 123\r\n\r\n\0"
    )


def test_a_bye_has_3_bytes_of_body() -> None:
    bye = SLPMessage.request("BYE", ALICE, BOB, CALL, CLOSE_BODY)
    assert bye.to_bytes().endswith(b"Content-Length: 3\r\n\r\n\r\n\0")
    assert bye.branch != new_guid()
    assert SLPMessage.from_bytes(bye.to_bytes()) == bye


def test_errors_without_body() -> None:
    refused = invite().answer(500, NULL_BODY).to_bytes()
    assert refused.startswith(b"MSNSLP/1.0 500 Internal Error\r\n")
    assert refused.endswith(b"Content-Type: null\r\nContent-Length: 0\r\n\r\n")
    assert SLPMessage.from_bytes(refused).status == 500


@pytest.mark.parametrize(
    "data",
    [
        INVITE[:-1],
        INVITE + b"\0\0\0",
        INVITE.replace(b"Call-ID", b"CALL-id").replace(b"To:", b"TO :"),
        INVITE.replace(b"Max-Forwards: 0\r\n", b""),
        INVITE.replace(b"Content-Length: 336\r\n", b""),
        INVITE.replace(b"CSeq: 0 ", b"CSeq:0"),
        INVITE.replace(b"INVITE MSNMSGR", b"invite msnmsgr"),
        INVITE.replace(b"<msnmsgr:", b"<MSNMSGR:"),
    ],
)
def test_other_spellings_are_read(data: bytes) -> None:
    assert SLPMessage.from_bytes(data) == invite()


def test_unknown_headers_are_kept() -> None:
    data = INVITE.replace(b"Max-F", b"User-Agent: x\r\nMax-F")
    assert SLPMessage.from_bytes(data).extras == (("User-Agent", "x"),)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        INVITE.replace(b"Call-ID", b"Caller"),
        INVITE.replace(b"MSNSLP/1.0\r\nTo", b"HTTP/1.0\r\nTo"),
        INVITE.replace(b"MSNMSGR:", b"SIP:"),
        INVITE.replace(b"336", b"33x"),
        INVITE.replace(b"336", b"338"),
        INVITE.replace(b"CSeq: 0", b"CSeq: -1"),
        b"MSNSLP/1.0 20 OK\r\nCall-ID: x\r\n\r\n",
        b"MSNSLP/1.0 2OO OK\r\nCall-ID: x\r\n\r\n",
        b"MSNSLP/1.0 000 OK\r\nCall-ID: x\r\n\r\n",
        INVITE + bytes(MAX_MESSAGE),
        INVITE.replace(b"bob@", b"bob\n@"),
        INVITE.replace(b"B80E", b"\0B80E"),
        INVITE.replace(b"4C1D", b"x" * 2000),
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        SLPMessage.from_bytes(data)


def test_every_truncation_but_the_nul_is_refused() -> None:
    for end in range(len(INVITE) - 1):
        with pytest.raises(RemoteProtocolError):
            SLPMessage.from_bytes(INVITE[:end])


@pytest.mark.parametrize("value", ["", "x", "-1", "4294967296", "9" * 30, "\u0661"])
def test_numbers_that_are_none(value: str) -> None:
    message = SLPMessage("INVITE", fields=(("SessionID", value),))
    assert message.number("SessionID") is None


@pytest.mark.parametrize(
    "message",
    [
        SLPMessage(),
        SLPMessage("INVITE", 200),
        SLPMessage("INVITE", to="a\r\nb"),
        SLPMessage("INVITE", fields=(("a", "b\0"),)),
        SLPMessage("INVITE", fields=(("a", "b" * MAX_MESSAGE),)),
    ],
)
def test_what_cannot_be_written_is_our_mistake(message: SLPMessage) -> None:
    with pytest.raises(LocalProtocolError):
        message.to_bytes()


def test_a_body_of_nothing_is_an_empty_line() -> None:
    assert pack_fields(()) == b"\r\n\0"


@given(messages)
def test_messages_survive_a_round_trip(message: SLPMessage) -> None:
    assert SLPMessage.from_bytes(message.to_bytes()) == message


@given(st.binary(max_size=300), st.integers(0, len(INVITE)))
def test_random_bytes_raise_only_protocol_errors(junk: bytes, cut: int) -> None:
    for data in (junk, INVITE[:cut] + junk, INVITE[:cut] + junk + INVITE[cut:]):
        with suppress(RemoteProtocolError):
            SLPMessage.from_bytes(data)
