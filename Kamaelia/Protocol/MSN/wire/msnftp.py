"""MSNFTP, the direct file transfer of MSN Messenger 3 to 6: lines, then blocks.

The receiver R connects to the sender S (or S to R; R speaks first either way):

    R: VER MSNFTP                     lines end in CR LF
    S: VER MSNFTP
    R: USR bob@example.com 51877      the AuthCookie of the invitation
    S: FIL 10                         bytes
    R: TFR
    S: blocks
    R: BYE 16777989                   or CCL, to cancel

    block   bytes  meaning
    0       1      0 data follow, 1 the sender has ended or cancelled
    1       2      length, little-endian; at most 2045 in what we send
    3       n      data

Source: captures of MSN Messenger; the expired Internet draft on MSN Messenger 1.0
by Movva and Lai for the name of the protocol.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "BLOCK_SIZE",
    "BYE_MEANINGS",
    "BYE_NO_ACCESS",
    "BYE_RECEIVED",
    "BYE_RECEIVER_CANCELLED",
    "BYE_SENDER_CANCELLED",
    "BYE_SENT",
    "BYE_TIMED_OUT",
    "END_BLOCK",
    "MAX_LINE",
    "PORT",
    "PROTOCOL",
    "MSNFTPBlock",
    "MSNFTPDecoder",
    "MSNFTPItem",
    "MSNFTPLine",
    "pack_blocks",
]

PROTOCOL: Final = "MSNFTP"
PORT: Final = 6891  # the first of the ten that official clients listen on
BLOCK_SIZE: Final = 2045  # data bytes in a full block
MAX_LINE: Final = 512  # bytes, line end included

BYE_SENT: Final = 0x01000303
BYE_RECEIVED: Final = 0x01000305
BYE_NO_ACCESS: Final = 0x80070005
BYE_RECEIVER_CANCELLED: Final = 0x81000332
BYE_SENDER_CANCELLED: Final = 0x81000333
BYE_TIMED_OUT: Final = 0x8100033E
BYE_MEANINGS: Final = {
    BYE_SENT: "sent",
    BYE_RECEIVED: "received",
    BYE_NO_ACCESS: "out of disk space, or access denied",
    BYE_RECEIVER_CANCELLED: "cancelled by the receiver",
    BYE_SENDER_CANCELLED: "cancelled by the sender",
    BYE_TIMED_OUT: "timed out, or the connection is blocked",
}

END_BLOCK: Final = b"\x01\x00\x00"

_HEADER: Final = 3
_DATA: Final = 0
_END: Final = 1
_LETTERS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True, slots=True)
class MSNFTPLine:
    """One line: a command of three letters and its arguments."""

    command: str
    args: tuple[str, ...] = ()

    @classmethod
    def from_bytes(cls, line: bytes) -> Self:
        """Read a line without its end.

        Raises:
            RemoteProtocolError: it isn't UTF-8, is empty or has control characters.
        """
        try:
            words = line.decode("utf-8").split(" ")
        except UnicodeDecodeError as problem:
            raise RemoteProtocolError(
                "MSNFTP line is not UTF-8", problem.start, line[problem.start :]
            ) from problem
        command, *args = [word for word in words if word] or [""]
        if not command or any(byte < 32 for byte in line):
            raise RemoteProtocolError("not an MSNFTP line", 0, line)
        return cls(command.upper(), tuple(args))

    def to_bytes(self) -> bytes:
        """Return the line with its end.

        Raises:
            LocalProtocolError: it is too long or a word is empty or has a blank.
        """
        words = (self.command, *self.args)
        line = " ".join(words).encode("utf-8", "replace") + b"\r\n"
        bad = any(not word or any(char <= " " for char in word) for word in words)
        if bad or len(line) > MAX_LINE:
            raise LocalProtocolError(
                f"MSNFTP line {words!r}: words must not be empty or hold blanks, "
                f"and the line at most {MAX_LINE} bytes"
            )
        return line


@dataclass(frozen=True, slots=True)
class MSNFTPBlock:
    """One block of a file, or part of one; without data and with `end`, the end.

    A long block that comes in over several reads is given out in as many parts.
    """

    data: bytes = b""
    end: bool = False

    def to_bytes(self) -> bytes:
        """Return the block.

        Raises:
            LocalProtocolError: more than 2045 bytes, or data in the end block.
        """
        if len(self.data) > BLOCK_SIZE or (self.end and self.data):
            raise LocalProtocolError(
                f"MSNFTP block of {len(self.data)} bytes: at most {BLOCK_SIZE}, "
                "and none in the end block"
            )
        if self.end:
            return END_BLOCK
        return b"\x00" + len(self.data).to_bytes(2, "little") + self.data


MSNFTPItem: TypeAlias = MSNFTPLine | MSNFTPBlock


def pack_blocks(data: bytes) -> bytes:
    """Return data as a row of full blocks and one shorter; b"" for none."""
    return b"".join(
        MSNFTPBlock(data[start : start + BLOCK_SIZE]).to_bytes()
        for start in range(0, len(data), BLOCK_SIZE)
    )


class MSNFTPDecoder:
    """Turn one direction of a transfer, cut anywhere, into lines and blocks.

    Starts with lines. Set `blocks` after sending TFR (it may be set while `items`
    runs). A letter where a block should begin is a line: some senders say BYE or
    CCL after their last block. What waits is at most one line or block header.
    """

    def __init__(self) -> None:
        self.blocks = False
        self._buffer = bytearray()
        self._start = 0  # of the next item in the buffer
        self._offset = 0  # of the buffer in the stream
        self._left = 0  # bytes of the current block still to come

    def receive_data(self, data: bytes) -> None:
        """Add bytes from the peer; `items()` then yields what they complete."""
        if self._start:
            del self._buffer[: self._start]
            self._offset += self._start
            self._start = 0
        self._buffer += data

    def items(self) -> Iterator[MSNFTPItem]:
        """Yield lines and (parts of) blocks, oldest first.

        Raises:
            RemoteProtocolError: a line is too long or not text, or a block begins
                with neither 0 nor 1. What came before it has been yielded.
        """
        while self._start < len(self._buffer):
            if self._left:
                yield MSNFTPBlock(self._take_data())
                continue
            as_line = not self.blocks or self._buffer[self._start] in _LETTERS
            item = self._take_line() if as_line else self._take_header()
            if item is None:
                if not self._left:
                    return
            else:
                yield item

    def _take_data(self) -> bytes:
        stop = min(self._start + self._left, len(self._buffer))
        data = bytes(memoryview(self._buffer)[self._start : stop])
        self._left -= len(data)
        self._start = stop
        return data

    def _take_header(self) -> MSNFTPBlock | None:
        """Take a block header; sets what is left, and returns only the end."""
        start = self._start
        header = bytes(self._buffer[start : start + _HEADER])
        if header[0] not in (_DATA, _END):
            raise RemoteProtocolError("bad MSNFTP block", self._offset + start, header)
        if len(header) == _HEADER:
            self._start += _HEADER
            if header[0] == _END:
                return MSNFTPBlock(end=True)
            self._left = int.from_bytes(header[1:], "little")
            return None if self._left else MSNFTPBlock()
        return None

    def _take_line(self) -> MSNFTPLine | None:
        start = self._start
        end = self._buffer.find(b"\n", start, start + MAX_LINE)
        if end < 0:
            if len(self._buffer) - start >= MAX_LINE:
                found = bytes(self._buffer[start : start + 16])
                raise RemoteProtocolError(
                    "MSNFTP line too long", self._offset + start, found
                )
            return None
        line = bytes(self._buffer[start:end]).removesuffix(b"\r")
        self._start = end + 1
        return MSNFTPLine.from_bytes(line)
