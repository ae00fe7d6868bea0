"""One client of the notification server: what it may say when, and who answers.

    stage      begins with         takes
    NEW        connecting          VER
    VERSIONED  VER                 CVR, INF, USR I, USR S
    ONLY_CVR   VER CVR0            CVR, CVQ
    SIGNED_ON  USR S was right     everything of the dialect

OUT and PNG are taken at any stage. A command before its time gets 302; one that no
dialect has 200, one that this dialect does not have 502.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from Kamaelia.Protocol.MSN.Server import (
    challenges,
    group_edits,
    list_edits,
    own_edits,
    presence,
    services,
    signon,
    syncing,
)
from Kamaelia.Protocol.MSN.Server.actions import Actions, Close
from Kamaelia.Protocol.MSN.Server.session import Session
from Kamaelia.Protocol.MSN.Server.stage import Stage
from Kamaelia.Protocol.MSN.Server.state.rates import OwnBucket
from Kamaelia.Protocol.MSN.Server.state.roster import Roster
from Kamaelia.Protocol.MSN.Server.state.state import Connection, ServerState
from Kamaelia.Protocol.MSN.wire.capabilities import ClientId
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.notices import shutdown_notice
from Kamaelia.Protocol.MSN.wire.status import VISIBLE
from Kamaelia.Protocol.MSN.wire.switchboard import Incoming

__all__ = ["NotificationSession"]


Handler = Callable[["NotificationSession", Command], Actions]


class Rule(NamedTuple):
    """Who answers a command, and in which dialects it exists."""

    handler: Handler
    first: int = 2
    last: int = 12


def _disabled(session: "NotificationSession", command: Command) -> Actions:
    """Answer a command that this server does not have: 502."""
    return [session.error(command.trid, 502)]


RULES: Final = {
    "CVR": Rule(signon.answer_version),
    "CVQ": Rule(signon.answer_version),
    "USR": Rule(signon.sign_on_again),
    "VER": Rule(signon.version_again),
    "INF": Rule(signon.version_again),
    "SYN": Rule(syncing.synchronise),
    "LST": Rule(syncing.answer_list, 2, 7),
    "LSG": Rule(syncing.answer_groups, 7, 7),
    "GCF": Rule(services.answer_file, 11, 12),
    "ADD": Rule(list_edits.add, 2, 9),
    "ADC": Rule(list_edits.add, 10, 12),
    "REM": Rule(list_edits.remove),
    "ADG": Rule(group_edits.add_group, 7, 12),
    "RMG": Rule(group_edits.remove_group, 7, 12),
    "REG": Rule(group_edits.rename_group, 7, 12),
    "REA": Rule(own_edits.rename, 2, 9),
    "SBP": Rule(own_edits.set_contact_property, 10, 12),
    "PRP": Rule(own_edits.set_property, 5, 12),
    "GTC": Rule(own_edits.set_privacy),
    "BLP": Rule(own_edits.set_privacy),
    "CHG": Rule(presence.change_status),
    "UUX": Rule(presence.change_message, 11, 12),
    "QRY": Rule(challenges.check_answer, 6, 12),
    "XFR": Rule(services.refer),
    "URL": Rule(services.answer_url),
    "FND": Rule(services.find),
    "IMS": Rule(services.set_invitations, 3, 12),
    "PAG": Rule(services.refuse_page, 5, 8),
    "PGD": Rule(services.refuse_page, 9, 12),
    "SND": Rule(_disabled),
    "SDC": Rule(_disabled),
    "LKP": Rule(_disabled),
    **dict.fromkeys(
        ("ADL", "RML", "UUN", "FQY", "UUM", "VAS", "PUT", "DEL", "SDG"),
        Rule(_disabled),
    ),
}
"""Every command of a client that has signed on."""


class NotificationSession(Session):
    """A client's session with the notification server.

    Attributes:
        stage: how far it has come.
        roster: the account's lists; None before it has signed on.
        status: what CHG said last; empty before the first CHG.
        client: what the client can do.
        picture: XML of its MSNObject; None: it has no picture.
        message: payload of its UBX; empty: none.
        synced: whether it has its lists.
        invitations: whether it wants RNG (IMS).
        pings: whether it has ever sent PNG.
        heard: when it last sent something.
        taken_over: whether contacts still see the session that this one has evicted.
    """

    kind = "notification"
    commands = OwnBucket()
    edits = OwnBucket()
    syncs = OwnBucket()
    names = OwnBucket()
    changes = OwnBucket()
    transfers = OwnBucket()

    def __init__(self, state: ServerState, connection: Connection) -> None:
        super().__init__(state, connection)
        self.stage = Stage.NEW
        self.package = ""
        self.roster_or_none: Roster | None = None
        self.status = ""
        self.client: ClientId | None = None
        self.picture: str | None = None
        self.message = b""
        self.synced = False
        self.invitations = True
        self.pings = False
        self.heard = state.clock()
        self.taken_over = False
        self.challenge = challenges.Challenge()
        OwnBucket.prepare(self)

    @property
    def roster(self) -> Roster:
        """The account's lists; only once it has signed on."""
        roster = self.roster_or_none
        if roster is None:
            raise RuntimeError("no roster before the sign-on")
        return roster

    @property
    def visible(self) -> bool:
        """Whether others may see the user at all."""
        return self.status in VISIBLE

    def visible_to(self, other: str) -> bool:
        """Return whether somebody sees the user online."""
        return self.status in VISIBLE and self.roster.allows(other)

    def handle_command(self, command: Command) -> Actions:
        """Return what a command asks for."""
        now = self.state.clock()
        self.heard = now
        if command.name == "OUT":
            return self.close("client signed off")
        if not self.commands.take(now):
            return [self.error(command.trid, 800)]
        if command.name == "PNG":
            return self._pong()
        if command.trid is None:
            return self.close("a command without its transaction id")
        if self.stage is not Stage.SIGNED_ON:
            return signon.handle(self, command)
        rule = RULES.get(command.name)
        if rule is None:
            return [self.error(command.trid, 200)]
        if not rule.first <= self.dialect <= rule.last:
            return [self.error(command.trid, 502)]
        return rule.handler(self, command)

    def _pong(self) -> Actions:
        """Answer PNG; from MSNP9 on with when to send the next."""
        self.pings = True
        seconds = (str(self.state.limits.ping),) if self.dialect >= 9 else ()
        return [self.say(Command("QNG", None, seconds))]

    def tick(self, now: float) -> Actions:
        """End a sign-on or a silence that lasts too long; send and expect CHL."""
        if self.stage is not Stage.SIGNED_ON:
            return super().tick(now)
        limits = self.state.limits
        patience = 3.0 * limits.ping if self.pings else limits.idle
        if now - self.heard >= patience:
            return self.close("silent for too long")
        actions = challenges.tick(self, now)
        self.deadline = min(self.heard + patience, self.challenge.deadline)
        return actions

    def lost(self) -> Actions:
        """Tell the contacts, unless another session has taken over."""
        self.closed = True
        state, handle = self.state, self.handle
        actions: Actions = []
        if state.sessions.get(handle) is self:
            del state.sessions[handle]
            state.metrics.sessions.set(len(state.sessions))
            actions = presence.announce_offline(self)
            state.rosters.release(handle)
        # What the store still does for it must not make it seem to be here again.
        self.status = ""
        return actions

    def evict(self) -> Actions:
        """Make way for another sign-on of the account."""
        if self.closed:
            return []
        return [self.say(Command("OUT", None, ("OTH",))), *self.close("signed on anew")]

    def shut_down(self) -> Actions:
        """Say that the server goes down."""
        if self.closed:
            return []
        actions: Actions = []
        if self.stage is Stage.SIGNED_ON:
            payload = shutdown_notice(0).to_message().to_bytes()
            notice = Incoming("Hotmail", "Hotmail", payload).to_command()
            actions = [self.say(notice, Command("OUT", None, ("SSD",)))]
        self.closed = True
        return [*actions, Close(self, "server shuts down")]
