"""Asking the authorizer for a cookie: a conversation. Does no I/O.

    stage                     waits for          then
    greeting                  channel 1          asks for the key (not when roasted)
    key                       (17, 07)           sends name and digest
    answer                    (17, 03), or       has the cookie, or was refused
                              channel 4

A refusal may come at any stage.

Source: AOL's published OSCAR specification, "Sign on"; what Open OSCAR Server sends.
"""

from enum import Enum

from Kamaelia.Protocol.AIM.actions import Action, Refused, SendFLAP, SendSNAC
from Kamaelia.Protocol.AIM.events import Failure
from Kamaelia.Protocol.AIM.requests import RequestFailed, RequestTable, SNACMessage
from Kamaelia.Protocol.AIM.wire.client_identity import ClientIdentity
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_SIGNON
from Kamaelia.Protocol.AIM.wire.foodgroups import BUCP, SNACType
from Kamaelia.Protocol.AIM.wire.login import (
    ChallengeReply,
    ChallengeRequest,
    LoginReply,
    LoginRequest,
    SignOff,
    SignOn,
)
from Kamaelia.Protocol.AIM.wire.packing import encode_text
from Kamaelia.Protocol.AIM.wire.password import strong_digest, weak_digest
from Kamaelia.Protocol.AIM.wire.tlv import TLVBlock

__all__ = ["Authorization", "Method", "split_address"]

SHORT_PASSWORD = 8  # characters that count where SNAC (17, 07) says so


class Method(Enum):
    """How the password is shown."""

    STRONG = "strong"  # MD5 of key and MD5 of password: AIM 4.8 and later
    WEAK = "weak"  # MD5 of key and password: AIM 3.5 to 4.7
    ROASTED = "roasted"  # XORed: AIM 1 to 3, ICQ 2000 to 2003


def split_address(address: str, port: int) -> tuple[str, int]:
    """Return host and port of `host:port`, `host`, `[IPv6]:port` or bare IPv6.

    Args:
        address: as a server gives it.
        port: to use when it gives none.

    Raises:
        ValueError: there is no host, or the port is no number from 1 to 65535.
    """
    host, colon, number = address.strip().rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        host, number = address.strip(), str(port)
    host = host.removeprefix("[").removesuffix("]")
    if not host or not number.isascii() or not number.isdigit():
        raise ValueError(f"no address of a server: {address!r}")
    if not 0 < int(number) < 0x1_0000:
        raise ValueError(f"no address of a server: {address!r}")
    return host, int(number)


class Authorization:
    """Get a cookie for a screen name and its password.

    Args:
        screen_name: as the user wrote it.
        password: the same.
        method: how to show the password.
        identity: which program signs on.
        requests: numbers the SNACs.
        version: of FLAP.

    Attributes:
        stage: what is waited for, in a few words.
        reply: the authorizer's answer, once it is there and no refusal.
    """

    def __init__(
        self,
        screen_name: str,
        password: str,
        method: Method,
        identity: ClientIdentity,
        requests: RequestTable,
        version: int = 1,
    ) -> None:
        self._screen_name = screen_name
        self._password = password
        self._method = method
        self._identity = identity
        self._requests = requests
        self._version = version
        self.stage = "the authorizer's greeting"
        self.reply: LoginReply | None = None

    def start(self) -> list[Action]:
        """Return what to send first; the server need not have spoken."""
        tlvs = TLVBlock()
        if self._method is Method.ROASTED:
            password = encode_text(self._password)
            tlvs = SignOn.with_password(
                self._screen_name, password, self._identity
            ).tlvs
        hello = SignOn(self._version, tlvs).to_bytes()
        return [SendFLAP(CHANNEL_SIGNON, hello)]

    def greeted(self) -> list[Action]:
        """Return what to do when the server's sign-on frame has come."""
        if self._method is Method.ROASTED or "greeting" not in self.stage:
            self.stage = "the authorizer's answer"
            return []
        self.stage = "the key for the password"
        request = ChallengeRequest(self._screen_name).to_bytes()
        return [self._ask(BUCP.CHALLENGE_REQUEST, request)]

    def receive(self, snac: SNACMessage) -> list[Action]:
        """Return what to do about a SNAC.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        header, body = snac
        request = self._requests.answered(header)
        if header.type == BUCP.CHALLENGE_RESPONSE:
            self.stage = "the authorizer's answer"
            return [self._ask(BUCP.LOGIN_REQUEST, self.proof(body))]
        if header.type == BUCP.LOGIN_RESPONSE:
            return self._answer(LoginReply.from_bytes(body))
        if header.type == BUCP.SECURID_REQUEST:
            return _refuse("the account needs a SecurID, which this client has not")
        if header.family == BUCP.FAMILY and header.is_error and request is not None:
            failed = RequestFailed.from_body(request, body)
            return _refuse(failed.meaning, failed.code, failed.url)
        return []

    def signed_off(self, payload: bytes) -> list[Action]:
        """Return what to do about a frame of channel 4.

        It carries the answer to a roasted password; otherwise it is a refusal, or the
        authorizer's farewell after its answer.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        if self.reply is not None:
            return []
        tlvs = SignOff.from_bytes(payload).tlvs
        if tlvs.has(0x05) or tlvs.has(0x06) or tlvs.has(0x08):
            return self._answer(LoginReply.from_tlvs(tlvs))
        return _refuse(
            f"the server signed off while we waited for {self.stage}"
            + (f": {tlvs.text(0x0B)}" if tlvs.has(0x0B) else "")
        )

    def _ask(self, kind: SNACType, body: bytes) -> SendSNAC:
        return SendSNAC(kind, body, self._requests.add(kind))

    def proof(self, body: bytes) -> bytes:
        """Return the body of the login request that answers a key.

        Args:
            body: of SNAC (17, 07).

        Raises:
            RemoteProtocolError: it is malformed.
        """
        challenge = ChallengeReply.from_bytes(body)
        word = self._password
        password = encode_text(word[:SHORT_PASSWORD] if challenge.truncates else word)
        strong = self._method is Method.STRONG
        digest = (strong_digest if strong else weak_digest)(password, challenge.key)
        return LoginRequest(
            self._screen_name, digest, strong, self._identity
        ).to_bytes()

    def _answer(self, reply: LoginReply) -> list[Action]:
        """Keep the authorizer's answer, or report its refusal."""
        if reply.error or not reply.address:
            meaning = reply.meaning or "the authorizer gave no address"
            return _refuse(meaning, reply.error, reply.url)
        self.reply = reply
        self.stage = ""
        return []


def _refuse(meaning: str, code: int = 0, url: str = "") -> list[Action]:
    """Return the report of a refusal."""
    number = f" (code 0x{code:02X})" if code else ""
    text = f"sign-on refused: {meaning}{number}" + (f", see {url}" if url else "")
    return [Refused(Failure.of(text, code=code, meaning=meaning, url=url))]
