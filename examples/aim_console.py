"""Talk to one buddy over AIM: each line typed is a message, each one heard is printed.

Start a server:  kamaelia serve --aim-port 5190 --user ann:secret --user bob:secret
Run:             python examples/aim_console.py 127.0.0.1:5190 ann secret bob
Shows:           AIMHarness in a Pipeline, between console and PureTransformers
Ends:            at the end of input (control-D), after a sign-off
"""

import sys
from contextlib import suppress
from typing import Any

from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Protocol.AIM.AIMHarness import AIMHarness
from Kamaelia.Util.Console import ConsoleEchoer, ConsoleReader
from Kamaelia.Util.PureTransformer import PureTransformer


def shown(event: tuple[Any, ...]) -> str | None:
    """Return the line that shows an event; None for what this example leaves out."""
    match event:
        case ("message", sender, text):
            return f"{sender}: {text}\n"
        case ("buddy online" | "buddy offline" as kind, info):
            return f"* {kind}: {info['name']}\n"
        case ("error" | "disconnected" | "notice" as kind, text):
            return f"* {kind}: {text}\n"
    return None


def build(
    server: str, port: int, name: str, password: str, buddy: str, reader: Any = None
) -> Pipeline:
    """Return the messenger.

    Args:
        server: host name or address of the authorizer.
        port: its TCP port.
        name: screen name.
        password: of the account.
        buddy: to whom the lines go.
        reader: what gives the lines; the console if None.
    """

    def said(line: str) -> tuple[str, str, str] | None:
        text = line.rstrip("\n")
        return ("message", buddy, text) if text else None

    return Pipeline(
        reader or ConsoleReader(prompt=""),
        PureTransformer(said),
        AIMHarness(name, password, server, port, buddies=[buddy]),
        PureTransformer(shown),
        ConsoleEchoer(),
    )


if __name__ == "__main__":
    host, _, number = sys.argv[1].rpartition(":")
    with suppress(KeyboardInterrupt):  # Ctrl-C ends it
        build(host, int(number), *sys.argv[2:5]).run()
