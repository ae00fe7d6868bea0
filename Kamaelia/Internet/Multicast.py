"""Multicast as components: datagrams to a group and from it."""

import socket
import struct
from typing import Any, NamedTuple

from Kamaelia.Internet.UDP_ng import ANY, Datagram, _Peer

__all__ = [
    "MulticastDatagram",
    "Multicast_receiver",
    "Multicast_sender",
    "Multicast_transceiver",
]


class MulticastDatagram(NamedTuple):
    """A datagram that came from a group: the address first, as programs expect.

    Attributes:
        address: (host, port) of the sender.
        data: its bytes.
    """

    address: tuple[str, int]
    data: bytes


class Multicast_transceiver(_Peer):  # noqa: N801 - the name of the original
    """Sends to a group and hears what others send to it.

    Args:
        local_addr: local address, usually the group's or "0.0.0.0".
        local_port: port of the group to hear; 0 to send only.
        remote_addr: the group.
        remote_port: port to send to; 0 to hear only.
        debug: not used.
        argd: attributes to set; `interface`, the address of the interface to use.
    """

    Outboxes = {
        "outbox": "MulticastDatagram((host, port), data)",
        "signal": "the stop message",
    }

    interface = ANY
    ttl = 255

    def __init__(
        self,
        local_addr: str,
        local_port: int,
        remote_addr: str,
        remote_port: int,
        debug: bool = False,
        **argd: Any,
    ) -> None:
        super().__init__(localaddr=local_addr, localport=local_port, **argd)
        self.remote = (remote_addr, remote_port)

    def _bind(self, sock: socket.socket) -> None:
        """Bind the socket and join the group."""
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, self.ttl)
        chosen = socket.inet_aton(self.interface)
        if self.interface != ANY:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, chosen)
        super()._bind(sock)
        if self.localport:
            group = struct.pack("4s4s", socket.inet_aton(self.remote[0]), chosen)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)

    def _sendAll(self) -> None:
        """Send what is in the inbox to the group."""
        for data in self.Inbox("inbox"):
            if self.remote[1]:
                self._sendTo(data, self.remote)

    def send(self, message: Any, boxname: str = "outbox") -> None:
        """Send; a datagram with its address first."""
        if isinstance(message, Datagram):
            message = MulticastDatagram(message.address, message.data)
        super().send(message, boxname)


def Multicast_sender(
    local_addr: str, local_port: int, remote_addr: str, remote_port: int
) -> Multicast_transceiver:
    """Return what sends to a group.

    Args:
        local_addr: local address.
        local_port: not used: a sender needs no port of its own.
        remote_addr: the group.
        remote_port: its port.
    """
    return Multicast_transceiver(local_addr, 0, remote_addr, remote_port)


def Multicast_receiver(address: str, port: int) -> Multicast_transceiver:
    """Return what hears a group.

    Args:
        address: the group.
        port: its port.
    """
    return Multicast_transceiver(ANY, port, address, 0)


__kamaelia_components__ = (Multicast_transceiver,)
__kamaelia_prefabs__ = (Multicast_sender, Multicast_receiver)
