"""Users who are signed on, and who watches whom."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence

from Kamaelia.Protocol.AIM.Server.state.instances import Instance
from Kamaelia.Protocol.AIM.Server.state.items import to_wire
from Kamaelia.Protocol.AIM.Server.state.link import Link
from Kamaelia.Protocol.AIM.wire.feedbag import FeedbagAttribute, FeedbagClass
from Kamaelia.Protocol.AIM.wire.feedbag_prefs import preference
from Kamaelia.Protocol.AIM.wire.screen_name import is_uin, normalise
from Kamaelia.store.accounts import Account
from Kamaelia.store.aim import (
    PERMIT_SOME,
    Feedbag,
    FeedbagItem,
    Privacy,
    attribute,
    privacy_of,
)

__all__ = ["User", "Users"]

Key = tuple[int, int, int]


class User:
    """An account that is signed on, once or several times.

    Attributes:
        name: ident form.
        account: id of the account in the store.
        display: as its owner writes it.
        created: Unix time at which the account was made.
        signed_on: Unix time of the sign-on.
        instances: its sessions, oldest first.
        services: links of its other connections: rooms, icons and the like.
        items: the feedbag, by group, item and class.
        changed_at: Unix time of the feedbag's last change.
        listed: buddies of the feedbag who need not give permission first, ident form.
        privacy: whom it hides from, feedbag and local lists taken together.
        warning: level in tenths of a percent.
        icon: hash of the icon, empty if there is none.
        directory: what the client entered of SNAC (02, 09).
        lock: held while the feedbag is edited.
    """

    def __init__(self, account: Account, feedbag: Feedbag, signed_on: int) -> None:
        self.name = account.name
        self.account = account.id
        self.display = account.display
        self.created = account.created
        self.signed_on = signed_on
        self.is_icq = is_uin(account.name)
        self.instances: list[Instance] = []
        self.services: set[Link] = set()
        self.items: dict[Key, FeedbagItem] = {}
        self.changed_at = feedbag.time
        self.warning = 0
        self.warned_at = 0.0
        self.directory: dict[int, bytes] = {}
        self.lock = asyncio.Lock()
        self.listed: frozenset[str] = frozenset()
        self.privacy = privacy_of(())
        self.icon = b""
        for item in feedbag.items:
            self.items[item.group_id, item.item_id, item.class_id] = item
        self.refresh()

    @property
    def live(self) -> list[Instance]:
        """The sessions whose clients are ready."""
        return [instance for instance in self.instances if instance.live]

    @property
    def invisible(self) -> bool:
        """Whether no session of this user is visible."""
        return all(instance.invisible for instance in self.live)

    @property
    def visible(self) -> bool:
        """Whether anybody may see that this user is here."""
        if not self.live:
            return False
        return not self.invisible or bool(self._visible_list)

    @property
    def _visible_list(self) -> frozenset[str]:
        """Who sees an ICQ user also while that one is invisible."""
        chosen = self.is_icq and self.privacy.mode == PERMIT_SOME
        return self.privacy.permit if chosen else frozenset()

    @property
    def watched(self) -> set[str]:
        """Names this user watches, ident form."""
        return set(self.listed).union(*(i.buddies for i in self.instances))

    def shows_to(self, name: str) -> bool:
        """Return whether somebody, named in ident form, may see this user."""
        if not self.live or self.privacy.blocks(name):
            return False
        return not self.invisible or name in self._visible_list

    def blocks(self, name: str) -> bool:
        """Return whether this user wants nothing of somebody, named in ident form.

        The same lists mean different things: AIM's keep two users from each other,
        ICQ's (its visible and invisible list) say only who sees the user online;
        messages pass, unless their sender is on the ignore list.
        """
        return not self.is_icq and self.privacy.blocks(name)

    def refresh(self) -> None:
        """Work out anew what follows from feedbag and local lists."""
        items = tuple(self.items.values())
        self.listed = frozenset(
            normalise(item.name)
            for item in items
            if item.class_id == FeedbagClass.BUDDY and not _is_pending(item)
        )
        self.privacy = self._privacy(items)
        self.icon = _icon(items)

    def _privacy(self, items: Sequence[FeedbagItem]) -> Privacy:
        base = privacy_of(items)
        local = next((i.lists for i in self.instances if i.lists is not None), None)
        if local is None:
            return base
        return Privacy(
            int(local.mode),
            frozenset(local.permit),
            frozenset(local.deny),
            base.ignore,
            base.buddies,
        )

    def prefers(self, number: int, default: bool) -> bool:
        """Return one of the buddy preferences of the feedbag.

        Args:
            number: a BuddyPref or another.
            default: what holds where the user has not chosen.
        """
        for item in self.items.values():
            if item.class_id == FeedbagClass.BUDDY_PREFS:
                return preference(to_wire(item), number, default)
        return default

    def recipients(self) -> list[Instance]:
        """Return the sessions that a message goes to: the active ones, else all."""
        live = self.live
        return [instance for instance in live if not instance.busy] or live


def _is_pending(item: FeedbagItem) -> bool:
    return attribute(item.attributes, FeedbagAttribute.PENDING) is not None


def _icon(items: Iterable[FeedbagItem]) -> bytes:
    """Return the hash of the icon in a feedbag, or nothing."""
    for item in items:
        if item.class_id == FeedbagClass.BART and item.name == "1":
            value = attribute(item.attributes, FeedbagAttribute.BART) or b""
            return value[2 : 2 + value[1]] if len(value) > 2 else b""
    return b""


class Users:
    """Everybody who is signed on, by name."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}
        self._watchers: dict[str, set[User]] = {}
        self._watched: dict[User, set[str]] = {}

    def __len__(self) -> int:
        """Return how many users are signed on."""
        return len(self._users)

    def __iter__(self) -> Iterator[User]:
        """Yield all users, also those whose clients are not ready."""
        return iter(list(self._users.values()))

    def find(self, name: str) -> User | None:
        """Return a user by any form of the name, or None."""
        return self._users.get(normalise(name))

    def add(self, user: User) -> None:
        """Take in a user who signs on."""
        self._users[user.name] = user
        self.rewatch(user)

    def remove(self, user: User) -> None:
        """Forget a user who has gone."""
        if self._users.get(user.name) is user:
            del self._users[user.name]
        for name in self._watched.pop(user, set()):
            self._unwatch(user, name)

    def rewatch(self, user: User) -> None:
        """Take over which names a user watches now; nothing if the user has gone."""
        if self._users.get(user.name) is not user:
            return
        old = self._watched.get(user, set())
        new = self._watched[user] = user.watched
        for name in old - new:
            self._unwatch(user, name)
        for name in new - old:
            self._watchers.setdefault(name, set()).add(user)

    def watchers(self, user: User) -> list[User]:
        """Return the users who have this one on their lists."""
        return list(self._watchers.get(user.name, ()))

    def watched_by(self, user: User) -> list[User]:
        """Return the users on this one's list who are signed on."""
        names = self._watched.get(user, set())
        known: Mapping[str, User] = self._users
        return [known[name] for name in names if name in known]

    def _unwatch(self, user: User, name: str) -> None:
        watchers = self._watchers.get(name)
        if watchers is not None:
            watchers.discard(user)
            if not watchers:
                del self._watchers[name]
