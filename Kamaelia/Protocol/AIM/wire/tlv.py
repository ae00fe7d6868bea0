"""TLV, OSCAR's type-length-value unit, and the blocks it comes in.

    offset  bytes  field    meaning (big-endian; little-endian inside ICQ's blocks)
    0       2      tag      only means something in its context
    2       2      length   bytes of value
    4       n      value

Blocks: TLVs to the end of the enclosing block; a u16 count of TLVs, then these; a
u16 length in bytes, then TLVs. Order and duplicates are kept. For a scalar the first
of several wins; an empty value is a flag that is there.

Source: AOL's published OSCAR specification, "TLV".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from Kamaelia.Protocol.AIM.wire.packing import (
    decode_text,
    encode_text,
    pack,
    s16,
    u8,
    u16,
    u32,
)
from Kamaelia.Protocol.wire.reader import Reader

__all__ = ["TLV", "TLVBlock"]


@dataclass(frozen=True, slots=True)
class TLV:
    """One type-length-value unit.

    Attributes:
        tag: the type, 0 to 0xFFFF.
        value: at most 65535 bytes.
    """

    tag: int
    value: bytes = b""

    @classmethod
    def u8(cls, tag: int, number: int) -> Self:
        """Return a TLV of one byte."""
        return cls(tag, u8(number))

    @classmethod
    def u16(cls, tag: int, number: int) -> Self:
        """Return a TLV of two bytes."""
        return cls(tag, u16(number))

    @classmethod
    def u32(cls, tag: int, number: int) -> Self:
        """Return a TLV of four bytes."""
        return cls(tag, u32(number))

    @classmethod
    def text(cls, tag: int, text: str, encoding: str = "utf-8") -> Self:
        """Return a TLV of text, without a closing NUL."""
        return cls(tag, encode_text(text, encoding))

    @classmethod
    def block(cls, tag: int, tlvs: Iterable["TLV"]) -> Self:
        """Return a TLV whose value is TLVs."""
        return cls(tag, TLVBlock(tlvs).to_bytes())

    def to_bytes(self) -> bytes:
        """Return tag, length and value.

        Raises:
            LocalProtocolError: tag or length do not fit 16 bits.
        """
        return u16(self.tag) + s16(self.value)

    def to_bytes_le(self) -> bytes:
        """Return the little-endian form, as ICQ's meta requests have it."""
        return pack("<HH", self.tag, len(self.value)) + self.value


class TLVBlock(tuple[TLV, ...]):
    """TLVs in the order of the wire, with look-ups by tag.

    Numbers are read by their actual length, since old clients send other widths
    than the format names; text as `decode_text` reads it.
    """

    __slots__ = ()

    @classmethod
    def of(cls, *tlvs: TLV | None) -> Self:
        """Return a block of the arguments that are not None."""
        return cls(tlv for tlv in tlvs if tlv is not None)

    @classmethod
    def read(cls, reader: Reader, *, lenient: bool = False) -> Self:
        """Take TLVs to the end of `reader`.

        Args:
            reader: what to read from.
            lenient: cut a last TLV that announces more than is there, and ignore
                up to three stray bytes; Jimm's capability list needs it.

        Raises:
            RemoteProtocolError: a TLV is cut short.
        """
        found = []
        while reader:
            if lenient and len(reader) < 4:
                reader.rest()
                break
            tag, length = reader.u16(), reader.u16()
            if lenient:
                length = min(length, len(reader))
            found.append(TLV(tag, reader.take(length)))
        return cls(found)

    @classmethod
    def read_counted(cls, reader: Reader) -> Self:
        """Take a u16 count, then as many TLVs."""
        return cls.read_some(reader, reader.u16())

    @classmethod
    def read_some(cls, reader: Reader, count: int) -> Self:
        """Take `count` TLVs; the memory used depends on what is there, not on it."""
        found = []
        for _ in range(count):
            tag = reader.u16()
            found.append(TLV(tag, reader.take(reader.u16())))
        return cls(found)

    @classmethod
    def read_sized(cls, reader: Reader) -> Self:
        """Take a u16 length in bytes, then TLVs that fill it."""
        return cls.read(reader.reader(reader.u16(), "TLV block"))

    @classmethod
    def read_le(cls, reader: Reader) -> Self:
        """Take little-endian TLVs to the end of `reader`."""
        found = []
        while reader:
            tag = reader.u16le()
            found.append(TLV(tag, reader.take(reader.u16le())))
        return cls(found)

    @classmethod
    def from_bytes(cls, data: bytes, *, lenient: bool = False) -> Self:
        """Return the TLVs that fill `data`; arguments and errors as `read`."""
        return cls.read(Reader(data, "TLVs"), lenient=lenient)

    def has(self, tag: int) -> bool:
        """Return whether a TLV of this tag is there, empty or not."""
        return any(tlv.tag == tag for tlv in self)

    def get(self, tag: int) -> bytes | None:
        """Return the value of the first TLV of this tag, or None."""
        for tlv in self:
            if tlv.tag == tag:
                return tlv.value
        return None

    def get_all(self, tag: int) -> list[bytes]:
        """Return the values of every TLV of this tag."""
        return [tlv.value for tlv in self if tlv.tag == tag]

    def number(self, tag: int) -> int | None:
        """Return the big-endian number of the first TLV of this tag, or None.

        A missing or empty TLV, or one of more than eight bytes, has no number.
        """
        value = self.get(tag)
        if not value or len(value) > 8:
            return None
        return int.from_bytes(value, "big")

    def u8(self, tag: int, default: int = 0) -> int:
        """Return the number of this tag modulo 2**8, else `default`."""
        number = self.number(tag)
        return default if number is None else number & 0xFF

    def u16(self, tag: int, default: int = 0) -> int:
        """Return the number of this tag modulo 2**16, else `default`."""
        number = self.number(tag)
        return default if number is None else number & 0xFFFF

    def u32(self, tag: int, default: int = 0) -> int:
        """Return the number of this tag modulo 2**32, else `default`."""
        number = self.number(tag)
        return default if number is None else number & 0xFFFF_FFFF

    def text(self, tag: int, default: str = "") -> str:
        """Return the text of this tag, without NULs at its end, else `default`."""
        value = self.get(tag)
        return default if value is None else decode_text(value.rstrip(b"\0"))

    def block(self, tag: int) -> "TLVBlock":
        """Return the TLVs that fill the value of this tag; none if it is missing.

        Raises:
            RemoteProtocolError: a TLV in it is cut short.
        """
        return TLVBlock.from_bytes(self.get(tag) or b"")

    def without(self, *tags: int) -> "TLVBlock":
        """Return the block less every TLV of these tags."""
        return TLVBlock(tlv for tlv in self if tlv.tag not in tags)

    def to_bytes(self) -> bytes:
        """Return the TLVs, one after the other."""
        return b"".join([tlv.to_bytes() for tlv in self])

    def to_counted(self) -> bytes:
        """Return their u16 number, then the TLVs."""
        return u16(len(self)) + self.to_bytes()

    def to_sized(self) -> bytes:
        """Return their u16 length in bytes, then the TLVs."""
        return s16(self.to_bytes())

    def to_bytes_le(self) -> bytes:
        """Return the TLVs in little-endian form."""
        return b"".join([tlv.to_bytes_le() for tlv in self])
