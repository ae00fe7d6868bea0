"""Signing on: the authorizer's answers, cookies, one name signed on twice."""

from typing import Any

import pytest

from Kamaelia.Protocol.AIM.Server.state.limits import Limits
from Kamaelia.Protocol.AIM.Server.state.link import FLAPMessage
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.client_identity import ClientIdentity
from Kamaelia.Protocol.AIM.wire.flap import (
    CHANNEL_DATA,
    CHANNEL_KEEPALIVE,
    CHANNEL_SIGNOFF,
    CHANNEL_SIGNON,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import BUCP, BUDDY, OSERVICE
from Kamaelia.Protocol.AIM.wire.login import (
    ChallengeReply,
    ChallengeRequest,
    LoginReply,
    LoginRequest,
    SignOff,
    SignOn,
)
from Kamaelia.Protocol.AIM.wire.password import JAVA_TABLE, roast, weak_digest
from Kamaelia.Protocol.AIM.wire.snac import SNAC, SNACError
from Kamaelia.Protocol.AIM.wire.tlv import TLVBlock
from Kamaelia.store.accounts import Account
from tests.aim.server.clients import (
    ONLY,
    Clock,
    MemoryClient,
    frames_of,
    log_in,
    online,
    open_with,
    run,
)


def test_the_server_speaks_first() -> None:
    async def scenario(state: ServerState) -> None:
        client = MemoryClient(state)
        assert list(client.heard) == [FLAPMessage(CHANNEL_SIGNON, b"\0\0\0\1")]

    run(scenario)


def test_strong_md5_gives_address_and_a_cookie_of_256_bytes() -> None:
    async def scenario(state: ServerState) -> None:
        reply = await log_in(state, "aLi ce", "secret9")
        assert (reply.error, reply.screen_name) == (0, "Alice")
        assert reply.address == "198.51.100.7:5190"
        assert len(reply.cookie) == 256

    run(scenario)


def test_the_recorded_bytes_of_a_challenge_request_are_answered() -> None:
    wire = bytes.fromhex(
        "2A010001000400000001"
        "2A020002001B00170006000000000001"
        "00010005616C696365004B0000005A0000"
    )

    async def scenario(state: ServerState) -> None:
        client = MemoryClient(state)
        for channel, payload in frames_of(wire):
            await client.frame(channel, payload)
        snac = client.snacs()[-1]
        assert snac.header.request_id == 1
        assert ChallengeReply.from_bytes(snac.body).key

    run(scenario)


def test_weak_md5_is_accepted_where_the_operator_allows_it() -> None:
    async def scenario(state: ServerState) -> None:
        client = MemoryClient(state)
        await client.frame(CHANNEL_SIGNON, SignOn().to_bytes())
        await client.say(BUCP.CHALLENGE_REQUEST, ChallengeRequest("bob").to_bytes())
        key = ChallengeReply.from_bytes(client.take(BUCP.CHALLENGE_RESPONSE)).key
        request = LoginRequest("bob", weak_digest(b"secret9", key), strong=False)
        await client.say(BUCP.LOGIN_REQUEST, request.to_bytes())
        reply = LoginReply.from_bytes(client.take(BUCP.LOGIN_RESPONSE))
        assert reply.cookie

    run(scenario)


def test_a_digest_answers_one_challenge_once() -> None:
    async def scenario(state: ServerState) -> None:
        client = MemoryClient(state)
        await client.frame(CHANNEL_SIGNON, SignOn().to_bytes())
        request = LoginRequest("bob", bytes(16))
        await client.say(BUCP.LOGIN_REQUEST, request.to_bytes())
        reply = LoginReply.from_bytes(client.take(BUCP.LOGIN_RESPONSE))
        assert reply.error == 6
        assert client.closed == "refused"

    run(scenario)


@pytest.mark.parametrize("java", [False, True])
def test_a_roasted_password_is_answered_on_channel_4(java: bool) -> None:
    text = "AOL Instant Messenger (TM) version 1.1.19 for Java" if java else "x"
    identity = ClientIdentity(text=text, multi=0)

    async def scenario(state: ServerState) -> None:
        client = MemoryClient(state)
        table = {"table": JAVA_TABLE} if java else {}
        first = SignOn.with_password("alice", b"secret9", identity, **table)
        await client.frame(CHANNEL_SIGNON, first.to_bytes())
        channel, payload, _ = client.heard[-1]
        assert channel == CHANNEL_SIGNOFF
        reply = LoginReply.from_bytes(payload)
        assert (reply.error, len(reply.cookie)) == (0, 256)
        assert client.closed == "authorized"

    run(scenario)


def test_the_flap_login_of_icq_is_refused_like_any_wrong_password() -> None:
    wire = bytes.fromhex(
        "2A010001002C0000000100010006313030323030000200078043E2B65CF2E2"
        "0003000F49435120496E632E202D2064656D6F"
    )

    async def scenario(state: ServerState) -> list[int]:
        errors = []
        for data in (wire, wire.replace(b"100200", b"100999")):
            client = MemoryClient(state)
            for channel, payload in frames_of(data):
                await client.frame(channel, payload)
            errors.append(LoginReply.from_bytes(client.heard[-1].payload).error)
        return errors

    assert run(scenario) == [0, 5]


def test_a_roasted_password_in_a_snac_is_accepted() -> None:
    async def scenario(state: ServerState) -> None:
        client = MemoryClient(state)
        await client.frame(CHANNEL_SIGNON, SignOn().to_bytes())
        request = LoginRequest("bob", b"", strong=False, roasted=roast(b"secret9"))
        await client.say(BUCP.LOGIN_REQUEST, request.to_bytes())
        assert LoginReply.from_bytes(client.take(BUCP.LOGIN_RESPONSE)).cookie

    run(scenario)


def test_addresses_take_turns_when_many_passwords_wait() -> None:
    async def scenario(state: ServerState) -> None:
        accounts, peers = state.store.accounts, []
        check = accounts.check_password

        async def note(*args: Any) -> Account | None:
            peers.append(args[3])
            return await check(*args)

        accounts.check_password = note  # type: ignore[method-assign,assignment]
        client = MemoryClient(state)
        first = SignOn.with_password("alice", b"secret9", ClientIdentity(text="x"))
        await client.frame(CHANNEL_SIGNON, first.to_bytes())
        assert client.closed == "authorized"
        assert peers == [client.ends.peer]

    run(scenario)


@pytest.mark.parametrize("name", ["alice", "nobody", "999999", "x" * 97])
def test_a_wrong_password_and_an_unknown_name_look_the_same(name: str) -> None:
    async def scenario(state: ServerState) -> None:
        reply = await log_in(state, name, "wrong")
        assert (reply.error, reply.address, reply.cookie) == (5, "", b"")

    run(scenario)


def test_a_suspended_account_is_told_so_after_the_right_password_only() -> None:
    async def scenario(state: ServerState) -> None:
        await state.store.accounts.set_suspended("aim", "bob")
        assert (await log_in(state, "bob", "secret9")).error == 0x11
        assert (await log_in(state, "bob", "wrong")).error == 5

    run(scenario)


def test_wrong_passwords_are_limited_per_name_and_address() -> None:
    async def scenario(state: ServerState) -> None:
        for _ in range(3):
            assert (await log_in(state, "bob", "wrong")).error == 5
        assert (await log_in(state, "bob", "secret9")).error == 0x1D
        assert (await log_in(state, "alice", "secret9")).error == 0
        elsewhere = await log_in(state, "bob", "secret9", peer="192.0.2.9")
        assert elsewhere.error == 0
        clock.now += 600
        assert (await log_in(state, "bob", "secret9")).error == 0

    clock = Clock()
    run(scenario, limits=Limits(failures_per_account=3), clock=clock)


def test_sign_ons_of_an_address_are_limited() -> None:
    async def scenario(state: ServerState) -> None:
        codes = [(await log_in(state, "bob", "secret9")).error for _ in range(4)]
        assert codes == [0, 0, 0, 0x18]

    run(scenario, limits=Limits(sign_ons_per_minute=3))


def test_too_many_connections_of_an_address_are_told_so() -> None:
    async def scenario(state: ServerState) -> None:
        held = [MemoryClient(state) for _ in range(2)]
        assert (await log_in(state, "bob", "secret9")).error == 0x16
        other = await log_in(state, "bob", "secret9", peer="192.0.2.9")
        assert other.error == 0
        await held[0].disconnect()
        assert (await log_in(state, "bob", "secret9")).error == 0

    run(scenario, limits=Limits(connections_per_address=2))


def test_a_cookie_is_good_once_and_not_for_long() -> None:
    async def scenario(state: ServerState) -> None:
        first = (await log_in(state, "bob", "secret9")).cookie
        assert (await open_with(state, first)).kinds() == [OSERVICE.HOST_ONLINE]
        assert (await open_with(state, first)).closed == "bad cookie"
        late = (await log_in(state, "bob", "secret9")).cookie
        clock.now += 61
        assert (await open_with(state, late)).closed == "bad cookie"
        forged = bytes(256)
        assert (await open_with(state, forged)).closed == "bad cookie"

    clock = Clock()
    run(scenario, clock=clock)


def test_an_account_removed_before_its_cookie_is_used_cannot_sign_on() -> None:
    async def scenario(state: ServerState) -> None:
        cookie = (await log_in(state, "bob", "secret9")).cookie
        await state.store.accounts.remove("aim", "bob")
        assert (await open_with(state, cookie)).closed == "account removed"
        assert len(state.users) == 0

    run(scenario)


def test_a_second_sign_on_ends_the_first() -> None:
    async def scenario(state: ServerState) -> None:
        watcher = await online(state, "alice", "bob")
        first = await online(state, "bob", identity=ONLY)
        assert watcher.kinds() == [BUDDY.ARRIVED]
        second = await online(state, "bob", identity=ONLY)
        channel, payload, _ = first.heard[-1]
        assert (channel, SignOff.from_bytes(payload).reason) == (CHANNEL_SIGNOFF, 1)
        assert first.closed == "elsewhere"
        assert second.closed is None
        assert watcher.kinds() == [BUDDY.DEPARTED, BUDDY.ARRIVED]

    run(scenario)


def test_sessions_that_share_a_name_stay_and_the_sixth_is_refused() -> None:
    async def scenario(state: ServerState) -> None:
        clients = [await online(state, "bob") for _ in range(5)]
        assert [c.closed for c in clients] == [None] * 5
        reply = await log_in(state, "bob", "secret9")
        sixth = await open_with(state, reply.cookie)
        channel, payload, _ = sixth.heard[-1]
        assert channel == CHANNEL_SIGNOFF
        assert TLVBlock.from_bytes(payload).u16(0x08) == 0x18
        assert len(state.users) == 1

    run(scenario)


def test_very_old_clients_get_a_sign_off_without_length() -> None:
    old = ClientIdentity(text="AOL Instant Messenger (TM)", major=3, multi=0)

    async def scenario(state: ServerState) -> None:
        client = MemoryClient(state)
        first = SignOn.with_password("bob", b"secret9", old)
        tlvs = first.tlvs.without(0x4A)
        await client.frame(CHANNEL_SIGNON, SignOn(1, tlvs).to_bytes())
        reply = LoginReply.from_bytes(client.heard[-1].payload)
        bos = await open_with(state, reply.cookie)
        await online(state, "bob", identity=ONLY)
        assert bos.heard[-1] == FLAPMessage(CHANNEL_SIGNOFF, b"", short=True)

    run(scenario)


def test_before_sign_on_only_a_few_frames_are_taken() -> None:
    async def scenario(state: ServerState) -> None:
        client = MemoryClient(state)
        await client.frame(CHANNEL_SIGNON, SignOn().to_bytes())
        await client.frame(CHANNEL_KEEPALIVE)
        for _ in range(20):
            await client.say(BUCP.CHALLENGE_REQUEST, ChallengeRequest("bob").to_bytes())
        assert client.closed == "too much before sign-on"

    run(scenario)


def test_frames_of_any_channel_count_before_sign_on_and_are_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario(state: ServerState) -> None:
        client = MemoryClient(state)
        await client.frame(CHANNEL_SIGNON, SignOn().to_bytes())
        for _ in range(20):
            await client.frame(9)
        assert client.closed == "too much before sign-on"

    with caplog.at_level("INFO"):
        run(scenario)
    assert sum("channel 9" in record.message for record in caplog.records) == 1


def test_other_snacs_and_malformed_ones_at_the_authorizer_are_answered() -> None:
    async def scenario(state: ServerState) -> None:
        client = MemoryClient(state)
        await client.frame(CHANNEL_SIGNON, SignOn().to_bytes())
        await client.say(OSERVICE.USER_INFO_QUERY, request_id=9)
        error = client.snacs()[-1]
        assert (error.type, error.header.request_id) == (OSERVICE.ERROR, 9)
        assert SNACError.from_bytes(error.body).code == 1
        await client.say(BUCP.LOGIN_REQUEST, b"\0\1\0\x09x")
        assert LoginReply.from_bytes(client.take(BUCP.LOGIN_RESPONSE)).error == 6

    run(scenario)


@pytest.mark.parametrize(
    ("channel", "payload", "reason"),
    [
        (CHANNEL_DATA, SNAC.make(OSERVICE.NOOP).to_bytes(), "no sign-on frame"),
        (CHANNEL_DATA, b"\0\1", "protocol error"),
        (CHANNEL_SIGNON, b"\0\0", "protocol error"),
        (3, b"", "error frame"),
        (CHANNEL_SIGNOFF, b"", "signed off"),
        (CHANNEL_SIGNON, bytes(9000), "too much before sign-on"),
    ],
)
def test_a_first_frame_that_makes_no_sense_closes_the_connection(
    channel: int, payload: bytes, reason: str
) -> None:
    async def scenario(state: ServerState) -> None:
        client = MemoryClient(state)
        await client.frame(channel, payload)
        assert client.closed == reason
        assert state.admission.open == 0

    run(scenario)


def test_who_says_nothing_is_closed_in_time() -> None:
    async def scenario(state: ServerState) -> None:
        client = MemoryClient(state)
        assert client.conversation.deadline == clock.now + 30
        clock.now += 29
        await client.tick()
        assert client.closed is None
        clock.now += 1
        await client.tick()
        assert client.closed == "sign-on timeout"

    clock = Clock()
    run(scenario, clock=clock)


def test_a_challenge_is_to_be_answered_soon() -> None:
    async def scenario(state: ServerState) -> None:
        client = MemoryClient(state)
        await client.frame(CHANNEL_SIGNON, SignOn().to_bytes())
        await client.say(BUCP.CHALLENGE_REQUEST, ChallengeRequest("bob").to_bytes())
        assert client.conversation.deadline == clock.now + 15
        clock.now += 15
        await client.tick()
        assert client.closed == "sign-on timeout"

    clock = Clock()
    run(scenario, clock=clock)


def test_a_signed_on_client_must_get_ready_and_then_not_fall_silent() -> None:
    async def scenario(state: ServerState) -> None:
        reply = await log_in(state, "bob", "secret9")
        slow = await open_with(state, reply.cookie)
        bob = await online(state, "alice")
        clock.now += 91
        await slow.tick()
        assert slow.closed == "timeout"
        await bob.tick()
        assert bob.closed is None
        clock.now += 1800
        await bob.tick()
        assert bob.closed == "timeout"

    clock = Clock()
    run(scenario, clock=clock)


def test_the_address_for_clients_can_be_set() -> None:
    async def scenario(state: ServerState) -> None:
        client = MemoryClient(state)
        for advertise, address in (
            ("aim.example.com", "aim.example.com:5190"),
            ("aim.example.com:443", "aim.example.com:443"),
            ("2001:db8::1", "[2001:db8::1]:5190"),
        ):
            state.advertise = advertise
            assert state.address(client) == address

    run(scenario)


def test_a_service_connection_needs_its_user_on_bos() -> None:
    async def scenario(state: ServerState) -> None:
        bob = await online(state, "bob")
        answers = await bob.ask(OSERVICE.SERVICE_REQUEST, b"\0\x0d")
        tlvs = TLVBlock.from_bytes(answers[0].body)
        assert tlvs.u16(0x0D) == 0x0D
        assert tlvs.text(0x05) == "198.51.100.7:5190"
        nav = await open_with(state, tlvs.get(0x06) or b"")
        assert nav.snacs()[0].body == b"\0\1\0\x0d"
        answers = await bob.ask(OSERVICE.SERVICE_REQUEST, b"\0\x10")
        late = TLVBlock.from_bytes(answers[0].body).get(0x06) or b""
        await bob.frame(CHANNEL_SIGNOFF)
        assert bob.closed == "signed off"
        assert nav.closed == "user left"
        assert (await open_with(state, late)).closed == "not on BOS"

    run(scenario)
