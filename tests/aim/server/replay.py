"""Play the clients' sides of a recording against our server.

What the recorded server chose, and what follows from it, is substituted as the client
would: keys and digests, cookies. (Our rooms are called as the recorded ones were.)
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA, CHANNEL_SIGNON
from Kamaelia.Protocol.AIM.wire.foodgroups import BUCP, OSERVICE
from Kamaelia.Protocol.AIM.wire.login import ChallengeReply
from Kamaelia.Protocol.AIM.wire.password import strong_digest
from Kamaelia.Protocol.AIM.wire.snac import SERVER_REQUEST, SNAC
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from tests.aim.server.clients import Clock, MemoryClient
from tests.helpers.pcap import capture_path, load_flows

PASSWORDS = {"alice": "alicepw1", "bob": "bobpw1"}
COOKIE = 0x06


@dataclass(frozen=True)
class Frame:
    """One recorded frame."""

    stream: int
    from_client: bool
    time: float
    channel: int
    payload: bytes


@dataclass
class Stream:
    """One connection.

    Attributes:
        recorded: the SNACs of the recorded server.
        answered: those of ours.
        client: the connection to ours.
    """

    recorded: list[SNAC] = field(default_factory=list)
    answered: list[SNAC] = field(default_factory=list)
    client: MemoryClient | None = None

    def hear(self) -> list[SNAC]:
        """Take what our server has said since."""
        new = self.client.snacs() if self.client is not None else []
        self.answered += new
        return new


def is_notice(snac: SNAC) -> bool:
    """Return whether a SNAC answers no request."""
    number = snac.header.request_id
    return number == 0 or bool(number & SERVER_REQUEST)


def recorded_frames(name: str) -> list[Frame]:
    """Return every frame of a recording, in the order of their last bytes."""
    text = capture_path(f"{name}.golden.json").read_text(encoding="utf-8")
    golden: dict[str, Any] = json.loads(text)
    flows = load_flows(capture_path(f"{name}.pcap"))
    data = {(f.flow.number, way): f.data(way) for f in flows for way in ("c2s", "s2c")}
    found = []
    for entry in sorted(golden["oscar"], key=lambda e: (e["frame"], e["offset"])):
        start = entry["offset"] + 6
        stream, way, channel = entry["stream"], entry["dir"], entry["channel"]
        payload = data[stream, way][start : start + entry["len"]]
        assert sha256(payload).hexdigest() == entry["payload_sha256"]
        found.append(Frame(stream, way == "c2s", entry["time"], channel, payload))
    return found


class Replay:
    """Plays a recording.

    Attributes:
        streams: by number.
    """

    def __init__(self, state: ServerState, clock: Clock, frames: list[Frame]) -> None:
        self.state = state
        self.clock = clock
        self.frames = frames
        self.streams: defaultdict[int, Stream] = defaultdict(Stream)
        self._cookies: dict[bytes, bytes] = {}  # theirs -> ours
        self._keys: dict[int, bytes] = {}
        for frame in frames:
            if not frame.from_client and frame.channel == CHANNEL_DATA:
                snac = SNAC.from_bytes(frame.payload)
                self.streams[frame.stream].recorded.append(snac)

    async def play(self) -> None:
        """Let the clients say all they said, when they said it."""
        begun = self.clock.now
        for frame in self.frames:
            if frame.from_client:
                self.clock.now = begun + frame.time
                await self._say(frame)
                for number, stream in self.streams.items():
                    self._learn(number, stream.hear())

    async def _say(self, frame: Frame) -> None:
        stream = self.streams[frame.stream]
        if stream.client is None:
            stream.client = MemoryClient(self.state)
        await stream.client.frame(frame.channel, self._substituted(frame))

    def _substituted(self, frame: Frame) -> bytes:
        """Return what the client would say to our server."""
        if frame.channel == CHANNEL_SIGNON:
            payload = frame.payload
            for theirs, ours in self._cookies.items():
                payload = payload.replace(theirs, ours)
            return payload
        if frame.channel == CHANNEL_DATA:
            snac = SNAC.from_bytes(frame.payload)
            if snac.type == BUCP.LOGIN_REQUEST:
                tlvs = TLVBlock.from_bytes(snac.body)
                password = PASSWORDS[tlvs.text(0x01)].encode()
                digest = TLV(0x25, strong_digest(password, self._keys[frame.stream]))
                changed = TLVBlock(digest if t.tag == 0x25 else t for t in tlvs)
                return SNAC(snac.header, changed.to_bytes()).to_bytes()
        return frame.payload

    def _learn(self, number: int, answers: list[SNAC]) -> None:
        """Note keys and cookies that our server chose."""
        for snac in answers:
            if snac.type == BUCP.CHALLENGE_RESPONSE:
                self._keys[number] = ChallengeReply.from_bytes(snac.body).key
            elif snac.type in (BUCP.LOGIN_RESPONSE, OSERVICE.SERVICE_RESPONSE):
                theirs = TLVBlock.from_bytes(self._counterpart(number, snac).body)
                mine = TLVBlock.from_bytes(snac.body)
                cookie = theirs.get(COOKIE)
                assert cookie is not None
                self._cookies[cookie] = mine.get(COOKIE) or b""

    def _counterpart(self, number: int, answer: SNAC) -> SNAC:
        """Return what the recorded server answered to the same request."""
        for snac in self.streams[number].recorded:
            if snac.header.request_id == answer.header.request_id:
                return snac
        raise AssertionError(f"stream {number}: no counterpart of {answer.type}")
