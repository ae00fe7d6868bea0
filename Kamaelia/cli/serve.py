"""`kamaelia serve`: the embedded servers of AIM, ICQ and MSN Messenger."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from Kamaelia.cli.logs import set_up_logging
from Kamaelia.cli.running import Run, run_async
from Kamaelia.cli.serve_options import check_certificate, is_host

__all__ = ["Ports", "serve"]

OFF = -1  # in place of a port: not served

Users = Annotated[
    list[str] | None,
    typer.Option(
        "--user",
        metavar="NAME:PASSWORD",
        help="Make this account, or change its password. A NAME with @ is an MSN "
        "handle, one of digits an ICQ number. Everybody who is signed on to this "
        "machine can see it in the list of processes: for trying things out only.",
    ),
]
UsersFile = Annotated[
    Path | None,
    typer.Option(
        "--users-file",
        metavar="F",
        help="The same from a file: a NAME:PASSWORD on each line.",
    ),
]
Db = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help="Where accounts are kept: sqlite:///FILE, "
        "postgresql://USER:PASSWORD@HOST/DATABASE, or memory (lost at the end); "
        "without it a file in your data folder.",
    ),
]
Allow = Annotated[
    list[str] | None,
    typer.Option(
        "--allow",
        metavar="SCHEME",
        help="Challenge sign-ons to allow, in place of those allowed before: "
        "oscar-strong, oscar-weak (AIM 3 and 4), msn-md5 (MSNP2 to MSNP7). Accounts "
        "need their password set again for a scheme that is new.",
    ),
]


class Ports(NamedTuple):
    """What to listen on; None: the usual port if it is free, OFF: nothing.

    Attributes:
        aim: OSCAR, 5190.
        msn: notification server and switchboard, 1863.
        http: Passport, 8080.
        https: Passport for official clients; needs a certificate.
        dispatch: the MSN dispatch server.
    """

    aim: int | None = None
    msn: int | None = None
    http: int | None = None
    https: int = OFF
    dispatch: int = OFF


def _port_option(name: str, text: str) -> Any:
    return typer.Option(name, metavar="N", min=OFF, max=65535, help=text)


def serve(
    host: Annotated[
        str, typer.Option("--host", metavar="H", help="Address to listen on.")
    ] = "127.0.0.1",
    aim_port: Annotated[
        int | None, _port_option("--aim-port", "AIM and ICQ; 5190. 0: any, -1: none.")
    ] = None,
    msn_port: Annotated[
        int | None, _port_option("--msn-port", "MSN; 1863. 0: any, -1: none.")
    ] = None,
    http_port: Annotated[
        int | None,
        _port_option("--http-port", "MSN's Passport sign-on; 8080. 0: any, -1: none."),
    ] = None,
    https_port: Annotated[
        int, _port_option("--https-port", "The same for official clients. 0: any.")
    ] = OFF,
    msn_dispatch_port: Annotated[
        int, _port_option("--msn-dispatch-port", "MSN's dispatch server. 0: any.")
    ] = OFF,
    tls_cert: Annotated[
        Path | None, typer.Option(help="Certificate (PEM) for --https-port.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key (PEM).")] = None,
    user: Users = None,
    users_file: UsersFile = None,
    db: Db = None,
    allow: Allow = None,
    advertise: Annotated[
        str | None,
        typer.Option(
            metavar="HOST",
            help="The host that clients are sent to, where it isn't the address at "
            "which they reach this server.",
        ),
    ] = None,
    challenge: Annotated[
        bool,
        typer.Option(
            help="Disconnect MSN clients that don't prove which program they are "
            "(CHL), as the old service did. Some of today's clients can't.",
        ),
    ] = True,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log what goes well too.")
    ] = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Log a JSON object a line.")
    ] = False,
) -> None:
    """Run the servers until Ctrl-C or SIGTERM.

    Prints a line for each address, then `ready`. The first signal ends in order: users
    are told, connections closed, exit status 0. A second one ends at once.
    """
    if (tls_cert is None) != (tls_key is None):
        raise typer.BadParameter("--tls-cert and --tls-key go together")
    if https_port != OFF and tls_cert is None:
        raise typer.BadParameter("--https-port needs --tls-cert and --tls-key")
    if tls_cert is not None and tls_key is not None:
        check_certificate(tls_cert, tls_key)
    if advertise is not None and not is_host(advertise):
        raise typer.BadParameter(f"--advertise: {advertise!r} is no host")
    set_up_logging(verbose, log_json)
    ports = Ports(aim_port, msn_port, http_port, https_port, msn_dispatch_port)
    accounts = list(_accounts(user or [], users_file))
    work = _Service(host, ports, (tls_cert, tls_key), advertise, challenge)
    run_async(work.run(db, accounts, set(allow) if allow else None))


def _accounts(given: list[str], path: Path | None) -> Iterator[tuple[str, str]]:
    """Yield the (name, password) pairs of arguments and file.

    Raises:
        typer.BadParameter: something is no NAME:PASSWORD; the password isn't shown.
    """
    lines = [(text, "--user") for text in given]
    if path is not None:
        text = path.read_text(encoding="utf-8")
        lines += [
            (line, f"{path}, line {number}")
            for number, line in enumerate(text.splitlines(), 1)
            if line.strip() and not line.startswith("#")
        ]
    for line, where in lines:
        name, mark, password = line.partition(":")
        if not mark or not name.strip() or not password:
            raise typer.BadParameter(f"{where}: must be NAME:PASSWORD")
        yield name.strip(), password


class _Service:
    """The servers of one `kamaelia serve`."""

    def __init__(
        self,
        host: str,
        ports: Ports,
        tls: tuple[Path | None, Path | None],
        advertise: str | None,
        challenge: bool,
    ) -> None:
        self._host = host
        self._ports = ports
        self._tls = tls
        self._advertise = advertise
        self._challenge = challenge
        self._servers: list[Any] = []

    async def run(
        self, db: str | None, accounts: list[tuple[str, str]], schemes: Any
    ) -> None:
        """Serve until a signal comes.

        Raises:
            StoreError: the database cannot be used, or an account not be made.
            OSError: nothing can be listened on, or not what was asked for.
        """
        from Kamaelia.store.names import network_of
        from Kamaelia.store.store import open_store

        async with await open_store(db, schemes=schemes) as store:
            for name, password in accounts:
                await store.accounts.put(network_of(name), name, password)
            addresses = self._listen(store)
            # What is here now stays: a full collection would look at all of it, and
            # keep everybody waiting for a tenth of a second.
            gc.collect()
            gc.freeze()
            await Run(self._servers).until_ended(
                lambda: print(*addresses, "ready", sep="\n", flush=True)
            )

    def _listen(self, store: Any) -> list[str]:
        """Make the servers and return their addresses.

        A usual port that is taken by somebody else leaves that network out, with a
        line that says so; one that was asked for is an error.
        """
        addresses, problems = [], []
        for wanted, begin in (
            (self._ports.aim, self._begin_aim),
            (self._ports.msn, self._begin_msn),
        ):
            if wanted == OFF:
                continue
            try:
                addresses += begin(store)
            except OSError as error:
                if wanted is not None:
                    raise
                problems.append(f"{error}; choose another port, see --help")
        if not addresses:
            raise OSError(problems[0] if problems else "nothing is to be served")
        for problem in problems:
            typer.echo(f"kamaelia: left out: {problem}", err=True)
        return addresses

    def _begin_aim(self, store: Any) -> list[str]:
        """Listen for AIM and ICQ clients."""
        from Kamaelia.Protocol.AIM.Server.OSCARServer import OSCARServer

        port = _or_usual(self._ports.aim, 5190)
        server = OSCARServer(
            host=self._host, port=port, store=store, advertise=self._advertise
        )
        server.listen()
        self._servers.append(server)
        return [f"aim://{_bracketed(self._host)}:{server.port}"]

    def _begin_msn(self, store: Any) -> list[str]:
        """Listen for MSN clients, and for their Passport sign-on."""
        from Kamaelia.Protocol.MSN.Server.HTTPService import Certificate
        from Kamaelia.Protocol.MSN.Server.MSNServer import MSNServer
        from Kamaelia.Protocol.MSN.Server.state.state import Settings

        cert, key = self._tls
        server = MSNServer(
            host=self._host,
            port=_or_usual(self._ports.msn, 1863),
            http_port=_or_none(_or_usual(self._ports.http, 8080)),
            https_port=_or_none(self._ports.https),
            dispatch_port=_or_none(self._ports.dispatch),
            certificate=Certificate(cert, key) if cert and key else None,
            store=store,
            settings=Settings(challenge=self._challenge),
        )
        ports = server.listen()
        if self._advertise is not None:
            named = (self._advertise, ports["msn"])
            server.settings = replace(
                server.settings, notification=named, switchboard=named
            )
        self._servers.append(server)
        host = _bracketed(self._host)
        names = {"dispatch": "msn-dispatch"}
        return [f"{names.get(k, k)}://{host}:{port}" for k, port in ports.items()]


def _or_usual(port: int | None, usual: int) -> int:
    """Return the port that was asked for, else the usual one."""
    return usual if port is None else port


def _or_none(port: int) -> int | None:
    """Return the port, or None for OFF."""
    return None if port == OFF else port


def _bracketed(host: str) -> str:
    """Return a host as it stands in an address."""
    return f"[{host}]" if ":" in host else host or "0.0.0.0"
