"""Who is online: SNACs of BUDDY to events. Does no I/O.

The server repeats "arrived" on every change of a buddy; what changed is found by
comparing with what it said before.
"""

from Kamaelia.Protocol.AIM.events import BuddyChange
from Kamaelia.Protocol.AIM.wire.screen_name import normalise
from Kamaelia.Protocol.AIM.wire.user_info import UserInfo, read_users

__all__ = ["Presence"]


class Presence:
    """The buddies who are online.

    Attributes:
        online: user infos by the ident form of the name.
    """

    def __init__(self) -> None:
        self.online: dict[str, UserInfo] = {}

    def arrived(self, body: bytes) -> list[BuddyChange]:
        """Return the events in SNAC (03, 0B).

        Raises:
            RemoteProtocolError: it is malformed.
        """
        return [self._seen(user) for user in read_users(body)]

    def departed(self, body: bytes) -> list[BuddyChange]:
        """Return the events in SNAC (03, 0C); none for who was not online.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        gone = read_users(body)
        return [
            BuddyChange.offline(user)
            for user in gone
            if self.online.pop(normalise(user.screen_name), None) is not None
        ]

    def forget(self) -> list[BuddyChange]:
        """Return an event for every buddy, since we are no longer online."""
        gone, self.online = self.online, {}
        return [BuddyChange.offline(user) for user in gone.values()]

    def _seen(self, user: UserInfo) -> BuddyChange:
        """Note what the server says of a buddy; return what is new."""
        ident = normalise(user.screen_name)
        before = self.online.get(ident)
        self.online[ident] = user
        if before is None:
            kind = "buddy online"
        elif user.is_away and not before.is_away:
            kind = "buddy away"
        elif before.is_away and not user.is_away:
            kind = "buddy back"
        else:
            kind = "buddy changed"
        return BuddyChange.of(kind, user)
