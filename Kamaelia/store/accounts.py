"""Accounts of both networks: making and changing them, and checking sign-ons."""

import hmac
import secrets
from collections.abc import Callable, Mapping, Set
from functools import partial

from Kamaelia.store import account_rows
from Kamaelia.store.account_rows import Account, Secrets
from Kamaelia.store.account_watch import AccountWatch, Why
from Kamaelia.store.database import Database
from Kamaelia.store.errors import AccountExists, AccountSuspended, BadName, BadValue
from Kamaelia.store.keys import Keys
from Kamaelia.store.names import Network, check_name, ident
from Kamaelia.store.passwords import (
    OPERATOR,
    SCHEMES,
    Passwords,
    Scheme,
    expected_digest,
    make_verifier,
    password_bytes,
)

__all__ = ["Account", "Accounts"]


class Accounts:
    """The accounts of a store. Names may be given in display or ident form."""

    def __init__(
        self, database: Database, keys: Keys, passwords: Passwords, schemes: Set[Scheme]
    ) -> None:
        """Serve from an open database; the store that made these closes them."""
        self._database = database
        self._keys = keys
        self._passwords = passwords
        self._schemes = frozenset(schemes)

    @property
    def schemes(self) -> frozenset[Scheme]:
        """The challenge schemes that the operator allows."""
        return self._schemes

    async def add(self, network: Network, name: str, password: str | bytes) -> Account:
        """Make an account.

        Raises:
            BadName, BadValue: this name or password can't be.
            AccountExists: the name is taken.
        """
        display = check_name(network, name)
        raw = password_bytes(password)
        hashed = await self._passwords.hash(raw)
        verifiers = self._verifiers(network, display, raw)
        return await self._database.write(
            lambda c: account_rows.add(c, network, display, hashed, verifiers)
        )

    async def put(self, network: Network, name: str, password: str | bytes) -> Account:
        """Make an account, or give the one that exists this password."""
        try:
            return await self.add(network, name, password)
        except AccountExists:
            return await self.set_password(network, name, password)

    async def get(self, network: Network, name: str) -> Account:
        """Return an account, or raise NoSuchAccount."""
        return await self._database.read(lambda c: account_rows.get(c, network, name))

    async def find(self, network: Network, name: str) -> Account | None:
        """Return an account, or None."""
        return await self._database.read(lambda c: account_rows.find(c, network, name))

    async def list(self, network: Network | None = None) -> list[Account]:
        """Return all accounts, or those of one network, ordered by name."""
        return await self._database.read(lambda c: account_rows.list_all(c, network))

    async def set_password(
        self,
        network: Network,
        name: str,
        password: str | bytes,
        peer: str = OPERATOR,
    ) -> Account:
        """Change a password, and every verifier with it.

        Args:
            network: of the account.
            name: of the account.
            password: the new one.
            peer: the address that asks for it; see `check_password`.

        Raises:
            BadValue: this can't be a password.
            NoSuchAccount: nobody has this name.
            StoreBusy: too many passwords are being checked.
        """
        raw = password_bytes(password)
        hashed = await self._passwords.hash(raw, peer)
        verifiers = self._verifiers(network, name, raw)
        return await self._database.write(
            lambda c: account_rows.set_password(c, network, name, hashed, verifiers)
        )

    async def set_display(self, network: Network, name: str, display: str) -> Account:
        """Change how a name is written; it must stay the same when compared.

        Raises:
            BadName: that would be another name.
            NoSuchAccount: nobody has this name.
        """
        display = check_name(network, display)
        if ident(network, display) != ident(network, name):
            raise BadName(f"{display!r} is another name than {name!r}")
        return await self._database.write(
            lambda c: account_rows.set_display(c, network, name, display)
        )

    async def set_suspended(
        self, network: Network, name: str, suspended: bool = True
    ) -> Account:
        """Suspend an account, or undo that; raise NoSuchAccount."""
        return await self._database.write(
            lambda c: account_rows.set_suspended(c, network, name, suspended)
        )

    async def remove(self, network: Network, name: str) -> Account:
        """Remove an account and everything it owns; raise NoSuchAccount."""
        return await self._database.write(
            lambda c: account_rows.remove(c, network, name)
        )

    def watch(
        self,
        network: Network,
        accounts: Callable[[], Mapping[str, int]],
        dismiss: Callable[[str, Why], object],
    ) -> AccountWatch:
        """Return what signs off accounts that are suspended or removed.

        Args:
            network: of the accounts.
            accounts: returns who is signed on: the accounts' ids by their names in
                ident form.
            dismiss: called with a name and why.
        """
        return AccountWatch(self._database, network, accounts, dismiss)

    async def check_password(
        self,
        network: Network,
        name: str,
        password: str | bytes,
        peer: str = OPERATOR,
    ) -> Account | None:
        """Check a sign-on that sends the password (roasted OSCAR, TWN).

        Takes as long for an unknown name as for a wrong password. A right one
        brings an older hash, or verifiers of schemes allowed since, up to date.

        Args:
            network: of the account.
            name: of the account.
            password: what was sent.
            peer: the address it came from: these take turns when many sign on.

        Returns:
            The account, or None: no such name, or the wrong password.

        Raises:
            AccountSuspended: right password, suspended account.
            StoreBusy: too many passwords are being checked, of others or of this name.
        """
        known = await self._secrets(network, name)
        try:
            raw = password_bytes(password)
        except BadValue:
            raw, known = b"\0", None
        stored = known.password if known else None
        about = f"{network}:{ident(network, name)}"
        right = await self._passwords.check(stored, raw, peer, about)
        if not right or known is None:
            return None
        await self._refresh(known, raw, peer)
        return _admitted(known)

    def oscar_challenge(self, name: str) -> str:
        """Return the key of SNAC (17,07): ten digits, a hyphen, ten digits.

        Random each time; where weak MD5 is allowed, always the same for a name,
        whether somebody has it or not.
        """
        if "oscar-weak" in self._schemes:
            return self._challenge("oscar-weak", name)
        digits = str(secrets.randbelow(10**20)).zfill(20)
        return f"{digits[:10]}-{digits[10:]}"

    async def check_oscar(
        self, name: str, challenge: str, digest: bytes
    ) -> Account | None:
        """Check the MD5 digest of SNAC (17,02), strong and, if allowed, weak.

        Args:
            name: the screen name.
            challenge: what `oscar_challenge` returned on this connection.
            digest: the 16 bytes of TLV 0x25.

        Returns and raises as `check_password`, but for StoreBusy.
        """
        return await self._check_digest(
            "aim", name, ("oscar-strong", "oscar-weak"), challenge, digest
        )

    def msn_salt(self, handle: str) -> str:
        """Return the salt of USR MD5 S: always the same for a handle, had or not."""
        return self._challenge("msn-md5", handle)

    async def check_msn(self, handle: str, digest: str) -> Account | None:
        """Check the hex digest of USR MD5 S (MSNP2 to 7); see `check_password`."""
        try:
            raw = bytes.fromhex(digest)
        except ValueError:
            raw = b""
        salt = self.msn_salt(handle)
        return await self._check_digest("msn", handle, ("msn-md5",), salt, raw)

    async def _check_digest(
        self,
        network: Network,
        name: str,
        schemes: tuple[Scheme, ...],
        challenge: str,
        digest: bytes,
    ) -> Account | None:
        """Compare a digest with what each scheme expects, in the same time for all."""
        known = await self._secrets(network, name)
        right = False
        for scheme in schemes:
            verifier = self._stored_verifier(known, scheme)
            expected = expected_digest(scheme, verifier or bytes(16), challenge)
            fits = hmac.compare_digest(expected, digest)
            right |= fits and verifier is not None
        return _admitted(known) if right and known is not None else None

    def _stored_verifier(self, known: Secrets | None, scheme: Scheme) -> bytes | None:
        """Return a verifier in clear, if the account has it and it is allowed."""
        if known is None or scheme not in self._schemes:
            return None
        sealed = known.verifiers.get(scheme)
        if sealed is None:
            return None
        return self._keys.decrypt(sealed, _bound_to(known.account, scheme))

    def _verifiers(
        self, network: Network, name: str, password: bytes
    ) -> dict[Scheme, bytes]:
        """Return the encrypted verifiers of the network's allowed schemes."""
        who = f"{network}:{ident(network, name)}"
        made = {}
        for scheme in self._schemes:
            if SCHEMES[scheme] == network:
                challenge = self._challenge(scheme, name)
                clear = make_verifier(scheme, password, challenge)
                made[scheme] = self._keys.encrypt(clear, f"{who}:{scheme}")
        return made

    def _challenge(self, scheme: Scheme, name: str) -> str:
        """Return a name's constant challenge in the form the scheme's clients know."""
        digits = self._keys.challenge(scheme, ident(SCHEMES[scheme], name), 20)
        mark = "." if scheme == "msn-md5" else "-"
        return f"{digits[:10]}{mark}{digits[10:]}"

    async def _secrets(self, network: Network, name: str) -> Secrets | None:
        """Look an account up for a sign-on."""
        return await self._database.read(
            partial(account_rows.find_secrets, network=network, name=name)
        )

    async def _refresh(self, known: Secrets, password: bytes, peer: str) -> None:
        """Bring hash and verifiers to what would be made today."""
        network, name = known.account.network, known.account.name
        wanted = {s for s in self._schemes if SCHEMES[s] == network}
        outdated = self._passwords.is_outdated(known.password)
        if not outdated and wanted <= known.verifiers.keys():
            return
        hashed = known.password
        if outdated:
            hashed = await self._passwords.hash(password, peer)
        verifiers = self._verifiers(network, name, password)
        await self._database.write(
            lambda c: account_rows.refresh_password(c, known, hashed, verifiers)
        )


def _bound_to(account: Account, scheme: Scheme) -> str:
    """Return what a verifier's encryption is tied to."""
    return f"{account.network}:{account.name}:{scheme}"


def _admitted(known: Secrets) -> Account:
    """Return the account of a right password, unless it is suspended."""
    if known.account.suspended:
        raise AccountSuspended(f"the account {known.account.display!r} is suspended")
    return known.account
