"""Get the key for the MD5 of a password from an OSCAR authorizer, and print it.

Start a server:  kamaelia serve --aim-port 5190 --user kamaelia1:secret
Run:             python examples/md5_key.py 127.0.0.1:5190
Shows:           a subclass of SNACExchanger, waitSnac, OSCARClient in a Graphline

The example of Kamaelia's OSCARClient, unchanged but for `print`, which is a function
now, and the server, which is an argument. Ends when the server hangs up.
"""

# fmt: off
# ruff: noqa: B007, D101, D102, E701
# mypy: disable-error-code="no-untyped-def"

import struct
import sys

from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Protocol.AIM.OSCARClient import OSCARClient, SNACExchanger
from Kamaelia.Support.OscarUtil import CHANNEL_NEWCONNECTION, unpackSingles
from Kamaelia.Support.OscarUtil2 import SNAC, TLV  # noqa: F401


class LoginHandler(SNACExchanger):
    def main(self):
        self.send((CHANNEL_NEWCONNECTION,
                   struct.pack('!i', 1)))
        while not self.dataReady():
            yield 1
        reply = self.recv() # server ack of new connection
        zero = struct.pack('!H', 0)
        request = TLV(0x01, "kamaelia1") + TLV(0x4b, zero) + TLV(0x5a, zero)
        self.sendSnac(0x17, 0x06, request)
        for reply in self.waitSnac(0x17, 0x07): yield 1
        md5key = reply[2:]
        print(("%02x " * len(md5key)) % unpackSingles(md5key))


def build(server: str, port: int) -> Graphline:
    """Return the graph.

    Args:
        server: host name or address of the authorizer.
        port: its TCP port.
    """
    return Graphline(osc = OSCARClient(server, port),
              login = LoginHandler(),
              linkages = {("login", "outbox") : ("osc", "inbox"),
                          ("osc", "outbox") : ("login", "inbox"),
                          }
              )


if __name__ == "__main__":
    host, _, number = sys.argv[1].rpartition(":")
    build(host, int(number)).run()
