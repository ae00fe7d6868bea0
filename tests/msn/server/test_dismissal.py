"""Who is suspended or removed while signed on has to go."""

import pytest

from Kamaelia.Protocol.MSN.Server.dismissal import dismiss, watch
from Kamaelia.Protocol.MSN.Server.perform import perform
from Kamaelia.Protocol.MSN.wire.command import Command

from .hall import Hall, in_hall

ALICE = "alice@example.com"


@pytest.mark.parametrize("how", ["suspended", "removed"])
def test_a_user_whose_account_is_taken_away_is_signed_off(how: str) -> None:
    async def scenario(hall: Hall) -> None:
        alice, bob = await hall.online("alice", 8), await hall.online("bob", 8)
        alice.heard()
        talk, other = await hall.room(alice, bob)
        watching = watch(hall.state)
        await watching.look()
        assert alice.reason is None
        if how == "suspended":
            await hall.store.accounts.set_suspended("msn", ALICE)
        else:
            await hall.store.accounts.remove("msn", ALICE)
        await watching.look()
        assert alice.heard() == ["OUT"]
        assert alice.reason == talk.reason == f"account {how}"
        assert bob.heard() == [f"FLN {ALICE}"]
        assert other.heard() == [f"BYE {ALICE}"]
        assert bob.reason is other.reason is None
        assert list(hall.state.sessions) == ["bob@example.com"]
        await watching.look()

    in_hall(scenario)


def test_a_ticket_from_before_the_suspension_is_refused() -> None:
    async def scenario(hall: Hall) -> None:
        ticket = hall.state.tickets.issue(ALICE, hall.now)
        await hall.store.accounts.set_suspended("msn", ALICE)
        client = hall.connect()
        await client.say("VER 1 MSNP8 CVR0", f"USR 2 TWN I {ALICE}")
        assert await client.say(f"USR 3 TWN S t={ticket}&p=") == ["927 3"]
        assert client.reason is not None

    in_hall(scenario)


def test_who_has_gone_already_is_nobody() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 8)
        await alice.say("OUT")
        dismiss(hall.state, ALICE, "removed")
        dismiss(hall.state, "nobody@example.com", "suspended")

    in_hall(scenario)


def test_who_gets_the_name_of_a_removed_account_does_not_get_its_session() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 8)
        watching = watch(hall.state)
        await watching.look()
        await hall.store.accounts.remove("msn", ALICE)
        await hall.store.accounts.add("msn", ALICE, "alicepw")
        await watching.look()
        assert alice.reason == "account removed"
        again = await hall.online("alice", 8)
        await watching.look()
        assert again.reason is None
        assert again.session.roster.watched == []  # type: ignore[attr-defined]

    in_hall(scenario)


def test_a_new_account_does_not_get_the_lists_of_a_removed_one() -> None:
    async def scenario(hall: Hall) -> None:
        alice = await hall.online("alice", 8)
        await hall.store.accounts.remove("msn", ALICE)
        await hall.store.accounts.add("msn", ALICE, "alicepw")
        again = await hall.sign_on("alice", 8)  # before anybody has looked
        assert alice.reason == "signed on anew"
        heard = await again.say("SYN 1 0")
        listed = [line for line in heard if line.startswith("LST ")]
        assert listed == ["LST bob@example.com Bob 8"]  # who has the name on a list
        watching = watch(hall.state)
        await watching.look()
        assert again.reason is None

    in_hall(scenario)


def test_another_sign_on_of_who_is_suspended_is_refused() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.online("alice", 8)
        ticket = hall.state.tickets.issue(ALICE, hall.now)
        await hall.store.accounts.set_suspended("msn", ALICE)
        client = hall.connect()
        await client.say("VER 1 MSNP8 CVR0", f"USR 2 TWN I {ALICE}")
        assert await client.say(f"USR 3 TWN S t={ticket}&p=") == ["927 3"]

    in_hall(scenario)


def test_what_is_stored_for_who_has_gone_does_not_bring_it_back() -> None:
    async def scenario(hall: Hall) -> None:
        alice, bob = await hall.online("alice", 8), await hall.online("bob", 8)
        alice.heard()
        asked = (
            Command("REA", 7, (ALICE, "Late")),
            Command("REM", 8, ("AL", "bob@example.com")),
            Command("ADD", 9, ("BL", "bob@example.com", "Bob")),
            Command("REM", 10, ("BL", "bob@example.com")),
            Command("ADD", 11, ("AL", "bob@example.com", "Bob")),
        )
        for command in asked:
            perform(alice.session.receive(command))
        dismiss(hall.state, ALICE, "suspended")
        await alice.settle()
        assert bob.heard() == [f"FLN {ALICE}"]
        kept = await hall.store.msn.synchronise(ALICE)
        assert kept.profile.friendly_name == "Late"

    in_hall(scenario)
