"""What messages of a conversation mean, by their Content-Type.

    text/plain                      Text
    text/x-msmsgscontrol            Typing
    text/x-msnmsgr-datacast         Datacast: nudge, wink, voice clip, action
    text/x-mms-emoticon             Emoticons (also text/x-mms-animemoticon)
    image/gif, application/x-ms-ink Ink
    text/x-clientcaps               ClientCaps

Invitations and peer-to-peer data have modules of their own; what a notification server
says in messages is in notices.py.

Source: messages of MSN Messenger clients and of third-party clients; lengths checked
against the recordings of the tests.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from Kamaelia.Protocol.MSN.wire.limits import (
    MAX_EMOTICONS,
    MAX_MESSAGE,
    MAX_SHORTCUT,
)
from Kamaelia.Protocol.MSN.wire.message import (
    Message,
    build_block,
    get_field,
    parse_block,
)
from Kamaelia.Protocol.MSN.wire.text_format import HEADER, TextFormat
from Kamaelia.Protocol.wire.errors import LocalProtocolError

__all__ = [
    "ACTION",
    "NUDGE",
    "VOICE_CLIP",
    "WINK",
    "ClientCaps",
    "Content",
    "Datacast",
    "Emoticons",
    "Ink",
    "Text",
    "Typing",
    "read_content",
]

PLAIN: Final = "text/plain; charset=UTF-8"
CONTROL: Final = "text/x-msmsgscontrol"
DATACAST: Final = "text/x-msnmsgr-datacast"
CLIENT_CAPS: Final = "text/x-clientcaps"
EMOTICON: Final = "text/x-mms-emoticon"
ANIMATED: Final = "text/x-mms-animemoticon"
GIF: Final = "image/gif"
ISF: Final = "application/x-ms-ink"

NUDGE: Final = 1
WINK: Final = 2
VOICE_CLIP: Final = 3
ACTION: Final = 4


@dataclass(frozen=True, slots=True)
class Text:
    r"""Words.

    Attributes:
        text: what is said; lines end in `\n`.
        format: how it looks; None: as the reader likes.
        display_name: a name to show instead of the sender's (P4-Context).
        user_agent: the program that wrote it.
    """

    text: str
    format: TextFormat | None = None
    display_name: str | None = None
    user_agent: str | None = None

    @classmethod
    def from_message(cls, message: Message) -> "Text":
        """Read a text message; never fails."""
        value = message.get(HEADER)
        return cls(
            message.text.replace("\r\n", "\n").replace("\r", "\n"),
            None if value is None else TextFormat.parse(value),
            message.get("P4-Context"),
            message.get("User-Agent"),
        )

    def to_message(self) -> Message:
        """Return the message.

        Raises:
            LocalProtocolError: text that UTF-8 cannot carry, or a bad format.
        """
        optional = (
            ("User-Agent", self.user_agent),
            ("P4-Context", self.display_name),
            (HEADER, self.format.to_header() if self.format else None),
        )
        headers = tuple((name, value) for name, value in optional if value is not None)
        lines = self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        try:
            body = "\r\n".join(lines).encode()
        except UnicodeEncodeError as error:
            raise LocalProtocolError(
                f"text that UTF-8 cannot carry: {error}"
            ) from error
        return Message.of_type(PLAIN, body, headers)

    def split(self, limit: int = MAX_MESSAGE) -> list["Text"]:
        """Return texts whose messages keep to `limit` bytes, cut between characters.

        For peers that do not take multi-packet messages.

        Raises:
            LocalProtocolError: the headers leave no room for text.
        """
        room = limit - len(replace(self, text="").to_message().to_bytes())
        if room < 4:  # the longest character of UTF-8; CR LF is shorter
            raise LocalProtocolError(f"no room for text in a message of {limit} bytes")
        text = self.text.replace("\r\n", "\n").replace("\r", "\n")
        parts, start, size = [], 0, 0
        for position, character in enumerate(text):
            cost = 2 if character == "\n" else len(character.encode("utf-8", "replace"))
            if size + cost > room:
                parts.append(text[start:position])
                start, size = position, 0
            size += cost
        parts.append(text[start:])
        return [replace(self, text=part) for part in parts]


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody is typing; lasts some seconds."""

    handle: str

    def to_message(self) -> Message:
        """Return the message, to be sent without acknowledgement."""
        return Message.of_type(CONTROL, b"\r\n", (("TypingUser", self.handle),))


@dataclass(frozen=True, slots=True)
class Datacast:
    """A nudge, a wink, a voice clip or an action.

    Attributes:
        kind: NUDGE, WINK, VOICE_CLIP, ACTION, or another number.
        data: an MSNObject's XML, or the action's text; None for a nudge.
    """

    kind: int = NUDGE
    data: str | None = None

    def to_message(self) -> Message:
        """Return the message."""
        fields = [("ID", str(self.kind))]
        if self.data is not None:
            fields.append(("Data", self.data))
        return Message.of_type(DATACAST, build_block(fields) + b"\r\n")


@dataclass(frozen=True, slots=True)
class ClientCaps:
    """A third-party client tells its name.

    Attributes:
        client_name: `Name/Version`.
        chat_logging: whether it says that it keeps logs; None: it doesn't say.
    """

    client_name: str = ""
    chat_logging: bool | None = None

    def to_message(self) -> Message:
        """Return the message, to be sent without acknowledgement."""
        fields = [("Client-Name", self.client_name)]
        if self.chat_logging is not None:
            fields.append(("Chat-Logging", "Y" if self.chat_logging else "N"))
        return Message.of_type(CLIENT_CAPS, build_block(fields) + b"\r\n")


@dataclass(frozen=True, slots=True)
class Emoticons:
    """Pictures for shortcuts in the next text message.

    Attributes:
        pairs: (shortcut of at most 7 characters, the MSNObject's XML); at most 5.
        animated: whether they move.
    """

    pairs: tuple[tuple[str, str], ...]
    animated: bool = False

    @classmethod
    def from_message(cls, message: Message) -> "Emoticons":
        """Read a message; pairs beyond the limits are left out."""
        parts = message.text.split("\t")
        pairs = [
            pair
            for pair in zip(parts[::2], parts[1::2], strict=False)
            if pair[0] and len(pair[0]) <= MAX_SHORTCUT
        ]
        return cls(tuple(pairs[:MAX_EMOTICONS]), message.content_type == ANIMATED)

    def to_message(self) -> Message:
        """Return the message.

        Raises:
            LocalProtocolError: too many pairs, a shortcut that is too long, or a tab
                inside.
        """
        if len(self.pairs) > MAX_EMOTICONS:
            raise LocalProtocolError(f"more than {MAX_EMOTICONS} emoticons")
        for shortcut, picture in self.pairs:
            if not 0 < len(shortcut) <= MAX_SHORTCUT or "\t" in shortcut + picture:
                raise LocalProtocolError(f"not an emoticon: {shortcut!r}")
        body = "".join(f"{shortcut}\t{picture}\t" for shortcut, picture in self.pairs)
        return Message.of_type(ANIMATED if self.animated else EMOTICON, body.encode())


@dataclass(frozen=True, slots=True)
class Ink:
    """Handwriting.

    Attributes:
        data: a GIF, or Microsoft's ink format.
        is_gif: which of them.
    """

    data: bytes
    is_gif: bool = True

    def to_message(self) -> Message:
        """Return the message; long ones need multi-packet."""
        body = b"base64:" + b64encode(self.data)
        return Message.of_type(GIF if self.is_gif else ISF, body)


Content: TypeAlias = Text | Typing | Datacast | ClientCaps | Emoticons | Ink | Message


def read_content(message: Message) -> Content:
    """Return what a message means; never fails.

    A message of another type, or one of these that makes no sense, is returned as it
    is.
    """
    kind = message.content_type
    if kind == "text/plain":
        return Text.from_message(message)
    if kind == CONTROL:
        handle = message.get("TypingUser")
        return Typing(handle) if handle else message
    if kind == DATACAST:
        return _datacast(message)
    if kind in (EMOTICON, ANIMATED):
        return Emoticons.from_message(message)
    if kind in (GIF, ISF):
        return _ink(message)
    if kind == CLIENT_CAPS:
        return _client_caps(message)
    return message


def _datacast(message: Message) -> Content:
    """Read the body's fields."""
    fields, _ = parse_block(message.body)
    number = get_field(fields, "ID") or ""
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return message
    return Datacast(int(number), get_field(fields, "Data"))


def _ink(message: Message) -> Content:
    """Decode the body."""
    if not message.body.startswith(b"base64:"):
        return message
    try:
        data = b64decode(message.body[7:])
    except Base64Error:
        return message
    return Ink(data, message.content_type == GIF)


def _client_caps(message: Message) -> Content:
    """Read the body's fields."""
    fields, _ = parse_block(message.body)
    logging = get_field(fields, "Chat-Logging")
    return ClientCaps(
        get_field(fields, "Client-Name") or "",
        None if logging is None else logging.upper().startswith("Y"),
    )
