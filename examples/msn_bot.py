"""A bot that says back what it hears, in a font and a colour of its own.

Start a server:  kamaelia serve --msn-port 1863 --http-port 8080 --user bot@x.org:secret
Run:             python examples/msn_bot.py 127.0.0.1:1863 http://127.0.0.1:8080 \
                     bot@x.org secret
Shows:           MSNHarness, TextFormat, a feedback loop in a Graphline
"""

import sys
from contextlib import suppress
from typing import Final

from Axon.AsyncComponent import asynccomponent
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Protocol.MSN.MSNHarness import MSNHarness
from Kamaelia.Protocol.MSN.wire.text_format import TextFormat

LOOK: Final = TextFormat("Comic Sans MS", bold=True, color=(255, 0, 128))


class Parrot(asynccomponent):
    """Says back what it hears, backwards, and lets in who adds it."""

    Inboxes = {"inbox": "events of MSNHarness", "control": "its signal"}
    Outboxes = {"outbox": "commands for MSNHarness", "signal": "why it stopped"}

    async def main(self) -> None:
        """Answer until told to stop."""
        async for event in self.messages("inbox"):
            match event:
                case ("message", sender, text):
                    await self.put(("typing", sender), "outbox")
                    await self.put(("message", sender, text[::-1], LOOK), "outbox")
                case ("nudge", sender):
                    await self.put(("nudge", sender), "outbox")
                case ("added you", buddy):
                    await self.put(("allow", buddy), "outbox")


def build(server: str, port: int, nexus: str, name: str, password: str) -> Graphline:
    """Return the bot.

    Args:
        server: host name or address of the notification server.
        port: its TCP port.
        nexus: address of the Passport nexus.
        name: the account.
        password: its password.
    """
    return Graphline(
        msn=MSNHarness(name, password, server, port, nexus),
        bot=Parrot(),
        linkages={
            # round and round: events to the bot, its answers back
            ("msn", "outbox"): ("bot", "inbox"),
            ("bot", "outbox"): ("msn", "inbox"),
            # shutdown: first the client, then the bot
            ("self", "control"): ("msn", "control"),
            ("msn", "signal"): ("bot", "control"),
            ("bot", "signal"): ("self", "signal"),
        },
    )


if __name__ == "__main__":
    place, _, number = sys.argv[1].rpartition(":")
    with suppress(KeyboardInterrupt):  # Ctrl-C ends it
        build(place, int(number), *sys.argv[2:5]).run()
