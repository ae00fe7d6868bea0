"""Operations on the tables that both networks share; see `database` for the idea."""

import secrets
import time
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import Connection, Row, delete, insert, select, update

from Kamaelia.store import aim_rows, msn_rows
from Kamaelia.store.errors import AccountExists, NoSuchAccount
from Kamaelia.store.names import Network, ident, kind_of
from Kamaelia.store.passwords import Scheme
from Kamaelia.store.schema import ACCOUNT, SETTING, VERIFIER

_MARK: Final = "accounts suspended or removed"
_AT_ONCE: Final = 500  # names in one statement


@dataclass(frozen=True, slots=True)
class Account:
    """One account of one network."""

    id: int
    network: Network
    name: str  # ident form, what look-ups compare
    display: str  # as its owner writes it
    suspended: bool
    created: int  # seconds since 1970-01-01 UTC

    @property
    def kind(self) -> str:
        """What a person calls it: "AIM", "ICQ" or "MSN"."""
        return kind_of(self.network, self.name)


@dataclass(frozen=True, slots=True)
class Secrets:
    """An account with what its passwords are checked with; never leaves the store."""

    account: Account
    password: str
    verifiers: Mapping[str, bytes]


def find(connection: Connection, network: Network, name: str) -> Account | None:
    """Return an account, or None."""
    row = _row(connection, network, name)
    return None if row is None else _account(row)


def get(connection: Connection, network: Network, name: str) -> Account:
    """Return an account, or raise NoSuchAccount."""
    account = find(connection, network, name)
    if account is None:
        raise NoSuchAccount(f"there is no {kind_of(network, name)} account {name!r}")
    return account


def find_secrets(connection: Connection, network: Network, name: str) -> Secrets | None:
    """Return an account with its hash and its encrypted verifiers, or None."""
    row = _row(connection, network, name)
    # Asked for an unknown name too, so that both take as long.
    verifiers = connection.execute(
        select(VERIFIER.c.scheme, VERIFIER.c.secret).where(
            VERIFIER.c.account_id == (-1 if row is None else row.id)
        )
    ).all()
    if row is None:
        return None
    return Secrets(
        _account(row),
        row.password,
        {row.scheme: bytes(row.secret) for row in verifiers},
    )


def list_all(connection: Connection, network: Network | None) -> list[Account]:
    """Return every account, or those of one network, in order of name."""
    query = select(ACCOUNT).order_by(ACCOUNT.c.network, ACCOUNT.c.name)
    if network is not None:
        query = query.where(ACCOUNT.c.network == network)
    return [_account(row) for row in connection.execute(query)]


def add(
    connection: Connection,
    network: Network,
    display: str,
    password: str,
    verifiers: Mapping[Scheme, bytes],
) -> Account:
    """Make an account and what it owns from the beginning."""
    name = ident(network, display)
    if find(connection, network, name) is not None:
        raise AccountExists(
            f"there is an account {display!r} on {kind_of(network, name)} already"
        )
    connection.execute(
        insert(ACCOUNT).values(
            network=network,
            name=name,
            display=display,
            suspended=False,
            created=int(time.time()),
            password=password,
        )
    )
    account = get(connection, network, name)
    _put_verifiers(connection, account.id, verifiers)
    if network == "aim":
        aim_rows.create(connection, account.id, account.created)
    else:
        msn_rows.create(connection, account.id, account.name, display)
    return account


def set_password(
    connection: Connection,
    network: Network,
    name: str,
    password: str,
    verifiers: Mapping[Scheme, bytes],
) -> Account:
    """Replace an account's hash and all its verifiers."""
    account = get(connection, network, name)
    connection.execute(
        update(ACCOUNT).where(ACCOUNT.c.id == account.id).values(password=password)
    )
    connection.execute(delete(VERIFIER).where(VERIFIER.c.account_id == account.id))
    _put_verifiers(connection, account.id, verifiers)
    return account


def refresh_password(
    connection: Connection,
    known: Secrets,
    password: str,
    verifiers: Mapping[Scheme, bytes],
) -> None:
    """Replace hash and verifiers unless the password was changed meanwhile."""
    account = known.account
    now = find_secrets(connection, account.network, account.name)
    if now is not None and now.password == known.password:
        set_password(connection, account.network, account.name, password, verifiers)


def set_display(
    connection: Connection, network: Network, name: str, display: str
) -> Account:
    """Change how a name is written."""
    account = get(connection, network, name)
    connection.execute(
        update(ACCOUNT).where(ACCOUNT.c.id == account.id).values(display=display)
    )
    return get(connection, network, name)


def set_suspended(
    connection: Connection, network: Network, name: str, suspended: bool
) -> Account:
    """Suspend an account, or undo it."""
    account = get(connection, network, name)
    connection.execute(
        update(ACCOUNT).where(ACCOUNT.c.id == account.id).values(suspended=suspended)
    )
    _put_mark(connection)
    return get(connection, network, name)


def remove(connection: Connection, network: Network, name: str) -> Account:
    """Remove an account and all it owns; others see it leave their reverse lists."""
    account = get(connection, network, name)
    if network == "msn":
        msn_rows.forget(connection, account.id, account.name)
    connection.execute(delete(ACCOUNT).where(ACCOUNT.c.id == account.id))
    _put_mark(connection)
    return account


def get_mark(connection: Connection) -> bytes | None:
    """Return what is another after an account has been suspended or removed."""
    return get_setting(connection, _MARK)


def _put_mark(connection: Connection) -> None:
    """Make a new mark."""
    put_setting(connection, _MARK, secrets.token_bytes(16))


def dismissed(
    connection: Connection, network: Network, accounts: Mapping[str, int]
) -> dict[str, bool]:
    """Return which accounts nobody may use.

    Args:
        connection: to the database.
        network: of the accounts.
        accounts: their ids by their names in ident form. Another account that has the
            name by now is not the one that was removed.

    Returns:
        By name, whether the account is suspended; it was removed if not.
    """
    found: dict[str, bool] = {}
    names = list(accounts)
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        rows = connection.execute(
            select(ACCOUNT.c.id, ACCOUNT.c.name, ACCOUNT.c.suspended).where(
                ACCOUNT.c.network == network, ACCOUNT.c.name.in_(some)
            )
        )
        known = {
            row.name: row.suspended for row in rows if row.id == accounts[row.name]
        }
        found |= {name: name in known for name in some if known.get(name, True)}
    return found


def get_setting(connection: Connection, name: str) -> bytes | None:
    """Return a setting of the store, or None."""
    row = connection.execute(
        select(SETTING.c.value).where(SETTING.c.name == name)
    ).first()
    return None if row is None else bytes(row.value)


def put_setting(connection: Connection, name: str, value: bytes) -> None:
    """Keep a setting of the store."""
    connection.execute(delete(SETTING).where(SETTING.c.name == name))
    connection.execute(insert(SETTING).values(name=name, value=value))


def drop_verifiers(connection: Connection, allowed: Set[Scheme]) -> None:
    """Remove the verifiers of every scheme that isn't allowed."""
    connection.execute(delete(VERIFIER).where(VERIFIER.c.scheme.not_in(allowed)))


def _put_verifiers(
    connection: Connection, account_id: int, verifiers: Mapping[Scheme, bytes]
) -> None:
    """Insert encrypted verifiers."""
    for scheme, secret in verifiers.items():
        connection.execute(
            insert(VERIFIER).values(account_id=account_id, scheme=scheme, secret=secret)
        )


def _row(connection: Connection, network: Network, name: str) -> Row[tuple[()]] | None:
    """Return an account's row, or None."""
    return connection.execute(
        select(ACCOUNT).where(
            ACCOUNT.c.network == network, ACCOUNT.c.name == ident(network, name)
        )
    ).first()


def _account(row: Row[tuple[()]]) -> Account:
    """Return a row as a value."""
    return Account(
        row.id,
        cast(Network, row.network),
        row.name,
        row.display,
        row.suspended,
        row.created,
    )
