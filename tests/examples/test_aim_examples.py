"""The AIM examples, and two clients, against the embedded server."""

import asyncio

import pytest

from examples import aim_away, aim_console, md5_key
from Kamaelia.Protocol.AIM.AIMHarness import AIMHarness
from tests.examples.world import PASSWORD, Person, finish, serving


def test_the_key_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> str:
        async with serving("kamaelia1") as (port, runner):
            md5_key.build("127.0.0.1", port).activate(runner)
            printed = ""
            while not printed.endswith("\n"):
                await asyncio.sleep(0)
                printed += capsys.readouterr().out
            return printed

    numbers = asyncio.run(main()).split()
    assert len(numbers) > 4
    assert all(0 <= int(number, 16) < 256 for number in numbers)


def test_two_people_talk() -> None:
    async def main() -> None:
        async with serving("ann", "bob") as (port, runner):
            ann_client = AIMHarness("ann", PASSWORD, "127.0.0.1", port, buddies=["bob"])
            bob_client = AIMHarness("bob", PASSWORD, "127.0.0.1", port)
            ann, bob = Person().beside(ann_client), Person().beside(bob_client)
            for each in (ann, ann_client):
                each.activate(runner)
            await ann.kind("signed on")
            for each in (bob, bob_client):
                each.activate(runner)
            online = await ann.kind("buddy online")
            assert online.info["name"] == "bob"
            ann.say(("message", "bob", "hé <你>"))
            assert await bob.kind("message") == ("message", "ann", "hé <你>")
            assert await ann.kind("accepted") == ("accepted", "bob")
            bob.say(("typing", "ann"))
            assert await ann.kind("typing") == ("typing", "bob", "typing")
            bob.say(("away", "gone fishing"))
            await ann.kind("buddy away")
            ann.say(("info", "bob"))
            info = await ann.kind("info")
            assert info.away == "gone fishing"
            ann.say(("add", "bob", "Friends"))
            assert await ann.kind("added") == ("added", "bob")
            listed = await ann.until(lambda e: e[0] == "buddy list" and e[1])
            assert "bob" in listed.groups["Friends"]
            finish(bob)
            await bob.until(lambda _: bob.gone)
            await ann.kind("buddy offline")
            ann.say(("message", "bob", "still there?"))
            failure = await ann.kind("error")
            assert failure.buddy == "bob"
            finish(ann)
            await ann.until(lambda _: ann.gone)

    asyncio.run(main())


def test_the_away_bot_answers_once() -> None:
    async def main() -> None:
        async with serving("ann", "bob") as (port, runner):
            bot = aim_away.build("127.0.0.1", port, "ann", PASSWORD, "At lunch")
            bot.activate(runner)
            client = AIMHarness("bob", PASSWORD, "127.0.0.1", port, buddies=["ann"])
            bob = Person().beside(client)
            for each in (client, bob):
                each.activate(runner)
            await bob.until(
                lambda e: (
                    (e[0] == "buddy online" and e[1]["away"]) or e[0] == "buddy away"
                )
            )
            bob.say(("message", "ann", "lunch?"))
            reply = await bob.kind("message")
            assert reply == ("message", "ann", "At lunch")
            assert reply.is_auto
            bob.say(("message", "ann", "really?"))
            bob.say(("info", "ann"))
            await bob.kind("info")
            assert [e[0] for e in bob.heard].count("message") == 1

    asyncio.run(main())


def test_the_console_messenger_says_lines_and_shows_events(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def main() -> str:
        async with serving("ann", "bob") as (port, runner):
            client = AIMHarness("bob", PASSWORD, "127.0.0.1", port)
            bob, typist = Person().beside(client), Person()
            console = aim_console.build(
                "127.0.0.1", port, "ann", PASSWORD, "bob", reader=typist
            )
            for each in (client, bob, console):
                each.activate(runner)

            async def shown(text: str) -> str:
                printed = ""
                while text not in printed:
                    await asyncio.sleep(0)
                    printed += capsys.readouterr().out
                return printed

            await shown("* buddy online: bob\n")
            typist.say("hello bob\n")
            came = await bob.kind("message")
            assert came == ("message", "ann", "hello bob")
            bob.say(("message", "ann", "hello ann"))
            return await shown("hello ann")

    assert "bob: hello ann\n" in asyncio.run(main())
