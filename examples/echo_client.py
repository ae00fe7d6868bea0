"""Send each line typed to a server and print what comes back.

Start a server:  python examples/echo_server.py 1500
Run:             python examples/echo_client.py 127.0.0.1:1500
Shows:           TCPClient in a Pipeline; str at the console, bytes on the network
Ends:            at the end of input (control-D)
"""

import sys
from contextlib import suppress
from typing import Any

from Kamaelia.Chassis.Pipeline import Pipeline
from Kamaelia.Internet.TCPClient import TCPClient
from Kamaelia.Util.Console import ConsoleEchoer, ConsoleReader
from Kamaelia.Util.PureTransformer import PureTransformer


def build(server: str, port: int, reader: Any = None) -> Pipeline:
    """Return the client.

    Args:
        server: host name or address.
        port: its TCP port.
        reader: what gives the lines; the console if None.
    """
    return Pipeline(
        reader or ConsoleReader(prompt=""),
        PureTransformer(lambda line: line.encode()),
        TCPClient(server, port),
        PureTransformer(lambda data: data.decode(errors="replace")),
        ConsoleEchoer(),
    )


if __name__ == "__main__":
    host, _, number = sys.argv[1].rpartition(":")
    with suppress(KeyboardInterrupt):  # Ctrl-C ends it
        build(host, int(number)).run()
