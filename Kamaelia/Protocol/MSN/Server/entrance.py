"""How a connection becomes a notification session or a switchboard session."""

from Kamaelia.Protocol.MSN.Server.actions import Actions
from Kamaelia.Protocol.MSN.Server.notification import NotificationSession
from Kamaelia.Protocol.MSN.Server.session import Session
from Kamaelia.Protocol.MSN.Server.switchboard import SwitchboardSession
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.switchboard import enters

__all__ = ["Entrance"]


class Entrance(Session):
    """A connection whose first command has not come: it tells what it will be."""

    kind = "entrance"

    def handle_command(self, command: Command) -> Actions:
        """Do nothing: whoever runs this goes on with what `choose` returns."""
        return []

    def choose(self, command: Command) -> Session:
        """Return the session for a connection that begins with this command."""
        kind = SwitchboardSession if enters(command) else NotificationSession
        session = kind(self.state, self.connection)
        session.deadline = self.deadline
        return session
