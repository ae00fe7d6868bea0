"""Passwords at rest: argon2id hashes, and the verifiers of challenge sign-ons.

    scheme        verifier kept (encrypted)          the sign-on's digest
    oscar-strong  MD5(password)                      MD5(key + verifier + C)
    oscar-weak    MD5(key + password + C)            the same; key never changes
    msn-md5       MD5(salt + password)               the same in hex; salt never changes

C is a constant text, `+` joins bytes. An MD5 verifier lets its holder sign on, and
a short password can be found from it: hence the encryption, and hence a verifier
exists only for the schemes that the operator allows.

Source: AOL's OSCAR specification, "MD5 login"; MSN Messenger Service 1.0 Protocol
(Internet draft, 1999), "USR".
"""

import asyncio
import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Literal, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from Kamaelia.store.errors import BadValue, StoreBusy
from Kamaelia.store.names import Network

T = TypeVar("T")
Scheme = Literal["oscar-strong", "oscar-weak", "msn-md5"]

SCHEMES: Final[dict[Scheme, Network]] = {
    "oscar-strong": "aim",
    "oscar-weak": "aim",
    "msn-md5": "msn",
}
DEFAULT_SCHEMES: Final[frozenset[Scheme]] = frozenset({"oscar-strong"})
OSCAR_CONSTANT: Final = b"AOL Instant Messenger (SM)"
PASSWORD_LIMIT: Final = 128  # bytes
WAITING_LIMIT: Final = 500  # sign-ons that may wait for a thread

# Source: OWASP Password Storage Cheat Sheet (argon2id, 19 MiB, 2 passes, 1 lane).
HASHER: Final = PasswordHasher(
    time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID
)


def password_bytes(password: str | bytes) -> bytes:
    """Return a password as it is hashed: text as UTF-8.

    Raises:
        BadValue: it is empty, longer than 128 bytes, or no text.
    """
    try:
        raw = password.encode() if isinstance(password, str) else password
    except UnicodeEncodeError:
        raise BadValue("the password is no valid text") from None
    if not 1 <= len(raw) <= PASSWORD_LIMIT:
        raise BadValue(f"a password has 1 to {PASSWORD_LIMIT} bytes, not {len(raw)}")
    return raw


def make_verifier(scheme: Scheme, password: bytes, challenge: str) -> bytes:
    """Return the 16 bytes that a scheme's digests are checked with."""
    if scheme == "oscar-strong":
        return _md5(password)
    if scheme == "oscar-weak":
        return _md5(challenge.encode() + password + OSCAR_CONSTANT)
    return _md5(challenge.encode() + password)


def expected_digest(scheme: Scheme, verifier: bytes, challenge: str) -> bytes:
    """Return the digest a client sends that knows the password."""
    if scheme == "oscar-strong":
        return _md5(challenge.encode() + verifier + OSCAR_CONSTANT)
    return verifier


def _md5(data: bytes) -> bytes:
    """Return the MD5 that the old protocols ask for."""
    return hashlib.md5(data, usedforsecurity=False).digest()


class Passwords:
    """Hashes and checks passwords in threads, and leaves the loop a core of its own."""

    def __init__(self, hasher: PasswordHasher = HASHER) -> None:
        """Start no thread yet."""
        self._hasher = hasher
        self._threads = ThreadPoolExecutor(
            max(1, (os.cpu_count() or 1) - 1), "store-password"
        )
        self._waiting = 0
        self._nobody: str | None = None

    async def hash(self, password: bytes) -> str:
        """Return an argon2id hash in its usual text form."""
        return await self._run(lambda: self._hasher.hash(password))

    async def check(self, stored: str | None, password: bytes) -> bool:
        """Tell whether a password fits a hash; None costs as much as a wrong one."""
        return await self._run(lambda: self._fits(stored, password))

    def is_outdated(self, stored: str) -> bool:
        """Tell whether a hash was made with other costs than today's."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """End the threads; what they have begun is finished first."""
        self._threads.shutdown(cancel_futures=True)

    def _fits(self, stored: str | None, password: bytes) -> bool:
        """Verify in this thread."""
        if stored is None:
            if self._nobody is None:
                self._nobody = self._hasher.hash(os.urandom(16))
            stored, password = self._nobody, b"\0" + password
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        """Run in a thread; refuse when too many wait already."""
        if self._waiting >= WAITING_LIMIT:
            raise StoreBusy("too many sign-ons at once; try again in a moment")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
