"""Print who comes online, by a subclass of the notification client.

Start a server:  kamaelia serve --msn-port 1863 --http-port 8080 \
                     --user ann@x.org:secret --user bob@x.org:secret
One to watch:    kamaelia user contact add ann@x.org bob@x.org
Run:             python examples/msn_watch.py 127.0.0.1:1863 http://127.0.0.1:8080 \
                     ann@x.org secret
Shows:           MSNNotificationClient, its hooks, a factory
"""

import sys
from collections.abc import Callable
from contextlib import suppress

from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Protocol.MSN.Connection import NotificationFactory
from Kamaelia.Protocol.MSN.NotificationClient import MSNNotificationClient
from Kamaelia.Protocol.MSN.wire.status import STATUS_ONLINE, status_text


class Watcher(MSNNotificationClient):
    """Tells who comes and goes.

    Attributes:
        show: called with each line.
    """

    show: Callable[[str], object] = print

    def gotContactStatus(
        self,
        statusCode: str,  # noqa: N803 - the names of the hook
        userHandle: str,  # noqa: N803
        screenName: str,  # noqa: N803
    ) -> None:
        """Somebody was online when we came."""
        self.show(f"{screenName!r} ({userHandle}) is {status_text(statusCode)}")

    contactStatusChanged = gotContactStatus  # noqa: N815 - the name of the hook

    def contactOffline(self, userHandle: str) -> None:  # noqa: N803
        """Somebody went."""
        self.show(f"{userHandle} is gone")

    def userAddedMe(
        self,
        userHandle: str,  # noqa: N803
        screenName: str,  # noqa: N803
        listVersion: int | str | None,  # noqa: N803
    ) -> None:
        """Somebody has added us: let them in."""
        self.show(f"{userHandle} has added you")
        self.addContact("al", userHandle)


def build(
    server: str,
    port: int,
    nexus: str,
    name: str,
    password: str,
    show: Callable[[str], object] = print,
) -> Graphline:
    """Return the client, with its connection.

    Args:
        server: host name or address of the notification server.
        port: its TCP port.
        nexus: address of the Passport nexus.
        name: the account.
        password: its password.
        show: called with each line.
    """
    factory = NotificationFactory(
        name, password, passportServer=nexus, status=STATUS_ONLINE
    )
    factory.protocol = Watcher
    return factory.connect(server, port, show=show)


if __name__ == "__main__":
    host, _, number = sys.argv[1].rpartition(":")
    nexus, name, password = sys.argv[2:5]
    with suppress(KeyboardInterrupt):  # Ctrl-C ends it
        build(host, int(number), nexus, name, password).run()
