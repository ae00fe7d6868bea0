"""TLS as a layer, without a network; and over TCP, started in the middle."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from Axon.Ipc import errorInformation, producerFinished, shutdownMicroprocess
from Axon.testing import Probe
from Kamaelia.Internet.TCPClient import TCPClient
from Kamaelia.Internet.TLS import TLSClient, TLSServer
from Kamaelia.IPC import socketShutdown
from tests.internet.certificates import NAME, contexts, write_pem
from tests.internet.conftest import OnLoop
from tests.internet.world import HOST, Ear, Peer, World, closed


class Wire:
    """A client's and a server's end, and the bytes between them."""

    def __init__(
        self, client: Any = None, server: Any = None, piece: int = 10**9
    ) -> None:
        self.client = Probe(client or TLSClient(NAME, contexts().client))
        self.server = Probe(server or TLSServer(context=contexts().server))
        self.piece = piece
        self.shake()

    def shake(self) -> None:
        """Carry bytes both ways until there are none."""
        moved = True
        while moved:
            moved = self.carry(self.client, self.server)
            moved |= self.carry(self.server, self.client)

    def carry(self, source: Probe, target: Probe) -> bool:
        data = b"".join(source.take("outbox"))
        for start in range(0, len(data), self.piece):
            target.deliver(data[start : start + self.piece], "inbox")
        return bool(data)


def test_both_ends_hear_what_the_other_talks() -> None:
    wire = Wire()
    assert wire.client.take("sslready") == wire.server.take("sslready") == [""]
    assert wire.client.component.tls.version() == "TLSv1.3"
    wire.client.deliver(b"question", "talk")
    wire.server.deliver(b"answer", "talk")
    wire.shake()
    assert wire.server.take("heard") == [b"question"]
    assert wire.client.take("heard") == [b"answer"]


def test_what_is_talked_before_the_handshake_is_kept() -> None:
    client = TLSClient(NAME, contexts().client)
    client._deliver(b"early", "talk")
    assert Wire(client).server.take("heard") == [b"early"]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 50))
def test_any_cut_of_the_stream_is_heard_the_same(piece: int) -> None:
    wire = Wire(piece=piece)
    wire.client.deliver(b"x" * 500, "talk")
    wire.shake()
    assert b"".join(wire.server.take("heard")) == b"x" * 500


def test_a_certificate_for_another_name_is_refused() -> None:
    wire = Wire(TLSClient("other.example", contexts().client))
    error, end = wire.client.take("signal")
    assert isinstance(error, errorInformation)
    assert isinstance(error.exception, ssl.SSLCertVerificationError)
    assert error.message.startswith("TLS handshake with other.example failed: ")
    assert "certificate is not valid for 'other.example'" in error.message
    assert isinstance(end, producerFinished)
    assert wire.client.ended
    failed = wire.server.take("signal")[0]
    assert "TLS handshake with the client failed" in failed.message
    assert wire.server.ended


def test_a_certificate_that_nobody_vouches_for_is_refused_by_default() -> None:
    wire = Wire(TLSClient(NAME))
    assert "its certificate is not good" in wire.client.take("signal")[0].message


def test_what_is_not_tls_is_refused() -> None:
    client = Probe(TLSClient(NAME, contexts().client))
    client.deliver(b"220 mail.example ESMTP\r\n", "inbox")
    assert "handshake with aim.example failed: wrong version number" in (
        client.take("signal")[0].message
    )


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=1, max_size=300))
def test_garbage_ends_it_or_is_waited_out(data: bytes) -> None:
    with Probe(TLSServer(context=contexts().server)) as server:
        server.deliver(data, "inbox")
        if not server.ended:
            server.deliver(socketShutdown(), "control")
        assert isinstance(server.take("signal")[0], errorInformation)
        assert server.ended


def test_a_changed_byte_is_noticed() -> None:
    wire = Wire()
    wire.client.deliver(b"question", "talk")
    data = bytearray(b"".join(wire.client.take("outbox")))
    data[-1] ^= 1
    wire.server.deliver(bytes(data), "inbox")
    assert "error in what the client sent" in wire.server.take("signal")[0].message


def test_finishing_sends_all_and_says_goodbye() -> None:
    wire = Wire()
    stop = producerFinished()
    wire.client.component._deliver(b"last words", "talk")
    wire.client.deliver(stop, "control")
    assert wire.client.take("signal") == [stop]
    wire.shake()
    assert wire.server.take("heard") == [b"last words"]
    (end,) = wire.server.take("signal")  # no errorInformation before it
    assert isinstance(end, producerFinished)
    assert wire.server.ended


def test_finishing_before_the_handshake_still_sends() -> None:
    client = TLSClient(NAME, contexts().client)
    client._deliver(b"last words", "talk")
    client._deliver(producerFinished(), "control")
    wire = Wire(client)
    assert wire.server.take("heard") == [b"last words"]
    assert wire.client.ended


def test_finishing_before_the_handshake_with_nothing_to_send_ends_it() -> None:
    client = Probe(TLSClient(NAME, contexts().client))
    stop = producerFinished()
    client.deliver(stop, "control")
    assert client.take("signal") == [stop]
    assert client.ended


def test_the_networks_end_beats_finishing() -> None:
    client = Probe(TLSClient(NAME, contexts().client))
    client.deliver(b"last words", "talk")
    client.deliver(producerFinished(), "control")
    assert not client.ended
    client.deliver(socketShutdown(), "control")
    assert client.ended
    assert isinstance(client.take("signal")[0], errorInformation)


def test_shutdown_ends_it_at_once() -> None:
    client = Probe(TLSClient(NAME, contexts().client))
    stop = shutdownMicroprocess()
    client.deliver(stop, "control")
    assert client.take("signal") == [stop]
    assert client.ended


def test_a_connection_cut_off_without_goodbye_is_noticed() -> None:
    wire = Wire()
    wire.server.deliver(b"incompl", "talk")
    wire.shake()
    wire.client.deliver(socketShutdown(), "control")
    assert wire.client.take("heard") == [b"incompl"]
    error, _ = wire.client.take("signal")
    assert "was cut off: what it sent may be incomplete" in error.message


def test_a_connection_closed_while_shaking_hands_is_noticed() -> None:
    client = Probe(TLSClient(NAME, contexts().client))
    client.deliver(socketShutdown(), "control")
    assert client.take("signal")[0].message == (
        f"TLS handshake with {NAME} failed: the connection was closed"
    )


def test_reading_waits_while_nobody_takes_what_was_heard() -> None:
    wire = Wire(server=TLSServer(context=contexts().server))
    server = Probe(TLSServer(context=contexts().server), boxsizes={"heard": 1})
    client = Probe(TLSClient(NAME, contexts().client))
    for _ in range(4):
        wire.carry(client, server)
        wire.carry(server, client)
    for number in range(5):
        client.deliver(b"%d" % number, "talk")
    for data in client.take("outbox"):
        server.deliver(data, "inbox")
    assert server.component.dataReady("inbox") == 4
    heard = []
    for _ in range(5):
        heard += server.take("heard")
        server.settle()
    assert heard == [b"0", b"1", b"2", b"3", b"4"]


def test_a_server_needs_a_certificate() -> None:
    with pytest.raises(TypeError, match="needs a certfile or a context"):
        TLSServer()


def test_a_certificate_is_read_from_files(tmp_path: Path) -> None:
    wire = Wire(server=TLSServer(*write_pem(tmp_path)))
    assert wire.server.component.established


def test_makessl_speaks_tls_from_there_on(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client = TCPClient(HOST, peer.port)
        heard, ready = Ear(client), Ear(client, "sslready")
        world.start(client)
        client._deliver(b"STARTTLS\n")
        reader, writer = await peer.connection()
        assert await reader.readline() == b"STARTTLS\n"
        writer.write(b"OK\n")
        assert await heard.bytes(3) == b"OK\n"
        client._deliver(contexts().client, "makessl")
        await writer.start_tls(contexts().server)
        assert await ready.get() == ""
        client._deliver(b"secret\n")
        assert await reader.readline() == b"secret\n"
        writer.write(b"answer")
        assert await heard.bytes(6) == b"answer"
        client._deliver(producerFinished(), "control")
        assert await reader.read(-1) == b""
        await world.ended(client)
        await closed(writer)
        await peer.close()

    on_loop(body)


def test_makessl_refuses_a_certificate_that_is_not_good(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client = TCPClient(HOST, peer.port)
        signal = Ear(client, "signal")
        world.start(client)
        client._deliver(b"x")
        reader, writer = await peer.connection()
        await reader.readexactly(1)
        client._deliver("", "makessl")
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await writer.start_tls(contexts().server)
        assert "certificate verify failed" in (await signal.get()).message
        await world.ended(client)
        writer.transport.abort()
        await peer.close()

    on_loop(body)
