"""Join two boxes of a component to an asyncio transport.

    network -> data_received -> outbox -> whoever it leads to, without a step
    inbox -> transport.write, at once, without a step and without being stored

Back-pressure goes both ways. Reading stops while the inbox that the outbox leads to is
full or holds more than `HIGH_BYTES` or `HIGH_COUNT` messages, and goes on when it has
been emptied. The component's inbox isn't emptied while the transport has more to write
than its high-water mark, so that a limited inbox makes the sender wait for the network.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from Axon.AxonExceptions import noSpaceInBox
from Axon.Box import makeOutbox
from Axon.boxes import NOBODY, postbox

__all__ = ["HIGH_BYTES", "HIGH_COUNT", "SocketLink"]

HIGH_BYTES: Final = 256 * 1024
"""Bytes waiting at the far end over which reading stops."""

HIGH_COUNT: Final = 256
"""Messages waiting at the far end over which reading stops."""


class _ToNetwork(postbox):
    """An inbox whose messages are written as they come; it keeps what must wait."""

    __slots__ = ("_link",)

    def __init__(self, link: "SocketLink") -> None:
        self._link = link
        super().__init__(NOBODY)

    def entrance(self) -> Callable[[Any], object]:
        """Return the function that writes a message, or keeps it."""
        return self._link.take

    def _take_over(self, waiting: deque[Any]) -> None:
        """Write what waited further up the chain."""
        super()._take_over(waiting)
        self._link.write()

    def keep(self, message: Any) -> None:
        """Store a message that cannot be written yet.

        Raises:
            noSpaceInBox: the box is full.
        """
        self._store_bounded(message)


class SocketLink(asyncio.Protocol):
    """The asyncio side of a component that carries a connection.

    It owns the component's boxes `inbox` and `outbox` and replaces them; so it is to
    be made before they are linked.

    Args:
        owner: the component; it is woken when the connection changes, and its
            `refuse` is called with something in the inbox that isn't bytes.

    Attributes:
        _axon_asleep: whether reading is stopped: a message taken at the far end of the
            outbox then calls `_axon_wake`, as it does with a task.
        _axon_woken: not used; what owns a box has it.
        transport: the transport, once there is one.
        eof: whether the peer has said that it sends no more.
        half_open: whether to keep the connection then, so that answers can be sent.
        lost: whether the connection is gone, or there will be none.
        error: why, if that was not in order.
        closing: whether we are closing it; what arrives in the inbox is dropped.
        max_unsent: bytes that may wait in the inbox for a slow peer before the
            connection is given up; None for no limit.
    """

    __slots__ = (
        "_axon_asleep",
        "_axon_woken",
        "_behind",
        "_crowd",
        "_finishing",
        "_held",
        "_unsent",
        "closing",
        "eof",
        "error",
        "gone",
        "half_open",
        "inbox",
        "lost",
        "max_unsent",
        "outbox",
        "owner",
        "transport",
    )

    def __init__(self, owner: Any) -> None:
        self._axon_asleep = True  # nothing is passed on before `start`
        self._axon_woken = False
        self.owner = owner
        self.transport: Any = None  # uvloop's are no subclasses of asyncio's
        self.eof = self.half_open = self.lost = self.closing = False
        self.error: BaseException | None = None
        self.gone: asyncio.Future[None] | None = None
        self.max_unsent: int | None = None
        self._behind: deque[bytes] | None = None  # received, not passed on yet
        self._crowd = 0  # bytes passed on since the far end was empty
        self._held = True  # nothing is to be written now
        self._finishing = False
        self._unsent = 0
        self.inbox = owner.inboxes["inbox"] = _ToNetwork(self)
        self.outbox = owner.outboxes["outbox"] = makeOutbox(self)

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport; write what waits already."""
        self.transport = transport
        if self.closing:
            self.transport.abort()
            return
        self._held = False
        if self.inbox.storage:
            self.write()
        self.owner.unpause()

    def data_received(self, data: bytes) -> None:
        """Pass on what the peer sent."""
        if self._axon_asleep:
            self._keep(data)
            return
        outbox = self.outbox
        try:
            outbox.put(data)
        except noSpaceInBox:
            self._keep(data)
            self._stop_reading()
            return
        receiver = outbox.receiver
        if receiver._axon_asleep:
            receiver._axon_wake()
        else:
            receiver._axon_woken = True
        waiting = len(outbox.sink.storage)
        if waiting <= 1:
            self._crowd = len(data)
        else:
            self._crowd += len(data)
            if self._crowd > HIGH_BYTES or waiting > HIGH_COUNT:
                self._stop_reading()

    def _keep(self, data: bytes) -> None:
        """Keep what cannot be passed on yet."""
        if self._behind is None:  # an empty deque takes 600 bytes; few need one
            self._behind = deque()
        self._behind.append(data)

    def eof_received(self) -> bool:
        """Note that the peer sends no more; keep the connection if told so."""
        self.eof = True
        self.owner.unpause()
        return self.half_open

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection is gone."""
        self.error = self.error or exc
        self.lost = self.closing = True
        if self.gone is not None and not self.gone.done():
            self.gone.set_result(None)
        self.write()  # drops what came too late, for those who wait for room
        self.owner.unpause()

    def pause_writing(self) -> None:
        """Leave what comes in the inbox: the transport has enough to write."""
        self._held = True
        self._unsent = 0

    def resume_writing(self) -> None:
        """Write what waits."""
        self._held = False
        self.write()

    # Reading.

    def start(self) -> None:
        """Begin to pass on what was received."""
        if self._axon_asleep:
            self._catch_up()

    def _stop_reading(self) -> None:
        """Read no more until what was passed on has been taken."""
        self._axon_asleep = True
        if self.transport is not None and not self.transport.is_closing():
            self.transport.pause_reading()

    def _axon_wake(self) -> None:
        """A message of ours was taken: go on once all have been."""
        if not self.outbox.sink.storage:
            self._catch_up()

    def _catch_up(self) -> None:
        """Pass on what was kept back; then read again."""
        behind = self._behind
        self._crowd = 0
        self._axon_asleep = False  # what is taken at once wakes nobody meanwhile
        while behind:
            if self.outbox.isFull() or self._crowd > HIGH_BYTES:
                self._axon_asleep = True
                return
            data = behind.popleft()
            self.outbox.append(data)
            if self.outbox.sink.storage:
                self._crowd += len(data)
        self._behind = None
        if self.lost:
            self.owner.unpause()
        elif self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()

    @property
    def behind(self) -> bool:
        """Whether something received wasn't passed on yet."""
        return bool(self._behind)

    def drop_behind(self) -> None:
        """Forget what was received and not passed on."""
        self._behind = None

    # Writing.

    def take(self, data: Any) -> None:
        """Write a message, or keep it if it cannot be written now."""
        inbox = self.inbox
        if (self._held or inbox.storage) and not self.closing:
            inbox.keep(data)
            self._check_unsent(data)
            return
        if not self.closing:  # else nobody will get it
            self._send(data)
            if self._finishing:
                self._close()
        sender = inbox.sender  # as in `inbox.pop`: the message has been taken
        if sender._axon_asleep:
            sender._axon_wake()

    def _send(self, data: Any) -> None:
        """Give a message to the transport."""
        if type(data) is bytes:
            self.transport.write(data)
        elif isinstance(data, bytes | bytearray | memoryview):
            self.transport.write(bytes(data))  # a copy: the sender may change it
        else:
            self.owner.refuse(data)

    def write(self) -> None:
        """Write what was kept, as far as the transport wants it."""
        if self.closing:
            self._drop()
        inbox = self.inbox
        while inbox.storage and not self._held:
            self._send(inbox.storage.popleft())
            sender = inbox.sender  # only now: it may send the next one at once
            if sender._axon_asleep:
                sender._axon_wake()
        if self._finishing and not inbox.storage:
            self._close()

    def _drop(self) -> None:
        """Drop what was kept: it cannot be written any more."""
        while self.inbox.storage:
            self.inbox.pop()

    def _check_unsent(self, newest: Any) -> None:
        """Give up a connection for which too much waits."""
        if self.max_unsent is not None:
            self._unsent += len(newest) if hasattr(newest, "__len__") else 0
            if self._unsent > self.max_unsent:
                self.abort(TimeoutError(f"{self._unsent} bytes wait for a slow peer"))

    def hold(self) -> None:
        """Leave what comes in the inbox until `release`."""
        self._held = True

    def release(self, transport: Any) -> None:
        """Go on with another transport over the same connection."""
        self.transport = transport
        self.resume_writing()

    # Closing.

    def finish(self) -> None:
        """Write what is in the inbox, then close."""
        self._finishing = True
        self.write()
        if not self.inbox.storage and not self.closing and self.transport is not None:
            self._close()

    def _close(self) -> None:
        """Close once the transport has written what it has."""
        self.closing = True
        self.transport.close()

    def abort(self, error: BaseException | None = None) -> None:
        """Close at once; what isn't written is lost."""
        self.error = self.error or error
        self.closing = True
        self._behind = None
        self._drop()
        if self.transport is not None and not self.lost:
            self.transport.abort()
