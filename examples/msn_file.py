"""Send a file to a buddy, or take every file that is offered.

Start a server:  kamaelia serve --msn-port 1863 --http-port 8080 \
                     --user ann@x.org:secret --user bob@x.org:secret
Run:             python examples/msn_file.py 127.0.0.1:1863 http://127.0.0.1:8080 \
                     bob@x.org secret receive downloads
                 python examples/msn_file.py 127.0.0.1:1863 http://127.0.0.1:8080 \
                     ann@x.org secret bob@x.org notes.txt
                 The first goes on until Ctrl-C.
Shows:           file transfer by MSNHarness, progress, a component that ends it all
"""

import sys
from contextlib import suppress
from pathlib import Path

from Axon.AsyncComponent import asynccomponent
from Axon.Ipc import producerFinished
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Protocol.MSN.MSNHarness import MSNHarness


class _Clerk(asynccomponent):
    Inboxes = {"inbox": "events of MSNHarness", "control": "its signal"}
    Outboxes = {
        "outbox": "commands for MSNHarness",
        "signal": "producerFinished at the end",
        "told": "lines for people",
    }


class Sender(_Clerk):
    """Offers one file as soon as the buddy is online; ends when it is over.

    Who isn't on our list isn't seen to be online, so the buddy is put there first.

    Args:
        buddy: to whom.
        path: the file.
    """

    def __init__(self, buddy: str, path: str) -> None:
        super().__init__()
        self.buddy = buddy
        self.path = path

    async def main(self) -> None:
        """Offer, report, end."""
        offered = False
        async for event in self.messages("inbox"):
            match event:
                case ("buddy list", groups):
                    if not any(self.buddy in names for names in groups.values()):
                        await self.put(("add", self.buddy), "outbox")
                case ("buddy online", {"name": self.buddy}) if not offered:
                    offered = True
                    await self.put(("send file", self.buddy, self.path), "outbox")
                case ("file progress", _, done, total):
                    await self.put(f"{done} of {total} bytes", "told")
                case ("file ended", _, _, reason):
                    await self.put(f"{self.path}: {reason}", "told")
                    break
                case ("error", text):
                    await self.put(text, "told")
                    break
        await self.put(producerFinished(self), "signal")


class Receiver(_Clerk):
    """Takes every file that is offered.

    Args:
        folder: where they go; made if need be.
    """

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder
        Path(folder).mkdir(parents=True, exist_ok=True)

    async def main(self) -> None:
        """Accept and report until told to stop."""
        async for event in self.messages("inbox"):
            match event:
                case ("file offered", buddy, name, size, transfer):
                    await self.put(f"{buddy} sends {name!r}, {size} bytes", "told")
                    command = ("accept file", transfer, self.folder)
                    await self.put(command, "outbox")
                case ("file ended", _, path, reason):
                    await self.put(f"{path}: {reason}", "told")


def build(
    server: str, port: int, nexus: str, name: str, password: str, who: str, what: str
) -> Graphline:
    """Return the graph; lines for people come from its `outbox`.

    Args:
        server: host name or address of the notification server.
        port: its TCP port.
        nexus: address of the Passport nexus.
        name: the account.
        password: its password.
        who: the buddy who gets the file; or "receive".
        what: the file; or the folder for what comes.
    """
    clerk = Receiver(what) if who == "receive" else Sender(who, what)
    return Graphline(
        msn=MSNHarness(name, password, server, port, nexus),
        clerk=clerk,
        linkages={
            ("msn", "outbox"): ("clerk", "inbox"),
            ("clerk", "outbox"): ("msn", "inbox"),
            ("clerk", "told"): ("self", "outbox"),
            # shutdown: either ends the other
            ("self", "control"): ("msn", "control"),
            ("clerk", "signal"): ("msn", "control"),
            ("msn", "signal"): ("clerk", "control"),
        },
    )


if __name__ == "__main__":
    from Kamaelia.Util.Console import ConsoleEchoer
    from Kamaelia.Util.PureTransformer import PureTransformer

    place, _, number = sys.argv[1].rpartition(":")
    with suppress(KeyboardInterrupt):  # Ctrl-C ends it
        Graphline(
            files=build(place, int(number), *sys.argv[2:7]),
            lines=PureTransformer(lambda line: f"{line}\n"),
            echo=ConsoleEchoer(),
            linkages={
                ("files", "outbox"): ("lines", "inbox"),
                ("files", "signal"): ("lines", "control"),
                ("lines", "outbox"): ("echo", "inbox"),
                ("lines", "signal"): ("echo", "control"),
            },
        ).run()
