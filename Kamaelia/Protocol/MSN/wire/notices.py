"""What a notification server says in MSG: the profile, mail, a shutdown to come.

The profile's fields stand among the headers, those of the other messages in the body,
as a second block of header lines.

    text/x-msmsgsprofile                    Profile, the first message after sign-on
    text/x-msmsgsinitialemailnotification   Notice: how much mail there is
    text/x-msmsgsemailnotification          Notice: mail has come
    text/x-msmsgsactivemailnotification     Notice: mail was moved or read
    application/x-msmsgssystemmessage       Notice: the server will go down

Source: messages of the MSN notification servers, MSNP2 to MSNP12.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from Kamaelia.Protocol.MSN.wire.encoding import is_number, swap_port
from Kamaelia.Protocol.MSN.wire.message import (
    Fields,
    Message,
    build_block,
    get_field,
    parse_block,
)

__all__ = [
    "ACTIVE_MAIL",
    "INITIAL_MAIL",
    "NEW_MAIL",
    "PROFILE",
    "SYSTEM",
    "Notice",
    "Profile",
    "build_profile",
    "read_notice",
    "shutdown_notice",
]

PROFILE: Final = "text/x-msmsgsprofile"
INITIAL_MAIL: Final = "text/x-msmsgsinitialemailnotification"
NEW_MAIL: Final = "text/x-msmsgsemailnotification"
ACTIVE_MAIL: Final = "text/x-msmsgsactivemailnotification"
SYSTEM: Final = "application/x-msmsgssystemmessage"

_NOTICES: Final = frozenset(
    {
        INITIAL_MAIL,
        NEW_MAIL,
        ACTIVE_MAIL,
        SYSTEM,
        "application/x-msmsgsinitialemailnotification",
        "application/x-msmsgsemailnotification",
        "text/x-msmsgsinitialmdatanotification",
        "text/x-msmsgsoimnotification",
    }
)
_PROFILE_TYPE: Final = "text/x-msmsgsprofile; charset=UTF-8"


def _number(text: str | None) -> int | None:
    """Return a decimal number, None for what is none."""
    return int(text) if text is not None and is_number(text) else None


@dataclass(frozen=True, slots=True)
class Profile:
    """What the service knows of its user. Any field may be missing.

    Attributes:
        fields: (name, value) as the wire has them, without the MIME headers.
    """

    fields: Fields = ()

    def get(self, name: str) -> str | None:
        """Return a field's text, whatever the case of its name."""
        return get_field(self.fields, name)

    @property
    def login_time(self) -> int | None:
        """The server's clock at sign-on, in seconds since 1970."""
        return _number(self.get("LoginTime"))

    @property
    def client_ip(self) -> str | None:
        """The client's address as the server sees it (MSNP8)."""
        return self.get("ClientIP") or None

    @property
    def client_port(self) -> int | None:
        """The client's port as the server sees it (MSNP8), bytes in their order."""
        number = _number(self.get("ClientPort"))
        return None if number is None or number > 0xFFFF else swap_port(number)

    @property
    def auth(self) -> str | None:
        """MSPAuth, for signing on to web pages."""
        return self.get("MSPAuth") or None

    def to_message(self) -> Message:
        """Return the message."""
        return Message.of_type(_PROFILE_TYPE, b"", self.fields)


def build_profile(
    handle: str,
    login_time: int,
    dialect: int,
    *,
    member_id: tuple[int, int] = (0, 0),
    auth: str = "",
    client: tuple[str, int] | None = None,
    country: str = "US",
    language: int = 1033,
    email_enabled: bool = False,
) -> Profile:
    """Return the profile that a server sends after sign-on.

    Args:
        handle: the account.
        login_time: seconds since 1970.
        dialect: the client's; ClientIP and ClientPort come with 8, ABCHMigrated with
            10.
        member_id: high and low half of the account's number.
        auth: MSPAuth.
        client: the client's address and port as the server sees them.
        country: two letters.
        language: Windows' number of it.
        email_enabled: whether mail notifications follow.
    """
    fields = [
        ("LoginTime", str(login_time)),
        ("EmailEnabled", str(int(email_enabled))),
        ("MemberIdHigh", str(member_id[0])),
        ("MemberIdLow", str(member_id[1])),
        ("lang_preference", str(language)),
        ("preferredEmail", handle),
        ("country", country),
        ("PostalCode", ""),
        ("Gender", "U"),
        ("Kid", "0"),
        ("Age", ""),
        ("sid", "507"),
        ("kv", "2"),
        ("MSPAuth", auth),
    ]
    if client is not None and dialect >= 8:
        fields.append(("ClientIP", client[0]))
        fields.append(("ClientPort", str(swap_port(client[1]))))
    if dialect >= 10:
        fields.append(("ABCHMigrated", "1"))
    return Profile(tuple(fields))


@dataclass(frozen=True, slots=True)
class Notice:
    """A message of the notification server other than the profile.

    Attributes:
        content_type: in small letters; `INITIAL_MAIL`, `NEW_MAIL`, `ACTIVE_MAIL`,
            `SYSTEM` or another.
        fields: (name, value) of the body.
    """

    content_type: str
    fields: Fields = ()

    def get(self, name: str) -> str | None:
        """Return a field's text, whatever the case of its name."""
        return get_field(self.fields, name)

    @property
    def minutes(self) -> int | None:
        """Minutes until the server goes down, where the notice is about that."""
        if self.content_type == SYSTEM and self.get("Type") == "1":
            return _number(self.get("Arg1"))
        return None

    def to_message(self) -> Message:
        """Return the message."""
        body = build_block(self.fields) + b"\r\n"
        return Message.of_type(f"{self.content_type}; charset=UTF-8", body)


def shutdown_notice(minutes: int) -> Notice:
    """Return the warning that the server goes down in some minutes."""
    return Notice(SYSTEM, (("Type", "1"), ("Arg1", str(minutes))))


NoticeContent: TypeAlias = Profile | Notice | Message


def read_notice(message: Message) -> NoticeContent:
    """Return what a notification server's message means; never fails.

    A message of another type is returned as it is.
    """
    kind = message.content_type
    if kind == PROFILE:
        fields = message.without_headers("MIME-Version", "Content-Type").headers
        return Profile(fields or parse_block(message.body)[0])
    if kind in _NOTICES:
        return Notice(kind, parse_block(message.body)[0])
    return message
