"""The conformance checklist for servers, one test for each of its items.

Items that other modules here test in depth have the short form of that.
"""

import inspect
import random

import pytest

from Kamaelia.Protocol.MSN.Server import passport
from Kamaelia.Protocol.MSN.Server.actions import Send
from Kamaelia.Protocol.MSN.Server.limits import Limits, Rate
from Kamaelia.Protocol.MSN.Server.state.state import ServerState, Settings
from Kamaelia.Protocol.MSN.Server.state.tickets import Tickets

from .hall import CHALLENGE, Hall, in_hall


def test_1_dialect_lists() -> None:
    async def scenario(hall: Hall) -> None:
        for offer, answer in {
            "VER 1 msnp9 MSNP9 CVR0 cvr0": "VER 1 MSNP9",
            "VER 1 MSNP99": "VER 1 0",
        }.items():
            assert await hall.connect().say(offer) == [answer]

    in_hall(scenario)


def test_2_cvr_before_and_after_sign_on() -> None:
    async def scenario(hall: Hall) -> None:
        cvr = "CVR 7 0x0409 winnt 5.1 i386 MSNMSGR 6.0.0602 MSMSGS alice@example.com"
        before = hall.connect()
        await before.say("VER 1 MSNP9")
        after = await hall.sign_on("alice", 9)
        for client in (before, after):
            (line,) = await client.say(cvr)
            assert line.split(" ")[2:5] == ["6.0.0602"] * 3

    in_hall(scenario)


FORMATS = {
    2: ("USR 4 OK alice@example.com Alice", "NLN NLN bob@example.com Bob", "QNG"),
    6: ("USR 4 OK alice@example.com Alice 1", "NLN NLN bob@example.com Bob", "QNG"),
    8: (
        "USR 4 OK alice@example.com Alice 1 0",
        "NLN NLN bob@example.com Bob 268435492",
        "QNG",
    ),
    9: (
        "USR 4 OK alice@example.com Alice 1 0",
        "NLN NLN bob@example.com Bob 268435492",
        "QNG 50",
    ),
    12: (
        "USR 4 OK alice@example.com 1 0",
        "NLN NLN bob@example.com Bob 268435492",
        "QNG 50",
    ),
}


@pytest.mark.parametrize("dialect", FORMATS)
def test_3_formats_of_each_dialect(dialect: int) -> None:
    async def scenario(hall: Hall) -> None:
        ok, nln, qng = FORMATS[dialect]
        alice = await hall.online("alice", dialect)
        assert (ok + "\r\n").encode() in alice.raw
        bob = await hall.online("bob", 11)
        assert nln in alice.heard()
        assert await alice.say("PNG") == [qng]
        left, right = await hall.room(bob, alice)
        caps = " 268435492" if dialect == 12 else ""
        assert f"IRO 1 1 1 bob@example.com Bob{caps}\r\n".encode() in right.raw
        assert b"JOI alice@example.com Alice\r\n" in left.raw
        referral = (await alice.say("XFR 5 NS"))[0]
        assert len(referral.split(" ")) == {2: 4, 6: 5}.get(dialect, 6)

    in_hall(scenario)


def test_4_nothing_before_its_time() -> None:
    async def scenario(hall: Hall) -> None:
        client = hall.connect()
        await client.say("VER 1 MSNP8")
        for name in ("SYN", "CHG", "ADD", "XFR", "URL", "ADG", "QQQ"):
            assert await client.say(f"{name} 2 x y z") == ["302 2"]
        early = await hall.sign_on("alice", 8)
        assert await early.say("XFR 3 SB") == ["913 3"]
        await early.say("CHG 4 HDN 0")
        assert await early.say("XFR 5 SB") == ["913 5"]

    in_hall(scenario)


def test_5_versions_grow_on_both_sides_in_one_step() -> None:
    async def scenario(hall: Hall) -> None:
        async def version(who: str) -> int:
            return (await hall.store.msn.profile(f"{who}@example.com")).list_version

        alice = await hall.online("alice", 8)
        mine, theirs = await version("alice"), await version("carol")
        database, writes = hall.store._database, []
        write = database.write
        database.write = lambda work: (writes.append(work), write(work))[1]  # type: ignore[method-assign,assignment,func-returns-value]
        await alice.say("ADD 9 FL carol@example.com Carol 0")
        assert sum("add_to_list" in repr(work) for work in writes) == 1
        assert await version("alice") == mine + 1
        assert await version("carol") == theirs + 1
        other = await hall.store.msn.contact("carol@example.com", "alice@example.com")
        assert other is not None
        assert other.lists & 8
        again = await hall.sign_on("alice", 8)
        assert await again.say(f"SYN 5 {mine + 1}") == [f"SYN 5 {mine + 1}"]

    in_hall(scenario)


def test_6_one_rule_of_who_may_see() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 12)
        await alice.say("PRP 1 PHH 555", "REM 2 AL bob@example.com")
        await alice.say("ADC 3 BL N=bob@example.com")
        bob = await hall.sign_on("bob", 12)
        start = len(bob.raw)
        await bob.say("SYN 5 0 0", "CHG 6 NLN 0")
        xml = b"<Data><PSM>hi</PSM></Data>"
        await alice.say("CHG 7 AWY 0", b"UUX 8 %d\r\n%b" % (len(xml), xml))
        await alice.say("PRP 9 PHH 556")
        alice_room = (await alice.say("XFR 10 SB"))[-1]
        assert alice_room.startswith("XFR")
        heard = bob.raw[start:]
        for name in (b"ILN ", b"NLN AWY", b"UBX", b"BPR", b"555", b"556"):
            assert name not in heard
        room = hall.connect()
        cookie = (await bob.say("XFR 11 SB"))[-1].split(" ")[5]
        await room.say(f"USR 1 bob@example.com {cookie}")
        assert await room.say("CAL 2 alice@example.com") == ["217 2"]
        assert not any(line.startswith("RNG") for line in alice.heard())

    in_hall(scenario)


def test_7_blocking_is_seen_at_once() -> None:
    async def scenario(hall: Hall) -> None:
        bob, alice = await hall.online("bob", 8), await hall.online("alice", 8)
        bob.heard()
        await alice.say("REM 1 AL bob@example.com", "ADD 2 BL bob@example.com Bob")
        assert bob.heard() == ["FLN alice@example.com"]
        await alice.say("REM 3 BL bob@example.com", "ADD 4 AL bob@example.com Bob")
        assert bob.heard() == ["NLN NLN alice@example.com Alice 268435492"]

    in_hall(scenario)


def test_8_cookies() -> None:
    tickets: Tickets[int] = Tickets(10.0, 3)
    words = {tickets.issue(n, 0.0) for n in range(5)}
    assert len(words) == 5
    assert all(len(word) >= 22 for word in words)  # 128 bits and more, in base64
    assert len(tickets) == 3
    word = tickets.issue(7, 0.0)
    assert tickets.redeem(word, 9.9) == 7
    assert tickets.redeem(word, 9.9) is None
    word = tickets.issue(8, 0.0)
    assert tickets.redeem(word, 10.0) is None
    assert not any(word.encode() in key for key in tickets._known)


@pytest.mark.parametrize("size", [0, 1, 1664, 1665])
def test_9_the_switchboard_relays_bytes(size: int) -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online("alice", 9), await hall.online("bob", 9)]
        left, right = await hall.room(*users)
        payload = random.Random(size).randbytes(size)
        await left.say(b"MSG 3 A %d\r\n%b" % (size, payload))
        assert (left.reason is None) == (size <= 1664)
        assert (b"\r\n" + payload in right.raw) == (size <= 1664)

    in_hall(scenario)


@pytest.mark.parametrize("end", ["OUT", "drop", "garbage", "too long"])
def test_10_bye_however_it_ends(end: str) -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online("alice", 9), await hall.online("bob", 9)]
        left, right = await hall.room(*users)
        if end == "drop":
            left.drop()
        elif end == "OUT":
            await left.say("OUT")
        else:
            await left.say(b"\0\0\r\n" if end == "garbage" else b"x" * 20_000)
        assert right.heard() == ["BYE alice@example.com"]
        right.drop()
        assert len(hall.state.rooms) == 0

    in_hall(scenario)


def test_11_out_oth_and_out_ssd() -> None:
    async def scenario(hall: Hall) -> None:
        old = await hall.sign_on("alice", 8)
        new = await hall.sign_on("alice", 8)
        assert old.heard() == ["OUT OTH"]
        for action in new.session.shut_down():
            if isinstance(action, Send):
                new.write(action.data, None)
        notice, out = new.heard()
        assert notice.startswith("MSG Hotmail Hotmail ")
        assert b"application/x-msmsgssystemmessage" in new.raw
        assert out == "OUT SSD"

    in_hall(scenario)


def test_12_who_has_sent_png_may_not_be_silent_for_long() -> None:
    async def scenario(hall: Hall) -> None:
        pinging = await hall.online("alice", 9)
        silent = await hall.online("bob", 5)
        await pinging.say("PNG")
        hall.now += 100
        pinging.tick()
        assert pinging.reason is None
        hall.now += 51
        pinging.tick()
        assert pinging.reason is not None
        silent.tick()
        assert silent.reason is None
        hall.now += hall.limits.idle
        silent.tick()
        assert silent.reason is not None

    in_hall(scenario, settings=Settings(challenge=False))


def test_13_challenges() -> None:
    async def scenario(hall: Hall) -> None:
        for dialect in (5, 6, 10, 12):
            alice = await hall.sign_on("alice", dialect)
            heard = await alice.say("CHG 6 NLN 0")
            assert (f"CHL 0 {CHALLENGE}" in heard) == (dialect >= 6)
            if dialect >= 6:
                wrong = b"QRY 7 PROD0090YUAUV{2B 32\r\n" + b"1" * 32
                assert await alice.say(wrong) == ["540 7"]
                assert alice.reason is not None
        assert len(ServerState(hall.store).make_challenge()) == 20

    in_hall(scenario)


def test_14_limits() -> None:
    limits = Limits(
        commands=Rate(50, 1.0), edits=Rate(3, 0.1), names=Rate(1, 0.1), failed_calls=1
    )

    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 8)
        name = "x" * 388
        assert await alice.say(f"REA 1 alice@example.com {name}") == ["209 1"]
        await alice.say("REA 1 alice@example.com x")
        assert await alice.say("REA 1 alice@example.com y") == ["800 1"]
        assert await alice.say(f"ADG 1 {'x' * 62} 0") == ["229 1"]
        await alice.say("ADG 1 x 0", "ADG 1 y 0")
        assert await alice.say("ADG 1 z 0") == ["800 1"]
        heard = await alice.say(*["PNG"] * 60)
        assert heard[-1] == "800"
        room = hall.connect()
        hall.now += 60
        cookie = (await alice.say("XFR 2 SB"))[-1].split(" ")[5]
        await room.say(f"USR 1 alice@example.com {cookie}")
        assert await room.say("CAL 2 carol@example.com") == ["217 2"]
        assert await room.say("CAL 2 carol@example.com") == ["713 2"]

    in_hall(scenario, limits=limits)


def test_15_a_slow_receiver_blocks_nobody() -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online(who, 9) for who in ("alice", "bob", "carol")]
        left, right, third = await hall.room(*users)
        right.reads = False
        assert await left.say(b"MSG 3 A 2\r\nhi") == []
        assert third.heard()[-1] == "MSG alice@example.com Alice 2"
        assert await third.say(b"MSG 4 U 2\r\nhi") == []
        assert left.heard() == ["MSG carol@example.com Carol 2"]
        right.take()
        assert left.heard() == ["ACK 3"]

    in_hall(scenario)


def test_16_tickets_are_not_compared_letter_by_letter() -> None:
    source = inspect.getsource(Tickets)
    assert "_key(token)" in source
    assert "401" in inspect.getsource(passport.Passport._refuse)


def test_17_clock_and_chance_can_be_set() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 7)
        hall.now = 5000.0
        await alice.say("PNG")
        assert alice.session.heard == 5000.0  # type: ignore[attr-defined]
        assert b"LoginTime: 1070000000" in alice.raw

    in_hall(scenario)


def test_18_garbage_and_half_a_sign_on() -> None:
    async def scenario(hall: Hall) -> None:
        chance = random.Random(7)
        for _ in range(20):
            client = hall.connect()
            await client.say(chance.randbytes(20_000))
            assert client.reason is not None
        stuck = hall.connect()
        await stuck.say("VER 1 MSNP8", b"USR 2 TW")
        hall.now += 61
        stuck.tick()
        assert stuck.reason is not None

    in_hall(scenario)
