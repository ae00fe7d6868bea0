"""What MSN users see of others who are not signed on."""

import pytest

from Kamaelia.store import msn_seen_rows
from Kamaelia.store.msn import Lists, Seen
from Kamaelia.store.store import Store
from tests.store.conftest import Place

ALICE, BOB, CAROL = "alice@example.com", "bob@example.com", "carol@example.org"


async def add_people(store: Store) -> None:
    for handle in (ALICE, BOB, CAROL):
        await store.accounts.add("msn", handle, "x")
        await store.msn.set_friendly_name(handle, handle.partition("@")[0].upper())


def test_names_and_the_properties_asked_for_are_seen(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        for key in ("PHH", "PHM", "WWE"):
            await store.msn.set_property(BOB, key, f"{key} of Bob")
        others = [BOB, "CAROL@example.org", "nobody@example.com", "tel:+441"]
        assert await store.msn.seen(ALICE, others, ("PHH", "PHW", "PHM")) == {
            BOB: Seen("BOB", {"PHH": "PHH of Bob", "PHM": "PHM of Bob"}),
            CAROL: Seen("CAROL", {}),
        }
        assert await store.msn.seen("stranger@example.com", [BOB], ()) == {
            BOB: Seen("BOB", {})
        }
        assert await store.msn.seen(ALICE, [], ("PHH",)) == {}

    place.run(scenario)


@pytest.mark.parametrize("blp", ["AL", "BL"])
@pytest.mark.parametrize("lists", [Lists.NONE, Lists.AL, Lists.BL, Lists.RL])
def test_who_is_not_let_see_sees_nothing(place: Place, blp: str, lists: Lists) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        if blp == "BL":
            await store.msn.set_privacy(BOB, blp="BL")
        if lists & Lists.RL:
            await store.msn.add_to_list(ALICE, BOB, Lists.FL)
        elif lists:
            await store.msn.add_to_list(BOB, ALICE, lists)
        let = Lists.AL in lists or (blp == "AL" and Lists.BL not in lists)
        assert (BOB in await store.msn.seen(ALICE, [BOB], ())) == let

    place.run(scenario)


def test_many_are_seen_some_at_a_time(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(msn_seen_rows, "AT_ONCE", 2)

    async def scenario(store: Store) -> None:
        await add_people(store)
        seen = await store.msn.seen(ALICE, [ALICE, BOB, CAROL], ())
        assert sorted(seen) == [ALICE, BOB, CAROL]

    place.run(scenario)
