"""MSNDispatchClient: ask a dispatch server for the notification server to use."""

from Kamaelia.Protocol.MSN.SignOnClient import SignOnClient

__all__ = ["MSNDispatchClient"]


class MSNDispatchClient(SignOnClient):
    """Asks for a notification server, tells `Referred(host, port)` and ends.

    A server that asks for the password right away is the notification server itself:
    then its own address (`host` and `port` as given) is told.

        MSNDispatchClient(userHandle="ann@example.com")

    Override `gotNotificationReferral` (or `gotReferral`) or listen to `heard`.
    """

    dispatch = True


__kamaelia_components__ = (MSNDispatchClient,)
