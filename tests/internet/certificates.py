"""An authority and a server's certificate, made anew for the tests."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NAME = "aim.example"


class Contexts(NamedTuple):
    server: ssl.SSLContext
    client: ssl.SSLContext


@cache
def pem() -> tuple[bytes, bytes]:
    """Return (certificate, key) of a server that signed its certificate itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    names = [
        x509.DNSName(NAME),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return (
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )


def write_pem(folder: Path) -> tuple[str, str]:
    """Write certificate and key; return their paths."""
    paths = folder / "cert.pem", folder / "key.pem"
    for path, data in zip(paths, pem(), strict=True):
        path.write_bytes(data)
    return str(paths[0]), str(paths[1])


@cache
def contexts() -> Contexts:
    """Return a server's context and that of a client which trusts it."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        server.load_cert_chain(*write_pem(Path(folder)))
    return Contexts(server, ssl.create_default_context(cadata=pem()[0].decode()))
