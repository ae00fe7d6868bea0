"""Contacts held in little memory: nothing of them is lost by that."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.Server.state.contacts import Contacts
from Kamaelia.store.msn import Lists, MSNContact

HANDLES = st.sampled_from([f"{name}@example.com" for name in "abcdef"])
GUIDS = st.one_of(
    st.just(""),
    st.uuids().map(str),
    st.sampled_from(["odd", "A" * 32, str(UUID(int=5)).upper(), str(UUID(int=0))]),
)
CONTACTS = st.builds(
    MSNContact,
    handle=HANDLES,
    guid=GUIDS,
    lists=st.integers(0, 31).map(Lists),
    friendly_name=st.one_of(HANDLES, st.text(max_size=5)),
    groups=st.sets(st.integers(0, 30), max_size=3).map(
        lambda some: tuple(sorted(some))
    ),
)


@given(st.lists(CONTACTS, max_size=30))
def test_it_answers_as_a_dictionary_would(changes: list[MSNContact]) -> None:
    packed, plain = Contacts(), dict[str, MSNContact]()
    for contact in changes:
        packed.put(contact)
        if contact.lists:
            plain[contact.handle] = contact
        else:
            plain.pop(contact.handle, None)
        assert list(packed) == list(plain.values())
    assert len(packed) == len(plain)
    for handle in [f"{name}@example.com" for name in "abcdefg"]:
        known = plain.get(handle)
        assert packed.get(handle) == known
        assert packed.lists(handle) == (known.lists if known else 0)
    for bit in Lists:
        assert packed.on(bit) == [h for h, c in plain.items() if c.lists & bit]
    for contact in plain.values():
        found = packed.with_guid(contact.guid)
        assert found is not None
        assert found.guid == contact.guid
    assert packed.with_guid("nobody's") is None


@pytest.mark.parametrize("digits", [14, 30, 34])
def test_a_guid_of_another_size_moves_no_other(digits: int) -> None:
    usual = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
    text = "a" * digits
    odd = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    people = [
        MSNContact(f"{name}@example.com", guid, Lists.FL, name, ())
        for name, guid in (("a", usual), ("b", odd), ("c", usual))
    ]
    assert list(Contacts(people)) == people
