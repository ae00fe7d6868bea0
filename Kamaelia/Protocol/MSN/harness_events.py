"""What MSNHarness tells: tuples that begin with their kind.

Some have more in attributes. Kinds that an AIM client tells too are alike.

    ("signed on", name)                     SignedOn: handle, dialect
    ("buddy list", {group: [handles]})      BuddyList: contacts
    ("buddy online", {"name": ...})         BuddyChange: so are the next two
    ("buddy offline", {"name": ...})
    ("buddy changed", {"name": ...})        state, name or picture
    ("personal message", buddy, text)       PersonalMessage: media
    ("message", sender, text)               Message: name, format, others
    ("typing", buddy, "typing")             Typing
    ("nudge", buddy)                        Nudge
    ("joined", buddy), ("left", buddy)      Presence: others
    ("accepted", buddy)                     Accepted: a message was delivered
    ("undelivered", buddy, text)            Undelivered: reason
    ("picture", buddy, data)                Picture
    ("file offered", buddy, name, size, transfer)   FileOffered: preview
    ("offering file", buddy, name, size, transfer)  OfferingFile: of ours
    ("file progress", transfer, done, total)        FileProgress
    ("file ended", transfer, path, reason)          FileEnded: outcome
    ("added you", buddy), ("removed you", buddy)    AddedYou, RemovedYou
    ("status", code)                        Status: our own
    ("notice", text)                        Notice: of the server
    ("error", text)                         Failure: code, about
    ("disconnected", text)                  Disconnected: retry_in, code
"""

from typing import NamedTuple, Self

from Kamaelia.Protocol.MSN.Contacts import MSNContactList
from Kamaelia.Protocol.MSN.wire.outcome import Outcome
from Kamaelia.Protocol.MSN.wire.personal_message import Media
from Kamaelia.Protocol.MSN.wire.text_format import TextFormat

__all__ = [
    "Accepted",
    "AddedYou",
    "BuddyChange",
    "BuddyList",
    "Disconnected",
    "Failure",
    "FileEnded",
    "FileOffered",
    "FileProgress",
    "Message",
    "Notice",
    "Nudge",
    "OfferingFile",
    "PersonalMessage",
    "Picture",
    "Presence",
    "RemovedYou",
    "SignedOn",
    "Status",
    "Typing",
    "Undelivered",
]


class _Named(NamedTuple):
    kind: str
    name: str


class SignedOn(_Named):
    """("signed on", name).

    Attributes:
        handle: the account.
        dialect: number of the dialect that is spoken.
    """

    handle: str = ""
    dialect: int = 0

    @classmethod
    def of(cls, name: str, handle: str, dialect: int) -> Self:
        """Return an event with these attributes."""
        made = cls("signed on", name)
        made.handle, made.dialect = handle, dialect
        return made


class _Groups(NamedTuple):
    kind: str
    groups: dict[str, list[str]]


class BuddyList(_Groups):
    """("buddy list", {group: [handles]}); who is in no group is under "".

    Attributes:
        contacts: the whole list, with all that is known.
    """

    contacts: MSNContactList

    @classmethod
    def of(cls, contacts: MSNContactList) -> Self:
        """Return an event about a list."""
        groups: dict[str, list[str]] = {name: [] for name in contacts.groups.values()}
        for contact in contacts.getContacts().values():
            names = [contacts.groups.get(group, "") for group in contact.groups]
            for name in names or [""]:
                groups.setdefault(name, []).append(contact.userHandle)
        made = cls("buddy list", groups)
        made.contacts = contacts
        return made


class BuddyChange(NamedTuple):
    """("buddy online", {...}), ("buddy offline", {...}), ("buddy changed", {...}).

    Attributes:
        kind: which of them.
        buddy: name (the handle), screen name, status (three letters), away.
    """

    kind: str
    buddy: dict[str, str | bool]


class PersonalMessage(NamedTuple):
    """("personal message", buddy, text).

    Attributes:
        kind: "personal message".
        buddy: whose.
        text: what it says; or what is played, where it says nothing.
    """

    kind: str
    buddy: str
    text: str

    @classmethod
    def of(cls, buddy: str, text: str, media: Media | None) -> Self:
        """Return an event."""
        return cls("personal message", buddy, text or (media.text if media else ""))


class _MessageTuple(NamedTuple):
    kind: str
    sender: str
    text: str


class Message(_MessageTuple):
    """("message", sender, text).

    Attributes:
        name: the sender's friendly name.
        format: font and colour; None: as the reader likes.
        others: who else is in the conversation.
    """

    name: str = ""
    format: TextFormat | None = None
    others: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        sender: str,
        text: str,
        name: str = "",
        look: TextFormat | None = None,
        others: tuple[str, ...] = (),
    ) -> Self:
        """Return an event with these attributes."""
        made = cls("message", sender, text)
        made.name, made.format, made.others = name, look, others
        return made


class Typing(NamedTuple):
    """("typing", buddy, "typing"); lasts some seconds."""

    kind: str
    buddy: str
    state: str


class Nudge(NamedTuple):
    """("nudge", buddy)."""

    kind: str
    buddy: str


class _Buddy(NamedTuple):
    kind: str
    buddy: str


class Presence(_Buddy):
    """("joined", buddy), ("left", buddy): in a conversation.

    Attributes:
        others: who is there beside that buddy.
    """

    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, kind: str, buddy: str, others: tuple[str, ...]) -> Self:
        """Return an event with these attributes."""
        made = cls(kind, buddy)
        made.others = others
        return made


class Accepted(NamedTuple):
    """("accepted", buddy): a message to that buddy was delivered."""

    kind: str
    buddy: str


class _Text(NamedTuple):
    kind: str
    buddy: str
    text: str


class Undelivered(_Text):
    """("undelivered", buddy, text).

    Attributes:
        reason: why, for people.
        code: the error's number, or None.
    """

    reason: str = ""
    code: int | None = None

    @classmethod
    def of(cls, buddy: str, text: str, reason: str, code: int | None) -> Self:
        """Return an event with these attributes."""
        made = cls("undelivered", buddy, text)
        made.reason, made.code = reason, code
        return made


class Picture(NamedTuple):
    """("picture", buddy, data): a display picture that was asked for."""

    kind: str
    buddy: str
    data: bytes


class _Offer(NamedTuple):
    kind: str
    buddy: str
    name: str
    size: int
    transfer: int


class FileOffered(_Offer):
    """("file offered", buddy, name, size, transfer); answer by the transfer's number.

    Attributes:
        preview: a small PNG, or b"".
    """

    preview: bytes = b""


class OfferingFile(NamedTuple):
    """("offering file", buddy, name, size, transfer): a file of ours was offered.

    From now on it can be cancelled, by the transfer's number.
    """

    kind: str
    buddy: str
    name: str
    size: int
    transfer: int


class FileProgress(NamedTuple):
    """("file progress", transfer, done, total)."""

    kind: str
    transfer: int
    done: int
    total: int


class _End(NamedTuple):
    kind: str
    transfer: int
    path: str
    reason: str


class FileEnded(_End):
    """("file ended", transfer, path, reason); the path of a received file, or "".

    Attributes:
        outcome: only COMPLETED means that all has arrived.
    """

    outcome: Outcome

    @classmethod
    def of(cls, transfer: int, path: str, reason: str, outcome: Outcome) -> Self:
        """Return an event with these attributes."""
        made = cls("file ended", transfer, path, reason)
        made.outcome = outcome
        return made


class AddedYou(NamedTuple):
    """("added you", buddy): answer ("allow", buddy) or ("block", buddy)."""

    kind: str
    buddy: str


class RemovedYou(NamedTuple):
    """("removed you", buddy)."""

    kind: str
    buddy: str


class Status(NamedTuple):
    """("status", code): our own state as the server has it."""

    kind: str
    code: str


class Notice(NamedTuple):
    """("notice", text): mail, an alert, a shutdown to come."""

    kind: str
    text: str


class _Said(NamedTuple):
    kind: str
    text: str


class Failure(_Said):
    """("error", text).

    Attributes:
        code: the error's number, or None.
        about: what was asked for: the tuple's kind, or a command; or "".
    """

    code: int | None = None
    about: str = ""

    @classmethod
    def of(cls, text: str, code: int | None = None, about: str = "") -> Self:
        """Return an event with these attributes."""
        made = cls("error", text)
        made.code, made.about = code, about
        return made


class Disconnected(_Said):
    """("disconnected", text).

    Attributes:
        retry_in: seconds until it tries again by itself; None: it won't.
        code: the error's number, or None.
        reason: as in events.SignOnFailed or events.SignedOff; "lost" otherwise.
    """

    retry_in: float | None = None
    code: int | None = None
    reason: str = ""

    @classmethod
    def of(
        cls, text: str, retry_in: float | None, reason: str, code: int | None = None
    ) -> Self:
        """Return an event with these attributes."""
        made = cls("disconnected", text)
        made.retry_in, made.reason, made.code = retry_in, reason, code
        return made
