"""Family 0x02, LOCATE: profiles, away messages, capabilities.

    (02, 03)  TLVs u16: 0x01 profile length, 0x02 capabilities, 0x05 short ones
    (02, 04)  TLVs 0x01, 0x02 profile MIME and text; 0x03, 0x04 the same of the away
              message, empty for "back"; 0x05 capabilities
    (02, 05)  u16 type, s8 name
    (02, 06)  user info, TLVs as in 04
    (02, 15)  u32 flags, s8 name

Texts come with a MIME type such as `text/aolrtf; charset="us-ascii"`; unicode-2-0 is
big-endian UTF-16. A server gives both back as it got them.

Source: AOL's published OSCAR specification, "Locate".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Final, Self
from uuid import UUID

from Kamaelia.Protocol.AIM.wire.caps import caps_to_bytes, read_caps
from Kamaelia.Protocol.AIM.wire.packing import (
    decode_latin,
    decode_text,
    encode_text,
    read_s8,
    text8,
    u16,
    u32,
)
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.AIM.wire.user_info import UserInfo
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "LocateRights",
    "SetInfo",
    "UserInfoQuery",
    "UserInfoQuery2",
    "UserInfoReply",
    "Wants",
    "decode_mime",
    "encode_mime",
]

MIME_ASCII: Final = 'text/aolrtf; charset="us-ascii"'
MIME_UNICODE: Final = 'text/aolrtf; charset="unicode-2-0"'


def decode_mime(mime: str, data: bytes) -> str:
    """Return a profile or away text, read by the charset its MIME type names.

    What cannot be read becomes U+FFFD; a charset not known is guessed.
    """
    charset = mime.lower().partition("charset=")[2].strip(' "')
    if charset.startswith(("unicode-2-0", "utf-16")):
        return data.decode("utf-16-be", "replace")
    if charset.startswith("iso-8859-1"):
        return decode_latin(data)
    return decode_text(data)


def encode_mime(text: str) -> tuple[str, bytes]:
    """Return MIME type and bytes of a text: ASCII if it can be, else UTF-16."""
    if text.isascii():
        return MIME_ASCII, text.encode("ascii")
    return MIME_UNICODE, encode_text(text, "utf-16-be")


@dataclass(frozen=True, slots=True)
class LocateRights:
    """SNAC (02, 03): what the server allows; 0 when not told.

    Attributes:
        max_profile: length of a profile in bytes.
        max_caps: number of capabilities.
        max_short_caps: number of short ones.
    """

    max_profile: int = 1024
    max_caps: int = 18
    max_short_caps: int = 18

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the rights that fill `data`; cut short raises ProtocolError."""
        tlvs = TLVBlock.from_bytes(data)
        return cls(tlvs.u16(0x01), tlvs.u16(0x02), tlvs.u16(0x05))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return TLVBlock(
            (
                TLV.u16(0x01, self.max_profile),
                TLV.u16(0x02, self.max_caps),
                TLV.u16(0x03, 10),
                TLV.u16(0x04, 4096),
                TLV.u16(0x05, self.max_short_caps),
            )
        ).to_bytes()


class _Texts:
    """TLVs 0x01 to 0x05, as (02, 04) and (02, 06) have them."""

    __slots__ = ()
    tlvs: TLVBlock

    @property
    def profile(self) -> str | None:
        """The profile, mostly HTML; None if it is not there."""
        return self._text(0x01, 0x02)

    @property
    def away(self) -> str | None:
        """The away message, mostly HTML; empty for "back", None if not there."""
        return self._text(0x03, 0x04)

    @property
    def caps(self) -> tuple[UUID, ...] | None:
        """Capabilities; None if they are not there."""
        value = self.tlvs.get(0x05)
        return None if value is None else read_caps(value)

    def _text(self, mime_tag: int, text_tag: int) -> str | None:
        value = self.tlvs.get(text_tag)
        return None if value is None else decode_mime(self.tlvs.text(mime_tag), value)


@dataclass(frozen=True, slots=True)
class SetInfo(_Texts):
    """SNAC (02, 04): set profile, away message, capabilities.

    Attributes:
        tlvs: only what is there changes anything.
    """

    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def make(
        cls,
        *,
        profile: str | None = None,
        away: str | None = None,
        caps: Iterable[UUID] | None = None,
    ) -> Self:
        """Return a request to set what is not None.

        Args:
            profile: HTML.
            away: HTML; empty for "back".
            caps: what this client can do.
        """
        tlvs: list[TLV] = []
        if profile is not None:
            mime, data = encode_mime(profile)
            tlvs += TLV.text(0x01, mime), TLV(0x02, data)
        if away:
            mime, data = encode_mime(away)
            tlvs += TLV.text(0x03, mime), TLV(0x04, data)
        elif away is not None:
            tlvs.append(TLV(0x04))
        if caps is not None:
            tlvs.append(TLV(0x05, caps_to_bytes(caps)))
        return cls(TLVBlock(tlvs))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the request; Jimm's TLV 0x05, longer than the SNAC, is cut."""
        return cls(TLVBlock.from_bytes(data, lenient=True))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return self.tlvs.to_bytes()


class Wants(IntFlag):
    """What a query for user info asks for; serves both of its forms.

    The old form's 3 once meant the away message alone; who answers it with both
    serves every client.
    """

    PROFILE = 0x01
    AWAY = 0x02
    CAPS = 0x04
    CERTS = 0x08
    HTML_INFO = 0x400


@dataclass(frozen=True, slots=True)
class UserInfoQuery:
    """SNAC (02, 05): tell me about somebody.

    Attributes:
        screen_name: who.
        wants: Wants bits.
    """

    screen_name: str
    wants: int = Wants.PROFILE

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the query that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "user info query")
        wants = reader.u16()
        return cls(decode_text(read_s8(reader)), wants)

    def to_bytes(self) -> bytes:
        """Return the body."""
        return u16(self.wants) + text8(self.screen_name)


@dataclass(frozen=True, slots=True)
class UserInfoQuery2:
    """SNAC (02, 15): the newer form of the same.

    Attributes:
        screen_name: who.
        wants: Wants bits.
    """

    screen_name: str
    wants: int = Wants.PROFILE | Wants.AWAY

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the query that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "user info query 2")
        wants = reader.u32()
        return cls(decode_text(read_s8(reader)), wants)

    def to_bytes(self) -> bytes:
        """Return the body."""
        return u32(self.wants) + text8(self.screen_name)


@dataclass(frozen=True, slots=True)
class UserInfoReply(_Texts):
    """SNAC (02, 06): who somebody is.

    Attributes:
        user: presence.
        tlvs: profile, away message, capabilities, as far as asked for and set.
    """

    user: UserInfo
    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the reply that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "user info reply")
        return cls(UserInfo.read(reader), TLVBlock.read(reader))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return self.user.to_bytes() + self.tlvs.to_bytes()
