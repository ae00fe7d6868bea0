"""What `kamaelia serve` makes sure of before it begins."""

import re
import ssl
from ipaddress import ip_address
from pathlib import Path

__all__ = ["check_certificate", "is_host"]

_NAME = re.compile(r"[\w.-]+", re.ASCII)  # of a host


def is_host(text: str) -> bool:
    """Return whether a text is a host's name or address."""
    if _NAME.fullmatch(text):
        return True
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def check_certificate(certificate: Path, key: Path) -> None:
    """Read a certificate and its key: better an error now than at the first client.

    Raises:
        OSError: they cannot be read, or don't belong together.
    """
    for path in (certificate, key):
        path.open("rb").close()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        why = (error.reason or "not PEM").replace("_", " ").lower()
        text = f"cannot use the certificate {certificate} with the key {key}: {why}"
        raise OSError(text) from error
