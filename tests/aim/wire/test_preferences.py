from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.AIM.wire.feedbag import FeedbagClass, FeedbagItem
from Kamaelia.Protocol.AIM.wire.feedbag_prefs import (
    BuddyPref,
    preference,
    with_preference,
)

EMPTY = FeedbagItem("", 0, 1, FeedbagClass.BUDDY_PREFS)


@given(st.integers(0, 0x4B), st.booleans(), st.booleans())
def test_a_choice_is_kept_and_other_preferences_stay_unchosen(
    number: int, value: bool, default: bool
) -> None:
    item = with_preference(EMPTY, number, value)
    assert preference(item, number, default) is value
    assert preference(with_preference(item, number, not value), number, value) is (
        not value
    )
    for other in set(range(0x4C)) - {number}:
        if {other, number} != {32, 33}:
            assert preference(item, other, default) is default


def test_preferences_lie_where_clients_put_them() -> None:
    typing = with_preference(EMPTY, BuddyPref.SHOW_TYPING, True)
    assert typing.attributes.u32(0xC9) == typing.attributes.u32(0xD6) == 1 << 0x16
    offline = with_preference(EMPTY, BuddyPref.TAKE_OFFLINE_MESSAGES, True)
    assert offline.attributes.get(0xD7) == b"\0\0\x10" + bytes(7)
    assert offline.attributes.get(0xD8) == b"\0\0\x10" + bytes(7)
