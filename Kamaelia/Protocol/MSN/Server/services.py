"""What else a notification server answers: XFR, URL, FND, IMS, GCF, PAG, PGD.

There is no directory, no mail and no telephone network behind this server, and it
says so: FND finds nobody, pages are not accepted, invitation mails are disabled.
"""

from typing import TYPE_CHECKING, Final

from Kamaelia.Protocol.MSN.Server.actions import Actions
from Kamaelia.Protocol.MSN.Server.state.rooms import Pass
from Kamaelia.Protocol.MSN.wire.arguments import expect, need_trid
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.encoding import format_address
from Kamaelia.Protocol.MSN.wire.referral import NOTIFICATION, SWITCHBOARD, Referral

if TYPE_CHECKING:
    from Kamaelia.Protocol.MSN.Server.notification import NotificationSession

__all__ = [
    "answer_file",
    "answer_url",
    "find",
    "refer",
    "refuse_page",
    "set_invitations",
]

_PAGES: Final = frozenset(
    {"INBOX", "FOLDERS", "COMPOSE", "PASSWORD", "PERSON", "MOBILE", "CHGMOB"}
    | {"PROFILE", "N2PACCOUNT", "N2PFUND", "CHAT", "ADDRBOOK"}
    | {"ADVSEARCH", "INTSEARCH"}
)
_SHIELDS: Final = (
    b'<?xml version="1.0" encoding="utf-8" ?><config><shield>'
    b'<cli maj="7" min="0" minbld="0" maxbld="9999" deny=" " /></shield>'
    b"<block></block></config>"
)


def refer(session: "NotificationSession", command: Command) -> Actions:
    """Do XFR: a cookie for the switchboard, or the address of this server."""
    trid, kind = need_trid(command), expect(command, 1, "XFR")[0].upper()
    state = session.state
    if kind == NOTIFICATION:
        address = state.notification_address(session.connection)
        referral = Referral(trid, kind, address)
        return [session.say(referral.to_command(session.dialect))]
    if kind != SWITCHBOARD:
        return [session.error(trid, 201)]
    if not session.visible or not session.invitations:
        return [session.error(trid, 913)]
    now = state.clock()
    if not session.transfers.take(now):
        return [session.error(trid, 800)]
    cookie = state.cookies.issue(Pass(session, None), now)
    address = state.switchboard_address(session.connection)
    referral = Referral(trid, kind, address, cookie)
    return [session.say(referral.to_command(session.dialect))]


def answer_url(session: "NotificationSession", command: Command) -> Actions:
    """Answer URL with our own page; 504 where this server has none."""
    trid, page = need_trid(command), expect(command, 1, "URL")[0].upper()
    if page not in _PAGES:
        return [session.error(trid, 201)]
    web = session.state.web
    if web is None:
        return [session.error(trid, 504)]
    where = format_address(session.connection.local[0], web[1])
    args = [f"/page/{page.lower()}", f"{web[0]}://{where}/page"]
    if session.dialect >= 3:
        args.append("2")
    return [session.say(Command("URL", trid, tuple(args)))]


def find(session: "NotificationSession", command: Command) -> Actions:
    """Answer FND: nobody was found."""
    if not command.args:
        return [session.error(command.trid, 300)]
    return [session.say(Command("FND", command.trid, ("0", "0")))]


def set_invitations(session: "NotificationSession", command: Command) -> Actions:
    """Do IMS: whether the user wants to be called."""
    trid, value = need_trid(command), expect(command, 1, "IMS")[0].upper()
    if value not in ("ON", "OFF"):
        return [session.error(trid, 201)]
    session.invitations = value == "ON"
    return [session.say(Command("IMS", trid, ("0", value)))]


def refuse_page(session: "NotificationSession", command: Command) -> Actions:
    """Answer PAG or PGD: nobody here takes pages."""
    args = expect(command, 1 if command.name == "PAG" else 2, "PAG", "PGD")
    bad_type = command.name == "PGD" and args[1] not in ("1", "2")
    return [session.error(command.trid, 201 if bad_type else 220)]


def answer_file(session: "NotificationSession", command: Command) -> Actions:
    """Answer GCF, MSNP11 and 12: the policy that denies no client anything."""
    trid, name = need_trid(command), expect(command, 1, "GCF")[0]
    if not session.synced:
        return [session.error(trid, 715)]
    if name.lower() != "shields.xml":
        return [session.error(trid, 510)]
    return [session.say(Command("GCF", trid, (name,), _SHIELDS))]
