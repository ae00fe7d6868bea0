"""A TCP server for one client at a time, as a plain component.

Pipeline(ConsoleReader(), SingleServer(port=1601), ConsoleEchoer()).run()
"""

# ruff: noqa: N815 - the names of the original

import socket
from collections.abc import Generator, Sequence
from typing import Any

from Axon.Component import component
from Axon.Ipc import producerFinished
from Kamaelia.Internet.TCPServer import TCPServer
from Kamaelia.IPC import newCSA, serverShutdown, shutdownCSA

__all__ = ["FastRestartSingleServer", "SingleServer", "echo"]


class SingleServer(component):
    """Wires the client that connects to its own inbox and outbox.

    While one is there, others are refused; what waits in `inbox` before is kept for the
    next. When a client leaves, a producerFinished goes out on signal.

    Args:
        port: to listen on; 0 for any that is free.
        socketOptions: the arguments of `setsockopt`, or a list of such.
        host: address or name to listen on; "" for every IPv4 address.
        argd: attributes to set.

    Attributes:
        address: (host, port) it listens on, once it does.
    """

    Inboxes = {
        "inbox": "bytes for the client",
        "control": "producerFinished, shutdownMicroprocess: close and stop",
        "_oobinfo": "newCSA and shutdownCSA from the TCPServer",
    }
    Outboxes = {
        "outbox": "bytes from the client",
        "signal": "producerFinished when a client has left; at the end why",
        "_csacontrol": "ends the connection",
        "_serversignal": "stops the TCPServer",
    }

    socketOptions: Sequence[Any] | None = None
    address: tuple[str, int] | None = None

    def __init__(
        self,
        port: int = 1601,
        socketOptions: Sequence[Any] | None = None,  # noqa: N803
        host: str = "",
        **argd: Any,
    ) -> None:
        super().__init__(**argd)
        self.port = port
        self.socketOptions = socketOptions or self.socketOptions
        self.host = host
        self.CSA: Any = None

    def main(self) -> Generator[int, None, None]:
        """Serve one client after another until told to stop.

        Raises:
            OSError: the port is in use, or may not be used; the text says which.
        """
        server = TCPServer(self.port, self.socketOptions, host=self.host)
        self.address, self.port = server.address, server.port
        self.link((server, "protocolHandlerSignal"), (self, "_oobinfo"))
        self.link((self, "_serversignal"), (server, "control"))
        self.addChildren(server)
        server.activate(self.scheduler)
        stop = None
        while not (stop and self.CSA is None and server._isStopped()):
            for message in self.Inbox("_oobinfo"):
                if isinstance(message, newCSA):
                    self._accept(message.object, stop)
                elif isinstance(message, shutdownCSA) and message.object is self.CSA:
                    self._left()
            if stop is None and (stop := self.stopMessage()) is not None:
                self.send(serverShutdown(self), "_serversignal")
                self.send(stop, "_csacontrol")
            self.pause()
            yield 1
        self.send(stop, "signal")

    def _accept(self, csa: Any, stop: Any) -> None:
        """Wire a client, or refuse it."""
        if self.CSA is not None or stop is not None:
            csa.activate(self.scheduler)
            csa.stop()
            return
        self.CSA = csa
        self.link((self, "inbox"), (csa, "inbox"), passthrough=1)
        self.link((csa, "outbox"), (self, "outbox"), passthrough=2)
        self.link((self, "_csacontrol"), (csa, "control"))
        csa.activate(self.scheduler)

    def _left(self) -> None:
        """Take note that the client has gone."""
        self.unlink(self.CSA)
        self.CSA = None
        self.send(producerFinished(self), "signal")

    def stop(self) -> None:
        """End at once."""
        if not self._isStopped():
            for child in (*self.children, self.CSA):
                if child is not None:
                    child.stop()
        super().stop()


class FastRestartSingleServer(SingleServer):
    """A SingleServer that takes its port over from one that has just ended."""

    socketOptions = (socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


class echo(component):  # noqa: N801 - the name of the original
    """Sends back what comes."""

    def main(self) -> Generator[int, None, None]:
        """Echo until told to stop."""
        stop = None
        while stop is None:
            stop = self.stopMessage()
            for data in self.Inbox("inbox"):
                self.send(data, "outbox")
            if stop is None and not self.anyReady():
                self.pause()
            yield 1
        self.send(stop, "signal")


__kamaelia_components__ = (SingleServer, FastRestartSingleServer, echo)
