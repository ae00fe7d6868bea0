"""Ending a connection of two layers, whichever of them ends first."""

from collections.abc import Generator

from Axon.Component import component
from Axon.Ipc import errorInformation, producerFinished

__all__ = ["Hangup"]


class Hangup(component):
    """The end of a connection, brought to both of its layers in order.

    A protocol that is told to stop flushes, then the transport is told. A transport
    that ends has delivered its last bytes, then the protocol is told. When both have
    ended, `signal` tells why: what went wrong in the protocol, else what became of
    the transport.
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
            while self.dataReady("inbox"):
                transport = self.recv("inbox")
                if protocol is None:
                    self.send(producerFinished(self), "protocol")
            while self.dataReady("control"):
                protocol = self.recv("control")
                if transport is None:
                    orderly = not isinstance(protocol, errorInformation)
                    stop = protocol if orderly else producerFinished(self)
                    self.send(stop, "outbox")
            if transport is None or protocol is None:
                self.pause()
                yield 1
        failed = isinstance(protocol, errorInformation)
        self.send(protocol if failed else transport, "signal")
