"""An OSCAR server by the book, for one user: what a client must get along with.

Written from the protocol's description, with bytes of its own where the description
gives them; it knows nothing of Kamaelia's server. Knobs make it misbehave.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from Axon.Component import component
from Axon.Ipc import producerFinished
from Kamaelia.Protocol.AIM.actions import Connect
from Kamaelia.Protocol.AIM.SNACExchange import FLAPMessage
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.tlv import TLVBlock

KEY = b"7350-2214"
STRONG = bytes.fromhex("82C45453D9FE592C7D53705ACA6FDD65")
WEAK = bytes.fromhex("54C1E2D90E04FF07E6A1B21FE1BD4DDC")
ROASTED = bytes.fromhex("8043E2B65CF2E2")
PASSWORD = "secret9"
COOKIE = b"\xc0\x0c\x1e" + bytes(253)

HELLO = FLAPMessage(1, b"\0\0\0\1")

RATES = bytes.fromhex(
    "0001"
    "0003 00000014 000013EC 00001388 00000FA0 00000BB8 00001770 00001770 00000000 00"
    "0003 0001 0004 0006"
)
OWN_INFO = bytes.fromhex("05416c69636500000001 0001 0002 0010")
BOB = bytes.fromhex("03426F620000 0002 0001 0002 0010 0003 0004 65000000")
BOB_AWAY = bytes.fromhex("03426F620000 0002 0001 0002 0030 0003 0004 65000000")
BOB_GONE = bytes.fromhex("03426F620000 0001 0001 0002 0000")
FEEDBAG = bytes.fromhex(
    "00 0004"
    "0000 0000 0000 0001 0006 00C8 0002 1001"
    "0007 42756464696573 1001 0000 0001 0006 00C8 0002 2A2A"
    "0003 626F62 1001 2A2A 0000 0009 0131 0005 426F626279"
    "0000 0000 7777 0004 0005 00CA 0001 04"
    "65000000"
)
FAMILIES = (1, 2, 3, 4, 9, 0x0A, 0x0B, 0x13, 0x15)


def tlv(tag: int, value: bytes) -> bytes:
    return tag.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value


def snac(
    family: int,
    subtype: int,
    body: bytes = b"",
    number: int = 0x80000000,
    flags: int = 0,
) -> FLAPMessage:
    head = b"".join(n.to_bytes(2, "big") for n in (family, subtype, flags))
    return FLAPMessage(2, head + number.to_bytes(4, "big") + body)


def doubles(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(2, "big") for number in numbers)


def error(family: int, code: int, number: int, more: bytes = b"") -> FLAPMessage:
    return snac(family, 1, doubles(code) + more, number)


@dataclass
class ScriptedServer:
    """What the server knows and how it behaves.

    Attributes:
        address: of BOS, as it goes into TLV 5.
        refusal: TLVs of SNAC (17, 03) instead of an address.
        silent_at: (family, subtype) of the request that it does not answer.
        closes_at: (family, subtype) at which it closes the connection.
        families: that it offers.
        answers: further answers: (family, subtype) -> function of (number, body).
        connections: every connection made.
    """

    address: bytes = b"10.0.0.5:5190"
    refusal: bytes = b""
    silent_at: tuple[int, int] = (0, 0)
    closes_at: tuple[int, int] = (0, 0)
    families: tuple[int, ...] = FAMILIES
    feedbag: bytes = FEEDBAG
    rates: bytes = RATES
    answers: dict[tuple[int, int], Callable[[int, bytes], list[FLAPMessage]]] = field(
        default_factory=dict
    )
    connections: list["ScriptedConnection"] = field(default_factory=list)

    def connect(self, at: Any = None) -> "ScriptedConnection":
        made = ScriptedConnection(self, at)
        self.connections.append(made)
        return made


class ScriptedConnection:
    """One connection to the server: frames in, frames out.

    Attributes:
        heard: (family, subtype) of every SNAC that the client sent.
        bodies: the last body of each.
        frames: every frame that the client sent.
        closed: whether the server closes the connection now.
    """

    def __init__(self, server: ScriptedServer, at: Connect | None) -> None:
        self.server = server
        self.at = at
        self.heard: list[tuple[int, int]] = []
        self.bodies: dict[tuple[int, int], bytes] = {}
        self.frames: list[tuple[int, bytes]] = []
        self.closed = False
        self.component: ScriptedComponent | None = None

    def opened(self) -> list[FLAPMessage]:
        if self.server.silent_at == (1, 0):
            return []
        return [HELLO]

    def receive(self, channel: int, payload: bytes) -> list[FLAPMessage]:
        self.frames.append((channel, payload))
        if channel == 1:
            return self._sign_on(payload)
        if channel != 2:
            self.closed = channel == 4
            return []
        came = SNAC.from_bytes(payload)
        kind = (came.header.family, came.header.subtype)
        self.heard.append(kind)
        self.bodies[kind] = came.body
        if kind == self.server.closes_at:
            self.closed = True
            return []
        if kind == self.server.silent_at:
            return []
        return self._answer(kind, came.header.request_id, came.body)

    def _sign_on(self, payload: bytes) -> list[FLAPMessage]:
        tlvs = TLVBlock.from_bytes(payload[4:])
        if tlvs.has(6):
            if tlvs.get(6) != COOKIE:
                self.closed = True
                return [FLAPMessage(4)]
            return [snac(1, 3, doubles(*self.server.families))]
        if not tlvs.has(1):
            return []
        self.closed = True
        right = tlvs.get(2) == ROASTED
        return [FLAPMessage(4, self._login(right))]

    def _login(self, right: bool) -> bytes:
        if self.server.refusal:
            return self.server.refusal
        if not right:
            url = tlv(4, b"http://x/pw")
            return tlv(1, b"alice") + url + tlv(8, doubles(5))
        return tlv(1, b"Alice") + tlv(5, self.server.address) + tlv(6, COOKIE)

    def _answer(
        self, kind: tuple[int, int], number: int, body: bytes
    ) -> list[FLAPMessage]:
        if kind in self.server.answers:
            return self.server.answers[kind](number, body)
        if kind == (0x17, 2):
            self.closed = True
            tlvs = TLVBlock.from_bytes(body)
            digest = STRONG if tlvs.has(0x4C) else WEAK
            reply = self._login(tlvs.get(0x25) == digest)
            return [snac(0x17, 3, reply, number), FLAPMessage(4)]
        found: dict[tuple[int, int], tuple[int, int, bytes]] = {
            (0x17, 6): (0x17, 7, doubles(len(KEY)) + KEY),
            (1, 0x17): (1, 0x18, body),
            (1, 6): (1, 7, self.server.rates),
            (1, 0x0E): (1, 0x0F, OWN_INFO),
            (2, 2): (2, 3, tlv(1, doubles(1024))),
            (3, 2): (3, 3, tlv(1, doubles(220))),
            (4, 4): (4, 5, bytes.fromhex("0005 00000003 0200 0384 03E7 000003E8")),
            (9, 2): (9, 3, tlv(1, doubles(200))),
            (0x13, 2): (0x13, 3, tlv(4, doubles(400, 61))),
            (0x13, 4): (0x13, 6, self.server.feedbag),
            (4, 0x10): (4, 0x17, b""),
            (4, 6): (4, 0x0C, body[: 11 + body[10]] if len(body) > 10 else b""),
        }
        if kind not in found:
            return []
        family, subtype, reply = found[kind]
        return [snac(family, subtype, reply, number)]


class ScriptedComponent(component):
    """A ScriptedConnection in place of an OSCARClient."""

    Inboxes = {
        "inbox": "frames from the client",
        "control": "",
        "push": "frames to send",
    }
    Outboxes = {"outbox": "frames for the client", "signal": ""}

    def __init__(self, connection: ScriptedConnection) -> None:
        super().__init__()
        self.connection = connection
        connection.component = self

    def main(self) -> Generator[int, None, None]:
        for frame in self.connection.opened():
            self.send(frame, "outbox")
        stop = None
        while stop is None and not self.connection.closed:
            for channel, payload in self.Inbox("inbox"):
                for frame in self.connection.receive(channel, payload):
                    self.send(frame, "outbox")
            for frame in self.Inbox("push"):
                self.send(frame, "outbox")
            stop = self.stopMessage()
            if stop is None and not self.connection.closed:
                self.pause()
                yield 1
        self.send(producerFinished(self), "signal")


def connector(server: ScriptedServer) -> Callable[[Connect], ScriptedComponent]:
    """Return what LoginHandler takes as its `connector`."""
    return lambda at: ScriptedComponent(server.connect(at))
