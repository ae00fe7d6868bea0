"""Family 0x0D, CHATNAV: finding and making rooms."""

from typing import Final

from Kamaelia.Protocol.AIM.Server.session import CODE_NO_MATCH, Pending, Session
from Kamaelia.Protocol.AIM.wire.chat import CreateRoom, NavInfo, RoomInfoRequest
from Kamaelia.Protocol.AIM.wire.foodgroups import CHATNAV
from Kamaelia.Protocol.AIM.wire.room import (
    EXCHANGE_PRIVATE,
    EXCHANGE_PUBLIC,
    ExchangeInfo,
)
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.wire.reader import Reader

__all__ = ["HANDLERS"]

_EXCHANGES: Final = (EXCHANGE_PRIVATE, EXCHANGE_PUBLIC)
_INVALID_NAME: Final = 0x33


def rights(session: Session, snac: SNAC) -> Pending:
    """Tell the exchanges."""
    return _exchanges(session, snac, *_EXCHANGES)


def exchange(session: Session, snac: SNAC) -> Pending:
    """Tell one exchange."""
    number = Reader(snac.body, "exchange").u16()
    if number not in _EXCHANGES:
        session.refuse(snac, CODE_NO_MATCH)
        return None
    return _exchanges(session, snac, number)


def _exchanges(session: Session, snac: SNAC, *numbers: int) -> Pending:
    infos = [ExchangeInfo.make(number) for number in numbers]
    most = session.state.limits.rooms_per_user
    body = NavInfo.of_exchanges(*infos, max_rooms=most).to_bytes()
    session.reply(snac, CHATNAV.NAV_INFO, body)
    return None


def room(session: Session, snac: SNAC) -> Pending:
    """Tell about a room."""
    found = session.state.rooms.find(RoomInfoRequest.from_bytes(snac.body).key)
    if found is None:
        session.refuse(snac, CODE_NO_MATCH)
        return None
    session.reply(snac, CHATNAV.NAV_INFO, NavInfo.of_room(found.info).to_bytes())
    return None


def create(session: Session, snac: SNAC) -> Pending:
    """Make a room, or find the one of this name."""
    request = CreateRoom.from_bytes(snac.body)
    made = session.state.rooms.make(request.name, request.exchange)
    if made is None:
        is_public = request.exchange != EXCHANGE_PRIVATE
        session.refuse(snac, CODE_NO_MATCH, None if is_public else _INVALID_NAME)
        return None
    session.reply(snac, CHATNAV.NAV_INFO, NavInfo.of_room(made.info).to_bytes())
    return None


HANDLERS: Final = {
    CHATNAV.REQUEST_CHAT_RIGHTS: rights,
    CHATNAV.REQUEST_EXCHANGE_INFO: exchange,
    CHATNAV.REQUEST_ROOM_INFO: room,
    CHATNAV.CREATE_ROOM: create,
}
