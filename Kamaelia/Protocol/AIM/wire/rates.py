"""Rate limits: how often a client may send, as client and server compute it.

Every SNAC belongs to a rate class, which has a level: a moving average of the gaps
between its SNACs, in milliseconds. Higher is better. After each SNAC:

    level < disconnect                    the server hangs up
    limited before and level < clear      still limited: dropped
    level < limit                         limited: dropped
    level < alert                         warned
    else                                  clear

One class in SNACs (01, 07) and (01, 0A), u32 unless said otherwise:

    u16 ID, window, clear, alert, limit, disconnect, current, max
    [milliseconds since the last SNAC, u8 dropping]    OSERVICE version 2 and later

Source: AOL's OSCAR specification, "Rate limits"; rules of Open OSCAR Server.
"""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.packing import pack
from Kamaelia.Protocol.wire.reader import Reader

__all__ = [
    "AOL_CLASSES",
    "Pacer",
    "RateClass",
    "RateMeter",
    "RateState",
    "next_level",
]

LONG: Final = 35
SHORT: Final = 30


def next_level(
    level: int, elapsed_ms: int, window: int, ceiling: int = 0xFFFF_FFFF
) -> int:
    """Return the rate level after one more SNAC, as the server computes it.

    A moving average of the gaps between SNACs of one rate class: small gaps pull
    it down, and below the class's limit level the server drops the SNAC.

    Args:
        level: level after the previous SNAC, in milliseconds.
        elapsed_ms: time since the previous SNAC of this class, in milliseconds.
        window: number of SNACs averaged over, at least 1; from SNAC (01, 07).
        ceiling: the level never rises above this.

    Raises:
        ValueError: `window` is less than 1.

    Source: AOL's OSCAR specification, "Rate limits".
    """
    if window < 1:
        raise ValueError(f"a rate window has at least 1 SNAC, not {window}")
    return min(ceiling, (level * (window - 1) + elapsed_ms) // window)


class RateState(IntEnum):
    """What a level means; the values are the codes of SNAC (01, 0A)."""

    CHANGED = 1
    ALERT = 2
    LIMITED = 3
    CLEAR = 4
    DISCONNECT = 5  # never on the wire: the server signs the client off


@dataclass(frozen=True, slots=True)
class RateClass:
    """The numbers of one rate class; levels in milliseconds.

    Attributes:
        id: number of the class.
        window: number of SNACs averaged over.
        clear: a limited client is clear again at this level.
        alert: warned below it.
        limit: SNACs are dropped below it.
        disconnect: the server hangs up below it.
        current: the level now.
        max: the level never rises above it.
        last_ms: time since the last SNAC of the class; None in the short form.
        dropping: whether SNACs are being dropped.
    """

    id: int
    window: int
    clear: int
    alert: int
    limit: int
    disconnect: int
    current: int
    max: int
    last_ms: int | None = 0
    dropping: bool = False

    @classmethod
    def read(cls, reader: Reader, *, long: bool = True) -> Self:
        """Take one class of 35 bytes, or of 30 when not `long`."""
        short = cls(
            reader.u16(),
            window=reader.u32(),
            clear=reader.u32(),
            alert=reader.u32(),
            limit=reader.u32(),
            disconnect=reader.u32(),
            current=reader.u32(),
            max=reader.u32(),
            last_ms=None,
        )
        if not long:
            return short
        return replace(short, last_ms=reader.u32(), dropping=bool(reader.u8()))

    def to_bytes(self) -> bytes:
        """Return 35 bytes, or 30 when `last_ms` is None."""
        levels = self.window, self.clear, self.alert, self.limit, self.disconnect
        short = pack("!H7I", self.id, *levels, self.current, self.max)
        if self.last_ms is None:
            return short
        return short + pack("!IB", self.last_ms, self.dropping)

    def state(self, level: int, *, limited: bool = False) -> RateState:
        """Return what `level` means.

        Args:
            level: after the SNAC in question.
            limited: whether the class was limited before it.
        """
        if level < self.disconnect:
            return RateState.DISCONNECT
        if level < self.limit or (limited and level < self.clear):
            return RateState.LIMITED
        return RateState.ALERT if level < self.alert else RateState.CLEAR


AOL_CLASSES: Final = (
    RateClass(1, 80, 2500, 2000, 1500, 800, 6000, 6000),
    RateClass(2, 80, 3000, 2000, 1500, 1000, 6000, 6000),
    RateClass(3, 20, 5100, 5000, 4000, 3000, 6000, 6000),
    RateClass(4, 20, 5500, 5300, 4200, 3000, 8000, 8000),
    RateClass(5, 10, 5500, 5300, 4200, 3000, 8000, 8000),
)
"""AOL's numbers: 1 most SNACs, 2 lists, 3 messages, 4 directory, 5 making rooms."""


class RateMeter:
    """The server's side: count SNACs of one class of one user.

    Args:
        rate: the class; its level starts at `current`.
        now_ms: time of the start, in milliseconds of any clock.
    """

    __slots__ = ("_last", "level", "limited", "rate")

    def __init__(self, rate: RateClass, now_ms: int = 0) -> None:
        self.rate = rate
        self.level = rate.current
        self.limited = rate.dropping
        self._last = now_ms

    def count(self, now_ms: int) -> RateState:
        """Count one SNAC that came at `now_ms`; return what to do with it."""
        self.level = self._level_at(now_ms)
        self._last = now_ms
        state = self.rate.state(self.level, limited=self.limited)
        self.limited = state is RateState.LIMITED
        return state

    def clears_at(self, now_ms: int) -> bool:
        """Return whether the class is limited and would be clear by now.

        A server that polls this may send code 4 before the client's next SNAC. The
        level stands where it was; the limit is lifted.
        """
        if not self.limited or self._level_at(now_ms) < self.rate.clear:
            return False
        self.limited = False
        return True

    def _level_at(self, now_ms: int) -> int:
        elapsed = max(0, now_ms - self._last)
        return next_level(self.level, elapsed, max(1, self.rate.window), self.rate.max)


class Pacer:
    """The client's side: when may the next SNAC of one class go out?

    Args:
        rate: the class, as SNAC (01, 07) gave it.
        now_ms: time at which it came, in milliseconds of any clock.
        margin: how far above the alert level to stay, in milliseconds.
    """

    __slots__ = ("_last", "_level", "_limited", "_rate", "margin")

    def __init__(self, rate: RateClass, now_ms: int = 0, margin: int = 50) -> None:
        self.margin = margin
        self._rate = rate
        self._level = rate.current
        self._limited = rate.dropping
        self._last = now_ms

    @property
    def level(self) -> int:
        """The level after the last SNAC, in milliseconds."""
        return self._level

    def delay(self, now_ms: int) -> int:
        """Return how many milliseconds to wait before sending; 0 for none.

        Sent after so long, the SNAC leaves the level above "alert", and above
        "clear" if the class is limited.
        """
        rate = self._rate
        floor = max(rate.clear if self._limited else 0, rate.alert)
        target = min(floor + self.margin, rate.max)
        window = max(1, rate.window)
        needed = target * window - self._level * (window - 1)
        return max(0, needed - max(0, now_ms - self._last))

    def sent(self, now_ms: int) -> None:
        """Count one SNAC that goes out at `now_ms`."""
        window = max(1, self._rate.window)
        elapsed = max(0, now_ms - self._last)
        self._level = next_level(self._level, elapsed, window, self._rate.max)
        self._last = now_ms
        state = self._rate.state(self._level, limited=self._limited)
        self._limited = state in (RateState.LIMITED, RateState.DISCONNECT)

    def update(self, code: int, rate: RateClass, now_ms: int) -> None:
        """Take over the numbers of SNAC (01, 0A): the server's level counts."""
        self._rate = rate
        self._level = min(rate.current, rate.max)
        self._limited = code == RateState.LIMITED or rate.dropping
        self._last = now_ms
