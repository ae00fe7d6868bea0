"""Changes of contact lists: ADD, ADC and REM, and REA and SBP for names.

    MSNP   requests                              replies
    2-6    ADD t FL handle name                  ADD t FL ver handle name
    7-9    ADD t FL handle name [group]          ADD t FL ver handle name [group]
           REM t FL handle [group]               REM t FL ver handle [group]
           REA t handle name                     REA t ver handle name
    10-12  ADC t FL N=handle F=name              ADC t FL N=handle F=name C=guid
           ADC t FL C=guid group                 likewise
           ADC t AL N=handle                     ADC t AL N=handle
           REM t FL guid [group]                 REM t FL guid [group]
           REM t AL handle                       REM t AL handle
           SBP t guid key value                  likewise

The server says unasked, with transaction id 0, what others did: `ADD 0 RL`: somebody
has added me; `REM 0 RL`: has removed me.

Source: the MSN Messenger protocol, MSNP2 to MSNP12; MSNP8 checked against the
recording of the tests.
"""

from dataclasses import dataclass

from Kamaelia.Protocol.MSN.wire.arguments import at, expect, need_trid, remote_error
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.encoding import decode_text, encode_text
from Kamaelia.Protocol.MSN.wire.lists import FORWARD_LIST, list_name, parse_list
from Kamaelia.Protocol.MSN.wire.sync import NEW_NAMES

__all__ = ["ContactChange", "ContactProperty", "NameChange"]


@dataclass(frozen=True, slots=True)
class ContactChange:
    """ADD, ADC or REM, request or reply.

    Attributes:
        adds: whether it adds (ADD, ADC) or removes (REM).
        trid: 0 for what the server says unasked.
        list_bit: one of the list constants.
        handle: the account; empty where only the GUID is given.
        name: friendly name; None where none is given.
        contact_id: the contact's GUID, on the forward list from MSNP10 on.
        group: the group that is joined or left; None: the list itself.
        version: of the contact list, in replies up to MSNP9.
    """

    adds: bool
    trid: int
    list_bit: int
    handle: str = ""
    name: str | None = None
    contact_id: str | None = None
    group: str | None = None
    version: str | None = None

    @classmethod
    def from_request(cls, command: Command, dialect: int) -> "ContactChange":
        """Read the line of a client.

        Raises:
            RemoteProtocolError: too few arguments, no such list, no transaction id.
        """
        args = expect(command, 2, "ADD", "ADC", "REM")
        return cls._read(command, dialect, None, args[1:])

    @classmethod
    def from_reply(cls, command: Command, dialect: int) -> "ContactChange":
        """Read the line of a server.

        Raises:
            RemoteProtocolError: too few arguments, no such list, no transaction id.
        """
        args = expect(command, 2, "ADD", "ADC", "REM")
        if command.name == "ADC" or (command.name == "REM" and dialect >= NEW_NAMES):
            return cls._read(command, dialect, None, args[1:])
        return cls._read(command, dialect, args[1], expect(command, 3)[2:])

    @classmethod
    def _read(
        cls, command: Command, dialect: int, version: str | None, rest: tuple[str, ...]
    ) -> "ContactChange":
        """Read what follows the list and the version."""
        trid, bit = need_trid(command), parse_list(command.args[0])
        if command.name == "ADC":
            return cls._from_prefixed(command, trid, bit, rest)
        if command.name == "ADD":
            name = decode_text(rest[1]) if len(rest) > 1 else None
            return cls(True, trid, bit, rest[0], name, None, at(rest, 2), version)
        if dialect >= NEW_NAMES and bit == FORWARD_LIST:
            handle = rest[0] if "@" in rest[0] else ""
            return cls(False, trid, bit, handle, None, rest[0], at(rest, 1))
        return cls(False, trid, bit, rest[0], None, None, at(rest, 1), version)

    @classmethod
    def _from_prefixed(
        cls, command: Command, trid: int, bit: int, rest: tuple[str, ...]
    ) -> "ContactChange":
        """Read the fields of ADC."""
        fields: dict[str, str] = {}
        others = []
        for arg in rest:
            if arg[1:2] == "=":
                fields.setdefault(arg[0].upper(), arg[2:])
            else:
                others.append(arg)
        if "N" not in fields and "C" not in fields:
            raise remote_error(command, "neither handle nor contact id")
        name = fields.get("F")
        return cls(
            True,
            trid,
            bit,
            fields.get("N", ""),
            None if name is None else decode_text(name),
            fields.get("C"),
            others[0] if others else None,
        )

    def to_request(self, dialect: int) -> Command:
        """Return the client's line as this dialect has it."""
        return self._write(dialect, ())

    def to_reply(self, dialect: int) -> Command:
        """Return the server's line as this dialect has it."""
        return self._write(dialect, (self.version or "0",))

    def _write(self, dialect: int, version: tuple[str, ...]) -> Command:
        """Return the line; the version only where the dialect has one."""
        group = () if self.group is None or dialect < 7 else (self.group,)
        if dialect >= NEW_NAMES:
            version = ()
        front = (list_name(self.list_bit), *version)
        if not self.adds:
            on_forward = dialect >= NEW_NAMES and self.list_bit == FORWARD_LIST
            who = self.contact_id if on_forward and self.contact_id else self.handle
            return Command("REM", self.trid, (*front, who, *group))
        if dialect < NEW_NAMES:
            name = encode_text(self.handle if self.name is None else self.name)
            name = name.replace("%40", "@")  # a handle as the name, as clients have it
            return Command("ADD", self.trid, (*front, self.handle, name, *group))
        fields = []
        if self.handle:
            fields.append(f"N={self.handle}")
        if self.name is not None:
            fields.append(f"F={encode_text(self.name)}")
        if self.contact_id is not None:
            fields.append(f"C={self.contact_id}")
        return Command("ADC", self.trid, (*front, *fields, *group))


@dataclass(frozen=True, slots=True)
class NameChange:
    """REA, up to MSNP9: a new friendly name for oneself or for a contact.

    Attributes:
        handle: whose name; one's own handle for one's own.
        name: the new one.
        version: of the contact list, in replies.
    """

    trid: int
    handle: str
    name: str
    version: str | None = None

    @classmethod
    def from_request(cls, command: Command) -> "NameChange":
        """Read the line of a client.

        Raises:
            RemoteProtocolError: too few arguments, or no transaction id.
        """
        handle, name = expect(command, 2, "REA")[:2]
        return cls(need_trid(command), handle, decode_text(name))

    @classmethod
    def from_reply(cls, command: Command) -> "NameChange":
        """Read the line of a server.

        Raises:
            RemoteProtocolError: too few arguments, or no transaction id.
        """
        version, handle, name = expect(command, 3, "REA")[:3]
        return cls(need_trid(command), handle, decode_text(name), version)

    def to_command(self) -> Command:
        """Return the line: a reply when there is a version, a request otherwise."""
        front = () if self.version is None else (self.version,)
        return Command("REA", self.trid, (*front, self.handle, encode_text(self.name)))


@dataclass(frozen=True, slots=True)
class ContactProperty:
    """SBP, MSNP10 to MSNP12, request or reply: what I call a contact, and more.

    Attributes:
        contact_id: the contact's GUID.
        key: `MFN` for the name.
        value: the text.
    """

    trid: int
    contact_id: str
    key: str
    value: str

    @classmethod
    def from_command(cls, command: Command) -> "ContactProperty":
        """Read the line, either way.

        Raises:
            RemoteProtocolError: too few arguments, or no transaction id.
        """
        args = expect(command, 2, "SBP")
        value = decode_text(at(args, 2) or "")
        return cls(need_trid(command), args[0], args[1].upper(), value)

    def to_command(self) -> Command:
        """Return the line."""
        args = (self.contact_id, self.key, encode_text(self.value))
        return Command("SBP", self.trid, args)
