"""Which accounts that are signed on have been suspended or removed meanwhile.

`kamaelia user suspend` is another process than the server. Both write a new mark into
the database when they suspend or remove an account; a server looks at the mark every
few seconds, which is one row, and at its users' accounts when the mark is another.
An account is known by its id: one of the same name may have been made meanwhile.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, Literal

from Kamaelia.store import account_rows
from Kamaelia.store.database import Database
from Kamaelia.store.errors import StoreClosed, StoreError
from Kamaelia.store.names import Network

__all__ = ["AccountWatch", "Why"]

logger = logging.getLogger(__name__)

EVERY: Final = 5.0
"""Seconds between two looks."""

Why = Literal["suspended", "removed"]


class AccountWatch:
    """Tells a server whom it has to sign off; made by `Accounts.watch`.

    Args:
        database: where the accounts are.
        network: of the accounts.
        accounts: returns who is signed on: the accounts' ids by their names in ident
            form.
        dismiss: called with a name and why; signs the account off.
    """

    def __init__(
        self,
        database: Database,
        network: Network,
        accounts: Callable[[], Mapping[str, int]],
        dismiss: Callable[[str, Why], object],
    ) -> None:
        self._database = database
        self._network = network
        self._accounts = accounts
        self._dismiss = dismiss
        self._mark: bytes | None = None
        self._again = True

    async def keep(self) -> None:
        """Look every five seconds while somebody is signed on, until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            if not self._accounts():
                continue
            try:
                await self.look()
            except StoreClosed:
                return
            except StoreError as error:
                logger.error("cannot see who is suspended: %s", error)

    async def look(self) -> None:
        """Sign off whoever was suspended or removed since the last look.

        Raises:
            StoreError: the database failed.
        """
        mark = await self._database.read(account_rows.get_mark)
        new = mark != self._mark
        if not (new or self._again):
            return
        # Not asked for earlier: who is suspended may have signed on meanwhile. And once
        # more at the next look: somebody found good before the mark may be on the way.
        accounts = dict(self._accounts())
        network = self._network
        read = partial(account_rows.dismissed, network=network, accounts=accounts)
        found = await self._database.read(read)
        self._mark, self._again = mark, new
        for name, suspended in found.items():
            self._dismiss(name, "suspended" if suspended else "removed")
