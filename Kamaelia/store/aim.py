"""What AIM and ICQ accounts own: feedbags, privacy, messages, details and art."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from Kamaelia.store import aim_rows, detail_rows, mailbox_rows
from Kamaelia.store.aim_rows import (
    BUDDY,
    CLASS_LIMITS,
    DENY,
    IGNORE,
    PD_INFO,
    PERMIT,
    Edit,
    Feedbag,
    FeedbagChange,
    FeedbagItem,
    FeedbagStatus,
)
from Kamaelia.store.database import Database
from Kamaelia.store.mailbox_rows import OfflineMessage
from Kamaelia.store.names import ident

__all__ = [
    "AIM",
    "CLASS_LIMITS",
    "Edit",
    "Feedbag",
    "FeedbagChange",
    "FeedbagItem",
    "FeedbagStatus",
    "OfflineMessage",
    "Privacy",
    "privacy_of",
]

MAILBOX_LIMIT: Final = 200
PERMIT_ALL, DENY_ALL, PERMIT_SOME, DENY_SOME, PERMIT_BUDDIES = 1, 2, 3, 4, 5
_PD_MODE_TLV: Final = 0x00CA


@dataclass(frozen=True, slots=True)
class Privacy:
    """Whom an account lets see it, as its feedbag says; names in ident form.

    Modes: 1 permit all, 2 deny all, 3 permit the permit list only, 4 deny the deny
    list, 5 permit buddies only. Source: AOL's OSCAR specification, "Feedbag".
    """

    mode: int
    permit: frozenset[str]
    deny: frozenset[str]
    ignore: frozenset[str]
    buddies: frozenset[str]

    def blocks(self, name: str) -> bool:
        """Tell whether this account hides from somebody."""
        other = ident("aim", name)
        if self.mode == DENY_ALL:
            return True
        if self.mode == PERMIT_SOME:
            return other not in self.permit
        if self.mode == DENY_SOME:
            return other in self.deny
        if self.mode == PERMIT_BUDDIES:
            return other not in self.buddies
        return False


def privacy_of(items: Sequence[FeedbagItem]) -> Privacy:
    """Read the privacy settings out of a feedbag; without any: permit all."""
    names: dict[int, set[str]] = {
        PERMIT: set(),
        DENY: set(),
        IGNORE: set(),
        BUDDY: set(),
    }
    mode = PERMIT_ALL
    for item in items:
        if item.class_id in names:
            names[item.class_id].add(ident("aim", item.name))
        elif item.class_id == PD_INFO:
            value = attribute(item.attributes, _PD_MODE_TLV)
            mode = value[0] if value and 1 <= value[0] <= 5 else mode
    return Privacy(
        mode,
        frozenset(names[PERMIT]),
        frozenset(names[DENY]),
        frozenset(names[IGNORE]),
        frozenset(names[BUDDY]),
    )


def attribute(attributes: bytes, wanted: int) -> bytes | None:
    """Return the first TLV of a type, or None; stops quietly at a cut-off TLV."""
    offset = 0
    while offset + 4 <= len(attributes):
        kind = int.from_bytes(attributes[offset : offset + 2], "big")
        length = int.from_bytes(attributes[offset + 2 : offset + 4], "big")
        offset += 4
        if kind == wanted:
            return attributes[offset : offset + length]
        offset += length
    return None


class AIM:
    """Feedbags, messages, details, art. What takes a name raises NoSuchAccount."""

    def __init__(self, database: Database) -> None:
        """Serve from an open database."""
        self._database = database

    async def feedbag(self, name: str) -> Feedbag:
        """Return all items and the time of the last change."""
        return await self._database.read(partial(aim_rows.feedbag, name=name))

    async def feedbag_version(self, name: str) -> tuple[int, int]:
        """Return (time, number of items): what SNAC (13,05) is compared with."""
        return await self._database.read(partial(aim_rows.feedbag_version, name=name))

    async def edit_feedbag(
        self,
        name: str,
        edits: Sequence[tuple[Edit, FeedbagItem]],
        limits: Mapping[int, int] = CLASS_LIMITS,
    ) -> FeedbagChange:
        """Do edits in order; a status for each, as SNAC (13,0E) wants them.

        Args:
            name: whose feedbag.
            edits: what to do with which item.
            limits: most items of a class id; 5000 for classes it doesn't name.
        """
        chosen = tuple(edits)
        return await self._database.write(
            lambda c: aim_rows.edit_feedbag(c, name, chosen, limits)
        )

    async def privacy(self, name: str) -> Privacy:
        """Return whom the account lets see it."""
        return privacy_of((await self.feedbag(name)).items)

    async def watchers(self, name: str) -> list[str]:
        """Return the ident names of those who have this name as a buddy."""
        return await self._database.read(partial(aim_rows.watchers, name=name))

    async def details(self, name: str) -> dict[str, bytes]:
        """Return what an account says of itself: detail -> bytes."""
        return await self._database.read(partial(detail_rows.details, name=name))

    async def set_details(self, name: str, changes: Mapping[str, bytes]) -> None:
        """Set details; others stay, an empty one is forgotten.

        Raises:
            BadValue: a name is longer than 32 characters, or a value than 32 KB.
            LimitReached: more than 100 details.
        """
        chosen = dict(changes)
        await self._database.write(lambda c: detail_rows.set_details(c, name, chosen))

    async def put_art(self, name: str, kind: int, data: bytes) -> bytes:
        """Keep a piece of art, such as an icon; return its MD5 hash once committed.

        An account has one piece of a kind, and at most 16; the oldest make room.

        Args:
            name: whose.
            kind: type of BART, 1 for the icon.
            data: 1 to 65535 bytes.

        Raises:
            BadValue: it is empty or too large, or no such kind can be.
        """
        return await self._database.write(
            lambda c: detail_rows.put_art(c, name, kind, data)
        )

    async def art(self, key: bytes) -> bytes | None:
        """Return a piece of art by its hash, whoever keeps it, or None."""
        return await self._database.read(partial(detail_rows.find_art, key=key))

    async def add_offline_message(
        self,
        recipient: str,
        sender: str,
        body: bytes,
        *,
        channel: int = 1,
        sent: int | None = None,
        limit: int = MAILBOX_LIMIT,
    ) -> int:
        """Keep a message; return its id, once it is committed.

        Args:
            recipient: for whom.
            sender: display form of the sender's name.
            body: what the server needs to deliver it, at most 65535 bytes.
            channel: the ICBM channel.
            sent: seconds since 1970; now, if not given.
            limit: messages that may wait for one account.

        Raises:
            LimitReached: the mailbox is full.
            BadValue: the message is too large.
        """
        moment = int(time.time()) if sent is None else sent
        return await self._database.write(
            lambda c: mailbox_rows.add_message(
                c, recipient, sender, moment, channel, body, limit
            )
        )

    async def offline_messages(self, name: str) -> list[OfflineMessage]:
        """Return what waits for an account, oldest first; it stays there."""
        return await self._database.read(partial(mailbox_rows.messages, recipient=name))

    async def remove_offline_messages(self, name: str, ids: Sequence[int]) -> int:
        """Forget messages after their recipient has them; return how many."""
        chosen = tuple(ids)
        return await self._database.write(
            lambda c: mailbox_rows.remove_messages(c, name, chosen)
        )
