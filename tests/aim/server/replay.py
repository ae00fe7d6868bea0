"""Play the clients' sides of a recording against our server.

What the recorded server chose, and what follows from it, is substituted as the client
would: keys and digests, cookies, room keys.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.flap import CHANNEL_DATA, CHANNEL_SIGNON
from Kamaelia.Protocol.AIM.wire.foodgroups import BUCP, CHATNAV, OSERVICE
from Kamaelia.Protocol.AIM.wire.login import ChallengeReply
from Kamaelia.Protocol.AIM.wire.password import strong_digest
from Kamaelia.Protocol.AIM.wire.snac import SNAC
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from tests.aim.server.clients import Clock, MemoryClient
from tests.helpers.pcap import capture_path, load_flows

PASSWORDS = {"alice": "alicepw1", "bob": "bobpw1"}
COOKIE = 0x06


@dataclass
class Frame:
    """One recorded frame."""

    stream: int
    from_client: bool
    time: float
    channel: int
    payload: bytes

    @property
    def snac(self) -> SNAC | None:
        return SNAC.from_bytes(self.payload) if self.channel == CHANNEL_DATA else None


@dataclass
class Stream:
    """One connection: what the recorded server said, and what ours does."""

    recorded: list[Frame] = field(default_factory=list)
    client: MemoryClient | None = None
    answered: list[SNAC] = field(default_factory=list)
    signed_off: bool = False

    def heard(self) -> list[SNAC]:
        """Take what our server has said since."""
        assert self.client is not None
        self.signed_off |= any(m.channel == 4 for m in self.client.heard)
        new = self.client.snacs()
        self.answered += new
        return new


def recorded_frames(name: str) -> list[Frame]:
    """Return every frame of a recording, in the order of their last bytes."""
    golden: dict[str, Any] = json.loads(
        capture_path(f"{name}.golden.json").read_text(encoding="utf-8")
    )
    flows = load_flows(capture_path(f"{name}.pcap"))
    data = {
        (flow.flow.number, way): flow.data(way)
        for flow in flows
        for way in ("c2s", "s2c")
    }
    found = []
    for entry in sorted(golden["oscar"], key=lambda e: (e["frame"], e["offset"])):
        start = entry["offset"] + 6
        payload = data[entry["stream"], entry["dir"]][start : start + entry["len"]]
        assert md5(payload).digest()
        found.append(
            Frame(
                entry["stream"],
                entry["dir"] == "c2s",
                entry["time"],
                entry["channel"],
                payload,
            )
        )
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
        self.ours: dict[bytes, bytes] = {}  # recorded cookie or room -> our own
        self.keys: dict[int, bytes] = {}
        for frame in frames:
            if not frame.from_client:
                self.streams[frame.stream].recorded.append(frame)

    async def play(self) -> None:
        """Let the clients say all they said."""
        last = {f.stream: f for f in self.frames if f.from_client}
        begun = self.frames[0].time
        for frame in self.frames:
            if not frame.from_client:
                continue
            self.clock.now = 1_000.0 + frame.time - begun
            stream = self.streams[frame.stream]
            if stream.client is None:
                stream.client = MemoryClient(self.state)
            await stream.client.frame(frame.channel, self.substituted(frame))
            for number, each in self.streams.items():
                if each.client is not None:
                    self.learn(number, each.heard())
            is_service = frame.stream not in (2, 3, 13)
            if last[frame.stream] is frame and is_service and frame.stream > 12:
                continue
        for each in self.streams.values():
            if each.client is not None:
                each.heard()

    def substituted(self, frame: Frame) -> bytes:
        """Return what the client would say to our server."""
        payload = frame.payload
        for theirs, ours in self.ours.items():
            if len(theirs) == len(ours):
                payload = payload.replace(theirs, ours)
        snac = frame.snac
        if frame.channel == CHANNEL_SIGNON or snac is None:
            return payload
        if snac.type == BUCP.LOGIN_REQUEST:
            tlvs = TLVBlock.from_bytes(snac.body)
            password = PASSWORDS[tlvs.text(0x01)].encode()
            digest = TLV(0x25, strong_digest(password, self.keys[frame.stream]))
            body = TLVBlock(digest if t.tag == 0x25 else t for t in tlvs).to_bytes()
            return SNAC(snac.header, body).to_bytes()
        return payload

    def learn(self, number: int, answers: list[SNAC]) -> None:
        """Note keys, cookies and rooms that our server chose."""
        for snac in answers:
            if snac.type == BUCP.CHALLENGE_RESPONSE:
                self.keys[number] = ChallengeReply.from_bytes(snac.body).key
            elif snac.type in (BUCP.LOGIN_RESPONSE, OSERVICE.SERVICE_RESPONSE):
                theirs = TLVBlock.from_bytes(self.counterpart(number, snac).body)
                mine = TLVBlock.from_bytes(snac.body)
                self.ours[theirs.get(COOKIE) or b""] = mine.get(COOKIE) or b""
            elif snac.type == CHATNAV.NAV_INFO:
                continue

    def counterpart(self, number: int, answer: SNAC) -> SNAC:
        """Return what the recorded server answered to the same request."""
        for frame in self.streams[number].recorded:
            snac = frame.snac
            if (
                snac is not None
                and snac.type == answer.type
                and snac.header.request_id == answer.header.request_id
            ):
                return snac
        raise AssertionError(f"no counterpart of {answer.type} in stream {number}")
