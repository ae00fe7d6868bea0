from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from Kamaelia.Protocol.MSN.wire.p2p import FLAG_FILE, P2PPacket
from Kamaelia.Protocol.MSN.wire.p2p_direct import (
    MAX_FRAME,
    DirectAction,
    DirectConnection,
    DirectDecoder,
    Established,
    Failed,
    PacketReceived,
    SendBytes,
    frame,
    handshake,
    handshake_nonce,
)
from Kamaelia.Protocol.MSN.wire.p2p_transport import hashed_nonce
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

NONCE = "{0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0}"
OTHER = "{00112233-4455-6677-8899-AABBCCDDEEFF}"
GREETING = bytes.fromhex("04000000666f6f00")
HANDSHAKE = bytes.fromhex(
    "30000000"
    "00000000070000000000000000000000"
    "00000000000000000000000000010000"
    "3c2d1e0f5a4b78698796a5b4c3d2e1f0"
)
PACKET = P2PPacket(5, 9, 0, 3, FLAG_FILE, data=b"abc")


def sent(actions: list[DirectAction]) -> bytes:
    return b"".join(each.data for each in actions if isinstance(each, SendBytes))


def connection(
    nonce: str, expected: str, *, listening: bool, hashed: bool = False
) -> DirectConnection:
    return DirectConnection(
        nonce, expected, listening=listening, message_id=7, hashed=hashed
    )


def test_the_reference_handshake() -> None:
    assert frame(handshake(NONCE, 7).to_bytes(footer=False)) == HANDSHAKE
    packet = P2PPacket.from_bytes(HANDSHAKE[4:], footer=False)
    assert handshake_nonce(packet) == NONCE
    assert sent(connection(NONCE, NONCE, listening=False).start()) == (
        GREETING + HANDSHAKE
    )


@pytest.mark.parametrize("hashed", [False, True])
def test_both_sides_shake_hands_and_talk(hashed: bool) -> None:
    theirs = OTHER if hashed else NONCE
    calling = connection(
        NONCE, hashed_nonce(theirs) if hashed else NONCE, listening=False, hashed=hashed
    )
    waiting = connection(
        theirs, hashed_nonce(NONCE) if hashed else NONCE, listening=True, hashed=hashed
    )
    assert waiting.start() == []
    heard = waiting.receive(sent(calling.start()))
    assert Established() in heard
    assert calling.receive(sent(heard)) == [Established()]
    for one, other in ((calling, waiting), (waiting, calling)):
        wire = one.send(PACKET).data
        assert wire[:4] == (51).to_bytes(4, "little")
        assert other.receive(wire) == [PacketReceived(PACKET)]


@given(st.lists(st.integers(0, 200), max_size=8))
def test_any_cut_gives_the_same_packets(cuts: list[int]) -> None:
    data = PACKET.to_bytes(footer=False)
    stream = GREETING + HANDSHAKE + frame(data) + frame(b"") + frame(data)
    waiting = connection(NONCE, NONCE, listening=True)
    actions: list[DirectAction] = []
    places = [0, *sorted(place % len(stream) for place in cuts), len(stream)]
    for start, end in pairwise(places):
        actions += waiting.receive(stream[start:end])
    assert actions == [
        SendBytes(HANDSHAKE),
        Established(),
        PacketReceived(PACKET),
        PacketReceived(PACKET),
    ]


@pytest.mark.parametrize(
    "stream",
    [
        frame(b"bar\0"),
        HANDSHAKE,
        GREETING + HANDSHAKE[:-1] + b"\1",
        GREETING + frame(PACKET.to_bytes(footer=False)),
        GREETING + HANDSHAKE + frame(PACKET.to_bytes(footer=False) + b"x"),
        (MAX_FRAME + 1).to_bytes(4, "little"),
        b"GET / HTTP/1.0\r\n\r\n",
    ],
)
def test_what_is_not_the_peer_fails(stream: bytes) -> None:
    waiting = connection(NONCE, NONCE, listening=True)
    actions = waiting.receive(stream)
    assert isinstance(actions[-1], Failed)
    assert waiting.receive(GREETING + HANDSHAKE) == []
    assert not waiting.established


def test_nothing_is_sent_before_hands_are_shaken() -> None:
    with pytest.raises(LocalProtocolError):
        connection(NONCE, NONCE, listening=True).send(PACKET)
    with pytest.raises(LocalProtocolError):
        frame(bytes(MAX_FRAME + 1))
    with pytest.raises(RemoteProtocolError):
        handshake_nonce(PACKET)


def test_frames_before_a_bad_one_are_yielded() -> None:
    decoder = DirectDecoder()
    decoder.receive_data(frame(b"one") + b"\xff\xff\xff\xff")
    frames = decoder.frames()
    assert next(frames) == b"one"
    with pytest.raises(RemoteProtocolError):
        next(frames)


@given(st.lists(st.binary(max_size=100), max_size=4), st.integers(0, 2))
def test_random_bytes_never_raise(pieces: list[bytes], known: int) -> None:
    waiting = connection(NONCE, NONCE, listening=True)
    for piece in [GREETING, HANDSHAKE][:known] + pieces:
        waiting.receive(piece)
