"""What the Escargot server is known to do wrong, done right here."""

import pytest

from Kamaelia.Protocol.MSN.wire.challenge import answer
from Kamaelia.Protocol.MSN.wire.command import CommandDecoder, Sender

from .hall import CHALLENGE, Hall, in_hall


def test_arguments_are_split_at_spaces_only_and_not_decoded() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 8)
        (line,) = await alice.say("ADG 1 a\u2003b%2520c 0")
        assert line.split(" ")[3] == "a%E2%80%83b%2520c"
        lists = await hall.store.msn.synchronise("alice@example.com")
        assert lists.groups[-1].name == "a\u2003b%20c"

    in_hall(scenario)


def test_an_empty_payload_keeps_the_arguments_in_place() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 11)
        assert await alice.say("UUX 7 0") == ["UUX 7 0"]
        assert await alice.say("PNG") == ["QNG 50"]

    in_hall(scenario)


def test_many_commands_in_one_piece_take_linear_time() -> None:
    decoder = CommandDecoder(Sender.CLIENT)
    decoder.receive_data(b"PNG\r\n" * 100_000)
    assert sum(1 for _ in decoder.commands()) == 100_000


def test_an_error_inside_is_answered() -> None:
    async def scenario(hall: Hall) -> None:
        from Kamaelia.store.errors import DatabaseProblem

        alice = await hall.online("alice", 8)

        async def broken(*_: object, **__: object) -> None:
            raise DatabaseProblem("no disk")

        hall.store.msn.add_group = broken  # type: ignore[method-assign,assignment]
        assert await alice.say("ADG 7 x 0") == ["603 7"]

    in_hall(scenario)


def test_whole_tickets_are_compared() -> None:
    async def scenario(hall: Hall) -> None:
        ticket = hall.state.tickets.issue("alice@example.com", hall.now)
        client = hall.connect()
        await client.say("VER 1 MSNP8", "USR 2 TWN I alice@example.com")
        heard = await client.say(f"USR 3 TWN S t={ticket[:20]}&p=")
        assert heard == ["911 3"]

    in_hall(scenario)


def test_there_is_a_dispatch_server() -> None:
    async def scenario(hall: Hall) -> None:
        client = hall.dispatch()
        await client.say("VER 1 MSNP8")
        (line,) = await client.say("USR 2 TWN I alice@example.com")
        assert line.startswith("XFR 2 NS ")

    in_hall(scenario)


def test_the_burst_up_to_msnp7_is_whole() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.sign_on("alice", 6)
        burst = await alice.say("SYN 5 0")
        version = burst[0].split(" ")[2]
        assert f"PRP 5 {version} MOB N" in burst
        assert f"BPR {version} bob@example.com MOB N" in burst

    in_hall(scenario)


@pytest.mark.parametrize("dialect", [8, 10])
def test_replies_about_groups(dialect: int) -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", dialect)
        end = " 0" if dialect == 8 else ""
        (line,) = await alice.say(f"ADG 7 x{end}")
        words = line.split(" ")
        group = words[4] if dialect == 8 else words[3]
        assert len(words) == (6 if dialect == 8 else 4)
        (line,) = await alice.say(f"REG 8 {group} y{end}")
        assert line.endswith(f" {group} y{end}")
        assert len(line.split(" ")) == (6 if dialect == 8 else 4)
        (line,) = await alice.say(f"RMG 9 {group}")
        assert line.split(" ")[-1] == group
        assert len(line.split(" ")) == (4 if dialect == 8 else 3)

    in_hall(scenario)


def test_group_0_can_be_renamed() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 8)
        (line,) = await alice.say("REG 8 0 Rest 0")
        assert line.endswith(" 0 Rest 0")

    in_hall(scenario)


def test_no_picture_means_no_msnobject() -> None:
    async def scenario(hall: Hall) -> None:
        bob = await hall.online("bob", 9)
        alice = await hall.sign_on("alice", 9)
        await alice.say("CHG 6 NLN 268435492")
        assert b"msnobj" not in bob.raw + alice.raw

    in_hall(scenario)


def test_answers_to_challenges_are_checked_with_whole_words() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 11)
        right = "a57a33d300de0b8c4d3c074d423e25fb"
        assert answer(CHALLENGE, "PROD0090YUAUV{2B", 11) == right
        line = b"QRY 7 PROD0090YUAUV{2B 32\r\n" + right.encode()
        assert await alice.say(line) == ["QRY 7"]

    in_hall(scenario)


def test_p2p_may_use_any_acknowledgement() -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online("alice", 9), await hall.online("bob", 9)]
        left, right = await hall.room(*users)
        payload = (
            b"MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\n"
            b"P2P-Dest: bob@example.com\r\n\r\n" + bytes(52)
        )
        for ack in (b"D", b"A", b"N", b"U"):
            await left.say(b"MSG 3 %b %d\r\n%b" % (ack, len(payload), payload))
            (command,) = right.commands()
            assert command.payload == payload
        assert left.reason is None

    in_hall(scenario)


def test_a_participant_is_named_once() -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online(who, 9) for who in ("alice", "bob", "carol")]
        rooms = await hall.room(*users)
        assert rooms[2].raw.count(b"IRO ") == 2
        assert rooms[0].raw.count(b"JOI ") == 2

    in_hall(scenario)


@pytest.mark.parametrize("status", ["NLN", "BSY", "AWY", "IDL", "BRB", "PHN", "LUN"])
def test_who_is_away_can_be_called(status: str) -> None:
    async def scenario(hall: Hall) -> None:
        users = [await hall.online("alice", 9), await hall.online("bob", 9, status)]
        assert len(await hall.room(*users)) == 2

    in_hall(scenario)
