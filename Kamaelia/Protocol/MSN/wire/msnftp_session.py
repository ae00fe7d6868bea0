"""Both ends of an MSNFTP transfer as sans-I/O state machines.

    receiver   what comes in       what it does
    VERSION    VER with MSNFTP     USR                       -> SIZE
    SIZE       FIL as announced    TFR                       -> DATA, size 0: DONE
    DATA       blocks              Received, Progress; after the last
                                   byte BYE 16777989         -> DONE
               end block, BYE, CCL Ended(cancelled)          -> DONE

    sender     what comes in       what it does
    VERSION    VER with MSNFTP     VER MSNFTP                -> USER
    USER       USR, right          FIL                       -> START
               USR, wrong          Ended(refused)            -> DONE, keep listening
    START      TFR                                           -> SENDING
    SENDING    `pump`              blocks, Progress; all out -> CONFIRM
               CCL, BYE            end block, Ended          -> DONE
    CONFIRM    BYE 16777989, or the connection's end: Ended(completed)

Each call returns a list of actions to carry out in order. Nothing of the file is
held: the receiver hands on what arrives, the sender reads what it is asked for.

Source: as msnftp.py; the reactions to cancelling are those of official clients.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from hmac import compare_digest
from typing import Final, TypeAlias

from Kamaelia.Protocol.MSN.wire.msnftp import (
    BLOCK_SIZE,
    BYE_MEANINGS,
    BYE_NO_ACCESS,
    BYE_RECEIVED,
    BYE_RECEIVER_CANCELLED,
    BYE_SENDER_CANCELLED,
    BYE_TIMED_OUT,
    END_BLOCK,
    PROTOCOL,
    MSNFTPBlock,
    MSNFTPDecoder,
    MSNFTPItem,
    MSNFTPLine,
    pack_blocks,
)
from Kamaelia.Protocol.MSN.wire.outcome import Outcome
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "Action",
    "Close",
    "Ended",
    "FileReceiver",
    "FileSender",
    "Progress",
    "Received",
    "Send",
    "Started",
]


@dataclass(frozen=True, slots=True)
class Send:
    """Write these bytes to the peer."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Started:
    """Both sides agree; the file has `size` bytes."""

    size: int


@dataclass(frozen=True, slots=True)
class Received:
    """The next bytes of the file."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` bytes have been received, or handed over for sending."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The transfer is over; comes exactly once. Delete a partial file.

    Attributes:
        outcome: whether the file is whole, and if not whose doing it was.
        reason: for people.
        code: that of the BYE which ended it, or None.
    """

    outcome: Outcome
    reason: str
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection once what was sent is out."""


Action: TypeAlias = Send | Started | Received | Progress | Ended | Close


class _State(Enum):
    NEW = auto()
    VERSION = auto()
    USER = auto()
    SIZE = auto()
    START = auto()
    DATA = auto()
    SENDING = auto()
    CONFIRM = auto()
    DONE = auto()


_SENT_ALL: Final = "the receiver has the whole file"


class _Transfer:
    """What both ends share: decoding, ending once, reading BYE codes."""

    _cancelled_by_us: int
    _peer_success: int

    def __init__(self) -> None:
        self.done = 0
        self._decoder = MSNFTPDecoder()
        self._state = _State.VERSION

    @property
    def ended(self) -> bool:
        """Whether the transfer is over."""
        return self._state is _State.DONE

    def receive(self, data: bytes) -> list[Action]:
        """Take bytes from the peer, cut anywhere. Bytes that break the rules end it."""
        if self.ended:
            return []
        self._decoder.receive_data(data)
        actions: list[Action] = []
        try:
            for item in self._decoder.items():
                actions += self._handle(item)
                if self.ended:
                    break
        except RemoteProtocolError as problem:
            actions += self.failed(str(problem), self._cancelled_by_us)
        return actions + self._flush()

    def cancel(self) -> list[Action]:
        """End it because our user says so. Nothing happens when it is over."""
        reason = BYE_MEANINGS[self._cancelled_by_us]
        ended = Ended(Outcome.CANCELLED_BY_US, reason, self._cancelled_by_us)
        return self._finish(ended, self._stop_bytes(self._cancelled_by_us))

    def timed_out(self) -> list[Action]:
        """End it because nothing has come for too long."""
        ended = Ended(Outcome.FAILED, BYE_MEANINGS[BYE_TIMED_OUT], BYE_TIMED_OUT)
        return self._finish(ended, self._stop_bytes(BYE_TIMED_OUT))

    def failed(self, reason: str, code: int = BYE_NO_ACCESS) -> list[Action]:
        """End it for a reason of ours: the disk is full, the peer talks nonsense."""
        ended = Ended(Outcome.FAILED, reason, code)
        return self._finish(ended, self._stop_bytes(code))

    def connection_lost(self) -> list[Action]:
        """Tell it that the connection is gone."""
        return self._finish(Ended(Outcome.FAILED, "connection lost"))

    def _handle(self, item: MSNFTPItem) -> list[Action]:
        raise NotImplementedError

    def _stop_bytes(self, code: int) -> bytes:
        raise NotImplementedError

    def _flush(self) -> list[Action]:
        """Return what the items of this read have added up to."""
        return []

    def _finish(self, ended: Ended, last: bytes = b"") -> list[Action]:
        if self.ended:
            return []
        actions = self._flush()
        self._state = _State.DONE
        if last:
            actions.append(Send(last))
        return [*actions, ended, Close()]

    def _said_goodbye(self, line: MSNFTPLine) -> Ended:
        """Return what a BYE or CCL means before the transfer is complete."""
        code = _number(line, "BYE") if line.command == "BYE" else None
        reason = BYE_MEANINGS.get(code or 0, "the peer ended the transfer")
        if code in (BYE_NO_ACCESS, BYE_TIMED_OUT):
            return Ended(Outcome.FAILED, reason, code)
        if code == self._peer_success:
            return Ended(Outcome.FAILED, "the peer ended before the last byte", code)
        return Ended(Outcome.CANCELLED_BY_PEER, reason, code)


class FileReceiver(_Transfer):
    """The end that receives; call `start` once connected.

    Args:
        handle: our account name.
        auth_cookie: from the invitation.
        size: bytes announced in the invitation, or None to take what FIL says.
    """

    _cancelled_by_us = BYE_RECEIVER_CANCELLED
    _peer_success = -1  # a sender's BYE never means that we have it all

    def __init__(self, handle: str, auth_cookie: int, size: int | None = None) -> None:
        super().__init__()
        self.size = size
        self._handle_name = handle
        self._cookie = auth_cookie
        self._fresh: list[bytes] = []
        self._state = _State.NEW

    def start(self) -> list[Action]:
        """Speak first, whoever connected."""
        if self._state is not _State.NEW:
            raise LocalProtocolError("FileReceiver.start() is called once")
        self._state = _State.VERSION
        return [Send(MSNFTPLine("VER", (PROTOCOL,)).to_bytes())]

    def _handle(self, item: MSNFTPItem) -> list[Action]:
        if isinstance(item, MSNFTPBlock):
            return self._handle_block(item)
        if item.command in ("BYE", "CCL"):
            return self._finish(self._said_goodbye(item))
        if item.command == "VER" and self._state is _State.VERSION:
            if PROTOCOL not in (word.upper() for word in item.args):
                raise RemoteProtocolError("the sender does not speak MSNFTP")
            self._state = _State.SIZE
            user = MSNFTPLine("USR", (self._handle_name, str(self._cookie)))
            return [Send(user.to_bytes())]
        if item.command == "FIL" and self._state is _State.SIZE:
            return self._sized(_number(item, "FIL"))
        raise RemoteProtocolError(f"MSNFTP: {item.command} out of turn")

    def _sized(self, size: int) -> list[Action]:
        announced, self.size = self.size, size
        if announced is not None and size != announced:
            reason = f"{size} bytes, but {announced} were announced"
            return self.failed(reason, BYE_RECEIVER_CANCELLED)
        self._state = _State.DATA
        self._decoder.blocks = True
        actions: list[Action] = [Started(size), Send(b"TFR\r\n")]
        return actions if size else actions + self._complete()

    def _handle_block(self, block: MSNFTPBlock) -> list[Action]:
        size = self.size or 0
        if block.end:
            ended = Ended(
                Outcome.CANCELLED_BY_PEER, BYE_MEANINGS[BYE_SENDER_CANCELLED], None
            )
            return self._finish(ended)
        if self.done + len(block.data) > size:
            raise RemoteProtocolError(f"MSNFTP: more than the {size} bytes announced")
        if block.data:
            self.done += len(block.data)
            self._fresh.append(block.data)
        return [] if self.done < size else self._complete()

    def _flush(self) -> list[Action]:
        if not self._fresh:
            return []
        data = b"".join(self._fresh)
        self._fresh.clear()
        return [Received(data), Progress(self.done, self.size or 0)]

    def _complete(self) -> list[Action]:
        ended = Ended(Outcome.COMPLETED, BYE_MEANINGS[BYE_RECEIVED], BYE_RECEIVED)
        return self._finish(ended, _bye(BYE_RECEIVED))

    def _stop_bytes(self, code: int) -> bytes:
        if code in (BYE_TIMED_OUT, BYE_NO_ACCESS):
            return _bye(code)
        return b"CCL\r\n"


class FileSender(_Transfer):
    """The end that sends: while `sending`, call `pump` whenever there is room.

    Args:
        handle: who may fetch the file; compared without case.
        auth_cookie: what we put into the invitation.
        size: bytes announced.
        read: called with a number of bytes, at least 1; returns up to that many of
            the next, b"" at the end. An OSError that it raises ends the transfer.
        end_block: also send the end block after the last byte; receivers count, so
            it is off unless one is known to wait for it.
    """

    _cancelled_by_us = BYE_SENDER_CANCELLED
    _peer_success = BYE_RECEIVED

    def __init__(
        self,
        handle: str,
        auth_cookie: int,
        size: int,
        read: Callable[[int], bytes],
        *,
        end_block: bool = False,
    ) -> None:
        super().__init__()
        self.size = size
        self._expected = (handle.lower(), auth_cookie)
        self._read = read
        self._end_block = end_block

    @property
    def sending(self) -> bool:
        """Whether `pump` has something to send."""
        return self._state is _State.SENDING

    def pump(self, room: int = 16 * BLOCK_SIZE) -> list[Action]:
        """Send about `room` bytes of the file, at least 1; nothing when not `sending`.

        A source that ends before `size` bytes, or raises OSError, ends the transfer.
        """
        if not self.sending:
            return []
        want = min(max(room, 1), self.size - self.done)
        try:
            data = self._read(want)
        except OSError as problem:
            return self.failed(f"cannot read the file: {problem}")
        if not data or len(data) > want:
            return self.failed(f"the file is not of {self.size} bytes")
        self.done += len(data)
        actions: list[Action] = [
            Send(pack_blocks(data)),
            Progress(self.done, self.size),
        ]
        return actions + self._check_sent()

    def connection_lost(self) -> list[Action]:
        """Tell it that the connection is gone; after the last byte that is success."""
        if self._state is _State.CONFIRM:
            return self._finish(Ended(Outcome.COMPLETED, _SENT_ALL))
        return super().connection_lost()

    def _check_sent(self) -> list[Action]:
        if self.done < self.size:
            return []
        self._state = _State.CONFIRM
        return [Send(END_BLOCK)] if self._end_block else []

    def _handle(self, item: MSNFTPItem) -> list[Action]:
        if not isinstance(item, MSNFTPLine):
            raise RemoteProtocolError("MSNFTP: the receiver sent a block")
        if item.command in ("BYE", "CCL"):
            return self._stopped(item)
        if item.command == "VER" and self._state is _State.VERSION:
            if PROTOCOL not in (word.upper() for word in item.args):
                raise RemoteProtocolError("the receiver does not speak MSNFTP")
            self._state = _State.USER
            return [Send(MSNFTPLine("VER", (PROTOCOL,)).to_bytes())]
        if item.command == "USR" and self._state is _State.USER:
            return self._identified(item)
        if item.command == "TFR" and self._state is _State.START:
            self._state = _State.SENDING
            return [Started(self.size), *self._check_sent()]
        raise RemoteProtocolError(f"MSNFTP: {item.command} out of turn")

    def _identified(self, line: MSNFTPLine) -> list[Action]:
        handle, cookie = self._expected
        given = " ".join(line.args[:2]).lower().encode("utf-8", "replace")
        if not compare_digest(given, f"{handle} {cookie}".encode("utf-8", "replace")):
            return self._finish(Ended(Outcome.REFUSED, "wrong handle or cookie"))
        self._state = _State.START
        return [Send(MSNFTPLine("FIL", (str(self.size),)).to_bytes())]

    def _stopped(self, line: MSNFTPLine) -> list[Action]:
        if self._state is _State.CONFIRM and line.command == "BYE":
            code = _number(line, "BYE")
            if code == BYE_RECEIVED:
                return self._finish(Ended(Outcome.COMPLETED, _SENT_ALL, code))
        last = END_BLOCK if self.sending else b""
        return self._finish(self._said_goodbye(line), last)

    def _stop_bytes(self, code: int) -> bytes:
        # Blocks are always sent whole, so an end block is understood from TFR on.
        if self._state in (_State.SENDING, _State.CONFIRM):
            return END_BLOCK
        return _bye(code)


def _bye(code: int) -> bytes:
    return MSNFTPLine("BYE", (str(code),)).to_bytes()


def _number(line: MSNFTPLine, what: str) -> int:
    """Return the first argument, a decimal number of at most 64 bits."""
    text = line.args[0] if line.args else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise RemoteProtocolError(
            f"MSNFTP: {what} needs a number", 0, text.encode("utf-8", "replace")
        )
    return int(text)
