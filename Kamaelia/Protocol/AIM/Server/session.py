"""What every signed-on connection does: replies, errors, rate limits.

A session is sans-I/O: it gets SNACs and sends frames to its `Link`. What must be
committed first is done by coroutines, one at a time, so that replies keep their order.
"""

import logging
from collections.abc import Coroutine
from typing import Any, Final

from Kamaelia.Protocol.AIM.Server.rate_limits import RateLimits
from Kamaelia.Protocol.AIM.Server.state.cookies import Ticket
from Kamaelia.Protocol.AIM.Server.state.instances import notice
from Kamaelia.Protocol.AIM.Server.state.link import FLAPMessage, Link
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.Server.state.users import User
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA, CHANNEL_SIGNOFF
from Kamaelia.Protocol.AIM.wire.foodgroups import OSERVICE, family_name
from Kamaelia.Protocol.AIM.wire.oservice import RateChange, numbers_to_bytes
from Kamaelia.Protocol.AIM.wire.rates import RateState
from Kamaelia.Protocol.AIM.wire.snac import FLAG_MORE, SERVER_REQUEST, SNAC, SNACError

__all__ = ["Pending", "Session"]

logger = logging.getLogger(__name__)

Pending = Coroutine[Any, Any, None] | None
"""What a handler returns: work that waits for the store, or nothing."""

CODE_INVALID: Final = 0x01
CODE_RATE: Final = 0x02
CODE_OFFLINE: Final = 0x04
CODE_UNAVAILABLE: Final = 0x05
CODE_NO_SERVICE: Final = 0x06
CODE_UNSUPPORTED: Final = 0x08
CODE_DENIED: Final = 0x0D
CODE_MALFORMED: Final = 0x0E
CODE_BLOCKED: Final = 0x10
CODE_NO_MATCH: Final = 0x14


class Session:
    """One signed-on connection.

    Args:
        state: what all connections share.
        link: the connection.
        user: whose it is.
        ticket: what its cookie stood for.
        families: what is served here.

    Attributes:
        ready: the client has said so.
    """

    def __init__(
        self,
        state: ServerState,
        link: Link,
        user: User,
        ticket: Ticket,
        families: tuple[int, ...],
    ) -> None:
        self.state = state
        self.link = link
        self.user = user
        self.ticket = ticket
        self.families = families
        self.ready = False
        self.rates = RateLimits(state.rates, state.clock())

    def begin(self) -> None:
        """Tell the client what is served here."""
        self.notify(OSERVICE.HOST_ONLINE, numbers_to_bytes(self.families))

    def end(self) -> None:
        """Clean up after the connection: to be overridden."""

    def become_ready(self) -> Pending:
        """Do what the client's being ready leads to: to be overridden."""
        self.ready = True
        return None

    # Sending.

    def reply(
        self,
        request: SNAC,
        kind: tuple[int, int],
        body: bytes = b"",
        *,
        more: bool = False,
    ) -> None:
        """Answer a request."""
        snac = SNAC.make(
            kind,
            body,
            request_id=request.header.request_id,
            flags=FLAG_MORE if more else 0,
        )
        self.link.send(FLAPMessage(CHANNEL_DATA, snac.to_bytes()))

    def notify(self, kind: tuple[int, int], body: bytes = b"") -> None:
        """Send what nobody asked for."""
        self.link.send(notice(kind, body))

    def refuse(self, request: SNAC, code: int, subcode: int | None = None) -> None:
        """Answer a request by an error."""
        self.state.metrics.errors.inc()
        kind = request.header.family, 0x0001
        self.reply(request, kind, SNACError.make(code, subcode).to_bytes())

    # Limits.

    def admit(self, snac: SNAC) -> bool:
        """Count a SNAC against its rate class; return whether to handle it."""
        state, change = self.rates.count(snac.type, self.state.clock())
        if change is not None:
            self._tell_rate(change)
        if state is RateState.DISCONNECT:
            self.link.send(FLAPMessage(CHANNEL_SIGNOFF))
            self.link.close("rate")
            return False
        if state is RateState.LIMITED:
            self.state.metrics.dropped.inc()
            self.refuse(snac, CODE_RATE)
            return False
        return True

    def lift_limits(self) -> None:
        """Tell the client of limits that time has lifted."""
        for change in self.rates.cleared(self.state.clock()):
            self._tell_rate(change)

    def _tell_rate(self, change: RateChange) -> None:
        self.notify(OSERVICE.RATE_PARAM_CHANGE, change.to_bytes())

    def unknown(self, snac: SNAC) -> None:
        """Answer what isn't understood, and log it: so dialects are learnt."""
        logger.info(
            "unknown SNAC (%04X, %04X)",
            snac.header.family,
            snac.header.subtype,
            extra={"user": self.user.name, "length": len(snac.body)},
        )
        served = snac.header.family in self.families
        self.refuse(snac, CODE_INVALID if served else CODE_NO_SERVICE)

    def malformed(self, snac: SNAC, error: Exception) -> None:
        """Answer what can't be read."""
        logger.info(
            "malformed %s SNAC: %s",
            family_name(snac.header.family),
            type(error).__name__,
            extra={"user": self.user.name, "subtype": snac.header.subtype},
        )
        if snac.header.request_id & SERVER_REQUEST == 0:
            self.refuse(snac, CODE_MALFORMED)

    def failed(self, snac: SNAC, error: Exception) -> None:
        """Answer what the store couldn't do."""
        logger.error(
            "store: %s: %s", type(error).__name__, error, extra={"user": self.user.name}
        )
        self.refuse(snac, CODE_UNAVAILABLE)
