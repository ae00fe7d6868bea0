"""Changes of lists, groups, names, telephones and privacy, per dialect."""

import asyncio
import re

import pytest

from .hall import Client, Hall, in_hall

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def version(hall: Hall, who: str) -> int:
    return (await hall.store.msn.profile(f"{who}@example.com")).list_version


async def names(client: Client, *lines: str) -> list[str]:
    """Say lines; return the heard lines with GUIDs replaced."""
    return [GUID.sub("GUID", line) for line in await client.say(*lines)]


@pytest.mark.parametrize("dialect", range(2, 10))
def test_add_and_remove_with_versions(dialect: int) -> None:
    async def scenario(hall: Hall) -> None:
        client = await hall.online("alice", dialect)
        now = await version(hall, "alice")
        group = " 0" if dialect >= 7 else ""
        heard = await client.say(
            f"ADD 20 FL carol@example.com carol@example.com{group}"
        )
        line = f"ADD 20 FL {now + 1} carol@example.com carol@example.com{group}"
        bpr = [f"BPR {now + 1} carol@example.com {k}" for k in ("PHH", "PHW", "PHM")]
        bpr.append(f"BPR {now + 1} carol@example.com MOB N")
        assert heard == [line, *(bpr if dialect >= 5 else [])]
        assert await client.say("ADD 21 AL carol@example.com Carol") == [
            f"ADD 21 AL {now + 2} carol@example.com Carol"
        ]
        assert await client.say("REM 22 AL carol@example.com") == [
            f"REM 22 AL {now + 3} carol@example.com"
        ]
        assert await client.say("REM 23 FL carol@example.com") == [
            f"REM 23 FL {now + 4} carol@example.com"
        ]
        assert await version(hall, "alice") == now + 4

    in_hall(scenario)


@pytest.mark.parametrize("dialect", [2, 5, 7, 8, 9])
def test_errors_of_edits_with_versions(dialect: int) -> None:
    async def scenario(hall: Hall) -> None:
        client = await hall.online("alice", dialect)
        for line, code in {
            "ADD 1 FL bob@example.com Bob": 215,
            "ADD 1 FL nobody@example.com x": 205,
            "ADD 1 FL nohandle x": 201,
            "ADD 1 BL bob@example.com Bob": 219,
            "ADD 1 XX bob@example.com Bob": 200,
            "ADD 1 FL": 200,
            "REM 1 BL bob@example.com": 216,
            "REM 1 FL carol@example.com": 216,
            f"ADD 1 FL carol@example.com {'x' * 400}": 209,
            "ADC 1 FL N=carol@example.com": 502,
            "SBP 1 x MFN y": 502,
            "REA 1 nobody x": 201,
            "REA 1 carol@example.com x": 216,
            f"REA 1 alice@example.com {'x' * 388}": 209,
        }.items():
            assert await client.say(line) == [f"{code} 1"], line
        assert await client.say("ADD 1 RL bob@example.com Bob") == []
        assert client.reason is not None

    in_hall(scenario)


@pytest.mark.parametrize("dialect", [7, 8, 9])
def test_groups_with_numbers(dialect: int) -> None:
    async def scenario(hall: Hall) -> None:
        client = await hall.online("alice", dialect)
        now = await version(hall, "alice")
        assert await client.say("ADG 1 New%20Friends 0") == [
            f"ADG 1 {now + 1} New%20Friends 1 0"
        ]
        assert await client.say("REG 2 1 Pals 0") == [f"REG 2 {now + 2} 1 Pals 0"]
        assert await client.say("REG 3 0 Rest 0") == [f"REG 3 {now + 3} 0 Rest 0"]
        heard = await client.say("ADD 4 FL bob@example.com Bob 1")
        assert heard == [f"ADD 4 FL {now + 4} bob@example.com Bob 1"]
        heard = await client.say("REM 5 FL bob@example.com 0")
        assert heard == [f"REM 5 FL {now + 5} bob@example.com 0"]
        for line, code in {
            "ADG 1 Pals 0": 228,
            f"ADG 1 {'x' * 62} 0": 229,
            f"REG 1 1 {'x' * 128} 0": 229,
            "RMG 1 0": 230,
            "RMG 1 7": 224,
            "REG 1 7 x 0": 224,
            "ADD 1 FL bob@example.com Bob 9": 224,
            "ADD 1 FL bob@example.com Bob 1": 215,
            "ADD 1 AL carol@example.com Carol 1": 201,
        }.items():
            assert await client.say(line) == [f"{code} 1"], line
        for number in range(2, 30):
            (line,) = await client.say(f"ADG 1 g{number} 0")
            assert line.split(" ")[3:] == [f"g{number}", f"{number}", "0"]
        assert await client.say("ADG 1 one-too-many 0") == ["223 1"]

    in_hall(scenario)


def test_contacts_of_a_removed_group_alone_leave_the_list() -> None:
    async def scenario(hall: Hall) -> None:
        client = await hall.online("alice", 8)
        carol = await hall.online("carol", 8)
        await client.say("ADG 1 Work 0")
        await client.say("ADD 2 FL carol@example.com Carol 1")
        carol.heard()
        (line,) = await client.say("RMG 3 1")
        assert line.endswith(" 1")
        (told,) = carol.heard()
        assert told.startswith("REM 0 RL ")
        assert "carol@example.com" not in client.session.roster.watched  # type: ignore[attr-defined]
        assert not carol.session.roster.watchers  # type: ignore[attr-defined]

    in_hall(scenario)


@pytest.mark.parametrize("dialect", [10, 11, 12])
def test_edits_with_guids(dialect: int) -> None:
    async def scenario(hall: Hall) -> None:
        client = await hall.online("alice", dialect)
        assert await names(client, "ADC 1 FL N=carol@example.com F=Carol") == [
            "ADC 1 FL N=carol@example.com F=Carol C=GUID"
        ]
        contact = await hall.store.msn.contact("alice@example.com", "carol@example.com")
        assert contact is not None
        carol = contact.guid
        (line,) = await client.say("ADG 2 New%20Group")
        group = line.split(" ")[3]
        assert line == f"ADG 2 New%20Group {group}"
        line = f"ADC 3 FL C={carol} {group}"
        assert await client.say(line) == [line]
        line = f"REM 4 FL {carol} {group}"
        assert await client.say(line) == [line]
        line = f"REG 5 {group} Pals"
        assert await client.say(line) == [line]
        line = "ADC 6 AL N=carol@example.com"
        assert await client.say(line) == [line]
        line = f"SBP 7 {carol} MFN My%20Carol"
        assert await client.say(line) == [line]
        contact = await hall.store.msn.contact("alice@example.com", "carol@example.com")
        assert contact is not None
        assert contact.friendly_name == "My Carol"
        assert await client.say("RMG 8 Pals") == [f"RMG 8 {group}"]
        assert await client.say("PRP 9 MFN Al%20ice") == ["PRP 9 MFN Al%20ice"]
        assert await client.say("PRP 9 PHH 1%202") == ["PRP 9 PHH 1%202"]
        assert await client.say("PRP 9 PHH") == ["PRP 9 PHH"]
        assert await client.say("GTC 10 N") == ["GTC 10 N"]
        assert await client.say("BLP 11 BL") == ["BLP 11 BL"]
        assert await client.say("BLP 11 BL") == ["218 11"]
        line = f"REM 12 FL {carol}"
        assert await client.say(line) == [line]
        for line, code in {
            "ADC 1 FL N=nobody@example.com": 208,
            "ADC 1 FL N=bad": 201,
            "ADC 1 FL C=12": 403,
            "REM 1 FL 12": 403,
            f"REM 1 FL {group}": 216,
            f"ADC 1 FL C={carol} {group}": 224,
            "RMG 1 nothing": 224,
            "ADD 1 FL bob@example.com Bob": 502,
            "REA 1 alice@example.com x": 502,
            "PRP 1 XYZ 1": 715,
            "PRP 1 MBE Y": 715,
            "PRP 1 MOB Q": 201,
            "PRP 1 MFN": 209,
            f"SBP 1 {group} MFN x": 216,
            "SBP 1 zz MFN x": 403,
            f"SBP 1 {group} XXX x": 715,
            "ADC 1 BL N=bob@example.com": 219,
            "REM 1 PL nobody@example.com": 216,
        }.items():
            assert await client.say(line) == [f"{code} 1"], line
        assert await client.say("ADC 1 PL N=dave@example.com") == []
        assert client.reason is not None

    in_hall(scenario)


def test_a_telephone_is_a_contact_from_msnp11_on() -> None:
    async def scenario(hall: Hall) -> None:
        old = await hall.online("alice", 10)
        line = "ADC 1 FL N=tel:+15551234567 F=Mum"
        assert await old.say(line) == ["201 1"]
        new = await hall.online("alice", 11)
        (heard,) = await names(new, line)
        assert heard == f"{line} C=GUID"

    in_hall(scenario)


@pytest.mark.parametrize(("dialect", "line"), [(9, "ADD 0 RL"), (12, "ADC 0 RL")])
def test_both_sides_learn_of_an_addition(dialect: int, line: str) -> None:
    async def scenario(hall: Hall) -> None:
        carol = await hall.online("carol", dialect)
        alice = await hall.online("alice", 8)
        heard = await alice.say("ADD 1 FL carol@example.com Carol 0")
        assert heard[-1].startswith("ILN 1 NLN carol@example.com Carol ")
        now = await version(hall, "carol")
        (told,) = carol.heard()
        assert told == (
            f"ADD 0 RL {now} alice@example.com Alice"
            if dialect == 9
            else "ADC 0 RL N=alice@example.com F=Alice"
        )
        await alice.say("REM 2 FL carol@example.com")
        (told,) = carol.heard()
        assert told.startswith("REM 0 RL ")
        assert told.endswith("alice@example.com")
        assert told.startswith(line.replace("ADD", "REM").replace("ADC", "REM"))

    in_hall(scenario)


def test_a_pending_contact_is_accepted() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 11)
        await alice.say("ADC 1 FL N=carol@example.com F=Carol")
        carol = await hall.sign_on("carol", 11)
        burst = await carol.say("SYN 5 0 0")
        assert burst[-1] == "LST N=alice@example.com F=Alice 16"
        for line in (
            "ADC 6 AL N=alice@example.com",
            "ADC 7 RL N=alice@example.com",
            "REM 8 PL alice@example.com",
        ):
            heard = await carol.say(line)
            assert heard[0].startswith(line), line
        again = await hall.sign_on("carol", 11)
        burst = await again.say("SYN 5 0 0")
        assert burst[-1] == "LST N=alice@example.com F=Alice 10"

    in_hall(scenario, friends=False)


def test_telephones_are_told_to_those_who_may_know() -> None:
    async def scenario(hall: Hall) -> None:
        bob = await hall.online("bob", 8)
        alice = await hall.online("alice", 7)
        bob.heard()
        now = await version(hall, "alice")
        assert await alice.say("PRP 1 PHM 555%201") == [f"PRP 1 {now + 1} PHM 555%201"]
        theirs = await version(hall, "bob")
        assert bob.heard() == [f"BPR {theirs} alice@example.com PHM 555%201"]
        await alice.say("REM 2 AL bob@example.com", "ADD 3 BL bob@example.com Bob")
        bob.heard()
        await alice.say("PRP 4 PHM 555%202")
        assert bob.heard() == []
        assert await alice.say(f"PRP 5 PHM {'9' * 96}") == []
        assert alice.reason is not None

    in_hall(scenario)


def test_a_name_is_told_and_renaming_too_fast_is_refused() -> None:
    async def scenario(hall: Hall) -> None:
        bob = await hall.online("bob", 8)
        alice = await hall.online("alice", 8)
        bob.heard()
        (line,) = await alice.say("REA 1 alice@example.com Al%20ice")
        assert line.endswith("alice@example.com Al%20ice")
        assert bob.heard() == ["NLN NLN alice@example.com Al%20ice 268435492"]
        for _ in range(20):
            (line,) = await alice.say("REA 1 alice@example.com x")
        assert line == "800 1"
        hall.now += 60
        (line,) = await alice.say("REA 1 bob@example.com Bobby")
        assert line.endswith("bob@example.com Bobby")
        contact = await hall.store.msn.contact("alice@example.com", "bob@example.com")
        assert contact is not None
        assert contact.friendly_name == "Bobby"

    in_hall(scenario)


@pytest.mark.parametrize("line", ["GTC 1 X", "BLP 1 AX"])
def test_a_setting_with_another_value_ends_the_connection(line: str) -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 8)
        assert await alice.say("GTC 1 A") == ["218 1"]
        assert await alice.say(line) == []
        assert alice.reason is not None

    in_hall(scenario)


def test_what_was_acknowledged_is_there_after_the_end(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/store.db"

    async def change(hall: Hall) -> None:
        alice = await hall.online("alice", 8)
        await alice.say("ADG 1 Work 0", "ADD 2 FL carol@example.com Carol 1")
        heard = await alice.say("REM 3 FL bob@example.com", "PRP 4 PHH 1", "BLP 5 BL")
        assert [line[:5] for line in heard] == ["REM 3", "PRP 4", "BLP 5"]

    async def look(hall: Hall) -> None:
        alice = await hall.sign_on("alice", 8)
        assert (await alice.say("SYN 5 0"))[1:] == [
            "GTC A",
            "BLP BL",
            "PRP PHH 1",
            "LSG 0 Other%20Contacts 0",
            "LSG 1 Work 0",
            "LST bob@example.com Bob 10",
            "LST carol@example.com Carol 1 1",
        ]
        carol = await hall.sign_on("carol", 8)
        assert "LST alice@example.com Alice 8" in await carol.say("SYN 5 0")

    in_hall(change, url=url)
    in_hall(look, url=url, friends=False)


def test_a_change_is_not_lost_on_who_signs_on_twice_at_once() -> None:
    async def scenario(hall: Hall) -> None:
        rosters, carol = hall.state.rosters, "carol@example.com"
        synchronise = hall.store.msn.synchronise
        changed = asyncio.Event()
        waiting: list[str] = []

        async def slow(handle: str) -> object:
            lists = await synchronise(handle)
            waiting.append(handle)
            if len(waiting) > 1:
                await changed.wait()
            return lists

        hall.store.msn.synchronise = slow  # type: ignore[assignment,method-assign]
        bob = await hall.online("bob", 8)
        waiting.clear()
        first, second = (asyncio.create_task(rosters.load(carol)) for _ in range(2))
        await first
        rosters.release(carol)  # has gone before it was let in
        await bob.say(f"ADD 9 FL {carol} Carol 0")
        changed.set()
        assert (await second).is_watched_by("bob@example.com")
        assert rosters.get(carol) is await rosters.load(carol)

    in_hall(scenario)


@pytest.mark.parametrize("leaves", [True, False])
def test_what_another_process_has_changed_comes_at_the_next_sign_on(
    leaves: bool,
) -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 8)
        known = await version(hall, "alice")
        # As `kamaelia user contact add` does, beside the server.
        await hall.store.add_contact("alice@example.com", "carol@example.com")
        lines = (
            "ADG 30 Work 0",
            "REA 31 alice@example.com A",
            "REA 32 bob@example.com B",
            "ADD 33 FL dave@example.com Dave 0",
            "PRP 34 PHH 5",
            "BLP 35 BL",
            "RMG 36 1",
        )
        for line in lines:
            heard = await alice.say(line)
            assert str(known) in heard[0].split(" "), heard
        bob = await hall.online("bob", 8)
        alice.heard()
        await bob.say("REM 40 FL alice@example.com")
        assert alice.heard() == [f"REM 0 RL {known} bob@example.com"]
        if leaves:
            await alice.say("OUT")
        again = await hall.sign_on("alice", 8)
        heard = await again.say(f"SYN 5 {known}")
        assert any(line.startswith("LST carol@example.com") for line in heard)
        now = await version(hall, "alice")
        assert heard[0].split(" ")[:3] == ["SYN", "5", str(now)]
        (made,) = await again.say("ADG 41 Play 0")
        assert made.split(" ")[2] == str(now + 1)

    in_hall(scenario)


def test_a_change_while_the_lists_are_read_is_not_lost() -> None:
    async def scenario(hall: Hall) -> None:
        bob = await hall.online("bob", 8)
        carol = hall.connect()
        await carol.say("VER 1 MSNP8", "USR 2 TWN I carol@example.com")
        ticket = hall.state.tickets.issue("carol@example.com", hall.now)
        synchronise = hall.store.msn.synchronise

        async def slow(handle: str) -> object:
            lists = await synchronise(handle)
            await bob.say("ADD 9 FL carol@example.com Carol 0")
            return lists

        hall.store.msn.synchronise = slow  # type: ignore[assignment,method-assign]
        await carol.say(f"USR 3 TWN S {ticket}")
        hall.store.msn.synchronise = synchronise  # type: ignore[method-assign]
        assert "LST bob@example.com Bob 8" in await carol.say("SYN 4 0")

    in_hall(scenario)
