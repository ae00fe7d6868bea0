"""XFR and RNG: where to go next.

    MSNP   XFR t NS                              XFR t SB
    2      ip:port                               ip:port CKI cookie
    3-6    ip:port 0                             likewise
    7-12   ip:port 0 current:port                likewise
    13     ip:port U D                           ip:port CKI cookie U domain
    14-    ip:port U D                           ip:port CKI cookie U domain 1

    RNG session ip:port CKI cookie handle name [U domain [1]]

A port that is missing is 1863. The address `0` says: begin again on this connection.

Source: the MSN Messenger protocol, MSNP2 to MSNP18; MSNP8 checked against the
recording of the tests.
"""

from dataclasses import dataclass, field
from typing import Final

from Kamaelia.Protocol.MSN.wire.arguments import expect, need_trid, remote_error
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.encoding import (
    decode_text,
    encode_text,
    format_address,
    parse_address,
)

__all__ = ["NOTIFICATION", "SWITCHBOARD", "Invitation", "Referral"]

NOTIFICATION: Final = "NS"
SWITCHBOARD: Final = "SB"
_DOMAIN: Final = "messenger.msn.com"


@dataclass(frozen=True, slots=True)
class Referral:
    """XFR of a server.

    Attributes:
        trid: 0 when it was not asked for.
        kind: `NS` or `SB`.
        address: (host, port); None: begin again on this connection.
        cookie: proof for the switchboard; never shown by repr.
        current: (host, port) of the server that says it; MSNP7 to 12.
    """

    trid: int
    kind: str
    address: tuple[str, int] | None
    cookie: str = field(default="", repr=False)
    current: tuple[str, int] | None = None

    @classmethod
    def from_command(cls, command: Command) -> "Referral":
        """Read the line of any dialect.

        Raises:
            RemoteProtocolError: too few arguments, a bad address, another kind, or no
                transaction id.
        """
        args = expect(command, 2, "XFR")
        trid, kind = need_trid(command), args[0].upper()
        if args[1] == "0":
            return cls(trid, kind, None)
        address = parse_address(args[1])
        if kind == SWITCHBOARD:
            return cls(trid, kind, address, expect(command, 4)[3])
        if kind != NOTIFICATION:
            raise remote_error(command, "neither NS nor SB")
        current = None
        if len(args) > 3 and ":" in args[3]:
            current = parse_address(args[3])
        return cls(trid, kind, address, "", current)

    def to_command(self, dialect: int) -> Command:
        """Return the line as this dialect has it."""
        where = "0" if self.address is None else format_address(*self.address)
        args = [self.kind, where]
        if self.kind == SWITCHBOARD:
            args += ["CKI", self.cookie, *_tail(dialect)]
        elif self.address is not None and dialect >= 13:
            args += ["U", "D"]
        elif self.address is not None and dialect >= 3:
            args.append("0")
            if dialect >= 7:
                args.append(format_address(*(self.current or self.address)))
        return Command("XFR", self.trid, tuple(args))


@dataclass(frozen=True, slots=True)
class Invitation:
    """RNG: somebody calls into a conversation.

    Attributes:
        session: the conversation's id; digits.
        address: (host, port) of the switchboard.
        cookie: proof for it; never shown by repr.
        handle: who calls.
        name: the caller's friendly name.
    """

    session: str
    address: tuple[str, int]
    cookie: str = field(repr=False)
    handle: str
    name: str

    @classmethod
    def from_command(cls, command: Command) -> "Invitation":
        """Read the line of any dialect.

        Raises:
            RemoteProtocolError: too few arguments or a bad address.
        """
        session, address, _, cookie, handle, name = expect(command, 6, "RNG")[:6]
        return cls(session, parse_address(address), cookie, handle, decode_text(name))

    def to_command(self, dialect: int) -> Command:
        """Return the line as this dialect has it."""
        where = format_address(*self.address)
        front = (self.session, where, "CKI", self.cookie, self.handle)
        args = (*front, encode_text(self.name), *_tail(dialect))
        return Command("RNG", None, args)


def _tail(dialect: int) -> tuple[str, ...]:
    """Return what MSNP13 and MSNP14 add: reachable by TCP, in this domain."""
    if dialect < 13:
        return ()
    return ("U", _DOMAIN, "1") if dialect >= 14 else ("U", _DOMAIN)
