"""Extended ICQ messages: channel 2 of ICBM with the capability ICQ_EXTENDED.

The value of TLV 0x2711, all little-endian:

    u16 27, u16 version, 16-byte plug-in, u16 0, u32 client caps, u8 0, u16 counter
    u16 14, u16 counter, 12 bytes 0
    u8 type, u8 flags, u16 status, u16 priority, u16 length with NUL, text, NUL
    what the type adds; for plain text u32 foreground, u32 background, u32 length,
    the text's format as a UUID in braces

The recipient's client acknowledges with a ClientError of reason 3, which carries the
same block with an empty text, or with its away message.

Source: notes on ICQ's protocol by the iserverd project; libpurple.
"""

from dataclasses import dataclass, replace
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.packing import (
    decode_text,
    encode_text,
    pack,
    read_s16le,
    s16le,
)
from Kamaelia.Protocol.wire.reader import Reader

__all__ = ["UTF8_TAIL", "ExtendedMessage"]

UTF8_FORMAT: Final = b"{0946134E-4C7F-11D1-8222-444553540000}"
UTF8_TAIL: Final = (
    bytes(4) + b"\xff\xff\xff\0" + len(UTF8_FORMAT).to_bytes(4, "little") + UTF8_FORMAT
)
"""Black on white, UTF-8: what follows a plain text."""

HEAD_LENGTH: Final = 27


@dataclass(frozen=True, slots=True)
class ExtendedMessage:
    """One extended message.

    Attributes:
        type: an ICQMessageType of icq_message or another number.
        text: the message, or what the type says.
        counter: counts down, the same in the acknowledgement.
        flags: 1 normal, 3 automatic.
        status: of the sender; in an acknowledgement 0 for accepted.
        priority: 1 normal.
        version: of the protocol, 8 to 10.
        plugin: 16 bytes, zeros for messages.
        client_caps: bits of the sender's client.
        tail: what follows the text.
    """

    type: int
    text: str
    counter: int = 0xFFFF
    flags: int = 1
    status: int = 0
    priority: int = 1
    version: int = 9
    plugin: bytes = bytes(16)
    client_caps: int = 3
    tail: bytes = UTF8_TAIL

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the message; cut short raises ProtocolError."""
        reader = Reader(data, "extended ICQ message")
        head = reader.reader(reader.u16le(), "head of an extended ICQ message")
        version, plugin = head.u16le(), head.take(16)
        head.take(2)
        client_caps = head.u32le()
        head.take(1)
        counter = head.u16le()
        reader.take(reader.u16le())
        kind, flags = reader.u8(), reader.u8()
        status, priority = reader.u16le(), reader.u16le()
        return cls(
            kind,
            decode_text(read_s16le(reader)),
            counter,
            flags,
            status,
            priority,
            version,
            plugin,
            client_caps,
            reader.rest(),
        )

    def acknowledged(self, text: str = "", status: int = 0) -> Self:
        """Return the acknowledgement, for the data of a ClientError of reason 3.

        Args:
            text: the away message, where that was asked for.
            status: 0 accepted.
        """
        return replace(self, text=text, status=status)

    def to_bytes(self) -> bytes:
        """Return the value of TLV 0x2711.

        Raises:
            LocalProtocolError: a number or the text does not fit.
        """
        head = pack(
            "<HH16sHIBHH",
            HEAD_LENGTH,
            self.version,
            self.plugin,
            0,
            self.client_caps,
            0,
            self.counter,
            14,
        )
        again = pack("<H12s", self.counter, b"")
        kind = pack("<BBHH", self.type, self.flags, self.status, self.priority)
        return head + again + kind + s16le(encode_text(self.text)) + self.tail
