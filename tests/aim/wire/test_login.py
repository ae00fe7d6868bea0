from dataclasses import replace

import pytest

from Kamaelia.Protocol.AIM.wire.flap import FLAPDecoder, FLAPFrame
from Kamaelia.Protocol.AIM.wire.foodgroups import BUCP
from Kamaelia.Protocol.AIM.wire.login import (
    LOGIN_ERRORS,
    SIGNOFF_DELETED,
    ChallengeReply,
    ChallengeRequest,
    ClientIdentity,
    LoginReply,
    LoginRequest,
    SignOff,
    SignOn,
    login_error_meaning,
)
from Kamaelia.Protocol.AIM.wire.password import (
    JAVA_TABLE,
    roast,
    strong_digest,
    strong_digest_of_hash,
    weak_digest,
)
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError
from tests.aim.wire.captures import snacs_of
from tests.aim.wire.dumps import from_dump

PASSWORD, KEY = b"secret9", b"7350-2214"

ROASTED_LOGIN = from_dump("""
0000  2A 01 00 01 00 2C 00 00 00 01 00 01 00 06 31 30  *....,........10
0010  30 32 30 30 00 02 00 07 80 43 E2 B6 5C F2 E2 00  0200.....C..\\...
0020  03 00 0F 49 43 51 20 49 6E 63 2E 20 2D 20 64 65  ...ICQ Inc. - de
0030  6D 6F                                            mo
""")
CHALLENGE = from_dump("""
0000  2A 02 00 02 00 1B 00 17 00 06 00 00 00 00 00 01  *...............
0010  00 01 00 05 61 6C 69 63 65 00 4B 00 00 00 5A 00  ....alice.K...Z.
0020  00                                               .
""")
KEY_REPLY = from_dump("""
0000  2A 02 00 65 00 15 00 17 00 07 00 00 00 00 00 01  *..e............
0010  00 09 37 33 35 30 2D 32 32 31 34                 ..7350-2214
""")
REQUEST = from_dump("""
0000  2A 02 00 03 00 6C 00 17 00 02 00 00 00 00 00 02  *....l..........
0010  00 01 00 05 61 6C 69 63 65 00 25 00 10 82 C4 54  ....alice.%....T
0020  53 D9 FE 59 2C 7D 53 70 5A CA 6F DD 65 00 4C 00  S..Y,}SpZ.o.e.L.
0030  00 00 03 00 06 44 65 6D 6F 2F 31 00 16 00 02 01  .....Demo/1.....
0040  09 00 17 00 02 00 05 00 18 00 02 00 01 00 19 00  ................
0050  02 00 00 00 1A 00 02 0B DC 00 14 00 04 00 00 06  ................
0060  11 00 0F 00 02 65 6E 00 0E 00 02 75 73 00 4A 00  .....en....us.J.
0070  01 01                                            ..
""")
SUCCESS = from_dump("""
0000  2A 02 00 66 00 35 00 17 00 03 00 00 00 00 00 02  *..f.5..........
0010  00 01 00 05 41 6C 69 63 65 00 05 00 0D 31 30 2E  ....Alice....10.
0020  30 2E 30 2E 35 3A 35 31 39 30 00 06 00 08 C0 0C  0.0.5:5190......
0030  1E 01 02 03 04 05 00 8E 00 01 00                 ...........
""")
FAILURE = from_dump("""
0000  2A 02 00 66 00 28 00 17 00 03 00 00 00 00 00 02  *..f.(..........
0010  00 01 00 05 61 6C 69 63 65 00 04 00 0B 68 74 74  ....alice....htt
0020  70 3A 2F 2F 78 2F 70 77 00 08 00 02 00 05        p://x/pw......
""")
SIGNED_OFF = from_dump("""
0000  2A 04 00 90 00 16 00 09 00 02 00 01 00 0B 00 0C  *...............
0010  68 74 74 70 3A 2F 2F 78 2F 64 75 70              http://x/dup
""")


def frame_of(wire: bytes) -> FLAPFrame:
    decoder = FLAPDecoder()
    decoder.receive_data(wire)
    (frame,) = decoder.frames()
    return frame


def body_of(wire: bytes) -> bytes:
    return SNAC.from_bytes(frame_of(wire).payload).body


def test_passwords_are_digested_as_the_vectors_say() -> None:
    assert roast(PASSWORD).hex().upper() == "8043E2B65CF2E2"
    weak, strong = weak_digest(PASSWORD, KEY), strong_digest(PASSWORD, KEY)
    assert weak.hex().upper() == "54C1E2D90E04FF07E6A1B21FE1BD4DDC"
    assert strong.hex().upper() == "82C45453D9FE592C7D53705ACA6FDD65"
    stored = bytes.fromhex("69BD6D5CE8A549832CE03561A32FEFE2")
    assert strong_digest_of_hash(stored, KEY) == strong
    assert roast(roast(b"a" * 40)) == b"a" * 40


def test_a_roasted_sign_on_gives_name_and_password() -> None:
    payload = frame_of(ROASTED_LOGIN).payload
    sign_on = SignOn.from_bytes(payload)
    assert (sign_on.screen_name, sign_on.password()) == ("100200", PASSWORD)
    assert sign_on.cookie is None
    assert sign_on.identity.text == "ICQ Inc. - demo"
    assert sign_on.to_bytes() == payload


def test_java_aim_roasts_with_a_table_of_its_own() -> None:
    java = ClientIdentity("AOL Instant Messenger (TM) version 1.1.19 for Java")
    sign_on = SignOn.with_password("ann", PASSWORD, java, JAVA_TABLE)
    assert SignOn.from_bytes(sign_on.to_bytes()).password() == PASSWORD


def test_bare_and_cookie_sign_ons_are_the_published_bytes() -> None:
    assert SignOn().to_bytes() == b"\0\0\0\1"
    cookie = bytes.fromhex("C00C1E0102030405")
    assert SignOn.with_cookie(cookie).to_bytes() == from_dump(
        "00 00 00 01 00 06 00 08 C0 0C 1E 01 02 03 04 05"
    )
    told = SignOn.from_bytes(SignOn.with_cookie(cookie, ClientIdentity()).to_bytes())
    assert (told.cookie, told.identity) == (cookie, ClientIdentity())


def test_the_request_for_a_key_is_the_published_bytes() -> None:
    body = body_of(CHALLENGE)
    assert ChallengeRequest.from_bytes(body) == ChallengeRequest("alice")
    assert ChallengeRequest("alice").to_bytes() == body
    with_zeros = TLVBlock((TLV(1, b"kamaelia1"), TLV(0x4B, b"\0\0"))).to_bytes()
    assert ChallengeRequest.from_bytes(with_zeros).screen_name == "kamaelia1"
    with pytest.raises(RemoteProtocolError, match="no screen name"):
        ChallengeRequest.from_bytes(b"")


def test_the_key_is_the_published_bytes() -> None:
    assert ChallengeReply.from_bytes(body_of(KEY_REPLY)) == ChallengeReply(KEY)
    assert ChallengeReply(KEY).to_bytes() == body_of(KEY_REPLY)


def test_the_login_request_is_the_published_bytes() -> None:
    identity = ClientIdentity("Demo/1", 0x0109, 5, 1, 0, 0x0BDC, 0x611, "en", "us", 1)
    request = LoginRequest("alice", strong_digest(PASSWORD, KEY), identity=identity)
    assert request.to_bytes() == body_of(REQUEST)
    assert LoginRequest.from_bytes(body_of(REQUEST)) == request
    assert identity.version == "5.1.0.3036"
    with pytest.raises(RemoteProtocolError, match="no screen name"):
        LoginRequest.from_bytes(b"")


def test_the_reply_to_a_sign_on_is_the_published_bytes() -> None:
    reply = LoginReply("Alice", "10.0.0.5:5190", bytes.fromhex("C00C1E0102030405"))
    assert LoginReply.from_bytes(body_of(SUCCESS)) == reply
    assert reply.to_bytes() == body_of(SUCCESS)
    assert reply.meaning == ""


def test_a_refusal_names_code_meaning_and_url() -> None:
    refusal = LoginReply.from_bytes(body_of(FAILURE))
    assert refusal == LoginReply("alice", error=5, url="http://x/pw")
    assert refusal.meaning == "wrong password"
    assert refusal.to_bytes() == body_of(FAILURE)
    assert login_error_meaning(0x7777).endswith("0x7777")
    assert all(LOGIN_ERRORS.values())


def test_a_refusal_without_url_still_carries_the_empty_one() -> None:
    """Twisted's client dies of a KeyError where TLV 0x04 is missing."""
    body = bytes.fromhex("0001 0005 616c696365 0004 0000 0008 0002 0005")
    assert LoginReply("alice", error=5).to_bytes() == body


def test_a_reply_that_says_nothing_is_a_failure() -> None:
    assert LoginReply.from_bytes(b"").error == 3


def test_a_reply_without_address_is_the_callers_error() -> None:
    with pytest.raises(LocalProtocolError):
        LoginReply("alice", cookie=b"c").to_bytes()


def test_a_sign_off_tells_its_reason_in_one_byte_or_two() -> None:
    payload = frame_of(SIGNED_OFF).payload
    assert SignOff.from_bytes(payload) == SignOff.make(1, "http://x/dup")
    assert SignOff.make(1, "http://x/dup").to_bytes() == payload
    assert SignOff(TLVBlock((TLV.u8(9, 2),))).reason == SIGNOFF_DELETED
    assert SignOff.from_bytes(b"").reason is None


def test_the_recorded_digests_are_those_of_the_recorded_passwords() -> None:
    keys = [
        ChallengeReply.from_bytes(s.body).key
        for s in snacs_of("aim-libpurple", BUCP.CHALLENGE_RESPONSE)
    ]
    requests = [
        LoginRequest.from_bytes(s.body)
        for s in snacs_of("aim-libpurple", BUCP.LOGIN_REQUEST)
    ]
    replies = [
        LoginReply.from_bytes(s.body)
        for s in snacs_of("aim-libpurple", BUCP.LOGIN_RESPONSE)
    ]
    assert len(keys) == len(requests) == len(replies) == 3
    for key, request, reply in zip(keys, requests, replies, strict=True):
        assert request.digest == strong_digest(
            f"{request.screen_name}pw1".encode(), key
        )
        assert request.strong
        assert reply.error == 0
        assert len(reply.cookie) == 256
        assert replace(reply, tls=0) == reply
