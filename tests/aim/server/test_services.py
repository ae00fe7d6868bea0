"""Connections beside BOS, and the families with less to them."""

import math

from Kamaelia.Protocol.AIM.Server.state.art import Art
from Kamaelia.Protocol.AIM.Server.state.limits import Limits
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.admin import AdminReply, AdminRequest
from Kamaelia.Protocol.AIM.wire.bart import (
    BARTID,
    CLEARED,
    BARTDownload,
    BARTDownload2,
    BARTDownload2Reply,
    BARTDownloadReply,
    BARTUpload,
    BARTUploadReply,
    icon_id,
)
from Kamaelia.Protocol.AIM.wire.buddy import names_to_bytes
from Kamaelia.Protocol.AIM.wire.chat import ChatMessage, CreateRoom, NavInfo
from Kamaelia.Protocol.AIM.wire.feedbag import FeedbagClass, FeedbagItem
from Kamaelia.Protocol.AIM.wire.foodgroups import (
    ADMIN,
    ALERT,
    BART,
    BUDDY,
    CHAT,
    CHATNAV,
    FEEDBAG,
    ICQ,
    INVITE,
    LOCATE,
    ODIR,
    OSERVICE,
    PD,
    STATS,
    USERLOOKUP,
)
from Kamaelia.Protocol.AIM.wire.icq import ICQRequest
from Kamaelia.Protocol.AIM.wire.oservice import (
    CLIENT_VERSIONS,
    ClientOnline,
    RateParams,
    ServiceRequest,
    Versions,
)
from Kamaelia.Protocol.AIM.wire.oservice import FamilyVersion as Version
from Kamaelia.Protocol.AIM.wire.room import RoomInfo, RoomKey
from Kamaelia.Protocol.AIM.wire.snac import SNACError
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.AIM.wire.user_info import read_users
from tests.aim.server.clients import Clock, MemoryClient, log_in, online, open_with, run

READY = ClientOnline(CLIENT_VERSIONS).to_bytes()
ICON = b"GIF89a" + bytes(100)
COOKIE = b"12345678"


async def service(
    state: ServerState, client: MemoryClient, request: ServiceRequest
) -> MemoryClient:
    """Open the connection that BOS sends the client to."""
    answer = (await client.ask(OSERVICE.SERVICE_REQUEST, request.to_bytes()))[-1]
    assert answer.type == OSERVICE.SERVICE_RESPONSE
    cookie = TLVBlock.from_bytes(answer.body).get(0x06) or b""
    opened = await open_with(state, cookie)
    opened.heard.clear()
    return opened


async def enter(state: ServerState, client: MemoryClient, key: RoomKey) -> MemoryClient:
    room = await service(state, client, ServiceRequest.for_room(key))
    await room.say(OSERVICE.CLIENT_ONLINE, READY)
    return room


def code_of(client: MemoryClient) -> int:
    return SNACError.from_bytes(client.snacs()[-1].body).code


def test_a_room_is_made_entered_talked_in_and_left() -> None:
    async def scenario(state: ServerState) -> None:
        alice, bob = await online(state, "alice"), await online(state, "bob")
        nav = await service(state, alice, ServiceRequest(CHATNAV.FAMILY))
        rights = NavInfo.from_bytes(
            (await nav.ask(CHATNAV.REQUEST_CHAT_RIGHTS))[0].body
        )
        assert [e.exchange for e in rights.exchanges()] == [4, 5]
        wanted = bytes.fromhex(
            "000406637265617465FFFF01000300D3000444656D6F"
            "00D6000875732D617363696900D70002656E"
        )
        made = NavInfo.from_bytes((await nav.ask(CHATNAV.CREATE_ROOM, wanted))[0].body)
        info = made.room()
        assert info is not None
        assert info.key == RoomKey(4, "4-0-Demo")
        again = CreateRoom.make("dEmo", 4).to_bytes()
        found = NavInfo.from_bytes((await nav.ask(CHATNAV.CREATE_ROOM, again))[0].body)
        assert found.room() == info

        one = await enter(state, alice, info.key)
        heard = one.snacs()
        assert [s.type for s in heard] == [CHAT.USERS_JOINED, CHAT.ROOM_INFO_UPDATE]
        assert RoomInfo.from_bytes(heard[1].body) == info
        two = await enter(state, bob, info.key)
        names = [u.screen_name for u in read_users(two.take(CHAT.USERS_JOINED))]
        assert names == ["Alice", "bob"]
        joined = read_users(one.take(CHAT.USERS_JOINED))
        assert [u.screen_name for u in joined] == ["bob"]

        said = ChatMessage.of_text("hello", COOKIE)
        reflected = await one.ask(CHAT.CHANNEL_MSG_TO_HOST, said.to_bytes())
        heard_by_bob = ChatMessage.from_bytes(two.take(CHAT.CHANNEL_MSG_TO_CLIENT))
        assert heard_by_bob == ChatMessage.from_bytes(reflected[0].body)
        assert heard_by_bob.text() == "hello"
        assert heard_by_bob.tlvs[0].tag == 0x03
        sender = heard_by_bob.sender()
        assert sender is not None
        assert sender.screen_name == "Alice"

        await two.disconnect()
        assert read_users(one.take(CHAT.USERS_LEFT))[0].screen_name == "bob"
        await one.disconnect()
        assert len(state.rooms) == 0

    run(scenario)


def test_whispers_reach_one_and_rooms_close_with_bos() -> None:
    async def scenario(state: ServerState) -> None:
        users = [await online(state, name) for name in ("alice", "bob", "carolc")]
        room = state.rooms.make("Demo", 4)
        assert room is not None
        inside = [await enter(state, user, room.key) for user in users]
        for client in inside:
            client.heard.clear()
        whisper = ChatMessage(
            COOKIE, TLVBlock((TLV.text(0x02, "BOB"), TLV.block(0x05, [TLV(1, b"x")])))
        )
        await inside[0].say(CHAT.CHANNEL_MSG_TO_HOST, whisper.to_bytes())
        assert [c.kinds() for c in inside] == [[], [CHAT.CHANNEL_MSG_TO_CLIENT], []]
        await users[1].disconnect()
        assert inside[1].closed == "user left"
        assert inside[0].kinds() == [CHAT.USERS_LEFT]

    run(scenario)


def test_rooms_that_cannot_be_are_refused() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        nav = await service(state, alice, ServiceRequest(CHATNAV.FAMILY))
        for name, exchange in (("", 4), ("x" * 101, 4), ("Demo", 5), ("é" * 100, 4)):
            body = CreateRoom.make(name, exchange).to_bytes()
            await nav.say(CHATNAV.CREATE_ROOM, body)
            assert code_of(nav) == 0x14
        await nav.say(CHATNAV.REQUEST_EXCHANGE_INFO, b"\0\x09")
        assert code_of(nav) == 0x14
        nowhere = ServiceRequest.for_room(RoomKey(4, "4-0-nowhere")).to_bytes()
        await alice.say(OSERVICE.SERVICE_REQUEST, nowhere)
        assert code_of(alice) == 5
        await alice.say(OSERVICE.SERVICE_REQUEST, b"\0\x05")
        assert code_of(alice) == 6

    run(scenario)


def test_the_number_of_rooms_is_bounded() -> None:
    async def scenario(state: ServerState) -> None:
        first = state.rooms.make("one", 4)
        assert first is not None
        state.rooms.make("two", 4)
        alice = await online(state, "alice")
        await enter(state, alice, first.key)
        assert state.rooms.make("three", 4) is not None
        assert state.rooms.find(RoomKey(4, "4-0-two")) is None
        assert state.rooms.find(first.key) is first

    run(scenario, limits=Limits(rooms=2))


def test_an_icon_is_announced_uploaded_and_fetched() -> None:
    icon = icon_id(ICON)
    value = TLV(0xD5, bytes((1, 16)) + icon.data)
    item = FeedbagItem("1", 0, 20, FeedbagClass.BART, TLVBlock((value,)))

    async def scenario(state: ServerState) -> None:
        bob = await online(state, "bob", "alice")
        alice = await online(state, "alice")
        bob.heard.clear()
        answers = await alice.ask(FEEDBAG.INSERT_ITEM, item.to_bytes())
        assert [a.type for a in answers] == [
            FEEDBAG.STATUS,
            OSERVICE.BART_REPLY,
            OSERVICE.USER_INFO_UPDATE,
        ]
        assert BARTID.from_bytes(answers[1].body) == BARTID(1, 0x41, icon.data)
        up = await service(state, alice, ServiceRequest(BART.FAMILY))
        answers = await up.ask(BART.UPLOAD_QUERY, BARTUpload(1, ICON).to_bytes())
        assert BARTUploadReply.from_bytes(answers[0].body) == BARTUploadReply(0, icon)
        told = alice.snacs()
        assert BARTID.from_bytes(told[0].body) == BARTID(1, 0x81, icon.data)
        seen = read_users(bob.take(BUDDY.ARRIVED))[0].icon
        assert seen == icon
        body = BARTDownload("alice", icon).to_bytes()
        got = (await bob.ask(BART.DOWNLOAD_QUERY, body))[0]
        assert BARTDownloadReply.from_bytes(got.body).data == ICON
        await alice.disconnect()
        state.art = Art(1_000)  # as after a restart
        alice = await online(state, "alice", keep=True)
        wanted = BARTID.from_bytes(alice.take(OSERVICE.BART_REPLY))
        assert wanted == BARTID(1, 0x41, icon.data)

    run(scenario)


def test_art_that_is_not_there_is_answered_and_too_big_refused() -> None:
    unknown = BARTID(1, 1, bytes(16))

    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        got = await alice.ask(
            BART.DOWNLOAD_QUERY, BARTDownload("bob", unknown).to_bytes()
        )
        assert BARTDownloadReply.from_bytes(got[0].body).data == b""
        asked = BARTDownload2("bob", (unknown, BARTID(1, 0, CLEARED))).to_bytes()
        got = await alice.ask(BART.DOWNLOAD2_QUERY, asked)
        replies = [BARTDownload2Reply.from_bytes(g.body) for g in got]
        assert [r.code for r in replies] == [7, 0]
        assert replies[1].data.startswith(b"GIF89a")
        big = await alice.ask(BART.UPLOAD_QUERY, BARTUpload(1, bytes(51)).to_bytes())
        assert BARTUploadReply.from_bytes(big[0].body).code == 4
        for number in range(5):
            body = BARTUpload(1, bytes((number,)) * 50).to_bytes()
            await alice.ask(BART.UPLOAD_QUERY, body)
        kept = [state.art.get(icon_id(bytes((n,)) * 50).data) for n in range(5)]
        assert [k is not None for k in kept] == [False] * 3 + [True] * 2

    run(scenario, limits=Limits(icon_bytes=50, art_bytes=100))


def test_users_change_how_their_name_is_written_and_their_password() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        admin = await service(state, alice, ServiceRequest(ADMIN.FAMILY))
        name = AdminRequest(TLVBlock((TLV(0x01),))).to_bytes()
        reply = AdminReply.from_bytes((await admin.ask(ADMIN.INFO_QUERY, name))[0].body)
        assert reply.tlvs.text(0x01) == "Alice"
        for wanted, error in (("A L I C E", 0), ("Bob", 6)):
            body = AdminRequest(TLVBlock((TLV.text(0x01, wanted),))).to_bytes()
            got = (await admin.ask(ADMIN.INFO_CHANGE_REQUEST, body))[0]
            assert AdminReply.from_bytes(got.body).error == error
        own = read_users(alice.take(OSERVICE.USER_INFO_UPDATE))[0]
        assert own.screen_name == "A L I C E"
        for old, error in (("wrong", 0x0A), ("secret9", 0)):
            body = AdminRequest.new_password(old, "newer1").to_bytes()
            got = (await admin.ask(ADMIN.INFO_CHANGE_REQUEST, body))[0]
            assert AdminReply.from_bytes(got.body).error == error
        assert (await log_in(state, "alice", "newer1")).error == 0
        confirm = (await admin.ask(ADMIN.ACCT_CONFIRM_REQUEST))[0]
        assert confirm.body == b"\0\x1e"

    run(scenario)


def test_a_refused_change_carries_the_address_without_which_none_is_shown() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        admin = await service(state, alice, ServiceRequest(ADMIN.FAMILY))
        # libpurple 2.14: a new e-mail address; a new password for a wrong old one.
        email = bytes.fromhex("0011 000f 6e6577406578616d706c652e636f6d")
        password = bytes.fromhex("0002 0006 616e6e707733 0012 0005 77726f6e67")
        for request, code in ((email, "0012"), (password, "000a")):
            got = (await admin.ask(ADMIN.INFO_CHANGE_REQUEST, request))[0].body
            assert got == bytes.fromhex(f"0003 0002 0008 0002 {code} 0004 0000")

    run(scenario)


def test_icq_users_change_their_password() -> None:
    async def scenario(state: ServerState) -> None:
        icq = await online(state, "100200")
        # libpurple 2.14: "newpw", with the closing NUL and its length before it.
        asked = bytes.fromhex(
            "0001 0014 1200 68870100 d007 4d00 2e04 0600 6e6577707700"
        )
        answer = (await icq.ask(ICQ.DB_QUERY, asked))[0]
        reply = ICQRequest.from_bytes(answer.body)
        assert (reply.subtype, reply.data) == (0x00AA, b"\x0a")
        assert (await log_in(state, "100200", "newpw")).error == 0
        empty = ICQRequest(100200, 0x07D0, 3, 0x042E, bytes.fromhex("0100 00"))
        answer = (await icq.ask(ICQ.DB_QUERY, empty.to_bytes()))[0]
        reply = ICQRequest.from_bytes(answer.body)
        assert (reply.subtype, reply.data) == (0x00AA, b"\x14")
        assert (await log_in(state, "100200", "newpw")).error == 0

    run(scenario)


def test_short_info_of_icq_is_answered_as_recorded_and_the_unknown_gently() -> None:
    async def scenario(state: ServerState) -> None:
        icq = await online(state, "100200")
        asked = bytes.fromhex("000100100E0068870100D0070200BA04CC870100")
        answer = (await icq.ask(ICQ.DB_QUERY, asked))[0]
        reply = ICQRequest.from_bytes(answer.body)
        assert (reply.uin, reply.sequence, reply.subtype) == (100200, 2, 0x0104)
        assert reply.data == bytes.fromhex(
            "0A07003130303330300001000001000001 0000 0100 00"
        )
        for subtype, data, expected, result in (
            (0x04BA, b"\1\0\0\0", 0x0104, 0x32),
            (0x051F, (100300).to_bytes(4, "little"), 0x01AE, 0x0A),
            (0x051F, b"\1\0\0\0", 0x01AE, 0x32),
            (0x055F, b"", 0x01AE, 0x32),
            (0x0C3A, b"", 0x0C3F, 0x0A),
            (0x7777, b"", 0x0001, 0x14),
        ):
            request = ICQRequest(100200, 0x07D0, 3, subtype, data).to_bytes()
            reply = ICQRequest.from_bytes(
                (await icq.ask(ICQ.DB_QUERY, request))[0].body
            )
            assert (reply.subtype, reply.data[0]) == (expected, result)
        full = ICQRequest(100200, 0x07D0, 4, 0x04D0, (100200).to_bytes(4, "little"))
        parts = await icq.ask(ICQ.DB_QUERY, full.to_bytes())
        assert len(parts) == 8
        assert [p.header.more for p in parts] == [True] * 7 + [False]
        assert icq.closed is None

    run(scenario)


def test_families_with_little_to_them_are_answered() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        for kind, body, answer in (
            (STATS.REPORT_EVENTS, b"", STATS.REPORT_ACK),
            (INVITE.REQUEST_QUERY, b"", INVITE.REQUEST_REPLY),
            (USERLOOKUP.FIND_BY_EMAIL, b"a@b", USERLOOKUP.ERROR),
            (LOCATE.SET_DIR_INFO, b"\0\1\0\3Ann", LOCATE.SET_DIR_REPLY),
            (LOCATE.GET_DIR_INFO, b"\5alice", LOCATE.GET_DIR_REPLY),
            (LOCATE.SET_KEYWORD_INFO, b"", LOCATE.SET_KEYWORD_REPLY),
        ):
            got = await alice.ask(kind, body)
            assert [g.type for g in got] == [answer]
        assert await alice.ask(ALERT.NOTIFY_CAPABILITIES, bytes(16)) == []
        odir = await service(state, alice, ServiceRequest(ODIR.FAMILY))
        got = await odir.ask(ODIR.INFO_QUERY)
        assert got[0].body == bytes.fromhex("000500000000")

    run(scenario)


def test_what_is_not_understood_is_answered_by_an_error_with_its_request_id() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        for kind, body, code in (
            ((0x0001, 0x0077), b"", 0x01),
            ((0x0099, 0x0001), b"", 0x06),
            (CHATNAV.REQUEST_CHAT_RIGHTS, b"", 0x06),
            (LOCATE.USER_INFO_QUERY, b"\0", 0x0E),
        ):
            await alice.say(kind, body, request_id=0x4242)
            snac = alice.snacs()[-1]
            assert tuple(snac.type) == (kind[0], 1)
            assert snac.header.request_id == 0x4242
            assert SNACError.from_bytes(snac.body).code == code
        assert alice.closed is None

    run(scenario)


def test_rate_classes_come_in_the_form_the_client_understands() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        for version, length in ((3, 35), (1, 30)):
            body = Versions((Version(1, version),)).to_bytes()
            answers = await alice.ask(OSERVICE.CLIENT_VERSIONS, body)
            assert [a.type for a in answers] == [OSERVICE.HOST_VERSIONS, OSERVICE.MOTD]
            assert answers[0].body == body
            rates = (await alice.ask(OSERVICE.RATE_PARAMS_QUERY))[0].body
            parameters = RateParams.from_bytes(rates)
            assert [len(c.to_bytes()) for c in parameters.classes] == [length] * 5
            classes = parameters.class_of()
            assert classes[4, 6] == 3
            assert classes[3, 4] == 2
            assert {family for family, _ in classes} == {
                1, 2, 3, 4, 6, 8, 9, 10, 11, 16, 19, 21, 24,
            }  # fmt: skip

    run(scenario)


def test_a_silent_room_stays_as_long_as_bos() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        made = state.rooms.make("Demo", 4)
        assert made is not None
        room = await enter(state, alice, made.key)
        assert room.conversation.deadline == math.inf
        clock.now += 100_000
        await room.tick()
        assert not room.closed
        await alice.tick()
        assert [alice.closed, room.closed] == ["timeout", "user left"]

    clock = Clock()
    run(scenario, clock=clock)


def test_a_user_has_only_so_many_connections_beside_bos() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        wanted = ServiceRequest(CHATNAV.FAMILY)
        opened = [await service(state, alice, wanted) for _ in range(9)]
        assert [c.closed for c in opened] == [None] * 8 + ["too many services"]
        await opened[0].disconnect()
        assert not (await service(state, alice, wanted)).closed

    run(scenario, limits=Limits(rooms_per_user=2))


def test_one_request_gets_only_so_much_art() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        name = BARTID(1, 1, state.art.add(bytes(500)))
        asked = BARTDownload2("bob", (name,) * 100).to_bytes()
        replies = [
            BARTDownload2Reply.from_bytes(got.body)
            for got in await alice.ask(BART.DOWNLOAD2_QUERY, asked)
        ]
        assert [r.code for r in replies] == [0] * 4 + [7] * 96
        assert sum(len(r.data) for r in replies) == 2_000

    run(scenario, limits=Limits(output_bytes=4_000))


def test_a_room_that_emptied_while_somebody_came_is_the_one_others_find() -> None:
    async def scenario(state: ServerState) -> None:
        alice, bob = await online(state, "alice"), await online(state, "bob")
        made = state.rooms.make("den", 4)
        assert made is not None
        one = await enter(state, alice, made.key)
        late = await service(state, bob, ServiceRequest.for_room(made.key))
        await one.disconnect()
        assert len(state.rooms) == 0
        again = state.rooms.make("den", 4)
        assert again is not None
        assert again is not made
        await enter(state, alice, again.key)
        await late.say(OSERVICE.CLIENT_ONLINE, READY)
        assert {user.name for user in again.members.values()} == {"alice", "bob"}

    run(scenario)


def test_a_room_fills_up_also_with_those_who_were_on_their_way() -> None:
    async def scenario(state: ServerState) -> None:
        alice, bob = await online(state, "alice"), await online(state, "bob")
        made = state.rooms.make("den", 4)
        assert made is not None
        late = await service(state, bob, ServiceRequest.for_room(made.key))
        await enter(state, alice, made.key)
        await late.say(OSERVICE.CLIENT_ONLINE, READY)
        assert late.closed == "no room"
        assert {user.name for user in made.members.values()} == {"alice"}

    run(scenario, limits=Limits(occupants=1))


def test_the_directory_does_not_tell_who_hides() -> None:
    async def scenario(state: ServerState) -> None:
        alice, bob = await online(state, "alice"), await online(state, "bob")
        await bob.say(LOCATE.SET_DIR_INFO, TLV.text(0x01, "Robert").to_bytes())
        whom = names_to_bytes(("bob",))
        (seen,) = await alice.ask(LOCATE.GET_DIR_INFO, whom)
        assert b"Robert" in seen.body
        await bob.say(PD.ADD_DENY_LIST_ENTRIES, names_to_bytes(("alice",)))
        hidden = (await alice.ask(LOCATE.GET_DIR_INFO, whom))[-1]
        (nobody,) = await alice.ask(LOCATE.GET_DIR_INFO, names_to_bytes(("nobody",)))
        assert hidden.body == nobody.body

    run(scenario)
