import pytest

from Kamaelia.Protocol.AIM.wire import caps
from Kamaelia.Protocol.AIM.wire.admin import AdminReply, AdminRequest
from Kamaelia.Protocol.AIM.wire.chat import ChatMessage, CreateRoom, NavInfo
from Kamaelia.Protocol.AIM.wire.directory import DirectoryReply
from Kamaelia.Protocol.AIM.wire.foodgroups import CHAT, CHATNAV, OSERVICE
from Kamaelia.Protocol.AIM.wire.icbm import MessageToHost
from Kamaelia.Protocol.AIM.wire.icq import (
    META_REPLY,
    META_REQUEST,
    OFFLINE_DONE,
    OFFLINE_REQUEST,
    ICQRequest,
    ICQTime,
    OfflineMessage,
)
from Kamaelia.Protocol.AIM.wire.icq_extended import ExtendedMessage
from Kamaelia.Protocol.AIM.wire.icq_message import ICQMessage, ICQMessageType
from Kamaelia.Protocol.AIM.wire.oservice import (
    CLIENT_VERSIONS,
    ClientOnline,
    FamilyVersion,
    ServiceRequest,
    ServiceResponse,
    Versions,
    read_numbers,
)
from Kamaelia.Protocol.AIM.wire.rendezvous import (
    FileOffer,
    Rendezvous,
    RendezvousKind,
    icon_checksum,
)
from Kamaelia.Protocol.AIM.wire.room import ExchangeInfo, RoomInfo, RoomKey
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.AIM.wire.user_info import UserInfo
from Kamaelia.Protocol.wire.errors import RemoteProtocolError
from tests.aim.wire.captures import snacs_of
from tests.aim.wire.dumps import check_truncations, from_dump

COOKIE = bytes.fromhex("3141592653589793")
DEMO = RoomKey(4, "4-0-Demo")

HOST_ONLINE = from_dump("""
0000  00 01 00 03 00 00 80 00 00 01 00 01 00 02 00 03  ................
0010  00 04 00 09 00 0A 00 0B 00 10 00 13 00 15        ..............
""")
VERSIONS = from_dump("""
0000  00 01 00 17 00 00 00 00 00 03 00 01 00 04 00 13  ................
0010  00 04 00 02 00 01 00 03 00 01 00 04 00 01        ..............
""")
SERVICE = from_dump("""
0000  00 01 00 04 00 00 00 00 00 62 00 0E 00 01 00 0D  .........b......
0010  00 04 08 34 2D 30 2D 44 65 6D 6F 00 00           ...4-0-Demo..
""")
CREATE = from_dump("""
0000  00 0D 00 08 00 00 00 00 00 61 00 04 06 63 72 65  .........a...cre
0010  61 74 65 FF FF 01 00 03 00 D3 00 04 44 65 6D 6F  ate.........Demo
0020  00 D6 00 08 75 73 2D 61 73 63 69 69 00 D7 00 02  ....us-ascii....
0030  65 6E                                            en
""")
SAID = from_dump("""
0000  00 0E 00 05 00 00 00 00 00 60 31 41 59 26 53 58  .........`1AY&SX
0010  97 93 00 03 00 01 00 00 00 06 00 00 00 05 00 1B  ................
0020  00 02 00 08 75 73 2D 61 73 63 69 69 00 03 00 02  ....us-ascii....
0030  65 6E 00 01 00 05 68 65 6C 6C 6F                 en....hello
""")
HEARD = from_dump("""
0000  00 0E 00 06 00 00 00 00 00 60 31 41 59 26 53 58  .........`1AY&SX
0010  97 93 00 03 00 03 00 10 05 41 6C 69 63 65 00 00  .........Alice..
0020  00 01 00 01 00 02 00 10 00 01 00 00 00 05 00 1B  ................
0030  00 02 00 08 75 73 2D 61 73 63 69 69 00 03 00 02  ....us-ascii....
0040  65 6E 00 01 00 05 68 65 6C 6C 6F                 en....hello
""")
INVITATION = from_dump("""
0000  00 04 00 06 00 00 00 00 00 30 31 41 59 26 53 58  .........01AY&SX
0010  97 93 00 02 03 62 6F 62 00 05 00 40 00 00 31 41  .....bob...@..1A
0020  59 26 53 58 97 93 74 8F 24 20 62 87 11 D1 82 22  Y&SX..t.$ b...."
0030  44 45 53 54 00 00 00 0A 00 02 00 01 00 0F 00 00  DEST............
0040  00 0C 00 07 6A 6F 69 6E 20 75 73 27 11 00 0D 00  ....join us'....
0050  04 08 34 2D 30 2D 44 65 6D 6F 00 00              ..4-0-Demo..
""")
FILE = from_dump("""
0000  00 04 00 06 00 00 00 00 00 31 31 41 59 26 53 58  .........11AY&SX
0010  97 93 00 02 03 62 6F 62 00 05 00 44 00 00 31 41  .....bob...D..1A
0020  59 26 53 58 97 93 09 46 13 43 4C 7F 11 D1 82 22  Y&SX...F.CL...."
0030  44 45 53 54 00 00 00 0A 00 02 00 01 00 0F 00 00  DEST............
0040  00 03 00 04 C0 A8 01 05 00 05 00 02 14 46 27 11  .............F'.
0050  00 0E 00 01 00 01 00 00 00 05 61 2E 74 78 74 00  ..........a.txt.
""")
OFFLINE = from_dump("""
0000  00 15 00 02 00 00 00 00 00 50 00 01 00 0A 08 00  .........P......
0010  68 87 01 00 3C 00 01 00                          h...<...
""")
NO_MORE = from_dump("""
0000  00 15 00 03 00 00 00 00 00 50 00 01 00 0B 09 00  .........P......
0010  68 87 01 00 42 00 01 00 00                       h...B....
""")
SHORT_INFO = from_dump("""
0000  00 15 00 02 00 00 00 00 00 51 00 01 00 10 0E 00  .........Q......
0010  68 87 01 00 D0 07 02 00 BA 04 CC 87 01 00        h.............
""")


def body(wire: bytes) -> bytes:
    return SNAC.from_bytes(wire).body


def test_what_opens_a_connection_is_the_published_bytes() -> None:
    families = read_numbers(body(HOST_ONLINE))
    assert families == (1, 2, 3, 4, 9, 0x0A, 0x0B, 0x10, 0x13, 0x15)
    versions = Versions.from_bytes(body(VERSIONS))
    assert versions.pairs[1] == FamilyVersion(0x13, 4)
    assert (versions.of(0x13), versions.of(0x99)) == (4, 0)
    assert versions.to_bytes() == body(VERSIONS)
    online = ClientOnline(CLIENT_VERSIONS)
    assert online.to_bytes()[:8] == bytes.fromhex("0001000301100629")
    assert ClientOnline.from_bytes(online.to_bytes()) == online


def test_a_request_for_a_room_is_the_published_bytes() -> None:
    request = ServiceRequest.from_bytes(body(SERVICE))
    assert request == ServiceRequest.for_room(DEMO)
    assert request.to_bytes() == body(SERVICE)
    assert request.room() == DEMO
    assert DEMO.name == "Demo"
    assert RoomKey(4, "4-0-a%20b-c").name == "a b-c"


def test_a_response_without_cookie_is_refused() -> None:
    with pytest.raises(RemoteProtocolError):
        ServiceResponse.from_bytes(TLVBlock((TLV.u16(0x0D, 0x10),)).to_bytes())


def test_making_a_room_is_the_published_bytes() -> None:
    assert CreateRoom.make("Demo", 4).to_bytes() == body(CREATE)
    request = CreateRoom.from_bytes(body(CREATE))
    assert (request.name, request.exchange) == ("Demo", 4)


def test_answers_about_rooms_come_back() -> None:
    rights = NavInfo.of_exchanges(ExchangeInfo.make(4), ExchangeInfo.make(5))
    read = NavInfo.from_bytes(rights.to_bytes())
    assert [each.exchange for each in read.exchanges()] == [4, 5]
    assert read.max_rooms == 10
    assert read.room() is None
    room = RoomInfo.make(DEMO, "Demo", 7)
    assert NavInfo.from_bytes(NavInfo.of_room(room).to_bytes()).room() == room
    assert (room.name, room.max_message) == ("Demo", 1024)


def test_something_said_is_the_published_bytes() -> None:
    said = ChatMessage.from_bytes(body(SAID))
    assert said.text() == "hello"
    assert said.reflects
    assert said.sender() is None
    assert said.whisper_to is None
    alice = UserInfo("Alice", 0, TLVBlock((TLV.u16(1, 0x10),)))
    heard = ChatMessage.from_bytes(body(HEARD))
    assert heard.sender() == alice
    assert said.relayed(alice) == heard
    assert heard.to_bytes() == body(HEARD)
    check_truncations(ChatMessage.from_bytes, body(HEARD))


def test_anything_can_be_said_in_a_room() -> None:
    assert ChatMessage.of_text("hé 你", COOKIE).text() == "hé 你"
    for name, data in (("ISO 8859", b"h\xe9"), ("utf-8", b"h\xc3\xa9")):
        block = TLVBlock((TLV.text(2, name), TLV(1, data)))
        assert ChatMessage(COOKIE, TLVBlock((TLV.block(5, block),))).text() == "hé"


def test_an_invitation_is_the_published_bytes() -> None:
    message = MessageToHost.from_bytes(body(INVITATION))
    rendezvous = Rendezvous.from_bytes(message.tlvs.get(5) or b"")
    assert rendezvous == Rendezvous.chat_invitation(COOKIE, DEMO, "join us")
    assert MessageToHost(
        COOKIE, 2, "bob", TLVBlock((rendezvous.to_tlv(),))
    ).to_bytes() == body(INVITATION)
    assert rendezvous.room() == DEMO
    assert rendezvous.files() is None
    assert (rendezvous.text, rendezvous.turn) == ("join us", 1)


def test_an_offer_of_a_file_is_read() -> None:
    message = MessageToHost.from_bytes(body(FILE))
    rendezvous = Rendezvous.from_bytes(message.tlvs.get(5) or b"")
    assert rendezvous.capability == caps.FILE_TRANSFER
    assert rendezvous.files() == FileOffer("a.txt", 5)
    assert (rendezvous.address(0x03), rendezvous.port) == ("192.168.1.5", 5190)
    assert rendezvous.address() == ""
    assert rendezvous.room() is None
    seen = rendezvous.verified("10.1.2.3").verified("10.1.2.4")
    assert seen.address(0x04) == "10.1.2.4"
    offer = Rendezvous.file_offer(COOKIE, FileOffer("b", 9), "10.0.0.1", 5190)
    assert Rendezvous.from_bytes(offer.to_bytes()) == offer
    assert (offer.kind, offer.address(), offer.port) == (0, "10.0.0.1", 5190)
    assert offer.kind is RendezvousKind.PROPOSE
    assert not offer.by_proxy


def test_the_checksum_of_an_icon_is_the_published_one() -> None:
    assert icon_checksum(b"abc") == 0x62C4
    assert icon_checksum(b"") == 0


def test_asking_for_stored_messages_is_the_published_bytes() -> None:
    request = ICQRequest(100200, OFFLINE_REQUEST, 1)
    assert ICQRequest.from_bytes(body(OFFLINE)) == request
    assert request.to_bytes() == body(OFFLINE)
    done = ICQRequest(100200, OFFLINE_DONE, 1, None, b"\0")
    assert ICQRequest.from_bytes(body(NO_MORE)) == done
    assert done.to_bytes() == body(NO_MORE)


def test_asking_for_details_is_the_published_bytes() -> None:
    uin = (100300).to_bytes(4, "little")
    request = ICQRequest(100200, META_REQUEST, 2, 0x04BA, uin)
    assert ICQRequest.from_bytes(body(SHORT_INFO)) == request
    assert request.to_bytes() == body(SHORT_INFO)
    reply = ICQRequest(100200, META_REPLY, 2, 0x0104, b"\x0a")
    assert ICQRequest.from_bytes(reply.to_bytes()) == reply
    with pytest.raises(RemoteProtocolError, match="without TLV"):
        ICQRequest.from_bytes(b"")


def test_a_stored_message_comes_back() -> None:
    message = ICQMessage(100300, ICQMessageType.PLAIN, ("hi",))
    stored = OfflineMessage(ICQTime(2003, 2, 1, 23, 59), message)
    wire = stored.to_bytes()
    assert wire.hex() == "cc870100" + "d307" + "0201173b" + "0101" + "0300" + "686900"
    assert OfflineMessage.from_bytes(wire) == stored
    assert stored.to_request(100200, 3).data == wire


def test_a_message_of_several_parts_is_split_and_a_plain_one_is_not() -> None:
    url = ICQMessage(1, ICQMessageType.URL, ("look", "http://x/"))
    assert b"look\xfehttp://x/\0" in url.to_bytes()
    assert ICQMessage.from_bytes(url.to_bytes()) == url
    assert url.text == "http://x/"
    plain = ICQMessage.from_bytes(b"\1\0\0\0\1\1\3\0\xfe\xe0\0")
    assert plain.fields == ("þà",)


def test_a_new_password_is_asked_for_with_the_old_one() -> None:
    request = AdminRequest.new_password("old", "new")
    assert request.to_bytes() == b"\0\2\0\3new\0\x12\0\3old"
    assert AdminReply(TLVBlock((TLV.u16(8, 6),))).meaning == "invalid name"
    assert AdminReply(TLVBlock()).meaning == ""
    assert AdminReply(TLVBlock((TLV.u16(8, 0x99),))).meaning == "unknown error 0x99"


def test_a_search_without_result_is_the_documented_bytes() -> None:
    assert DirectoryReply().to_bytes() == bytes.fromhex("0005 0000 0000")
    assert DirectoryReply.from_bytes(b"\0\4") == DirectoryReply((), 4)


def test_recorded_rooms_come_back_unchanged() -> None:
    for kind in (CHAT.CHANNEL_MSG_TO_HOST, CHAT.CHANNEL_MSG_TO_CLIENT):
        texts = []
        for snac in snacs_of("aim-libpurple", kind):
            message = ChatMessage.from_bytes(snac.body)
            texts.append(message.text())
            assert message.to_bytes() == snac.body
        assert set(texts) == {"to all", "chat from bob"}
    rooms = [
        NavInfo.from_bytes(snac.body).room()
        for snac in snacs_of("aim-libpurple", CHATNAV.NAV_INFO)
    ]
    assert {room.name for room in rooms if room} == {"interop room"}
    for snac in snacs_of("aim-libpurple", OSERVICE.SERVICE_RESPONSE):
        response = ServiceResponse.from_bytes(snac.body)
        assert response.address == "127.0.0.1:5190"
        assert len(response.cookie) == 256


def test_an_extended_message_has_its_three_parts() -> None:
    message = ExtendedMessage(ICQMessageType.PLAIN, "hi", counter=0xFFFE)
    wire = message.to_bytes()
    assert wire[:4] == bytes.fromhex("1b000900")
    assert wire[29 - 2 : 29 + 4] == bytes.fromhex("feff0e00feff")
    assert wire[45 : 45 + 11] == bytes.fromhex("0101000001000300686900")
    assert wire.endswith(b"{0946134E-4C7F-11D1-8222-444553540000}")
    assert ExtendedMessage.from_bytes(wire) == message
    answer = message.acknowledged("at lunch")
    assert (answer.counter, answer.text) == (0xFFFE, "at lunch")
