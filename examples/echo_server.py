"""Send back to everybody what they send.

Run:    python examples/echo_server.py 1500
Try:    python examples/echo_client.py 127.0.0.1:1500
Shows:  SimpleServer: a component of yours for each connection
"""

import sys
from collections.abc import Generator
from contextlib import suppress

from Axon.Component import component
from Kamaelia.Chassis.ConnectedServer import SimpleServer


class Echo(component):
    """Sends back what it gets."""

    Inboxes = {"inbox": "bytes from the peer", "control": "the peer has gone: stop"}
    Outboxes = {"outbox": "the same bytes", "signal": "why it stopped"}

    def main(self) -> Generator[int, None, None]:
        """Echo until told to stop."""
        stop = None
        while stop is None:
            stop = self.stopMessage()
            for data in self.Inbox("inbox"):
                yield from self.sendWhenSpace(data, "outbox")
            if stop is None:
                self.pause()
                yield 1
        self.send(stop, "signal")


def serve_one(**_: object) -> Echo:
    """Return what serves a new connection."""
    return Echo()


def build(port: int, host: str = "127.0.0.1") -> SimpleServer:
    """Return the server.

    Args:
        port: TCP port, 0 for any that is free.
        host: address to listen on.
    """
    return SimpleServer(protocol=serve_one, host=host, port=port)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):  # Ctrl-C ends it
        build(int(sys.argv[1])).run()
