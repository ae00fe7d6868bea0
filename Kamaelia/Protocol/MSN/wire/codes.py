"""Error numbers: what each one says, and which of them end the connection.

An error line is `NNN t`: three digits and the id of the request that failed; without
an id, or with 0, it belongs to no request. Numbers without an entry here are passed
through, never refused: `error_info` makes an entry for them.

Source: the MSN Messenger service's error lines as documented by the authors of its
clients; the wording of numbers that Twisted's MSN module knew is that module's.
"""

from typing import Final, NamedTuple

from Kamaelia.Protocol.MSN.wire.encoding import is_number

__all__ = ["ERRORS", "ErrorInfo", "errorCodes", "error_info", "login_failure"]


class ErrorInfo(NamedTuple):
    """What an error number says.

    Attributes:
        code: the number.
        text: its meaning, in English.
        fatal: whether the server closes the connection after it.
    """

    code: int
    text: str
    fatal: bool = False

    def __str__(self) -> str:
        return f"{self.text} ({self.code:03})"


_BUSY: Final = "Server too busy"
_TEXTS: Final = {
    200: "Syntax error",
    201: "Invalid parameter",
    203: "Invalid federated user",
    204: "Unroutable contact network",
    205: "Invalid user",
    206: "Domain name missing",
    207: "Already logged in",
    208: "Invalid username",
    209: "Invalid screen name",
    210: "User list full",
    212: "Unexpected request",
    213: "User does not exist",
    215: "User already there",
    216: "User already on list",
    217: "User not online",
    218: "Already in mode",
    219: "User is in the opposite list",
    220: "User does not accept pages",
    223: "Too many groups",
    224: "Invalid group",
    225: "User not in group",
    226: "Group not empty",
    227: "Group has the same name",
    228: "Group already exists",
    229: "Group name too long",
    230: "Cannot remove group 0",
    231: "Invalid group",
    232: "Invalid mobile number",
    233: "Unknown mobile number",
    234: "Unknown mobile domain",
    238: "Phone numbers refused",
    240: "Empty or invalid XML",
    241: "Invalid XML data",
    280: "Switchboard failed",
    281: "Transfer to switchboard failed",
    282: "Peer-to-peer message not delivered",
    300: "Required field missing",
    301: "Too many FND responses",
    302: "Not logged in",
    400: "Address book is read-only",
    402: "Address book too busy",
    403: "Address book unavailable",
    413: "Subscription required",
    414: "Subscription disabled",
    416: "Market disabled",
    417: "Market disabled everywhere",
    418: "Market unavailable, try later",
    419: "No market",
    420: "Client version not allowed",
    500: "Internal server error",
    501: "Database server error",
    502: "Command disabled",
    503: "Request failed",
    504: "Profile service unavailable",
    505: "Storage service unavailable",
    508: "Federation failed",
    509: "Message to a federated user failed",
    510: "File operation failed",
    511: "Account banned",
    520: "Memory allocation failed",
    540: "Wrong CHL value",
    600: "Server is busy",
    601: "Server is unavailable",
    602: "Peer nameserver is down",
    603: "Database connection failed",
    604: "Server is going down",
    605: "Server unavailable",
    606: "Paging unavailable",
    707: "Could not create connection",
    710: "Invalid CVR parameters",
    711: "Write is blocking",
    712: "Session is overloaded",
    713: "Too many active users",
    714: "Too many sessions",
    715: "Not expected",
    717: "Bad friend file",
    718: "Restricted user",
    719: "Federated session",
    726: "User is federated",
    729: "Too busy",
    731: "Not expected",
    800: "Requests too rapid",
    910: _BUSY,
    911: "Authentication failed",
    912: _BUSY,
    913: "Not allowed when offline",
    914: _BUSY,
    915: _BUSY,
    916: _BUSY,
    917: _BUSY,
    918: _BUSY,
    919: _BUSY,
    920: "Not accepting new users",
    921: _BUSY,
    922: _BUSY,
    923: "No parent consent",
    924: "Passport account not yet verified",
    926: "Managed account",
    927: "Account suspended",
    928: "Bad ticket",
    929: "Second challenge failed",
    930: "Federated domain not allowed",
    931: "Wrong notification server for this account",
    933: "Invalid circle membership",
    934: "No access",
}
_FATAL: Final = frozenset(
    {240, 241, 503, 511, 540, 600, 601, 604, 731, 911, 917, 920}
    | {923, 924, 926, 927, 928, 929, 930, 931}
)

ERRORS: Final = {
    code: ErrorInfo(code, text, code in _FATAL) for code, text in _TEXTS.items()
}
"""Every known error by its number."""

errorCodes: Final = dict(_TEXTS)  # noqa: N816 - the name that Twisted's module had
"""Meaning by error number."""

_WRONG_PASSWORD: Final = frozenset({911, 917, 928})
_TRY_AGAIN: Final = frozenset(
    {500, 600, 601, 910, 912, 914, 915, 916, 918, 919, 921, 922}
)


def error_info(code: int | str) -> ErrorInfo:
    """Return what an error number says; an unknown one is "unknown error NNN".

    Args:
        code: the number, or the name of the error line (`"911"`).
    """
    number = code if isinstance(code, int) else int(code) if is_number(code) else 0
    known = ERRORS.get(number)
    return known if known else ErrorInfo(number, f"unknown error {code}")


def login_failure(code: int) -> str:
    """Return what an error during sign-on means for who wants to sign on.

    Returns:
        `"credentials"` (wrong handle or password), `"busy"` (try again later, with
        back-off), `"server"` (start again at the dispatch server) or `"refused"`
        (trying again does not help).
    """
    if code in _WRONG_PASSWORD:
        return "credentials"
    if code in _TRY_AGAIN:
        return "busy"
    return "server" if code == 931 else "refused"
