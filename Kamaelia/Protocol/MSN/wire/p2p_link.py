"""One link between two users: message ids, acknowledgements, slices put together.

It knows packets and MSNSLP texts but nothing of sessions; p2p_peer.py builds on it.
"""

from collections.abc import Callable
from secrets import randbits
from typing import BinaryIO, Final

from Kamaelia.Protocol.MSN.wire.p2p import (
    Assembly,
    MessageIds,
    P2PPacket,
    slices,
)
from Kamaelia.Protocol.MSN.wire.p2p_actions import SendPacket
from Kamaelia.Protocol.MSN.wire.slp import MAX_MESSAGE, SLPMessage
from Kamaelia.Protocol.wire.errors import RemoteProtocolError

__all__ = ["MAX_OPEN_TEXTS", "OutgoingData", "P2PLink", "Source", "file_source"]

MAX_OPEN_TEXTS: Final = 8  # MSNSLP texts that may be incomplete at the same time

Source = Callable[[int, int], bytes]
"""Called with an offset and a size of at least 1: returns up to that many bytes
from there, b"" past the end; may raise OSError."""


def file_source(file: BinaryIO) -> Source:
    """Return a source that reads a seekable file, which the caller closes."""
    place = -1

    def read(offset: int, size: int) -> bytes:
        nonlocal place
        if offset != place:
            file.seek(offset)
        data = file.read(size)
        place = offset + len(data)
        return data

    return read


class OutgoingData:
    """One long message of which slices are taken as there is room for them.

    Attributes:
        message_id: what its ACK names.
        done: bytes handed out.
        total: bytes of the message.
    """

    def __init__(self, packet: P2PPacket, source: Source) -> None:
        self._first = packet
        self._source = source
        self.message_id = packet.message_id
        self.done = 0
        self.total = packet.total_size
        self._started = False

    @property
    def finished(self) -> bool:
        """Whether everything has been handed out; an empty message has one slice."""
        return self._started and self.done == self.total

    def next_slice(self, size: int) -> P2PPacket:
        """Return the next slice, of up to `size` data bytes.

        Raises:
            OSError: the source raised it, or ended too early.
        """
        want = min(size, self.total - self.done)
        data = self._source(self.done, want) if want else b""
        if len(data) > want or (want and not data):
            raise OSError(f"the file is not of {self.total} bytes")
        first = self._first
        packet = P2PPacket(
            first.session_id,
            first.message_id,
            self.done,
            self.total,
            first.flags,
            first.ack_id,
            data=data,
            app_id=first.app_id,
        )
        self.done += len(data)
        self._started = True
        return packet

    def rewind(self, offset: int) -> None:
        """Go back to an earlier offset, because what followed it was lost."""
        if 0 <= offset <= self.done:
            self.done = offset
            self._started = False


class P2PLink:
    """Message ids and MSNSLP texts between us and one peer. Does no I/O.

    Args:
        ids: our message ids; random start if not given.
        random_bits: source of the arbitrary numbers, called with a number of bits.
    """

    def __init__(
        self,
        ids: MessageIds | None = None,
        random_bits: Callable[[int], int] = randbits,
    ) -> None:
        self.ids = MessageIds() if ids is None else ids
        self.random_bits = random_bits
        self._texts: dict[tuple[int, int], tuple[Assembly, bytearray]] = {}

    def send_text(self, message: SLPMessage) -> tuple[int, list[SendPacket]]:
        """Return the message id of an MSNSLP text and the packets that carry it."""
        message_id = self.ids.take()
        packets = slices(message.to_bytes(), message_id, ack_id=self.random_bits(32))
        return message_id, [SendPacket(packet) for packet in packets]

    def send_small(
        self, session_id: int, data: bytes, app_id: int
    ) -> tuple[int, SendPacket]:
        """Return the message id of one packet in a session, and the packet."""
        (packet,) = slices(
            data,
            self.ids.take(),
            session_id=session_id,
            app_id=app_id,
            ack_id=self.random_bits(32),
        )
        return packet.message_id, SendPacket(packet)

    def start_data(
        self, session_id: int, total: int, flags: int, app_id: int, source: Source
    ) -> OutgoingData:
        """Begin a long message in a session."""
        first = P2PPacket(
            session_id,
            self.ids.take(),
            0,
            total,
            flags,
            self.random_bits(32),
            app_id=app_id,
        )
        return OutgoingData(first, source)

    def acknowledge(self, packet: P2PPacket) -> SendPacket:
        """Return the ACK of the message that a packet has completed."""
        return SendPacket(packet.acknowledge(self.ids.take()))

    def receive_text(self, packet: P2PPacket) -> bytes | None:
        """Take a packet of session 0 or 64; return the text that it completes.

        Too many incomplete texts: the oldest is forgotten.

        Raises:
            RemoteProtocolError: the text is longer than MAX_MESSAGE, or the packet
                doesn't fit those before it; that text is forgotten.
        """
        key = (packet.session_id, packet.message_id)
        if packet.total_size > MAX_MESSAGE:
            raise RemoteProtocolError(
                f"MSNSLP of {packet.total_size} bytes, at most {MAX_MESSAGE}"
            )
        if key not in self._texts:
            if len(self._texts) >= MAX_OPEN_TEXTS:
                del self._texts[next(iter(self._texts))]
            self._texts[key] = (Assembly(packet.total_size, MAX_MESSAGE), bytearray())
        assembly, text = self._texts[key]
        try:
            text += assembly.add(packet)
        except RemoteProtocolError:
            del self._texts[key]
            raise
        if not assembly.complete:
            return None
        del self._texts[key]
        return bytes(text)
