"""Families 0x0D and 0x0E: finding chat rooms, and talking in one.

    (0D, 03)  u16 exchange
    (0D, 04)  room key, u8 detail level
    (0D, 08)  u16 exchange, s8 `create`, u16 0xFFFF, u8 1, u16 count, TLVs
    (0D, 09)  TLVs 0x02 u8 rooms at once, 0x03 exchange (several), 0x04 room
    (0E, 02)  room info                  (0E, 03), (0E, 04)  user-info blocks
    (0E, 05)  8-byte cookie, u16 3, TLVs                      to the server
    (0E, 06)  8-byte cookie, u16 3, TLVs                      to everybody

    0x01 public            0x02 whispered to a name    0x03 user info of the sender
    0x05 message: TLVs 0x01 text, 0x02 encoding, 0x03 language
    0x06 send it back too  0x07 automatic

Source: AOL's published OSCAR specification, "Chat"; Open OSCAR Server, libpurple.
"""

from dataclasses import dataclass, field
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.icbm import CHANNEL_CHAT, COOKIE_LENGTH, check_cookie
from Kamaelia.Protocol.AIM.wire.packing import (
    decode_latin,
    decode_text,
    encode_text,
    u8,
    u16,
)
from Kamaelia.Protocol.AIM.wire.room import ExchangeInfo, RoomInfo, RoomKey
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.AIM.wire.user_info import UserInfo
from Kamaelia.Protocol.wire.errors import RemoteProtocolError
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "ChatMessage",
    "CreateRoom",
    "NavInfo",
    "RoomInfoRequest",
    "decode_chat",
    "encode_chat",
]

CREATE: Final = "create"
ANY_INSTANCE: Final = 0xFFFF
BRIEF_DETAIL: Final = 1

_TEXT_BLOCK: Final = 0x05
_ENCODING: Final = 0x02
_KOPETE_ENCODING: Final = TLV(_ENCODING, b"ISO 8859")


@dataclass(frozen=True, slots=True)
class RoomInfoRequest:
    """SNAC (0D, 04): tell me about a room.

    Attributes:
        key: the room.
        detail: level wanted.
    """

    key: RoomKey
    detail: int = 2

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the request that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "room info request")
        return cls(RoomKey.read(reader), reader.u8())

    def to_bytes(self) -> bytes:
        """Return the body."""
        return self.key.to_bytes() + u8(self.detail)


@dataclass(frozen=True, slots=True)
class CreateRoom:
    """SNAC (0D, 08): make a room, or find the one of this name.

    Attributes:
        room: RoomInfo with the name in its TLVs.
    """

    room: RoomInfo

    @classmethod
    def make(cls, name: str, exchange: int, charset: str = "us-ascii") -> Self:
        """Return the request that clients send.

        Args:
            name: of the room.
            exchange: EXCHANGE_PRIVATE or EXCHANGE_PUBLIC of room.
            charset: of what is said there.
        """
        tlvs = TLVBlock(
            (TLV.text(0xD3, name), TLV.text(0xD6, charset), TLV.text(0xD7, "en"))
        )
        key = RoomKey(exchange, CREATE, ANY_INSTANCE)
        return cls(RoomInfo(key, tlvs, BRIEF_DETAIL))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the request that fills `data`; cut short raises ProtocolError."""
        return cls(RoomInfo.from_bytes(data))

    @property
    def name(self) -> str:
        """The name of the room, empty if the client gave none."""
        return self.room.tlvs.text(0xD3)

    @property
    def exchange(self) -> int:
        """Where to make it."""
        return self.room.key.exchange

    def to_bytes(self) -> bytes:
        """Return the body."""
        return self.room.to_bytes()


@dataclass(frozen=True, slots=True)
class NavInfo:
    """SNAC (0D, 09): exchanges or a room.

    Attributes:
        tlvs: 0x02, 0x03, 0x04.
    """

    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def of_exchanges(cls, *exchanges: ExchangeInfo, max_rooms: int = 10) -> Self:
        """Return the answer to a request for rights or for an exchange."""
        found = [TLV(0x03, exchange.to_bytes()) for exchange in exchanges]
        return cls(TLVBlock((TLV.u8(0x02, max_rooms), *found)))

    @classmethod
    def of_room(cls, room: RoomInfo) -> Self:
        """Return the answer to a request for a room, or to make one."""
        return cls(TLVBlock((TLV(0x04, room.to_bytes()),)))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the answer that fills `data`; cut short raises ProtocolError."""
        return cls(TLVBlock.from_bytes(data))

    @property
    def max_rooms(self) -> int:
        """How many rooms one may be in at once, 0 when not told."""
        return self.tlvs.u8(0x02)

    def exchanges(self) -> tuple[ExchangeInfo, ...]:
        """Return the exchanges.

        Raises:
            RemoteProtocolError: one is cut short.
        """
        return tuple(ExchangeInfo.from_bytes(v) for v in self.tlvs.get_all(0x03))

    def room(self) -> RoomInfo | None:
        """Return the room, or None.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        value = self.tlvs.get(0x04)
        return RoomInfo.from_bytes(value) if value else None

    def to_bytes(self) -> bytes:
        """Return the body."""
        return self.tlvs.to_bytes()


def decode_chat(block: TLVBlock) -> str:
    """Return the text of a message block by the encoding it names.

    What cannot be read becomes U+FFFD; an encoding not known is guessed.
    """
    data = block.get(0x01) or b""
    name = block.text(0x02).lower()
    if name.startswith(("unicode-2-0", "utf-16")):
        return data.decode("utf-16-be", "replace")
    if name.startswith(("iso-8859-1", "iso 8859")):
        return decode_latin(data)
    return decode_text(data)


def encode_chat(text: str) -> TLVBlock:
    """Return the message block of a text: ASCII if it can be, else UTF-16."""
    if text.isascii():
        name, data = "us-ascii", text.encode("ascii")
    else:
        name, data = "unicode-2-0", encode_text(text, "utf-16-be")
    return TLVBlock((TLV.text(0x02, name), TLV.text(0x03, "en"), TLV(0x01, data)))


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """SNACs (0E, 05) and (0E, 06): something said in a room.

    Attributes:
        cookie: 8 bytes of the sender's choice.
        tlvs: the message and whom it is from or for.
        channel: 3; AIM for Mac sends 0xFFFF.
    """

    cookie: bytes
    tlvs: TLVBlock
    channel: int = CHANNEL_CHAT

    @classmethod
    def of_text(cls, text: str, cookie: bytes, *, reflect: bool = True) -> Self:
        """Return a message to everybody in the room.

        Args:
            text: HTML.
            cookie: 8 bytes, best random.
            reflect: the sender wants to get it, too.
        """
        return cls(
            cookie,
            TLVBlock.of(
                TLV(0x01),
                TLV(0x06) if reflect else None,
                TLV.block(0x05, encode_chat(text)),
            ),
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the message that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "chat message")
        cookie, channel = reader.take(COOKIE_LENGTH), reader.u16()
        return cls(cookie, TLVBlock.read(reader), channel)

    def text(self) -> str:
        """Return what was said, HTML or not.

        Raises:
            RemoteProtocolError: the message block is cut short.
        """
        return decode_chat(self.tlvs.block(0x05))

    def sender(self) -> UserInfo | None:
        """Return who said it; None on the way to the server.

        Raises:
            RemoteProtocolError: the user info is cut short.
        """
        value = self.tlvs.get(0x03)
        return UserInfo.from_bytes(value) if value else None

    @property
    def whisper_to(self) -> str | None:
        """The only one to hear it, or None for everybody."""
        return self.tlvs.text(0x02) if self.tlvs.has(0x02) else None

    @property
    def reflects(self) -> bool:
        """Whether the sender wants to get it, too."""
        return self.tlvs.has(0x06)

    def relayed(self, sender: UserInfo) -> Self:
        """Return what the others in the room get; AIM 2 needs the sender first."""
        who = TLV(0x03, sender.to_bytes())
        rest = [
            _with_good_encoding(tlv) if tlv.tag == _TEXT_BLOCK else tlv
            for tlv in self.tlvs.without(0x03, 0x06)
        ]
        return type(self)(self.cookie, TLVBlock((who, *rest)))

    def to_bytes(self) -> bytes:
        """Return the body.

        Raises:
            LocalProtocolError: the cookie has not 8 bytes.
        """
        return check_cookie(self.cookie) + u16(self.channel) + self.tlvs.to_bytes()


def _with_good_encoding(block: TLV) -> TLV:
    """Return a message block in whose encoding AIM doesn't show blank lines.

    Source: what Open OSCAR Server corrects for Kopete.
    """
    try:
        tlvs = TLVBlock.from_bytes(block.value)
    except RemoteProtocolError:
        return block  # whoever gets it has to make out what it is
    good = (
        TLV(_ENCODING, b"ISO-8859-1") if tlv == _KOPETE_ENCODING else tlv
        for tlv in tlvs
    )
    return TLV.block(block.tag, good)
