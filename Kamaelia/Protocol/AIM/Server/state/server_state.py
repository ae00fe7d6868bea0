"""Everything the connections of one server share."""

import time
from collections.abc import Callable

from Kamaelia.Protocol.AIM.Server.state.admission import Admission
from Kamaelia.Protocol.AIM.Server.state.art import Art
from Kamaelia.Protocol.AIM.Server.state.cookies import CookieJar
from Kamaelia.Protocol.AIM.Server.state.limits import Limits
from Kamaelia.Protocol.AIM.Server.state.link import Link
from Kamaelia.Protocol.AIM.Server.state.metrics import Metrics
from Kamaelia.Protocol.AIM.Server.state.presence import Presence
from Kamaelia.Protocol.AIM.Server.state.rooms import Rooms
from Kamaelia.Protocol.AIM.Server.state.users import Users
from Kamaelia.Protocol.AIM.Server.state.warnings import Warnings
from Kamaelia.Protocol.AIM.wire.rates import AOL_CLASSES, RateClass
from Kamaelia.store.store import Store

__all__ = ["ServerState"]


class ServerState:
    """What sessions talk to instead of to each other.

    Args:
        store: accounts and what they own.
        limits: what is allowed.
        advertise: `host` or `host:port` that clients are sent to for BOS and other
            services; None for the address that they connected to.
        rates: the rate classes, ids 1 to 5.
        clock: monotonic time in seconds.
        now: Unix time.
        motd: message of the day; clients get an empty one otherwise.

    Attributes:
        users: who is signed on.
        presence: who sees whom.
        cookies: the sign-ons on their way from the authorizer.
        rooms: chat rooms.
        art: icons.
        admission: connections and tries.
        warnings: who may warn whom.
        metrics: counts.
        open: every connection, and what tells its client that the server ends.
        closing: the server is being shut down.
    """

    def __init__(
        self,
        store: Store,
        limits: Limits | None = None,
        *,
        advertise: str | None = None,
        rates: tuple[RateClass, ...] = AOL_CLASSES,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        motd: str = "",
    ) -> None:
        self.store = store
        self.limits = limits or Limits()
        self.advertise = advertise
        self.rates = rates
        self.clock = clock
        self.now = now
        self.motd = motd
        self.users = Users()
        self.presence = Presence(self.users, clock)
        self.cookies = CookieJar(self.limits.cookie_seconds, clock)
        self.rooms = Rooms(self.limits, now)
        self.art = Art(self.limits.art_bytes, store.aim)
        self.admission = Admission(self.limits, clock)
        self.warnings = Warnings(clock)
        self.metrics = Metrics()
        self.open: dict[Link, Callable[[], None]] = {}
        self.closing = False

    def address(self, link: Link) -> str:
        """Return where the client of a connection finds the other services."""
        local = link.ends
        host = self.advertise or local.local
        if host.count(":") == 1:
            return host
        bare = host.strip("[]")
        return (
            f"[{bare}]:{local.local_port}"
            if ":" in bare
            else (f"{bare}:{local.local_port}")
        )

    def shut_down(self) -> None:
        """Tell every client that the server ends, and close the connections."""
        self.closing = True
        for tell in list(self.open.values()):
            tell()
