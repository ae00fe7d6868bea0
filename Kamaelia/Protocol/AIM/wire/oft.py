"""OFT, file transfer straight from client to client: headers, then the file's bytes.

    offset  bytes  field                       offset  bytes  field
    0       4      magic, "OFT2" or "OFT3"     56      4      fork's checksum
    4       2      length of this header       60      4      bytes received
    6       2      type, OFTType               64      4      checksum received
    8       8      cookie of the ICBM          68      32     ID string
    16      2      encryption                  100     1      flags
    18      2      compression                 101     1      list name offset
    20      2      files, 22 files left        102     1      list size offset
    24      2      parts, 26 parts left        103     69     unused
    28      4      bytes of all files          172     16     Mac file info
    32      4      bytes of this file          188     2      charset of the name
    36      4      modified, Unix time         190     2      its subset
    40      4      checksum                    192     64+    name, padded with NULs
    44      4      checksum of the fork received
    48      4      bytes of the resource fork  52      4      created, Unix time

    sender    PROMPT        RESUME_ACCEPT          the bytes
    receiver        RESUME                RESUME_ACK          DONE
                    (ACK instead of these three, from the beginning)

Source: the format as libpurple and Pork speak it; checked against a capture of AIM.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from struct import Struct
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.icbm import check_cookie
from Kamaelia.Protocol.AIM.wire.message_text import CHARSET_UNICODE, decode_charset
from Kamaelia.Protocol.AIM.wire.packing import pack
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "MAGICS",
    "NO_CHECKSUM",
    "OFTHeader",
    "OFTType",
    "checksum",
    "header_length",
]

MAGICS: Final = frozenset({b"OFT2", b"OFT3"})
NO_CHECKSUM: Final = 0xFFFF0000
ID_STRING: Final = "Cool FileXfer"

FIXED_LENGTH: Final = 192
NAME_LENGTH: Final = 64
MAX_LENGTH: Final = FIXED_LENGTH + 4096

_FORM: Final = "!4sHH8s6H10I32s3B69s16sHH"
_FIXED: Final = Struct(_FORM)
_ID_STRING, _CHARSET = 18, 24  # among the fields from the type on


class OFTType(IntEnum):
    """What a header says."""

    PROMPT = 0x0101
    RESUME_ACCEPT = 0x0106
    ACK = 0x0202
    DONE = 0x0204
    RESUME = 0x0205
    RESUME_ACK = 0x0207


@dataclass(frozen=True, slots=True)
class OFTHeader:
    """One header.

    Attributes:
        type: an OFTType or another number.
        cookie: of the ICBM that offered the file; zeros in a PROMPT.
        encrypt: 0.
        compress: 0.
        total_files: of the transfer.
        files_left: this one included.
        total_parts: forks of this file, 1.
        parts_left: this one included.
        total_size: bytes of all files.
        size: bytes of this file.
        mod_time: Unix time.
        checksum: of this file, see `checksum`.
        res_recv_checksum: of the resource fork, as received.
        res_size: bytes of the resource fork.
        create_time: Unix time.
        res_checksum: of the resource fork.
        bytes_received: what the receiver has.
        recv_checksum: of that.
        id_string: which client.
        flags: 0x20 sending, 0x01 done.
        name_offset: 28.
        size_offset: 17.
        dummy: 69 bytes.
        mac_info: 16 bytes.
        charset: 0 ASCII, 2 UTF-16 big-endian, 3 ISO-8859-1.
        subset: 0.
        raw_name: the name in its charset, without NULs; folders end in 0x01.
        magic: one of MAGICS.
    """

    type: int
    cookie: bytes = bytes(8)
    encrypt: int = 0
    compress: int = 0
    total_files: int = 1
    files_left: int = 1
    total_parts: int = 1
    parts_left: int = 1
    total_size: int = 0
    size: int = 0
    mod_time: int = 0
    checksum: int = NO_CHECKSUM
    res_recv_checksum: int = NO_CHECKSUM
    res_size: int = 0
    create_time: int = 0
    res_checksum: int = NO_CHECKSUM
    bytes_received: int = 0
    recv_checksum: int = NO_CHECKSUM
    id_string: str = ID_STRING
    flags: int = 0x20
    name_offset: int = 0x1C
    size_offset: int = 0x11
    dummy: bytes = field(default=bytes(69), repr=False)
    mac_info: bytes = field(default=bytes(16), repr=False)
    charset: int = 0
    subset: int = 0
    raw_name: bytes = b""
    magic: bytes = b"OFT2"

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the header that fills `data`.

        Raises:
            RemoteProtocolError: it is no OFT header, or has another length than it
                says.
        """
        length = header_length(data)
        if length is None or length != len(data):
            raise RemoteProtocolError("OFT header cut short", 0, data)
        magic, _, *fields = _FIXED.unpack_from(data)
        rest = data[FIXED_LENGTH:]
        utf16 = fields[_CHARSET] == CHARSET_UNICODE
        name = _utf16_name(rest) if utf16 else rest.split(b"\0", 1)[0]
        fields[_ID_STRING] = fields[_ID_STRING].split(b"\0", 1)[0].decode("latin-1")
        return cls(*(*fields, name, magic))

    @property
    def name(self) -> str:
        """The name of the file; folders are parted by `/`."""
        return decode_charset(self.raw_name, self.charset).replace("\x01", "/")

    def to_bytes(self) -> bytes:
        """Return the header, at least 256 bytes.

        Raises:
            LocalProtocolError: a field does not fit.
        """
        end = b"\0\0" if self.charset == CHARSET_UNICODE else b"\0"
        name = (self.raw_name + end).ljust(NAME_LENGTH, b"\0")
        length = FIXED_LENGTH + len(name)
        if length > MAX_LENGTH or self.magic not in MAGICS:
            raise LocalProtocolError("an OFT header with a bad name or magic")
        if (len(self.dummy), len(self.mac_info)) != (69, 16):
            raise LocalProtocolError("an OFT header with fillers of a wrong length")
        head = pack(
            _FORM,
            self.magic,
            length,
            self.type,
            check_cookie(self.cookie),
            *(self.encrypt, self.compress),
            *(self.total_files, self.files_left),
            *(self.total_parts, self.parts_left),
            *(self.total_size, self.size, self.mod_time, self.checksum),
            *(self.res_recv_checksum, self.res_size),
            *(self.create_time, self.res_checksum),
            *(self.bytes_received, self.recv_checksum),
            _id_bytes(self.id_string),
            *(self.flags, self.name_offset, self.size_offset),
            self.dummy,
            self.mac_info,
            *(self.charset, self.subset),
        )
        return head + name


def header_length(data: bytes) -> int | None:
    """Return the length of the header that `data` begins with, in bytes.

    None: fewer than six bytes have come, which may still become one.

    Raises:
        RemoteProtocolError: no OFT header begins so.
    """
    if not any(magic.startswith(data[:4]) for magic in MAGICS):
        raise RemoteProtocolError("not an OFT header", 0, data)
    if len(data) < 6:
        return None
    length = int.from_bytes(data[4:6], "big")
    if not FIXED_LENGTH <= length <= MAX_LENGTH:
        raise RemoteProtocolError(f"OFT header of {length} bytes", 4, data[4:])
    return length


def checksum(data: bytes, value: int = NO_CHECKSUM, offset: int = 0) -> int:
    """Return the checksum of a file, or of a file's further bytes.

    Args:
        data: the bytes.
        value: the checksum of the bytes before.
        offset: number of the bytes before; only whether it is odd counts.
    """
    high, low = (data[1::2], data[0::2]) if offset % 2 else (data[0::2], data[1::2])
    taken = (sum(high) << 8) + sum(low)
    # A subtraction with end-around borrow is one modulo 0xFFFF. Zero has two forms:
    # the one with all bits set stands for "nothing taken away yet".
    start = value >> 16
    left = (start - taken) % 0xFFFF
    if left == 0 and not (start == 0xFFFF and taken == 0):
        return 0
    return (left or 0xFFFF) << 16


def _id_bytes(text: str) -> bytes:
    """Return the ID string in its 32 bytes."""
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"OFT ID string: {error}") from None
    if len(data) > 32:
        raise LocalProtocolError(f"OFT ID string of {len(data)} bytes, at most 32")
    return data


def _utf16_name(data: bytes) -> bytes:
    """Return UTF-16 up to its first NUL character."""
    for at in range(0, len(data) - 1, 2):
        if data[at : at + 2] == b"\0\0":
            return data[:at]
    return data[: len(data) // 2 * 2]
