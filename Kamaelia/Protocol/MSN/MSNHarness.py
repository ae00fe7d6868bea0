"""MSNHarness: a whole MSN client behind one inbox and one outbox.

    Graphline(
        msn=MSNHarness("ann@example.com", "secret", "127.0.0.1",
                       nexus="http://127.0.0.1:8080"),
        bot=Bot(),
        linkages={
            ("bot", "outbox"): ("msn", "inbox"),
            ("msn", "outbox"): ("bot", "inbox"),
            ("bot", "signal"): ("msn", "control"),
        },
    ).run()

What goes in:

    ("message", buddy, text), ("message", buddy, text, TextFormat)
    ("typing", buddy), ("nudge", buddy)
    ("invite", buddy, other), ("leave", buddy)      conversations
    ("status", code), ("name", text), ("personal message", text)
    ("add", buddy), ("remove", buddy)
    ("add", buddy, group)                           by name, made if need be; or by id
    ("allow", buddy), ("block", buddy), ("unblock", buddy)
    ("list",)                                       tell the buddy list again
    ("send file", buddy, path), ("accept file", transfer, folder)
    ("cancel file", transfer)                       or decline it
    ("set picture", bytes), ("picture", buddy)      ours, and to fetch a buddy's
    ("sign off",)

What comes out stands in Kamaelia.Protocol.MSN.harness_events.
"""

import logging
from collections.abc import Callable
from typing import Any

from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN import harness_events as told
from Kamaelia.Protocol.MSN.Contacts import GroupId, groupId
from Kamaelia.Protocol.MSN.HarnessBase import Session
from Kamaelia.Protocol.MSN.HarnessFiles import HarnessFiles
from Kamaelia.Protocol.MSN.Replies import Reply
from Kamaelia.Protocol.MSN.wire.encoding import is_handle
from Kamaelia.Protocol.MSN.wire.limits import MAX_CONTACTS
from Kamaelia.Protocol.MSN.wire.lists import (
    ALLOW_LIST,
    BLOCK_LIST,
    FORWARD_LIST,
    PENDING_LIST,
)
from Kamaelia.Protocol.MSN.wire.status import STATUS_OFFLINE, STATUS_ONLINE
from Kamaelia.Protocol.wire.errors import ProtocolError

__all__ = ["MSNHarness"]

logger = logging.getLogger(__name__)


class MSNHarness(HarnessFiles):
    """Signs on and stays signed on; opens conversations as they are needed.

    What comes in before it is signed on waits. When the connection is lost, or the
    server goes down, it signs on again after a while, longer each time; not when the
    password is wrong or the account signed on elsewhere. It ends then, or when
    `control` tells it to stop, after saying good-bye. On a producerFinished it first
    sends the messages that were given to it, if that can be done in some seconds.

    Args:
        handle: the account, an address.
        password: its password.
        server: host of the dispatch or notification server.
        port: its port.
        nexus: address of the Passport nexus (MSNP8 and later).
        versions: numbers of the dialects to offer.
        status: the state to take.
        reconnect: whether to sign on again after the connection is lost.
        backoff: seconds before the first try, and at most.
        verify: whether and how to verify Passport's certificate, as httpx takes it.
        timeout: seconds to wait for an answer.
        passport: coroutine function (handle, password, challenge) -> ticket to use
            instead of Passport over HTTP.
        transport: called with host and port; returns what carries bytes.
        argd: `address`, `listenAt`, `ports`, `roomIdle`, `maxRooms`.

    Attributes:
        contacts: the contact list.
        ready: whether it is signed on and has the list.
        rooms: the conversations that go on.
    """

    Inboxes = {
        **HarnessFiles.Inboxes,
        "_transfers": "what file transfers tell",
    }

    def __init__(self, *args: Any, **argd: Any) -> None:
        super().__init__(*args, **argd)
        self._online: set[str] = set()  # handles in small letters
        self._commands: dict[str, Callable[..., Any]] = {
            "message": self.sendText,
            "typing": lambda buddy, *_: self.sendTyping(buddy),
            "nudge": self.sendNudge,
            "invite": self.invite,
            "leave": self.leave,
            "status": self._setStatus,
            "name": lambda text: self._ns.changeScreenName(text),
            "personal message": lambda text: self._ns.setPersonalMessage(text),
            "add": self._add,
            "remove": lambda buddy: self._ns.remContact(FORWARD_LIST, buddy),
            "allow": self._allow,
            "block": lambda buddy: self._ns.blockContact(buddy),
            "unblock": lambda buddy: self._ns.unblockContact(buddy),
            "list": lambda: self._say(told.BuddyList.of(self.contacts)),
            "send file": self.sendFile,
            "accept file": self.acceptFile,
            "cancel file": self.cancelFile,
            "set picture": self.setPicture,
            "picture": self.fetchPicture,
            "sign off": self._signOff,
        }

    @property
    def _ns(self) -> Session:
        """The session."""
        assert self._session is not None
        return self._session

    # What is asked for.

    def _perform(self, command: Any) -> None:
        """Do what `inbox` asks for; tell what is wrong with it."""
        kind, *arguments = command if isinstance(command, tuple) else (command,)
        act = self._commands.get(kind)
        if act is None:
            known = ", ".join(sorted(self._commands))
            text = f"cannot do {kind!r}; there are {known}"
            self._say(told.Failure.of(text, None, str(kind)))
            return
        try:
            reply = act(*arguments)
        except (ProtocolError, ValueError, OSError) as error:
            self._say(told.Failure.of(str(error), None, kind))
            return
        except (TypeError, AttributeError) as error:  # a number for a name, say
            logger.warning("%s %r: %s", kind, arguments, error, exc_info=True)
            self._say(told.Failure.of(str(error), None, kind))
            return
        if isinstance(reply, Reply):
            reply.addErrback(self._refused, kind)

    def _refused(self, error: Any, kind: str) -> None:
        text = getattr(error, "meaning", None) or str(error)
        self._say(told.Failure.of(text, getattr(error, "code", None), kind))

    def _setStatus(self, code: str) -> Reply:
        reply = self._ns.changeStatus(code)
        self.status = code.upper()
        return reply

    def _add(self, buddy: str, group: GroupId | None = 0) -> Reply:
        """Put a buddy on the forward list and, unless decided already, allow them."""
        known = self._groupOf(group)
        if known is None and group is not None and is_handle(buddy):
            reply = self._ns.addListGroup(str(group)).addCallback(
                lambda made: self._ns.addContact(FORWARD_LIST, buddy, made[2])
            )
        else:
            reply = self._ns.addContact(FORWARD_LIST, buddy, known)
        contact = self.contacts.getContact(buddy)
        if contact is None or not contact.lists & (ALLOW_LIST | BLOCK_LIST):
            reply.addCallback(lambda _: self._ns.addContact(ALLOW_LIST, buddy))
        return reply

    def _groupOf(self, group: GroupId | None) -> GroupId | None:
        """Return the id of a group that is given by id or name; None: there is none."""
        groups = self.contacts.groups
        if not isinstance(group, str) or groupId(group) in groups:
            return group
        wanted = group.casefold()
        return next(
            (i for i, name in groups.items() if name.casefold() == wanted), None
        )

    def _allow(self, buddy: str) -> Reply:
        """Let somebody in who has added us."""
        contact = self.contacts.getContact(buddy)
        waits = contact is not None and contact.lists & PENDING_LIST
        if contact is not None and contact.lists & BLOCK_LIST:
            return self._ns.unblockContact(buddy)
        reply = self._ns.addContact(ALLOW_LIST, buddy)
        if waits:
            reply.addCallback(lambda _: self._ns.remContact(PENDING_LIST, buddy))
        return reply

    def _signOff(self) -> None:
        self._finished = "signed off"

    # What happens.

    def _event(self, client: Any, event: Any) -> None:
        """Act on what a client tells; then on what transfers tell."""
        super()._event(client, event)
        self._takeTransfers()

    def _takeTransfers(self) -> None:
        while self.dataReady("_transfers"):
            event = self.recv("_transfers")
            self.send(event, "heard")
            self._transferEvent(event)

    def _doDue(self) -> bool:
        """Do the first thing that is due."""
        self._takeTransfers()
        return super()._doDue()

    def _news(self, event: Any) -> None:
        """Tell what a session tells, in the words of a harness."""
        match event:
            case events.PresenceChanged():
                self._presence(event)
            case events.ContactOffline(handle):
                self._offline(handle)
            case events.StatusChanged(code, _):
                self._say(told.Status("status", code))
            case events.AddedBy(handle, _, _):
                self._wasAddedBy(handle)
            case events.RemovedBy(handle, _):
                self._say(told.RemovedYou("removed you", handle))
            case events.SwitchboardInvitation():
                self._called(event)
            case events.PersonalMessageChanged(handle, message):
                said = told.PersonalMessage.of(handle, message.text, message.media)
                self._say(said)
            case events.ProfileReceived(profile):
                self._seenAs = profile.client_ip or ""
            case events.ErrorReceived(code, meaning, _):
                self._say(told.Failure.of(meaning, code))
            case events.NoticeReceived() | events.AlertReceived():
                self._noticed(event)
            case events.RequestRefused():
                self._notDone(event)

    def _notDone(self, refused: events.RequestRefused) -> None:
        """Act on the refusal of what a session asks for by itself."""
        if refused.request == "SYN":
            self._listCame(self.contacts)  # no list to be had: go on without
        elif refused.request == "CHG" and refused.trid == self._ns.first:
            self._say(told.Failure.of(refused.meaning, refused.code, "status"))

    def _presence(self, seen: events.PresenceChanged) -> None:
        """A buddy is online: newly, or in another way than before."""
        key = seen.handle.lower()
        known = key in self._online
        if len(self._online) < MAX_CONTACTS:
            self._online.add(key)
        change = "buddy changed" if known else "buddy online"
        buddy: dict[str, str | bool] = {
            "name": seen.handle,
            "screen name": seen.name,
            "status": seen.status,
            "away": seen.status != STATUS_ONLINE,
        }
        self._say(told.BuddyChange(change, buddy))

    def _offline(self, handle: str) -> None:
        self._online.discard(handle.lower())
        buddy: dict[str, str | bool] = {"name": handle, "status": STATUS_OFFLINE}
        self._say(told.BuddyChange("buddy offline", buddy))

    def _sessionLost(self, reason: str) -> None:
        """Nobody is known to be online any more."""
        super()._sessionLost(reason)
        self._online.clear()

    def _wasAddedBy(self, handle: str) -> None:
        """Ask, or let them in, as the account is set."""
        asks = not (self.contacts.autoAdd and is_handle(handle))
        if not asks and self._session is not None:
            self._allow(handle).addErrback(self._refused, "allow")
        self._say(told.AddedYou("added you", handle))

    def _noticed(self, event: events.NoticeReceived | events.AlertReceived) -> None:
        if isinstance(event, events.AlertReceived):
            text = event.alert.text
        elif event.notice.minutes is not None:
            when = (
                f"in {event.notice.minutes} minutes" if event.notice.minutes else "now"
            )
            text = f"The server goes down {when}"
        elif event.notice.get("Subject") is not None:
            text = (
                f"Mail from {event.notice.get('From')}: {event.notice.get('Subject')}"
            )
        else:
            unread = event.notice.get("Inbox-Unread")
            text = f"{unread} unread mails" if unread else event.notice.content_type
        self._say(told.Notice("notice", text))


__kamaelia_components__ = (MSNHarness,)
