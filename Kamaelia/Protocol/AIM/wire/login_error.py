"""Why a sign-on was refused: the codes of TLV 0x08.

Source: AOL's published OSCAR specification, "Sign on"; notes of the iserverd project.
"""

from typing import Final

__all__ = ["LOGIN_ERRORS", "login_error_meaning"]

LOGIN_ERRORS: Final = {
    0x01: "unknown screen name or wrong password",
    0x02: "service temporarily unavailable",
    0x03: "other failure",
    0x04: "wrong screen name or password: enter them again",
    0x05: "wrong password",
    0x06: "malformed sign-on request",
    0x07: "invalid account",
    0x08: "deleted account or unknown UIN",
    0x09: "expired account",
    0x0A: "no access to the database",
    0x0B: "no access to the resolver",
    0x0C: "invalid database fields",
    0x0D: "bad database status",
    0x0E: "bad resolver status",
    0x0F: "internal error",
    0x10: "service temporarily offline",
    0x11: "suspended account",
    0x12: "database send error",
    0x13: "database link error",
    0x14: "reservation map error",
    0x15: "reservation link error",
    0x16: "too many clients from this address",
    0x17: "too many clients from this address (reservation)",
    0x18: "connecting too often: wait ten minutes or longer",
    0x19: "warning level too high to sign on",
    0x1A: "reservation timed out",
    0x1B: "client too old: it must be upgraded",
    0x1C: "client old: it should be upgraded",
    0x1D: "rate limit: wait a few minutes",
    0x1E: "cannot register on the ICQ network: try again later",
    0x20: "invalid SecurID",
    0x22: "suspended because of the owner's age",
}


def login_error_meaning(code: int) -> str:
    """Return what TLV 0x08 of a refused sign-on means, in a few words."""
    return LOGIN_ERRORS.get(code, f"unknown sign-on error 0x{code:02X}")
