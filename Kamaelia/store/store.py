"""The store: accounts of both networks and what they own, behind one interface.

    async with await open_store("sqlite:///kamaelia.db") as store:
        await store.accounts.add("aim", "Ann Example", "secret")
        feedbag = await store.aim.feedbag("annexample")

Every method that changes something returns once that is committed.
"""

import asyncio
from collections.abc import Set
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from argon2 import PasswordHasher
from sqlalchemy import Connection

from Kamaelia.store import account_rows, contact_rows, migrations
from Kamaelia.store.accounts import Accounts
from Kamaelia.store.aim import AIM
from Kamaelia.store.contact_rows import Contact
from Kamaelia.store.database import Database
from Kamaelia.store.errors import BadName, BadValue, DatabaseProblem, WrongKey
from Kamaelia.store.keys import Keys, read_key
from Kamaelia.store.location import Location, data_folder, locate
from Kamaelia.store.msn import MSN
from Kamaelia.store.names import Network, network_of
from Kamaelia.store.passwords import (
    DEFAULT_SCHEMES,
    HASHER,
    SCHEMES,
    Passwords,
    Scheme,
)
from Kamaelia.store.postgresql import PostgreSQLDatabase
from Kamaelia.store.schema import METADATA
from Kamaelia.store.sqlite import SQLiteDatabase

__all__ = ["Contact", "Store", "open_store"]

_SCHEMES_SETTING: Final = "schemes"
_KEY_SETTING: Final = "key check"
_KEY_CHECK: Final = b"this key belongs to this database"


class Store:
    """An open store; made by `open_store`, used from the event loop that opened it."""

    def __init__(self, database: Database, accounts: Accounts, passwords: Passwords):
        """Put the parts together; `open_store` makes them."""
        self._database = database
        self._passwords = passwords
        self.accounts = accounts
        self.aim = AIM(database)
        self.msn = MSN(database)

    @property
    def commits(self) -> int:
        """Transactions committed so far: fewer than writes when these come at once."""
        return self._database.commits

    async def add_contact(
        self, owner: str, name: str, network: Network | None = None
    ) -> None:
        """Add a contact as the owner's own client would, on both sides.

        AIM: a buddy in the first group (or a new one, "Buddies"). MSN: FL and AL of
        the owner, RL of the other, who is asked unless he has decided before.

        Args:
            owner: whose lists; a name with @ is an MSN handle, any other AIM's.
            name: whom to add; on MSN an account of this store.
            network: set it for AIM names that have an @.

        Raises:
            NoSuchAccount, ContactExists, LimitReached, BadName.
        """
        side = _one_network(owner, name, network)
        await self._database.write(lambda c: contact_rows.add(c, side, owner, name))

    async def remove_contact(
        self, owner: str, name: str, network: Network | None = None
    ) -> None:
        """Undo `add_contact`; raises NoSuchAccount or NoSuchContact."""
        side = _one_network(owner, name, network)
        await self._database.write(lambda c: contact_rows.remove(c, side, owner, name))

    async def contacts(
        self, owner: str, network: Network | None = None
    ) -> list[Contact]:
        """Return everybody on any list of the owner's, ordered by name."""
        side = network or network_of(owner)
        return await self._database.read(
            lambda c: contact_rows.list_all(c, side, owner)
        )

    async def close(self) -> None:
        """Commit what waits and let go of everything. A second call does nothing."""
        await self._database.close()
        self._passwords.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


async def open_store(
    url: str | None = None,
    *,
    key_file: Path | None = None,
    schemes: Set[Scheme] | None = None,
    hasher: PasswordHasher = HASHER,
) -> Store:
    """Open a database, make it if need be, and bring its schema up to date.

    Args:
        url: sqlite:///FILE, sqlite:// or "memory" (kept nowhere),
            postgresql://USER:PASSWORD@HOST/DATABASE; None for a file in the user's
            data folder.
        key_file: the key of the verifiers; see `location.locate`.
        schemes: the challenge sign-ons that are allowed from now on; verifiers of
            others are removed. None: as the database was opened with last, at first
            strong OSCAR MD5 alone.
        hasher: argon2 and its costs.

    Raises:
        DatabaseProblem: the URL isn't understood, or the database can't be opened.
        WrongKey: the key file is missing or of another database.
        BadValue: an unknown scheme.
    """
    if schemes is not None and not schemes <= SCHEMES.keys():
        known = ", ".join(sorted(SCHEMES))
        raise BadValue(f"unknown scheme among {sorted(schemes)}; there are {known}")
    location = locate(url, key_file)
    if url is None:
        await asyncio.to_thread(_make_folder, location)
    database: Database = (
        SQLiteDatabase(location)
        if location.url.get_backend_name() == "sqlite"
        else PostgreSQLDatabase(location)
    )
    try:
        await database.start(_prepare_memory if location.in_memory else _migrate)
        keys, allowed = await database.write(
            partial(_settle, key_file=location.key_file, schemes=schemes)
        )
    except BaseException:
        await database.close()
        raise
    passwords = Passwords(hasher)
    return Store(database, Accounts(database, keys, passwords, allowed), passwords)


def _make_folder(location: Location) -> None:
    """Make the user's data folder, which nobody else may read."""
    try:
        data_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseProblem(f"cannot make {location.shown}: {error}") from error


def _prepare_memory(connection: Connection) -> None:
    """Make the newest schema at once: a new database has nothing to migrate."""
    METADATA.create_all(connection)


def _migrate(connection: Connection) -> None:
    """Run the migrations that are missing."""
    migrations.upgrade(connection)


def _settle(
    connection: Connection, key_file: Path | None, schemes: Set[Scheme] | None
) -> tuple[Keys, frozenset[Scheme]]:
    """Check or make the key, and settle which schemes are allowed."""
    sealed = account_rows.get_setting(connection, _KEY_SETTING)
    keys = Keys(read_key(key_file, create=sealed is None))
    if sealed is None:
        sealed = keys.encrypt(_KEY_CHECK, _KEY_SETTING)
        account_rows.put_setting(connection, _KEY_SETTING, sealed)
    try:
        keys.decrypt(sealed, _KEY_SETTING)
    except WrongKey:
        raise WrongKey(f"{key_file} is the key of another database") from None
    stored = account_rows.get_setting(connection, _SCHEMES_SETTING)
    if schemes is None and stored is not None:
        names = stored.decode().split()
        return keys, frozenset(scheme for scheme in SCHEMES if scheme in names)
    allowed = frozenset(DEFAULT_SCHEMES if schemes is None else schemes)
    new = " ".join(sorted(allowed)).encode()
    if new != stored:
        account_rows.put_setting(connection, _SCHEMES_SETTING, new)
        account_rows.drop_verifiers(connection, allowed)
    return keys, allowed


def _one_network(owner: str, name: str, network: Network | None) -> Network:
    """Return the network both names are on, or raise BadName."""
    side = network or network_of(owner)
    if network is None and network_of(name) != side:
        raise BadName(f"{owner!r} and {name!r} are on different networks")
    return side
