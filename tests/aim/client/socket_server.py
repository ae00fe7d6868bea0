"""A ScriptedServer on a loopback port."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from Kamaelia.Protocol.AIM.wire.flap import FLAPDecoder, FLAPEncoder
from tests.aim.client.scripted_server import ScriptedServer


async def _serve(
    server: ScriptedServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    connection = server.connect()
    decoder, encoder = FLAPDecoder(), FLAPEncoder(sequence=100)
    for channel, payload in connection.opened():
        writer.write(encoder.encode(channel, payload))
    try:
        while not connection.closed and (data := await reader.read(4096)):
            decoder.receive_data(data)
            for frame in decoder.frames():
                for answer in connection.receive(frame.channel, frame.payload):
                    writer.write(encoder.encode(*answer))
        await writer.drain()
    except (ConnectionError, ssl.SSLError):
        pass  # the client has gone: nothing to answer
    finally:
        writer.close()


@asynccontextmanager
async def listening(
    server: ScriptedServer, context: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Serve, authorizer and BOS on one port, and yield the port."""
    tasks: set[asyncio.Task[None]] = set()

    async def accept(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await _serve(server, reader, writer)
        tasks.discard(task)

    listener = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    port: int = listener.sockets[0].getsockname()[1]
    server.address = b"127.0.0.1"
    async with listener:
        yield port
        if tasks:
            await asyncio.wait(tasks, timeout=5)
