"""A conversation of three: call two friends together and greet them.

Start a server:  kamaelia serve --msn-port 1863 --http-port 8080 \
                     --user ann@x.org:secret --user bob@x.org:secret \
                     --user cat@x.org:secret
Run:             python examples/msn_conversation.py 127.0.0.1:1863 \
                     http://127.0.0.1:8080 ann@x.org secret bob@x.org cat@x.org
Shows:           MSNHarness, an invitation into a conversation, ending by itself
"""

import sys
from contextlib import suppress
from typing import Any

from Axon.AsyncComponent import asynccomponent
from Axon.Ipc import producerFinished
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Protocol.MSN.MSNHarness import MSNHarness


class Host(asynccomponent):
    """Brings two friends together, says one thing, hears each, and leaves.

    Args:
        first: whom to call.
        second: whom to bring in.
        text: what to say when both are there.
    """

    Inboxes = {"inbox": "events of MSNHarness", "control": "its signal"}
    Outboxes = {
        "outbox": "commands for MSNHarness",
        "signal": "producerFinished when both have answered",
        "said": "(sender, text); or what went wrong",
    }

    def __init__(self, first: str, second: str, text: str = "Hello, you two!") -> None:
        super().__init__()
        self.friends = (first, second)
        self.text = text

    async def main(self) -> None:
        """Call, bring in, greet, listen."""
        first, second = self.friends
        await self.put(("message", first, "Wait, I am calling somebody."), "outbox")
        answered: set[str] = set()
        async for event in self.messages("inbox"):
            await self._act(event)
            if event[0] == "message" and second in {event.sender, *event.others}:
                await self.put((event.sender, event.text), "said")
                answered.add(event.sender)
            if event[0] in ("undelivered", "error", "disconnected"):
                await self.put(tuple(event[-2:]), "said")  # somebody isn't there, say
                break
            if answered == {first, second}:
                break
        await self.put(producerFinished(self), "signal")

    async def _act(self, event: Any) -> None:
        """Go on when somebody has joined."""
        first, second = self.friends
        if event == ("joined", first):
            await self.put(("invite", first, second), "outbox")
        elif event == ("joined", second):
            await self.put(("message", first, self.text), "outbox")


def build(
    server: str, port: int, nexus: str, name: str, password: str, *friends: str
) -> Graphline:
    """Return the graph; what the friends say comes from its `outbox`.

    Args:
        server: host name or address of the notification server.
        port: its TCP port.
        nexus: address of the Passport nexus.
        name: the account.
        password: its password.
        friends: two accounts.
    """
    first, second = friends
    return Graphline(
        msn=MSNHarness(name, password, server, port, nexus),
        host=Host(first, second),
        linkages={
            ("msn", "outbox"): ("host", "inbox"),
            ("host", "outbox"): ("msn", "inbox"),
            ("host", "said"): ("self", "outbox"),
            # shutdown: either ends the other
            ("host", "signal"): ("msn", "control"),
            ("msn", "signal"): ("host", "control"),
        },
    )


if __name__ == "__main__":
    from Kamaelia.Util.Console import ConsoleEchoer
    from Kamaelia.Util.PureTransformer import PureTransformer

    place, _, number = sys.argv[1].rpartition(":")
    talk = build(place, int(number), *sys.argv[2:7])
    with suppress(KeyboardInterrupt):  # Ctrl-C ends it
        Graphline(
            talk=talk,
            lines=PureTransformer(lambda said: f"{said[0]}: {said[1]}\n"),
            echo=ConsoleEchoer(),
            linkages={
                ("talk", "outbox"): ("lines", "inbox"),
                ("talk", "signal"): ("lines", "control"),
                ("lines", "outbox"): ("echo", "inbox"),
                ("lines", "signal"): ("echo", "control"),
            },
        ).run()
