"""Everything that the sessions of one server share."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from Kamaelia.Protocol.MSN.Server.limits import Limits
from Kamaelia.Protocol.MSN.Server.state.addresses import Addresses
from Kamaelia.Protocol.MSN.Server.state.metrics import Metrics
from Kamaelia.Protocol.MSN.Server.state.rooms import Pass, Rooms
from Kamaelia.Protocol.MSN.Server.state.roster import Rosters
from Kamaelia.Protocol.MSN.Server.state.tickets import Tickets
from Kamaelia.Protocol.MSN.wire.challenge import make_challenge
from Kamaelia.Protocol.MSN.wire.signon import SUPPORTED
from Kamaelia.store.store import Store

if TYPE_CHECKING:
    from Kamaelia.Protocol.MSN.Server.notification import NotificationSession

__all__ = ["Address", "Connection", "ServerState", "Settings"]

Address = tuple[str, int]


class Connection(NamedTuple):
    """The two ends of a connection: (host, port) each."""

    peer: Address = ("127.0.0.1", 0)
    local: Address = ("127.0.0.1", 1863)


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator decides besides limits.

    Attributes:
        dialects: the numbers of those spoken.
        notification, switchboard: (host, port) to send clients to; None: the address
            at which the client that is told reaches us.
        passport: the sign-on address that the nexus names, with or without a scheme;
            None: this server, by the name that the request used.
        challenge: whether clients from MSNP6 on are asked to prove what they are.
        url: where clients can be had and read about.
    """

    dialects: tuple[int, ...] = tuple(SUPPORTED)
    notification: Address | None = None
    switchboard: Address | None = None
    passport: str | None = None
    challenge: bool = True
    url: str = "http://messenger.example.com/"


@dataclass
class ServerState:
    """Live sessions, rooms, tickets, limits; no I/O but through the store.

    Attributes:
        store: accounts and lists.
        clock: seconds that only go forward, for limits and time-outs.
        wall_clock: seconds since 1970.
        chance: a random number from 0 up to 1.
        make_challenge: the text of a new CHL.
        web: scheme and port of our web server, None: there is none.
        main_port: of notification server and switchboard, for the dispatch server.
        sessions: the notification session of each account that is signed on.
    """

    store: Store
    limits: Limits = field(default_factory=Limits)
    settings: Settings = field(default_factory=Settings)
    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time
    chance: Callable[[], float] = secrets.SystemRandom().random
    make_challenge: Callable[[], str] = make_challenge
    metrics: Metrics = field(default_factory=Metrics)
    web: tuple[str, int] | None = None
    main_port: int | None = None

    def __post_init__(self) -> None:
        limits = self.limits
        self.sessions: dict[str, NotificationSession] = {}
        self.rosters = Rosters(self.store)
        self.rooms = Rooms()
        self.addresses = Addresses(limits)
        self.tickets: Tickets[str] = Tickets(limits.ticket, limits.tickets)
        self.cookies: Tickets[Pass] = Tickets(limits.cookie, limits.tickets)
        self.rings: Tickets[Pass] = Tickets(limits.ring, limits.tickets)

    def notification_address(self, connection: Connection) -> Address:
        """Return where a peer finds the notification server."""
        host, port = connection.local
        return self.settings.notification or (host, self.main_port or port)

    def switchboard_address(self, connection: Connection) -> Address:
        """Return where a peer finds the switchboard."""
        host, port = connection.local
        return self.settings.switchboard or (host, self.main_port or port)

    def online(self, handle: str) -> "NotificationSession | None":
        """Return the session of who is signed on."""
        return self.sessions.get(handle)
