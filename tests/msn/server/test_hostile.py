"""Peers that mean no good: sessions answer, or close, and nothing else happens."""

import asyncio
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.Server.limits import Limits, Rate
from Kamaelia.Protocol.MSN.Server.notification import RULES

from ..wire.lines import WORDS
from .hall import Client, Hall, in_hall

NAMES = (*RULES, "MSG", "CAL", "ANS", "OUT", "PNG", "XYZ", "100", "ACK", "JOI", "RNG")
LINES = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(("", "1", "0", "x", "99999999999", "4294967295")),
    st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=7),
)


async def swamp(client: Client, lines: list[tuple[str, str, list[str]]]) -> None:
    for name, trid, words in lines:
        if name == "OUT":
            continue
        line = " ".join(part for part in (name, trid, *words))
        line = line.replace("\r", "").replace("\n", "")
        data = line.encode("utf-8", "replace") + b"\r\n"
        await client.say(data + b"x" * 11)
        if client.reason is not None:
            return


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(LINES, max_size=12), st.sampled_from((2, 5, 7, 8, 10, 12)), st.booleans()
)
def test_any_lines_are_answered_or_end_the_connection(
    lines: list[tuple[str, str, list[str]]], dialect: int, in_room: bool
) -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", dialect)
        bob = await hall.online("bob", dialect)
        client = (await hall.room(alice, bob))[0] if in_room else alice
        await swamp(client, lines)
        client.heard()
        assert await bob.say("PNG") != []

    in_hall(scenario)


def test_mutated_sign_ons_never_raise() -> None:
    async def scenario(hall: Hall) -> None:
        chance = random.Random(20)
        whole = (
            b"VER 1 MSNP8 CVR0\r\nCVR 2 0x0409 win 4.10 i386 MSNMSGR 5.0 MSMSGS a@b.c"
            b"\r\nUSR 3 TWN I alice@example.com\r\nUSR 4 TWN S t=x&p=\r\n"
        )
        for _ in range(400):
            data = bytearray(whole)
            for _ in range(chance.randint(1, 8)):
                place = chance.randrange(len(data))
                data[place : place + chance.randint(0, 2)] = chance.randbytes(
                    chance.randint(0, 3)
                )
            client = hall.connect(f"192.0.2.{chance.randint(1, 254)}")
            await client.say(bytes(data))
        assert not hall.state.sessions

    in_hall(scenario)


def test_bytes_one_at_a_time() -> None:
    async def scenario(hall: Hall) -> None:
        client = hall.connect()
        for byte in b"VER 1 MSNP8 CVR0\r\nPNG\n":
            await client.say(bytes((byte,)))
        assert client.raw == b"VER 1 MSNP8\r\nQNG\r\n"

    in_hall(scenario)


def test_what_waits_of_one_peer_is_bounded() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 12)
        await alice.say(b"UUX 7 70000\r\n")
        assert alice.reason is not None
        bob = await hall.online("bob", 12)
        await bob.say(b"PNG" + b" " * 17_000)
        assert bob.reason is not None

    in_hall(scenario)


def test_an_account_cannot_speak_for_another() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 8)
        bob = await hall.online("bob", 8)
        heard = await alice.say("REA 7 bob@example.com Fool")
        assert heard[-1].startswith("REA 7 ")
        profile = await hall.store.msn.profile("bob@example.com")
        assert profile.friendly_name == "Bob"
        assert not any("Fool" in line for line in bob.heard())

    in_hall(scenario)


def test_a_name_cannot_smuggle_a_line() -> None:
    async def scenario(hall: Hall) -> None:
        bob = await hall.online("bob", 8)
        alice = await hall.online("alice", 8)
        bob.heard()
        await alice.say("REA 7 alice@example.com x%0D%0AOUT%20OTH")
        assert bob.heard() == ["NLN NLN alice@example.com x%0D%0AOUT%20OTH 268435492"]
        odd = "a\u3000b\u00a0c"
        await alice.say(f"REA 8 alice@example.com {odd}")
        (line,) = bob.heard()
        assert line.split(" ")[3] == "a%E3%80%80b%C2%A0c"

    in_hall(scenario)


def test_digests_at_once_are_limited_like_digests_one_by_one() -> None:
    async def scenario(hall: Hall) -> None:
        clients = [hall.connect() for _ in range(20)]
        for client in clients:
            await client.say("VER 1 MSNP7", "USR 2 MD5 I alice@example.com")
            client.heard()
        tries = (client.say(f"USR 3 MD5 S {'0' * 32}") for client in clients)
        heard = [lines for (*_, lines) in await asyncio.gather(*tries)]
        assert heard.count("911 3") == 3
        assert heard.count("910 3") == 17

    in_hall(scenario, limits=Limits(failures_per_account=Rate(3, 0.1)))


def test_a_conversation_fills_up_also_with_those_who_were_on_their_way() -> None:
    async def scenario(hall: Hall) -> None:
        alice, bob, carol = [await hall.online(n, 8) for n in ("alice", "bob", "carol")]
        room, *_ = await hall.room(alice)
        rings = []
        for other in (bob, carol):
            await room.say(f"CAL 2 {other.session.handle}")
            rings.append(other.heard()[-1].split(" "))
        answers = []
        for other, ring in zip((bob, carol), rings, strict=True):
            callee = hall.connect()
            line = f"ANS 1 {other.session.handle} {ring[4]} {ring[1]}"
            answers.append((await callee.say(line))[-1])
        assert answers == ["ANS 1 OK", "911 1"]

    in_hall(scenario, limits=Limits(participants=2))
