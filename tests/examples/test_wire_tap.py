"""The wire-tap example against the embedded server behind TLS."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from examples import aim_wire_tap
from tests.examples.world import PASSWORD, Person, finish, serving
from tests.internet.certificates import contexts


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(4096):
            writer.write(data)
    writer.close()


@asynccontextmanager
async def tls_front(behind: list[int]) -> AsyncIterator[int]:
    """Listen with TLS in front of the port in `behind`; yield the port."""
    running: set[asyncio.Task[None]] = set()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", *behind)
        await asyncio.gather(
            _pass_on(reader, inner_writer), _pass_on(inner_reader, writer)
        )
        running.discard(task)

    front = await asyncio.start_server(relay, "127.0.0.1", 0, ssl=contexts().server)
    async with front:
        yield front.sockets[0].getsockname()[1]
        if running:
            await asyncio.wait(running, timeout=5)


def test_frames_are_seen_in_the_clear_on_both_connections() -> None:
    lines: list[str] = []

    async def main() -> None:
        behind: list[int] = []
        async with (
            tls_front(behind) as secure,
            serving("ann", advertise=f"127.0.0.1:{secure}") as (port, runner),
        ):
            behind.append(port)
            context = contexts().client
            client = aim_wire_tap.build(
                "127.0.0.1", secure, "ann", PASSWORD, context, lines.append
            )
            ann = Person().beside(client)
            for each in (client, ann):
                each.activate(runner)
            await ann.kind("signed on")
            finish(ann)
            await ann.until(lambda _: ann.gone)

    asyncio.run(main())
    assert lines[0].startswith("> 2a 01 00 01 00 04 00 00 00 01")
    assert [line for line in lines if line.startswith("< 2a 01")]
    assert lines[-1].startswith("> 2a 04")
