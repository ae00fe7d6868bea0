"""Who is suspended or removed while signed on has to go."""

import pytest

from Kamaelia.Protocol.MSN.Server.dismissal import dismiss, watch

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
