"""What a sign-on reads, all of it at once."""

from typing import Any

from sqlalchemy import Engine, event

from Kamaelia.store.msn import Lists
from Kamaelia.store.store import Store
from tests.store.conftest import Place

ALICE = "alice@example.com"
OTHERS = [f"{name}@example.com" for name in ("carol", "Bob", "b_b", "b-c", "dave")]


async def fill(store: Store) -> None:
    for handle in (ALICE, *OTHERS):
        await store.accounts.add("msn", handle, "x")
    for name in ("Work", "Zoo", "Family"):
        await store.msn.add_group(ALICE, name)
    for handle in OTHERS:
        await store.msn.add_to_list(ALICE, handle, Lists.FL | Lists.AL)
    for number in (3, 1):
        await store.msn.add_to_list(ALICE, OTHERS[0], Lists.FL, group=number)
    await store.msn.remove_from_list(ALICE, OTHERS[4], Lists.FL)
    for key in ("PHW", "MOB", "PHH"):
        await store.msn.set_property(ALICE, key, f"{key} 1")
    await store.msn.set_privacy(ALICE, blp="BL")
    await store.msn.set_message(ALICE, "hi")


def test_everything_is_there_and_in_order(place: Place) -> None:
    async def scenario(store: Store) -> None:
        await fill(store)
        profile, groups, contacts = await store.msn.synchronise("Alice@Example.com")
        assert profile == await store.msn.profile(ALICE)
        assert list(profile.properties) == ["MOB", "PHH", "PHW"]
        assert [(g.number, g.name) for g in groups] == [
            (0, "Other Contacts"),
            (1, "Work"),
            (2, "Zoo"),
            (3, "Family"),
        ]
        handles = [contact.handle for contact in contacts]
        assert handles == sorted(handle.lower() for handle in OTHERS)
        for contact in contacts:
            assert contact == await store.msn.contact(ALICE, contact.handle)
            assert type(contact.lists) is Lists
        by_handle = {contact.handle: contact for contact in contacts}
        assert by_handle["carol@example.com"].groups == (0, 1, 3)
        assert by_handle["dave@example.com"].lists == Lists.AL

    place.run(scenario)


def test_two_statements_read_it(place: Place) -> None:
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "SELECT" in statement:
            sent.append(statement)

    async def scenario(store: Store) -> None:
        await fill(store)
        event.listen(Engine, "before_cursor_execute", note)
        try:
            await store.msn.synchronise(ALICE)
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    place.run(scenario)
    assert len(sent) == 2
