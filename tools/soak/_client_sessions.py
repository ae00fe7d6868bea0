"""Our clients, each told spoiled things by a server, without sockets."""

import io
import random
from collections.abc import Callable
from typing import Any

from Axon.testing import FakeClock, Probe, QuietScheduler
from Kamaelia.Protocol.AIM.ChatManager import ChatManager
from Kamaelia.Protocol.AIM.LoginHandler import LoginHandler
from Kamaelia.Protocol.AIM.OSCARProtocol import OSCARProtocol
from Kamaelia.Protocol.AIM.SNACExchange import FLAPMessage
from Kamaelia.Protocol.MSN.Connection import MSNStack
from Kamaelia.Protocol.MSN.FileTransfer import MSNFileReceive, MSNFileSend
from Kamaelia.Protocol.MSN.NotificationClient import MSNNotificationClient
from Kamaelia.Protocol.MSN.SwitchboardClient import MSNSwitchboardClient
from Kamaelia.Util.NullSink import nullSinkComponent
from tools.soak.mutate import mutate
from tools.soak.targets import aim_frames, aim_streams, msn_streams

__all__ = ["ClientSessions"]

TURN = 200  # inputs for one client
SIGN_ON = 4  # the kind that signs on with MSNP8 to MSNP12
ME, BOB, CAROL = "alice@example.com", "bob@example.com", "carol@example.org"
CHALLENGE = "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1"
TEXT = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nHi"
INVITATION = (
    "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n"
    "Application-Name: File Transfer\r\nInvitation-Command: INVITE\r\n"
    "Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n"
    "Invitation-Cookie: 33267\r\nApplication-File: a.txt\r\n"
    "Application-FileSize: 5\r\n\r\n"
)
NOTIFICATION = [
    line.encode()
    for some in (
        "VER 1 MSNP12 CVR0\r\n|CVR 2 1 1 1 http://x/ http://x/\r\n",
        f"USR 3 TWN S {CHALLENGE}\r\n|USR 4 OK {ME} Alice 1 0\r\n|SYN 5 1 1 2 1\r\n",
        "SYN 5 14 2 1\r\n|GTC A\r\n|BLP AL\r\n|PRP MFN Alice\r\n|LSG 0 Friends 0\r\n",
        f"LST {BOB} Bob 11 0\r\n|LST N={BOB} F=Bob C=1111-2 11 333-4\r\n|ADD 0 RL 12 "
        f"{CAROL} Carol\r\n|ADC 0 RL N={CAROL} F=Carol\r\n|REM 0 RL 13 {CAROL}\r\n",
        f"ILN 6 NLN {BOB} Bob 268435492\r\n|NLN AWY {BOB} Bob 1 %3Cmsnobj%2F%3E\r\n",
        f"FLN {BOB}\r\n|CHL 0 15570131571988941333\r\n|QRY 7\r\n|QNG 50\r\n",
        f"OUT OTH\r\n|UBX {BOB} 33\r\n<Data><PSM>Hello</PSM><x/></Data>|"
        "XFR 8 SB 127.0.0.1:1863 CKI 17262740.1050826919.32308\r\n|"
        "XFR 8 NS 127.0.0.1:1863 0 127.0.0.1:1\r\n",
        f"RNG 11752013 127.0.0.1:1863 CKI 849102291.520491113 {BOB} Bob\r\n|207 5\r\n",
        f"MSG Hotmail Hotmail {len(TEXT)}\r\n{TEXT}|NOT 10\r\n<a>bcdef</|911 4\r\n",
    )
    for line in some.split("|")
]
SWITCHBOARD = [
    line.encode()
    for some in (
        f"USR 1 OK {ME} Alice\r\n|CAL 2 RINGING 11752013\r\n|JOI {BOB} Bob 1\r\n",
        f"IRO 1 1 1 {BOB} Bob\r\n|ANS 1 OK\r\n|BYE {BOB}\r\n|BYE {BOB} 1\r\n|ACK 3\r\n",
        f"NAK 3\r\n|217 2\r\n|MSG {BOB} Bob {len(TEXT)}\r\n{TEXT}",
        f"MSG {BOB} Bob {len(INVITATION)}\r\n{INVITATION}",
    )
    for line in some.split("|")
]
FILE_LINES = [
    b"VER MSNFTP\r\n",
    b"USR bob@example.com 93301\r\n",
    b"FIL 5\r\n",
    b"TFR\r\n\0\5\0hello",
    b"\0\5\0hello\1\0\0",
    b"BYE 16777989\r\n",
    b"CCL\r\n",
]


async def _ticket(handle: str, password: str, challenge: str) -> str:
    """Stand in for Passport."""
    return "t=abc&p=xyz"


class Kind:
    """A client that is told things.

    Args:
        make: makes the component.
        seeds: good inputs; spoiled ones are delivered to `inbox`.
        prepare: inputs with which some of them begin, as they are.
        wrap: makes a message of an input.
    """

    def __init__(
        self,
        make: Callable[[], Any],
        seeds: list[bytes],
        prepare: list[bytes] | None = None,
        wrap: Callable[[bytes], Any] = bytes,
    ) -> None:
        self.make = make
        self.seeds = seeds
        self.prepare = prepare or []
        self.wrap = wrap


def _frame(data: bytes) -> FLAPMessage:
    """Return a SNAC's bytes as a message."""
    return FLAPMessage(2, data)


def _reply(data: bytes) -> FLAPMessage:
    """Return a SNAC's bytes as an answer to one of the first requests."""
    if len(data) == 4:
        return FLAPMessage(1, data)
    return FLAPMessage(2, data[:6] + bytes((0, 0, 0, 1 + len(data) % 8)) + data[10:])


def _kinds() -> list[Kind]:
    """Return every client that is tried."""
    frames = [frame.payload for frame in aim_frames()]
    recorded = msn_streams()
    notification, switchboard = NOTIFICATION + recorded, SWITCHBOARD + recorded

    def sign_on(versions: range) -> Callable[[], Any]:
        return lambda: MSNStack(
            MSNNotificationClient(
                userHandle=ME, password="pw", passport=_ticket, versions=versions
            )
        )

    def talk() -> Any:
        return MSNStack(MSNSwitchboardClient(userHandle=ME, key="c1"))

    def receive() -> Any:
        return MSNFileReceive(93301, BOB, io.BytesIO(), fileSize=5)

    def send() -> Any:
        return MSNFileSend(io.BytesIO(b"hello"), BOB, auth=93301)

    def log_in() -> Any:
        return LoginHandler("alice", "pw", connector=lambda at: nullSinkComponent())

    return [
        Kind(OSCARProtocol, aim_streams()),
        Kind(ChatManager, frames, wrap=_frame),
        Kind(log_in, frames, [b"\0\0\0\1"], _reply),
        Kind(sign_on(range(2, 8)), notification),
        Kind(sign_on(range(8, 13)), notification, NOTIFICATION[:4]),
        Kind(sign_on(range(8, 11)), notification, NOTIFICATION[:4]),
        Kind(talk, switchboard, SWITCHBOARD[:1]),
        Kind(receive, FILE_LINES),
        Kind(send, FILE_LINES),
    ]


class ClientSessions:
    """Every kind of client in turn.

    Attributes:
        name: for people.
    """

    name = "clients"

    def __init__(self) -> None:
        self._kinds = _kinds()
        self._scheduler = QuietScheduler(FakeClock())
        self._probe: Probe | None = None
        self._left = 0
        self._number = 0

    async def start(self) -> None:
        """Do nothing: each client begins when it is its turn."""

    async def attack(self, chance: random.Random) -> bool:
        """Tell a client one spoiled thing; return whether it has ended."""
        if self._probe is None:
            self._kind = self._kinds[self._number % len(self._kinds)]
            self._number += 1
            self._probe = Probe(self._kind.make(), scheduler=self._scheduler)
            self._left = TURN
            if chance.random() < 0.8:
                for line in self._kind.prepare:
                    self._tell(line)
        self._tell(mutate(self._kind.seeds, chance, 8_000))
        self._left -= 1
        ended = self._probe.ended
        if ended or self._left <= 0:
            self._probe.close()
            self._probe = None
            self._scheduler.settle()
        return ended

    def _tell(self, data: bytes) -> None:
        """Deliver something; what is heard and said is dropped."""
        probe = self._probe
        assert probe is not None
        if not probe.ended:
            probe.deliver(self._kind.wrap(data), "inbox")
        for box in list(probe._boxes):
            probe.take(box)

    async def check(self, number: int) -> None:
        """See that a new client signs on.

        Raises:
            AssertionError: it doesn't.
        """
        probe = Probe(self._kinds[SIGN_ON].make(), scheduler=self._scheduler)
        for line in NOTIFICATION[:4]:
            probe.deliver(line, "inbox")
        said = b"".join(probe.take("outbox"))
        assert b"USR" in said, f"a client does not sign on: {said!r}"
        probe.close()
        self._scheduler.settle()

    def close(self) -> None:
        """End everything."""
        self._scheduler.close()
