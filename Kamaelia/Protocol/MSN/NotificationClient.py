"""MSNNotificationClient: a session with a notification server, MSNP2 to MSNP12.

    class Watcher(MSNNotificationClient):
        def contactStatusChanged(self, statusCode, userHandle, screenName):
            print(userHandle, "is", statusCode)

It signs on (MD5 up to MSNP7, Passport later), gets the contact list, goes online,
answers challenges, and pings. The list in `contacts` follows what happens.

Its requests are in NotificationRequests, the hooks in NotificationHooks.
"""

from collections.abc import Sized
from typing import Any

from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.Contacts import (
    GroupId,
    MSNContact,
    MSNContactList,
    groupId,
)
from Kamaelia.Protocol.MSN.list_sync import ListSync, apply_property
from Kamaelia.Protocol.MSN.Message import MSNMessage
from Kamaelia.Protocol.MSN.NotificationHooks import NotificationHooks
from Kamaelia.Protocol.MSN.Replies import Reply
from Kamaelia.Protocol.MSN.wire.alerts import Alert
from Kamaelia.Protocol.MSN.wire.challenge import answer, product_for
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.contacts import ContactChange, NameChange
from Kamaelia.Protocol.MSN.wire.groups import GroupEntry, GroupReply
from Kamaelia.Protocol.MSN.wire.limits import MAX_CONTACTS, MAX_KEPT_GROUPS, MAX_UUX
from Kamaelia.Protocol.MSN.wire.lists import FORWARD_LIST, REVERSE_LIST
from Kamaelia.Protocol.MSN.wire.notices import Notice, Profile, read_notice
from Kamaelia.Protocol.MSN.wire.personal_message import read_update
from Kamaelia.Protocol.MSN.wire.presence import Presence, StatusChange
from Kamaelia.Protocol.MSN.wire.properties import SCREEN_NAME, Property
from Kamaelia.Protocol.MSN.wire.referral import SWITCHBOARD, Invitation, Referral
from Kamaelia.Protocol.MSN.wire.signon import SignedOn, out_reason, pong_seconds
from Kamaelia.Protocol.MSN.wire.status import STATUS_OFFLINE
from Kamaelia.Protocol.MSN.wire.sync import ListEntry, Setting, SyncReply
from Kamaelia.Protocol.wire.errors import RemoteProtocolError

__all__ = ["MSNNotificationClient"]

_PING = "ping"
_PONG = "pong"


class MSNNotificationClient(NotificationHooks):
    """One session: signs on, keeps the list, tells what happens.

    Args:
        currentID: the transaction id used last, at the dispatch server for example.
        argd: attributes to set: userHandle, password, passportServer, status ...

    Attributes:
        contacts: the contact list; one of an earlier session may be given, then it
            is only fetched if it has changed. It keeps at most `MAX_CONTACTS` of
            wire.limits: lines about more are passed over, and `BadLine` tells.
        status: the state to go into once the list is there; FLN: stay as we are.
        pingAfter: seconds of silence after which to ask whether the server lives.
        pongWithin: seconds that it has to show that.
        sync: whether to fetch the list after signing on.
        signedOn: whether we are signed on.
    """

    pingAfter: float = 45.0  # noqa: N815
    pongWithin: float = 20.0  # noqa: N815
    sync = True

    def __init__(self, currentID: int = 0, **argd: Any) -> None:  # noqa: N803
        self.contacts = MSNContactList()
        self.signedOn = False
        self._listed = False  # whether this session has had its list
        self._sync: ListSync | None = None
        self._quiet = True  # whether nothing came since the last ping was due
        self._challenge: Reply | None = None  # of the last challenge that we answered
        super().__init__(currentID, **argd)

    # Hooks that do something.

    def loggedIn(
        self,
        userHandle: str,  # noqa: N803 - these names were Twisted's
        screenName: str,  # noqa: N803
        verified: Any,
    ) -> None:
        """Hook: signed on. As it is, it fetches the list if `sync` is set.

        Override it to do something else first, then call this or `syncList`.
        """
        if self.sync:
            self.syncList(self.contacts.version).addErrback(self._noList)

    def _noList(self, error: Any) -> None:
        """Go online without a list: the server refuses to give it."""
        self._goOnline()

    def listSynchronized(self, *args: Any) -> None:
        """Hook: the first list of a session is there: (list, state), as in syncList.

        As it is, it takes the initial status.
        """
        self._goOnline()

    def _goOnline(self) -> Reply | None:
        """Take the status that was asked for."""
        if self.status == STATUS_OFFLINE or self._end is not None:
            return None
        try:
            return self.changeStatus(self.status)
        except ValueError as error:  # a server may have told us any state
            self._tell(events.RequestRefused("CHG", None, None, str(error)))
            return None

    # Signing on, and the end.

    def _signedOn(self, reply: SignedOn) -> None:
        self.signedOn, self._listed = True, False
        self.userHandle = reply.handle
        self.screenName = reply.name or self.screenName or reply.handle
        self._schedulePing(self.pingAfter)
        name, verified = self.screenName, reply.verified
        self._tell(events.SignedOn(reply.handle, name, verified, self._number))
        self.loggedIn(reply.handle, name, verified)

    @property
    def _number(self) -> int:
        """The dialect's number; 8 as long as it isn't settled."""
        return self.dialect or 8

    def handle_OUT(self, command: Command) -> None:
        """The server ends the session, for one of several reasons or for none."""
        reason = out_reason(command)
        minutes = command.args[1] if len(command.args) > 1 else ""
        known = minutes.isascii() and minutes.isdigit() and len(minutes) < 6
        if reason == "OTH":
            self.multipleLogin()
        elif reason == "SSD":
            self.serverGoingDown()
        else:
            self.loggedOut(reason)
        self._tell(events.SignedOff(reason, int(minutes) if known else None))
        text = {
            "OTH": "signed on elsewhere",
            "SSD": "the server shuts down",
            "TOU": "terms of use must be accepted",
            "MIG": "the contact list was moved",
        }.get(reason, "the server ended the session")
        self._finish(text)

    def handle_XFR(self, command: Command) -> None:
        """A switchboard that was asked for, or another server to go to."""
        referral = Referral.from_command(command)
        if referral.kind == SWITCHBOARD and referral.address is not None:
            self._answer(command.trid, (*referral.address, referral.cookie))
        elif referral.address is not None:
            self._answer(command.trid, referral.address)
            self._referred(referral.address)
        else:
            self._startAgain()

    def _startAgain(self) -> None:
        """Sign on again on this connection; what was asked before is void."""
        for trid in list(self.ids):
            self._unanswered(trid)
        self.signedOn, self._sync = False, None
        self._cancel(_PING)
        self.connectionMade()

    # Keeping alive.

    def dataArrived(self) -> None:
        """The server lives."""
        self._quiet = False
        self._cancel(_PONG)

    def _schedulePing(self, seconds: float) -> None:
        self._quiet = True
        self._later(_PING, seconds, self._ping)

    def _ping(self) -> None:
        """Ask whether the server lives; give up when it doesn't say so."""
        self.send(Command("PNG"), "outbox")
        self._schedulePing(self.pingAfter)
        self._later(_PONG, self.pongWithin, self._dead)

    def _dead(self) -> None:
        self._finish(f"the server did not answer a ping within {self.pongWithin:g} s")

    def handle_QNG(self, command: Command) -> None:
        """The server lives, and may say when to ask again."""
        self._schedulePing(pong_seconds(command) or self.pingAfter)

    def handle_CHL(self, command: Command) -> None:
        """A challenge: answer it."""
        challenge = command.args[0] if command.args else ""
        product = product_for(self._number)
        text = answer(challenge, product, self._number).encode()
        if self._challenge is not None:  # who asks again doesn't wait for that one
            self.ids.pop(self._challenge.trid or 0, None)
            self._cancel(self._challenge.trid)
        self._challenge = self._request(
            lambda trid: Command("QRY", trid, (product,), text)
        )

    def handle_QRY(self, command: Command) -> None:
        """Our answer to a challenge was right."""
        self._answer(command.trid)

    # Messages.

    def checkMessage(self, message: MSNMessage) -> bool:
        """Give profile and notices to their hooks."""
        content = read_notice(message.toWire())
        if isinstance(content, Profile):
            self.gotProfile(message)
            self._tell(events.ProfileReceived(content))
            return False
        if isinstance(content, Notice):
            self.gotNotice(content)
            self._tell(events.NoticeReceived(content))
            return False
        return True

    def handle_NOT(self, command: Command) -> None:
        """An alert."""
        self._alert(command, False)

    def handle_IPG(self, command: Command) -> None:
        """A page."""
        self._alert(command, True)

    def _alert(self, command: Command, page: bool) -> None:
        alert = Alert.from_payload(command.payload or b"")
        self.gotAlert(alert)
        self._tell(events.AlertReceived(alert, page))

    # The list and its synchronisation.

    def preview(self, command: Command) -> bool:
        """Give a command to the sign-on and to the synchronisation first."""
        if super().preview(command):
            return True
        sync = self._sync
        if sync is None:
            return False
        if not sync.complete:
            taken = sync.receive(command)
            if sync.complete:
                self._synchronized(sync)
            return taken
        late = sync.late(command)
        if late is None:
            return False
        self._phone(late[0], late[1], None)
        return True

    def _synchronized(self, sync: ListSync) -> None:
        """Take over the list that has come, and tell."""
        if sync.current:
            self._sync = None
        else:
            self._keepPresence(sync.contacts)
            self.contacts = sync.contacts
        if sync.screen_name is not None:
            self.screenName = sync.screen_name
        state = None if sync.current else sync.state
        contacts = None if sync.current else self.contacts
        self._answer(sync.trid, (contacts, state))
        self._tell(events.ListsSynchronized(self.contacts, sync.current))
        if not self._listed:
            self._listed = True
            self.listSynchronized(contacts, state)

    def _keepPresence(self, fresh: MSNContactList) -> None:
        """Copy what is known of who is online into the list that has come."""
        for contact in fresh.contacts.values():
            known = self.contacts.getContact(contact.userHandle)
            if known is not None and known.status is not None:
                contact.status = known.status
                contact.client, contact.picture = known.client, known.picture

    def handle_SYN(self, command: Command) -> None:
        """The answer to a SYN that was given up."""
        SyncReply.from_command(command)

    def handle_LST(self, command: Command) -> None:
        """An entry of a list that was asked for by itself."""
        entry = ListEntry.from_command(command, self.dialect)
        self._collect(command.trid, entry, entry.index, entry.total)

    def handle_LSG(self, command: Command) -> None:
        """A group; the groups were asked for by themselves."""
        entry = GroupEntry.from_command(command, self._number)
        if entry.total and entry.group_id:
            self._setGroup(groupId(entry.group_id), entry.name)
        self._collect(command.trid, entry, entry.index, entry.total)

    def handle_GTC(self, command: Command) -> None:
        """What to do when somebody adds us."""
        setting = Setting.from_command(command)
        self.contacts.autoAdd = int(setting.value == "N")
        self._settingChanged(command, setting)

    def handle_BLP(self, command: Command) -> None:
        """How who is on no list is treated."""
        setting = Setting.from_command(command)
        self.contacts.privacy = setting.value.lower()
        self._settingChanged(command, setting)

    def _settingChanged(self, command: Command, setting: Setting) -> None:
        version = self._version(setting.version)
        self._answer(command.trid, (version, setting.value.lower()))
        self._tell(events.SettingChanged(setting.name, setting.value))

    def handle_PRP(self, command: Command) -> None:
        """A property of our own."""
        found = Property.from_command(command)
        if found.key == SCREEN_NAME:
            self.screenName = found.value
        else:
            if found.key not in self.contacts.phones:
                self._checkRoom(self.contacts.phones, MAX_KEPT_GROUPS, "properties")
            self.contacts.phones[found.key] = found.value or None
        self._answer(command.trid, (self._version(found.version), found.value))
        self._tell(events.SettingChanged(found.key, found.value))

    def handle_BPR(self, command: Command) -> None:
        """A contact's property."""
        found = Property.from_command(command)
        contact = self.contacts.getContact(found.handle) if found.handle else None
        self._phone(contact, found, self._version(found.version))

    def _phone(
        self, contact: MSNContact | None, found: Property, version: int | str | None
    ) -> None:
        if contact is not None:
            apply_property(contact, found)
        self.gotPhoneNumber(version, found.handle, found.key, found.value)
        self._tell(events.PhoneChanged(found.handle, found.key, found.value, version))

    def _version(self, text: str | None) -> int | str | None:
        """Note the list's version that a line tells, and return it."""
        if text is None:
            return None
        self.contacts.version = groupId(text)
        return self.contacts.version

    # Changes of lists and groups.

    def handle_ADD(self, command: Command) -> None:
        """Somebody is on a list now."""
        change = ContactChange.from_reply(command, self._number)
        contact = self._find(change)
        if contact is None:
            self._checkRoom(self.contacts.contacts, MAX_CONTACTS, "contacts")
            handle = change.handle or change.contact_id or ""
            contact = MSNContact(handle, change.name or handle)
            self.contacts.addContact(contact)
        if change.name and change.list_bit == FORWARD_LIST and not change.group:
            contact.screenName = change.name
        contact.addToList(change.list_bit)
        contact.contactID = change.contact_id or contact.contactID
        group = None if change.group is None else groupId(change.group)
        if group is not None and group not in contact.groups:
            self._checkRoom(contact.groups, MAX_KEPT_GROUPS, "groups")
            contact.groups.append(group)
        self._changed(change, contact.userHandle, group)
        if change.list_bit == REVERSE_LIST and not change.trid:
            version, name = self._version(change.version), change.name or ""
            self.userAddedMe(contact.userHandle, name, version)
            self._tell(events.AddedBy(contact.userHandle, name, version))

    handle_ADC = handle_ADD  # noqa: N815 - the same from MSNP10 on

    def handle_REM(self, command: Command) -> None:
        """Somebody is off a list now, or out of a group."""
        change = ContactChange.from_reply(command, self._number)
        contact = self._find(change)
        handle = contact.userHandle if contact else change.handle
        group = None if change.group is None else groupId(change.group)
        if contact is not None and group is not None:
            contact.groups = [each for each in contact.groups if each != group]
            if not contact.groups and self._number < 10:
                contact.groups = [0]  # the group that always exists
        elif contact is not None:
            contact.removeFromList(change.list_bit)
            if change.list_bit == FORWARD_LIST:
                contact.groups, contact.contactID = [], None
            if not contact.lists:
                self.contacts.remContact(contact.userHandle)
        self._changed(change, handle, group)
        if change.list_bit == REVERSE_LIST and not change.trid:
            version = self._version(change.version)
            self.userRemovedMe(handle, version)
            self._tell(events.RemovedBy(handle, version))

    def _checkRoom(self, kept: Sized, limit: int, what: str) -> None:
        """Check that one more can be kept: a server may send lines for ever.

        Raises:
            RemoteProtocolError: there are too many; the line is told as a bad one.
        """
        if len(kept) >= limit:
            raise RemoteProtocolError(f"more than {limit} {what}")

    def _find(self, change: ContactChange) -> MSNContact | None:
        """Return the contact that a change is about, if it is known."""
        found = self.contacts.getContact(change.handle) if change.handle else None
        return found or self.contacts.findID(change.contact_id or "-")

    def _changed(
        self, change: ContactChange, handle: str, group: int | str | None
    ) -> None:
        """Answer the request for a change, and tell of it."""
        version = self._version(change.version)
        self._answer(change.trid, (change.list_bit, handle, version, group))
        self._tell(events.ContactChanged(change.adds, change.list_bit, handle, group))

    def handle_ADG(self, command: Command) -> None:
        """A group was made, renamed or removed."""
        reply = GroupReply.from_command(command, self._number)
        asked = self._groupRequests.pop(reply.trid, ("", ""))
        group = groupId(reply.group_id if reply.group_id is not None else asked[0])
        name = reply.name if reply.name is not None else asked[1]
        version = self._version(reply.version)
        if reply.action == "RMG":
            name = self.contacts.groups.get(group, name)
            self._removeGroup(group)
            self._answer(reply.trid, (version, group))
        else:
            self._setGroup(group, name)
            result = (version, name, group)
            if reply.action == "REG":
                result = (version, group, name)  # type: ignore[assignment]
            self._answer(reply.trid, result)
        self._tell(events.GroupChanged(reply.action, group, name))

    handle_RMG = handle_REG = handle_ADG  # noqa: N815

    def _setGroup(self, group: GroupId, name: str) -> None:
        if group not in self.contacts.groups:
            self._checkRoom(self.contacts.groups, MAX_KEPT_GROUPS, "groups")
        self.contacts.setGroup(group, name)

    def _removeGroup(self, group: int | str) -> None:
        """Forget a group; up to MSNP9 who was in no other leaves the forward list."""
        only = [c for c in self.contacts.contacts.values() if c.groups == [group]]
        self.contacts.remGroup(group)
        if self._number >= 10:
            return
        for contact in only:
            contact.removeFromList(FORWARD_LIST)
            if not contact.lists:
                self.contacts.remContact(contact.userHandle)

    def handle_REA(self, command: Command) -> None:
        """A new friendly name, ours or a contact's."""
        change = NameChange.from_reply(command)
        contact = self.contacts.getContact(change.handle)
        if change.handle.lower() == self.userHandle.lower():
            self.screenName = change.name
        elif contact is not None:
            contact.screenName = change.name
        self._answer(command.trid, (self._version(change.version), change.name))

    def handle_SBP(self, command: Command) -> None:
        """What we call a contact was stored."""
        self._answer(command.trid, command.args)

    # Presence.

    def handle_CHG(self, command: Command) -> None:
        """Our own state."""
        change = StatusChange.from_command(command)
        self.status = change.status
        asked = self._answer(command.trid, (change.status,))
        if not asked:
            self.statusChanged(change.status)
        self._tell(events.StatusChanged(change.status, asked))

    def handle_ILN(self, command: Command) -> None:
        """How a contact is."""
        presence = self._presence(command)
        self.gotContactStatus(presence.status, presence.handle, presence.name)
        self._tellPresence(presence, True)

    def handle_NLN(self, command: Command) -> None:
        """A contact's new state, name or picture."""
        presence = self._presence(command)
        self.contactStatusChanged(presence.status, presence.handle, presence.name)
        self._tellPresence(presence, False)

    def handle_FLN(self, command: Command) -> None:
        """A contact went offline."""
        presence = self._presence(command)
        self.contactOffline(presence.handle)
        self._tell(events.ContactOffline(presence.handle))

    def _presence(self, command: Command) -> Presence:
        """Read presence, and note it where the contact is known."""
        presence = Presence.from_command(command, self._number)
        contact = self.contacts.getContact(presence.handle)
        if contact is not None:
            contact.status = presence.status
            contact.screenName = presence.name or contact.screenName
            contact.client, contact.picture = presence.client, presence.picture
        return presence

    def _tellPresence(self, seen: Presence, initial: bool) -> None:
        self._tell(
            events.PresenceChanged(
                seen.handle, seen.status, seen.name, seen.client, seen.picture, initial
            )
        )

    def handle_UBX(self, command: Command) -> None:
        """A contact's personal message."""
        handle, message = read_update(command)
        contact = self.contacts.getContact(handle)
        if contact is not None and len(command.payload or b"") <= MAX_UUX:
            contact.personalMessage = message  # longer ones are told, but not kept
        self.gotPersonalMessage(handle, message)
        self._tell(events.PersonalMessageChanged(handle, message))

    def handle_RNG(self, command: Command) -> None:
        """Somebody calls."""
        call = Invitation.from_command(command)
        where = (*call.address, call.cookie)
        self.gotSwitchboardInvitation(call.session, *where, call.handle, call.name)
        self._tell(
            events.SwitchboardInvitation(call.session, *where, call.handle, call.name)
        )

    # Lines that tell nothing.

    def handle_UUX(self, command: Command) -> None:
        """Our personal message was taken."""
        self._answer(command.trid)

    def handle_GCF(self, command: Command) -> None:
        """A policy file."""
        self._answer(command.trid, command.payload or b"")

    def handle_URL(self, command: Command) -> None:
        """Where a web page is."""
        self._answer(command.trid, command.args)

    handle_CVR = handle_SND = handle_SDC = handle_IMS = handle_URL  # noqa: N815

    def handle_SBS(self, command: Command) -> None:
        """A line of MSNP11 that nobody needs."""


__kamaelia_components__ = (MSNNotificationClient,)
