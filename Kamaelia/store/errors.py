"""Every error the store raises; each one's text is fit to be shown to a person."""

# Named after what happened, as the kernel's errors are.
# ruff: noqa: N818


class StoreError(Exception):
    """Something the store was asked for cannot be done."""


class DatabaseProblem(StoreError):
    """The database cannot be opened, reached, read or written."""


class StoreClosed(DatabaseProblem):
    """The store was closed before, or while, this was asked."""


class WrongKey(DatabaseProblem):
    """The key file is missing or belongs to another database."""


class StoreBusy(StoreError):
    """Too many passwords wait to be checked: refuse this sign-on."""


class BadName(StoreError):
    """This can be no account's name on its network."""


class BadValue(StoreError):
    """A text or number that cannot be stored: too long, or no text at all."""


class NoSuchAccount(StoreError):
    """There is no account of this name."""


class AccountExists(StoreError):
    """There is an account of this name already."""


class AccountSuspended(StoreError):
    """The password is right, but the operator has suspended the account."""


class ContactExists(StoreError):
    """The contact is on that list, or in that group, already."""


class NoSuchContact(StoreError):
    """The contact is not on that list."""


class NotInGroup(NoSuchContact):
    """The contact is on the forward list, but not in that group."""


class ListConflict(StoreError):
    """Nobody is on the allow list and the block list at once."""


class NoSuchGroup(StoreError):
    """There is no such group of contacts."""


class GroupExists(StoreError):
    """There is a group of this name already."""


class LimitReached(StoreError):
    """A list, a group or a mailbox is full."""


class Unchanged(StoreError):
    """The setting has this value already."""
