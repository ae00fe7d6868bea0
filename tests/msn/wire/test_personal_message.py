import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.personal_message import (
    Media,
    PersonalMessage,
    build_update,
    element_text,
    escape_xml,
    read_update,
    unescape_xml,
)
from Kamaelia.Protocol.wire.errors import (
    LocalProtocolError,
    ProtocolError,
    RemoteProtocolError,
)

WIRE = b"<Data><PSM>Out &amp; about</PSM><CurrentMedia></CurrentMedia></Data>"


def test_payload_of_the_clients_both_ways() -> None:
    assert len(WIRE) == 68
    assert PersonalMessage("Out & about").to_payload() == WIRE
    assert PersonalMessage.from_payload(WIRE) == PersonalMessage("Out & about")


@pytest.mark.parametrize(
    ("dialect", "line"),
    [(11, b"UBX b@c.d 68"), (14, b"UBX b@c.d 1 68"), (18, b"UBX 1:b@c.d 68")],
)
def test_updates_of_each_dialect(dialect: int, line: bytes) -> None:
    message = PersonalMessage("Out & about")
    command = build_update("b@c.d", message, dialect)
    assert command.to_bytes() == line + b"\r\n" + WIRE
    assert read_update(command) == ("b@c.d", message)
    assert read_update(Command("UBX", None, ("b@c.d",), b""))[1] == PersonalMessage()
    with pytest.raises(RemoteProtocolError):
        read_update(Command("UBX", None, (), b""))


def test_song_is_shown() -> None:
    payload = (
        rb"<Data><PSM></PSM><CurrentMedia>\0Music\01\0{0} - {1}\0Song 2\0Blur\0\0"
        rb"</CurrentMedia><MachineGuid>{1}</MachineGuid></Data>"
    )
    media = PersonalMessage.from_payload(payload).media
    assert media is not None
    assert media.text == "Song 2 - Blur"
    assert media.kind == "Music"
    assert media.enabled
    assert media.to_text() == r"\0Music\01\0{0} - {1}\0Song 2\0Blur\0\0"


def test_format_may_name_what_is_not_there() -> None:
    assert Media(format="{0} {5} {x}", arguments=("a",)).text == "a  {x}"


@pytest.mark.parametrize(
    "payload", [b"", b"  \r\n", b"<Data></Data>", b"<Data/>", b"<Data><PSM/></Data>"]
)
def test_no_personal_message(payload: bytes) -> None:
    assert PersonalMessage.from_payload(payload) == PersonalMessage()


@pytest.mark.parametrize(
    "payload",
    [b"<Data><PSM>x</Data>", b"<Data><PSM", b"junk", b"<Data", b"<Data><PSM>x"],
)
def test_malformed_payload(payload: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        PersonalMessage.from_payload(payload)


def test_entities() -> None:
    assert unescape_xml("&#x26;&#38;&lt;&apos;&quot;&gt;&foo;&#xD800;&#x110000;&") == (
        "&&<'\">&foo;\ufffd\ufffd&"
    )
    assert (
        escape_xml("<a & 'b' \"c\">") == "&lt;a &amp; &apos;b&apos; &quot;c&quot;&gt;"
    )


def test_element_with_attributes_and_of_a_longer_name() -> None:
    xml = '<PSMX>no</PSMX><PSM a="/">yes</PSM>'
    assert element_text(xml, "PSM") == "yes"
    assert element_text(xml, "None") is None


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
fields = texts.filter(lambda text: "\\" not in text and not text.startswith("0"))


@given(
    texts,
    st.none() | st.builds(Media, fields, fields, st.lists(fields).map(tuple), fields),
)
def test_messages_come_back(text: str, media: Media | None) -> None:
    message = PersonalMessage(text, media)
    assert PersonalMessage.from_payload(message.to_payload()) == message


@given(
    st.binary(max_size=60)
    | st.lists(
        st.sampled_from(
            [b"<Data>", b"</Data>", b"<PSM>", b"</PSM>", b"&#x", b"<", b"\\0"]
        )
    ).map(b"".join)
)
def test_any_payload(payload: bytes) -> None:
    try:
        message = PersonalMessage.from_payload(payload)
    except ProtocolError:
        return
    assert message.media is None or isinstance(message.media.text, str)


def test_what_cannot_be_sent() -> None:
    with pytest.raises(LocalProtocolError):
        PersonalMessage("\udc80").to_payload()
    with pytest.raises(LocalProtocolError):
        Media(arguments=("a\\0b",)).to_text()
