"""The MSN examples against a small service, over sockets, with Passport over HTTP."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from Axon.Component import component
from Axon.testing import Probe
from examples import msn_bot, msn_conversation, msn_file, msn_gateway, msn_watch
from Kamaelia.Protocol.AIM.AIMHarness import AIMHarness
from Kamaelia.Protocol.MSN.MSNHarness import MSNHarness
from tests.examples.msn_world import World, msn
from tests.examples.world import PASSWORD, Person, finish, running, serving

ANN, BOB, CAT = "ann@x.org", "bob@x.org", "cat@x.org"


def harness(world: World, handle: str, **argd: Any) -> MSNHarness:
    settings: dict[str, Any] = {"listenAt": "127.0.0.1", "ports": (0,)}
    return MSNHarness(
        handle,
        handle[0],
        "127.0.0.1",
        world.port,
        world.nexus,
        **(settings | argd),
    )


async def signed_on(world: World, runner: Any, handle: str, **argd: Any) -> Person:
    """Return a person whose client has signed on."""
    client = harness(world, handle, **argd)
    person = Person().beside(client)
    for each in (person, client):
        each.activate(runner)
    await person.kind("status")
    return person


class Listener(component):
    """Keeps what comes from a graph's outbox."""

    def __init__(self, graph: Any) -> None:
        super().__init__()
        self.heard: list[Any] = []
        self.link((graph, "outbox"), (self, "inbox"))
        self.link((graph, "signal"), (self, "control"))

    def main(self) -> Any:
        while not self.dataReady("control"):
            self.heard += self.Inbox("inbox")
            self.pause()
            yield 1
        self.heard += self.Inbox("inbox")


async def until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what it asks tells nobody
            await asyncio.sleep(0)


@pytest.mark.parametrize("version", [8, 12])
def test_who_comes_online_is_printed(version: int) -> None:
    lines: list[str] = []

    async def main() -> None:
        async with msn(version) as world, running() as runner:
            where = ("127.0.0.1", world.port, world.nexus)
            msn_watch.build(*where, ANN, "a", lines.append).activate(runner)
            await until(lambda: ANN in world.service.online)
            bob = await signed_on(world, runner, BOB)
            await until(lambda: lines)
            bob.say(("status", "BSY"))
            await until(lambda: len(lines) > 1)
            finish(bob)
            await until(lambda: len(lines) > 2)

    asyncio.run(main())
    assert lines == [
        "'Bob' (bob@x.org) is Online",
        "'Bob' (bob@x.org) is Busy",
        "bob@x.org is gone",
    ]


def test_three_are_brought_together() -> None:
    async def main() -> list[Any]:
        async with msn() as world, running() as runner:
            bob = await signed_on(world, runner, BOB)
            cat = await signed_on(world, runner, CAT)
            where = ("127.0.0.1", world.port, world.nexus)
            graph = msn_conversation.build(*where, ANN, "a", BOB, CAT)
            listener = Listener(graph)
            listener.activate(runner)
            graph.activate(runner)
            for person, answer in ((bob, "Hi cat"), (cat, "Hi bob")):
                said = await person.until(
                    lambda e: e[0] == "message" and e[2] == "Hello, you two!"
                )
                assert said.sender == ANN
                person.say(("message", ANN, answer))
            await until(lambda: len(listener.heard) > 1)
            await until(lambda: ANN not in world.service.online)
            return sorted(listener.heard)

    assert asyncio.run(main()) == [(BOB, "Hi cat"), (CAT, "Hi bob")]


def test_a_file_goes_from_one_example_to_the_other(tmp_path: Path) -> None:
    source = tmp_path / "notes.txt"
    source.write_bytes(b"HELLOWORLD" * 5000)
    folder = tmp_path / "in"
    folder.mkdir()

    async def main() -> list[str]:
        async with msn() as world, running() as runner:
            where = ("127.0.0.1", world.port, world.nexus)
            receive = msn_file.build(*where, BOB, "b", "receive", str(folder))
            receive.activate(runner)
            await until(lambda: BOB in world.service.online)
            send = msn_file.build(*where, ANN, "a", BOB, str(source))
            listener = Listener(send)
            for each in (listener, send):
                each.activate(runner)
            await until(lambda: ANN not in world.service.online and listener.heard)
            await until(lambda: (folder / "notes.txt").stat().st_size)
            return listener.heard

    told = asyncio.run(main())
    assert told[-1].startswith(str(source))
    assert "50000 of 50000 bytes" in told
    assert (folder / "notes.txt").read_bytes() == source.read_bytes()


def test_the_bot_answers_in_its_font_and_colour() -> None:
    async def main() -> Any:
        async with msn() as world, running() as runner:
            where = ("127.0.0.1", world.port, world.nexus)
            msn_bot.build(*where, BOB, "b").activate(runner)
            await until(lambda: BOB in world.service.online)
            ann = await signed_on(world, runner, ANN)
            ann.say(("message", BOB, "Hello"))
            await ann.kind("typing")
            return await ann.kind("message")

    said = asyncio.run(main())
    assert said == ("message", BOB, "olleH")
    assert said.format == msn_bot.LOOK


def test_the_gateway_carries_words_both_ways() -> None:
    async def main() -> None:
        async with serving("gate", "ann") as (port, runner), msn() as world:
            bob = await signed_on(world, runner, BOB)
            ann_client = AIMHarness("ann", PASSWORD, "127.0.0.1", port)
            ann = Person().beside(ann_client)
            gate = msn_gateway.build(
                AIMHarness("gate", PASSWORD, "127.0.0.1", port),
                "ann",
                harness(world, "gate@x.org"),
                BOB,
            )
            for each in (ann, ann_client, gate):
                each.activate(runner)
            await ann.kind("signed on")
            await until(lambda: "gate@x.org" in world.service.online)
            bob.say(("message", "gate@x.org", "Hello from MSN"))
            assert await ann.kind("message") == ("message", "gate", "Hello from MSN")
            ann.say(("message", "gate", "Hello from AIM"))
            said = await bob.kind("message")
            assert said == ("message", "gate@x.org", "Hello from AIM")
            finish(ann)
            finish(bob)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("groups", "asked"),
    [({}, [("add", BOB)]), ({"": [CAT]}, [("add", BOB)]), ({"Friends": [BOB]}, [])],
)
def test_who_shall_get_a_file_is_put_on_the_list_first(
    groups: dict[str, list[str]], asked: list[tuple[str, str]]
) -> None:
    probe = Probe(msn_file.Sender(BOB, "notes.txt"))
    probe.deliver(("buddy list", groups))
    assert probe.take() == asked


def test_a_conversation_ends_if_a_friend_does_not_come() -> None:
    probe = Probe(msn_conversation.Host(BOB, CAT))
    probe.deliver(("undelivered", BOB, "Wait, I am calling somebody."))
    assert probe.take("said") == [(BOB, "Wait, I am calling somebody.")]
    assert probe.ended
