import asyncio

import pytest

from Kamaelia.store.errors import (
    BadName,
    BadValue,
    ContactExists,
    GroupExists,
    LimitReached,
    ListConflict,
    NoSuchAccount,
    NoSuchContact,
    NoSuchGroup,
    NotInGroup,
    Unchanged,
)
from Kamaelia.store.msn import Lists, MSNContact, ReverseChange
from Kamaelia.store.store import Contact, Store
from tests.store.conftest import Place

FL, AL, BL, RL, PL = Lists.FL, Lists.AL, Lists.BL, Lists.RL, Lists.PL
ALICE, BOB, CAROL = "alice@example.com", "bob@example.com", "carol@example.org"


async def add_people(store: Store) -> None:
    for handle in (ALICE, BOB, CAROL):
        await store.accounts.add("msn", handle, "x")


async def lists_of(store: Store, handle: str) -> dict[str, Lists]:
    contacts = (await store.msn.synchronise(handle)).contacts
    return {contact.handle: contact.lists for contact in contacts}


async def contact_of(store: Store, handle: str, other: str) -> MSNContact:
    contact = await store.msn.contact(handle, other)
    assert contact is not None
    return contact


def test_a_new_account_has_a_profile_and_group_0(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("msn", "Alice@Example.com", "x")
        profile, groups, contacts = await store.msn.synchronise(ALICE)
        assert profile.handle == profile.friendly_name == "Alice@Example.com"
        assert (profile.blp, profile.gtc, profile.message) == ("AL", "A", "")
        assert (profile.list_version, profile.settings_version) == (1, 1)
        assert [(group.number, group.name) for group in groups] == [
            (0, "Other Contacts")
        ]
        assert contacts == ()
        with pytest.raises(NoSuchAccount):
            await store.msn.synchronise(BOB)

    place.run(scenario)


def test_an_addition_changes_both_sides(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        await store.msn.set_friendly_name(ALICE, "Alice ☺ Liddell")
        change = await store.msn.add_to_list(
            ALICE, "BOB@example.com", FL, friendly_name="Bob"
        )
        assert change.version == 3
        assert (change.contact.handle, change.contact.friendly_name) == (BOB, "Bob")
        assert change.reverse == (ReverseChange(BOB, 2, added=True, pending=True),)
        assert await lists_of(store, BOB) == {ALICE: RL | PL}
        mirrored = await contact_of(store, BOB, ALICE)
        assert mirrored.friendly_name == "Alice ☺ Liddell"
        assert await store.msn.watchers(BOB) == [ALICE]

        accepted = await store.msn.add_to_list(BOB, ALICE, AL)
        assert accepted.contact.lists == RL | AL
        assert accepted.reverse == ()
        # What a client of MSNP10 and later sends then harms nothing.
        await store.msn.add_to_list(BOB, ALICE, RL)
        await store.msn.remove_from_list(BOB, ALICE, PL)

        gone = await store.msn.remove_from_list(ALICE, BOB, FL)
        assert gone.contact.lists == Lists.NONE
        assert gone.reverse == (ReverseChange(BOB, 6, added=False, pending=False),)
        assert await lists_of(store, BOB) == {ALICE: AL}
        assert await lists_of(store, ALICE) == {}

    place.run(scenario)


def test_who_is_allowed_already_is_not_pending(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        await store.msn.add_to_list(BOB, ALICE, BL)
        change = await store.msn.add_to_list(ALICE, BOB, FL | AL)
        assert [one.pending for one in change.reverse] == [False]
        assert await lists_of(store, BOB) == {ALICE: BL | RL}

    place.run(scenario)


def test_pending_contacts_can_be_accepted_or_are_gone_with_the_addition(
    place: Place,
) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        await store.msn.add_to_list(ALICE, BOB, FL)
        await store.msn.add_to_list(BOB, ALICE, RL)
        assert await lists_of(store, BOB) == {ALICE: RL}
        await store.msn.add_to_list(CAROL, BOB, FL)
        await store.msn.remove_from_list(CAROL, BOB, FL)
        assert await lists_of(store, BOB) == {ALICE: RL}
        with pytest.raises(NoSuchContact):
            await store.msn.add_to_list(BOB, CAROL, RL)

    place.run(scenario)


def test_what_the_lists_forbid(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        add, remove = store.msn.add_to_list, store.msn.remove_from_list
        await add(ALICE, BOB, FL | AL)
        with pytest.raises(ContactExists):
            await add(ALICE, BOB, FL)
        with pytest.raises(ListConflict):
            await add(ALICE, BOB, BL)
        with pytest.raises(ListConflict):
            await add(ALICE, CAROL, AL | BL)
        with pytest.raises(NoSuchAccount):
            await add(ALICE, "eve@example.com", FL)
        with pytest.raises(BadName):
            await add(ALICE, "eve@@", FL)
        with pytest.raises(BadValue):
            await add(ALICE, BOB, PL)
        with pytest.raises(BadValue):
            await remove(BOB, ALICE, RL)
        with pytest.raises(NoSuchContact):
            await remove(ALICE, BOB, BL)
        with pytest.raises(NoSuchContact):
            await remove(ALICE, CAROL, FL)
        before = (await store.msn.profile(ALICE)).list_version
        with pytest.raises(BadValue):
            await add(ALICE, CAROL, FL, friendly_name="x" * 400)
        assert (await store.msn.profile(ALICE)).list_version == before
        assert await lists_of(store, CAROL) == {}

    place.run(scenario)


def test_blocking_is_two_commands(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        await store.msn.add_to_list(ALICE, BOB, FL | AL)
        await store.msn.remove_from_list(ALICE, BOB, AL)
        await store.msn.add_to_list(ALICE, BOB, BL)
        assert await lists_of(store, ALICE) == {BOB: FL | BL}

    place.run(scenario)


def test_groups_have_numbers_and_guids(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        friends = (await store.msn.add_group(ALICE, "Friends")).group
        work = (await store.msn.add_group(ALICE, "Work")).group
        assert (friends.number, work.number) == (1, 2)
        assert friends.guid != work.guid
        with pytest.raises(GroupExists):
            await store.msn.add_group(ALICE, "Work")
        with pytest.raises(GroupExists):
            await store.msn.rename_group(ALICE, 1, "Work")
        renamed = await store.msn.rename_group(ALICE, 1, "Family")
        assert (renamed.group.name, renamed.group.guid) == ("Family", friends.guid)
        with pytest.raises(NoSuchGroup):
            await store.msn.rename_group(ALICE, 7, "x")
        with pytest.raises(BadValue):
            await store.msn.remove_group(ALICE, 0, drop_contacts=True)
        with pytest.raises(BadValue):
            await store.msn.add_group(ALICE, "x" * 200)
        await store.msn.remove_group(ALICE, 1, drop_contacts=True)
        assert (await store.msn.add_group(ALICE, "New")).group.number == 1
        for number in range(3, 30):
            await store.msn.add_group(ALICE, f"group {number}")
        with pytest.raises(LimitReached):
            await store.msn.add_group(ALICE, "one too many")

    place.run(scenario)


def test_contacts_move_between_groups(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        add, remove = store.msn.add_to_list, store.msn.remove_from_list
        await store.msn.add_group(ALICE, "Friends")
        await store.msn.add_group(ALICE, "Work")
        bob = (await add(ALICE, BOB, FL)).contact
        # MSNP2 to 9: into the new group, then out of the old one.
        assert (await add(ALICE, BOB, FL, group=1)).contact.groups == (0, 1)
        assert (await remove(ALICE, BOB, FL, group=0)).contact.groups == (1,)
        # MSNP10 to 12: by GUID.
        assert (await add(ALICE, bob.guid, FL, group=2)).contact.groups == (1, 2)
        with pytest.raises(ContactExists):
            await add(ALICE, BOB, FL, group=2)
        with pytest.raises(NoSuchGroup):
            await add(ALICE, BOB, FL, group=9)
        with pytest.raises(NoSuchGroup):
            await remove(ALICE, BOB, FL, group=9)
        with pytest.raises(BadValue):
            await add(ALICE, CAROL, AL, group=1)
        await remove(ALICE, BOB, FL, group=1)
        with pytest.raises(NotInGroup):
            await remove(ALICE, BOB, FL, group=1)
        left = (await remove(ALICE, bob.guid, FL, group=2)).contact
        assert (left.groups, left.lists) == ((), FL)
        assert await lists_of(store, BOB) == {ALICE: RL | PL}

    place.run(scenario)


def test_a_removed_group_takes_its_contacts_along_if_asked(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        for name in ("Friends", "Work"):
            await store.msn.add_group(ALICE, name)
        await store.msn.add_to_list(ALICE, BOB, FL, group=1)
        await store.msn.add_to_list(ALICE, CAROL, FL, group=1)
        await store.msn.add_to_list(ALICE, CAROL, FL, group=2)
        change = await store.msn.remove_group(ALICE, 1, drop_contacts=True)
        assert [(one.handle, one.added) for one in change.reverse] == [(BOB, False)]
        assert await lists_of(store, ALICE) == {CAROL: FL}
        assert await lists_of(store, BOB) == {}
        change = await store.msn.remove_group(ALICE, 2, drop_contacts=False)
        assert change.reverse == ()
        assert (await contact_of(store, ALICE, CAROL)).groups == ()

    place.run(scenario)


def test_settings_count_in_both_versions_and_lists_in_one(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        msn = store.msn
        assert await msn.set_privacy(ALICE, blp="BL") == 2
        assert await msn.set_privacy(ALICE, gtc="N") == 3
        with pytest.raises(Unchanged):
            await msn.set_privacy(ALICE, blp="BL")
        with pytest.raises(BadValue):
            await msn.set_privacy(ALICE, blp="XX")
        assert await msn.set_property(ALICE, "PHH", "555 201234") == 4
        assert await msn.set_property(ALICE, "MOB", "Y") == 5
        assert await msn.set_property(ALICE, "MOB", None) == 6
        with pytest.raises(BadValue):
            await msn.set_property(ALICE, "PHH", "5" * 96)
        await msn.set_message(ALICE, "<Data><PSM>hi ☺</PSM></Data>")
        await msn.add_to_list(ALICE, BOB, AL)
        assert await msn.rename_contact(ALICE, BOB, "Bobby") == 8
        with pytest.raises(NoSuchContact):
            await msn.rename_contact(ALICE, CAROL, "x")
        profile = await msn.profile(ALICE)
        assert (profile.list_version, profile.settings_version) == (8, 6)
        assert (profile.blp, profile.gtc) == ("BL", "N")
        assert profile.properties == {"PHH": "555 201234"}
        assert profile.message == "<Data><PSM>hi ☺</PSM></Data>"
        assert (await contact_of(store, ALICE, BOB)).friendly_name == "Bobby"
        with pytest.raises(BadValue):
            await msn.set_friendly_name(ALICE, "nul \0")

    place.run(scenario)


def test_a_telephone_may_be_a_contact(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        change = await store.msn.add_to_list(ALICE, "tel:+15551234567", FL)
        assert change.contact.handle == "tel:+15551234567"
        assert change.reverse == ()
        with pytest.raises(BadName):
            await store.msn.add_to_list(ALICE, "tel:five", FL)
        await store.msn.remove_from_list(ALICE, "tel:+15551234567", FL)

    place.run(scenario)


def test_one_may_be_ones_own_contact(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        change = await store.msn.add_to_list(ALICE, ALICE, FL | AL)
        assert change.contact.lists == FL | AL | RL
        await store.msn.remove_from_list(ALICE, ALICE, FL)
        assert await lists_of(store, ALICE) == {ALICE: AL}

    place.run(scenario)


def test_a_removed_account_leaves_reverse_lists_and_may_come_back(
    place: Place,
) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        await store.msn.add_to_list(ALICE, BOB, FL | AL)
        await store.msn.add_to_list(BOB, ALICE, FL | AL)
        await store.accounts.remove("msn", ALICE)
        assert await lists_of(store, BOB) == {ALICE: FL | AL}
        await store.accounts.add("msn", ALICE, "x")
        assert await lists_of(store, ALICE) == {BOB: RL | PL}

    place.run(scenario)


def test_many_changes_at_once_leave_the_lists_mirrored(place: Place) -> None:
    people = [f"user{number}@example.com" for number in range(8)]

    async def scenario(store: Store) -> None:
        await asyncio.gather(*(store.accounts.add("msn", p, "x") for p in people))
        pairs = [(a, b) for a in people for b in people if a != b]
        await asyncio.gather(*(store.msn.add_to_list(a, b, FL) for a, b in pairs))
        await asyncio.gather(
            *(store.msn.remove_from_list(a, b, FL) for a, b in pairs[::3])
        )
        lists = {p: await lists_of(store, p) for p in people}
        for a, b in pairs:
            watching = FL in lists[a].get(b, Lists.NONE)
            assert watching == (RL in lists[b].get(a, Lists.NONE))
            assert watching == ((a, b) not in pairs[::3])
        versions = [(await store.msn.profile(p)).list_version for p in people]
        assert sum(versions) == len(people) + 2 * (len(pairs) + len(pairs[::3]))

    place.run(scenario)


def test_an_operator_adds_contacts_as_a_client_would(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await add_people(store)
        await store.add_contact(ALICE, BOB)
        assert await store.contacts(ALICE) == [Contact(BOB, ("FL", "AL"), ())]
        assert await store.contacts(BOB) == [Contact(ALICE, ("RL", "PL"), ())]
        await store.add_contact(BOB, ALICE)
        assert await lists_of(store, BOB) == {ALICE: FL | AL | RL}
        assert await lists_of(store, ALICE) == {BOB: FL | AL | RL}
        with pytest.raises(ContactExists):
            await store.add_contact(ALICE, BOB)
        with pytest.raises(NoSuchAccount):
            await store.add_contact(ALICE, "eve@example.com")
        await store.remove_contact(ALICE, BOB)
        assert await lists_of(store, ALICE) == {BOB: RL}
        assert await lists_of(store, BOB) == {ALICE: FL | AL}
        with pytest.raises(NoSuchContact):
            await store.remove_contact(ALICE, BOB)

    place.run(scenario)
