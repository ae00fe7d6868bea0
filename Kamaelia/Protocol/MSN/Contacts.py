"""Contacts and the contact list that a client keeps, by handle.

Two generations of programs know these classes: `MSNContact(handle, name, lists,
groups, status)` and a list of all contacts is the later form; the earlier one,
`MSNContact(handle, name, listType, group, status)` and a dict for each list, still
works.
"""

from collections.abc import Iterable
from typing import Any

from Kamaelia.Protocol.MSN.wire.capabilities import ClientId
from Kamaelia.Protocol.MSN.wire.encoding import normalise_handle
from Kamaelia.Protocol.MSN.wire.lists import (
    ALLOW_LIST,
    BLOCK_LIST,
    FORWARD_LIST,
    LIST_NAMES,
    PENDING_LIST,
    REVERSE_LIST,
    listCodeToID,
)
from Kamaelia.Protocol.MSN.wire.personal_message import PersonalMessage
from Kamaelia.Protocol.MSN.wire.properties import (
    HAS_PAGER,
    HOME_PHONE,
    MOBILE_PHONE,
    WORK_PHONE,
)

__all__ = ["GroupId", "MSNContact", "MSNContactList", "groupId", "listBit"]

GroupId = int | str
"""A number up to MSNP9, a GUID later."""


def listBit(which: int | str) -> int:
    """Return the bit of a list, given as its bit or its name ('fl', 'FL' ...).

    Raises:
        ValueError: there is no such list.
    """
    bit = listCodeToID.get(which.lower()) if isinstance(which, str) else which
    if bit not in LIST_NAMES:
        raise ValueError(
            f"no contact list {which!r}; there are {', '.join(listCodeToID)}"
        )
    return int(bit)


def groupId(text: GroupId) -> GroupId:
    """Return a group's id as programs see it: a number where it is digits."""
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 11:
        return int(text)
    return text


class MSNContact:
    """One contact.

    Args:
        userHandle: the account.
        screenName: friendly name.
        lists: mask of the lists it is on; a list's name in older programs.
        groups: ids of the groups it is in; one id in older programs.
        status: three letters, None when it isn't known.
        listType: the one list it is on, as older programs say it.
        group: the one group it is in, as older programs say it.

    Attributes:
        homePhone, workPhone, mobilePhone: numbers; None when not known.
        hasPager: whether it takes pages; None when not known.
        contactID: its GUID, from MSNP10 on.
        client: what its client can do; None when not known.
        picture: the XML of its picture's MSNObject; None: no picture.
        personalMessage: what it says below its name; from MSNP11 on.
    """

    def __init__(
        self,
        userHandle: str = "",  # noqa: N803 - these names were Twisted's
        screenName: str = "",  # noqa: N803
        lists: int | str = 0,
        groups: Iterable[GroupId] | GroupId | None = None,
        status: str | None = None,
        *,
        listType: int | str | None = None,  # noqa: N803
        group: GroupId | None = None,
    ) -> None:
        self.userHandle = userHandle
        self.screenName = screenName
        self.lists = listBit(lists) if isinstance(lists, str) else lists
        if listType is not None:
            self.lists |= listBit(listType)
        if isinstance(groups, int | str):
            groups = (groups,)  # 0 is a group like any other
        self.groups: list[GroupId] = [] if groups is None else list(groups)
        if group is not None:
            self.groups.append(group)
        self.status = status
        self.homePhone: str | None = None
        self.workPhone: str | None = None
        self.mobilePhone: str | None = None
        self.hasPager: bool | None = None
        self.contactID: str | None = None
        self.client: ClientId | None = None
        self.picture: str | None = None
        self.personalMessage = PersonalMessage()

    def __repr__(self) -> str:
        return f"<MSNContact {self.userHandle} {self.screenName!r} on {self.lists}>"

    @property
    def listType(self) -> str | None:
        """The name of the first list it is on, in small letters, or None."""
        return next((c for c, bit in listCodeToID.items() if self.lists & bit), None)

    @property
    def group(self) -> GroupId | None:
        """The first of its groups, or None."""
        return self.groups[0] if self.groups else None

    def setPhone(self, phoneType: str, value: Any) -> None:  # noqa: N803
        """Set a phone number, or (HAS_PAGER) whether there is a pager.

        Args:
            phoneType: HOME_PHONE, WORK_PHONE, MOBILE_PHONE or HAS_PAGER.
            value: the number; for HAS_PAGER a truth value, `"Y"` or `"N"`.

        Raises:
            ValueError: there is no such phone.
        """
        kind = phoneType.upper()
        names = {
            HOME_PHONE: "homePhone",
            WORK_PHONE: "workPhone",
            MOBILE_PHONE: "mobilePhone",
        }
        if kind in names:
            setattr(self, names[kind], value)
        elif kind == HAS_PAGER:
            self.hasPager = value.upper() == "Y" if isinstance(value, str) else value
        else:
            raise ValueError(f"no phone of type {phoneType!r}")

    def addToList(self, listType: int | str) -> None:  # noqa: N803
        """Note that it is on a list."""
        self.lists |= listBit(listType)

    def removeFromList(self, listType: int | str) -> None:  # noqa: N803
        """Note that it is not on a list; twice is as good as once."""
        self.lists &= ~listBit(listType)


class MSNContactList:
    """All contacts of one account.

    Attributes:
        contacts: handle in small letters -> contact, whatever lists it is on.
        version: of the list, as the server last told; 0 or "0" before.
        settingsVersion: of the settings, from MSNP10 on.
        groups: id -> name.
        autoAdd: whether who adds us is let in without a question.
        privacy: 'al' (who is on no list is allowed) or 'bl' (is blocked).
        phones: our own properties: PHH, PHW, PHM, MOB, MBE -> text or None.
    """

    def __init__(self) -> None:
        self.contacts: dict[str, MSNContact] = {}
        self.version: int | str = 0
        self.settingsVersion: int | str = 0
        self.groups: dict[GroupId, str] = {}
        self.autoAdd = 0
        self.privacy = "al"
        self.phones: dict[str, str | None] = {}

    # The later form.

    def addContact(
        self,
        contact: Any,
        second: MSNContact | None = None,
        force: int = 0,
    ) -> int:
        """Add a contact: `addContact(contact)`.

        The older form is `addContact(listType, contact, force=0)`: it also puts the
        contact on that list.

        Returns:
            1; in the older form 0 when somebody with that handle is on the list
            already and `force` is false.

        Raises:
            ValueError: there is no such list.
        """
        if second is None:
            self.contacts[normalise_handle(contact.userHandle)] = contact
            return 1
        bit, key = listBit(contact), normalise_handle(second.userHandle)
        known = self.contacts.get(key)
        if known is not None and known.lists & bit and not force:
            return 0
        if known is not None:
            second.lists |= known.lists
        second.addToList(bit)
        self.contacts[key] = second
        return 1

    def remContact(self, userHandle: str) -> int:  # noqa: N803
        """Forget a contact, whatever lists it is on; return 0 if it wasn't there."""
        return int(self.contacts.pop(normalise_handle(userHandle), None) is not None)

    def removeContact(
        self,
        listType: int | str,  # noqa: N803
        contact: MSNContact | str,
    ) -> int:
        """Take a contact off one list (the older form); forget it when on none.

        Returns:
            1, or 0 when it is not on that list.

        Raises:
            ValueError: there is no such list.
        """
        bit = listBit(listType)
        handle = contact if isinstance(contact, str) else contact.userHandle
        known = self.getContact(handle)
        if known is None or not known.lists & bit:
            return 0
        known.removeFromList(bit)
        if not known.lists:
            self.remContact(handle)
        return 1

    def getContact(self, userHandle: str) -> MSNContact | None:  # noqa: N803
        """Return a contact, or None."""
        return self.contacts.get(normalise_handle(userHandle))

    def findID(self, contact_id: str) -> MSNContact | None:
        """Return the contact with a GUID, or None."""
        wanted = contact_id.lower()
        for contact in self.contacts.values():
            if (contact.contactID or "").lower() == wanted:
                return contact
        return None

    def onList(self, listType: int | str) -> dict[str, MSNContact]:  # noqa: N803
        """Return handle -> contact of those on a list.

        Raises:
            ValueError: there is no such list.
        """
        bit = listBit(listType)
        return {key: each for key, each in self.contacts.items() if each.lists & bit}

    def getContacts(self) -> dict[str, MSNContact]:
        """Return who is on the forward list."""
        return self.onList(FORWARD_LIST)

    def getBlockedContacts(self) -> dict[str, MSNContact]:
        """Return who is on the block list."""
        return self.onList(BLOCK_LIST)

    def getAuthorizedContacts(self) -> dict[str, MSNContact]:
        """Return who is on the allow list."""
        return self.onList(ALLOW_LIST)

    def getReverseContacts(self) -> dict[str, MSNContact]:
        """Return who has us on their forward list."""
        return self.onList(REVERSE_LIST)

    def getPendingContacts(self) -> dict[str, MSNContact]:
        """Return who has added us and waits for a decision.

        From MSNP10 on those on the pending list, before it those on the reverse list
        that are neither allowed nor blocked.
        """
        decided = ALLOW_LIST | BLOCK_LIST
        return {
            key: each
            for key, each in self.contacts.items()
            if each.lists & PENDING_LIST
            or (each.lists & REVERSE_LIST and not each.lists & decided)
        }

    # What the older form has in place of the methods.
    authorizedContacts = property(getAuthorizedContacts)  # noqa: N815
    reverseContacts = property(getReverseContacts)  # noqa: N815
    blockedContacts = property(getBlockedContacts)  # noqa: N815

    # Groups.

    def setGroup(self, id: GroupId, name: str) -> None:
        """Add a group, or rename it."""
        self.groups[groupId(id)] = name

    def remGroup(self, id: GroupId) -> None:
        """Forget a group, also where contacts are in it."""
        gone = groupId(id)
        self.groups.pop(gone, None)
        for contact in self.contacts.values():
            contact.groups = [group for group in contact.groups if group != gone]
