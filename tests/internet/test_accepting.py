"""Awaiting a connection: none is lost, whatever happens meanwhile."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from Kamaelia.Internet.accepting import accept, whole

Accepted = tuple[socket.socket, Any]


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.socket() as made:
        yield made


async def wait_for(future: "asyncio.Future[Accepted]") -> Accepted:
    return await future


def test_a_connection_that_comes_as_the_wait_is_cancelled_is_closed(
    sock: socket.socket,
) -> None:
    async def main() -> None:
        future = asyncio.get_running_loop().create_future()
        task = asyncio.ensure_future(_awaited(future))
        await asyncio.sleep(0)
        future.set_result((sock, "peer"))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert sock.fileno() == -1

    asyncio.run(main())


async def _awaited(future: "asyncio.Future[Accepted]") -> Accepted:
    return await whole(wait_for(future))


def test_a_connection_that_was_there_is_given_at_once(sock: socket.socket) -> None:
    async def main() -> None:
        future = asyncio.get_running_loop().create_future()
        future.set_result((sock, "peer"))
        assert await _awaited(future) == (sock, "peer")

    asyncio.run(main())


def test_an_error_comes_through() -> None:
    async def main() -> None:
        future = asyncio.get_running_loop().create_future()
        task = asyncio.ensure_future(_awaited(future))
        await asyncio.sleep(0)
        future.set_exception(OSError("no descriptors left"))
        with pytest.raises(OSError, match="no descriptors"):
            await task

    asyncio.run(main())


def test_waiting_can_be_called_off_and_begun_again() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setblocking(False)
            first = asyncio.ensure_future(accept(loop, listener))
            await asyncio.sleep(0)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            second = asyncio.ensure_future(accept(loop, listener))
            await asyncio.sleep(0)
            with socket.create_connection(listener.getsockname()) as client:
                found, address = await second
                found.close()
                assert address == client.getsockname()

    asyncio.run(main())
