"""Switchboard rooms: who is in which conversation."""

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from Kamaelia.Protocol.MSN.Server.notification import NotificationSession
    from Kamaelia.Protocol.MSN.Server.switchboard import SwitchboardSession

__all__ = ["Pass", "Room", "Rooms"]


class Room:
    """One conversation.

    Attributes:
        number: the session id on the wire, decimal digits.
        people: by handle, in the order in which they came.
        spoken: when something was last said, or somebody came.
    """

    __slots__ = ("number", "people", "spoken")

    def __init__(self, number: str, now: float) -> None:
        self.number = number
        self.people: dict[str, SwitchboardSession] = {}
        self.spoken = now

    def others(self, handle: str) -> "Iterator[SwitchboardSession]":
        """Yield everybody but one."""
        return (who for name, who in self.people.items() if name != handle)


class Pass(NamedTuple):
    """What a switchboard cookie stands for.

    Attributes:
        session: the notification session it was given to.
        room: the room's number; None: a room of its own.
    """

    session: "NotificationSession"
    room: str | None


class Rooms:
    """The rooms of a server."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}

    def __len__(self) -> int:
        return len(self._rooms)

    def open(self, now: float) -> Room:
        """Make a room with a number that no other has."""
        number = str(100_000_000 + secrets.randbelow(900_000_000))
        while number in self._rooms:
            number = str(100_000_000 + secrets.randbelow(900_000_000))
        room = self._rooms[number] = Room(number, now)
        return room

    def get(self, number: str) -> Room | None:
        """Return the room with a number."""
        return self._rooms.get(number)

    def of(self, handle: str) -> "list[SwitchboardSession]":
        """Return somebody's connections to all rooms; looks at every room."""
        people = (room.people.get(handle) for room in self._rooms.values())
        return [who for who in people if who is not None]

    def leave(self, room: Room, handle: str) -> None:
        """Take somebody out; the room goes with its last participant."""
        room.people.pop(handle, None)
        if not room.people:
            self._rooms.pop(room.number, None)
