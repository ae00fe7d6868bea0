"""`kamaelia demo`: users sign on to embedded servers and talk, in some seconds."""

import asyncio
import sys
import time
from collections.abc import Callable
from typing import Annotated, Any

import typer

from Axon.AsyncComponent import asynccomponent
from Axon.boxes import postbox
from Axon.Ipc import producerFinished, shutdownMicroprocess
from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.cli.event_text import event_line
from Kamaelia.cli.picture import Link, draw_graph
from Kamaelia.cli.running import Run, run_async
from Kamaelia.Internet.TCPClient import TCPClient
from Kamaelia.Internet.WireTap import Tapped, WireTap

__all__ = ["Director", "demo"]

PATIENCE = 15.0  # seconds for everything to happen


def demo(
    frames: Annotated[
        bool, typer.Option(help="Show what travels on the first user's connection.")
    ] = True,
    picture: Annotated[
        bool, typer.Option(help="Show a picture of the first user's graph.")
    ] = True,
) -> None:
    """Run servers on free loopback ports and let two users of each network talk.

    Shows what each user sees, the messages on the first one's connection and a picture
    of the components that carry them. Exit status 0 only if everything happened.
    """
    from Kamaelia.cli.demo_aim import AIMScene
    from Kamaelia.cli.demo_msn import MSNScene

    screen = Screen(frames, picture)
    missed = []
    for scene in (AIMScene(screen), MSNScene(screen)):
        problem = run_async(play(scene, screen))
        if problem is not None:
            missed.append(f"{scene.title}: {problem}")
    for text in missed:
        typer.echo(f"kamaelia: {text}", err=True)
    if missed:
        raise typer.Exit(1)
    screen.heading("Everything happened as it should.")


class Screen:
    """Where the demo writes: coloured on a terminal, plain lines elsewhere.

    Args:
        frames: whether to show messages on the wire.
        picture: whether to show pictures.
    """

    def __init__(self, frames: bool = True, picture: bool = True) -> None:
        from rich.console import Console

        self._console = Console(highlight=False, soft_wrap=True)
        self._plain = not self._console.is_terminal
        self._frames = frames
        self._picture = picture
        self._began = time.monotonic()

    def _line(self, text: str, style: str) -> None:
        """Print a line; nothing in it is read as markup."""
        from rich.text import Text

        if self._plain:
            print(text, flush=True)
        else:
            self._console.print(Text(text, style=style))

    def heading(self, text: str) -> None:
        """Say what comes next."""
        self._line(f"\n{text}", "bold")

    def seen(self, who: str, text: str) -> None:
        """Show what a user sees or does."""
        passed = time.monotonic() - self._began
        self._line(f"{passed:6.2f} s  {who:>5} | {text}", "cyan")

    def wire(self, who: str, direction: str, text: str) -> None:
        """Show a message on a connection."""
        if self._frames:
            self._line(f"          {who:>5} {direction} {text}", "dim")

    def picture(self, title: str, picture: str) -> None:
        """Show a picture."""
        if self._picture:
            self._line(f"\n{title}\n", "bold")
            self._line(picture, "green")


class NotSeen(Exception):  # noqa: N818 - a turn of the play, not a defect
    """Something did not happen that should have."""


class Director(asynccomponent):
    """Tells clients what to do and notes what they see.

    Each client has boxes of its own: NAME (events), NAME ended; NAME do, NAME stop.

    Args:
        names: of the clients.
        play: what to do; a coroutine function that gets this.
        screen: where events are shown.

    Attributes:
        problem: what did not happen; None if all is well.
    """

    def __init__(self, names: list[str], play: Any, screen: Screen) -> None:
        self.Inboxes = {"control": "producerFinished: stop"}
        self.Inboxes |= dict.fromkeys(names, "events of a client")
        self.Inboxes |= {f"{name} ended": "why a client ended" for name in names}
        self.Outboxes = {"signal": "producerFinished at the end"}
        self.Outboxes |= {f"{name} do": "commands for a client" for name in names}
        self.Outboxes |= {f"{name} stop": "tells a client to end" for name in names}
        super().__init__()
        self._names = names
        self._play = play
        self._screen = screen
        self._alive = set(names)
        self.problem: str | None = None

    async def main(self) -> None:
        """Play."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._play(self)
        except TimeoutError:
            self.problem = self.problem or "it took too long"
        except NotSeen as error:
            self.problem = str(error)
        for name in sorted(self._alive):
            await self._part(name)
        self.send(producerFinished(self), "signal")

    async def _part(self, name: str) -> None:
        """End a client that is still there, in order if it can."""
        self.send(producerFinished(self), f"{name} stop")
        try:
            async with asyncio.timeout(3):
                await self.get(f"{name} ended")
        except TimeoutError:
            self.send(shutdownMicroprocess(self), f"{name} stop")

    def do(self, name: str, *command: str) -> None:
        """Give a client a command and show it."""
        self._screen.seen(name, f"> {' '.join(command)}")
        self.send(command, f"{name} do")

    async def sees(
        self, name: str, kind: str, check: Callable[..., bool] = lambda *_: True
    ) -> Any:
        """Wait until a client tells of an event, and show all that it tells.

        Args:
            name: the client.
            kind: the first item of the event.
            check: gets the others; whether it is the one.

        Returns:
            The event.

        Raises:
            NotSeen: the client ended before, or told of trouble.
        """
        self.problem = f"{name} did not see {kind!r}"
        while True:
            box = await self.ready(name, f"{name} ended", "control")
            if box != name:
                raise NotSeen(f"{self.problem}: the client ended")
            event = self.recv(name)
            line = event_line(event)
            if line is not None:
                self._screen.seen(name, line)
            if event[0] == kind and check(*event[1:]):
                self.problem = None
                return event
            if event[0] in {"error", "disconnected"}:
                raise NotSeen(f"{self.problem}: {line}")

    async def leave(self, name: str) -> None:
        """Let a client sign off and wait until it has."""
        self._screen.seen(name, "> sign off")
        self.problem = f"{name} did not sign off"
        self.send(producerFinished(self), f"{name} stop")
        await self.get(f"{name} ended")
        self._alive.discard(name)
        self.problem = None


async def play(scene: Any, screen: Screen) -> str | None:
    """Play a scene; return what did not happen, or None.

    Args:
        scene: has `title`, `users` (name -> password), `server(store)`,
            `client(name, password, server)`, `act(director)`.
        screen: where it is shown.
    """
    from Kamaelia.store.names import network_of
    from Kamaelia.store.store import open_store

    screen.heading(scene.title)
    async with await open_store("memory") as store:
        for name, password in scene.users.items():
            await store.accounts.put(network_of(name), name, password)
        server = scene.server(store)
        cast = {
            scene.short(name): scene.client(name, password, server)
            for name, password in scene.users.items()
        }
        director = Director(list(cast), scene.act, screen)
        graph = Stage(director, cast)
        graph._callOnCloseDown.append(
            lambda: server._deliver(producerFinished(graph), "control")
        )
        await Run([server, graph]).until_ended()
    sys.stdout.flush()
    return director.problem


def Stage(director: Director, cast: dict[str, Any]) -> Graphline:
    """Director and clients, joined."""
    linkages = {
        ("self", "control"): ("director", "control"),
        ("director", "signal"): ("self", "signal"),
    }
    for name in cast:
        linkages[name, "outbox"] = ("director", name)
        linkages[name, "signal"] = ("director", f"{name} ended")
        linkages["director", f"{name} do"] = (name, "inbox")
        linkages["director", f"{name} stop"] = (name, "control")
    return Graphline(director=director, linkages=linkages, **cast)


def TappedTCP(host: str, port: int, see: Callable[[Tapped], object]) -> Graphline:
    """A TCP connection with a tap on it.

    Args:
        host: where to.
        port: where to.
        see: called with all that passes.
    """
    return Graphline(
        tap=WireTap(log=see),
        tcp=TCPClient(host, port),
        linkages={
            # down: application to network
            ("self", "inbox"): ("tap", "talk"),
            ("tap", "outbox"): ("tcp", "inbox"),
            # up: network to application
            ("tcp", "outbox"): ("tap", "inbox"),
            ("tap", "heard"): ("self", "outbox"),
            # shutdown: through the tap, then out
            ("self", "control"): ("tap", "control"),
            ("tap", "signal"): ("tcp", "control"),
            ("tcp", "signal"): ("self", "signal"),
        },
    )


def picture_of(parts: dict[str, Any]) -> str:
    """Return a picture of components as they are linked now.

    Linkages are followed through the chassis in between to where messages go.

    Args:
        parts: what to write -> component.
    """
    homes = {
        id(box): (text, name)
        for text, part in parts.items()
        for name, box in part.inboxes.items()
    }
    links = []
    for text, part in parts.items():
        for name, box in part.outboxes.items():
            end: postbox = box.sink
            if id(end) in homes:
                links.append(Link(text, name, *homes[id(end)]))
    return draw_graph({text: text for text in parts}, links)


__kamaelia_prefabs__ = (Stage, TappedTCP)
