"""What MSN accounts own: profile, contact lists, groups, privacy, properties."""

from collections.abc import Collection
from functools import partial

from Kamaelia.store import (
    msn_contact_rows,
    msn_list_rows,
    msn_rows,
    msn_seen_rows,
    msn_sync_rows,
)
from Kamaelia.store.database import Database
from Kamaelia.store.msn_contact_rows import account_id_of
from Kamaelia.store.msn_values import (
    GroupChange,
    ListChange,
    Lists,
    MSNContact,
    MSNGroup,
    MSNLists,
    MSNProfile,
    ReverseChange,
    Seen,
)

__all__ = [
    "MSN",
    "GroupChange",
    "ListChange",
    "Lists",
    "MSNContact",
    "MSNGroup",
    "MSNLists",
    "MSNProfile",
    "ReverseChange",
    "Seen",
]


class MSN:
    """Lists and settings of MSN accounts.

    Every method but `seen` raises NoSuchAccount; those that change return once
    committed. A contact is named by its handle or by its GUID, a group by its number.
    """

    def __init__(self, database: Database) -> None:
        """Serve from an open database."""
        self._database = database

    async def synchronise(self, handle: str) -> MSNLists:
        """Return all that a SYN sends: profile, groups, contacts, from one moment.

        Raises:
            AccountSuspended: nobody may sign on to it; a ticket may be older than that.
        """
        return await self._database.read(
            partial(msn_sync_rows.synchronise, handle=handle)
        )

    async def profile(self, handle: str) -> MSNProfile:
        """Return the account's own settings and versions."""
        return await self._database.read(partial(msn_rows.profile, handle=handle))

    async def contact(self, handle: str, other: str) -> MSNContact | None:
        """Return one contact of the account, or None."""
        return await self._database.read(
            lambda c: msn_contact_rows.find_contact(c, account_id_of(c, handle), other)
        )

    async def seen(
        self, viewer: str, others: Collection[str], keys: Collection[str]
    ) -> dict[str, Seen]:
        """Return what a user sees of others, from one moment.

        Two statements for a thousand others, however many properties they have.

        Args:
            viewer: the handle of who looks; need not have an account.
            others: handles.
            keys: the properties to tell.

        Returns:
            By handle, in lower case; without those that have no account, or that do
            not let the viewer see them (block list; on neither list with BLP BL).
        """
        return await self._database.read(
            lambda c: msn_seen_rows.seen(c, viewer, others, keys)
        )

    async def watchers(self, handle: str) -> list[str]:
        """Return who has the account on the forward list."""
        return await self._database.read(
            lambda c: sorted(who for who, _ in msn_contact_rows.adders(c, handle))
        )

    async def set_friendly_name(self, handle: str, name: str) -> int:
        """Change the name that others see; return the list version.

        Raises:
            BadValue: too long (387 characters), or no text.
        """
        return await self._database.write(
            lambda c: msn_rows.set_friendly_name(c, handle, name)
        )

    async def set_message(self, handle: str, message: str) -> None:
        """Change the personal message (a UUX payload of at most 1024 characters)."""
        await self._database.write(lambda c: msn_rows.set_message(c, handle, message))

    async def set_privacy(
        self, handle: str, *, blp: str | None = None, gtc: str | None = None
    ) -> int:
        """Change BLP ("AL", "BL") or GTC ("A", "N"); return the list version.

        Raises:
            Unchanged: the settings are so already (error 218).
            BadValue: another value.
        """
        return await self._database.write(
            lambda c: msn_rows.set_privacy(c, handle, blp, gtc)
        )

    async def set_property(self, handle: str, key: str, value: str | None) -> int:
        """Set PHH, PHW, PHM, MOB ..., or unset it; return the list version.

        Raises:
            BadValue: the value has more than 95 characters.
            LimitReached: the account has 32 properties.
        """
        return await self._database.write(
            lambda c: msn_rows.set_property(c, handle, key, value or "")
        )

    async def add_to_list(
        self,
        handle: str,
        other: str,
        lists: Lists,
        *,
        friendly_name: str = "",
        group: int | None = None,
    ) -> ListChange:
        """Put a contact on FL, AL or BL, or accept a pending one with RL.

        An addition to FL goes onto the other's RL in the same step, and onto the
        other's PL unless the other allows or blocks the owner already. Adding to AL,
        BL or RL takes a contact off PL: that is the decision it waited for.

        Args:
            handle: the owner.
            other: a handle, `tel:+NUMBER` (FL only), or the GUID of a contact.
            lists: one list or several.
            friendly_name: the owner's name for the contact; without it, the one
                that is stored, or the handle.
            group: a group's number, with FL: puts an old contact in there too.

        Raises:
            BadName: `other` is no handle (201).
            NoSuchAccount: nobody has that handle (205, from MSNP10 on 208).
            LimitReached: 1000 contacts (210).
            ContactExists: on the list, or in the group, already (215).
            ListConflict: it would be on AL and BL (219).
            NoSuchGroup: (224).
            NoSuchContact: RL for somebody who isn't pending, or an unknown GUID.
        """
        return await self._database.write(
            lambda c: msn_list_rows.add(c, handle, other, lists, friendly_name, group)
        )

    async def remove_from_list(
        self, handle: str, other: str, lists: Lists, *, group: int | None = None
    ) -> ListChange:
        """Take a contact off FL, AL, BL or PL, or with `group` out of that group only.

        Who leaves FL leaves all groups, and the owner leaves the other's RL and PL.
        Taking somebody off PL who isn't there any more is no error.

        Raises:
            NoSuchContact: not on that list (216).
            NoSuchGroup, NotInGroup: (224, 225).
        """
        return await self._database.write(
            lambda c: msn_list_rows.remove(c, handle, other, lists, group)
        )

    async def rename_contact(self, handle: str, other: str, name: str) -> int:
        """Change the owner's name for a contact; return the list version.

        Raises:
            NoSuchContact: (216).
            BadValue: (209).
        """
        return await self._database.write(
            lambda c: msn_rows.rename_contact(c, handle, other, name)
        )

    async def add_group(self, handle: str, name: str) -> GroupChange:
        """Make a group; it gets the lowest free number and a GUID.

        Raises:
            LimitReached: 30 groups (223).
            GroupExists: (228).
            BadValue: the name is too long (229).
        """
        return await self._database.write(lambda c: msn_rows.add_group(c, handle, name))

    async def rename_group(self, handle: str, number: int, name: str) -> GroupChange:
        """Rename a group; raises NoSuchGroup (224), GroupExists, BadValue."""
        return await self._database.write(
            lambda c: msn_rows.rename_group(c, handle, number, name)
        )

    async def remove_group(
        self, handle: str, number: int, *, drop_contacts: bool
    ) -> GroupChange:
        """Remove a group.

        Args:
            handle: the owner.
            number: which group; 0 raises BadValue (230).
            drop_contacts: contacts in no other group leave FL (MSNP2 to 9), or stay
                there without a group.

        Raises:
            NoSuchGroup: (224).
        """
        return await self._database.write(
            lambda c: msn_rows.remove_group(c, handle, number, drop_contacts)
        )
