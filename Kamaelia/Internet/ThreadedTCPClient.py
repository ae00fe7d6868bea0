"""The TCP client that ran in a thread: today a TCPClient that tells its progress."""

from typing import Any

from Kamaelia.Internet.TCPClient import TCPClient

__all__ = ["ThreadedTCPClient"]


class ThreadedTCPClient(TCPClient):
    """A TCPClient with the old arguments; needs no thread any more.

    Args:
        host: name or address of the server.
        port: its port.
        chargen: not used.
        initialsendmessage: bytes to send first, or None.
        argd: as for TCPClient.
    """

    def __init__(
        self,
        host: str,
        port: int,
        chargen: int = 0,
        initialsendmessage: bytes | None = None,
        **argd: Any,
    ) -> None:
        super().__init__(host, port, **argd)
        self.chargen = chargen
        if initialsendmessage is not None:
            self._deliver(initialsendmessage)


__kamaelia_components__ = (ThreadedTCPClient,)
