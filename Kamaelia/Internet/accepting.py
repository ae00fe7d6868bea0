"""Await a connection without losing one that comes as the wait is called off."""

import asyncio
import socket
import types
from collections.abc import Coroutine, Generator
from typing import Any

__all__ = ["accept", "whole"]

Accepted = tuple[socket.socket, Any]


async def accept(loop: asyncio.AbstractEventLoop, listener: socket.socket) -> Accepted:
    """Return the next connection of a listener and the address of its peer.

    Cancelled after the event loop has accepted a connection but before the caller got
    it, this closes the connection; `sock_accept` alone would leave it open, with
    nobody to close it.

    Raises:
        OSError: there is none to be had.
    """
    return await whole(loop.sock_accept(listener))


@types.coroutine
def whole(accepting: Coroutine[Any, Any, Accepted]) -> Generator[Any, Any, Accepted]:
    """Await what waits for one future; if cancelled, close the socket it may hold."""
    try:
        future = accepting.send(None)
    except StopIteration as done:  # one was there already
        there: Accepted = done.value
        return there
    try:
        yield future
    except BaseException:
        _close(future)
        accepting.close()
        raise
    try:
        accepting.send(None)
    except StopIteration as done:
        came: Accepted = done.value
        return came
    raise RuntimeError("accepting waited for something more than a connection")


def _close(future: "asyncio.Future[Accepted]") -> None:
    """Close the connection that a future holds, if it does."""
    if future.done() and not future.cancelled() and future.exception() is None:
        future.result()[0].close()
