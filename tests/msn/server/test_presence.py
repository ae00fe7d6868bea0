"""Who sees whom, when, and in which words."""

import pytest

from .hall import CHALLENGE, Hall, in_hall

PICTURE = "%3Cmsnobj%20Creator%3D%22alice%40example.com%22%2F%3E"


@pytest.mark.parametrize("dialect", range(2, 13))
def test_each_dialect_gets_its_own_words(dialect: int) -> None:
    async def scenario(hall: Hall) -> None:
        bob = await hall.online("bob", dialect)
        alice = await hall.sign_on("alice", 12)
        await alice.say(f"CHG 6 BSY 1342521420 {PICTURE}")
        end = "" if dialect < 8 else " 1342521420"
        end += f" {PICTURE}" if dialect >= 9 else ""
        assert bob.heard() == [f"NLN BSY alice@example.com Alice{end}"]
        await alice.say("OUT")
        assert bob.heard() == ["FLN alice@example.com"]

    in_hall(scenario)


def test_nobody_sees_anybody_before_the_first_chg() -> None:
    async def scenario(hall: Hall) -> None:
        bob = await hall.sign_on("bob", 8)
        alice = await hall.online("alice", 8)
        assert bob.heard() == []
        assert await alice.say("XFR 7 SB") != []
        assert await bob.say("XFR 7 SB") == ["913 7"]
        heard = await bob.say("CHG 6 NLN 0")
        assert heard[:2] == [
            "CHG 6 NLN 0",
            "ILN 6 NLN alice@example.com Alice 268435492",
        ]

    in_hall(scenario)


def test_initial_states_come_with_the_first_chg_only() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.online("bob", 8)
        alice = await hall.online("alice", 8)
        assert await alice.say("CHG 7 AWY 0") == ["CHG 7 AWY 0"]

    in_hall(scenario)


@pytest.mark.parametrize("size", [10, 4000])
def test_who_comes_later_sees_what_is_so_then(size: int) -> None:
    picture = "%3Cmsnobj%20Size%3D%22" + "1" * size + "%22%2F%3E"

    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 9)
        bob = await hall.online("bob", 9)
        assert alice.heard() == ["NLN NLN bob@example.com Bob 268435492"]
        await bob.say(f"CHG 7 BSY 5 {picture}", "REA 8 bob@example.com B%20b")
        now = f"BSY bob@example.com B%20b 5 {picture}"
        assert alice.heard()[-1] == f"NLN {now}"
        again = await hall.sign_on("alice", 9)
        heard = await again.say("SYN 1 0", "CHG 22 NLN 0")
        assert f"ILN 22 {now}" in heard
        await bob.say("CHG 9 NLN 0")
        assert again.heard()[-1] == "NLN NLN bob@example.com B%20b 0"
        older = await hall.sign_on("alice", 7)
        heard = await older.say("SYN 1 0", "CHG 23 NLN")
        assert "ILN 23 NLN bob@example.com B%20b" in heard

    in_hall(scenario)


def test_hiding_is_seen_as_leaving() -> None:
    async def scenario(hall: Hall) -> None:
        bob = await hall.online("bob", 11)
        alice = await hall.online("alice", 11)
        xml = b"<Data><PSM>hi</PSM><CurrentMedia></CurrentMedia></Data>"
        await alice.say(b"UUX 1 %d\r\n%b" % (len(xml), xml))
        bob.heard()
        await alice.say("CHG 7 HDN 0")
        assert bob.heard() == ["FLN alice@example.com"]
        await alice.say("CHG 8 HDN 0", b"UUX 9 0\r\n")
        assert bob.heard() == []
        assert await alice.say("XFR 9 SB") == ["913 9"]
        await alice.say(b"UUX 1 %d\r\n%b" % (len(xml), xml), "CHG 9 NLN 0")
        assert bob.heard() == [
            "NLN NLN alice@example.com Alice 0",
            f"UBX alice@example.com {len(xml)}",
        ]
        await alice.say("CHG 10 HDN 0")
        bob.heard()
        alice.drop()
        assert bob.heard() == []

    in_hall(scenario)


@pytest.mark.parametrize(
    "line", ["CHG 7 FLN 0", "CHG 7 XXX 0", "CHG 7 NLN 0 " + "x" * 9000]
)
def test_no_such_status(line: str) -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 9)
        assert await alice.say(line) == ["201 7"]

    in_hall(scenario)


def test_chg_without_capabilities_counts() -> None:
    async def scenario(hall: Hall) -> None:
        bob = await hall.online("bob", 9)
        alice = await hall.sign_on("alice", 9)
        heard = await alice.say("CHG 6 NLN")
        assert heard[0] == "CHG 6 NLN 0"
        assert bob.heard() == ["NLN NLN alice@example.com Alice 0"]

    in_hall(scenario)


@pytest.mark.parametrize("dialect", [8, 11])
def test_blocking_and_letting_in_are_seen_at_once(dialect: int) -> None:
    async def scenario(hall: Hall) -> None:
        bob = await hall.online("bob", 8)
        alice = await hall.online("alice", dialect)
        bob.heard()
        add = (
            "ADD 2 {} bob@example.com Bob"
            if dialect == 8
            else "ADC 2 {} N=bob@example.com"
        )
        await alice.say("REM 1 AL bob@example.com")
        assert bob.heard() == []
        await alice.say(add.format("BL"))
        assert bob.heard() == ["FLN alice@example.com"]
        await alice.say("CHG 3 AWY 0")
        assert bob.heard() == []
        await alice.say("REM 4 BL bob@example.com")
        assert bob.heard() == ["NLN AWY alice@example.com Alice 0"]
        await alice.say("BLP 5 BL")
        assert bob.heard() == ["FLN alice@example.com"]
        await alice.say(add.format("AL"))
        assert bob.heard() == ["NLN AWY alice@example.com Alice 0"]
        await alice.say("BLP 6 AL")
        assert bob.heard() == []

    in_hall(scenario)


def test_who_is_blocked_gets_nothing_at_sign_on_either() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 12)
        await alice.say("PRP 1 PHH 555", "REM 1 AL bob@example.com")
        await alice.say("ADC 2 BL N=bob@example.com")
        bobs = []
        for dialect in (7, 8, 12):
            bob = await hall.sign_on("bob", dialect)
            bobs.append(bob)
            burst = await bob.say("SYN 5 0 0")
            assert not any("555" in line for line in burst)
            heard = await bob.say("CHG 6 NLN 0")
            assert not any(line.startswith(("ILN", "UBX")) for line in heard)
        await alice.say("OUT")
        assert not any("alice" in line for line in bobs[-1].heard())
        again = await hall.sign_on("bob", 7)
        burst = await again.say("SYN 5 0")
        assert not any("555" in line for line in burst)

    in_hall(scenario)


def test_a_personal_message_is_cut_and_kept() -> None:
    async def scenario(hall: Hall) -> None:
        bob = await hall.online("bob", 11)
        alice = await hall.online("alice", 11)
        bob.heard()
        xml = (
            b"<Data><PSM>" + b"x" * 500 + b"</PSM><CurrentMedia></CurrentMedia></Data>"
        )
        assert await alice.say(b"UUX 7 %d\r\n%b" % (len(xml), xml)) == ["UUX 7 0"]
        (command,) = bob.commands()
        assert command.payload is not None
        assert command.payload.count(b"x") == 129
        for bad in (b"<Data><PSM>", b"rubbish", b"<Data"):
            line = b"UUX 8 %d\r\n%b" % (len(bad), bad)
            assert await alice.say(line) == ["UUX 8 0"]
        assert bob.heard() == []
        await alice.say("OUT")
        bob.heard()
        await hall.online("alice", 12)
        assert bob.heard() == [
            "NLN NLN alice@example.com Alice 268435492",
            f"UBX alice@example.com {len(command.payload)}",
        ]

    in_hall(scenario)


def test_an_empty_personal_message_takes_the_old_one_away() -> None:
    async def scenario(hall: Hall) -> None:
        bob = await hall.online("bob", 11)
        alice = await hall.online("alice", 11)
        xml = b"<Data><PSM>hi</PSM></Data>"
        await alice.say(b"UUX 7 %d\r\n%b" % (len(xml), xml))
        bob.heard()
        assert await alice.say(b"UUX 8 0\r\n") == ["UUX 8 0"]
        assert bob.heard() == ["UBX alice@example.com 0"]
        huge = b"x" * 5000
        assert await alice.say(b"UUX 9 5000\r\n" + huge) == []
        assert alice.reason is not None

    in_hall(scenario)


def test_changes_too_fast_are_refused() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 8)
        heard = [await alice.say("CHG 7 AWY 0") for _ in range(100)]
        assert heard[-1] == ["800 7"]

    in_hall(scenario)


def test_the_cost_of_a_change_does_not_grow_with_the_sessions() -> None:
    async def scenario(hall: Hall) -> None:
        looked: list[str] = []

        class Sessions(dict):  # type: ignore[type-arg]
            def get(self, key: str, default: object = None) -> object:
                looked.append(key)
                return super().get(key, default)

            def __iter__(self) -> object:  # type: ignore[override]
                raise AssertionError("all sessions are looked at")

            values = items = keys = __iter__  # type: ignore[assignment]

        alice = await hall.online("alice", 8)
        await hall.online("bob", 8)
        await hall.online("carol", 8)
        await hall.online("dave", 8)
        hall.state.sessions = Sessions(hall.state.sessions)
        await alice.say("CHG 7 AWY 0")
        assert looked == ["bob@example.com"]

    in_hall(scenario)


def test_the_store_is_not_asked_between_users_who_are_online() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 9)
        bob = await hall.online("bob", 9)

        def refuse(*_: object, **__: object) -> object:
            raise AssertionError("the store is asked")

        for name in ("read", "write"):
            setattr(hall.store._database, name, refuse)
        await alice.say("CHG 7 AWY 0")
        left, right = await hall.room(alice, bob)
        assert await left.say(b"MSG 3 A 2\r\nhi") == ["ACK 3"]
        assert right.heard() == ["MSG alice@example.com Alice 2"]
        await left.say("OUT")
        await alice.say("OUT")

    in_hall(scenario)


def test_challenges() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 7)
        reply = b"QRY 11 msmsgs@msnmsgr.com 32\r\n8ba1bb9d6dbf624fee31a2053af5fdd0"
        assert await alice.say(reply) == ["QRY 11"]
        assert await alice.say(reply) == ["715 11"]
        hall.now += hall.limits.challenge_every + 1
        assert alice.tick() == [f"CHL 0 {CHALLENGE}"]
        hall.now += hall.limits.challenge_answer - 1
        assert alice.tick() == []
        hall.now += 2
        assert alice.tick() == ["OUT"]
        assert alice.reason is not None

    in_hall(scenario)


@pytest.mark.parametrize(
    "reply",
    [
        b"QRY 11 msmsgs@msnmsgr.com 32\r\n" + b"0" * 32,
        b"QRY 11 nobody@example.com 32\r\n8ba1bb9d6dbf624fee31a2053af5fdd0",
        b"QRY 11 msmsgs@msnmsgr.com 3\r\nabc",
        b"QRY 11 msmsgs@msnmsgr.com 2\r\n\xff\xfe",
    ],
)
def test_a_wrong_answer_ends_the_session(reply: bytes) -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 9)
        assert await alice.say(reply) == ["540 11"]
        assert alice.reason is not None

    in_hall(scenario)
