"""The dispatch server: settles the dialect, then sends the client elsewhere."""

from Kamaelia.Protocol.MSN.Server.actions import Actions
from Kamaelia.Protocol.MSN.Server.notification import NotificationSession
from Kamaelia.Protocol.MSN.Server.stage import Stage
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.encoding import is_handle
from Kamaelia.Protocol.MSN.wire.referral import NOTIFICATION, Referral
from Kamaelia.Protocol.MSN.wire.signon import SignOnRequest

__all__ = ["DispatchSession"]


class DispatchSession(NotificationSession):
    """A client's connection to the dispatch server: VER, CVR or INF, USR, XFR.

    Nothing of the account is looked at: the notification server will.
    """

    kind = "dispatch"

    def handle_command(self, command: Command) -> Actions:
        """Answer USR with XFR, everything else as the notification server does."""
        if command.name != "USR" or self.stage is not Stage.VERSIONED:
            return super().handle_command(command)
        request = SignOnRequest.from_command(command)
        wanted = "TWN" if self.dialect >= 8 else "MD5"
        if request.package != wanted or request.stage != "I":
            return self.refuse(request.trid, 911, "another sign-on package")
        if not is_handle(request.value):
            return self.refuse(request.trid, 911, "not an account name")
        host, port = self.connection.local
        here = (host, port)
        address = self.state.notification_address(self.connection)
        referral = Referral(request.trid, NOTIFICATION, address, current=here)
        return [self.say(referral.to_command(self.dialect))]
