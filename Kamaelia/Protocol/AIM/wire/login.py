"""Signing on: sign-on and sign-off frames, the BUCP SNACs of family 0x17.

The authorizer checks a password and gives an address and a cookie; the cookie opens
the connection to BOS and to every other service.

    FLAP login   channel 1: version, name, roasted password; answer on channel 4
    BUCP login   SNAC (17, 06) name -> (17, 07) key -> (17, 02) digest -> (17, 03)

All of them carry TLVs of one list (integers big-endian):

    0x01 screen name       0x02 roasted password   0x03 client string
    0x04 error URL         0x05 BOS host:port      0x06 cookie
    0x08 error code        0x09 sign-off reason    0x0B sign-off text
    0x0E country           0x0F language           0x11 e-mail address
    0x14 distribution      0x16 client ID          0x17-0x1A version, four u16
    0x25 MD5 digest        0x4A multi-connection   0x4C digest is the strong one
    0x8D TLS name          0x8E TLS state

Source: AOL's published OSCAR specification, "Sign on"; what libpurple sends and Open
OSCAR Server accepts.
"""

from dataclasses import dataclass, field
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.client_identity import ClientIdentity
from Kamaelia.Protocol.AIM.wire.login_error import LOGIN_ERRORS, login_error_meaning
from Kamaelia.Protocol.AIM.wire.packing import encode_text, read_s16, s16, u32
from Kamaelia.Protocol.AIM.wire.password import JAVA_TABLE, OSCAR_TABLE, roast
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.wire.errors import LocalProtocolError
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "COOKIE_LENGTH",
    "LOGIN_ERRORS",
    "SIGNOFF_DELETED",
    "SIGNOFF_ELSEWHERE",
    "ChallengeReply",
    "ChallengeRequest",
    "ClientIdentity",
    "LoginReply",
    "LoginRequest",
    "SignOff",
    "SignOn",
    "login_error_meaning",
]

FLAP_VERSION: Final = 1
COOKIE_LENGTH: Final = 256
"""The length of cookie that every client can read; shorter ones are padded."""

SIGNOFF_ELSEWHERE: Final = 1
"""The name signed on somewhere else: never reconnect on this by yourself."""
SIGNOFF_DELETED: Final = 2


@dataclass(frozen=True, slots=True)
class SignOn:
    """The first frame of a connection in each direction, FLAP channel 1.

    Attributes:
        version: of FLAP, always 1.
        tlvs: none, a cookie (BOS and services), or name and roasted password.
    """

    version: int = FLAP_VERSION
    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def with_cookie(cls, cookie: bytes, identity: ClientIdentity | None = None) -> Self:
        """Return the frame that opens BOS or a service."""
        tlvs = [TLV(0x06, cookie)]
        if identity is not None:
            tlvs += identity.to_tlvs()
        return cls(FLAP_VERSION, TLVBlock(tlvs))

    @classmethod
    def with_password(
        cls,
        screen_name: str,
        password: bytes,
        identity: ClientIdentity,
        table: bytes = OSCAR_TABLE,
    ) -> Self:
        """Return the frame of a FLAP login; `password` is roasted here."""
        return cls(
            FLAP_VERSION,
            TLVBlock(
                (
                    TLV.text(0x01, screen_name),
                    TLV(0x02, roast(password, table)),
                    *identity.to_tlvs(),
                )
            ),
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the payload of a channel-1 frame.

        Raises:
            RemoteProtocolError: the version or a TLV is cut short.
        """
        reader = Reader(data, "FLAP sign-on")
        return cls(reader.u32(), TLVBlock.read(reader, lenient=True))

    @property
    def cookie(self) -> bytes | None:
        """The cookie of a BOS or service connection, or None."""
        return self.tlvs.get(0x06)

    @property
    def screen_name(self) -> str | None:
        """The name of a FLAP login, or None."""
        return self.tlvs.text(0x01) if self.tlvs.has(0x01) else None

    @property
    def identity(self) -> ClientIdentity:
        """Which program signs on, as far as it says so."""
        return ClientIdentity.from_tlvs(self.tlvs)

    def password(self) -> bytes | None:
        """Return the password of a FLAP login in the clear, or None.

        Java AIM roasts with a table of its own; its client string tells.
        """
        roasted = self.tlvs.get(0x02)
        if roasted is None:
            return None
        client = self.tlvs.text(0x03)
        is_java = client.startswith("AOL Instant Messenger (TM) version")
        return roast(
            roasted, JAVA_TABLE if is_java and "for Java" in client else OSCAR_TABLE
        )

    def to_bytes(self) -> bytes:
        """Return the payload."""
        return u32(self.version) + self.tlvs.to_bytes()


@dataclass(frozen=True, slots=True)
class SignOff:
    """A frame of FLAP channel 4: why the connection ends, or nothing.

    Attributes:
        tlvs: 0x09 the reason, 0x0B a URL or text; or those of a LoginReply.
    """

    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def make(cls, reason: int, text: str = "") -> Self:
        """Return a frame with a SIGNOFF_ reason."""
        return cls(
            TLVBlock.of(TLV.u16(0x09, reason), TLV.text(0x0B, text) if text else None)
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the payload of a channel-4 frame.

        Raises:
            RemoteProtocolError: a TLV is cut short.
        """
        return cls(TLVBlock.from_bytes(data))

    @property
    def reason(self) -> int | None:
        """A SIGNOFF_ constant, read from one byte or two, or None."""
        return self.tlvs.number(0x09)

    @property
    def text(self) -> str:
        """A URL or text to show, or nothing."""
        return self.tlvs.text(0x0B)

    def to_bytes(self) -> bytes:
        """Return the payload."""
        return self.tlvs.to_bytes()


@dataclass(frozen=True, slots=True)
class ChallengeRequest:
    """SNAC (17, 06): the client asks for the key of a name.

    Attributes:
        screen_name: as the user wrote it.
        tlvs: what else stood there; on sending, TLVs 0x4B and 0x5A by default.
    """

    screen_name: str
    tlvs: TLVBlock = field(default_factory=lambda: TLVBlock((TLV(0x4B), TLV(0x5A))))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the request that fills `data`.

        Raises:
            RemoteProtocolError: a TLV is cut short, or there is no name.
        """
        reader = Reader(data, "challenge request")
        tlvs = TLVBlock.read(reader)
        if not tlvs.has(0x01):
            raise reader.error("no screen name")
        return cls(tlvs.text(0x01), tlvs.without(0x01))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return TLV.text(0x01, self.screen_name).to_bytes() + self.tlvs.to_bytes()


@dataclass(frozen=True, slots=True)
class ChallengeReply:
    """SNAC (17, 07): the key that goes into the digest.

    Attributes:
        key: opaque bytes, mostly digits.
        tlvs: 0x26 says to cut the password to 8 characters.
    """

    key: bytes
    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the reply that fills `data`.

        Raises:
            RemoteProtocolError: it is cut short.
        """
        reader = Reader(data, "challenge reply")
        return cls(read_s16(reader), TLVBlock.read(reader, lenient=True))

    @property
    def truncates(self) -> bool:
        """Whether only the first 8 characters of the password count."""
        return self.tlvs.has(0x26)

    def to_bytes(self) -> bytes:
        """Return the body."""
        return s16(self.key) + self.tlvs.to_bytes()


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """SNAC (17, 02): name and digest.

    Attributes:
        screen_name: as the user wrote it.
        digest: 16 bytes of `strong_digest` or `weak_digest`; empty if the client
            sent a roasted password instead.
        strong: whether the client says it is the strong one.
        identity: which program signs on.
        roasted: a roasted password, TLV 0x02, or empty.
    """

    screen_name: str
    digest: bytes
    strong: bool = True
    identity: ClientIdentity = field(default_factory=ClientIdentity)
    roasted: bytes = b""

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the request that fills `data`.

        Raises:
            RemoteProtocolError: a TLV is cut short, or there is no name.
        """
        reader = Reader(data, "login request")
        tlvs = TLVBlock.read(reader)
        if not tlvs.has(0x01):
            raise reader.error("no screen name")
        return cls(
            tlvs.text(0x01),
            tlvs.get(0x25) or b"",
            tlvs.has(0x4C),
            ClientIdentity.from_tlvs(tlvs),
            tlvs.get(0x02) or b"",
        )

    def to_bytes(self) -> bytes:
        """Return the body."""
        proof = TLVBlock.of(
            TLV.text(0x01, self.screen_name),
            TLV(0x25, self.digest) if self.digest else None,
            TLV(0x4C) if self.strong else None,
            TLV(0x02, self.roasted) if self.roasted else None,
        )
        return proof.to_bytes() + self.identity.to_tlvs().to_bytes()


@dataclass(frozen=True, slots=True)
class LoginReply:
    """SNAC (17, 03), or the last frame of a FLAP login: where to go on, or why not.

    Attributes:
        screen_name: in the form its owner gave it.
        address: `host:port` or `host` of BOS; empty when refused.
        cookie: opens BOS; empty when refused.
        error: code of LOGIN_ERRORS, 0 when signed on.
        url: where a person can read about the error.
        tls: 0 none, 1 use TLS, 2 resumable.
        tls_name: name the certificate must have.
        email: of the account.
    """

    screen_name: str
    address: str = ""
    cookie: bytes = b""
    error: int = 0
    url: str = ""
    tls: int = 0
    tls_name: str = ""
    email: str = ""

    @classmethod
    def from_tlvs(cls, tlvs: TLVBlock) -> Self:
        """Return what the TLVs of a reply say.

        A reply with neither cookie nor code counts as error 3, "other failure".
        """
        cookie = tlvs.get(0x06) or b""
        return cls(
            screen_name=tlvs.text(0x01),
            address=tlvs.text(0x05),
            cookie=cookie,
            error=tlvs.u16(0x08, 0 if cookie else 0x03),
            url=tlvs.text(0x04),
            tls=tlvs.u8(0x8E),
            tls_name=tlvs.text(0x8D),
            email=tlvs.text(0x11),
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the reply that fills `data`.

        Raises:
            RemoteProtocolError: a TLV is cut short.
        """
        return cls.from_tlvs(TLVBlock.from_bytes(data))

    @property
    def meaning(self) -> str:
        """Why the sign-on was refused; empty when it was not."""
        return login_error_meaning(self.error) if self.error else ""

    def to_tlvs(self) -> TLVBlock:
        """Return the TLVs.

        Raises:
            LocalProtocolError: neither an error nor an address and a cookie.
        """
        name = TLV.text(0x01, self.screen_name)
        if self.error:
            # Twisted's client reads the address without asking whether it is there.
            url = TLV.text(0x04, self.url)
            return TLVBlock.of(name, url, TLV.u16(0x08, self.error))
        if not self.address or not self.cookie:
            raise LocalProtocolError("a sign-on needs an address and a cookie")
        return TLVBlock.of(
            name,
            TLV(0x05, encode_text(self.address)),
            TLV(0x06, self.cookie),
            TLV.text(0x11, self.email) if self.email else None,
            TLV.text(0x8D, self.tls_name) if self.tls_name else None,
            TLV.u8(0x8E, self.tls),
        )

    def to_bytes(self) -> bytes:
        """Return the body."""
        return self.to_tlvs().to_bytes()
