"""Getting the contact list: SYN and its burst, as a sans-I/O conversation.

    MSNP2 to 7   the burst is over when each of FL, AL, BL and RL has had its last line
    MSNP8 on     the reply tells how many LSG and LST lines come
    both         equal versions (or no counts): no burst, the lists we have are current

BPR lines of the last contact come after that: `late` takes them. What is kept is
bounded by MAX_CONTACTS and MAX_KEPT_GROUPS; more lines are counted, logged and dropped.

Source: list synchronisation of MSNP2 to MSNP12.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any, Final

from Kamaelia.Protocol.MSN.Contacts import MSNContact, MSNContactList, groupId
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.groups import GroupEntry
from Kamaelia.Protocol.MSN.wire.limits import MAX_CONTACTS, MAX_KEPT_GROUPS
from Kamaelia.Protocol.MSN.wire.lists import (
    ALLOW_LIST,
    BLOCK_LIST,
    FORWARD_LIST,
    REVERSE_LIST,
)
from Kamaelia.Protocol.MSN.wire.properties import SCREEN_NAME, Property
from Kamaelia.Protocol.MSN.wire.sync import (
    ListEntry,
    Setting,
    SyncReply,
    SyncRequest,
)

__all__ = ["STATE_KEYS", "ListSync", "apply_property"]

logger = logging.getLogger(__name__)

STATE_KEYS: Final = ("PHH", "PHW", "PHM", "MOB", "MBE")
"""Our own properties that the state of a synchronisation has."""

_NUMBERED: Final = 7  # the last dialect whose lines count themselves
_FOUR: Final = (FORWARD_LIST, ALLOW_LIST, BLOCK_LIST, REVERSE_LIST)


def apply_property(contact: MSNContact, found: Property) -> None:
    """Set a contact's phone or pager; other properties are not kept."""
    value: str | bool | None = found.value or None
    if found.key == "MOB":
        value = found.value.upper() == "Y"
    if found.key in ("PHH", "PHW", "PHM", "MOB"):
        contact.setPhone(found.key, value)


class ListSync:
    """One synchronisation. Does no I/O.

    Args:
        request: the SYN that was sent.
        dialect: the number of the dialect.

    Attributes:
        contacts: what has come so far.
        screen_name: our own friendly name, where the burst tells (MSNP10); or None.
        complete: whether all has come.
        current: whether there was no burst.
    """

    def __init__(self, request: SyncRequest, dialect: int) -> None:
        self._request = request
        self._dialect = dialect
        self.contacts = MSNContactList()
        self.screen_name: str | None = None
        self.complete = False
        self.current = False
        self._started = False
        self._open: set[int] = set(_FOUR)
        self._groups = 0
        self._entries = 0
        self._last: MSNContact | None = None
        self._full = False  # whether something was dropped

    @property
    def trid(self) -> int:
        """Transaction id of the SYN."""
        return self._request.trid

    @property
    def state(self) -> dict[str, str | int | None]:
        """Privacy ('al', 'bl'), autoAdd (0, 1) and our own phones, by name."""
        found: dict[str, str | int | None] = {
            "privacy": self.contacts.privacy,
            "autoAdd": self.contacts.autoAdd,
        }
        return found | {key: self.contacts.phones.get(key) for key in STATE_KEYS}

    def receive(self, command: Command) -> bool:
        """Take a line; return whether it belongs to the burst.

        Raises:
            RemoteProtocolError: it does, and makes no sense.
        """
        if self.complete:
            return False
        if command.name == "SYN":
            if command.trid != self.trid:
                return False
            self._begin(SyncReply.from_command(command))
            return True
        if not self._started or not self._mine(command):
            return False
        if command.name in ("GTC", "BLP"):
            self._setting(Setting.from_command(command))
        elif command.name == "PRP":
            self._own(Property.from_command(command))
        elif command.name == "LSG":
            self._group(GroupEntry.from_command(command, self._dialect))
        elif command.name == "LST":
            self._entry(ListEntry.from_command(command, self._dialect))
        elif command.name == "BPR":
            self._contact_property(Property.from_command(command))
        else:
            return False
        return True

    def late(self, command: Command) -> tuple[MSNContact, Property] | None:
        """Take a line after the end: a BPR without a handle is the last contact's.

        Any other line ends that.

        Raises:
            RemoteProtocolError: a BPR that makes no sense.
        """
        if command.name != "BPR" or self._last is None:
            self._last = None
            return None
        found = Property.from_command(command)
        if found.handle and found.handle.lower() != self._last.userHandle.lower():
            return None
        return self._last, replace(found, handle=self._last.userHandle)

    def _mine(self, command: Command) -> bool:
        """Return whether a line is the burst's, not the answer to another request."""
        if self._dialect <= _NUMBERED or command.trid is not None:
            return command.name == "BPR" or command.trid == self.trid
        return True

    def _begin(self, reply: SyncReply) -> None:
        self._started = True
        self.contacts.version = groupId(reply.version)
        if reply.settings_version is not None:
            self.contacts.settingsVersion = groupId(reply.settings_version)
        self.current = reply.is_current(self._request)
        self.complete = self.current
        self._groups, self._entries = reply.groups or 0, reply.contacts or 0
        self._check()

    def _check(self) -> None:
        if self.complete:
            return
        if self._dialect <= _NUMBERED:
            self.complete = not self._open
        else:
            self.complete = self._groups <= 0 and self._entries <= 0

    def _setting(self, setting: Setting) -> None:
        if setting.name == "BLP":
            self.contacts.privacy = setting.value.lower()
        else:
            self.contacts.autoAdd = int(setting.value == "N")

    def _own(self, found: Property) -> None:
        if found.key == SCREEN_NAME:
            self.screen_name = found.value
        elif self._room(self.contacts.phones, found.key, MAX_KEPT_GROUPS):
            self.contacts.phones[found.key] = found.value or None

    def _group(self, entry: GroupEntry) -> None:
        self._groups -= 1
        key = groupId(entry.group_id or "")
        if entry.group_id and self._room(self.contacts.groups, key, MAX_KEPT_GROUPS):
            self.contacts.setGroup(key, entry.name)
        self._check()

    def _entry(self, entry: ListEntry) -> None:
        self._last = None
        if entry.handle:
            self._last = self._keep(entry)
        if self._dialect > _NUMBERED:
            self._entries -= 1
        elif entry.index >= entry.total:
            self._open.discard(entry.lists)
        self._check()

    def _room(self, kept: Collection[Any], key: Any, limit: int) -> bool:
        """Return whether there is room for something; log when there first isn't."""
        if key in kept or len(kept) < limit:
            return True
        if not self._full:
            logger.warning("the contact list is too long: more than %d entries", limit)
        self._full = True
        return False

    def _keep(self, entry: ListEntry) -> MSNContact | None:
        contact = self.contacts.getContact(entry.handle)
        if contact is None:
            if not self._room(self.contacts.contacts, None, MAX_CONTACTS):
                return None
            contact = MSNContact(entry.handle, entry.handle)
            self.contacts.addContact(contact)
        if entry.name is not None:
            contact.screenName = entry.name
        contact.lists |= entry.lists
        contact.contactID = entry.contact_id or contact.contactID
        for group in _ids(entry.groups):
            if group not in contact.groups and self._room(
                contact.groups, group, MAX_KEPT_GROUPS
            ):
                contact.groups.append(group)
        return contact

    def _contact_property(self, found: Property) -> None:
        contact = self._last
        if found.handle:
            contact = self.contacts.getContact(found.handle)
        if contact is not None:
            apply_property(contact, found)


def _ids(groups: Iterable[str]) -> list[int | str]:
    """Return groups' ids as programs see them."""
    return [groupId(group) for group in groups]
