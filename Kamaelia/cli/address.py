"""Addresses on the command line: aim://NAME@HOST:PORT and msn://USER@DOMAIN@HOST:PORT.

The last @ ends the name; what is special in a name may be percent-encoded. An IPv6
host stands in brackets.
"""

from typing import NamedTuple
from urllib.parse import quote, unquote

__all__ = ["PORTS", "Address", "parse_address"]

PORTS = {"aim": 5190, "msn": 1863}  # the port of each network when none is named


class Address(NamedTuple):
    """Whom to sign on as, and where.

    Attributes:
        network: "aim" or "msn".
        name: screen name, ICQ number or MSN handle.
        host: of the server.
        port: of the server.
    """

    network: str
    name: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.network}://{quote(self.name, safe='@')}@{host}:{self.port}"


def parse_address(text: str) -> Address:
    """Return the parts of an address.

    Raises:
        ValueError: it is none; the text says what is wrong and what one looks like.
    """
    network, mark, rest = text.partition("://")
    network = network.lower()
    if not mark or network not in PORTS:
        raise ValueError(
            f"{text!r} is no address: it begins with neither aim:// nor msn://; "
            "one looks like aim://ann@127.0.0.1:5190 or "
            "msn://ann@example.com@127.0.0.1:1863"
        )
    name, mark, place = rest.rstrip("/").rpartition("@")
    if not mark or not name or not place:
        raise ValueError(f"{text!r} lacks a name or a server: {network}://NAME@HOST")
    host, port = _split_place(text, place, PORTS[network])
    name = unquote(name)
    if network == "msn" and "@" not in name:
        raise ValueError(
            f"{text!r}: an MSN handle has an @ of its own: msn://ann@example.com@{host}"
        )
    return Address(network, name, host, port)


def _split_place(text: str, place: str, default: int) -> tuple[str, int]:
    """Return host and port."""
    if place.startswith("["):
        host, mark, rest = place[1:].partition("]")
        if not mark or (rest and not rest.startswith(":")):
            raise ValueError(f"{text!r}: an IPv6 host looks like [::1]:{default}")
        port = rest[1:]
    else:
        host, mark, port = place.partition(":")
        if mark and ":" in port:
            raise ValueError(f"{text!r}: put an IPv6 host in brackets: [{place}]")
    if not host:
        raise ValueError(f"{text!r} names no server")
    if not port:
        return host, default
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"{text!r}: {port!r} is no port, a number from 1 to 65535")
    return host, int(port)
