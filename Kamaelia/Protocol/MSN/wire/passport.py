"""Passport 1.4, the "tweener" sign-on of MSNP8 to MSNP14, as HTTP header values.

    nexus     PassportURLs: DARealm=Passport.Net,DALogin=login.example.net/login2.srf
    request   Authorization: Passport1.4 OrgVerb=GET,OrgURL=...,sign-in=...,pwd=...
              and after a comma the challenge
    success   Authentication-Info: Passport1.4 da-status=success,...,from-PP='t=..&p=..'
    redirect  Authentication-Info: Passport1.4 da-status=redir      (and Location)
    failure   WWW-Authenticate: Passport1.4 da-status=failed,...,cbtxt=...

The challenge comes from the notification server in `USR t TWN S` and is handed on byte
for byte. The ticket, from between the quotes, goes back in the next `USR t TWN S`.

Source: Microsoft's Passport SSI 1.4 protocol specification; the exchange in the
recording of the tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from Kamaelia.Protocol.MSN.wire.encoding import decode_text, encode_text
from Kamaelia.Protocol.wire.errors import LocalProtocolError, RemoteProtocolError

__all__ = [
    "FAILED",
    "LOGGED_OUT",
    "NO_RETRY",
    "REDIRECT",
    "SUCCESS",
    "Authorization",
    "PassportAnswer",
    "build_passport_urls",
    "login_address",
    "parse_fields",
    "ticket_token",
]

SUCCESS: Final = "success"
REDIRECT: Final = "redir"
FAILED: Final = "failed"
NO_RETRY: Final = "failed-noretry"
LOGGED_OUT: Final = "logout"

_SCHEME: Final = "Passport1.4"
_MESSENGER: Final = "http://messenger.msn.com"
_FRONT: Final = frozenset({"orgverb", "orgurl", "sign-in", "pwd"})


def parse_fields(value: str) -> list[tuple[str, str]]:
    """Split `name=value,name='value',flag`; commas inside quotes don't count.

    A quote that does not end reaches to the end; a flag has an empty value. Names come
    in small letters.
    """
    fields = []
    position = 0
    while position < len(value):
        end = value.find(",", position)
        end = len(value) if end < 0 else end
        equals = value.find("=", position, end)
        if equals < 0:
            name, found = value[position:end], ""
        elif value.startswith("'", equals + 1):
            closing = value.find("'", equals + 2)
            closing = len(value) if closing < 0 else closing
            name, found = value[position:equals], value[equals + 2 : closing]
            end = value.find(",", closing)
            end = len(value) if end < 0 else end
        else:
            name, found = value[position:equals], value[equals + 1 : end]
        if name := name.strip():
            fields.append((name.lower(), found.strip()))
        position = end + 1
    return fields


def login_address(value: str) -> str:
    """Return the address to sign on at, from the nexus's PassportURLs.

    Returns:
        DALogin's value; `https://` is put before it when it has no scheme.

    Raises:
        RemoteProtocolError: there is no DALogin.
    """
    for name, found in parse_fields(value):
        if name == "dalogin" and found:
            return found if "://" in found else "https://" + found
    raise RemoteProtocolError("PassportURLs without DALogin", 0, value.encode())


def build_passport_urls(login: str, others: Mapping[str, str] | None = None) -> str:
    """Return the value of PassportURLs.

    DALogin stands alone, unless others are given: every client needs it, none needs
    another, and there are clients that take the whole value for the address.

    Args:
        login: host and path to sign on at, with or without a scheme.
        others: more fields by their names (DARealm, DAReg, ConfigVersion, ...).

    Raises:
        LocalProtocolError: an address with a comma, a blank or a line end.
    """
    fields = {"DALogin": login} | dict(others or {})
    for found in fields.values():
        _check(found)
    return ",".join(f"{name}={found}" for name, found in fields.items())


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a client sends to sign on.

    Attributes:
        handle: the account.
        password: its password; never shown by repr.
        challenge: the notification server's, verbatim.
    """

    handle: str
    password: str = field(repr=False)
    challenge: str = ""

    @classmethod
    def parse(cls, value: str) -> "Authorization":
        """Read the value of an Authorization header.

        Raises:
            RemoteProtocolError: another scheme, no account or no password.
        """
        rest = _strip_scheme(value)
        if rest is None:
            raise RemoteProtocolError("not a Passport authorization")
        fields = dict(reversed(parse_fields(rest)))  # the first of a name counts
        if not fields.get("sign-in") or "pwd" not in fields:
            raise RemoteProtocolError("Passport authorization without sign-in or pwd")
        parts = rest.split(",")
        names = [part.partition("=")[0].strip().lower() for part in parts]
        last = max(index for index, name in enumerate(names) if name in _FRONT)
        return cls(
            decode_text(fields["sign-in"]),
            decode_text(fields["pwd"]),
            ",".join(parts[last + 1 :]),
        )

    def to_header(self) -> str:
        """Return the value of the Authorization header.

        Raises:
            LocalProtocolError: a challenge with a line end, or text that UTF-8 cannot
                carry.
        """
        if "\r" in self.challenge or "\n" in self.challenge:
            raise LocalProtocolError("a Passport challenge with a line end")
        return (
            f"{_SCHEME} OrgVerb=GET,OrgURL={_encode_all(_MESSENGER)},"
            f"sign-in={encode_text(self.handle)},pwd={_encode_all(self.password)},"
            f"{self.challenge}"
        )


@dataclass(frozen=True, slots=True)
class PassportAnswer:
    """What the Passport server says, in Authentication-Info or WWW-Authenticate.

    Attributes:
        status: `SUCCESS`, `REDIRECT`, `FAILED`, `NO_RETRY`, `LOGGED_OUT` or another.
        ticket: for `USR t TWN S`, on success; never shown by repr.
        text: why it failed, for the user.
    """

    status: str
    ticket: str = field(default="", repr=False)
    text: str = ""

    @classmethod
    def parse(cls, value: str) -> "PassportAnswer":
        """Read the value of either header.

        Raises:
            RemoteProtocolError: another scheme, no status, or success without a ticket.
        """
        rest = _strip_scheme(value)
        fields = dict(reversed(parse_fields(rest or "")))
        status = fields.get("da-status", "").lower()
        if not status:
            raise RemoteProtocolError("a Passport answer without a status")
        ticket = fields.get("from-pp", "")
        if status == SUCCESS and not ticket:
            raise RemoteProtocolError("a Passport success without a ticket")
        return cls(status, ticket, decode_text(fields.get("cbtxt", "")))

    @property
    def header(self) -> str:
        """The name of the header that carries this answer."""
        failed = self.status in (FAILED, NO_RETRY)
        return "WWW-Authenticate" if failed else "Authentication-Info"

    def to_header(self) -> str:
        """Return the header's value.

        Raises:
            LocalProtocolError: a ticket with a quote, a blank or a line end.
        """
        start = f"{_SCHEME} da-status={self.status}"
        if self.status == SUCCESS:
            _check(self.ticket.replace(",", ""))
            return (
                f"{start},tname=MSPAuth,tname=MSPProf,tname=MSPSec,"
                f"from-PP='{self.ticket}',ru={_MESSENGER}"
            )
        if self.header == "WWW-Authenticate":
            return (
                f"{start},srealm=Passport.NET,ts=-3,prompt,"
                f"cburl={_MESSENGER},cbtxt={encode_text(self.text)}"
            )
        return start


def ticket_token(ticket: str) -> str:
    """Return the token inside a ticket: between `t=` and `&`; a bare one as it is."""
    for part in ticket.split("&"):
        if part.startswith("t="):
            return part[2:]
    return ticket


def _strip_scheme(value: str) -> str | None:
    """Return what follows the scheme; None where it is another."""
    scheme, _, rest = value.strip().partition(" ")
    return rest.strip() if scheme.lower() == _SCHEME.lower() else None


def _encode_all(text: str) -> str:
    """Return `text` with everything but letters and digits percent-encoded."""
    encoded = encode_text(text)
    for mark in "-._~":
        encoded = encoded.replace(mark, f"%{ord(mark):02X}")
    return encoded


def _check(text: str) -> None:
    """Refuse what would break a header of fields."""
    if any(mark in text for mark in "', \r\n"):
        raise LocalProtocolError(f"a Passport field cannot hold {text!r}")
