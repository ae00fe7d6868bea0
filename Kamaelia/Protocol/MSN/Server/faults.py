"""What the store refuses, as MSN's error numbers."""

from typing import Final

from Kamaelia.store import errors

__all__ = ["fault"]

_FAULTS: Final[dict[type[errors.StoreError], int]] = {
    errors.BadName: 201,
    errors.NoSuchAccount: 205,
    errors.LimitReached: 210,
    errors.ContactExists: 215,
    errors.NoSuchContact: 216,
    errors.NotInGroup: 225,
    errors.Unchanged: 218,
    errors.ListConflict: 219,
    errors.NoSuchGroup: 224,
    errors.GroupExists: 228,
    errors.BadValue: 201,
    errors.StoreBusy: 600,
    errors.StoreClosed: 604,
    errors.DatabaseProblem: 603,
}


def fault(
    error: errors.StoreError, dialect: int, special: dict[type, int] | None = None
) -> int:
    """Return the error number for what the store has raised.

    Args:
        error: what it raised.
        dialect: from MSNP10 on, an unknown account is 208.
        special: numbers that go before the usual ones here.
    """
    for kind in type(error).__mro__:
        if special and kind in special:
            return special[kind]
        if kind is errors.NoSuchAccount and dialect >= 10:
            return 208
        if kind in _FAULTS:
            return _FAULTS[kind]
    return 500
