"""Family 0x04, the warnings: users lower the standing of those who bother them."""

from typing import Final

from Kamaelia.Protocol.AIM.Server.bos_session import BOSSession
from Kamaelia.Protocol.AIM.Server.session import (
    CODE_DENIED,
    CODE_OFFLINE,
    CODE_UNSUPPORTED,
    Pending,
)
from Kamaelia.Protocol.AIM.wire.foodgroups import ICBM, OSERVICE
from Kamaelia.Protocol.AIM.wire.icbm_control import EvilReply, EvilRequest
from Kamaelia.Protocol.AIM.wire.own_info import EvilNotification
from Kamaelia.Protocol.AIM.wire.snac import SNAC

__all__ = ["HANDLERS"]

# Source: Open OSCAR Server; in tenths of a percent.
RISE_IDENTIFIED: Final = 100
RISE_ANONYMOUS: Final = 30
HIGHEST: Final = 999


def warn(session: BOSSession, snac: SNAC) -> Pending:
    """Raise somebody's warning level, if they have sent a message before."""
    request, state = EvilRequest.from_bytes(snac.body), session.state
    target, warner = state.users.find(request.screen_name), session.user
    if target is warner or warner.is_icq or (target is not None and target.is_icq):
        session.refuse(snac, CODE_UNSUPPORTED)
        return None
    if target is None or not target.live or not state.presence.reaches(warner, target):
        session.refuse(snac, CODE_OFFLINE)
        return None
    if not state.warnings.may_warn(warner.name, target.name):
        session.refuse(snac, CODE_DENIED)
        return None
    before = state.presence.warning(target)
    rise = RISE_ANONYMOUS if request.anonymous else RISE_IDENTIFIED
    target.warning = min(HIGHEST, before + rise)
    target.warned_at = state.clock()
    reply = EvilReply(target.warning - before, target.warning)
    session.reply(snac, ICBM.EVIL_REPLY, reply.to_bytes())
    who = None if request.anonymous else state.presence.info(warner)
    body = EvilNotification(target.warning, who).to_bytes()
    for instance in target.live:
        instance.notify(OSERVICE.EVIL_NOTIFICATION, body)
    state.presence.update_own(target)
    state.presence.update(target)
    return None


HANDLERS: Final = {ICBM.EVIL_REQUEST: warn}
