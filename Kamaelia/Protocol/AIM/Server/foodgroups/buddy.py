"""Family 0x03, BUDDY: lists of clients without a feedbag."""

from typing import Final

from Kamaelia.Protocol.AIM.Server.bos_session import BOSSession
from Kamaelia.Protocol.AIM.Server.session import Pending
from Kamaelia.Protocol.AIM.wire.buddy import BuddyRights, names_to_bytes, read_names
from Kamaelia.Protocol.AIM.wire.foodgroups import BUDDY
from Kamaelia.Protocol.AIM.wire.screen_name import normalise
from Kamaelia.Protocol.AIM.wire.snac import SNAC

__all__ = ["HANDLERS"]


def rights(session: BOSSession, snac: SNAC) -> Pending:
    """Tell the limits."""
    body = BuddyRights(max_buddies=session.state.limits.buddies).to_bytes()
    session.reply(snac, BUDDY.RIGHTS_REPLY, body)
    return None


def add(session: BOSSession, snac: SNAC) -> Pending:
    """Watch names; those over the limit are refused."""
    buddies, limit = session.instance.buddies, session.state.limits.buddies
    refused = []
    with session.state.presence.change(session.user):
        for name in read_names(snac.body):
            ident = normalise(name)
            if ident in buddies or len(buddies) < limit:
                buddies.add(ident)
            else:
                refused.append(name)
    if refused:
        session.notify(BUDDY.REJECT_NOTIFICATION, names_to_bytes(refused))
    if snac.type == BUDDY.ADD_BUDDIES:
        session.use_list()
    return None


def remove(session: BOSSession, snac: SNAC) -> Pending:
    """Watch names no longer."""
    with session.state.presence.change(session.user):
        for name in read_names(snac.body):
            session.instance.buddies.discard(normalise(name))
    return None


HANDLERS: Final = {
    BUDDY.RIGHTS_QUERY: rights,
    BUDDY.ADD_BUDDIES: add,
    BUDDY.DEL_BUDDIES: remove,
    BUDDY.ADD_TEMP_BUDDIES: add,
    BUDDY.DEL_TEMP_BUDDIES: remove,
}
