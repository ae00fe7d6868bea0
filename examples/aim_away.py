"""Answer every AIM message once with an away text.

Start a server:  kamaelia serve --aim-port 5190 --user ann:secret
Run:             python examples/aim_away.py 127.0.0.1:5190 ann secret "At lunch"
Shows:           AIMHarness, an async component, a feedback loop in a Graphline
"""

import sys
from contextlib import suppress

from Axon.AsyncComponent import asynccomponent
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Protocol.AIM.AIMHarness import AIMHarness


class AwayResponder(asynccomponent):
    """Send each sender the away text once; never answer an automatic reply.

    Args:
        text: the away text.
    """

    Inboxes = {"inbox": "events of AIMHarness", "control": "its signal"}
    Outboxes = {"outbox": "commands for AIMHarness", "signal": "why it stopped"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    async def main(self) -> None:
        """Answer until told to stop."""
        answered: set[str] = set()
        await self.put(("away", self.text), "outbox")
        async for event in self.messages("inbox"):
            kind, sender, *_ = event
            if kind != "message" or event.is_auto or sender in answered:
                continue
            answered.add(sender)
            await self.put(("auto reply", sender, self.text), "outbox")


def build(server: str, port: int, name: str, password: str, text: str) -> Graphline:
    """Return the bot.

    Args:
        server: host name or address of the authorizer.
        port: its TCP port.
        name: screen name.
        password: of the account.
        text: the away text.
    """
    return Graphline(
        aim=AIMHarness(name, password, server, port),
        away=AwayResponder(text),
        linkages={
            # round and round: events to the bot, its answers back
            ("aim", "outbox"): ("away", "inbox"),
            ("away", "outbox"): ("aim", "inbox"),
            # shutdown: first the client, then the bot
            ("self", "control"): ("aim", "control"),
            ("aim", "signal"): ("away", "control"),
            ("away", "signal"): ("self", "signal"),
        },
    )


if __name__ == "__main__":
    host, _, number = sys.argv[1].rpartition(":")
    with suppress(KeyboardInterrupt):  # Ctrl-C ends it
        build(host, int(number), *sys.argv[2:5]).run()
