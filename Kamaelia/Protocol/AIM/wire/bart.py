"""Family 0x10, BART: buddy icons and other art, named by their MD5.

    BART ID    u16 type, u8 flags, s8 hash (or, with flag 0x04, the data itself)

    (10, 02)   u16 type, s16 data                             upload
    (10, 03)   u8 code, BART ID
    (10, 04)   s8 owner, u8 1, BART ID                        download
    (10, 05)   s8 owner, BART ID, s16 data
    (10, 06)   s8 owner, u8 n, n BART IDs                     download of AIM 6
    (10, 07)   s8 owner, BART ID asked, u8 code, BART ID, s16 data

Source: AOL's published OSCAR specification, "BART"; Open OSCAR Server.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import md5
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.packing import (
    decode_text,
    encode_text,
    read_s8,
    read_s16,
    s8,
    s16,
    text8,
    u8,
    u16,
)
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "BARTID",
    "CLEARED",
    "CODE_MEANINGS",
    "FLAG_CUSTOM",
    "FLAG_DATA",
    "FLAG_UNKNOWN",
    "TYPE_ICON",
    "TYPE_STATUS_TEXT",
    "TYPE_STATUS_URL",
    "BARTDownload",
    "BARTDownload2",
    "BARTDownload2Reply",
    "BARTDownloadReply",
    "BARTUpload",
    "BARTUploadReply",
    "icon_id",
    "read_barts",
    "status_text",
    "text_of",
]

TYPE_SMALL_ICON: Final = 0x0000
TYPE_ICON: Final = 0x0001
TYPE_STATUS_TEXT: Final = 0x0002
TYPE_STATUS_URL: Final = 0x0009
TYPE_BIG_ICON: Final = 0x000C
TYPE_STATUS_TIME: Final = 0x000D
TYPE_ICQ_MOOD: Final = 0x000E
TYPE_NOW_PLAYING: Final = 0x000F

FLAG_KNOWN: Final = 0x00
FLAG_CUSTOM: Final = 0x01
FLAG_URL: Final = 0x02
FLAG_DATA: Final = 0x04
FLAG_UNKNOWN: Final = 0x40
"""The server has not got it: upload it."""
FLAG_REDIRECT: Final = 0x80
FLAG_BANNED: Final = 0xC0

CLEARED: Final = bytes.fromhex("0201D20472")
"""The hash that stands for "icon taken away"."""

CODE_MEANINGS: Final = {
    0: "ok",
    1: "invalid",
    2: "custom art not allowed",
    3: "too small",
    4: "too big",
    5: "wrong type",
    6: "banned",
    7: "not found",
}
CODE_OK: Final = 0
CODE_NOT_FOUND: Final = 7


@dataclass(frozen=True, slots=True)
class BARTID:
    """The name of a piece of art, or a small piece itself.

    Attributes:
        type: a TYPE_ constant or another.
        flags: FLAG_ bits.
        data: the hash, or with FLAG_DATA the content; at most 255 bytes.
    """

    type: int
    flags: int = 0
    data: bytes = b""

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Take one ID."""
        return cls(reader.u16(), reader.u8(), read_s8(reader))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the ID at the front of `data`, as SNAC (01, 21) carries it.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        return cls.read(Reader(data, "BART ID"))

    def to_bytes(self) -> bytes:
        """Return the ID."""
        return u16(self.type) + u8(self.flags) + s8(self.data)


def read_barts(data: bytes) -> tuple[BARTID, ...]:
    """Return the IDs that fill a list such as TLV 0x1D of a user.

    Raises:
        RemoteProtocolError: one is cut short.
    """
    reader = Reader(data, "BART IDs")
    found = []
    while reader:
        found.append(BARTID.read(reader))
    return tuple(found)


def icon_id(data: bytes, flags: int = FLAG_CUSTOM) -> BARTID:
    """Return the ID of a buddy icon: the MD5 of its file."""
    return BARTID(TYPE_ICON, flags, md5(data, usedforsecurity=False).digest())


def status_text(text: str, kind: int = TYPE_STATUS_TEXT) -> BARTID:
    """Return an available message, at most 251 bytes of UTF-8; empty takes it away."""
    if not text:
        return BARTID(kind)
    return BARTID(kind, FLAG_DATA, s16(encode_text(text)) + u16(0))


def text_of(item: BARTID) -> str:
    """Return the text of an available message; empty if it holds none.

    The text may name its encoding: u16 1, u16 0, s16 name behind it.
    """
    reader = Reader(item.data, "status text")
    if not item.flags & FLAG_DATA or len(reader) < 2:
        return ""
    text = reader.take(min(reader.u16(), len(reader)))
    if len(reader) >= 6 and reader.u16() == 1:
        reader.u16()
        name = reader.take(min(reader.u16(), len(reader))).decode("latin-1").lower()
        if name.startswith(("unicode-2-0", "utf-16")):
            return text.decode("utf-16-be", "replace")
        if name.startswith("iso-8859-1"):
            return text.decode("latin-1")
    return decode_text(text)


@dataclass(frozen=True, slots=True)
class BARTUpload:
    """SNAC (10, 02): art for the server.

    Attributes:
        type: a TYPE_ constant.
        data: the file.
    """

    type: int
    data: bytes

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the upload that fills `data`; cut short, it raises ProtocolError."""
        reader = Reader(data, "BART upload")
        return cls(reader.u16(), read_s16(reader))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return u16(self.type) + s16(self.data)


@dataclass(frozen=True, slots=True)
class BARTUploadReply:
    """SNAC (10, 03).

    Attributes:
        code: key of CODE_MEANINGS, 0 when stored.
        item: what the art is called now.
    """

    code: int
    item: BARTID

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the reply that fills `data`; cut short, it raises ProtocolError."""
        reader = Reader(data, "BART upload reply")
        return cls(reader.u8(), BARTID.read(reader))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return u8(self.code) + self.item.to_bytes()


@dataclass(frozen=True, slots=True)
class BARTDownload:
    """SNAC (10, 04): ask for the art of a user.

    Attributes:
        owner: screen name.
        item: as that user's info shows it.
        command: always 1.
    """

    owner: str
    item: BARTID
    command: int = 1

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the request that fills `data`; cut short, it raises ProtocolError."""
        reader = Reader(data, "BART download")
        owner, command = decode_text(read_s8(reader)), reader.u8()
        return cls(owner, BARTID.read(reader), command)

    def to_bytes(self) -> bytes:
        """Return the body."""
        return text8(self.owner) + u8(self.command) + self.item.to_bytes()


@dataclass(frozen=True, slots=True)
class BARTDownloadReply:
    """SNAC (10, 05).

    Attributes:
        owner: screen name.
        item: what was asked for.
        data: the file; empty if there is none.
    """

    owner: str
    item: BARTID
    data: bytes = b""

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the reply that fills `data`; cut short, it raises ProtocolError."""
        reader = Reader(data, "BART download reply")
        owner = decode_text(read_s8(reader))
        return cls(owner, BARTID.read(reader), read_s16(reader))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return text8(self.owner) + self.item.to_bytes() + s16(self.data)


@dataclass(frozen=True, slots=True)
class BARTDownload2:
    """SNAC (10, 06): ask for several pieces of a user's art.

    Attributes:
        owner: screen name.
        items: at most 255.
    """

    owner: str
    items: tuple[BARTID, ...]

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the request that fills `data`; cut short, it raises ProtocolError."""
        reader = Reader(data, "BART download 2")
        owner, count = decode_text(read_s8(reader)), reader.u8()
        return cls(owner, tuple(BARTID.read(reader) for _ in range(count)))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return text8(self.owner) + u8(len(self.items)) + _join(self.items)


@dataclass(frozen=True, slots=True)
class BARTDownload2Reply:
    """SNAC (10, 07): one per piece asked for.

    Attributes:
        owner: screen name.
        asked: the ID of the request.
        code: key of CODE_MEANINGS.
        item: the ID of the data.
        data: the file; empty if there is none.
    """

    owner: str
    asked: BARTID
    code: int
    item: BARTID
    data: bytes = b""

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the reply that fills `data`; cut short, it raises ProtocolError."""
        reader = Reader(data, "BART download 2 reply")
        owner, asked = decode_text(read_s8(reader)), BARTID.read(reader)
        code = reader.u8()
        return cls(owner, asked, code, BARTID.read(reader), read_s16(reader))

    def to_bytes(self) -> bytes:
        """Return the body."""
        asked = text8(self.owner) + self.asked.to_bytes()
        return asked + u8(self.code) + self.item.to_bytes() + s16(self.data)


def _join(items: Iterable[BARTID]) -> bytes:
    return b"".join(item.to_bytes() for item in items)
