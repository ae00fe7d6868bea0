"""Family 0x13, the part in which users ask each other for permission.

Nobody's permission is needed to be added here, but clients ask for it all the same: a
request and its answer are passed on, and an answer of yes ends the waiting that the
asking client has noted in its list.
"""

from dataclasses import replace
from typing import Final

from Kamaelia.Protocol.AIM.Server.bos_session import BOSSession
from Kamaelia.Protocol.AIM.Server.session import CODE_OFFLINE, Pending
from Kamaelia.Protocol.AIM.Server.state.instances import Instance
from Kamaelia.Protocol.AIM.Server.state.items import to_store, to_wire
from Kamaelia.Protocol.AIM.Server.state.link import FLAPMessage
from Kamaelia.Protocol.AIM.Server.state.users import User
from Kamaelia.Protocol.AIM.wire.feedbag import (
    FeedbagAttribute,
    FeedbagClass,
    FeedbagItem,
    items_to_bytes,
)
from Kamaelia.Protocol.AIM.wire.feedbag_rights import (
    DEFAULT_LIMITS,
    AuthorisationReply,
    AuthorisationRequest,
    BuddyAdded,
)
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA
from Kamaelia.Protocol.AIM.wire.foodgroups import FEEDBAG
from Kamaelia.Protocol.AIM.wire.screen_name import normalise
from Kamaelia.Protocol.AIM.wire.snac import SERVER_REQUEST, SNAC, version_prefix
from Kamaelia.store.aim import Edit, attribute
from Kamaelia.store.aim import FeedbagItem as StoredItem

__all__ = ["HANDLERS"]

_VERSION: Final = 4
_TOO_BIG: Final = 0x0B
_PASSED_ON: Final = {
    FEEDBAG.PRE_AUTHORIZE_BUDDY: FEEDBAG.PRE_AUTHORIZED_BUDDY,
    FEEDBAG.REQUEST_AUTHORIZE_TO_HOST: FEEDBAG.REQUEST_AUTHORIZE_TO_CLIENT,
}


def _pass_on(
    session: BOSSession, snac: SNAC, to: str, kind: tuple[int, int], body: bytes
) -> User | None:
    """Send something to a user; answer with an error if that isn't possible."""
    if len(body) > session.state.limits.message_bytes:
        session.refuse(snac, _TOO_BIG)
        return None
    other = session.state.users.find(to)
    reaches = session.state.presence.reaches
    if other is None or not other.live or not reaches(session.user, other):
        session.refuse(snac, CODE_OFFLINE)
        return None
    for instance in other.live:
        _send(instance, kind, body)
    return other


def _send(instance: Instance, kind: tuple[int, int], body: bytes) -> None:
    """Send with the family's version in front: some ICQ clients insist on it."""
    prefix = version_prefix(_VERSION)
    snac = SNAC.make(kind, body, request_id=SERVER_REQUEST, prefix=prefix)
    instance.link.send(FLAPMessage(CHANNEL_DATA, snac.to_bytes()))


def request(session: BOSSession, snac: SNAC) -> Pending:
    """Pass on: may I add you? Or: you may add me."""
    wanted = AuthorisationRequest.from_bytes(snac.body)
    body = AuthorisationRequest(session.user.display, wanted.reason).to_bytes()
    _pass_on(session, snac, wanted.screen_name, _PASSED_ON[snac.type], body)
    return None


def remove_me(session: BOSSession, snac: SNAC) -> Pending:
    """Pass on: take me off your list."""
    request = BuddyAdded.from_bytes(snac.body)
    body = BuddyAdded(session.user.display).to_bytes()
    _pass_on(session, snac, request.screen_name, FEEDBAG.REMOVE_ME2, body)
    return None


def answer(session: BOSSession, snac: SNAC) -> Pending:
    """Pass on yes or no; on yes the asker waits no longer."""
    reply = AuthorisationReply.from_bytes(snac.body)
    body = AuthorisationReply(
        session.user.display, reply.granted, reply.reason
    ).to_bytes()
    kind = FEEDBAG.RESPOND_AUTHORIZE_TO_CLIENT
    asker = _pass_on(session, snac, reply.screen_name, kind, body)
    if asker is None or not reply.granted:
        return None
    return _end_waiting(session, asker)


async def _end_waiting(session: BOSSession, asker: User) -> None:
    """Take the mark "pending" off the asker's buddies of this user's name."""
    async with asker.lock:
        waiting = [
            _without_mark(item)
            for item in asker.items.values()
            if item.class_id == FeedbagClass.BUDDY
            and attribute(item.attributes, FeedbagAttribute.PENDING) is not None
            and normalise(item.name) == session.user.name
        ]
        if not waiting:
            return  # an answer that nobody waits for writes nothing
        stored = [to_store(item) for item in waiting]
        change = await session.state.store.aim.edit_feedbag(
            asker.name, [(Edit.PUT, item) for item in stored], DEFAULT_LIMITS
        )
        asker.changed_at = change.time
        for instance in asker.live:
            instance.notify(FEEDBAG.UPDATE_ITEM, items_to_bytes(waiting))
        with session.state.presence.change(asker):
            for item in stored:
                asker.items[item.group_id, item.item_id, item.class_id] = item


def _without_mark(stored: StoredItem) -> FeedbagItem:
    item = to_wire(stored)
    return replace(item, attributes=item.attributes.without(FeedbagAttribute.PENDING))


HANDLERS: Final = {
    FEEDBAG.PRE_AUTHORIZE_BUDDY: request,
    FEEDBAG.REMOVE_ME: remove_me,
    FEEDBAG.REQUEST_AUTHORIZE_TO_HOST: request,
    FEEDBAG.RESPOND_AUTHORIZE_TO_HOST: answer,
}
