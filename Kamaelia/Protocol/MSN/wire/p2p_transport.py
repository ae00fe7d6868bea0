"""The MSNSLP bodies that negotiate a direct connection, and nonces.

The inviter of a session asks (transreqbody) which transports the other side has;
the answer (transrespbody) says whether it listens and where:

    Bridges: TRUDPv1 TCPv1              Bridge: TCPv1
    NetID: 0                            Listening: true
    Conn-Type: Direct-Connect           Nonce: {0F1E2D3C-...}
    UPnPNat: false                      IPv4Internal-Addrs: 192.168.0.7
    ICF: false                          IPv4Internal-Port: 6891

"Listening: false" with a Nonce of zeros leaves it to the other side to listen, or
to stay on the switchboard. Addresses are separated by blanks. Later clients mirror
names and values, character by character, to get them past routers that rewrite
addresses: `srddA-lanretnI4vPI: 7.0.861.291`.

Source: captures of MSN Messenger 7 and Windows Live Messenger, as the community's
descriptions report them.
"""

from dataclasses import dataclass
from hashlib import sha1
from ipaddress import IPv4Address
from typing import Final, Self
from uuid import UUID

from Kamaelia.Protocol.MSN.wire.slp import Fields, SLPMessage, field
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "MAX_ADDRESSES",
    "VOID_NONCE",
    "TransportAnswer",
    "TransportRequest",
    "hashed_nonce",
    "nonce_from_wire",
    "nonce_to_wire",
]

VOID_NONCE: Final = "{00000000-0000-0000-0000-000000000000}"
MAX_ADDRESSES: Final = 8  # that are tried of each kind

_KINDS: Final = ("Internal", "External")


@dataclass(frozen=True, slots=True)
class TransportRequest:
    """The question for a direct connection.

    Attributes:
        bridges: transports on offer; only "TCPv1" is of use.
        conn_type: "Direct-Connect", "Port-Restrict-NAT", "IP-Restrict-NAT",
            "Symmetric-NAT", "Firewall" or "Unknown-Connect".
        net_id: number of the external network, 0 for a public address.
        upnp: behind a NAT that forwards ports on request.
        icf: behind the firewall of Windows XP.
        hashed_nonce: GUID, or "" from clients before 2009.
    """

    bridges: tuple[str, ...] = ("TCPv1", "SBBridge")
    conn_type: str = "Unknown-Connect"
    net_id: int = 0
    upnp: bool = False
    icf: bool = False
    hashed_nonce: str = ""

    @classmethod
    def from_message(cls, message: SLPMessage) -> Self:
        """Read the body of an INVITE; what is missing gets its default."""
        net = message.get("NetID")
        digits = net.removeprefix("-")
        known = digits.isascii() and digits.isdigit() and len(digits) <= 10
        return cls(
            tuple(message.get("Bridges").split()[:MAX_ADDRESSES]),
            message.get("Conn-Type") or "Unknown-Connect",
            int(net) if known else 0,
            message.get("UPnPNat").lower() == "true",
            message.get("ICF").lower() == "true",
            message.get("Hashed-Nonce"),
        )

    def fields(self) -> Fields:
        """Return the body."""
        found = [
            ("Bridges", " ".join(self.bridges)),
            ("NetID", str(self.net_id)),
            ("Conn-Type", self.conn_type),
            ("UPnPNat", str(self.upnp).lower()),
            ("ICF", str(self.icf).lower()),
        ]
        if self.hashed_nonce:
            found.append(("Hashed-Nonce", self.hashed_nonce))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class TransportAnswer:
    """Whether and where one side listens.

    Attributes:
        listening: False: connect nowhere; the other side may listen itself.
        nonce: GUID that the connecting side has to show.
        internal: addresses and ports inside the listener's network.
        external: the same, seen from outside.
        hashed: the nonce is a hash of the one that is to be shown.
    """

    listening: bool = False
    nonce: str = VOID_NONCE
    internal: tuple[tuple[str, int], ...] = ()
    external: tuple[tuple[str, int], ...] = ()
    hashed: bool = False

    @classmethod
    def from_message(cls, message: SLPMessage) -> Self:
        """Read the body of an answer, or of the INVITE that offers addresses.

        Addresses that aren't IPv4, and ports out of range, are left out; with none
        left, or without a nonce, it counts as not listening.
        """
        fields = _upright(message.fields)
        hashed = field(fields, "Hashed-Nonce")
        nonce = _guid(hashed or field(fields, "Nonce"))
        internal, external = (_addresses(fields, kind) for kind in _KINDS)
        listening = field(fields, "Listening").lower() == "true"
        usable = listening and nonce != VOID_NONCE and bool(internal or external)
        return cls(usable, nonce, internal, external, bool(hashed))

    def addresses(self) -> list[tuple[str, int]]:
        """Return where to connect, in the order to try: internal ones first."""
        if not self.listening:
            return []
        return list(dict.fromkeys((*self.internal, *self.external)))

    def fields(self) -> Fields:
        """Return the body.

        Raises:
            LocalProtocolError: the addresses of one kind have different ports.
        """
        found = [
            ("Bridge", "TCPv1"),
            ("Listening", str(self.listening).lower()),
            ("Hashed-Nonce" if self.hashed else "Nonce", self.nonce),
        ]
        for kind, pairs in zip(_KINDS, (self.internal, self.external), strict=True):
            if not (self.listening and pairs):
                continue
            ports = {port for _, port in pairs}
            if len(ports) > 1:
                raise LocalProtocolError(
                    f"{kind} addresses with ports {ports}: need one"
                )
            hosts = " ".join(host for host, _ in pairs)
            found.append((f"IPv4{kind}-Addrs", hosts))
            found.append((f"IPv4{kind}-Port", str(ports.pop())))
        return tuple(found)


def nonce_to_wire(nonce: str) -> bytes:
    """Return a GUID's 16 bytes as a handshake carries them: Windows memory order.

    Raises:
        LocalProtocolError: it isn't a GUID.
    """
    try:
        return UUID(nonce).bytes_le
    except ValueError as problem:
        raise LocalProtocolError(f"not a GUID: {nonce!r}") from problem


def nonce_from_wire(data: bytes) -> str:
    """Return the GUID of 16 bytes in Windows memory order, in braces and capitals.

    Raises:
        RemoteProtocolError: there aren't 16.
    """
    if len(data) != 16:
        raise RemoteProtocolError(f"nonce of {len(data)} bytes, needs 16", 0, data)
    return f"{{{UUID(bytes_le=data)}}}".upper()


def hashed_nonce(nonce: str) -> str:
    """Return the GUID that a side publishes instead of its nonce.

    It is the first 16 bytes of the SHA-1 of the nonce's 16 bytes.
    """
    digest = sha1(nonce_to_wire(nonce), usedforsecurity=False).digest()
    return nonce_from_wire(digest[:16])


def _guid(text: str) -> str:
    """Return a GUID in braces and capitals; the void one for anything else."""
    try:
        return f"{{{UUID(text[:64])}}}".upper()
    except ValueError:
        return VOID_NONCE


def _upright(fields: Fields) -> Fields:
    """Return fields with the mirrored ones turned back."""
    turned = []
    for name, value in fields:
        mirrored = name[::-1].lower()
        if mirrored.startswith("ipv4"):
            turned.append((name[::-1], value[::-1]))
        else:
            turned.append((name, value))
    return tuple(turned)


def _addresses(fields: Fields, kind: str) -> tuple[tuple[str, int], ...]:
    """Return the addresses of one kind, in either of the two spellings."""
    port = field(fields, f"IPv4{kind}-Port")
    pairs = [(host, port) for host in field(fields, f"IPv4{kind}-Addrs").split()]
    for item in field(fields, f"IPv4{kind}AddrsAndPorts").split():
        host, _, own_port = item.rpartition(":")
        pairs.append((host, own_port))
    found = [
        (host, int(text))
        for host, text in pairs
        if _is_ipv4(host) and text.isascii() and text.isdigit() and _is_port(text)
    ]
    return tuple(found[:MAX_ADDRESSES])


def _is_ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def _is_port(text: str) -> bool:
    return len(text) <= 5 and 0 < int(text) < 65536
