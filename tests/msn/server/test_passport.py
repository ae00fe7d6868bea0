"""The Passport nexus and sign-on, without a socket."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.types import Message

from Kamaelia.Protocol.MSN.Server.limits import Limits, Rate
from Kamaelia.Protocol.MSN.Server.passport import build_app
from Kamaelia.Protocol.MSN.Server.state.addresses import Addresses
from Kamaelia.Protocol.MSN.Server.state.state import Settings
from Kamaelia.Protocol.MSN.wire.passport import (
    FAILED,
    NO_RETRY,
    Authorization,
    PassportAnswer,
    login_address,
    ticket_token,
)
from Kamaelia.store.accounts import Account

from .hall import Hall, in_hall

Web = httpx.AsyncClient


def in_web(
    scenario: Callable[[Hall, Web], Awaitable[None]],
    base: str = "http://192.0.2.30:8080",
    peer: str = "192.0.2.1",
    **options: object,
) -> None:
    async def main(hall: Hall) -> None:
        transport = httpx.ASGITransport(build_app(hall.state), client=(peer, 1))
        async with Web(transport=transport, base_url=base) as web:
            await scenario(hall, web)

    in_hall(main, **options)  # type: ignore[arg-type]


async def ask(web: Web, handle: str, password: str, path: str = "/login2.srf") -> str:
    """Sign on; return status code and da-status."""
    value = Authorization(handle, password, "ct=1,rver=1").to_header()
    response = await web.get(path, headers={"Authorization": value})
    for name in ("Authentication-Info", "WWW-Authenticate"):
        if name in response.headers:
            answer = PassportAnswer.parse(response.headers[name])
            return f"{response.status_code} {answer.status}"
    return str(response.status_code)


@pytest.mark.parametrize(
    ("base", "login"),
    [
        ("http://192.0.2.30:8080", "http://192.0.2.30:8080/login2.srf"),
        ("https://192.0.2.30:8443", "https://192.0.2.30:8443/login2.srf"),
    ],
)
def test_the_nexus_names_the_address_it_was_reached_at(base: str, login: str) -> None:
    async def scenario(hall: Hall, web: Web) -> None:
        response = await web.get("/rdr/pprdr.asp")
        assert response.status_code == 200
        assert login_address(response.headers["PassportURLs"]) == login
        assert tuple(
            name for name, _ in response.headers.raw if name.lower() == b"passporturls"
        ) == (b"PassportURLs",)

    in_web(scenario, base)


@pytest.mark.parametrize(
    "target",
    [
        b"http://127.0.0.1:8190/login2.srf",
        b"HTTP://127.0.0.1:8190/login2.srf",
        b"https://login.example.net/login2.srf",
    ],
)
def test_a_request_may_name_the_whole_address(target: bytes) -> None:
    async def main(hall: Hall) -> None:
        value = Authorization("alice@example.com", "alicepw", "ct=1,rver=1")
        path = target.decode()
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": target,
            "root_path": "",
            "query_string": b"",
            "headers": [(b"authorization", value.to_header().encode())],
            "client": ("192.0.2.1", 1),
            "server": ("127.0.0.1", 8190),
        }
        statuses: list[int] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        await build_app(hall.state)(scope, receive, send)
        assert statuses == [200]

    in_hall(main)


@pytest.mark.parametrize(
    ("host", "login"),
    [
        ("nexus.passport.com", "nexus.passport.com/login2.srf"),
        ("[2001:db8::1]:8443", "[2001:db8::1]:8443/login2.srf"),
        ("", "192.0.2.30:8443/login2.srf"),
        ("a,DALogin=b", "192.0.2.30:8443/login2.srf"),
        ("user@host", "192.0.2.30:8443/login2.srf"),
    ],
)
def test_the_nexus_names_the_host_the_client_asked_for(host: str, login: str) -> None:
    async def scenario(hall: Hall, web: Web) -> None:
        response = await web.get("/rdr/pprdr.asp", headers={"Host": host})
        assert response.headers["PassportURLs"] == f"DALogin={login}"

    in_web(scenario, "https://192.0.2.30:8443")


def test_the_sign_on_address_can_be_set() -> None:
    async def scenario(hall: Hall, web: Web) -> None:
        response = await web.get("/rdr/pprdr.asp")
        urls = response.headers["PassportURLs"]
        assert login_address(urls) == "https://login.example.net/x"

    in_web(scenario, settings=Settings(passport="login.example.net/x"))


@pytest.mark.parametrize("path", ["/login", "/login2.srf"])
def test_a_right_password_brings_a_ticket(path: str) -> None:
    async def scenario(hall: Hall, web: Web) -> None:
        value = Authorization("Alice@Example.com", "alicepw", "ct=1").to_header()
        response = await web.get(path, headers={"Authorization": value})
        answer = PassportAnswer.parse(response.headers["Authentication-Info"])
        assert len(ticket_token(answer.ticket)) >= 20
        client = hall.connect()
        await client.say("VER 1 MSNP8", "USR 2 TWN I alice@example.com")
        heard = await client.say(f"USR 3 TWN S {answer.ticket}")
        assert heard[0].startswith("USR 3 OK alice@example.com")

    in_web(scenario)


def test_what_is_refused() -> None:
    async def scenario(hall: Hall, web: Web) -> None:
        await hall.store.accounts.set_suspended("msn", "carol@example.com")
        for handle, password, status in (
            ("alice@example.com", "wrong", FAILED),
            ("nobody@example.com", "wrong", FAILED),
            ("nothing", "wrong", FAILED),
            ("carol@example.com", "carolpw", NO_RETRY),
        ):
            assert await ask(web, handle, password) == f"401 {status}"
        for value in ("", "Basic x", "Passport1.4 sign-in=x", "Passport1.4 pwd=x"):
            response = await web.get("/login", headers={"Authorization": value})
            assert response.status_code == 401
            answer = PassportAnswer.parse(response.headers["WWW-Authenticate"])
            assert answer.status == FAILED
            assert answer.text
        assert (await web.get("/nothing")).status_code == 404
        assert len(hall.state.tickets) == 0

    in_web(scenario)


def test_guessing_is_slowed_down_per_address_and_account() -> None:
    async def scenario(hall: Hall, web: Web) -> None:
        for _ in range(3):
            assert await ask(web, "alice@example.com", "x") == f"401 {FAILED}"
        assert await ask(web, "alice@example.com", "alicepw") == f"401 {FAILED}"
        assert await ask(web, "bob@example.com", "bobpw") == "200 success"
        hall.now += 100
        assert await ask(web, "alice@example.com", "alicepw") == "200 success"

    in_web(scenario, limits=Limits(failures_per_account=Rate(3, 0.1)))


def test_guesses_at_once_are_limited_like_guesses_one_by_one() -> None:
    async def scenario(hall: Hall, web: Web) -> None:
        tries = [*["x"] * 20, "alicepw"]
        answers = await asyncio.gather(
            *(ask(web, "alice@example.com", each) for each in tries)
        )
        assert answers == [f"401 {FAILED}"] * 21
        metrics = hall.state.metrics.text().decode()
        assert 'result="wrong"} 3.0' in metrics
        assert 'result="too many tries"} 18.0' in metrics

    in_web(scenario, limits=Limits(failures_per_account=Rate(3, 0.1)))


def test_addresses_take_turns_when_many_passwords_wait() -> None:
    async def scenario(hall: Hall, web: Web) -> None:
        accounts, peers = hall.store.accounts, []
        check = accounts.check_password

        async def note(*args: Any) -> Account | None:
            peers.append(args[3])
            return await check(*args)

        accounts.check_password = note  # type: ignore[method-assign,assignment]
        assert await ask(web, "alice@example.com", "alicepw") == "200 success"
        assert peers == ["2001:db8::/64"]

    in_web(scenario, peer="2001:db8::5")


def test_the_addresses_of_one_ipv6_network_guess_together() -> None:
    addresses = Addresses(Limits(failures_per_account=Rate(1, 0.1)))
    addresses.failed("2001:db8::1", "alice@example.com", 0.0)
    assert not addresses.may_try("2001:db8::2", "alice@example.com", 0.0)
    assert addresses.may_try("2001:db8:0:1::2", "alice@example.com", 0.0)


@pytest.mark.parametrize(("peer", "status"), [("127.0.0.1", 200), ("192.0.2.1", 404)])
def test_the_counts_are_for_this_machine(peer: str, status: int) -> None:
    async def scenario(hall: Hall, web: Web) -> None:
        await hall.online("alice", 8)
        response = await web.get("/metrics")
        assert response.status_code == status
        if status == 200:
            assert 'msn_sign_ons_total{result="ok"} 1.0' in response.text
            assert "msn_sessions 1.0" in response.text

    in_web(scenario, peer=peer)


def test_the_page_says_that_there_is_none() -> None:
    async def scenario(hall: Hall, web: Web) -> None:
        assert "no mail" in (await web.get("/page/inbox")).text

    in_web(scenario)
