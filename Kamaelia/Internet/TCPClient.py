"""A TCP connection to a server, as a component.

Pipeline(ConsoleReader(), TCPClient("localhost", 1500), ConsoleEchoer()).run()
"""

import asyncio
import errno
import logging
import socket
from collections.abc import Generator
from typing import Any

from Axon.Ipc import producerFinished, shutdownMicroprocess
from Kamaelia.Internet.ConnectedSocketAdapter import connectedcomponent

__all__ = ["TCPClient"]

logger = logging.getLogger(__name__)


class TCPClient(connectedcomponent):
    """Connects to a server: bytes in `inbox` are sent, those received come out.

    What arrives before the connection stands is kept and sent. IPv4 and IPv6: the
    addresses of the host are tried one after another.

    When the connection ends, for whatever reason, `producerFinished(self, howDied)`
    goes out on signal: howDied is None after an orderly end, "timeout" if there was no
    connection in time, else a text that says what happened.

    A producerFinished on `control` closes the connection when everything has been sent,
    also what still waits for the connection to stand. A shutdownMicroprocess closes it
    at once. Either, while connecting with nothing to send, is passed on.

    Args:
        host: name or address of the server.
        port: its port.
        delay: seconds to wait before connecting.
        connect_timeout: seconds after which to give up connecting.
        wait_for_serverclose: whether to ignore producerFinished on `control`, so that
            the server is the one who closes.
        argd: attributes to set: `linger`, `max_unsent` ...

    Attributes:
        CSA: what carries the connection: the component itself.
    """

    Inboxes = {
        "inbox": "bytes to send",
        "control": "producerFinished, shutdownMicroprocess: close the connection",
        "makessl": "anything, or an ssl.SSLContext: speak TLS from here on",
        "_socketFeedback": "not used",
    }
    Outboxes = {
        "outbox": "bytes received, cut anywhere",
        "signal": "producerFinished(self, howDied) when the connection has ended",
        "sslready": "'' when TLS stands",
        "_selectorSignal": "not used",
    }

    def __init__(
        self,
        host: str,
        port: int,
        delay: float = 0,
        connect_timeout: float = 60,
        wait_for_serverclose: bool = False,
        **argd: Any,
    ) -> None:
        super().__init__(**argd)
        self.host = host
        self.port = port
        self.delay = delay
        self.connect_timeout = connect_timeout
        self.wait_for_serverclose = wait_for_serverclose
        self.CSA = self
        self._stop: Any = None
        self._gaveUp = False

    def main(self) -> Generator[int, None, None]:
        """Connect, carry data until the connection ends, say how it ended."""
        error = yield from self._join(self._connect())
        if self._gaveUp:
            self._link.abort()
            self.send(self._stop, "signal")
            return
        if error is None:
            transport = self._link.transport
            self.sock = transport.get_extra_info("socket")
            yield from self._carry(self._stop)
        else:
            self.error, self.howDied = error, self._explain(error)
            logger.info("TCPClient: %s", self.howDied)
        self.sock = None
        self.send(producerFinished(self, self.howDied), "signal")

    async def _connect(self) -> None:
        """Connect.

        Raises:
            TimeoutError: it took too long.
            OSError: it failed.
        """
        if self.delay:
            await asyncio.sleep(self.delay)
        async with asyncio.timeout(self.connect_timeout):
            await self.scheduler.loop.create_connection(
                lambda: self._link, self.host, self.port
            )

    def _explain(self, error: BaseException) -> str:
        """Return, for people, why there is no connection."""
        if isinstance(error, socket.gaierror):
            return f"cannot find {self.host}: {error.strerror or error}"
        number = getattr(error, "errno", None)
        if isinstance(error, TimeoutError) and number is None:
            return "timeout"
        if number == errno.ECONNREFUSED or "Connect call failed" in str(error):
            return f"{self.host} port {self.port}: connection refused"
        return f"{self.host} port {self.port}: {str(error) or type(error).__name__}"

    def _whileJoining(self) -> None:
        """Give up connecting when told to stop, unless there is something to send."""
        if self._gaveUp or (stop := self.stopMessage()) is None:
            return
        if self._ignored(stop):
            return
        self._stop = stop
        kind = stop if isinstance(stop, type) else type(stop)
        if issubclass(kind, shutdownMicroprocess) or not self.dataReady("inbox"):
            self._gaveUp = True
            if self._joining is not None:
                self._joining.cancel()

    def _obey(self, stop: Any) -> None:
        """Close, unless the server is to do that."""
        if not self._ignored(stop):
            super()._obey(stop)

    def _ignored(self, stop: Any) -> bool:
        """Return whether a stop message leaves the closing to the server."""
        kind = stop if isinstance(stop, type) else type(stop)
        return self.wait_for_serverclose and issubclass(kind, producerFinished)


__kamaelia_components__ = (TCPClient,)
