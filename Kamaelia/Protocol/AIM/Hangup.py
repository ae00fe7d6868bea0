"""Ending a connection of two layers, whichever of them ends first."""

from collections.abc import Generator
from typing import Any

from Axon.Component import component
from Axon.Ipc import errorInformation, producerFinished, shutdownMicroprocess

__all__ = ["Hangup"]


class Hangup(component):
    """The end of a connection, brought to both of its layers in order.

    A protocol that is told to stop flushes, then the transport is told. A transport
    that ends has delivered its last bytes, then the protocol is told. When both have
    ended, `signal` tells why: what the transport died of, else what went wrong in the
    protocol, else the transport's last word.
    """

    Inboxes = {
        "inbox": "signal of the transport",
        "control": "signal of the protocol",
    }
    Outboxes = {
        "outbox": "control of the transport",
        "protocol": "control of the protocol",
        "signal": "why the connection ended",
    }

    def main(self) -> Generator[int, None, None]:
        """Wait for the end of either, then for that of the other."""
        transport = protocol = None
        while transport is None or protocol is None:
            for message in self.Inbox("inbox"):
                transport = transport or message
                if protocol is None:
                    self.send(_stopMessage(message, self), "protocol")
            for message in self.Inbox("control"):
                protocol = protocol or message
                if transport is None:
                    self.send(_stopMessage(message, self), "outbox")
            if transport is None or protocol is None:
                self.pause()
                yield 1
        died = getattr(transport, "message", None)
        failed = isinstance(protocol, errorInformation) and not died
        self.send(protocol if failed else transport, "signal")


def _stopMessage(message: Any, sender: component) -> Any:
    """Return what tells the other layer to stop: a message that says so, as it is."""
    kind = message if isinstance(message, type) else type(message)
    if issubclass(kind, (producerFinished, shutdownMicroprocess)):
        return message
    return producerFinished(sender)
