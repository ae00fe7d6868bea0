"""From a cookie to "online": the conversation with BOS. Does no I/O.

    stage              waits for            then
    greeting           channel 1            (our frame with the cookie has gone out)
    services           (01, 03)             (01, 17) versions
    versions           (01, 18)             (01, 06)
    rates              (01, 07)             (01, 08), and asks for all rights at once
    rights             every answer         sets itself up, (01, 02) ready

Rights are asked of the families that the server offers; an error counts as an answer.
A server that says "pause" (01, 0B) gets nothing more until it says "resume", or sends
us elsewhere (01, 12).

Source: AOL's published OSCAR specification; the order is libpurple's.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from Kamaelia.Protocol.AIM.actions import Action, SendFLAP, SendSNAC, SignedOn
from Kamaelia.Protocol.AIM.requests import RequestTable, SNACMessage
from Kamaelia.Protocol.AIM.stored_mail import request_for
from Kamaelia.Protocol.AIM.wire import caps
from Kamaelia.Protocol.AIM.wire.buddy import names_to_bytes
from Kamaelia.Protocol.AIM.wire.client_identity import ClientIdentity
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_SIGNON
from Kamaelia.Protocol.AIM.wire.foodgroups import (
    BUDDY,
    FEEDBAG,
    ICBM,
    ICQ,
    LOCATE,
    OSERVICE,
    PD,
    SNACType,
)
from Kamaelia.Protocol.AIM.wire.icbm_control import ICBMFlag, ICBMParameters
from Kamaelia.Protocol.AIM.wire.locate import SetInfo
from Kamaelia.Protocol.AIM.wire.login import SignOn
from Kamaelia.Protocol.AIM.wire.oservice import (
    CLIENT_VERSIONS,
    ClientOnline,
    FamilyVersion,
    RateParams,
    ToolVersion,
    Versions,
    numbers_to_bytes,
    read_numbers,
)
from Kamaelia.Protocol.AIM.wire.own_info import IdleNotification, SetUserInfo
from Kamaelia.Protocol.AIM.wire.screen_name import is_uin
from Kamaelia.Protocol.AIM.wire.user_info import (
    STATUS_DC_DISABLED,
    STATUS_ONLINE,
    UserInfo,
)

__all__ = ["ANSWERS", "CAPABILITIES", "QUESTIONS", "Handshake"]

CAPABILITIES: Final = (caps.SHORT_CAPS, caps.UNICODE, caps.INTEROPERATE, caps.TYPING)
"""What this client can do."""

QUESTIONS: Final = (
    OSERVICE.USER_INFO_QUERY,
    FEEDBAG.RIGHTS_QUERY,
    FEEDBAG.QUERY,
    LOCATE.RIGHTS_QUERY,
    BUDDY.RIGHTS_QUERY,
    ICBM.PARAMETER_QUERY,
    PD.RIGHTS_QUERY,
)
"""What is asked of the families that the server offers, all at once."""
ANSWERS: Final = {
    OSERVICE.USER_INFO_UPDATE: OSERVICE.USER_INFO_QUERY,
    FEEDBAG.RIGHTS_REPLY: FEEDBAG.RIGHTS_QUERY,
    FEEDBAG.REPLY: FEEDBAG.QUERY,
    FEEDBAG.REPLY_NOT_MODIFIED: FEEDBAG.QUERY,
    LOCATE.RIGHTS_REPLY: LOCATE.RIGHTS_QUERY,
    BUDDY.RIGHTS_REPLY: BUDDY.RIGHTS_QUERY,
    ICBM.PARAMETER_REPLY: ICBM.PARAMETER_QUERY,
    PD.RIGHTS_REPLY: PD.RIGHTS_QUERY,
}
"""Answer -> question."""
_STATUS: Final = STATUS_DC_DISABLED | STATUS_ONLINE
_TAKEN: Final = (
    ICBMFlag.MESSAGES | ICBMFlag.MISSED_CALLS | ICBMFlag.EVENTS | ICBMFlag.OFFLINE
)


class Handshake:
    """Go online at BOS.

    Args:
        cookie: from the authorizer.
        screen_name: of the account.
        identity: which program signs on.
        requests: numbers the SNACs.
        buddies: to watch besides those on the server's list.
        profile: HTML, None to leave the one that is set.
        capabilities: to announce.
        version: of FLAP.
        versions: of the families, and of the program's part for each.

    Attributes:
        stage: what is waited for, in a few words.
        families: that the server offers.
        parameters: the server's limits for messages.
        screen_name: as the server writes it, once it has.
    """

    def __init__(
        self,
        cookie: bytes,
        screen_name: str,
        identity: ClientIdentity,
        requests: RequestTable,
        *,
        buddies: Iterable[str] = (),
        profile: str | None = None,
        capabilities: Iterable[UUID] = CAPABILITIES,
        version: int = 1,
        versions: Iterable[ToolVersion] = CLIENT_VERSIONS,
    ) -> None:
        self._cookie = cookie
        self._identity = identity
        self._requests = requests
        self._buddies = tuple(buddies)
        self._profile = profile
        self._capabilities = tuple(capabilities)
        self._version = version
        self._versions = tuple(versions)
        self._unanswered: set[SNACType] = set()
        self.parameters = ICBMParameters()
        self._paused = False
        self._held: list[Action] = []
        self._name = self.screen_name = screen_name
        self.families: tuple[int, ...] = ()
        self.stage = "the greeting of the service"

    def start(self) -> list[Action]:
        """Return what to send first."""
        tlvs = SignOn.with_cookie(self._cookie, self._identity).tlvs
        return [SendFLAP(CHANNEL_SIGNON, SignOn(self._version, tlvs).to_bytes())]

    def greeted(self) -> list[Action]:
        """Return what to do when the server's sign-on frame has come."""
        if "greeting" in self.stage:
            self.stage = "the list of services"
        return []

    def receive(self, snac: SNACMessage) -> list[Action]:
        """Return what to do about a SNAC.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        header, body = snac
        request = self._requests.answered(header)
        if request is not None and header.is_error:
            return self._tick(request.type)
        if header.type == OSERVICE.HOST_ONLINE:
            return self._go("the versions of services", self._choose(body))
        if header.type == OSERVICE.HOST_VERSIONS:
            query = self._ask(OSERVICE.RATE_PARAMS_QUERY)
            return self._go("the rate limits", [query])
        if header.type == OSERVICE.RATE_PARAMS_REPLY:
            return self._go("rights and the buddy list", self._questions(body))
        if header.type == OSERVICE.PAUSE_REQ:
            self._paused = True
            families = numbers_to_bytes(self.families)
            return [self._ask(OSERVICE.PAUSE_ACK, families)]
        if header.type == OSERVICE.RESUME:
            self._paused = False
            held, self._held = self._held, []
            return held
        return self._learn(snac)

    def _ask(self, kind: SNACType, body: bytes = b"") -> SendSNAC:
        return SendSNAC(kind, body, self._requests.add(kind))

    def _go(self, stage: str, actions: list[Action]) -> list[Action]:
        """Wait for something else now, and do this, unless the server said pause."""
        self.stage = stage
        if not self._paused:
            return actions
        self._held += actions
        return []

    def _choose(self, body: bytes) -> list[Action]:
        """Return our versions of the families that the server offers."""
        self.families = tuple(dict.fromkeys((OSERVICE.FAMILY, *read_numbers(body))))
        pairs = tuple(
            FamilyVersion(tool.family, tool.version)
            for tool in self._versions
            if tool.family in self.families
        )
        return [self._ask(OSERVICE.CLIENT_VERSIONS, Versions(pairs).to_bytes())]

    def _questions(self, body: bytes) -> list[Action]:
        """Return the subscription to all rate classes, and every question."""
        rates = RateParams.from_bytes(body)
        ids = numbers_to_bytes(rate.id for rate in rates.classes)
        offered = [kind for kind in QUESTIONS if kind.family in self.families]
        self._unanswered.update(offered)
        return [
            self._ask(OSERVICE.RATE_PARAMS_SUB_ADD, ids),
            *(self._ask(kind) for kind in offered),
        ]

    def _learn(self, snac: SNACMessage) -> list[Action]:
        """Note what an answer says; act when it was the last."""
        header, body = snac
        if header.type == OSERVICE.USER_INFO_UPDATE:
            self.screen_name = UserInfo.from_bytes(body).screen_name
        elif header.type == ICBM.PARAMETER_REPLY:
            self.parameters = ICBMParameters.from_bytes(body)
        if header.more or header.type not in ANSWERS:
            return []
        return self._tick(ANSWERS[header.type])

    def _tick(self, kind: SNACType) -> list[Action]:
        """Cross off a question; return what comes after the last."""
        if kind not in self._unanswered:
            return []
        self._unanswered.discard(kind)
        if self._unanswered:
            return []
        return self._go("", [*self.set_up(), SignedOn(self.screen_name)])

    def set_up(self) -> list[Action]:
        """Return what makes a session of the connection."""
        families = self.families
        ready = tuple(tool for tool in self._versions if tool.family in families)
        wanted: list[tuple[SNACType, bytes]] = [
            (LOCATE.SET_INFO, self._info().to_bytes()),
            (ICBM.ADD_PARAMETERS, self._wanted().to_bytes()),
            (OSERVICE.SET_USERINFO_FIELDS, SetUserInfo.make(_STATUS).to_bytes()),
        ]
        if FEEDBAG.FAMILY in families:
            wanted.append((FEEDBAG.USE, b""))
        if self._buddies or FEEDBAG.FAMILY not in families:
            wanted.append((BUDDY.ADD_BUDDIES, names_to_bytes(self._buddies)))
        wanted += [
            (OSERVICE.IDLE_NOTIFICATION, IdleNotification(0).to_bytes()),
            (OSERVICE.CLIENT_ONLINE, ClientOnline(ready).to_bytes()),
            self._retrieval(),
        ]
        return [
            self._ask(kind, body) for kind, body in wanted if kind.family in families
        ]

    def _retrieval(self) -> tuple[SNACType, bytes]:
        """Return what asks for stored messages, as AIM or ICQ clients do it."""
        if is_uin(self._name) and ICQ.FAMILY in self.families:
            return ICQ.DB_QUERY, request_for(self._name)
        return ICBM.OFFLINE_RETRIEVE, b""

    def _info(self) -> SetInfo:
        return SetInfo.make(profile=self._profile, caps=self._capabilities)

    def _wanted(self) -> ICBMParameters:
        """Return what messages we take: the server's limits, of all channels."""
        given = self.parameters
        return ICBMParameters(
            0, _TAKEN, 8000, given.max_sender_warning, given.max_own_warning, 0
        )
