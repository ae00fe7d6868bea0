"""Random secrets that stand for something, once and not for long.

Passport tickets (account) and switchboard cookies (who may enter which room).
"""

import hashlib
import secrets
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["Tickets"]

T = TypeVar("T")


class Tickets(Generic[T]):
    """Secrets of one kind.

    They are kept by their SHA-256, so a look-up's time tells nothing about them.

    Args:
        lifetime: seconds until a secret is worth nothing.
        limit: how many are remembered; the oldest go first.
        token: makes a secret of at least 128 random bits, URL-safe.
    """

    def __init__(
        self,
        lifetime: float,
        limit: int,
        token: Callable[[], str] = lambda: secrets.token_urlsafe(24),
    ) -> None:
        self.lifetime = lifetime
        self._limit = limit
        self._token = token
        self._known: dict[bytes, tuple[float, T]] = {}  # oldest first

    def __len__(self) -> int:
        return len(self._known)

    def issue(self, value: T, now: float) -> str:
        """Return a new secret for a value."""
        self._expire(now)
        token = self._token()
        self._known[_key(token)] = (now + self.lifetime, value)
        return token

    def redeem(self, token: str, now: float) -> T | None:
        """Return a secret's value and forget it; None: unknown, used or expired."""
        entry = self._known.pop(_key(token), None)
        return entry[1] if entry is not None and now < entry[0] else None

    def _expire(self, now: float) -> None:
        """Forget what is too old, or too much."""
        while self._known:
            oldest = next(iter(self._known))
            if self._known[oldest][0] > now and len(self._known) < self._limit:
                return
            del self._known[oldest]


def _key(token: str) -> bytes:
    """Return what a secret is filed under."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
