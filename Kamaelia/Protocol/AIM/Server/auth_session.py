"""The authorizer: checks a password, gives the address of BOS and a cookie.

    BUCP        SNAC (17, 06) name -> (17, 07) key; (17, 02) digest -> (17, 03)
    FLAP login  name and roasted password in the first frame -> channel 4

A wrong password and an unknown name get the same answer.
"""

import logging
from typing import Final

from Kamaelia.Internet.peer_host import host_of
from Kamaelia.Protocol.AIM.Server.state.cookies import Ticket
from Kamaelia.Protocol.AIM.Server.state.link import FLAPMessage, Link
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA, CHANNEL_SIGNOFF
from Kamaelia.Protocol.AIM.wire.foodgroups import BUCP
from Kamaelia.Protocol.AIM.wire.login import (
    ChallengeReply,
    ChallengeRequest,
    ClientIdentity,
    LoginReply,
    LoginRequest,
    SignOn,
)
from Kamaelia.Protocol.AIM.wire.password import roast
from Kamaelia.Protocol.AIM.wire.screen_name import is_uin, normalise
from Kamaelia.Protocol.AIM.wire.snac import SNAC, SNACError
from Kamaelia.Protocol.wire.errors import ProtocolError
from Kamaelia.store.accounts import Account
from Kamaelia.store.errors import AccountSuspended, StoreBusy, StoreError

__all__ = ["AuthSession"]

logger = logging.getLogger(__name__)

UNAVAILABLE: Final = 0x02
WRONG: Final = 0x05
MALFORMED: Final = 0x06
DATABASE: Final = 0x10
SUSPENDED: Final = 0x11
TOO_MANY: Final = 0x16

_LONGEST_NAME: Final = 97
_OLD_CLIENTS: Final = 4  # AIM up to this version hangs on a whole sign-off frame


class AuthSession:
    """One connection to the authorizer.

    Args:
        state: what all connections share.
        link: the connection.
        refusal: code with which every sign-on is refused, 0 for none.
    """

    def __init__(self, state: ServerState, link: Link, refusal: int = 0) -> None:
        self._state = state
        self._link = link
        self._refusal = refusal
        self._name = ""
        self._challenge = ""

    @property
    def challenging(self) -> bool:
        """Whether the client has a challenge that it has not answered."""
        return bool(self._challenge)

    async def flap_login(self, sign_on: SignOn) -> None:
        """Answer a first frame that carries name and password."""
        name = sign_on.screen_name or ""
        identity = sign_on.identity
        code, account = self._admit(name), None
        if not code:
            code, account = await self._check_roasted(name, sign_on.password())
        reply = self._result(name, code, account, identity, early=True)
        self._end(FLAPMessage(CHANNEL_SIGNOFF, reply.to_bytes()), code)

    async def receive(self, snac: SNAC) -> None:
        """Answer a SNAC of family 0x17; others are refused."""
        try:
            if snac.type == BUCP.CHALLENGE_REQUEST:
                self._give_challenge(snac)
            elif snac.type == BUCP.LOGIN_REQUEST:
                await self._log_in(snac)
            else:
                body = SNACError.make(0x01).to_bytes()
                self._reply(snac, (snac.header.family, 0x0001), body)
        except ProtocolError as error:
            logger.info(
                "malformed sign-on: %s", type(error).__name__, extra=self._extra()
            )
            self._refuse(snac, "", MALFORMED)

    def _give_challenge(self, snac: SNAC) -> None:
        name = ChallengeRequest.from_bytes(snac.body).screen_name[:_LONGEST_NAME]
        if self._refusal:
            self._refuse(snac, name, self._refusal)
            return
        self._name = normalise(name)
        self._challenge = self._state.store.accounts.oscar_challenge(name)
        body = ChallengeReply(self._challenge.encode("ascii")).to_bytes()
        self._reply(snac, BUCP.CHALLENGE_RESPONSE, body)

    async def _log_in(self, snac: SNAC) -> None:
        request = LoginRequest.from_bytes(snac.body)
        name = request.screen_name
        code, account = self._admit(name), None
        if not code:
            if request.roasted and not request.digest:
                password = roast(request.roasted)
                code, account = await self._check_roasted(name, password)
            else:
                code, account = await self._check_digest(name, request.digest)
        if account is None:
            self._refuse(snac, name, code)
            return
        reply = self._result(
            name, code, account, request.identity, early=not request.strong
        )
        self._reply(snac, BUCP.LOGIN_RESPONSE, reply.to_bytes())
        self._end(FLAPMessage(CHANNEL_SIGNOFF), 0)

    def _admit(self, name: str) -> int:
        """Return 0, or why nobody from there may try just now."""
        if self._refusal:
            return self._refusal
        if not 0 < len(name) <= _LONGEST_NAME:
            return WRONG
        return self._state.admission.refusal(self._link.ends.peer, normalise(name))

    async def _check_digest(
        self, name: str, digest: bytes
    ) -> tuple[int, Account | None]:
        challenge = self._challenge if self._name == normalise(name) else ""
        self._challenge = ""  # good for one try
        if not challenge or not digest:
            return MALFORMED, None
        try:
            accounts = self._state.store.accounts
            account = await accounts.check_oscar(name, challenge, digest)
        except StoreError as error:
            return self._store_code(error), None
        return self._judged(name, account)

    async def _check_roasted(
        self, name: str, password: bytes | None
    ) -> tuple[int, Account | None]:
        try:
            accounts = self._state.store.accounts
            peer = host_of(self._link.ends.peer)
            account = await accounts.check_password(
                "aim", name, password or b"\0", peer
            )
        except StoreError as error:
            return self._store_code(error), None
        return self._judged(name, account)

    def _judged(self, name: str, account: Account | None) -> tuple[int, Account | None]:
        admission, who = self._state.admission, (self._link.ends.peer, normalise(name))
        late = admission.overrun(*who)
        if late:
            return late, None
        if account is None:
            admission.failed(*who)
            return WRONG, None
        return 0, account

    def _store_code(self, error: StoreError) -> int:
        if isinstance(error, AccountSuspended):
            return SUSPENDED
        if isinstance(error, StoreBusy):
            return UNAVAILABLE
        logger.error("store: %s: %s", type(error).__name__, error)
        return DATABASE

    def _result(
        self,
        name: str,
        code: int,
        account: Account | None,
        identity: ClientIdentity,
        *,
        early: bool,
    ) -> LoginReply:
        """Return the answer; with an account it has a new cookie.

        Args:
            name: as the client gave it.
            code: why it is refused.
            account: None if it is.
            identity: the client's.
            early: it signs on as AIM did up to version 4, roasted or by a weak digest.
        """
        if account is None:
            return LoginReply(name, error=code)
        old = (
            early
            and not identity.multi
            and not is_uin(account.name)
            and identity.major <= _OLD_CLIENTS
        )
        ticket = Ticket(account.name, identity=identity, old=old)
        cookie = self._state.cookies.give(ticket)
        return LoginReply(account.display, self._state.address(self._link), cookie)

    def _refuse(self, snac: SNAC, name: str, code: int) -> None:
        reply = LoginReply(name, error=code)
        self._reply(snac, BUCP.LOGIN_RESPONSE, reply.to_bytes())
        self._end(FLAPMessage(CHANNEL_SIGNOFF), code)

    def _reply(self, snac: SNAC, kind: tuple[int, int], body: bytes) -> None:
        answer = SNAC.make(kind, body, request_id=snac.header.request_id)
        self._link.send(FLAPMessage(CHANNEL_DATA, answer.to_bytes()))

    def _end(self, last: FLAPMessage, code: int) -> None:
        """Send the last frame and close."""
        self._state.metrics.sign_ons.labels(f"{code:02X}").inc()
        if code:
            logger.info("sign-on refused", extra={**self._extra(), "code": code})
        self._link.send(last)
        self._link.close("refused" if code else "authorized")

    def _extra(self) -> dict[str, object]:
        return {"peer": self._link.ends.peer}
