"""Who may try: connections and sign-on tries, counted by address.

Tries are counted in token buckets: full at first, one token a try, refilled evenly.
The number of buckets is bounded; the one unused longest goes first.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

from Kamaelia.Internet.peer_host import host_of
from Kamaelia.Protocol.AIM.Server.state.limits import Limits

__all__ = ["Admission", "Buckets"]

_MOST_BUCKETS: Final = 20_000
_TEN_MINUTES: Final = 600.0
_EXTRA: Final = 20  # connections over the limit that are still told why


class Buckets:
    """Token buckets, one per key.

    Args:
        size: tokens of a full bucket.
        seconds: time in which an empty one fills up.
        clock: monotonic time in seconds.
    """

    def __init__(self, size: int, seconds: float, clock: Callable[[], float]) -> None:
        self._size = float(size)
        self._rate = size / seconds
        self._clock = clock
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def left(self, key: Hashable) -> float:
        """Return the tokens of a key."""
        level, since = self._levels.get(key, (self._size, self._clock()))
        return min(self._size, level + (self._clock() - since) * self._rate)

    def take(self, key: Hashable) -> bool:
        """Take a token; return whether there was one."""
        left = self.left(key)
        if left < 1.0:
            return False
        self._levels[key] = (left - 1.0, self._clock())
        self._levels.move_to_end(key)
        if len(self._levels) > _MOST_BUCKETS:
            self._levels.popitem(last=False)
        return True


class Admission:
    """Counts connections and tries of each address; an IPv6 network is one.

    Attributes:
        open: connections open now.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._open: Counter[str] = Counter()
        self.open = 0
        self._tries = Buckets(limits.sign_ons_per_minute, 60.0, clock)
        per_address = limits.failures_per_address
        self._failures = Buckets(per_address, _TEN_MINUTES, clock)
        per_account = limits.failures_per_account
        self._wrong = Buckets(per_account, _TEN_MINUTES, clock)

    def connected(self, address: str) -> None:
        """Count a connection."""
        address = host_of(address)
        self._open[address] += 1
        self.open += 1

    def disconnected(self, address: str) -> None:
        """Count a connection no longer."""
        address = host_of(address)
        self._open[address] -= 1
        self.open -= 1
        if self._open[address] <= 0:
            del self._open[address]

    def too_many(self, address: str) -> bool:
        """Return whether a connection that was just counted is one too many."""
        limits, address = self._limits, host_of(address)
        return (
            self._open[address] > limits.connections_per_address
            or self.open > limits.connections
        )

    def far_too_many(self, address: str) -> bool:
        """Return whether it is to be closed without a word."""
        limits, address = self._limits, host_of(address)
        return (
            self._open[address] > limits.connections_per_address + _EXTRA
            or self.open > limits.connections + _EXTRA
        )

    def refusal(self, address: str, name: str) -> int:
        """Count a try to sign on; return 0, or the code of its refusal."""
        address = host_of(address)
        if self._failures.left(address) < 1.0 or not self._tries.take(address):
            return 0x18
        return self.overrun(address, name)

    def overrun(self, address: str, name: str) -> int:
        """Return 0, or the code for a try that others of its kind have overtaken.

        To be asked when a password has been checked: who sends a hundred tries at
        once must not learn more than who sends them one by one.
        """
        address = host_of(address)
        if self._failures.left(address) < 1.0:
            return 0x18
        return 0 if self._wrong.left((address, name)) >= 1.0 else 0x1D

    def failed(self, address: str, name: str) -> None:
        """Count a wrong password."""
        address = host_of(address)
        self._failures.take(address)
        self._wrong.take((address, name))
