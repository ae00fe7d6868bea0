"""Messages that are longer than one MSG: cut in parts, put together again.

The first part has the message's headers and two more:

    Message-ID: {A1B2C3D4-0000-4000-8000-0123456789AB}
    Chunks: 3

The others have `Message-ID` and `Chunk: 1`, `Chunk: 2` ... alone. Bodies are joined as
bytes; a character may be cut in two. Peers say by a capability bit that they can.

Source: messages of MSN Messenger 6 and later.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from Kamaelia.Protocol.MSN.wire.encoding import parse_number
from Kamaelia.Protocol.MSN.wire.limits import MAX_CHUNKS, MAX_MESSAGE
from Kamaelia.Protocol.MSN.wire.message import Message
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = ["Reassembler", "split_message"]

MAX_AGE: Final = 30.0  # seconds that a message may be incomplete
MAX_BYTES: Final = 1024 * 1024
MAX_SETS: Final = 64


def split_message(
    message: Message, message_id: str, limit: int = MAX_MESSAGE
) -> list[Message]:
    """Return the messages that carry `message`; itself where it fits into one.

    Args:
        message: what to send.
        message_id: a GUID in braces, new for each message.
        limit: bytes that one payload may have.

    Raises:
        LocalProtocolError: more than 1024 parts would be needed, or the headers alone
            exceed the limit.
    """
    if len(message.to_bytes()) <= limit:
        return [message]
    widest = str(MAX_CHUNKS)
    marked = message.with_header("Message-ID", message_id)
    first = limit - len(
        Message(marked.with_header("Chunks", widest).headers).to_bytes()
    )
    head = (("Message-ID", message_id), ("Chunk", widest))
    room = limit - len(Message(head).to_bytes())
    if first < 0 or room < 1:
        raise LocalProtocolError(f"no room for a body in a message of {limit} bytes")
    rest = [
        message.body[start : start + room]
        for start in range(first, len(message.body), room)
    ]
    if len(rest) >= MAX_CHUNKS:
        raise LocalProtocolError(f"a message of more than {MAX_CHUNKS} parts")
    opening = Message(
        marked.with_header("Chunks", str(len(rest) + 1)).headers, message.body[:first]
    )
    return [
        opening,
        *(
            Message((("Message-ID", message_id), ("Chunk", str(number))), body)
            for number, body in enumerate(rest, 1)
        ),
    ]


@dataclass(slots=True)
class _Set:
    """What has come of one message."""

    first: Message
    count: int
    since: float
    size: int = 0
    bodies: dict[int, bytes] = field(default_factory=dict)


class Reassembler:
    """Put multi-packet messages together. Looks at no clock: `now` is an argument.

    What it holds is bounded: the oldest incomplete messages go when there are too many
    or when they hold too many bytes together.

    Args:
        max_bytes: bytes of bodies held at most.
        max_sets: incomplete messages held at most.
        max_age: seconds after which an incomplete message is dropped.
    """

    def __init__(
        self,
        max_bytes: int = MAX_BYTES,
        max_sets: int = MAX_SETS,
        max_age: float = MAX_AGE,
    ) -> None:
        self.max_bytes = max_bytes
        self.max_sets = max_sets
        self.max_age = max_age
        self._sets: OrderedDict[tuple[str, str], _Set] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        """Return how many messages are incomplete."""
        return len(self._sets)

    @property
    def size(self) -> int:
        """Bytes of bodies held."""
        return self._size

    def receive(self, sender: str, message: Message, now: float) -> Message | None:
        """Take one message and return the whole one, if that is what it completes.

        A message that is no part is returned as it is. Parts may come in any order
        after the first; a part twice, or without its first, is dropped.

        Args:
            sender: the handle of who sent it.
            message: what came.
            now: seconds, from any steady clock.

        Raises:
            RemoteProtocolError: a number of parts that is none, or is beyond 1024.
        """
        self.expire(now)
        message_id = message.get("Message-ID")
        chunks, chunk = message.get("Chunks"), message.get("Chunk")
        if message_id is None or (chunks is None and chunk is None):
            return message
        key = (sender.lower(), message_id)
        if chunks is not None:
            count = parse_number(chunks, "Chunks", MAX_CHUNKS)
            if count < 1:
                raise RemoteProtocolError("a message of no parts")
            self._drop(key)
            whole = message.without_headers("Message-ID", "Chunks")
            self._sets[key] = _Set(whole, count, now)
            return self._add(key, 0, message.body)
        return self._add(key, parse_number(chunk or "", "Chunk"), message.body)

    def expire(self, now: float) -> None:
        """Drop what has been incomplete for too long."""
        while self._sets:
            key, oldest = next(iter(self._sets.items()))
            if now - oldest.since <= self.max_age:
                return
            self._drop(key)

    def forget(self, sender: str) -> None:
        """Drop the incomplete messages of one sender, who has left."""
        for key in [key for key in self._sets if key[0] == sender.lower()]:
            self._drop(key)

    def _drop(self, key: tuple[str, str]) -> None:
        """Forget one incomplete message."""
        dropped = self._sets.pop(key, None)
        if dropped is not None:
            self._size -= dropped.size

    def _add(self, key: tuple[str, str], number: int, body: bytes) -> Message | None:
        """Keep one part; return the message when it was the last that was missing."""
        parts = self._sets.get(key)
        if parts is None or number >= parts.count or number in parts.bodies:
            return None
        parts.bodies[number] = body
        parts.size += len(body)
        self._size += len(body)
        if len(parts.bodies) == parts.count:
            self._drop(key)
            joined = b"".join(parts.bodies[index] for index in range(parts.count))
            return Message(parts.first.headers, joined)
        while self._size > self.max_bytes or len(self._sets) > self.max_sets:
            self._drop(next(iter(self._sets)))
        return None
