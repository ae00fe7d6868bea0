"""Cookies: what the authorizer gives and another connection shows, once.

Random, 256 bytes long because some clients read a fixed 256, bound to an account and
a service, and worth nothing after a minute or the first use.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from Kamaelia.Protocol.AIM.wire.login import COOKIE_LENGTH, ClientIdentity
from Kamaelia.Protocol.AIM.wire.room import RoomKey

__all__ = ["BOS", "CookieJar", "Ticket"]

BOS: Final = 0x0001
"""The service of a ticket that opens BOS; others are opened by their family."""

_SECRET: Final = 32  # random bytes; the rest is padding
_LARGEST_JAR: Final = 100_000


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a cookie stands for.

    Attributes:
        name: ident form of the account's name.
        service: BOS or the family it opens.
        identity: which program signed on.
        old: it signed on as AIM 1 to 4 do, in the first frame.
        room: of a CHAT ticket.
    """

    name: str
    service: int = BOS
    identity: ClientIdentity = field(default_factory=ClientIdentity)
    old: bool = False
    room: RoomKey | None = None


class CookieJar:
    """Gives cookies and takes them back.

    Args:
        seconds: how long a cookie may be used.
        clock: monotonic time in seconds.
    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._tickets: OrderedDict[bytes, tuple[float, Ticket]] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of cookies that may still be used, or have just expired."""
        return len(self._tickets)

    def give(self, ticket: Ticket) -> bytes:
        """Return a new cookie of 256 bytes."""
        self._forget_expired()
        secret = secrets.token_bytes(_SECRET)
        self._tickets[secret] = (self._clock() + self._seconds, ticket)
        return secret.ljust(COOKIE_LENGTH, b"\0")

    def take(self, cookie: bytes) -> Ticket | None:
        """Return what a cookie stands for, the first time; else None."""
        found = self._tickets.pop(cookie[:_SECRET], None)
        if found is None or found[0] < self._clock() or any(cookie[_SECRET:]):
            return None
        return found[1]

    def _forget_expired(self) -> None:
        now = self._clock()
        while self._tickets:
            oldest = next(iter(self._tickets))
            if self._tickets[oldest][0] >= now and len(self._tickets) < _LARGEST_JAR:
                return
            del self._tickets[oldest]
