"""UDP as components: datagrams in and out.

    SimplePeer        to one fixed address; hears from everybody
    TargettedPeer     to an address that can be changed
    PostboxPeer       each message says where it goes
    UDPSender         sends only
    UDPReceiver       hears only

What is heard is a `Datagram(data, (host, port))`.
"""

import socket
from collections.abc import Generator
from typing import Any, Final

from Axon.Component import component
from Kamaelia.Internet.datagram_link import Datagram, DatagramLink

__all__ = [
    "Datagram",
    "PostboxPeer",
    "SimplePeer",
    "TargettedPeer",
    "UDPReceiver",
    "UDPSender",
]

ANY: Final = "0.0.0.0"


class _Peer(component):
    """A UDP socket.

    Attributes:
        address: (host, port) it is bound to, once it runs.
        closed: whether the socket is closed again.
    """

    Inboxes = {
        "inbox": "bytes to send",
        "control": "producerFinished, shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "Datagram(data, (host, port))",
        "signal": "the stop message",
    }

    localaddr = ANY
    localport = 0
    address: tuple[str, int] | None = None
    closed = False
    _transport: Any = None

    def main(self) -> Generator[int, None, None]:
        """Send and hear until told to stop.

        Raises:
            OSError: the local address cannot be had.
        """
        opening = self.scheduler.createTask(self._open(), f"{self.name}: open")
        opening.add_done_callback(lambda _: self.unpause())
        while not opening.done():
            self.pause()
            yield 1
        opening.result()
        stop = None
        while not self.closed:
            stop = stop or self.stopMessage()
            self._sendAll()
            if stop is not None:
                self._transport.close()
            self.pause()
            yield 1
        self.send(stop, "signal")

    async def _open(self) -> None:
        """Bind the socket."""
        family = socket.AF_INET6 if ":" in self.localaddr else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            self._bind(sock)
            self.address = sock.getsockname()[:2]
            self._transport, _ = await self.scheduler.loop.create_datagram_endpoint(
                lambda: DatagramLink(self), sock=sock
            )
        except BaseException:
            sock.close()
            raise

    def _bind(self, sock: socket.socket) -> None:
        """Give the socket its local address.

        Raises:
            OSError: it cannot be had; the text says which.
        """
        try:
            sock.bind((self.localaddr, self.localport))
        except OSError as error:
            where = f"cannot use UDP port {self.localport} of {self.localaddr}"
            raise OSError(error.errno, f"{where}: {error.strerror}") from error

    def _sendAll(self) -> None:
        """Send what is in the inbox: to be overridden."""

    def _sendTo(self, data: bytes, address: tuple[str, int]) -> None:
        """Send a datagram."""
        self._transport.sendto(data, address)

    def stop(self) -> None:
        """Close the socket and end."""
        if not self._isStopped() and self._transport is not None:
            self._transport.abort()
        super().stop()


class SimplePeer(_Peer):
    """Sends bytes to one address; hears from everybody.

    Args:
        localaddr: local address, an IP address.
        localport: local port; 0 for any that is free.
        receiver_addr: where to send to; an IP address.
        receiver_port: where to send to; 0: what is in the inbox waits.
        argd: attributes to set.
    """

    def __init__(
        self,
        localaddr: str = ANY,
        localport: int = 0,
        receiver_addr: str = ANY,
        receiver_port: int = 0,
        **argd: Any,
    ) -> None:
        super().__init__(localaddr=localaddr, localport=localport, **argd)
        self.receiver = (receiver_addr, receiver_port)

    def _sendAll(self) -> None:
        """Send what is in the inbox, if it is known whereto."""
        while self.receiver[1] and self.dataReady("inbox"):
            self._sendTo(self.recv("inbox"), self.receiver)


class TargettedPeer(SimplePeer):
    """A SimplePeer that is told where to send: (host, port) to `target`."""

    Inboxes = {
        "inbox": "bytes to send",
        "target": "(host, port): send there from now on",
        "control": "producerFinished, shutdownMicroprocess: stop",
    }

    def _sendAll(self) -> None:
        """Send what is in the inbox to the newest target."""
        for host, port in self.Inbox("target"):
            self.receiver = (host, port)
        super()._sendAll()


class PostboxPeer(_Peer):
    """Sends (host, port, data) each to its own address.

    Args:
        localaddr: local address, an IP address.
        localport: local port; 0 for any that is free.
        argd: attributes to set.
    """

    Inboxes = {
        "inbox": "(host, port, data) to send",
        "control": "producerFinished, shutdownMicroprocess: stop",
    }

    def __init__(self, localaddr: str = ANY, localport: int = 0, **argd: Any) -> None:
        super().__init__(localaddr=localaddr, localport=localport, **argd)

    def _sendAll(self) -> None:
        """Send what is in the inbox."""
        for host, port, data in self.Inbox("inbox"):
            self._sendTo(data, (host, port))


class UDPSender(SimplePeer):
    """Sends bytes to one address.

    Args:
        receiver_addr: where to send to; an IP address.
        receiver_port: where to send to.
        argd: attributes to set.
    """

    def __init__(
        self, receiver_addr: str = ANY, receiver_port: int = 0, **argd: Any
    ) -> None:
        super().__init__(ANY, 0, receiver_addr, receiver_port, **argd)


class UDPReceiver(PostboxPeer):
    """Hears datagrams on a port."""


__kamaelia_components__ = (
    SimplePeer,
    TargettedPeer,
    PostboxPeer,
    UDPSender,
    UDPReceiver,
)
