"""Our clients against our server, over sockets and HTTP, in every dialect."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from Axon.Ipc import producerFinished
from Kamaelia.Protocol.MSN.MSNHarness import MSNHarness
from Kamaelia.Protocol.MSN.Server.MSNServer import MSNServer
from Kamaelia.store.passwords import Scheme
from Kamaelia.store.store import open_store
from tests.examples.world import Person, finish, running

from .server.hall import QUICK

ALICE, BOB = "alice@example.com", "bob@example.com"


async def meet(version: int, folder: Path) -> None:
    schemes: frozenset[Scheme] = frozenset({"msn-md5"})
    async with await open_store("memory", schemes=schemes, hasher=QUICK) as store:
        for handle in (ALICE, BOB):
            await store.accounts.put("msn", handle, "secret")
        await store.add_contact(ALICE, BOB)
        await store.add_contact(BOB, ALICE)
        server = MSNServer(port=0, http_port=0, store=store)
        server.listen()
        async with running(server) as runner:
            people = {}
            for handle in (ALICE, BOB):
                client = MSNHarness(
                    handle,
                    "secret",
                    "127.0.0.1",
                    server.ports["msn"],
                    f"http://127.0.0.1:{server.ports['http']}",
                    versions=[version],
                    listenAt="127.0.0.1",
                    ports=(0,),
                )
                people[handle] = person = Person().beside(client)
                person.activate(runner)
                client.activate(runner)
                await person.kind("status")
            await talk(people[ALICE], people[BOB], folder)
            server._deliver(producerFinished(), "control")
            while not server._isStopped():  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0)


def equal(received: str, source: Path) -> bool:
    return Path(received).read_bytes() == source.read_bytes()


async def talk(alice: Person, bob: Person, folder: Path) -> None:
    online = await alice.kind("buddy online")
    assert online[1]["name"] == BOB
    await bob.kind("buddy online")
    alice.say(("message", BOB, "Grüße"))
    assert await bob.kind("message") == ("message", ALICE, "Grüße")
    await alice.kind("accepted")
    bob.say(("typing", ALICE))
    await alice.kind("typing")
    source = folder / "notes.bin"
    source.write_bytes(os.urandom(20_000))
    (folder / "in").mkdir()
    alice.say(("send file", BOB, source))
    offer = await bob.kind("file offered")
    bob.say(("accept file", offer.transfer, folder / "in"))
    ended: Any = await bob.kind("file ended")
    assert equal(ended.path, source)
    await alice.kind("file ended")
    bob.say(("status", "BSY"))
    changed = await alice.kind("buddy changed")
    assert changed[1]["status"] == "BSY"
    alice.say(("add", "nobody"))
    assert await alice.kind("error")
    finish(bob)
    await alice.kind("buddy offline")
    alice.say(("message", BOB, "still there?"))
    await alice.kind("undelivered")
    finish(alice)
    await alice.until(lambda _: alice.gone)


@pytest.mark.parametrize("version", [2, 5, 7, 8, 9, 10, 11, 12])
def test_two_meet_talk_and_part(version: int, tmp_path: Path) -> None:
    asyncio.run(meet(version, tmp_path))
