"""Who sees whom, and what they are told."""

import pytest

from Kamaelia.Protocol.AIM.Server.state.limits import Limits
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.bart import status_text
from Kamaelia.Protocol.AIM.wire.buddy import names_to_bytes
from Kamaelia.Protocol.AIM.wire.foodgroups import (
    BUDDY,
    FEEDBAG,
    ICBM,
    LOCATE,
    OSERVICE,
    PD,
)
from Kamaelia.Protocol.AIM.wire.icbm import MessageToHost
from Kamaelia.Protocol.AIM.wire.locate import SetInfo, UserInfoQuery, UserInfoReply
from Kamaelia.Protocol.AIM.wire.oservice import CLIENT_VERSIONS, ClientOnline
from Kamaelia.Protocol.AIM.wire.own_info import IdleNotification, SetUserInfo
from Kamaelia.Protocol.AIM.wire.snac import SNACError
from Kamaelia.Protocol.AIM.wire.user_info import (
    STATUS_INVISIBLE,
    UserFlag,
    UserInfo,
    read_users,
)
from tests.aim.server.clients import (
    Clock,
    MemoryClient,
    log_in,
    online,
    open_with,
    run,
    shake_hands,
)

READY = ClientOnline(CLIENT_VERSIONS).to_bytes()


def arrived(client: MemoryClient) -> UserInfo:
    """Return whose arrival came, and nothing else."""
    snacs = client.snacs()
    assert [s.type for s in snacs] == [BUDDY.ARRIVED]
    return read_users(snacs[0].body)[0]


def test_both_sides_hear_of_an_arrival_and_of_the_departure() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice", "bob")
        bob = await online(state, "bob")
        info = arrived(alice)
        assert (info.screen_name, info.flags) == ("bob", UserFlag.FREE)
        assert info.signed_on == 0x65000000
        await bob.say(BUDDY.ADD_BUDDIES, names_to_bytes(["A l i c e"]))
        assert arrived(bob).screen_name == "Alice"
        await alice.disconnect()
        departed = bob.snacs()
        assert [s.type for s in departed] == [BUDDY.DEPARTED]
        assert departed[0].body == bytes.fromhex("05416c69636500000001000100020000")

    run(scenario)


def test_nobody_is_seen_before_being_ready() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice", "bob")
        reply = await log_in(state, "bob", "secret9")
        bob = await open_with(state, reply.cookie)
        await shake_hands(bob)
        assert alice.kinds() == []
        await bob.say(OSERVICE.CLIENT_ONLINE, READY)
        assert alice.kinds() == []
        await bob.say(FEEDBAG.USE)
        assert alice.kinds() == [BUDDY.ARRIVED]

    run(scenario)


def test_a_list_that_is_never_activated_delays_the_arrival_only_a_while() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice", "bob")
        reply = await log_in(state, "bob", "secret9")
        bob = await open_with(state, reply.cookie)
        await shake_hands(bob)
        await bob.say(OSERVICE.CLIENT_ONLINE, READY)
        assert bob.conversation.deadline == clock.now + 10
        clock.now += 10
        await bob.tick()
        assert alice.kinds() == [BUDDY.ARRIVED]

    clock = Clock()
    run(scenario, clock=clock)


def test_a_bot_without_a_list_is_seen_at_once() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice", "bob")
        reply = await log_in(state, "bob", "secret9")
        bob = await open_with(state, reply.cookie)
        await bob.say(OSERVICE.CLIENT_ONLINE, READY)
        assert alice.kinds() == [BUDDY.ARRIVED]

    run(scenario)


def test_away_and_back_are_shown_and_the_text_is_given_as_it_came() -> None:
    async def scenario(state: ServerState) -> None:
        alice, bob = await online(state, "alice", "bob"), await online(state, "bob")
        alice.heard.clear()
        request = SetInfo.make(away="gone <b>fishing</b>", profile="hé")
        await bob.say(LOCATE.SET_INFO, request.to_bytes())
        assert arrived(alice).is_away
        answer = (
            await alice.ask(LOCATE.USER_INFO_QUERY, UserInfoQuery("BOB", 3).to_bytes())
        )[0]
        reply = UserInfoReply.from_bytes(answer.body)
        assert (reply.user.screen_name, reply.away) == ("bob", "gone <b>fishing</b>")
        assert reply.profile == "hé"
        assert [tlv for tlv in reply.tlvs if tlv.tag in (1, 2)] == [
            tlv for tlv in request.tlvs if tlv.tag in (1, 2)
        ]
        await bob.say(LOCATE.SET_INFO, SetInfo.make(away="").to_bytes())
        assert not arrived(alice).is_away

    run(scenario)


def test_idleness_is_told_in_minutes() -> None:
    async def scenario(state: ServerState) -> None:
        alice, bob = await online(state, "alice", "bob"), await online(state, "bob")
        alice.heard.clear()
        await bob.say(OSERVICE.IDLE_NOTIFICATION, IdleNotification(600).to_bytes())
        assert arrived(alice).idle_minutes == 10
        clock.now += 300
        await alice.say(BUDDY.DEL_BUDDIES, names_to_bytes(["bob"]))
        await alice.say(BUDDY.ADD_BUDDIES, names_to_bytes(["bob"]))
        assert arrived(alice).idle_minutes == 15
        await bob.say(OSERVICE.IDLE_NOTIFICATION, IdleNotification(0).to_bytes())
        assert arrived(alice).idle_minutes == 0
        await bob.say(OSERVICE.IDLE_NOTIFICATION, IdleNotification(0).to_bytes())
        assert alice.kinds() == []

    clock = Clock()
    run(scenario, clock=clock)


def test_who_turns_invisible_departs_and_comes_back() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice", "100200")
        icq = await online(state, "100200")
        info = arrived(alice)
        assert info.flags == UserFlag.FREE | UserFlag.ICQ
        assert len(info.tlvs.get(0x0C) or b"") == 37
        hidden = SetUserInfo.make(STATUS_INVISIBLE).to_bytes()
        answers = await icq.ask(OSERVICE.SET_USERINFO_FIELDS, hidden)
        assert read_users(answers[0].body)[0].status == STATUS_INVISIBLE
        assert alice.kinds() == [BUDDY.DEPARTED]
        shown = SetUserInfo.make(0x20, [status_text("here")]).to_bytes()
        await icq.say(OSERVICE.SET_USERINFO_FIELDS, shown)
        info = arrived(alice)
        assert (info.status, info.available_message) == (0x20, "here")

    run(scenario)


def test_info_of_who_cannot_be_seen_is_refused() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        body = UserInfoQuery("bob").to_bytes()
        answer = (await alice.ask(LOCATE.USER_INFO_QUERY, body))[0]
        assert answer.type == LOCATE.ERROR
        assert SNACError.from_bytes(answer.body).code == 4

    run(scenario)


@pytest.mark.parametrize("by_alice", [True, False])
def test_a_block_hides_both_from_each_other(by_alice: bool) -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice", "bob")
        bob = await online(state, "bob", "alice")
        alice.heard.clear()
        one, name = (alice, "bob") if by_alice else (bob, "alice")
        await one.say(PD.ADD_DENY_LIST_ENTRIES, names_to_bytes([name]))
        assert alice.kinds() == [BUDDY.DEPARTED]
        assert bob.kinds() == [BUDDY.DEPARTED]
        await one.say(PD.DEL_DENY_LIST_ENTRIES, names_to_bytes([name]))
        assert alice.kinds() == [BUDDY.ARRIVED]
        assert bob.kinds() == [BUDDY.ARRIVED]

    run(scenario)


def test_permits_let_only_those_see_one_and_the_own_name_clears() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice", "bob")
        carol = await online(state, "carolc", "bob")
        bob = await online(state, "bob")
        alice.heard.clear()
        carol.heard.clear()
        await bob.say(PD.ADD_PERM_LIST_ENTRIES, names_to_bytes(["alice"]))
        assert (alice.kinds(), carol.kinds()) == ([], [BUDDY.DEPARTED])
        await bob.say(PD.ADD_PERM_LIST_ENTRIES, names_to_bytes(["bob"]))
        assert (alice.kinds(), carol.kinds()) == ([BUDDY.DEPARTED], [])
        await bob.say(PD.ADD_DENY_LIST_ENTRIES, names_to_bytes(["bob"]))
        assert alice.kinds() == carol.kinds() == [BUDDY.ARRIVED]

    run(scenario)


def test_a_user_is_away_only_when_all_sessions_are_and_gone_with_the_last() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice", "bob")
        one = await online(state, "bob", "alice")
        two = await online(state, "bob", "alice")
        assert BUDDY.ARRIVED in [s.type for s in alice.snacs()]
        away = SetInfo.make(away="x").to_bytes()
        await one.say(LOCATE.SET_INFO, away)
        assert not arrived(alice).is_away
        await two.say(LOCATE.SET_INFO, away)
        assert arrived(alice).is_away
        await one.disconnect()
        assert arrived(alice).is_away
        await two.disconnect()
        assert alice.kinds() == [BUDDY.DEPARTED]

    run(scenario)


def test_a_further_session_hears_who_is_there() -> None:
    async def scenario(state: ServerState) -> None:
        await online(state, "alice")
        await online(state, "bob", "alice")
        reply = await log_in(state, "bob", "secret9")
        second = await open_with(state, reply.cookie)
        second.heard.clear()
        await second.say(OSERVICE.CLIENT_ONLINE, READY)
        assert BUDDY.ARRIVED in second.kinds()

    run(scenario)


def test_more_buddies_than_allowed_are_refused_by_name() -> None:

    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        names = names_to_bytes(["one", "two", "three"])
        answers = await alice.ask(BUDDY.ADD_BUDDIES, names)
        assert [(a.type, a.body) for a in answers] == [
            (BUDDY.REJECT_NOTIFICATION, b"\5three")
        ]

    run(scenario, limits=Limits(buddies=2))


# A libpurple 2.14 ICQ client turns invisible: feedbag mode "visible list only", then
# the status. It turns back to the mode "all but the invisible list".
GO_INVISIBLE = (
    (FEEDBAG.UPDATE_ITEM, bytes.fromhex("0000 0000 0001 0004 0005 00ca 0001 03")),
    (
        OSERVICE.SET_USERINFO_FIELDS,
        bytes.fromhex("0006 0004 10020100 001d 000a 00020406 00026869 0000"),
    ),
)
PD_ITEM = bytes.fromhex("0000 0000 0001 0004 0005 00ca 0001 04")
ALICE_IS_SHOWN = bytes.fromhex("0005 616c696365 0000 0009 0002 0000")


def test_an_invisible_icq_user_sees_and_hears_the_others() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice", "100200")
        icq = await online(state, "100200", "alice")
        await icq.say(FEEDBAG.INSERT_ITEM, PD_ITEM)
        icq.heard.clear()
        alice.heard.clear()
        for kind, body in GO_INVISIBLE:
            await icq.say(kind, body)
        assert alice.kinds() == [BUDDY.DEPARTED]
        assert BUDDY.DEPARTED not in icq.kinds()
        text = MessageToHost.of_text("100200", "there?", cookie=bytes(8))
        await alice.say(ICBM.CHANNEL_MSG_TO_HOST, text.to_bytes())
        assert icq.kinds() == [ICBM.CHANNEL_MSG_TO_CLIENT]

    run(scenario)


def test_those_on_the_visible_list_see_an_invisible_icq_user() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice", "100200")
        bob = await online(state, "bob", "100200")
        icq = await online(state, "100200")
        await icq.say(FEEDBAG.INSERT_ITEM, PD_ITEM)
        await icq.say(FEEDBAG.INSERT_ITEM, ALICE_IS_SHOWN)
        alice.heard.clear()
        bob.heard.clear()
        for kind, body in GO_INVISIBLE:
            await icq.say(kind, body)
        assert bob.kinds() == [BUDDY.DEPARTED]
        assert arrived(alice).available_message == "hi"

    run(scenario)


def test_the_invisible_list_of_an_icq_user_works_one_way() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice", "100200")
        icq = await online(state, "100200", "alice")
        alice.heard.clear()
        await icq.say(PD.ADD_DENY_LIST_ENTRIES, names_to_bytes(["alice"]))
        assert alice.kinds() == [BUDDY.DEPARTED]
        assert icq.kinds() == []

    run(scenario)
