"""What the MSN clients tell on `heard`: one tuple for each thing that happens.

Each is told beside the call of the hook method that is named in brackets, so that a
program can subclass a client or listen to its box, as it likes.
"""

from typing import NamedTuple

from Kamaelia.Protocol.MSN.Contacts import MSNContactList
from Kamaelia.Protocol.MSN.Message import MSNMessage
from Kamaelia.Protocol.MSN.wire.alerts import Alert
from Kamaelia.Protocol.MSN.wire.capabilities import ClientId
from Kamaelia.Protocol.MSN.wire.contents import Content
from Kamaelia.Protocol.MSN.wire.invitation import Accept
from Kamaelia.Protocol.MSN.wire.notices import Notice, Profile
from Kamaelia.Protocol.MSN.wire.outcome import Outcome
from Kamaelia.Protocol.MSN.wire.personal_message import PersonalMessage

__all__ = [
    "AddedBy",
    "AlertReceived",
    "BadLine",
    "ContactChanged",
    "ContactOffline",
    "Disconnected",
    "Entered",
    "ErrorReceived",
    "FileAccepted",
    "FileListening",
    "FileOfferEnded",
    "FileOffered",
    "GroupChanged",
    "InkReceived",
    "InvitationInvalid",
    "Joined",
    "Left",
    "ListsSynchronized",
    "MessageReceived",
    "NoticeReceived",
    "ParticipantsListed",
    "PersonalMessageChanged",
    "PhoneChanged",
    "PictureReceived",
    "PresenceChanged",
    "ProfileReceived",
    "Referred",
    "RemovedBy",
    "RequestRefused",
    "SettingChanged",
    "SignOnFailed",
    "SignedOff",
    "SignedOn",
    "StatusChanged",
    "SwitchboardInvitation",
    "TransferEnded",
    "TransferProgress",
    "TypingSeen",
    "UnknownCommand",
]

# Any client.


class Disconnected(NamedTuple):
    """The connection is gone; nothing comes after this [connectionLost].

    Attributes:
        reason: why, for people.
        expected: whether we ended it.
    """

    reason: str
    expected: bool


class BadLine(NamedTuple):
    """A line from the server made no sense and was passed over [gotBadLine].

    Attributes:
        line: what came.
        reason: what is wrong with it.
    """

    line: str
    reason: str


class UnknownCommand(NamedTuple):
    """A command that is not known was passed over [handle_UNKNOWN].

    Attributes:
        name: its name.
        params: what follows it on the line.
    """

    name: str
    params: tuple[str, ...]


class ErrorReceived(NamedTuple):
    """An error that belongs to no request of ours [gotError].

    Attributes:
        code: its number.
        meaning: what it says.
        fatal: whether the server closes the connection.
    """

    code: int
    meaning: str
    fatal: bool


class RequestRefused(NamedTuple):
    """A request failed; its Reply failed as well.

    Attributes:
        request: the command that was sent.
        trid: its transaction id.
        code: the error's number; None: no answer came in time.
        meaning: what it says.
    """

    request: str
    trid: int | None
    code: int | None
    meaning: str


# Dispatch and notification.


class Referred(NamedTuple):
    """Go on at another server [gotNotificationReferral].

    Attributes:
        host: its address.
        port: its port.
    """

    host: str
    port: int


class SignedOn(NamedTuple):
    """We are signed on [loggedIn].

    Attributes:
        handle: the account as the server writes it.
        name: its friendly name; the handle where the server doesn't tell (MSNP10).
        verified: whether its address is confirmed; None before MSNP6.
        dialect: the number of the dialect that is spoken.
    """

    handle: str
    name: str
    verified: bool | None
    dialect: int


class SignOnFailed(NamedTuple):
    """We are not signed on [loginFailure].

    Attributes:
        kind: "credentials" (wrong handle or password), "busy" (try later), "server"
            (begin again at the dispatch server), "refused" (trying again is no use),
            "version" (no common dialect), "timeout", "passport" (its server cannot
            be reached or makes no sense).
        code: the error's number; None where there is none.
        meaning: what happened, for people.
    """

    kind: str
    code: int | None
    meaning: str


class ProfileReceived(NamedTuple):
    """What the service knows of us [gotProfile]."""

    profile: Profile


class ListsSynchronized(NamedTuple):
    """The contact list is there [listSynchronized].

    Attributes:
        contacts: the list; the client keeps it up to date from here on.
        current: whether the server said that the list we had is up to date.
    """

    contacts: MSNContactList
    current: bool


class StatusChanged(NamedTuple):
    """Our own state, confirmed or set by the server [statusChanged when unasked].

    Attributes:
        code: three letters.
        asked: whether we had asked for it.
    """

    code: str
    asked: bool


class PresenceChanged(NamedTuple):
    """A contact is online [gotContactStatus, contactStatusChanged].

    Attributes:
        handle: who.
        status: three letters.
        name: friendly name.
        client: what the contact's client can do; from MSNP8 on.
        picture: the XML of its picture's MSNObject, or None; from MSNP9 on.
        initial: whether this is how things were when we came.
    """

    handle: str
    status: str
    name: str
    client: ClientId | None
    picture: str | None
    initial: bool


class ContactOffline(NamedTuple):
    """A contact went offline [contactOffline]."""

    handle: str


class PhoneChanged(NamedTuple):
    """A contact's phone number or other property [gotPhoneNumber].

    Attributes:
        handle: whose.
        kind: PHH, PHW, PHM, MOB ...
        value: the new value; empty: it is not set.
        version: of the list; None from MSNP10 on and in late lines of MSNP8.
    """

    handle: str
    kind: str
    value: str
    version: int | str | None


class PersonalMessageChanged(NamedTuple):
    """A contact's personal message or music [gotPersonalMessage]."""

    handle: str
    message: PersonalMessage


class AddedBy(NamedTuple):
    """Somebody has added us [userAddedMe]: allow or block them.

    Attributes:
        handle: who.
        name: friendly name.
        version: of the list, up to MSNP9.
    """

    handle: str
    name: str
    version: int | str | None


class RemovedBy(NamedTuple):
    """Somebody has removed us [userRemovedMe]."""

    handle: str
    version: int | str | None


class ContactChanged(NamedTuple):
    """A list of ours has changed, by us or from another place we are signed on.

    Attributes:
        adds: whether somebody was added.
        list: the list's bit.
        handle: who.
        group: the group that was joined or left; None: the list itself.
    """

    adds: bool
    list: int
    handle: str
    group: int | str | None


class GroupChanged(NamedTuple):
    """A group was made, renamed or removed.

    Attributes:
        action: "ADG", "REG" or "RMG".
        id: the group's.
        name: its name; the old one when it was removed.
    """

    action: str
    id: int | str
    name: str


class SettingChanged(NamedTuple):
    """A property or setting of our own, told by the server.

    Attributes:
        key: BLP, GTC, PHH, MFN ...
        value: the new value.
    """

    key: str
    value: str


class SwitchboardInvitation(NamedTuple):
    """Somebody calls us into a conversation [gotSwitchboardInvitation].

    Attributes:
        session_id: the conversation's.
        host: the switchboard's address.
        port: its port.
        key: proof for it.
        handle: who calls.
        name: friendly name.
    """

    session_id: str
    host: str
    port: int
    key: str
    handle: str
    name: str


class NoticeReceived(NamedTuple):
    """Mail, or a shutdown to come [gotNotice]."""

    notice: Notice


class AlertReceived(NamedTuple):
    """An alert of a web site, or (page) a page for us [gotAlert].

    Attributes:
        alert: what it says.
        page: whether it is a page.
    """

    alert: Alert
    page: bool


class SignedOff(NamedTuple):
    """The server ends the session [multipleLogin, serverGoingDown, loggedOut].

    Attributes:
        reason: "OTH" signed on elsewhere, "SSD" the server shuts down, "MIG", "TOU",
            "RCT", another, or "".
        minutes: with "RCT", when to come back; None: not said.
    """

    reason: str
    minutes: int | None

    @property
    def may_return(self) -> bool:
        """Whether signing on again by itself is right."""
        return self.reason not in ("OTH", "TOU")


# Switchboard.


class Entered(NamedTuple):
    """We are in a conversation [loggedIn]."""

    session_id: str


class ParticipantsListed(NamedTuple):
    """Who is in the conversation that we were called into [gotChattingUsers].

    Attributes:
        users: handle -> friendly name.
    """

    users: dict[str, str]


class Joined(NamedTuple):
    """Somebody has joined [userJoined].

    Attributes:
        handle: who.
        name: friendly name.
        client: what the client can do; from MSNP12 on.
    """

    handle: str
    name: str
    client: ClientId | None


class Left(NamedTuple):
    """Somebody has left [userLeft].

    Attributes:
        handle: who.
        idle: whether the server has ended an idle conversation.
    """

    handle: str
    idle: bool


class MessageReceived(NamedTuple):
    """Somebody says something [gotMessage].

    Attributes:
        handle: who.
        name: friendly name.
        content: what it means: Text, Datacast (a nudge ...), Emoticons, Ink,
            ClientCaps, or Message where it isn't known.
        message: the message itself.
    """

    handle: str
    name: str
    content: Content
    message: MSNMessage


class TypingSeen(NamedTuple):
    """Somebody is typing [userTyping]; lasts six to ten seconds."""

    handle: str


class InvitationInvalid(NamedTuple):
    """An application invitation that makes no sense [gotInvalidInvitation].

    Attributes:
        handle: who sent it.
        reason: what is wrong.
        answered: whether it was refused; otherwise it was ignored.
    """

    handle: str
    reason: str
    answered: bool


class FileOffered(NamedTuple):
    """Somebody offers a file [gotSendRequest, by MSNFTP only].

    Attributes:
        handle: who.
        name: as the sender wrote it: never open a file by it.
        size: bytes.
        transfer: names the offer: a cookie (MSNFTP) or a session (P2P).
        preview: a small PNG, or b"".
        p2p: which of the two carries it.
    """

    handle: str
    name: str
    size: int
    transfer: int
    preview: bytes
    p2p: bool


class FileListening(NamedTuple):
    """A transfer waits to be connected to.

    Attributes:
        transfer: which.
        host: the address that it listens at.
        port: the port.
    """

    transfer: int
    host: str
    port: int


class FileAccepted(NamedTuple):
    """Somebody takes a file that we offered by MSNFTP [fileAccepted].

    Attributes:
        handle: who.
        transfer: its cookie.
        accept: with the address to connect to, if the other side listens.
    """

    handle: str
    transfer: int
    accept: Accept


class FileOfferEnded(NamedTuple):
    """An offer by MSNFTP was cancelled [fileCancelled].

    Attributes:
        handle: by whom.
        transfer: its cookie.
        reason: REJECT, TIMEOUT, FTTIMEOUT, FAIL ...
    """

    handle: str
    transfer: int
    reason: str


class TransferProgress(NamedTuple):
    """Some of a file has gone.

    Attributes:
        transfer: which; as in FileOffered, or as given to the component.
        done: bytes so far.
        total: bytes of the file.
    """

    transfer: int
    done: int
    total: int


class TransferEnded(NamedTuple):
    """A file is there, or will not be.

    Attributes:
        transfer: which.
        outcome: only COMPLETED leaves a file.
        reason: for people.
        path: of a file that we received, else "".
    """

    transfer: int
    outcome: Outcome
    reason: str
    path: str


class InkReceived(NamedTuple):
    """A drawing that came over P2P.

    Attributes:
        handle: whose.
        data: a GIF, or Microsoft's ink format.
        is_gif: which of them.
    """

    handle: str
    data: bytes
    is_gif: bool


class PictureReceived(NamedTuple):
    """A display picture or emoticon that we asked for.

    Attributes:
        handle: whose.
        data: the picture; size and digest agree with the MSNObject.
        sha1d: its digest, as the MSNObject has it.
    """

    handle: str
    data: bytes
    sha1d: str
