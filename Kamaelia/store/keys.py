"""The key that verifiers are encrypted with, and what is derived from it.

The key is 32 random bytes in a file of its own (base64 and a line feed, mode
0600), outside the database: a copy of the database alone gives nobody a verifier.
Losing the file loses the challenge sign-ons, not the accounts: argon2 hashes
don't depend on it.
"""

import base64
import binascii
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from Kamaelia.store.errors import WrongKey

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class Keys:
    """Encrypts verifiers and makes the challenges that depend on a secret."""

    def __init__(self, master: bytes) -> None:
        """Derive one key for each use from the 32 bytes of the key file."""
        self._cipher = AESGCM(hmac.digest(master, b"kamaelia verifiers", "sha256"))
        self._challenge_key = hmac.digest(master, b"kamaelia challenges", "sha256")

    def encrypt(self, clear: bytes, bound_to: str) -> bytes:
        """Return nonce and ciphertext; it decrypts for the same `bound_to` only."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, clear, bound_to.encode())

    def decrypt(self, sealed: bytes, bound_to: str) -> bytes:
        """Return what `encrypt` was given.

        Raises:
            WrongKey: another key made it, or it was moved or changed.
        """
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, rest, bound_to.encode())
        except (InvalidTag, ValueError):
            raise WrongKey(
                "a stored verifier does not decrypt: the key file is of another "
                "database, or the database was changed by hand"
            ) from None

    def challenge(self, scheme: str, name: str, digits: int) -> str:
        """Return decimal digits that are always the same for this scheme and name.

        They depend on the name only, so those of an account and those of a name
        that nobody has cannot be told apart.
        """
        digest = hmac.digest(self._challenge_key, f"{scheme}:{name}".encode(), "sha256")
        return str(int.from_bytes(digest, "big") % 10**digits).zfill(digits)


def read_key(path: Path | None, create: bool) -> bytes:
    """Read a key file, or make it; None stands for a key in memory.

    Safe when several processes start at once: one makes the file, all read it.

    Raises:
        WrongKey: the file is no key file or cannot be read or made; or it doesn't
            exist and `create` is false.
    """
    if path is None:
        return secrets.token_bytes(KEY_BYTES)
    try:
        if not path.exists():
            if not create:
                raise WrongKey(
                    f"the database has a key, but its file {path} is missing; put it "
                    "back, or name it in the environment variable KAMAELIA_KEY_FILE"
                )
            _make_key(path)
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except (OSError, binascii.Error) as error:
        raise WrongKey(f"cannot use the key file {path}: {error}") from error
    if len(key) != KEY_BYTES:
        raise WrongKey(f"{path} is no key file: {len(key)} bytes, not {KEY_BYTES}")
    return key


def _make_key(path: Path) -> None:
    """Write a new key so that no reader ever sees half a file."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        _publish(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _publish(draft: Path, path: Path) -> None:
    """Give the draft its name unless another process was first; make it last."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
