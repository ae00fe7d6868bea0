"""What a session knows of its connection: where it leads, and how to send there."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

__all__ = ["Delivery", "Endpoints", "FLAPMessage", "Link"]


class FLAPMessage(NamedTuple):
    """One frame without its number.

    Attributes:
        channel: a CHANNEL_ constant of flap.
        payload: its bytes.
        short: leave the length off, as very old clients want their sign-off.
    """

    channel: int
    payload: bytes = b""
    short: bool = False


class Delivery(NamedTuple):
    """A frame whose sender wants to know what became of it.

    Attributes:
        message: the frame.
        settle: called once: with True when the socket has taken its bytes, with False
            when the connection ended before.
    """

    message: FLAPMessage
    settle: Callable[[bool], None]


class Endpoints(NamedTuple):
    """The two ends of a connection.

    Attributes:
        peer: address of the client.
        peer_port: its port.
        local: address it connected to.
        local_port: port it connected to.
    """

    peer: str = "127.0.0.1"
    peer_port: int = 0
    local: str = "127.0.0.1"
    local_port: int = 5190


class Link(Protocol):
    """One connection, seen from a session; any session may send to any link."""

    @property
    def ends(self) -> Endpoints:
        """Where the connection leads."""

    def send(self, message: FLAPMessage) -> None:
        """Send a frame; nothing happens once the link is closed."""

    def deliver(self, delivery: Delivery) -> None:
        """Send a frame and report what became of it."""

    def close(self, reason: str) -> None:
        """Close after what was sent; `reason` is for log and metrics."""
