"""One session of a user: what its client has set, and the way to send to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from Kamaelia.Protocol.AIM.Server.state.link import FLAPMessage, Link
from Kamaelia.Protocol.AIM.wire.bart import BARTID
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA
from Kamaelia.Protocol.AIM.wire.icbm_control import ICBMFlag, ICBMParameters
from Kamaelia.Protocol.AIM.wire.login import ClientIdentity
from Kamaelia.Protocol.AIM.wire.pd import PDMode
from Kamaelia.Protocol.AIM.wire.snac import SERVER_REQUEST, SNAC
from Kamaelia.Protocol.AIM.wire.tlv import TLV
from Kamaelia.Protocol.AIM.wire.user_info import (
    STATUS_AWAY,
    STATUS_DND,
    STATUS_INVISIBLE,
    STATUS_NA,
    STATUS_OCCUPIED,
    DirectInfo,
)

__all__ = ["Instance", "LocalLists", "notice"]

_BUSY = STATUS_AWAY | STATUS_DND | STATUS_NA | STATUS_OCCUPIED


def notice(kind: tuple[int, int], body: bytes = b"") -> FLAPMessage:
    """Return the frame of a SNAC that nobody asked for."""
    snac = SNAC.make(kind, body, request_id=SERVER_REQUEST)
    return FLAPMessage(CHANNEL_DATA, snac.to_bytes())


@dataclass(slots=True)
class LocalLists:
    """Permits and denies of a client without a feedbag; names in ident form."""

    mode: PDMode = PDMode.PERMIT_ALL
    permit: set[str] = field(default_factory=set)
    deny: set[str] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Instance:
    """One session of a user on BOS.

    Attributes:
        link: its connection.
        identity: which program it is.
        number: 1 for the first of the name.
        live: the client is ready; others see it and messages come.
        locate: profile, away message and capabilities: TLVs of SNAC (02, 04).
        idle_since: monotonic time in seconds, None when active.
        status: status word.
        barts: available message and the like.
        direct: of ICQ clients.
        parameters: of messages.
        buddies: names watched without a feedbag, ident form.
        lists: permits and denies set without a feedbag, None if never set.
        privacy_flags: 1 others may see for how long one is idle.
        old: signed on as AIM 1 to 4 do.
        oservice: the version of family 1 that its client speaks.
    """

    link: Link
    identity: ClientIdentity = field(default_factory=ClientIdentity)
    number: int = 1
    live: bool = False
    locate: dict[int, TLV] = field(default_factory=dict)
    idle_since: float | None = None
    status: int = 0
    barts: tuple[BARTID, ...] = ()
    direct: DirectInfo | None = None
    parameters: ICBMParameters = field(
        default_factory=lambda: ICBMParameters(flags=ICBMFlag.MESSAGES)
    )
    buddies: set[str] = field(default_factory=set)
    lists: LocalLists | None = None
    privacy_flags: int = 3
    old: bool = False
    oservice: int = 1

    @property
    def away(self) -> bool:
        """Whether an away message is set."""
        tlv = self.locate.get(0x04)
        return tlv is not None and bool(tlv.value)

    @property
    def busy(self) -> bool:
        """Whether nobody is likely to sit there: messages go elsewhere first."""
        return self.away or self.idle_since is not None or bool(self.status & _BUSY)

    @property
    def invisible(self) -> bool:
        """Whether its user doesn't want to be seen."""
        return bool(self.status & STATUS_INVISIBLE)

    def notify(self, kind: tuple[int, int], body: bytes = b"") -> None:
        """Send a SNAC that the client didn't ask for."""
        self.link.send(notice(kind, body))

    def set_locate(self, tlvs: Iterable[TLV]) -> None:
        """Take over what SNAC (02, 04) sets."""
        for tlv in tlvs:
            if 0x01 <= tlv.tag <= 0x06:
                self.locate[tlv.tag] = tlv
