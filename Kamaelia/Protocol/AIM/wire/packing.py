"""Small pieces every OSCAR format is made of: integers, counted strings, text.

    s8    u8 length, bytes      screen names, chat cookies
    s16   u16 length, bytes     feedbag names, reasons

Integers are big-endian unless a name ends in `le`. The writers raise
LocalProtocolError for what does not fit, the readers RemoteProtocolError.

Text from the wire always becomes a `str`: UTF-8 when it is valid UTF-8 (ASCII is),
else windows-1252, the code page of the clients that send no charset.
"""

import struct
from typing import Final

from Kamaelia.Protocol.wire.errors import LocalProtocolError
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "decode_latin",
    "decode_text",
    "encode_text",
    "pack",
    "read_s8",
    "read_s16",
    "read_s16le",
    "s8",
    "s16",
    "s16le",
    "text8",
    "text16",
    "u8",
    "u16",
    "u32",
    "u64",
]

MAX_U8: Final = 0xFF
MAX_U16: Final = 0xFFFF


def pack(form: str, *values: int | bytes) -> bytes:
    """Pack as struct.pack does.

    Raises:
        LocalProtocolError: a value does not fit its field.
    """
    try:
        return struct.pack(form, *values)
    except struct.error as error:
        raise LocalProtocolError(
            f"cannot pack {values!r} as {form!r}: {error}"
        ) from None


def u8(value: int) -> bytes:
    """Return one byte."""
    return pack("!B", value)


def u16(value: int) -> bytes:
    """Return two bytes."""
    return pack("!H", value)


def u32(value: int) -> bytes:
    """Return four bytes."""
    return pack("!I", value)


def u64(value: int) -> bytes:
    """Return eight bytes."""
    return pack("!Q", value)


def s8(data: bytes) -> bytes:
    """Return `data` behind its one-byte length, at most 255 bytes."""
    if len(data) > MAX_U8:
        raise LocalProtocolError(f"string of {len(data)} bytes, at most {MAX_U8}")
    return bytes((len(data),)) + data


def s16(data: bytes) -> bytes:
    """Return `data` behind its two-byte length, at most 65535 bytes."""
    if len(data) > MAX_U16:
        raise LocalProtocolError(f"string of {len(data)} bytes, at most {MAX_U16}")
    return len(data).to_bytes(2, "big") + data


def s16le(data: bytes) -> bytes:
    """Return `data` and a NUL behind their length, as ICQ writes strings."""
    if len(data) >= MAX_U16:
        raise LocalProtocolError(f"string of {len(data)} bytes, at most {MAX_U16 - 1}")
    return (len(data) + 1).to_bytes(2, "little") + data + b"\0"


def read_s8(reader: Reader) -> bytes:
    """Take a string with a one-byte length."""
    return reader.take(reader.u8())


def read_s16(reader: Reader) -> bytes:
    """Take a string with a two-byte length."""
    return reader.take(reader.u16())


def read_s16le(reader: Reader) -> bytes:
    """Take an ICQ string; its closing NUL, where there is one, is left off."""
    data = reader.take(reader.u16le())
    return data[:-1] if data.endswith(b"\0") else data


def decode_latin(data: bytes) -> str:
    """Return windows-1252 text; its five unused bytes stay C1 controls."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def decode_text(data: bytes) -> str:
    """Return text of no stated charset: UTF-8 if valid, else windows-1252."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return decode_latin(data)


def encode_text(text: str, encoding: str = "utf-8") -> bytes:
    """Return the bytes of `text`.

    Raises:
        LocalProtocolError: the encoding cannot hold it.
    """
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"text does not fit {encoding}: {error}") from None


def text8(text: str) -> bytes:
    """Return UTF-8 text behind a one-byte length."""
    return s8(encode_text(text))


def text16(text: str) -> bytes:
    """Return UTF-8 text behind a two-byte length."""
    return s16(encode_text(text))
