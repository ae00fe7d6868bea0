"""A server by script, for the tests beside this module: lines in, lines out."""

from typing import Any

from Axon.testing import FakeClock, Probe, QuietScheduler
from Kamaelia.Protocol.MSN.Connection import MSNStack
from Kamaelia.Protocol.MSN.EventBase import MSNEventBase
from Kamaelia.Protocol.MSN.NotificationClient import MSNNotificationClient
from Kamaelia.Protocol.MSN.SwitchboardClient import MSNSwitchboardClient

ALICE = "alice@example.com"
BOB = "bob@example.com"
CAROL = "carol@example.org"
SALT = "1146959437.186590"
PASSWORD = "s3cret-Pass"
TICKET = "t=abc&p=xyz"
CHALLENGE = "ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1"


async def ticket(handle: str, password: str, challenge: str) -> str:
    """Stand in for Passport."""
    assert (handle, password, challenge) == (ALICE, PASSWORD, CHALLENGE)
    return TICKET


class Server:
    """The server's end of a client's connection.

    `said` returns what the client has sent since, as text.
    """

    def __init__(
        self, client: Any, scheduler: QuietScheduler | None = None, cut: int = 0
    ) -> None:
        self.client = client
        self.cut = cut
        self.probe = Probe(MSNStack(client), FakeClock(), scheduler)
        self.probe.settle()

    def say(self, *lines: str) -> None:
        """Send lines, with the line ends that they lack."""
        self.send("".join(line + "\r\n" for line in lines).encode())

    def send(self, data: bytes) -> None:
        """Send bytes, cut into pieces of `cut` if that is set."""
        size = self.cut or max(len(data), 1)
        for start in range(0, len(data), size):
            self.probe.deliver(data[start : start + size])

    def message(self, handle: str, name: str, payload: bytes) -> None:
        """Send MSG."""
        self.send(f"MSG {handle} {name} {len(payload)}\r\n".encode() + payload)

    def said(self) -> list[str]:
        """Return the client's lines since; a payload follows its line."""
        data = b"".join(self.probe.take("outbox")).decode()
        return data.removesuffix("\r\n").split("\r\n") if data else []

    def bytes(self) -> bytes:
        """Return the client's bytes since."""
        return b"".join(self.probe.take("outbox"))

    def heard(self, kind: type | None = None) -> list[Any]:
        """Return the events since, of one kind."""
        found = self.probe.take("heard")
        return [event for event in found if kind is None or isinstance(event, kind)]

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.probe.advance(seconds)

    @property
    def ended(self) -> bool:
        """Whether the client's graph has ended."""
        return self.probe.ended


def notification(
    version: int = 8, kind: type[MSNEventBase] = MSNNotificationClient, **argd: Any
) -> Server:
    """Return a server to whom a client has said VER."""
    settings: dict[str, Any] = {
        "userHandle": ALICE,
        "password": PASSWORD,
        "passport": ticket,
        "versions": range(2, version + 1),
    }
    return Server(kind(**(settings | argd)))


def signed_on(version: int = 8, sync: bool = False, **argd: Any) -> Server:
    """Return a server to whom a client has signed on; its last TrID is 4.

    Without `sync` the client doesn't ask for its list.
    """
    server = notification(version, sync=sync, **argd)
    server.say(f"VER 1 MSNP{version}")
    if version < 8:
        server.say("INF 2 MD5", f"USR 3 MD5 S {SALT}")
    else:
        server.say("CVR 2 1 1 1 http://x/ http://x/", f"USR 3 TWN S {CHALLENGE}")
    names = {10: "1 0", 8: "Alice%20Liddell 1 0", 6: "Alice%20Liddell 1"}
    rest = next((text for least, text in names.items() if version >= least), "Alice")
    server.say(f"USR 4 OK {ALICE} {rest}")
    if not sync:
        server.said()
        server.heard()
    return server


def conversation(entered: bool = True, **argd: Any) -> Server:
    """Return a switchboard that has let a client in; its last TrID is 1."""
    settings: dict[str, Any] = {"userHandle": ALICE, "key": "c1"}
    server = Server(MSNSwitchboardClient(**(settings | argd)))
    if entered:
        server.say(f"USR 1 OK {ALICE} Alice")
        server.said()
        server.heard()
    return server


def joined(**argd: Any) -> Server:
    """Return a switchboard where a client is with Bob; its last TrID is 2."""
    server = conversation(**argd)
    server.client.inviteUser(BOB)
    server.say("CAL 2 RINGING 40217731", f"JOI {BOB} Bob")
    server.said()
    server.heard()
    return server
