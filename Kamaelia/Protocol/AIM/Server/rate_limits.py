"""Rate limits of one connection: what to do with each SNAC a client sends."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from Kamaelia.Protocol.AIM.wire.foodgroups import (
    ADMIN,
    ALERT,
    BART,
    BUDDY,
    CHAT,
    CHATNAV,
    FEEDBAG,
    ICBM,
    ICQ,
    INVITE,
    LOCATE,
    ODIR,
    OSERVICE,
    PD,
    POPUP,
    STATS,
    USERLOOKUP,
    FoodGroup,
    SNACType,
)
from Kamaelia.Protocol.AIM.wire.oservice import RateChange, RateParams
from Kamaelia.Protocol.AIM.wire.rates import RateClass, RateMeter, RateState

__all__ = ["RateLimits"]

_GROUPS: Final[Mapping[int, type[FoodGroup]]] = {
    group.FAMILY: group
    for group in (
        OSERVICE,
        LOCATE,
        BUDDY,
        ICBM,
        INVITE,
        ADMIN,
        POPUP,
        PD,
        USERLOOKUP,
        STATS,
        CHATNAV,
        CHAT,
        ODIR,
        BART,
        FEEDBAG,
        ICQ,
        ALERT,
    )
}

# Source: AOL's defaults as libpurple and Open OSCAR Server know them.
_CLASSES: Final[Mapping[tuple[int, int], int]] = {
    BUDDY.ADD_BUDDIES: 2,
    BUDDY.DEL_BUDDIES: 2,
    PD.ADD_PERM_LIST_ENTRIES: 2,
    PD.DEL_PERM_LIST_ENTRIES: 2,
    PD.ADD_DENY_LIST_ENTRIES: 2,
    PD.DEL_DENY_LIST_ENTRIES: 2,
    CHAT.CHANNEL_MSG_TO_HOST: 2,
    ICBM.CHANNEL_MSG_TO_HOST: 3,
    LOCATE.USER_INFO_QUERY: 3,
    LOCATE.SET_DIR_INFO: 4,
    LOCATE.GET_DIR_INFO: 4,
    CHATNAV.CREATE_ROOM: 5,
}


class RateLimits:
    """The rate classes of one connection.

    Args:
        classes: the classes.
        now: monotonic time in seconds.

    Attributes:
        long: classes are shown in their later form of 35 bytes; a client that states
            no versions knows only the first.
    """

    def __init__(self, classes: Iterable[RateClass], now: float) -> None:
        moment = int(now * 1000)
        self._meters = {rate.id: RateMeter(rate, moment) for rate in classes}
        self._states = dict.fromkeys(self._meters, RateState.CLEAR)
        self.long = False

    def count(self, kind: SNACType, now: float) -> tuple[RateState, RateChange | None]:
        """Count a SNAC.

        Args:
            kind: family and subtype.
            now: monotonic time in seconds.

        Returns:
            What to do with it, and what to tell the client first.
        """
        number = _CLASSES.get(kind, 1)
        meter = self._meters.get(number)
        if meter is None:
            return RateState.CLEAR, None
        state = meter.count(int(now * 1000))
        before, self._states[number] = self._states[number], state
        if state is before or state is RateState.DISCONNECT:
            return state, None
        if state is RateState.CLEAR and before is RateState.ALERT:
            return state, None
        return state, self._change(state, meter)

    @property
    def limited(self) -> bool:
        """Whether SNACs of some class are being dropped."""
        return any(meter.limited for meter in self._meters.values())

    def cleared(self, now: float) -> list[RateChange]:
        """Return notices of the limits that time has lifted."""
        found = []
        for number, meter in self._meters.items():
            if meter.clears_at(int(now * 1000)):
                self._states[number] = RateState.CLEAR
                found.append(self._change(RateState.CLEAR, meter))
        return found

    def parameters(self, families: Iterable[int]) -> RateParams:
        """Return the body of SNAC (01, 07): classes, and every SNAC of `families`.

        AIM never sends a SNAC that is in no class.
        """
        members: dict[int, list[SNACType]] = {number: [] for number in self._meters}
        for family in sorted(families):
            for kind in vars(_GROUPS[family]).values():
                if isinstance(kind, SNACType):
                    number = _CLASSES.get(kind, 1)
                    members.setdefault(number, []).append(kind)
        return RateParams(
            tuple(self._shown(meter) for meter in self._meters.values()),
            tuple((number, tuple(members[number])) for number in self._meters),
        )

    def _change(self, state: RateState, meter: RateMeter) -> RateChange:
        return RateChange(state, (self._shown(meter),))

    def _shown(self, meter: RateMeter) -> RateClass:
        """Return a class as it stands, in the form the client understands."""
        return replace(
            meter.rate,
            current=meter.level,
            last_ms=0 if self.long else None,
            dropping=meter.limited,
        )
