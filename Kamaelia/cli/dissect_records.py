"""What a dissected capture is made of: the events, in the order they are found.

Each event says where it is: the TCP connection, the direction, the bytes and packets.
Times are in seconds since the capture's first packet.
"""

from bisect import bisect_right
from typing import Any, NamedTuple, TypeAlias

from Kamaelia.cli.tcp_flows import Direction, Flow, Segment
from Kamaelia.Protocol.AIM.wire.oft import OFTHeader
from Kamaelia.Protocol.MSN.wire.command import Command


class Place(NamedTuple):
    """Where something is.

    Attributes:
        stream: number of the connection, from 0.
        dir: "c2s" or "s2c".
        offset: of its first byte in the direction's bytes.
        first_frame: number of the packet with its first byte.
        frame: number of the packet with its last byte.
        time: of the packet with its first byte.
    """

    stream: int
    dir: Direction
    offset: int
    first_frame: int
    frame: int
    time: float


class FlowFound(NamedTuple):
    """The protocol of a connection is known.

    Attributes:
        flow: the connection.
        proto: "oscar", "msnp", "oft", "tls" or "other".
        application: finer: "msnftp", "passport", else the same.
        time: when.
    """

    flow: Flow
    proto: str
    application: str
    time: float


class FLAPSeen(NamedTuple):
    """A FLAP frame; `payload` is what follows its header."""

    place: Place
    channel: int
    sequence: int
    payload: bytes


class CommandSeen(NamedTuple):
    """An MSN command; `line` is its line without the line end."""

    place: Place
    command: Command
    line: str


class LineSeen(NamedTuple):
    """A line of one packet of an MSN connection, payloads included."""

    place: Place
    line: str


class OFTSeen(NamedTuple):
    """A header of OSCAR file transfer."""

    place: Place
    header: OFTHeader


class TransferLineSeen(NamedTuple):
    """A line of an MSNFTP connection."""

    place: Place
    line: str


class FileSeen(NamedTuple):
    """A file that went over a connection of its own.

    Attributes:
        place: of its first byte.
        protocol: "oft" or "msnftp".
        name: as the peers call it; may be empty on MSNFTP.
        size: announced, in bytes.
        got: bytes that were captured.
        md5: of these, in hex.
        sha256: of these, in hex.
    """

    place: Place
    protocol: str
    name: str
    size: int
    got: int
    md5: str
    sha256: str


class PassportSeen(NamedTuple):
    """The head of an HTTP request or response of the Passport sign-on.

    Attributes:
        place: of it.
        line: the request or status line.
        headers: those that have to do with Passport; passwords are left out.
    """

    place: Place
    line: str
    headers: tuple[tuple[str, str], ...]


class Note(NamedTuple):
    """Something to know: bytes that are missing, or could not be read."""

    stream: int
    dir: Direction
    time: float
    text: str

    def __str__(self) -> str:
        return f"stream {self.stream} {self.dir}: {self.text}"


Event: TypeAlias = (
    FlowFound
    | FLAPSeen
    | CommandSeen
    | LineSeen
    | OFTSeen
    | TransferLineSeen
    | FileSeen
    | PassportSeen
    | Note
)

Fields: TypeAlias = dict[str, Any]
"""A JSON object."""


class Trail:
    """Which packet brought which byte of one direction.

    Remembers as much as lies after the byte that was asked for last.

    Args:
        flow: the connection.
        direction: which of its two.
        start: time of the capture's first packet.
    """

    def __init__(self, flow: Flow, direction: Direction, start: float) -> None:
        self.stream = flow.number
        self.direction = direction
        self._start = start
        self._offsets: list[int] = []
        self._packets: list[tuple[int, float]] = []

    @property
    def time(self) -> float:
        """Time of the packet that came last."""
        return self._packets[-1][1] if self._packets else 0.0

    def add(self, segment: Segment) -> None:
        """Note what came."""
        self._offsets.append(segment.offset)
        self._packets.append((segment.frame, round(segment.time - self._start, 6)))

    def place(self, offset: int, size: int) -> Place:
        """Return where `size` bytes from `offset` on are, and forget what is before."""
        first = max(bisect_right(self._offsets, offset) - 1, 0)
        last = max(bisect_right(self._offsets, offset + max(size, 1) - 1) - 1, 0)
        frame, time = self._packets[first]
        end = self._packets[last][0]
        if last:
            del self._offsets[:last], self._packets[:last]
        return Place(self.stream, self.direction, offset, frame, end, time)

    def place_of_last(self) -> Place:
        """Return where the packet is that came last."""
        frame, time = self._packets[-1]
        return Place(self.stream, self.direction, self._offsets[-1], frame, frame, time)

    def note(self, text: str) -> Note:
        """Return a note about what came last."""
        return Note(self.stream, self.direction, self.time, text)
