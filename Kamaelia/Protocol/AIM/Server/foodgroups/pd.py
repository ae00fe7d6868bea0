"""Family 0x09, PD: permits and denies of clients without a feedbag.

Adding to a list chooses it. A list of nothing but the own name clears: as denies
everybody may, as permits nobody may.
"""

from collections.abc import Callable
from typing import Final

from Kamaelia.Protocol.AIM.Server.bos_session import BOSSession
from Kamaelia.Protocol.AIM.Server.session import Pending
from Kamaelia.Protocol.AIM.Server.state.instances import LocalLists
from Kamaelia.Protocol.AIM.wire.buddy import read_names
from Kamaelia.Protocol.AIM.wire.foodgroups import PD
from Kamaelia.Protocol.AIM.wire.pd import GroupMask, PDMode, PDRights
from Kamaelia.Protocol.AIM.wire.screen_name import normalise
from Kamaelia.Protocol.AIM.wire.snac import SNAC

__all__ = ["HANDLERS"]

_Change = Callable[[LocalLists, set[str]], None]


def rights(session: BOSSession, snac: SNAC) -> Pending:
    """Tell the limits; libpurple waits for it."""
    limit = session.state.limits.buddies
    session.reply(snac, PD.RIGHTS_REPLY, PDRights(limit, limit).to_bytes())
    return None


def group_mask(session: BOSSession, snac: SNAC) -> Pending:
    """Read the mask; every class of users counts as permitted."""
    GroupMask.from_bytes(snac.body)
    return None


def _apply(session: BOSSession, snac: SNAC, change: _Change) -> Pending:
    names = {normalise(name) for name in read_names(snac.body)}
    with session.state.presence.change(session.user):
        if session.instance.lists is None:
            session.instance.lists = LocalLists()
        lists = session.instance.lists
        change(lists, names)
        limit = session.state.limits.buddies
        for names in (lists.permit, lists.deny):
            while len(names) > limit:
                names.pop()
    return None


def permit(session: BOSSession, snac: SNAC) -> Pending:
    """Permit names, and nobody else."""

    def change(lists: LocalLists, names: set[str]) -> None:
        clears = names == {session.user.name}
        lists.permit = set() if clears else lists.permit | names
        lists.mode = PDMode.DENY_ALL if clears else PDMode.PERMIT_SOME

    return _apply(session, snac, change)


def deny(session: BOSSession, snac: SNAC) -> Pending:
    """Deny names, and permit everybody else."""

    def change(lists: LocalLists, names: set[str]) -> None:
        clears = names == {session.user.name}
        lists.deny = set() if clears else lists.deny | names
        lists.mode = PDMode.PERMIT_ALL if clears else PDMode.DENY_SOME

    return _apply(session, snac, change)


def unpermit(session: BOSSession, snac: SNAC) -> Pending:
    """Take names off the permit list."""
    return _apply(
        session, snac, lambda lists, names: lists.permit.difference_update(names)
    )


def undeny(session: BOSSession, snac: SNAC) -> Pending:
    """Take names off the deny list."""
    return _apply(
        session, snac, lambda lists, names: lists.deny.difference_update(names)
    )


HANDLERS: Final = {
    PD.RIGHTS_QUERY: rights,
    PD.SET_GROUP_PERM_MASK: group_mask,
    PD.ADD_PERM_LIST_ENTRIES: permit,
    PD.DEL_PERM_LIST_ENTRIES: unpermit,
    PD.ADD_DENY_LIST_ENTRIES: deny,
    PD.DEL_DENY_LIST_ENTRIES: undeny,
    PD.ADD_TEMP_PERM_LIST_ENTRIES: permit,
    PD.DEL_TEMP_PERM_LIST_ENTRIES: unpermit,
}
