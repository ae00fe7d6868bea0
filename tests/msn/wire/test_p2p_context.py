from base64 import b64encode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.msnobject import MSNObject
from Kamaelia.Protocol.MSN.wire.p2p_context import (
    FileContext,
    decode_context,
    file_fields,
    object_context,
    object_from_context,
)
from Kamaelia.Protocol.MSN.wire.slp import SLPMessage, field
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

START = bytes.fromhex(
    "3e020000020000000a00000000000000010000006e006f007400650073002e00"
)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
NOTES = FileContext("notes.txt", 10)

names = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=129
)


def test_the_reference_context() -> None:
    wire = NOTES.to_bytes()
    assert len(wire) == 574
    assert wire.startswith(START)
    assert wire[540:] == bytes(30) + b"\xff" * 4
    prefix = "PgIAAAIAAAAKAAAAAAAAAAEAAABuAG8AdABlAHMALgB0AHgAdAAA"
    assert NOTES.to_context().startswith(prefix)
    assert FileContext.from_context(NOTES.to_context()) == NOTES


def test_a_preview_follows() -> None:
    shown = FileContext("a.png", 1 << 40, PNG)
    wire = shown.to_bytes()
    assert wire[16:20] == bytes(4)
    assert wire[574:] == PNG
    assert FileContext.from_bytes(wire) == shown


@pytest.mark.parametrize("length", [637, 638])
def test_version_3_has_more_before_the_preview(length: int) -> None:
    wire = bytearray(FileContext("a.png", 5, b"").to_bytes() + bytes(length - 574))
    wire[0:2] = length.to_bytes(2, "little")
    wire[4], wire[16] = 3, 0
    read = FileContext.from_bytes(bytes(wire) + PNG)
    assert read == FileContext("a.png", 5, PNG, 3)


@pytest.mark.parametrize("length", [0, 573, 575, 0xFFFFFFFF])
def test_a_length_that_cannot_be_counts_as_574(length: int) -> None:
    wire = length.to_bytes(4, "little") + NOTES.to_bytes()[4:]
    assert FileContext.from_bytes(wire) == NOTES


def test_names_count_in_utf_16_units() -> None:
    FileContext("😀" * 129 + "x", 1).to_bytes()
    for name in ("😀" * 130, "x" * 260, "a\0b"):
        with pytest.raises(LocalProtocolError):
            FileContext(name, 1).to_bytes()
    with pytest.raises(LocalProtocolError):
        FileContext("a", 1 << 64).to_bytes()


def test_every_truncation_is_refused() -> None:
    wire = NOTES.to_bytes()
    for end in range(574):
        with pytest.raises(RemoteProtocolError):
            FileContext.from_bytes(wire[:end])


def test_the_invite_of_a_file() -> None:
    body = file_fields(77, NOTES)
    assert field(body, "SessionID") == "77"
    assert field(body, "AppID") == "2"
    message = SLPMessage("INVITE", call_id="{x}", fields=body)
    assert 1000 < len(message.to_bytes()) < 1300


@pytest.mark.parametrize("end", [b"", b"\0"])
def test_an_object_may_end_in_a_nul(end: bytes) -> None:
    wanted = MSNObject.for_data("alice@example.com", 3, b"picture")
    value = b64encode(wanted.to_bytes() + end).decode()
    assert object_from_context(value) == wanted
    assert object_from_context(value.rstrip("=")) == wanted
    assert object_from_context(object_context(wanted)).to_text() == wanted.to_text()


@pytest.mark.parametrize("value", ["A", "A=B", "?", "\u00e9\u00e9"])
def test_what_is_not_base64_is_refused(value: str) -> None:
    with pytest.raises(RemoteProtocolError):
        decode_context(value)


@given(names, st.integers(0, 2**64 - 1), st.binary(max_size=50))
def test_contexts_survive_a_round_trip(name: str, size: int, preview: bytes) -> None:
    context = FileContext(name, size, preview)
    assert FileContext.from_context(context.to_context()) == context


@given(st.binary(max_size=700), st.text(max_size=100))
def test_random_input_raises_only_protocol_errors(data: bytes, text: str) -> None:
    with suppress(RemoteProtocolError):
        FileContext.from_bytes(data)
    with suppress(RemoteProtocolError):
        FileContext.from_context(text)
    with suppress(RemoteProtocolError):
        object_from_context(text)
