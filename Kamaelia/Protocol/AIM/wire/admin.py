"""Family 0x07, ADMIN: one's own account, on a connection of its own.

    (07, 02)  one empty TLV: 0x01 name, 0x11 e-mail, 0x13 registration status
    (07, 03)  u16 permissions (3 read and write), u16 count, TLVs
    (07, 04)  TLVs: 0x01 new form of the name, 0x11 e-mail, 0x13 status, or
              0x02 new password with 0x12 the old one
    (07, 05)  as 03: the new value, or 0x08 u16 error with 0x04 URL
    (07, 07)  u16 status, TLVs: of a request to confirm the account

Source: AOL's published OSCAR specification, "Admin"; Open OSCAR Server.
"""

from dataclasses import dataclass, field
from typing import Final, Self

from Kamaelia.Protocol.AIM.wire.packing import u16
from Kamaelia.Protocol.AIM.wire.tlv import TLV, TLVBlock
from Kamaelia.Protocol.wire.reader import Reader

__all__ = ["ADMIN_ERRORS", "AdminReply", "AdminRequest", "ConfirmReply"]

TAG_NAME: Final = 0x01
TAG_NEW_PASSWORD: Final = 0x02
TAG_EMAIL: Final = 0x11
TAG_OLD_PASSWORD: Final = 0x12
TAG_STATUS: Final = 0x13

READ_WRITE: Final = 3

CONFIRM_SENT: Final = 0x00
CONFIRM_ALREADY: Final = 0x1E
CONFIRM_FAILED: Final = 0x23

ADMIN_ERRORS: Final = {
    0x01: "the name could not be checked",
    0x02: "the password could not be checked",
    0x03: "the e-mail address could not be checked",
    0x04: "service temporarily unavailable",
    0x05: "this cannot be changed now",
    0x06: "invalid name",
    0x07: "invalid password",
    0x08: "invalid e-mail address",
    0x09: "invalid registration status",
    0x0A: "wrong old password",
    0x0B: "the name has a wrong length",
    0x0C: "the password has a wrong length",
    0x0D: "the e-mail address has a wrong length",
    0x0E: "the old password has a wrong length",
    0x0F: "the old password is needed",
    0x10: "read-only",
    0x11: "write-only",
    0x12: "unsupported type",
    0x13: "other error",
    0x14: "malformed request",
    0x15: "invalid account",
    0x16: "deleted account",
    0x17: "expired account",
    0x1C: "internal error",
    0x1D: "a request is pending already",
    0x1E: "status mismatch",
    0x1F: "a confirmation is outstanding",
    0x20: "no e-mail address",
    0x21: "over the limit",
    0x22: "mail host failed",
    0x23: "mail host not found",
}


@dataclass(frozen=True, slots=True)
class AdminRequest:
    """SNACs (07, 02) and (07, 04): tell, or change.

    Attributes:
        tlvs: empty ones ask, others set.
    """

    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def new_password(cls, old: str, new: str) -> Self:
        """Return the request to change the password."""
        tlvs = TLV.text(TAG_NEW_PASSWORD, new), TLV.text(TAG_OLD_PASSWORD, old)
        return cls(TLVBlock(tlvs))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the request that fills `data`; cut short raises ProtocolError."""
        return cls(TLVBlock.from_bytes(data))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return self.tlvs.to_bytes()


@dataclass(frozen=True, slots=True)
class AdminReply:
    """SNACs (07, 03) and (07, 05).

    Attributes:
        tlvs: what was asked for or set; or 0x08 an error and 0x04 a URL.
        permissions: 1 or 2 read, 3 read and write.
    """

    tlvs: TLVBlock
    permissions: int = READ_WRITE

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the reply that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "admin reply")
        permissions = reader.u16()
        return cls(TLVBlock.read_counted(reader), permissions)

    @property
    def error(self) -> int:
        """A key of ADMIN_ERRORS, 0 when it worked."""
        return self.tlvs.u16(0x08)

    @property
    def meaning(self) -> str:
        """The error in words; empty when it worked."""
        if not self.error:
            return ""
        return ADMIN_ERRORS.get(self.error, f"unknown error 0x{self.error:02X}")

    def to_bytes(self) -> bytes:
        """Return the body."""
        return u16(self.permissions) + self.tlvs.to_counted()


@dataclass(frozen=True, slots=True)
class ConfirmReply:
    """SNAC (07, 07): about the mail that confirms an account.

    Attributes:
        status: a CONFIRM_ constant.
        tlvs: 0x04 a URL.
    """

    status: int
    tlvs: TLVBlock = field(default_factory=TLVBlock)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the reply that fills `data`; cut short raises ProtocolError."""
        reader = Reader(data, "confirm reply")
        return cls(reader.u16(), TLVBlock.read(reader))

    def to_bytes(self) -> bytes:
        """Return the body."""
        return u16(self.status) + self.tlvs.to_bytes()
