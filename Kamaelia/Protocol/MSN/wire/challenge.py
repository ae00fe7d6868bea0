"""The server's challenge (CHL, QRY) and the digests of a sign-on without tickets.

Up to MSNP10 the answer is the MD5 of challenge and product key. From MSNP11 on, that
digest is mixed with a checksum over challenge and product id, all modulo 2^31 - 1.
Both answers are 32 lower-case hex digits, the payload of QRY. A product id and its key
are public constants of one build of the official client.

Source: the MSN Messenger protocol as its official clients speak it; the vectors in the
tests are computed, the first of them is widely published.
"""

import secrets
from hashlib import md5
from struct import pack, unpack
from typing import Final

from Kamaelia.Protocol.MSN.wire.encoding import MAX_U32
from Kamaelia.Protocol.wire.errors import LocalProtocolError

__all__ = [
    "MSN_CHALLENGE_STR",
    "PRODUCT_KEYS",
    "answer",
    "answer_md5",
    "answer_mixed",
    "login_digest",
    "make_challenge",
    "product_for",
    "url_credentials",
]

MSN_CHALLENGE_STR: Final = "Q1P7W2E4J9R8U3S5"
"""The key of `msmsgs@msnmsgr.com`, good for MSNP6 to MSNP10."""

PRODUCT_KEYS: Final = {
    "msmsgs@msnmsgr.com": MSN_CHALLENGE_STR,
    "PROD0038W!61ZTF9": "VT6PX?UQTM4WM%YR",
    "PROD0058#7IL2{QD": "QHDCY@7R1TB6W?5B",
    "PROD0061VRRZH@4F": "JXQ6J@TUOGYV@N0M",
    "PROD00504RLUG%WL": "I2EBK%PYNLZL5_J4",
    "PROD0076ENE8*@AW": "CEQJ8}OE0!WTSWII",
    "PROD0090YUAUV{2B": "YMM8C_H7KCQ2S_KL",
    "PROD0101{0RM?UBW": "CFHUR$52U_{VIX5T",
    "PROD01065C%ZFN6F": "O4BG@C7BWLYQX?5G",
    "PROD0112J1LW7%NB": "RH96F{PHI8PPX_TJ",
    "PROD0113H11T8$X_": "RG@XY*28Q5QHS%Q5",
    "PROD0114ES4Z%Q5W": "PK}_A_0N_K%O?A9S",
    "PROD0118R6%2WYOS": "YIXPX@5I2P0UT*LK",
    "PROD0119GSJUC$18": "ILTXC!4IXB5FB*PX",
    "PROD0120PW!CCV9@": "C1BX{V4W}Q3*10SM",
}
"""The key that belongs to each product id."""

_MODULUS: Final = 0x7FFFFFFF
_FACTOR: Final = 0x0E79A9C1
_FIRST_MIXED: Final = 11  # the first dialect with the second kind of answer


def product_for(dialect: int) -> str:
    """Return a product id that official clients used with this dialect."""
    if dialect < _FIRST_MIXED:
        return "msmsgs@msnmsgr.com"
    if dialect < 13:
        return "PROD0090YUAUV{2B"
    return "PROD01065C%ZFN6F" if dialect < 15 else "PROD0119GSJUC$18"


def make_challenge() -> str:
    """Return a fresh challenge: 20 decimal digits.

    With 20 digits and an id of 16 characters, clients that pad differently agree.
    """
    return f"{secrets.randbelow(10**20):020}"


def answer(challenge: str, product_id: str, dialect: int) -> str:
    """Return the payload of QRY for a challenge: 32 hex digits.

    Raises:
        LocalProtocolError: no key is known for the product id.
    """
    key = PRODUCT_KEYS.get(product_id)
    if key is None:
        raise LocalProtocolError(f"no key is known for product id {product_id!r}")
    if dialect < _FIRST_MIXED:
        return answer_md5(challenge, key)
    return answer_mixed(challenge, product_id, key)


def answer_md5(challenge: str, key: str) -> str:
    """Return the answer of MSNP6 to MSNP10."""
    return _digest(challenge + key).hex()


def answer_mixed(challenge: str, product_id: str, key: str) -> str:
    """Return the answer of MSNP11 and later.

    A challenge whose length together with the product id's is a multiple of 8 gets no
    extra padding, as in the widespread clients.
    """
    words = unpack("<4I", _digest(challenge + key))
    k0, k1, k2, k3 = (word & _MODULUS for word in words)
    text = (challenge + product_id).encode()
    text += b"0" * (-len(text) % 8)
    numbers = unpack(f"<{len(text) // 4}I", text)
    high = low = 0
    for first, second in zip(numbers[::2], numbers[1::2], strict=True):
        mixed = (k0 * (_FACTOR * first % _MODULUS + high) + k1) % _MODULUS
        high = (k2 * ((second + mixed) % _MODULUS) + k3) % _MODULUS
        low += high + mixed
    high = (high + k1) % _MODULUS
    low = (low + k3) % _MODULUS
    # The words here are the whole ones: masked, every second answer would be wrong.
    w0, w1, w2, w3 = words
    mixed_words = (w0 ^ high, w1 ^ low, w2 ^ high, w3 ^ low)
    return pack("<4I", *(word & MAX_U32 for word in mixed_words)).hex()


def login_digest(salt: str, password: str) -> str:
    """Return what `USR MD5 S` sends (MSNP2 to MSNP7): MD5 of salt and password."""
    return _digest(salt + password).hex()


def url_credentials(auth: str, seconds: int, password: str) -> str:
    """Return the `creds` field of the form that opens a web page signed on.

    Args:
        auth: MSPAuth of the profile message.
        seconds: time since the profile's LoginTime.
        password: the account's password.
    """
    return _digest(f"{auth}{seconds}{password}").hex()


def _digest(text: str) -> bytes:
    """Return the MD5 of a text's UTF-8 (a lone surrogate counts as a question mark)."""
    return md5(text.encode("utf-8", "replace"), usedforsecurity=False).digest()
