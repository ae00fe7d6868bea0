"""Who sees whom, and what they are told of it.

A user sees another who is on the list, is there, does not hide, and whom neither
side blocks; the lists of ICQ users hide them and keep nobody from them. Whatever may
change that is done inside `Presence.change`, which compares before and after and tells
both sides what is new.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from Kamaelia.Protocol.AIM.Server.state.instances import Instance, notice
from Kamaelia.Protocol.AIM.Server.state.link import FLAPMessage
from Kamaelia.Protocol.AIM.Server.state.users import User, Users
from Kamaelia.Protocol.AIM.wire.bart import (
    BARTID,
    CLEARED,
    FLAG_CUSTOM,
    FLAG_KNOWN,
    TYPE_ICON,
)
from Kamaelia.Protocol.AIM.wire.buddy import departed
from Kamaelia.Protocol.AIM.wire.feedbag_prefs import BuddyPref
from Kamaelia.Protocol.AIM.wire.foodgroups import BUDDY, OSERVICE
from Kamaelia.Protocol.AIM.wire.tlv import TLV
from Kamaelia.Protocol.AIM.wire.user_info import (
    STATUS_INVISIBLE,
    DirectInfo,
    UserFlag,
    UserInfo,
)

__all__ = ["Presence"]

WARNING_DECAY: Final = 50  # tenths of a percent
DECAY_SECONDS: Final = 300.0
_ALL_SESSIONS: Final = 4  # version of family 1 that knows of sessions beside its own


class Presence:
    """Tells users of each other.

    Args:
        users: everybody who is signed on.
        clock: monotonic time in seconds.
    """

    def __init__(self, users: Users, clock: Callable[[], float]) -> None:
        self._users = users
        self._clock = clock

    def reaches(self, viewer: User, other: User) -> bool:
        """Return whether messages pass: neither side blocks the other."""
        return not (other.blocks(viewer.name) or viewer.blocks(other.name))

    def sees(self, viewer: User, other: User) -> bool:
        """Return whether one user may see the other, on the list or not."""
        return other.shows_to(viewer.name) and not viewer.blocks(other.name)

    def info(self, user: User) -> UserInfo:
        """Return the user as others see them."""
        instances = user.live or user.instances
        first = next((i for i in instances if not i.busy), instances[0])
        return self._block(user, first, away=all(i.away for i in instances))

    def brief(self, user: User) -> UserInfo:
        """Return who a user is, as messages and rooms carry it."""
        whole = self.info(user)
        return replace(whole, tlvs=whole.tlvs.without(0x0D, 0x1D))

    def own_info(self, user: User, instance: Instance) -> UserInfo:
        """Return what a session is told of itself: its own status, not the merged."""
        return self._block(user, instance, away=instance.away, own=True)

    def own_blocks(self, user: User, instance: Instance) -> bytes:
        """Return the body of SNAC (01, 0F) for a session.

        Its own block comes first. From version 4 of family 1 on, clients show the
        other sessions of the name, too: a block for each follows.
        """
        shown = [instance]
        if instance.oservice >= _ALL_SESSIONS:
            shown += [other for other in user.instances if other is not instance]
        return b"".join(self.own_info(user, one).to_bytes() for one in shown)

    def _block(
        self, user: User, shown: Instance, *, away: bool, own: bool = False
    ) -> UserInfo:
        kind = UserFlag.ICQ | UserFlag.FREE if user.is_icq else UserFlag.FREE
        caps = shown.locate.get(0x05)
        status = shown.status if own else shown.status & ~STATUS_INVISIBLE
        more = [TLV(0x0D, caps.value)] if caps is not None and caps.value else []
        if own:
            more.append(TLV.u32(0x05, user.created & 0xFFFF_FFFF))
            more.append(TLV.u8(0x14, shown.number))
        return UserInfo.make(
            user.display,
            warning=self.warning(user),
            flags=kind | (UserFlag.AWAY if away else 0),
            signed_on=user.signed_on,
            status=status,
            idle_minutes=self._idle_minutes(user),
            barts=_barts(user, shown),
            direct=(shown.direct or DirectInfo()) if user.is_icq else None,
            more=[*more, TLV.u32(0x1E, 0)],
        )

    def _idle_minutes(self, user: User) -> int:
        """Return for how long all sessions have been idle, if that may be told."""
        since = [i.idle_since for i in user.live or user.instances]
        shown = all(i.privacy_flags & 1 for i in user.instances)
        if None in since or not shown:
            return 0
        if not user.prefers(BuddyPref.SHOW_IDLE, default=True):
            return 0
        latest = max(moment for moment in since if moment is not None)
        return min(0xFFFF, max(1, int((self._clock() - latest) // 60)))

    def warning(self, user: User) -> int:
        """Return the warning level, which sinks with time."""
        steps = int((self._clock() - user.warned_at) // DECAY_SECONDS)
        if user.warning and steps > 0:
            user.warning = max(0, user.warning - steps * WARNING_DECAY)
            user.warned_at += steps * DECAY_SECONDS
        return user.warning

    def arrived(self, user: User) -> FLAPMessage:
        """Return the notice that a user is here, or has changed."""
        return notice(BUDDY.ARRIVED, self.info(user).to_bytes())

    def update(self, user: User) -> None:
        """Tell everybody who sees a user that something about them is new."""
        viewers = [v for v in self._users.watchers(user) if self.sees(v, user)]
        if viewers:
            message = self.arrived(user)
            for viewer in viewers:
                _tell(viewer, message)

    def update_own(self, user: User) -> None:
        """Tell a user's sessions how they are seen now."""
        for instance in user.instances:
            body = self.own_blocks(user, instance)
            instance.notify(OSERVICE.USER_INFO_UPDATE, body)

    def welcome(self, user: User, instance: Instance) -> None:
        """Tell one session of everybody its user sees."""
        for other in self._users.watched_by(user):
            if self.sees(user, other):
                instance.link.send(self.arrived(other))

    @contextmanager
    def change(self, user: User, *, lists: bool = True) -> Iterator[None]:
        """Do something that may change whom a user sees, and who sees them.

        Args:
            user: who does it.
            lists: the user's lists may change, too.
        """
        seen, seeing = self._seen(user), self._seeing(user)
        yield
        if lists:
            user.refresh()
            self._users.rewatch(user)
        now_seen, now_seeing = self._seen(user), self._seeing(user)
        for other in now_seen - seen:
            _tell(user, self.arrived(other))
        gone = seen - now_seen
        watched = user.watched if gone else set()  # made anew each time: once is enough
        for other in gone:
            if other.name in watched:
                _tell(user, _departure(other))
        if now_seeing - seeing:
            message = self.arrived(user)
            for viewer in now_seeing - seeing:
                _tell(viewer, message)
        for viewer in seeing - now_seeing:
            _tell(viewer, _departure(user))

    def _seen(self, user: User) -> set[User]:
        """Return the users on this one's list who can be seen by them."""
        if not user.live:
            return set()
        return {o for o in self._users.watched_by(user) if self.sees(user, o)}

    def _seeing(self, user: User) -> set[User]:
        """Return the users who have this one on their list and see them."""
        if not user.visible:
            return set()
        return {v for v in self._users.watchers(user) if v.live and self.sees(v, user)}


def _tell(user: User, message: FLAPMessage) -> None:
    for instance in user.live:
        instance.link.send(message)


def _departure(user: User) -> FLAPMessage:
    return notice(BUDDY.DEPARTED, departed(user.display).to_bytes())


def _barts(user: User, shown: Instance) -> list[BARTID]:
    """Return icon and available message."""
    flags = FLAG_KNOWN if user.icon == CLEARED else FLAG_CUSTOM
    icon = [BARTID(TYPE_ICON, flags, user.icon)] if user.icon else []
    return [*icon, *(b for b in shown.barts if b.type != TYPE_ICON)]
