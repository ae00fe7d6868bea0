"""Connections beside BOS: chat navigation, rooms, icons, account, directory, alerts."""

from Kamaelia.Protocol.AIM.Server.session import Pending, Session
from Kamaelia.Protocol.AIM.Server.state.cookies import Ticket
from Kamaelia.Protocol.AIM.Server.state.instances import notice
from Kamaelia.Protocol.AIM.Server.state.link import FLAPMessage, Link
from Kamaelia.Protocol.AIM.Server.state.rooms import Room
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.Server.state.users import User
from Kamaelia.Protocol.AIM.wire.buddy import departed
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_SIGNOFF
from Kamaelia.Protocol.AIM.wire.foodgroups import (
    ADMIN,
    ALERT,
    BART,
    CHAT,
    CHATNAV,
    ODIR,
    OSERVICE,
)
from Kamaelia.Protocol.AIM.wire.user_info import users_to_bytes

__all__ = ["SERVICES", "RoomSession", "ServiceSession"]

SERVICES = frozenset(
    group.FAMILY for group in (ADMIN, ALERT, BART, CHAT, CHATNAV, ODIR)
)
"""Families that a client is sent to another connection for."""


class ServiceSession(Session):
    """A connection for one family; it ends with its user's last session on BOS."""

    def __init__(
        self, state: ServerState, link: Link, user: User, ticket: Ticket
    ) -> None:
        super().__init__(state, link, user, ticket, (OSERVICE.FAMILY, ticket.service))
        user.services.add(link)

    def end(self) -> None:
        """Forget the connection."""
        self.user.services.discard(self.link)


class RoomSession(ServiceSession):
    """A connection to one chat room.

    Attributes:
        room: the room.
    """

    def __init__(
        self, state: ServerState, link: Link, user: User, ticket: Ticket, room: Room
    ) -> None:
        super().__init__(state, link, user, ticket)
        self.room = state.rooms.restore(room)

    def become_ready(self) -> Pending:
        """Enter: the others hear of it, the newcomer of all and then of the room."""
        if not self.ready:
            self.ready = True
            # It may have emptied, and been made anew, since the connection was opened.
            self.room = self.state.rooms.restore(self.room)
            if len(self.room.members) >= self.state.limits.occupants:
                self.link.send(FLAPMessage(CHANNEL_SIGNOFF))
                self.link.close("no room")
                return None
            room, info = self.room, self.state.presence.brief(self.user)
            joined = notice(CHAT.USERS_JOINED, info.to_bytes())
            if self.user not in room.members.values():
                room.tell(joined)
            room.members[self.link] = self.user
            everybody = dict.fromkeys(room.members.values())
            infos = [self.state.presence.brief(user) for user in everybody]
            self.notify(CHAT.USERS_JOINED, users_to_bytes(infos))
            self.notify(CHAT.ROOM_INFO_UPDATE, room.info.to_bytes())
        return None

    def end(self) -> None:
        """Leave."""
        super().end()
        was_in = self.link in self.room.members
        self.state.rooms.leave(self.room, self.link)
        if was_in and self.user not in self.room.members.values():
            instances = self.user.instances
            info = self.state.presence.brief(self.user) if instances else None
            body = info.to_bytes() if info else _bare(self.user)
            self.room.tell(notice(CHAT.USERS_LEFT, body))


def _bare(user: User) -> bytes:
    """Return the block of a user of whom nothing more is known."""
    return departed(user.display).to_bytes()
