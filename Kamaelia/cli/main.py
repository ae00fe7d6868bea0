"""The `kamaelia` command. Each subcommand's module is imported when it is wanted.

An error that a user can do something about is one line on standard error and exit
status 1. Everything else is a defect, and shows its traceback.
"""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any, Final, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup


class Subcommand(NamedTuple):
    """Where a subcommand is.

    Attributes:
        module: dotted name.
        attribute: a function, or a Typer app with commands of its own.
        help: one line for `kamaelia --help`, which imports none of them.
    """

    module: str
    attribute: str
    help: str


SUBCOMMANDS: Final = {
    "demo": Subcommand(
        "Kamaelia.cli.demo", "demo", "Show users who sign on and talk, in one go."
    ),
    "serve": Subcommand(
        "Kamaelia.cli.serve", "serve", "Run servers for AIM, ICQ and MSN clients."
    ),
    "chat": Subcommand(
        "Kamaelia.cli.chat", "chat", "Sign on to AIM, ICQ or MSN and talk."
    ),
    "dissect": Subcommand(
        "Kamaelia.cli.dissect", "dissect", "Show the messages in a capture file."
    ),
    "user": Subcommand(
        "Kamaelia.cli.user", "user_app", "Manage the accounts of a server."
    ),
}


class LazyCommand(TyperCommand):
    """Stand in for a subcommand until it is called or its own help is asked for."""

    def __init__(self, name: str, where: Subcommand) -> None:
        super().__init__(name, help=where.help)
        self._where = where

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: Any = None,
        **extra: Any,
    ) -> Any:
        """Import the subcommand and let it read its arguments."""
        command = _as_command(self._load(), self.name or "")
        return command.make_context(info_name, args, parent, **extra)

    def _load(self) -> Any:
        """Return the subcommand's function or app; end if it is not there."""
        where = self._where
        try:
            return getattr(import_module(where.module), where.attribute)
        except ModuleNotFoundError as error:
            if error.name != where.module:
                raise
        typer.echo(f"kamaelia: {self.name} is not part of this installation", err=True)
        raise typer.Exit(1)


def _as_command(found: Any, name: str) -> Any:
    """Return the command of a function or of a Typer app."""
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False, rich_markup_mode=None)
        single.command(name)(found)
        found = single
    command = typer.main.get_command(found)
    command.name = name
    return command


class LazyGroup(TyperGroup):
    """The subcommands, imported one by one as they are wanted."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return all names, in the order in which one meets them."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | None:
        """Return what stands in for a subcommand, or None."""
        where = SUBCOMMANDS.get(cmd_name)
        return LazyCommand(cmd_name, where) if where else None


app = typer.Typer(
    cls=LazyGroup,
    name="kamaelia",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kamaelia {version('kamaelia-flow')}")
        raise typer.Exit


@app.callback()
def kamaelia(
    show_version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version and exit.",
        ),
    ] = False,
) -> None:
    """AIM, ICQ and MSN Messenger: servers, clients and tools."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit with its status.

    Args:
        arguments: the command line without the program's name; None: the process's.
    """
    sys.exit(run(lambda: app(args=arguments, standalone_mode=True)))


def run(command: Callable[[], object]) -> int:
    """Run something; return its exit status. Expected errors become one line."""
    try:
        command()
        sys.stdout.flush()
    except SystemExit as end:
        return _status(end)
    except BrokenPipeError:
        _abandon_output()
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not _is_expected(error):
            raise
        return _complain(error)
    return 0


def _status(end: SystemExit) -> int:
    """Return the exit status of an exit; what was printed must be out by then."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _abandon_output()
    if isinstance(end.code, int):
        return end.code
    return 0 if end.code is None else 1


def _is_expected(error: Exception) -> bool:
    """Tell whether an error is one that a user can do something about.

    The classes of errors are looked up only now, in modules that are imported
    anyway if one of them was raised.
    """
    if isinstance(error, OSError):
        return True
    for module, name in (
        ("Kamaelia.store.errors", "StoreError"),
        ("Kamaelia.Protocol.wire.errors", "ProtocolError"),
        ("Kamaelia.cli.capture_file", "CaptureError"),
        ("Axon.AxonExceptions", "AxonException"),
    ):
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(error, kind):
            return True
    return False


def _complain(error: Exception) -> int:
    """Say what happened on standard error, in one line."""
    from Kamaelia.cli.plain_text import plain, tolerate_narrow_output

    tolerate_narrow_output()
    text = str(error) or type(error).__name__
    if isinstance(error, OSError) and error.filename and error.strerror:
        text = f"{error.filename}: {error.strerror}"
    print(f"kamaelia: {plain(text)}", file=sys.stderr)
    return 1


def _abandon_output() -> None:
    """Nobody reads any more: do not let Python complain about it at the end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


if __name__ == "__main__":
    main()
