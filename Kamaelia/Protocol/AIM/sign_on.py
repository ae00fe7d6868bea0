"""Signing on: first the authorizer, then BOS, as one conversation. Does no I/O.

    phase           connection   carried on by       ends with
    authorization   authorizer   Authorization       an address and a cookie
    handshake       BOS          Handshake           SignedOn
    over                                             (also after Refused)

With a cookie in hand (the server moves us elsewhere) it begins with the handshake.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from Kamaelia.Protocol.AIM.actions import Action, Connect, Refused, SignedOn
from Kamaelia.Protocol.AIM.authorization import Authorization, Method, split_address
from Kamaelia.Protocol.AIM.events import Failure
from Kamaelia.Protocol.AIM.handshake import CAPABILITIES, Handshake
from Kamaelia.Protocol.AIM.requests import RequestTable, SNACMessage
from Kamaelia.Protocol.AIM.wire.client_identity import ClientIdentity
from Kamaelia.Protocol.AIM.wire.foodgroups import OSERVICE
from Kamaelia.Protocol.AIM.wire.login import (
    SignOff,
)
from Kamaelia.Protocol.AIM.wire.login_error import login_error_meaning
from Kamaelia.Protocol.AIM.wire.oservice import (
    CLIENT_VERSIONS,
    MigrateGroups,
    ToolVersion,
)
from Kamaelia.Protocol.AIM.wire.screen_name import is_uin

__all__ = ["ICQ_IDENTITY", "SIGNOFF_MEANINGS", "SignOnRequest", "SigningOn", "farewell"]

ICQ_IDENTITY: Final = ClientIdentity(client_id=0x010A, major=20, minor=52, build=0x0C18)
"""What a UIN signs on with: some servers look at the client ID."""

SIGNOFF_MEANINGS: Final = {
    1: "the same name signed on somewhere else",
    2: "the account was deleted",
}


@dataclass(frozen=True, slots=True)
class SignOnRequest:
    """Who signs on, where, and how.

    Attributes:
        screen_name: screen name or UIN.
        password: of the account.
        server: the authorizer, host name or address.
        port: of the authorizer, and of BOS where no other is named.
        method: how the password is shown.
        use_tls: whether the authorizer speaks TLS; BOS then does, too.
        identity: which program signs on; None for the usual one.
        buddies: to watch besides those on the server's list.
        profile: HTML, None to leave the one that is set.
        capabilities: to announce.
        version: of FLAP.
        versions: of the families, and of the program's part for each.
    """

    screen_name: str
    password: str
    server: str
    port: int = 5190
    method: Method = Method.STRONG
    use_tls: bool = False
    identity: ClientIdentity | None = None
    buddies: Iterable[str] = ()
    profile: str | None = None
    capabilities: Iterable[UUID] = CAPABILITIES
    version: int = 1
    versions: tuple[ToolVersion, ...] = CLIENT_VERSIONS

    def program(self) -> ClientIdentity:
        """Return which program signs on."""
        if self.identity is not None:
            return self.identity
        return ICQ_IDENTITY if is_uin(self.screen_name) else ClientIdentity()

    def handshake(self, cookie: bytes, requests: RequestTable) -> Handshake:
        """Return the conversation with BOS.

        Args:
            cookie: from the authorizer.
            requests: numbers the SNACs.
        """
        return Handshake(
            cookie,
            self.screen_name,
            self.program(),
            requests,
            buddies=self.buddies,
            profile=self.profile,
            capabilities=self.capabilities,
            version=self.version,
            versions=self.versions,
        )


class SigningOn:
    """The conversation from nothing to "online".

    Args:
        request: who, where, how.
        requests: numbers the SNACs.

    Attributes:
        at: the connection in use, once there is one.
        over: whether it is over, well or badly.
    """

    def __init__(self, request: SignOnRequest, requests: RequestTable) -> None:
        self._request = request
        self._requests = requests
        self._phase: Authorization | Handshake = Authorization(
            request.screen_name,
            request.password,
            request.method,
            request.program(),
            requests,
            request.version,
        )
        self.at = Connect(request.server, request.port, request.use_tls)
        self.over = False

    @property
    def stage(self) -> str:
        """What is waited for, in a few words."""
        return self._phase.stage

    @property
    def at_service(self) -> bool:
        """Whether this is the connection to BOS."""
        return isinstance(self._phase, Handshake)

    def start(self) -> list[Action]:
        """Return what to do first."""
        return [self.at, *self._phase.start()]

    def start_with_cookie(self, address: str, cookie: bytes) -> list[Action]:
        """Return what to do first when the cookie is there already."""
        return self._redirected(address, cookie, self.at.use_tls)

    def greeted(self) -> list[Action]:
        """Return what to do when the server's sign-on frame has come."""
        return self._phase.greeted()

    def receive(self, snac: SNACMessage) -> list[Action]:
        """Return what to do about a SNAC.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        if self.at_service and snac.header.type == OSERVICE.MIGRATE_GROUPS:
            order = MigrateGroups.from_bytes(snac.body)
            return self._redirected(order.address, order.cookie, self.at.use_tls)
        return self._follow(self._phase.receive(snac))

    def signed_off(self, payload: bytes) -> list[Action]:
        """Return what to do about a frame of channel 4.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        if isinstance(self._phase, Authorization):
            return self._follow(self._phase.signed_off(payload))
        code, meaning = farewell(payload)
        return self._fail(f"sign-on refused by the service: {meaning}", code, meaning)

    def lost(self, reason: str | None) -> list[Action]:
        """Return what to do when the connection has ended.

        Args:
            reason: what the transport says; None for an orderly end.
        """
        if reason:
            return self._fail(f"no connection: {reason}")
        where = f"{self.at.host} port {self.at.port}"
        return self._fail(f"{where} closed the connection: waited for {self.stage}")

    def timed_out(self, seconds: float) -> list[Action]:
        """Return what to do when nothing has come for too long."""
        where = f"{self.at.host} port {self.at.port}"
        return self._fail(
            f"{where} did not answer in {seconds:g} seconds: waited for {self.stage}"
        )

    def malformed(self, reason: str) -> list[Action]:
        """Return what to do when something cannot be OSCAR."""
        where = f"{self.at.host} port {self.at.port}"
        return self._fail(f"{where} does not speak OSCAR as it should: {reason}")

    def _follow(self, actions: list[Action]) -> list[Action]:
        """Go to BOS once there is a cookie; note when it is over."""
        self.over = any(isinstance(action, Refused | SignedOn) for action in actions)
        phase = self._phase
        if isinstance(phase, Authorization) and phase.reply is not None:
            reply = phase.reply
            use_tls = bool(reply.tls) or self.at.use_tls
            return self._redirected(
                reply.address, reply.cookie, use_tls, reply.tls_name
            )
        return actions

    def _redirected(
        self, address: str, cookie: bytes, use_tls: bool, tls_name: str = ""
    ) -> list[Action]:
        """Return what opens the connection to BOS."""
        request = self._request
        try:
            host, port = split_address(address, request.port)
        except ValueError as error:
            return self._fail(f"the server sent us to {error}")
        self._phase = request.handshake(cookie, self._requests)
        self.at = Connect(host, port, use_tls, tls_name)
        return [self.at, *self._phase.start()]

    def _fail(self, text: str, code: int = 0, meaning: str = "") -> list[Action]:
        self.over = True
        return [Refused(Failure.of(text, code=code, meaning=meaning))]


def farewell(payload: bytes) -> tuple[int, str]:
    """Return code and meaning of a frame of channel 4; code 0 when it says nothing.

    Raises:
        RemoteProtocolError: it is malformed.
    """
    goodbye = SignOff.from_bytes(payload)
    code = goodbye.tlvs.u16(0x08)
    if code:
        return code, login_error_meaning(code)
    reason = goodbye.reason or 0
    meaning = SIGNOFF_MEANINGS.get(reason, "the server ended the connection")
    return reason, f"{meaning} ({goodbye.text})" if goodbye.text else meaning
