"""List synchronisation: SYN, and the settings and contacts of the burst after it.

    MSNP   request     reply                      settings    contacts
    2-7    SYN t v     SYN t v                    GTC t v A   LST t FL v i n h name [g]
    8-9    SYN t v     SYN t v contacts groups    GTC A       LST handle name mask [g]
    10-11  SYN t v s   SYN t v s contacts groups  GTC A       LST N= F= C= mask [g]
    12     SYN t v s   SYN t v s contacts groups  GTC A       LST N= F= C= mask type [g]

A reply without counts says, from MSNP8 on, that the client's lists are current. GTC
and BLP are also commands of their own; their replies carry the list version up to
MSNP9. Groups are numbers up to MSNP9, GUIDs later, separated by commas.

Source: the MSN Messenger protocol, MSNP2 to MSNP12; MSNP8 checked against the
recording of the tests.
"""

from dataclasses import dataclass, replace

from Kamaelia.Protocol.MSN.wire.arguments import (
    at,
    expect,
    need_trid,
    remote_error,
    reply_trid,
)
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.encoding import (
    decode_text,
    encode_text,
    is_number,
    parse_number,
)
from Kamaelia.Protocol.MSN.wire.lists import FORWARD_LIST, list_name, parse_list
from Kamaelia.Protocol.wire.errors import LocalProtocolError

__all__ = ["ListEntry", "Setting", "SyncReply", "SyncRequest", "split_groups"]

NEW_NAMES = 10  # the first dialect with GUIDs and prefixed fields


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """SYN of a client: the versions that it has.

    Attributes:
        version: of the contact list; `0` for none.
        settings_version: of the settings; MSNP10 and later.
    """

    trid: int
    version: str = "0"
    settings_version: str = "0"

    @classmethod
    def from_command(cls, command: Command) -> "SyncRequest":
        """Read the line of any dialect.

        Raises:
            RemoteProtocolError: no version, or no transaction id.
        """
        args = expect(command, 1, "SYN")
        return cls(need_trid(command), args[0], at(args, 1) or "0")

    def to_command(self, dialect: int) -> Command:
        """Return the line as this dialect has it."""
        versions: tuple[str, ...] = (self.version,)
        if dialect >= NEW_NAMES:
            versions += (self.settings_version,)
        return Command("SYN", self.trid, versions)


@dataclass(frozen=True, slots=True)
class SyncReply:
    """SYN of a server.

    Attributes:
        version: of the contact list, opaque.
        settings_version: of the settings; None before MSNP10.
        contacts: LST lines that follow; None when the line doesn't say.
        groups: LSG lines that follow; None when the line doesn't say.
    """

    trid: int
    version: str
    settings_version: str | None = None
    contacts: int | None = None
    groups: int | None = None

    @classmethod
    def from_command(cls, command: Command) -> "SyncReply":
        """Read the line; the number of its arguments tells the dialects apart.

        Raises:
            RemoteProtocolError: no version, no transaction id or bad counts.
        """
        args = expect(command, 1, "SYN")
        trid = need_trid(command)
        if len(args) < 3:
            return cls(trid, args[0], at(args, 1))
        settings = args[1] if len(args) > 3 else None
        counts = args[1:3] if settings is None else args[2:4]
        contacts, groups = (parse_number(count, "SYN count") for count in counts)
        return cls(trid, args[0], settings, contacts, groups)

    def to_command(self, dialect: int) -> Command:
        """Return the line as this dialect has it."""
        args: tuple[str, ...] = (self.version,)
        if dialect >= NEW_NAMES:
            args += (self.settings_version or "0",)
        if dialect >= 8 and self.contacts is not None and self.groups is not None:
            args += (str(self.contacts), str(self.groups))
        return Command("SYN", self.trid, args)

    def is_current(self, request: SyncRequest) -> bool:
        """Return whether the client's lists are up to date: no burst follows.

        Before MSNP8 equal versions say so, later the missing counts.
        """
        if self.contacts is not None:
            return False
        return self.settings_version is not None or self.version == request.version


@dataclass(frozen=True, slots=True)
class Setting:
    """GTC or BLP: request, reply, or line of the burst.

    Attributes:
        name: `GTC` (values `A`, `N`) or `BLP` (values `AL`, `BL`).
        value: in capitals.
        version: of the contact list, in a reply or burst up to MSNP9 or 7.
        trid: None in a burst from MSNP8 on.
    """

    name: str
    value: str
    version: str | None = None
    trid: int | None = None

    @classmethod
    def from_command(cls, command: Command) -> "Setting":
        """Read the line of any dialect, either way.

        Raises:
            RemoteProtocolError: no value, or another than the two.
        """
        args = expect(command, 1, "GTC", "BLP")
        known = ("A", "N") if command.name == "GTC" else ("AL", "BL")
        for place in (1, 0):  # a version may stand before it, anything behind it
            value = (at(args, place) or "").upper()
            if value in known:
                version = args[0] if place else None
                return cls(command.name, value, version, command.trid)
        raise remote_error(command, "a value that there is not")

    def to_command(self) -> Command:
        """Return the line; with the version and the transaction id if there are any."""
        front = () if self.version is None else (self.version,)
        return Command(self.name, self.trid, (*front, self.value))


@dataclass(frozen=True, slots=True)
class ListEntry:
    """LST: a contact.

    Attributes:
        handle: whose entry it is; empty when a list of MSNP7 is empty.
        name: friendly name; None when the line doesn't say.
        lists: mask of lists; up to MSNP7 the bit of the one list the line is about.
        groups: ids.
        contact_id: the contact's GUID; on the forward list from MSNP10 on.
        network: 1 for Passport; from MSNP12 on.
        version: of the contact list; up to MSNP7.
        index: which line of the list this is, from 1; up to MSNP7.
        total: how many lines the list has; up to MSNP7.
        trid: of the SYN or LST; up to MSNP7.
    """

    handle: str
    name: str | None = None
    lists: int = 0
    groups: tuple[str, ...] = ()
    contact_id: str | None = None
    network: int | None = None
    version: str | None = None
    index: int = 0
    total: int = 0
    trid: int | None = None

    @classmethod
    def from_command(cls, command: Command, dialect: int | None = None) -> "ListEntry":
        """Read the line; its shape tells the dialects apart.

        Args:
            command: what the server sent.
            dialect: 10 and 11 only make a difference for accounts whose groups are
                numbers; None: not known.

        Raises:
            RemoteProtocolError: too few arguments, or bad numbers.
        """
        args = expect(command, 2, "LST")
        if command.trid is not None:
            return cls._from_numbered(command)
        if args[0][1:2] == "=":
            return cls._from_prefixed(command, dialect)
        expect(command, 3)
        lists = parse_number(args[2], "mask of lists")
        return cls(args[0], decode_text(args[1]), lists, split_groups(at(args, 3)))

    @classmethod
    def _from_numbered(cls, command: Command) -> "ListEntry":
        """Read the line of MSNP2 to MSNP7."""
        args = expect(command, 4)
        bit = parse_list(args[0])
        index = parse_number(args[2], "LST index")
        total = parse_number(args[3], "LST total")
        base = cls("", None, bit, (), None, None, args[1], index, total, command.trid)
        if total == 0:
            return base
        expect(command, 6)
        groups = split_groups(at(args, 6))
        return replace(base, handle=args[4], name=decode_text(args[5]), groups=groups)

    @classmethod
    def _from_prefixed(cls, command: Command, dialect: int | None) -> "ListEntry":
        """Read the line of MSNP10 to MSNP12."""
        fields: dict[str, str] = {}
        rest: list[str] = []
        for arg in command.args:
            if not rest and arg[1:2] == "=":
                fields.setdefault(arg[0].upper(), arg[2:])
            else:
                rest.append(arg)
        if not rest or not (handle := fields.get("N", fields.get("C", ""))):
            raise remote_error(command, "neither handle nor lists")
        name = fields.get("F")
        # After the mask stand a type (MSNP12), groups or both; groups of an account
        # that was never moved to GUIDs are numbers too.
        typed = dialect is None or dialect >= 12 or len(rest) > 2
        typed = typed and len(rest) > 1 and is_number(rest[1])
        network = int(rest[1]) if typed else None
        groups = rest[1:] if network is None else rest[2:]
        return cls(
            handle,
            None if name is None else decode_text(name),
            parse_number(rest[0], "mask of lists"),
            split_groups(groups[0] if groups else None),
            fields.get("C"),
            network,
        )

    def to_command(self, dialect: int) -> Command:
        """Return the line as this dialect has it.

        Raises:
            LocalProtocolError: up to MSNP7, no transaction id or not one list.
        """
        groups = (",".join(self.groups),) if self.groups else ()
        name = encode_text(self.name if self.name is not None else self.handle)
        if dialect <= 7:
            return self._to_numbered(dialect, name, groups)
        if dialect < NEW_NAMES:
            return Command("LST", None, (self.handle, name, str(self.lists), *groups))
        args = [f"N={self.handle}"]
        if self.name is not None:
            args.append(f"F={name}")
        if self.contact_id is not None and self.lists & FORWARD_LIST:
            args.append(f"C={self.contact_id}")
        args.append(str(self.lists))
        if dialect >= 12:
            args.append(str(self.network or 1))
        return Command("LST", None, (*args, *groups))

    def _to_numbered(self, dialect: int, name: str, groups: tuple[str, ...]) -> Command:
        """Return the line of MSNP2 to MSNP7."""
        if self.version is None:
            raise LocalProtocolError("LST needs the list's version up to MSNP7")
        front = (list_name(self.lists), self.version, str(self.index), str(self.total))
        entry: tuple[str, ...] = (self.handle, name) if self.total else ()
        if dialect == 7 and self.lists == FORWARD_LIST:
            entry += groups
        return Command("LST", reply_trid(self.trid, "LST"), (*front, *entry))


def split_groups(text: str | None) -> tuple[str, ...]:
    """Return the ids in a comma-separated argument; empty ones are left out."""
    return tuple(group for group in (text or "").split(",") if group)
