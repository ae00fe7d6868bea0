"""Family 0x13, FEEDBAG: the buddy list kept on the server.

    item        s16 name, u16 group ID, u16 item ID, u16 class, u16 length, TLVs
    (13, 05)    u32 time, u16 items                           changed since?
    (13, 06)    u8 0, u16 items, items, u32 time of the last change
    (13, 0F)    u32 time, u16 items                           not changed
    (13, 08) to (13, 0A)  items                               insert, update, delete
    (13, 0E)    one u16 per item of the request, in order

    class 0 buddy, 1 group (group 0, item 0: the master group), 2 permit, 3 deny,
    4 permit/deny settings, 5 preferences, 0x0E ignore, 0x14 BART

A group lists its order in TLV 0x00C8; names are UTF-8.

Source: AOL's published OSCAR specification, "Feedbag"; libpurple, Open OSCAR Server.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.oservice import numbers_to_bytes, read_numbers
from Kamaelia.Protocol.AIM.wire.packing import (
    decode_text,
    encode_text,
    pack,
    read_s16,
    s16,
    u8,
    u16,
    u32,
)
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.wire.errors import ProtocolError
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "STATUS_MEANINGS",
    "FeedbagAttribute",
    "FeedbagClass",
    "FeedbagItem",
    "FeedbagReply",
    "FeedbagStatus",
    "FeedbagVersion",
    "items_to_bytes",
    "read_items",
    "read_statuses",
    "statuses_to_bytes",
]


class FeedbagClass(IntEnum):
    """What an item is."""

    BUDDY = 0x0000
    GROUP = 0x0001
    PERMIT = 0x0002
    DENY = 0x0003
    PD_INFO = 0x0004
    BUDDY_PREFS = 0x0005
    NON_BUDDY = 0x0006
    CLIENT_PREFS = 0x0009
    WATCH = 0x000D
    IGNORE = 0x000E
    DATE_TIME = 0x000F
    EXTERNAL_USER = 0x0010
    ROOT_CREATOR = 0x0011
    FISH = 0x0012
    IMPORT_TIME = 0x0013
    BART = 0x0014
    RECENT_BUDDIES = 0x0015
    LINKED_ACCOUNT = 0x0018
    STATUS_NOTE = 0x015C


class FeedbagAttribute(IntEnum):
    """Tags of an item's TLVs."""

    SHARED = 0x0064
    PENDING = 0x0066
    ORDER = 0x00C8
    BUDDY_PREFS = 0x00C9
    PD_MODE = 0x00CA
    PD_MASK = 0x00CB
    PD_FLAGS = 0x00CC
    CLIENT_PREFS = 0x00CD
    CREATED = 0x00D4
    BART = 0x00D5
    BUDDY_PREFS_VALID = 0x00D6
    BUDDY_PREFS2 = 0x00D7
    BUDDY_PREFS2_VALID = 0x00D8
    ALIAS = 0x0131
    COLLAPSED = 0x0134
    EMAIL = 0x0137
    PHONE = 0x0138
    CELL_PHONE = 0x0139
    SMS_NUMBER = 0x013A
    NOTE = 0x013C
    ALERTS = 0x013D


class FeedbagStatus(IntEnum):
    """What became of one item of a request."""

    OK = 0x0000
    NOT_FOUND = 0x0002
    EXISTS = 0x0003
    BAD_ITEM = 0x000A
    LIMIT = 0x000C
    NO_ICQ_ON_AIM = 0x000D
    AUTHORISATION_REQUIRED = 0x000E


STATUS_MEANINGS: Final = {
    FeedbagStatus.OK: "ok",
    FeedbagStatus.NOT_FOUND: "no such item",
    FeedbagStatus.EXISTS: "the item exists already",
    FeedbagStatus.BAD_ITEM: "bad item",
    FeedbagStatus.LIMIT: "too many of this kind",
    FeedbagStatus.NO_ICQ_ON_AIM: "no ICQ contacts on an AIM list",
    FeedbagStatus.AUTHORISATION_REQUIRED: "the user must give permission first",
}


@dataclass(frozen=True, slots=True)
class FeedbagItem:
    """One entry of the list.

    Attributes:
        name: of a user or group; empty for the master group and settings.
        group_id: of the group it is in, or is; 0 for what is in none.
        item_id: 0 for groups.
        class_id: a FeedbagClass or another number.
        attributes: FeedbagAttribute tags and others.
        name_bytes: the name as it came, so that a name that is not UTF-8 goes out
            unchanged; leave it out.
    """

    name: str
    group_id: int
    item_id: int
    class_id: int
    attributes: TLVBlock = field(default_factory=TLVBlock)
    name_bytes: bytes = field(default=b"", compare=False, repr=False)

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Take one item."""
        name = read_s16(reader)
        group, item, kind = reader.u16(), reader.u16(), reader.u16()
        attributes = TLVBlock.read_sized(reader)
        return cls(decode_text(name), group, item, kind, attributes, name)

    @property
    def key(self) -> tuple[int, int, int]:
        """Group ID, item ID and class: what names the item."""
        return self.group_id, self.item_id, self.class_id

    @property
    def order(self) -> tuple[int, ...]:
        """IDs in the order that a group shows them; none where malformed."""
        try:
            return read_numbers(self.attributes.get(FeedbagAttribute.ORDER) or b"")
        except ProtocolError:
            return ()

    @property
    def alias(self) -> str:
        """What the owner of the list calls a buddy, or nothing."""
        return self.attributes.text(FeedbagAttribute.ALIAS)

    @property
    def note(self) -> str:
        """What the owner of the list noted of a buddy, or nothing."""
        return self.attributes.text(FeedbagAttribute.NOTE)

    @property
    def is_pending(self) -> bool:
        """Whether a buddy has not given permission yet."""
        return self.attributes.has(FeedbagAttribute.PENDING)

    @property
    def pd_mode(self) -> int | None:
        """Who may see one, a PDMode of pd; None if the item doesn't say."""
        return self.attributes.number(FeedbagAttribute.PD_MODE)

    def with_attribute(self, tag: int, value: bytes) -> Self:
        """Return the item with one attribute set, in its place if it has one."""
        new = TLV(tag, value)
        if self.attributes.has(tag):
            changed = [new if tlv.tag == tag else tlv for tlv in self.attributes]
        else:
            changed = [*self.attributes, new]
        return replace(self, attributes=TLVBlock(changed))

    def with_order(self, ids: Iterable[int]) -> Self:
        """Return a group that shows these IDs in this order."""
        return self.with_attribute(FeedbagAttribute.ORDER, numbers_to_bytes(ids))

    def to_bytes(self) -> bytes:
        """Return the item."""
        came = self.name_bytes
        kept = came and decode_text(came) == self.name
        name = came if kept else encode_text(self.name)
        ids = pack("!HHH", self.group_id, self.item_id, self.class_id)
        return s16(name) + ids + self.attributes.to_sized()


def read_items(data: bytes) -> tuple[FeedbagItem, ...]:
    """Return the items that fill a request to insert, update or delete.

    Raises:
        RemoteProtocolError: one is cut short.
    """
    reader = Reader(data, "feedbag items")
    found = []
    while reader:
        found.append(FeedbagItem.read(reader))
    return tuple(found)


def items_to_bytes(items: Iterable[FeedbagItem]) -> bytes:
    """Return items one after the other."""
    return b"".join(item.to_bytes() for item in items)


def read_statuses(data: bytes) -> tuple[int, ...]:
    """Return the FeedbagStatus numbers of SNAC (13, 0E), one per item.

    Raises:
        RemoteProtocolError: an odd number of bytes.
    """
    return read_numbers(data)


def statuses_to_bytes(statuses: Iterable[int]) -> bytes:
    """Return the body of SNAC (13, 0E)."""
    return numbers_to_bytes(statuses)


@dataclass(frozen=True, slots=True)
class FeedbagReply:
    """SNAC (13, 06): the list, or a part of it; FLAG_MORE tells.

    Attributes:
        items: of this part.
        changed_at: Unix time of the last change, 0 where it is left out.
        version: of the format, 0.
    """

    items: tuple[FeedbagItem, ...]
    changed_at: int = 0
    version: int = 0

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the list that fills `data`.

        All parts but the last may come without the time.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        reader = Reader(data, "feedbag")
        version, count = reader.u8(), reader.u16()
        items = tuple(FeedbagItem.read(reader) for _ in range(count))
        return cls(items, reader.u32() if len(reader) >= 4 else 0, version)

    def to_bytes(self) -> bytes:
        """Return the body, with the time."""
        head = u8(self.version) + u16(len(self.items))
        return head + items_to_bytes(self.items) + u32(self.changed_at)


@dataclass(frozen=True, slots=True)
class FeedbagVersion:
    """SNACs (13, 05) and (13, 0F): which state of the list somebody has.

    Attributes:
        changed_at: Unix time of its last change.
        count: number of items.
    """

    changed_at: int
    count: int

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the state that `data` begins with.

        Open OSCAR Server writes the count as one byte; that is taken too.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        reader = Reader(data, "feedbag version")
        changed_at = reader.u32()
        return cls(changed_at, reader.u8() if len(reader) == 1 else reader.u16())

    def to_bytes(self) -> bytes:
        """Return six bytes."""
        return u32(self.changed_at) + u16(self.count)
