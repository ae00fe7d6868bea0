import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from Kamaelia.store.aim import (
    Edit,
    FeedbagItem,
    FeedbagStatus,
    attribute,
    privacy_of,
)
from Kamaelia.store.errors import (
    BadName,
    BadValue,
    ContactExists,
    LimitReached,
    NoSuchAccount,
    NoSuchContact,
)
from Kamaelia.store.store import Contact, Store
from tests.store.conftest import Place

OK, NOT_FOUND, EXISTS = FeedbagStatus.OK, FeedbagStatus.NOT_FOUND, FeedbagStatus.EXISTS
BOB = FeedbagItem(0x1001, 0x2A2A, 0, "bob", bytes.fromhex("01310005426f626279"))
MODE = FeedbagItem(0, 0x0777, 4, "", bytes.fromhex("00ca000104"))


def test_a_feedbag_is_kept_as_it_was_given(lasting_place: Place) -> None:
    master = FeedbagItem(0, 0, 1, "", bytes.fromhex("00c800021001"))
    group = FeedbagItem(0x1001, 0, 1, "Buddies ☺ \0\udcff", b"\xff" * 100)
    items = (master, MODE, group, BOB)

    async def fill(store: Store) -> None:
        await store.accounts.add("aim", "Ann", "x")
        change = await store.aim.edit_feedbag("ann", [(Edit.INSERT, i) for i in items])
        assert change.statuses == (OK,) * 4
        assert change.count == 4
        assert await store.aim.feedbag_version("ann") == (change.time, 4)

    async def read(store: Store) -> None:
        assert (await store.aim.feedbag("A NN")).items == items
        assert await store.aim.watchers("B ob") == ["ann"]
        assert await store.aim.watchers("carol") == []

    lasting_place.run(fill)
    lasting_place.run(read)


def test_each_edit_has_its_own_status(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "x")
        other = FeedbagItem(0x1001, 0x2A2A, 0, "robert")
        change = await store.aim.edit_feedbag(
            "ann",
            [
                (Edit.UPDATE, BOB),
                (Edit.INSERT, BOB),
                (Edit.INSERT, BOB),
                (Edit.UPDATE, other),
                (Edit.PUT, BOB),
                (Edit.PUT, MODE),
                (Edit.PUT, FeedbagItem(0, 0x0778, 4)),
                (Edit.DELETE, MODE),
                (Edit.DELETE, MODE),
                (Edit.INSERT, FeedbagItem(0, 70_000, 2, "x")),
                (Edit.INSERT, FeedbagItem(0, 1, 2, "x" * 256)),
                (Edit.INSERT, FeedbagItem(0, 1, 2, "\ud800")),
                (Edit.INSERT, FeedbagItem(0, 1, 2, "x", bytes(4097))),
            ],
        )
        assert [int(status) for status in change.statuses] == [
            *(NOT_FOUND, OK, EXISTS, OK, OK, OK, 0x0C, OK, NOT_FOUND),
            *(0x0A, 0x0A, 0x0A, 0x0A),
        ]
        assert change.count == 1
        assert (await store.aim.feedbag("ann")).items == (BOB,)

    place.run(scenario)


def test_the_time_grows_with_every_change_and_only_then(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "x")
        times = [
            (await store.aim.edit_feedbag("ann", [(Edit.PUT, BOB)])).time
            for _ in range(5)
        ]
        assert times == sorted(set(times))
        nothing = await store.aim.edit_feedbag("ann", [(Edit.DELETE, MODE)])
        assert nothing.time == times[-1]

    place.run(scenario)


def test_privacy_is_what_the_feedbag_says() -> None:
    deny, permit = FeedbagItem(0, 1, 3, "E ve"), FeedbagItem(0, 2, 2, "Carol")
    assert not privacy_of([deny, BOB]).blocks("eve")
    assert privacy_of([deny, MODE]).blocks("EVE")
    assert not privacy_of([deny, MODE]).blocks("bob")

    def mode(number: int) -> FeedbagItem:
        return FeedbagItem(0, 9, 4, "", bytes((0, 0xCA, 0, 1, number)))

    assert privacy_of([mode(2), BOB]).blocks("bob")
    assert privacy_of([mode(3), permit]).blocks("bob")
    assert not privacy_of([mode(3), permit]).blocks("carol")
    assert not privacy_of([mode(5), BOB]).blocks("bob")
    assert privacy_of([mode(5), BOB]).blocks("carol")
    assert not privacy_of([mode(99), BOB]).blocks("carol")


@given(st.binary(max_size=40))
def test_any_bytes_may_be_attributes(data: bytes) -> None:
    found = attribute(data, 0x00CA)
    assert found is None or found in data
    privacy_of([FeedbagItem(0, 1, 4, "", data)])


def test_offline_messages_wait_in_order_until_they_are_removed(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "x")
        add = store.aim.add_offline_message
        first = await add("Ann", "Bob B", b"\0one", channel=4, sent=77)
        await add("ann", "bob", b"two")
        with pytest.raises(LimitReached):
            await add("ann", "bob", b"three", limit=2)
        with pytest.raises(BadValue):
            await add("ann", "bob", bytes(70_000))
        with pytest.raises(NoSuchAccount):
            await add("nobody", "bob", b"x")
        one, two = await store.aim.offline_messages("ann")
        assert (one.id, one.sender, one.sent) == (first, "Bob B", 77)
        assert (one.channel, one.body) == (4, b"\0one")
        assert await store.aim.remove_offline_messages("ann", [one.id, 99]) == 1
        assert await store.aim.offline_messages("ann") == [two]

    place.run(scenario)


def test_a_mailbox_keeps_its_limit_when_many_write_at_once(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "x")
        results = await asyncio.gather(
            *(
                store.aim.add_offline_message("ann", "bob", b"x", limit=7)
                for _ in range(20)
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(result, int) for result in results) == 7
        assert len(await store.aim.offline_messages("ann")) == 7

    place.run(scenario)


def test_what_an_account_owned_goes_with_it(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "x")
        await store.aim.edit_feedbag("ann", [(Edit.PUT, BOB)])
        await store.aim.add_offline_message("ann", "bob", b"x")
        await store.accounts.remove("aim", "ann")
        with pytest.raises(NoSuchAccount):
            await store.aim.feedbag("ann")
        await store.accounts.add("aim", "ann", "x")
        assert (await store.aim.feedbag("ann")).items == ()
        assert await store.aim.offline_messages("ann") == []
        assert await store.aim.watchers("bob") == []

    place.run(scenario)


def test_an_operator_adds_and_removes_buddies_as_a_client_would(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "x")
        await store.add_contact("ann", "Bob B")
        await store.add_contact("ann", "100200")
        assert (await store.aim.feedbag("ann")).items == (
            FeedbagItem(0, 0, 1, "", bytes.fromhex("00c800020001")),
            FeedbagItem(1, 0, 1, "Buddies", bytes.fromhex("00c8000400020003")),
            FeedbagItem(1, 2, 0, "Bob B"),
            FeedbagItem(1, 3, 0, "100200"),
        )
        assert await store.contacts("ann") == [
            Contact("100200", ("buddy",), ("Buddies",)),
            Contact("Bob B", ("buddy",), ("Buddies",)),
        ]
        with pytest.raises(ContactExists):
            await store.add_contact("ann", "bobb")
        with pytest.raises(BadName, match="different networks"):
            await store.add_contact("ann", "bob@example.com")
        await store.add_contact("ann", "bob@example.com", "aim")
        await store.remove_contact("ann", "BOB b")
        with pytest.raises(NoSuchContact):
            await store.remove_contact("ann", "bobb")
        with pytest.raises(NoSuchAccount):
            await store.add_contact("nobody", "ann")

    place.run(scenario)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(Edit),
            st.builds(
                FeedbagItem,
                st.integers(0, 2),
                st.integers(0, 2),
                st.integers(0, 1),
                st.text(max_size=5),
                st.binary(max_size=5),
            ),
        ),
        max_size=20,
    )
)
def test_edits_do_what_a_dictionary_would(
    edits: list[tuple[Edit, FeedbagItem]],
) -> None:
    expected: dict[tuple[int, int, int], FeedbagItem] = {}
    statuses = []
    for edit, item in edits:
        key = (item.group_id, item.item_id, item.class_id)
        wrong = None
        if key in expected and edit is Edit.INSERT:
            wrong = EXISTS
        elif key not in expected and edit in {Edit.UPDATE, Edit.DELETE}:
            wrong = NOT_FOUND
        elif edit is Edit.DELETE:
            del expected[key]
        else:
            expected[key] = item
        statuses.append(OK if wrong is None else wrong)

    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "x")
        change = await store.aim.edit_feedbag("ann", edits)
        assert list(change.statuses) == statuses
        assert change.count == len(expected)
        items = (await store.aim.feedbag("ann")).items
        assert items == tuple(expected[key] for key in sorted(expected))

    Place("memory", None).run(scenario)


def test_room_is_reckoned_along_within_one_request(place: Place) -> None:
    def item(number: int, class_id: int = 4) -> FeedbagItem:
        return FeedbagItem(0, number, class_id)

    async def scenario(store: Store) -> None:
        await store.accounts.add("aim", "ann", "x")
        put, delete = Edit.PUT, Edit.DELETE
        change = await store.aim.edit_feedbag(
            "ann",
            [
                *((put, item(number)) for number in range(4)),
                (delete, item(0)),
                (delete, item(9)),
                (put, item(5)),
                (put, item(1)),
                (put, item(6)),
                (put, item(7, 0)),
            ],
            {4: 2, 0: 1},
        )
        full = FeedbagStatus.LIMIT
        assert change.statuses == (
            *(OK, OK, full, full),
            *(OK, NOT_FOUND, OK, OK, full, OK),
        )
        assert change.count == 3
        assert await store.aim.feedbag_version("ann") == (change.time, 3)

    place.run(scenario)
