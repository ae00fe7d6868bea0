"""`kamaelia user`: add, list and change accounts, and what is on their lists.

A name of digits is an ICQ number, one with @ an MSN handle, any other an AIM screen
name. A server that runs on the same database sees changes at once; users who are
signed on see a changed contact list when they sign on next.
"""

import asyncio
import json
import sys
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from Kamaelia.store.account_rows import Account
from Kamaelia.store.errors import StoreError
from Kamaelia.store.names import Network, kind_of, network_of
from Kamaelia.store.store import Store, open_store

T = TypeVar("T")

user_app = typer.Typer(
    name="user",
    no_args_is_help=True,
    help="Manage accounts. A NAME of digits is an ICQ number, one with @ an MSN "
    "handle, any other an AIM screen name.",
)
contact_app = typer.Typer(
    name="contact",
    no_args_is_help=True,
    help="Manage an account's contacts, as its own client would, on both sides. "
    "Users who are signed on see the change when they sign on next.",
)
user_app.add_typer(contact_app)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Screen name, ICQ number or MSN handle.")
]
Owner = Annotated[
    str, typer.Argument(metavar="OWNER", help="The account whose contacts they are.")
]
Db = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE; without "
        "it a file in your data folder. The key of the challenge sign-ons lies "
        "beside a SQLite file (FILE.key), or where $KAMAELIA_KEY_FILE says.",
    ),
]
AsJSON = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Password = Annotated[
    str | None,
    typer.Option(
        "--password",
        metavar="P",
        help="The password. Everybody who is signed on to this machine can see it in "
        "the list of processes while this runs, and it stays in your shell's "
        "history: for trying things out only. Else it is asked for.",
    ),
]
PasswordFile = Annotated[
    Path | None,
    typer.Option(
        "--password-file",
        metavar="F",
        help="Take the password from the first line of a file; - is standard input.",
    ),
]


@user_app.command("add")
def add(
    name: Name,
    password: Password = None,
    password_file: PasswordFile = None,
    db: Db = None,
) -> None:
    """Make an account."""
    secret = _password(password, password_file)
    account = _run(db, lambda s: s.accounts.add(network_of(name), name, secret))
    typer.echo(f"added {account.kind} account {account.display}")


@user_app.command("list")
def list_accounts(db: Db = None, as_json: AsJSON = False) -> None:
    """Print every account.

    With --json: a list of objects with network ("aim" or "msn"), kind ("AIM", "ICQ"
    or "MSN"), name (as it is compared), display, suspended, and created in seconds
    since 1970.
    """
    accounts = _run(db, lambda s: s.accounts.list())
    if as_json:
        typer.echo(json.dumps([_as_object(account) for account in accounts], indent=2))
        return
    rows = [
        (a.kind, a.display, "suspended" if a.suspended else "active") for a in accounts
    ]
    _print_rows(("kind", "name", "state"), rows)


@user_app.command("passwd")
def passwd(
    name: Name,
    password: Password = None,
    password_file: PasswordFile = None,
    db: Db = None,
) -> None:
    """Change an account's password."""
    network = network_of(name)
    _run(db, lambda s: s.accounts.get(network, name))  # before anything is asked
    secret = _password(password, password_file)
    account = _run(db, lambda s: s.accounts.set_password(network, name, secret))
    typer.echo(f"changed the password of {account.display}")


@user_app.command("suspend")
def suspend(
    name: Name,
    undo: Annotated[bool, typer.Option("--undo", help="Let it sign on again.")] = False,
    db: Db = None,
) -> None:
    """Keep an account from signing on, and sign it off; nothing of it is lost."""
    account = _run(
        db, lambda s: s.accounts.set_suspended(network_of(name), name, not undo)
    )
    typer.echo(f"{account.display} is {'suspended' if account.suspended else 'active'}")


@user_app.command("remove")
def remove(name: Name, db: Db = None) -> None:
    """Remove an account and all it owns."""
    account = _run(db, lambda s: s.accounts.remove(network_of(name), name))
    typer.echo(f"removed {account.kind} account {account.display}")


@contact_app.command("add")
def add_contact(owner: Owner, name: Name, db: Db = None) -> None:
    """Add a contact: on MSN to FL and AL, and to the other's RL; on AIM a buddy."""
    network = _network_of_owner(owner, name)
    _run(db, lambda s: s.add_contact(owner, name, network))
    typer.echo(f"added {_plain(name)} to the contacts of {_plain(owner)}")


@contact_app.command("list")
def list_contacts(owner: Owner, db: Db = None, as_json: AsJSON = False) -> None:
    """Print who is on an account's lists.

    With --json: a list of objects with name, lists ("FL", "AL", "BL", "RL" and "PL"
    on MSN; "buddy", "permit", "deny", "ignore" on AIM) and groups.
    """
    contacts = _run(db, lambda s: s.contacts(owner, network_of(owner)))
    if as_json:
        document = [
            {"name": c.name, "lists": list(c.lists), "groups": list(c.groups)}
            for c in contacts
        ]
        typer.echo(json.dumps(document, indent=2))
        return
    rows = [(c.name, " ".join(c.lists), ", ".join(c.groups)) for c in contacts]
    _print_rows(("name", "lists", "groups"), rows)


@contact_app.command("remove")
def remove_contact(owner: Owner, name: Name, db: Db = None) -> None:
    """Take a contact off an account's own lists, and the account off the other's."""
    network = _network_of_owner(owner, name)
    _run(db, lambda s: s.remove_contact(owner, name, network))
    typer.echo(f"removed {_plain(name)} from the contacts of {_plain(owner)}")


def _network_of_owner(owner: str, name: str) -> Network:
    """Return the network of both names, or end with one line."""
    network = network_of(owner)
    if network_of(name) != network:
        _fail(
            f"{owner!r} is on {kind_of(network, owner)} and {name!r} on "
            f"{kind_of(network_of(name), name)}: contacts are on one network"
        )
    return network


def _run(db: str | None, work: Callable[[Store], Awaitable[T]]) -> T:
    """Do something with the store; an error of its is one line, and exit status 1."""

    async def main() -> T:
        async with await open_store(db) as store:
            return await work(store)

    try:
        return asyncio.run(main())
    except StoreError as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    """Say why on standard error, in one line, and end."""
    typer.echo(f"kamaelia user: {_plain(message)}", err=True)
    raise typer.Exit(1)


def _password(password: str | None, file: Path | None) -> str:
    """Return the password from wherever it is to come from."""
    if password is not None and file is not None:
        _fail("give --password or --password-file, not both")
    if password is not None:
        return password
    if file is None and _at_a_terminal():
        asked: str = typer.prompt(
            "Password", hide_input=True, confirmation_prompt=True, err=True
        )
        return asked
    if file is None:
        return _piped()
    try:
        text = (
            sys.stdin.readline()
            if str(file) == "-"
            else file.read_text(encoding="utf-8")
        )
    except (OSError, UnicodeDecodeError) as error:
        _fail(f"cannot read the password: {error}")
    return text.split("\n", 1)[0].rstrip("\r")


def _at_a_terminal() -> bool:
    """Return whether somebody is there to be asked."""
    return sys.stdin.isatty()


def _piped() -> str:
    """Return the password from an input that is no terminal: nothing is echoed.

    One line is enough; a second one must be the same, as at the prompt.
    """
    first, second = (sys.stdin.readline().rstrip("\r\n") for _ in range(2))
    if not first:
        _fail("no password on standard input")
    if second and second != first:
        _fail("the two passwords differ")
    return first


def _as_object(account: Account) -> dict[str, object]:
    """Return an account as `list --json` shows it."""
    return {
        "network": account.network,
        "kind": account.kind,
        "name": account.name,
        "display": account.display,
        "suspended": account.suspended,
        "created": account.created,
    }


def _print_rows(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table on a terminal, else one line a row, parted by tabs."""
    console = Console()
    if not console.is_terminal:
        for row in rows:
            typer.echo("\t".join(_plain(cell) for cell in row))
        return
    table = Table(*titles)
    for row in rows:
        table.add_row(*(Text(_plain(cell)) for cell in row))
    console.print(table)


def _plain(text: str) -> str:
    """Return text from elsewhere with everything escaped that moves a cursor."""
    return "".join(
        c.encode("unicode_escape").decode("ascii")
        if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        else c
        for c in text
    )
