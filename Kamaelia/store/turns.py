"""Who is next, when more passwords wait to be checked than there are threads.

Addresses take turns, however many each has waiting. Those from which a right password
has come are a ring of their own, and the two rings take turns as well: strangers, be
they ever so many, delay regulars by half at most.

    ring       regulars: A A B      strangers: X X X X Y Z
    turns      A X B Y A Z X X X

Each ring holds so much and no more. In a full one the address that has most waiting
loses its newest to one that has less. One account has so much waiting in a ring and no
more, or many addresses that guess one account's password would hold up everybody; in
each ring by itself, or strangers could shut an account's owner out.
"""

from collections import Counter, OrderedDict, deque
from typing import Final, Generic, Protocol, TypeVar

from Kamaelia.store.errors import StoreBusy

__all__ = ["Claim", "Turns"]

REGULARS: Final = 10_000
"""Addresses that are remembered for a right password; the oldest are forgotten."""


class Claim(Protocol):
    """Something that waits."""

    @property
    def peer(self) -> str:
        """The address it is for."""

    @property
    def account(self) -> str:
        """The account it is about; empty: none."""


C = TypeVar("C", bound=Claim)


class Turns(Generic[C]):
    """What waits, in two rings; no I/O, no clock.

    Args:
        limit: claims that may wait in each ring.
        per_account: claims that may wait for one account in each ring.
    """

    def __init__(self, limit: int, per_account: int) -> None:
        self._regulars: OrderedDict[str, None] = OrderedDict()
        self._rings = (_Ring[C](limit, per_account), _Ring[C](limit, per_account))
        self._next = 0

    def __len__(self) -> int:
        """Return how many wait."""
        return sum(map(len, self._rings))

    def welcome(self, peer: str) -> None:
        """Count an address among the regulars from now on."""
        self._regulars[peer] = None
        self._regulars.move_to_end(peer)
        if len(self._regulars) > REGULARS:
            self._regulars.popitem(last=False)

    def add(self, claim: C) -> C | None:
        """Let a claim wait; return the one that had to make room for it, if any.

        Raises:
            StoreBusy: there is no room.
        """
        return self._rings[claim.peer not in self._regulars].add(claim)

    def take(self) -> C:
        """Return who is next; only when somebody waits."""
        ring = self._rings[self._next] or self._rings[not self._next]
        self._next = 1 - self._next
        return ring.take()

    def drop(self, claim: C) -> None:
        """Forget a claim, if it still waits."""
        for ring in self._rings:
            ring.drop(claim)


class _Ring(Generic[C]):
    """Claims by address, and the addresses in the order of their turns."""

    def __init__(self, limit: int, per_account: int) -> None:
        self._limit = limit
        self._per_account = per_account
        self._count = 0
        self._accounts: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[C]] = OrderedDict()

    def __len__(self) -> int:
        return self._count

    def add(self, claim: C) -> C | None:
        """Append a claim; return the one that is thrown out, or raise StoreBusy."""
        account = claim.account
        if account and self._accounts[account] >= self._per_account:
            raise StoreBusy("too many try this account; try again in a moment")
        own = self._queues.get(claim.peer, ())
        lost = None
        if self._count >= self._limit:
            longest = max(self._queues.values(), key=len)
            if len(longest) <= len(own) + 1:
                raise StoreBusy("too many sign-ons at once; try again in a moment")
            lost = longest.pop()
            self._uncount(lost)
        self._queues.setdefault(claim.peer, deque()).append(claim)
        self._count += 1
        if account:
            self._accounts[account] += 1
        return lost

    def take(self) -> C:
        """Return the oldest claim of the address whose turn it is."""
        peer, queue = self._queues.popitem(last=False)
        claim = queue.popleft()
        self._uncount(claim)
        if queue:
            self._queues[peer] = queue
        return claim

    def drop(self, claim: C) -> None:
        """Take a claim out, if it is there."""
        queue = self._queues.get(claim.peer, ())
        for index, each in enumerate(queue):
            if each is claim:
                del self._queues[claim.peer][index]
                self._uncount(claim)
                if not self._queues[claim.peer]:
                    del self._queues[claim.peer]
                return

    def _uncount(self, claim: C) -> None:
        """Count a claim no longer."""
        self._count -= 1
        account = claim.account
        if account:
            self._accounts[account] -= 1
            if not self._accounts[account]:
                del self._accounts[account]
