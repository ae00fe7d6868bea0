"""Find out what each TCP connection of a capture carries, and read it.

A connection's bytes are held until its protocol shows, or until it is plain that it
is none of ours; ports do not matter.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from Axon.testing import QuietScheduler
from Kamaelia.cli.capture_file import Packet, read_packets
from Kamaelia.cli.dissect_files import MSNFTP_GREETING, MSNFTPReader, OFTReader
from Kamaelia.cli.dissect_flap import FLAPReader, Likeness, find_frame, likeness
from Kamaelia.cli.dissect_msn import (
    MSNReader,
    begins_command,
    begins_quietly,
    find_command,
)
from Kamaelia.cli.dissect_passport import PassportReader, is_http, is_passport
from Kamaelia.cli.dissect_records import Event, FlowFound, Trail
from Kamaelia.cli.tcp_flows import Direction, Flow, FlowEnd, FlowTracker, Segment
from Kamaelia.Protocol.AIM.wire.oft import MAGICS
from Kamaelia.Protocol.MSN.wire.command import Sender

MAX_HELD: Final = 64 * 1024
"""Bytes of one connection that are looked at before it counts as another protocol."""

MAX_HELD_TOTAL: Final = 32 * 1024 * 1024
"""Bytes of all connections whose protocol is open."""

TLS_RECORDS: Final = frozenset({0x14, 0x15, 0x16, 0x17})
LOOK_OFTEN: Final = 256
"""Bytes up to which each packet is looked at, later only when they have doubled."""


class Reader(Protocol):
    """What reads one direction, or both, once the protocol is known."""

    def receive(self, segment: Segment) -> Iterator[Event]:
        """Yield what a segment completes."""

    def finish(self) -> Iterator[Event]:
        """Yield what is left at the end."""


class FlowReader:
    """One connection: first its protocol, then what it says.

    Args:
        flow: the connection.
        scheduler: runs components that take part.
        start: time of the capture's first packet.
    """

    def __init__(self, flow: Flow, scheduler: QuietScheduler, start: float) -> None:
        self.flow = flow
        self.held = 0  # bytes that wait for the protocol to show
        self.proto = ""
        self.application = ""
        self._scheduler = scheduler
        self._start = start
        self._segments: list[Segment] = []
        self._heads: dict[Direction, bytearray] = {
            "c2s": bytearray(),
            "s2c": bytearray(),
        }
        self._look_at = 0
        self._readers: dict[Direction, Reader] = {}

    def receive(self, segment: Segment, *, hurry: bool = False) -> Iterator[Event]:
        """Yield what a segment completes.

        Args:
            segment: the next of this connection.
            hurry: hold nothing any more: decide by what is there.
        """
        if self.proto:
            yield from self._read(segment)
            return
        self._segments.append(segment)
        self._heads[segment.direction] += segment.data
        self.held += len(segment.data)
        if self.held >= self._look_at:
            over = hurry or self.held >= MAX_HELD
            self._look_at = self.held + 1 if self.held < LOOK_OFTEN else self.held * 2
            self._look_at = min(self._look_at, MAX_HELD)
            yield from self._look(over=over)
        elif hurry:
            yield from self._look(over=True)

    def finish(self) -> Iterator[Event]:
        """Yield what is left when the connection has ended."""
        if not self.proto:
            yield from self._look(over=True)
        for reader in dict.fromkeys(self._readers.values()):
            yield from reader.finish()
        self._readers = {}

    def _look(self, *, over: bool) -> Iterator[Event]:
        proto, application = self._recognise(over=over)
        if not proto:
            return
        self.proto, self.application = proto, application
        held, self._segments, self.held = self._segments, [], 0
        time = round(self.flow.first_time - self._start, 6)
        yield FlowFound(self.flow, proto, application, time)
        self._open()
        for segment in held:
            yield from self._read(segment)
        self._heads = {}

    def _read(self, segment: Segment) -> Iterator[Event]:
        if reader := self._readers.get(segment.direction):
            yield from reader.receive(segment)

    def _recognise(self, *, over: bool) -> tuple[str, str]:
        """Return protocol and application; empty if they may still show."""
        heads = [head for head in self._heads.values() if head]
        for head in heads:
            if found := _recognise_head(head):
                return found
        if any(is_http(head) for head in heads):
            # Whether it is Passport shows in the first head or the answer to it.
            if not over and not all(
                b"\r\n\r\n" in head for head in self._heads.values()
            ):
                return "", ""
            passport = any(is_passport(head) for head in heads)
            return "other", "passport" if passport else "other"
        if any(_is_inside(head) for head in heads):
            return "oscar", "oscar"
        if any(find_command(head) is not None for head in heads):
            return "msnp", "msnp"
        return ("other", "other") if over else ("", "")

    def _open(self) -> None:
        """Make the readers for the protocol that was found."""
        trails = {
            name: Trail(self.flow, name, self._start) for name, _ in self.flow.streams()
        }
        if self.application == "msnftp":
            both = MSNFTPReader(trails)
            self._readers = dict.fromkeys(trails, both)
            return
        for name, trail in trails.items():
            if reader := self._reader(name, trail):
                self._readers[name] = reader

    def _reader(self, name: Direction, trail: Trail) -> Reader | None:
        head = self._heads[name]
        if self.application == "oscar":
            aligned = self.flow.syn_seen or likeness(head) is not Likeness.NO
            return FLAPReader(trail, self._scheduler, aligned)
        if self.application == "msnp":
            sender = Sender.CLIENT if name == "c2s" else Sender.SERVER
            whole = begins_command(head) or begins_quietly(head)
            aligned = self.flow.syn_seen or whole
            return MSNReader(trail, self._scheduler, sender, aligned)
        if self.application == "oft":
            return OFTReader(trail)
        return PassportReader(trail) if self.application == "passport" else None


def _recognise_head(head: bytearray) -> tuple[str, str] | None:
    """Return protocol and application that the first bytes of a direction show."""
    if head[0] in TLS_RECORDS and head[1:2] == b"\x03":
        return "tls", "tls"
    if bytes(head[:4]) in MAGICS:
        return "oft", "oft"
    if head.startswith(MSNFTP_GREETING):
        return "other", "msnftp"
    if find_frame(head) == (0, True):
        return "oscar", "oscar"
    return ("msnp", "msnp") if begins_command(head) else None


def _is_inside(head: bytearray) -> bool:
    """Tell whether a stream joined in the middle of a frame goes on with frames."""
    at, sure = find_frame(head)
    if not sure or len(head) < at + 6:
        return False
    after = at + 6 + (head[at + 4] << 8 | head[at + 5])
    return after == len(head) or (
        after < len(head) and likeness(head, after) is not Likeness.NO
    )


class Dissector:
    """A whole capture: packets in, events out.

    Attributes:
        packets: packets read.
        readers: a FlowReader for each connection, in the order they appear.
    """

    def __init__(self) -> None:
        self.packets = 0
        self.readers: list[FlowReader] = []
        self._tracker = FlowTracker()
        self._start = 0.0
        self._held = 0

    def read(self, path: Path) -> Iterator[Event]:
        """Yield the events of a capture file.

        Raises:
            CaptureError: the file is no capture.
            OSError: the file cannot be read.
        """
        with QuietScheduler() as scheduler:
            for packet in read_packets(path):
                yield from self._packet(packet, scheduler)
            for event in self._tracker.finish():
                yield from self._segment(event, scheduler)

    def _packet(self, packet: Packet, scheduler: QuietScheduler) -> Iterator[Event]:
        if not self.packets:
            self._start = packet.time
        self.packets += 1
        for event in self._tracker.receive(packet):
            yield from self._segment(event, scheduler)

    def _segment(
        self, event: Segment | FlowEnd, scheduler: QuietScheduler
    ) -> Iterator[Event]:
        flow = event.flow
        while len(self.readers) <= flow.number:
            self.readers.append(FlowReader(flow, scheduler, self._start))
        reader = self.readers[flow.number]
        reader.flow = flow
        self._held -= reader.held
        if isinstance(event, FlowEnd):
            yield from reader.finish()
        else:
            hurry = self._held > MAX_HELD_TOTAL
            yield from reader.receive(event, hurry=hurry)
        self._held += reader.held
