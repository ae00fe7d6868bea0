"""Messages between users: delivered, stored, refused."""

import pytest

from Kamaelia.Protocol.AIM.Server.state.limits import Limits
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.buddy import names_to_bytes
from Kamaelia.Protocol.AIM.wire.feedbag import FeedbagClass, FeedbagItem
from Kamaelia.Protocol.AIM.wire.foodgroups import (
    BUDDY,
    FEEDBAG,
    ICBM,
    ICQ,
    OSERVICE,
    PD,
)
from Kamaelia.Protocol.AIM.wire.icbm import HostAck, MessageToClient, MessageToHost
from Kamaelia.Protocol.AIM.wire.icbm_control import (
    ClientError,
    ClientEvent,
    EvilReply,
    EvilRequest,
    ICBMFlag,
    ICBMParameters,
    TypingEvent,
    read_missed_calls,
)
from Kamaelia.Protocol.AIM.wire.icq import ICQRequest, OfflineMessage
from Kamaelia.Protocol.AIM.wire.own_info import EvilNotification
from Kamaelia.Protocol.AIM.wire.rendezvous import FileOffer, Rendezvous
from Kamaelia.Protocol.AIM.wire.snac import SNAC, SNACError
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.AIM.wire.user_info import read_users
from tests.aim.server.clients import Clock, MemoryClient, online, run

COOKIE = bytes.fromhex("3141592653589793")
TO_BOB = SNAC.from_bytes(
    bytes.fromhex(
        "00040006000000000021"
        "3141592653589793000103626F62"
        "00020015050100030101020101000A00000000686920626F62"
        "0003000000060000"
    )
)
"""alice -> bob "hi bob", to be acknowledged, to be stored if need be."""


async def send(client: MemoryClient, message: MessageToHost) -> list[SNAC]:
    return await client.ask(ICBM.CHANNEL_MSG_TO_HOST, message.to_bytes())


def error_of(answers: list[SNAC]) -> tuple[int, int | None]:
    assert [a.type for a in answers] == [ICBM.ERROR]
    error = SNACError.from_bytes(answers[0].body)
    return error.code, error.subcode


def test_a_message_is_delivered_and_acknowledged() -> None:
    async def scenario(state: ServerState) -> None:
        alice, bob = await online(state, "alice"), await online(state, "bob")
        await alice.say(ICBM.CHANNEL_MSG_TO_HOST, TO_BOB.body, request_id=0x21)
        heard = bob.snacs()
        assert [s.type for s in heard] == [ICBM.CHANNEL_MSG_TO_CLIENT]
        assert heard[0].header.request_id == 0x8000_0000
        message = MessageToClient.from_bytes(heard[0].body)
        assert (message.cookie, message.channel) == (COOKIE, 1)
        assert (message.sender.screen_name, message.text) == ("Alice", "hi bob")
        assert [tlv.tag for tlv in message.tlvs] == [0x02]
        acks = alice.snacs()
        assert acks[0].to_bytes() == bytes.fromhex(
            "0004000C0000000000213141592653589793000103626F62"
        )

    run(scenario)


def test_typing_is_offered_by_those_who_set_the_flag() -> None:
    async def scenario(state: ServerState) -> None:
        alice, bob = await online(state, "alice"), await online(state, "bob")
        wanted = ICBMParameters(0, flags=ICBMFlag.MESSAGES | ICBMFlag.EVENTS)
        await alice.say(ICBM.ADD_PARAMETERS, wanted.to_bytes())
        await send(alice, MessageToHost.of_text("bob", "x", COOKIE))
        assert MessageToClient.from_bytes(
            bob.take(ICBM.CHANNEL_MSG_TO_CLIENT)
        ).wants_events
        typing = ClientEvent("Alice", TypingEvent.TYPING).to_bytes()
        await bob.say(ICBM.CLIENT_EVENT, typing)
        event = ClientEvent.from_bytes(alice.take(ICBM.CLIENT_EVENT))
        assert (event.screen_name, event.event) == ("bob", TypingEvent.TYPING)

    run(scenario)


def test_a_message_to_nobody_is_an_error() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        message = MessageToHost.of_text("bob", "x", COOKIE, store=False)
        assert error_of(await send(alice, message)) == (4, None)
        stored = MessageToHost.of_text("nobody", "x", COOKIE, store=True)
        assert error_of(await send(alice, stored)) == (4, None)
        auto = MessageToHost.of_text("bob", "x", COOKIE, store=True, auto=True)
        assert error_of(await send(alice, auto)) == (4, None)

    run(scenario)


def test_offline_messages_wait_in_the_store_and_come_when_asked_for() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        answers = await alice.ask(ICBM.CHANNEL_MSG_TO_HOST, TO_BOB.body)
        assert HostAck.from_bytes(answers[0].body).cookie == COOKIE
        assert len(await state.store.aim.offline_messages("bob")) == 1
        bob = await online(state, "bob")
        heard = await bob.ask(ICBM.OFFLINE_RETRIEVE)
        assert [s.type for s in heard] == [
            ICBM.CHANNEL_MSG_TO_CLIENT,
            ICBM.OFFLINE_RETRIEVE_REPLY,
        ]
        message = MessageToClient.from_bytes(heard[0].body)
        assert (message.text, message.was_stored) == ("hi bob", True)
        assert message.sent_at
        assert await state.store.aim.offline_messages("bob") == []
        again = await bob.ask(ICBM.OFFLINE_RETRIEVE)
        assert [s.type for s in again] == [ICBM.OFFLINE_RETRIEVE_REPLY]

    run(scenario)


def test_clients_that_never_ask_get_offline_messages_after_a_while() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        await alice.ask(ICBM.CHANNEL_MSG_TO_HOST, TO_BOB.body)
        bob = await online(state, "bob")
        assert bob.conversation.deadline == clock.now + 10
        clock.now += 10
        await bob.tick()
        assert bob.kinds() == [ICBM.CHANNEL_MSG_TO_CLIENT]
        assert bob.conversation.deadline > clock.now + 10

    clock = Clock()
    run(scenario, clock=clock)


def test_icq_gets_offline_messages_in_its_own_form_and_deletes_them() -> None:
    async def scenario(state: ServerState) -> None:
        sender = await online(state, "100300")
        message = MessageToHost.of_text("100200", "privet", COOKIE, store=True)
        await send(sender, message)
        alice = await online(state, "alice")
        await send(alice, MessageToHost.of_text("100200", "hi", COOKIE, store=True))
        icq = await online(state, "100200")
        wanted = bytes.fromhex("0001000A0800688701003C000100")
        heard = await icq.ask(ICQ.DB_QUERY, wanted)
        assert [s.type for s in heard] == [
            ICQ.DB_REPLY,
            ICBM.CHANNEL_MSG_TO_CLIENT,
            ICQ.DB_REPLY,
        ]
        first = ICQRequest.from_bytes(heard[0].body)
        assert OfflineMessage.from_bytes(first.data).message.text == "privet"
        assert heard[-1].body == bytes.fromhex("0001000B09006887010042000100 00")
        assert len(await state.store.aim.offline_messages("100200")) == 2
        await icq.ask(ICQ.DB_QUERY, ICQRequest(100200, 0x3E, 2).to_bytes())
        assert await state.store.aim.offline_messages("100200") == []

    run(scenario)


def test_who_refuses_offline_messages_gets_none() -> None:
    # preference 0x34: bit 51 from the left of both strings
    bits = TLVBlock((TLV(0xD7, bytes(4)), TLV(0xD8, b"\0\0\x10\0")))
    prefs = FeedbagItem("", 0, 1, FeedbagClass.BUDDY_PREFS, bits)

    async def scenario(state: ServerState) -> None:
        bob = await online(state, "bob")
        await bob.say(FEEDBAG.INSERT_ITEM, prefs.to_bytes())
        await bob.disconnect()
        alice = await online(state, "alice")
        stored = MessageToHost.of_text("bob", "x", COOKIE, store=True)
        assert error_of(await send(alice, stored)) == (4, 0x0E)

    run(scenario)


def test_a_block_looks_like_being_offline() -> None:
    async def scenario(state: ServerState) -> None:
        alice, bob = await online(state, "alice"), await online(state, "bob")
        await bob.say(PD.ADD_DENY_LIST_ENTRIES, names_to_bytes(["alice"]))
        plain = MessageToHost.of_text("bob", "x", COOKIE)
        assert error_of(await send(alice, plain)) == (4, None)
        assert bob.kinds() == []
        back = MessageToHost.of_text("alice", "x", COOKIE)
        assert error_of(await send(bob, back)) == (0x10, None)
        typing = ClientEvent("bob", TypingEvent.TYPING).to_bytes()
        assert await alice.ask(ICBM.CLIENT_EVENT, typing) == []
        assert bob.kinds() == []

    run(scenario)


def test_a_message_over_the_limit_is_refused_and_one_over_theirs_is_missed() -> None:
    async def scenario(state: ServerState) -> None:
        alice, bob = await online(state, "alice"), await online(state, "bob")
        huge = MessageToHost.of_text("bob", "x" * 10_000, COOKIE)
        assert error_of(await send(alice, huge)) == (0x0B, None)
        both = ICBMFlag.MESSAGES | ICBMFlag.MISSED_CALLS
        small = ICBMParameters(0, flags=both, max_length=100)
        await bob.say(ICBM.ADD_PARAMETERS, small.to_bytes())
        long = MessageToHost.of_text("bob", "x" * 2_000, COOKIE)
        assert error_of(await send(alice, long)) == (0x0B, None)
        missed = read_missed_calls(bob.take(ICBM.MISSED_CALLS))[0]
        assert (missed.sender.screen_name, missed.count, missed.reason) == (
            "Alice",
            1,
            1,
        )

    run(scenario)


def test_messages_go_to_the_session_that_somebody_sits_at() -> None:
    async def scenario(state: ServerState) -> None:
        idle, active = await online(state, "bob"), await online(state, "bob")
        await idle.say(OSERVICE.IDLE_NOTIFICATION, b"\0\0\2\0")
        alice = await online(state, "alice")
        await send(alice, MessageToHost.of_text("bob", "x", COOKIE))
        assert ICBM.CHANNEL_MSG_TO_CLIENT not in idle.kinds()
        assert ICBM.CHANNEL_MSG_TO_CLIENT in active.kinds()
        await active.say(OSERVICE.IDLE_NOTIFICATION, b"\0\0\2\0")
        await send(alice, MessageToHost.of_text("bob", "x", COOKIE))
        assert ICBM.CHANNEL_MSG_TO_CLIENT in idle.kinds()
        assert ICBM.CHANNEL_MSG_TO_CLIENT in active.kinds()

    run(scenario)


def test_a_file_offer_carries_the_address_the_server_saw_and_no_other() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice", peer="203.0.113.5")
        bob = await online(state, "bob")
        offer = Rendezvous.file_offer(
            COOKIE, FileOffer("a.txt", 5), "192.168.1.5", 5190
        ).verified("10.9.9.9")
        message = MessageToHost(COOKIE, 2, "bob", TLVBlock((offer.to_tlv(),)))
        await send(alice, message)
        heard = MessageToClient.from_bytes(bob.take(ICBM.CHANNEL_MSG_TO_CLIENT))
        relayed = Rendezvous.from_bytes(heard.tlvs.get(0x05) or b"")
        assert relayed.address(0x04) == "203.0.113.5"
        assert relayed.address(0x02) == "192.168.1.5"
        assert relayed.files() == FileOffer("a.txt", 5)
        refusal = ClientError(COOKIE, 2, "Alice", 3, b"\0\2\0\1").to_bytes()
        await bob.say(ICBM.CLIENT_ERROR, refusal, request_id=55)
        answer = alice.snacs()[-1]
        assert (answer.type, answer.header.request_id) == (ICBM.CLIENT_ERROR, 55)
        assert ClientError.from_bytes(answer.body).screen_name == "bob"
        broken = MessageToHost(COOKIE, 2, "bob", TLVBlock((TLV(5, b"\0"),)))
        assert error_of(await send(alice, broken)) == (0x0E, None)

    run(scenario)


def test_the_ignored_speak_to_nobody_and_do_not_notice() -> None:
    async def scenario(state: ServerState) -> None:
        alice, bob = await online(state, "alice"), await online(state, "bob")
        item = FeedbagItem("alice", 0, 5, FeedbagClass.IGNORE)
        await bob.ask(FEEDBAG.INSERT_ITEM, item.to_bytes())
        answers = await send(alice, MessageToHost.of_text("bob", "x", COOKIE))
        assert [a.type for a in answers] == [ICBM.HOST_ACK]
        assert bob.kinds() == []

    run(scenario)


@pytest.mark.parametrize(("anonymous", "rise"), [(False, 100), (True, 30)])
def test_a_warning_needs_a_message_and_sinks_with_time(
    anonymous: bool, rise: int
) -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice", "bob")
        bob = await online(state, "bob")
        alice.heard.clear()
        body = EvilRequest("bob", anonymous=anonymous).to_bytes()
        assert error_of(await alice.ask(ICBM.EVIL_REQUEST, body)) == (0x0D, None)
        await send(bob, MessageToHost.of_text("alice", "x", COOKIE))
        alice.heard.clear()
        bob.heard.clear()
        answers = await alice.ask(ICBM.EVIL_REQUEST, body)
        assert [a.type for a in answers] == [ICBM.EVIL_REPLY, BUDDY.ARRIVED]
        assert EvilReply.from_bytes(answers[0].body) == EvilReply(rise, rise)
        assert read_users(answers[1].body)[0].warning == rise
        told = bob.snacs()
        assert [s.type for s in told] == [
            OSERVICE.EVIL_NOTIFICATION,
            OSERVICE.USER_INFO_UPDATE,
        ]
        warner = EvilNotification.from_bytes(told[0].body).warner
        assert (warner is None) is anonymous
        clock.now += 300
        own = (await bob.ask(OSERVICE.USER_INFO_QUERY))[0]
        assert read_users(own.body)[0].warning == max(0, rise - 50)
        assert error_of(await alice.ask(ICBM.EVIL_REQUEST, body)) == (0x0D, None)

    clock = Clock()
    run(scenario, clock=clock)


def test_a_burst_of_messages_is_warned_then_limited_then_ends() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        message = MessageToHost.of_text("alice", "x", COOKIE, ack=False)
        codes: list[list[int]] = []
        answers: list[SNAC] = []
        for _ in range(13):
            answers = await send(alice, message)
            notes = [a for a in answers if a.type == OSERVICE.RATE_PARAM_CHANGE]
            codes.append([n.body[1] for n in notes])
        assert codes == [[]] * 3 + [[2]] + [[]] * 3 + [[3]] + [[]] * 5
        assert [a.type for a in answers] == [ICBM.ERROR]
        await send(alice, message)
        assert alice.closed == "rate"

    run(scenario)


def test_a_limit_is_lifted_with_time_and_said_so() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        message = MessageToHost.of_text("alice", "x", COOKIE, ack=False)
        for _ in range(8):
            await send(alice, message)
        assert alice.conversation.deadline == clock.now + 1
        clock.now += 30
        await alice.tick()
        note = alice.snacs()[-1]
        assert (note.type, note.body[1]) == (OSERVICE.RATE_PARAM_CHANGE, 4)
        answers = await send(alice, message)
        assert ICBM.CHANNEL_MSG_TO_CLIENT in [a.type for a in answers]

    clock = Clock()
    run(scenario, clock=clock, limits=Limits())
