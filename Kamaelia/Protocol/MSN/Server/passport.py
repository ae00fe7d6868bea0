"""The Passport nexus and sign-on, as a web application.

    GET /rdr/pprdr.asp              PassportURLs: where to sign on
    GET /login2.srf, GET /login     Authorization in, a ticket out
    GET /page/...                   where URL of the notification server leads
    GET /metrics                    Prometheus's text, for this machine only

Source: Microsoft's Passport SSI 1.4 protocol specification.
"""

import logging
import re

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from Kamaelia.Internet.peer_host import host_of
from Kamaelia.Protocol.MSN.Server.state.state import ServerState
from Kamaelia.Protocol.MSN.wire.encoding import (
    format_address,
    is_handle,
    normalise_handle,
)
from Kamaelia.Protocol.MSN.wire.passport import (
    FAILED,
    NO_RETRY,
    SUCCESS,
    Authorization,
    PassportAnswer,
    build_passport_urls,
)
from Kamaelia.Protocol.wire.errors import ProtocolError
from Kamaelia.store.errors import AccountSuspended, StoreBusy, StoreError

__all__ = ["build_app"]

logger = logging.getLogger(__name__)

_AUTHORITY = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
"""A host and perhaps a port, as a Host header names them."""

_WRONG = "The sign-in name or the password is wrong."


class Passport:
    """Answers requests from a server's state."""

    def __init__(self, state: ServerState) -> None:
        self._state = state

    async def nexus(self, request: Request) -> Response:
        """Name the sign-on address: this server as the client knows it.

        That is the name it asked for, which the certificate is made out to and which
        leads here from beyond a router; without one, the address it reached.
        """
        login = self._state.settings.passport
        if login is None:
            where = _asked_for(request) or _reached(request)
            login = f"{where}/login2.srf"
            if request.url.scheme == "http":
                login = f"http://{login}"
        return _respond(200, "PassportURLs", build_passport_urls(login))

    async def sign_on(self, request: Request) -> Response:
        """Check a password; answer with a ticket for the notification server."""
        state, now = self._state, self._state.clock()
        peer = request.client.host if request.client else ""
        try:
            given = Authorization.parse(request.headers.get("Authorization", ""))
        except ProtocolError:
            return self._refuse("malformed", FAILED, "No sign-in name or password.")
        handle = normalise_handle(given.handle)
        if not state.addresses.may_try(peer, handle, now):
            return self._refuse("too many tries", FAILED, "Too many tries. Wait a bit.")
        try:
            account = None
            if is_handle(handle):
                account = await state.store.accounts.check_password(
                    "msn", handle, given.password, host_of(peer)
                )
        except AccountSuspended:
            return self._refuse("suspended", NO_RETRY, "The account is suspended.")
        except StoreBusy:
            return self._busy("busy")
        except StoreError as error:
            logger.error("the store failed", extra={"why": str(error)})
            return self._busy("store failed")
        now = state.clock()
        if not state.addresses.may_try(peer, handle, now):  # others were faster
            return self._refuse("too many tries", FAILED, "Too many tries. Wait a bit.")
        if account is None:
            state.addresses.failed(peer, handle, now)
            return self._refuse("wrong", FAILED, _WRONG)
        state.metrics.tickets.labels("ok").inc()
        ticket = f"t={state.tickets.issue(account.name, state.clock())}&p="
        return _answer(200, PassportAnswer(SUCCESS, ticket))

    def _refuse(self, result: str, status: str, text: str) -> Response:
        """Answer 401, with words for the user."""
        self._state.metrics.tickets.labels(result).inc()
        logger.info("Passport sign-on refused: %s", result)
        return _answer(401, PassportAnswer(status, text=text))

    def _busy(self, result: str) -> Response:
        """Answer 503: try again later."""
        self._state.metrics.tickets.labels(result).inc()
        return Response(status_code=503, headers={"Retry-After": "10"})

    async def page(self, request: Request) -> Response:
        """Say what a link of the client leads to: nothing."""
        return PlainTextResponse("This server has no mail and no profile pages.\n")

    async def metrics(self, request: Request) -> Response:
        """Return the counts, to this machine."""
        peer = request.client.host if request.client else ""
        if peer not in ("127.0.0.1", "::1"):
            return Response(status_code=404)
        return Response(self._state.metrics.text(), media_type="text/plain")


def _reached(request: Request) -> str:
    """Return the address at which a request reached this server."""
    host, port = request.scope.get("server") or ("127.0.0.1", 80)
    return format_address(host, port)


def _asked_for(request: Request) -> str:
    """Return the address a request names, empty if that can't be this server's.

    In the clear a name without a port may come from a client that left it out, or
    through a terminator; it would lead to port 80.
    """
    host = request.headers.get("Host", "")
    found = _AUTHORITY.fullmatch(host)
    if not found:
        return ""
    _, port = request.scope.get("server") or ("", 80)
    leads_here = found[2] or request.url.scheme == "https" or port == 80
    return host if leads_here else ""


def _answer(status: int, answer: PassportAnswer) -> Response:
    """Return what the Passport server says."""
    return _respond(status, answer.header, answer.to_header())


def _respond(status: int, header: str, value: str) -> Response:
    """Return a response with a header spelt as here: some clients look for that."""
    response = Response(status_code=status)
    response.raw_headers.append((header.encode(), value.encode("latin-1")))
    return response


class _OriginForm:
    """Reduces request targets to their path.

    Clients of the time, and proxies, ask for `http://host/path` (RFC 9112, 3.2.2:
    a server must take that), which uvicorn passes on as it is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scheme, mark, rest = scope.get("path", "").partition("://")
        if mark and scheme.lower() in ("http", "https"):
            scope = {**scope, "path": "/" + rest.partition("/")[2]}
            scope.pop("raw_path", None)
        await self._app(scope, receive, send)


def build_app(state: ServerState) -> Starlette:
    """Return the application."""
    passport = Passport(state)
    return Starlette(
        middleware=[Middleware(_OriginForm)],
        routes=[
            Route("/rdr/pprdr.asp", passport.nexus),
            Route("/login2.srf", passport.sign_on),
            Route("/login", passport.sign_on),
            Route("/page", passport.page),
            Route("/page/{name}", passport.page),
            Route("/metrics", passport.metrics),
        ],
    )
