"""The reference's test vectors, one test for each row of its table.

What isn't spoken here has none: the sign-on of MSNP15 and later. Each vector is made
by our code where we write it, and read where we read it.
"""

import hashlib
import struct
from base64 import b64decode

import pytest

from Kamaelia.Protocol.MSN.wire.challenge import (
    PRODUCT_KEYS,
    answer,
    login_digest,
    url_credentials,
)
from Kamaelia.Protocol.MSN.wire.contents import (
    ClientCaps,
    Datacast,
    Text,
    Typing,
    read_content,
)
from Kamaelia.Protocol.MSN.wire.encoding import decode_text, encode_text, swap_port
from Kamaelia.Protocol.MSN.wire.invitation import (
    CONTENT_TYPE,
    Accept,
    Cancel,
    Invite,
    parse_invitation,
)
from Kamaelia.Protocol.MSN.wire.membership import Member, build_members, parse_members
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.MSN.wire.msnftp import MSNFTPBlock, MSNFTPDecoder, pack_blocks
from Kamaelia.Protocol.MSN.wire.msnobject import (
    TYPE_DISPLAY_PICTURE,
    MSNObject,
    decode_friendly,
    encode_friendly,
)
from Kamaelia.Protocol.MSN.wire.notices import Profile, build_profile, read_notice
from Kamaelia.Protocol.MSN.wire.p2p import P2PPacket, slices
from Kamaelia.Protocol.MSN.wire.p2p_context import (
    FileContext,
    object_fields,
    object_from_context,
)
from Kamaelia.Protocol.MSN.wire.p2p_transport import (
    hashed_nonce,
    nonce_from_wire,
    nonce_to_wire,
)
from Kamaelia.Protocol.MSN.wire.personal_message import PersonalMessage
from Kamaelia.Protocol.MSN.wire.slp import SESSION_BODY, SLPMessage
from Kamaelia.Protocol.MSN.wire.text_format import TextFormat

ALICE, BOB = "alice@example.com", "bob@example.com"
ELEMENT = (
    '<msnobj Creator="alice@example.com" Size="1024" Type="3" Location="TFR1.dat" '
    'Friendly="AAA=" SHA1D="WwBmnEgNXP+9+ovbqZVhFg8tG3c=" '
    'SHA1C="lCa5lsvMakpYDJLhGGAu15eKj4Q="/>'
)
PICTURE = bytes(range(256)) * 4


def test_md5_login() -> None:
    found = login_digest("1146959437.186590", "s3cret-Pass")
    assert found == "3f92ff5c4a50978e5e25fbcb6f7d692e"


@pytest.mark.parametrize(
    ("dialects", "challenge", "product", "key", "expected"),
    [
        (
            range(6, 11),
            "15570131571988941333",
            "msmsgs@msnmsgr.com",
            "Q1P7W2E4J9R8U3S5",
            "8f2f5a91b72102cd28355e9fc9000d6e",
        ),
        (
            range(6, 11),
            "12345678901234567890",
            "msmsgs@msnmsgr.com",
            "Q1P7W2E4J9R8U3S5",
            "8ba1bb9d6dbf624fee31a2053af5fdd0",
        ),
        (
            range(6, 11),
            "12345678901234567890",
            "PROD0038W!61ZTF9",
            "VT6PX?UQTM4WM%YR",
            "c64fe621f55832479b97b7f50829d5c1",
        ),
        (
            (11, 12, 15),
            "22210219642164014968",
            "PROD0090YUAUV{2B",
            "YMM8C_H7KCQ2S_KL",
            "85ecb0db8f32113df79ce0892b9a102c",
        ),
        (
            (11, 12, 15),
            "13038318816579321232",
            "PROD0090YUAUV{2B",
            "YMM8C_H7KCQ2S_KL",
            "b01c13020e374d4fa20abfad6981b7a9",
        ),
        (
            (11, 12, 15),
            "12345678901234567890",
            "PROD0090YUAUV{2B",
            "YMM8C_H7KCQ2S_KL",
            "a57a33d300de0b8c4d3c074d423e25fb",
        ),
        (
            (11, 12, 15),
            "12345678901234567890",
            "PROD0101{0RM?UBW",
            "CFHUR$52U_{VIX5T",
            "7273d989239f9bc4bbde22f72b399453",
        ),
        (
            (11, 12, 15),
            "12345678901234567890",
            "PROD0113H11T8$X_",
            "RG@XY*28Q5QHS%Q5",
            "cdb26cf7611172c7b319efa7ddf7e220",
        ),
        (
            (11, 12, 15),
            "12345678901234567890",
            "PROD0119GSJUC$18",
            "ILTXC!4IXB5FB*PX",
            "3f16eba5629b9abc4a37c2cfbdc0f5d7",
        ),
        (
            (11, 12, 15),
            "12345678901234567890",
            "PROD0120PW!CCV9@",
            "C1BX{V4W}Q3*10SM",
            "d21f78ed9cd4181eba9499824d73c215",
        ),
    ],
)
def test_challenges(
    dialects: range, challenge: str, product: str, key: str, expected: str
) -> None:
    assert PRODUCT_KEYS[product] == key
    for dialect in dialects:
        assert answer(challenge, product, dialect) == expected


def test_msnobject_digests() -> None:
    made = MSNObject.for_data(ALICE, TYPE_DISPLAY_PICTURE, PICTURE, "TFR1.dat")
    assert made.to_text() == ELEMENT
    assert len(ELEMENT) == 168
    assert MSNObject.from_text(ELEMENT).matches(PICTURE)
    wire = (
        "%3Cmsnobj%20Creator%3D%22alice%40example.com%22%20Size%3D%221024%22%20Type%3D"
        "%223%22%20Location%3D%22TFR1.dat%22%20Friendly%3D%22AAA%3D%22%20SHA1D%3D%22"
        "WwBmnEgNXP%2B9%2BovbqZVhFg8tG3c%3D%22%20SHA1C%3D%22lCa5lsvMakpYDJLhGGAu15eKj4Q"
        "%3D%22%2F%3E"
    )
    assert encode_text(ELEMENT) == wire
    assert decode_text(wire) == ELEMENT


def test_friendly() -> None:
    assert encode_friendly("Sun") == "UwB1AG4AAAA="
    assert decode_friendly("UwB1AG4AAAA=") == "Sun"


def test_client_port_swap() -> None:
    assert (swap_port(51234), swap_port(8904)) == (8904, 51234)


LOOK = TextFormat(
    "Segoe UI", bold=True, italic=True, color=(255, 0, 0), charset=0, pitch=0x22
)
TEXT_HEAD = (
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
    "X-MMS-IM-Format: FN=Segoe%20UI; EF=BI; CO=ff; CS=0; PF=22\r\n\r\n"
)


@pytest.mark.parametrize(("text", "size"), [("Hello, Bob!", 132), ("Grüße", 128)])
def test_text_messages(text: str, size: int) -> None:
    wire = (TEXT_HEAD + text).encode()
    assert len(wire) == size
    assert Text(text, LOOK).to_message().to_bytes() == wire
    assert read_content(Message.from_bytes(wire)) == Text(text, LOOK)


def test_typing() -> None:
    wire = (
        b"MIME-Version: 1.0\r\nContent-Type: text/x-msmsgscontrol\r\n"
        b"TypingUser: alice@example.com\r\n\r\n\r\n"
    )
    assert len(wire) == 90
    assert Typing(ALICE).to_message().to_bytes() == wire
    assert read_content(Message.from_bytes(wire)) == Typing(ALICE)


@pytest.mark.parametrize("end", [b"\r\n", b""])
def test_nudge(end: bytes) -> None:
    wire = (
        b"MIME-Version: 1.0\r\nContent-Type: text/x-msnmsgr-datacast\r\n\r\nID: 1\r\n"
    ) + end
    assert len(wire) == (69 if end else 67)
    assert read_content(Message.from_bytes(wire)) == Datacast()
    if end:
        assert Datacast().to_message().to_bytes() == wire


def test_clientcaps() -> None:
    wire = (
        b"MIME-Version: 1.0\r\nContent-Type: text/x-clientcaps\r\n\r\n"
        b"Client-Name: Example/1.0\r\nChat-Logging: Y\r\n\r\n"
    )
    assert len(wire) == 99
    assert ClientCaps("Example/1.0", True).to_message().to_bytes() == wire
    assert read_content(Message.from_bytes(wire)) == ClientCaps("Example/1.0", True)


@pytest.mark.parametrize(
    ("made", "body", "size"),
    [
        (
            Invite(40312, file_name="notes.txt", file_size=10),
            "Application-Name: File Transfer\r\n"
            "Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n"
            "Invitation-Command: INVITE\r\nInvitation-Cookie: 40312\r\n"
            "Application-File: notes.txt\r\nApplication-FileSize: 10\r\n\r\n",
            273,
        ),
        (
            Accept(40312),
            "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 40312\r\n"
            "Launch-Application: FALSE\r\nRequest-Data: IP-Address:\r\n\r\n",
            181,
        ),
        (
            Accept(40312, "192.0.2.10", "192.168.0.5", 6891, auth_cookie=51877),
            "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 40312\r\n"
            "IP-Address: 192.0.2.10\r\nIP-Address-Internal: 192.168.0.5\r\n"
            "Port: 6891\r\nAuthCookie: 51877\r\n"
            "Launch-Application: FALSE\r\nRequest-Data: IP-Address:\r\n\r\n",
            270,
        ),
        (
            Cancel(40312, "REJECT"),
            "Invitation-Command: CANCEL\r\nInvitation-Cookie: 40312\r\n"
            "Cancel-Code: REJECT\r\n\r\n",
            148,
        ),
    ],
)
def test_invitations(made: Invite | Accept | Cancel, body: str, size: int) -> None:
    assert made.to_bytes() == body.encode()
    assert len(Message.of_type(CONTENT_TYPE, made.to_bytes()).to_bytes()) == size
    assert parse_invitation(body.encode()) == made


def test_profile() -> None:
    wire = (
        b"MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsprofile; charset=UTF-8\r\n"
        b"LoginTime: 1070000000\r\nEmailEnabled: 0\r\nMemberIdHigh: 70001\r\n"
        b"MemberIdLow: -1200000001\r\nlang_preference: 1033\r\n"
        b"preferredEmail: alice@example.com\r\ncountry: US\r\nPostalCode: \r\n"
        b"Gender: U\r\nKid: 0\r\nAge: \r\nsid: 507\r\nkv: 2\r\nMSPAuth: 2AAAAAA\r\n"
        b"ClientIP: 192.0.2.10\r\nClientPort: 8904\r\n\r\n"
    )
    assert len(wire) == 345
    made = build_profile(
        ALICE,
        1070000000,
        8,
        member_id=(70001, -1200000001),
        auth="2AAAAAA",
        client=("192.0.2.10", 51234),
    )
    assert made.to_message().to_bytes() == wire
    read = read_notice(Message.from_bytes(wire))
    assert isinstance(read, Profile)
    assert (read.login_time, read.client_ip, read.client_port, read.auth) == (
        1070000000,
        "192.0.2.10",
        51234,
        "2AAAAAA",
    )


def test_uux() -> None:
    wire = b"<Data><PSM>Out &amp; about</PSM><CurrentMedia></CurrentMedia></Data>"
    assert len(wire) == 68
    assert PersonalMessage("Out & about").to_payload() == wire
    assert PersonalMessage.from_payload(wire) == PersonalMessage("Out & about")


def test_adl() -> None:
    wire = b'<ml l="1"><d n="example.com"><c n="bob" l="3" t="1"/></d></ml>'
    assert len(wire) == 62
    assert build_members([Member(BOB, 3)], initial=True) == wire
    assert parse_members(wire) == [Member(BOB, 3)]


def test_msnftp_block() -> None:
    wire = bytes.fromhex("000a0048454c4c4f574f524c44")
    assert pack_blocks(b"HELLOWORLD") == wire
    decoder = MSNFTPDecoder()
    decoder.blocks = True
    decoder.receive_data(wire)
    assert list(decoder.items()) == [MSNFTPBlock(b"HELLOWORLD")]


def test_msnftp_full_block_header() -> None:
    wire = pack_blocks(bytes(2045))
    assert wire[:3].hex() == "00fd07"
    assert len(wire) == 2048
    assert pack_blocks(bytes(2046))[2048:] == bytes.fromhex("00010000")


PREPARATION = bytes.fromhex(
    "7b000000 44332211 0000000000000000 0400000000000000"
    "04000000 00000000 88776655 00000000 0000000000000000 00000000 00000001"
)
ACK = bytes.fromhex(
    "7b000000 04030201 0000000000000000 0400000000000000"
    "00000000 02000000 44332211 88776655 0400000000000000 00000000"
)
CHUNK = bytes.fromhex(
    "7b000000 45332211 b204000000000000 dc05000000000000"
    "2a010000 20000000 0df0ad0b 00000000 0000000000000000"
)


def test_p2p_preparation_and_its_ack() -> None:
    packet = P2PPacket.from_bytes(PREPARATION)
    assert packet == P2PPacket(
        123, 0x11223344, 0, 4, ack_id=0x55667788, data=bytes(4), app_id=1
    )
    assert packet.to_bytes() == PREPARATION
    assert packet.acknowledge(0x01020304).to_bytes() == ACK
    assert P2PPacket.from_bytes(ACK).is_control


def test_p2p_chunk_header() -> None:
    data = bytes(range(250)) * 6
    first, second = slices(
        data, 0x11223345, session_id=123, flags=0x20, app_id=1, ack_id=0x0BADF00D
    )
    assert len(first.data) == 1202
    assert second.to_bytes() == CHUNK + data[1202:] + b"\0\0\0\x01"
    assert P2PPacket.from_bytes(CHUNK + data[1202:] + b"\0\0\0\x01") == second


CONTEXT = (
    "PG1zbm9iaiBDcmVhdG9yPSJhbGljZUBleGFtcGxlLmNvbSIgU2l6ZT0iMTAyNCIgVHlwZT0iMyIgTG9j"
    "YXRpb249IlRGUjEuZGF0IiBGcmllbmRseT0iQUFBPSIgU0hBMUQ9Ild3Qm1uRWdOWFArOStvdmJxWlZo"
    "Rmc4dEczYz0iIFNIQTFDPSJsQ2E1bHN2TWFrcFlESkxoR0dBdTE1ZUtqNFE9Ii8+AA=="
)
INVITE = (
    "INVITE MSNMSGR:alice@example.com MSNSLP/1.0\r\n"
    "To: <msnmsgr:alice@example.com>\r\nFrom: <msnmsgr:bob@example.com>\r\n"
    "Via: MSNSLP/1.0/TLP ;branch={4C1D0A5E-7B21-4F60-9A3C-2E5D8B7F1A90}\r\n"
    "CSeq: 0 \r\nCall-ID: {B80E6F12-3C4D-4E5F-8A6B-7C9D0E1F2A3B}\r\n"
    "Max-Forwards: 0\r\nContent-Type: application/x-msnmsgr-sessionreqbody\r\n"
    "Content-Length: 336\r\n\r\n"
    "EUF-GUID: {A4268EEC-FEC5-49E5-95C3-F126696BDBF6}\r\nSessionID: 123\r\n"
    f"SChannelState: 0\r\nAppID: 1\r\nContext: {CONTEXT}\r\n\r\n\0"
).encode()


def test_slp_invite() -> None:
    assert len(INVITE) == 666
    read = SLPMessage.from_bytes(INVITE)
    assert object_from_context(read.get("Context")) == MSNObject.from_text(ELEMENT)
    made = SLPMessage(
        "INVITE",
        0,
        ALICE,
        BOB,
        "{4C1D0A5E-7B21-4F60-9A3C-2E5D8B7F1A90}",
        0,
        "{B80E6F12-3C4D-4E5F-8A6B-7C9D0E1F2A3B}",
        SESSION_BODY,
        object_fields(123, MSNObject.from_text(ELEMENT)),
    )
    assert made.to_bytes() == INVITE
    assert len(made.to_bytes().partition(b"\r\n\r\n")[2]) == 336


def test_slp_ok_body() -> None:
    ok = SLPMessage.from_bytes(INVITE).answer(
        200, SESSION_BODY, (("SessionID", "123"),)
    )
    head, _, body = ok.to_bytes().partition(b"\r\n\r\n")
    assert body == b"SessionID: 123\r\n\r\n\0"
    assert len(body) == 19
    assert b"Content-Length: 19" in head
    assert head.startswith(b"MSNSLP/1.0 200 OK\r\n")


def test_file_context() -> None:
    data = FileContext("notes.txt", 10).to_bytes()
    assert len(data) == 574
    assert data[:24] == bytes.fromhex(
        "3e020000 02000000 0a00000000000000 01000000 6e006f00"
    )
    assert data[540:] == bytes(30) + struct.pack("<L", 0xFFFFFFFF)
    start = "PgIAAAIAAAAKAAAAAAAAAAEAAABuAG8AdABlAHMALgB0AHgAdAAA"
    assert FileContext("notes.txt", 10).to_context().startswith(start)
    assert FileContext.from_bytes(data) == FileContext("notes.txt", 10)
    assert b64decode(FileContext("notes.txt", 10).to_context()) == data


NONCE = "{0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0}"


def test_nonce_guid_on_the_wire() -> None:
    wire = bytes.fromhex("3c2d1e0f5a4b78698796a5b4c3d2e1f0")
    assert nonce_to_wire(NONCE) == wire
    assert nonce_from_wire(wire) == NONCE


def test_hashed_nonce() -> None:
    assert hashed_nonce(NONCE) == "{616DD880-9A1A-8A67-A1C1-BAC72575AA9F}"


def test_url_credentials() -> None:
    found = url_credentials("mspauthvalue", 45, "secret")
    assert found == "9ec4eeb5ef3063ba5ad6320160fbf92b"
    assert found == hashlib.md5(b"mspauthvalue45secret").hexdigest()
