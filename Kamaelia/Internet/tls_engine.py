"""TLS without a network: bytes in, bytes out, over `ssl.MemoryBIO`. Does no I/O."""

import ssl
from collections.abc import Iterator
from typing import Final

__all__ = ["TLSEngine"]

READ: Final = 64 * 1024


class TLSEngine:
    """One end of a TLS connection.

    Args:
        context: certificates, and what is checked.
        server_side: whether this is the server's end.
        server_hostname: for clients, the name the server's certificate must have.

    Attributes:
        established: whether the handshake is done.
        peer_closed: whether the peer said that it sends no more (close_notify).
        tls: the ssl.SSLObject, for cipher, version and certificate.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        server_side: bool,
        server_hostname: str | None = None,
    ) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._waiting: list[bytes] = []  # to be sent once the handshake is done
        self.established = False
        self.peer_closed = False
        self.tls = context.wrap_bio(
            self._incoming, self._outgoing, server_side, server_hostname
        )

    def receive_data(self, data: bytes) -> None:
        """Add bytes from the peer; `heard()` then yields what they say."""
        if data:
            self._incoming.write(data)

    def receive_eof(self) -> None:
        """Note that no more bytes come; `heard()` raises if that came too early."""
        self._incoming.write_eof()

    def send(self, data: bytes) -> None:
        """Encrypt something for the peer, at once or when the handshake is done."""
        if not self.established:
            self._waiting.append(bytes(data))
        elif data:
            self.tls.write(data)

    def heard(self) -> Iterator[bytes]:
        """Go on with the handshake; yield what the peer said.

        Raises:
            ssl.SSLCertVerificationError: the peer's certificate is not good.
            ssl.SSLError: the peer broke the protocol, or the connection was cut off.
        """
        if not self.established and not self._handshake():
            return
        while not self.peer_closed:
            try:
                data = self.tls.read(READ)
            except ssl.SSLWantReadError:
                return
            except ssl.SSLZeroReturnError:
                data = b""
            if data:
                yield data
            else:
                self.peer_closed = True

    def _handshake(self) -> bool:
        """Go on with the handshake; return whether it is done."""
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        self.established = True
        for data in self._waiting:
            self.send(data)
        self._waiting.clear()
        return True

    @property
    def waiting(self) -> bool:
        """Whether something waits to be sent until the handshake is done."""
        return bool(self._waiting)

    def close(self) -> None:
        """Tell the peer that nothing more will be sent (close_notify)."""
        if not self.established:
            return
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            # Sent all the same: it says that the peer hasn't answered, or went on.
            return

    def data_to_send(self) -> bytes:
        """Return the bytes for the peer that came up since the last call."""
        return self._outgoing.read()
