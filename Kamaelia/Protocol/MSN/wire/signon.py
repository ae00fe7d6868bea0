"""Sign-on lines of dispatch and notification servers: VER, CVR, INF, USR; and OUT, QNG.

    VER t MSNP12 MSNP11 CVR0       -> VER t MSNP12, or VER t 0: none in common
    CVR t locale os osver arch library version [codebase [handle]]
                                   -> CVR t recommended recommended minimum url url
    INF t                          -> INF t MD5                          (MSNP2 to 7)
    USR t MD5 I handle             -> USR t MD5 S salt         (TWN, SSO likewise)
    USR t MD5 S digest             -> USR t OK ...

    USR OK    2-5    handle name
              6-7    handle name verified
              8-9    handle name verified restricted
              10-    handle verified restricted

Source: the MSN Messenger protocol, MSNP2 to MSNP18; MSNP8 checked against the
recording of the tests.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from Kamaelia.Protocol.MSN.wire.arguments import (
    at,
    expect,
    need_trid,
    remote_error,
)
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.encoding import decode_text, encode_text, is_number

__all__ = [
    "CVR0",
    "SUPPORTED",
    "ClientVersion",
    "Packages",
    "SignOnRequest",
    "SignOnStep",
    "SignedOn",
    "Versions",
    "out_reason",
    "pong_seconds",
]

CVR0: Final = "CVR0"
SUPPORTED: Final = range(2, 13)
"""Dialects that this project speaks in full."""

_DIALECT: Final = re.compile(r"MSNP([0-9]{1,3})", re.I)


@dataclass(frozen=True, slots=True)
class Versions:
    """VER, either way.

    Attributes:
        names: dialects in order of preference, in capitals; in a server's line the
            chosen one first, none when there is none in common.
    """

    trid: int
    names: tuple[str, ...]

    @classmethod
    def from_command(cls, command: Command) -> "Versions":
        """Read the line.

        Raises:
            RemoteProtocolError: no dialect, or no transaction id.
        """
        names = (name.upper() for name in expect(command, 1, "VER"))
        return cls(need_trid(command), tuple(name for name in names if name != "0"))

    @classmethod
    def offer(cls, trid: int, dialects: Iterable[int]) -> "Versions":
        """Return a client's line: these dialects, newest first, and CVR0.

        The service refused some who left CVR0 out.
        """
        newest_first = sorted(set(dialects), reverse=True)
        return cls(trid, (*(f"MSNP{number}" for number in newest_first), CVR0))

    @property
    def dialects(self) -> tuple[int, ...]:
        """The dialects' numbers, in the line's order."""
        found = (_DIALECT.fullmatch(name) for name in self.names)
        return tuple(int(match[1]) for match in found if match)

    @property
    def dialect(self) -> int | None:
        """The chosen dialect, in a server's line; None when there is none."""
        return next(iter(self.dialects), None)

    def choose(self, supported: Iterable[int] = SUPPORTED) -> "Versions":
        """Return the server's answer: the highest dialect that both speak.

        Where only CVR0 is in common the answer is that; the client may then only ask
        for versions (CVQ).
        """
        common = set(self.dialects) & set(supported)
        if common:
            return Versions(self.trid, (f"MSNP{max(common)}",))
        return Versions(self.trid, (CVR0,) if CVR0 in self.names else ())

    def to_command(self) -> Command:
        """Return the line."""
        return Command("VER", self.trid, self.names or ("0",))


@dataclass(frozen=True, slots=True)
class ClientVersion:
    """CVR (or CVQ) of a client. What is missing is empty.

    Attributes:
        locale: Windows' language number in hex, `0x0409`.
        system, system_version, architecture: `winnt`, `5.1`, `i386`.
        library: `MSNMSGR`, or `MSMSGS` up to 4.7.
        version: the client's, `7.0.0777`.
        code_base: `MSMSGS`; MSNP4 and later.
        handle: the account; MSNP8 and later.
    """

    trid: int
    locale: str = "0x0409"
    system: str = "winnt"
    system_version: str = "5.1"
    architecture: str = "i386"
    library: str = "MSNMSGR"
    version: str = "7.0.0777"
    code_base: str = "MSMSGS"
    handle: str = ""

    @classmethod
    def from_command(cls, command: Command) -> "ClientVersion":
        """Read the line.

        Raises:
            RemoteProtocolError: fewer than six arguments, or no transaction id.
        """
        args = expect(command, 6, "CVR", "CVQ")
        locale, system, system_version, architecture, library, version = args[:6]
        return cls(
            need_trid(command),
            locale,
            system,
            system_version,
            architecture,
            library,
            version,
            at(args, 6) or "",
            at(args, 7) or "",
        )

    def to_command(self) -> Command:
        """Return the line."""
        args = [self.locale, self.system, self.system_version, self.architecture]
        args += [self.library, self.version]
        if self.code_base or self.handle:
            args.append(self.code_base)
        if self.handle:
            args.append(self.handle)
        return Command("CVR", self.trid, tuple(args))

    def reply(self, url: str, minimum: str | None = None) -> Command:
        """Return the server's answer, which recommends the version the client has.

        Args:
            url: where to get the client, and to read about it.
            minimum: clients below it disconnect; None: the client's own version.
        """
        own = self.version
        args = (own, own, own if minimum is None else minimum, url, url)
        return Command("CVR", self.trid, args)


@dataclass(frozen=True, slots=True)
class Packages:
    """INF of a server: ways to sign on, in its order of preference (MSNP2 to 7)."""

    trid: int
    names: tuple[str, ...] = ("MD5",)

    @classmethod
    def from_command(cls, command: Command) -> "Packages":
        """Read the line.

        Raises:
            RemoteProtocolError: no package, or no transaction id.
        """
        names = expect(command, 1, "INF")
        return cls(need_trid(command), tuple(name.upper() for name in names))

    def to_command(self) -> Command:
        """Return the line."""
        return Command("INF", self.trid, self.names)


@dataclass(frozen=True, slots=True)
class SignOnRequest:
    """USR of a client, to a notification server.

    Attributes:
        package: `MD5`, `CTP`, `TWN`, `SSO`, `SHA`.
        stage: `I` names the account, `S` proves it.
        value: handle (I); digest, ticket or password (S).
        others: what newer dialects add.
    """

    trid: int
    package: str
    stage: str
    value: str
    others: tuple[str, ...] = ()

    @classmethod
    def from_command(cls, command: Command) -> "SignOnRequest":
        """Read the line.

        Raises:
            RemoteProtocolError: too few arguments, or no transaction id.
        """
        args = expect(command, 3, "USR")
        trid = need_trid(command)
        return cls(trid, args[0].upper(), args[1].upper(), args[2], args[3:])

    def to_command(self) -> Command:
        """Return the line."""
        args = (self.package, self.stage, self.value, *self.others)
        return Command("USR", self.trid, args)


@dataclass(frozen=True, slots=True)
class SignOnStep:
    """USR of a server that asks for proof.

    Attributes:
        package: `MD5`, `TWN`, `SSO`.
        value: MD5's salt, TWN's challenge, SSO's policy.
        others: what newer dialects add (SSO's nonce).
    """

    trid: int
    package: str
    value: str
    others: tuple[str, ...] = ()

    def to_command(self) -> Command:
        """Return the line."""
        args = (self.package, "S", self.value, *self.others)
        return Command("USR", self.trid, args)


@dataclass(frozen=True, slots=True)
class SignedOn:
    """USR OK of a notification server.

    Attributes:
        handle: the account.
        name: its friendly name; None from MSNP10 on.
        verified: whether its address is confirmed; None before MSNP6.
        restricted: whether it is a child's; None before MSNP8.
    """

    trid: int
    handle: str
    name: str | None = None
    verified: bool | None = None
    restricted: bool | None = None

    @classmethod
    def from_command(cls, command: Command, dialect: int) -> "SignedOn | SignOnStep":
        """Read a server's USR: the end of the sign-on, or what it asks for next.

        Raises:
            RemoteProtocolError: too few arguments, or no transaction id.
        """
        args = expect(command, 2, "USR")
        trid = need_trid(command)
        if args[0].upper() != "OK":
            if len(args) < 3 or args[1].upper() != "S":
                raise remote_error(command, "neither OK nor a challenge")
            return SignOnStep(trid, args[0].upper(), args[2], args[3:])
        name, flags = None, args[2:]
        if dialect < 10 and flags:
            name, flags = decode_text(flags[0]), flags[1:]
        verified, restricted = at(flags, 0), at(flags, 1)
        return cls(
            trid,
            args[1],
            name,
            None if verified is None else verified == "1",
            None if restricted is None else restricted == "1",
        )

    def to_command(self, dialect: int) -> Command:
        """Return the line as this dialect has it."""
        args = ["OK", self.handle]
        if dialect < 10:
            args.append(encode_text(self.handle if self.name is None else self.name))
        if dialect >= 6:
            args.append("0" if self.verified is False else "1")
        if dialect >= 8:
            args.append("1" if self.restricted else "0")
        return Command("USR", self.trid, tuple(args))


def out_reason(command: Command) -> str:
    """Return why a server ends the connection: `OTH`, `SSD`, ...; empty: not said.

    `OTH`: signed on elsewhere, do not reconnect. `SSD`: shutting down, reconnect with
    back-off. `RCT`: reconnect after the minutes in the next argument. `MIG`: the lists
    were moved, sign on again. `TOU`: terms of use must be accepted.

    Raises:
        RemoteProtocolError: not OUT.
    """
    args = expect(command, 0, "OUT")
    return args[0].upper() if args else ""


def pong_seconds(command: Command, least: int = 10, most: int = 300) -> int | None:
    """Return after how many seconds a server wants the next PNG.

    Args:
        command: QNG.
        least: what a smaller number is taken for.
        most: what a larger number is taken for.

    Returns:
        None when the line doesn't say (up to MSNP8), or says nothing sensible.

    Raises:
        RemoteProtocolError: not QNG.
    """
    args = expect(command, 0, "QNG")
    if not args or not is_number(args[0]):
        return None
    return min(max(int(args[0]), least), most)
