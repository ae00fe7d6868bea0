import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.contents import (
    ACTION,
    WINK,
    ClientCaps,
    Content,
    Datacast,
    Emoticons,
    Ink,
    Text,
    Typing,
    read_content,
)
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.text_format import TextFormat
from Kamaelia.Protocol.wire.errors import LocalProtocolError

LOOK = TextFormat(font="Segoe UI", bold=True, italic=True, color=(255, 0, 0), pitch=34)


def wire(content: Content) -> bytes:
    message = content if isinstance(content, Message) else content.to_message()
    return message.to_bytes()


def test_text_message_is_that_of_the_clients() -> None:
    assert wire(Text("Hello, Bob!", LOOK)) == (
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=UTF-8\r\n"
        b"X-MMS-IM-Format: FN=Segoe%20UI; EF=BI; CO=ff; CS=0; PF=22\r\n"
        b"\r\n"
        b"Hello, Bob!"
    )


@pytest.mark.parametrize(
    ("content", "length"),
    [
        (Text("Hello, Bob!", LOOK), 132),
        (Text("Grüße", LOOK), 128),
        (Typing("alice@example.com"), 90),
        (Datacast(), 69),
        (ClientCaps("Example/1.0", True), 99),
    ],
)
def test_lengths_known_from_the_clients(content: Content, length: int) -> None:
    assert len(wire(content)) == length


@pytest.mark.parametrize(
    "content",
    [
        Text("two\nlines", LOOK, "Somebody", "Program/1.0"),
        Text("", None),
        Typing("alice@example.com"),
        Datacast(),
        Datacast(WINK, '<msnobj Type="8"/>'),
        Datacast(ACTION, "dances"),
        ClientCaps("Example/1.0", False),
        ClientCaps("Example/1.0"),
        Emoticons(((":x", '<msnobj Type="2"/>'), ("(y)", "<msnobj/>"))),
        Emoticons((("a", "b"),), animated=True),
        Ink(b"GIF89a\x00\xff"),
        Ink(b"\x01\x02", is_gif=False),
    ],
)
def test_contents_come_back(content: Content) -> None:
    assert read_content(Message.from_bytes(wire(content))) == content


def test_line_ends_of_any_kind() -> None:
    message = Message.of_type("text/plain", b"a\r\nb\rc\nd")
    assert read_content(message) == Text("a\nb\nc\nd")
    assert Text("a\r\nb\rc\nd").to_message().body == b"a\r\nb\r\nc\r\nd"


@pytest.mark.parametrize(
    "message",
    [
        Message.of_type("text/x-bobo"),
        Message.of_type("text/x-keepalive"),
        Message.of_type("text/x-msmsgscontrol"),
        Message.of_type("text/x-msnmsgr-datacast", b"ID: x\r\n"),
        Message.of_type("text/x-msnmsgr-datacast", b"ID: " + b"9" * 5000),
        Message.of_type("image/gif", b"GIF89a"),
        Message.of_type("image/gif", b"base64:A"),
        Message.of_type("text/x-msmsgsinvite; charset=UTF-8", b"x"),
    ],
)
def test_other_messages_are_handed_on_as_they_are(message: Message) -> None:
    assert read_content(message) == message


def test_emoticons_beyond_the_limits() -> None:
    pairs = tuple((f"({n})", "<msnobj/>") for n in range(6))
    body = "".join(f"{a}\t{b}\t" for a, b in (("longer-than-7", "<msnobj/>"), *pairs))
    message = Message.of_type("text/x-mms-emoticon", body.encode())
    assert read_content(message) == Emoticons(pairs[:5])
    for bad in (pairs, (("longer-than-7", "x"),), (("", "x"),), (("a\t", "x"),)):
        with pytest.raises(LocalProtocolError):
            Emoticons(bad).to_message()


def test_long_text_is_split_between_characters() -> None:
    text = "Grüße 😀 and\nmore, " * 300
    parts = Text(text, LOOK).split()
    assert "".join(part.text for part in parts) == text
    assert all(len(wire(part)) <= 1664 for part in parts)
    assert len(parts) < 6
    assert Text("short").split() == [Text("short")]
    assert Text("").split() == [Text("")]
    with pytest.raises(LocalProtocolError):
        Text("x", LOOK).split(100)


def test_text_that_utf8_cannot_carry() -> None:
    with pytest.raises(LocalProtocolError):
        Text("\udc80").to_message()


@given(
    st.sampled_from(
        ["text/plain", "text/x-msmsgscontrol", "text/x-msnmsgr-datacast",
         "text/x-mms-emoticon", "image/gif", "application/x-ms-ink",
         "text/x-clientcaps", "x"]
    ),
    st.binary(max_size=80) | st.text("ID: 1\r\n\tbase64=").map(str.encode),
)  # fmt: skip
def test_any_message_means_something(content_type: str, body: bytes) -> None:
    read_content(Message.of_type(content_type, body))
