"""tshark as the referee of our OSCAR client and server."""

import asyncio
from pathlib import Path

import pytest

from Kamaelia.Protocol.AIM.Server.state.server_state import ServerState
from Kamaelia.Protocol.AIM.wire.flap import FLAPEncoder
from tests.aim.server.clients import Clock, store_with
from tests.aim.server.replay import PASSWORDS, Replay, recorded_frames
from tests.helpers.capture_writer import Talk, Turn
from tests.helpers.tshark import require_tshark
from tests.tshark.aim_session import record
from tests.tshark.recorded import aim_frames
from tests.tshark.referee import judge
from tests.tshark.samples import SAMPLES


@pytest.fixture(autouse=True)
def referee() -> None:
    require_tshark()


def test_the_referee_knows_recorded_frames() -> None:
    counted = [frame for frame in aim_frames() if frame.channel == 2]
    assert len(counted) in {28, 321, 28 + 321}
    assert {frame.direction for frame in counted} == {"c2s", "s2c"}


def test_a_session_of_our_client_with_our_server(tmp_path: Path) -> None:
    talks, events = asyncio.run(record())
    assert ("bob", "message") in {(name, event[0]) for name, event in events}
    frames = judge(tmp_path, talks)
    assert len(talks) == 4
    assert len(frames) > 100
    assert {frame.channel for frame in frames} >= {1, 2, 4}
    seen = {(frame.family, frame.subtype) for frame in frames}
    for kind in ((0x17, 2), (0x17, 3), (1, 3), (1, 7), (3, 0xB), (4, 6), (4, 7)):
        assert kind in seen


def test_our_servers_answers_to_recorded_clients(tmp_path: Path) -> None:
    async def play() -> list[Talk]:
        clock = Clock()
        async with await store_with() as store:
            for name, password in PASSWORDS.items():
                await store.accounts.add("aim", name, password)
            replay = Replay(
                ServerState(store, clock=clock), clock, recorded_frames("aim-libpurple")
            )
            await replay.play()
        talks = []
        for number, stream in sorted(replay.streams.items()):
            encoder = FLAPEncoder(100)
            turns: list[Turn] = [("s2c", encoder.encode(1, b"\0\0\0\1"))]
            turns += [
                ("s2c", encoder.encode(2, snac.to_bytes())) for snac in stream.answered
            ]
            talks.append(Talk(turns, 5190, 40_000 + number))
        return talks

    frames = judge(tmp_path, asyncio.run(play()))
    seen = {frame.family for frame in frames}
    assert seen >= {1, 2, 3, 4, 9, 0x0D, 0x0E, 0x10, 0x13, 0x17}


def test_a_sample_of_every_snac_that_we_write(tmp_path: Path) -> None:
    turns: list[Turn] = []
    encoders = {"c2s": FLAPEncoder(0x7FFE), "s2c": FLAPEncoder(0xFFFE)}
    for direction, encoder in encoders.items():
        turns.append((direction, encoder.encode(1, b"\0\0\0\1")))
    for direction, snac in SAMPLES:
        turns.append((direction, encoders[direction].encode(2, snac.to_bytes())))
    frames = judge(tmp_path, [Talk(turns)])
    assert len(frames) == len(SAMPLES) + 2
