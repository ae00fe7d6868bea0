"""TCPClient and what it shares with the server's side, over real sockets."""

import asyncio
import logging
import socket
from contextlib import suppress
from typing import Any

import pytest

from Axon.AxonExceptions import noSpaceInBox
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Kamaelia.Internet.socket_link import HIGH_BYTES
from Kamaelia.Internet.TCPClient import TCPClient
from tests.internet.conftest import OnLoop
from tests.internet.world import HOST, Ear, Peer, Sink, World, closed


def test_bytes_go_both_ways_and_the_peers_close_ends_it(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client = TCPClient(HOST, peer.port)
        heard, signal = Ear(client), Ear(client, "signal")
        client._deliver(b"sent before ")
        world.start(client)
        client._deliver(b"it was connected")
        reader, writer = await peer.connection()
        assert await reader.readexactly(28) == b"sent before it was connected"
        writer.write(b"answer")
        assert await heard.bytes(6) == b"answer"
        await closed(writer)
        end = await signal.get()
        assert type(end) is producerFinished
        assert (end.caller, end.message) == (client, None)
        await world.ended(client)
        await peer.close()

    on_loop(body)


def test_what_the_peer_sent_before_closing_is_heard_before_the_end(
    on_loop: OnLoop,
) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client = TCPClient(HOST, peer.port)
        heard, signal = Ear(client), Ear(client, "signal")
        world.start(client)
        _, writer = await peer.connection()
        writer.write(b"x" * 1_000_000)
        await closed(writer)
        await signal.get()
        assert b"".join(heard.heard()) == b"x" * 1_000_000
        await peer.close()

    on_loop(body)


@pytest.mark.parametrize("early", [True, False])
def test_producer_finished_loses_nothing_that_was_to_be_sent(
    on_loop: OnLoop, early: bool
) -> None:
    data = bytes(range(256)) * 8000

    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client = TCPClient(HOST, peer.port)
        signal = Ear(client, "signal")
        if not early:
            world.start(client)
            await world.until(lambda: client.sock)
        for start in range(0, len(data), 1000):
            client._deliver(data[start : start + 1000])
        client._deliver(producerFinished(), "control")
        world.start(client)
        reader, writer = await peer.connection()
        assert await reader.read(-1) == data
        await closed(writer)
        assert (await signal.get()).message is None
        await world.ended(client)
        await peer.close()

    on_loop(body)


def test_a_peer_that_takes_nothing_does_not_hold_a_shutdown_up(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client = world.start(TCPClient(HOST, peer.port))
        _, writer = await peer.connection()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        client._deliver(b"x" * 50_000_000)
        client._deliver(shutdownMicroprocess(), "control")
        await world.ended(client)
        await closed(writer)
        await peer.close()

    on_loop(body)


def test_linger_bounds_how_long_flushing_takes(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client = TCPClient(HOST, peer.port, linger=0.0)
        signal = Ear(client, "signal")
        world.start(client)
        _, writer = await peer.connection()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        client._deliver(b"x" * 50_000_000)
        client._deliver(producerFinished(), "control")
        assert "took nothing" in (await signal.get()).message
        await world.ended(client)
        await closed(writer)
        await peer.close()

    on_loop(body)


def test_shutdown_tries_once_to_send_what_there_is(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client = world.start(TCPClient(HOST, peer.port))
        reader, writer = await peer.connection()
        await world.until(lambda: client.sock)
        client._deliver(b"goodbye")
        client._deliver(shutdownMicroprocess(), "control")
        assert await reader.read(-1) == b"goodbye"
        await world.ended(client)
        await closed(writer)
        await peer.close()

    on_loop(body)


def test_a_refused_connection_is_explained(on_loop: OnLoop) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))  # bound, not listening: refuses
        port = taken.getsockname()[1]

        async def body(world: World) -> None:
            client = TCPClient(HOST, port)
            signal = Ear(client, "signal")
            client._deliver(b"never sent")
            world.start(client)
            end = await signal.get()
            assert end.message == f"{HOST} port {port}: connection refused"
            assert isinstance(client.error, OSError)
            await world.ended(client)

        on_loop(body)


def test_a_name_that_cannot_be_found_is_explained(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        client = TCPClient("nowhere.invalid", 80)
        signal = Ear(client, "signal")
        world.start(client)
        assert "cannot find nowhere.invalid: " in (await signal.get()).message
        await world.ended(client)

    on_loop(body)


def test_no_connection_in_time_is_a_timeout(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        client = TCPClient(HOST, 9, connect_timeout=0.0)
        signal = Ear(client, "signal")
        world.start(client)
        assert (await signal.get()).message == "timeout"
        await world.ended(client)

    on_loop(body)


@pytest.mark.parametrize("message", [producerFinished(), shutdownMicroprocess()])
def test_told_to_stop_while_connecting_it_gives_up_and_passes_it_on(
    on_loop: OnLoop, message: Any
) -> None:
    async def body(world: World) -> None:
        client = TCPClient(HOST, 9, delay=1000)
        signal = Ear(client, "signal")
        world.start(client)
        client._deliver(message, "control")
        assert await signal.get() is message
        await world.ended(client)

    on_loop(body)


def test_wait_for_serverclose_leaves_closing_to_the_server(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client = TCPClient(HOST, peer.port, wait_for_serverclose=True)
        heard, signal = Ear(client), Ear(client, "signal")
        client._deliver(b"question")
        client._deliver(producerFinished(), "control")
        world.start(client)
        reader, writer = await peer.connection()
        await reader.readexactly(8)
        client._deliver(producerFinished(), "control")
        writer.write(b"answer")
        assert await heard.bytes(6) == b"answer"
        await closed(writer)
        await signal.get()
        await peer.close()

    on_loop(body)


def test_reading_stops_while_nobody_takes_what_came(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client, sink = TCPClient(HOST, peer.port), Sink()
        client.link((client, "outbox"), (sink, "inbox"))
        world.start(client, sink)
        _, writer = await peer.connection()
        data = bytes(range(256)) * 100_000
        writer.write(data)
        await world.until(lambda: client._link._axon_asleep)
        for _ in range(50):
            await asyncio.sleep(0)
        inbox = sink.inboxes["inbox"]
        assert sum(map(len, inbox.storage)) < HIGH_BYTES + 300_000

        found = b""
        while len(found) < len(data):
            await world.until(inbox.local_len)
            found += sink.recv()
        assert found == data
        await closed(writer)
        await peer.close()

    on_loop(body)


def test_a_full_inbox_at_the_far_end_loses_nothing(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client, sink = TCPClient(HOST, peer.port), Sink()
        sink.setInboxSize("inbox", 1)
        client.link((client, "outbox"), (sink, "inbox"))
        world.start(client, sink)
        _, writer = await peer.connection()
        data = bytes(range(256)) * 10_000
        for start in range(0, len(data), 10_000):
            writer.write(data[start : start + 10_000])
        await writer.drain()
        writer.close()
        found = b""
        inbox = sink.inboxes["inbox"]
        while len(found) < len(data):
            await world.until(inbox.local_len)
            found += sink.recv()
        assert found == data
        await world.ended(client)
        await closed(writer)
        await peer.close()

    on_loop(body)


def test_a_limited_inbox_makes_the_sender_wait_for_the_network(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client = TCPClient(HOST, peer.port)
        client.setInboxSize("inbox", 2)
        world.start(client)
        reader, writer = await peer.connection()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await world.until(lambda: client.sock)
        chunk, sent = b"0123456789" * 10_000, 0
        while not client.inboxes["inbox"].isFull():
            client._deliver(chunk)
            sent += 1
            await asyncio.sleep(0)
        with pytest.raises(noSpaceInBox):
            client._deliver(chunk)
        assert client.dataReady("inbox") == 2
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        assert await reader.readexactly(sent * len(chunk)) == chunk * sent
        await closed(writer)
        await peer.close()

    on_loop(body)


def test_a_slow_peer_is_cut_off_at_the_limit(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client = TCPClient(HOST, peer.port, max_unsent=1_000_000)
        signal = Ear(client, "signal")
        world.start(client)
        _, writer = await peer.connection()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        while not client._isStopped():
            client._deliver(b"x" * 100_000)
            await asyncio.sleep(0)
        assert "slow peer" in (await signal.get()).message
        await closed(writer)
        await peer.close()

    on_loop(body)


def test_what_is_not_bytes_is_logged_and_dropped(
    on_loop: OnLoop, caplog: pytest.LogCaptureFixture
) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client = world.start(TCPClient(HOST, peer.port))
        reader, writer = await peer.connection()
        for data in (b"one ", "text", bytearray(b"two "), memoryview(b"three")):
            client._deliver(data)
        assert await reader.readexactly(13) == b"one two three"
        await closed(writer)
        await peer.close()

    with caplog.at_level(logging.ERROR):
        on_loop(body)
    assert "only bytes can be sent, not str" in caplog.text


def test_stop_cuts_the_connection_at_once(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client = world.start(TCPClient(HOST, peer.port))
        reader, writer = await peer.connection()
        await world.until(lambda: client.sock)
        client.stop()
        with suppress(ConnectionResetError):  # the same thing, said by the kernel
            assert await reader.read(-1) == b""
        await closed(writer)
        await peer.close()

    on_loop(body)


def test_the_run_ends_with_a_connection_standing(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        peer = Peer()
        await peer.listen()
        client = world.start(TCPClient(HOST, peer.port))
        _, writer = await peer.connection()
        await world.until(lambda: client.sock)
        await world.close()
        assert client._link.lost
        await closed(writer)
        await peer.close()

    on_loop(body)


def test_both_families_are_tried(on_loop: OnLoop) -> None:
    async def body(world: World) -> None:
        server = await asyncio.start_server(lambda r, w: w.close(), "::1", 0)
        client = TCPClient("::1", server.sockets[0].getsockname()[1])
        signal = Ear(client, "signal")
        world.start(client)
        assert (await signal.get()).message is None
        server.close()
        await server.wait_closed()

    on_loop(body)
