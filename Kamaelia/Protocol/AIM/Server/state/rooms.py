"""Chat rooms: who is in them, and what is said to whom."""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from Kamaelia.Protocol.AIM.Server.state.limits import Limits
from Kamaelia.Protocol.AIM.Server.state.link import FLAPMessage, Link
from Kamaelia.Protocol.AIM.Server.state.users import User
from Kamaelia.Protocol.AIM.wire.room import EXCHANGE_PRIVATE, RoomInfo, RoomKey
from Kamaelia.Protocol.AIM.wire.screen_name import normalise

__all__ = ["Room", "Rooms"]

_LONGEST_NAME: Final = 100


class Room:
    """One room.

    Attributes:
        key: what names it on the wire.
        name: as whoever made it wrote it.
        created: Unix time.
        members: connections in it, and whose they are, in the order they came.
    """

    def __init__(self, key: RoomKey, name: str, created: int) -> None:
        self.key = key
        self.name = name
        self.created = created
        self.members: dict[Link, User] = {}

    @property
    def info(self) -> RoomInfo:
        """What clients are told of it."""
        return RoomInfo.make(self.key, self.name, self.created)

    def tell(self, message: FLAPMessage, *, but: Link | None = None) -> None:
        """Send a frame to everybody in the room, except one connection."""
        for link in list(self.members):
            if link is not but:
                link.send(message)


class Rooms:
    """All rooms, by exchange and name.

    A room that users make vanishes with its last member.
    """

    def __init__(self, limits: Limits, time: Callable[[], float]) -> None:
        self._limits = limits
        self._time = time
        self._rooms: dict[tuple[int, str], Room] = {}

    def __len__(self) -> int:
        """Return how many rooms there are."""
        return len(self._rooms)

    def find(self, key: RoomKey) -> Room | None:
        """Return the room a client means, or None."""
        return self._rooms.get((key.exchange, normalise(key.name)))

    def make(self, name: str, exchange: int) -> Room | None:
        """Return the room of a name; make it if users may. None if it can't be."""
        place = exchange, normalise(name)
        room = self._rooms.get(place)
        if room is not None:
            return room
        cookie = f"{exchange}-0-{quote(name, safe=' ')}"
        fits = 0 < len(name.encode()) <= _LONGEST_NAME and len(cookie.encode()) <= 255
        if exchange != EXCHANGE_PRIVATE or not place[1] or not fits:
            return None
        self._sweep()
        if len(self._rooms) >= self._limits.rooms:
            return None
        room = Room(RoomKey(exchange, cookie), name, int(self._time()))
        self._rooms[place] = room
        return room

    def restore(self, room: Room) -> Room:
        """Return the room that goes by this name now, this one if there is none."""
        return self._rooms.setdefault((room.key.exchange, normalise(room.name)), room)

    def leave(self, room: Room, link: Link) -> None:
        """Take a connection out; forget a room that is empty."""
        room.members.pop(link, None)
        if not room.members:
            place = room.key.exchange, normalise(room.name)
            if self._rooms.get(place) is room:
                del self._rooms[place]

    def _sweep(self) -> None:
        """When full, forget rooms that were made and never entered."""
        if len(self._rooms) >= self._limits.rooms:
            empty = [place for place, room in self._rooms.items() if not room.members]
            for place in empty:
                del self._rooms[place]
