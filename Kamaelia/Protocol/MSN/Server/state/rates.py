"""Token buckets: so many at once, so many a second in the long run."""

from typing import Any

from Kamaelia.Protocol.MSN.Server.limits import Rate

__all__ = ["Bucket", "Buckets", "OwnBucket"]


class Bucket:
    """Holds tokens; each thing that is done takes one."""

    __slots__ = ("_rate", "_time", "_tokens")

    def __init__(self, rate: Rate, now: float) -> None:
        """Begin full."""
        self._rate = rate
        self._tokens: float = rate.burst
        self._time = now

    def take(self, now: float) -> bool:
        """Take a token; False: there is none, and nothing is taken."""
        if not self.has(now):
            return False
        self._tokens -= 1.0
        return True

    def has(self, now: float) -> bool:
        """Return whether there is a token."""
        burst, per_second = self._rate.burst, self._rate.per_second
        gained = (now - self._time) * per_second
        self._tokens = min(float(burst), self._tokens + gained)
        self._time = now
        return self._tokens >= 1.0

    def is_full(self, now: float) -> bool:
        """Return whether nothing was taken that has not come back."""
        self.has(now)
        return self._tokens >= self._rate.burst


class OwnBucket:
    """A bucket of a session, made when it is first used: an attribute of the class.

    Its rate is the limit of the same name. The session's `__init__` calls `prepare`:
    Python keeps attributes in little memory only if all are there from the beginning.
    """

    __slots__ = ("_limit", "_place")

    def __set_name__(self, owner: type, name: str) -> None:
        """Take the attribute's name."""
        self._limit, self._place = name, f"_bucket_{name}"

    def __get__(self, session: Any, kind: type | None = None) -> Bucket:
        """Return the session's bucket."""
        bucket: Bucket | None = getattr(session, self._place)
        if bucket is None:
            state = session.state
            bucket = Bucket(getattr(state.limits, self._limit), state.clock())
            setattr(session, self._place, bucket)
        return bucket

    @staticmethod
    def prepare(session: Any) -> None:
        """Begin with none of the buckets that the session's class has."""
        for kind in type(session).__mro__:
            for value in vars(kind).values():
                if type(value) is OwnBucket:
                    setattr(session, value._place, None)


class Buckets:
    """A bucket for each key that has taken something lately; bounded."""

    def __init__(self, rate: Rate, limit: int = 10_000) -> None:
        self._rate = rate
        self._limit = limit
        self._buckets: dict[object, Bucket] = {}

    def has(self, key: object, now: float) -> bool:
        """Return whether the key has a token."""
        bucket = self._buckets.get(key)
        return bucket is None or bucket.has(now)

    def take(self, key: object, now: float) -> bool:
        """Take one of the key's tokens; False: it has none."""
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= self._limit:
                self._forget(now)
            bucket = self._buckets[key] = Bucket(self._rate, now)
        return bucket.take(now)

    def _forget(self, now: float) -> None:
        """Drop what is full again; if that is not enough, the oldest half."""
        kept = {k: b for k, b in self._buckets.items() if not b.is_full(now)}
        if len(kept) >= self._limit:
            kept = dict(list(kept.items())[self._limit // 2 :])
        self._buckets = kept
