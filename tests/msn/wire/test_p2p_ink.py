from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.p2p_ink import GIF, ISF, Ink
from Kamaelia.Protocol.wire.errors import RemoteProtocolError


def test_a_drawing_is_read() -> None:
    text = "Content-Type: image/gif\r\n\r\n\0base64:R0lG"
    for written in (text, "\ufeff" + text + "\0", text.replace("\r\n\r\n", "; x=y")):
        assert Ink.from_bytes(written.encode("utf-16-le")) == Ink(GIF, b"GIF")


@pytest.mark.parametrize(
    "text",
    ["", "base64:R0lG", "Content-Type: image/gif\0", "Content-Type: x\0base64:?"],
)
def test_what_is_no_drawing_is_refused(text: str) -> None:
    with pytest.raises(RemoteProtocolError):
        Ink.from_bytes(text.encode("utf-16-le"))


@given(st.sampled_from([GIF, ISF]), st.binary(max_size=100))
def test_drawings_survive_a_round_trip(content_type: str, data: bytes) -> None:
    ink = Ink(content_type, data)
    assert Ink.from_bytes(ink.to_bytes()) == ink


@given(st.binary(max_size=200))
def test_random_bytes_raise_only_protocol_errors(data: bytes) -> None:
    with suppress(RemoteProtocolError):
        Ink.from_bytes(data)
