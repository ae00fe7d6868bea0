"""Items of a feedbag: as the wire has them, and as the store keeps them."""

from Kamaelia.Protocol.AIM.wire.feedbag import FeedbagItem
from Kamaelia.Protocol.AIM.wire.tlv import TLVBlock
from Kamaelia.store.aim import FeedbagItem as StoredItem

__all__ = ["to_store", "to_wire"]


def to_store(item: FeedbagItem) -> StoredItem:
    """Return an item as the store keeps it."""
    attributes = item.attributes.to_bytes()
    return StoredItem(item.group_id, item.item_id, item.class_id, item.name, attributes)


def to_wire(item: StoredItem) -> FeedbagItem:
    """Return an item as the wire has it."""
    attributes = TLVBlock.from_bytes(item.attributes, lenient=True)
    return FeedbagItem(
        item.name, item.group_id, item.item_id, item.class_id, attributes
    )
