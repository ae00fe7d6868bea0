"""Files that go from client to client on a connection of their own: OFT and MSNFTP."""

import hashlib
from collections.abc import Iterator
from typing import Final

from Kamaelia.cli.dissect_records import (
    FileSeen,
    Note,
    OFTSeen,
    Place,
    Trail,
    TransferLineSeen,
)
from Kamaelia.cli.tcp_flows import Direction, Segment
from Kamaelia.Protocol.AIM.wire.oft import (
    MAGICS,
    OFTHeader,
    OFTType,
    header_length,
)
from Kamaelia.Protocol.MSN.wire.msnftp import MSNFTPDecoder, MSNFTPLine
from Kamaelia.Protocol.wire.errors import ProtocolError

MSNFTP_GREETING: Final = b"VER MSNFTP"


class _File:
    """Counts and digests of a file that comes in."""

    def __init__(self, place: Place, name: str, size: int) -> None:
        self.place = place
        self.name = name
        self.size = size
        self.got = 0
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()

    def add(self, data: bytes) -> None:
        self.got += len(data)
        self._md5.update(data)
        self._sha256.update(data)

    def seen(self, protocol: str) -> FileSeen:
        digests = self._md5.hexdigest(), self._sha256.hexdigest()
        return FileSeen(self.place, protocol, self.name, self.size, self.got, *digests)


class OFTReader:
    """One direction of an OSCAR file transfer: headers, and a file's bytes between."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._buffer = bytearray()
        self._offset = 0  # of the buffer in the stream
        self._file: _File | None = None
        self._prompt: OFTHeader | None = None  # what the bytes that follow belong to
        self._left = 0
        self._failed = False

    def receive(self, segment: Segment) -> Iterator[OFTSeen | FileSeen | Note]:
        """Yield what a segment completes."""
        if segment.missing:
            yield from self._lose(segment.missing)
        self._trail.add(segment)
        self._buffer += segment.data
        while self._buffer and not self._failed:
            before = len(self._buffer)
            yield from self._step()
            if len(self._buffer) == before:
                break
        if self._failed:
            self._drop(len(self._buffer))

    def finish(self) -> Iterator[OFTSeen | FileSeen | Note]:
        """Yield the file that has not ended, and a note on what is left over."""
        if self._file is not None:
            yield self._file.seen("oft")
        if self._buffer:
            yield self._trail.note(
                f"{len(self._buffer)} bytes left at offset {self._offset}"
            )

    def _step(self) -> Iterator[OFTSeen | FileSeen | Note]:
        if self._prompt is not None and not self._at_header():
            yield from self._take_data(self._prompt)
            return
        try:
            length = header_length(bytes(self._buffer[:6]))
            if length is None or len(self._buffer) < length:
                return
            header = OFTHeader.from_bytes(bytes(self._buffer[:length]))
        except ProtocolError as error:
            yield self._trail.note(f"{error}, from offset {self._offset} on")
            self._failed = True
            return
        yield OFTSeen(self._trail.place(self._offset, length), header)
        self._drop(length)
        if header.type == OFTType.PROMPT:
            self._prompt, self._left = header, header.size
        elif header.type == OFTType.RESUME_ACCEPT:
            self._left = max(self._left - header.bytes_received, 0)

    def _at_header(self) -> bool:
        """Tell whether a header stands where the file's first byte could be."""
        start = bytes(self._buffer[:8])
        return (
            self._file is None
            and start[:4] in MAGICS
            and start[6:8] in (b"\x01\x06", b"\x01\x01")
        ) or self._left == 0

    def _take_data(self, prompt: OFTHeader) -> Iterator[FileSeen]:
        data = bytes(self._buffer[: self._left])
        if self._file is None:
            place = self._trail.place(self._offset, len(data))
            self._file = _File(place, prompt.name, prompt.size)
        self._trail.place(self._offset, len(data))
        self._file.add(data)
        self._left -= len(data)
        self._drop(len(data))
        if not self._left:
            yield self._file.seen("oft")
            self._file = self._prompt = None

    def _lose(self, missing: int) -> Iterator[Note]:
        yield self._trail.note(f"{missing} bytes missing in a file transfer")
        if self._prompt is not None and missing <= self._left:
            self._left -= missing
        else:
            self._failed = not self._at_next_header()

    def _at_next_header(self) -> bool:
        return not self._buffer and self._prompt is None

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self._offset += size


class MSNFTPReader:
    """Both directions of an MSNFTP connection: lines, then a file's blocks.

    Args:
        trails: of both directions, by name.
    """

    def __init__(self, trails: dict[Direction, Trail]) -> None:
        self._trails = trails
        self._decoders = {name: MSNFTPDecoder() for name in trails}
        self._failed: set[Direction] = set()
        self._file: _File | None = None
        self._size = 0

    def receive(self, segment: Segment) -> Iterator[TransferLineSeen | FileSeen | Note]:
        """Yield what a segment completes."""
        name = segment.direction
        trail, decoder = self._trails[name], self._decoders[name]
        trail.add(segment)
        if segment.missing:
            yield trail.note(f"{segment.missing} bytes missing in a file transfer")
            self._failed.add(name)
        if name in self._failed:
            return
        decoder.receive_data(segment.data)
        place = trail.place(segment.offset, len(segment.data))
        try:
            for item in decoder.items():
                if isinstance(item, MSNFTPLine):
                    yield from self._line(place, item)
                elif item.data:
                    self._add(place, item.data)
        except ProtocolError as error:
            yield trail.note(f"{error} in a file transfer")
            self._failed.add(name)

    def finish(self) -> Iterator[FileSeen]:
        """Yield the file."""
        if self._file is not None:
            yield self._file.seen("msnftp")
            self._file = None

    def _line(
        self, place: Place, line: MSNFTPLine
    ) -> Iterator[TransferLineSeen | FileSeen]:
        yield TransferLineSeen(place, " ".join((line.command, *line.args)))
        if line.command == "FIL" and line.args and line.args[0].isdecimal():
            self._size = int(line.args[0][:20])
        elif line.command == "TFR":
            other: Direction = "s2c" if place.dir == "c2s" else "c2s"
            self._decoders[other].blocks = True
        elif line.command in {"BYE", "CCL"}:
            yield from self.finish()

    def _add(self, place: Place, data: bytes) -> None:
        if self._file is None:
            self._file = _File(place, "", self._size)
        self._file.add(data)
