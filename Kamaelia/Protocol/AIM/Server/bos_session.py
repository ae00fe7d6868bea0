"""The connection that makes a user be there: BOS.

state      until                        then
handshake  SNAC (01, 02), ready         waiting, if the client has asked for its
                                        list and not activated it; else live
waiting    SNAC (13, 07), or 10 s       live
live       the connection ends          others see the user leave
"""

import logging
from typing import Final

from Kamaelia.Protocol.AIM.Server.session import Pending, Session
from Kamaelia.Protocol.AIM.Server.state.cookies import Ticket
from Kamaelia.Protocol.AIM.Server.state.instances import Instance
from Kamaelia.Protocol.AIM.Server.state.link import FLAPMessage, Link
from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.Server.state.users import User
from Kamaelia.Protocol.AIM.wire.bart import (
    BARTID,
    CLEARED,
    FLAG_CUSTOM,
    FLAG_KNOWN,
    FLAG_UNKNOWN,
    TYPE_ICON,
)
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_SIGNOFF
from Kamaelia.Protocol.AIM.wire.foodgroups import (
    ALERT,
    BART,
    BUDDY,
    FEEDBAG,
    ICBM,
    ICQ,
    INVITE,
    LOCATE,
    OSERVICE,
    PD,
    POPUP,
    STATS,
    USERLOOKUP,
)
from Kamaelia.Protocol.AIM.wire.login import SIGNOFF_ELSEWHERE, SignOff
from Kamaelia.Protocol.AIM.wire.packing import u16

__all__ = ["BOSSession", "sign_off_elsewhere"]

logger = logging.getLogger(__name__)

_FAMILIES: Final = tuple(
    group.FAMILY
    for group in (
        OSERVICE,
        LOCATE,
        BUDDY,
        ICBM,
        INVITE,
        POPUP,
        PD,
        USERLOOKUP,
        STATS,
        BART,
        FEEDBAG,
        ICQ,
        ALERT,
    )
)
_REPORT_HOURS: Final = 1200


def sign_off_elsewhere(instance: Instance) -> None:
    """End a session because its name signs on somewhere else."""
    payload = SignOff.make(SIGNOFF_ELSEWHERE).to_bytes()
    if instance.old:
        instance.link.send(FLAPMessage(CHANNEL_SIGNOFF, b"", short=True))
    else:
        instance.link.send(FLAPMessage(CHANNEL_SIGNOFF, payload))
    instance.link.close("elsewhere")


class BOSSession(Session):
    """A connection to BOS.

    Attributes:
        instance: what this session has set.
        asked_for_list: the client has asked for its feedbag.
        list_used: it has activated it, or sent its own list.
        collected: it has asked for stored messages.
        live_by: monotonic time at which it goes live without having activated its
            list; None if it isn't waiting.
        heard_from: how many messages of whom it got that may still be warned for.
    """

    def __init__(
        self, state: ServerState, link: Link, user: User, ticket: Ticket
    ) -> None:
        super().__init__(state, link, user, ticket, _FAMILIES)
        taken = {instance.number for instance in user.instances}
        number = next(n for n in range(1, len(taken) + 2) if n not in taken)
        self.instance = Instance(link, ticket.identity, number, old=ticket.old)
        user.instances.append(self.instance)
        self.asked_for_list = False
        self.list_used = False
        self.collected = False
        self.live_by: float | None = None

    def become_ready(self) -> Pending:
        """Go live, or wait until the list is activated."""
        if not self.ready:
            self.ready = True
            if self.asked_for_list and not self.list_used:
                grace = self.state.limits.list_grace_seconds
                self.live_by = self.state.clock() + grace
            else:
                self.go_live()
        return None

    def use_list(self) -> None:
        """Note that the list is active; go live if the client is ready."""
        self.list_used = True
        if self.ready:
            self.go_live()

    def go_live(self) -> None:
        """Be there: others see the user, messages come."""
        if self.instance.live:
            return
        self.live_by = None
        presence, was_live = self.state.presence, bool(self.user.live)
        with presence.change(self.user, lists=False):
            self.instance.live = True
        if was_live:
            presence.welcome(self.user, self.instance)
        self.notify(STATS.SET_MIN_REPORT_INTERVAL, u16(_REPORT_HOURS))
        if not self.has_icon():
            self.tell_of_icon()
        logger.info("online", extra={"user": self.user.name})

    def has_icon(self) -> bool:
        """Return whether the server can show the user's icon, or there is none."""
        icon = self.user.icon
        return icon in (b"", CLEARED) or self.state.art.get(icon) is not None

    def tell_of_icon(self) -> None:
        """Say that the server knows the user's icon, or wants to have it uploaded."""
        flags = FLAG_KNOWN if self.user.icon == CLEARED else FLAG_CUSTOM
        flags |= 0 if self.has_icon() else FLAG_UNKNOWN
        icon = BARTID(TYPE_ICON, flags, self.user.icon)
        self.notify(OSERVICE.BART_REPLY, icon.to_bytes())

    def end(self) -> None:
        """Be gone; with the last session of a name its other connections end, too."""
        user, state = self.user, self.state
        if self.instance not in user.instances:
            return
        with state.presence.change(user):
            self.instance.live = False
            user.instances.remove(self.instance)
        if user.live:
            state.presence.update(user)
        if not user.instances:
            state.users.remove(user)
            for link in list(user.services):
                link.close("user left")
        logger.info("offline", extra={"user": user.name})
