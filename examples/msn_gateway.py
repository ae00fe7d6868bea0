"""A gateway: one AIM user and one MSN user talk to each other.

Start a server:  kamaelia serve --aim-port 5190 --msn-port 1863 --http-port 8080 \
                     --user gate:secret --user gate@x.org:secret
Run:             python examples/msn_gateway.py 127.0.0.1:5190 gate secret ann \
                     127.0.0.1:1863 http://127.0.0.1:8080 gate@x.org secret bob@x.org
Shows:           AIMHarness and MSNHarness in one graph; neither knows of the other
"""

import sys
from contextlib import suppress

from Axon.AsyncComponent import asynccomponent
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Protocol.AIM.AIMHarness import AIMHarness
from Kamaelia.Protocol.MSN.MSNHarness import MSNHarness


class Crossing(asynccomponent):
    """One way across: what a user says here is said to a user over there.

    Args:
        here: whose words are carried.
        there: to whom.
    """

    Inboxes = {"inbox": "events of the one network", "control": "its client's signal"}
    Outboxes = {"outbox": "commands for the other", "signal": "for the other's client"}

    def __init__(self, here: str, there: str) -> None:
        super().__init__()
        self.here = here.lower()
        self.there = there

    async def main(self) -> None:
        """Carry words, and that somebody is typing, until told to stop."""
        async for event in self.messages("inbox"):
            match event:
                case ("message", sender, text) if sender.lower() == self.here:
                    await self.put(("message", self.there, text), "outbox")
                case ("typing", sender, "typing") if sender.lower() == self.here:
                    await self.put(("typing", self.there), "outbox")


def build(aim: AIMHarness, aim_user: str, msn: MSNHarness, msn_user: str) -> Graphline:
    """Return the gateway.

    Args:
        aim: the AIM client.
        aim_user: whom it serves there.
        msn: the MSN client.
        msn_user: whom it serves there.
    """
    return Graphline(
        aim=aim,
        msn=msn,
        east=Crossing(aim_user, msn_user),
        west=Crossing(msn_user, aim_user),
        linkages={
            # from AIM to MSN
            ("aim", "outbox"): ("east", "inbox"),
            ("east", "outbox"): ("msn", "inbox"),
            # from MSN to AIM
            ("msn", "outbox"): ("west", "inbox"),
            ("west", "outbox"): ("aim", "inbox"),
            # shutdown: the end of either client ends the other
            ("self", "control"): ("aim", "control"),
            ("aim", "signal"): ("east", "control"),
            ("east", "signal"): ("msn", "control"),
            ("msn", "signal"): ("west", "control"),
            ("west", "signal"): ("aim", "control"),
        },
    )


if __name__ == "__main__":
    aim_at, aim_name, aim_word, ann, msn_at, nexus, msn_name, msn_word, bob = sys.argv[
        1:10
    ]
    aim_host, _, aim_port = aim_at.rpartition(":")
    msn_host, _, msn_port = msn_at.rpartition(":")
    with suppress(KeyboardInterrupt):  # Ctrl-C ends it
        build(
            AIMHarness(aim_name, aim_word, aim_host, int(aim_port)),
            ann,
            MSNHarness(msn_name, msn_word, msn_host, int(msn_port), nexus),
            bob,
        ).run()
