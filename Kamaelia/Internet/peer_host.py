"""Which addresses count as one host, where connections and tries are counted."""

from ipaddress import AddressValueError, IPv6Address
from typing import Final

__all__ = ["host_of"]

_NETWORK: Final = 64  # bits; what follows them a host chooses as it likes


def host_of(address: str) -> str:
    """Return what to count an address under.

    A host with IPv6 has a network of 2**64 addresses to itself and may use a new one
    for every connection: all of them count as one. Any other address, or text that is
    none, counts as itself.

    Source: RFC 4291, section 2.5.4; RFC 7421.
    """
    if ":" not in address:
        return address
    try:
        whole = IPv6Address(address.partition("%")[0])
    except AddressValueError:
        return address
    if whole.ipv4_mapped is not None:
        return str(whole.ipv4_mapped)
    host_bits = 128 - _NETWORK
    return f"{IPv6Address(int(whole) >> host_bits << host_bits)}/{_NETWORK}"
