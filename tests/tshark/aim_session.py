"""Our AIM client against our OSCAR server over sockets, recorded on the way."""

import asyncio
from typing import Any

from Axon.AsyncComponent import asynccomponent
from Axon.Ipc import producerFinished
from Kamaelia.Protocol.AIM.AIMHarness import AIMHarness
from Kamaelia.Protocol.AIM.Server.OSCARServer import OSCARServer
from tests.aim.server.clients import store_with
from tests.helpers.capture_writer import Talk
from tests.helpers.relay import RecordingRelay

PATIENCE = 20.0  # seconds until the session counts as stuck
PASSWORD = "secret9"


class Script(asynccomponent):
    """Two users sign on, add each other, talk, change what they show, and sign off."""

    Inboxes = {
        "alice": "events of Alice's client",
        "bob": "events of Bob's client",
        "control": "not used",
    }
    Outboxes = {
        "to_alice": "commands",
        "to_bob": "commands",
        "stop_alice": "control of Alice's client",
        "stop_bob": "control of Bob's client",
        "stop_server": "control of the server",
        "signal": "not used",
    }

    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[str, Any]] = []

    async def main(self) -> None:
        """Play."""
        async with asyncio.timeout(PATIENCE):
            await self._until("alice", "signed on")
            await self._until("bob", "signed on")
            await self._talk()
            for name in ("alice", "bob"):
                self.send(producerFinished(self), f"stop_{name}")
        self.send(producerFinished(self), "stop_server")

    async def _talk(self) -> None:
        alice, bob = "to_alice", "to_bob"
        self.send(("add", "bob"), alice)
        await self._until("alice", "buddy online")
        self.send(("add", "Alice", "Friends"), bob)
        await self._until("bob", "buddy online")
        self.send(("typing", "bob"), alice)
        await self._until("bob", "typing")
        self.send(("message", "bob", "hello <bob> & co"), alice)
        await self._until("bob", "message")
        self.send(("message", "Alice", "h\u00e9llo \u4f60"), bob)
        await self._until("alice", "message")
        self.send(("profile", "<B>me</B>"), bob)
        self.send(("available", "here I am"), bob)
        self.send(("idle", 600), bob)
        self.send(("away", "gone fishing"), bob)
        self.send(("info", "bob"), alice)
        await self._until("alice", "info")
        self.send(("auto reply", "Alice", "at lunch"), bob)
        await self._until("alice", "message")
        self.send(("back",), bob)
        self.send(("message", "nobody", "are you there?"), alice)
        await self._until("alice", "error")
        self.send(("warn", "bob"), alice)
        await self._until("bob", "warned")
        self.send(("remove", "bob"), alice)
        self.send(("html", "bob", "<I>bye</I>"), alice)
        await self._until("bob", "message")

    async def _until(self, name: str, kind: str) -> None:
        while True:
            event = await self.get(name)
            self.events.append((name, event))
            if event[0] == kind:
                return


async def record() -> tuple[list[Talk], list[tuple[str, Any]]]:
    """Return what went over the wire, connection by connection, and the events."""
    store = await store_with("Alice", "bob", password=PASSWORD)
    async with store, RecordingRelay() as relay:
        server = OSCARServer(
            port=0, store=store, advertise=f"127.0.0.1:{relay.port}", motd="welcome"
        )
        server.listen()
        relay.server_port = server.port or 0
        script = Script()
        for name, user in (("alice", "Alice"), ("bob", "bob")):
            client = AIMHarness(user, PASSWORD, server="127.0.0.1", port=relay.port)
            script.link((client, "outbox"), (script, name))
            script.link((script, f"to_{name}"), (client, "inbox"))
            script.link((script, f"stop_{name}"), (client, "control"))
            script.addChildren(client)
            client.activate()
        script.link((script, "stop_server"), (server, "control"))
        script.addChildren(server)
        server.activate()
        await script.runAsync()
        return relay.talks(5190), script.events
