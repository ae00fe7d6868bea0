"""What a sign-on hands on: who is online, and how fast it may send."""

from dataclasses import dataclass, field

from Kamaelia.Protocol.AIM.actions import Connect
from Kamaelia.Protocol.AIM.pacing import RateKeeper
from Kamaelia.Protocol.AIM.requests import RequestTable

__all__ = ["Session"]


@dataclass(slots=True)
class Session:
    """A session, from sign-on to sign-off, perhaps over several connections.

    Attributes:
        screen_name: in the form its owner gave it, once the server has told.
        families: that the server offers.
        requests: numbers the SNACs.
        rates: what waits to be sent, payloads of FLAP channel 2.
        at: the connection to BOS.
    """

    screen_name: str = ""
    families: tuple[int, ...] = ()
    requests: RequestTable = field(default_factory=RequestTable)
    rates: RateKeeper[bytes] = field(default_factory=RateKeeper)
    at: Connect | None = None
