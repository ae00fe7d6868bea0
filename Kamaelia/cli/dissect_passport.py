"""The Passport sign-on of MSN over HTTP: the heads of its requests and responses.

Passwords are shown as dots, everything else as it was sent.
"""

import re
from collections.abc import Iterator
from typing import Final

from Kamaelia.cli.dissect_records import PassportSeen, Trail
from Kamaelia.cli.tcp_flows import Segment
from Kamaelia.Protocol.MSN.wire.message import parse_block

MAX_HEAD: Final = 16 * 1024

_REQUEST: Final = re.compile(rb"[A-Z]{3,8} [^ \r\n]{1,4000} HTTP/1\.[01]\r?\n")
_RESPONSE: Final = re.compile(rb"HTTP/1\.[01] \d{3}[^\r\n]{0,400}\r?\n")
_PASSPORT: Final = re.compile(
    rb"/rdr/pprdr\.asp|^(?:PassportURLs:|Authorization: *Passport"
    rb"|(?:WWW-Authenticate|Authentication-Info): *Passport)",
    re.IGNORECASE | re.MULTILINE,
)
_SHOWN: Final = frozenset(
    {
        "host",
        "location",
        "passporturls",
        "authorization",
        "www-authenticate",
        "authentication-info",
    }
)
_PASSWORD: Final = re.compile(r"(\bpwd=)[^,]*", re.IGNORECASE)


def is_http(data: bytes | bytearray) -> bool:
    """Return whether an HTTP request or response stands at the front."""
    return bool(_REQUEST.match(data) or _RESPONSE.match(data))


def is_passport(data: bytes | bytearray) -> bool:
    """Return whether HTTP has to do with Passport."""
    return is_http(data) and bool(_PASSPORT.search(data[:MAX_HEAD]))


class PassportReader:
    """One direction of such a connection: heads, with what they announce left out."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._buffer = bytearray()
        self._offset = 0
        self._skip = 0  # bytes of a body still to come
        self._lost = False

    def receive(self, segment: Segment) -> Iterator[PassportSeen]:
        """Yield the heads that a segment completes."""
        self._trail.add(segment)
        self._lost = self._lost or bool(segment.missing)
        self._buffer += segment.data
        while not self._lost:
            over = min(self._skip, len(self._buffer))
            self._drop(over)
            self._skip -= over
            end = self._buffer.find(b"\r\n\r\n")
            if self._skip or end < 0:
                break
            yield self._head(bytes(self._buffer[: end + 4]))
        if self._lost or len(self._buffer) > MAX_HEAD:
            self._lost = True
            self._drop(len(self._buffer))

    def finish(self) -> Iterator[PassportSeen]:
        """Yield nothing: a head that has not ended says nothing for sure."""
        return iter(())

    def _head(self, data: bytes) -> PassportSeen:
        place = self._trail.place(self._offset, len(data))
        self._drop(len(data))
        line, _, rest = data.partition(b"\n")
        fields, _ = parse_block(rest)
        for name, value in fields:
            if name.lower() == "content-length" and value.isdecimal():
                self._skip = int(value[:12])
        shown = tuple(
            (name, _PASSWORD.sub(r"\1...", value))
            for name, value in fields
            if name.lower() in _SHOWN
        )
        text = line.removesuffix(b"\r").decode("latin-1")
        return PassportSeen(place, text, shown)

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self._offset += size
