"""The buddy list: on the server (FEEDBAG), or of this session only (BUDDY).

An edit of the server's list is a transaction: (13, 11), then insert, update, delete,
each answered by (13, 0E) before the next goes out, then (13, 12). Edits queue up.

    state      waits for          then
    idle       an edit            sends "start" and its first step
    step n     (13, 0E) for it    takes the step over into the list, sends the next;
                                  after the last, or after a refusal, sends "end"

Does no I/O. Source: AOL's published OSCAR specification, "Feedbag"; libpurple's order.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from Kamaelia.Protocol.AIM.actions import Action, SendSNAC, Tell
from Kamaelia.Protocol.AIM.events import BuddyList, Failure, ListChange, Privacy
from Kamaelia.Protocol.AIM.feedbag_edits import Items, Step, plan_add, plan_remove
from Kamaelia.Protocol.AIM.privacy import (
    MODES,
    PRIVACY_CLASSES,
    Lists,
    SessionPrivacy,
    plan_entry,
    plan_mode,
)
from Kamaelia.Protocol.AIM.requests import RequestTable, SNACMessage
from Kamaelia.Protocol.AIM.wire.buddy import names_to_bytes
from Kamaelia.Protocol.AIM.wire.feedbag import (
    STATUS_MEANINGS,
    FeedbagAttribute,
    FeedbagClass,
    FeedbagItem,
    FeedbagReply,
    FeedbagStatus,
    items_to_bytes,
    read_items,
    read_statuses,
)
from Kamaelia.Protocol.AIM.wire.feedbag_rights import AuthorisationRequest
from Kamaelia.Protocol.AIM.wire.foodgroups import BUDDY, FEEDBAG, SNACType
from Kamaelia.Protocol.AIM.wire.pd import PDMode
from Kamaelia.Protocol.AIM.wire.screen_name import normalise
from Kamaelia.Protocol.wire.errors import LocalProtocolError

__all__ = ["Roster"]

LOCAL_GROUP: Final = "Buddies"

_PRIVACY_EDITS: Final = ("permitted", "unpermitted", "denied", "undenied")
_VERBS: Final = {
    "added": "adding",
    "removed": "removing",
    "permitted": "permitting",
    "unpermitted": "no longer permitting",
    "denied": "denying",
    "undenied": "no longer denying",
    "privacy": "setting who may see you",
}
_FINE: Final = {
    FEEDBAG.INSERT_ITEM: (FeedbagStatus.OK, FeedbagStatus.EXISTS),
    FEEDBAG.UPDATE_ITEM: (FeedbagStatus.OK,),
    FEEDBAG.DELETE_ITEM: (FeedbagStatus.OK, FeedbagStatus.NOT_FOUND),
}


@dataclass(slots=True)
class _Edit:
    """One thing that the user asked for."""

    kind: str  # "added", "removed", "permitted" ..., or "privacy"
    buddy: str
    plan: Callable[[Items], list[Step]]
    steps: deque[Step] = field(default_factory=deque)
    waits_for: int = 0  # request ID of the step that is out
    ticks: int = 0


class Roster:
    """The buddy list and its changes.

    Args:
        requests: numbers the SNACs.
        own_name: gives one's own screen name.

    Attributes:
        loaded: whether the server's list is here; edits go to it then.
        items: the server's list, by group ID, item ID and class.
    """

    def __init__(
        self, requests: RequestTable, own_name: Callable[[], str] = str
    ) -> None:
        self._requests = requests
        self._privacy = SessionPrivacy(own_name)
        self._local: dict[str, str] = {}
        self._loading: Items = {}
        self._edits: deque[_Edit] = deque()
        self._edit: _Edit | None = None
        self.loaded = False
        self.items: Items = {}

    def groups(self) -> dict[str, list[str]]:
        """Return group names and the names of their buddies, in the list's order."""
        groups = _in_order(self.items)
        if self._local:
            groups.setdefault(LOCAL_GROUP, []).extend(self._local.values())
        return groups

    def told(self) -> Tell:
        """Return the event that shows the list."""
        return Tell(BuddyList("buddy list", self.groups()))

    # What the user asks for.

    def add(self, name: str, group: str = LOCAL_GROUP) -> list[Action]:
        """Return what adds a buddy."""
        if self.loaded:
            plan = partial(plan_add, name=name, group_name=group)
            return self._begin("added", name, plan)
        self._local[normalise(name)] = name
        return [
            self._ask(BUDDY.ADD_BUDDIES, names_to_bytes([name])),
            Tell(ListChange("added", name)),
        ]

    def remove(self, name: str) -> list[Action]:
        """Return what removes a buddy from every group."""
        was_local = self._local.pop(normalise(name), None) is not None
        if self.loaded and not was_local:
            return self._begin("removed", name, partial(plan_remove, name=name))
        return [
            self._ask(BUDDY.DEL_BUDDIES, names_to_bytes([name])),
            Tell(ListChange("removed", name)),
        ]

    def permit(self, name: str, wanted: bool) -> list[Action]:
        """Return what puts a name on the permit list, or takes it off."""
        kind = "permitted" if wanted else "unpermitted"
        return self._enter(kind, name, FeedbagClass.PERMIT, wanted)

    def deny(self, name: str, wanted: bool) -> list[Action]:
        """Return what puts a name on the deny list, or takes it off."""
        kind = "denied" if wanted else "undenied"
        return self._enter(kind, name, FeedbagClass.DENY, wanted)

    def choose(self, mode: PDMode) -> list[Action]:
        """Return what sets who may see one.

        Raises:
            LocalProtocolError: this server has no such mode.
        """
        if self.loaded:
            return self._begin("privacy", "", partial(plan_mode, mode=mode))
        sent = self._privacy.set_mode(mode)
        return [*(self._ask(*one) for one in sent), self.privacy_told()]

    def privacy_told(self) -> Tell:
        """Return the event that shows who may see one."""
        lists = Lists.of(self.items) if self.loaded else self._privacy.lists()
        name = MODES[lists.mode]
        return Tell(Privacy("privacy", name, lists.permitted, lists.denied))

    def _enter(
        self, kind: str, name: str, list_of: FeedbagClass, wanted: bool
    ) -> list[Action]:
        """Return what changes the permit or the deny list."""
        if not name.strip():
            raise LocalProtocolError("a list takes names that are not empty")
        if self.loaded:
            plan = partial(plan_entry, name=name, kind=list_of, wanted=wanted)
            return self._begin(kind, name, plan)
        sent = self._privacy.set_entry(name, list_of, wanted)
        told = Tell(ListChange(kind, name))
        return [*(self._ask(*one) for one in sent), told, self.privacy_told()]

    @property
    def is_busy(self) -> bool:
        """Whether an edit of the server's list is going on."""
        return self._edit is not None

    # What the server says.

    def receive(self, snac: SNACMessage) -> list[Action]:
        """Return what to do about a SNAC of FEEDBAG.

        Raises:
            RemoteProtocolError: it is malformed.
        """
        header, body = snac
        if header.type == FEEDBAG.REPLY:
            return self._load(FeedbagReply.from_bytes(body).items, header.more)
        if header.type == FEEDBAG.STATUS:
            return self._status(header.request_id, read_statuses(body))
        if header.type in (FEEDBAG.INSERT_ITEM, FEEDBAG.UPDATE_ITEM):
            return self._pushed(read_items(body), delete=False)
        if header.type == FEEDBAG.DELETE_ITEM:
            return self._pushed(read_items(body), delete=True)
        return []

    def failed(self, request_id: int, meaning: str, code: int) -> list[Action] | None:
        """Return what to do when a step was answered by an error; None if none was."""
        edit = self._edit
        if edit is None or edit.waits_for != request_id:
            return None
        return self._give_up(edit, meaning, code)

    def tick(self) -> list[Action]:
        """Return what to do about a step that was out at the last tick already."""
        edit = self._edit
        if edit is None:
            return []
        edit.ticks += 1
        if edit.ticks < 2:
            return []
        return self._give_up(edit, "the server did not answer", 0)

    def moved(self) -> list[Action]:
        """Return what to do when the connection was replaced: ask again."""
        edit, self._edit = self._edit, None
        if edit is not None:
            self._edits.appendleft(_Edit(edit.kind, edit.buddy, edit.plan))
        return self._next()

    def _load(self, items: Iterable[FeedbagItem], more: bool) -> list[Action]:
        """Take over the list, once its last part is here."""
        self._loading.update((item.key, item) for item in items)
        if more:
            return []
        self.items, self._loading = self._loading, {}
        self.loaded = True
        return [self.told(), *self._next()]

    def _pushed(self, items: Iterable[FeedbagItem], *, delete: bool) -> list[Action]:
        """Take over a change that the server or another session made."""
        found = list(items)
        self._take_over(found, delete=delete)
        if any(item.class_id in PRIVACY_CLASSES for item in found):
            return [self.told(), self.privacy_told()]
        return [self.told()]

    def _take_over(self, items: Iterable[FeedbagItem], *, delete: bool) -> None:
        for item in items:
            if delete:
                self.items.pop(item.key, None)
            else:
                self.items[item.key] = item

    def _ask(self, kind: SNACType, body: bytes = b"") -> SendSNAC:
        return SendSNAC(kind, body, self._requests.add(kind))

    # Edits, one at a time.

    def _begin(
        self, kind: str, buddy: str, plan: Callable[[Items], list[Step]]
    ) -> list[Action]:
        """Queue an edit; return what to do now."""
        self._edits.append(_Edit(kind, buddy, plan))
        return self._next()

    def _next(self) -> list[Action]:
        """Return what begins the next edit, if there is one and none is going on."""
        actions: list[Action] = []
        while self._edits and self._edit is None:
            edit = self._edits.popleft()
            edit.steps.extend(edit.plan(self.items))
            if edit.steps:
                self._edit = edit
                actions += [self._ask(FEEDBAG.START_CLUSTER), self._step(edit)]
            else:  # nothing to change
                actions += self._done(edit)[:1]
        return actions

    def _done(self, edit: _Edit) -> list[Action]:
        """Return what tells that an edit is done, and what the list is now."""
        if edit.kind == "privacy":
            return [self.privacy_told()]
        change = Tell(ListChange(edit.kind, edit.buddy))
        if edit.kind in _PRIVACY_EDITS:
            return [change, self.privacy_told()]
        return [change, self.told()]

    def _step(self, edit: _Edit) -> SendSNAC:
        """Return the step of an edit that comes next."""
        step = edit.steps[0]
        sent = self._ask(step.type, items_to_bytes(step.items))
        edit.waits_for, edit.ticks = sent.request_id, 0
        return sent

    def _status(self, request_id: int, statuses: tuple[int, ...]) -> list[Action]:
        """Act on the answer to a step."""
        edit = self._edit
        if edit is None or edit.waits_for != request_id:
            return []
        step = edit.steps[0]
        bad = [code for code in statuses if code not in _FINE[step.type]]
        if FeedbagStatus.AUTHORISATION_REQUIRED in bad:
            return self._ask_permission(edit, step)
        if bad:
            meaning = STATUS_MEANINGS.get(bad[0], f"unknown status 0x{bad[0]:04X}")  # type: ignore[call-overload]
            return self._give_up(edit, meaning, bad[0])
        edit.steps.popleft()
        self._take_over(step.items, delete=step.type == FEEDBAG.DELETE_ITEM)
        if edit.steps:
            return [self._step(edit)]
        return [*self._end(), *self._done(edit), *self._next()]

    def _ask_permission(self, edit: _Edit, step: Step) -> list[Action]:
        """Ask the buddy, and add him as one who has not answered yet."""
        pending = int(FeedbagAttribute.PENDING)
        waiting = tuple(
            item.with_attribute(pending, b"")
            if item.class_id == FeedbagClass.BUDDY
            else item
            for item in step.items
        )
        if waiting == step.items:
            code = FeedbagStatus.AUTHORISATION_REQUIRED
            return self._give_up(edit, STATUS_MEANINGS[code], code)
        edit.steps[0] = Step(step.type, waiting)
        plea = AuthorisationRequest(edit.buddy).to_bytes()
        return [
            self._ask(FEEDBAG.REQUEST_AUTHORIZE_TO_HOST, plea),
            self._step(edit),
        ]

    def _end(self) -> list[Action]:
        """Return what ends the transaction."""
        self._edit = None
        return [self._ask(FEEDBAG.END_CLUSTER)]

    def _give_up(self, edit: _Edit, meaning: str, code: int) -> list[Action]:
        """Return what ends an edit that was refused."""
        text = f"{_VERBS[edit.kind]} {edit.buddy}".strip() + f" failed: {meaning}"
        failure = Failure.of(text, code=code, meaning=meaning, buddy=edit.buddy)
        return [*self._end(), Tell(failure), *self._next()]


def _in_order(items: Items) -> dict[str, list[str]]:
    """Return groups and buddies in the order that the groups state."""
    found: dict[str, list[str]] = {}
    groups = [item for item in items.values() if item.class_id == FeedbagClass.GROUP]
    master = next((item for item in groups if not item.group_id), None)
    ranks = {number: rank for rank, number in enumerate(master.order if master else ())}
    groups.sort(key=lambda item: ranks.get(item.group_id, len(ranks)))
    for group in groups:
        places = {number: place for place, number in enumerate(group.order)}
        buddies = [
            item
            for item in items.values()
            if item.class_id == FeedbagClass.BUDDY and item.group_id == group.group_id
        ]
        buddies.sort(key=lambda item: places.get(item.item_id, len(places)))
        if group.group_id or buddies:
            names = found.setdefault(group.name, [])
            names += [item.name for item in buddies]
    return found
