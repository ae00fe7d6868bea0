import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.AIM.wire.foodgroups import ICBM
from Kamaelia.Protocol.AIM.wire.icbm import HostAck, MessageToClient, MessageToHost
from Kamaelia.Protocol.AIM.wire.icbm_control import (
    ClientError,
    ClientEvent,
    EvilRequest,
    ICBMParameters,
    MissedCall,
    TypingEvent,
    read_missed_calls,
)
from Kamaelia.Protocol.AIM.wire.message_text import (
    CHARSET_ASCII,
    CHARSET_LATIN1,
    CHARSET_UNICODE,
    Fragment,
    decode_charset,
    decode_message,
    encode_message,
    read_fragments,
)
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.tlv import TLV
from Kamaelia.Protocol.AIM.wire.user_info import UserInfo
from Kamaelia.Protocol.wire.errors import LocalProtocolError
from tests.aim.wire.captures import golden_of, snacs_of
from tests.aim.wire.dumps import check_truncations, from_dump

COOKIE = bytes.fromhex("3141592653589793")

TO_HOST = from_dump("""
0000  00 04 00 06 00 00 00 00 00 21 31 41 59 26 53 58  .........!1AY&SX
0010  97 93 00 01 03 62 6F 62 00 02 00 15 05 01 00 03  .....bob........
0020  01 01 02 01 01 00 0A 00 00 00 00 68 69 20 62 6F  ...........hi bo
0030  62 00 03 00 00 00 06 00 00                       b........
""")
TO_CLIENT = from_dump("""
0000  00 04 00 07 00 00 80 00 00 20 31 41 59 26 53 58  ......... 1AY&SX
0010  97 93 00 01 05 41 6C 69 63 65 00 00 00 02 00 01  .....Alice......
0020  00 02 00 10 00 03 00 04 65 00 00 00 00 02 00 15  ........e.......
0030  05 01 00 03 01 01 02 01 01 00 0A 00 00 00 00 68  ...............h
0040  69 20 62 6F 62 00 0B 00 00                       i bob....
""")
ACK = from_dump("""
0000  00 04 00 0C 00 00 00 00 00 21 31 41 59 26 53 58  .........!1AY&SX
0010  97 93 00 01 03 62 6F 62                          .....bob
""")
UNICODE = from_dump("""
0000  05 01 00 03 01 01 02 01 01 00 0C 00 02 00 00 00  ................
0010  68 00 E9 00 20 4F 60                             h... O.
""")
TYPING = from_dump("""
0000  00 04 00 14 00 00 00 00 00 22 00 00 00 00 00 00  ........."......
0010  00 00 00 01 03 62 6F 62 00 02                    .....bob..
""")
WARNING = from_dump("""
0000  00 04 00 08 00 00 00 00 00 23 00 00 03 62 6F 62  .........#...bob
""")
PARAMETERS = from_dump("""
0000  00 04 00 02 00 00 00 00 00 09 00 00 00 00 05 1B  ................
0010  1F 40 03 E7 03 E7 00 00 00 00                    .@........
""")


def body(wire: bytes) -> bytes:
    return SNAC.from_bytes(wire).body


def test_a_message_to_the_server_is_read() -> None:
    message = MessageToHost.from_bytes(body(TO_HOST))
    assert (message.cookie, message.channel) == (COOKIE, 1)
    assert (message.recipient, message.text) == ("bob", "hi bob")
    assert message.wants_ack
    assert message.wants_store
    assert not message.is_auto
    assert message.to_bytes() == body(TO_HOST)
    check_truncations(MessageToHost.from_bytes, body(TO_HOST))


def test_a_message_that_came_is_read() -> None:
    message = MessageToClient.from_bytes(body(TO_CLIENT))
    assert (message.sender.screen_name, message.text) == ("Alice", "hi bob")
    assert message.wants_events
    assert not message.was_stored
    assert message.to_bytes() == body(TO_CLIENT)
    check_truncations(MessageToClient.from_bytes, body(TO_CLIENT))


def test_a_server_relays_without_what_was_for_it_alone() -> None:
    sent = MessageToHost.from_bytes(body(TO_HOST))
    came = MessageToClient.from_bytes(body(TO_CLIENT))
    assert sent.relayed(came.sender, wants_events=True) == came
    stored = sent.relayed(came.sender, stored_at=77)
    assert stored.was_stored
    assert stored.sent_at == 77
    assert [tlv.tag for tlv in stored.tlvs] == [2, 6, 0x16]


def test_an_acknowledgement_is_the_published_bytes() -> None:
    assert HostAck.from_bytes(body(ACK)) == HostAck(COOKIE, 1, "bob")
    assert HostAck(COOKIE, 1, "bob").to_bytes() == body(ACK)


def test_a_made_message_has_the_tlvs_asked_for() -> None:
    plain = MessageToHost.of_text("bob", "hi", COOKIE, store=True)
    assert [tlv.tag for tlv in plain.tlvs] == [2, 3, 6]
    auto = MessageToHost.of_text("bob", "away", COOKIE, store=True, auto=True)
    assert [tlv.tag for tlv in auto.tlvs] == [2, 4]
    assert auto.is_auto
    with pytest.raises(LocalProtocolError, match="8 bytes"):
        MessageToHost.of_text("bob", "hi", b"short").to_bytes()


def test_unicode_text_is_the_published_bytes() -> None:
    assert decode_message(UNICODE) == "hé 你"
    assert encode_message("hé 你", features=b"\1\1\2") == UNICODE


def test_plain_text_takes_the_plainest_charset() -> None:
    charsets = [
        [part.charset for part in read_fragments(encode_message(text)) if part.id == 1]
        for text in ("hello", "hé")
    ]
    assert charsets == [[CHARSET_ASCII], [CHARSET_UNICODE]]
    assert Fragment.text("hé", CHARSET_LATIN1).data[4:] == b"h\xe9"
    with pytest.raises(LocalProtocolError):
        Fragment.text("你", CHARSET_LATIN1)


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        (b"h\xe9", 0x0000, "hé"),
        ("hé".encode(), 0x0000, "hé"),
        (b"\x93quoted\x94", 0x0003, "“quoted”"),
        (b"\x81", 0x0003, "\x81"),
        ("hé".encode(), 0x000D, "hé"),
        (b"h\xe9", 0x000D, "hé"),
        (b"\0h\xd8\x3d\xde\x00", 0x0002, "h😀"),
        (b"\0h\0", 0x0002, "h\N{REPLACEMENT CHARACTER}"),
        (b"\xd8\x3d\0h", 0x0002, "\N{REPLACEMENT CHARACTER}h"),
        (b"hi", 0x7777, "hi"),
    ],
)
def test_text_in_any_charset_is_read(data: bytes, charset: int, text: str) -> None:
    assert decode_charset(data, charset) == text


def test_several_text_fragments_are_joined() -> None:
    parts = (Fragment.text("one, "), Fragment(5, 1, b"\1"), Fragment.text("zwei é"))
    assert decode_message(b"".join(part.to_bytes() for part in parts)) == "one, zwei é"


def test_a_fragment_cut_short_shows_what_is_there() -> None:
    assert decode_message(bytes.fromhex("0101 0020 0000 0000") + b"hi") == "hi"
    assert decode_message(b"\1\1\0\2\0\0") == ""


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_text_comes_back(text: str) -> None:
    assert decode_message(encode_message(text)) == text


@given(st.binary(max_size=60))
def test_any_fragments_can_be_read(data: bytes) -> None:
    decode_message(data)


def test_typing_warnings_and_parameters_are_the_published_bytes() -> None:
    event = ClientEvent("bob", TypingEvent.TYPING)
    assert ClientEvent.from_bytes(body(TYPING)) == event
    assert event.to_bytes() == body(TYPING)
    assert EvilRequest("bob").to_bytes() == body(WARNING)
    parameters = ICBMParameters(flags=0x51B)
    assert ICBMParameters.from_bytes(body(PARAMETERS)) == parameters
    assert parameters.to_bytes() == body(PARAMETERS)


def test_a_declined_proposal_reads_as_reason_and_data() -> None:
    wire = COOKIE + bytes.fromhex("0002 03626F62 0003 0002 0001")
    error = ClientError.from_bytes(wire)
    assert (error.reason, error.data) == (3, b"\0\2\0\1")
    assert error.to_bytes() == wire


def test_missed_calls_are_read() -> None:
    call = MissedCall(1, UserInfo("bob"), 2, 4)
    assert read_missed_calls(call.to_bytes() * 2) == (call, call)
    assert call.meaning == "own warning level too high"
    assert MissedCall(1, UserInfo("bob"), 1, 99).meaning == "unknown reason 99"


@pytest.mark.parametrize("name", ["aim-libpurple", "aim-puzzle1"])
def test_recorded_messages_are_the_golden_ones(name: str) -> None:
    golden = [
        (f["icbm"]["cookie"], f["icbm"]["channel"])
        for f in sorted(
            golden_of(name)["oscar"], key=lambda f: (f["stream"], f["dir"], f["offset"])
        )
        if f.get("snac", {}).get("family") == 4 and f["snac"]["subtype"] in (6, 7)
    ]
    heard = []
    for kind, read in (
        (ICBM.CHANNEL_MSG_TO_HOST, MessageToHost.from_bytes),
        (ICBM.CHANNEL_MSG_TO_CLIENT, MessageToClient.from_bytes),
    ):
        for snac in snacs_of(name, kind):
            message = read(snac.body)
            assert message.to_bytes() == snac.body
            heard.append((message.cookie.hex(), message.channel))
    assert sorted(heard) == sorted(golden)


def test_the_contest_answer_is_what_the_message_says() -> None:
    snacs = snacs_of("aim-puzzle1", ICBM.CHANNEL_MSG_TO_HOST)
    message = MessageToHost.from_bytes(snacs[0].body)
    assert message.recipient == "Sec558user1"
    assert message.text.startswith("Here's the secret recipe... I just downloaded it")
    assert message.text.endswith("you're good to go &gt;:-)")


def test_recorded_text_beyond_latin_comes_out() -> None:
    texts = [
        MessageToClient.from_bytes(snac.body).text
        for snac in snacs_of("aim-libpurple", ICBM.CHANNEL_MSG_TO_CLIENT)
    ]
    assert "<HTML><BODY>hello &lt;bob&gt; &amp; hé 你</BODY></HTML>" in texts


def test_a_tlv_of_the_server_does_not_pass_from_a_client() -> None:
    message = MessageToHost.of_text("bob", "hi", COOKIE)
    forged = MessageToHost(
        COOKIE, 1, "bob", type(message.tlvs)((*message.tlvs, TLV.u32(0x16, 1)))
    )
    assert not forged.relayed(UserInfo("eve")).was_stored
