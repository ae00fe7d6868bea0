"""The MSN part of `kamaelia demo`: carol and dave."""

from typing import Any

from Kamaelia.Chassis.Graphline import Graphline
from Kamaelia.cli.demo import Director, Screen, TappedTCP
from Kamaelia.cli.dissect_records import CommandSeen, Place
from Kamaelia.cli.dissect_text import command_text
from Kamaelia.Internet.WireTap import Tapped
from Kamaelia.Protocol.MSN.MSNHarness import MSNHarness
from Kamaelia.Protocol.MSN.Server.MSNServer import MSNServer
from Kamaelia.Protocol.MSN.wire.command import CommandDecoder, Sender
from Kamaelia.store.store import Store

__all__ = ["MSNScene"]

CAROL, DAVE = "carol@example.com", "dave@example.com"
HELLO = "Hi Dave, long time no see"
ANSWER = "Carol! Twenty years?"


class CommandView:
    """Shows the MSNP commands in bytes that pass a tap.

    Args:
        screen: where to show them.
        who: whose connection it is.
    """

    def __init__(self, screen: Screen, who: str) -> None:
        self._screen = screen
        self._who = who
        self._decoders = {
            "sent": CommandDecoder(Sender.CLIENT),
            "received": CommandDecoder(Sender.SERVER),
        }

    def __call__(self, seen: Tapped) -> None:
        """Show the commands that these bytes complete."""
        sent = seen.direction == "sent"
        decoder = self._decoders[seen.direction]
        decoder.receive_data(seen.message)
        here = Place(0, "c2s" if sent else "s2c", 0, 0, 0, seen.time)
        for command in decoder.commands():
            line = command.to_bytes().partition(b"\r\n")[0].decode("utf-8", "replace")
            known = CommandSeen(here, command, line)
            self._screen.wire(self._who, ">" if sent else "<", command_text(known))


class MSNScene:
    """Two MSN users add each other, talk, go away and leave.

    Args:
        screen: where it is shown.
    """

    title = "MSN: Carol and Dave on an embedded MSN server"
    users = {CAROL: "secret", DAVE: "hidden"}

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._taps: list[Graphline] = []

    def short(self, name: str) -> str:
        """Return what a user is called in the transcript."""
        return name.partition("@")[0]

    def server(self, store: Store) -> MSNServer:
        """Return a server that listens on free loopback ports."""
        server = MSNServer(port=0, http_port=0, store=store)
        ports = server.listen()
        self._screen.seen(
            "",
            f"a server listens on 127.0.0.1 port {ports['msn']}, "
            f"Passport on port {ports['http']}",
        )
        return server

    def client(self, name: str, password: str, server: MSNServer) -> MSNHarness:
        """Return a client; the first has taps in its connections."""
        options: dict[str, Any] = {
            "server": "127.0.0.1",
            "port": server.ports["msn"],
            "nexus": f"http://127.0.0.1:{server.ports['http']}/rdr/pprdr.asp",
            "reconnect": False,
        }
        if name == CAROL:
            options["transport"] = self._tapped
        return MSNHarness(name, password, **options)

    def _tapped(self, host: str, port: int) -> Graphline:
        """Return a connection with a tap on TCP."""
        made = TappedTCP(host, port, CommandView(self._screen, "carol"))
        self._taps.append(made)
        return made

    async def act(self, director: Director) -> None:
        """Play the scene."""
        await director.sees("carol", "signed on")
        await director.sees("dave", "signed on")
        director.do("carol", "add", DAVE)
        director.do("dave", "add", CAROL)
        await director.sees("carol", "buddy online", _is(DAVE))
        await director.sees("dave", "buddy online", _is(CAROL))
        director.do("carol", "message", DAVE, HELLO)
        await director.sees("dave", "message", lambda *said: said == (CAROL, HELLO))
        director.do("dave", "message", CAROL, ANSWER)
        await director.sees("carol", "message", lambda *said: said == (DAVE, ANSWER))
        director.do("dave", "status", "AWY")
        await director.sees("carol", "buddy changed", lambda buddy: buddy["away"])
        await director.leave("dave")
        await director.sees("carol", "buddy offline", _is(DAVE))
        await director.leave("carol")


def _is(name: str) -> Any:
    """Return a check of events about a buddy."""
    return lambda buddy, *_: buddy["name"] == name
