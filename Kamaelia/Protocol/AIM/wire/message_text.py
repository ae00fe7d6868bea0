"""The text of a channel-1 instant message: fragments, each with its charset.

    fragment    u8 ID, u8 version, u16 length, data
    05 01       features: opaque bytes
    01 01       text, may be repeated: u16 charset, u16 subset, bytes

    charset     0 ASCII    2 UTF-16 big-endian    3 ISO-8859-1    0x0D undefined

Clients put all sorts of bytes behind charset 0, so reading goes by what is there and
never fails: a message cut short or in the wrong charset still shows what it can.

Source: AOL's published OSCAR specification, "ICBM"; policy of libpurple.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.packing import (
    decode_latin,
    decode_text,
    encode_text,
    s16,
    u8,
    u16,
)
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "CHARSET_ASCII",
    "CHARSET_LATIN1",
    "CHARSET_UNICODE",
    "FEATURES",
    "Fragment",
    "choose_charset",
    "decode_charset",
    "decode_message",
    "encode_message",
    "read_fragments",
]

CHARSET_ASCII: Final = 0x0000
CHARSET_UNICODE: Final = 0x0002
CHARSET_LATIN1: Final = 0x0003
CHARSET_UNDEFINED: Final = 0x000D

FEATURES: Final = b"\1\1\1\2"
"""What AIM 4 and later send as features."""

TEXT: Final = 0x01
FEATURE_LIST: Final = 0x05


@dataclass(frozen=True, slots=True)
class Fragment:
    """One part of a message.

    Attributes:
        id: 1 text, 5 features.
        version: always 1.
        data: for text: charset, subset, bytes.
    """

    id: int
    version: int
    data: bytes

    @classmethod
    def text(cls, text: str, charset: int | None = None) -> Self:
        """Return a text fragment.

        Args:
            text: what to say.
            charset: a CHARSET_ constant; None takes the plainest that can hold it.

        Raises:
            LocalProtocolError: the charset cannot hold the text.
        """
        if charset is None:
            charset = choose_charset(text)
        data = encode_text(text, _CODECS.get(charset, "utf-8"))
        return cls(TEXT, 1, u16(charset) + u16(0) + data)

    @property
    def charset(self) -> int:
        """The charset of a text fragment."""
        return int.from_bytes(self.data[:2], "big")

    def decode(self) -> str:
        """Return the text of a text fragment, as far as it can be read."""
        return decode_charset(self.data[4:], self.charset)

    def to_bytes(self) -> bytes:
        """Return the fragment."""
        return u8(self.id) + u8(self.version) + s16(self.data)


_CODECS: Final = {
    CHARSET_ASCII: "ascii",
    CHARSET_UNICODE: "utf-16-be",
    CHARSET_LATIN1: "latin-1",
}


def choose_charset(text: str) -> int:
    """Return the charset that libpurple would take: ASCII, else Unicode."""
    return CHARSET_ASCII if text.isascii() else CHARSET_UNICODE


def decode_charset(data: bytes, charset: int) -> str:
    """Return text in an OSCAR charset; what cannot be read becomes U+FFFD.

    ASCII and the undefined charset are read as UTF-8 if that fits, else as
    windows-1252, and so is every charset this does not know.
    """
    if charset == CHARSET_UNICODE:
        return data.decode("utf-16-be", "replace")
    if charset == CHARSET_LATIN1:
        return decode_latin(data)
    return decode_text(data)


def read_fragments(data: bytes) -> tuple[Fragment, ...]:
    """Return the fragments of TLV 0x02; a last one cut short has what is there."""
    reader = Reader(data, "message fragments")
    found = []
    while len(reader) >= 4:
        number, version, length = reader.u8(), reader.u8(), reader.u16()
        part = reader.take(min(length, len(reader)))
        found.append(Fragment(number, version, part))
    return tuple(found)


def decode_message(data: bytes) -> str:
    """Return the text of TLV 0x02: all its text fragments, joined."""
    texts = (part.decode() for part in read_fragments(data) if part.id == TEXT)
    return "".join(texts)


def encode_message(
    text: str, charset: int | None = None, features: bytes = FEATURES
) -> bytes:
    """Return TLV 0x02 of a text: features, then one fragment.

    Args:
        text: what to say, HTML to AIM users and plain to ICQ users.
        charset: a CHARSET_ constant; None takes the plainest that can hold it.
        features: opaque; AIM sends 01 01 01 02, ICQ 01.

    Raises:
        LocalProtocolError: the charset cannot hold the text, or it is too long.
    """
    parts: Iterable[Fragment] = (
        Fragment(FEATURE_LIST, 1, features),
        Fragment.text(text, charset),
    )
    return b"".join(part.to_bytes() for part in parts)
