"""TLS as a layer: between anything that carries bytes and anything that speaks them.

    tcp=TCPClient(host, 443), tls=TLSClient(host), app=...
        ("app", "outbox"): ("tls", "talk"),     ("tls", "outbox"): ("tcp", "inbox"),
        ("tcp", "outbox"): ("tls", "inbox"),    ("tls", "heard"): ("app", "inbox"),
        ("app", "signal"): ("tls", "control"),  ("tls", "signal"): ("tcp", "control"),
        ("tcp", "signal"): ("tls", "control"),

The certificate of the peer is checked unless the `context` says otherwise.
"""

import ssl
from collections.abc import Generator
from typing import Any

from Axon.Component import component
from Axon.Ipc import errorInformation, producerFinished, shutdownMicroprocess
from Kamaelia.Internet.ConnectedSocketAdapter import connectedcomponent
from Kamaelia.Internet.socket_link import HIGH_COUNT
from Kamaelia.Internet.tls_engine import TLSEngine
from Kamaelia.IPC import socketShutdown

__all__ = ["TLSClient", "TLSServer"]


class _TLSLayer(component):
    """What both ends have in common.

    Attributes:
        context: the ssl.SSLContext.
        established: whether the handshake is done.
        tls: the ssl.SSLObject once it runs: `tls.version()`, `tls.getpeercert()` ...
        error: the exception that ended it, or None.
    """

    Inboxes = {
        "inbox": "bytes from the network, cut anywhere",
        "talk": "bytes to send to the peer",
        "control": "producerFinished, shutdownMicroprocess: say goodbye and stop",
    }
    Outboxes = {
        "outbox": "bytes for the network",
        "heard": "bytes that the peer sent",
        "signal": "producerFinished or the stop message; errorInformation before it",
        "sslready": "'' when the handshake is done",
    }

    context: ssl.SSLContext
    error: Exception | None = None
    _peer = "the client"
    _engine: TLSEngine

    @property
    def established(self) -> bool:
        """Whether the handshake is done."""
        return "_engine" in self.__dict__ and self._engine.established

    @property
    def tls(self) -> ssl.SSLObject:
        """What tells cipher, version and certificate."""
        return self._engine.tls

    def makeEngine(self) -> TLSEngine:
        """Return the engine for this end."""
        raise NotImplementedError

    def main(self) -> Generator[int, None, None]:
        """Carry bytes until one side says that there are no more."""
        self._engine = self.makeEngine()
        stop = None
        while True:
            stop = self._newestStop(stop)
            try:
                self._exchange()
                if _fromNetwork(stop) and self._idle():
                    self._networkEnded()
            except ssl.SSLError as error:
                self._fail(error)
                return
            if self._engine.peer_closed or _atOnce(stop) or self._finished(stop):
                break
            self.pause()
            yield 1
        self._engine.close()
        self._flush()
        self.send(stop or producerFinished(self), "signal")

    def _newestStop(self, stop: Any) -> Any:
        """Return the stop message to act on: the network's end beats finishing."""
        newest = self.stopMessage()
        if newest is not None and (
            stop is None or _fromNetwork(newest) or _atOnce(newest)
        ):
            return newest
        return stop

    def _exchange(self) -> None:
        """Move what there is, as far as both ends take it."""
        engine, ready = self._engine, self._engine.established
        while True:
            for data in engine.heard():
                self.send(data, "heard")
            self._flush()
            if not self.dataReady("inbox") or self._crowded("heard"):
                break
            engine.receive_data(self.recv("inbox"))
        if engine.established and not ready:
            self.send("", "sslready")
        while self.dataReady("talk") and not self._crowded("outbox"):
            engine.send(self.recv("talk"))
            self._flush()

    def _flush(self) -> None:
        """Send what the engine has for the network."""
        if data := self._engine.data_to_send():
            self.send(data, "outbox")

    def _crowded(self, boxname: str) -> bool:
        """Return whether to wait before sending more: we are woken when it is taken."""
        box = self.outboxes[boxname]
        return box.isFull() or len(box) > HIGH_COUNT

    def _idle(self) -> bool:
        """Return whether all that came from the network has been looked at."""
        return not self.dataReady("inbox")

    def _finished(self, stop: Any) -> bool:
        """Return whether all is sent that was to be sent before this stop message."""
        if stop is None:
            return False
        return not self.dataReady("talk") and not self._engine.waiting

    def _networkEnded(self) -> None:
        """See whether the connection was cut off.

        Raises:
            ssl.SSLError: it was: the peer did not say goodbye.
        """
        self._engine.receive_eof()
        for data in self._engine.heard():
            self.send(data, "heard")

    def _fail(self, error: ssl.SSLError) -> None:
        """Tell the peer (an alert) and our side what went wrong, and end."""
        self._flush()
        self.error = error
        cut = isinstance(error, ssl.SSLEOFError) or "EOF occurred" in str(error)
        if not self._engine.established:
            why = "the connection was closed" if cut else _reason(error)
            text = f"TLS handshake with {self._peer} failed: {why}"
        elif cut:
            text = f"TLS: {self._peer} was cut off: what it sent may be incomplete"
        else:
            text = f"TLS: error in what {self._peer} sent: {_reason(error)}"
        self.send(errorInformation(self, error, text), "signal")
        self.send(producerFinished(self, text), "signal")


def _reason(error: ssl.SSLError) -> str:
    """Return what went wrong, for people."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {error.verify_message}"
    return (error.reason or str(error)).replace("_", " ").lower()


def _fromNetwork(stop: Any) -> bool:
    """Return whether a stop message tells that the connection below has ended."""
    caller = getattr(stop, "caller", None)
    return isinstance(stop, socketShutdown) or isinstance(caller, connectedcomponent)


def _atOnce(stop: Any) -> bool:
    """Return whether a stop message means: drop what waits."""
    kind = stop if isinstance(stop, type) else type(stop)
    return issubclass(kind, shutdownMicroprocess)


class TLSClient(_TLSLayer):
    """The client's end of TLS.

    An error goes out on signal as errorInformation with a text for people, and a
    producerFinished follows. So it does when the peer is cut off without goodbye.

    Args:
        server_hostname: the name that the server's certificate must have.
        context: an ssl.SSLContext; without one, the system's authorities are trusted
            and name and date are checked.
        argd: attributes to set.
    """

    def __init__(
        self,
        server_hostname: str,
        context: ssl.SSLContext | None = None,
        **argd: Any,
    ) -> None:
        super().__init__(**argd)
        self.server_hostname = self._peer = server_hostname
        self.context = context or ssl.create_default_context()

    def makeEngine(self) -> TLSEngine:
        """Return a client's engine."""
        return TLSEngine(self.context, False, self.server_hostname)


class TLSServer(_TLSLayer):
    """The server's end of TLS.

    Args:
        certfile: PEM file with the certificate and its chain.
        keyfile: PEM file with the private key, if it isn't in `certfile`.
        context: an ssl.SSLContext to use instead; making one for each connection is
            slow, so servers make one and pass it here.
        argd: attributes to set.

    Raises:
        TypeError: neither `certfile` nor `context` was given.
        OSError: a file cannot be read (ssl.SSLError: it holds something else).
    """

    def __init__(
        self,
        certfile: str | None = None,
        keyfile: str | None = None,
        context: ssl.SSLContext | None = None,
        **argd: Any,
    ) -> None:
        super().__init__(**argd)
        if context is None:
            if certfile is None:
                raise TypeError("TLSServer needs a certfile or a context")
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certfile, keyfile)
        self.context = context

    def makeEngine(self) -> TLSEngine:
        """Return a server's engine."""
        return TLSEngine(self.context, True)


__kamaelia_components__ = (TLSClient, TLSServer)
