"""The list on the server: given out, changed, and what follows from changes."""

from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.feedbag import (
    FeedbagAttribute,
    FeedbagClass,
    FeedbagItem,
    FeedbagReply,
    FeedbagVersion,
    items_to_bytes,
    read_items,
    read_statuses,
)
from Kamaelia.Protocol.AIM.wire.feedbag_rights import (
    AuthorisationReply,
    AuthorisationRequest,
    BuddyAdded,
    FeedbagRights,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import BUDDY, FEEDBAG, ICBM, OSERVICE
from Kamaelia.Protocol.AIM.wire.snac import SNAC, SNACError
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from tests.aim.server.clients import MemoryClient, online, run

MASTER = FeedbagItem("", 0, 0, FeedbagClass.GROUP).with_order([1])
BUDDIES = FeedbagItem("Buddies", 1, 0, FeedbagClass.GROUP).with_order([7])
BOB = FeedbagItem("bob", 1, 7, FeedbagClass.BUDDY)
DENY_BOB = FeedbagItem("bob", 0, 9, FeedbagClass.DENY)
DENY_SOME = FeedbagItem(
    "", 0, 4, FeedbagClass.PD_INFO, TLVBlock((TLV.u8(FeedbagAttribute.PD_MODE, 4),))
)


async def edit(
    client: MemoryClient, kind: tuple[int, int], *items: FeedbagItem
) -> list[SNAC]:
    return await client.ask(kind, items_to_bytes(items))


def kinds(answers: list[SNAC]) -> list[tuple[int, int]]:
    return [(a.header.family, a.header.subtype) for a in answers]


def test_an_empty_list_is_given_out() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        answers = await alice.ask(FEEDBAG.QUERY)
        assert kinds(answers) == [FEEDBAG.REPLY]
        assert FeedbagReply.from_bytes(answers[0].body).items == ()
        rights = FeedbagRights.from_bytes(
            (await alice.ask(FEEDBAG.RIGHTS_QUERY))[0].body
        )
        assert rights.limit(FeedbagClass.BUDDY) == 1000

    run(scenario)


def test_a_change_is_acknowledged_stored_and_then_seen() -> None:
    async def scenario(state: ServerState) -> None:
        await online(state, "bob")
        alice = await online(state, "alice")
        await alice.say(FEEDBAG.START_CLUSTER)
        answers = await edit(alice, FEEDBAG.INSERT_ITEM, MASTER, BUDDIES, BOB)
        await alice.say(FEEDBAG.END_CLUSTER)
        assert kinds(answers) == [FEEDBAG.STATUS, BUDDY.ARRIVED]
        assert read_statuses(answers[0].body) == (0, 0, 0)
        await alice.disconnect()
        alice = await online(state, "alice")
        reply = FeedbagReply.from_bytes((await alice.ask(FEEDBAG.QUERY))[0].body)
        assert reply.items == (MASTER, BUDDIES, BOB)
        known = FeedbagVersion(reply.changed_at, 3).to_bytes()
        answers = await alice.ask(FEEDBAG.QUERY_IF_MODIFIED, known)
        assert kinds(answers) == [FEEDBAG.REPLY_NOT_MODIFIED]
        assert answers[0].body == known
        old = FeedbagVersion(reply.changed_at - 1, 3).to_bytes()
        answers = await alice.ask(FEEDBAG.QUERY_IF_MODIFIED, old)
        assert kinds(answers) == [FEEDBAG.REPLY]

    run(scenario)


def test_a_list_on_the_server_is_watched_after_sign_on() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        await edit(alice, FEEDBAG.INSERT_ITEM, BOB)
        bob = await online(state, "bob")
        assert alice.kinds() == [BUDDY.ARRIVED]
        await edit(alice, FEEDBAG.DELETE_ITEM, BOB)
        assert alice.kinds() == []
        await bob.disconnect()
        assert alice.kinds() == []

    run(scenario)


def test_a_deny_in_the_list_hides_both_after_the_acknowledgement() -> None:
    async def scenario(state: ServerState) -> None:
        bob = await online(state, "bob", "alice")
        alice = await online(state, "alice", "bob")
        bob.heard.clear()
        answers = await edit(alice, FEEDBAG.INSERT_ITEM, DENY_BOB)
        assert kinds(answers) == [FEEDBAG.STATUS]
        answers = await edit(alice, FEEDBAG.INSERT_ITEM, DENY_SOME)
        assert kinds(answers) == [FEEDBAG.STATUS, BUDDY.DEPARTED]
        assert bob.kinds() == [BUDDY.DEPARTED]
        answers = await edit(alice, FEEDBAG.DELETE_ITEM, DENY_BOB)
        assert kinds(answers) == [FEEDBAG.STATUS, BUDDY.ARRIVED]
        assert bob.kinds() == [BUDDY.ARRIVED]

    run(scenario)


def test_every_item_gets_its_own_status_in_order() -> None:
    deny_self = FeedbagItem("Alice", 0, 5, FeedbagClass.DENY)
    missing = FeedbagItem("x", 5, 5, FeedbagClass.BUDDY)
    second_mode = FeedbagItem("", 0, 6, FeedbagClass.PD_INFO)

    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        answers = await edit(alice, FEEDBAG.INSERT_ITEM, BOB, deny_self, DENY_SOME)
        assert read_statuses(answers[0].body) == (0, 0x0A, 0)
        answers = await edit(alice, FEEDBAG.INSERT_ITEM, BOB, second_mode)
        assert read_statuses(answers[0].body) == (0, 0x0C)
        answers = await edit(alice, FEEDBAG.DELETE_ITEM, missing, BOB)
        assert read_statuses(answers[0].body) == (2, 0)
        answers = await alice.ask(FEEDBAG.INSERT_ITEM, b"\0\1")
        assert SNACError.from_bytes(answers[0].body).code == 0x0E

    run(scenario)


def test_a_long_list_comes_in_parts() -> None:
    items = [
        FeedbagItem(f"buddy{n:04}", 1, n, FeedbagClass.BUDDY) for n in range(1, 900)
    ]

    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        for start in range(0, 900, 300):
            await edit(alice, FEEDBAG.INSERT_ITEM, *items[start : start + 300])
        answers = await alice.ask(FEEDBAG.QUERY)
        assert len(answers) > 2
        assert [a.header.more for a in answers] == [True] * (len(answers) - 1) + [False]
        assert all(len(a.body) < 8_000 for a in answers)
        parts = [FeedbagReply.from_bytes(a.body).items for a in answers]
        assert [item for part in parts for item in part] == items

    run(scenario)


def test_other_sessions_of_the_name_hear_of_a_change() -> None:
    async def scenario(state: ServerState) -> None:
        one, two = await online(state, "alice"), await online(state, "alice")
        await edit(one, FEEDBAG.INSERT_ITEM, BOB)
        assert read_items(two.take(FEEDBAG.INSERT_ITEM)) == (BOB,)

    run(scenario)


def test_permission_is_asked_for_and_given() -> None:
    pending = BOB.with_attribute(FeedbagAttribute.PENDING, b"")

    async def scenario(state: ServerState) -> None:
        bob = await online(state, "bob")
        alice = await online(state, "alice")
        answers = await edit(alice, FEEDBAG.INSERT_ITEM, pending)
        assert kinds(answers) == [FEEDBAG.STATUS]
        body = AuthorisationRequest("bob", "please").to_bytes()
        assert await alice.ask(FEEDBAG.REQUEST_AUTHORIZE_TO_HOST, body) == []
        asked = bob.snacs()[-1]
        assert asked.type == FEEDBAG.REQUEST_AUTHORIZE_TO_CLIENT
        assert asked.prefix == bytes.fromhex("000100020004")
        assert AuthorisationRequest.from_bytes(asked.body) == AuthorisationRequest(
            "Alice", "please"
        )
        yes = AuthorisationReply("Alice", granted=True).to_bytes()
        await bob.say(FEEDBAG.RESPOND_AUTHORIZE_TO_HOST, yes)
        heard = alice.snacs()
        assert kinds(heard) == [
            FEEDBAG.RESPOND_AUTHORIZE_TO_CLIENT,
            FEEDBAG.UPDATE_ITEM,
            BUDDY.ARRIVED,
        ]
        assert read_items(heard[1].body) == (BOB,)
        stored = await state.store.aim.feedbag("alice")
        assert stored.items[0].attributes == b""

    run(scenario)


def test_a_reason_is_no_longer_than_a_message() -> None:
    async def scenario(state: ServerState) -> None:
        bob = await online(state, "bob")
        alice = await online(state, "alice")
        bob.heard.clear()
        body = AuthorisationRequest("bob", "x" * 9_000).to_bytes()
        (error,) = await alice.ask(FEEDBAG.REQUEST_AUTHORIZE_TO_HOST, body)
        assert SNACError.from_bytes(error.body).code == 0x0B
        assert bob.snacs() == []

    run(scenario)


def test_a_permission_that_nobody_waits_for_writes_nothing() -> None:
    async def scenario(state: ServerState) -> None:
        bob = await online(state, "bob")
        alice = await online(state, "alice")
        await edit(alice, FEEDBAG.INSERT_ITEM, BOB)
        before = (await state.store.aim.feedbag("alice")).time
        yes = AuthorisationReply("Alice", granted=True).to_bytes()
        for _ in range(3):
            await bob.say(FEEDBAG.RESPOND_AUTHORIZE_TO_HOST, yes)
        assert FEEDBAG.UPDATE_ITEM not in alice.kinds()
        assert (await state.store.aim.feedbag("alice")).time == before

    run(scenario)


def test_icq_users_hear_that_they_were_added() -> None:
    contact = FeedbagItem("100200", 1, 7, FeedbagClass.BUDDY)

    async def scenario(state: ServerState) -> None:
        icq = await online(state, "100200")
        alice = await online(state, "alice")
        await edit(alice, FEEDBAG.INSERT_ITEM, contact)
        assert (
            BuddyAdded.from_bytes(icq.take(FEEDBAG.BUDDY_ADDED)).screen_name == "Alice"
        )

    run(scenario)


def test_an_edit_that_outlives_its_connection_leaves_nothing_behind() -> None:
    async def scenario(state: ServerState) -> None:
        alice = await online(state, "alice")
        work = alice.conversation.receive(
            (
                2,
                SNAC.make(
                    FEEDBAG.INSERT_ITEM, items_to_bytes([BOB]), request_id=5
                ).to_bytes(),
                False,
            )  # type: ignore[arg-type]
        )
        assert work is not None
        alice.close("peer closed")
        await work
        assert len(state.users) == 0
        assert state.users.watchers is not None
        bob = await online(state, "bob")
        await bob.ask(ICBM.PARAMETER_QUERY)
        assert (await state.store.aim.feedbag("alice")).items != ()
        assert (await bob.ask(OSERVICE.USER_INFO_QUERY)) != []

    run(scenario)
