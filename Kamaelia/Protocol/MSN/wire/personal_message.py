r"""Personal message and current media: the payload of UUX and UBX (MSNP11).

    <Data><PSM>Out &amp; about</PSM><CurrentMedia></CurrentMedia></Data>

CurrentMedia holds fields separated by the two characters backslash and zero:

    application \0 type \0 enabled \0 format \0 argument 0 \0 argument 1 ...

`{0} - {1}` in the format stands for the arguments. An empty payload says that there is
no personal message.

Source: UUX of MSN Messenger 7.0 and later.
"""

import re
from dataclasses import dataclass
from typing import Final

from Kamaelia.Protocol.MSN.wire.arguments import expect
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.encoding import is_number
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "Media",
    "PersonalMessage",
    "build_update",
    "element_text",
    "escape_xml",
    "read_update",
    "unescape_xml",
]

_SEPARATOR: Final = "\\0"
_ENTITY: Final = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-z]{2,4});")
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ARGUMENT: Final = re.compile(r"\{([0-9]{1,2})\}")
_MARKUP: Final = re.compile("[&<>\"']")
_BY_CHARACTER: Final = {text: f"&{name};" for name, text in _NAMED.items()}


def escape_xml(text: str) -> str:
    """Return `text` as an XML element's content."""
    return _MARKUP.sub(lambda found: _BY_CHARACTER[found[0]], text)


def unescape_xml(text: str) -> str:
    """Return the text that an XML element's content stands for; never fails.

    The five named entities and numbers are understood, others stay as they are.
    """
    return _ENTITY.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    """Return what one entity stands for."""
    name = found[1]
    if name[0] != "#":
        return _NAMED.get(name, found[0])
    number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    if number > 0x10FFFF or 0xD800 <= number < 0xE000:
        return "\ufffd"
    return chr(number)


def element_text(xml: str, name: str) -> str | None:
    """Return the text of the first element of this name; None: there is none.

    No XML parser: what clients write is not always well-formed, and nothing here
    needs entities of its own, which such parsers can be made to expand.

    Raises:
        RemoteProtocolError: the element doesn't end.
    """
    opening = re.search(rf"<{re.escape(name)}(?=[\s/>])", xml)
    if opening is None:
        return None
    start = xml.find(">", opening.end())
    if start >= 0 and xml[start - 1] == "/":
        return ""
    end = xml.find(f"</{name}", start) if start >= 0 else -1
    if end < 0:
        raise RemoteProtocolError(f"XML element {name} does not end", opening.start())
    return unescape_xml(xml[start + 1 : end])


@dataclass(frozen=True, slots=True)
class Media:
    """What a user is listening to, playing or working at.

    Attributes:
        kind: `Music`, `Games`, `Office`.
        format: text with `{0}`, `{1}` ... for the arguments.
        arguments: title, artist, album ...
        application: the program that plays it; often empty.
        enabled: whether it is to be shown.
    """

    kind: str = "Music"
    format: str = "{0}"
    arguments: tuple[str, ...] = ()
    application: str = ""
    enabled: bool = True

    @classmethod
    def parse(cls, text: str) -> "Media | None":
        """Read CurrentMedia's text; None where nothing is played."""
        fields = text.split(_SEPARATOR)
        if len(fields) < 4:
            return None
        application, kind, enabled, look, *arguments = fields
        return cls(kind, look, tuple(arguments), application, enabled == "1")

    @property
    def text(self) -> str:
        """What to show: the format with the arguments in their places."""

        def argument(found: re.Match[str]) -> str:
            index = int(found[1])
            return self.arguments[index] if index < len(self.arguments) else ""

        return _ARGUMENT.sub(argument, self.format)

    def to_text(self) -> str:
        r"""Return CurrentMedia's text.

        Raises:
            LocalProtocolError: a field with the separator `\0` inside.
        """
        fields = (
            self.application,
            self.kind,
            "1" if self.enabled else "0",
            self.format,
            *self.arguments,
        )
        text = _SEPARATOR.join(fields)
        if text.split(_SEPARATOR) != list(fields):
            raise LocalProtocolError("a media field holds backslash zero")
        return text


@dataclass(frozen=True, slots=True)
class PersonalMessage:
    """What a user says below its name.

    Attributes:
        text: the personal message.
        media: what is played; None: nothing.
    """

    text: str = ""
    media: Media | None = None

    @classmethod
    def from_payload(cls, payload: bytes) -> "PersonalMessage":
        """Read the payload of UUX or UBX; an empty one is an empty message.

        Raises:
            RemoteProtocolError: XML that doesn't end; keep what was known before.
        """
        xml = payload.decode("utf-8", "replace")
        if xml.strip() and element_text(xml, "Data") is None:
            raise RemoteProtocolError("no Data element", 0, payload)
        text = element_text(xml, "PSM") or ""
        media = element_text(xml, "CurrentMedia") or ""
        return cls(text, Media.parse(media))

    def to_payload(self) -> bytes:
        """Return the payload of UUX or UBX.

        Raises:
            LocalProtocolError: text that UTF-8 cannot carry.
        """
        media = escape_xml(self.media.to_text()) if self.media else ""
        xml = (
            f"<Data><PSM>{escape_xml(self.text)}</PSM>"
            f"<CurrentMedia>{media}</CurrentMedia></Data>"
        )
        try:
            return xml.encode()
        except UnicodeEncodeError as error:
            raise LocalProtocolError(
                f"text that UTF-8 cannot carry: {error}"
            ) from error


def build_update(
    handle: str, message: PersonalMessage, dialect: int, network: int = 1
) -> Command:
    """Return the server's UBX about a contact, as this dialect has it.

    Raises:
        LocalProtocolError: text that UTF-8 cannot carry.
    """
    args: tuple[str, ...] = (handle,)
    if dialect >= 18:
        args = (f"{network}:{handle}",)
    elif dialect >= 14:
        args = (handle, str(network))
    return Command("UBX", None, args, message.to_payload())


def read_update(command: Command) -> tuple[str, PersonalMessage]:
    """Return whom a UBX is about, and the personal message.

    Raises:
        RemoteProtocolError: no handle, or XML that doesn't end: keep what was known.
    """
    who = expect(command, 1, "UBX")[0]
    network, colon, handle = who.partition(":")
    if colon and is_number(network):
        who = handle
    return who, PersonalMessage.from_payload(command.payload or b"")
