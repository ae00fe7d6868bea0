"""The requests of MSNNotificationClient.

Each returns a Reply. A version in its result is None from MSNP10 on, where replies
don't tell it. A list is given by its bit (FORWARD_LIST ...) or its name ('fl').
"""

from collections.abc import Callable
from typing import Any, ClassVar

from Kamaelia.Protocol.MSN.Contacts import GroupId, MSNContact, MSNContactList, listBit
from Kamaelia.Protocol.MSN.EventBase import MSNEventBase
from Kamaelia.Protocol.MSN.list_sync import ListSync
from Kamaelia.Protocol.MSN.Replies import Reply, RequestFailed
from Kamaelia.Protocol.MSN.SignOnClient import SignOnClient
from Kamaelia.Protocol.MSN.wire.alerts import Page
from Kamaelia.Protocol.MSN.wire.capabilities import OUR_CAPABILITIES, ClientId
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.contacts import (
    ContactChange,
    ContactProperty,
    NameChange,
)
from Kamaelia.Protocol.MSN.wire.encoding import is_handle
from Kamaelia.Protocol.MSN.wire.groups import GroupEntry, GroupRequest
from Kamaelia.Protocol.MSN.wire.limits import MAX_CONTACTS
from Kamaelia.Protocol.MSN.wire.lists import FORWARD_LIST, list_name
from Kamaelia.Protocol.MSN.wire.msnobject import MSNObject
from Kamaelia.Protocol.MSN.wire.personal_message import Media, PersonalMessage
from Kamaelia.Protocol.MSN.wire.presence import StatusChange
from Kamaelia.Protocol.MSN.wire.properties import PHONES, SCREEN_NAME, Property
from Kamaelia.Protocol.MSN.wire.status import SETTABLE, STATUS_OFFLINE
from Kamaelia.Protocol.MSN.wire.sync import ListEntry, Setting, SyncRequest
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = ["NotificationRequests"]

_GUIDS = 10  # the first dialect with GUIDs


class NotificationRequests(SignOnClient):
    """What can be asked of a notification server.

    Attributes:
        contacts: the contact list.
        status: our state; before signing on, the one to take.
        picture: the MSNObject of our display picture, or None.
        client: what our client can do.
    """

    REQUESTS: ClassVar[frozenset[str]] = MSNEventBase.REQUESTS | {
        "addContact",
        "addListGroup",
        "blockContact",
        "changeContactName",
        "changeScreenName",
        "changeStatus",
        "remContact",
        "remListGroup",
        "renameListGroup",
        "requestList",
        "requestListGroups",
        "requestSwitchboardServer",
        "requestURL",
        "sendPage",
        "setAutoAdd",
        "setPersonalMessage",
        "setPhoneDetails",
        "setPrivacyMode",
        "syncList",
        "unblockContact",
    }

    contacts: MSNContactList
    status: str = STATUS_OFFLINE
    picture: MSNObject | None = None
    client: ClientId = OUR_CAPABILITIES
    _sync: ListSync | None

    def __init__(self, currentID: int = 0, **argd: Any) -> None:  # noqa: N803
        self._collected: dict[int, list[Any]] = {}
        self._groupRequests: dict[int, tuple[str, str]] = {}
        super().__init__(currentID, **argd)

    @property
    def _number(self) -> int:
        """The dialect's number."""
        return self.dialect or 8

    # Presence.

    def changeStatus(self, status: str) -> Reply:
        """Take another state.

        Args:
            status: STATUS_ONLINE and so on; not STATUS_OFFLINE.

        Returns:
            Reply: (status,).

        Raises:
            ValueError: there is no such state, or it cannot be taken.
        """
        code = status.upper()
        if code not in SETTABLE:
            raise ValueError(
                f"cannot take the state {status!r}; there are "
                f"{', '.join(sorted(SETTABLE))}"
            )
        picture = self.picture.to_text() if self.picture else None
        return self._request(
            lambda trid: StatusChange(trid, code, self.client, picture).to_command(
                self._number
            )
        )

    def changeScreenName(self, newName: str) -> Reply:  # noqa: N803
        """Take another friendly name.

        Returns:
            Reply: (version, name).
        """
        if self._number >= _GUIDS:
            return self._property(SCREEN_NAME, newName)
        return self._request(
            lambda trid: NameChange(trid, self.userHandle, newName).to_command()
        )

    def setPersonalMessage(
        self, text: str | PersonalMessage, media: Media | None = None
    ) -> Reply:
        """Say something below the name (MSNP11).

        Returns:
            Reply: None.

        Raises:
            LocalProtocolError: the dialect has no personal messages.
        """
        if self._number < 11:
            raise LocalProtocolError(
                f"MSNP{self._number} has no personal messages; MSNP11 has"
            )
        message = PersonalMessage(text, media) if isinstance(text, str) else text
        payload = message.to_payload()
        return self._request(lambda trid: Command("UUX", trid, (), payload))

    # Lists.

    def syncList(self, version: int | str) -> Reply:
        """Fetch the contact list, unless the version we have is current.

        Returns:
            Reply: (MSNContactList, state); (None, None) when it is current. State
            has the keys privacy ('al', 'bl'), autoAdd (0, 1), PHH, PHW, PHM, MOB and
            MBE (text or None).

        Raises:
            LocalProtocolError: a synchronisation is going on.
        """
        if self._sync is not None and self._sync.trid in self.ids:
            raise LocalProtocolError("the list is being fetched already")
        made: list[ListSync] = []

        def build(trid: int) -> Command:
            settings = str(self.contacts.settingsVersion) if version else "0"
            request = SyncRequest(trid, str(version), settings)
            made.append(ListSync(request, self._number))
            return request.to_command(self._number)

        reply = self._request(build)
        self._sync = made[0]
        return reply.addErrback(self._syncFailed)

    def _syncFailed(self, error: RequestFailed) -> RequestFailed:
        self._sync = None
        return error

    def requestList(self, listType: int | str) -> Reply:  # noqa: N803
        """Fetch one list (up to MSNP7, and on servers that still allow it).

        Returns:
            Reply: ([MSNContact],).

        Raises:
            ValueError: there is no such list.
        """
        bit = listBit(listType)

        def convert(entries: list[ListEntry]) -> tuple[list[MSNContact]]:
            return (
                [
                    MSNContact(each.handle, each.name or each.handle, each.lists or bit)
                    for each in entries
                    if each.handle
                ],
            )

        return self._requestMany(
            lambda trid: Command("LST", trid, (list_name(bit),)), convert
        )

    def requestListGroups(self) -> Reply:
        """Fetch the groups (up to MSNP7, and on servers that still allow it).

        Returns:
            Reply: ({id: name}, version).
        """

        def convert(
            entries: list[GroupEntry],
        ) -> tuple[dict[GroupId, str], int | str | None]:
            groups = MSNContactList()
            for each in entries:
                if each.total:
                    groups.setGroup(each.group_id, each.name)
            version = entries[-1].version
            known = version is not None and version.isdigit()
            return groups.groups, int(version or 0) if known else version

        return self._requestMany(lambda trid: Command("LSG", trid), convert)

    def _requestMany(
        self, make: Callable[[int], Command], convert: Callable[[Any], Any]
    ) -> Reply:
        """Make a request whose answer has several lines."""
        reply = self._request(make, convert)
        return reply.addErrback(self._forgetLines, reply.trid)

    def _forgetLines(self, error: RequestFailed, trid: int | None) -> RequestFailed:
        self._collected.pop(trid or 0, None)
        return error

    def _collect(self, trid: int | None, entry: Any, index: int, total: int) -> None:
        """Keep one line of an answer of several; answer with all after the last.

        Raises:
            RemoteProtocolError: there are too many.
        """
        reply = self.ids.get(trid or 0)
        if trid is None or reply is None or reply.request != self._heard:
            return
        kept = self._collected.setdefault(trid, [])
        if len(kept) >= MAX_CONTACTS:
            raise RemoteProtocolError(f"more than {MAX_CONTACTS} lines in an answer")
        kept.append(entry)
        if index >= total:
            self._answer(trid, self._collected.pop(trid))

    def addContact(
        self,
        listType: int | str,  # noqa: N803
        userHandle: str,  # noqa: N803
        groupID: GroupId | None = 0,  # noqa: N803
    ) -> Reply:
        """Put somebody on a list; on the forward list also into a group.

        Args:
            listType: FORWARD_LIST, ALLOW_LIST or BLOCK_LIST.
            userHandle: who.
            groupID: a group; 0 is the one that always exists (none from MSNP10 on),
                None no group.

        Returns:
            Reply: (list, handle, version, group or None).

        Raises:
            ValueError: there is no such list.
            LocalProtocolError: the handle cannot be one.
        """
        bit = listBit(listType)
        if not is_handle(userHandle):
            raise LocalProtocolError(f"not an account name: {userHandle!r}")
        group = None
        if bit == FORWARD_LIST and groupID is not None:
            group = str(groupID)
        if self._number >= _GUIDS:
            return self._addByID(bit, userHandle, None if group == "0" else group)
        return self._change(
            ContactChange(True, 0, bit, userHandle, userHandle, None, group)
        )

    def _addByID(self, bit: int, handle: str, group: str | None) -> Reply:
        """Add from MSNP10 on: a group can be joined only by a contact that is there."""
        contact = self.contacts.getContact(handle)
        known = contact is not None and contact.contactID
        if group is None or not known:
            name = handle if bit == FORWARD_LIST else None
            reply = self._change(ContactChange(True, 0, bit, handle, name))
            if group is not None:
                reply.addCallback(lambda _: self._intoGroup(bit, handle, group))
            return reply
        return self._intoGroup(bit, handle, group)

    def _intoGroup(self, bit: int, handle: str, group: str) -> Reply:
        """Put a contact into a group; it is known by its GUID there.

        Raises:
            RequestFailed: the server has told no GUID.
        """
        contact = self.contacts.getContact(handle)
        if contact is None or not contact.contactID:
            raise RequestFailed("ADC", f"{handle} has no id, so can be in no group")
        identity = contact.contactID
        return self._change(ContactChange(True, 0, bit, "", None, identity, group))

    def remContact(
        self,
        listType: int | str,  # noqa: N803
        userHandle: str,  # noqa: N803
        groupID: GroupId | None = None,  # noqa: N803
    ) -> Reply:
        """Take somebody off a list, or with a group only out of that.

        Args:
            listType: FORWARD_LIST, ALLOW_LIST, BLOCK_LIST (or PENDING_LIST).
            userHandle: who.
            groupID: only for the forward list: the group to leave.

        Returns:
            Reply: (list, handle, version, group or None).

        Raises:
            ValueError: there is no such list.
            LocalProtocolError: from MSNP10 on, the contact isn't on the forward list
                as we have it, so that its id is not known.
        """
        bit = listBit(listType)
        group = None
        if bit == FORWARD_LIST and groupID is not None:
            group = str(groupID)
        identity = None
        if bit == FORWARD_LIST and self._number >= _GUIDS:
            contact = self.contacts.getContact(userHandle)
            identity = contact.contactID if contact else None
            if identity is None:
                raise LocalProtocolError(
                    f"{userHandle} is not on the forward list: nothing to remove"
                )
        return self._change(
            ContactChange(False, 0, bit, userHandle, None, identity, group)
        )

    def _change(self, change: ContactChange) -> Reply:
        """Ask for a change of a list."""

        def build(trid: int) -> Command:
            numbered = ContactChange(
                change.adds,
                trid,
                change.list_bit,
                change.handle,
                change.name,
                change.contact_id,
                change.group,
            )
            return numbered.to_request(self._number)

        return self._request(build)

    def blockContact(self, userHandle: str) -> Reply:  # noqa: N803
        """Block somebody: off the allow list, then on the block list.

        Returns:
            Reply: as that of addContact.
        """
        return self._swap(userHandle, "al", "bl")

    def unblockContact(self, userHandle: str) -> Reply:  # noqa: N803
        """Allow somebody who was blocked.

        Returns:
            Reply: as that of addContact.
        """
        return self._swap(userHandle, "bl", "al")

    def _swap(self, handle: str, old: str, new: str) -> Reply:
        contact = self.contacts.getContact(handle)
        if contact is None or not contact.lists & listBit(old):
            return self.addContact(new, handle)
        return self.remContact(old, handle).addCallback(
            lambda _: self.addContact(new, handle)
        )

    def changeContactName(
        self,
        userHandle: str,  # noqa: N803
        newName: str,  # noqa: N803
    ) -> Reply:
        """Store what we call a contact.

        Raises:
            LocalProtocolError: from MSNP10 on, the contact is not on the forward list.
        """
        if self._number < _GUIDS:
            return self._request(
                lambda trid: NameChange(trid, userHandle, newName).to_command()
            )
        contact = self.contacts.getContact(userHandle)
        identity = contact.contactID if contact else None
        if identity is None:
            raise LocalProtocolError(f"{userHandle} is not on the forward list")
        return self._request(
            lambda trid: ContactProperty(
                trid, identity, SCREEN_NAME, newName
            ).to_command()
        )

    # Groups.

    def addListGroup(self, name: str) -> Reply:
        """Make a group.

        Returns:
            Reply: (version, name, id).
        """
        return self._groupRequest("ADG", "", name)

    def remListGroup(self, groupID: GroupId) -> Reply:  # noqa: N803
        """Remove a group; up to MSNP9 who is in no other leaves the forward list.

        Returns:
            Reply: (version, id).
        """
        return self._groupRequest("RMG", str(groupID), "")

    def renameListGroup(
        self,
        groupID: GroupId,  # noqa: N803
        newName: str,  # noqa: N803
    ) -> Reply:
        """Rename a group.

        Returns:
            Reply: (version, id, name).
        """
        return self._groupRequest("REG", str(groupID), newName)

    def _groupRequest(self, action: str, group: str, name: str) -> Reply:
        def build(trid: int) -> Command:
            return GroupRequest(action, trid, group, name).to_command(self._number)

        reply = self._request(build)
        if reply.trid is not None and not reply.done:
            trid = reply.trid
            self._groupRequests[trid] = (group, name)
            reply.addErrback(self._forgetGroup, trid)
        return reply

    def _forgetGroup(self, error: RequestFailed, trid: int) -> RequestFailed:
        self._groupRequests.pop(trid, None)
        return error

    # Settings.

    def setPrivacyMode(self, privLevel: Any) -> Reply:  # noqa: N803
        """Say how somebody on neither the allow list nor the block list is treated.

        Args:
            privLevel: true: as allowed (BLP AL); false: as blocked (BLP BL).

        Returns:
            Reply: (version, 'al' or 'bl').
        """
        value = "AL" if privLevel else "BL"
        return self._request(
            lambda trid: Setting("BLP", value, None, trid).to_command()
        )

    def setAutoAdd(self, flag: Any) -> Reply:
        """Say whether who adds us is let in without a question (GTC N) or not (GTC A).

        Returns:
            Reply: (version, 'a' or 'n').
        """
        value = "N" if flag else "A"
        return self._request(
            lambda trid: Setting("GTC", value, None, trid).to_command()
        )

    def setPhoneDetails(self, phoneType: str, value: str) -> Reply:  # noqa: N803
        """Set one of our phone numbers, or whether we take pages.

        Args:
            phoneType: HOME_PHONE, WORK_PHONE, MOBILE_PHONE or HAS_PAGER.
            value: the number, empty to clear it; `Y` or `N` for HAS_PAGER.

        Returns:
            Reply: (version, value).

        Raises:
            ValueError: there is no such phone.
        """
        kind = phoneType.upper()
        if kind not in PHONES | {"MOB"}:
            raise ValueError(f"no phone of type {phoneType!r}")
        return self._property(kind, value)

    def _property(self, key: str, value: str) -> Reply:
        return self._request(lambda trid: Property(key, value, trid=trid).to_command())

    # Others.

    def requestSwitchboardServer(self) -> Reply:
        """Ask for a switchboard, to begin a conversation.

        Returns:
            Reply: (host, port, key).
        """
        return self._request(lambda trid: Command("XFR", trid, ("SB",)))

    def requestURL(self, service: str, *arguments: str) -> Reply:
        """Ask where a web page is: INBOX, COMPOSE, PROFILE ...

        Returns:
            Reply: (path, sign-on address, id).
        """
        return self._request(lambda trid: Command("URL", trid, (service, *arguments)))

    def sendPage(self, userHandle: str, text: str) -> None:  # noqa: N803
        """Send a page; the server answers only when it fails, then `gotError`.

        Raises:
            LocalProtocolError: it cannot be sent as it is.
        """
        payload = Page(text).to_payload(self._number)
        late = self._number >= 9
        args = (userHandle, "1") if late else (userHandle,)
        name = "PGD" if late else "PAG"
        command = Command(name, self._newID(), args, payload)
        command.to_bytes()  # raises here, where the caller sees it
        self.send(command, "outbox")


__kamaelia_components__ = ()
