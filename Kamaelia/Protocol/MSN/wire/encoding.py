"""How values stand in the arguments of a command line.

Names, group names, phone numbers and MSNObjects are percent-encoded UTF-8; account
names ("handles") stand as they are. A `+` is a plus, never a space. Numbers are
unsigned decimal. Addresses are `host:port`, with 1863 when the port is missing.

Source: the MSN Messenger protocol as its clients speak it; RFC 3986 for the
percent-encoding.
"""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

from Kamaelia.Protocol.MSN.wire.limits import DEFAULT_PORT, MAX_HANDLE
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "check_handle",
    "decode_text",
    "encode_text",
    "format_address",
    "is_guid",
    "is_handle",
    "is_number",
    "normalise_handle",
    "parse_address",
    "parse_number",
    "swap_port",
]

MAX_U32: Final = 0xFFFFFFFF
_SHORT: Final = 64  # characters
_HANDLE: Final = re.compile(r"[^\s@\x00-\x20\x7f]+@[^\s@\x00-\x20\x7f]+")
_PHONE: Final = re.compile(r"tel:\+?[0-9]+")
_GUID: Final = re.compile(r"\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.I)


def encode_text(text: str) -> str:
    """Return `text` as one argument: everything but letters, digits and `-._~` encoded.

    Raises:
        LocalProtocolError: `text` holds a lone surrogate, which UTF-8 cannot carry.
    """
    try:
        return _quote_again(text) if len(text) <= _SHORT else quote(text, safe="")
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"text that UTF-8 cannot carry: {error}") from error


@lru_cache(4096)
def _quote_again(text: str) -> str:
    """Encode a short text, such as a name: a server writes the same ones all the time.

    What is remembered takes 5 MB at worst.
    """
    return quote(text, safe="")


def decode_text(argument: str) -> str:
    """Return the text of one argument; never fails.

    A `%` without two hex digits stays as it is, bytes that are not UTF-8 become
    U+FFFD, raw characters stay.
    """
    return unquote(argument, encoding="utf-8", errors="replace")


def is_number(text: str) -> bool:
    """Return whether `text` is an unsigned decimal number of at most 32 bits."""
    return (
        len(text) <= 10 and text.isascii() and text.isdigit() and int(text) <= MAX_U32
    )


def parse_number(text: str, what: str, maximum: int = MAX_U32) -> int:
    """Return an unsigned decimal argument as a number.

    Args:
        text: the argument.
        what: the argument's name, for the error.
        maximum: the largest value allowed.

    Raises:
        RemoteProtocolError: not a decimal number, or larger than `maximum`.
    """
    if len(text) <= 20 and text.isascii() and text.isdigit():
        value = int(text)
        if value <= maximum:
            return value
        raise RemoteProtocolError(f"{what} is larger than {maximum}", 0, text.encode())
    raise RemoteProtocolError(
        f"{what} is not a decimal number", 0, text.encode("utf-8", "replace")
    )


def normalise_handle(handle: str) -> str:
    """Return the form in which handles compare: lower case."""
    return handle.lower()


def is_handle(text: str) -> bool:
    """Return whether `text` can be an account: `local@domain`, or `tel:+digits`."""
    if len(text) > MAX_HANDLE:
        return False
    return bool(_HANDLE.fullmatch(text) or _PHONE.fullmatch(text))


def check_handle(text: str) -> str:
    """Return `text` when it can be an account.

    Raises:
        RemoteProtocolError: it cannot.
    """
    if is_handle(text):
        return text
    raise RemoteProtocolError("not an account name", 0, text.encode("utf-8", "replace"))


def is_guid(text: str) -> bool:
    """Return whether `text` is a GUID, with or without braces."""
    return bool(_GUID.fullmatch(text))


def parse_address(text: str, default_port: int = DEFAULT_PORT) -> tuple[str, int]:
    """Return (host, port) of `host:port`, `host` or `[IPv6 address]:port`.

    Raises:
        RemoteProtocolError: no host, or a port that is none.
    """
    bracket = text.rfind("]")
    colon = text.rfind(":")
    if colon <= bracket:
        host, port = text, default_port
    else:
        host = text[:colon]
        port = parse_number(text[colon + 1 :], "port", 0xFFFF)
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    if not host:
        raise RemoteProtocolError("address without a host", 0, text.encode())
    return host, port


def format_address(host: str, port: int) -> str:
    """Return `host:port`; an IPv6 address in brackets.

    Raises:
        LocalProtocolError: no host, or a port outside 0 to 65535.
    """
    if not host or not 0 <= port <= 0xFFFF:
        raise LocalProtocolError(f"not an address: {host!r}, {port}")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def swap_port(port: int) -> int:
    """Swap the two bytes of a port, as the profile's ClientPort carries it.

    Raises:
        LocalProtocolError: the port is outside 0 to 65535.
    """
    if not 0 <= port <= 0xFFFF:
        raise LocalProtocolError(f"not a port: {port}")
    return (port & 0xFF) << 8 | port >> 8
