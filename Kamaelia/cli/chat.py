"""`kamaelia chat`: sign on to a server and talk, one command a line."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from Axon.AsyncComponent import asynccomponent
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.cli.address import Address, parse_address
from Kamaelia.cli.console_commands import Quit, Show, msn_commands, parse_line
from Kamaelia.cli.event_text import event_line, is_trouble
from Kamaelia.cli.running import Run, run_async
from Kamaelia.Util.Console import ConsoleReader, readLine

__all__ = ["Conversation", "chat", "explained"]


def chat(
    address: Annotated[
        str,
        typer.Argument(
            metavar="ADDRESS",
            help="aim://NAME@HOST:PORT or msn://USER@DOMAIN@HOST:PORT; a NAME of "
            "digits is an ICQ number.",
        ),
    ],
    password_file: Annotated[
        Path | None,
        typer.Option(
            metavar="F",
            help="Take the password from the first line of a file; else it is asked "
            "for, or the first line of an input that is no terminal.",
        ),
    ] = None,
    tls: Annotated[bool, typer.Option(help="Speak TLS with an AIM server.")] = False,
    reconnect: Annotated[
        bool, typer.Option(help="Sign on again when the connection is lost.")
    ] = False,
    nexus: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="MSN: where to sign on to Passport; else "
            "http://HOST:8080/rdr/pprdr.asp.",
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print events as JSON, one array a line: the kind, then its values.",
        ),
    ] = False,
) -> None:
    """Sign on and talk. Type one command a line; the end of the input signs off.

    \b
    BUDDY TEXT             send TEXT to BUDDY; "quote a name" that has spaces
    typing BUDDY           tell BUDDY that you are typing
    away TEXT, back        set and clear the away message
    add BUDDY [GROUP], remove BUDDY, list, quit
    help                   show every command that the network has
    """  # noqa: D301 - the backspace keeps the lines as they are
    try:
        place = parse_address(address)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    password = _password(place, password_file)
    harness = _harness(place, password, tls=tls, reconnect=reconnect, nexus=nexus)
    show = _print_json if as_json else _print_line
    talk = Conversation(show, place.network, reconnect=reconnect)
    graph = ChatGraph(talk, harness)
    run_async(Run([graph]).until_ended())
    if talk.trouble is not None:
        typer.echo(f"kamaelia: {explained(talk.trouble, nexus)}", err=True)
        raise typer.Exit(1)


def explained(trouble: str, nexus: str | None) -> str:
    """Return why a chat ended, and what to do where that isn't plain.

    Args:
        trouble: what the client said.
        nexus: where the user said that Passport is, if at all.
    """
    if "cannot reach Passport" in trouble and nexus is None:
        return f"{trouble}. That address is a guess; --nexus URL gives the right one"
    return trouble


def _password(place: Address, path: Path | None) -> str:
    """Return the password, from a file or asked for."""
    if path is not None:
        lines = path.read_text(encoding="utf-8").splitlines()
        if not lines or not lines[0]:
            raise typer.BadParameter(f"{path}: its first line holds no password")
        return lines[0]
    if sys.stdin.isatty():
        prompt = f"Password of {place.name}"
        asked: str = typer.prompt(prompt, hide_input=True, err=True)
        return asked
    line = asyncio.run(readLine()).decode(errors="surrogateescape").rstrip("\r\n")
    if not line:
        raise OSError(f"no password for {place.name} on standard input")
    return line


def _harness(
    place: Address, password: str, *, tls: bool, reconnect: bool, nexus: str | None
) -> Any:
    """Return the client for a network."""
    if place.network == "aim":
        from Kamaelia.Protocol.AIM.AIMHarness import AIMHarness

        return AIMHarness(
            place.name,
            password,
            server=place.host,
            port=place.port,
            tls=tls,
            reconnect=reconnect,
        )
    from Kamaelia.Protocol.MSN.MSNHarness import MSNHarness

    host = f"[{place.host}]" if ":" in place.host else place.host
    return MSNHarness(
        place.name,
        password,
        server=place.host,
        port=place.port,
        nexus=nexus or f"http://{host}:8080/rdr/pprdr.asp",
        reconnect=reconnect,
    )


def ChatGraph(talk: "Conversation", harness: Any) -> Graphline:
    """Console, conversation and client, joined."""
    return Graphline(
        reader=ConsoleReader(prompt=""),
        talk=talk,
        harness=harness,
        linkages={
            # down: what is typed
            ("reader", "outbox"): ("talk", "inbox"),
            ("talk", "outbox"): ("harness", "inbox"),
            # up: what happens
            ("harness", "outbox"): ("talk", "heard"),
            # shutdown: the end of the input and signals reach the client through
            # the conversation; its end comes back and ends the reader
            ("self", "control"): ("talk", "control"),
            ("reader", "signal"): ("talk", "end of input"),
            ("talk", "stop"): ("harness", "control"),
            ("harness", "signal"): ("talk", "ended"),
            ("talk", "signal"): ("reader", "control"),
        },
    )


def _print_line(event: Any) -> None:
    """Print an event for a person."""
    line = event_line(event)
    if line is not None:
        print(line, file=sys.stderr if is_trouble(event) else sys.stdout, flush=True)


def _print_json(event: Any) -> None:
    """Print an event for a program."""
    print(json.dumps(list(event), default=str), flush=True)


class Advice(NamedTuple):
    """("advice", text): what is wrong with a line that was typed, or what to type."""

    kind: str
    text: str


class Conversation(asynccomponent):
    """Turns lines into commands and shows events.

    Lines that were typed before the sign-on are sent after it, also when the input
    has ended by then.

    Args:
        show: called with each event.
        network: "aim" or "msn".
        reconnect: whether the client signs on again when the connection is lost.

    Attributes:
        trouble: why it ended, if not because the user wanted it.
    """

    Inboxes = {
        "inbox": "lines that were typed",
        "heard": "events from the client",
        "end of input": "producerFinished: nothing more will be typed",
        "ended": "why the client ended",
        "control": "producerFinished or shutdownMicroprocess: sign off",
    }
    Outboxes = {
        "outbox": "commands for the client",
        "stop": "tells the client to sign off",
        "signal": "producerFinished at the end",
    }

    def __init__(
        self,
        show: Callable[[Any], None],
        network: str = "aim",
        reconnect: bool = False,
    ) -> None:
        super().__init__()
        self._show = show
        self._network = network
        self._reconnect = reconnect
        self._signed_on = False
        self._leaving = False
        self._last: Any = None
        self.trouble: str | None = None

    async def main(self) -> None:
        """Take part in the conversation until the client has ended."""
        ended: Any = None
        while ended is None:
            box = await self.ready("heard", "ended", "control", "inbox", "end of input")
            message = self.recv(box)
            if box == "heard":
                self._hear(message)
            elif box == "inbox":
                self._obey(message)
            elif box == "end of input":
                self._leave(producerFinished(self))
            elif box == "control":
                self._leave(message, at_once=True)
            else:
                ended = message
        self._notice_trouble(ended)
        self.send(producerFinished(self), "signal")

    def _hear(self, event: Any) -> None:
        """Show an event, unless it is the last word on why we end."""
        if event[0] == "signed on":
            self._signed_on = True
        if is_trouble(event) and not self._goes_on(event):
            self._last = event
        else:
            self._show(event)
        if self._signed_on and self._leaving:
            self.send(producerFinished(self), "stop")

    def _goes_on(self, event: Any) -> bool:
        """Return whether the client goes on after trouble."""
        if event[0] != "disconnected" or not self._signed_on:
            return self._signed_on
        waits = getattr(event, "retry_in", None) is not None
        return self._reconnect and (waits or getattr(event, "may_retry", False))

    def _obey(self, line: str) -> None:
        """Do what a line asks for."""
        wanted = parse_line(line, self._network)
        if isinstance(wanted, Show):
            self._show(Advice("advice", wanted.text))
        elif isinstance(wanted, Quit):
            self._leave(producerFinished(self))
        elif wanted is not None:
            self._ask(wanted)

    def _ask(self, wanted: tuple[str, ...]) -> None:
        """Pass a command on to the client."""
        try:
            commands = msn_commands(wanted) if self._network == "msn" else [wanted]
        except ValueError as error:
            self._show(Advice("advice", str(error)))
            return
        for command in commands:
            self.send(command, "outbox")

    def _leave(self, stop: Any, at_once: bool = False) -> None:
        """Sign off; after the sign-on if lines may wait for it."""
        self._leaving = True
        if self._signed_on or at_once or isinstance(stop, shutdownMicroprocess):
            self.send(stop, "stop")

    def _notice_trouble(self, ended: Any) -> None:
        """Note why the client ended, if nobody wanted it to."""
        event = self._last or getattr(ended, "message", None)
        if isinstance(event, tuple) and is_trouble(event):
            self.trouble = event_line(event)
        elif not self._leaving:
            self.trouble = "the connection ended"


__kamaelia_components__ = (Conversation,)
__kamaelia_prefabs__ = (ChatGraph,)
