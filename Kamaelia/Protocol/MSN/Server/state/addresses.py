"""How many connections each address has, and how often it has failed to sign on."""

from collections import Counter

from Kamaelia.Protocol.MSN.Server.limits import Limits
from Kamaelia.Protocol.MSN.Server.state.rates import Buckets

__all__ = ["Addresses"]


class Addresses:
    """What is known of the addresses that peers come from."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: Counter[str] = Counter()
        self._total = 0
        self._by_address = Buckets(limits.failures_per_address)
        self._by_account = Buckets(limits.failures_per_account)

    def connect(self, peer: str) -> bool:
        """Count a new connection; False: one too many, and not counted."""
        if self._total >= self._limits.connections:
            return False
        if self._open[peer] >= self._limits.connections_per_address:
            return False
        self._open[peer] += 1
        self._total += 1
        return True

    def disconnect(self, peer: str) -> None:
        """Count that a connection has ended."""
        self._total -= 1
        self._open[peer] -= 1
        if self._open[peer] <= 0:
            del self._open[peer]

    def may_try(self, peer: str, handle: str, now: float) -> bool:
        """Return whether an address may try a password of an account."""
        return self._by_address.has(peer, now) and self._by_account.has(
            (peer, handle), now
        )

    def failed(self, peer: str, handle: str, now: float) -> None:
        """Count a wrong password or ticket."""
        self._by_address.take(peer, now)
        self._by_account.take((peer, handle), now)
