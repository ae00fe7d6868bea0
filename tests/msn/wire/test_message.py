import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.command import CommandDecoder, Sender
from Kamaelia.Protocol.MSN.wire.message import (
    CHARSETS,
    Message,
    build_block,
    parse_block,
)
from Kamaelia.Protocol.wire.errors import LocalProtocolError

from . import recordings


def test_headers_split_at_the_first_colon_and_stay_encoded() -> None:
    message = Message.from_bytes(
        b"MIME-Version: 1.0\r\nX-URL: http://example.com:80/\r\n"
        b"X-MMS-IM-Format: FN=MS%20Sans%20Serif; EF=\r\n\r\nHi: there\r\n"
    )
    assert message.headers == (
        ("MIME-Version", "1.0"),
        ("X-URL", "http://example.com:80/"),
        ("X-MMS-IM-Format", "FN=MS%20Sans%20Serif; EF="),
    )
    assert message.body == b"Hi: there\r\n"
    assert message.get("x-url") == "http://example.com:80/"
    assert message.get("none") is None


def test_message_without_empty_line_is_all_headers() -> None:
    message = Message.from_bytes(b"MIME-Version: 1.0\r\nContent-Type: text/x-bobo")
    assert message.content_type == "text/x-bobo"
    assert message.body == b""
    assert Message.from_bytes(b"") == Message()
    assert Message().content_type == "text/plain"


def test_lines_that_are_no_headers_are_passed_over() -> None:
    data = b"nothing\r\n: empty\r\n\t Name :\t value \nA:\r\n\r\nbody"
    assert parse_block(data) == ((("Name", "value"), ("A", "")), b"body")


def test_binary_body_is_kept() -> None:
    body = bytes(range(256))
    message = Message.of_type("application/x-msnmsgrp2p", body)
    assert Message.from_bytes(message.to_bytes()) == message


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/plain; charset=UTF-8", "Grüße".encode(), "Grüße"),
        ('TEXT/Plain ;  CHARSET="utf-8"', "Grüße".encode(), "Grüße"),
        ("text/plain", "Grüße".encode(), "Grüße"),
        ("text/plain", "Grüße".encode("latin-1"), "Grüße"),
        ("text/plain; charset=iso-8859-1", b"\xfc", "ü"),
        ("text/plain; charset=windows-1251", b"\xcf\xf0", "Пр"),
        ("text/plain; charset=shift_jis", b"\x83\x8f", "ワ"),
        ("text/plain; charset=utf-8", b"\xff", "\ufffd"),
        ("text/plain; charset=unicode_escape", b"\\d", "\\d"),
        ("text/plain; charset=idna; x=y", b"xn--a", "xn--a"),
        ("text/plain; charset=", b"a", "a"),
    ],
)
def test_text_by_charset(content_type: str, body: bytes, text: str) -> None:
    message = Message((("Content-Type", content_type),), body)
    assert message.content_type == "text/plain"
    assert message.text == text


def test_every_charset_has_a_codec() -> None:
    for codec in CHARSETS.values():
        assert b"a".decode(codec, "replace") == "a"


def test_headers_are_set_in_their_place_and_removed() -> None:
    message = Message.of_type("text/plain").with_header("content-type", "a/b")
    assert message.headers == (("MIME-Version", "1.0"), ("Content-Type", "a/b"))
    assert message.with_header("X", "1").headers[-1] == ("X", "1")
    assert message.without_headers("mime-version").headers == (("Content-Type", "a/b"),)


@pytest.mark.parametrize(
    "pair", [("", "x"), ("a:b", "x"), ("a", "x\r\nb: y"), ("a\n", "x"), ("a", "\udc80")]
)
def test_header_that_cannot_stand_on_a_line(pair: tuple[str, str]) -> None:
    with pytest.raises(LocalProtocolError):
        build_block([pair])


words = st.text(st.characters(codec="utf-8", exclude_characters="\r\n:"), max_size=9)
names = words.map(lambda text: text.strip(" \t")).filter(bool)
values = words.map(lambda text: text.strip(" \t"))


@given(st.lists(st.tuples(names, values), max_size=5), st.binary(max_size=50))
def test_messages_come_back(headers: list[tuple[str, str]], body: bytes) -> None:
    message = Message(tuple(headers), body)
    assert Message.from_bytes(message.to_bytes()) == message


@given(
    st.binary(max_size=100)
    | st.lists(st.sampled_from([b"a", b":", b"\r", b"\n", b" ", b"\xff"])).map(b"".join)
)
def test_any_bytes_are_a_message_that_can_be_sent(data: bytes) -> None:
    message = Message.from_bytes(data)
    assert isinstance(message.text, str)
    assert Message.from_bytes(message.to_bytes()) == message


@pytest.mark.parametrize("name", recordings.NAMES)
def test_messages_of_the_recordings(name: str) -> None:
    streams = recordings.segments(name)
    seen = 0
    for entry in recordings.golden(name)["msn"]["commands"]:
        if "headers" not in entry:
            continue
        sender = Sender.CLIENT if entry["dir"] == "c2s" else Sender.SERVER
        decoder = CommandDecoder(sender)
        whole = b"".join(streams[entry["stream"], entry["dir"]])
        decoder.receive_data(whole[entry["offset"] :])
        payload = next(decoder.commands()).payload
        assert payload is not None
        assert hashlib.sha256(payload).hexdigest() == entry["payload_sha256"]
        message = Message.from_bytes(payload)
        assert [
            [name, value] if value else [name + ":"] for name, value in message.headers
        ] == entry["headers"]
        assert message.body.decode() == entry.get("body", "")
        # Escargot writes a header without a value as `name:`, we as `name: `.
        assert message.to_bytes().replace(b": \r\n", b":\r\n") == payload
        seen += 1
    assert seen > 15
