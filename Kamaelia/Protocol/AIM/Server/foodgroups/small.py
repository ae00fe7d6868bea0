"""Families with little to them: reports, invitations, look-ups, alerts, directory."""

from typing import Final

from Kamaelia.Protocol.AIM.Server.session import CODE_NO_MATCH, Pending, Session
from Kamaelia.Protocol.AIM.wire.directory import DirectoryReply, interests_to_bytes
from Kamaelia.Protocol.AIM.wire.foodgroups import (
    ALERT,
    INVITE,
    ODIR,
    STATS,
    USERLOOKUP,
)
from Kamaelia.Protocol.AIM.wire.snac import SNAC

__all__ = ["ALERT_HANDLERS", "HANDLERS", "ODIR_HANDLERS"]


def report(session: Session, snac: SNAC) -> Pending:
    """Acknowledge a report on the client's use; it isn't kept."""
    session.reply(snac, STATS.REPORT_ACK)
    return None


def invite(session: Session, snac: SNAC) -> Pending:
    """Acknowledge an invitation by e-mail; none is sent."""
    session.reply(snac, INVITE.REQUEST_REPLY)
    return None


def find_by_email(session: Session, snac: SNAC) -> Pending:
    """Find nobody: accounts have no e-mail addresses."""
    session.refuse(snac, CODE_NO_MATCH)
    return None


def nothing(session: Session, snac: SNAC) -> Pending:
    """Take note; no answer is expected."""
    return None


def search(session: Session, snac: SNAC) -> Pending:
    """Find nobody."""
    session.reply(snac, ODIR.INFO_REPLY, DirectoryReply().to_bytes())
    return None


def interests(session: Session, snac: SNAC) -> Pending:
    """List no interests."""
    session.reply(snac, ODIR.KEYWORD_LIST_REPLY, interests_to_bytes(()))
    return None


ALERT_HANDLERS: Final = {
    ALERT.NOTIFY_CAPABILITIES: nothing,
    ALERT.NOTIFY_DISPLAY_CAPABILITIES: nothing,
}
ODIR_HANDLERS: Final = {
    ODIR.INFO_QUERY: search,
    ODIR.KEYWORD_LIST_QUERY: interests,
}
HANDLERS: Final = {
    STATS.REPORT_EVENTS: report,
    INVITE.REQUEST_QUERY: invite,
    USERLOOKUP.FIND_BY_EMAIL: find_by_email,
    **ALERT_HANDLERS,
}
