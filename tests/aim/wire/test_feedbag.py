from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.AIM.wire.feedbag import (
    FeedbagAttribute,
    FeedbagClass,
    FeedbagItem,
    FeedbagReply,
    FeedbagStatus,
    FeedbagVersion,
    items_to_bytes,
    read_items,
    read_statuses,
    statuses_to_bytes,
)
from Kamaelia.Protocol.AIM.wire.feedbag_rights import (
    AuthorisationReply,
    AuthorisationRequest,
    BuddyAdded,
    FeedbagRights,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import FEEDBAG
from Kamaelia.Protocol.AIM.wire.pd import PDMode
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from tests.aim.wire.captures import snacs_of
from tests.aim.wire.dumps import check_truncations, from_dump

LIST = from_dump("""
0000  00 13 00 06 00 00 00 00 00 12 00 00 04 00 00 00  ................
0010  00 00 00 00 01 00 06 00 C8 00 02 10 01 00 07 42  ...............B
0020  75 64 64 69 65 73 10 01 00 00 00 01 00 06 00 C8  uddies..........
0030  00 02 2A 2A 00 03 62 6F 62 10 01 2A 2A 00 00 00  ..**..bob..**...
0040  09 01 31 00 05 42 6F 62 62 79 00 00 00 00 07 77  ..1..Bobby.....w
0050  00 04 00 05 00 CA 00 01 04 65 00 00 00           .........e...
""")
INSERT = from_dump("""
0000  00 13 00 08 00 00 00 00 00 40 00 05 63 61 72 6F  .........@..caro
0010  6C 10 01 2A 2B 00 00 00 00                       l..*+....
""")
REORDER = from_dump("""
0000  00 13 00 09 00 00 00 00 00 41 00 07 42 75 64 64  .........A..Budd
0010  69 65 73 10 01 00 00 00 01 00 08 00 C8 00 04 2A  ies............*
0020  2A 2A 2B                                         **+
""")


def body(wire: bytes) -> bytes:
    return SNAC.from_bytes(wire).body


def test_a_list_is_read() -> None:
    reply = FeedbagReply.from_bytes(body(LIST))
    master, buddies, bob, settings = reply.items
    assert master.key == (0, 0, FeedbagClass.GROUP)
    assert master.order == (0x1001,)
    assert (buddies.name, buddies.order) == ("Buddies", (0x2A2A,))
    assert (bob.name, bob.alias, bob.is_pending) == ("bob", "Bobby", False)
    assert settings.pd_mode == PDMode.DENY_SOME
    assert reply.changed_at == 0x65000000
    assert reply.to_bytes() == body(LIST)
    check_truncations(FeedbagReply.from_bytes, body(LIST))


def test_a_part_of_a_list_may_come_without_the_time() -> None:
    assert FeedbagReply.from_bytes(body(LIST)[:-4]).changed_at == 0


def test_adding_a_buddy_and_reordering_its_group_are_the_published_bytes() -> None:
    carol = FeedbagItem("carol", 0x1001, 0x2A2B, FeedbagClass.BUDDY)
    assert read_items(body(INSERT)) == (carol,)
    assert carol.to_bytes() == body(INSERT)
    group = FeedbagReply.from_bytes(body(LIST)).items[1]
    assert group.with_order((0x2A2A, 0x2A2B)).to_bytes() == body(REORDER)


def test_an_attribute_is_set_in_its_place() -> None:
    item = FeedbagItem("bob", 1, 2, FeedbagClass.BUDDY)
    item = item.with_attribute(FeedbagAttribute.PENDING, b"")
    item = item.with_attribute(FeedbagAttribute.ALIAS, b"B")
    assert item.is_pending
    changed = item.with_attribute(FeedbagAttribute.PENDING, b"x")
    assert [tlv.tag for tlv in changed.attributes] == [0x66, 0x131]
    assert changed.alias == "B"


def test_a_name_that_is_not_utf8_goes_out_as_it_came() -> None:
    wire = b"\0\2\xe9\xff" + bytes(8)
    (item,) = read_items(wire)
    assert item.name == "éÿ"
    assert item.to_bytes() == wire
    assert item == FeedbagItem("éÿ", 0, 0, 0)


def test_an_order_of_odd_length_counts_as_none() -> None:
    item = FeedbagItem("g", 1, 0, 1).with_attribute(FeedbagAttribute.ORDER, b"\0\1\2")
    assert item.order == ()


def test_the_count_of_a_version_may_have_one_byte() -> None:
    assert FeedbagVersion.from_bytes(b"\0\0\0\1\0\2") == FeedbagVersion(1, 2)
    assert FeedbagVersion.from_bytes(b"\0\0\0\1\2") == FeedbagVersion(1, 2)


def test_statuses_stand_in_order() -> None:
    assert read_statuses(b"\0\0\0\x0e") == (0, FeedbagStatus.AUTHORISATION_REQUIRED)
    assert statuses_to_bytes((FeedbagStatus.OK, FeedbagStatus.LIMIT)) == b"\0\0\0\x0c"


def test_rights_give_the_limit_of_each_class() -> None:
    rights = FeedbagRights.from_bytes(FeedbagRights.make().to_bytes())
    assert rights.limit(FeedbagClass.BUDDY) == 1000
    assert rights.limit(FeedbagClass.GROUP) == 61
    assert rights.limit(0x0A) == 0
    assert rights.limit(0x1000) is None
    assert rights.max_name == 200


def test_asking_for_permission_has_its_formats() -> None:
    assert AuthorisationRequest("bob", "hi").to_bytes() == b"\3bob\0\2hi\0\0"
    assert AuthorisationReply("bob", True).to_bytes() == b"\3bob\1\0\0\0\0"
    assert AuthorisationReply.from_bytes(b"\3bob\0\0\2no") == AuthorisationReply(
        "bob", False, "no"
    )
    assert BuddyAdded("bob").to_bytes() == b"\3bob\0\0"


@given(st.integers(0, 200))
def test_long_lists_come_back(count: int) -> None:
    items = tuple(FeedbagItem(f"b{n}", 1, n, 0) for n in range(count))
    assert read_items(items_to_bytes(items)) == items


def test_recorded_edits_come_back_unchanged() -> None:
    names = set()
    for kind in (FEEDBAG.INSERT_ITEM, FEEDBAG.UPDATE_ITEM, FEEDBAG.DELETE_ITEM):
        for snac in snacs_of("aim-libpurple", kind):
            items = read_items(snac.body)
            names |= {item.name for item in items}
            assert items_to_bytes(items) == snac.body
    assert {"bob", "Buddies"} <= names
    for snac in snacs_of("aim-libpurple", FEEDBAG.REPLY):
        assert FeedbagReply.from_bytes(snac.body).to_bytes() == snac.body
    for snac in snacs_of("aim-libpurple", FEEDBAG.RIGHTS_REPLY):
        rights = FeedbagRights.from_bytes(snac.body)
        assert rights.limit(FeedbagClass.GROUP) == 61
