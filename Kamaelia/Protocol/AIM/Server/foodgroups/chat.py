"""Family 0x0E, CHAT: talking in a room."""

from typing import Final

from Kamaelia.Protocol.AIM.Server.service_session import RoomSession
from Kamaelia.Protocol.AIM.Server.session import (
    CODE_DENIED,
    CODE_OFFLINE,
    Pending,
)
from Kamaelia.Protocol.AIM.Server.state.instances import notice
from Kamaelia.Protocol.AIM.wire.chat import ChatMessage
from Kamaelia.Protocol.AIM.wire.foodgroups import CHAT
from Kamaelia.Protocol.AIM.wire.screen_name import normalise
from Kamaelia.Protocol.AIM.wire.snac import SNAC

__all__ = ["HANDLERS"]

_TOO_BIG: Final = 0x0B
_OVERHEAD: Final = 1_024


def message(session: RoomSession, snac: SNAC) -> Pending:
    """Pass on what somebody says, to all or to one."""
    said, room = ChatMessage.from_bytes(snac.body), session.room
    if session.link not in room.members:
        session.refuse(snac, CODE_DENIED)
        return None
    if len(snac.body) > 2 * room.info.max_message + _OVERHEAD:
        session.refuse(snac, _TOO_BIG)
        return None
    body = said.relayed(session.state.presence.brief(session.user)).to_bytes()
    heard = notice(CHAT.CHANNEL_MSG_TO_CLIENT, body)
    if said.whisper_to is None:
        room.tell(heard, but=session.link)
    else:
        to = normalise(said.whisper_to)
        links = [link for link, user in room.members.items() if user.name == to]
        if not links:
            session.refuse(snac, CODE_OFFLINE)
            return None
        for link in links:
            link.send(heard)
    if said.reflects:
        session.reply(snac, CHAT.CHANNEL_MSG_TO_CLIENT, body)
    session.state.metrics.messages.labels("room").inc()
    return None


HANDLERS: Final = {CHAT.CHANNEL_MSG_TO_HOST: message}
