"""Join a component to an asyncio datagram transport."""

import asyncio
import logging
from typing import Any, NamedTuple

from Axon.AxonExceptions import noSpaceInBox

__all__ = ["Datagram", "DatagramLink"]

logger = logging.getLogger(__name__)


class Datagram(NamedTuple):
    """A datagram that came.

    Attributes:
        data: its bytes.
        address: (host, port) it came from.
    """

    data: bytes
    address: tuple[str, int]


class DatagramLink(asyncio.DatagramProtocol):
    """The asyncio side of a component that has a UDP socket.

    Args:
        owner: the component; gets each Datagram on `outbox`, and `closed` is set.
    """

    def __init__(self, owner: Any) -> None:
        self.owner = owner

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Pass a datagram on; there being no room, it is lost, as datagrams are."""
        try:
            self.owner.send(Datagram(data, addr[:2]), "outbox")
        except noSpaceInBox:
            logger.debug("%s: datagram lost: no room", self.owner.name)

    def error_received(self, exc: Exception) -> None:
        """Note that a datagram sent earlier didn't arrive."""
        logger.info("%s: %s", self.owner.name, exc)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the component end."""
        self.owner.closed = True
        self.owner.unpause()
