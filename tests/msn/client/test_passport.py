"""Passport over HTTP, against answers of the reference."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from Axon.testing import Probe
from Kamaelia.Protocol.MSN.constants import LOGIN_FAILURE, LOGIN_SUCCESS
from Kamaelia.Protocol.MSN.Passport import (
    PassportFailed,
    PassportLogin,
    PassportNexus,
    PassportSignOn,
    SSLRequired,
    TicketGiven,
    TicketRefused,
    _login,
    passportTicket,
)

ALICE = "alice@example.com"
NEXUS = "https://nexus.example.net"
OK = (
    "Passport1.4 da-status=success,tname=MSPAuth,tname=MSPProf,tname=MSPSec,"
    "from-PP='t=a,b*c&p=d',ru=http://messenger.msn.com"
)
FAILED = (
    "Passport1.4 da-status=failed,srealm=Passport.NET,ts=-3,prompt,"
    "cburl=http://x/,cbtxt=The%20password%20is%20wrong"
)
Handler = Callable[[httpx.Request], httpx.Response]


def service(login: Handler, where: str = "login.example.net/login2.srf") -> Handler:
    """Return a nexus and a login."""

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/rdr/pprdr.asp":
            urls = f"DARealm=Passport.Net,DALogin={where},DAReg=https://x/"
            return httpx.Response(200, headers={"Passporturls": urls})
        return login(request)

    return handle


async def ticket(login: Handler, nexus: str = NEXUS, where: str = "") -> str:
    handler = service(login, where or "login.example.net/login2.srf")
    transport = httpx.MockTransport(handler)
    word = "s3cret-Pass"
    return await passportTicket(ALICE, word, "ct=1,rver=1", nexus, transport=transport)


def success(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, headers={"Authentication-Info": OK})


@pytest.mark.anyio
async def test_a_ticket_is_fetched_as_official_clients_do() -> None:
    seen: list[httpx.Request] = []

    def login(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return success(request)

    assert await ticket(login) == "t=a,b*c&p=d"
    assert str(seen[0].url) == "https://login.example.net/login2.srf"
    assert seen[0].headers["Authorization"] == (
        "Passport1.4 OrgVerb=GET,OrgURL=http%3A%2F%2Fmessenger%2Emsn%2Ecom,"
        "sign-in=alice%40example.com,pwd=s3cret%2DPass,ct=1,rver=1"
    )


@pytest.mark.anyio
async def test_a_redirect_is_followed_with_the_same_authorization() -> None:
    seen: list[tuple[str, str]] = []

    def login(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.host, request.headers["Authorization"]))
        if len(seen) > 2:
            return success(request)
        headers = {
            "Location": "https://other.example.net/login2.srf?lc=1033",
            "Authentication-Info": "Passport1.4 da-status=redir",
        }
        return httpx.Response(302, headers=headers)

    assert await ticket(login)
    assert [host for host, _ in seen] == [
        "login.example.net",
        "other.example.net",
        "other.example.net",
    ]
    assert len({authorization for _, authorization in seen}) == 1


@pytest.mark.anyio
async def test_redirects_come_to_an_end() -> None:
    def login(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "https://x.example.net/"})

    with pytest.raises(PassportFailed, match="redirects"):
        await ticket(login)


@pytest.mark.anyio
@pytest.mark.parametrize("location", ["http://x.example.net/", "ftp://x/", "//"])
async def test_a_password_never_leaves_https(location: str) -> None:
    def login(request: httpx.Request) -> httpx.Response:
        assert request.url.scheme == "https"
        return httpx.Response(302, headers={"Location": location})

    with pytest.raises(PassportFailed):
        await ticket(login)
    with pytest.raises(SSLRequired):
        await ticket(success, where="http://login.example.net/")


@pytest.mark.anyio
@pytest.mark.parametrize("where", ["10.0.0.1:8080/login", "http://10.0.0.1:8080/login"])
async def test_a_nexus_without_tls_leads_to_a_login_without(where: str) -> None:
    def login(request: httpx.Request) -> httpx.Response:
        assert str(request.url) == "http://10.0.0.1:8080/login"
        return success(request)

    assert await ticket(login, "http://10.0.0.1:8080", where)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "headers", "kind", "text"),
    [
        (401, {"WWW-Authenticate": FAILED}, "credentials", "The password is wrong"),
        (
            401,
            {"WWW-Authenticate": "Passport1.4 da-status=failed-noretry"},
            "credentials",
            "wrong handle or password",
        ),
        (401, {}, "credentials", "wrong"),
        (401, {"WWW-Authenticate": "Basic realm=x"}, "credentials", "wrong"),
        (500, {}, "passport", "500"),
        (200, {}, "passport", "makes no sense"),
        (200, {"Authentication-Info": "Passport1.4 da-status=success"}, "passport", ""),
        (200, {"Authentication-Info": "nonsense"}, "passport", ""),
    ],
)
async def test_what_is_no_ticket_is_told_clearly(
    status: int, headers: dict[str, str], kind: str, text: str
) -> None:
    with pytest.raises(PassportFailed) as caught:
        await ticket(lambda _: httpx.Response(status, headers=headers))
    assert caught.value.kind == kind
    assert text in caught.value.meaning
    assert "s3cret" not in caught.value.meaning


@pytest.mark.anyio
@pytest.mark.parametrize("headers", [{}, {"PassportURLs": "DAReg=x"}])
async def test_a_nexus_that_does_not_tell(headers: dict[str, str]) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(404, headers=headers))
    with pytest.raises(PassportFailed, match="404"):
        await PassportNexus(NEXUS, transport=transport).address()


@pytest.mark.anyio
async def test_a_nexus_that_cannot_be_reached() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused")

    transport = httpx.MockTransport(refuse)
    with pytest.raises(PassportFailed, match="connection refused"):
        await PassportNexus(NEXUS, transport=transport).address()


def test_addresses_may_be_short() -> None:
    assert PassportNexus("nexus.example.net").url == NEXUS + "/rdr/pprdr.asp"
    assert PassportNexus(NEXUS + "/other").url == NEXUS + "/other"
    assert PassportLogin("a", "b", "x.net/l", "").url == "https://x.net/l"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_the_component_gives_tickets_and_refusals() -> None:
    transport = httpx.MockTransport(
        service(
            lambda request: (
                success(request)
                if "pwd=right" in request.headers["Authorization"]
                else httpx.Response(401, headers={"WWW-Authenticate": FAILED})
            )
        )
    )
    probe = Probe(PassportSignOn(NEXUS, transport=transport))
    probe.deliver((ALICE, "right", "ct=1"))
    probe.deliver((ALICE, "wrong", "ct=1"))
    probe.wait(count=2)
    assert probe.take() == [
        TicketGiven(ALICE, "t=a,b*c&p=d"),
        TicketRefused(ALICE, "credentials", "The password is wrong"),
    ]


@pytest.mark.anyio
async def test_the_old_helper_gives_a_code_and_a_ticket() -> None:
    from Axon.Component import component
    from Axon.Scheduler import scheduler

    found = []

    class Asker(component):
        def main(self):  # type: ignore[no-untyped-def]
            for handler in (success, lambda _: httpx.Response(401)):
                transport = httpx.MockTransport(service(handler))
                reply = _login(ALICE, "x", NEXUS, 0, "ct=1", transport=transport)
                found.append((yield from reply.wait()))

    runner = scheduler()
    Asker().activate(runner)
    await runner.runThreadsAsync()
    assert found == [
        (LOGIN_SUCCESS, "t=a,b*c&p=d"),
        (LOGIN_FAILURE, "wrong handle or password"),
    ]


async def _endless() -> AsyncIterator[bytes]:
    yield b"x"
    raise AssertionError("nobody needs the body")


@pytest.mark.anyio
async def test_a_body_without_end_is_not_read() -> None:
    def endless(request: httpx.Request) -> httpx.Response:
        headers = {"Authentication-Info": OK}
        return httpx.Response(200, headers=headers, content=_endless())

    assert await ticket(endless) == "t=a,b*c&p=d"


@pytest.mark.anyio
async def test_a_server_that_drips_is_given_up() -> None:
    async def drip(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    transport = httpx.MockTransport(drip)
    nexus = PassportNexus(NEXUS, transport=transport, timeout=0.01)
    with pytest.raises(PassportFailed, match="cannot reach Passport"):
        await nexus.address()
