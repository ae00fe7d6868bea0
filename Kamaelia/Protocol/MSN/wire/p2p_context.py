"""What an INVITE is about: its EUF-GUID, its AppID and its Context.

The Context of a picture or emoticon is base64 of the msnobj text and a NUL, that of
a file base64 of this (integers little-endian):

    offset  bytes  field
    0       4      bytes of this without the preview: 574 (version 2), 637 or 638 (3)
    4       4      version, 2 or 3
    8       8      bytes of the file
    16      4      0: a preview follows, 1: none
    20      520    file name, UTF-16LE, padded with NULs
    540     30     zero
    570     4      0xFFFFFFFF
    574     n      more in version 3; then the preview, a PNG, to the end

Source: captures of MSN Messenger 7 and Windows Live Messenger, as the community's
descriptions report them.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from struct import Struct
from typing import Final, Self

from Kamaelia.Protocol.MSN.wire.msnobject import MSNObject
from Kamaelia.Protocol.MSN.wire.p2p import APP_FILE, APP_OBJECT
from Kamaelia.Protocol.MSN.wire.slp import Fields, SLPMessage
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "FILE_GUID",
    "MAX_NAME_UNITS",
    "OBJECT_GUID",
    "FileContext",
    "decode_context",
    "encode_context",
    "file_fields",
    "is_file_offer",
    "is_object_request",
    "object_context",
    "object_fields",
    "object_from_context",
]

OBJECT_GUID: Final = "{A4268EEC-FEC5-49E5-95C3-F126696BDBF6}"
FILE_GUID: Final = "{5D3E02AB-6190-11D3-BBBB-00C04F795683}"
MAX_NAME_UNITS: Final = 259  # UTF-16 units of a file name, beside its NUL

_FIXED: Final = 574
_BLOCK: Final = Struct("<LLQL520s30sL")
_NO_PREVIEW: Final = 1
_LAST: Final = 0xFFFFFFFF


def encode_context(data: bytes) -> str:
    """Return data as the value of a Context field."""
    return b64encode(data).decode("ascii")


def decode_context(value: str) -> bytes:
    """Return the data of a Context field; missing padding is added.

    Raises:
        RemoteProtocolError: it isn't base64.
    """
    text = "".join(value.split()).rstrip("=")
    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (Base64Error, ValueError) as problem:
        raise RemoteProtocolError(f"Context is not base64: {problem}") from problem


def object_context(wanted: MSNObject) -> str:
    """Return the Context that asks for an object."""
    return encode_context(wanted.to_bytes() + b"\0")


def object_from_context(value: str) -> MSNObject:
    """Return the object that a Context asks for.

    Raises:
        RemoteProtocolError: it isn't base64 of an msnobj.
    """
    return MSNObject.from_bytes(decode_context(value))


@dataclass(frozen=True, slots=True)
class FileContext:
    """A file that is offered.

    Attributes:
        name: as written; never open a file by it.
        size: bytes.
        preview: a small PNG, or b"".
        version: 2 or 3; what is written is 2.
    """

    name: str
    size: int
    preview: bytes = b""
    version: int = 2

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a context; bytes that later versions add are skipped.

        Raises:
            RemoteProtocolError: fewer than 574 bytes.
        """
        if len(data) < _FIXED:
            raise RemoteProtocolError(
                f"file context of {len(data)} bytes, needs {_FIXED}", 0, data
            )
        length, version, size, kind, name, _, _ = _BLOCK.unpack_from(data)
        start = length if _FIXED <= length <= len(data) else _FIXED
        preview = b"" if kind & _NO_PREVIEW else data[start:]
        text = name.decode("utf-16-le", "replace").partition("\0")[0]
        return cls(text, size, preview, version)

    @classmethod
    def from_context(cls, value: str) -> Self:
        """Read the value of a Context field; see `from_bytes`."""
        return cls.from_bytes(decode_context(value))

    def to_bytes(self) -> bytes:
        """Return the context in version 2.

        Raises:
            LocalProtocolError: the name has a NUL or more than 259 UTF-16 units, or
                the size isn't one of 64 bits.
        """
        name = self.name.encode("utf-16-le", "replace")
        if len(name) > 2 * MAX_NAME_UNITS or "\0" in self.name:
            raise LocalProtocolError(
                f"file name of {len(name) // 2} UTF-16 units: at most "
                f"{MAX_NAME_UNITS}, and no NUL"
            )
        if not 0 <= self.size < 1 << 64:
            raise LocalProtocolError(f"file size {self.size} does not fit 64 bits")
        kind = 0 if self.preview else _NO_PREVIEW
        block = _BLOCK.pack(_FIXED, 2, self.size, kind, name, b"", _LAST)
        return block + self.preview

    def to_context(self) -> str:
        """Return the value of a Context field."""
        return encode_context(self.to_bytes())


def object_fields(session_id: int, wanted: MSNObject) -> Fields:
    """Return the body of an INVITE that asks for an object."""
    return _session_fields(
        OBJECT_GUID, session_id, APP_OBJECT, object_context(wanted), ()
    )


def file_fields(session_id: int, offered: FileContext) -> Fields:
    """Return the body of an INVITE that offers a file."""
    return _session_fields(
        FILE_GUID,
        session_id,
        APP_FILE,
        offered.to_context(),
        (("Capabilities-Flags", "1"),),
    )


def _session_fields(
    guid: str, session_id: int, app_id: int, context: str, flags: Fields
) -> Fields:
    return (
        ("EUF-GUID", guid),
        ("SessionID", str(session_id)),
        ("SChannelState", "0"),
        *flags,
        ("AppID", str(app_id)),
        ("Context", context),
    )


def is_object_request(invite: SLPMessage) -> bool:
    """Return whether an INVITE asks for an object."""
    return invite.get("EUF-GUID").upper() == OBJECT_GUID


def is_file_offer(invite: SLPMessage) -> bool:
    """Return whether an INVITE offers a file."""
    return invite.get("EUF-GUID").upper() == FILE_GUID
