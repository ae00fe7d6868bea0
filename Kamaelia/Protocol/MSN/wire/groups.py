"""Groups of the forward list: LSG of the burst; ADG, RMG and REG and their replies.

    MSNP   LSG                         requests            replies
    7      t ver i n id name 0         ADG t name 0        ADG t ver name id 0
    8-9    id name 0                   RMG t id            RMG t ver id
                                       REG t id name 0     REG t ver id name 0
    10-12  name guid                   ADG t name          ADG t name guid
                                       RMG t guid          RMG t guid
                                       REG t guid name     REG t guid name

Servers of our time add arguments to the replies of MSNP10; the GUID is looked for. A
reply without its id belongs to the request with its transaction id.

Source: the MSN Messenger protocol, MSNP7 to MSNP12; MSNP8 checked against the
recording of the tests.
"""

from dataclasses import dataclass

from Kamaelia.Protocol.MSN.wire.arguments import expect, need_trid, reply_trid
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.encoding import (
    decode_text,
    encode_text,
    is_guid,
    is_number,
)
from Kamaelia.Protocol.MSN.wire.sync import NEW_NAMES

__all__ = ["GroupEntry", "GroupReply", "GroupRequest"]

_LONG = 6  # arguments of LSG in MSNP7: version, index, total, id, name, 0


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """LSG: a group.

    Attributes:
        group_id: a number up to MSNP9, a GUID later.
        name: the group's name.
        version: of the contact list; MSNP7.
        index: which line this is, from 1; MSNP7.
        total: how many there are; MSNP7.
        trid: of the SYN or LSG; MSNP7.
    """

    group_id: str
    name: str
    version: str | None = None
    index: int = 0
    total: int = 0
    trid: int | None = None

    @classmethod
    def from_command(cls, command: Command, dialect: int) -> "GroupEntry":
        """Read the line.

        Raises:
            RemoteProtocolError: too few arguments.
        """
        args = expect(command, 2, "LSG")
        if len(args) >= _LONG and dialect < NEW_NAMES:
            version, index, total, group, name = args[:5]
            return cls(
                group,
                decode_text(name),
                version,
                int(index) if is_number(index) else 0,
                int(total) if is_number(total) else 0,
                command.trid,
            )
        group, name = args[:2] if dialect < NEW_NAMES else (args[1], args[0])
        return cls(group, decode_text(name))

    def to_command(self, dialect: int) -> Command:
        """Return the line as this dialect has it.

        Raises:
            LocalProtocolError: MSNP7 without a transaction id.
        """
        name = encode_text(self.name)
        if dialect >= NEW_NAMES:
            return Command("LSG", None, (name, self.group_id))
        if dialect >= 8:
            return Command("LSG", None, (self.group_id, name, "0"))
        front = (self.version or "0", str(self.index), str(self.total))
        trid = reply_trid(self.trid, "LSG")
        return Command("LSG", trid, (*front, self.group_id, name, "0"))


@dataclass(frozen=True, slots=True)
class GroupRequest:
    """ADG, RMG or REG of a client.

    Attributes:
        action: the command's name.
        group_id: the group that is meant; empty in ADG. MSN Messenger 7.0 can put the
            name of a group here, in RMG.
        name: the (new) name; empty in RMG.
    """

    action: str
    trid: int
    group_id: str = ""
    name: str = ""

    @classmethod
    def from_command(cls, command: Command) -> "GroupRequest":
        """Read the line of any dialect.

        Raises:
            RemoteProtocolError: too few arguments, or no transaction id.
        """
        least = 2 if command.name == "REG" else 1
        args = expect(command, least, "ADG", "RMG", "REG")
        trid = need_trid(command)
        if command.name == "ADG":
            return cls("ADG", trid, "", decode_text(args[0]))
        if command.name == "RMG":
            return cls("RMG", trid, decode_text(args[0]))
        return cls("REG", trid, args[0], decode_text(args[1]))

    def to_command(self, dialect: int) -> Command:
        """Return the line as this dialect has it."""
        args = [self.group_id] if self.action != "ADG" else []
        if self.action != "RMG":
            args.append(encode_text(self.name))
            if dialect < NEW_NAMES:
                args.append("0")
        return Command(self.action, self.trid, tuple(args))


@dataclass(frozen=True, slots=True)
class GroupReply:
    """ADG, RMG or REG of a server.

    Attributes:
        action: the command's name.
        version: of the contact list; None from MSNP10 on.
        group_id: the group; None where the line doesn't say.
        name: its name; None where the line doesn't say.
    """

    action: str
    trid: int
    version: str | None = None
    group_id: str | None = None
    name: str | None = None

    @classmethod
    def from_command(cls, command: Command, dialect: int) -> "GroupReply":
        """Read the line.

        Raises:
            RemoteProtocolError: too few arguments, or no transaction id.
        """
        args = expect(command, 1, "ADG", "RMG", "REG")
        trid = need_trid(command)
        if dialect >= NEW_NAMES:
            return cls._from_guids(command.name, trid, args)
        version, rest = args[0], args[1:]
        if command.name == "RMG":
            return cls("RMG", trid, version, rest[0] if rest else None)
        if command.name == "ADG":
            expect(command, 3)
            return cls("ADG", trid, version, rest[1], decode_text(rest[0]))
        expect(command, 2)
        # One server is known to leave the id out: `REG t ver name 0`.
        if len(rest) >= 3 or (len(rest) == 2 and rest[1] != "0"):
            return cls("REG", trid, version, rest[0], decode_text(rest[1]))
        return cls("REG", trid, version, None, decode_text(rest[0]))

    @classmethod
    def _from_guids(cls, action: str, trid: int, args: tuple[str, ...]) -> "GroupReply":
        """Read the line of MSNP10 to MSNP12, whatever stands around the GUID."""
        place = next((i for i, arg in enumerate(args) if is_guid(arg)), None)
        if place is not None:
            # The name stands before the GUID (ADG) or after it (REG); Escargot says
            # `1 name guid 0` in both.
            near = (args[place - 1 : place] if place else ()) or args[
                place + 1 : place + 2
            ]
            name = decode_text(near[0]) if near and action != "RMG" else None
            return cls(action, trid, None, args[place], name)
        if action == "RMG":
            return cls(action, trid, None, args[-1])
        if len(args) < 2:
            return cls(action, trid, None, None, decode_text(args[0]))
        # An account that was never moved to GUIDs has numbers.
        name, group = args[:2] if action == "ADG" else (args[1], args[0])
        return cls(action, trid, None, group, decode_text(name))

    def to_command(self, dialect: int) -> Command:
        """Return the line as this dialect has it."""
        group, name = self.group_id or "0", encode_text(self.name or "")
        front = () if dialect >= NEW_NAMES else (self.version or "0",)
        end = () if dialect >= NEW_NAMES or self.action == "RMG" else ("0",)
        middle = {"ADG": (name, group), "RMG": (group,)}.get(self.action, (group, name))
        return Command(self.action, self.trid, (*front, *middle, *end))
