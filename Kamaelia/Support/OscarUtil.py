r"""Packing, unpacking and constants of OSCAR, by Kamaelia's old names.

Everything of both old modules is in each of them, so

    from Kamaelia.Support.OscarUtil import *
    from Kamaelia.Support.OscarUtil2 import *

and either line alone give the same names. What made strings of bytes in Python 2
makes `bytes` here, and takes `str` too: each of its characters is one byte where it
fits (`"\xf3"` is the byte F3), else the text is UTF-8.

    request = TLV(0x01, "kamaelia1") + TLV(0x4B, Double(0))
    head, body = readSNAC(SNAC(0x17, 0x06, request))
    family, subtype, flags1, flags2, request_id = head
    readTLVs(body) == {0x01: b"kamaelia1", 0x4B: b"\0\0"}

Bytes that make no sense raise RemoteProtocolError, numbers that do not fit
struct.error. New programs find typed values in Kamaelia.Protocol.AIM.wire.
"""

import struct
import sys
from collections.abc import Iterable, Sequence
from typing import overload

from Kamaelia.Protocol.AIM.wire.login import LOGIN_ERRORS, login_error_meaning
from Kamaelia.Protocol.AIM.wire.password import DIGEST_TAIL, roast, strong_digest
from Kamaelia.Protocol.wire.errors import RemoteProtocolError

__all__ = [
    "AIM_MD5_STRING",
    "AIM_PORT",
    "AUTH_SERVER",
    "CHANNEL1",
    "CHANNEL2",
    "CHANNEL3",
    "CHANNEL4",
    "CHANNEL5",
    "CHANNEL_CLOSECONNECTION",
    "CHANNEL_FLAPERROR",
    "CHANNEL_KEEPALIVE",
    "CHANNEL_NEWCONNECTION",
    "CHANNEL_SNAC",
    "CLIENT_ID_STRING",
    "FLAP_HEADER_LEN",
    "LEN_RATE_CLASS",
    "RATE_ALERT_WIDTH",
    "RATE_CLASS_LEN",
    "RATE_CLEAR_WIDTH",
    "RATE_CURRENTSTATE_WIDTH",
    "RATE_CURRENT_WIDTH",
    "RATE_DISCONNECT_WIDTH",
    "RATE_ID_WIDTH",
    "RATE_LASTTIME_WIDTH",
    "RATE_LIMIT_WIDTH",
    "RATE_MAX_WIDTH",
    "RATE_WINSIZE_WIDTH",
    "SNAC",
    "SNAC_HEADER_LEN",
    "STATUS_AWAY",
    "STATUS_DND",
    "STATUS_FREE4CHAT",
    "STATUS_INVISIBLE",
    "STATUS_MISC_BIRTHDAY",
    "STATUS_MISC_DCAUTH",
    "STATUS_MISC_DCCONT",
    "STATUS_MISC_DCDISABLED",
    "STATUS_MISC_SHOWIP",
    "STATUS_MISC_WEBAWARE",
    "STATUS_MISC_WEBFRONT",
    "STATUS_NA",
    "STATUS_OCCUPIED",
    "STATUS_ONLINE",
    "TLV",
    "Double",
    "Quad",
    "Single",
    "encryptPasswordICQ",
    "encryptPasswordMD5",
    "errorCodes",
    "packDoubles",
    "packQuads",
    "packSingles",
    "printWireshark",
    "readSNAC",
    "readTLV08",
    "readTLVs",
    "selfClass",
    "struct",
    "unpackDoubles",
    "unpackFour",
    "unpackQuads",
    "unpackSingles",
]

AUTH_SERVER = "login.oscar.aol.com"
AIM_PORT = 5190
AIM_MD5_STRING = DIGEST_TAIL.decode()
CLIENT_ID_STRING = "Kamaelia/AIM"

CHANNEL_NEWCONNECTION = CHANNEL1 = 1
CHANNEL_SNAC = CHANNEL2 = 2
CHANNEL_FLAPERROR = CHANNEL3 = 3
CHANNEL_CLOSECONNECTION = CHANNEL4 = 4
CHANNEL_KEEPALIVE = CHANNEL5 = 5

FLAP_HEADER_LEN = 6
SNAC_HEADER_LEN = 10

# bytes that each part of a rate class takes in SNAC (01, 07)
RATE_ID_WIDTH = 2
RATE_WINSIZE_WIDTH = 4
RATE_CLEAR_WIDTH = 4
RATE_ALERT_WIDTH = 4
RATE_LIMIT_WIDTH = 4
RATE_DISCONNECT_WIDTH = 4
RATE_CURRENT_WIDTH = 4
RATE_MAX_WIDTH = 4
RATE_LASTTIME_WIDTH = 4
RATE_CURRENTSTATE_WIDTH = 1
RATE_CLASS_LEN = LEN_RATE_CLASS = 35

# high word of the status in SNAC (01, 1E)
STATUS_MISC_WEBAWARE = 0x0001
STATUS_MISC_SHOWIP = 0x0002
STATUS_MISC_BIRTHDAY = 0x0008
STATUS_MISC_WEBFRONT = 0x0020
STATUS_MISC_DCDISABLED = 0x0100
STATUS_MISC_DCAUTH = 0x1000
STATUS_MISC_DCCONT = 0x2000
# its low word
STATUS_ONLINE = 0x0000
STATUS_AWAY = 0x0001
STATUS_DND = 0x0002
STATUS_NA = 0x0004
STATUS_OCCUPIED = 0x0010
STATUS_FREE4CHAT = 0x0020
STATUS_INVISIBLE = 0x0100

errorCodes = dict(LOGIN_ERRORS)  # noqa: N816 - the old name
"""What the code in TLV 0x08 of a refused sign-on means."""


def _toBytes(data: bytes | str) -> bytes:
    """Return bytes as they are, and text as the module describes it."""
    if not isinstance(data, str):
        return data
    try:
        return data.encode("latin-1")
    except UnicodeEncodeError:
        return data.encode("utf-8")


def Single(num: int) -> bytes:
    """Return `num`, 0 to 255, as one byte."""
    return struct.pack("!B", num)


def Double(num: int) -> bytes:
    """Return `num`, 0 to 65535, as two bytes, big-endian."""
    return struct.pack("!H", num)


def Quad(num: int) -> bytes:
    """Return `num`, signed or unsigned, as four bytes, big-endian."""
    return struct.pack("!i" if num < 0 else "!I", num)


def packSingles(nums: Iterable[int]) -> bytes:
    """Return numbers as one byte each."""
    return b"".join(map(Single, nums))


def packDoubles(nums: Iterable[int]) -> bytes:
    """Return numbers as two bytes each."""
    return b"".join(map(Double, nums))


def packQuads(nums: Iterable[int]) -> bytes:
    """Return numbers as four bytes each."""
    return b"".join(map(Quad, nums))


def _unpack(data: bytes | str, code: str, width: int) -> tuple[int, ...]:
    raw = _toBytes(data)
    if len(raw) % width:
        raise RemoteProtocolError(f"{len(raw)} bytes are no numbers of {width}", 0, raw)
    return struct.unpack(f"!{len(raw) // width}{code}", raw)


def unpackSingles(data: bytes | str) -> tuple[int, ...]:
    """Return each byte as a number, to use with `"%02x " * len(data) % ...`."""
    return _unpack(data, "B", 1)


def unpackDoubles(data: bytes | str) -> tuple[int, ...]:
    """Return each two bytes as a number.

    Raises:
        RemoteProtocolError: an odd number of bytes.
    """
    return _unpack(data, "H", 2)


unpackFour = unpackDoubles  # noqa: N816 - the old name
"""An older name: two bytes have four hexadecimal digits."""


def unpackQuads(data: bytes | str) -> tuple[int, ...]:
    """Return each four bytes as an unsigned number.

    Raises:
        RemoteProtocolError: the number of bytes is not a multiple of four.
    """
    return _unpack(data, "I", 4)


def SNAC(
    fam: int, sub: int, data: bytes | str, id: int = 1, flags: Sequence[int] = (0, 0)
) -> bytes:
    """Return the bytes of a SNAC.

    Args:
        fam: family.
        sub: subtype.
        data: body.
        id: request ID.
        flags: their two bytes, the high one first.
    """
    head = struct.pack("!HHBB", fam, sub, flags[0], flags[1])
    return head + Quad(id) + _toBytes(data)


def readSNAC(data: bytes | str) -> tuple[list[int], bytes]:
    """Return header and body of a SNAC.

    The header is [family, subtype, high byte of flags, low byte, request ID].

    Raises:
        RemoteProtocolError: fewer than ten bytes.
    """
    raw = _toBytes(data)
    if len(raw) < SNAC_HEADER_LEN:
        raise RemoteProtocolError("SNAC header cut short", 0, raw)
    return list(struct.unpack_from("!HHBBI", raw)), raw[SNAC_HEADER_LEN:]


def TLV(type: int, value: bytes | str) -> bytes:
    """Return the bytes of one TLV."""
    raw = _toBytes(value)
    return struct.pack("!HH", type, len(raw)) + raw


@overload
def readTLVs(data: bytes | str, count: None = None) -> dict[int, bytes]: ...
@overload
def readTLVs(data: bytes | str, count: int) -> tuple[dict[int, bytes], bytes]: ...


def readTLVs(
    data: bytes | str, count: int | None = None
) -> dict[int, bytes] | tuple[dict[int, bytes], bytes]:
    """Return TLVs as {type: value}; of several of one type the last.

    A value that ends with the data is shorter than its length says.

    Args:
        data: TLVs, and with a count anything behind them.
        count: how many TLVs to take; the answer then is a pair of the dictionary and
            the bytes that are left.

    Raises:
        RemoteProtocolError: the four bytes before a value are cut short.
    """
    raw = _toBytes(data)
    found: dict[int, bytes] = {}
    position = taken = 0
    while position < len(raw) and taken != count:
        if len(raw) - position < 4:
            raise RemoteProtocolError("TLV cut short", position, raw[position:])
        kind, length = struct.unpack_from("!HH", raw, position)
        position += 4
        found[kind] = raw[position : position + length]
        position += length
        taken += 1
    return found if count is None else (found, raw[position:])


def readTLV08(tlvdata: bytes | str) -> tuple[str, str]:
    """Return ("error", what it means) for the value of TLV 0x08."""
    code = int.from_bytes(_toBytes(tlvdata)[:2], "big")
    return "error", login_error_meaning(code)


def encryptPasswordMD5(password: bytes | str, key: bytes | str) -> bytes:
    """Return the 16 bytes for TLV 0x25, the strong form: send TLV 0x4C with it."""
    return strong_digest(_toBytes(password), _toBytes(key))


def encryptPasswordICQ(password: bytes | str) -> bytes:
    """Return the password as old sign-ons send it; whoever sees it can undo it."""
    return roast(_toBytes(password))


def printWireshark(text: bytes | str) -> None:
    """Print bytes as Wireshark does: sixteen to a line, the first after twelve."""
    shown = ["00"] * 12 + [f"{byte:02x}" for byte in _toBytes(text)]
    for start in range(0, len(shown), 16):
        left, right = shown[start : start + 8], shown[start + 8 : start + 16]
        sys.stdout.write(f"{' '.join(left)}   {' '.join(right)}".rstrip() + "\n")


class selfClass:  # noqa: N801 - the old name
    """Stands in for `self` while trying out methods that send SNACs: it prints them."""

    def sendSnac(self, fam: int, sub: int, text: bytes | str) -> None:
        """Print what would have been sent."""
        printWireshark(SNAC(fam, sub, text))
