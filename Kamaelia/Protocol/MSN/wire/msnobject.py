"""MSNObject: the element that names a picture, emoticon, wink or voice clip.

    <msnobj Creator="alice@example.com" Size="1024" Type="3" Location="TFR1.dat"
            Friendly="AAA=" SHA1D="WwBm..." SHA1C="lCa5..."/>

    attribute  meaning
    Creator    handle of the owner
    Size       bytes of the object's data, decimal
    Type       one of the TYPE_ constants
    Location   file name in the owner's cache, "0" in newer clients
    Friendly   base64 of the name in UTF-16LE with a two-byte NUL
    SHA1D      base64 of the data's SHA-1: what identifies the object
    SHA1C      base64 of the SHA-1 over names and values of the six above, in order

It looks like XML but is often not well formed, so it is read with a scanner that
takes any order, either quote or none, and a bare ampersand.

Source: captures of MSN Messenger 6 and 7, as the community's descriptions of
"MSNObject" report them.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Final, Self
from xml.sax.saxutils import escape, unescape

from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "EMPTY_FRIENDLY",
    "MAX_TEXT",
    "TYPE_BACKGROUND",
    "TYPE_DISPLAY_PICTURE",
    "TYPE_DYNAMIC_PICTURE",
    "TYPE_EMOTICON",
    "TYPE_NAMES",
    "TYPE_SHARED_FILE",
    "TYPE_VOICE_CLIP",
    "TYPE_WINK",
    "MSNObject",
    "data_digest",
    "decode_friendly",
    "encode_friendly",
]

TYPE_EMOTICON: Final = 2
TYPE_DISPLAY_PICTURE: Final = 3
TYPE_SHARED_FILE: Final = 4
TYPE_BACKGROUND: Final = 5
TYPE_DYNAMIC_PICTURE: Final = 7
TYPE_WINK: Final = 8
TYPE_VOICE_CLIP: Final = 11

TYPE_NAMES: Final = {
    1: "avatar",
    TYPE_EMOTICON: "custom emoticon",
    TYPE_DISPLAY_PICTURE: "display picture",
    TYPE_SHARED_FILE: "shared file",
    TYPE_BACKGROUND: "background",
    TYPE_DYNAMIC_PICTURE: "dynamic display picture",
    TYPE_WINK: "wink",
    TYPE_VOICE_CLIP: "voice clip",
    12: "plug-in state",
    13: "roaming object",
    14: "signature sound",
}

EMPTY_FRIENDLY: Final = "AAA="
MAX_TEXT: Final = 8192  # characters of an element; real ones stay under 1000

_MAX_DIGITS: Final = 19  # of Size and Type: keeps them inside 64 bits
_QUOTES: Final = {'"': "&quot;"}
_ENTITIES: Final = {"&quot;": '"', "&apos;": "'"}
_OPENING: Final = re.compile(r"<\s*msnobj(?=[\s/>])", re.IGNORECASE)
# The lookbehind lets a name start only where a run of letters starts, which keeps
# the scan linear.
_ATTRIBUTE: Final = re.compile(
    r"""(?<![^\s"'/<>])([^\s"'=/<>]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'<>]++))"""
)
_KNOWN: Final = (
    "creator",
    "size",
    "type",
    "location",
    "friendly",
    "sha1d",
    "sha1c",
)


def data_digest(data: bytes) -> str:
    """Return the SHA1D of an object's data: 28 characters of base64."""
    return b64encode(sha1(data, usedforsecurity=False).digest()).decode("ascii")


def encode_friendly(name: str) -> str:
    """Return a name as the Friendly attribute carries it; "" gives "AAA="."""
    raw = (name + "\0").encode("utf-16-le", "surrogatepass")
    return b64encode(raw).decode("ascii")


def decode_friendly(value: str) -> str:
    """Return the name in a Friendly attribute, "" when it isn't base64 of UTF-16."""
    try:
        raw = b64decode(value + "=" * (-len(value) % 4), validate=True)
    except ValueError:
        return ""
    return raw.decode("utf-16-le", "replace").partition("\0")[0]


@dataclass(frozen=True, slots=True)
class MSNObject:
    """One transferable object, described; `data_digest` ties it to its data.

    Attributes:
        creator: handle of the owner.
        size: bytes of the data.
        type: one of the TYPE_ constants; unknown ones are kept.
        location: name in the owner's cache. Never open a file by it.
        friendly: base64 as on the wire; `name` decodes it.
        sha1d: base64 of the data's SHA-1, the cache key.
        sha1c: base64 of the attributes' SHA-1, "" when left out.
        extras: other attributes in the order they came (Url, contenttype, ...).
    """

    creator: str
    size: int
    type: int
    location: str = "0"
    friendly: str = EMPTY_FRIENDLY
    sha1d: str = ""
    sha1c: str = ""
    extras: tuple[tuple[str, str], ...] = ()
    # What a peer wrote goes back to it in its own spelling: some compare it whole.
    _wire: str = field(default="", init=False, repr=False, compare=False)

    @classmethod
    def for_data(
        cls,
        creator: str,
        object_type: int,
        data: bytes,
        location: str = "0",
        name: str = "",
    ) -> Self:
        """Describe data of our own, with both digests."""
        friendly = encode_friendly(name)
        digest = data_digest(data)
        bare = cls(creator, len(data), object_type, location, friendly, digest)
        return cls(
            creator, len(data), object_type, location, friendly, digest, bare.checksum()
        )

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read an element; anything around it is skipped.

        Raises:
            RemoteProtocolError: there is no msnobj element, it is longer than
                MAX_TEXT, has no Creator, or its Size or Type is not a number.
        """
        opening = _OPENING.search(text[:MAX_TEXT])
        if opening is None or len(text) > MAX_TEXT:
            raise _bad("not an msnobj element", text)
        known: dict[str, str] = {}
        extras: dict[str, str] = {}
        for name, value in _attributes(text, opening.end()):
            target = known if name.lower() in _KNOWN else extras
            target.setdefault(name.lower() if target is known else name, value)
        if not known.get("creator"):
            raise _bad("msnobj without Creator", text)
        found = cls(
            known["creator"],
            _number(known, "size", text),
            _number(known, "type", text),
            known.get("location", ""),
            known.get("friendly", ""),
            known.get("sha1d", ""),
            known.get("sha1c", ""),
            tuple(extras.items()),
        )
        object.__setattr__(found, "_wire", text.strip("\0\r\n\t "))
        return found

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read an element from UTF-8; see `from_text`."""
        return cls.from_text(data.decode("utf-8", "replace").rstrip("\0"))

    @property
    def name(self) -> str:
        """The friendly name, decoded."""
        return decode_friendly(self.friendly)

    def checksum(self) -> str:
        """Return the SHA1C that these attributes should carry."""
        text = (
            f"Creator{self.creator}Size{self.size}Type{self.type}"
            f"Location{self.location}Friendly{self.friendly}SHA1D{self.sha1d}"
        )
        return data_digest(text.encode("utf-8", "replace"))

    def matches(self, data: bytes) -> bool:
        """Return whether `data` is this object: its length and its digest agree."""
        return len(data) == self.size and data_digest(data) == self.sha1d

    def to_text(self) -> str:
        """Return the element: as the peer wrote it, or in the official order."""
        if self._wire:
            return self._wire
        pairs = [
            ("Creator", self.creator),
            ("Size", str(self.size)),
            ("Type", str(self.type)),
            ("Location", self.location),
            ("Friendly", self.friendly),
            ("SHA1D", self.sha1d),
        ]
        if self.sha1c:
            pairs.append(("SHA1C", self.sha1c))
        body = " ".join(
            f'{n}="{escape(v, _QUOTES)}"' for n, v in (*pairs, *self.extras)
        )
        text = f"<msnobj {body}/>"
        if len(text) > MAX_TEXT or self.size < 0 or not self.creator:
            raise LocalProtocolError(
                f"MSNObject of {self.creator!r}: needs a creator, a size of 0 or more, "
                f"and no more than {MAX_TEXT} characters as an element; "
                f"this has {len(text)}"
            )
        return text

    def to_bytes(self) -> bytes:
        """Return the element in UTF-8."""
        return self.to_text().encode("utf-8", "replace")


def _attributes(text: str, start: int) -> Iterator[tuple[str, str]]:
    """Yield names and values, entities resolved, up to the end of the text."""
    for match in _ATTRIBUTE.finditer(text, start):
        value = next(group for group in match.groups()[1:] if group is not None)
        if match[4] is not None:  # unquoted: the tag's own end is not part of it
            value = value.removesuffix("/")
        yield match[1], unescape(value, _ENTITIES)


def _number(attributes: dict[str, str], name: str, text: str) -> int:
    """Return a decimal attribute."""
    value = attributes.get(name, "").strip()
    if not (value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS):
        raise _bad(f"msnobj with {name.capitalize()} {value[:32]!r}", text)
    return int(value)


def _bad(reason: str, text: str) -> RemoteProtocolError:
    """Return an error that shows where the text begins."""
    return RemoteProtocolError(reason, 0, text[:64].encode("utf-8", "replace"))
