"""Conversations: who comes in, what is relayed, how it ends."""

import pytest

from Kamaelia.Protocol.MSN.Server.limits import Limits, Rate
from Kamaelia.Protocol.MSN.Server.state.state import Connection
from Kamaelia.Protocol.MSN.Server.switchboard import SwitchboardSession

from .hall import Client, Hall, in_hall


async def cookie(client: Client) -> str:
    line = (await client.say("XFR 90 SB"))[-1]
    return line.split(" ")[5]


def test_three_users() -> None:
    async def scenario(hall: Hall) -> None:
        users = [
            await hall.online("alice", 8),
            await hall.online("bob", 12),
            await hall.online("carol", 5),
        ]
        alice, bob = await hall.room(*users[:2])
        (rings,) = await alice.say("CAL 5 carol@example.com")
        assert rings.startswith("CAL 5 RINGING ")
        ring = users[2].heard()[-1].split(" ")
        carol = hall.connect()
        heard = await carol.say(f"ANS 1 carol@example.com {ring[4]} {ring[1]}")
        assert heard == [
            "IRO 1 1 2 alice@example.com Alice",
            "IRO 1 2 2 bob@example.com Bob",
            "ANS 1 OK",
        ]
        assert alice.heard() == ["JOI carol@example.com Carol"]
        assert bob.heard() == ["JOI carol@example.com Carol 0"]
        assert await carol.say(b"MSG 2 A 2\r\nhi") == ["ACK 2"]
        for other in (alice, bob):
            assert other.heard() == ["MSG carol@example.com Carol 2"]
        bob.drop()
        for other in (alice, carol):
            assert other.heard() == ["BYE bob@example.com"]

    in_hall(scenario)


@pytest.mark.parametrize(
    ("ack", "taken", "lost", "alone"),
    [
        ("U", [], [], []),
        ("N", [], ["NAK 3"], ["NAK 3"]),
        ("A", ["ACK 3"], ["NAK 3"], ["NAK 3"]),
        ("D", ["ACK 3"], ["NAK 3"], ["NAK 3"]),
    ],
)
def test_acknowledgements(
    ack: str, taken: list[str], lost: list[str], alone: list[str]
) -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online("alice", 9), await hall.online("bob", 9)]
        left, right = await hall.room(*users)
        line = f"MSG 3 {ack} 2\r\nhi".encode()
        assert await left.say(line) == taken
        right.reads = False
        assert await left.say(line) == []
        right.take()
        assert left.heard() == taken
        right.reads = False
        await left.say(line)
        right.take(good=False)
        assert left.heard() == lost
        await right.say("OUT")
        left.heard()
        assert await left.say(line) == alone

    in_hall(scenario)


def test_calls_that_cannot_be() -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online("alice", 9), await hall.online("bob", 9)]
        left, _ = await hall.room(*users)
        assert await left.say("CAL 1 bob@example.com") == ["215 1"]
        assert await left.say("CAL 1 alice@example.com") == ["215 1"]
        assert await left.say("CAL 1 nonsense") == ["208 1"]
        assert await left.say("CAL 1 nobody@example.com") == ["217 1"]
        assert await left.say("CAL 1 carol@example.com") == ["217 1"]
        assert await left.say("CAL 1 carol@example.com") == ["713 1"]
        carol = await hall.online("carol", 9, "HDN")
        assert await left.say("CAL 1 carol@example.com") == ["217 1"]
        await carol.say("CHG 7 NLN 0", "ADD 8 BL alice@example.com Alice")
        assert await left.say("CAL 1 carol@example.com") == ["217 1"]
        await carol.say("REM 9 BL alice@example.com", "IMS 10 OFF")
        assert await left.say("CAL 1 carol@example.com") == ["217 1"]
        assert await carol.say("IMS 11 ON") == ["IMS 11 0 ON"]
        (line,) = await left.say("CAL 1 carol@example.com")
        assert line.startswith("CAL 1 RINGING ")

    in_hall(scenario)


def test_a_cookie_is_good_once_for_its_owner_and_not_for_long() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 9)
        bob = await hall.online("bob", 9)
        used = await cookie(alice)
        assert len(used) >= 16
        first = hall.connect()
        assert await first.say(f"USR 1 alice@example.com {used}") == [
            "USR 1 OK alice@example.com Alice"
        ]
        for handle, word in (
            ("alice@example.com", used),
            ("bob@example.com", await cookie(alice)),
            ("alice@example.com", "x" * 32),
        ):
            thief = hall.connect()
            assert await thief.say(f"USR 1 {handle} {word}") == ["911 1"]
            assert thief.reason is not None
        late = await cookie(alice)
        hall.now += hall.limits.cookie + 1
        slow = hall.connect()
        assert await slow.say(f"USR 1 alice@example.com {late}") == ["911 1"]
        gone = await cookie(bob)
        await bob.say("OUT")
        after = hall.connect()
        assert await after.say(f"USR 1 bob@example.com {gone}") == ["911 1"]

    in_hall(scenario)


def test_an_invitation_is_for_its_room_only() -> None:
    async def scenario(hall: Hall) -> None:
        alice, bob = await hall.online("alice", 9), await hall.online("bob", 9)
        caller = hall.connect()
        await caller.say(f"USR 1 alice@example.com {await cookie(alice)}")
        await caller.say("CAL 2 bob@example.com")
        ring = bob.heard()[-1].split(" ")
        wrong = hall.connect()
        assert await wrong.say(f"ANS 1 bob@example.com {ring[4]} 1") == ["911 1"]
        await caller.say("CAL 3 bob@example.com")
        ring = bob.heard()[-1].split(" ")
        caller.drop()
        late = hall.connect()
        line = f"ANS 1 bob@example.com {ring[4]} {ring[1]}"
        assert await late.say(line) == ["911 1"]
        assert len(hall.state.rooms) == 0

    in_hall(scenario)


def test_an_idle_conversation_ends_for_everybody() -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online("alice", 9), await hall.online("bob", 9)]
        left, right = await hall.room(*users)
        hall.now += hall.limits.room_idle / 2
        await left.say(b"MSG 3 U 2\r\nhi")
        right.heard()
        hall.now += hall.limits.room_idle / 2 + 1
        assert left.tick() == []
        assert left.reason is None
        hall.now += hall.limits.room_idle
        assert left.tick() == ["BYE bob@example.com 1"]
        assert right.heard() == ["BYE alice@example.com 1"]
        assert left.reason == right.reason == "the conversation was idle"
        assert len(hall.state.rooms) == 0

    in_hall(scenario)


def test_payloads_are_relayed_as_bytes_whatever_they_hold() -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online("alice", 9), await hall.online("bob", 9)]
        left, right = await hall.room(*users)
        for payload in (b"", bytes(range(256)) * 6, b"\r\nMSG x\r\n", b"x" * 1664):
            line = b"MSG 3 D %d\r\n%b" % (len(payload), payload)
            assert await left.say(line) == ["ACK 3"]
            (command,) = right.commands()
            assert command.payload == payload
        assert await left.say(b"MSG 3 A 1665\r\n" + b"x" * 1665) == []
        assert left.reason is not None
        assert right.heard() == ["BYE alice@example.com"]

    in_hall(scenario)


@pytest.mark.parametrize(
    ("lines", "heard", "closed"),
    [
        (["CAL 1 bob@example.com"], ["715 1"], True),
        ([b"MSG 1 U 2\r\nhi"], ["715 1"], True),
        (["PNG"], ["QNG"], False),
        (["OUT"], [], True),
    ],
)
def test_outside_of_a_room(
    lines: list[str | bytes], heard: list[str], closed: bool
) -> None:
    async def scenario(hall: Hall) -> None:
        client = Client(hall, SwitchboardSession(hall.state, Connection()))
        assert await client.say(*lines) == heard
        assert (client.reason is not None) == closed

    in_hall(scenario)


@pytest.mark.parametrize(
    ("line", "heard", "closed"),
    [
        (b"MSG 3 X 2\r\nhi", [], True),
        (b"MSG x U 2\r\nhi", [], True),
        (b"USR 3 alice@example.com x\r\n", ["715 3"], False),
        (b"FOO 3\r\n", ["200 3"], False),
        (b"CAL 3\r\n", ["200 3"], False),
        (b"PNG\r\n", ["QNG 50"], False),
    ],
)
def test_what_a_room_does_not_know(line: bytes, heard: list[str], closed: bool) -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online("alice", 9), await hall.online("bob", 9)]
        left, _ = await hall.room(*users)
        assert await left.say(line) == heard
        assert (left.reason is not None) == closed

    in_hall(scenario)


def test_a_room_has_room_for_so_many_and_calls_have_a_pace() -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online(who, 9) for who in ("alice", "bob", "carol")]
        left, _ = await hall.room(*users[:2])
        assert await left.say("CAL 3 carol@example.com") == ["713 3"]
        heard = [await users[2].say("XFR 4 SB") for _ in range(3)]
        assert heard[-1] == ["800 4"]

    in_hall(scenario, limits=Limits(participants=2, transfers=Rate(2, 0.1)))
