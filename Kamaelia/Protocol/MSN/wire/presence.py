"""Presence lines: CHG, and ILN, NLN, FLN of the server, dialect by dialect.

    2-7    ILN t NLN handle name                    NLN and FLN likewise, without t
    8      ... handle name caps
    9-13   ... handle name caps [picture]
    14-17  ... handle network name caps [picture [icon]]     FLN handle network [caps]
    18-20  NLN NLN network:handle name caps [picture [icon]]

    2-7    CHG t NLN
    8      CHG t NLN caps
    9-     CHG t NLN caps [picture]     echoed by the server; t is 0 when unasked

The picture is a percent-encoded MSNObject, missing or `0` when there is none. All that
follows the name may be missing.

Source: the MSN Messenger protocol, MSNP2 to MSNP18, as its servers speak it; NLN, ILN
and FLN of MSNP8 checked against the recording of the tests.
"""

from dataclasses import dataclass
from typing import Final

from Kamaelia.Protocol.MSN.wire.arguments import (
    at,
    expect,
    need_trid,
    remote_error,
    reply_trid,
)
from Kamaelia.Protocol.MSN.wire.capabilities import ClientId
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.encoding import decode_text, encode_text, is_number
from Kamaelia.Protocol.MSN.wire.status import STATUS_OFFLINE
from Kamaelia.Protocol.wire.errors import RemoteProtocolError

__all__ = ["Presence", "StatusChange"]

NETWORK_PASSPORT: Final = 1
_CAPABILITIES: Final = 8  # the first dialect that has them
_PICTURES: Final = 9
_NETWORKS: Final = range(14, 18)  # the network is an argument of its own
_MERGED: Final = 18  # the network stands before the handle


@dataclass(frozen=True, slots=True)
class StatusChange:
    """CHG: the client's state, asked for, confirmed or set by the server.

    Attributes:
        trid: 0 when the server changed the state unasked.
        status: three letters, see the module status.
        client: what the client can do; None: not said.
        picture: the XML of the MSNObject of the user's picture; None: no picture.
    """

    trid: int
    status: str
    client: ClientId | None = None
    picture: str | None = None

    @classmethod
    def from_command(cls, command: Command) -> "StatusChange":
        """Read CHG of any dialect, either way.

        Raises:
            RemoteProtocolError: too few arguments, or no transaction id.
        """
        args = expect(command, 1, "CHG")
        return cls(
            need_trid(command),
            args[0].upper(),
            _client(at(args, 1)),
            _picture(at(args, 2)),
        )

    def to_command(self, dialect: int) -> Command:
        """Return the line as this dialect has it."""
        args = [self.status]
        if dialect >= _CAPABILITIES:
            args.append(str(self.client or ClientId()))
        if dialect >= _PICTURES and self.picture is not None:
            args.append(encode_text(self.picture))
        elif dialect >= 16:
            args.append("0")
        return Command("CHG", self.trid, tuple(args))


@dataclass(frozen=True, slots=True)
class Presence:
    """ILN, NLN, FLN: how a contact is.

    Attributes:
        status: three letters; FLN for offline.
        handle: whose state it is.
        name: friendly name; empty in FLN.
        client: what the contact's client can do.
        picture: the XML of the picture's MSNObject; None: no picture.
        network: 1 for Passport; from MSNP14 on.
        icon: address of an icon; from MSNP16 on.
        trid: of the CHG or ADD that this line (ILN) belongs to; None: a change.
    """

    status: str
    handle: str
    name: str = ""
    client: ClientId | None = None
    picture: str | None = None
    network: int = NETWORK_PASSPORT
    icon: str | None = None
    trid: int | None = None

    @classmethod
    def from_command(cls, command: Command, dialect: int) -> "Presence":
        """Read a line of the server.

        Raises:
            RemoteProtocolError: not one of these commands, or too few arguments.
        """
        if command.name == STATUS_OFFLINE:
            return cls._from_offline(command, dialect)
        args = expect(command, 3, "ILN", "NLN")
        trid = need_trid(command) if command.name == "ILN" else None
        handle, network, rest = _split_handle(args[1:], dialect)
        if not rest:
            raise remote_error(command, "no name")
        return cls(
            args[0].upper(),
            handle,
            decode_text(rest[0]),
            _client(at(rest, 1)),
            _picture(at(rest, 2)),
            network,
            _picture(at(rest, 3)),
            trid,
        )

    @classmethod
    def _from_offline(cls, command: Command, dialect: int) -> "Presence":
        """Read FLN."""
        handle, network, rest = _split_handle(expect(command, 1), dialect)
        client = _client(at(rest, 0))
        return cls(STATUS_OFFLINE, handle, "", client, None, network)

    def to_command(self, dialect: int) -> Command:
        """Return the line as this dialect has it.

        FLN for an offline contact, ILN when there is a transaction id (NLN from MSNP18
        on, which has no ILN), NLN otherwise.
        """
        client = str(self.client or ClientId(0, 0 if dialect >= 16 else None))
        handle: tuple[str, ...] = (self.handle,)
        if dialect in _NETWORKS:
            handle = (self.handle, str(self.network))
        elif dialect >= _MERGED:
            handle = (f"{self.network}:{self.handle}",)
        if self.status == STATUS_OFFLINE:
            end = (client,) if dialect >= 16 else ()
            return Command("FLN", None, handle + end)
        args = [self.status, *handle, encode_text(self.name)]
        if dialect >= _CAPABILITIES:
            args.append(client)
        icon = self.icon if dialect >= 16 else None
        if dialect >= _PICTURES and self.picture is not None:
            args.append(encode_text(self.picture))
        elif icon is not None:
            args.append("0")
        if icon is not None:
            args.append(encode_text(icon))
        if self.trid is None or dialect >= _MERGED:
            return Command("NLN", None, tuple(args))
        return Command("ILN", reply_trid(self.trid, "ILN"), tuple(args))


def _split_handle(
    args: tuple[str, ...], dialect: int
) -> tuple[str, int, tuple[str, ...]]:
    """Return handle, network and what follows them."""
    handle, rest = args[0], args[1:]
    network = NETWORK_PASSPORT
    if dialect in _NETWORKS and rest and is_number(rest[0]):
        network, rest = int(rest[0]), rest[1:]
    elif dialect >= _MERGED:
        front, colon, back = handle.partition(":")
        if colon and is_number(front):
            network, handle = int(front), back
    return handle, network, rest


def _client(text: str | None) -> ClientId | None:
    """Return capabilities; None for what are none: presence is worth more than they."""
    if not text:
        return None
    try:
        return ClientId.parse(text)
    except RemoteProtocolError:
        return None


def _picture(text: str | None) -> str | None:
    """Return a percent-encoded argument's text; None where it is missing or 0."""
    return None if not text or text == "0" else decode_text(text)
