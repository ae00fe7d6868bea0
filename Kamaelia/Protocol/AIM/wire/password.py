"""What OSCAR makes of a password before it sends it.

    roast           XOR with a 16-byte table, over and over: FLAP logins
    weak digest     MD5(key, password, tail): AIM 3.5 to 4.7
    strong digest   MD5(key, MD5(password), tail): AIM 4.8 and later

The tail is "AOL Instant Messenger (SM)". The key comes from SNAC (17, 07).

Source: AOL's published OSCAR specification, "Sign on"; the tables of Java AIM and of
the Kerberos sign-on are those of Open OSCAR Server.
"""

import hashlib
from itertools import cycle
from typing import Final

__all__ = [
    "DIGEST_TAIL",
    "JAVA_TABLE",
    "KERBEROS_TABLE",
    "OSCAR_TABLE",
    "roast",
    "strong_digest",
    "strong_digest_of_hash",
    "weak_digest",
]

OSCAR_TABLE: Final = bytes.fromhex("F32681C43986DB9271A3B9E6537A957C")
JAVA_TABLE: Final = bytes.fromhex("F3B36C99953FACB6C5FA6B63696CC39A")
KERBEROS_TABLE: Final = bytes.fromhex("7691C5E7D0D995DD9E2FEAD86B21C2BC")

DIGEST_TAIL: Final = b"AOL Instant Messenger (SM)"


def roast(password: bytes, table: bytes = OSCAR_TABLE) -> bytes:
    """Return `password` XORed with a table, over and over; its own inverse.

    This hides nothing: whoever reads the line has the password.
    """
    return bytes(a ^ b for a, b in zip(password, cycle(table), strict=False))


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def weak_digest(password: bytes, key: bytes) -> bytes:
    """Return the 16 bytes that AIM 3.5 to 4.7 send for TLV 0x25."""
    return _md5(key + password + DIGEST_TAIL)


def strong_digest(password: bytes, key: bytes) -> bytes:
    """Return the 16 bytes that AIM 4.8 and later send, with an empty TLV 0x4C."""
    return strong_digest_of_hash(_md5(password), key)


def strong_digest_of_hash(password_md5: bytes, key: bytes) -> bytes:
    """Return the strong digest of a password of which only the MD5 is known."""
    return _md5(key + password_md5 + DIGEST_TAIL)
