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
from functools import partial
from typing import Any, Final, Literal, NamedTuple, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from Kamaelia.store.errors import BadValue, StoreBusy, StoreClosed
from Kamaelia.store.names import Network
from Kamaelia.store.turns import Turns

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
WAITING_LIMIT: Final = 500  # sign-ons that may wait: of regulars, and of strangers
WAITING_PER_ACCOUNT: Final = 20  # of these for one account
OPERATOR: Final = "operator"  # the address of what no client has sent

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


class _Check(NamedTuple):
    """Work that waits for a thread; see `turns.Claim`."""

    peer: str
    account: str
    work: Callable[[], Any]
    done: "asyncio.Future[Any]"


class Passwords:
    """Hashes and checks passwords in threads, and leaves the loop a core of its own.

    Addresses take turns: see `turns`.
    """

    def __init__(self, hasher: PasswordHasher = HASHER) -> None:
        """Start no thread yet."""
        self._hasher = hasher
        self._most = max(1, (os.cpu_count() or 1) - 1)
        self._threads = ThreadPoolExecutor(self._most, "store-password")
        self._running = 0
        self._closed = False
        self._turns: Turns[_Check] = Turns(WAITING_LIMIT, WAITING_PER_ACCOUNT)
        self._turns.welcome(OPERATOR)
        self._nobody: str | None = None

    async def hash(self, password: bytes, peer: str = OPERATOR) -> str:
        """Return an argon2id hash in its usual text form; raises as `check`."""
        return await self._run(lambda: self._hasher.hash(password), peer)

    async def check(
        self,
        stored: str | None,
        password: bytes,
        peer: str = OPERATOR,
        account: str = "",
    ) -> bool:
        """Tell whether a password fits a hash; None costs as much as a wrong one.

        Args:
            stored: the hash.
            password: what was sent.
            peer: the address that it came from.
            account: what it is for, whether there is such an account or not.

        Raises:
            StoreBusy: too many wait already.
            StoreClosed: the store was closed meanwhile.
        """
        right = await self._run(lambda: self._fits(stored, password), peer, account)
        if right:
            self._turns.welcome(peer)
        return right

    def is_outdated(self, stored: str) -> bool:
        """Tell whether a hash was made with other costs than today's."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """End the threads; what they have begun is finished first."""
        self._closed = True
        while self._turns:
            _fail(self._turns.take(), StoreClosed("the store is closed"))
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

    async def _run(self, work: Callable[[], T], peer: str, account: str = "") -> T:
        """Run in a thread when it is the address's turn."""
        if self._closed:
            raise StoreClosed("the store is closed")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        check = _Check(peer, account, work, done)
        lost = self._turns.add(check)
        if lost is not None:
            _fail(lost, StoreBusy("too many sign-ons at once; try again in a moment"))
        self._start()
        try:
            return await done
        finally:
            self._turns.drop(check)  # when we are cancelled

    def _start(self) -> None:
        """Give every thread that is idle something to do."""
        loop = asyncio.get_running_loop()
        while self._turns and self._running < self._most and not self._closed:
            check = self._turns.take()
            self._running += 1
            future = loop.run_in_executor(self._threads, check.work)
            future.add_done_callback(partial(self._finish, check))

    def _finish(self, check: _Check, future: "asyncio.Future[Any]") -> None:
        """Hand a result over, and begin with the next."""
        self._running -= 1
        if future.cancelled():
            check.done.cancel()
        elif (error := future.exception()) is not None:
            _fail(check, error)
        elif not check.done.done():
            check.done.set_result(future.result())
        self._start()


def _fail(check: _Check, error: BaseException) -> None:
    """Tell who waits, if somebody still does, that nothing came of it."""
    if not check.done.done():
        check.done.set_exception(error)
