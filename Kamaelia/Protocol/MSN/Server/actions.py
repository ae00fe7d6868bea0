"""What a session wants done: its machine returns a list of these.

`Send` and `Close` may be about another session than the one that returns them.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, Union

if TYPE_CHECKING:
    from Kamaelia.Protocol.MSN.Server.session import Session

__all__ = ["Action", "Actions", "Ask", "Close", "Receipt", "Send"]


class Receipt:
    """Waits until every receiver's connection has taken a message, or lost it.

    Args:
        count: how many receivers there are, at least 1.
        then: called once with whether all have taken it; returns what to do.
    """

    __slots__ = ("_count", "_good", "_then")

    def __init__(self, count: int, then: "Callable[[bool], Actions]") -> None:
        self._count = count
        self._good = True
        self._then = then

    def settle(self, taken: bool) -> "Actions":
        """Count one receiver; return what to do, nothing before the last."""
        self._count -= 1
        self._good &= taken
        return self._then(self._good) if self._count == 0 else []


class Send(NamedTuple):
    """Write these bytes, whole commands, to a session's connection.

    Attributes:
        to: the session.
        data: the bytes.
        receipt: to be settled when the connection has taken them or has closed.
    """

    to: "Session"
    data: bytes
    receipt: Receipt | None = None


class Close(NamedTuple):
    """Close a session's connection once what was sent before has gone.

    Attributes:
        who: the session.
        reason: for the log; no secrets.
    """

    who: "Session"
    reason: str


class Ask(NamedTuple):
    """Await this, then do what it returns; the session's next command waits for it.

    Attributes:
        session: who asks.
        trid: of the request that it is about.
        work: makes what to await. StoreError may leave it.
    """

    session: "Session"
    trid: int | None
    work: "Callable[[], Awaitable[Actions]]"


Action: TypeAlias = Union[Send, Close, Ask]  # noqa: UP007 - names that come later
Actions: TypeAlias = list[Action]
