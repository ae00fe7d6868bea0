"""Which handler answers which SNAC, on which connection."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from Kamaelia.Protocol.AIM.Server.bos_session import BOSSession
from Kamaelia.Protocol.AIM.Server.foodgroups import (
    admin,
    bart,
    buddy,
    chat,
    chatnav,
    evil,
    feedbag,
    icbm,
    icq,
    locate,
    oservice,
    pd,
    permission,
    small,
)
from Kamaelia.Protocol.AIM.Server.service_session import RoomSession
from Kamaelia.Protocol.AIM.Server.session import Pending, Session
from Kamaelia.Protocol.AIM.wire.foodgroups import (
    ADMIN,
    ALERT,
    BART,
    CHATNAV,
    FAMILIES,
    ODIR,
    SNACType,
)
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.wire.errors import ProtocolError
from Kamaelia.store.errors import StoreError

__all__ = ["handle"]

_BOS: Final[dict[SNACType, Callable[[BOSSession, SNAC], Pending]]] = {
    **oservice.HANDLERS,
    **oservice.BOS_HANDLERS,
    **locate.HANDLERS,
    **buddy.HANDLERS,
    **icbm.HANDLERS,
    **evil.HANDLERS,
    **pd.HANDLERS,
    **feedbag.HANDLERS,
    **permission.HANDLERS,
    **bart.HANDLERS,
    **icq.HANDLERS,
    **small.HANDLERS,
}
_ROOM: Final[dict[SNACType, Callable[[RoomSession, SNAC], Pending]]] = {
    **oservice.HANDLERS,
    **chat.HANDLERS,
}
_SERVICES: Final[dict[int, dict[SNACType, Callable[[Session, SNAC], Pending]]]] = {
    ADMIN.FAMILY: {**oservice.HANDLERS, **admin.HANDLERS},
    ALERT.FAMILY: {**oservice.HANDLERS, **small.ALERT_HANDLERS},
    BART.FAMILY: {**oservice.HANDLERS, **bart.HANDLERS},
    CHATNAV.FAMILY: {**oservice.HANDLERS, **chatnav.HANDLERS},
    ODIR.FAMILY: {**oservice.HANDLERS, **small.ODIR_HANDLERS},
}
_KNOWN: Final = {family: f"{family:04X}" for family in FAMILIES}


def _bind(session: Session, snac: SNAC) -> Callable[[], Pending] | None:
    """Return what handles a SNAC on this connection, or None."""
    kind = snac.type
    if isinstance(session, BOSSession):
        for_bos = _BOS.get(kind)
        return None if for_bos is None else partial(for_bos, session, snac)
    if isinstance(session, RoomSession):
        for_room = _ROOM.get(kind)
        return None if for_room is None else partial(for_room, session, snac)
    handler = _SERVICES[session.ticket.service].get(kind)
    return None if handler is None else partial(handler, session, snac)


def handle(session: Session, snac: SNAC) -> Pending:
    """Answer a SNAC; what can't be understood is answered by an error.

    Returns:
        Work that waits for the store, to be done before the next SNAC; or None.
    """
    family = _KNOWN.get(snac.header.family, "other")
    session.state.metrics.snacs.labels(family).inc()
    if not session.admit(snac):
        return None
    handler = _bind(session, snac)
    if handler is None:
        session.unknown(snac)
        return None
    try:
        work = handler()
    except ProtocolError as error:
        session.malformed(snac, error)
        return None
    return None if work is None else _finish(session, snac, work)


async def _finish(session: Session, snac: SNAC, work: Awaitable[None]) -> None:
    """Do work that waits for the store; what goes wrong is answered by an error."""
    try:
        await work
    except ProtocolError as error:
        session.malformed(snac, error)
    except StoreError as error:
        session.failed(snac, error)
