"""See AIM's frames in the clear although the connection is TLS: a tap in between.

Start a server:  an OSCAR server behind TLS on port 5193, its certificate in cert.pem
Run:             python examples/aim_wire_tap.py 127.0.0.1:5193 ann secret cert.pem
Shows:           layers taken apart: TCP - TLS - tap - FLAP; a connector of one's own
"""

import ssl
import sys
from collections.abc import Callable
from contextlib import suppress

from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Internet.TCPClient import TCPClient
from Kamaelia.Internet.TLS import TLSClient
from Kamaelia.Protocol.AIM.actions import Connect
from Kamaelia.Protocol.AIM.AIMHarness import AIMHarness
from Kamaelia.Protocol.AIM.Hangup import Hangup
from Kamaelia.Protocol.AIM.OSCARClient import OSCARProtocol
from Kamaelia.Util.PureTransformer import PureTransformer


def tap(direction: str, show: Callable[[str], object]) -> PureTransformer:
    """Return what lets bytes through and shows them."""

    def through(data: bytes) -> bytes:
        show(f"{direction} {data[:32].hex(' ')}{' ...' if len(data) > 32 else ''}")
        return data

    return PureTransformer(through)


def connection(
    at: Connect, context: ssl.SSLContext, show: Callable[[str], object]
) -> Graphline:
    """Return a connection to a server: FLAPMessages in and out, TLS below the tap."""
    return Graphline(
        oscar=OSCARProtocol(),
        up=tap("<", show),
        down=tap(">", show),
        tls=TLSClient(at.host, context),
        tcp=TCPClient(at.host, at.port),
        end=Hangup(),
        linkages={
            # down: application to network
            ("self", "inbox"): ("oscar", "talk"),
            ("oscar", "outbox"): ("down", "inbox"),
            ("down", "outbox"): ("tls", "talk"),
            ("tls", "outbox"): ("tcp", "inbox"),
            # up: network to application
            ("tcp", "outbox"): ("tls", "inbox"),
            ("tls", "heard"): ("up", "inbox"),
            ("up", "outbox"): ("oscar", "inbox"),
            ("oscar", "heard"): ("self", "outbox"),
            # shutdown: through the layers in their order, from the top ...
            ("self", "control"): ("oscar", "control"),
            ("oscar", "signal"): ("down", "control"),
            ("down", "signal"): ("tls", "control"),
            ("tls", "signal"): ("end", "control"),
            ("end", "outbox"): ("tcp", "control"),
            # ... or from the bottom
            ("tcp", "signal"): ("end", "inbox"),
            ("end", "protocol"): ("tls", "control"),
            ("end", "signal"): ("up", "control"),
            ("up", "signal"): ("self", "signal"),
        },
    )


def build(
    server: str,
    port: int,
    name: str,
    password: str,
    context: ssl.SSLContext,
    show: Callable[[str], object] = print,
) -> AIMHarness:
    """Return a client whose frames are shown.

    Args:
        server: host name or address of the authorizer.
        port: its TCP port.
        name: screen name.
        password: of the account.
        context: says which certificates are good.
        show: called with a line for each piece of the stream.
    """

    def connector(at: Connect) -> Graphline:
        return connection(at, context, show)

    return AIMHarness(name, password, server, port, tls=context, connector=connector)


if __name__ == "__main__":
    host, _, number = sys.argv[1].rpartition(":")
    who, word, trusted = sys.argv[2:5]
    checks = ssl.create_default_context(cafile=trusted)
    with suppress(KeyboardInterrupt):  # Ctrl-C ends it
        build(host, int(number), who, word, checks).run()
