"""The conformance checklist for servers, one test for each of its items.

Items that other modules here test in depth have the short form of that.
"""

import hashlib
import random

import pytest

from Kamaelia.Protocol.MSN.Server.actions import Send
from Kamaelia.Protocol.MSN.Server.limits import Limits, Rate
from Kamaelia.Protocol.MSN.Server.state.state import ServerState, Settings
from Kamaelia.Protocol.MSN.Server.state.tickets import Tickets
from Kamaelia.Protocol.MSN.wire.passport import Authorization

from .hall import CHALLENGE, Client, Hall, in_hall
from .test_passport import Web, in_web


def test_1_dialect_lists() -> None:
    async def scenario(hall: Hall) -> None:
        for offer, answer in {
            "VER 1 msnp9 MSNP9 CVR0 cvr0": "VER 1 MSNP9",
            "VER 1 MSNP8 MSNP8 MSNP7": "VER 1 MSNP8",
            "VER 1 CVR0 MSNP2": "VER 1 MSNP2",
            "ver 1 Msnp12 MSNP11 cvR0": "VER 1 MSNP12",
            "VER 1 MSNP18 MSNP15 MSNP12 MSNP8 CVR0": "VER 1 MSNP12",
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


SHAPES = {
    # dialect: SYN, LST, RNG, added by somebody, REA or PRP of one's own name
    2: ("SYN 7 N", "LST 7 FL N 1 1 bob@example.com Bob", "ADD 0 RL N", "REA 9 N"),
    7: ("SYN 7 N", "LST 7 FL N 1 1 bob@example.com Bob 0", "ADD 0 RL N", "REA 9 N"),
    8: ("SYN 7 N 1 1", "LST bob@example.com Bob 11 0", "ADD 0 RL N", "REA 9 N"),
    9: ("SYN 7 N 1 1", "LST bob@example.com Bob 11 0", "ADD 0 RL N", "REA 9 N"),
    10: ("SYN 7 V V 1 0", "LST N=bob@example.com F=Bob C=G 11", "ADC 0 RL", "PRP 9"),
    11: ("SYN 7 V V 1 0", "LST N=bob@example.com F=Bob C=G 11", "ADC 0 RL", "PRP 9"),
    12: ("SYN 7 V V 1 0", "LST N=bob@example.com F=Bob C=G 11 1", "ADC 0 RL", "PRP 9"),
}


@pytest.mark.parametrize("dialect", SHAPES)
def test_3_lists_and_calls_of_each_dialect(dialect: int) -> None:
    async def scenario(hall: Hall) -> None:
        syn, lst, added, renamed = SHAPES[dialect]
        alice = await hall.sign_on("alice", dialect)
        heard = await alice.say("SYN 7 0 0" if dialect >= 10 else "SYN 7 0")
        version = heard[0].split(" ")[2]
        first = heard[0].split(" ")
        if dialect >= 10:
            first[2:4] = ["V", "V"]
        else:
            first[2] = "N"
        assert " ".join(first) == syn
        lines = [line for line in heard if line.startswith("LST") and "bob" in line]
        line = lines[0].replace(f" {version} ", " N ") if dialect < 8 else lines[0]
        if dialect >= 10:
            found = next(word for word in line.split(" ") if word.startswith("C="))
            assert len(found) == 2 + 36
            line = line.replace(found, "C=G")
        assert line == lst
        await alice.say("CHG 8 NLN")
        carol = await hall.online("carol", 8)
        await carol.say("ADD 1 FL alice@example.com Alice 0")
        (told,) = [line for line in alice.heard() if " RL " in line]
        wanted = added.replace("N", str(int(version) + 1)) if dialect < 10 else added
        assert told.startswith(wanted + " ")
        name = "N=carol@example.com F=Carol" if dialect >= 10 else "carol@example.com"
        assert name in told
        bob = await hall.online("bob", 9)
        caller = hall.connect()
        cookie = (await bob.say("XFR 11 SB"))[-1].split(" ")
        assert cookie[:3] == ["XFR", "11", "SB"]
        assert cookie[4] == "CKI"
        assert len(cookie) == 6
        await caller.say(f"USR 1 bob@example.com {cookie[5]}")
        (rings,) = await caller.say("CAL 2 alice@example.com")
        ring = alice.heard()[-1].split(" ")
        assert rings == f"CAL 2 RINGING {ring[1]}"
        assert ring[0] == "RNG"
        assert ring[2] == "192.0.2.30:1863"
        assert ring[3] == "CKI"
        assert ring[5:] == ["bob@example.com", "Bob"]
        ask = "PRP 9 MFN Al" if dialect >= 10 else "REA 9 alice@example.com Al"
        (answer,) = await alice.say(ask)
        if dialect < 10:
            renamed = " ".join(answer.split(" ")[:2]) + " N"
            answer = f"REA 9 N {answer.split(' ', 3)[3]}"
            assert answer == "REA 9 N alice@example.com Al"
        assert answer.startswith(renamed)

    in_hall(scenario)


@pytest.mark.parametrize("line", ["PNG", "CVR 2 0x0409 winnt 5.1 i386 A 6.0 B", "OUT"])
def test_4_what_may_come_at_any_time(line: str) -> None:
    async def scenario(hall: Hall) -> None:
        client = hall.connect()
        await client.say("VER 1 MSNP9")
        heard = await client.say(line)
        assert [each[:3] for each in heard] == {"PNG": ["QNG"], "OUT": []}.get(
            line, ["CVR"]
        )
        assert (client.reason is not None) == (line == "OUT")

    in_hall(scenario)


def test_4_a_switchboard_is_to_be_had_once_one_is_seen() -> None:
    async def scenario(hall: Hall) -> None:
        client = await hall.sign_on("alice", 8)
        assert await client.say("XFR 3 SB") == ["913 3"]
        await client.say("SYN 4 0", "CHG 5 AWY 0")
        assert (await client.say("XFR 6 SB"))[-1].startswith("XFR 6 SB ")
        await client.say("CHG 7 HDN 0")
        assert await client.say("XFR 8 SB") == ["913 8"]
        assert client.reason is None

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
        await alice.say("PRP 1 PHH home", "REM 2 AL bob@example.com")
        await alice.say("ADC 3 BL N=bob@example.com")
        bob = await hall.sign_on("bob", 12)
        start = len(bob.raw)
        await bob.say("SYN 5 0 0", "CHG 6 NLN 0")
        xml = b"<Data><PSM>hi</PSM></Data>"
        await alice.say("CHG 7 AWY 0", b"UUX 8 %d\r\n%b" % (len(xml), xml))
        await alice.say("PRP 9 PHH work")
        alice_room = (await alice.say("XFR 10 SB"))[-1]
        assert alice_room.startswith("XFR")
        heard = bob.raw[start:]
        for name in (b"ILN ", b"NLN AWY", b"UBX", b"BPR", b"home", b"work"):
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


def test_8_cookies_are_bound_to_account_session_and_room() -> None:
    async def scenario(hall: Hall) -> None:
        alice, bob = await hall.online("alice", 9), await hall.online("bob", 9)

        async def cookie(client: Client) -> str:
            return (await client.say("XFR 3 SB"))[-1].split(" ")[5]

        async def enter(line: str) -> str:
            return (await hall.connect().say(line))[-1]

        assert await enter(f"USR 1 bob@example.com {await cookie(alice)}") == "911 1"
        word = await cookie(alice)
        assert (await enter(f"USR 1 alice@example.com {word}")).startswith("USR 1 OK")
        assert await enter(f"USR 1 alice@example.com {word}") == "911 1"
        late = await cookie(alice)
        hall.now += hall.limits.cookie
        assert await enter(f"USR 1 alice@example.com {late}") == "911 1"
        caller = hall.connect()
        await caller.say(f"USR 1 alice@example.com {await cookie(alice)}")
        await caller.say("CAL 2 bob@example.com")
        ring = bob.heard()[-1].split(" ")
        assert await enter(f"ANS 1 bob@example.com {ring[4]} 12345") == "911 1"
        old = await cookie(alice)
        again = await hall.online("alice", 8)  # a second sign-on: the first is over
        assert await enter(f"USR 1 alice@example.com {old}") == "911 1"
        assert again.reason is None

    in_hall(scenario)


@pytest.mark.parametrize(
    ("ack", "taken", "alone"),
    [
        ("U", [], []),
        ("N", [], ["NAK 3"]),
        ("A", ["ACK 3"], ["NAK 3"]),
        ("D", ["ACK 3"], ["NAK 3"]),
    ],
)
def test_9_each_kind_of_message_has_its_answer(
    ack: str, taken: list[str], alone: list[str]
) -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online("alice", 9), await hall.online("bob", 9)]
        left, right = await hall.room(*users)
        line = f"MSG 3 {ack} 2\r\nhi".encode()
        assert await left.say(line) == taken
        assert right.raw.endswith(b"MSG alice@example.com Alice 2\r\nhi")
        right.drop()
        assert left.heard() == ["BYE bob@example.com"]
        assert await left.say(line) == alone

    in_hall(scenario)


def test_9_another_kind_of_message_ends_the_connection() -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online("alice", 9), await hall.online("bob", 9)]
        left, _ = await hall.room(*users)
        await left.say(b"MSG 3 X 2\r\nhi")
        assert left.reason is not None

    in_hall(scenario)


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


def test_10_an_idle_conversation_ends_with_bye_and_1() -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online("alice", 9), await hall.online("bob", 9)]
        left, right = await hall.room(*users)
        hall.now += hall.limits.room_idle - 1
        assert left.tick() + right.tick() == []
        hall.now += 2
        assert left.tick() == ["BYE bob@example.com 1"]
        assert right.heard() == ["BYE alice@example.com 1"]
        assert left.reason is not None
        assert right.reason is not None
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


@pytest.mark.parametrize(
    ("dialect", "answer"), [(2, "QNG"), (8, "QNG"), (9, "QNG 50"), (12, "QNG 50")]
)
def test_12_a_pong_tells_the_seconds_from_msnp9_on(dialect: int, answer: str) -> None:
    async def scenario(hall: Hall) -> None:
        client = await hall.online("alice", dialect)
        assert await client.say("PNG", "PNG") == [answer] * 2
        for seconds in (99, 49, 99):  # who goes on asking stays
            hall.now += seconds
            assert client.tick() == []
            await client.say("PNG")
        assert client.reason is None

    in_hall(scenario, settings=Settings(challenge=False))


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


@pytest.mark.parametrize(
    ("dialect", "product", "answer"),
    [
        (6, "msmsgs@msnmsgr.com", "8ba1bb9d6dbf624fee31a2053af5fdd0"),
        (10, "PROD0038W!61ZTF9", "c64fe621f55832479b97b7f50829d5c1"),
        (11, "PROD0090YUAUV{2B", "a57a33d300de0b8c4d3c074d423e25fb"),
        (12, "PROD0101{0RM?UBW", "7273d989239f9bc4bbde22f72b399453"),
    ],
)
def test_13_one_challenge_at_a_time_with_the_right_keys(
    dialect: int, product: str, answer: str
) -> None:
    async def scenario(hall: Hall) -> None:
        client = await hall.sign_on("alice", dialect)
        await client.say("SYN 5 0 0")
        challenges = 0
        for number in range(6, 9):
            heard = await client.say(f"CHG {number} AWY 0")
            challenges += sum(line.startswith("CHL") for line in heard)
        assert challenges == 1
        good = f"QRY 9 {product} 32\r\n{answer}".encode()
        assert await client.say(good) == ["QRY 9"]
        hall.now += hall.limits.challenge_every * 2
        await client.say("PNG")
        heard = client.tick()
        assert [line[:3] for line in heard] == ["CHL"]
        hall.now += hall.limits.challenge_answer - 1
        await client.say("PNG")
        assert client.tick() == []
        hall.now += 2
        assert client.tick() == ["OUT"]
        assert client.reason is not None

    in_hall(scenario)


def test_14_lists_and_groups_have_their_sizes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("Kamaelia.store.msn_list_rows.CONTACTS_LIMIT", 2)

    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 9)
        for number in range(1, 30):
            (answer,) = await alice.say(f"ADG {number} g{number} 0")
            assert answer.startswith(f"ADG {number} ")
        assert await alice.say("ADG 40 more 0") == ["223 40"]
        answer, *_ = await alice.say("ADD 42 FL carol@example.com x 0")
        assert answer.startswith("ADD 42 FL ")
        assert await alice.say("ADD 43 FL dave@example.com x 0") == ["210 43"]
        long = "x" * 129 + "@example.com"
        assert await alice.say(f"ADD 41 FL {long} x 0") == ["201 41"]
        assert alice.reason is None

    in_hall(scenario)


@pytest.mark.parametrize(
    "data",
    [
        b"x" * 20_000,
        b"UUX 5 65537\r\n",
        b"UUX 5 99999999999\r\n",
        b"QRY 5 x -1\r\n",
        b"\0\r\n",
    ],
)
def test_14_lines_and_payloads_have_their_sizes(data: bytes) -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 12)
        await alice.say(data)
        assert alice.reason is not None

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


def test_16_a_ticket_is_bound_to_its_account_and_to_time() -> None:
    async def scenario(hall: Hall) -> None:
        async def bring(ticket: str) -> str:
            client = hall.connect()
            await client.say("VER 1 MSNP8", "USR 2 TWN I alice@example.com")
            return (await client.say(f"USR 3 TWN S t={ticket}&p="))[0]

        def issue(who: str) -> str:
            return hall.state.tickets.issue(f"{who}@example.com", hall.now)

        good = issue("alice")
        assert (await bring(good)).startswith("USR 3 OK")
        for bad in (good, good[:-1], issue("bob"), issue("alice").upper(), ""):
            assert await bring(bad) == "911 3"
        old = issue("alice")
        hall.now += hall.limits.ticket
        assert await bring(old) == "911 3"

    in_hall(scenario)


@pytest.mark.parametrize("handle", ["alice@example.com", "nobody@example.com"])
def test_16_a_wrong_password_is_told_with_401_and_words(handle: str) -> None:
    async def scenario(hall: Hall, web: Web) -> None:
        value = Authorization(handle, "wrong", "ct=1").to_header()
        response = await web.get("/login2.srf", headers={"Authorization": value})
        assert response.status_code == 401
        told = response.headers["WWW-Authenticate"]
        assert told.startswith("Passport1.4 ")
        assert "da-status=failed" in told
        assert "cbtxt=" in told
        assert len(hall.state.tickets) == 0

    in_web(scenario)


def test_16_secrets_are_looked_up_by_their_digest() -> None:
    tickets: Tickets[str] = Tickets(10.0, 9)
    word = tickets.issue("alice", 0.0)
    # What is compared is SHA-256 of what was given: time tells nothing of the secret.
    assert hashlib.sha256(word.encode()).digest() in tickets._known
    assert not any(word.encode() in key for key in tickets._known)


def test_17_clock_and_chance_can_be_set() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 7)
        hall.now = 5000.0
        await alice.say("PNG")
        assert alice.session.heard == 5000.0  # type: ignore[attr-defined]
        assert b"LoginTime: 1070000000" in alice.raw

    in_hall(scenario)


def test_18_megabytes_of_garbage() -> None:
    async def scenario(hall: Hall) -> None:
        chance = random.Random(11)
        for garbage in (
            chance.randbytes(4_000_000),
            b"A" * 4_000_000,
            b"\r\n" * 1_000_000,
            b"PNG " * 500_000 + b"\r\n",
        ):
            client = hall.connect()
            await client.say(garbage)
            assert client.reason is not None or client.raw == b""
        assert (await hall.sign_on("alice", 8)).reason is None

    in_hall(scenario)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["VER 1 MSNP8"],
        ["VER 1 MSNP8", "CVR 2 0x0409 win 4.10 i386 A 5.0 B"],
        ["VER 1 MSNP8", "USR 2 TWN I alice@example.com"],
        ["VER 1 MSNP7", "INF 2", "USR 3 MD5 I alice@example.com"],
        ["VER 1 MSNP8", "PNG"],
    ],
)
def test_18_who_never_signs_on_is_cut_off_after_a_minute(lines: list[str]) -> None:
    async def scenario(hall: Hall) -> None:
        client = hall.connect()
        await client.say(*lines)
        hall.now += 59
        client.tick()
        assert client.reason is None
        hall.now += 2
        client.tick()
        assert client.reason is not None

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
