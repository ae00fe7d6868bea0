"""One direction of an MSN connection: its bytes through MSNProtocol, by command.

Where bytes are missing or are no command, the next line that can only be one of
MSNP's is looked for.
"""

import re
from collections.abc import Iterator
from typing import Final

from Axon.testing import Probe, QuietScheduler
from Kamaelia.cli.dissect_flap import why_stopped
from Kamaelia.cli.dissect_records import CommandSeen, LineSeen, Note, Trail
from Kamaelia.cli.tcp_flows import Segment
from Kamaelia.Protocol.MSN.MSNProtocol import MSNProtocol
from Kamaelia.Protocol.MSN.wire.command import Command, Sender
from Kamaelia.Protocol.MSN.wire.limits import MAX_LINE

CHUNK: Final = 16 * 1024
"""Bytes given to MSNProtocol at once: what starting anew costs at most."""

TAIL: Final = 2048
"""Bytes kept in which a line may have begun."""

MAX_RETRIES: Final = 100
"""How often to look inside payloads that never ended, in one direction."""

_STATES: Final = rb"(?:NLN|BSY|IDL|BRB|AWY|PHN|LUN|HDN|FLN)"
_REST: Final = rb"[^\r\n]{0,1500}"
_HANDLE: Final = rb"[^ \r\n@]{1,129}@[^ \r\n]{1,129}"
_CERTAIN: Final = re.compile(
    rb"(?:VER \d{1,10} (?:MSNP\d|CVR0)"
    + _REST
    + rb"|CVR \d{1,10} (?:0x[0-9A-Fa-f]{4} |\d)"
    + _REST
    + rb"|USR \d{1,10} (?:TWN|MD5|SSO|CTP|OK|"
    + _HANDLE
    + rb")(?: "
    + _REST
    + rb")?"
    rb"|(?:ANS|CAL) \d{1,10} "
    + _HANDLE
    + _REST
    + rb"|IRO \d{1,10} \d+ \d+ "
    + _HANDLE
    + _REST
    + rb"|CAL \d{1,10} RINGING \d+|ANS \d{1,10} OK"
    rb"|XFR \d{1,10} (?:NS|SB)(?: " + _REST + rb")?"
    rb"|RNG \d+ [^ \r\n]{1,300} CKI "
    + _REST
    + rb"|(?:JOI|BYE|FLN) "
    + _HANDLE
    + _REST
    + rb"|(?:NLN|ILN \d{1,10}) "
    + _STATES
    + rb" "
    + _HANDLE
    + _REST
    + rb"|CHG \d{1,10} "
    + _STATES
    + rb"(?: "
    + _REST
    + rb")?"
    rb"|(?:MSG|SDC) \d{1,10} [NAUD] \d{1,5}"
    rb"|MSG (?:Hotmail|" + _HANDLE + rb") [^ \r\n]{1,400} \d{1,5}"
    rb"|UBX " + _HANDLE + rb"(?: \d)? \d{1,5}"
    rb"|LST "
    + _HANDLE
    + _REST
    + rb"|(?:ADD|REM|LST) (?:\d{1,10} )?(?:FL|AL|BL|RL) "
    + _REST
    + rb"|(?:ACK|NAK|SYN|QNG) \d{1,10}(?: "
    + _REST
    + rb")?"
    rb"|CHL 0 \d{10,40}|QRY \d{1,10}(?: [^ \r\n]{1,40} \d{1,3})?)\r?\n"
)
"""Lines that hardly any other protocol has."""

_LIKELY_START: Final = re.compile(rb"(?:PNG|OUT(?: \w{1,4})?)\r?\n")
_LINE: Final = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r|$)")


def begins_command(data: bytes | bytearray) -> bool:
    """Return whether a line that can only be MSNP's stands at the front."""
    return bool(_CERTAIN.match(data[:MAX_LINE]))


def find_command(data: bytes | bytearray) -> int | None:
    """Return where the first line begins that can only be MSNP's; None: nowhere.

    It follows a line end; or a payload, which need not end in one.
    """
    found = _CERTAIN.search(data)
    return found.start() if found else None


def begins_quietly(data: bytes | bytearray) -> bool:
    """Return whether a keep-alive or a farewell stands at the front."""
    return bool(_LIKELY_START.match(data[:16]))


class MSNReader:
    """Turn the segments of one direction into commands, and notes on what is none.

    Args:
        trail: of this direction.
        scheduler: runs the MSNProtocol.
        sender: who writes it.
        aligned: whether the first byte begins a line.
    """

    def __init__(
        self, trail: Trail, scheduler: QuietScheduler, sender: Sender, aligned: bool
    ) -> None:
        self._trail = trail
        self._scheduler = scheduler
        self._sender = sender
        self._buffer = bytearray()  # bytes that no command has used yet
        self._offset = 0  # of the buffer in the stream
        self._fed = 0  # bytes of the buffer that the component has got
        self._skipped = 0
        self._quiet = not aligned
        self._probe = self._open() if aligned else None

    def _open(self) -> Probe:
        return Probe(MSNProtocol(self._sender), scheduler=self._scheduler)

    def _close(self) -> None:
        if self._probe is not None:
            self._probe.close()
        self._probe = None
        self._fed = 0

    def receive(self, segment: Segment) -> Iterator[CommandSeen | LineSeen | Note]:
        """Yield what a segment completes, and its lines."""
        if segment.missing:
            yield from self._lose(segment)
        self._trail.add(segment)
        self._buffer += segment.data
        yield from self._lines(segment)
        yield from self._read()

    def finish(self) -> Iterator[CommandSeen | Note]:
        """Yield what can still be read, and a note on what is left over."""
        for _ in range(MAX_RETRIES):
            if self._probe is None or find_command(self._buffer[1:]) is None:
                break
            # A length that lies has swallowed the commands after it.
            yield self._trail.note(
                f"unfinished payload at offset {self._offset}; looking inside it"
            )
            self._desynchronise()
            yield from self._read()
        left = len(self._buffer) + (0 if self._probe else self._skipped)
        self._close()
        if left:
            end = self._offset + len(self._buffer)
            yield self._trail.note(f"{left} bytes left at offset {end - left}")

    def _lines(self, segment: Segment) -> Iterator[LineSeen]:
        place = self._trail.place_of_last()
        at = 0
        while at < len(segment.data):
            found = _LINE.match(segment.data, at)
            end = found.end() if found else len(segment.data)
            text = segment.data[at:end].decode("utf-8", "replace")
            yield LineSeen(place._replace(offset=segment.offset + at), text)
            at = end

    def _lose(self, segment: Segment) -> Iterator[Note]:
        cut = (
            f", {len(self._buffer)} bytes of a command before it"
            if self._buffer
            else ""
        )
        yield self._trail.note(
            f"{segment.missing} bytes missing at offset {segment.offset}{cut}; "
            "looking for the next command"
        )
        self._offset += len(self._buffer)
        self._buffer.clear()
        self._close()
        self._skipped = 0

    def _read(self) -> Iterator[CommandSeen | Note]:
        while True:
            if self._probe is None:
                if not self._seek():
                    return
                if self._skipped or not self._quiet:
                    yield self._trail.note(
                        f"a command again at offset {self._offset}, "
                        f"{self._skipped} bytes skipped"
                    )
                self._skipped, self._quiet = 0, False
                self._probe = self._open()
            yield from self._feed(self._probe)
            if self._probe is not None:
                return

    def _seek(self) -> bool:
        """Drop what is before the next certain command; tell whether there is one."""
        at = find_command(self._buffer)
        if at is None:
            # The line that comes in next may have begun in the last of these.
            at = max(self._buffer.rfind(b"\n") + 1, len(self._buffer) - TAIL)
            self._drop(at)
            self._skipped += at
            return False
        self._drop(at)
        self._skipped += at
        return True

    def _feed(self, probe: Probe) -> Iterator[CommandSeen | Note]:
        """Give the component what it has not had, a chunk at a time."""
        while self._fed < len(self._buffer):
            end = min(self._fed + CHUNK, len(self._buffer))
            probe.deliver(bytes(self._buffer[self._fed : end]), "inbox")
            self._fed = end
            for heard in probe.take("heard"):
                if isinstance(heard, Command):
                    yield self._command(heard)
            if probe.ended:
                yield self._complain(probe)
                return

    def _complain(self, probe: Probe) -> Note:
        """Return why the component stopped; go on looking after the bad byte."""
        note = self._trail.note(
            f"{why_stopped(probe)} at offset {self._offset}; "
            "looking for the next command"
        )
        self._desynchronise()
        return note

    def _command(self, command: Command) -> CommandSeen:
        start = 0
        while True:  # the codec skips empty lines
            end = self._buffer.index(b"\n", start)
            line = bytes(self._buffer[start:end]).removesuffix(b"\r")
            if line:
                break
            start = end + 1
        size = end + 1 - start + len(command.payload or b"")
        self._drop(start)
        place = self._trail.place(self._offset, size)
        self._drop(size)
        return CommandSeen(place, command, line.decode("utf-8", "replace"))

    def _desynchronise(self) -> None:
        """Go on looking for a command after the byte where one should begin."""
        self._close()
        self._drop(1)
        self._skipped = 1

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self._offset += size
        self._fed = max(self._fed - size, 0)
