"""The lists of accounts that are signed on, in memory.

They are read once at sign-on and follow every change that the store has committed, so
that nothing between two users who are online needs the database. A change that is
committed while a roster is being read is applied after it, unless the roster has it.

Another process on the same database changes lists without our hearing of it: a version
is missing then. Clients are told no later one, so that what they keep is not current at
the next sign-on, and they get the whole list.
"""

from collections.abc import Callable
from dataclasses import replace
from sys import intern

from Kamaelia.Protocol.MSN.Server.state.contacts import Contacts
from Kamaelia.Protocol.MSN.wire.lists import is_allowed
from Kamaelia.store.msn import (
    Lists,
    MSNContact,
    MSNGroup,
    MSNLists,
    ReverseChange,
)
from Kamaelia.store.store import Store

__all__ = ["Change", "Roster", "Rosters"]


_FL, _RL = int(Lists.FL), int(Lists.RL)


class Roster:
    """One account's profile, groups and contacts.

    A server holds those of all who are signed on: so everything is kept small.

    Attributes:
        handle: lower case.
        account: id of the account in the store.
        outdated: whether another process has changed something that is not in it.
    """

    def __init__(self, lists: MSNLists) -> None:
        profile = lists.profile
        # Interned: the same in many rosters, or in this one again.
        self.handle = intern(profile.handle.lower())
        self.account = profile.account
        self.outdated = False
        self.guid = profile.guid
        self.name = intern(profile.friendly_name)
        self.version = profile.list_version
        self.settings_version = profile.settings_version
        self.blp = intern(profile.blp)
        self.gtc = intern(profile.gtc)
        self.message = profile.message
        self.properties = dict(profile.properties)
        self._groups = lists.groups
        self._contacts = Contacts(lists.contacts)

    @property
    def groups(self) -> dict[int, MSNGroup]:
        """The groups by number: made anew each time."""
        return {group.number: group for group in self._groups}

    def put_group(self, group: MSNGroup) -> None:
        """Take over a group as it is now."""
        self._groups = tuple((self.groups | {group.number: group}).values())

    @property
    def contacts(self) -> dict[str, MSNContact]:
        """Everybody on any list, by handle: made anew each time."""
        return {contact.handle: contact for contact in self._contacts}

    # Found anew each time: kept sets would be half of what a session holds in memory.

    @property
    def watchers(self) -> list[str]:
        """Handles of those who have this account on the forward list."""
        return self._contacts.on(_RL)

    @property
    def watched(self) -> list[str]:
        """Handles on this account's forward list."""
        return self._contacts.on(_FL)

    def is_watched_by(self, other: str) -> bool:
        """Return whether somebody has this account on the forward list."""
        return bool(self._contacts.lists(other) & _RL)

    def allows(self, other: str) -> bool:
        """Return whether somebody may see and call the owner."""
        return is_allowed(self._contacts.lists(other), self.blp)

    def put(self, contact: MSNContact) -> None:
        """Take over a contact as it is now; without lists it goes."""
        self._contacts.put(contact)

    def reverse(self, other: str, name: str, change: ReverseChange) -> None:
        """Take over that somebody has added or removed the owner."""
        known = self._contacts.get(other) or MSNContact(other, "", Lists.NONE, name, ())
        lists = known.lists & ~(Lists.RL | Lists.PL)
        if change.added:
            lists |= Lists.RL
            if change.pending:
                lists |= Lists.PL
        self.put(replace(known, lists=lists))

    def find(self, handle_or_guid: str) -> MSNContact | None:
        """Return the contact of this handle or GUID."""
        wanted = handle_or_guid.lower()
        if "@" in wanted or wanted.startswith("tel:"):
            return self._contacts.get(wanted)
        return self._contacts.with_guid(wanted)

    def find_group(self, guid: str) -> MSNGroup | None:
        """Return the group of this GUID."""
        wanted = guid.strip("{}").lower()
        return next((g for g in self._groups if g.guid == wanted), None)

    def drop_group(self, number: int, drop_contacts: bool) -> None:
        """Take over that a group has gone, as the store does it."""
        self._groups = tuple(g for g in self._groups if g.number != number)
        for contact in list(self._contacts):
            if number not in contact.groups:
                continue
            left = tuple(other for other in contact.groups if other != number)
            lists = contact.lists
            if drop_contacts and not left:
                lists &= ~Lists.FL
            self.put(replace(contact, groups=left, lists=lists))


Change = Callable[[Roster], None]


class Rosters:
    """The rosters of all who are signed on."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rosters: dict[str, Roster] = {}
        # Of each that is being read, one for each reading: each misses something else.
        self._missed: dict[str, list[list[tuple[int, Change]]]] = {}

    def get(self, handle: str) -> Roster | None:
        """Return the roster of who is signed on."""
        return self._rosters.get(handle)

    async def load(self, handle: str) -> Roster:
        """Return an account's roster for another sign-on.

        It is read even if it is here: the account may be suspended, or another of the
        same name may have taken its place.

        Raises:
            StoreError: there is no such account, or the database failed.
        """
        missed: list[tuple[int, Change]] = []
        readings = self._missed.setdefault(handle, [])
        readings.append(missed)
        try:
            roster = Roster(await self._store.msn.synchronise(handle))
        finally:
            readings[:] = [each for each in readings if each is not missed]
            if not readings:
                del self._missed[handle]
        known = self._rosters.get(handle)
        if known is not None and known.account == roster.account and not known.outdated:
            return known
        for version, change in missed:
            _apply(roster, version, change)
        self._rosters[handle] = roster
        return roster

    def release(self, handle: str) -> None:
        """Forget a roster: its account has signed off."""
        self._rosters.pop(handle, None)

    def change(self, handle: str, version: int, change: Change) -> int:
        """Apply a change that the store has committed as this list version.

        Returns:
            The version that the account's client may be told: it knows all up to that.
        """
        for missed in self._missed.get(handle, ()):
            missed.append((version, change))
        roster = self._rosters.get(handle)
        if roster is None:
            return version
        _apply(roster, version, change)
        return roster.version


def _apply(roster: Roster, version: int, change: Change) -> None:
    """Apply a change, unless the roster is newer."""
    if version > roster.version:
        change(roster)
        if version == roster.version + 1:
            roster.version = version
        else:
            roster.outdated = True
