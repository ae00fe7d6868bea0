"""Passport sign-on over HTTP(S): from a challenge to a ticket (MSNP8 to MSNP14).

    nexus   GET /rdr/pprdr.asp          -> PassportURLs: where to sign on
    login   GET there, Authorization    -> Authentication-Info: the ticket,
                                           or a redirect, or why not

    ticket = await passportTicket("ann@example.com", "secret", challenge,
                                  nexus="http://127.0.0.1:8080")

Certificates are verified. A server that was reached over https may not send us on to
plain http; a nexus that is given with `http://` (an embedded server) may.

Source: Microsoft's Passport SSI 1.4 protocol specification.
"""

import asyncio
import ssl
from typing import Any, Final, NamedTuple
from urllib.parse import urljoin, urlsplit

import httpx

from Axon.AsyncComponent import asynccomponent
from Axon.Scheduler import scheduler
from Kamaelia.Protocol.MSN.constants import LOGIN_FAILURE, LOGIN_SUCCESS
from Kamaelia.Protocol.MSN.Replies import Reply
from Kamaelia.Protocol.MSN.wire.passport import (
    REDIRECT,
    SUCCESS,
    Authorization,
    PassportAnswer,
    login_address,
    parse_fields,
)
from Kamaelia.Protocol.wire.errors import ProtocolError

__all__ = [
    "NEXUS",
    "PassportFailed",
    "PassportLogin",
    "PassportNexus",
    "PassportSignOn",
    "SSLRequired",
    "TicketGiven",
    "TicketRefused",
    "passportTicket",
]

NEXUS: Final = "https://nexus.passport.com/rdr/pprdr.asp"
"""Where official clients began; it is no more. Give your server's."""

_PATH: Final = "/rdr/pprdr.asp"
_MAX_HOPS: Final = 5
_TIMEOUT: Final = 30.0
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class PassportFailed(Exception):  # noqa: N818 - reads as what happened
    """There is no ticket.

    Attributes:
        kind: "credentials" (wrong handle or password) or "passport" (a server that
            cannot be reached, or makes no sense).
        meaning: what happened, for people.
    """

    def __init__(self, kind: str, meaning: str) -> None:
        self.kind = kind
        self.meaning = meaning
        super().__init__(meaning)


class SSLRequired(PassportFailed):
    """A password would have gone over plain http."""

    def __init__(self, url: str) -> None:
        super().__init__(
            "passport",
            f"Passport sends us from https to {_place(url)}: refused, since that "
            "would show the password",
        )


class TicketGiven(NamedTuple):
    """A ticket.

    Attributes:
        handle: whose.
        ticket: for `USR t TWN S`.
    """

    handle: str
    ticket: str


class TicketRefused(NamedTuple):
    """No ticket.

    Attributes:
        handle: whose.
        kind: as in PassportFailed.
        meaning: what happened, for people.
    """

    handle: str
    kind: str
    meaning: str


class _HTTP:
    """GET requests, each on its own connection.

    Args:
        verify: whether and how to verify certificates, as httpx takes it.
        transport: an httpx transport instead of the network, for tests.
        timeout: seconds for one request.
    """

    def __init__(
        self,
        verify: bool | ssl.SSLContext = True,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = _TIMEOUT,
    ) -> None:
        self._verify = verify
        self._transport = transport
        self._timeout = timeout

    async def get(self, url: str, headers: dict[str, str]) -> httpx.Response:
        """Return the response without its body; redirects are not followed.

        All that counts stands in headers; a body could be without end.

        Raises:
            PassportFailed: there is none.
        """
        secure = self._verify if url.startswith("https:") else False
        try:
            async with (
                asyncio.timeout(self._timeout),  # httpx counts from byte to byte
                httpx.AsyncClient(
                    verify=secure, transport=self._transport, timeout=self._timeout
                ) as client,
                client.stream("GET", url, headers=headers) as response,
            ):
                return response
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TimeoutError) as error:
            said = str(error) or type(error).__name__
            raise PassportFailed(
                "passport", f"cannot reach Passport at {_place(url)}: {said}"
            ) from error


class PassportNexus(_HTTP):
    """Ask the nexus where to sign on.

    Args:
        url: the nexus; without a path its usual one is added, without a scheme https.
        argd: `verify`, `transport`, `timeout`.
    """

    def __init__(self, url: str = NEXUS, **argd: Any) -> None:
        super().__init__(**argd)
        url = url if "://" in url else "https://" + url
        self.url = url if urlsplit(url).path.strip("/") else url.rstrip("/") + _PATH

    async def address(self) -> str:
        """Return the address to sign on at.

        Raises:
            PassportFailed: the nexus cannot be reached or doesn't tell.
            SSLRequired: it says http although it was asked over https.
        """
        response = await self.get(self.url, {})
        value = response.headers.get("PassportURLs", "")
        try:
            address = login_address(value)
        except ProtocolError as error:
            raise PassportFailed(
                "passport",
                f"the Passport nexus at {_place(self.url)} does not say where to sign "
                f"on (HTTP {response.status_code})",
            ) from error
        if self.url.startswith("http:") and address not in value:
            address = "http" + address.removeprefix("https")  # a bare host and path
        return _safe(self.url, address)


class PassportLogin(_HTTP):
    """Sign on at the address that the nexus gave.

    Args:
        userHandle: the account.
        passwd: its password.
        host: the address.
        authData: the challenge, from `USR t TWN S`.
        argd: `verify`, `transport`, `timeout`.
    """

    def __init__(
        self,
        userHandle: str,  # noqa: N803 - these names were Twisted's
        passwd: str,
        host: str,
        authData: str,  # noqa: N803
        **argd: Any,
    ) -> None:
        super().__init__(**argd)
        self._authorization = Authorization(userHandle, passwd, authData)
        self.url = host if "://" in host else "https://" + host

    async def ticket(self) -> str:
        """Return the ticket.

        Raises:
            PassportFailed: there is none.
            SSLRequired: a redirect from https to http.
        """
        try:
            headers = {"Authorization": self._authorization.to_header()}
        except ProtocolError as error:
            raise PassportFailed("passport", str(error)) from error
        url = self.url
        for _ in range(_MAX_HOPS + 1):
            response = await self.get(url, headers)
            answer = _answer(response)
            moved = response.status_code in _REDIRECTS
            if (moved or (answer and answer.status == REDIRECT)) and (
                location := response.headers.get("Location")
            ):
                url = _safe(url, urljoin(url, location))
                continue
            return self._read(answer, response.status_code)
        raise PassportFailed("passport", f"more than {_MAX_HOPS} Passport redirects")

    def _read(self, answer: PassportAnswer | None, status: int) -> str:
        """Return the ticket that an answer holds.

        Raises:
            PassportFailed: it holds none.
        """
        if answer is not None and answer.status == SUCCESS:
            return answer.ticket
        if answer is not None or status in (401, 403):
            text = answer.text if answer else ""
            raise PassportFailed("credentials", text or "wrong handle or password")
        raise PassportFailed(
            "passport", f"Passport's answer makes no sense (HTTP {status})"
        )


def _answer(response: httpx.Response) -> PassportAnswer | None:
    """Return what a response's headers say; None: nothing."""
    for name in ("Authentication-Info", "WWW-Authenticate"):
        value = response.headers.get(name)
        if value:
            try:
                return PassportAnswer.parse(value)
            except ProtocolError:
                continue  # another scheme: not for us
    return None


def _safe(before: str, after: str) -> str:
    """Return an address that we were sent to.

    Raises:
        PassportFailed: it is neither http nor https.
        SSLRequired: it is http, and we come from https.
    """
    scheme = urlsplit(after).scheme
    if scheme not in ("http", "https"):
        raise PassportFailed("passport", f"no address to sign on at: {after[:80]!r}")
    if scheme == "http" and before.startswith("https:"):
        raise SSLRequired(after)
    return after


def _place(url: str) -> str:
    """Return the part of an address that is fit for a message: no query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


async def passportTicket(
    handle: str, password: str, challenge: str, nexus: str = NEXUS, **argd: Any
) -> str:
    """Return the ticket for a challenge.

    Args:
        handle: the account.
        password: its password.
        challenge: from `USR t TWN S`.
        nexus: address to begin at.
        argd: `verify`, `transport`, `timeout`.

    Raises:
        PassportFailed: there is none.
    """
    address = await PassportNexus(nexus, **argd).address()
    return await PassportLogin(handle, password, address, challenge, **argd).ticket()


class PassportSignOn(asynccomponent):
    """Gets tickets: (handle, password, challenge) in, TicketGiven or TicketRefused out.

    Args:
        nexus: address to begin at.
        argd: `verify`, `transport`, `timeout`.
    """

    Inboxes = {
        "inbox": "(handle, password, challenge): get a ticket",
        "control": "producerFinished or shutdownMicroprocess: stop",
    }
    Outboxes = {
        "outbox": "TicketGiven or TicketRefused, in the order of the requests",
        "signal": "why this component stopped",
    }

    def __init__(self, nexus: str = NEXUS, **argd: Any) -> None:
        super().__init__()
        self.nexus = nexus
        self._argd = argd

    async def main(self) -> None:
        """Get one ticket after another."""
        async for handle, password, challenge in self.messages("inbox"):
            try:
                ticket = await passportTicket(
                    handle, password, challenge, self.nexus, **self._argd
                )
            except PassportFailed as error:
                refused = TicketRefused(handle, error.kind, error.meaning)
                await self.put(refused, "outbox")
            else:
                await self.put(TicketGiven(handle, ticket), "outbox")


# Names that programs written for Twisted's module may have borrowed.


def _parseHeader(header: str, value: str) -> Any:
    """Return the fields of a Passport header as a dict, another header as it is."""
    known = ("passporturls", "authentication-info", "www-authenticate")
    if header.lower() not in known:
        return value
    return dict(parse_fields(value.replace("Passport1.4", "", 1).lstrip()))


def _parsePrimitiveHost(host: str) -> tuple[str, str]:
    """Return host and path of an address, with or without a scheme."""
    name, _, path = host.partition("://")[2].partition("/")
    if "://" not in host:
        name, _, path = host.partition("/")
    return name, "/" + path


def _login(
    userHandle: str,  # noqa: N803
    passwd: str,
    nexusServer: str,  # noqa: N803
    cached: int = 0,
    authData: str = "",  # noqa: N803
    **argd: Any,
) -> Reply:
    """Return a Reply: (LOGIN_SUCCESS, ticket) or (LOGIN_FAILURE, text).

    Args:
        userHandle: the account.
        passwd: its password.
        nexusServer: address of the nexus; of the login itself if `cached`.
        cached: whether that is so.
        authData: the challenge.
        argd: `verify`, `transport`, `timeout`.
    """
    reply = Reply("USR")

    async def work() -> None:
        try:
            address = nexusServer
            if not cached:
                address = await PassportNexus(nexusServer, **argd).address()
            login = PassportLogin(userHandle, passwd, address, authData, **argd)
            reply.callback((LOGIN_SUCCESS, await login.ticket()))
        except PassportFailed as error:
            reply.callback((LOGIN_FAILURE, error.meaning))

    scheduler.current().createTask(work(), "Passport")
    return reply


__kamaelia_components__ = (PassportSignOn,)
