"""Phone numbers and other properties: PRP for one's own, BPR for contacts.

    MSNP   burst                     request            reply, and unasked
    5-7    PRP t ver key [value]     PRP t key value    PRP t ver key [value]
           BPR ver handle key [v]                       BPR ver handle key [value]
    8-9    PRP key value             PRP t key value    PRP t ver key [value]
           BPR key value                                BPR ver handle key [value]
    10-    PRP key value             PRP t key value    PRP t key value
           BPR key value                                BPR ver handle key [value]

A BPR of the burst belongs to the LST before it. A missing or empty value clears the
property.

Source: the MSN Messenger protocol, MSNP5 to MSNP12; MSNP8 checked against the
recording of the tests.
"""

from dataclasses import dataclass
from typing import Final

from Kamaelia.Protocol.MSN.wire.arguments import at, expect, remote_error
from Kamaelia.Protocol.MSN.wire.command import Command
from Kamaelia.Protocol.MSN.wire.encoding import decode_text, encode_text, is_handle

__all__ = [
    "HAS_BLOG",
    "HAS_MOBILE_DEVICE",
    "HAS_PAGER",
    "HOME_PHONE",
    "KEYS",
    "MOBILE_PHONE",
    "PHONES",
    "SCREEN_NAME",
    "WEB_WATCH",
    "WORK_PHONE",
    "Property",
]

HOME_PHONE: Final = "PHH"
WORK_PHONE: Final = "PHW"
MOBILE_PHONE: Final = "PHM"
HAS_PAGER: Final = "MOB"
HAS_MOBILE_DEVICE: Final = "MBE"
SCREEN_NAME: Final = "MFN"
WEB_WATCH: Final = "WWE"
HAS_BLOG: Final = "HSB"

PHONES: Final = frozenset({HOME_PHONE, WORK_PHONE, MOBILE_PHONE})
"""Keys whose values are free text."""

KEYS: Final = PHONES | {HAS_PAGER, HAS_MOBILE_DEVICE, SCREEN_NAME, WEB_WATCH, HAS_BLOG}
"""Every known key; others must be expected."""


@dataclass(frozen=True, slots=True)
class Property:
    """PRP or BPR.

    Attributes:
        key: three letters, see `KEYS`.
        value: text; empty when it is not set.
        handle: whose it is, in BPR; empty for the contact of the LST before.
        version: of the contact list, where the line has one.
        trid: of PRP, where it has one.
        own: whether it is PRP.
    """

    key: str
    value: str = ""
    handle: str = ""
    version: str | None = None
    trid: int | None = None
    own: bool = True

    @classmethod
    def from_command(cls, command: Command) -> "Property":
        """Read the line of any dialect, either way; its shape tells.

        Raises:
            RemoteProtocolError: no key.
        """
        args = expect(command, 1, "PRP", "BPR")
        handle, version = "", None
        if not _is_key(args[0]) and not is_handle(args[0]):
            version, args = args[0], args[1:]
        if command.name == "BPR" and args and not _is_key(args[0]):
            handle, args = args[0], args[1:]
        if not args or not _is_key(args[0]):
            raise remote_error(command, "no property's key")
        value = decode_text(at(args, 1) or "")
        own = command.name == "PRP"
        return cls(args[0].upper(), value, handle, version, command.trid, own)

    def to_command(self) -> Command:
        """Return the line; with handle, version and transaction id if there are any."""
        args = [] if self.version is None else [self.version]
        if self.handle:
            args.append(self.handle)
        args.append(self.key)
        if self.value:
            args.append(encode_text(self.value))
        return Command("PRP" if self.own else "BPR", self.trid, tuple(args))


def _is_key(text: str) -> bool:
    """Return whether an argument has the form of a key: three letters."""
    return len(text) == 3 and text.isascii() and text.isalpha()
