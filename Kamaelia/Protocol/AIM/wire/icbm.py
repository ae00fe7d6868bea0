"""Family 0x04, ICBM: instant messages of every kind, in one envelope.

    (04, 06)  8-byte cookie, u16 channel, s8 recipient, TLVs          to the server
    (04, 07)  8-byte cookie, u16 channel, user info of the sender, TLVs
    (04, 0C)  8-byte cookie, u16 channel, s8 recipient                accepted

    channel   1 text, TLV 0x02    2 rendezvous, TLV 0x05    4 classic ICQ, TLV 0x05

    0x02 fragments      0x03 wants (04, 0C)     0x04 automatic reply
    0x05 data           0x06 store if offline; in 07: was stored
    0x08 has icon       0x09 wants icon         0x0B wants typing notices
    0x0D BART IDs       0x16 u32 time sent (offline messages)

The sender chooses the cookie; it names the message in acknowledgements, errors and
the whole conversation of a rendezvous.

Source: AOL's published OSCAR specification, "ICBM"; checked against the recording
tests/transcripts/aim-libpurple.pcap.
"""

from dataclasses import dataclass, field
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.message_text import decode_message, encode_message
from Kamaelia.Protocol.AIM.wire.packing import decode_text, read_s8, text8, u16
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.AIM.wire.user_info import UserInfo
from Kamaelia.Protocol.wire.errors import LocalProtocolError
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "CHANNEL_ICQ",
    "CHANNEL_RENDEZVOUS",
    "CHANNEL_TEXT",
    "COOKIE_LENGTH",
    "HostAck",
    "MessageToClient",
    "MessageToHost",
    "check_cookie",
]

CHANNEL_TEXT: Final = 1
CHANNEL_RENDEZVOUS: Final = 2
CHANNEL_CHAT: Final = 3
CHANNEL_ICQ: Final = 4

COOKIE_LENGTH: Final = 8

TLV_FRAGMENTS: Final = 0x02
TLV_WANTS_ACK: Final = 0x03
TLV_AUTO: Final = 0x04
TLV_DATA: Final = 0x05
TLV_STORE: Final = 0x06
TLV_ICON: Final = 0x08
TLV_WANTS_ICON: Final = 0x09
TLV_WANTS_EVENTS: Final = 0x0B
TLV_BARTS: Final = 0x0D
TLV_SENT: Final = 0x16

_NOT_RELAYED: Final = (TLV_WANTS_ACK, TLV_STORE, TLV_SENT, TLV_WANTS_EVENTS)


def check_cookie(cookie: bytes) -> bytes:
    """Return a message cookie as it is.

    Raises:
        LocalProtocolError: it has not 8 bytes.
    """
    if len(cookie) != COOKIE_LENGTH:
        raise LocalProtocolError(
            f"a message cookie has {COOKIE_LENGTH} bytes, not {len(cookie)}"
        )
    return cookie


@dataclass(frozen=True, slots=True)
class MessageToHost:
    """SNAC (04, 06): a message on its way to the server.

    Attributes:
        cookie: 8 bytes of the sender's choice.
        channel: a CHANNEL_ constant or another.
        recipient: screen name.
        tlvs: the message and how to treat it.
    """

    cookie: bytes
    channel: int
    recipient: str
    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def of_text(
        cls,
        recipient: str,
        text: str,
        cookie: bytes,
        *,
        charset: int | None = None,
        ack: bool = True,
        store: bool = False,
        auto: bool = False,
    ) -> Self:
        """Return a plain message.

        Args:
            recipient: screen name.
            text: HTML to AIM users, plain to ICQ users.
            cookie: 8 bytes, best random.
            charset: of message_text; None takes the plainest that can hold the text.
            ack: the server shall say that it took the message.
            store: the server shall keep it if the recipient is offline.
            auto: an automatic reply; it is never stored or acknowledged.
        """
        tlvs = TLVBlock.of(
            TLV(TLV_FRAGMENTS, encode_message(text, charset)),
            TLV(TLV_AUTO) if auto else None,
            TLV(TLV_WANTS_ACK) if ack and not auto else None,
            TLV(TLV_STORE) if store and not auto else None,
        )
        return cls(cookie, CHANNEL_TEXT, recipient, tlvs)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the message that fills `data`.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        reader = Reader(data, "message to host")
        cookie, channel = reader.take(COOKIE_LENGTH), reader.u16()
        return cls(cookie, channel, decode_text(read_s8(reader)), TLVBlock.read(reader))

    @property
    def text(self) -> str:
        """The text of channel 1, HTML or not; empty on other channels."""
        return decode_message(self.tlvs.get(TLV_FRAGMENTS) or b"")

    @property
    def wants_ack(self) -> bool:
        """Whether the sender waits for (04, 0C)."""
        return self.tlvs.has(TLV_WANTS_ACK)

    @property
    def wants_store(self) -> bool:
        """Whether to keep the message for a recipient who is offline."""
        return self.tlvs.has(TLV_STORE)

    @property
    def is_auto(self) -> bool:
        """Whether this is an automatic reply: never answer it automatically."""
        return self.tlvs.has(TLV_AUTO)

    def relayed(
        self,
        sender: UserInfo,
        *,
        wants_events: bool = False,
        stored_at: int | None = None,
    ) -> "MessageToClient":
        """Return what the recipient gets.

        TLVs for the server alone, and those that only a server may set, are left out.

        Args:
            sender: who wrote it.
            wants_events: the sender takes typing notices.
            stored_at: Unix time of a message that was kept for the recipient.
        """
        tlvs = [*self.tlvs.without(*_NOT_RELAYED)]
        if wants_events:
            tlvs.append(TLV(TLV_WANTS_EVENTS))
        if stored_at is not None:
            tlvs += [TLV(TLV_STORE), TLV.u32(TLV_SENT, stored_at)]
        return MessageToClient(self.cookie, self.channel, sender, TLVBlock(tlvs))

    def to_bytes(self) -> bytes:
        """Return the body.

        Raises:
            LocalProtocolError: the cookie has not 8 bytes, or the name is too long.
        """
        head = check_cookie(self.cookie) + u16(self.channel)
        return head + text8(self.recipient) + self.tlvs.to_bytes()


@dataclass(frozen=True, slots=True)
class MessageToClient:
    """SNAC (04, 07): a message that came.

    Attributes:
        cookie: 8 bytes of the sender's choice.
        channel: a CHANNEL_ constant or another.
        sender: who wrote it.
        tlvs: the message; they follow the counted TLVs of the sender.
    """

    cookie: bytes
    channel: int
    sender: UserInfo
    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the message that fills `data`.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        reader = Reader(data, "message to client")
        cookie, channel = reader.take(COOKIE_LENGTH), reader.u16()
        return cls(cookie, channel, UserInfo.read(reader), TLVBlock.read(reader))

    @property
    def text(self) -> str:
        """The text of channel 1, HTML or not; empty on other channels."""
        return decode_message(self.tlvs.get(TLV_FRAGMENTS) or b"")

    @property
    def is_auto(self) -> bool:
        """Whether this is an automatic reply: never answer it automatically."""
        return self.tlvs.has(TLV_AUTO)

    @property
    def was_stored(self) -> bool:
        """Whether the server kept the message while one was offline."""
        return self.tlvs.has(TLV_STORE) or self.tlvs.has(TLV_SENT)

    @property
    def sent_at(self) -> int | None:
        """Unix time at which a stored message was sent, or None."""
        return self.tlvs.number(TLV_SENT)

    @property
    def wants_events(self) -> bool:
        """Whether the sender takes typing notices."""
        return self.tlvs.has(TLV_WANTS_EVENTS)

    def to_bytes(self) -> bytes:
        """Return the body.

        Raises:
            LocalProtocolError: the cookie has not 8 bytes, or the name is too long.
        """
        head = check_cookie(self.cookie) + u16(self.channel)
        return head + self.sender.to_bytes() + self.tlvs.to_bytes()


@dataclass(frozen=True, slots=True)
class HostAck:
    """SNAC (04, 0C): the server has taken a message; nobody need have read it.

    Attributes:
        cookie: of the message.
        channel: of the message.
        recipient: of the message.
    """

    cookie: bytes
    channel: int
    recipient: str

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the acknowledgement that fills `data`.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        reader = Reader(data, "host ack")
        cookie, channel = reader.take(COOKIE_LENGTH), reader.u16()
        return cls(cookie, channel, decode_text(read_s8(reader)))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return check_cookie(self.cookie) + u16(self.channel) + text8(self.recipient)
