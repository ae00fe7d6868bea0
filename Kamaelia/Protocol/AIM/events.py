"""What an AIM client hears: tuples that say what happened, with more in attributes.

Each event is a plain tuple that begins with its kind, so that it can be unpacked,
compared and matched as in the original; what the original did not have are further
attributes.

    ("signed on", name)                     SignedOn
    ("message", sender, text)               Message: html, is_auto, sent_at, ...
    ("typing", buddy, state)                Typing: "typing", "typed", "stopped"
    ("buddy online", {"name": ...})         BuddyChange: user; so are the next four
    ("buddy offline", {"name": ...})
    ("buddy away", {"name": ...})           went away
    ("buddy back", {"name": ...})           came back
    ("buddy changed", {"name": ...})        anything else: idle, icon, capabilities
    ("buddy list", {group: [names]})        BuddyList
    ("added", buddy), ("removed", buddy)    ListChange: the server's list says so
    ("permitted", buddy), ("unpermitted", buddy), ("denied", buddy),
    ("undenied", buddy)                     the same of who may see us
    ("privacy", mode, permitted, denied)    Privacy: who may see us
    ("offline messages", number)            OfflineMessages: that many were stored
    ("info", buddy, profile, away)          Info: html of both
    ("accepted", buddy)                     Accepted: the server took a message
    ("missed", sender, number, reason)       Missed: messages that did not come through
    ("offer", buddy, what)                  Offer: what this client cannot take up
    ("warned", level, who)                  Warned: level in percent
    ("warning worked", buddy, level)        WarningWorked
    ("own info", {"name": ...})             OwnInfo
    ("asks", buddy, reason)                 Asks: wants to add us (ICQ)
    ("answers", buddy, granted, reason)     Answers
    ("added you", buddy)                    AddedYou
    ("notice", text)                        Notice: the server's word of the day
    ("error", text)                         Failure: code, meaning, url, buddy
    ("disconnected", text)                  Disconnected: code, may_retry
"""

from typing import Any, NamedTuple, Self

from Kamaelia.Protocol.AIM.wire.caps import name_of_cap
from Kamaelia.Protocol.AIM.wire.user_info import UserInfo, status_name

__all__ = [
    "Accepted",
    "AddedYou",
    "Answers",
    "Asks",
    "BuddyChange",
    "BuddyList",
    "Disconnected",
    "Failure",
    "Info",
    "ListChange",
    "Message",
    "Missed",
    "Notice",
    "Offer",
    "OfflineMessages",
    "OwnInfo",
    "Privacy",
    "SignedOn",
    "Typing",
    "Warned",
    "WarningWorked",
    "describe",
]


def describe(user: UserInfo) -> dict[str, Any]:
    """Return what a user-info block tells, by plain names.

    Keys: name, away, idle (minutes), warning (percent), status, since (Unix time),
    capabilities, message (the available message), icq.
    """
    return {
        "name": user.screen_name,
        "away": user.is_away,
        "idle": user.idle_minutes,
        "warning": user.warning / 10,
        "status": status_name(user.status),
        "since": user.signed_on,
        "capabilities": [name_of_cap(cap) for cap in user.caps],
        "message": user.available_message,
        "icq": user.is_icq,
    }


class _MessageTuple(NamedTuple):
    kind: str
    sender: str
    text: str


class Message(_MessageTuple):
    """("message", sender, text): an instant message, its text without markup.

    Attributes:
        html: the text as it came, HTML from AIM users.
        is_auto: an automatic reply: never answer it automatically.
        sent_at: Unix time at which it was sent, for one that the server stored.
        was_stored: the server kept it while we were away.
        wants_typing: the sender takes typing notices.
        user: the sender's user info.
    """

    html: str
    is_auto: bool
    sent_at: int | None
    was_stored: bool
    wants_typing: bool
    user: UserInfo | None

    @classmethod
    def of(
        cls,
        sender: str,
        text: str,
        *,
        html: str = "",
        is_auto: bool = False,
        sent_at: int | None = None,
        was_stored: bool = False,
        wants_typing: bool = False,
        user: UserInfo | None = None,
    ) -> Self:
        """Return an event with these attributes."""
        made = cls("message", sender, text)
        made.html = html or text
        made.is_auto = is_auto
        made.sent_at = sent_at
        made.was_stored = was_stored
        made.wants_typing = wants_typing
        made.user = user
        return made


class _BuddyTuple(NamedTuple):
    kind: str
    info: dict[str, Any]


class BuddyChange(_BuddyTuple):
    """(kind, {"name": ...}): a buddy came, went or changed; see `describe`.

    Attributes:
        user: the user info as it came.
    """

    user: UserInfo

    @classmethod
    def of(cls, kind: str, user: UserInfo) -> Self:
        """Return an event about a buddy who is online."""
        made = cls(kind, describe(user))
        made.user = user
        return made

    @classmethod
    def offline(cls, user: UserInfo) -> Self:
        """Return the event of a buddy who left."""
        made = cls("buddy offline", {"name": user.screen_name})
        made.user = user
        return made


class OwnInfo(_BuddyTuple):
    """("own info", {"name": ...}): what the server says of us; see `describe`.

    Attributes:
        user: the user info as it came.
    """

    user: UserInfo

    @classmethod
    def of(cls, user: UserInfo) -> Self:
        """Return the event."""
        made = cls("own info", describe(user))
        made.user = user
        return made


class _TextTuple(NamedTuple):
    kind: str
    text: str


class Failure(_TextTuple):
    """("error", text): something that was asked for did not work.

    Attributes:
        code: number of the error, 0 when there is none.
        meaning: the code in a few words.
        url: where a person can read more, or nothing.
        buddy: whom it was about, or nothing.
    """

    code: int
    meaning: str
    url: str
    buddy: str

    @classmethod
    def of(
        cls,
        text: str,
        *,
        code: int = 0,
        meaning: str = "",
        url: str = "",
        buddy: str = "",
    ) -> Self:
        """Return an event with these attributes."""
        made = cls("error", text)
        made.code, made.meaning, made.url = code, meaning or text, url
        made.buddy = buddy
        return made


class Disconnected(_TextTuple):
    """("disconnected", text): the connection is over, and not because we ended it.

    Attributes:
        code: reason of the sign-off (1 signed on elsewhere), 0 when there is none.
        may_retry: whether signing on again by oneself is no bad idea.
    """

    code: int
    may_retry: bool

    @classmethod
    def of(cls, text: str, *, code: int = 0, may_retry: bool = True) -> Self:
        """Return an event with these attributes."""
        made = cls("disconnected", text)
        made.code, made.may_retry = code, may_retry
        return made


class Notice(NamedTuple):
    """("notice", text): the server's message of the day, or a window it opens."""

    kind: str
    text: str


class SignedOn(NamedTuple):
    """("signed on", name): the name in the form its owner gave it."""

    kind: str
    screen_name: str


class Typing(NamedTuple):
    """("typing", buddy, state): "typing", "typed" (paused), "stopped" or "closed"."""

    kind: str
    buddy: str
    state: str


class BuddyList(NamedTuple):
    """("buddy list", {group: [names]}): the list, whenever it was loaded or changed."""

    kind: str
    groups: dict[str, list[str]]


class ListChange(NamedTuple):
    """("added", buddy), ("denied", buddy) ...: a list has changed as asked."""

    kind: str
    buddy: str


class Privacy(NamedTuple):
    """("privacy", mode, permitted, denied): who may see us and write to us.

    Attributes:
        kind: "privacy".
        mode: "everybody", "nobody", "permitted", "not denied" or "buddies".
        permitted: names that may, in mode "permitted".
        denied: names that may not, in mode "not denied".
    """

    kind: str
    mode: str
    permitted: list[str]
    denied: list[str]


class OfflineMessages(NamedTuple):
    """("offline messages", number): all that the server had stored has come."""

    kind: str
    number: int


class _InfoTuple(NamedTuple):
    kind: str
    buddy: str
    profile: str
    away: str


class Info(_InfoTuple):
    """("info", buddy, profile, away): texts without markup, empty where not set.

    Attributes:
        profile_html: the profile as it came.
        away_html: the away message as it came.
        user: the user info.
    """

    profile_html: str
    away_html: str
    user: UserInfo


class Accepted(NamedTuple):
    """("accepted", buddy): the server took a message; nobody need have read it."""

    kind: str
    buddy: str


class Missed(NamedTuple):
    """("missed", sender, number, reason): messages that did not come through."""

    kind: str
    sender: str
    number: int
    reason: str


class Warned(NamedTuple):
    """("warned", level, who): our level in percent; nobody's name if anonymous."""

    kind: str
    level: float
    who: str


class WarningWorked(NamedTuple):
    """("warning worked", buddy, level): the level in percent of whom we warned."""

    kind: str
    buddy: str
    level: float


class Offer(NamedTuple):
    """("offer", buddy, what): a file, a chat room ...: what this client cannot do."""

    kind: str
    buddy: str
    what: str


class Asks(NamedTuple):
    """("asks", buddy, reason): may they add us? Answer with ("authorise", buddy)."""

    kind: str
    buddy: str
    reason: str


class Answers(NamedTuple):
    """("answers", buddy, granted, reason): whether we may add them."""

    kind: str
    buddy: str
    granted: bool
    reason: str


class AddedYou(NamedTuple):
    """("added you", buddy): they have us on their list."""

    kind: str
    buddy: str
