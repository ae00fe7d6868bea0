"""Signing on: versions, packages, proofs, and what is said too early."""

import pytest

from Kamaelia.Protocol.MSN.Server.limits import Limits, Rate
from Kamaelia.Protocol.MSN.Server.state.state import Settings

from .hall import Hall, in_hall


@pytest.mark.parametrize(
    ("offer", "answer"),
    [
        ("VER 1 MSNP8 CVR0", "VER 1 MSNP8"),
        ("VER 1 msnp8 cvr0", "VER 1 MSNP8"),
        ("VER 1 MSNP8 MSNP8 MSNP9 MSNP2", "VER 1 MSNP9"),
        ("VER 1 MSNP21 MSNP18 MSNP13 MSNP12 CVR0", "VER 1 MSNP12"),
        ("VER 1 MSNP2", "VER 1 MSNP2"),
        ("VER 1 CVR0", "VER 1 CVR0"),
        ("VER 1 MSNP1", "VER 1 0"),
        ("VER 1 nonsense", "VER 1 0"),
    ],
)
def test_versions(offer: str, answer: str) -> None:
    async def scenario(hall: Hall) -> None:
        client = hall.connect()
        assert await client.say(offer) == [answer]
        assert (client.reason is not None) == (answer == "VER 1 0")

    in_hall(scenario)


def test_only_some_dialects() -> None:
    async def scenario(hall: Hall) -> None:
        client = hall.connect()
        assert await client.say("VER 1 MSNP12 MSNP9 MSNP8") == ["VER 1 MSNP8"]

    in_hall(scenario, settings=Settings(dialects=(7, 8)))


def test_who_has_only_cvr_may_only_ask_that() -> None:
    async def scenario(hall: Hall) -> None:
        client = hall.connect()
        await client.say("VER 1 CVR0")
        (line,) = await client.say("CVQ 2 0x0409 win 4.10 i386 MSMSGS 4.6.0 MSMSGS")
        assert line.startswith("CVR 2 4.6.0 4.6.0 4.6.0 ") or line.startswith("CVQ 2")
        assert await client.say("USR 3 TWN I alice@example.com") == ["715 3"]
        assert client.reason is not None

    in_hall(scenario)


@pytest.mark.parametrize(
    ("lines", "heard", "closed"),
    [
        (["SYN 2 0"], ["302 2"], False),
        (["USR 2 TWN I alice@example.com"], ["302 2"], False),
        (["PNG"], ["QNG"], False),
        (["OUT"], [], True),
        (["VER 1 MSNP8", "SYN 2 0"], ["VER 1 MSNP8", "302 2"], False),
        (["VER 1 MSNP8", "CHG 2 NLN"], ["VER 1 MSNP8", "302 2"], False),
        (["VER 1 MSNP8", "XFR 2 SB"], ["VER 1 MSNP8", "302 2"], False),
        (["VER 1 MSNP8", "ADL 2 0"], ["VER 1 MSNP8", "302 2"], False),
        (["VER 1 MSNP8", "VER 2 MSNP8"], ["VER 1 MSNP8", "715 2"], True),
        (["VER 1 MSNP8", "INF 2"], ["VER 1 MSNP8"], True),
        (["VER 1 MSNP8", "CVR 2 x"], ["VER 1 MSNP8", "731 2"], True),
        (["VER 1 MSNP8", "USR 2 MD5 I a@b.c"], ["VER 1 MSNP8", "911 2"], True),
        (["VER 1 MSNP7", "USR 2 TWN I a@b.c"], ["VER 1 MSNP7", "911 2"], True),
        (["VER 1 MSNP8", "USR 2 TWN S x"], ["VER 1 MSNP8", "911 2"], True),
        (["VER 1 MSNP8", "USR 2 TWN I nobody"], ["VER 1 MSNP8", "911 2"], True),
        (["VER 1 MSNP8", "USR 2 TWN"], ["VER 1 MSNP8", "200 2"], False),
        (["VER x MSNP8"], [], True),
        (["VER 1"], ["200 1"], False),
    ],
)
def test_too_early_or_wrong(lines: list[str], heard: list[str], closed: bool) -> None:
    async def scenario(hall: Hall) -> None:
        client = hall.connect()
        assert await client.say(*lines) == heard
        assert (client.reason is not None) == closed

    in_hall(scenario)


@pytest.mark.parametrize("handle", ["alice@example.com", "nobody@example.com"])
@pytest.mark.parametrize("dialect", [7, 8])
def test_a_wrong_proof_tells_nothing(handle: str, dialect: int) -> None:
    async def scenario(hall: Hall) -> None:
        package = "MD5" if dialect == 7 else "TWN"
        client = hall.connect()
        await client.say(f"VER 1 MSNP{dialect}")
        (line,) = await client.say(f"USR 2 {package} I {handle}")
        assert line.startswith(f"USR 2 {package} S ")
        assert await client.say(f"USR 3 {package} S {'0' * 32}") == ["911 3"]
        assert client.reason is not None

    in_hall(scenario)


def test_a_ticket_is_for_one_account_once_and_not_for_long() -> None:
    async def scenario(hall: Hall) -> None:
        def issue(who: str) -> str:
            return hall.state.tickets.issue(f"{who}@example.com", hall.now)

        async def bring(ticket: str) -> str:
            client = hall.connect()
            await client.say("VER 1 MSNP8", "USR 2 TWN I alice@example.com")
            return (await client.say(f"USR 3 TWN S t={ticket}&p="))[0]

        good = issue("alice")
        assert (await bring(good)).startswith("USR 3 OK")
        assert await bring(good) == "911 3"
        assert await bring(issue("bob")) == "911 3"
        assert await bring(issue("alice")[:20]) == "911 3"
        old = issue("alice")
        hall.now += hall.limits.ticket + 1
        assert await bring(old) == "911 3"

    in_hall(scenario)


def test_after_many_failures_an_address_has_to_wait() -> None:
    async def scenario(hall: Hall) -> None:
        async def fail(peer: str) -> str:
            client = hall.connect(peer)
            await client.say("VER 1 MSNP8", "USR 2 TWN I alice@example.com")
            return (await client.say("USR 3 TWN S t=x&p="))[0]

        for _ in range(3):
            assert await fail("192.0.2.7") == "911 3"
        assert await fail("192.0.2.7") == "910 3"
        assert await fail("192.0.2.8") == "911 3"
        hall.now += 100
        assert await fail("192.0.2.7") == "911 3"

    in_hall(scenario, limits=Limits(failures_per_account=Rate(3, 0.1)))


def test_a_suspended_account() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.store.accounts.set_suspended("msn", "alice@example.com")
        client = hall.connect()
        from Kamaelia.Protocol.MSN.wire.challenge import login_digest

        await client.say("VER 1 MSNP7")
        (line,) = await client.say("USR 2 MD5 I alice@example.com")
        digest = login_digest(line.split(" ")[4], "alicepw")
        assert await client.say(f"USR 3 MD5 S {digest}") == ["927 3"]

    in_hall(scenario)


def test_signing_on_twice_on_one_connection() -> None:
    async def scenario(hall: Hall) -> None:
        client = await hall.sign_on("alice", 8)
        assert await client.say("USR 9 TWN I alice@example.com") == ["207 9"]
        (line,) = await client.say("CVR 9 0x0409 win 4.10 i386 MSMSGS 4.6.0 MSMSGS")
        assert line.startswith("CVR 9 4.6.0")
        assert await client.say("INF 9") == ["715 9"]
        assert client.reason is not None

    in_hall(scenario)


@pytest.mark.parametrize("lines", [[], ["VER 1 MSNP8"]])
def test_a_sign_on_has_so_much_time(lines: list[str]) -> None:
    async def scenario(hall: Hall) -> None:
        client = hall.connect()
        await client.say(*lines)
        hall.now += hall.limits.handshake - 1
        client.tick()
        assert client.reason is None
        hall.now += 2
        client.tick()
        assert client.reason is not None

    in_hall(scenario)


@pytest.mark.parametrize("dialect", range(2, 13))
def test_lists_that_are_current_are_not_sent_again(dialect: int) -> None:
    async def scenario(hall: Hall) -> None:
        client = await hall.sign_on("alice", dialect)
        first = (await client.say("SYN 5 0 0"))[0].split(" ")
        end = 4 if dialect >= 10 else 3
        versions = " ".join(first[2:end])
        again = await hall.sign_on("alice", dialect)
        assert await again.say(f"SYN 5 {versions}") == [f"SYN 5 {versions}"]
        await hall.store.msn.add_group("alice@example.com", "New")

    in_hall(scenario)


def test_the_dispatch_server_sends_each_dialect_on() -> None:
    async def scenario(hall: Hall) -> None:
        for dialect, end in {2: "", 4: " 0", 8: " 0 192.0.2.30:1864"}.items():
            package = "MD5" if dialect < 8 else "TWN"
            client = hall.dispatch()
            await client.say(f"VER 1 MSNP{dialect}")
            assert await client.say(f"USR 2 {package} I alice@example.com") == [
                f"XFR 2 NS 192.0.2.30:1863{end}"
            ]
            assert await client.say(f"USR 3 {package} S x") == ["911 3"]

    in_hall(scenario)


def test_addresses_can_be_set() -> None:
    async def scenario(hall: Hall) -> None:
        client = hall.dispatch()
        await client.say("VER 1 MSNP8")
        (line,) = await client.say("USR 2 TWN I alice@example.com")
        assert line.startswith("XFR 2 NS ns.example.com:1 ")
        alice = await hall.online("alice", 8)
        (line,) = await alice.say("XFR 3 SB")
        assert line.startswith("XFR 3 SB sb.example.com:2 CKI ")

    settings = Settings(
        notification=("ns.example.com", 1), switchboard=("sb.example.com", 2)
    )
    in_hall(scenario, settings=settings)
