"""Claim: files cross MSNFTP at a fair part of what bare sockets do (README, "Speed").

100 MB from one file to another over loopback sockets, both ends in one process on
uvloop: MSNFileSend and MSNFileReceive, beside the least that copies a file through a
socket (64 KB reads and writes, no protocol). Then 100 MB over P2P between two
MSNHarness through our switchboard, a process of its own: about 87,000 messages of at
most 1202 data bytes, each relayed and acknowledged, so here bytes a second are messages
a second. The SHA-256 of what arrived is compared, outside the time.

Run: python -m tools.bench.transfer
"""

import asyncio
import hashlib
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from time import perf_counter
from typing import Any, BinaryIO

import uvloop

from Axon.AsyncComponent import asynccomponent
from Axon.Ipc import producerFinished
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Protocol.MSN import events
from Kamaelia.Protocol.MSN.FileTransfer import MSNFileReceive, MSNFileSend
from Kamaelia.Protocol.MSN.MSNHarness import MSNHarness
from tools.bench.measure import Benchmark, Claim, Metric, Subject, Values, run_file
from tools.bench.msn_load import server
from tools.bench.msn_load_server import HOST, handle_of

MEGABYTE = 1_000_000
SIZE, SIZE_SMOKE = 100 * MEGABYTE, 300_000
CHUNK = 64 * 1024
TIME_LIMIT = 160
"""Seconds for one transfer: one that stops is an error, not a wait."""

RATE = Metric("throughput", "MB/s", "more")


def make_file(path: Path, size: int) -> bytes:
    """Write a file of which no two blocks are the same; return its SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for number in range(0, size, CHUNK):
            seed = hashlib.sha256(b"%d" % number).digest()
            block = (seed * (CHUNK // len(seed)))[: size - number]
            file.write(block)
            digest.update(block)
    return digest.digest()


def digest_of(path: Path) -> bytes:
    """Return a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


class Sink(asyncio.Protocol):
    """Writes what comes into a file."""

    def __init__(self, file: BinaryIO) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._file = file

    def data_received(self, data: bytes) -> None:
        """Write it."""
        self._file.write(data)

    def connection_lost(self, error: Exception | None) -> None:
        """Be done."""
        self.done.set_result(None)


class Source(asyncio.Protocol):
    """Sends a file, as fast as the network takes it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._held = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport: Any = transport
        self._pump()

    def pause_writing(self) -> None:
        """Wait."""
        self._held = True

    def resume_writing(self) -> None:
        """Go on."""
        self._held = False
        self._pump()

    def _pump(self) -> None:
        while not self._held:
            data = self._file.read(CHUNK)
            if not data:
                self._transport.close()
                return
            self._transport.write(data)


async def copy_bare(source: Path, folder: Path) -> Path:
    """Copy through a socket; return where it went."""
    loop, target = asyncio.get_running_loop(), folder / "bare.bin"
    with source.open("rb") as reading, target.open("wb") as writing:
        sink = Sink(writing)
        listener = await loop.create_server(lambda: sink, HOST, 0)
        port = listener.sockets[0].getsockname()[1]
        await loop.create_connection(lambda: Source(reading), HOST, port)
        await sink.done
        listener.close()
        await listener.wait_closed()
    return target


async def copy_msnftp(source: Path, folder: Path) -> Path:
    """Send by MSNFTP; return where it went."""
    sender = MSNFileSend(source, "bob@example.com", listen=(HOST, [0]))
    arrived: list[str] = []

    class Referee(asynccomponent):
        """Has the receiver connect once the sender listens; hears how it ends."""

        async def main(self) -> None:
            async for event in self.messages("inbox"):
                if isinstance(event, events.FileListening):
                    self._receive(event)
                elif isinstance(event, events.TransferEnded) and event.path:
                    arrived.append(event.path)
                    return

        def _receive(self, event: Any) -> None:
            receiver = MSNFileReceive(
                sender.auth,
                "bob@example.com",
                "msnftp.bin",
                folder,
                fileSize=sender.fileSize,
                addresses=[(event.host, event.port)],
            )
            self.link((receiver, "heard"), (self, "inbox"))
            self.addChildren(receiver)
            receiver.activate(self.scheduler)

    linkages = {("sender", "heard"): ("referee", "inbox")}
    await Graphline(sender=sender, referee=Referee(), linkages=linkages).runAsync()
    assert arrived, "the transfer did not end well"
    return Path(arrived[0])


def _is_bob(event: Any) -> bool:
    """Return whether an event says that Bob is there."""
    return bool(event[0] == "buddy online" and event[1]["name"] == handle_of(1))


async def copy_p2p(source: Path, folder: Path) -> Path:
    """Send by P2P through our switchboard; return where it went."""
    arrived: list[Any] = []
    with server("msn", 6) as (_, said):
        tickets = dict(zip(map(handle_of, range(6)), said["tickets"], strict=True))

        async def ticket(handle: str, password: str, challenge: str) -> str:
            return f"t={tickets[handle]}&p="

        alice, bob = (
            MSNHarness(
                handle_of(number), "", HOST, said["port"], passport=ticket, timeout=60
            )
            for number in range(2)
        )

        class Referee(asynccomponent):
            """Has Alice send when Bob is there, and Bob accept."""

            Inboxes = {"inbox": "events", "control": "not used"}
            Outboxes = {
                "outbox": "commands for Alice",
                "bob": "commands for Bob",
                "signal": "the end",
            }

            async def main(self) -> None:
                offered = False
                async for event in self.messages("inbox"):
                    if _is_bob(event) and not offered:
                        offered = True
                        command = ("send file", handle_of(1), str(source))
                        self.send(command, "outbox")
                    elif event[0] == "file offered":
                        self.send(("accept file", event[4], str(folder)), "bob")
                    elif event[0] in ("error", "disconnected"):
                        raise AssertionError(f"P2P: {event}")
                    elif event[0] == "file ended" and (event[2] or event[3]):
                        arrived.append(event)
                        break
                self.send(producerFinished(self), "signal")

        referee = Referee()
        graph = Graphline(
            alice=alice,
            bob=bob,
            referee=referee,
            linkages={
                ("alice", "outbox"): ("referee", "inbox"),
                ("bob", "outbox"): ("referee", "inbox"),
                ("referee", "outbox"): ("alice", "inbox"),
                ("referee", "bob"): ("bob", "inbox"),
                ("referee", "signal"): ("alice", "control"),
                ("alice", "signal"): ("bob", "control"),
            },
        )
        await graph.runAsync()
    assert arrived, "nothing arrived"
    assert arrived[0][2], f"the transfer did not end well: {arrived[0]}"
    return Path(arrived[0][2])


def _copy(
    work: Callable[[Path, Path], Coroutine[Any, Any, Path]],
) -> Callable[[bool], Values]:
    """Return a subject's function."""

    async def timed(source: Path, folder: Path) -> tuple[Path, float]:
        start = perf_counter()
        async with asyncio.timeout(TIME_LIMIT):
            target = await work(source, folder)
        return target, perf_counter() - start

    def run(smoke: bool) -> Values:
        size = SIZE_SMOKE if smoke else SIZE
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source, target = folder / "source.bin", folder / "in"
            target.mkdir()
            digest = make_file(source, size)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                arrived, took = runner.run(timed(source, target))
            assert digest_of(arrived) == digest, "what arrived is something else"
        return {RATE.name: size / took / MEGABYTE}

    return run


OURS = ("kamaelia-flow", "uvloop")
BENCHMARK = Benchmark(
    name="transfer",
    metrics=(RATE,),
    subjects=(
        Subject("MSNFTP", _copy(copy_msnftp), packages=OURS),
        Subject("bare", _copy(copy_bare)),
        Subject("P2P", _copy(copy_p2p), packages=OURS),
    ),
    claims=(
        Claim("of a bare copy, MSNFTP", RATE.name, "MSNFTP", "bare", at_least=0.1),
        Claim("of a bare copy, P2P", RATE.name, "P2P", "bare"),
        Claim("MB/s by P2P", RATE.name, "P2P", at_least=1),
    ),
)

if __name__ == "__main__":
    sys.exit(run_file(BENCHMARK))
