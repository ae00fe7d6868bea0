"""A client and what it needs to reach its server, as one graph.

    MSNStack(client)                    client - MSNProtocol
    MSNConnection(client, host, port)   client - MSNProtocol - TCPClient

and the factories that programs written for Twisted's module know.
"""

import ssl
from collections.abc import Callable, Iterable
from typing import Any

from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.Internet.TCPClient import TCPClient
from Kamaelia.Protocol.MSN.constants import MSN_PORT, STATUS_OFFLINE
from Kamaelia.Protocol.MSN.Contacts import MSNContactList
from Kamaelia.Protocol.MSN.DispatchClient import MSNDispatchClient
from Kamaelia.Protocol.MSN.EventBase import MSNEventBase
from Kamaelia.Protocol.MSN.MSNProtocol import MSNProtocol
from Kamaelia.Protocol.MSN.NotificationClient import MSNNotificationClient
from Kamaelia.Protocol.MSN.Passport import NEXUS
from Kamaelia.Protocol.MSN.SwitchboardClient import MSNSwitchboardClient
from Kamaelia.Protocol.MSN.wire.command import Kind, Sender
from Kamaelia.Protocol.MSN.wire.signon import SUPPORTED

__all__ = [
    "DispatchFactory",
    "MSNConnection",
    "MSNStack",
    "NotificationFactory",
    "SwitchboardFactory",
]

_BOXES = {
    # application
    ("self", "talk"): ("client", "talk"),
    ("client", "heard"): ("self", "heard"),
    # down
    ("client", "outbox"): ("protocol", "talk"),
    # up
    ("protocol", "heard"): ("client", "inbox"),
    # shutdown: top to bottom
    ("self", "control"): ("client", "control"),
    ("client", "signal"): ("protocol", "control"),
}


def _protocol(client: MSNEventBase) -> MSNProtocol:
    """Return the framing for a client."""
    talks = isinstance(client, MSNSwitchboardClient)
    return MSNProtocol(Sender.SERVER, Kind.SWITCHBOARD if talks else Kind.NOTIFICATION)


def MSNStack(client: MSNEventBase) -> Graphline:
    """A client and its framing: bytes in `inbox` and `outbox`.

    `talk` and `heard` are the client's; `lost` takes the transport's signal.

    Args:
        client: which.
    """
    return Graphline(
        client=client,
        protocol=_protocol(client),
        linkages={
            **_BOXES,
            ("self", "inbox"): ("protocol", "inbox"),
            ("protocol", "outbox"): ("self", "outbox"),
            ("self", "lost"): ("protocol", "lost"),
            ("protocol", "signal"): ("self", "signal"),
        },
    )


def MSNConnection(
    client: MSNEventBase,
    host: str,
    port: int = MSN_PORT,
    transport: Callable[[str, int], Any] = TCPClient,
) -> Graphline:
    """A client connected to its server: `talk`, `heard`, `control` and `signal`.

    Args:
        client: which.
        host: the server's address.
        port: its port.
        transport: called with host and port; returns what carries bytes.
    """
    return Graphline(
        client=client,
        protocol=_protocol(client),
        transport=transport(host, port),
        linkages={
            **_BOXES,
            ("protocol", "outbox"): ("transport", "inbox"),
            ("transport", "outbox"): ("protocol", "inbox"),
            ("transport", "signal"): ("protocol", "lost"),
            ("protocol", "signal"): ("transport", "control"),
        },
    )


class _Factory:
    """Makes clients of one account, and connections for them.

    Attributes:
        protocol: the class of the clients.
    """

    protocol: Any

    def settings(self) -> dict[str, Any]:
        """Return the attributes that each client gets."""
        return {}

    def buildProtocol(self, **argd: Any) -> Any:
        """Return a client.

        Args:
            argd: attributes that only this one gets.
        """
        return self.protocol(**(self.settings() | argd))

    def connect(
        self,
        host: str,
        port: int = MSN_PORT,
        transport: Callable[[str, int], Any] = TCPClient,
        **argd: Any,
    ) -> Graphline:
        """Return a client with its connection; see MSNConnection.

        Args:
            host: the server's address.
            port: its port.
            transport: as in MSNConnection.
            argd: attributes that only this client gets.
        """
        client = self.buildProtocol(**argd)
        if hasattr(client, "host"):
            client.host, client.port = host, port
        return MSNConnection(client, host, port, transport)


class DispatchFactory(_Factory):
    """Makes MSNDispatchClients.

    Args:
        userHandle: the account.
        versions: numbers of the dialects to offer.
    """

    protocol: Any = MSNDispatchClient

    def __init__(
        self,
        userHandle: str = "",  # noqa: N803 - these names were Twisted's
        versions: Iterable[int] = SUPPORTED,
    ) -> None:
        self.userHandle = userHandle
        self.versions = versions

    def settings(self) -> dict[str, Any]:
        """Return the attributes that each client gets."""
        return {"userHandle": self.userHandle, "versions": self.versions}


class NotificationFactory(_Factory):
    """Makes MSNNotificationClients.

    Args:
        userHandle: the account.
        password: its password.
        screenName: its friendly name.
        passportServer: address of the Passport nexus.
        status: the state to take once the list is there.
        contacts: a contact list of an earlier session.
        versions: numbers of the dialects to offer.
        verify: whether and how to verify Passport's certificate.
    """

    protocol: Any = MSNNotificationClient

    def __init__(
        self,
        userHandle: str = "",  # noqa: N803
        password: str = "",
        screenName: str = "",  # noqa: N803
        passportServer: str = NEXUS,  # noqa: N803
        status: str = STATUS_OFFLINE,
        contacts: MSNContactList | None = None,
        versions: Iterable[int] = SUPPORTED,
        verify: bool | ssl.SSLContext = True,
    ) -> None:
        self.userHandle = userHandle
        self.password = password
        self.screenName = screenName
        self.passportServer = passportServer
        self.status = status
        self.contacts = MSNContactList() if contacts is None else contacts
        self.versions = versions
        self.verify = verify

    def settings(self) -> dict[str, Any]:
        """Return the attributes that each client gets."""
        names = ("userHandle", "password", "screenName", "passportServer", "status")
        others = ("contacts", "versions", "verify")
        return {name: getattr(self, name) for name in (*names, *others)}


class SwitchboardFactory(_Factory):
    """Makes MSNSwitchboardClients.

    Args:
        userHandle: the account.
        screenName: its friendly name.
    """

    protocol: Any = MSNSwitchboardClient

    def __init__(
        self,
        userHandle: str = "",  # noqa: N803
        screenName: str = "",  # noqa: N803
    ) -> None:
        self.userHandle = userHandle
        self.screenName = screenName

    def settings(self) -> dict[str, Any]:
        """Return the attributes that each client gets."""
        return {"userHandle": self.userHandle, "screenName": self.screenName}


__kamaelia_prefabs__ = (MSNStack, MSNConnection)
