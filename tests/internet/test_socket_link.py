"""Between boxes and transport: order, and who is woken, with a transport of our own."""

from typing import Any

import pytest

from Axon.Component import component
from Axon.Ipc import producerFinished
from Axon.Scheduler import scheduler
from Kamaelia.Internet.ConnectedSocketAdapter import ConnectedSocketAdapter
from Kamaelia.Internet.socket_link import SocketLink


class Transport:
    """Remembers what was written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    abort = close

    def pause_reading(self) -> None:
        """Do nothing: what the system has read already comes in any case."""

    resume_reading = pause_reading


def connected() -> tuple[component, Any, Transport]:
    """Return a component, its link and the transport of that."""
    owner, transport = component(), Transport()
    link: Any = SocketLink(owner)
    link.connection_made(transport)
    link.start()
    return owner, link, transport


@pytest.mark.parametrize("room", [None, 1, 2, 5])
def test_from_one_connection_to_another_everything_goes_in_order(
    room: int | None,
) -> None:
    one, source, _ = connected()
    two, sink, transport = connected()
    one.link((one, "outbox"), (two, "inbox"), pipewidth=room)
    pieces = [b"%d" % number for number in range(2000)]
    for begin in range(0, len(pieces), 500):
        sink.pause_writing()
        for piece in pieces[begin : begin + 500]:
            source.data_received(piece)
        assert source.behind
        sink.resume_writing()
        assert not source.behind
    assert transport.written == pieces


def test_what_came_before_an_early_stop_is_passed_on() -> None:
    client, transport = ConnectedSocketAdapter(), Transport()
    client.scheduler = scheduler()
    reader = component()
    reader.link((client, "outbox"), (reader, "inbox"))
    link: Any = client._link
    link.connection_made(transport)
    link.data_received(b"greeting")
    try:
        next(client._carry(producerFinished()))
        assert reader.recv() == b"greeting"
        assert transport.closed
    finally:
        client.scheduler.loop.close()


def test_what_a_woken_sender_sends_is_written_last() -> None:
    owner, link, transport = connected()
    sender = component()
    left = [b"third", b"fourth"]
    sender.link((sender, "outbox"), (owner, "inbox"), pipewidth=2)
    box = sender.outboxes["outbox"]

    class Woken:
        _axon_asleep = True
        _axon_woken = False

        def _axon_wake(self) -> None:
            while left and not box.isFull():
                sender.send(left.pop(0))

    link.inbox.sender = Woken()
    link.pause_writing()
    sender.send(b"first")
    sender.send(b"second")
    assert box.isFull()
    link.resume_writing()
    assert transport.written == [b"first", b"second", b"third", b"fourth"]


def test_what_comes_too_late_wakes_those_who_wait_for_room() -> None:
    owner, link, transport = connected()
    sender = component()
    sender.link((sender, "outbox"), (owner, "inbox"), pipewidth=1)
    link.pause_writing()
    sender.send(b"waits")
    waiting = sender.sendWhenSpace(b"waits for room")
    assert next(waiting) == 1
    sender._axon_asleep = True
    link.abort()
    assert not sender._axon_asleep
    with pytest.raises(StopIteration):
        next(waiting)
    assert transport.closed
    assert transport.written == []
