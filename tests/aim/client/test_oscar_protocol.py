"""OSCARProtocol, the FLAP layer, and OSCARClient."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from Axon.Ipc import errorInformation, producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Protocol.AIM.OSCARClient import FLAPMessage, OSCARClient, OSCARProtocol
from Kamaelia.Protocol.AIM.wire.flap import FLAPFrame
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

HELLO = bytes.fromhex("2A010064000400000001")
CHALLENGE = bytes.fromhex("2A020065001500170007000000000001000937333530" + "2D32323134")

frames = st.builds(
    FLAPFrame, st.integers(1, 5), st.integers(0, 0xFFFF), st.binary(max_size=60)
)


def test_frame_cut_in_three_reads_is_heard_once() -> None:
    wire = FLAPFrame(channel=2, sequence=7, payload=b"hello").to_bytes()
    probe = Probe(OSCARProtocol())
    for piece in (wire[:3], wire[3:8], wire[8:]):
        probe.deliver(piece, "inbox")
    assert probe.take("heard") == [(2, b"hello")]


def test_a_hundred_frames_in_one_read_are_heard_in_order() -> None:
    sent = [FLAPFrame(2, number, bytes([number])) for number in range(100)]
    probe = Probe(OSCARProtocol())
    probe.deliver(b"".join(frame.to_bytes() for frame in sent), "inbox")
    assert probe.take("heard") == [(2, bytes([number])) for number in range(100)]


@settings(max_examples=50)
@given(st.lists(frames, max_size=5), st.lists(st.integers(0, 350), max_size=6))
def test_any_cut_of_the_stream_gives_the_same_frames(
    sent: list[FLAPFrame], cuts: list[int]
) -> None:
    stream = b"".join(frame.to_bytes() for frame in sent)
    with Probe(OSCARProtocol()) as probe:
        ends = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
        for start, end in pairwise(ends):
            probe.deliver(stream[start:end], "inbox")
        heard = probe.take("heard")
    assert heard == [(frame.channel, frame.payload) for frame in sent]


def test_the_bytes_are_those_of_the_description() -> None:
    probe = Probe(OSCARProtocol(sequence=0x64))
    probe.deliver((1, b"\0\0\0\1"), "talk")
    probe.deliver(FLAPMessage(2, CHALLENGE[6:]), "talk")
    assert probe.take("outbox") == [HELLO, CHALLENGE]
    assert probe.component.seqnum == 0x65


def test_sequence_numbers_wrap() -> None:
    probe = Probe(OSCARProtocol(sequence=0xFFFF))
    probe.deliver((5, b""), "talk")
    probe.deliver((5, b""), "talk")
    assert [data[2:4] for data in probe.take()] == [b"\xff\xff", b"\0\0"]


def test_numbers_of_the_peer_may_start_anywhere_and_skip() -> None:
    probe = Probe(OSCARProtocol())
    for number in (40000, 40001, 7):
        probe.deliver(FLAPFrame(2, number, b"x").to_bytes(), "inbox")
    assert len(probe.take("heard")) == 3


def test_what_comes_before_a_bad_frame_is_heard() -> None:
    probe = Probe(OSCARProtocol())
    probe.deliver(HELLO + b"GARBAGE", "inbox")
    assert probe.take("heard") == [(1, b"\0\0\0\1")]
    [error] = probe.take("signal")
    assert isinstance(error, errorInformation)
    assert isinstance(error.exception, RemoteProtocolError)
    assert "bad FLAP marker at byte 10" in error.message
    assert probe.ended


@pytest.mark.parametrize("message", ["text", (2,), (700, b""), (2, bytes(65536))])
def test_what_is_no_frame_is_our_own_error(message: Any) -> None:
    probe = Probe(OSCARProtocol())
    probe.deliver(message, "talk")
    [error] = probe.take("signal")
    assert isinstance(error.exception, LocalProtocolError)


@pytest.mark.parametrize("kind", [producerFinished, shutdownMicroprocess])
def test_what_came_before_a_stop_goes_out(kind: Any) -> None:
    probe = Probe(OSCARProtocol())
    stop = kind()
    probe.component._deliver((4, b""), "talk")
    probe.component._deliver(HELLO, "inbox")
    probe.deliver(stop, "control")
    assert probe.take("outbox") == [FLAPFrame(4, 1).to_bytes()]
    assert probe.take("heard") == [(1, b"\0\0\0\1")]
    assert probe.take("signal") == [stop]
    assert probe.ended


def test_a_full_box_holds_the_peer_back_and_loses_nothing() -> None:
    probe = Probe(OSCARProtocol(), boxsizes={"heard": 2})
    stream = b"".join(FLAPFrame(2, n, bytes([n])).to_bytes() for n in range(5))
    probe.deliver(stream, "inbox")
    probe.deliver(FLAPFrame(2, 5, b"\5").to_bytes(), "inbox")
    assert probe.component.dataReady("inbox") == 1
    heard = []
    while taken := probe.take("heard"):
        heard += taken
    assert heard == [(2, bytes([n])) for n in range(6)]


def test_a_full_box_is_emptied_before_an_orderly_end() -> None:
    probe = Probe(OSCARProtocol(), boxsizes={"outbox": 1})
    for _ in range(3):
        probe.component._deliver((5, b""), "talk")
    probe.deliver(producerFinished(), "control")
    assert not probe.ended
    assert len(probe.take() + probe.take() + probe.take()) == 3
    probe.settle()
    assert probe.ended


def test_subclasses_may_override_the_old_methods() -> None:
    class Shouting(OSCARProtocol):
        def handletalk(self) -> None:
            self.sendFLAP(self.recv("talk")[1].upper())

    probe = Probe(Shouting())
    probe.deliver((1, b"hi"), "talk")
    assert probe.take() == [FLAPFrame(2, 1, b"HI").to_bytes()]


class Peer:
    """A TCP server for one connection that says hello and keeps what it hears."""

    def __init__(self, answer: bytes, *, closes: bool) -> None:
        self.answer = answer
        self.closes = closes
        self.heard = b""

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(self.answer)
        if not self.closes:
            self.heard = await reader.read()
        writer.close()
        await writer.wait_closed()


async def talk_to(peer: Peer, *messages: Any) -> tuple[list[Any], list[Any]]:
    """Run an OSCARClient against a peer; return what was heard and signalled."""
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = OSCARClient("127.0.0.1", port)
    listener = Listener()
    listener.link((client, "outbox"), (listener, "inbox"))
    listener.link((client, "signal"), (listener, "control"))
    for message in messages:
        box = "inbox" if isinstance(message, tuple) else "control"
        client._deliver(message, box)
    async with server, asyncio.timeout(10):
        client.activate()
        await listener.runAsync()
    return listener.heard, listener.ended


class Listener(OSCARProtocol):
    """Keeps what comes until `control` says something."""

    Inboxes = {"inbox": "", "control": ""}

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []
        self.ended: list[Any] = []

    def main(self) -> Any:
        while not self.dataReady("control"):
            self.pause()
            yield 1
        self.heard = list(self.Inbox("inbox"))
        self.ended = list(self.Inbox("control"))


def test_a_client_that_is_told_to_stop_has_sent_everything() -> None:
    peer = Peer(HELLO, closes=False)
    _, [ended] = asyncio.run(talk_to(peer, (1, b"\0\0\0\1"), producerFinished()))
    assert peer.heard == FLAPFrame(1, 1, b"\0\0\0\1").to_bytes()
    assert isinstance(ended, producerFinished)


def test_a_client_ends_when_the_server_closes() -> None:
    heard, [ended] = asyncio.run(talk_to(Peer(HELLO + CHALLENGE, closes=True)))
    assert heard == [(1, b"\0\0\0\1"), (2, CHALLENGE[6:])]
    assert isinstance(ended, producerFinished)
    assert ended.message is None


def test_a_client_reports_what_is_no_flap_and_closes() -> None:
    heard, [ended] = asyncio.run(talk_to(Peer(HELLO + b"HTTP/1.1 400", closes=False)))
    assert heard == [(1, b"\0\0\0\1")]
    assert isinstance(ended, errorInformation)


def test_a_refused_connection_is_said_so() -> None:
    async def nobody() -> list[Any]:
        server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        client, listener = OSCARClient("127.0.0.1", port), Listener()
        listener.link((client, "signal"), (listener, "control"))
        client.activate()
        await listener.runAsync()
        return listener.ended

    [ended] = asyncio.run(nobody())
    assert "refused" in ended.message


@pytest.mark.parametrize("text", ["\xf3", "\N{SNOWMAN}"])
def test_text_is_sent_as_old_programs_send_it(text: str) -> None:
    data = b"\xf3" if text == "\xf3" else text.encode()
    with Probe(OSCARProtocol()) as probe:
        probe.deliver((2, text), "talk")
        assert probe.take() == [b"*\x02\0\1" + len(data).to_bytes(2, "big") + data]


@pytest.mark.parametrize("message", [(2, 5), (2, None), ("2", b"x"), (2,), 7])
def test_what_is_no_frame_ends_it_with_an_error(message: Any) -> None:
    with Probe(OSCARProtocol()) as probe:
        probe.deliver(message, "talk")
        (ended,) = probe.take("signal")
        assert isinstance(ended.exception, LocalProtocolError)
        assert probe.take() == []
